"""Reading and counting with DuckDB, in memory: over the rows of a project's CSV files, or over Parquet."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pandas as pd

from dashboard.filters import Filters
from dashboard.geo import DETAIL, Box, Cell, Grid, Viewport, grid_of, viewport_around
from dashboard.marks import UNCLUSTERED, Mark, Shape
from dashboard.model import Article, Event, Place
from dashboard.project.read import Project
from dashboard.store import day_index, load, queries, symbols
from dashboard.store.codes import SHAPES, TYPES, UNPACKED, Where
from dashboard.store.groups import Answer, Groups
from dashboard.store.lookups import Kept
from dashboard.store.queries import ALL, Params, Scope
from dashboard.store.summary import Bar, Grain, Span, Summary, box_of
from dashboard.store.symbols import OutlineBox, Points, Spot
from dashboard.store.words import Batches, Progress, WordsIndex

PAGE = 50
"""Events of a page, where nothing else is asked for."""
KEPT_ANSWERS = 32
"""Answers kept for whoever asks the same again: the next run of a page, and other readers. They are few because each is
thousands of objects, through which the garbage collector goes from time to time while everybody waits."""
KEPT_WORLDS = 16
"""Counts of the whole world that are kept, so that a pan need not count again."""
WORLD_LEVEL = day_index.LEVEL
"""Down to this level of cells the whole world is counted at once; below, only what is in view."""
KEPT_SEARCHES = 8
"""Searches for words whose events are kept as a table of their own."""
# Extensions would be fetched from the network; nothing here needs one.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_SETTINGS = (
    "SET enable_progress_bar = false",  # else one stands in the output of a `python -c`
    "SET allocator_background_threads = true",
    "SET allocator_flush_threshold = '1MB'",
    "SET allocator_bulk_deallocation_flush_threshold = '1MB'",
)
"""The allocator gives back what loading needed for a moment; else it would stay with the process."""
_WORLD = Viewport(Box(-180, -85, 180, 85), 1)


class Rows(Protocol):
    """Where whole events are read: the files of a project, or Parquet."""

    version: str

    @property
    def project(self) -> Project:
        """What could not be read, and what stands in files beside the events."""

    def make_source(self, db: duckdb.DuckDBPyConnection) -> None:
        """Offer the rows as the relation ``source``; see `store.load.SOURCE`."""

    def look_over(self, db: duckdb.DuckDBPyConnection) -> None:
        """Tell what is wrong with the rows beside each other, once they are loaded."""

    def events(self, places: Sequence[tuple[int, int]]) -> list[Event]:
        """The events at these places, as (file, row) of the relation ``source``, in this order."""

    def articles(self, article_ids: Collection[str]) -> Mapping[str, Article]:
        """The stored ones of these articles, and perhaps others, by their ids."""

    def words(self) -> Batches:
        """The text in which words are searched, of every event, by its `queries.NUMBER`."""

    def words_file(self) -> Path | None:
        """Where the index of words is kept; None for memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value a filter offers, with the number of events that have it."""

    value: str
    label: str
    count: int


def _placed(*cells: Any) -> Place:
    """A place of a row of `queries.PLACES`."""
    return Place(**dict(zip(queries.PLACE_FIELDS, cells, strict=True)))


@dataclass(frozen=True, slots=True)
class _Everywhen:
    """What follows every filter but the period, so that the slider need not ask for it."""

    matched: int
    bars: tuple[Bar, ...]
    box: Box | None


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that fetches nothing from the network."""
    db = duckdb.connect(config=_CONFIG)
    for setting in _SETTINGS:
        db.execute(setting)
    return db


