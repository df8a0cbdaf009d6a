"""Changing a project's tables, so that a killed program, a full disk or a second writer never costs a row.

`commit` changes rows that a person has seen, and refuses to overwrite what another has changed since. `update_table`
is for steps of the program that process a whole table. Both hold the project's lock, write all files of a change or
none, and add a line to the audit log.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from dashboard.errors import RowConflictError
from dashboard.project import audit_log
from dashboard.project.audit_log import RecordedChange, recorded_change
from dashboard.project.rewrite import whole_table
from dashboard.project.table_text import RowChange, TableText, encoded_text, read_table, remember_table, row_id_of
from dashboard.project.transaction import Entry, NewFile, locked, save, settle
from dashboard.tables import EventRow, Row, empty_row

__all__ = ["Change", "Entry", "RowChange", "commit", "settle", "update_table"]

Change = Callable[[list[Row]], list[Row]]


def commit(folder: Path, changes: Sequence[RowChange], entry: Entry) -> int:
    """Save changed rows, all or none, and return the number of the line in the log.

    Tables are written in the order in which the changes first name them. A row that already is what it should become,
    by a second click or another person's change, is left alone. If nothing remains to be done, the number is that of
    the last line.

    Raises
    ------
    RowConflictError
        A row is no longer what it was when the change was planned. Nothing was written.
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
        _begin_log(folder)
        number = save(folder, files, entry, [recorded_change(c.table, c.row_id, c.before, c.after) for c in due])
        for table in after.values():
            remember_table(folder, table.as_saved_in(folder))
    return number


def _is_done(change: RowChange, tables: Mapping[str, TableText]) -> bool:
    return _same(tables[change.table].rows.get(change.row_id), change.after)


def _same(one: Row | None, other: Row | None) -> bool:
    """True if both rows are missing, or have the same cells; an empty cell equals a missing one."""
    if one is None or other is None:
        return one is other
    return all(one.get(column, "") == other.get(column, "") for column in {**one, **other})


def _refuse_conflict(change: RowChange, now: Row | None) -> None:
    if not _same(now, change.before):
        raise RowConflictError(change.table, change.row_id, base=change.before, theirs=now, yours=change.after)


def _begin_log(folder: Path) -> None:
    """Start the log with the rows that were reviewed before it existed, so that it covers them too."""
    if audit_log.tail_of(folder).line:
        return
    rows = read_table(folder, "events").rows
    reviewed = [
        recorded_change("events", row_id, None, row, with_cells=False)
        for row_id, row in rows.items()
        if EventRow(row).is_reviewed
    ]
    if reviewed:
        note = "reviewed before this log began"
        save(folder, [], Entry(who=audit_log.PROGRAM, action=audit_log.BEGIN, note=note), reviewed)


def update_table(folder: Path, name: str, change: Change, *, action: str = "update") -> None:
    """Change the rows of ``articles``, ``places`` or ``events`` and write them back, or leave the file as it was.

    ``change`` gets every row as text, with all columns of the table (empty where the file lacks them) and the person's
    own; it returns the rows to write, in order. Its exceptions are passed on, and then nothing is written, nor if it
    changes nothing. Rows of the wrong width keep their place and text. `change` must not save anything itself: the
    lock is not reentrant. ``action`` is a word for the audit log.

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
        data = encoded_text(whole_table(table.text, name, before, after))
        _begin_log(folder)
        entry = Entry(who=audit_log.PROGRAM, action=action)
        save(folder, [NewFile(f"{name}.csv", data, table.digest)], entry, _differences(table, before, after))


def _differences(table: TableText, before: Iterable[Row], after: Iterable[Row]) -> list[RecordedChange]:
    """What a step of the program did to each row; for rows it added, the log leaves their cells to the table."""
    old = {row_id_of(table.name, row, table.hashes): row for row in before if any(row.values())}
    new = {row_id_of(table.name, row, table.hashes): row for row in after if any(row.values())}
    return [
        recorded_change(table.name, row_id, old.get(row_id), new.get(row_id), with_cells=row_id in old)
        for row_id in {**old, **new}
        if not _same(old.get(row_id), new.get(row_id))
    ]
