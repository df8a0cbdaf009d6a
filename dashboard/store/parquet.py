"""Parquet files as rows for counting: a file, a folder of them, or a pattern such as ``events/*.parquet``.

The columns are those of events.csv plus latitude, longitude, feature_code, country_code and radius_km; place_name and
publisher may be there too. What is counted goes into memory; texts stay in the files, and are read for the events that
somebody looks at.
"""

import glob
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from dashboard.errors import DataError, Problem, Severity, counted, shown
from dashboard.model import FIRST_DAY, ID_PATTERN, LAST_DAY, Article, Event
from dashboard.settings import cache_folder
from dashboard.store.codes import ASSERTIONS, PRECISIONS, STATUSES, TYPES
from dashboard.store.csv_files import Project
from dashboard.store.loading import SOURCE
from dashboard.store.parquet_events import event_of
from dashboard.store.parquet_files import article_files, parquet_files, parquet_version
from dashboard.store.queries import NUMBER
from dashboard.store.words import Batches, index_file
from dashboard.tables import EVENT_COLUMNS, OPTIONAL

REQUIRED = ("event_id", "event_type", "date_start", "date_end", "geo_precision", "latitude", "longitude")
"""Columns without which nothing can be counted; others are read as empty where they are missing."""
KEPT_EVENTS = 20_000
"""Events kept in memory after they were read."""
_SEARCHED = ("title", "passage", "toponym", "place_name", "actor1", "actor2", "claimed_by", "publisher")
_BATCH = 20_000
_TEXT, _DAY = ("VARCHAR",), ("DATE", "TIMESTAMP", "VARCHAR")
_DEGREES = ("DOUBLE", "FLOAT", "DECIMAL", "INTEGER", "BIGINT", "VARCHAR")
_ALLOWED = {name: {"DATE": _DAY, "DOUBLE": _DEGREES}.get(kind, _TEXT) for name, kind in SOURCE.items()}
_EXPECTED = sorted({*EVENT_COLUMNS, *SOURCE} - {"file", "row", "publisher", "place_name", *OPTIONAL - {*SOURCE}})
_OF_AN_ARTICLE = ("article_id", "title", "publisher", "url", "published", "text", "sha256", "language", "retrieved_at")
_DEFAULTS = {"assertion": "reported", "status": "pending"}


