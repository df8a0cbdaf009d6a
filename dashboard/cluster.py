"""What stands on the map: one mark for all events that share a place and a manner of being told."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dashboard.model import ID_PATTERN, Assertion, EventType

KEY_PATTERN = re.compile(rf"({ID_PATTERN.pattern})\.(act|named|background)\.(dot|ring|area)")
"""What a click on a mark reports: place_id, manner and shape. Safe wherever an id is safe."""


class Box(NamedTuple):
    """A geographic bounding box in WGS 84 degrees."""

    west: float
    south: float
    east: float
    north: float


class Shape(StrEnum):
    """How exactly the mark is drawn: a dot is a known point, a ring a neighbourhood, an area an outline."""

    DOT = "dot"
    RING = "ring"
    AREA = "area"


class Manner(StrEnum):
    """How the mark's events are told. Events of different manners never share a mark.

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
    """What a click reports: ``<place_id>.<manner>.<shape>``; see `KEY_PATTERN`."""
    place_id: str
    label: str
    """The place's name: raw text, to be escaped by whoever draws it."""
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
