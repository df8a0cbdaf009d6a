"""Making a cube: counting events in advance by place, dates and kind, so that a map of any number opens at once.

The steps are SQL in DuckDB's dialect, whatever engine runs them; `Spark` translates it with sqlglot.

The finest counts are by spot (single place); the counts of the cells of `cube.files.LEVELS` are summed up from them. A
row holds the number of events with the same dates, type, precision, assertion, status and group (see `codes`), and the
range of their spots. The more events share dates, kind and place, the smaller the cube is compared with them; it stops
growing once every place has every kind on every day.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import duckdb

from dashboard.errors import DataError, Problem, Severity, counted
from dashboard.geo import DETAIL
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.store import queries
from dashboard.store.cube import files as cube_files
from dashboard.store.cube.files import LEVELS, Manifest
from dashboard.store.database import connect
from dashboard.store.load import COMPACT_COLUMNS, JOIN_POINTS, MORTON, PLACES
from dashboard.store.sources.parquet import ParquetRows, counted_rows
from dashboard.store.sources.parquet_files import is_parquet
from dashboard.store.sources.parquet_sql import first_line, parquet, quoted_path
from dashboard.store.sources.parquet_tally import Tally, tally_of

_COUNT_REPEATED = "SELECT count(event_id) - count(DISTINCT event_id) FROM source"
_SORT_COLUMNS = "until, since, grp, event_type, geo_precision, assertion, status"
"""Similar rows are adjacent, which compresses well."""


class Engine(Protocol):
    """Runs the steps. All SQL is DuckDB's; later steps can use the names defined by earlier ones."""

    name: str

    def work_in(self, folder: Path) -> None:
        """Set the folder for temporary data that does not fit into memory."""

    def read(self, name: str, files: Sequence[str]) -> None:
        """Offer Parquet files as a relation."""

    def view(self, name: str, select: str) -> None:
        """Define a view."""

    def table(self, name: str, select: str) -> None:
        """Define a table: its query runs once and is read several times."""

    def write(self, name: str, select: str, folder: Path) -> None:
        """Write a result to a folder as Parquet, in its order, and offer it as a relation."""

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """The rows of a small result."""


