"""Which events a reader wants to see. Frozen and hashable, and readable as words in a URL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self, TypeVar

from dashboard.errors import DataError, shown
from dashboard.model import Assertion, EventType, GeoPrecision, Status, check_id

E = TypeVar("E", bound=StrEnum)

WORDS_LIMIT = 200
"""Longest search text taken from a URL, in characters."""
NAMES_LIMIT = 50
"""Most names taken from one parameter of a URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A reader's choice. An empty tuple means all; None means no bound.

    An event is in the period when its interval overlaps it: ``date_start <= date_to`` and
    ``date_end >= date_from``. Events without a date are in every period, and stand in the tray.
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

    def to_params(self) -> dict[str, str | list[str]]:
        """URL parameters, as words; what is not chosen is not there.

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
        """Read URL parameters; what cannot be read is left out and named in a sentence, never an error.

        A link is typed, cut and pasted by people, so half of a link still shows half of the view.
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
                actors=tuple(_values(params, "actor")[:NAMES_LIMIT]),
                publishers=tuple(_values(params, "publisher")[:NAMES_LIMIT]),
                precisions=_read_enum(GeoPrecision, params, "precision", notes),
                statuses=_read_enum(Status, params, "status", notes),
                assertions=_read_enum(Assertion, params, "assertion", notes),
                words=words,
            ),
            notes,
        )


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
    value = params.get(name, [])
    return [value] if isinstance(value, str) else [v for v in value if v]


def _read_day(values: list[str], name: str, notes: list[str]) -> date | None:
    for value in values[:1]:
        try:
            return date.fromisoformat(value)
        except ValueError:
            notes.append(f"The link's '{name}' must be a day such as 2025-10-18, got {shown(value)}: left out.")
    return None


def _read_enum(kind: type[E], params: Mapping[str, str | list[str]], name: str, notes: list[str]) -> tuple[E, ...]:
    chosen: list[E] = []
    for value in _values(params, name):
        try:
            chosen.append(kind(value))
        except ValueError:
            allowed = ", ".join(kind)
            notes.append(f"The link's '{name}' must be one of {allowed}, got {shown(value)}: left out.")
    return tuple(dict.fromkeys(chosen))


def _read_ids(params: Mapping[str, str | list[str]], name: str, notes: list[str]) -> tuple[str, ...]:
    chosen: list[str] = []
    for value in _values(params, name)[:NAMES_LIMIT]:
        try:
            check_id(value, name)
            chosen.append(value)
        except DataError as error:
            notes.append(f"The link's {error} Left out.")
    return tuple(dict.fromkeys(chosen))
