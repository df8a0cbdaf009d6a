"""What a row itself says about its place: the country that it states, and its own coordinates. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import country_outlines
from dashboard.errors import Severity, shown
from dashboard.gazetteer import Gazetteer
from dashboard.geocode.cues import Names
from dashboard.model import Candidate, Place
from dashboard.reading.cells import Note
from dashboard.reading.stated_points import Point
from dashboard.tables import as_text, point_id

_ALPHA_2 = 2


def country_named(text: str, gazetteer: Gazetteer) -> Place | None:
    """The country with this name or ISO 3166-1 code; None if there is none."""
    text = text.strip()
    is_code = len(text) == _ALPHA_2 and gazetteer.country_name(text.upper())
    candidates = gazetteer.candidates(gazetteer.country_name(text.upper()) if is_code else text)
    countries = (one.place for one in candidates if one.place.feature_code.startswith("PCL"))
    return next((one for one in countries if not is_code or one.country_code == text.upper()), None)


def lies_in_country(place: Place, country_code: str) -> bool:
    """True if the place may be in the country: by its code or, where it has none, by its point."""
    if place.country_code:
        return place.country_code == country_code
    return not country_outlines.is_outside(place.latitude, place.longitude, country_code)


@dataclass(frozen=True, slots=True)
class InCountry:
    """The part of a gazetteer that lies in one country."""

    gazetteer: Names
    country_code: str

    def candidates(self, name: str) -> Sequence[Candidate]:
        """The places there that a name may mean, in the gazetteer's order."""
        return [one for one in self.gazetteer.candidates(name) if lies_in_country(one.place, self.country_code)]


def unknown_country_note(text: str, gazetteer: Gazetteer) -> Note:
    """What is to be said about a country that is not known."""
    near = [one.place.name for one in gazetteer.suggest(text) if one.place.feature_code == "PCLI"][:2]
    hint = f"Did you mean {' or '.join(near)}?" if near else "Write its name or its code: Colombia, CO or COL."
    return Note("country.unknown", f"{shown(text)} is no country that is known here.", hint)


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


def outside_note(point: Point, country: str, country_code: str) -> Note:
    """What is to be said about a point that does not lie in the country that is stated beside it.

    An error where latitude and longitude are swapped, else a warning.
    """
    latitude, longitude = (as_text(round(degrees, 5)) for degrees in point)
    message = f"{latitude}, {longitude} lies outside {country}"
    if country_outlines.is_swapped(*point, country_code):
        hint = f"Write latitude {longitude}, longitude {latitude}: that lies in {country}."
        return Note("coordinate.swapped", f"{message}: latitude and longitude are swapped.", hint)
    there = country_outlines.country_name_at(*point)
    off = country_outlines.km_outside(*point, country_code) or 0
    message += f", {off:,.0f} km off{f', in {there}' if there else ''}."
    return Note("coordinate.country", message, "Which of them is right?", Severity.WARNING)
