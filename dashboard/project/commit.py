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
from dashboard.project.table_text import RowChange, TableText, encoded, read_table, remember_table, row_id_of
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
        names = dict.fromkeys(change.table for change in changes)
        before = {name: read_table(folder, name, is_to_be_saved=True) for name in names}
        due = [change for change in changes if not _is_done(change, before)]
        for change in due:
            _refuse_conflict(change, before[change.table].rows.get(change.row_id))
        if not due:
            return audit_log.tail_of(folder).number
        after = {
            name: table.with_changes([change for change in due if change.table == name])
            for name, table in before.items()
            if any(change.table == name for change in due)
        }
        files = [NewFile(f"{name}.csv", table.data(), before[name].digest) for name, table in after.items()]
        _begin(folder)
        number = save(folder, files, entry, [recorded(c.table, c.row_id, c.before, c.after) for c in due])
        for table in after.values():
            remember_table(folder, table.read_from(folder))
    return number


def _is_done(change: RowChange, tables: Mapping[str, TableText]) -> bool:
    return _same(tables[change.table].rows.get(change.row_id), change.after)


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
    rows = read_table(folder, "events").rows
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
        table = read_table(folder, name, is_to_be_saved=True)
        before = [empty_row(name) | row.cells for row in table.text.rows]
        after = change([dict(row) for row in before])
        if after == before:
            return
        data = encoded(whole_table(table.text, name, before, after))
        _begin(folder)
        entry = Entry(who=audit_log.PROGRAM, action=action)
        save(folder, [NewFile(f"{name}.csv", data, table.digest)], entry, _differences(table, before, after))


def _differences(table: TableText, before: Iterable[Row], after: Iterable[Row]) -> list[Recorded]:
    """What a step of the program did to each row; the cells of rows it added stand in the table alone."""
    old = {row_id_of(table.name, row, table.hashes): row for row in before if any(row.values())}
    new = {row_id_of(table.name, row, table.hashes): row for row in after if any(row.values())}
    return [
        recorded(table.name, row_id, old.get(row_id), new.get(row_id), with_cells=row_id in old)
        for row_id in {**old, **new}
        if not _same(old.get(row_id), new.get(row_id))
    ]
