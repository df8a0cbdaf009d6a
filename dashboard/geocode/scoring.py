"""What speaks for each candidate of a name: points, by cause. One scoring for a lone passage and a whole article."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from dashboard.gazetteer.names import fold_name
from dashboard.geo import distance_km
from dashboard.geocode.cues import Cue, Names, country_votes
from dashboard.geocode.stated_country import StatedCountry
from dashboard.model import Candidate, Place

_KIND_BONUS = 10.0
"""More than a capital of ten million is worth: "Kabul province" is never the city."""
_PARENT_BONUS = 3.0
_COUNTRY_BONUS = 3.0
"""Times the country's share of the votes: as much as a thousandfold population."""
_PROVINCE_BONUS = 1.5
"""At most, for a province that the article names."""
_CHILD_BONUS = 3.0
_SECOND_NAME, _TERRITORY_MALUS, _FEW_PEOPLE = -1.5, 6.0, 100_000
"""For other names than the main one; more for a dependent island that a longer name is cut to (Norfolk)."""
_ABOUT, _FAR_KM = 0.5, 3000.0
"""Share of the votes that makes a country the article's; a namesake so far away is no neighbour's."""
_KM_A_POINT, _MOST_FOR_DISTANCE = 1000.0, 2.0


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
    country: StatedCountry | None = None
    """The country that is stated for it, where the name means nothing else. None: none is."""

    @classmethod
    def of_words(cls, words: str, gazetteer: Names, country: StatedCountry | None = None) -> "Context":
        """That of a name of which only the words around it are known."""
        return cls(text=words, countries=country_votes(words, gazetteer), country=country)


CAUSES = ("kind", "parent", "child", "country", "province", "name", "distance")
"""What may give a candidate points, in the order of `Scored.points`."""
_CHILD = CAUSES.index("child")


class Scored:
    """A candidate with its points, by what gave them."""

    __slots__ = ("candidate", "points", "total")

    def __init__(self, candidate: Candidate, points: tuple[float, ...]) -> None:
        self.candidate = candidate
        self.points = points
        """In the order of `CAUSES`."""
        self.total = candidate.score + sum(points)

    def given(self, cause: str) -> float:
        return self.points[CAUSES.index(cause)]

    def without(self, cause: str) -> float:
        """The total if the cause had given nothing."""
        return self.total - self.given(cause)

    def unpreferred(self) -> "Scored":
        """Without what our own table or a person's row gives it before any words are read."""
        return Scored(replace(self.candidate, score=0.0), self.points)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words and the article say about one name."""

    cue: Cue | None
    parents: tuple[Candidate, ...]
    children: frozenset[tuple[str, str]]
    """Country code and folded province of what the name stands beside as what holds it."""
    context: Context


def homes_of(places: Iterable[Candidate]) -> frozenset[tuple[str, str]]:
    """Country code and folded province of the places, and the country code with ""."""
    homes = {(one.place.country_code, fold_name(one.place.admin1_name)) for one in places}
    return frozenset(homes | {(country, "") for country, _ in homes})


def weigh(candidates: Sequence[Candidate], evidence: Evidence) -> list[Scored]:
    """The candidates with their points, likeliest first."""
    points = _Points(candidates, evidence)
    scored = [Scored(one, points.of(one)) for one in candidates]
    if len(scored) == 1:
        return scored
    cue = evidence.cue
    if cue and any(one.points[0] for one in scored):
        scored = [one.unpreferred() if _is_doubted(one.candidate, cue) else one for one in scored]
    if any(one.given("parent") for one in scored):
        scored = [one.unpreferred() if _is_elsewhere(one.candidate, evidence) else one for one in scored]
    scored = _without_far_preference(scored, evidence)
    return sorted(scored, key=lambda one: -one.total)


def _without_far_preference(scored: list[Scored], evidence: Evidence) -> list[Scored]:
    """Let our own table's country give way to a province that the article is about: Georgia in the United States."""
    best, votes = max(scored, key=lambda one: one.total), evidence.context.countries
    place = best.candidate.place
    if best.candidate.name_kind != "curated" or place.feature_code != "PCLI" or best.points[_CHILD]:
        return scored
    total = sum(votes.values())
    for rival in scored:
        other = rival.candidate.place
        is_article = total and votes.get(other.country_code, 0) / total >= _ABOUT and not votes.get(place.country_code)
        is_province = other.feature_code == "ADM1" and rival.candidate.name_kind == "primary"
        if is_province and distance_km(place, other) > _FAR_KM and (rival.points[_CHILD] or is_article):
            return [one.unpreferred() if one is best else one for one in scored]
    return scored


