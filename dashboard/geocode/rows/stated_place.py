"""A row's own coordinates: the place at them, and whether they fit the country that is stated beside them. Pure."""

import math

from dashboard.errors import Severity
from dashboard.gazetteer import country_outlines
from dashboard.geocode.stated_country import StatedCountry
from dashboard.model import Place
from dashboard.project.reading.cells import Note
from dashboard.project.reading.stated_cells import Point
from dashboard.tables import as_text, point_id


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
