"""Several Parquet files as one relation, whatever columns each of them has beside ours."""

import glob
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb

from dashboard.store.sources.parquet_cells import Cells, Kind, own_columns

_STANDS_IN = {"file_index", "file_row_number"}
"""What DuckDB calls the place of a row, unless a column of the file is called so."""


def quoted(file: str | Path) -> str:
    """SQL: the name of a file."""
    return "'" + str(file).replace("'", "''") + "'"


def _read_as_it_is(file: str | Path) -> str:
    """SQL: the name of a file to be read. No sign in it stands for others, as a star would."""
    return quoted(glob.escape(str(file)))


def parquet(files: Iterable[str | Path]) -> str:
    """SQL: the rows of these files."""
    return f"read_parquet([{', '.join(map(_read_as_it_is, files))}], union_by_name = true, hive_partitioning = false)"


def first_line(error: Exception) -> str:
    """What the database says of a file, without what it says of the question."""
    return str(error).split("\n", maxsplit=1)[0]


def why_unreadable(db: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Why a file cannot be opened, in a few words; empty if it can."""
    try:
        if file.exists() and not file.is_file():
            return "it is no file"  # a pipe would be waited for
        db.execute("SELECT num_rows FROM parquet_file_metadata($file)", {"file": glob.escape(str(file))}).fetchall()
    except duckdb.Error as error:
        is_other = isinstance(error, duckdb.InvalidInputException)
        return "it is no whole Parquet file" if is_other else first_line(error)
    except OSError as error:
        return error.strerror or str(error)
    return ""


@dataclass(frozen=True, slots=True)
class Described:
    """What columns some files have together: those of ours, a second one of a name, and whether names collide."""

    cells: Cells
    second: tuple[str, ...]
    names: frozenset[str]
    """All of them, in lower case."""

    @property
    def has_other_rows(self) -> bool:
        """True if a column of the files is called as the place of a row is in DuckDB."""
        return not self.names.isdisjoint(_STANDS_IN)


class FileSet:
    """Files whose rows are asked for together. They are numbered from 0."""

    def __init__(self, files: Sequence[str], wanted: Mapping[str, Kind], *, are_alike: bool = True) -> None:
        """``are_alike``: the files can be read as one, as their columns have types that go together."""
        self.files, self._wanted, self.are_alike = list(files), wanted, are_alike
        self._known: dict[tuple[int, ...], Described] = {}

    def described(self, db: duckdb.DuckDBPyConnection, numbers: Sequence[int] | None = None) -> Described:
        """The columns of some of the files, or of all. Raises `duckdb.Error` if they cannot be read as one."""
        some = tuple(range(len(self.files)) if numbers is None else numbers)
        if some not in self._known:
            asked = parquet(self.files[n] for n in some)
            columns = [(row[0], row[1]) for row in db.cursor().execute(f"DESCRIBE SELECT * FROM {asked}").fetchall()]
            own, second = own_columns(columns, self._wanted)
            names = frozenset(name.casefold() for name, _ in columns)
            self._known[some] = Described(Cells(own), tuple(second), names)
        return self._known[some]

    def stated(
        self,
        db: duckdb.DuckDBPyConnection,
        numbers: Sequence[int] | None = None,
        rows: Collection[int] | None = None,
    ) -> str:
        """SQL: the rows of some of the files (see `Cells.stated`), or only those of these numbers in their file."""
        some = list(range(len(self.files)) if numbers is None else numbers)
        is_one = len(some) == 1 or (self.are_alike and not self.described(db, some).has_other_rows)
        each = [some] if is_one else [[number] for number in some]
        return " UNION ALL ".join(self._stated(db, part, rows) for part in each)

    def _stated(self, db: duckdb.DuckDBPyConnection, some: Sequence[int], rows: Collection[int] | None) -> str:
        return self.described(db, some).cells.stated(self.raw(db, some, rows))

    def raw(self, db: duckdb.DuckDBPyConnection, some: Sequence[int], rows: Collection[int] | None = None) -> str:
        """SQL: the same as it stands in the files (see `Cells.raw`); several must be `are_alike`."""
        described, every = self.described(db, some), parquet(self.files[n] for n in some)
        cells, row = described.cells, "file_row_number"
        if described.has_other_rows:
            assert len(some) == 1, "only a file by itself can be numbered"
            row = next(name for n in count() if (name := f"row_{n}") not in described.names)
            every = f"(SELECT *, row_number() OVER () - 1 AS {row} FROM {every})"
        where = f" WHERE {row} IN ({', '.join(map(str, rows))})" if rows is not None else ""
        whole = list(some) == list(range(len(self.files)))
        file = f"[{', '.join(map(str, some))}][file_index::BIGINT + 1]"
        file = str(some[0]) if len(some) == 1 else "file_index" if whole else file
        return cells.raw(every, f"{file} AS file, {row} AS row") + where
