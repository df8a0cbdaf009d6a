"""What is drawn on the map: marks for events at one place, and clusters for those at several places close together.

A cell counts all of its events, even those just outside the view, so the number on a badge equals the length of the
list behind it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from dashboard.errors import DataError, shown
from dashboard.geo import Cell
from dashboard.model import ID_PATTERN, Assertion, EventType

UNCLUSTERED = 400
"""Up to this number of visible events nothing is clustered: each place has a mark of its own."""
MOST_MEMBERS = UNCLUSTERED
"""Maximum places, and maximum cells, in one key; up to `UNCLUSTERED` events, every place has its own mark."""
_CELL = r"[0-9]{1,2}-[0-9]{1,5}-[0-9]{1,5}"
_MANNER = r"\.(act|named|background)\."
KEY_PATTERN = re.compile(
    rf"({ID_PATTERN.pattern}){_MANNER}(dot|ring|area)"
    rf"|((?:{_CELL}(?:_{_CELL}){{0,{MOST_MEMBERS - 1}}})?)((?:~{ID_PATTERN.pattern}){{0,{MOST_MEMBERS}}})"
    rf"{_MANNER}(cluster|areas)"
)
"""What a click on a mark reports: a place, or the members of a cluster, manner and shape. Members are cells with ``_``
between them, then places with ``~`` before each: ``5-20-11_5-21-11~geonames:1138958.act.cluster``. Every character is
safe in an address and wherever an id is safe."""


class Shape(StrEnum):
    """How exactly the place is known: a dot is a known point, a ring a neighbourhood, an area an outline.

    A `cluster` stands for dots and rings of several places, `areas` for several areas: the two are never merged.
    """

    DOT = "dot"
    RING = "ring"
    AREA = "area"
    CLUSTER = "cluster"
    AREAS = "areas"

    @property
    def is_of_cell(self) -> bool:
        """True if the symbol stands for the places of cells, or for places whose symbols would overlap."""
        return self in (Shape.CLUSTER, Shape.AREAS)


class Manner(StrEnum):
    """What the sources say about the mark's events. Events of different manners never share a mark.

    `act`: reported or claimed to have happened. `named`: the place is only named: threatened, planned or
    denied; nothing is said to have happened there. `background`: history that the article recalls.
    """

    ACT = "act"
    NAMED = "named"
    BACKGROUND = "background"

    @classmethod
    def of(cls, assertion: Assertion) -> "Manner":
        """The manner in which an event with this assertion is drawn."""
        if assertion.is_act:
            return cls.ACT
        return cls.BACKGROUND if assertion is Assertion.BACKGROUND else cls.NAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One symbol on the map, and how many events of which types it stands for."""

    key: str
    """What a click reports; see `KEY_PATTERN`."""
    place_id: str
    """Empty for the mark of a cell."""
    label: str
    """The place's name: raw text, to be escaped by whoever draws it. Empty for the mark of a cell."""
    latitude: float
    longitude: float
    shape: Shape
    manner: Manner
    types: tuple[tuple[EventType, int], ...]
    """Events by type, most frequent first; never empty."""
    radius_km: float | None = None
    faded: bool = False
    """True if none of its events is certain to be in the chosen period: all are undated or only partly inside."""
    pending: bool = False
    """True if at least one of the events has not been reviewed."""

    @property
    def count(self) -> int:
        """The number on the badge: exactly the events behind the mark."""
        return sum(n for _, n in self.types)


class Key(NamedTuple):
    """A parsed key of a mark: the places and cells it stands for (cells all of one level), manner and shape."""

    place_ids: tuple[str, ...]
    cells: tuple[Cell, ...]
    manner: Manner
    shape: Shape

    @classmethod
    def parse(cls, key: str) -> Self:
        """Parse a key. Raises `DataError` if it is not the key of a mark."""
        match = KEY_PATTERN.fullmatch(key)
        if match and match[1]:
            return cls((match[1],), (), Manner(match[2]), Shape(match[3]))
        if match and (match[4] or match[5]):
            cells = [Cell.parse(text) for text in match[4].split("_")] if match[4] else []
            valid_cells = tuple(cell for cell in cells if cell)
            if len(valid_cells) == len(cells) and len({cell.level for cell in valid_cells}) <= 1:
                return cls(tuple(match[5].split("~")[1:]), valid_cells, Manner(match[6]), Shape(match[7]))
        raise DataError(f"The key of a mark must be place_id.manner.shape, got {shown(key)}.")
