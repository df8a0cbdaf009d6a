"""Checks across rows: duplicate ids, events listed twice, contradicting numbers of deaths."""

from collections.abc import Iterable
from typing import Any, TypeVar

from dashboard.errors import Severity
from dashboard.model import Event
from dashboard.project.reading.rows import RowReader
from dashboard.tables import STATED_COLUMNS

T = TypeVar("T")
ReadRow = tuple[RowReader, T]
"""An object and the reader of the row it came from."""


def without_duplicate_ids(read: Iterable[ReadRow[T]], column: str) -> list[ReadRow[T]]:
    """Leave out rows that repeat the id of an earlier one; warn of ids that differ only in letter case."""
    first: dict[str, int] = {}
    folded: dict[str, str] = {}
    kept: list[ReadRow[T]] = []
    for reader, item in read:
        value: str = getattr(item, column)
        if value in first:
            _report_duplicate(reader, column, value, first[value])
            continue
        twin = folded.setdefault(value.casefold(), value)
        if twin != value:
            message = f"'{value}' differs from '{twin}' (row {first[twin]}) only in letter case."
            reader.report(column, "id.near_duplicate", message, "Are they the same?", Severity.WARNING)
        first[value] = reader.row.number
        kept.append((reader, item))
    return kept


def _report_duplicate(reader: RowReader, column: str, value: str, row: int) -> None:
    if reader.cells.get(column, "").strip():
        reader.report(column, "id.duplicate", f"'{value}' is already in row {row}; this row is left out.")
    else:
        reader.report(None, "event.duplicate", f"says the same as row {row}, word for word; it is left out.",
                    "If both are meant, give each its own title or event_id.")  # fmt: skip


def warn_of_twins(read: Iterable[ReadRow[Event]]) -> None:
    """Warn of rows that describe the same event, and of incidents whose rows disagree on the deaths."""
    rows: dict[Any, int] = {}
    deaths: dict[Any, tuple[Any, int]] = {}
    for reader, event in read:
        if event.title and event.date_start:
            row = rows.setdefault((*_content_key(event), *_stated_place(reader)), reader.row.number)
            if row != reader.row.number:
                message = f"same date, place, title and source as row {row}; a duplicate?"
                reader.report(None, "event.possible_duplicate", message, "", Severity.WARNING)
        if event.incident_id and (event.fatalities_low, event.fatalities_high) != (None, None):
            _compare_deaths(reader, event, deaths)


def _content_key(event: Event) -> Any:
    """What two rows have in common if they describe the same event from the same source."""
    where = event.place_id or event.toponym
    return event.date_start, event.date_end, where, event.title, event.event_type, event.article_id, event.passage


def _stated_place(reader: RowReader) -> tuple[str, ...]:
    """The row's own statements about its place, other than the name."""
    return tuple(reader.cells.get(column, "").strip() for column in STATED_COLUMNS)


def _compare_deaths(reader: RowReader, event: Event, deaths: dict[Any, tuple[Any, int]]) -> None:
    count_range = (event.fatalities_low, event.fatalities_high)
    key = (event.incident_id, event.article_id, event.claimed_by)
    before, row = deaths.setdefault(key, (count_range, reader.row.number))
    if before != count_range:
        source = ", from the same source" if event.article_id or event.claimed_by else ""
        message = f"incident {event.incident_id} has other deaths in row {row}{source}."
        hint = "Deaths belong to the incident: repeat the same numbers in its rows."
        reader.report("fatalities_low", "incident.deaths", message, hint, Severity.WARNING)