class Store:
    """All reads of one version of a project. Safe to share between threads; nothing in it changes."""

    lacks: frozenset[str] = frozenset()
    """Fields of `Filters` that cannot be asked for here."""
    _counting = queries.SINGLE
    _centres, _areas, _reach = queries.CENTRES, queries.AREAS, queries.REACH

    def __init__(self, rows: Rows, outline_box: OutlineBox = lambda _: None) -> None:
        """``outline_box`` gives west, south, east and north of the area of a place_id, or None."""
        self.rows = rows
        self._db = connect()
        self.span, self.grain = self._load()
        self.types = tuple(TYPES[code] for (code,) in self._rows(queries.TYPES_THERE))
        """The types that occur in the project, in the taxonomy's order."""
        self.choices = self._choices()
        """What the filters offer: ``actors``, ``publishers`` and ``places``, most frequent first."""
        self._index: WordsIndex | None = None
        self._found: OrderedDict[str, str] = OrderedDict()
        """Words that were searched for, and the table of the events that hold them."""
        self._searching = threading.Lock()
        self.total = int(self._rows(queries.SCOPE_COUNT, Filters())[0][0])
        """All events but the rejected."""
        areas = [Spot(*row) for row in self._rows(self._areas)]
        self._points = Points(self._columns(self._centres), areas, outline_box)
        self._days = self._index_days()
        self._bins = {number: (first, last) for number, first, last in self._rows(queries.BINS)}
        self._kept_summary = lru_cache(KEPT_ANSWERS)(self._summary)
        self._kept_world = lru_cache(KEPT_WORLDS)(self._world)
        self._kept_everywhen = lru_cache(KEPT_ANSWERS)(self._everywhen)
        self._kept_places: Kept[str, Place] = Kept(
            lambda ids: self._rows(queries.PLACES, values={"place_ids": ids}), _placed
        )
        self._kept_spots: Kept[int, Spot] = Kept(lambda spots: self._rows(queries.SPOTS, values={"spots": spots}), Spot)

    def _load(self) -> tuple[Span | None, Grain]:
        """Make the tables that the queries ask; returns the span of what is not background, and the bars' width."""
        self.rows.make_source(self._db)
        loaded = load.load(self._db)
        self.rows.look_over(self._db)
        return loaded

    @property
    def project(self) -> Project:
        """What could not be read, and what stands in files beside the events."""
        return self.rows.project

    @property
    def title(self) -> str:
        """What the data is called: its file or folder."""
        return self.project.folder.absolute().name

    @property
    def hint(self) -> str:
        """How to ask for what this store `lacks`."""
        return ""

    @property
    def is_empty(self) -> bool:
        """Nothing was read and nothing left out: a new folder."""
        return not self.total and self.rows.project.is_empty

    def version(self) -> str:
        """Changes whenever a file of the project was saved."""
        return self.rows.version

    def article(self, article_id: str) -> Article | None:
        """A stored article, or None."""
        return self.articles([article_id]).get(article_id)

    def articles(self, article_ids: Iterable[str]) -> Mapping[str, Article]:
        """The stored ones of these articles, and perhaps others, by their ids: asked for together, read at once."""
        wanted = {article_id for article_id in article_ids if article_id}
        return self.rows.articles(wanted) if wanted else {}

    def place(self, place_id: str) -> Place | None:
        """The place of this id, or None."""
        return self.places([place_id]).get(place_id)

    def places(self, place_ids: Iterable[str]) -> Mapping[str, Place]:
        """The known ones of these places, by their ids: asked for together, read at once."""
        own, wanted = self.rows.project.places, {place_id for place_id in place_ids if place_id}
        # What the project's own table does not know, the rows of the events may.
        told = self._kept_places.of([place_id for place_id in wanted if place_id not in own])
        return {place_id: place for place_id in wanted if (place := own.get(place_id) or told.get(place_id))}

    # --- what a page shows

    def summarise(self, filters: Filters, viewport: Viewport | None = None) -> Summary:
        """Counts, marks and histogram of the events that pass the filters.

        Of up to `UNCLUSTERED` events all marks come, whatever the viewport shows. Of more come those in view, clustered
        where they are crowded; None stands for a map that is fitted to all of them.
        """
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
            box=box_of(drawn) if is_whole else everywhen.box, bars=everywhen.bars, grain=self.grain, span=self.span,
            **tally,
        )  # fmt: skip

    def _whole(self, filters: Filters) -> tuple[list[Mark], None]:
        """All marks: few enough for each place to have its own."""
        return symbols.by_spot(self._by_spot(filters, queries.ON_MAP), self._kept_spots.of), None

    def _seen(self, filters: Filters, world: Groups, grid: Grid) -> tuple[list[Mark], int | None]:
        """The marks in view, and the level of the cells whose places share a cluster, None if there is no cluster."""
        outside = self._from_outside(filters, grid)
        if grid.level <= WORLD_LEVEL:
            inside = world.where(symbols.in_grid(world.place, grid) & world.are_drawn)
        else:
            inside = self._by_cell(filters, grid.level, queries.of_grid(grid))
        if inside.n.sum() + outside.n.sum() <= UNCLUSTERED:
            near = self._by_spot(filters, queries.of_grid(grid))
            return symbols.by_spot(near.and_those(outside), self._kept_spots.of), None
        drawn = symbols.by_cell(inside, grid.level, self._points, self._kept_spots.of)
        return [*drawn, *symbols.by_spot(outside, self._kept_spots.of)], grid.level

    def _from_outside(self, filters: Filters, grid: Grid) -> Groups:
        """The areas that reach into the grid from outside, each counted by itself."""
        spots = self._points.areas_from_outside(grid)
        events = {} if filters.words.split() else {"events": "area_events"}
        return self._by_spot(filters, queries.of_areas(spots), **events) if spots else Groups.none()

    def _world(self, filters: Filters, level: int) -> Groups:
        if self._days and self._days.answers(filters):
            return self._days.counted(filters, level)
        return self._by_cell(filters, level, ALL)

    def _index_days(self) -> day_index.DayIndex | None:
        """The index that answers what is asked most; see `DayIndex.answers`."""
        return day_index.DayIndex(self._columns(day_index.ROWS))

    def _by_cell(self, filters: Filters, level: int, scope: Scope) -> Groups:
        """One pass over the events: how many of each group are in each cell of the level."""
        values, scope = {"shift": DETAIL - level}, scope._replace(level=max(scope.level, level))
        bounded = filters.date_from is not None or filters.date_to is not None
        straddling = self._columns(queries.STRADDLING, filters, scope, values) if bounded else None
        return Groups.by_cell(self._columns(queries.COUNTED, filters, scope, values), straddling)

    def _by_spot(self, filters: Filters, scope: Scope, **events: str) -> Groups:
        """The same, each spot counted by itself."""
        return Groups.by_spot(self._columns(queries.BY_SPOT, filters, scope._replace(level=DETAIL), **events))

    def _everywhen(self, filters: Filters) -> _Everywhen:
        strips, top, bottom, matched = self._rows(self._reach, filters)[0]
        bars: dict[tuple[int, int], Bar] = {}
        for number, code, certain, spread in self._rows(queries.BARS, filters):
            first, last = self._bins[number]
            bars[number, code] = Bar(start=first, end=last, event_type=TYPES[code], certain=certain, spread=spread)
        box = symbols.reach_of(strips, top, bottom) if strips else None
        return _Everywhen(int(matched), tuple(bars[key] for key in sorted(bars)), box)

    # --- events

    def events(
        self, filters: Filters, *, scope: Scope = ALL, limit: int = PAGE, offset: int = 0, order: str = "newest"
    ) -> list[Event]:
        """The events that pass the filters, within a scope, a page of them. ``order`` is newest or oldest."""
        page = {"limit": limit, "offset": offset, "most": limit + offset}
        return self.rows.events(self._rows(queries.EVENTS, filters, scope, page, order=queries.ORDERS[order]))

    def box_of_mark(self, key: str, filters: Filters) -> Box | None:
        """What the events cover that the badge of a mark counts, to some 2 km; None if there are none."""
        scope = queries.of_mark(key)._replace(level=DETAIL)
        columns, top, bottom = self._rows(queries.ENDS, filters, scope)[0]
        return symbols.reach_of(columns, top, bottom, DETAIL) if columns else None

    def cluster_events(self, key: str, filters: Filters, *, page: int = 0) -> list[Event]:
        """A page of exactly the events that the badge of a mark counts, newest first; the first page is 0."""
        return self.events(filters, scope=queries.of_mark(key), limit=PAGE, offset=page * PAGE)

    def count(self, filters: Filters, *, scope: Scope = ALL) -> int:
        """How many events `events` would give without a limit."""
        return int(self._rows(queries.SCOPE_COUNT, filters, scope)[0][0])

    def event(self, event_id: str) -> Event | None:
        """One event by its id, whatever the filters; None if there is none."""
        return next(iter(self.rows.events(self._rows(queries.EVENT, values={"event_id": event_id}))), None)

    def mark_of(self, event_id: str, summary: Summary) -> str:
        """The key of the mark of a summary to which the event belongs; empty if it is off the map or unknown."""
        rows = self._stands(event_id)
        if not rows or UNPACKED[rows[0][0]][0] is Where.OFF:
            return ""
        group, x, y, spot_key = rows[0]
        where, manner, *_ = UNPACKED[group]
        own = f"{spot_key}.{manner}.{SHAPES[where]}"
        if summary.level is None or any(mark.key == own for mark in summary.marks):
            return own
        cell = Cell.holding(x, y, summary.level)
        return f"{cell}.{manner}.{Shape.AREAS if where is Where.AREA else Shape.CLUSTER}"

    def _stands(self, event_id: str) -> list[tuple[Any, ...]]:
        """Group, column and row of `DETAIL`, and key of the spot of an event; nothing if there is none."""
        return self._rows(queries.STANDS, values={"event_id": event_id})

    # --- words

    def index_words(self, progress: Progress = lambda _done, _total: None) -> None:
        """Make the index of words, unless it is there; the first search does, and a page may show how far it is.

        Raises
        ------
        DataError
            The index of a large project cannot be written to the disk.
        """
        with self._searching:
            if self._index is None:
                total = int(self._rows(queries.EVERY)[0][0])
                self._index = WordsIndex.open(self.rows.words_file(), self.rows.words, total, progress)

    @property
    def has_words_index(self) -> bool:
        """False if the next search has to make the index first."""
        return self._index is not None

    def _events_with(self, words: str) -> str:
        """The table of the events that hold all the words; all events if there are none."""
        if not words.split():
            return "events"
        self.index_words()
        with self._searching:
            if words not in self._found:
                self._found[words] = self._table_of(words)
            self._found.move_to_end(words)
            return self._found[words]

    def _table_of(self, words: str) -> str:
        assert self._index
        numbers = self._index.find(words)
        if len(self._found) >= KEPT_SEARCHES:
            self._db.execute(f"DROP TABLE {self._found.popitem(last=False)[1]}")
        table = f"found_{secrets.token_hex(6)}"
        self._db.register("numbers", pd.DataFrame({"number": numbers}))
        self._db.execute(queries.WITH_WORDS.format(table=table))
        self._db.unregister("numbers")
        return table

    # --- asking

    def _choices(self) -> dict[str, list[Choice]]:
        return {kind: self._chosen_from(sql) for kind, sql in queries.CHOICES.items()}

    def _chosen_from(self, sql: str) -> list[Choice]:
        return [Choice(value=value, label=label or value, count=count) for value, label, count in self._rows(sql)]

    def _relation(self, filters: Filters, scope: Scope) -> str:
        """The table whose rows are asked."""
        del scope
        return self._events_with(filters.words)

    def _numbers(self, table: str, names: Sequence[str]) -> list[int]:
        return [number for (number,) in self._rows(queries.NUMBERS[table], values={"names": list(names)})]

    def _rows(self, sql: str, *asked: Any, **parts: Any) -> list[tuple[Any, ...]]:
        return self._ask(sql, *asked, **parts).fetchall()

    def _columns(self, sql: str, *asked: Any, **parts: Any) -> Answer:
        return self._ask(sql, *asked, **parts).fetchnumpy()

    def _ask(
        self, sql: str, filters: Filters | None = None, scope: Scope = ALL, values: Params | None = None, **parts: str
    ) -> duckdb.DuckDBPyConnection:
        """Ask a question; if it is about events, about those that pass the filters and lie in the scope."""
        params = scope.values | (values or {})
        if filters is not None:
            parts.setdefault("events", self._relation(filters, scope))
            where, chosen = queries.conditions(filters, self._numbers)
            sql = sql.format(conditions=where, scope=scope.condition, **self._counting._asdict(), **parts)
            params |= chosen
        # A cursor per question: a DuckDB connection is not to be shared between threads.
        return self._db.cursor().execute(sql, queries.only_used(sql, params))


def within_span(filters: Filters, span: Span | None) -> Filters:
    """The filters with an open bound of the period closed by the span's: history stays outside unless asked for."""
    if span is None:
        return filters
    first = filters.date_from or min(span[0], filters.date_to or span[0])
    last = filters.date_to or max(span[1], filters.date_from or span[1])
    return filters.with_period(first, last)
