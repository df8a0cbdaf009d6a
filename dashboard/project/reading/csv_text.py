"""From the bytes of a CSV file to rows of text: encoding, line ends, separators, quotes and header.

Nothing is converted here: a cell stays the text that was typed. Every error becomes a `Problem`; a bad row is left out
and the others are read. Only a file that is not CSV at all gives no rows.
"""

import codecs
import csv
import io
import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TypedDict, Unpack

from dashboard.errors import Problem, Problems, Severity, shown
from dashboard.project.reading.csv_records import line_end, quoted_cell
from dashboard.project.reading.file_kinds import FILE_LIMIT_BYTES, kind_problem, read_bytes

COLUMNS_LIMIT = 200
QUOTE_ERRORS_LIMIT = 100
"""Stop reading a file after this number of rows with unbalanced quotes."""
BYTE_ORDER_MARK = "\ufeff"
SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_NAMES = {";": "';'", "\t": "tabs", "|": "'|'"}

SHORT_NAMES = {"lat": "latitude", "lon": "longitude", "lng": "longitude", "long": "longitude"}
"""Short names that can only mean one column, and are read as it."""
OTHER_NAMES = {
    "id": "event_id", "country_name": "country", "iso2": "country", "iso3": "country", "country_iso": "country",
    "date": "date_start", "event_date": "date_start", "start_date": "date_start", "end_date": "date_end",
    "text": "passage", "excerpt": "passage", "quote": "passage", "sentence": "passage", "type": "event_type",
    "place": "toponym", "location": "toponym", "place_name": "toponym", "headline": "title",
    "source_url": "url", "link": "url", "hash": "sha256", "fatalities": "fatalities_low", "deaths": "fatalities_low",
}  # fmt: skip
"""Names of our columns elsewhere; used for hints only, never to guess."""

GDELT_WIDTHS = (57, 58, 61)
"""Columns of GDELT's event files: version 1 without and with links, version 2."""
FOREIGN_HEADERS = {
    "event_id_cnty": "an ACLED export",
    "where_prec": "a UCDP GED export",
    "globaleventid": "a GDELT export",
}


@dataclass(frozen=True, slots=True)
class DataRow:
    """One data row: ``number`` counts data rows from 1, ``line`` is the line of the file on which it begins."""

    number: int
    line: int
    cells: dict[str, str]
    record: int = -1
    """Index of its text in `CsvText.records`."""


class ProblemPlace(TypedDict, total=False):
    """The location of a problem in its file."""

    row: int
    line: int
    column: str


@dataclass(slots=True)
class CsvText:
    """A CSV file as text. ``columns`` are the keys of the cells, ``header`` the names as they are written back."""

    file: str
    columns: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: list[DataRow] = field(default_factory=list)
    problems: Problems = field(default_factory=Problems)
    wrong_width: tuple["array[int]", "array[int]"] = field(default_factory=lambda: (array("q"), array("q")))
    """Rows with too few or too many cells: their indexes among all rows (from 0), and their records. Plain numbers,
    because a damaged file has millions of them."""
    left_out: int = 0
    """Number of rows that could not be read or have the wrong width."""
    is_whole: bool = True
    """False if a part of the file cannot be written back unchanged."""
    separator: str = ","
    head: str = ""
    """The text before the first record: byte order mark, anything above the header, and the header."""
    records: list[str] = field(default_factory=list)
    """The text of every record as typed, including line ends. The head followed by the records is the whole file."""

    def rows_of_wrong_width(self) -> Iterator[tuple[int, int]]:
        """The rows with too few or too many cells, in the file's order: index among all rows (from 0), and record."""
        return zip(*self.wrong_width, strict=True)

    def cells_of(self, record: int) -> list[str]:
        """The cells of a record as typed, however many there are."""
        return next(csv.reader(io.StringIO(self.records[record], newline=""), delimiter=self.separator))

    def report(
        self,
        code: str,
        message: str,
        hint: str = "",
        severity: Severity = Severity.ERROR,
        **where: Unpack[ProblemPlace],
    ) -> None:
        """Add a problem of this file."""
        if "column" in where:
            where["column"] = shown(where["column"])[1:-1]  # an unknown header may hold anything
        self.problems.append(Problem(file=self.file, code=code, message=message, hint=hint, severity=severity, **where))


