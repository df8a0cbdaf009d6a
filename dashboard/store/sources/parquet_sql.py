"""Several Parquet files as one relation, whatever other columns each of them has."""

import glob
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb

from dashboard.store.sources.parquet_cells import CellSql, CellType, own_columns

_POSITION_COLUMNS = {"file_index", "file_row_number"}
"""DuckDB's columns for the position of a row, unless the file has columns of these names."""


def quoted_path(file: str | Path) -> str:
    """SQL: the name of a file, quoted."""
    return "'" + str(file).replace("'", "''") + "'"


def _literal_path(file: str | Path) -> str:
    """SQL: the name of a file to read, quoted, with wildcards taken literally."""
    return quoted_path(glob.escape(str(file)))


def parquet(files: Iterable[str | Path]) -> str:
    """SQL: the rows of these files."""
    return f"read_parquet([{', '.join(map(_literal_path, files))}], union_by_name = true, hive_partitioning = false)"


def first_line(error: Exception) -> str:
    """What the database says about a file, without the query."""
    return str(error).split("\n", maxsplit=1)[0]


def why_unreadable(db: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Why a file cannot be opened, in a few words; empty if it can."""
    try:
        if file.exists() and not file.is_file():
            return "it is no file"  # opening a pipe would block
        db.execute("SELECT num_rows FROM parquet_file_metadata($file)", {"file": glob.escape(str(file))}).fetchall()
    except duckdb.Error as error:
        is_other = isinstance(error, duckdb.InvalidInputException)
        return "it is no whole Parquet file" if is_other else first_line(error)
    except OSError as error:
        return error.strerror or str(error)
    return ""


@dataclass(frozen=True, slots=True)
class DescribedColumns:
    """The columns of some files together: ours, duplicates, and all names, to detect collisions."""

    cells: CellSql
    second: tuple[str, ...]
    names: frozenset[str]
    """The names of all columns, in lower case."""

    @property
    def has_other_rows(self) -> bool:
        """True if a column of the files has the name of one of DuckDB's position columns."""
        return not self.names.isdisjoint(_POSITION_COLUMNS)


class FileSet:
    """Files whose rows are queried together. They are numbered from 0."""

    def __init__(self, files: Sequence[str], wanted: Mapping[str, CellType], *, are_alike: bool = True) -> None:
        """``are_alike``: the files can be read as one table, because the types of their columns are compatible."""
        self.files, self._wanted, self.are_alike = list(files), wanted, are_alike
        self._descriptions: dict[tuple[int, ...], DescribedColumns] = {}

    def described(self, db: duckdb.DuckDBPyConnection, numbers: Sequence[int] | None = None) -> DescribedColumns:
        """The columns of some of the files, or of all. Raises `duckdb.Error` if they cannot be read as one."""
        some = tuple(range(len(self.files)) if numbers is None else numbers)
        if some not in self._descriptions:
            asked = parquet(self.files[n] for n in some)
            columns = [(row[0], row[1]) for row in db.cursor().execute(f"DESCRIBE SELECT * FROM {asked}").fetchall()]
            own, second = own_columns(columns, self._wanted)
            names = frozenset(name.casefold() for name, _ in columns)
            self._descriptions[some] = DescribedColumns(CellSql(own), tuple(second), names)
        return self._descriptions[some]

    def typed(
        self,
        db: duckdb.DuckDBPyConnection,
        numbers: Sequence[int] | None = None,
        rows: Collection[int] | None = None,
    ) -> str:
        """SQL: the rows of some of the files (see `CellSql.typed`), or only those of these numbers in their file."""
        some = list(range(len(self.files)) if numbers is None else numbers)
        is_one = len(some) == 1 or (self.are_alike and not self.described(db, some).has_other_rows)
        each = [some] if is_one else [[number] for number in some]
        return " UNION ALL ".join(self._typed(db, part, rows) for part in each)

    def _typed(self, db: duckdb.DuckDBPyConnection, some: Sequence[int], rows: Collection[int] | None) -> str:
        return self.described(db, some).cells.typed(self.raw(db, some, rows))

    def raw(self, db: duckdb.DuckDBPyConnection, some: Sequence[int], rows: Collection[int] | None = None) -> str:
        """SQL: the same rows, unconverted (see `CellSql.raw`); several files must be `are_alike`."""
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
