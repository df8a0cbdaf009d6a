"""A cube as the tables of a store: map and histogram from counts made in advance, passages from the events themselves.

The counts of the world are in memory; those of closer views are read from the disk. A page of events is found without
reading the others: the counts give its days, and only the files of these days are opened.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb

from dashboard.errors import DataError, Problem, Severity
from dashboard.filters import Filters
from dashboard.geo import DETAIL
from dashboard.model import Article, Assertion, Event
from dashboard.project.disk.atomic_files import file_stamp
from dashboard.project.read import Project
from dashboard.store import load, queries
from dashboard.store.codes import CODES
from dashboard.store.counting.symbols import EventPosition
from dashboard.store.cube.files import LEVELS, PLACES, Manifest, cube_version, fingerprint, level_needed
from dashboard.store.database import Database
from dashboard.store.queries import ALL, Params, Scope
from dashboard.store.search.words import Batches
from dashboard.store.sources.parquet import ParquetRows
from dashboard.store.sources.parquet_sql import first_line, parquet
from dashboard.store.summary import Choice, Grain, Span, choices_of

MAX_LISTED = 10_000
"""Maximum number of events listed for an article or incident."""
CACHED_SEARCHES = 32
"""Number of cached searches through all files for an event, article or incident."""
CACHED_ROWS = 50_000
"""Number of events whose position is cached, so that they are found again without a search."""
_MONTH = re.compile(r"[/\\]month=([^/\\]+)[/\\]")
_UNDATED = (date.min, date.max)
_HAS_NO_BIN = f"until = DATE '{date.max}' OR assertion = {CODES[Assertion.BACKGROUND]}"
_CREATE_EVENTS = """CREATE TABLE events AS SELECT since, until, event_type::UTINYINT AS event_type,
    geo_precision::UTINYINT AS geo_precision, assertion::UTINYINT AS assertion, status::UTINYINT AS status,
    grp::SMALLINT AS grp, x::SMALLINT AS x, y::SMALLINT AS y, n::UINTEGER AS n, low::INTEGER AS low,
    high::INTEGER AS high, west::SMALLINT AS west, east::SMALLINT AS east, top::SMALLINT AS top,
    bottom::SMALLINT AS bottom{bin} FROM {world} ORDER BY until, since"""
_SPOT_AS_CELL = "spot AS low, spot AS high, x AS west, x AS east, y AS top, y AS bottom"
_ROWS_WITH_CODES = f"""SELECT * FROM (
    SELECT {load.COMPACT_COLUMNS.format(small="SMALLINT")}, s.file, s.row,
        CASE WHEN s.incident_id <> '' THEN hash(s.incident_id) END AS incident
    FROM ({{source}}) s {load.JOIN_POINTS} WHERE {{stated}})"""
"""SQL: rows of the events themselves, with the columns by which they are counted."""


@contextmanager
def _errors_in_words(what: str) -> Iterator[None]:
    """Turn the database's errors about missing or broken files into errors for people."""
    try:
        yield
    except duckdb.Error as error:
        raise DataError(f"{what} cannot be read: {first_line(error)}") from error


