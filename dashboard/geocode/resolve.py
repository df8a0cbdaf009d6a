"""Choosing which of the places that bear a name is meant. Pure: no file, no network, no clock.

The order of proof: the person's own row in places.csv, our own table, what stands beside the name (its kind,
what it lies in), the countries the article speaks of, nearness to its other places, prominence. All candidates
come back with their scores, so that a person can choose another.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dashboard.geocode.cues import Cue, Names, kind_beside, parents_beside, surroundings, variants, water_name
from dashboard.model import Candidate, GeoPrecision, Place
from dashboard.names import fold_name
from dashboard.tables import precision_of

NAME_LIMIT = 200
"""Characters; what is longer is no name."""

AMBIGUOUS_WITHIN = 1.0
"""Two best candidates closer than this in score: a person should look."""

_OWN_SCORE = 40.0
"""Above everything a gazetteer and the words can give."""
_KIND_BONUS = 10.0
"""More than a capital of ten million is worth: "Kabul province" is never the city."""
_PARENT_BONUS = 3.0
_COUNTRY_BONUS = 3.0
"""Times the country's share of the votes: as much as a thousandfold population."""
_PROVINCE_BONUS = 1.5
"""At most, for a province that the article names."""
_CHILD_BONUS = 3.0
_SECOND_NAME, _TERRITORY_MALUS, _FEW_PEOPLE = -1.0, 6.0, 100_000
"""For other names than the main one; more for a dependent island that a longer name is cut to (Norfolk)."""
_ABOUT, _FAR_KM = 0.5, 3000.0
"""Share of the votes that makes a country the article's; a namesake so far away is no neighbour's."""
_KM_A_POINT, _MOST_FOR_DISTANCE = 1000.0, 2.0
_NEAR_RADIUS_KM = 15.0
"""A mountain or stretch of land no wider than this is a spot one can be near to, not a region."""

_WORDS_OF_KIND = {
    "PCL": "country",
    "ADM1": "province",
    "ADM2": "district",
    "PPLC": "capital",
    "PPLX": "part of a town",
    "PPL": "town",
    "RGN": "region",
    "MTS": "mountains",
    "PASS": "mountain pass",
    "VAL": "valley",
    "BDRY": "border line",
    "STRT": "strait",
    "AIRB": "air base",
    "AIRP": "airport",
}
"""Start of a feature code -> a word for people; the first that fits counts."""

