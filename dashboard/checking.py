"""`conflictmap check`: every rule of the files, the audit log from its first line on, and whether the two agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import DataError, Problem, Severity, shown
from dashboard.model import Status
from dashboard.place_checks import problems_of_places
from dashboard.store import audit
from dashboard.store.audit import Line, Recorded
from dashboard.store.csv_files import Project, read_project
from dashboard.store.opening import open_store
from dashboard.store.saving import is_unfinished
from dashboard.store.sheets import Sheet, read_sheet
from dashboard.tables import Row, row_version

_CELLS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Last:
    """What the log says last about a row."""

    line: Line
    change: Recorded
    is_decided: bool
    """True if a person has decided on the row, in this line or before."""

    def __str__(self) -> str:
        return (
            f"line {self.line.number} of {audit.FILE} ({shown(self.line.who)[1:-1]}, {shown(self.line.at[:10])[1:-1]})"
        )


def check_project(folder: Path) -> tuple[Project, list[Problem]]:
    """Read the whole project; return it with all that is wrong with its files, its log and its history."""
    project = read_project(folder)
    problems, last = [*project.problems, *problems_of_places(project)], dict[str, _Last]()
    if is_unfinished(folder):
        message = "a change is being saved, or a program was killed while it saved one."
        problems.append(
            Problem(
                file=str(folder), code="save.unfinished", message=message, severity=Severity.WARNING,
                hint="Whatever saves next finishes it.",
            )
        )  # fmt: skip
    for one in audit.walk(folder):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            _note(one, last)
    if last:
        problems += _compared(folder, last)
    return project, problems


def check_parquet(path: Path) -> tuple[int, Project, list[Problem]]:
    """How many events of a set of Parquet count, what could not be read of it, and all that is wrong with it."""
    store = open_store(path, lambda _: None)
    return store.total, store.project, list(store.project.problems)


def _note(line: Line, last: dict[str, _Last]) -> None:
    by_a_person = line.who != audit.PROGRAM or line.action == audit.BEGIN
    for change in line.changes:
        if change.table == "events":
            before = last.get(change.row_id)
            is_decided = by_a_person or (before is not None and before.is_decided)
            last[change.row_id] = _Last(line, change, is_decided)


def _compared(folder: Path, last: dict[str, _Last]) -> Iterator[Problem]:
    try:
        events = read_sheet(folder, "events")
    except DataError:
        return  # the file's own problems say so
    for event_id, row in events.rows.items():
        if event_id in last:
            yield from _changed_since(events, event_id, row, last[event_id])
        elif row["status"].strip().casefold() in {status for status in Status if status.is_reviewed}:
            yield _no_history(events, event_id, row)
    for event_id, told in last.items():
        if event_id not in events.rows and told.change.after and told.is_decided:
            message = f"event {shown(event_id)} is not there any more; {told} tells of it."
            yield Problem(file="events.csv", code="event.gone", message=message, severity=Severity.WARNING)


def _changed_since(events: Sheet, event_id: str, row: Row, told: _Last) -> Iterator[Problem]:
    """A row that a person decided on, and that was changed by something else than this program since."""
    if not told.is_decided or row_version(row) == told.change.after:
        return
    cells = [
        f"{column} is {shown(row.get(column, ''))}, was {shown(after)}"
        for column, (_, after) in told.change.cells.items()
        if row.get(column, "") != after
    ]
    what = f" ({'; '.join(cells[:_CELLS_SHOWN])})" if cells else ""
    message = f"event {shown(event_id)} was changed by another program after {told}{what}."
    yield _of_row(events, event_id, "event.changed", message, "If that was meant, review the event again.")


def _no_history(events: Sheet, event_id: str, row: Row) -> Problem:
    by = f" by {shown(row['reviewed_by'])}" if row["reviewed_by"].strip() else ""
    message = f"event {shown(event_id)} is {row['status'].strip()}{by}, but {audit.FILE} knows of no such decision."
    return _of_row(events, event_id, "event.no_history", message, "Was it written by hand? Review the event again.")


def _of_row(events: Sheet, event_id: str, code: str, message: str, hint: str) -> Problem:
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
