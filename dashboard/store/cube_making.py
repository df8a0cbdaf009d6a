"""Making a cube: events counted beforehand, by place, days and kind, so that a map of any number opens at once.

The steps are SQL of DuckDB's dialect, whatever runs them; `Spark` hands the same text through sqlglot.

The finest counts are those of spots (single places); from them come the counts of the cells of `cube_files.LEVELS`. A
row says how many events have one pair of days, one type, precision, assertion, status and group (see `codes`), and
between which spots they lie. The more events share days, kind and place, the smaller a cube is beside them; it stops
growing where every place has every kind on every day.
"""

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import duckdb

from dashboard.cluster import DETAIL
from dashboard.errors import DataError, Problem, counted
from dashboard.store import cube_files, queries
from dashboard.store.columnar import connect
from dashboard.store.cube_files import LEVELS, Manifest
from dashboard.store.loading import AT_POINTS, COMPACT, MORTON, PLACES, SOURCE
from dashboard.store.parquet import BROKEN, ParquetRows, parquet, quoted
from dashboard.store.parquet_files import is_parquet

_COLUMNS = ", ".join(name for name in SOURCE if name not in ("file", "row"))
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

    def number(self, select: str) -> int:
        """The one number that is the answer."""


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
        self._db.execute(f"CREATE TEMP VIEW {name} AS {select}")

    def table(self, name: str, select: str) -> None:
        """See `Engine`."""
        self._db.execute(f"CREATE TEMP TABLE {name} AS {select}")

    def write(self, name: str, select: str, folder: Path) -> None:
        """See `Engine`."""
        folder.mkdir()
        file = folder / "part-0.parquet"
        self._db.execute(f"COPY ({select}) TO {quoted(file)} (FORMAT parquet, COMPRESSION zstd)")
        self.read(name, [str(file)])

    def number(self, select: str) -> int:
        """See `Engine`."""
        return int(self._db.execute(select).fetchall()[0][0])


def make_cube(events: Path, cube: Path, run: Run = DuckDB) -> Made:
    """Count the events of Parquet into a cube, which replaces the one that is there. Raises `DataError`.

    What breaks the rules of the data is left out, told of, and noted in the cube.
    """
    if not is_parquet(events) or cube_files.is_cube(events):
        hint = "A project's folder needs no cube: open it as it is."
        raise DataError(f"{events} is no Parquet file, folder or pattern with events. {hint}")
    events, cube = events.absolute(), cube.absolute()  # every machine must find them under these names
    if events in cube.parents:
        raise DataError(
            f"--out {cube} lies within {events}, where its counts would be taken for events. Put it beside."
        )
    rows = ParquetRows(events)
    files, columns = rows.examine(connect())
    if not columns:
        raise DataError(" ".join(str(problem) for problem in rows.project.problems))
    seen = cube_files.fingerprint(events)
    folder = cube_files.new_folder(cube)
    try:
        with run() as engine:
            engine.work_in(folder / "_spill")
            counts = _count(engine, rows, files, folder)
            name = engine.name
        shutil.rmtree(folder / "_spill", ignore_errors=True)
    except BaseException as error:
        cube_files.give_up(cube, folder)
        if isinstance(error, duckdb.Error):
            raise DataError(f"The events could not be counted: {str(error).splitlines()[0]}") from error
        raise
    problems = rows.project.problems + _told(counts[1], events)
    manifest = Manifest(
        form=cube_files.FORM, made_at=datetime.now(UTC).isoformat(timespec="seconds"), engine=name, folder=folder.name,
        files=cube_files.files_of(folder), events=cube_files.relative(events, cube), events_seen=seen, columns=columns,
        left_out=counts[1], problems=cube_files.problems_as_objects(problems),
    )  # fmt: skip
    cube_files.put_in_place(cube, manifest)
    total, left_out, spots = counts
    return Made(events=total, left_out=left_out, rows=spots, size=sum(manifest.files.values()), problems=problems)


def _count(engine: Engine, rows: ParquetRows, files: Sequence[str], folder: Path) -> tuple[int, int, int]:
    """Write all counts; returns the events that were counted, those left out, and the rows of the finest counts."""
    engine.read("every_file", files)
    engine.view("every_row", rows.cleaned("SELECT *, 0 AS file, 0 AS row FROM every_file"))
    engine.view("source", f"SELECT {_COLUMNS} FROM every_row WHERE ({BROKEN}) IS NULL")
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
    every, total = (engine.number(f"SELECT {count} FROM {name}") for count, name in _TOTALS)
    return total, every - total, engine.number("SELECT count(*) FROM spot_counts")


_TOTALS = (("count(*)", "every_file"), ("coalesce(sum(n), 0)", "spot_counts"))


def _told(left_out: int, events: Path) -> tuple[Problem, ...]:
    if not left_out:
        return ()
    message = f"{counted(left_out, 'row breaks', 'rows break')} the rules: not counted."
    hint = f"What is wrong with them: conflictmap --data {events} check"
    return (Problem(file=events.name, code="cube.left_out", message=message, hint=hint),)
