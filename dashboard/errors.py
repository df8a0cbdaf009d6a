"""The errors this program raises on purpose, and the form of reports on problems with data.

``str(error)`` of every class here is a sentence fit to show a person: what was expected, what came, what to
do. The page shows it and the command line prints it. Any other exception is a bug and keeps its traceback. A sentence
is written where it is raised: those about cells and rows in `dashboard.project.reading`.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

SHOWN_VALUE_CHARACTERS = 60
PROBLEMS_KEPT = 10_000
"""Maximum problems of rows kept individually, per file and per project; further ones are counted by kind."""


class DashboardError(Exception):
    """Any error meant for a person to read."""


class DataError(DashboardError, ValueError):
    """A value, a row or a file that breaks the rules of the data."""


class ConflictError(DashboardError):
    """Somebody else changed the file between reading and writing it."""


class RowConflictError(ConflictError):
    """Somebody else changed a row while this person was looking at it. Nothing was written; nothing is guessed.

    ``base`` is the row as the person saw it, ``theirs`` as it is now, ``yours`` as it was to become; None: no row.
    """

    def __init__(
        self, table: str, row_id: str, *, base: dict[str, str] | None, theirs: dict[str, str] | None,
        yours: dict[str, str] | None,
    ) -> None:  # fmt: skip
        self.table, self.row_id = table, row_id
        self.base, self.theirs, self.yours = base, theirs, yours
        super().__init__(f"{table}.csv: row {shown(row_id)} {self._what()} while you looked at it. Nothing was saved.")

    def _what(self) -> str:
        if self.theirs is None:
            return "was deleted"
        if self.base is None:
            return "was added by somebody else"
        columns = [c for c in {**self.base, **self.theirs} if self.base.get(c, "") != self.theirs.get(c, "")]
        by = (
            f" by {shown(self.theirs['reviewed_by'])}"
            if "reviewed_by" in columns and self.theirs["reviewed_by"]
            else ""
        )
        which = f" ({', '.join(columns)})" if columns else ""  # none: the version it was saved against is gone
        return f"was changed{by}{which}"


class RulesError(DashboardError):
    """The rules failed on one text. That is a fault of the program; other texts can be read."""


class GeocodingError(DashboardError):
    """A geocoding service failed. Finding nothing is not a failure."""


class GazetteerError(DashboardError):
    """The embedded gazetteer is missing or damaged."""


class SettingsError(DashboardError, ValueError):
    """A setting that cannot be used."""


class ReadOnlyError(DashboardError):
    """An attempt to change something in read-only mode."""


class PortError(DashboardError):
    """The page cannot listen on the port."""


class Severity(StrEnum):
    """What a problem does to the row or file it is in."""

    ERROR = "error"
    """Must be repaired: what cannot be read is left out, and the rest loads."""
    WARNING = "warning"
    """The row is loaded, but a person should look."""
    FIXED = "fixed"
    """The row is loaded after a harmless repair, which is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a file: where, what came, what is allowed, and one hint.

    ``row`` counts data rows from 1; ``line`` counts lines of the file from 1 (they differ after a cell that
    runs over several lines). Both are None when the problem is the whole file's, ``column`` also when it is
    the whole row's. ``code`` is stable, such as ``coordinate.range``, so that programs can match it.
    """

    file: str
    code: str
    message: str
    row: int | None = None
    line: int | None = None
    column: str | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row} (line {self.line})")
        elif self.line is not None:
            where.append(f"line {self.line}")
        if self.column is not None:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: {self.message}{f' {self.hint}' if self.hint else ''}"


ProblemKind = tuple[str, str, Severity]
"""The file, the code and the severity of problems."""


class Problems(list[Problem]):
    """Problems in order: the first `PROBLEMS_KEPT` of rows, and as many of whole files.

    A damaged file can have millions of the same problem. The rest are counted in ``more``.
    """

    def __init__(self, problems: Iterable[Problem] = (), more: Mapping[ProblemKind, int] | None = None) -> None:
        super().__init__()
        self.more = Counter[ProblemKind](more or {})
        self._kept = Counter[bool]()
        self.add(problems)

    def append(self, problem: Problem) -> None:
        """Keep the problem, or count it once there are enough."""
        of_a_row = problem.row is not None
        if self._kept[of_a_row] < PROBLEMS_KEPT:
            self._kept[of_a_row] += 1
            super().append(problem)
        else:
            self.more[problem.file, problem.code, problem.severity] += 1

    def counted_only(self, file: str, code: str, severity: Severity = Severity.ERROR) -> bool:
        """Count a problem of a row if no more are kept, and say whether it was: then its message need not be made."""
        is_full = self._kept[True] >= PROBLEMS_KEPT
        if is_full:
            self.more[file, code, severity] += 1
        return is_full

    def add(self, problems: Iterable[Problem]) -> None:
        """Keep or count each of them."""
        for problem in problems:
            self.append(problem)

    @property
    def total(self) -> int:
        """How many there are, kept or only counted."""
        return len(self) + self.more.total()

    @property
    def has_errors(self) -> bool:
        """True if something must be repaired."""
        return Severity.ERROR in {problem.severity for problem in self} | {severity for _, _, severity in self.more}

    def of_more(self) -> list[Problem]:
        """One problem for each kind that was only counted, which says how many more there are."""
        return [
            Problem(file=file, code=code, severity=severity, message=f"{counted(number, 'more problem')} of this kind.")
            for (file, code, severity), number in sorted(self.more.items())
        ]


def grouped_problems(problems: Iterable[Problem]) -> list[tuple[Problem, int]]:
    """Each problem once, as of the first row that has it, with the number of further rows that have the same one."""
    first: dict[Problem, Problem] = {}
    times = Counter[Problem]()
    for problem in problems:
        key = replace(problem, row=None, line=None) if problem.row is not None else problem
        first.setdefault(key, problem)
        times[key] += 1
    return [(problem, times[key] - 1) for key, problem in first.items()]


def problem_line(problem: Problem, more: int) -> str:
    """The problem as a line of a report; see `grouped_problems`."""
    return f"{problem} {counted(more, 'more row')} like it." if more else str(problem)


def left_out_line(file: str, rows: int) -> str:
    """A line about rows of a table that could not be read."""
    return f"{file}: {counted(rows, 'row')} could not be read; see: conflictmap check"


def counted(number: int, singular: str, plural: str = "") -> str:
    """The number with its noun: "1 event", "1,200 events". ``plural`` is needed unless it only adds an s."""
    return f"{number:,} {singular if number == 1 else plural or f'{singular}s'}"


def shown(value: str) -> str:
    """Quote a value for a message: cut at 60 characters, invisible characters written as U+XXXX."""
    cut = value[:SHOWN_VALUE_CHARACTERS]
    visible = "".join(c if c == " " or unicodedata.category(c)[0] not in "CZ" else f"U+{ord(c):04X}" for c in cut)
    return f"'{visible}{'…' if len(value) > SHOWN_VALUE_CHARACTERS else ''}'"


def path_trouble(error: OSError | ValueError) -> str:
    """Why a path cannot be used, in the system's words, but for a NUL, where they vary between Python versions."""
    if isinstance(error, OSError):
        return str(error.strerror or error)
    return "its name holds a null byte, which no name can"