def _among(column: str, members: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


def _is_id(column: str) -> str:
    r"""SQL for every engine: hence \A and \z, because to Java a $ also stands before a line's end."""
    return rf"regexp_matches({column}, '\A({ID_PATTERN.pattern})\z')"


_RULES = {
    "event_id": (_is_id("event_id"), "must be 1 to 64 letters, digits or . _ : -"),
    "event_type": (_among("event_type", TYPES), f"must be one of {', '.join(TYPES)}"),
    "geo_precision": (_among("geo_precision", PRECISIONS), f"must be one of {', '.join(PRECISIONS)}"),
    "assertion": (_among("assertion", ASSERTIONS), f"must be one of {', '.join(ASSERTIONS)}"),
    "status": (_among("status", STATUSES), f"must be one of {', '.join(STATUSES)}"),
    "latitude": (
        "(latitude IS NULL AND longitude IS NULL) OR (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
        "must be between -90 and 90 (longitude: -180 and 180), both or none",
    ),
    "date_start": (
        "(date_start IS NULL AND date_end IS NULL AND NOT lost_date) OR (date_start <= date_end"
        f" AND date_start >= DATE '{FIRST_DAY}' AND date_end <= DATE '{LAST_DAY}')",
        f"and date_end must be days from {FIRST_DAY} to {LAST_DAY}, the first before the last, or both empty",
    ),
}  # fmt: skip
"""What must hold for a row to be counted: column, SQL, and what is allowed in words."""
BROKEN = (
    "CASE " + " ".join(f"WHEN NOT coalesce({rule}, false) THEN '{name}'" for name, (rule, _) in _RULES.items()) + " END"
)


def quoted(file: str | Path) -> str:
    """SQL: the name of a file."""
    return "'" + str(file).replace("'", "''") + "'"


def _read_as_it_is(file: str | Path) -> str:
    """SQL: the name of a file to be read. No sign in it stands for others, as a star would."""
    return quoted(glob.escape(str(file)))


def parquet(files: Iterable[str | Path]) -> str:
    """SQL: the rows of these files."""
    return f"read_parquet([{', '.join(map(_read_as_it_is, files))}], union_by_name = true, hive_partitioning = false)"


def why_unreadable(db: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Why a file cannot be read, in a few words; empty if it can."""
    try:
        if file.exists() and not file.is_file():
            return "it is no file"  # a pipe would be waited for
        db.execute("SELECT num_rows FROM parquet_file_metadata($file)", {"file": glob.escape(str(file))}).fetchall()
    except duckdb.Error as error:
        return (
            "it is no whole Parquet file"
            if isinstance(error, duckdb.InvalidInputException)
            else str(error).split("\n")[0]
        )
    except OSError as error:
        return error.strerror or str(error)
    return ""


class ParquetRows:
    """The events of Parquet files; see `columnar.Rows`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.version = parquet_version(path)
        self._files: list[str] = []
        self._columns: set[str] = set()
        self._problems: list[Problem] = []
        self._unread: list[str] = []
        self._left_out = 0
        self._kept: OrderedDict[tuple[int, int], Event] = OrderedDict()
        self._keeping = Lock()

    @property
    def project(self) -> Project:
        """What could not be read."""
        left_out = {self.path.name: self._left_out} if self._left_out else {}
        return Project(
            folder=self.path, problems=tuple(self._problems), left_out=left_out, unread=tuple(self._unread),
            version=self.version,
        )  # fmt: skip

    # --- for counting

    def make_source(self, db: duckdb.DuckDBPyConnection) -> None:
        """Offer the rows as the relation ``source``; what breaks the rules of the data is told and left out."""
        self._db = db
        self._files = self._readable()
        if self._files and self._is_countable():
            read = self._read("*, file_index AS file, file_row_number AS row")
            db.execute(f"CREATE TEMP VIEW every_row AS {self.cleaned(read)}")
            broken = self._tell_broken()
            where = f"WHERE ({BROKEN}) IS NULL" if broken else ""
            db.execute(f"CREATE TEMP VIEW source AS SELECT * EXCLUDE (lost_date) FROM every_row {where}")
        else:
            db.execute(f"CREATE TEMP TABLE source ({', '.join(f'{name} {kind}' for name, kind in SOURCE.items())})")

    def _readable(self) -> list[str]:
        """The files that can be opened; the others are told of."""
        files = []
        for file in parquet_files(self.path):
            why = why_unreadable(self._db, file)
            if why:
                hint = "Write it again; the other files load."
                self._tell("file.unreadable", f"cannot be read: {why}.", hint, file=file.name)
                self._unread.append(file.name)
            else:
                files.append(str(file))
        if not files and not self._unread:
            hint = "Name a file, a folder or a pattern with --data."
            self._tell("file.missing", "there is no Parquet file here.", hint)
            self._unread.append(str(self.path))
        return files

    def _is_countable(self) -> bool:
        """Look at the columns; False, with the reason told, if nothing can be counted."""
        before = len(self._problems)
        kinds = self._described()
        for name in REQUIRED if kinds else ():
            if name not in kinds:
                self._tell("header.missing_column", "is missing.", "Nothing can be counted without it.", column=name)
        for name, allowed in _ALLOWED.items():
            if kinds.get(name, allowed[0]) not in allowed:
                message = f"is {kinds[name]}; it must be {' or '.join(allowed)}."
                self._tell("column.type", message, "Nothing can be counted with it.", column=name)
        if len(self._problems) > before:
            self._unread.append(self.path.name)
            return False
        if empty := ", ".join(name for name in _EXPECTED if name not in kinds):
            hint = "They are read as empty."
            self._tell("header.missing_column", f"columns missing: {empty}.", hint, severity=Severity.WARNING)
        return True

    def _described(self) -> dict[str, str]:
        """The columns with their types, without the parameters of these; none if the files do not fit together."""
        try:
            rows = self._db.execute(f"DESCRIBE {self._read()}").fetchall()
        except duckdb.Error as error:
            hint = "Open them apart, or write them with the same types."
            self._tell("column.type", f"the files differ: {str(error).splitlines()[0]}", hint)
            return {}
        self._columns = {name for name, *_ in rows}
        return {name: kind if kind.endswith("[]") else kind.partition("(")[0] for name, kind, *_ in rows}

    def cleaned(self, read: str) -> str:
        """SQL: the columns of `SOURCE`, each in its type; ``lost_date`` is true where a date could not be read.

        ``read`` selects the files' own columns; what says where a row stands is passed on as it is.
        """
        columns = [self._column(name, kind) for name, kind in SOURCE.items() if name not in ("file", "row")]
        lost = "(date_start IS NOT NULL AND TRY_CAST(date_start AS DATE) IS NULL)"
        either = f"({lost} OR {lost.replace('date_start', 'date_end')})"
        return f"SELECT {', '.join(columns)}, {either} AS lost_date, file::BIGINT AS file, row FROM ({read})"

    def _column(self, name: str, kind: str) -> str:
        if kind != "VARCHAR":
            return f"TRY_CAST({name} AS {kind}) AS {name}" if name in self._columns else f"NULL::{kind} AS {name}"
        if name == "place_name" and name not in self._columns:
            return f"{self._text('toponym')} AS place_name"
        if name == "place_id" and name in self._columns:
            return f"CASE WHEN {_is_id('place_id')} THEN place_id ELSE '' END AS place_id"
        default = _DEFAULTS.get(name, "")
        return f"coalesce(nullif({self._text(name)}, ''), '{default}') AS {name}"

    def _text(self, name: str) -> str:
        return name if name in self._columns else "''"

    def _read(self, columns: str = "*") -> str:
        return f"SELECT {columns} FROM {parquet(self._files)}"

    def _tell_broken(self) -> int:
        """Count the rows that break a rule, and tell of each rule with the first row that breaks it."""
        cells = ", ".join(f"{name}::VARCHAR" for name in (*_RULES, "file", "row"))
        example = f"arg_min([{cells}], {NUMBER})"
        found = self._db.execute(
            f"SELECT {BROKEN} AS broken, count(*), {example} FROM every_row GROUP BY 1 HAVING broken IS NOT NULL"
        ).fetchall()
        for name, rows, cells in found:
            *values, file, row = cells
            value = shown(dict(zip(_RULES, values, strict=True))[name] or "")
            message = f"{value} {_RULES[name][1]}."
            hint = f"{counted(rows, 'row is', 'rows are')} left out for this; the first is row {int(row) + 1}."
            self._tell(f"{name}.invalid", message, hint, column=name, file=Path(self._files[int(file)]).name)
            self._left_out += rows
        return self._left_out

    def _tell(self, code: str, message: str, hint: str, *, file: str = "", **more: Any) -> None:
        name = file or self.path.name or str(self.path)
        self._problems.append(Problem(file=name, code=code, message=message, hint=hint, **more))

    # --- for counting beforehand, and for reading what was counted

    def examine(self, db: duckdb.DuckDBPyConnection) -> tuple[list[str], list[str]]:
        """The files that can be read, and their columns; none if nothing can be counted. Problems are told."""
        self._db = db
        self._files = self._readable()
        is_countable = bool(self._files) and self._is_countable()
        return (self._files, sorted(self._columns)) if is_countable else ([], [])

    def rely_on(self, db: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> list[str]:
        """Take the files as they are, without opening one: a cube knows their columns. Returns their names."""
        self._db, self._columns = db, set(columns)
        self._files = [str(file) for file in parquet_files(self.path) if file.is_file()]
        return self._files

    def part(self, files: Sequence[int]) -> str:
        """SQL: the good rows of some of the files, as `SOURCE`."""
        number = f"[{', '.join(map(str, files))}][file_index::BIGINT + 1]"
        read = f"SELECT *, {number} AS file, file_row_number AS row FROM {parquet(self._files[n] for n in files)}"
        return f"SELECT * EXCLUDE (lost_date) FROM ({self.cleaned(read)}) WHERE ({BROKEN}) IS NULL"

    # --- for reading

    def events(self, places: Sequence[tuple[int, int]]) -> list[Event]:
        """The events at these places of the relation, in this order.

        Raises
        ------
        DataError
            A file was changed or removed since it was opened.
        """
        wanted = defaultdict(list)
        with self._keeping:
            known = {place: self._kept[place] for place in places if place in self._kept}
        for file, row in places:
            if (file, row) not in known:
                wanted[file].append(row)
        for file, rows in wanted.items():
            known |= {(file, row): event for row, event in self._fetched(file, rows)}
        self._keep(known)
        return [known[place] for place in places]

    def _fetched(self, file: int, rows: list[int]) -> list[tuple[int, Event]]:
        numbers = ", ".join(map(str, rows))
        name = _read_as_it_is(self._files[file])
        sql = f"SELECT file_row_number, * FROM read_parquet({name}) WHERE file_row_number IN ({numbers})"
        try:
            answer = self._db.cursor().execute(sql)
            columns, found = [column[0] for column in answer.description or ()], answer.fetchall()
        except duckdb.Error as error:
            raise self._changed(file) from error
        if len(found) != len(set(rows)):
            raise self._changed(file)
        return [(cells[0], event_of(dict(zip(columns, cells, strict=True)))) for cells in found]

    def _changed(self, file: int) -> DataError:
        return DataError(
            f"{self._files[file]} was changed or removed while it was open. Reload the page to read it again."
        )

    def _keep(self, events: dict[tuple[int, int], Event]) -> None:
        with self._keeping:
            self._kept |= events
            for place in events:
                self._kept.move_to_end(place)
            while len(self._kept) > KEPT_EVENTS:
                self._kept.popitem(last=False)

    def articles(self, article_ids: Collection[str]) -> Mapping[str, Article]:
        """These articles by their ids, if the set of events came with its articles; else none.

        Raises
        ------
        DataError
            The files of the articles were changed or cannot be read.
        """
        files = article_files(self.path)
        if not files:
            return {}
        if odd := next((file for file in files if not file.is_file()), None):
            raise DataError(f"The articles of {self.path.name} cannot be read: {odd.name} is no file. Remove it.")
        sql = f"SELECT {', '.join(_OF_AN_ARTICLE)} FROM {parquet(files)} WHERE article_id IN (SELECT unnest($ids))"
        try:
            rows = self._db.cursor().execute(sql, {"ids": list(article_ids)}).fetchall()
        except duckdb.Error as error:
            raise DataError(f"The articles of {self.path.name} cannot be read: {str(error).splitlines()[0]}") from error
        named = [{name: cell for name, cell in zip(_OF_AN_ARTICLE, row, strict=True) if cell} for row in rows]
        return {cells["article_id"]: Article(**cells) for cells in named}

    def words(self) -> Batches:
        """The text in which words are searched, of every event, by its number."""
        there = [name for name in _SEARCHED if name in self._columns]
        if not there:
            return
        rows = self._read(f"{', '.join(there)}, file_index AS file, file_row_number AS row")
        reading = self._db.cursor().execute(f"SELECT {NUMBER}, concat_ws(' ', {', '.join(there)}) FROM ({rows})")
        while batch := reading.fetchmany(_BATCH):
            yield batch

    def words_file(self) -> Path | None:
        """In the cache, by the version of the files."""
        return index_file(cache_folder(), self.version)


def articles_not_read(path: Path) -> list[Problem]:
    """The articles beside a set of events that the rules failed on, and have not read since."""
    files = article_files(path)
    if not files:
        return []
    if odd := next((file for file in files if not file.is_file()), None):
        return [Problem(file=odd.name, code="article.unreadable", message="is no file.", hint="Remove it.")]
    with duckdb.connect() as db:
        try:
            if "problem" not in db.sql(f"SELECT * FROM {parquet(files)}").columns:
                return []  # written before there was such a column
            rows = db.sql(
                f"SELECT article_id, any_value(title), max(problem) FROM {parquet(files)}"
                " GROUP BY article_id HAVING bool_and(coalesce(problem, '') <> '') ORDER BY article_id"
            ).fetchall()
        except duckdb.Error as error:
            return [Problem(file=path.name, code="article.unreadable", message=str(error).splitlines()[0])]
    hint = "Add it again once the rules are mended."
    return [
        Problem(file=f"{path.name}/articles", code="article.rules_failed", hint=hint,
                message=f"{article_id} ({shown(title)}): {problem}")
        for article_id, title, problem in rows
    ]  # fmt: skip