def read_csv(path: Path, folder: Path, known: Collection[str]) -> CsvText:
    """Read a file of the project; ``known`` are the column names it may have. Never raises for its content."""
    result = CsvText(path.relative_to(folder).as_posix())
    data, problem = read_bytes(path, folder, FILE_LIMIT_BYTES)
    problem = problem or kind_problem(result.file, data)
    if problem:
        result.problems.append(problem)
        result.is_whole = False
        return result
    return parse_csv(data, result.file, known)


def parse_csv(data: bytes, file: str, known: Collection[str]) -> CsvText:
    """Read the bytes of a CSV file; ``known`` are the column names it may have."""
    result = CsvText(file)
    text = _decoded_text(data, result)
    lines = list(io.StringIO(text, newline=""))  # splits at LF, CRLF and CR alone, as the csv module does
    first = _header_line(lines)
    result.head = BYTE_ORDER_MARK * _byte_order_marks(data) + "".join(lines if first is None else lines[: first + 1])
    if first is None:
        result.report("file.empty", "has no header: the file holds nothing or only blank lines.")
        return result
    result.separator = _separator(lines[first], first + 1, known, result)
    if not _read_header(lines[first], first + 1, result.separator, known, result):
        result.is_whole = False
        return result
    _read_rows(lines, first + 1, result)
    return result


def _header_line(lines: list[str]) -> int | None:
    """The index of the first line that is neither blank nor a spreadsheet's ``sep=;``."""
    separator_line = re.compile(r"\s*\"?sep=.\"?\s*", re.IGNORECASE)
    return next((i for i, line in enumerate(lines) if line.strip() and not separator_line.fullmatch(line)), None)


def _decoded_text(data: bytes, result: CsvText) -> str:
    """The text; invalid UTF-8 becomes lone surrogates, which later identify the rows to leave out."""
    if marks := _byte_order_marks(data):
        message = "begins with a byte order mark; it was skipped."
        result.report("file.bom", message, severity=Severity.FIXED, line=1)
        data = data[marks * len(codecs.BOM_UTF8) :]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        result.is_whole = False
        return data.decode("utf-8", "surrogateescape")


def _byte_order_marks(data: bytes) -> int:
    """Number of byte order marks at the start; programs that add one do not check for another."""
    marks = 0
    while data.startswith(codecs.BOM_UTF8, marks * len(codecs.BOM_UTF8)):
        marks += 1
    return marks


def _separator(header: str, number: int, known: Collection[str], result: CsvText) -> str:
    """The separator of the columns: the one that yields most known names in the header."""

    def hits(separator: str) -> int:
        return sum(_normalised_name(cell) in known for cell in _fields(header, separator))

    separator = max(SEPARATORS, key=hits)
    if separator != ",":
        message = f"the columns are separated by {SEPARATOR_NAMES[separator]}, and were read so."
        hint = "Commas are expected: save it as 'CSV UTF-8 (comma delimited)'."
        result.report("dialect.separator", message, hint, Severity.ERROR, line=number)
    return separator


def _fields(line: str, separator: str) -> list[str]:
    csv.field_size_limit(FILE_LIMIT_BYTES)  # our own limits are checked per cell, with the column's name
    return next(csv.reader([line], delimiter=separator), [])


def header_names(text: CsvText) -> list[str]:
    """The names of the columns as typed."""
    lines = list(io.StringIO(text.head.removeprefix(BYTE_ORDER_MARK), newline=""))
    return _fields(lines[-1], text.separator) if lines else []


def _normalised_name(name: str) -> str:
    normal = re.sub(r"[\s-]+", "_", name.strip().casefold())
    return SHORT_NAMES.get(normal, normal)


