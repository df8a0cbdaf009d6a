"""The review queue: which events wait for a person, the least certain first, and how many are done."""

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
from dashboard.tables import EventRow, precision_read_as

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Queue:
    """The events that pass the filters and can be reviewed."""

    waiting: tuple[str, ...]
    """The ids of the pending events, in the order in which they come up."""
    done: int
    """Number of events that a person has decided on."""
    unreadable: int = 0
    """Number of rows that pass the filters but break a rule: they cannot be reviewed until they are repaired."""

    @property
    def total(self) -> int:
        """Number of events, decided or not."""
        return self.done + len(self.waiting)

    def in_turn(self, skipped: Sequence[str] = ()) -> Iterator[str]:
        """The waiting events in the order in which they come up; the skipped ones last, in the order of skipping."""
        postponed = dict.fromkeys(skipped)
        yield from (event_id for event_id in self.waiting if event_id not in postponed)
        waiting = set(self.waiting)
        yield from (event_id for event_id in postponed if event_id in waiting)


def queue_of(tables: OpenTables, filters: Filters) -> Queue:
    """The review queue of a project. ``filters.statuses`` is ignored: pending events wait, all others are done."""
    waiting: list[tuple[bool, float, int, str]] = []
    done = unreadable = 0
    for number, event_id in enumerate(_admitted(tables, replace(filters, statuses=tuple(Status)))):
        if event_id in tables.unreadable:
            unreadable += 1
            continue
        row = EventRow(tables.events.rows[event_id])
        if row.is_pending:
            written = row.cell("confidence")
            confidence = number_cells.parse_within(written, 0, 1).value if written else None
            # Rows that a person wrote have no confidence, and come after those that the program found.
            waiting.append((confidence is None, confidence or 0.0, number, event_id))
        else:
            done += 1
    return Queue(tuple(event_id for *_, event_id in sorted(waiting)), done, unreadable)


# --- the filters, over rows


def _admitted(tables: OpenTables, filters: Filters) -> list[str]:
    """The ids of the rows that pass the filters, in the file's order; readable rows pass as they do on the map.

    Only the cells that the filters ask for are read, because a page asks for this in every run.
    """
    event_ids = list(tables.events.rows)
    if filters.words.split():
        texts = tuple(_searched_text(tables, event_id) for event_id in tables.events.rows)
        found = find_in(texts, filters.words)
        event_ids = [event_id for number, event_id in enumerate(event_ids) if number in found]
    if replace(filters, words="") == Filters(statuses=tuple(Status)):
        return event_ids
    return [
        event_id for event_id in event_ids
        if filters.admits(
            _LazyEvent(EventRow(tables.events.rows[event_id]), tables.places), tables.publisher_of(event_id)
        )
    ]  # fmt: skip


def _searched_text(tables: OpenTables, event_id: str) -> str:
    row = tables.events.rows[event_id]
    place = tables.places.get(EventRow(row).place_id)
    beside = {"place_name": place.name if place else "", "publisher": tables.publisher_of(event_id)}
    return " ".join(filter(None, (beside[name] if name in beside else row[name] for name in SEARCHED)))


class _LazyEvent:
    """A row of events.csv as an event whose cells are read on demand, as `project.reading.event_rows` reads them.

    Cells that cannot be read count as empty.
    """

    def __init__(self, row: EventRow, places: Mapping[str, Place]) -> None:
        self._row, self._places = row, places
        self.actor1, self.actor2 = row.cells["actor1"], row.cells["actor2"]
        self.place_id = row.place_id

    @property
    def event_type(self) -> EventType:
        return self._member("event_type", EventType) or EventType.OTHER

    @property
    def assertion(self) -> Assertion:
        return self._member("assertion", Assertion) or Assertion.REPORTED

    @property
    def status(self) -> Status:
        return self._member("status", Status) or Status.PENDING

    @property
    def geo_precision(self) -> GeoPrecision:
        stated, basis = self._member("geo_precision", GeoPrecision), self._member("place_basis", PlaceBasis)
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
        return as_wide_as_stated(first, self._date("date_end"), self._member("date_precision", DatePrecision))

    def _date(self, column: str) -> DateSpan | None:
        text = self._row.cell(column)
        return parse_span(text).value if text else None

    def _member(self, column: str, kind: type[E]) -> E | None:
        """The member of an enumeration that a cell names; None for an empty cell, and for one that names none."""
        name = self._row.cell(column).casefold()
        return next((member for member in kind if member == name), None)
