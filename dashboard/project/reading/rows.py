"""Rows of text to articles and places, with every check of a row; events are in `dashboard.project.reading.event_rows`.

A reader never raises: it reports `Problem`s and returns None for a row that has to be left out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from dashboard.errors import Problem, Severity, shown
from dashboard.model import Place
from dashboard.project.reading import cells, number_cells
from dashboard.project.reading.cells import Note, Parsed
from dashboard.project.reading.csv_text import DataRow
from dashboard.tables import NAMES_SEPARATOR

T = TypeVar("T")

TITLE_LIMIT = 500
PASSAGE_LIMIT = 20_000
_LIMITS = dict.fromkeys(
    ("title", "name", "publisher", "toponym", "actor1", "actor2", "claimed_by", "language", "problem"), TITLE_LIMIT
)


class RowReader:
    """The cells of one row, and the problems reported about them. ``failed``: the row has to be left out."""

    __slots__ = ("cells", "failed", "file", "problems", "row")

    def __init__(self, file: str, row: DataRow, problems: list[Problem]) -> None:
        self.file, self.row, self.problems = file, row, problems
        self.cells = row.cells
        self.failed = False

    def report(
        self, column: str | None, code: str, message: str, hint: str = "", severity: Severity = Severity.ERROR
    ) -> None:
        """Add a problem of this row; an ERROR leaves the row out."""
        self.failed = self.failed or severity is Severity.ERROR
        self.report_only(column, code, message, hint, severity)

    def report_only(
        self, column: str | None, code: str, message: str, hint: str = "", severity: Severity = Severity.ERROR
    ) -> None:
        """Add a problem that does not leave the row out, whatever its severity."""
        self.problems.append(
            Problem(
                file=self.file, code=code, message=message, hint=hint, severity=severity,
                row=self.row.number, line=self.row.line, column=column,
            )
        )  # fmt: skip

    def value(self, column: str, parse: Callable[..., Parsed[T]], *more: Any, fails: bool = True) -> T | None:
        """The cell's value, of ``parse(text, *more)``; None if it is empty or was refusal.

        ``fails`` is False for a cell that never leaves the row out, whatever it holds.
        """
        text = self.cells.get(column, "")
        if not text or text.isspace():
            return None
        value, notes = parse(text, *more)
        if notes:
            self._report_all(column, notes, fails=fails)
        return value

    def words(self, column: str, *, checked: bool = True, fails: bool = True) -> str:
        """A cell of words, exactly as typed. ``checked`` is False for words that are compared with an article."""
        text = self.cells.get(column, "")
        if text and (checked or len(text) > PASSAGE_LIMIT):
            self._report_all(column, cells.text_notes(text, _LIMITS.get(column, PASSAGE_LIMIT)), fails=fails)
        return text

    def choice(self, column: str, kind: type[StrEnum]) -> Any:
        """One of an enumeration's words, or None for an empty cell."""
        return self.value(column, cells.parse_choice, kind)

    def required(self, column: str, value: T | None) -> T | None:
        """The value; reports a required cell that is empty."""
        if value is None and not self.cells.get(column, "").strip():
            self.report(column, "cell.required", "empty.", "It may not be empty.")
        return value

    def _report_all(self, column: str, notes: tuple[Note, ...], *, fails: bool) -> None:
        add = self.report if fails else self.report_only
        for note in notes:
            add(column, note.code, note.message, note.hint, note.severity)


# --- articles and places


def read_article(reader: RowReader) -> dict[str, Any] | None:
    """The fields of an `Article` except its text, or None."""
    values = {
        "article_id": reader.required("article_id", reader.value("article_id", cells.parse_id)),
        "title": reader.words("title"),
        "publisher": reader.words("publisher"),
        "url": _address(reader),
        "published": reader.value("published", cells.parse_day),
        "language": reader.words("language"),
        "retrieved_at": reader.value("retrieved_at", _parse_moment) or "",
        "sha256": reader.required("sha256", reader.value("sha256", _parse_sha256)),
        "problem": reader.words("problem"),
    }
    return None if reader.failed else values


