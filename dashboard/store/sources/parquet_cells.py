"""The meaning of rows of Parquet: SQL that reads every column in its type, and handles cells that break a rule.

The rules are those of `dashboard.project.reading`, in SQL, because a set may have millions of rows. This is their only
home: counting, the pages, `conflictmap check` and cubes all use this SQL, and so agree on every row.

A row that could not be counted by what, where or when, or whose text is too long to show, is left out (`RULES`). Any
other invalid cell is emptied (`LOST`), and the row is kept. The SQL is in DuckDB's dialect; sqlglot translates it for
Spark.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dashboard.model import FIRST_DAY, ID_PATTERN, LAST_DAY, DateBasis, DatePrecision, PlaceBasis
from dashboard.project.reading.number_cells import DEATHS_LIMIT, RADIUS_LIMIT_KM
from dashboard.project.reading.rows import PASSAGE_LIMIT, TITLE_LIMIT
from dashboard.store.codes import ASSERTIONS, PRECISIONS, STATUSES, TYPES
from dashboard.tables import EVENT_TYPES, PLACE_IN_EVENTS


class CellType(StrEnum):
    """The type of a column's cells."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


_CELL_TYPES: dict[type, CellType] = {int: CellType.NUMBER, float: CellType.NUMBER, date: CellType.DAY}
POINT = ("latitude", "longitude", "radius_km")
_OF_THE_PLACE = tuple(name for name in PLACE_IN_EVENTS if name not in POINT)
COLUMNS: dict[str, CellType] = {
    **{name: _CELL_TYPES.get(holds, CellType.TEXT) for name, holds in EVENT_TYPES.items()},
    **dict.fromkeys((*_OF_THE_PLACE, "publisher"), CellType.TEXT), **dict.fromkeys(POINT, CellType.NUMBER),
}  # fmt: skip
"""The columns of events that are read; a file may have others, whatever their names."""
ARTICLE_KINDS: dict[str, CellType] = {
    name: CellType.DAY if name == "published" else CellType.TEXT
    for name in ("article_id", "title", "publisher", "url", "published", "text", "sha256", "language", "retrieved_at")
}
"""The columns of a set's articles that are read."""

_WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_REAL_TYPES = ("DOUBLE", "FLOAT")
_INSTANTS = ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S")
_NOTHING = "NULL"
"""The type of an empty column."""
_TYPES: dict[CellType, tuple[str, ...]] = {
    CellType.TEXT: (
        "VARCHAR", "DECIMAL", "BOOLEAN", "UUID", "ENUM", "DATE", "TIME", *_INSTANTS, *_WHOLE_TYPES, *_REAL_TYPES,
    ),
    CellType.NUMBER: (*_REAL_TYPES, "DECIMAL", "VARCHAR", *_WHOLE_TYPES),
    CellType.DAY: ("DATE", *_INSTANTS, "VARCHAR"),
}  # fmt: skip
ALLOWED_WORDS = {
    CellType.TEXT: "VARCHAR or a number", CellType.NUMBER: "DOUBLE or another number or VARCHAR",
    CellType.DAY: "DATE or TIMESTAMP or VARCHAR",
}  # fmt: skip
_SHORT = ("title", "publisher", "toponym", "actor1", "actor2", "claimed_by", *_OF_THE_PLACE)
_NO_WORDS = {"event_id", "incident_id", "article_id", "place_id"} | {
    name for name, holds in EVENT_TYPES.items() if issubclass(holds, StrEnum)
}
TEXT_LIMITS = {
    name: TITLE_LIMIT if name in _SHORT else PASSAGE_LIMIT
    for name, kind in COLUMNS.items()
    if kind is CellType.TEXT and name not in _NO_WORDS
}
"""Maximum number of characters of text columns, as in events.csv."""
_DEFAULTS = {"assertion": "reported", "status": "pending"}
_IDS = ("incident_id", "article_id", "place_id")
_POINT_KEY = "printf('at:%.5f:%.5f', latitude, longitude)"
"""SQL: the id of a place that is only known by its point."""


