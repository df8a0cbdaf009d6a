"""The rows of a project's tables as text, by their ids: what a person sees, decides on and saves again.

A `TableText` is a snapshot of one CSV file. Changing some of its rows keeps every byte of the others.
"""

import hashlib
import threading
import time
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from dashboard.errors import ConflictError, DataError
from dashboard.model import Place
from dashboard.project.disk.atomic_files import file_digest, file_stamp
from dashboard.project.reading.csv_records import format_record, line_end
from dashboard.project.reading.csv_text import CsvText, DataRow, parse_csv, read_csv
from dashboard.project.reading.rows import RowReader, read_place
from dashboard.project.rewrite import whole_table
from dashboard.tables import COLUMNS, ID_COLUMNS, EventRow, Row, empty_row, row_event_id

HALF_SAVED_SECONDS = 3.0
"""Longest pause of an editor between two pieces of a file it writes."""
_TABLES_CACHED = 6
"""Maximum number of tables in memory: those of two projects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A planned change of a row. ``before`` is the row when the change was planned; None: no such row."""

    table: str
    row_id: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True, kw_only=True)
class TableText:
    """One table as text. Treat it as immutable: copy a row before changing it."""

    name: str
    """articles, places or events"""
    stamp: bytes
    """Of the file it was read from; see `file_stamp`."""
    text: CsvText
    hashes: Mapping[str, str] = field(default_factory=dict)
    """article_id -> sha256, from which the ids of events without a written one are computed."""

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """Every row by its id, in the file's order, with all columns of the table; the first of two with one id."""
        empty = {column: "" for column in empty_row(self.name) if column not in self.text.columns}
        rows = self.text.rows
        return {row_id: rows[at].cells | empty if empty else rows[at].cells for row_id, at in self._row_index.items()}

    @cached_property
    def _row_index(self) -> dict[str, int]:
        """The index of each row in `CsvText.rows`, by its id."""
        found: dict[str, int] = {}
        for at, row in enumerate(self.text.rows):
            if any(row.cells.values()):
                found.setdefault(row_id_of(self.name, row.cells, self.hashes), at)
        return found

    def data_row(self, row_id: str) -> DataRow | None:
        """The row with its number and line in the file; None if there is no such row."""
        at = self._row_index.get(row_id)
        return None if at is None else self.text.rows[at]

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The rows of places.csv as places; those that break a rule are left out."""
        readers = {row_id: RowReader(self.text.file, self.text.rows[at], []) for row_id, at in self._row_index.items()}
        return {row_id: place for row_id, reader in readers.items() if (place := read_place(reader))}

    @cached_property
    def digest(self) -> str:
        """The `file_digest` of the file that this table was read from, or written to."""
        return hashlib.sha256(self.data()).hexdigest() if self.stamp else ""

    def with_changes(self, changes: Sequence[RowChange]) -> "TableText":
        """The table with these rows changed; its stamp is empty, as no file holds it yet."""
        text = self._text_with_rows_replaced(changes) or self._text_with_rows_added(changes)
        return replace(self, text=text, stamp=b"")

    def as_saved_in(self, folder: Path) -> "TableText":
        """The same table with the stamp of its file, to which it was saved."""
        return replace(self, stamp=file_stamp(folder / f"{self.name}.csv"))

    def data(self) -> bytes:
        """The content of the file. Raises `DataError` for text that cannot be encoded."""
        return encoded_text(self.text.head + "".join(self.text.records))

    def _text_with_rows_replaced(self, changes: Sequence[RowChange]) -> CsvText | None:
        """The text with rows replaced in place; None if rows are added or removed, or need columns it lacks."""
        records, rows = list(self.text.records), list(self.text.rows)
        for change in changes:
            at = self._row_index.get(change.row_id)
            if at is None or change.after is None or not self._has_room_for(change.after):
                return None
            old = rows[at]
            record = self._record(change.after, line_end(records[old.record]))
            if record.count("\n") != records[old.record].count("\n"):
                return None  # the line numbers of the rows below would change
            records[old.record] = record
            cells = {column: change.after.get(column, "") for column in self.text.columns}
            rows[at] = DataRow(old.number, old.line, cells, old.record)
        return replace(self.text, records=records, rows=rows)

    def _has_room_for(self, row: Row) -> bool:
        return all(column in self.text.columns for column, cell in row.items() if cell)

    def _record(self, row: Row, end: str) -> str:
        return format_record([row.get(column, "") for column in self.text.columns], self.text.separator, end)

    def _text_with_rows_added(self, changes: Sequence[RowChange]) -> CsvText:
        """The text with rows added, removed or given new columns."""
        has_room = all(self._has_room_for(change.after) for change in changes if change.after)
        written = self._spliced_text(changes) if has_room and self.text.columns else self._whole_text(changes)
        return parse_csv(encoded_text(written), self.text.file, COLUMNS[self.name])

    def _spliced_text(self, changes: Sequence[RowChange]) -> str:
        head, records = self.text.head, list(self.text.records)
        end = line_end(head) or "\n"
        new: list[tuple[int, str, str]] = []
        for change in changes:
            if change.row_id in self._row_index:
                at = self.text.rows[self._row_index[change.row_id]].record
                records[at] = self._record(change.after, line_end(records[at])) if change.after else ""
            elif change.after:
                new.append((self._insertion_point(change.row_id), change.row_id, self._record(change.after, end)))
        last = records[-1] if records else head
        if new and not line_end(last):
            head, records = (head, [*records[:-1], last + end]) if records else (head + end, [])
        for at, _, record in sorted(new, reverse=True):
            records.insert(at, record)
        return head + "".join(records)

    def _insertion_point(self, row_id: str) -> int:
        """The record before which a new row is inserted: sorted places stay sorted, other rows go to the end."""
        ids = list(self._row_index)
        if self.name != "places" or ids != sorted(ids):
            return len(self.text.records)
        at = bisect_left(ids, row_id)
        return self.text.rows[self._row_index[ids[at]]].record if at < len(ids) else len(self.text.records)

    def _whole_text(self, changes: Sequence[RowChange]) -> str:
        before = [empty_row(self.name) | row.cells for row in self.text.rows]
        after: dict[int, Row] = dict(enumerate(before))
        for new, change in enumerate(changes, start=len(before)):
            at = self._row_index.get(change.row_id, new)
            if change.after:
                after[at] = change.after
            else:
                after.pop(at, None)
        return whole_table(self.text, self.name, before, list(after.values()))


def encoded_text(text: str) -> bytes:
    """The text as the bytes of a file. Raises `DataError` for text that is not valid Unicode."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError("A cell holds half of a surrogate pair, which is no text.") from error


