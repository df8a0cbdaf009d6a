"""The result of `summarise`: counts, marks and bars of a page's events."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from dashboard.geo import Box
from dashboard.marks import Mark
from dashboard.model import EventType

Span = tuple[date, date]
"""First and last day, both included."""


MAX_BARS = 260


class Grain(StrEnum):
    """Width of a bar of the histogram."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"

    @classmethod
    def of(cls, span: Span) -> "Grain":
        """The finest grain that keeps the bars wide enough to see: at most about `MAX_BARS` of them."""
        days = (span[1] - span[0]).days + 1
        if days <= MAX_BARS:
            return cls.DAY
        if days <= MAX_BARS * 7:
            return cls.WEEK
        return cls.MONTH if days <= MAX_BARS * 31 else cls.YEAR

    def start(self, day: date) -> date:
        """First day of the bar that holds the day; weeks begin on Monday."""
        if self is Grain.DAY:
            return day
        if self is Grain.WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self is Grain.MONTH else day.replace(month=1, day=1)

    def end(self, start: date) -> date:
        """Last day of the bar that begins on ``start``."""
        if self is Grain.DAY:
            return start
        if self is Grain.WEEK:
            return start + min(timedelta(days=6), date.max - start)
        if self is Grain.MONTH:
            return start.replace(day=calendar.monthrange(start.year, start.month)[1])
        return start.replace(month=12, day=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value a filter offers, with the number of events that have it."""

    value: str
    label: str
    count: int


def choices_of(rows: Iterable[tuple[str, str, int]]) -> list[Choice]:
    """Rows of value, label and count as choices; an empty label is replaced by the value."""
    return [Choice(value=value, label=label or value, count=count) for value, label, count in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Events of one type in one bar of the histogram.

    ``certain`` counts events that certainly happened in the bar. ``spread`` adds up the shares of events that may have
    happened in it: an event from 11 to 19 October contributes one ninth to each of its nine days. So all bars together
    count every event once.
    """

    start: date
    end: date
    event_type: EventType
    certain: int
    spread: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts and marks of the events that pass the filters. ``on_map + as_areas + off_map == matched``."""

    total: int
    """All events of the project that are not rejected."""
    matched: int
    on_map: int
    as_areas: int
    off_map: int
    undated: int
    """Matched events without any date; they belong to every period."""
    partial: int
    """Matched events whose interval overlaps the period only in part."""
    in_tray: int
    """Matched events off the map or undated."""
    outside: int
    """Events that only the period excludes."""
    type_counts: dict[EventType, int]
    """By type, under every filter except the one on types."""
    marks: tuple[Mark, ...]
    """What the map draws: all marks or, with many events, those in view, crowded ones as clusters."""
    is_whole: bool
    """True if all marks are included; False if only those in view are, because there are many."""
    level: int | None
    """The level of the cells whose places share a cluster; None if every place has its own mark."""
    bars: tuple[Bar, ...]
    grain: Grain
    span: Span | None
    """First and last day of all events that are not background; None if none is dated."""
    box: Box | None
    """The box of the events on the map, for fitting it; None if there are none. With many events: of any period."""


def box_of(marks: Iterable[Mark]) -> Box | None:
    """The smallest box around the marks' points, in degrees; it may cross the antimeridian (west > east)."""
    points = [(m.longitude, m.latitude) for m in marks]
    if not points:
        return None
    west, east = _shortest_arc(sorted(x for x, _ in points))
    latitudes = [y for _, y in points]
    return Box(west=west, south=min(latitudes), east=east, north=max(latitudes))


def _shortest_arc(longitudes: list[float]) -> tuple[float, float]:
    """West and east end of the shortest arc that holds all the sorted longitudes."""
    gaps = [(b - a, i) for i, (a, b) in enumerate(pairwise(longitudes))]
    around = longitudes[0] + 360 - longitudes[-1]
    widest, index = max(gaps, default=(0.0, 0))
    if widest <= around:
        return longitudes[0], longitudes[-1]
    return longitudes[index + 1], longitudes[index]