# --- the files' own columns, as text, numbers and days


def identifier(name: str) -> str:
    """SQL: a column's name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def normal_name(name: str) -> str:
    """A column's name, normalised in case, spaces and dashes."""
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the files: its name there, and its type without parameters."""

    name: str
    kind: str


def own_columns(
    described: Iterable[tuple[str, str]], wanted: Mapping[str, CellType]
) -> tuple[dict[str, FileColumn], list[str]]:
    """The files' columns by our names, and the names of duplicate columns, which are ignored."""
    found: dict[str, FileColumn] = {}
    second = []
    # An exact name takes precedence over a similar one.
    for name, kind in sorted(described, key=lambda column: column[0] not in wanted):
        ours = normal_name(name)
        # DuckDB appends a number to a duplicate name.
        if (ours in wanted and ours in found) or (ours not in wanted and re.sub("_[0-9]+$", "", ours) in wanted):
            second.append(name)
        elif ours in wanted:
            plain = kind if kind.endswith("[]") else kind.partition("(")[0]
            found[ours] = FileColumn(name, plain.strip('"'))
    return found, second


def fits(kind: CellType, own: FileColumn) -> bool:
    """True if cells of this type can be read from the column."""
    return own.kind in (*_TYPES[kind], _NOTHING)


def read_raw(name: str, kind: CellType, own: FileColumn | None) -> str:
    """SQL: the cell as text ('' if empty), as a number or NULL, or unchanged for days."""
    if own is None or own.kind == _NOTHING or not fits(kind, own):
        return {CellType.TEXT: "''", CellType.NUMBER: "NULL::DOUBLE", CellType.DAY: "NULL::VARCHAR"}[
            kind
        ] + f" AS {name}"
    cell = identifier(own.name)
    if kind is CellType.DAY:
        day = f"nullif(trim({cell}), '')" if own.kind == "VARCHAR" else f"TRY_CAST({cell} AS DATE)"
        return f"{day} AS {name}"
    if kind is CellType.TEXT:
        return f"coalesce({_as_text(cell, own.kind)}, '') AS {name}"
    return f"{cell} AS {name}" if own.kind == "VARCHAR" else f"{_finite(cell, own.kind)} AS {name}"


def _as_text(cell: str, kind: str) -> str:
    if kind == "VARCHAR":
        return cell
    if kind in _REAL_TYPES:  # pandas converts integers to floats if some are missing
        whole = f"{cell} = floor({cell}) AND abs({cell}) < 9007199254740992"
        written = f"CASE WHEN {whole} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) ELSE CAST({cell} AS VARCHAR) END"
        return f"CASE WHEN NOT isnan({cell}) THEN {written} END"
    return f"CAST({cell} AS VARCHAR)"


def _finite(cell: str, kind: str) -> str:
    """SQL: a number; NULL for NaN, which stands for an unknown value."""
    number = f"CAST({cell} AS DOUBLE)"
    return f"CASE WHEN NOT isnan({cell}) THEN {number} END" if kind in _REAL_TYPES else number


# --- the rules


def _is_id(column: str) -> str:
    r"""SQL for every engine: hence \A and \z, because in Java $ also matches before a final line end."""
    return rf"regexp_matches({column}, '\A({ID_PATTERN.pattern})\z')"


def _among(column: str, members: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(member)) for member in members)})"


_TEXT_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?\z"
_TEXT_MONTH, _TEXT_YEAR = r"\A[0-9]{4}-[0-9]{2}\z", r"\A[0-9]{4}\z"
_TEXT_NUMBER = r"\A\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*\z"


def _first_day(cell: str) -> str:
    """SQL: the first day of a text cell with a day, a month or a year; NULL if it is not a date."""
    return _text_day(cell, f"{cell} || '-01'", f"{cell} || '-01-01'")


