"""The coordinates that a row of events.csv itself gives for its place, with every check of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dashboard.errors import shown
from dashboard.reading import number_cells
from dashboard.reading.cells import Note

COLUMNS = ("latitude", "longitude")


class Point(NamedTuple):
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class StatedPoint:
    """What the two cells say. ``point`` is None if they are empty, or cannot be what is meant."""

    point: Point | None
    notes: tuple[tuple[str, Note], ...] = ()
    """What is to be said about them, each with its column."""

    @property
    def is_refused(self) -> bool:
        """There are coordinates, and they cannot be used: the row must not be placed by its name instead."""
        return self.point is None and bool(self.notes)


def stated_point(row: Mapping[str, str]) -> StatedPoint:
    """The point of a row's cells latitude and longitude."""
    texts = [row.get(column, "").strip() for column in COLUMNS]
    if not any(texts):
        return StatedPoint(None)
    for column, text, other, there in zip(COLUMNS, texts, reversed(COLUMNS), reversed(texts), strict=True):
        if not text:
            hint = "Fill both, or neither."
            note = Note("cell.required", f"empty, though {other} is {shown(there)}.", hint)
            return StatedPoint(None, ((column, note),))
    latitude, north = number_cells.parse_latitude(texts[0])
    longitude, east = number_cells.parse_longitude(texts[1])
    notes = [(column, note) for column, told in zip(COLUMNS, (north, east), strict=True) for note in told]
    if latitude is None or longitude is None:
        hint = number_cells.swapped_hint(*texts)
        return StatedPoint(None, tuple((c, n._replace(hint=hint) if hint else n) for c, n in notes))
    if latitude == longitude == 0:
        message = "0, 0 lies in the Gulf of Guinea, and mostly stands for a missing value."
        return StatedPoint(None, (("latitude", Note("coordinate.zero", message, "Leave both cells empty.")),))
    return StatedPoint(Point(latitude, longitude), tuple(notes))