class CubeRows:
    """The events that a cube counts; see `store.event_table.Rows`. They are only read when somebody looks at them."""

    def __init__(self, cube: Path) -> None:
        self.path, self.manifest = cube, Manifest.read(cube)
        self.version = cube_version(cube)
        self.events_path = self.manifest.path_of_events(cube)
        self.parquet = ParquetRows(self.events_path)
        self._files: list[str] = []
        self._stamps: list[bytes] = []
        self._project = Project(folder=cube, version=self.version)

    @property
    def project(self) -> Project:
        """What was left out when the cube was made, and whether the events had changed when it was opened."""
        return self._project

    def _changes(self) -> list[Problem]:
        again = f"Count them again: conflictmap summarise {self.events_path} --out {self.path}"
        code = "cube.old"
        if not self._files:
            code = "cube.alone"
            message = f"its events are not at {self.events_path} any more: the map shows their numbers, but no passage."
        elif fingerprint(self.events_path) != self.manifest.events_seen:
            message = f"its events were changed after they were counted on {self.manifest.made_at[:10]}: numbers and "
            message += "lists may differ."
        else:
            return []
        return [Problem(file=self.path.name, code=code, message=message, hint=again, severity=Severity.WARNING)]

    def make_source(self, db: duckdb.DuckDBPyConnection) -> None:
        """Look up the files of the events, without opening any."""
        manifest = self.manifest
        self._files = self.parquet.rely_on(db, manifest.broken, manifest.lost, manifest.unread_files(self.path))
        self._stamps = [file_stamp(Path(file)) for file in self._files]
        left_out = {self.events_path.name: self.manifest.left_out} if self.manifest.left_out else {}
        problems = (*self._changes(), *self.manifest.stated_problems())
        self._project = replace(self._project, left_out=left_out, problems=problems)

    def check_across_rows(self, db: duckdb.DuckDBPyConnection) -> None:
        """Do nothing: rows were compared with each other when they were counted."""

    def source(self, days: Sequence[date] | None) -> str:
        """SQL: rows that include all events with these last days (`date.max`: undated), or all. Raises `DataError`."""
        if not self._files:
            raise DataError(f"The events of this map are not at {self.events_path} any more: it has no passages.")
        months = [match and match[1] for match in map(_MONTH.search, self._files)]
        wanted = None
        if days is not None and all(months):
            wanted = {"undated" if day == date.max else f"{day:%Y-%m}" for day in days}
        return self.part([n for n, month in enumerate(months) if wanted is None or month in wanted])

    def part(self, files: Sequence[int]) -> str:
        """SQL: the valid rows of some of the files, by their numbers. Raises `DataError` for a changed file."""
        for n in files:
            stamp = file_stamp(Path(self._files[n]))
            if stamp and stamp != self._stamps[n]:  # a missing file is reported when it is read
                raise DataError(
                    f"{self._files[n]} was changed while this map was open, so the counts are older than it. Count the "
                    f"events again: conflictmap summarise {self.events_path} --out {self.path}"
                )
        with _errors_in_words(f"The events at {self.events_path}"):
            return self.parquet.part(files)

    def events(self, places: Sequence[tuple[int, int]]) -> list[Event]:
        """The events at these (file, row) positions, in this order."""
        return self.parquet.events(places)

    def articles(self, article_ids: Collection[str]) -> Mapping[str, Article]:
        """These articles by their ids; empty if the events came without articles."""
        return self.parquet.articles(article_ids)

    def words(self) -> Batches:
        """Yield nothing: counts have no words."""
        yield from ()

    def words_file(self) -> Path | None:
        """None: there is no index."""
        return None


