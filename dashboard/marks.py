"""What is drawn on the map: marks for events at one place, clusters for those of several places close together.

What a cell counts is all of its events, also those a little outside the view, so the number on a badge and the list
behind it are the same.
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
"""Most places, and most cells, that one key names: each place of a view whose places stand apart has its own mark."""
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

    A `cluster` stands for dots and rings of several places, `areas` for several areas: the two are never added up.
    """

    DOT = "dot"
    RING = "ring"
    AREA = "area"
    CLUSTER = "cluster"
    AREAS = "areas"

    @property
    def is_of_cell(self) -> bool:
        """True if the symbol stands for the places of cells, or for places that would cover each other."""
        return self in (Shape.CLUSTER, Shape.AREAS)


class Manner(StrEnum):
    """What the sources say about the mark's events. Events of different manners never share a mark.

    `act`: reported or claimed to have happened. `named`: the place is only named: threatened, planned or
    denied; nothing is said to have happened there. `background`: history the article recalls.
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
    """True if no event of it is sure to lie in the chosen period: undated, or only a part of its interval inside."""
    pending: bool = False
    """True if at least one of the events has not been reviewed."""

    @property
    def count(self) -> int:
        """The number on the badge: exactly the events behind the mark."""
        return sum(n for _, n in self.types)


class Key(NamedTuple):
    """A mark's key, taken apart: the places and cells it stands for (all cells of one level), manner and shape."""

    place_ids: tuple[str, ...]
    cells: tuple[Cell, ...]
    manner: Manner
    shape: Shape

    @classmethod
    def parse(cls, key: str) -> Self:
        """Take a key apart. Raises `DataError` for what is no key of a mark."""
        match = KEY_PATTERN.fullmatch(key)
        if match and match[1]:
            return cls((match[1],), (), Manner(match[2]), Shape(match[3]))
        if match and (match[4] or match[5]):
            cells = [Cell.parse(text) for text in match[4].split("_")] if match[4] else []
            known = tuple(cell for cell in cells if cell)
            if len(known) == len(cells) and len({cell.level for cell in known}) <= 1:
                return cls(tuple(match[5].split("~")[1:]), known, Manner(match[6]), Shape(match[7]))
        raise DataError(f"The key of a mark must be place_id.manner.shape, got {shown(key)}.")
