"""The country that is stated for a name, apart from the words around it: places elsewhere are not meant. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dashboard.gazetteer import country_outlines
from dashboard.gazetteer.countries import Groups, country_groups, country_name
from dashboard.geocode.cues import Names
from dashboard.model import Candidate, Place


@dataclass(frozen=True, slots=True)
class StatedCountry:
    """The country that a row states, as `countries` knows it."""

    name: str
    """What it is called in messages."""
    groups: Groups
    """The codes it may mean, the likeliest first: a place that is said to lie in Sudan may be South Sudan's today."""

    @property
    def codes(self) -> frozenset[str]:
        """All of them."""
        return self.groups[-1]

    @property
    def code(self) -> str:
        """That of the one country it is; "" for a state that several have followed."""
        return next(iter(self.groups[0])) if len(self.groups[0]) == 1 else ""

    def place(self, gazetteer: Names) -> Place | None:
        """The country itself; None if it is not one, or not in the gazetteer."""
        named = (one.place for one in gazetteer.candidates(country_name(self.code))) if self.code else ()
        countries = (place for place in named if place.feature_code.startswith("PCL"))
        return next((place for place in countries if place.country_code == self.code), None)

    def excludes(self, point: tuple[float, float]) -> bool:
        """True if the point, latitude and longitude, surely lies in none of them."""
        return all(country_outlines.is_outside(*point, code) for code in self.codes)

    def is_swapped(self, point: tuple[float, float]) -> bool:
        """True if it does, and lies in one of them once latitude and longitude change places."""
        return self.excludes(point) and any(country_outlines.is_swapped(*point, code) for code in self.codes)


def stated_country(text: str) -> StatedCountry | None:
    """The country with this name or code; None if there is none."""
    groups = country_groups(text.strip()) if text.strip() else ()
    if not groups:
        return None
    return StatedCountry(country_name(next(iter(groups[0]))) if len(groups[0]) == 1 else text.strip(), groups)


def lies_in_one(place: Place, codes: Collection[str]) -> bool:
    """True if the place may be in one of the countries: by its code or, where it has none, by its point."""
    if place.country_code:
        return place.country_code in codes
    return not all(country_outlines.is_outside(place.latitude, place.longitude, code) for code in codes)


@dataclass(frozen=True, slots=True)
class InCountries:
    """The part of a gazetteer that lies in some countries."""

    gazetteer: Names
    codes: frozenset[str]

    def may_hold(self, place: Place) -> bool:
        return lies_in_one(place, self.codes)

    def candidates(self, name: str) -> Sequence[Candidate]:
        """The places there that a name may mean, in the gazetteer's order."""
        return [one for one in self.gazetteer.candidates(name) if self.may_hold(one.place)]
