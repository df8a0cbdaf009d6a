"""Which events a reader wants to see. Frozen and hashable, and readable as words in a URL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol, Self, TypeVar

from dashboard.errors import DataError, shown
from dashboard.model import FIRST_DAY, ID_PATTERN, LAST_DAY, Assertion, EventType, GeoPrecision, Status

E = TypeVar("E", bound=StrEnum)

WORDS_LIMIT = 200
"""Maximum length of a text taken from a URL, in characters."""
NAMES_LIMIT = 50
"""Maximum number of names taken from one parameter of a URL."""


class Filterable(Protocol):
    """The part of an `Event`, or of a row that can be read as one, that the filters use."""

    @property
    def event_type(self) -> EventType:
        """As of an `Event`, like the others."""

    @property
    def date_start(self) -> date | None:
        """The first day; None if unknown."""

    @property
    def date_end(self) -> date | None:
        """The last day; None if unknown."""

    @property
    def place_id(self) -> str:
        """Empty without a place."""

    @property
    def geo_precision(self) -> GeoPrecision:
        """`unlocated` if the place is unknown."""

    @property
    def actor1(self) -> str:
        """As typed."""

    @property
    def actor2(self) -> str:
        """As typed."""

    @property
    def assertion(self) -> Assertion:
        """How the source presents it."""

    @property
    def status(self) -> Status:
        """The decision of a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A reader's choice. An empty tuple means all; None means no bound.

    An event is in the period when its interval overlaps it: ``date_start <= date_to`` and
    ``date_end >= date_from``. Events without a date are in every period, and are listed in the tray.
    """

    date_from: date | None = None
    date_to: date | None = None
    types: tuple[EventType, ...] = ()
    place_ids: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    precisions: tuple[GeoPrecision, ...] = ()
    statuses: tuple[Status, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    words: str = ""

    def __post_init__(self) -> None:
        if self.date_from and self.date_to and self.date_to < self.date_from:
            raise DataError(f"The period ends on {self.date_to}, before it begins on {self.date_from}. Swap the two.")

    def with_period(self, date_from: date | None, date_to: date | None) -> Self:
        """The same choice in another period."""
        return replace(self, date_from=date_from, date_to=date_to)

    def admits(self, event: Filterable, publisher: str) -> bool:
        """Whether the event passes every filter but the words, which `dashboard.store.search.words` looks up.

        `dashboard.store.queries.conditions` is the same test for a whole table. Rejected events are left out unless
        their status is chosen; an empty cell never matches a name.
        """
        return (
            (event.status in self.statuses if self.statuses else event.status is not Status.REJECTED)
            and (not self.types or event.event_type in self.types)
            and (not self.assertions or event.assertion in self.assertions)
            and (not self.precisions or event.geo_precision in self.precisions)
            and _is_named(self.place_ids, event.place_id)
            and _is_named(self.publishers, publisher)
            and _is_named(self.actors, event.actor1, event.actor2)
            and self._covers(event)
        )

    def _covers(self, event: Filterable) -> bool:
        """Whether the event's interval overlaps the period; undated events are in every period."""
        if (self.date_from is None and self.date_to is None) or event.date_start is None or event.date_end is None:
            return True
        is_early = self.date_from is not None and event.date_end < self.date_from
        is_late = self.date_to is not None and event.date_start > self.date_to
        return not (is_early or is_late)

    def to_params(self) -> dict[str, str | list[str]]:
        """URL parameters, as words, for the filters that are set.

        Inverse of `from_params`: a single name is a string, several are a list (the parameter repeated).
        """
        params: dict[str, str | list[str]] = {}
        for name, day in (("from", self.date_from), ("to", self.date_to)):
            if day:
                params[name] = day.isoformat()
        for name, field in _PARAMS.items():
            values = [str(v) for v in getattr(self, field)]
            if values:
                params[name] = values if len(values) > 1 else values[0]
        if self.words:
            params["words"] = self.words
        return params

    @classmethod
    def from_params(cls, params: Mapping[str, str | list[str]]) -> tuple[Self, list[str]]:
        """Read URL parameters; invalid ones are left out and named in a sentence, and never an error.

        People type, cut and paste links, so half of a link still shows half of the view.
        """
        notes: list[str] = []
        days = {name: _read_day(_values(params, name), name, notes) for name in ("from", "to")}
        if days["from"] and days["to"] and days["to"] < days["from"]:
            notes.append(f"The link's period ends on {days['to']}, before it begins on {days['from']}: left out.")
            days = {"from": None, "to": None}
        words = " ".join(_values(params, "words"))[:WORDS_LIMIT]
        return (
            cls(
                date_from=days["from"],
                date_to=days["to"],
                types=_read_enum(EventType, params, "type", notes),
                place_ids=_read_ids(params, "place", notes),
                actors=tuple(_values(params, "actor")),
                publishers=tuple(_values(params, "publisher")),
                precisions=_read_enum(GeoPrecision, params, "precision", notes),
                statuses=_read_enum(Status, params, "status", notes),
                assertions=_read_enum(Assertion, params, "assertion", notes),
                words=words,
            ),
            notes,
        )


def _is_named(wanted: Collection[str], *names: str) -> bool:
    return not wanted or any(name and name in wanted for name in names)


_PARAMS = {
    "type": "types",
    "place": "place_ids",
    "actor": "actors",
    "publisher": "publishers",
    "precision": "precisions",
    "status": "statuses",
    "assertion": "assertions",
}
"""URL parameter -> field of `Filters`."""

PARAM_NAMES = ("from", "to", *_PARAMS, "words")
"""Every URL parameter that belongs to the filters."""


def _values(params: Mapping[str, str | list[str]], name: str) -> list[str]:
    """The values of a parameter, each once, limited in number and length to what a person may mean."""
    value = params.get(name, [])
    every = [value] if isinstance(value, str) else value
    return list(dict.fromkeys(v[:WORDS_LIMIT] for v in every if v))[:NAMES_LIMIT]


def _read_day(values: list[str], name: str, notes: list[str]) -> date | None:
    for value in values[:1]:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            notes.append(f"The link's '{name}' must be a day such as 2025-10-18, got {shown(value)}: left out.")
        else:
            if FIRST_DAY <= day <= LAST_DAY:
                return day
            notes.append(f"The link's '{name}' must lie between {FIRST_DAY} and {LAST_DAY}, got {day}: left out.")
    return None


def _read_enum(kind: type[E], params: Mapping[str, str | list[str]], name: str, notes: list[str]) -> tuple[E, ...]:
    values = _values(params, name)
    valid = [value for value in values if value in set(kind)]
    _note_unknown([value for value in values if value not in valid], name, f"one of {', '.join(kind)}", notes)
    return tuple(kind(value) for value in valid)


def _read_ids(params: Mapping[str, str | list[str]], name: str, notes: list[str]) -> tuple[str, ...]:
    values = _values(params, name)
    valid = [value for value in values if ID_PATTERN.fullmatch(value)]
    _note_unknown([value for value in values if value not in valid], name, "an id: letters, digits or . _ : -", notes)
    return tuple(valid)


def _note_unknown(values: list[str], name: str, allowed: str, notes: list[str]) -> None:
    if values:
        others = f" and {len(values) - 1} more" if len(values) > 1 else ""
        notes.append(f"The link's '{name}' must be {allowed}, got {shown(values[0])}{others}: left out.")
