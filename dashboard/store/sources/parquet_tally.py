"""All rules of Parquet's rows in one query: how many rows break which, how many cells are emptied, and where."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.errors import Problem, Severity, counted, shown
from dashboard.store.queries import EVENT_NUMBER
from dashboard.store.sources.parquet_cells import LOST, LOST_WORDS, RULES, TEXT_LIMITS, broken_rule

CellReader = Callable[[int, Sequence[str]], tuple[str, int, list[str]]]
"""From a `queries.EVENT_NUMBER` and columns to the name of the file, the row in it from 1, and the cells."""
_FILE_SHIFT = 40
EVENT_HASHES = "SELECT event FROM events"
"""The hash of every event_id, from the table of `store.load`."""
FIRST_REPEATED_ROW = """SELECT file, row FROM events
    WHERE event IN (SELECT event FROM events GROUP BY event HAVING count(*) > 1) ORDER BY file, row LIMIT 1"""
"""The first row with an event_id that is repeated."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The findings: number of rows by broken rule, of emptied cells by column, each with the first `EVENT_NUMBER`."""

    broken: dict[str, tuple[int, int]] = field(default_factory=dict)
    lost: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """Number of rows that are not counted."""
        return sum(rows for rows, _ in self.broken.values())

    @classmethod
    def of(cls, answer: Sequence[tuple[Any, ...]]) -> "Tally":
        """From the result of `tally_of`."""
        broken: dict[str, tuple[int, int]] = {}
        lost: dict[str, tuple[int, int]] = {}
        for rule, rows, first, *cells in answer:
            if rule is not None:
                broken[rule] = int(rows), int(first)
                continue
            for column, (number, where) in zip(LOST, zip(cells[::2], cells[1::2], strict=True), strict=True):
                if number:
                    lost[column] = int(number), int(where)
        return cls({name: broken[name] for name in RULES if name in broken}, lost)


def tally_of(typed: str) -> str:
    """SQL: one row per broken rule, and one (NULL) for the valid rows with the cells that are emptied."""
    lost = ", ".join(
        f"count(CASE WHEN {sql} THEN 1 END), min(CASE WHEN {sql} THEN {EVENT_NUMBER} END)" for sql in LOST.values()
    )
    return f"""SELECT broken, count(*), min({EVENT_NUMBER}), {lost}
        FROM (SELECT *, {broken_rule()} AS broken FROM ({typed}) t) b GROUP BY broken"""


def problems_of(tally: Tally, look: CellReader) -> Iterator[Problem]:
    """A problem for each broken rule, and for each column with emptied cells."""
    for column, (rows, first) in tally.broken.items():
        file, row, cells = look(first, _columns_shown(column))
        hint = f"{counted(rows, 'row is', 'rows are')} left out for this; the first is row {row}."
        message = f"{_value(column, cells)} {RULES[column][1]}."
        if column in TEXT_LIMITS:
            message = f"{len(cells[0]):,} characters; the limit is {TEXT_LIMITS[column]:,}."
        yield Problem(file=file, code=f"{column}.invalid", message=message, hint=hint, column=column)
    for column, (rows, first) in tally.lost.items():
        file, row, cells = look(first, _columns_shown(column))
        where = f"{counted(rows, 'row has', 'rows have')} such a cell; the first is row {row}."
        message = f"{_value(column, cells)} {LOST_WORDS[column]}: read as empty."
        yield Problem(
            file=file, code=f"{column}.emptied", message=message, hint=where, column=column, severity=Severity.WARNING
        )


_PAIRS = {
    "date_start": "date_end", "latitude": "longitude", "char_start": "char_end",
    "fatalities_low": "fatalities_high", "fatalities_high": "fatalities_low", "date_precision": "date_start",
}  # fmt: skip
"""Columns that are checked together."""


def _columns_shown(column: str) -> list[str]:
    return [column, *([_PAIRS[column]] if column in _PAIRS else [])]


def _value(column: str, cells: Sequence[str]) -> str:
    """The cell, and the one it is checked with, if filled."""
    beside = [f"{_PAIRS[column]} {shown(cells[1])}"] if len(cells) > 1 and cells[1] else []
    return " with ".join([shown(cells[0]), *beside])


def file_and_row(number: int) -> tuple[int, int]:
    """File and row of a `queries.EVENT_NUMBER`, both from 0."""
    return number >> _FILE_SHIFT, number & ((1 << _FILE_SHIFT) - 1)


def repeated_ids_problem(rows: int, example: str, file: str) -> Problem:
    """The problem of rows that repeat the event_id of another."""
    message = f"{counted(rows, 'row repeats', 'rows repeat')} the id of another row, such as {shown(example)}."
    hint = "They are counted all the same, and a link opens the first. Give every event an id of its own."
    return Problem(
        file=file, code="event_id.repeated", message=message, hint=hint, column="event_id", severity=Severity.WARNING
    )