_IN_IRAN_TOO = {fold_name(name) for name in ("Balochistan", "Baluchistan", "Baluchestan", "بلوچستان", "Белуджистан")}
_SPEAKS_OF_IRAN = re.compile(r"\bIran|\bSistan|ایران|سیستان|Иран|Систан")
_SPEAKS_OF_PAKISTAN = re.compile(r"\bPakistan|پاکستان|Пакистан")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known where a name stands. All of it may be empty."""

    text: str = ""
    """The passage around the name."""
    countries: Mapping[str, float] = field(default_factory=dict)
    """Votes by country code: how often the article speaks of each country."""
    neighbours: tuple[Place, ...] = ()
    """Places already found in the same article."""
    around: tuple[str, str] | None = None
    """The words right before and after the name. None: looked for in ``text``, where the name occurs first."""
    parents: tuple[Candidate, ...] | None = None
    """Countries and provinces named beside it as what it lies in. None: looked for in the words around."""
    children: tuple[Candidate, ...] = ()
    """What the name stands beside as what holds it: of "Cairo, Georgia" all Cairos."""
    provinces: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """Votes by country code and folded name of the province: how often the article speaks of each."""


class OwnPlaces:
    """The places a person wrote down or corrected, by name. They go before every gazetteer."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._by_name: dict[str, list[Place]] = {}
        for place in places:
            for name in {fold_name(name) for name in (place.name, *place.alternate_names)} - {""}:
                self._by_name.setdefault(name, []).append(place)

    def candidates(self, name: str) -> list[Candidate]:
        """The person's places of this name, in the order of the file."""
        return [
            Candidate(place=place, score=_OWN_SCORE, reason="named in places.csv", name_kind="own")
            for place in self._by_name.get(fold_name(name), ())
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The place a name was taken to mean, and everything needed to doubt it."""

    place: Place
    geo_precision: GeoPrecision
    reason: str
    """The rule that chose it, such as "capital of Qatar; first of 4 candidates"."""
    candidates: tuple[Candidate, ...]
    """All of them, the chosen one first, with the scores this context gave."""
    ambiguous: bool


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate with its points, by what gave them."""

    candidate: Candidate
    points: Mapping[str, float]

    def total(self, without: str = "") -> float:
        return self.candidate.score + sum(given for cause, given in self.points.items() if cause != without)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the words and the article say about one name."""

    cue: Cue | None
    parents: tuple[Candidate, ...]
    children: frozenset[tuple[str, str]]
    """Country code and folded province of what the name stands beside as what holds it."""
    context: Context


def resolve(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces | None = None) -> Resolution | None:
    """The place meant by the words ``toponym``, or None if no place has the name."""
    if len(toponym) > NAME_LIMIT:
        return None
    around = context.around or surroundings(toponym, context.text) or ("", "")
    for name, cut_off in _names(toponym, context.text, around[0]):
        candidates = [*(own.candidates(name) if own else ()), *gazetteer.candidates(name)]
        if candidates:
            cue = cut_off or kind_beside(*around)
            parents = parents_beside(*around, gazetteer) if context.parents is None else context.parents
            evidence = _Evidence(cue, parents, _homes(context.children), context)
            return _choose(_scored(_once_each(candidates), evidence), evidence)
    return None


def precision_for(place: Place) -> GeoPrecision:
    """How exactly the place's name alone says where: `precision_of` its kind, but a small area is a spot."""
    precision = precision_of(place.feature_code)
    is_spot = precision is GeoPrecision.REGION and place.radius_km is not None and place.radius_km <= _NEAR_RADIUS_KM
    return GeoPrecision.NEAR if is_spot else precision


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


def _homes(places: Iterable[Candidate]) -> frozenset[tuple[str, str]]:
    homes = {(one.place.country_code, fold_name(one.place.admin1_name)) for one in places}
    return frozenset(homes | {(country, "") for country, _ in homes})


def _scored(candidates: list[Candidate], evidence: _Evidence) -> list[_Scored]:
    has_primary = any(one.name_kind == "primary" and not _is_district(one.place) for one in candidates)
    states = frozenset(one.place.country_code for one in candidates if one.place.feature_code == "ADM1")
    scored = [_Scored(one, _points(one, evidence, has_primary, states)) for one in candidates]
    cue = evidence.cue
    if cue and any(one.points["kind"] for one in scored):
        scored = [_doubted(one, cue) for one in scored]
    if len(scored) > 1:
        scored = _without_far_preference(scored, evidence)
    return sorted(scored, key=lambda one: -one.total())


def _without_far_preference(scored: list[_Scored], evidence: _Evidence) -> list[_Scored]:
    """Let our own table's country give way to a province that the article is about: Georgia in the United States."""
    best, votes = max(scored, key=lambda one: one.total()), evidence.context.countries
    place = best.candidate.place
    if best.candidate.name_kind != "curated" or place.feature_code != "PCLI" or best.points["child"]:
        return scored
    total = sum(votes.values())
    for rival in scored:
        other = rival.candidate.place
        is_article = total and votes.get(other.country_code, 0) / total >= _ABOUT and not votes.get(place.country_code)
        is_province = other.feature_code == "ADM1" and rival.candidate.name_kind == "primary"
        if is_province and distance_km(place, other) > _FAR_KM and (rival.points["child"] or is_article):
            return [
                replace(one, candidate=replace(best.candidate, score=0.0)) if one is best else one for one in scored
            ]
    return scored


def _doubted(one: _Scored, cue: Cue) -> _Scored:
    """Without its preference where the words tell another kind, which there is: a person's row for the city of
    Kabul says nothing about "Kabul province", nor our Georgia about "the state of Georgia".
    """
    candidate = one.candidate
    is_preferred = candidate.name_kind in ("own", "curated") and candidate.place.feature_code
    if not is_preferred or cue.fits(candidate.place.feature_code):
        return one
    return replace(one, candidate=replace(candidate, score=0.0))


def _points(candidate: Candidate, evidence: _Evidence, has_primary: bool, states: frozenset[str]) -> dict[str, float]:
    place = candidate.place
    votes, neighbours = evidence.context.countries, evidence.context.neighbours
    total = sum(votes.values())
    near = min((distance_km(place, other) for other in neighbours), default=0.0)
    return {
        "kind": _KIND_BONUS if evidence.cue and evidence.cue.fits(place.feature_code) else 0.0,
        "parent": _PARENT_BONUS if any(_lies_in(place, parent.place) for parent in evidence.parents) else 0.0,
        "child": _CHILD_BONUS if _holds(place, evidence.children) else 0.0,
        "country": _COUNTRY_BONUS * votes.get(place.country_code, 0.0) / total if total else 0.0,
        "province": _PROVINCE_BONUS * _province_share(place, evidence.context, states),
        "name": _second_name(candidate) if has_primary else 0.0,
        "distance": -min(near / _KM_A_POINT, _MOST_FOR_DISTANCE),
    }


def _province_share(place: Place, context: Context, states: frozenset[str]) -> float:
    """0 to 1: how much the article speaks of the province the place lies in, or is, in a country it speaks of.

    ``states``: countries with a province of the name. There the province itself is meant, not a town elsewhere.
    """
    if place.feature_code == "ADM1":
        return 1.0 if context.countries.get(place.country_code) else 0.0
    if place.country_code in states:
        return 0.0
    return min(1.0, context.provinces.get(_province(place), 0.0))


def _is_district(place: Place) -> bool:
    return place.feature_code.startswith("ADM") and place.feature_code != "ADM1"


def _second_name(candidate: Candidate) -> float:
    """Less for another name of the place where some place bears it as its own: Victoria is not Hong Kong."""
    if candidate.name_kind != "alternate":
        return 0.0
    is_territory = candidate.place.feature_code == "PCLI" and (candidate.place.population or 0) < _FEW_PEOPLE
    return _SECOND_NAME - (_TERRITORY_MALUS if is_territory else 0.0)


def _province(place: Place) -> tuple[str, str]:
    """Where the place lies; ("", "") for provinces themselves and what is greater."""
    is_part = place.admin1_name and not place.feature_code.startswith(("PCL", "ADM1"))
    return (place.country_code, fold_name(place.admin1_name)) if is_part else ("", "")


def _holds(place: Place, homes: frozenset[tuple[str, str]]) -> bool:
    if place.feature_code.startswith("PCL"):
        return (place.country_code, "") in homes
    return place.feature_code == "ADM1" and (place.country_code, fold_name(place.name)) in homes


def _lies_in(place: Place, parent: Place) -> bool:
    if place.place_id == parent.place_id or place.country_code != parent.country_code:
        return False
    is_country = parent.feature_code.startswith("PCL")
    return is_country or fold_name(place.admin1_name) == fold_name(parent.name)


def _choose(scored: list[_Scored], evidence: _Evidence) -> Resolution:
    best = scored[0]
    place = best.candidate.place
    close = len(scored) > 1 and best.total() - scored[1].total() < AMBIGUOUS_WITHIN
    return Resolution(
        place=place,
        geo_precision=precision_for(place),
        reason=_reason(scored, evidence),
        candidates=tuple(replace(one.candidate, score=round(one.total(), 3)) for one in scored),
        ambiguous=close,
    )


def _reason(scored: list[_Scored], evidence: _Evidence) -> str:
    best, candidate = scored[0], scored[0].candidate
    if candidate.name_kind == "own":
        return candidate.reason
    if candidate.name_kind == "curated":
        return "curated name"
    if best.points["kind"] and evidence.cue:
        return f"{kind_of(candidate.place.feature_code)}, because the text says '{evidence.cue.word}'{_rank(scored)}"
    if len(scored) == 1:
        return "the only place of this name"
    return f"{_decisive(scored, evidence)}{_rank(scored)}"


def _decisive(scored: list[_Scored], evidence: _Evidence) -> str:
    """What the best candidate would not have won without; its prominence if nothing else was needed."""
    best, place = scored[0], scored[0].candidate.place

    def needed(cause: str) -> bool:
        return any(one.total(cause) > best.total(cause) for one in scored[1:])

    if needed("parent"):
        parent = next(parent.place for parent in evidence.parents if _lies_in(place, parent.place))
        return f"in {parent.name}, which is named beside it"
    if needed("child"):
        return "holds the place named beside it"
    if needed("province"):
        return f"in {place.admin1_name}, which the article names"
    if needed("country"):
        return f"in the country the article speaks of ({place.country_code})"
    if needed("distance"):
        return "nearest to the article's other places"
    return best.candidate.reason.split(";")[0]


def _rank(scored: list[_Scored]) -> str:
    return f"; first of {len(scored)} candidates" if len(scored) > 1 else ""


def kind_of(feature_code: str) -> str:
    """The kind of a place in a word: "province" for ADM1; "place" if there is no word for it."""
    return next((word for start, word in _WORDS_OF_KIND.items() if feature_code.startswith(start)), "place")


def distance_km(one: Place, other: Place) -> float:
    """Great-circle distance on a sphere of radius 6371 km."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    dlon = math.radians(other.longitude - one.longitude)
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(h)))
