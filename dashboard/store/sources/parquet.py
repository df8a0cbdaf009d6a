"""Parquet files as rows for counting: a file, a folder of them, or a pattern such as ``events/*.parquet``.

The columns are those of events.csv plus latitude, longitude, feature_code, country_code and radius_km, and optionally
place_name and publisher. Only what is counted is loaded into memory; texts stay in the files and are read for the
events that somebody looks at. `parquet_cells` defines what cells mean and which rows are left out.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import numpy as np

from dashboard.errors import DataError, Problem, Severity, shown
from dashboard.model import Article, Event
from dashboard.project.read import Project
from dashboard.settings import cache_folder
from dashboard.store.database import connect
from dashboard.store.load import SOURCE
from dashboard.store.queries import EVENT_NUMBER
from dashboard.store.search.words import SEARCHED, Batches, index_file
from dashboard.store.sources import parquet_tally
from dashboard.store.sources.parquet_articles import StoredArticles
from dashboard.store.sources.parquet_cells import ALLOWED_WORDS, COLUMNS, CellSql, broken_rule, cleaned, fits
from dashboard.store.sources.parquet_events import event_of
from dashboard.store.sources.parquet_files import parquet_files, parquet_version
from dashboard.store.sources.parquet_sql import FileSet, first_line, why_unreadable
from dashboard.store.sources.parquet_tally import EVENT_HASHES, Tally
from dashboard.tables import EVENT_COLUMNS, OPTIONAL

REQUIRED = ("event_id", "event_type", "date_start", "geo_precision", "latitude", "longitude")
"""Columns without which nothing can be counted; other missing columns are read as empty."""
CACHED_EVENTS = 20_000
"""Maximum number of events cached after they were read."""
_COUNTED_COLUMNS = tuple(name for name in SOURCE if name not in ("file", "row"))
_BATCH = 20_000
_EXPECTED = sorted({*EVENT_COLUMNS, *SOURCE} - {"file", "row", "publisher", "place_name", *OPTIONAL - {*SOURCE}})


def counted_rows(typed: str, broken_rules: Collection[str], lost: Collection[str]) -> str:
    """SQL: the valid rows of a `CellSql.typed` relation, as `SOURCE`. Only rules that some row breaks are checked."""
    if broken_rules:
        typed = f"SELECT * FROM ({typed}) g WHERE {broken_rule(broken_rules)} IS NULL"
    return cleaned(typed, _COUNTED_COLUMNS, lost)


class ParquetRows:
    """The events of Parquet files; see `store.event_table.Rows`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = parquet_version(path)
        self._set = FileSet([], COLUMNS)
        self._articles = StoredArticles(path)
        self._problems: list[Problem] = []
        self._unread: list[str] = []
        self._left_out = 0
        self._broken: Sequence[str] = ()
        self._lost: Sequence[str] = ()
        self._event_cache: OrderedDict[tuple[int, int], Event] = OrderedDict()
        self._cache_lock = Lock()

    @property
    def project(self) -> Project:
        """What could not be read."""
        left_out = {self.path.name: self._left_out} if self._left_out else {}
        problems = (*self._problems, *self._articles.problems)
        return Project(
            folder=self.path, problems=problems, left_out=left_out, unread=tuple(self._unread), version=self.version
        )

    # --- for counting

    def make_source(self, db: duckdb.DuckDBPyConnection) -> None:
        """Offer the rows as the relation ``source``; rows that break a rule are reported and left out."""
        self._db = db
        # A damaged file can make a database unusable, so the files are checked in a temporary one.
        with closing(connect()) as scratch:
            if self._is_countable(scratch):
                self._tally(scratch)
        if self._set.files:
            db.execute(f"CREATE TEMP VIEW source AS {self.part(range(len(self._set.files)))}")
        else:
            db.execute(f"CREATE TEMP TABLE source ({', '.join(f'{name} {kind}' for name, kind in SOURCE.items())})")

    def _is_countable(self, db: duckdb.DuckDBPyConnection) -> bool:
        """Select the files that can be read; False, with problems reported, if there are none."""
        files = self._openable(db)
        self._set = FileSet(files, COLUMNS)
        if not files:
            return False
        try:
            unfit = list(self._unfit(db, None, self.path.name))
        except duckdb.Error as error:
            hint = "Open them apart, or write them with the same types."
            unfit = [self._problem("column.type", f"the files differ: {first_line(error)}", hint)]
        if unfit and len(files) > 1:
            self._keep_fitting_files(db)
        elif unfit:
            self._problems += unfit
            self._leave_out([0])
        if self._set.files:
            self._report_columns(db)
        return bool(self._set.files)

    def _openable(self, db: duckdb.DuckDBPyConnection) -> list[str]:
        """The files that can be opened; the others are reported."""
        files = []
        for file in parquet_files(self.path):
            why = why_unreadable(db, file)
            if why:
                self._report_unreadable(file.name, why)
                self._unread.append(file.name)
            else:
                files.append(str(file))
        if not files and not self._unread:
            hint = "Name a file, a folder or a pattern with --data."
            self._report("file.missing", "there is no Parquet file here.", hint)
            self._unread.append(str(self.path))
        return files

    def _keep_fitting_files(self, db: duckdb.DuckDBPyConnection) -> None:
        """Read each file by itself, because they do not form one table, and leave out those that do not fit."""
        self._set = FileSet(self._set.files, COLUMNS, are_alike=False)
        unfit = {n: list(self._unfit(db, [n], Path(file).name)) for n, file in enumerate(self._set.files)}
        self._problems += [problem for problems in unfit.values() for problem in problems]
        self._leave_out([n for n, problems in unfit.items() if problems])

    def _leave_out(self, numbers: Collection[int]) -> None:
        """Leave out these files."""
        self._unread += [Path(self._set.files[n]).name for n in numbers]
        kept = [file for n, file in enumerate(self._set.files) if n not in numbers]
        self._set = FileSet(kept, COLUMNS, are_alike=self._set.are_alike)

    def _unfit(self, db: duckdb.DuckDBPyConnection, numbers: Sequence[int] | None, file: str) -> Iterator[Problem]:
        """Problems that prevent counting some files: required columns that are missing or of a wrong type."""
        own = self._set.described(db, numbers).cells.own
        for name in REQUIRED:
            if name not in own:
                hint = "Nothing can be counted without it."
                yield self._problem("header.missing_column", "is missing.", hint, column=name, file=file)
            elif not fits(COLUMNS[name], own[name]):
                message = f"is {own[name].kind}; it must be {ALLOWED_WORDS[COLUMNS[name]]}."
                hint = "Nothing can be counted with it."
                yield self._problem("column.type", message, hint, column=name, file=file)

    def _report_columns(self, db: duckdb.DuckDBPyConnection) -> None:
        """Report columns that are read as empty, and duplicate columns."""
        numbers = [None] if self._set.are_alike else [[n] for n in range(len(self._set.files))]
        described = [self._set.described(db, some) for some in numbers]
        there = {name for one in described for name in one.cells.own}
        if empty := ", ".join(name for name in _EXPECTED if name not in there):
            hint = "They are read as empty."
            self._report("header.missing_column", f"columns missing: {empty}.", hint, severity=Severity.WARNING)
        for name, own in {name: own for one in described for name, own in one.cells.own.items()}.items():
            if not fits(COLUMNS[name], own):
                message = f"is {own.kind}; it must be {ALLOWED_WORDS[COLUMNS[name]]}."
                self._report("column.type", message, "It is read as empty.", column=name)
        for name in sorted({name for one in described for name in one.second}):
            message = "is not read: a column of this name stands before it."
            hint = "Rename it if it is another."
            self._report("header.duplicate", message, hint, column=shown(name)[1:-1], severity=Severity.WARNING)

    def _tally(self, db: duckdb.DuckDBPyConnection) -> None:
        """Check all rules on all rows, which reads every cell; damaged files are reported and left out."""
        try:
            answer = db.execute(parquet_tally.tally_of(self._set.typed(db))).fetchall()
        except duckdb.Error:
            if not self.leave_out_damaged():
                raise
            if self._set.files:
                with closing(connect()) as another:
                    self._tally(another)
            return
        tally = Tally.of(answer)
        self._left_out, self._broken, self._lost = tally.left_out, list(tally.broken), list(tally.lost)
        self._problems += parquet_tally.problems_of(tally, lambda number, columns: self._cells_at(db, number, columns))

    def leave_out_damaged(self) -> bool:
        """Report files that cannot be read to their end, and go on without them; False if there are none."""
        damaged = {n: why for n in range(len(self._set.files)) if (why := self._why_damaged(n))}
        for n, why in damaged.items():
            self._report_unreadable(Path(self._set.files[n]).name, f"it is damaged ({why})")
        self._leave_out(damaged)
        return bool(damaged)

    def _why_damaged(self, number: int) -> str:
        """Why a file cannot be read to its end, in the words of the database; empty if it can."""
        with closing(connect()) as db:
            try:
                db.execute(parquet_tally.tally_of(self._set.typed(db, [number]))).fetchall()
            except duckdb.Error as error:
                return first_line(error)
        return ""

    def _cells_at(
        self, db: duckdb.DuckDBPyConnection, number: int, columns: Sequence[str]
    ) -> tuple[str, int, list[str]]:
        """See `parquet_tally.CellReader`."""
        file, row = parquet_tally.file_and_row(number)
        cells = ", ".join(f"CAST({name} AS VARCHAR)" for name in columns)
        (found,) = db.execute(f"SELECT {cells} FROM ({self._set.raw(db, [file], [row])})").fetchall()
        return Path(self._set.files[file]).name, row + 1, [cell or "" for cell in found]

    def check_across_rows(self, db: duckdb.DuckDBPyConnection) -> None:
        """Report events with the id of another; ``db`` holds the tables of `store.load`."""
        ids = np.sort(db.execute(EVENT_HASHES).fetchnumpy()["event"])  # five times as fast as DuckDB
        rows = int(np.count_nonzero(ids[1:] == ids[:-1]))
        if rows and self._set.files:
            file, row = db.execute(parquet_tally.FIRST_REPEATED_ROW).fetchall()[0]
            name, _, (event_id,) = self._cells_at(db, (file << 40) | row, ["event_id"])
            self._problems.append(parquet_tally.repeated_ids_problem(rows, event_id, name))

    def _report_unreadable(self, name: str, why: str) -> None:
        self._report("file.unreadable", f"cannot be read: {why}.", "Write it again; the other files load.", file=name)

    def _problem(self, code: str, message: str, hint: str, *, file: str = "", **more: Any) -> Problem:
        return Problem(file=file or self.path.name or str(self.path), code=code, message=message, hint=hint, **more)

    def _report(self, code: str, message: str, hint: str, **more: Any) -> None:
        self._problems.append(self._problem(code, message, hint, **more))

    # --- for cubes: counting in advance, and reading what was counted

    def examine(self) -> bool:
        """Check the columns of the files; False, with problems reported, if they cannot be counted as one table."""
        with closing(connect()) as db:
            if not self._is_countable(db):
                return False
            if not self._set.are_alike:
                hint = "Open them apart, or write them with the same types."
                self._report("column.type", "the files do not go together as one table.", hint)
            else:
                self._set.described(db)
            return self._set.are_alike

    @property
    def files(self) -> list[str]:
        """The files that are read."""
        return self._set.files

    def cells(self) -> CellSql:
        """The SQL for the columns of all files together."""
        with closing(connect()) as db:
            return self._set.described(db).cells

    def rely_on(
        self, db: duckdb.DuckDBPyConnection, broken: Sequence[str], lost: Sequence[str], unread: Collection[str]
    ) -> list[str]:
        """Use the files that were counted, except ``unread`` ones, without opening any; return their names.

        ``broken`` and ``lost`` are the rules and columns of the `Tally` made when they were counted.
        """
        self._db, self._broken, self._lost = db, broken, lost
        self._set = FileSet(
            [str(file) for file in parquet_files(self.path) if file.is_file() and str(file) not in unread], COLUMNS
        )
        return self._set.files

    def part(self, files: Sequence[int]) -> str:
        """SQL: the valid rows of some of the files, as `SOURCE`."""
        return counted_rows(self._set.typed(self._db, files), self._broken, self._lost)

    # --- for reading

    def events(self, places: Sequence[tuple[int, int]]) -> list[Event]:
        """The events at these (file, row) positions, in this order.

        Raises
        ------
        DataError
            A file was changed or removed since it was opened.
        """
        wanted = defaultdict(list)
        with self._cache_lock:
            known = {place: self._event_cache[place] for place in places if place in self._event_cache}
        for file, row in places:
            if (file, row) not in known:
                wanted[file].append(row)
        for file, rows in wanted.items():
            known |= {(file, row): event for row, event in self._fetch(file, rows)}
        self._cache_events(known)
        return [known[place] for place in places]

    def _fetch(self, file: int, rows: list[int]) -> list[tuple[int, Event]]:
        try:
            typed = self._set.typed(self._db, [file], rows)
            found = (
                self._db.cursor()
                .execute(f"SELECT row, * FROM ({cleaned(typed, EVENT_COLUMNS, self._lost)})")
                .fetchall()
            )
            events = [(cells[0], event_of(dict(zip(EVENT_COLUMNS, cells[1:], strict=False)))) for cells in found]
        except (duckdb.Error, ValueError) as error:
            raise self._changed_error(file) from error
        if len(events) != len(set(rows)):
            raise self._changed_error(file)
        return events

    def _changed_error(self, file: int) -> DataError:
        return DataError(
            f"{self._set.files[file]} was changed or removed while it was open. Reload the page to read it again."
        )

    def _cache_events(self, events: dict[tuple[int, int], Event]) -> None:
        with self._cache_lock:
            self._event_cache |= events
            for place in events:
                self._event_cache.move_to_end(place)
            while len(self._event_cache) > CACHED_EVENTS:
                self._event_cache.popitem(last=False)

    def articles(self, article_ids: Collection[str]) -> Mapping[str, Article]:
        """These articles by their ids; empty if the events came without articles."""
        return self._articles.articles(self._db, article_ids)

    def words(self) -> Batches:
        """The searchable text of every event, by its number.

        Raises
        ------
        DataError
            A file was changed or removed since it was opened.
        """
        if not self._set.files:
            return
        try:
            typed = self._set.typed(self._db)
            sql = f"SELECT {EVENT_NUMBER}, concat_ws(' ', {', '.join(SEARCHED)}) FROM ({typed})"
            reading = self._db.cursor().execute(sql)
            while batch := reading.fetchmany(_BATCH):
                yield batch
        except duckdb.Error as error:
            raise DataError(f"The words of {self.path.name} cannot be read: {first_line(error)}") from error

    def words_file(self) -> Path | None:
        """A file in the cache, named by the version of the files."""
        return index_file(cache_folder(), self.version)
