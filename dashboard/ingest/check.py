"""`conflictmap check`: every rule of the files, the whole audit log, and whether the two agree."""

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


class _DecidedBy(IntEnum):
    """Who vouches in the log for a decision on a row; stronger evidence is greater."""

    NOBODY = 0
    BEGIN = 1
    """The line that opened the log."""
    PERSON = 2


@dataclass(frozen=True, slots=True)
class _LastChange:
    """The last line of the log on a row."""

    line: Line
    change: RecordedChange
    decided: "_DecidedBy"
    """Who vouches for a decision on the row, in this line or an earlier one."""

    def __str__(self) -> str:
        return (
            f"line {self.line.number} of {audit_log.FILE} "
            f"({shown(self.line.who)[1:-1]}, {shown(self.line.at[:10])[1:-1]})"
        )


def check_project(folder: Path) -> tuple[Project, Problems]:
    """Read the whole project; return it with all problems of its files, its log and its history."""
    project = read_project(folder)
    problems, last = project.all_problems, dict[str, _LastChange]()
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
            _record_line(one, last)
            problems.add(_removed_values(one))
    problems.add(_compare_with_log(folder, last))
    return project, problems


def compared_with_kept(folder: Path, kept_hash: str) -> str | Problem:
    """A sentence on whether the log is unchanged or has grown since somebody kept its last hash elsewhere.

    A problem if no line has that hash: the log was rewritten, cut or deleted since.
    """
    lines = [line for line in audit_log.walk(folder) if isinstance(line, Line)]
    position = next((at for at, line in enumerate(lines) if line.hash == kept_hash), None)
    if position is None:
        none = f"none of its {counted(len(lines), 'line')} has" if lines else "there is no line that can be read with"
        message = f"{none} the hash {kept_hash[:12]}…: it was rewritten, cut or deleted since that hash was kept."
        hint = "Compare with a copy, or with the project's history in git."
        return Problem(file=audit_log.FILE, code="audit.other_head", message=message, hint=hint)
    number = lines[position].number
    if more := len(lines) - position - 1:
        since = f"has grown by {counted(more, 'line')} since; the hash that was kept is that of line {number}"
    else:
        since = f"is as it was when its hash was kept: line {number} is still the last one"
    return f"{audit_log.FILE} {since}."


def check_parquet(path: Path) -> tuple[int, Project, Problems]:
    """The number of events in a Parquet set, the project as far as it can be read, and all its problems."""
    store = open_store(path, lambda _: None)
    problems = store.project.all_problems
    problems.add(articles_not_read(path))
    return store.total, store.project, problems


def _removed_values(line: Line) -> Iterator[Problem]:
    """A warning for a line from which values were removed for good."""
    if line.removed:
        message = f"{counted(line.removed, 'value was', 'values were')} removed from it for good."
        yield Problem(
            file=audit_log.FILE, code="audit.removed", line=line.number, message=message,
            hint="Undo cannot bring them back.", severity=Severity.WARNING,
        )  # fmt: skip


def _record_line(line: Line, last: dict[str, _LastChange]) -> None:
    for change in line.changes:
        if change.table == "events":
            before = last.get(change.row_id)
            by = (
                _DecidedBy.PERSON
                if line.who != audit_log.PROGRAM
                else _DecidedBy.BEGIN
                if line.action == audit_log.BEGIN
                else _DecidedBy.NOBODY
            )
            last[change.row_id] = _LastChange(line, change, max(by, before.decided if before else _DecidedBy.NOBODY))


def _compare_with_log(folder: Path, last: dict[str, _LastChange]) -> Iterator[Problem]:
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


def _lacks_history(row: Row, logged: _LastChange | None, *, is_begun: bool) -> bool:
    """Whether the row claims a decision by a person that the log does not record.

    Rows older than the log count as manual edits, unless they have a reviewer and a time as *Review* writes them: that
    always logs a line, so without one the log was deleted or replaced.
    """
    typed = EventRow(row)
    if not typed.is_reviewed:
        return False
    if logged and logged.decided is _DecidedBy.PERSON:
        return False
    was_before = not is_begun or (logged is not None and logged.decided is _DecidedBy.BEGIN)
    return not was_before or bool(typed.cell("reviewed_by") and _MOMENT.fullmatch(typed.cell("reviewed_at")))


def _changed_since(events: TableText, event_id: str, row: Row, logged: _LastChange) -> Iterator[Problem]:
    """A warning for a row that another program changed after a person decided on it."""
    cells = [
        f"{column} is {shown(row.get(column, ''))}, was {shown(after)}"
        for column, (_, after) in logged.change.cells.items()
        if after is not None and row.get(column, "") != after
    ]
    is_known = logged.change.after != audit_log.REMOVED  # else only the remaining cells can be compared
    if row_version(row) == logged.change.after if is_known else not cells:
        return
    what = f" ({'; '.join(cells[:_CELLS_SHOWN])})" if cells else ""
    message = f"event {shown(event_id)} was changed by another program after {logged}{what}."
    yield _of_row(events, event_id, "event.changed", message, "If that was meant, review the event again.")


def _no_history(events: TableText, event_id: str, row: Row, logged: _LastChange | None) -> Problem:
    by = f" by {shown(row['reviewed_by'])}" if EventRow(row).cell("reviewed_by") else ""
    is_vouched = logged is not None and logged.decided is _DecidedBy.BEGIN
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