def _is_doubted(candidate: Candidate, cue: Cue) -> bool:
    """Whether the words tell another kind, which there is: a person's row for the city of Kabul says nothing about
    "Kabul province", nor our Georgia about "the state of Georgia".
    """
    is_preferred = candidate.name_kind in ("own", "curated") and bool(candidate.place.feature_code)
    return is_preferred and not cue.fits(candidate.place.feature_code)


def _is_elsewhere(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether a person's place lies in another country than the one named beside the name: their San Miguel in Peru
    is not "San Miguel, El Salvador".
    """
    country = candidate.place.country_code
    is_own = candidate.name_kind == "own" and country
    return bool(is_own) and all(parent.place.country_code != country for parent in evidence.parents)


class _Points:
    """The points of a name's candidates; what is the same for all of them is looked up once."""

    def __init__(self, candidates: Sequence[Candidate], evidence: Evidence) -> None:
        self._evidence, context = evidence, evidence.context
        self._votes, self._all_votes = context.countries, sum(context.countries.values())
        self._around = [_direction(one.latitude, one.longitude) for one in context.neighbours]
        self._has_primary = any(one.name_kind == "primary" and not _is_district(one.place) for one in candidates)
        towns = {_province(one.place) for one in candidates}
        self._states = {
            one.place.country_code
            for one in candidates
            if one.place.feature_code == "ADM1" and (one.place.country_code, fold_name(one.place.name)) not in towns
        }

    def of(self, candidate: Candidate) -> tuple[float, ...]:
        """In the order of `CAUSES`."""
        place, evidence = candidate.place, self._evidence
        country = (
            _COUNTRY_BONUS * self._votes.get(place.country_code, 0.0) / self._all_votes if self._all_votes else 0.0
        )
        return (
            _KIND_BONUS if evidence.cue and evidence.cue.fits(place.feature_code) else 0.0,
            _PARENT_BONUS if any(lies_in(place, parent.place) for parent in evidence.parents) else 0.0,
            _CHILD_BONUS if evidence.children and _holds(place, evidence.children) else 0.0,
            country,
            _PROVINCE_BONUS * _province_share(place, evidence.context, self._states),
            _second_name(candidate) if self._has_primary else 0.0,
            -min(_nearest_km(place, self._around) / _KM_A_POINT, _MOST_FOR_DISTANCE) if self._around else 0.0,
        )


def _province_share(place: Place, context: Context, states: Collection[str]) -> float:
    """0 to 1: how much the article speaks of the province the place lies in, or is, in a country it speaks of.

    ``states``: countries with a province of the name that holds no such town. There the province itself is meant,
    not a town elsewhere: California is not California, Missouri.
    """
    if place.country_code in states:
        return float(place.feature_code == "ADM1" and place.country_code in context.countries)
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


def lies_in(place: Place, parent: Place) -> bool:
    """True if the place lies in the country or province."""
    if place.place_id == parent.place_id or place.country_code != parent.country_code:
        return False
    is_country = parent.feature_code.startswith("PCL")
    return is_country or fold_name(place.admin1_name) == fold_name(parent.name)


def _nearest_km(place: Place, around: Iterable[tuple[float, float, float]]) -> float:
    """As `distance_km` to the nearest of the directions, which needs one arc instead of one for each."""
    x, y, z = _direction(place.latitude, place.longitude)
    nearest = max([x * a + y * b + z * c for a, b, c in around])
    return 6371.0 * math.acos(max(-1.0, min(1.0, nearest)))


@lru_cache(20_000)
def _direction(latitude: float, longitude: float) -> tuple[float, float, float]:
    """The unit vector from the middle of the Earth."""
    lat, lon = math.radians(latitude), math.radians(longitude)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)
