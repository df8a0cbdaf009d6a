"""Every rule of the rows of Parquet asked at once: how many rows break which, how many cells are emptied, and where."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.errors import Problem, Severity, counted, shown
from dashboard.store.queries import NUMBER
from dashboard.store.sources.parquet_cells import LOST, LOST_WORDS, RULES, TEXT_LIMITS, broken

Look = Callable[[int, Sequence[str]], tuple[str, int, list[str]]]
"""Given a `queries.NUMBER` and columns: the name of the file, the row in it from 1, and the cells as they stand."""
_FILE_SHIFT = 40
IDS = "SELECT event FROM events"
"""Of the table of `store.load`: the hash of every event_id."""
A_REPEATED = """SELECT file, row FROM events
    WHERE event IN (SELECT event FROM events GROUP BY event HAVING count(*) > 1) ORDER BY file, row LIMIT 1"""
"""The first row of an id that several have."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was found: rows by the rule they break, cells by their column, each with the first `NUMBER`."""

    broken: dict[str, tuple[int, int]] = field(default_factory=dict)
    lost: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """Rows that are not counted."""
        return sum(rows for rows, _ in self.broken.values())

    @classmethod
    def of(cls, answer: Sequence[tuple[Any, ...]]) -> "Tally":
        """Take the answer to `tally_of`."""
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


def tally_of(stated: str) -> str:
    """SQL: one row for each rule that is broken, and one (NULL) for the good rows with the cells they lose."""
    lost = ", ".join(
        f"count(CASE WHEN {sql} THEN 1 END), min(CASE WHEN {sql} THEN {NUMBER} END)" for sql in LOST.values()
    )
    return f"""SELECT broken, count(*), min({NUMBER}), {lost}
        FROM (SELECT *, {broken()} AS broken FROM ({stated}) t) b GROUP BY broken"""


def problems_of(tally: Tally, look: Look) -> Iterator[Problem]:
    """A problem for each rule that rows break, and for each column in which cells are emptied."""
    for column, (rows, first) in tally.broken.items():
        file, row, cells = look(first, _beside(column))
        hint = f"{counted(rows, 'row is', 'rows are')} left out for this; the first is row {row}."
        message = f"{_value(column, cells)} {RULES[column][1]}."
        if column in TEXT_LIMITS:
            message = f"{len(cells[0]):,} characters; the limit is {TEXT_LIMITS[column]:,}."
        yield Problem(file=file, code=f"{column}.invalid", message=message, hint=hint, column=column)
    for column, (rows, first) in tally.lost.items():
        file, row, cells = look(first, _beside(column))
        where = f"{counted(rows, 'row has', 'rows have')} such a cell; the first is row {row}."
        message = f"{_value(column, cells)} {LOST_WORDS[column]}: read as empty."
        yield Problem(
            file=file, code=f"{column}.emptied", message=message, hint=where, column=column, severity=Severity.WARNING
        )


_PAIRS = {
    "date_start": "date_end", "latitude": "longitude", "char_start": "char_end",
    "fatalities_low": "fatalities_high", "fatalities_high": "fatalities_low", "date_precision": "date_start",
}  # fmt: skip
"""Columns that are judged together."""


def _beside(column: str) -> list[str]:
    return [column, *([_PAIRS[column]] if column in _PAIRS else [])]


def _value(column: str, cells: Sequence[str]) -> str:
    """The cell, and the one it is judged with where that stands there too."""
    beside = [f"{_PAIRS[column]} {shown(cells[1])}"] if len(cells) > 1 and cells[1] else []
    return " with ".join([shown(cells[0]), *beside])


def position(number: int) -> tuple[int, int]:
    """File and row of a `queries.NUMBER`, both from 0."""
    return number >> _FILE_SHIFT, number & ((1 << _FILE_SHIFT) - 1)


def repeated(rows: int, example: str, file: str) -> Problem:
    """Tell of rows whose event_id others have."""
    message = f"{counted(rows, 'row repeats', 'rows repeat')} the id of another row, such as {shown(example)}."
    hint = "They are counted all the same, and a link opens the first. Give every event an id of its own."
    return Problem(
        file=file, code="event_id.repeated", message=message, hint=hint, column="event_id", severity=Severity.WARNING
    )