def _read_header(line: str, number: int, separator: str, known: Collection[str], result: CsvText) -> bool:
    """Read the column names; False if this is not a header of ours and the rows cannot be read."""
    names = _fields(line, separator)
    if not any(_normalised_name(name) in known for name in names):
        _report_foreign(names, number, known, result)
        return False
    if len(names) > COLUMNS_LIMIT:
        result.report("header.too_wide", f"{len(names)} columns; the limit is {COLUMNS_LIMIT}.", line=number)
        return False
    keys: list[str] = []
    for name in names:
        keys.append(_column_key(name, keys, known, number, result))
    result.columns = tuple(keys)
    result.header = tuple(key if key in known else name for key, name in zip(keys, names, strict=True))
    return True


def _column_key(name: str, before: Sequence[str], known: Collection[str], line: int, result: CsvText) -> str:
    """The key of one column's cells; reports what is odd about its name."""
    normal, position = _normalised_name(name), len(before) + 1
    if not name.strip():
        message = f"column {position} has no name; it is kept but not read."
        result.report("header.empty", message, severity=Severity.WARNING, line=line)
    elif normal in before:
        message = f"is there twice (columns {before.index(normal) + 1} and {position}); the first one is read."
        result.report("header.duplicate", message, "Delete or rename one.", line=line, column=normal)
    elif normal in known:
        if name != normal:
            message = f"{shown(name)} was read as '{normal}'."
            result.report("header.normalised", message, severity=Severity.FIXED, line=line, column=normal)
        return normal
    else:
        close = [OTHER_NAMES[normal]] if OTHER_NAMES.get(normal) in known else get_close_matches(normal, known, 1)
        hint = f"Did you mean {close[0]}?" if close else ""
        message = "is no column of this table; it is kept but not read."
        result.report("header.unknown", message, hint, Severity.WARNING, line=line, column=name)
        if name not in before:
            return name
    return f"{name} (column {position})"


def _report_foreign(names: list[str], number: int, known: Collection[str], result: CsvText) -> None:
    """Report what a header without any of our columns seems to be."""
    kind = next(
        (FOREIGN_HEADERS[_normalised_name(name)] for name in names if _normalised_name(name) in FOREIGN_HEADERS), None
    )
    cells = names[0].split("\t") if len(names) == 1 else names
    if len(cells) in GDELT_WIDTHS and cells[0].isdigit():
        kind = f"a GDELT export (no header, tabs, {len(cells)} columns)"
    some = ", ".join(shown(name) for name in names[:3]) + (", …" if len(names) > 3 else "")
    expected = ",".join(list(known)[:3])
    if kind:
        message, hint = f"this looks like {kind}, not one of this program's tables.", "Import it instead."
        result.report("header.known_format", message, hint, line=number)
    elif any(re.search(r"\d", name) or len(name) > 40 for name in names):
        message = f"looks like data, not column names (found {some})."
        result.report("header.missing", message, f"Add the header line: {expected},…", line=number)
    else:
        message = f"none of this table's columns is there (found {some})."
        result.report("header.missing_column", message, f"Expected names such as {expected}.", line=number)


