"""Making a cube: events counted beforehand, by place, days and kind, so that a map of any number opens at once.

The steps are SQL of DuckDB's dialect, whatever runs them; `Spark` hands the same text through sqlglot.

The finest counts are those of spots (single places); from them come the counts of the cells of `cube.files.LEVELS`. A
row says how many events have one pair of days, one type, precision, assertion, status and group (see `codes`), and
between which spots they lie. The more events share days, kind and place, the smaller a cube is beside them; it stops
growing where every place has every kind on every day.
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
from dashboard.store.load import AT_POINTS, COMPACT, MORTON, PLACES
from dashboard.store.sources.parquet import ParquetRows, counted_rows
from dashboard.store.sources.parquet_files import is_parquet
from dashboard.store.sources.parquet_sql import first_line, parquet, quoted
from dashboard.store.sources.parquet_tally import Tally, tally_of

_REPEATED = "SELECT count(event_id) - count(DISTINCT event_id) FROM source"
_IN_ORDER = "until, since, grp, event_type, geo_precision, assertion, status"
"""Rows that are alike stand together, which packs well."""


class Engine(Protocol):
    """What runs the steps. All SQL is DuckDB's; a name made by one step can be read by those after it."""

    name: str

    def work_in(self, folder: Path) -> None:
        """Where that may be put for a while which does not fit into memory."""

    def read(self, name: str, files: Sequence[str]) -> None:
        """Offer Parquet files as a relation."""

    def view(self, name: str, select: str) -> None:
        """Give a question a name."""

    def table(self, name: str, select: str) -> None:
        """Give an answer a name: it is asked for once and read several times."""

    def write(self, name: str, select: str, folder: Path) -> None:
        """Write an answer to a folder as Parquet, in its order, and offer it as a relation."""

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """A short answer."""


Run = Callable[[], AbstractContextManager[Engine]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of it."""

    events: int
    left_out: int
    rows: int
    """Of the finest counts."""
    size: int
    """Bytes of the whole cube."""
    problems: tuple[Problem, ...]


class DuckDB:
    """Counts in this process alone; what does not fit into memory goes to the disk."""

    name = f"DuckDB {duckdb.__version__}"

    def __init__(self) -> None:
        self._db = connect()

    def __enter__(self) -> "DuckDB":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def work_in(self, folder: Path) -> None:
        """See `Engine`."""
        self._db.execute(f"SET temp_directory = {quoted(folder)}")

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
        self._db.execute(f"COPY ({select}) TO {quoted(file)} (FORMAT parquet, COMPRESSION zstd)")
        self.read(name, [str(file)])

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """See `Engine`."""
        return self._db.execute(select).fetchall()


def make_cube(events: Path, cube: Path, run: Run = DuckDB) -> Made:
    """Count the events of Parquet into a cube, which replaces the one that is there. Raises `DataError`.

    What breaks the rules of the data is left out, told of, and noted in the cube.
    """
    refuse_if_read_only()
    if not is_parquet(events) or cube_files.is_cube(events):
        hint = "A project's folder needs no cube: open it as it is."
        raise DataError(f"{events} is no Parquet file, folder or pattern with events. {hint}")
    events, cube = events.absolute(), cube.absolute()  # every machine must find them under these names
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
    problems = rows.project.problems + tuple(_told(counts, events))
    manifest = Manifest(
        form=cube_files.FORM, made_at=datetime.now(UTC).isoformat(timespec="seconds"), engine=name, folder=folder.name,
        files=cube_files.files_of(folder), events=cube_files.relative(events, cube), events_seen=seen,
        unread=cube_files.unread(events, rows.files), broken=sorted(counts.tally.broken),
        lost=sorted(counts.tally.lost), left_out=counts.tally.left_out,
        problems=cube_files.problems_as_objects(problems),
    )  # fmt: skip
    cube_files.put_in_place(cube, manifest)
    return Made(
        events=counts.events, left_out=counts.tally.left_out, rows=counts.rows, size=sum(manifest.files.values()),
        problems=problems,
    )  # fmt: skip


class _Counts(NamedTuple):
    """The events that were counted, the rows of the finest counts, and what was wrong with the events."""

    events: int
    rows: int
    tally: Tally
    repeated: int


def _count(engine: Engine, rows: ParquetRows, folder: Path) -> _Counts:
    """Write all counts."""
    tally = _tallied(engine, rows)
    engine.view("source", counted_rows("SELECT * FROM every_row", tally.broken, tally.lost))
    for name, select in PLACES.items():
        engine.table(name, select)
    engine.view("compact", f"SELECT {COMPACT.format(small='SMALLINT')} FROM source s {AT_POINTS}")
    in_order = f"{queries.SPOT_COUNTS} ORDER BY spot, {_IN_ORDER}"
    engine.write("spot_counts", in_order, folder / str(DETAIL))
    for level in LEVELS[:-1]:
        # The first is read into memory whole; of the others a part is found by where it is.
        by, more = (_IN_ORDER, queries.ENDS_OF_CELLS) if level == LEVELS[0] else (f"{MORTON}, {_IN_ORDER}", "")
        cells = queries.CELLS_OF.format(shift=DETAIL - level, more=more)
        select = f"SELECT * FROM ({cells}) ORDER BY {by}, x, y"
        engine.write(f"level_{level}", select, folder / str(level))
    engine.write("counted_spots", f"{queries.COUNTED_SPOTS} ORDER BY s.spot", folder / "spots")
    engine.write("written_points", "SELECT * FROM points ORDER BY spot, place_id", folder / "points")
    numbers = [int(engine.rows(select)[0][0]) for select in (*_TOTALS, _REPEATED)]
    return _Counts(numbers[0], numbers[1], tally, numbers[2])


_TOTALS = ("SELECT coalesce(sum(n), 0) FROM spot_counts", "SELECT count(*) FROM spot_counts")


def _tallied(engine: Engine, rows: ParquetRows) -> Tally:
    """Ask the rules of all rows; files that are damaged are told of, and the others are counted."""
    while True:
        cells = rows.cells()
        engine.read("every_file", rows.files)
        engine.view("every_row", cells.stated(cells.raw("every_file")))
        try:
            return Tally.of(engine.rows(tally_of("SELECT * FROM every_row")))
        except duckdb.Error:
            if not rows.leave_out_damaged() or not rows.files:
                raise


def _told(counts: _Counts, events: Path) -> Iterator[Problem]:
    hint = f"What is wrong with them: conflictmap --data {events} check"
    if counts.tally.left_out:
        message = f"{counted(counts.tally.left_out, 'row breaks', 'rows break')} the rules: not counted."
        yield Problem(file=events.name, code="cube.left_out", message=message, hint=hint)
    warnings = [f"{counted(cells, 'cell')} of {name} read as empty" for name, (cells, _) in counts.tally.lost.items()]
    warnings += [f"{counted(counts.repeated, 'row')} with the id of another, all counted"] * bool(counts.repeated)
    if warnings:
        message = f"{'; '.join(warnings)}."
        yield Problem(file=events.name, code="cube.odd", message=message, hint=hint, severity=Severity.WARNING)
