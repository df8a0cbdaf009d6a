"""Which event a reviewer looks at next: those that wait, the least certain first, and how far the work has come."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from dashboard.filters import Filters
from dashboard.model import Assertion, EventType, GeoPrecision, Status
from dashboard.project.open_tables import Desk
from dashboard.project.reading import cells, number_cells
from dashboard.tables import Row, precision_of

_SEARCHED = ("title", "passage", "toponym", "actor1", "actor2", "claimed_by")


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


def queue_of(desk: Desk, filters: Filters) -> Queue:
    """The queue of a project as it stands. ``filters.statuses`` does not count: the queue is of the pending ones."""
    waiting: list[tuple[bool, float, int, str]] = []
    done, unreadable, is_narrowed = 0, 0, replace(filters, statuses=()) != Filters()
    for number, (event_id, row) in enumerate(desk.events.rows.items()):
        if is_narrowed and not _passes(row, filters, desk):
            continue
        if event_id in desk.unreadable:
            unreadable += 1
            continue
        status = row["status"].strip().casefold() or Status.PENDING
        if status == Status.PENDING:
            certainty = number_cells.parse_within(row["confidence"], 0, 1).value if row["confidence"].strip() else None
            # What a person wrote down has no such number, and comes after what the program has found.
            waiting.append((certainty is None, certainty or 0.0, number, event_id))
        else:
            done += 1
    return Queue(tuple(event_id for *_, event_id in sorted(waiting)), done, unreadable)


def _passes(row: Row, filters: Filters, desk: Desk) -> bool:
    """As the map's filters; see `dashboard.store.queries.conditions`."""
    place_id = row["place_id"].strip()
    return (
        _is_one_of(row["event_type"].strip().casefold() or EventType.OTHER, filters.types)
        and _is_one_of(row["assertion"].strip().casefold() or Assertion.REPORTED, filters.assertions)
        and _is_one_of(place_id, filters.place_ids)
        and (not filters.actors or row["actor1"] in filters.actors or row["actor2"] in filters.actors)
        and _is_one_of(desk.publishers.get(row["article_id"].strip(), ""), filters.publishers)
        and (not filters.precisions or _precision(row, place_id, desk) in filters.precisions)
        and _is_in_period(row, filters)
        and _has_words(row, filters, desk)
    )


def _is_one_of(value: str, wanted: Collection[str]) -> bool:
    return not wanted or value in wanted


def _precision(row: Row, place_id: str, desk: Desk) -> str:
    place = desk.places.get(place_id)
    if place is None:
        return GeoPrecision.UNLOCATED
    return row["geo_precision"].strip().casefold() or precision_of(place.feature_code, place.radius_km)


def _is_in_period(row: Row, filters: Filters) -> bool:
    """Whether the event's days touch the period; undated events are in every one."""
    if filters.date_from is None and filters.date_to is None:
        return True
    first, last = (
        cells.parse_span(row[name]).value if row[name].strip() else None for name in ("date_start", "date_end")
    )
    if first is None:
        return True
    is_late = filters.date_from is not None and (last or first).end < filters.date_from
    return not is_late and (filters.date_to is None or first.start <= filters.date_to)


def _has_words(row: Row, filters: Filters, desk: Desk) -> bool:
    words = filters.words.casefold().split()
    if not words:
        return True
    place = desk.places.get(row["place_id"].strip())
    told = [row[name] for name in _SEARCHED] + [desk.publishers.get(row["article_id"].strip(), "")]
    text = " ".join([*told, place.name if place else ""]).casefold()
    return all(word in text for word in words)
