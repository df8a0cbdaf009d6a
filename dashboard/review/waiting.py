"""Which event a reviewer looks at next: those that wait, the least certain first, and how far the work has come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from dashboard.filters import Filters
from dashboard.model import Assertion, DatePrecision, EventType, GeoPrecision, Place, PlaceBasis, Status
from dashboard.project.open_tables import OpenTables
from dashboard.project.reading import number_cells
from dashboard.project.reading.cells import DateSpan, as_wide_as_stated, parse_span
from dashboard.store.search.words import SEARCHED, find_in
from dashboard.tables import Row, precision_read_as

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Queue:
    """The events that pass the filters and can be reviewed."""

    waiting: tuple[str, ...]
    """The ids of the pending ones, in the order in which they come."""
    done: int
    """How many of them a person has decided on."""
    unreadable: int = 0
    """How many rows pass the filters as well, but break a rule: they are no events before somebody mends them."""

    @property
    def total(self) -> int:
        """All of them, decided or not."""
        return self.done + len(self.waiting)

    def in_turn(self, skipped: Sequence[str] = ()) -> Iterator[str]:
        """Those that wait, in the order in which they come up; the skipped ones last, as they were skipped."""
        put_off = dict.fromkeys(skipped)
        yield from (event_id for event_id in self.waiting if event_id not in put_off)
        waiting = set(self.waiting)
        yield from (event_id for event_id in put_off if event_id in waiting)


def queue_of(tables: OpenTables, filters: Filters) -> Queue:
    """The queue of a project as it stands. ``filters.statuses`` does not count: the queue is of the pending ones."""
    waiting: list[tuple[bool, float, int, str]] = []
    done = unreadable = 0
    for number, event_id in enumerate(_admitted(tables, replace(filters, statuses=tuple(Status)))):
        if event_id in tables.unreadable:
            unreadable += 1
            continue
        row = tables.events.rows[event_id]
        if _member(row["status"], Status) in (None, Status.PENDING):
            certainty = number_cells.parse_within(row["confidence"], 0, 1).value if row["confidence"].strip() else None
            # What a person wrote down has no such number, and comes after what the program has found.
            waiting.append((certainty is None, certainty or 0.0, number, event_id))
        else:
            done += 1
    return Queue(tuple(event_id for *_, event_id in sorted(waiting)), done, unreadable)


# --- the filters, over rows


def _admitted(tables: OpenTables, filters: Filters) -> list[str]:
    """The ids of the rows that pass the filters, in the file's order: of the readable ones those that the map counts.

    A row is read here cell by cell, and only those cells that are asked for: a page asks this at every step.
    """
    event_ids = list(tables.events.rows)
    if filters.words.split():
        texts = tuple(_searched_text(tables, event_id, row) for event_id, row in tables.events.rows.items())
        found = find_in(texts, filters.words)
        event_ids = [event_id for number, event_id in enumerate(event_ids) if number in found]
    if replace(filters, words="") == Filters(statuses=tuple(Status)):
        return event_ids
    return [
        event_id for event_id in event_ids
        if filters.admits(_EventCells(tables.events.rows[event_id], tables.places), tables.publisher_of(event_id))
    ]  # fmt: skip


def _searched_text(tables: OpenTables, event_id: str, row: Row) -> str:
    place = tables.places.get(row["place_id"].strip())
    beside = {"place_name": place.name if place else "", "publisher": tables.publisher_of(event_id)}
    return " ".join(filter(None, (beside[name] if name in beside else row[name] for name in SEARCHED)))


class _EventCells:
    """A row of events.csv with its cells read one by one, as `dashboard.project.reading.event_rows` reads them.

    What cannot be read is taken for empty.
    """

    def __init__(self, row: Row, places: Mapping[str, Place]) -> None:
        self._row, self._places = row, places
        self.actor1, self.actor2 = row["actor1"], row["actor2"]
        self.place_id = row["place_id"].strip()

    @property
    def event_type(self) -> EventType:
        return _member(self._row["event_type"], EventType) or EventType.OTHER

    @property
    def assertion(self) -> Assertion:
        return _member(self._row["assertion"], Assertion) or Assertion.REPORTED

    @property
    def status(self) -> Status:
        return _member(self._row["status"], Status) or Status.PENDING

    @property
    def geo_precision(self) -> GeoPrecision:
        stated, basis = _member(self._row["geo_precision"], GeoPrecision), _member(self._row["place_basis"], PlaceBasis)
        return precision_read_as(stated, self._places.get(self.place_id), basis)

    @property
    def date_start(self) -> date | None:
        first = self._date("date_start")
        return first and self._whole(first).start

    @property
    def date_end(self) -> date | None:
        first = self._date("date_start")
        return first and (self._date("date_end") or self._whole(first)).end

    def _whole(self, first: DateSpan) -> DateSpan:
        return as_wide_as_stated(first, self._date("date_end"), _member(self._row["date_precision"], DatePrecision))

    def _date(self, column: str) -> DateSpan | None:
        return parse_span(self._row[column]).value if self._row[column].strip() else None


def _member(text: str, kind: type[E]) -> E | None:
    """The member of an enumeration that a cell names; None for an empty cell, and for one that names none."""
    name = text.strip().casefold()
    return next((member for member in kind if member == name), None)
