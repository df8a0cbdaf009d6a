"""Counting: the numbers of the sentence, the marks of the map and the bars of the histogram, for any filters."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from dashboard.filters import Filters
from dashboard.geo import DETAIL, Box, Grid, Viewport, grid_of, viewport_around
from dashboard.marks import UNCLUSTERED, Mark
from dashboard.store import queries
from dashboard.store.codes import TYPES
from dashboard.store.counting import day_index, symbols
from dashboard.store.counting.groups import Groups
from dashboard.store.counting.symbols import OutlineBox, Spot, SpotIndex
from dashboard.store.database import Database
from dashboard.store.lookups import LookupCache
from dashboard.store.queries import ALL, Scope
from dashboard.store.summary import Bar, Grain, Span, Summary, box_of

CACHED_ANSWERS = 32
"""Number of answers cached for the next run of a page and for other readers. Small, because each answer is thousands of
objects that slow down the garbage collector for everybody."""
CACHED_WORLDS = 16
"""Number of cached counts of the whole world, so that panning does not count again."""
WORLD_LEVEL = day_index.LEVEL
"""Up to this level of cells the whole world is counted at once; at finer levels, only what is in view."""
_WORLD = Viewport(Box(-180, -85, 180, 85), 1)


class CountedTables(Protocol):
    """Tables that can be counted: one row per event, or rows that stand for several events."""

    db: Database
    span: Span | None
    """First and last day of all events except background."""
    grain: Grain
    """Width of the histogram's bars."""
    centres: str
    """SQL: where all spots lie; see `queries.CENTRES`."""
    areas: str
    """SQL: the spots of the areas; see `queries.AREAS`."""
    extent: str
    """SQL: the extent of the events; see `queries.EXTENT`."""

    def day_index(self) -> day_index.DayIndex | None:
        """The index for the most frequent questions (see `DayIndex.can_answer`); None to ask the database always."""


@dataclass(frozen=True, slots=True)
class _AnyPeriod:
    """Results that depend on every filter except the period, so that moving the slider reuses them."""

    matched: int
    bars: tuple[Bar, ...]
    box: Box | None


class Counts:
    """All counts over the events of some tables. Safe to share between threads."""

    def __init__(self, tables: CountedTables, outline_box: OutlineBox) -> None:
        self._tables, self._db = tables, tables.db
        self.total = int(self._db.rows(queries.SCOPE_COUNT, Filters())[0][0])
        """Number of events that are not rejected."""
        areas = [Spot(*row) for row in self._db.rows(tables.areas)]
        self._spot_index = SpotIndex(self._db.columns(tables.centres), areas, outline_box)
        self._days = tables.day_index()
        self._bins = {number: (first, last) for number, first, last in self._db.rows(queries.BINS)}
        self._cached_summary = lru_cache(CACHED_ANSWERS)(self._summary)
        self._cached_world = lru_cache(CACHED_WORLDS)(self._world)
        self._cached_any_period = lru_cache(CACHED_ANSWERS)(self._count_any_period)
        self.spots: LookupCache[int, Spot] = LookupCache(
            lambda spots: self._db.rows(queries.SPOTS, values={"spots": spots}), Spot
        )

    def summarise(self, filters: Filters, viewport: Viewport | None = None) -> Summary:
        """See `store.store.Store.summarise`."""
        if self.total <= UNCLUSTERED:
            return self._cached_summary(filters, None)
        if viewport is None:
            box = self._cached_any_period(filters.with_period(None, None)).box
            viewport = viewport_around(box) if box else _WORLD
        return self._cached_summary(filters, grid_of(viewport))

    def _summary(self, filters: Filters, grid: Grid | None) -> Summary:
        level = grid.level if grid and grid.level <= WORLD_LEVEL else 0
        every = self._cached_world(replace(filters, types=()), level)
        groups = every.of_types(filters.types)
        any_period = self._cached_any_period(filters.with_period(None, None))
        tally = groups.tally()
        is_whole = grid is None or tally["on_map"] + tally["as_areas"] <= UNCLUSTERED
        drawn, clustered = (
            self._all_marks(filters) if grid is None or is_whole else self._marks_in_view(filters, groups, grid)
        )
        return Summary(
            total=self.total, outside=any_period.matched - tally["matched"], type_counts=every.type_counts(),
            marks=tuple(sorted(drawn, key=lambda mark: mark.key)), level=clustered, is_whole=is_whole,
            box=box_of(drawn) if is_whole else any_period.box, bars=any_period.bars,
            grain=self._tables.grain, span=self._tables.span, **tally,
        )  # fmt: skip

    def _all_marks(self, filters: Filters) -> tuple[list[Mark], None]:
        """All marks, one for each place, because there are few events."""
        return symbols.marks_by_spot(self._by_spot(filters, queries.ON_MAP), self.spots.lookup), None

    def _marks_in_view(self, filters: Filters, world: Groups, grid: Grid) -> tuple[list[Mark], int | None]:
        """The marks in view, and the level of the cells that share a cluster; None without clusters."""
        outside = self._areas_from_outside(filters, grid)
        if grid.level <= WORLD_LEVEL:
            inside = world.where(symbols.in_grid(world.place, grid) & world.are_drawn)
        else:
            inside = self._by_cell(filters, grid.level, queries.of_grid(grid))
        if inside.n.sum() + outside.n.sum() <= UNCLUSTERED:
            near = self._by_spot(filters, queries.of_grid(grid))
            return symbols.marks_by_spot(near.concatenated(outside), self.spots.lookup), None
        drawn = symbols.marks_by_cell(inside, grid.level, self._spot_index, self.spots.lookup)
        return [*drawn, *symbols.marks_by_spot(outside, self.spots.lookup)], grid.level

    def _areas_from_outside(self, filters: Filters, grid: Grid) -> Groups:
        """Counts of the areas that reach into the grid from outside, one by one."""
        spots = self._spot_index.areas_from_outside(grid)
        events = {} if filters.words.split() else {"events": "area_events"}
        return self._by_spot(filters, queries.of_areas(spots), **events) if spots else Groups.empty()

    def _world(self, filters: Filters, level: int) -> Groups:
        if self._days and self._days.can_answer(filters):
            return self._days.count(filters, level)
        return self._by_cell(filters, level, ALL)

    def _by_cell(self, filters: Filters, level: int, scope: Scope) -> Groups:
        """Counts by cell of the level and group, in one pass over the events."""
        values, scope = {"shift": DETAIL - level}, scope._replace(level=max(scope.level, level))
        bounded = filters.date_from is not None or filters.date_to is not None
        straddling = self._db.columns(queries.STRADDLING, filters, scope, values) if bounded else None
        return Groups.by_cell(self._db.columns(queries.COUNTS_BY_CELL, filters, scope, values), straddling)

    def _by_spot(self, filters: Filters, scope: Scope, **events: str) -> Groups:
        """Counts by spot and group."""
        return Groups.by_spot(self._db.columns(queries.COUNTS_BY_SPOT, filters, scope._replace(level=DETAIL), **events))

    def _count_any_period(self, filters: Filters) -> _AnyPeriod:
        strips, top, bottom, matched = self._db.rows(self._tables.extent, filters)[0]
        bars: dict[tuple[int, int], Bar] = {}
        for number, code, certain, spread in self._db.rows(queries.BARS, filters):
            first, last = self._bins[number]
            bars[number, code] = Bar(start=first, end=last, event_type=TYPES[code], certain=certain, spread=spread)
        box = symbols.box_of_strips(strips, top, bottom) if strips else None
        return _AnyPeriod(int(matched), tuple(bars[key] for key in sorted(bars)), box)