def _text_day(cell: str, of_month: str, of_year: str) -> str:
    return (
        f"CASE WHEN regexp_matches({cell}, '{_TEXT_DAY}') THEN TRY_CAST(substr({cell}, 1, 10) AS DATE)"
        f" WHEN regexp_matches({cell}, '{_TEXT_MONTH}') THEN TRY_CAST({of_month} AS DATE)"
        f" WHEN regexp_matches({cell}, '{_TEXT_YEAR}') THEN TRY_CAST({of_year} AS DATE) END"
    )


def _is_text_day(own: FileColumn | None) -> bool:
    return own is None or own.kind in ("VARCHAR", _NOTHING) or not fits(CellType.DAY, own)


def read_day(name: str, own: FileColumn | None) -> str:
    """SQL: the day of a raw cell that must be a single day; NULL if it is not."""
    written = f"CASE WHEN regexp_matches({name}, '{_TEXT_DAY}') THEN TRY_CAST(substr({name}, 1, 10) AS DATE) END"
    return written if _is_text_day(own) else name


def _last_day(cell: str) -> str:
    """SQL: the last day of a text cell with a day, a month or a year."""
    return _text_day(cell, f"last_day(TRY_CAST({cell} || '-01' AS DATE))", f"{cell} || '-12-31'")


def _whole_within(column: str, most: int) -> str:
    return f"{column} BETWEEN 0 AND {most} AND {column} = floor({column})"


_OFFSETS = "char_start < char_end AND char_end - char_start = length(passage)"
_DEATHS = tuple(
    f"({name} IS NULL OR ({_whole_within(name, DEATHS_LIMIT)}))" for name in ("fatalities_low", "fatalities_high")
)
_NO_ORDER = f"(fatalities_low > fatalities_high AND {' AND '.join(_DEATHS)})"
_PRECISION_LOST = f"""NOT ({_among("date_precision", DatePrecision)})
    OR (date_start IS NULL) <> (date_precision = 'unknown') OR (date_precision = 'day' AND date_start < date_end)"""

LOST: dict[str, str] = {
    **{name: f"{name} <> '' AND NOT {_is_id(name)}" for name in _IDS},
    "date_precision": f"date_precision <> '' AND ({_PRECISION_LOST})",
    "date_basis": f"date_basis <> '' AND NOT ({_among('date_basis', DateBasis)})",
    "place_basis": f"place_basis <> '' AND NOT ({_among('place_basis', PlaceBasis)})",
    "fatalities_low": f"lost_fatalities_low OR NOT {_DEATHS[0]} OR coalesce({_NO_ORDER}, false)",
    "fatalities_high": f"lost_fatalities_high OR NOT {_DEATHS[1]} OR coalesce({_NO_ORDER}, false)",
    "char_start": f"""lost_char_start OR lost_char_end OR (char_start IS NULL) <> (char_end IS NULL)
        OR NOT coalesce({_OFFSETS}, true)""",
    "confidence": "lost_confidence OR NOT coalesce(confidence BETWEEN 0 AND 1, true)",
    "radius_km": f"lost_radius_km OR NOT coalesce(radius_km > 0 AND radius_km <= {RADIUS_LIMIT_KM}, true)",
}  # fmt: skip
"""When a filled cell is emptied: column -> SQL condition."""
LOST_WORDS = {
    **dict.fromkeys(_IDS, "must be 1 to 64 letters, digits or . _ : -"),
    "date_precision": f"must be one of {', '.join(DatePrecision)}, and fit the dates",
    "date_basis": f"must be one of {', '.join(DateBasis)}",
    "place_basis": f"must be one of {', '.join(PlaceBasis)}",
    **dict.fromkeys(
        ("fatalities_low", "fatalities_high"), f"must be whole numbers from 0 to {DEATHS_LIMIT:,}, the lower one first"
    ),
    "char_start": "and char_end must be whole numbers that span the passage, to the letter",
    "confidence": "must be from 0 to 1",
    "radius_km": f"must be above 0 and at most {RADIUS_LIMIT_KM:,}",
}

