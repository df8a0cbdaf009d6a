"""The result of filling the rows of events.csv: what was placed, what could not be, what a person should look at."""

from dataclasses import dataclass, field

from dashboard.model import Place
from dashboard.project.reading.cells import Note
from dashboard.tables import Row


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A row whose words name no known place, or none that is meant. ``row`` counts data rows from 1."""

    row: int
    toponym: str
    is_namesake: bool
    """Whether a place of the name is known, but is probably not the one that is meant."""


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """A row with a place_id that stands neither in places.csv nor in the gazetteer."""

    row: int
    place_id: str


@dataclass(frozen=True, slots=True)
class CellNote:
    """A note on one cell of a row."""

    row: int
    column: str
    note: Note


@dataclass(slots=True)
class Filled:
    """The rows with their empty cells filled, and the result."""

    rows: list[Row] = field(default_factory=list)
    new_places: dict[str, Place] = field(default_factory=dict)
    """To be added to places.csv, by id; their note says the rule that chose them."""
    placed: int = 0
    """Rows that had no place and have one now."""
    decided_again: int = 0
    """Rows whose place was chosen for a toponym, country or point they no longer have, so that it was taken back."""
    unresolved: list[Unresolved] = field(default_factory=list)
    unknown: list[UnknownPlace] = field(default_factory=list)
    refused: list[CellNote] = field(default_factory=list)
    """Rows whose own coordinates or country cannot be used, so that they are not placed by their name either."""
    doubts: list[CellNote] = field(default_factory=list)
    """Rows that have a place, which a person should look at."""
    trouble: str = ""
    """Why the online geocoder was no longer asked; empty if all went well."""
