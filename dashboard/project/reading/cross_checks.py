"""Checks between rows: ids that stand twice, events told twice, deaths that contradict each other."""

from collections.abc import Iterable
from typing import Any, TypeVar

from dashboard.errors import Severity
from dashboard.model import Event
from dashboard.project.reading.rows import RowReader
from dashboard.tables import STATED_COLUMNS

T = TypeVar("T")
Read = tuple[RowReader, T]
"""An object and the reader of the row it came from."""


def unique(read: Iterable[Read[T]], column: str) -> list[Read[T]]:
    """Leave out every later row whose id stands in an earlier one; warn where two ids differ only in case."""
    first: dict[str, int] = {}
    folded: dict[str, str] = {}
    kept: list[Read[T]] = []
    for reader, item in read:
        value: str = getattr(item, column)
        if value in first:
            _tell_duplicate(reader, column, value, first[value])
            continue
        twin = folded.setdefault(value.casefold(), value)
        if twin != value:
            message = f"'{value}' differs from '{twin}' (row {first[twin]}) only in letter case."
            reader.tell(column, "id.near_duplicate", message, "Are they the same?", Severity.WARNING)
        first[value] = reader.row.number
        kept.append((reader, item))
    return kept


def _tell_duplicate(reader: RowReader, column: str, value: str, row: int) -> None:
    if reader.cells.get(column, "").strip():
        reader.tell(column, "id.duplicate", f"'{value}' is already in row {row}; this row is left out.")
    else:
        reader.tell(None, "event.duplicate", f"says the same as row {row}, word for word; it is left out.",
                    "If both are meant, give each its own title or event_id.")  # fmt: skip


def warn_of_twins(read: Iterable[Read[Event]]) -> None:
    """Warn of rows that tell the same thing twice, and of incidents whose rows disagree on the deaths."""
    rows: dict[Any, int] = {}
    deaths: dict[Any, tuple[Any, int]] = {}
    for reader, event in read:
        if event.title and event.date_start:
            row = rows.setdefault((*_told(event), *_stated(reader)), reader.row.number)
            if row != reader.row.number:
                message = f"same date, place, title and source as row {row}; a duplicate?"
                reader.tell(None, "event.possible_duplicate", message, "", Severity.WARNING)
        if event.incident_id and (event.fatalities_low, event.fatalities_high) != (None, None):
            _compare_deaths(reader, event, deaths)


def _told(event: Event) -> Any:
    """What two rows share that tell the same event from the same source."""
    where = event.place_id or event.toponym
    return event.date_start, event.date_end, where, event.title, event.event_type, event.article_id, event.passage


def _stated(reader: RowReader) -> tuple[str, ...]:
    """What the row itself says about its place beside the name."""
    return tuple(reader.cells.get(column, "").strip() for column in STATED_COLUMNS)


def _compare_deaths(reader: RowReader, event: Event, deaths: dict[Any, tuple[Any, int]]) -> None:
    told = (event.fatalities_low, event.fatalities_high)
    key = (event.incident_id, event.article_id, event.claimed_by)
    before, row = deaths.setdefault(key, (told, reader.row.number))
    if before != told:
        source = ", from the same source" if event.article_id or event.claimed_by else ""
        message = f"incident {event.incident_id} has other deaths in row {row}{source}."
        hint = "Deaths belong to the incident: repeat the same numbers in its rows."
        reader.tell("fatalities_low", "incident.deaths", message, hint, Severity.WARNING)