_CODES_DIFFER = (
    " (a number may be a code of ACLED, where 3 is a province, or of UCDP, where it is a district: write the word)"
)
RULES: dict[str, tuple[str, str]] = {
    "event_id": (_is_id("event_id"), "must be 1 to 64 letters, digits or . _ : -"),
    "event_type": (_among("event_type", TYPES), f"must be one of {', '.join(TYPES)}"),
    "geo_precision": (_among("geo_precision", PRECISIONS), f"must be one of {', '.join(PRECISIONS)}{_CODES_DIFFER}"),
    "assertion": (_among("assertion", ASSERTIONS), f"must be one of {', '.join(ASSERTIONS)}"),
    "status": (_among("status", STATUSES), f"must be one of {', '.join(STATUSES)}"),
    "latitude": (
        "NOT lost_latitude AND NOT lost_longitude AND ((latitude IS NULL AND longitude IS NULL) OR"
        " (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180))",
        "must be between -90 and 90 (longitude: -180 and 180), both or none",
    ),
    "date_start": (
        "(date_start IS NULL AND date_end IS NULL AND NOT lost_date) OR (NOT lost_date AND date_start <= date_end"
        f" AND date_start >= DATE '{FIRST_DAY}' AND date_end <= DATE '{LAST_DAY}')",
        f"must be days from {FIRST_DAY} to {LAST_DAY}, written as 2025-10-29 (2025-10 for a month, 2025"
        " for a year), the first before the last; or both empty",
    ),
    **{name: (f"length({name}) <= {limit}", f"may have {limit:,} characters") for name, limit in TEXT_LIMITS.items()},
}  # fmt: skip
"""Conditions for a row to be counted: column -> SQL, and the condition in words."""


def broken_rule(names: Collection[str] = RULES.keys()) -> str:
    """SQL: the column of the first of these rules that a row breaks; NULL if it breaks none."""
    cases = [f"WHEN NOT coalesce({rule}, false) THEN '{name}'" for name, (rule, _) in RULES.items() if name in names]
    return f"CASE {' '.join(cases)} END" if cases else "NULL::VARCHAR"


# --- from raw to typed to cleaned rows


