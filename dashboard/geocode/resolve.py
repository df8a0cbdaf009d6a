"""Choosing which of the places that bear a name is meant. Pure: no file, no network, no clock.

The order of proof: the person's own row in places.csv, our own table, what stands beside the name (its kind,
what it lies in), the countries the article speaks of, nearness to its other places, prominence. All candidates
come back with their scores, so that a person can choose another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.errors import shown
from dashboard.gazetteer.kinds import kind_of
from dashboard.geocode import reasons
from dashboard.geocode.cues import Names, parents_beside
from dashboard.geocode.lookup import Meanings, meanings_by_name
from dashboard.geocode.own_places import OwnPlaces
from dashboard.geocode.qualified import QualifiedName, has_commas, meanings_of_country
from dashboard.geocode.scoring import CAUSES, Context, Evidence, Scored, homes_of, lies_in, weigh
from dashboard.geocode.stated_country import InCountries
from dashboard.model import Candidate, GeoPrecision, Place, PlaceBasis
from dashboard.tables import precision_of

NAME_LIMIT = 200
"""Characters; what is longer is no name."""

AMBIGUOUS_WITHIN = 1.0
"""Two best candidates closer than this in score: a person should look."""

_STRAY = -1.5
"""Points for distance: 1,500 km from the article's nearest other place."""
_CAUSES_IN_ARTICLE = ("parent", "child", "province", "country", "distance")
"""In the order in which they are considered; see `geocode.scoring.CAUSES`."""
_BASIS_OF_KIND = {"own": PlaceBasis.OWN, "curated": PlaceBasis.CURATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The place a name was taken to mean, and everything needed to doubt it. The reason is made when asked for."""

    place: Place
    geo_precision: GeoPrecision
    scored: tuple[Scored, ...]
    """All candidates, the chosen one first, with the points this context gave."""
    evidence: Evidence
    ambiguous: bool
    detour: str = ""
    """How the name was found that is known, where another was asked for."""
    is_part: bool = False
    """Only a part of the name is known: the place is near what is meant, or holds it, and no more."""
    rule: str = ""
    """The rule that chose it, where it is not the weighing of candidates."""

    @property
    def reason(self) -> str:
        """The rule that chose it, such as "capital of Qatar; first of 4 candidates"."""
        return self.rule or f"{self.detour}{_reason(self.scored, self.evidence)}"

    @property
    def basis(self) -> PlaceBasis:
        """What chose it: a row of places.csv, our own table, the name alone, or the article around it."""
        if self.is_part:
            return PlaceBasis.WITHIN
        if self.name_kind in _BASIS_OF_KIND:
            return _BASIS_OF_KIND[self.name_kind]
        is_said = self.scored[0].given("kind") and self.evidence.cue
        is_context = not is_said and _deciding_cause(self.scored) in _CAUSES_IN_ARTICLE
        return PlaceBasis.CONTEXT if is_context else PlaceBasis.RULE

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All of them, the chosen one first, with the scores this context gave."""
        return tuple(replace(one.candidate, score=round(one.total, 3)) for one in self.scored)

    @property
    def name_kind(self) -> str:
        """How the name stands in the gazetteer for the chosen place: see `Candidate`."""
        return self.scored[0].candidate.name_kind


def resolve(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces | None = None) -> Resolution | None:
    """The place meant by the words ``toponym``, or None if no place has the name.

    A name that says itself what it lies in is looked for there: "Kabul, Syria" is no place. A country may stand under
    any name that lists of events give it.
    """
    return choose(look_up(toponym, context, gazetteer, own), context, gazetteer)


def look_up(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces | None = None) -> tuple[Meanings, ...]:
    """What the name alone may mean, the likeliest reading of it first; empty if no place has it.

    Of the context only the words around it count, and the country that is stated for it.
    """
    own, country = own or OwnPlaces(), context.country
    if len(toponym) > NAME_LIMIT:
        return ()
    if country is None:
        return tuple(_meanings(toponym, context, gazetteer, own))
    parts = [InCountries(gazetteer, codes) for codes in country.groups]
    return tuple(one for part in parts for one in _meanings(toponym, context, part, own.within(part.may_hold)))


def _meanings(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces) -> Sequence[Meanings]:
    """The stages, in order: the whole name, a country's other name, a name with what it lies in, a part of the name."""
    is_known = bool(gazetteer.candidates(toponym))
    if not own.candidates(toponym) and (not is_known or has_commas(toponym)):
        country = meanings_of_country(toponym, context, gazetteer)
        if country is not None:
            return country
        name = QualifiedName.of(toponym, gazetteer)
        if inside := name.meanings_inside(context, gazetteer, own):
            return inside
        if name.says_where and not is_known:
            return name.province()
    found = meanings_by_name(toponym, context, gazetteer, own)
    return [found] if found else []


def choose(meanings: Sequence[Meanings], context: Context, gazetteer: Names) -> Resolution | None:
    """The likeliest of the places, with everything needed to doubt it; None if there is none.

    The first reading of the name decides, but where it gives only another name of some place.
    """
    by_other_name = None
    for one in meanings:
        found = _likeliest_of(one, context, gazetteer)
        if found.name_kind != "alternate":
            return found
        by_other_name = by_other_name or found  # Osh is in Kyrgyzstan; some call Krasnoslobodsk in Russia so
    return by_other_name


def likeliest(meanings: Sequence[Meanings], context: Context, gazetteer: Names) -> Place | None:
    """The place that `choose` would choose, without what is needed to doubt it."""
    if len(meanings) != 1:
        found = choose(meanings, context, gazetteer)
        return found.place if found else None
    [one] = meanings
    if len(one.candidates) == 1:
        return one.candidates[0].place
    return weigh(one.candidates, _evidence(one, context, gazetteer))[0].candidate.place


def _likeliest_of(meanings: Meanings, context: Context, gazetteer: Names) -> Resolution:
    evidence = _evidence(meanings, context, gazetteer)
    if meanings.rule:
        return _only(meanings.candidates[0], meanings.rule, evidence)
    found = _choose(weigh(meanings.candidates, evidence), evidence)
    if meanings.head:
        found = _by_head(found, meanings.head)
    return replace(found, detour=f"{meanings.detour(found.place)}{found.detour}") if meanings.detour else found


def _evidence(meanings: Meanings, context: Context, gazetteer: Names) -> Evidence:
    parents = () if meanings.says_where else context.parents
    if parents is None:
        parents = parents_beside(*meanings.around, gazetteer)
    return Evidence(meanings.cue, parents, homes_of(context.children) if context.children else frozenset(), context)


def _only(candidate: Candidate, rule: str, evidence: Evidence) -> Resolution:
    """The area in which something lies that is known nowhere."""
    return Resolution(
        place=candidate.place,
        geo_precision=precision_for(candidate.place),
        scored=(Scored(candidate, (0.0,) * len(CAUSES)),),
        evidence=evidence,
        ambiguous=True,
        rule=rule,
        is_part=True,
    )


def _by_head(found: Resolution, head: str) -> Resolution:
    """The place that a longer name holds: Kandahar Airfield is near Kandahar, wherever exactly."""
    is_point = found.geo_precision in (GeoPrecision.SETTLEMENT, GeoPrecision.EXACT)
    precision = GeoPrecision.NEAR if is_point else found.geo_precision
    detour = f"{reasons.BY_HEAD}{shown(head)}: {found.detour}"
    return replace(found, geo_precision=precision, detour=detour, ambiguous=True, is_part=True)


def precision_for(place: Place) -> GeoPrecision:
    """How exactly the place's name alone says where."""
    return precision_of(place.feature_code, place.radius_km)


def _choose(scored: list[Scored], evidence: Evidence) -> Resolution:
    best = scored[0]
    place = best.candidate.place
    close = len(scored) > 1 and best.total - scored[1].total < AMBIGUOUS_WITHIN
    return Resolution(
        place=place,
        geo_precision=precision_for(place),
        scored=tuple(scored),
        evidence=evidence,
        ambiguous=close or _is_stray(best, evidence.context),
    )


def _is_stray(best: Scored, context: Context) -> bool:
    """True for another name of a place far from all others, in a country the article does not speak of: perhaps the
    place that is meant is not known.
    """
    is_elsewhere = bool(context.countries) and best.candidate.place.country_code not in context.countries
    return is_elsewhere and best.candidate.name_kind == "alternate" and best.given("distance") <= _STRAY


def _reason(scored: Sequence[Scored], evidence: Evidence) -> str:
    best, candidate = scored[0], scored[0].candidate
    if candidate.name_kind == "own":
        return candidate.reason
    if candidate.name_kind == "curated":
        return reasons.CURATED
    if best.given("kind") and evidence.cue:
        return f"{kind_of(candidate.place.feature_code)}{reasons.BY_KIND}'{evidence.cue.word}'{_rank(scored)}"
    if len(scored) == 1:
        return reasons.ONLY
    return f"{_decisive(scored, evidence)}{_rank(scored)}"


def _decisive(scored: Sequence[Scored], evidence: Evidence) -> str:
    """What the best candidate would not have won without; its prominence if nothing else was needed."""
    best, place = scored[0], scored[0].candidate.place
    cause = _deciding_cause(scored)
    if cause == "parent":
        parent = next(parent.place for parent in evidence.parents if lies_in(place, parent.place))
        return reasons.beside_parent(parent.name)
    if cause == "child":
        return reasons.HOLDS
    if cause == "province":
        is_province = place.feature_code == "ADM1"
        return best.candidate.reason.split(";")[0] if is_province else reasons.in_named_province(place.admin1_name)
    if cause == "country":
        return reasons.in_spoken_country(place.country_code)
    if cause == "distance":
        return reasons.NEAREST
    return best.candidate.reason.split(";")[0]


def _deciding_cause(scored: Sequence[Scored]) -> str:
    """What in the article the best candidate would not have won without; empty if its prominence was enough."""
    best = scored[0]

    def is_needed(cause: str) -> bool:
        return any(one.without(cause) > best.without(cause) for one in scored[1:])

    return next(filter(is_needed, _CAUSES_IN_ARTICLE), "")


def _rank(scored: Sequence[Scored]) -> str:
    return f"{reasons.RANK}{len(scored)} candidates" if len(scored) > 1 else ""
