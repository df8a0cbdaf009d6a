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
from dashboard.store.counting.symbols import OutlineBox, Points, Spot
from dashboard.store.database import Database
from dashboard.store.lookups import Kept
from dashboard.store.queries import ALL, Scope
from dashboard.store.summary import Bar, Grain, Span, Summary, box_of

KEPT_ANSWERS = 32
"""Answers kept for whoever asks the same again: the next run of a page, and other readers. They are few because each is
thousands of objects, through which the garbage collector goes from time to time while everybody waits."""
KEPT_WORLDS = 16
"""Counts of the whole world that are kept, so that a pan need not count again."""
WORLD_LEVEL = day_index.LEVEL
"""Down to this level of cells the whole world is counted at once; below, only what is in view."""
_WORLD = Viewport(Box(-180, -85, 180, 85), 1)


class CountedTables(Protocol):
    """Tables that can be counted: a row for each event, or rows that stand for several."""

    db: Database
    span: Span | None
    """Of what is not background."""
    grain: Grain
    """Of the histogram's bars."""
    centres: str
    """SQL: where all spots lie; see `queries.CENTRES`."""
    areas: str
    """SQL: the spots of the areas; see `queries.AREAS`."""
    reach: str
    """SQL: how far the events reach; see `queries.EXTENT`."""

    def day_index(self) -> day_index.DayIndex | None:
        """The index that answers what is asked most (see `DayIndex.answers`); None where the database answers all."""


@dataclass(frozen=True, slots=True)
class _Everywhen:
    """What follows every filter but the period, so that the slider need not ask for it."""

    matched: int
    bars: tuple[Bar, ...]
    box: Box | None


class Counts:
    """Everything that is counted of the events of some tables. Safe to share between threads."""

    def __init__(self, tables: CountedTables, outline_box: OutlineBox) -> None:
        self._tables, self._db = tables, tables.db
        self.total = int(self._db.rows(queries.SCOPE_COUNT, Filters())[0][0])
        """All events but the rejected."""
        areas = [Spot(*row) for row in self._db.rows(tables.areas)]
        self._points = Points(self._db.columns(tables.centres), areas, outline_box)
        self._days = tables.day_index()
        self._bins = {number: (first, last) for number, first, last in self._db.rows(queries.BINS)}
        self._kept_summary = lru_cache(KEPT_ANSWERS)(self._summary)
        self._kept_world = lru_cache(KEPT_WORLDS)(self._world)
        self._kept_everywhen = lru_cache(KEPT_ANSWERS)(self._everywhen)
        self.spots: Kept[int, Spot] = Kept(lambda spots: self._db.rows(queries.SPOTS, values={"spots": spots}), Spot)

    def summarise(self, filters: Filters, viewport: Viewport | None = None) -> Summary:
        """See `store.store.Store.summarise`."""
        if self.total <= UNCLUSTERED:
            return self._kept_summary(filters, None)
        if viewport is None:
            box = self._kept_everywhen(filters.with_period(None, None)).box
            viewport = viewport_around(box) if box else _WORLD
        return self._kept_summary(filters, grid_of(viewport))

    def _summary(self, filters: Filters, grid: Grid | None) -> Summary:
        level = grid.level if grid and grid.level <= WORLD_LEVEL else 0
        every = self._kept_world(replace(filters, types=()), level)
        groups = every.of_types(filters.types)
        everywhen = self._kept_everywhen(filters.with_period(None, None))
        tally = groups.tally()
        is_whole = grid is None or tally["on_map"] + tally["as_areas"] <= UNCLUSTERED
        drawn, clustered = self._whole(filters) if grid is None or is_whole else self._seen(filters, groups, grid)
        return Summary(
            total=self.total, outside=everywhen.matched - tally["matched"], type_counts=every.type_counts(),
            marks=tuple(sorted(drawn, key=lambda mark: mark.key)), level=clustered, is_whole=is_whole,
            box=box_of(drawn) if is_whole else everywhen.box, bars=everywhen.bars,
            grain=self._tables.grain, span=self._tables.span, **tally,
        )  # fmt: skip

    def _whole(self, filters: Filters) -> tuple[list[Mark], None]:
        """All marks: few enough for each place to have its own."""
        return symbols.by_spot(self._by_spot(filters, queries.ON_MAP), self.spots.of), None

    def _seen(self, filters: Filters, world: Groups, grid: Grid) -> tuple[list[Mark], int | None]:
        """The marks in view, and the level of the cells whose places share a cluster, None if there is no cluster."""
        outside = self._from_outside(filters, grid)
        if grid.level <= WORLD_LEVEL:
            inside = world.where(symbols.in_grid(world.place, grid) & world.are_drawn)
        else:
            inside = self._by_cell(filters, grid.level, queries.of_grid(grid))
        if inside.n.sum() + outside.n.sum() <= UNCLUSTERED:
            near = self._by_spot(filters, queries.of_grid(grid))
            return symbols.by_spot(near.and_those(outside), self.spots.of), None
        drawn = symbols.by_cell(inside, grid.level, self._points, self.spots.of)
        return [*drawn, *symbols.by_spot(outside, self.spots.of)], grid.level

    def _from_outside(self, filters: Filters, grid: Grid) -> Groups:
        """The areas that reach into the grid from outside, each counted by itself."""
        spots = self._points.areas_from_outside(grid)
        events = {} if filters.words.split() else {"events": "area_events"}
        return self._by_spot(filters, queries.of_areas(spots), **events) if spots else Groups.none()

    def _world(self, filters: Filters, level: int) -> Groups:
        if self._days and self._days.answers(filters):
            return self._days.counted(filters, level)
        return self._by_cell(filters, level, ALL)

    def _by_cell(self, filters: Filters, level: int, scope: Scope) -> Groups:
        """One pass over the events: how many of each group are in each cell of the level."""
        values, scope = {"shift": DETAIL - level}, scope._replace(level=max(scope.level, level))
        bounded = filters.date_from is not None or filters.date_to is not None
        straddling = self._db.columns(queries.STRADDLING, filters, scope, values) if bounded else None
        return Groups.by_cell(self._db.columns(queries.COUNTS_BY_CELL, filters, scope, values), straddling)

    def _by_spot(self, filters: Filters, scope: Scope, **events: str) -> Groups:
        """The same, each spot counted by itself."""
        return Groups.by_spot(self._db.columns(queries.BY_SPOT, filters, scope._replace(level=DETAIL), **events))

    def _everywhen(self, filters: Filters) -> _Everywhen:
        strips, top, bottom, matched = self._db.rows(self._tables.reach, filters)[0]
        bars: dict[tuple[int, int], Bar] = {}
        for number, code, certain, spread in self._db.rows(queries.BARS, filters):
            first, last = self._bins[number]
            bars[number, code] = Bar(start=first, end=last, event_type=TYPES[code], certain=certain, spread=spread)
        box = symbols.reach_of(strips, top, bottom) if strips else None
        return _Everywhen(int(matched), tuple(bars[key] for key in sorted(bars)), box)