def row_id_of(table: str, row: Row, hashes: Mapping[str, str]) -> str:
    """The id of a row, written or computed from its content."""
    if table == "events":
        return row_event_id(row, hashes.get(EventRow(row).article_id, ""))
    return row.get(ID_COLUMNS[table], "").strip()


# --- reading

_cached_tables: dict[Path, TableText] = {}
_lock = threading.Lock()


def read_table(folder: Path, name: str, *, is_to_be_saved: bool = False) -> TableText:
    """The current content of a table; cached until its file is saved.

    With ``is_to_be_saved`` the cache is compared with the file's bytes: an edit that the stamp misses must not be lost.

    Raises
    ------
    DataError
        The file cannot be read completely, so saving it would lose something.
    ConflictError
        Another program is saving it, and has written only a part so far.
    """
    path = (folder / f"{name}.csv").absolute()
    stamp = file_stamp(path)
    cached = _cached_tables.get(path)
    if cached and cached.stamp == stamp and stamp and not (is_to_be_saved and _digest_of(path) != cached.digest):
        return cached
    text = read_csv(folder / f"{name}.csv", folder, COLUMNS[name])
    if _is_half_saved(path, text):
        raise ConflictError(f"{path.name} is being saved by another program. Try again in a moment.")
    if not text.is_whole and text.problems[0].code != "file.missing":
        errors = (str(problem) for problem in text.problems if problem.severity == "error")
        # After ten thousand warnings an error is only counted.
        first = next(errors, f"{text.file}: rows of it cannot be read; see conflictmap check.")
        raise DataError(f"{first} The file is not written until this is mended, so that nothing is lost.")
    table = TableText(name=name, stamp=stamp, text=text, hashes=_hashes(folder, text) if name == "events" else {})
    remember_table(folder, table)
    return table


def _digest_of(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return ""  # reading it again reports why


def _is_half_saved(path: Path, text: CsvText) -> bool:
    """True for a file that was changed a moment ago and ends in the middle of a row, or is empty.

    Editors overwrite a file piece by piece. Taking a part for the whole would lose the rest.
    """
    try:
        is_new = time.time() - path.stat().st_mtime < HALF_SAVED_SECONDS
    except OSError:
        return False
    if not text.records:
        return is_new and any(problem.code == "file.empty" for problem in text.problems)
    last = len(text.records) - 1
    is_cut = not text.is_whole or text.wrong_width[1][-1:] == array("q", [last])
    return is_new and is_cut and not line_end(text.records[last])


def remember_table(folder: Path, table: TableText) -> None:
    """Cache the content of the file that has the table's stamp."""
    with _lock:
        _cached_tables[(folder / f"{table.name}.csv").absolute()] = table
        while len(_cached_tables) > _TABLES_CACHED:
            del _cached_tables[next(iter(_cached_tables))]


def _hashes(folder: Path, text: CsvText) -> dict[str, str]:
    """The sha256 of the articles, if there are events without an id of their own."""
    if all(EventRow(row.cells).event_id for row in text.rows):
        return {}
    articles = read_csv(folder / "articles.csv", folder, COLUMNS["articles"])
    return {row.cells.get("article_id", "").strip(): row.cells.get("sha256", "").strip() for row in articles.rows}
