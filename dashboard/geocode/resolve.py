"""Choosing which of the places that bear a name is meant. Pure: no file, no network, no clock.

The order of proof: the person's own row in places.csv, our own table, what stands beside the name (its kind,
what it lies in), the countries the article speaks of, nearness to its other places, prominence. All candidates
come back with their scores, so that a person can choose another.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from dashboard.errors import shown
from dashboard.gazetteer.kinds import kind_of
from dashboard.gazetteer.names import fold_name
from dashboard.geocode import reasons
from dashboard.geocode.cues import Cue, Names, heads, kind_beside, parents_beside, surroundings, variants, water_name
from dashboard.geocode.scoring import Context, Evidence, Scored, homes_of, lies_in, weigh
from dashboard.model import Candidate, GeoPrecision, Place, PlaceBasis
from dashboard.tables import names_of, precision_of

NAME_LIMIT = 200
"""Characters; what is longer is no name."""

AMBIGUOUS_WITHIN = 1.0
"""Two best candidates closer than this in score: a person should look."""

_OWN_SCORE = 40.0
"""Above everything a gazetteer and the words can give."""
_STRAY = -1.5
"""Points for distance: 1,500 km from the article's nearest other place."""
_CAUSES_IN_ARTICLE = ("parent", "child", "province", "country", "distance")
"""In the order in which they are considered; see `geocode.scoring.CAUSES`."""
_BASIS_OF_KIND = {"own": PlaceBasis.OWN, "curated": PlaceBasis.CURATED}
_IN_IRAN_TOO = {fold_name(name) for name in ("Balochistan", "Baluchistan", "Baluchestan", "بلوچستان", "Белуджистан")}
_SPEAKS_OF_IRAN = re.compile(r"\bIran|\bSistan|ایران|سیستان|Иран|Систан")
_SPEAKS_OF_PAKISTAN = re.compile(r"\bPakistan|پاکستان|Пакистан")


class OwnPlaces:
    """The places a person wrote down or corrected, by name. They go before every gazetteer."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._by_name: dict[str, list[Place]] = {}
        self._places = tuple(places)
        for place in self._places:
            for name in {fold_name(name) for name in names_of(place)} - {""}:
                self._by_name.setdefault(name, []).append(place)

    def within(self, holds: Callable[[Place], bool]) -> "OwnPlaces":
        """Those of them for which ``holds`` is true."""
        return OwnPlaces(filter(holds, self._places))

    def candidates(self, name: str) -> list[Candidate]:
        """The person's places of this name, in the order of the file."""
        return [
            Candidate(place=place, score=_OWN_SCORE, reason=reasons.OWN, name_kind="own")
            for place in self._by_name.get(fold_name(name), ())
        ]


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


@dataclass(frozen=True, slots=True)
class Named:
    """The places that bear a name, whatever the article says, and the kind that the words beside it tell."""

    candidates: list[Candidate]
    cue: Cue | None
    around: tuple[str, str]
    """The words right before and after the name."""
    head: str = ""
    """The name that was known, where it is only held by the longer one that was asked for."""


def resolve(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces | None = None) -> Resolution | None:
    """The place meant by the words ``toponym``, or None if no place has the name."""
    named = look_up(toponym, context, gazetteer, own)
    return choose(named, context, gazetteer) if named else None


def look_up(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces | None = None) -> Named | None:
    """What the name alone may mean; None if no place has it. Of the context only the words around it count."""
    if len(toponym) > NAME_LIMIT:
        return None
    around = context.around or surroundings(toponym, context.text) or ("", "")

    def candidates_of(name: str) -> list[Candidate]:
        return [*(own.candidates(name) if own else ()), *gazetteer.candidates(name)]

    for name, cut_off in _names(toponym, context.text, around[0]):
        if candidates := candidates_of(name):
            return Named(_once_each(candidates), cut_off or kind_beside(*around), around)
    for head in heads(toponym):
        if candidates := candidates_of(head):
            return Named(_once_each(candidates), None, around, head)
    return None


def choose(named: Named, context: Context, gazetteer: Names) -> Resolution:
    """The likeliest of the places, with everything needed to doubt it."""
    evidence = _evidence(named, context, gazetteer)
    found = _choose(weigh(named.candidates, evidence), evidence)
    return _by_head(found, named.head) if named.head else found


def likeliest(named: Named, context: Context, gazetteer: Names) -> Place:
    """The place that `choose` would choose, without what is needed to doubt it."""
    if len(named.candidates) == 1:
        return named.candidates[0].place
    return weigh(named.candidates, _evidence(named, context, gazetteer))[0].candidate.place


def _evidence(named: Named, context: Context, gazetteer: Names) -> Evidence:
    parents = parents_beside(*named.around, gazetteer) if context.parents is None else context.parents
    return Evidence(named.cue, parents, homes_of(context.children) if context.children else frozenset(), context)


def _by_head(found: Resolution, head: str) -> Resolution:
    """The place that a longer name holds: Kandahar Airfield is near Kandahar, wherever exactly."""
    is_point = found.geo_precision in (GeoPrecision.SETTLEMENT, GeoPrecision.EXACT)
    precision = GeoPrecision.NEAR if is_point else found.geo_precision
    detour = f"{reasons.BY_HEAD}{shown(head)}: {found.detour}"
    return replace(found, geo_precision=precision, detour=detour, ambiguous=True, is_part=True)


def precision_for(place: Place) -> GeoPrecision:
    """How exactly the place's name alone says where."""
    return precision_of(place.feature_code, place.radius_km)


def _names(toponym: str, text: str, before: str) -> list[tuple[str, Cue | None]]:
    if water := water_name(toponym, before):
        return [(water, None)]
    names = variants(toponym)
    if fold_name(toponym) in _IN_IRAN_TOO and _means_iran(text):
        names.insert(0, ("Sistan and Baluchestan", None))
    return names


def _means_iran(text: str) -> bool:
    """Balochistan is Pakistan's province unless the passage speaks of Iran alone."""
    return bool(_SPEAKS_OF_IRAN.search(text)) and not _SPEAKS_OF_PAKISTAN.search(text)


def _once_each(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The first candidate of each place: a person's corrected row hides the gazetteer's of the same id."""
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        found.setdefault(candidate.place.place_id, candidate)
    return list(found.values())


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
