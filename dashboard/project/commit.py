"""Changing a project's tables, so that a killed program, a full disk or a second writer never costs a row.

`commit` changes rows that somebody has seen, and refuses to write over what another has changed since. `update_table`
is for steps of the program that go through a whole table. Both write under one lock, all files of a change or none,
and leave a line in the audit log.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from dashboard.errors import RowConflictError
from dashboard.project import audit_log
from dashboard.project.audit_log import Recorded, recorded
from dashboard.project.rewrite import whole_table
from dashboard.project.table_text import RowChange, Sheet, encoded, keep_sheet, read_sheet, row_id_of
from dashboard.project.transaction import Entry, NewFile, locked, save, settle
from dashboard.tables import EventRow, Row, empty_row

__all__ = ["Change", "Entry", "RowChange", "commit", "settle", "update_table"]

Change = Callable[[list[Row]], list[Row]]


def commit(folder: Path, changes: Sequence[RowChange], entry: Entry) -> int:
    """Save changed rows, all or none, in the order in which their tables come first; return the line in the log.

    A row that has become what it was to become already, by a second click or another's hand, is left as it is. If
    nothing is left to do, the line returned is the last one there is.

    Raises
    ------
    RowConflictError
        A row is no longer what it was when the change was thought of. Nothing was written.
    DataError, ConflictError
        See `dashboard.project.transaction.save`.
    """
    with locked(folder):
        tables = dict.fromkeys(change.table for change in changes)
        sheets = {table: read_sheet(folder, table, is_to_be_saved=True) for table in tables}
        due = [change for change in changes if not _is_done(change, sheets)]
        for change in due:
            _refuse_conflict(change, sheets[change.table].rows.get(change.row_id))
        if not due:
            return audit_log.tail_of(folder).number
        made = {
            name: sheet.with_changes([change for change in due if change.table == name])
            for name, sheet in sheets.items()
            if any(change.table == name for change in due)
        }
        files = [NewFile(f"{name}.csv", sheet.data(), sheets[name].digest) for name, sheet in made.items()]
        _begin(folder)
        number = save(folder, files, entry, [recorded(c.table, c.row_id, c.before, c.after) for c in due])
        for sheet in made.values():
            keep_sheet(folder, sheet.read_from(folder))
    return number


def _is_done(change: RowChange, sheets: Mapping[str, Sheet]) -> bool:
    return _same(sheets[change.table].rows.get(change.row_id), change.after)


def _same(one: Row | None, other: Row | None) -> bool:
    """True if both are no row, or have the same cells; an empty cell is as good as none."""
    if one is None or other is None:
        return one is other
    return all(one.get(column, "") == other.get(column, "") for column in {**one, **other})


def _refuse_conflict(change: RowChange, now: Row | None) -> None:
    if not _same(now, change.before):
        raise RowConflictError(change.table, change.row_id, base=change.before, theirs=now, yours=change.after)


def _begin(folder: Path) -> None:
    """Open the log with the rows that were reviewed before there was one, so that it can vouch for them too."""
    if audit_log.tail_of(folder).line:
        return
    rows = read_sheet(folder, "events").rows
    reviewed = [
        recorded("events", row_id, None, row, with_cells=False)
        for row_id, row in rows.items()
        if EventRow(row).is_reviewed
    ]
    if reviewed:
        note = "reviewed before this log began"
        save(folder, [], Entry(who=audit_log.PROGRAM, action=audit_log.BEGIN, note=note), reviewed)


def update_table(folder: Path, name: str, change: Change, *, action: str = "update") -> None:
    """Change the rows of ``articles``, ``places`` or ``events`` and write them back, or leave the file as it was.

    ``change`` gets every row as text, with all columns of the table (empty where the file has none) and the
    person's own; it returns the rows to be written, in their order. What it raises is passed on and nothing is
    written; nor is anything if it changes nothing. Rows of the wrong width stay in their place as they were typed.
    `change` must not save anything itself: the lock is not reentrant. ``action`` is a word for the audit log.

    Raises
    ------
    DataError
        The file cannot be read whole, so that writing it would lose something, or the disk refuses.
    ConflictError
        Another program holds the lock, or saved the file between reading and writing.
    """
    with locked(folder):
        sheet = read_sheet(folder, name, is_to_be_saved=True)
        before = [empty_row(name) | row.cells for row in sheet.text.rows]
        after = change([dict(row) for row in before])
        if after == before:
            return
        data = encoded(whole_table(sheet.text, name, before, after))
        _begin(folder)
        entry = Entry(who=audit_log.PROGRAM, action=action)
        save(folder, [NewFile(f"{name}.csv", data, sheet.digest)], entry, _differences(sheet, before, after))


def _differences(sheet: Sheet, before: Iterable[Row], after: Iterable[Row]) -> list[Recorded]:
    """What a step of the program did to each row; the cells of rows it added stand in the table alone."""
    old = {row_id_of(sheet.name, row, sheet.hashes): row for row in before if any(row.values())}
    new = {row_id_of(sheet.name, row, sheet.hashes): row for row in after if any(row.values())}
    return [
        recorded(sheet.name, row_id, old.get(row_id), new.get(row_id), with_cells=row_id in old)
        for row_id in {**old, **new}
        if not _same(old.get(row_id), new.get(row_id))
    ]
