"""`conflictmap check`: every rule of the files, the audit log from its first line on, and whether the two agree."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from dashboard.errors import DashboardError, Problem, Problems, Severity, counted, shown
from dashboard.ingest.place_checks import problems_of_places
from dashboard.project import audit_log
from dashboard.project.audit_log import Line, RecordedChange
from dashboard.project.read import Project, read_project
from dashboard.project.table_text import TableText, read_table
from dashboard.project.transaction import is_unfinished
from dashboard.store.opening import open_store
from dashboard.store.sources.parquet_articles import articles_not_read
from dashboard.tables import EventRow, Row, row_version

_CELLS_SHOWN = 3
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
"""As `project.transaction.utc_now` writes it."""


class _By(IntEnum):
    """Who says in the log that a person has decided on a row; the stronger is the greater."""

    NOBODY = 0
    BEGIN = 1
    """The line that opened the log."""
    PERSON = 2


@dataclass(frozen=True, slots=True)
class _Last:
    """What the log says last about a row."""

    line: Line
    change: RecordedChange
    decided: "_By"
    """Who vouches for a decision on the row, in this line or before."""

    def __str__(self) -> str:
        return (
            f"line {self.line.number} of {audit_log.FILE} "
            f"({shown(self.line.who)[1:-1]}, {shown(self.line.at[:10])[1:-1]})"
        )


def check_project(folder: Path) -> tuple[Project, Problems]:
    """Read the whole project; return it with all that is wrong with its files, its log and its history."""
    project = read_project(folder)
    problems, last = project.all_problems, dict[str, _Last]()
    problems.add(problems_of_places(project))
    if is_unfinished(folder):
        message = "a change is being saved, or a program was killed while it saved one."
        problems.append(
            Problem(
                file=str(folder), code="save.unfinished", message=message, severity=Severity.WARNING,
                hint="Whatever saves next finishes it.",
            )
        )  # fmt: skip
    for one in audit_log.walk(folder) if audit_log.FILE not in {problem.file for problem in problems} else ():
        if isinstance(one, Problem):
            problems.append(one)
        else:
            _note(one, last)
            problems.add(_removed(one))
    problems.add(_compared(folder, last))
    return project, problems


def compared_with_kept(folder: Path, kept: str) -> str | Problem:
    """Whether the log still ends as it did when its hash was ``kept`` elsewhere, or has grown since: a sentence.

    A problem if no line has that hash: the log was rewritten, cut or deleted since.
    """
    lines = [line for line in audit_log.walk(folder) if isinstance(line, Line)]
    found = next((at for at, line in enumerate(lines) if line.hash == kept), None)
    if found is None:
        none = f"none of its {counted(len(lines), 'line')} has" if lines else "there is no line that can be read with"
        message = f"{none} the hash {kept[:12]}…: it was rewritten, cut or deleted since that hash was kept."
        hint = "Compare with a copy, or with the project's history in git."
        return Problem(file=audit_log.FILE, code="audit.other_head", message=message, hint=hint)
    number = lines[found].number
    if more := len(lines) - found - 1:
        since = f"has grown by {counted(more, 'line')} since; the hash that was kept is that of line {number}"
    else:
        since = f"is as it was when its hash was kept: line {number} is still the last one"
    return f"{audit_log.FILE} {since}."


def check_parquet(path: Path) -> tuple[int, Project, Problems]:
    """How many events of a set of Parquet count, what could not be read of it, and all that is wrong with it."""
    store = open_store(path, lambda _: None)
    problems = store.project.all_problems
    problems.add(articles_not_read(path))
    return store.total, store.project, problems


def _removed(line: Line) -> Iterator[Problem]:
    """Name a line that does not hold all any more that it was written with."""
    if line.removed:
        message = f"{counted(line.removed, 'value was', 'values were')} removed from it for good."
        yield Problem(
            file=audit_log.FILE, code="audit.removed", line=line.number, message=message,
            hint="Undo cannot bring them back.", severity=Severity.WARNING,
        )  # fmt: skip


def _note(line: Line, last: dict[str, _Last]) -> None:
    for change in line.changes:
        if change.table == "events":
            before = last.get(change.row_id)
            by = (
                _By.PERSON
                if line.who != audit_log.PROGRAM
                else _By.BEGIN
                if line.action == audit_log.BEGIN
                else _By.NOBODY
            )
            last[change.row_id] = _Last(line, change, max(by, before.decided if before else _By.NOBODY))


def _compared(folder: Path, last: dict[str, _Last]) -> Iterator[Problem]:
    try:
        events = read_table(folder, "events")
    except DashboardError:
        return  # the file's own problems say so
    for event_id, row in events.rows.items():
        logged = last.get(event_id)
        if logged and logged.decided:
            yield from _changed_since(events, event_id, row, logged)
        if _lacks_history(row, logged, is_begun=bool(last)):
            yield _no_history(events, event_id, row, logged)
    for event_id, logged in last.items():
        if event_id not in events.rows and logged.change.after and logged.decided:
            message = f"event {shown(event_id)} is not there any more; {logged} tells of it."
            yield Problem(file="events.csv", code="event.gone", message=message, severity=Severity.WARNING)


def _lacks_history(row: Row, logged: _Last | None, *, is_begun: bool) -> bool:
    """True for a row that says a person has decided on it, where the log knows of no such decision.

    Rows of before a log was begun are taken for work by hand, unless they bear a name and a moment as *Review* writes
    them: that has a line, so that a row without it says that the log was deleted, or another put in its place.
    """
    typed = EventRow(row)
    if not typed.is_reviewed:
        return False
    if logged and logged.decided is _By.PERSON:
        return False
    was_before = not is_begun or (logged is not None and logged.decided is _By.BEGIN)
    return not was_before or bool(typed.cell("reviewed_by") and _MOMENT.fullmatch(typed.cell("reviewed_at")))


def _changed_since(events: TableText, event_id: str, row: Row, logged: _Last) -> Iterator[Problem]:
    """A row that a person decided on, and that was changed by something else than this program since."""
    cells = [
        f"{column} is {shown(row.get(column, ''))}, was {shown(after)}"
        for column, (_, after) in logged.change.cells.items()
        if after is not None and row.get(column, "") != after
    ]
    is_known = logged.change.after != audit_log.REMOVED  # else the cells that are still known have to tell
    if row_version(row) == logged.change.after if is_known else not cells:
        return
    what = f" ({'; '.join(cells[:_CELLS_SHOWN])})" if cells else ""
    message = f"event {shown(event_id)} was changed by another program after {logged}{what}."
    yield _of_row(events, event_id, "event.changed", message, "If that was meant, review the event again.")


def _no_history(events: TableText, event_id: str, row: Row, logged: _Last | None) -> Problem:
    by = f" by {shown(row['reviewed_by'])}" if EventRow(row).cell("reviewed_by") else ""
    is_vouched = logged is not None and logged.decided is _By.BEGIN
    knows = f"tells only that it was so when the log began ({logged})" if is_vouched else "knows of no such decision"
    message = f"event {shown(event_id)} is {EventRow(row).cell('status')}{by}, but {audit_log.FILE} {knows}."
    hint = "Was it written by hand, or the log deleted? Review the event again, or take the log from a copy."
    return _of_row(events, event_id, "event.no_history", message, hint)


def _of_row(events: TableText, event_id: str, code: str, message: str, hint: str) -> Problem:
    row = events.data_row(event_id)
    assert row
    return Problem(
        file="events.csv",
        code=code,
        message=message,
        hint=hint,
        severity=Severity.WARNING,
        row=row.number,
        line=row.line,
    )