Run = Callable[[], AbstractContextManager[Engine]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CubeReport:
    """The outcome of making a cube."""

    events: int
    left_out: int
    rows: int
    """Number of rows of the finest counts."""
    size: int
    """Bytes of the whole cube."""
    problems: tuple[Problem, ...]


class DuckDB:
    """Counts within this process; data that does not fit into memory is spilled to the disk."""

    name = f"DuckDB {duckdb.__version__}"

    def __init__(self) -> None:
        self._db = connect()

    def __enter__(self) -> "DuckDB":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def work_in(self, folder: Path) -> None:
        """See `Engine`."""
        self._db.execute(f"SET temp_directory = {quoted_path(folder)}")

    def read(self, name: str, files: Sequence[str]) -> None:
        """See `Engine`."""
        self.view(name, f"SELECT * FROM {parquet(files)}")

    def view(self, name: str, select: str) -> None:
        """See `Engine`."""
        self._db.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")

    def table(self, name: str, select: str) -> None:
        """See `Engine`."""
        self._db.execute(f"CREATE TEMP TABLE {name} AS {select}")

    def write(self, name: str, select: str, folder: Path) -> None:
        """See `Engine`."""
        folder.mkdir()
        file = folder / "part-0.parquet"
        self._db.execute(f"COPY ({select}) TO {quoted_path(file)} (FORMAT parquet, COMPRESSION zstd)")
        self.read(name, [str(file)])

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """See `Engine`."""
        return self._db.execute(select).fetchall()


def make_cube(events: Path, cube: Path, run: Run = DuckDB) -> CubeReport:
    """Count the events of Parquet into a cube, which replaces an existing one. Raises `DataError`.

    Rows that break a rule are left out, reported, and noted in the cube.
    """
    refuse_if_read_only()
    if not is_parquet(events) or cube_files.is_cube(events):
        hint = "A project's folder needs no cube: open it as it is."
        raise DataError(f"{events} is no Parquet file, folder or pattern with events. {hint}")
    events, cube = events.absolute(), cube.absolute()  # every machine must find them under the same names
    if events in cube.parents:
        raise DataError(
            f"--out {cube} lies within {events}, where its counts would be taken for events. Put it beside."
        )
    rows = ParquetRows(events)
    if not rows.examine():
        raise DataError(" ".join(str(problem) for problem in rows.project.problems))
    seen = cube_files.fingerprint(events)
    folder = cube_files.new_folder(cube)
    try:
        with run() as engine:
            engine.work_in(folder / "_spill")
            counts = _count(engine, rows, folder)
            name = engine.name
        shutil.rmtree(folder / "_spill", ignore_errors=True)
    except BaseException as error:
        cube_files.give_up(cube, folder)
        if isinstance(error, duckdb.Error):
            raise DataError(f"The events could not be counted: {first_line(error)}") from error
        raise
    problems = rows.project.problems + tuple(_problems_of(counts, events))
    manifest = Manifest(
        form=cube_files.FORM, made_at=datetime.now(UTC).isoformat(timespec="seconds"), engine=name, folder=folder.name,
        files=cube_files.files_of(folder), events=cube_files.relative_path(events, cube), events_seen=seen,
        unread=cube_files.unread_files_of(events, rows.files), broken=sorted(counts.tally.broken),
        lost=sorted(counts.tally.lost), left_out=counts.tally.left_out,
        problems=cube_files.problems_as_objects(problems),
    )  # fmt: skip
    cube_files.put_in_place(cube, manifest)
    return CubeReport(
        events=counts.events, left_out=counts.tally.left_out, rows=counts.rows, size=sum(manifest.files.values()),
        problems=problems,
    )  # fmt: skip


class _CountReport(NamedTuple):
    """Number of counted events and of rows of the finest counts, and what was wrong with the events."""

    events: int
    rows: int
    tally: Tally
    repeated: int


def _count(engine: Engine, rows: ParquetRows, folder: Path) -> _CountReport:
    """Write all counts."""
    tally = _tally(engine, rows)
    engine.view("source", counted_rows("SELECT * FROM every_row", tally.broken, tally.lost))
    for name, select in PLACES.items():
        engine.table(name, select)
    engine.view("compact", f"SELECT {COMPACT_COLUMNS.format(small='SMALLINT')} FROM source s {JOIN_POINTS}")
    in_order = f"{queries.SPOT_COUNTS} ORDER BY spot, {_SORT_COLUMNS}"
    engine.write("spot_counts", in_order, folder / str(DETAIL))
    for level in LEVELS[:-1]:
        # The first level is loaded completely; of the others, parts are read by position.
        by, more = (_SORT_COLUMNS, queries.CELL_EXTENT) if level == LEVELS[0] else (f"{MORTON}, {_SORT_COLUMNS}", "")
        cells = queries.CELL_COUNTS.format(shift=DETAIL - level, more=more)
        select = f"SELECT * FROM ({cells}) ORDER BY {by}, x, y"
        engine.write(f"level_{level}", select, folder / str(level))
    engine.write("counted_spots", f"{queries.SPOTS_WITH_COUNTS} ORDER BY s.spot", folder / "spots")
    engine.write("written_points", "SELECT * FROM points ORDER BY spot, place_id", folder / "points")
    numbers = [int(engine.rows(select)[0][0]) for select in (*_COUNT_EVENTS_AND_ROWS, _COUNT_REPEATED)]
    return _CountReport(numbers[0], numbers[1], tally, numbers[2])


_COUNT_EVENTS_AND_ROWS = ("SELECT coalesce(sum(n), 0) FROM spot_counts", "SELECT count(*) FROM spot_counts")


def _tally(engine: Engine, rows: ParquetRows) -> Tally:
    """Check the rules on all rows; damaged files are reported and left out."""
    while True:
        cells = rows.cells()
        engine.read("every_file", rows.files)
        engine.view("every_row", cells.typed(cells.raw("every_file")))
        try:
            return Tally.of(engine.rows(tally_of("SELECT * FROM every_row")))
        except duckdb.Error:
            if not rows.leave_out_damaged() or not rows.files:
                raise


def _problems_of(counts: _CountReport, events: Path) -> Iterator[Problem]:
    hint = f"What is wrong with them: conflictmap --data {events} check"
    if counts.tally.left_out:
        message = f"{counted(counts.tally.left_out, 'row breaks', 'rows break')} the rules: not counted."
        yield Problem(file=events.name, code="cube.left_out", message=message, hint=hint)
    warnings = [f"{counted(cells, 'cell')} of {name} read as empty" for name, (cells, _) in counts.tally.lost.items()]
    warnings += [f"{counted(counts.repeated, 'row')} with the id of another, all counted"] * bool(counts.repeated)
    if warnings:
        message = f"{'; '.join(warnings)}."
        yield Problem(file=events.name, code="cube.odd", message=message, hint=hint, severity=Severity.WARNING)