@dataclass(frozen=True, slots=True)
class CellSql:
    """The SQL that reads files with the columns ``own``, by our names."""

    own: Mapping[str, FileColumn]

    def raw(self, rows: str, where_it_stands: str = "0 AS file, 0 AS row") -> str:
        """SQL: our columns of these rows, unconverted, and the position of each row."""
        columns = [read_raw(name, kind, self.own.get(name)) for name, kind in COLUMNS.items()]
        return f"SELECT {', '.join(columns)}, {where_it_stands} FROM {rows}"

    def typed(self, raw: str) -> str:
        """SQL: numbers and days converted to their types, with flags for cells that cannot be converted.

        Words, ids and pairs of cells are unchanged; `LOST` and `RULES` are conditions on this relation.
        """
        apart = {"date_start", "date_end", "date_precision", "assertion", "status", "place_name"}
        columns = [name for name, kind in COLUMNS.items() if kind is CellType.TEXT and name not in apart]
        for name in (name for name, kind in COLUMNS.items() if kind is CellType.NUMBER):
            columns += self._number(name)
        columns += self._dates()
        columns += [f"coalesce(nullif({name}, ''), '{default}') AS {name}" for name, default in _DEFAULTS.items()]
        columns.append("coalesce(nullif(place_name, ''), toponym) AS place_name")
        return f"SELECT {', '.join(columns)}, file, row FROM ({raw}) r"

    def _number(self, name: str) -> list[str]:
        if name in self.own and self.own[name].kind == "VARCHAR":
            read = f"CASE WHEN regexp_matches({name}, '{_TEXT_NUMBER}') THEN TRY_CAST(trim({name}) AS DOUBLE) END"
            lost = f"(coalesce(trim({name}), '') <> '' AND NOT regexp_matches({name}, '{_TEXT_NUMBER}'))"
            return [f"{read} AS {name}", f"{lost} AS lost_{name}"]
        return [name, f"false AS lost_{name}"]

    def _dates(self) -> list[str]:
        """The interval, as `project.reading.event_rows` reads it: a single date is its whole day, month or year."""
        first, own_end, last = "date_start", "date_end", "date_start"
        if self._is_text("date_start"):
            first, last = _first_day("date_start"), _last_day("date_start")
        if self._is_text("date_end"):
            own_end = _last_day("date_end")
        alone = "date_end IS NULL"
        is_month, is_year = (f"({alone} AND date_precision = '{grain}')" for grain in ("month", "year"))
        month, year = f"make_date(year({first}), month({first}), 1)", f"make_date(year({first}), 1, 1)"
        start = f"CASE WHEN {is_month} THEN {month} WHEN {is_year} THEN {year} ELSE {first} END"
        end = (
            f"CASE WHEN {is_month} THEN last_day({first}) WHEN {is_year} THEN make_date(year({first}), 12, 31)"
            f" WHEN {alone} THEN {last} ELSE {own_end} END"
        )
        lost = f"((date_start IS NOT NULL AND {first} IS NULL) OR (date_end IS NOT NULL AND {own_end} IS NULL))"
        return [
            f"CAST({start} AS DATE) AS date_start", f"CAST({end} AS DATE) AS date_end", f"{lost} AS lost_date",
            "date_precision", f"{self._grain()} AS grain",
        ]  # fmt: skip

    def _is_text(self, name: str) -> bool:
        return (
            name not in self.own
            or self.own[name].kind in ("VARCHAR", _NOTHING)
            or not fits(CellType.DAY, self.own[name])
        )

    def _grain(self) -> str:
        """SQL: the precision of dates that state none."""
        if not self._is_text("date_start"):
            return "'day'"
        return "CASE WHEN date_end IS NOT NULL THEN 'days' WHEN length(date_start) = 4 THEN 'year'" + (
            " WHEN length(date_start) = 7 THEN 'month' ELSE 'day' END"
        )


def cleaned(typed: str, columns: Sequence[str], lost: Collection[str] = LOST.keys()) -> str:
    """SQL: some of our columns of a `typed` relation, with invalid cells of ``lost`` columns emptied.

    A row with a point but without a place_id is at a place identified by that point.
    """
    values = [f"{_value(name, lost)} AS {name}" for name in columns]
    return f"SELECT {', '.join(values)}, CAST(file AS BIGINT) AS file, row FROM ({typed}) s"


_EMPTY = {CellType.TEXT: "''", CellType.NUMBER: "NULL", CellType.DAY: "NULL"}


def _value(name: str, lost: Collection[str]) -> str:
    """SQL: the cell of a `typed` relation, emptied if its column is among ``lost`` and it breaks the rule."""
    value, judged = name, "char_start" if name == "char_end" else name
    if judged in lost:
        value = f"CASE WHEN {LOST[judged]} THEN {_EMPTY[COLUMNS[name]]} ELSE {name} END"
    if name == "place_id":
        return f"CASE WHEN latitude IS NOT NULL AND {value} = '' THEN {_POINT_KEY} ELSE {value} END"
    if name == "place_name":
        nameless = "latitude IS NOT NULL AND place_name = ''"
        return f"CASE WHEN {nameless} THEN printf('%.4f, %.4f', latitude, longitude) ELSE place_name END"
    if name == "date_precision":
        follows = "CASE WHEN date_start IS NULL THEN 'unknown' WHEN grain IN ('month', 'year') THEN grain"
        follows += " WHEN date_start = date_end THEN 'day' ELSE 'days' END"
        return f"coalesce(nullif({value}, ''), {follows})"
    return value