class CubeTables:
    """The counts of a cube and the events it counts, as tables; see `store.store.Tables`.

    A filter that it unsupported_filters raises `DataError`.
    """

    unsupported_filters = frozenset({"words", "actors", "publishers"})
    words = None
    centres, areas, extent = queries.CENTRES_OF_CUBE, queries.AREAS_OF_CUBE, queries.EXTENT_OF_CELLS

    def __init__(self, cube: Path) -> None:
        self.rows = CubeRows(cube)
        self.db = Database(queries.SUMMED, self._relation, lambda: _errors_in_words(f"The counts in {self.rows.path}"))
        self._events_db = self.db.with_errors(lambda: _errors_in_words(f"The events at {self.rows.events_path}"))
        self._row_cache: dict[str, tuple[int, int]] = {}
        """File and row of the events listed so far, by their ids."""
        self._cached_search = lru_cache(CACHED_SEARCHES)(self._search)
        with _errors_in_words(f"The counts in {self.rows.path}"):
            self.span, self.grain = self._load()

    def _load(self) -> tuple[Span | None, Grain]:
        """Make the tables for the queries; return the span of all events except background, and the bars' width."""
        db = self.db.connection
        self.rows.make_source(db)
        for table in PLACES:
            db.execute(f"CREATE TABLE {table} AS SELECT * FROM {self._read(table)}")
        world = self._read(str(LEVELS[0]))
        db.execute(f"CREATE VIEW counted AS SELECT * FROM {world}")
        first, last = self.db.rows(queries.CUBE_SPAN)[0]
        span = (first, last) if first else None
        grain = Grain.of(span) if span else Grain.DAY
        load.make_bins(db, span, grain)
        which_bin = load.bin_of(grain, "since", "until", _HAS_NO_BIN)
        db.execute(_CREATE_EVENTS.format(bin=f", {which_bin} AS bin", world="counted"))
        for level in LEVELS[1:-1]:
            db.execute(f"CREATE VIEW level_{level} AS SELECT * FROM {self._read(str(level))}")
        spots = f"SELECT *, {_SPOT_AS_CELL}, {which_bin} AS bin FROM {self._read(str(DETAIL))}"
        db.execute(f"CREATE VIEW level_{DETAIL} AS {spots}")
        db.execute(f"CREATE VIEW area_events AS {spots} WHERE {queries.IN_AREAS}")
        return span, grain

    def _read(self, table: str) -> str:
        return parquet(self.rows.manifest.parquet(self.rows.path, table))

    def day_index(self) -> None:
        """None: the counts of the world may be many, and stay on the disk."""

    def choices(self) -> dict[str, list[Choice]]:
        """Choices of places only."""
        return {"places": choices_of(self.db.rows(queries.PLACES_OF_CUBE)), "actors": [], "publishers": []}

    def _relation(self, filters: Filters, scope: Scope) -> str:
        asked = [field for field in sorted(self.unsupported_filters) if getattr(filters, field)]
        if asked:
            raise DataError(f"This map shows counts, which know no {' and no '.join(asked)}. {self.hint}")
        level = level_needed(max(scope.level, DETAIL if filters.place_ids else 0))
        return "events" if level == LEVELS[0] else f"level_{level}"

    @property
    def title(self) -> str:
        """The name of the events, and the day on which they were counted."""
        return f"{self.rows.events_path.name}, counted on {self.rows.manifest.made_at[:10]}"

    @property
    def hint(self) -> str:
        """A sentence on how to use the unsupported filters."""
        return f"For that open the events themselves: {self.rows.events_path}"

    # --- events

    def events(self, filters: Filters, scope: Scope, limit: int, offset: int, order: str) -> list[Event]:
        """See `store.store.Tables`. Raises `DataError` if the events are missing, or changed while they were open."""
        if scope.needs_own_row:
            places = self._rows_of_scope(filters, scope)[offset : offset + limit]
        else:
            places = self._page(filters, scope, limit, offset, order)
        return self._read_events(places)

    def _read_events(self, places: Sequence[tuple[int, int]]) -> list[Event]:
        events = self.rows.events(places)
        if len(self._row_cache) > CACHED_ROWS:
            self._row_cache = {}
        self._row_cache |= {event.event_id: place for event, place in zip(events, places, strict=True)}
        return events

    def _page(self, filters: Filters, scope: Scope, limit: int, offset: int, order: str) -> list[tuple[int, int]]:
        """File and row of the events of a page, found by the days that the counts give."""
        before, chosen, seen = 0, [], 0
        for since, until, n in self.db.rows(queries.COUNTS_BY_DATES, filters, scope, order=queries.DAY_ORDERS[order]):
            if seen + n <= offset:
                before += int(n)
            elif seen < offset + limit:
                chosen.append((since, until))
            else:
                break
            seen += int(n)
        if not chosen:
            return []
        ends = ", ".join(f"DATE '{until}'" for _, until in chosen if until != date.max)
        stated = [f"s.date_end IN ({ends})"] * bool(ends) + ["s.date_end IS NULL"] * (_UNDATED in chosen)
        pairs = ", ".join(f"(DATE '{since}', DATE '{until}')" for since, until in chosen)
        source = self.rows.source([until for _, until in chosen])
        fetched = _ROWS_WITH_CODES.format(source=source, stated=" OR ".join(stated))
        page = {"limit": limit, "offset": offset - before}
        return self._events_db.rows(
            queries.PAGE_OF_DAYS, filters, scope, page, fetched=fetched, pairs=pairs, order=queries.ORDERS[order]
        )

    def _rows_of_scope(self, filters: Filters, scope: Scope) -> list[tuple[int, int]]:
        """File and row of the events that pass the filters, of a scope that is an event, an incident or an article."""
        places = self._places_of(scope.values)
        if not places:
            return []
        rows = " OR ".join(f"(s.file = {file} AND s.row = {row})" for file, row in places)
        source = self.rows.part(sorted({file for file, _ in places}))
        fetched = _ROWS_WITH_CODES.format(source=source, stated=rows)
        return self._events_db.rows(queries.PASSING_ROWS, filters, ALL, {"limit": MAX_LISTED}, fetched=fetched)

    def _places_of(self, names: Params) -> list[tuple[int, int]]:
        """File and row of the events whose columns have these values, whatever the filters."""
        if not all(names.values()):
            return []  # events with an empty id have nothing in common
        place = self._row_cache.get(names.get("event_id", ""))
        return [place] if place else self._cached_search(*names.items())

    def _search(self, *names: tuple[str, str]) -> list[tuple[int, int]]:
        """Search a column of all files."""
        stated = " AND ".join(f"{name} = ${name}" for name, _ in names)
        found = f"SELECT file, row FROM ({self.rows.source(None)}) WHERE {stated} ORDER BY file, row LIMIT {MAX_LISTED}"
        return self._events_db.rows(found, values=dict(names))

    def count(self, filters: Filters, scope: Scope) -> int:
        """See `store.store.Tables`."""
        if scope.needs_own_row:
            return len(self._rows_of_scope(filters, scope))
        return int(self.db.rows(queries.SCOPE_COUNT, filters, scope)[0][0])

    def event(self, event_id: str) -> Event | None:
        """See `store.store.Tables`. An event that was not listed before is searched for in all files."""
        return next(iter(self._read_events(self._places_of({"event_id": event_id})[:1])), None)

    def position_of(self, event_id: str) -> EventPosition | None:
        """See `store.store.Tables`."""
        places = self._places_of({"event_id": event_id})[:1]
        if not places:
            return None
        ((file, row),) = places
        fetched = _ROWS_WITH_CODES.format(source=self.rows.part([file]), stated=f"s.row = {row}")
        rows = self._events_db.rows(queries.POSITION_IN_CUBE.format(fetched=fetched))
        return EventPosition(*rows[0]) if rows else None