def _records(lines: list[str], start: int, separator: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """Yield first line, last line (indexes from 0) and fields; fields are None if the quotes are unbalanced.

    After such a row reading resumes on the next line, so that one open quote does not swallow the file.
    """
    while start < len(lines):
        reader = csv.reader((lines[i] for i in range(start, len(lines))), delimiter=separator, strict=True)
        begin = start
        try:
            for fields in reader:
                end = start + reader.line_num - 1
                yield begin, end, fields
                begin = end + 1
            return
        except csv.Error:
            yield begin, begin, None
            start = begin + 1


def _read_rows(lines: list[str], start: int, result: CsvText) -> None:
    number, quote_errors, ends = 0, 0, Counter[str]()
    width = len(result.columns)
    for begin, end, fields in _records(lines, start, result.separator):
        record = lines[begin] if begin == end else "".join(lines[begin : end + 1])
        result.records.append(record)
        ends[line_end(record)] += 1
        if fields == []:
            continue
        number += 1
        if fields is None:
            quote_errors += 1
            _report_quotes(number, begin + 1, result)
            if quote_errors == QUOTE_ERRORS_LIMIT:
                result.report("row.quotes", "too many such rows; the rest of the file is not read.", line=begin + 1)
                return
        elif len(fields) != width:
            _leave_out_wrong_width(fields, number, begin, end, result)
        elif result.is_whole or _is_text(fields, number, lines[begin : end + 1], begin, result):
            if '"' in "".join(fields):
                _report_stray_quotes(fields, record, number, begin + 1, result)
            cells = dict(zip(result.columns, fields, strict=True))
            result.rows.append(DataRow(number, begin + 1, cells, len(result.records) - 1))
    if ends["\r\n"] and ends["\n"]:
        message = "line ends are mixed (CRLF and LF); every row keeps its own."
        result.report("file.newlines", message, severity=Severity.WARNING)


def _report_quotes(number: int, line: int, result: CsvText) -> None:
    result.left_out += 1
    result.is_whole = False
    result.report(
        "row.quotes", "the quotes do not match; the row is left out.", row=number, line=line,
        hint='A cell that begins with " must end with ", and a " inside it is written "".',
    )  # fmt: skip


def _leave_out_wrong_width(fields: list[str], number: int, begin: int, end: int, result: CsvText) -> None:
    """Leave out a row of the wrong width, but note its position for writing it back."""
    places, records = result.wrong_width
    places.append(number - 1)
    records.append(len(result.records) - 1)
    result.left_out += 1
    if result.problems.counted_only(result.file, "row.width"):
        return
    width = len(result.columns)
    if fields[0].startswith("#"):
        message, hint = "starts with '#'.", "Comments are not part of CSV: delete the line."
    elif len(fields) < width:
        message = (
            f"{len(fields)} cells, expected {width}: from {shown(result.columns[len(fields)])} on they are missing."
        )
        hint = f"The row runs to line {end + 1}: is a quote missing?" if end > begin else ""
    else:
        message = f"{len(fields)} cells, expected {width}."
        hint = 'A cell that holds a comma must stand in quotes: "Kabul, Afghanistan".'
    result.report("row.width", message, hint=hint, row=number, line=begin + 1)


def _is_text(fields: list[str], number: int, lines: list[str], begin: int, result: CsvText) -> bool:
    """False, with a problem reported, if a cell holds bytes that are not UTF-8."""
    for column, cell in zip(result.columns, fields, strict=True):
        bad = re.search("[\udc80-\udcff]+", cell)
        if not bad:
            continue
        offset, line = next((i, text) for i, text in enumerate(lines) if bad[0] in text)
        byte = len(line[: line.index(bad[0])].encode("utf-8", "surrogateescape")) + 1
        result.left_out += 1
        result.report(
            "file.encoding",
            f"line {begin + offset + 1}, byte {byte}: 0x{ord(bad[0][0]) - 0xDC00:02X} is not UTF-8.",
            hint=_encoding_guess(cell), row=number, line=begin + 1, column=column,
        )  # fmt: skip
        return False
    return True


def _encoding_guess(cell: str) -> str:
    """A hint that shows the cell in the encoding a spreadsheet probably used."""
    raw = cell.encode("utf-8", "surrogateescape")
    if re.search(rb"\xed[\xa0-\xbf]", raw):
        return "It is half of a surrogate pair."
    letters = sum(byte >= 0xC0 for byte in raw)
    encoding = "windows-1251" if letters > 2 and letters * 2 > len(raw) else "windows-1252"
    try:
        guess = raw.decode(encoding)
    except UnicodeDecodeError:
        return "Save the file as UTF-8."
    return f"The text looks like {encoding} ({shown(guess)}): save the file as UTF-8."


def _report_stray_quotes(fields: list[str], record: str, number: int, line: int, result: CsvText) -> None:
    for column, cell in zip(result.columns, fields, strict=True):
        if '"' in cell and quoted_cell(cell) not in record:
            message = "quotes inside a cell that is not quoted; they are read as they stand."
            result.report(
                "dialect.stray_quote", message, row=number, line=line, column=column, severity=Severity.WARNING
            )
