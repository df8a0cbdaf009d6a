"""What a row itself says about its place: the country that it states, and its own coordinates. Pure."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dashboard.errors import Severity
from dashboard.gazetteer import country_outlines
from dashboard.gazetteer.countries import Groups, country_groups, country_name
from dashboard.geocode.cues import Names
from dashboard.geocode.qualified import resolve_name
from dashboard.geocode.resolve import OwnPlaces, Resolution
from dashboard.geocode.scoring import Context
from dashboard.model import Candidate, Place
from dashboard.project.reading.cells import Note
from dashboard.project.reading.stated_cells import Point
from dashboard.tables import as_text, point_id


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

    def excludes(self, point: Point) -> bool:
        """True if the point surely lies in none of them."""
        return all(country_outlines.is_outside(*point, code) for code in self.codes)

    def is_swapped(self, point: Point) -> bool:
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


def resolve_in(
    country: StatedCountry, toponym: str, context: Context, gazetteer: Names, own: OwnPlaces
) -> Resolution | None:
    """The place of the name in the country: in the likeliest of those it may mean that has one by this name."""
    by_other_name = None
    for codes in country.groups:
        inside = _InCountries(gazetteer, codes)
        found = resolve_name(toponym, context, inside, own.within(inside.may_hold))
        if found and found.name_kind != "alternate":
            return found
        by_other_name = by_other_name or found
    return by_other_name


@dataclass(frozen=True, slots=True)
class _InCountries:
    """The part of a gazetteer that lies in some countries."""

    gazetteer: Names
    codes: frozenset[str]

    def may_hold(self, place: Place) -> bool:
        return lies_in_one(place, self.codes)

    def candidates(self, name: str) -> Sequence[Candidate]:
        """The places there that a name may mean, in the gazetteer's order."""
        return [one for one in self.gazetteer.candidates(name) if self.may_hold(one.place)]


def place_at(point: Point, label: str, country_code: str) -> Place:
    """The place of rows that give this point; nothing is known of it but the point, and the country it lies in.

    ``country_code`` is that of the country which the rows state; "" if they state none.
    """
    is_there = country_code and not country_outlines.is_outside(*point, country_code)
    return Place(
        place_id=point_id(*point), name=label or f"point at {as_text(point.latitude)}, {as_text(point.longitude)}",
        latitude=point.latitude, longitude=point.longitude, source="events.csv",
        country_code=country_code if is_there else country_outlines.country_at(*point),
    )  # fmt: skip


def outside_note(point: Point, country: StatedCountry) -> Note:
    """What is to be said about a point that does not lie in the country that is stated beside it.

    An error where latitude and longitude are swapped, else a warning.
    """
    latitude, longitude = (as_text(round(degrees, 5)) for degrees in point)
    message = f"{latitude}, {longitude} lies outside {country.name}"
    if country.is_swapped(point):
        hint = f"Write latitude {longitude}, longitude {latitude}: that lies in {country.name}."
        return Note("coordinate.swapped", f"{message}: latitude and longitude are swapped.", hint)
    there = country_outlines.country_name_at(*point)
    off = min(country_outlines.km_outside(*point, code) or math.inf for code in country.codes)
    message += f", {off:,.0f} km off{f', in {there}' if there else ''}."
    return Note("coordinate.country", message, "Which of them is right?", Severity.WARNING)
