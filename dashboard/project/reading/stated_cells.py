"""A row's own statements about its place: coordinates and country, with every check of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.errors import shown
from dashboard.gazetteer.countries import country_groups
from dashboard.project.reading import number_cells
from dashboard.project.reading.cells import Note

_COLUMNS = ("latitude", "longitude")


class Point(NamedTuple):
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class StatedPoint:
    """The content of the two cells. ``point`` is None if they are empty or cannot be right."""

    point: Point | None
    notes: tuple[tuple[str, Note], ...] = ()
    """Notes on them, each with its column."""

    @property
    def is_refused(self) -> bool:
        """There are coordinates that cannot be used: the row must not be placed by its name instead."""
        return self.point is None and bool(self.notes)


def stated_point(row: Mapping[str, str]) -> StatedPoint:
    """The point of a row's cells latitude and longitude."""
    texts = [row.get(column, "").strip() for column in _COLUMNS]
    if not any(texts):
        return StatedPoint(None)
    for column, text, other, there in zip(_COLUMNS, texts, reversed(_COLUMNS), reversed(texts), strict=True):
        if not text:
            hint = "Fill both, or neither."
            note = Note("cell.required", f"empty, though {other} is {shown(there)}.", hint)
            return StatedPoint(None, ((column, note),))
    latitude, north = number_cells.parse_latitude(texts[0])
    longitude, east = number_cells.parse_longitude(texts[1])
    notes = [(column, note) for column, noted in zip(_COLUMNS, (north, east), strict=True) for note in noted]
    if latitude is None or longitude is None:
        hint = number_cells.swapped_hint(*texts)
        return StatedPoint(None, tuple((c, n._replace(hint=hint) if hint else n) for c, n in notes))
    if latitude == longitude == 0:
        message = "0, 0 lies in the Gulf of Guinea, and mostly stands for a missing value."
        return StatedPoint(None, (("latitude", Note("coordinate.zero", message, "Leave both cells empty.")),))
    return StatedPoint(Point(latitude, longitude), tuple(notes))


def unknown_country_note(text: str) -> Note:
    """The note on a cell that names no known country."""
    return Note("country.unknown", f"{shown(text.strip())} is no country that is known here.", _COUNTRY_HINT)


def is_unknown_country(text: str) -> bool:
    """True if the cell is filled, but not with the name or code of a country."""
    return bool(text.strip()) and not country_groups(text.strip())


_COUNTRY_HINT = "Write its name, or its code of two or three letters: Colombia, CO or COL."