def _address(reader: RowReader) -> str:
    """The article's address; an invalid one is an error, but is read as empty and does not leave the article out."""
    return reader.value("url", cells.parse_url, fails=False) or ""


def article_problems(row: Mapping[str, str]) -> list[Problem]:
    """The errors that reading would report in a row of articles.csv that is about to be written."""
    problems: list[Problem] = []
    read_article(RowReader("articles.csv", DataRow(1, 2, dict(row)), problems))
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def _parse_sha256(text: str) -> Parsed[str]:
    value = text.strip().lower()
    if len(value) == 64 and all(c in "0123456789abcdef" for c in value):
        return Parsed(value)
    return Parsed(None, (Note("hash.format", f"{shown(text)} is not 64 hexadecimal digits.", "Run: sha256sum FILE"),))


def _parse_moment(text: str) -> Parsed[str]:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        message = f"{shown(text)} is no ISO time such as 2025-10-29T10:15:00Z."
        return Parsed(text, (Note("date.format", message, "", Severity.WARNING),))
    return Parsed(text)


def read_place(reader: RowReader) -> Place | None:
    """The place of a row, or None."""
    latitude = reader.required("latitude", _degrees(reader, "latitude", number_cells.parse_latitude))
    longitude = reader.required("longitude", _degrees(reader, "longitude", number_cells.parse_longitude))
    if latitude == 0 or longitude == 0:
        both = "0, 0 lies in the Gulf of Guinea" if latitude == longitude else "exactly 0"
        column = "latitude" if latitude == 0 else "longitude"
        reader.report(column, "coordinate.zero", f"{both}; a missing value?", "", Severity.WARNING)
    radius = reader.value("radius_km", number_cells.parse_within, 0, number_cells.RADIUS_LIMIT_KM)
    if radius == 0:
        reader.report("radius_km", "number.range", "must be above 0.", "Leave it empty if it is not known.")
    names = reader.words("alternate_names").split(NAMES_SEPARATOR)
    values: dict[str, Any] = {
        "place_id": reader.required("place_id", reader.value("place_id", cells.parse_id)),
        "name": reader.required("name", reader.words("name").strip() or None),
        "feature_code": reader.words("feature_code").strip(),
        "country_code": reader.value("country_code", _parse_country) or "",
        "admin1_name": reader.words("admin1_name"),
        "source": reader.words("source"),
        "note": reader.words("note"),
        "alternate_names": tuple(name.strip() for name in names if name.strip()),
    }
    if reader.failed or latitude is None or longitude is None:
        return None
    return Place(latitude=latitude, longitude=longitude, radius_km=radius, **values)


def _degrees(reader: RowReader, column: str, parse: Callable[[str], Parsed[float]]) -> float | None:
    """A coordinate; if it is out of range and the two seem to be swapped, the hint says so."""

    def parse_with_hint(text: str) -> Parsed[float]:
        value, notes = parse(text)
        if not any(note.code == "coordinate.range" for note in notes):
            return Parsed(value, notes)
        swapped = number_cells.swapped_hint(reader.cells.get("latitude", ""), reader.cells.get("longitude", ""))
        hinted = (n._replace(hint=swapped) if swapped and n.code == "coordinate.range" else n for n in notes)
        return Parsed(value, tuple(hinted))

    return reader.value(column, parse_with_hint)


def _parse_country(text: str) -> Parsed[str]:
    value = text.strip()
    if len(value) == 2 and value.isascii() and value.isalpha():
        if value.isupper():
            return Parsed(value)
        note = Note("enum.normalised", f"{shown(value)} was read as '{value.upper()}'.", "", Severity.FIXED)
        return Parsed(value.upper(), (note,))
    message = f"{shown(text)} is no country code of two letters (ISO 3166-1 alpha-2); it is read as empty."
    return Parsed(None, (Note("enum.unknown", message, "Pakistan is PK.", Severity.WARNING),))
