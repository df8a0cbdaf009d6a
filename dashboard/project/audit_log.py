"""The audit log of a project, ``audit.jsonl``: who changed which rows, when, and what they held before.

Append-only. Each line is a JSON object with its own hash and that of the line before, so that walking the file finds an
altered, moved or missing line. That reveals tampering but cannot prevent it: rewriting the whole file leaves no trace
in it, and is only detected by a hash kept elsewhere. `audit_lines` defines the format of a line.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dashboard.errors import DataError, Problem, shown
from dashboard.project.audit_lines import FIRST_HASH, REMOVED, Line, RecordedChange, decoded_line, encoded_line
from dashboard.project.disk.atomic_files import TEMPORARY_PREFIX, reason, sync_folder, write_temporary
from dashboard.project.disk.regular_files import open_regular
from dashboard.tables import Row, row_version

__all__ = [
    "BEGIN",
    "FILE",
    "PROGRAM",
    "REMOVED",
    "UNDO",
    "WITHDRAW",
    "Line",
    "RecordedChange",
    "Tail",
    "append",
    "history",
    "history_backwards",
    "last_line",
    "recorded_change",
    "tail_of",
    "truncate",
    "walk",
]  # fmt: skip

FILE = "audit.jsonl"
PROGRAM = "conflictmap"
"""The author of changes that no person decided."""
BEGIN, WITHDRAW, UNDO = "begin", "withdraw", "undo"
"""Actions of the log itself: opening a log for rows that are already reviewed, withdrawing a change that was never put
in place, and undoing a decision."""

LINE_LIMIT_BYTES = 256_000_000
"""Limit for one line, which may list up to a million rows; this program writes none longer."""
ALTERED_LIMIT = 100
"""Stop reading after this number of lines that this program did not write."""
_ENDLESS = f"the line has no end, or more than {LINE_LIMIT_BYTES // 1_000_000:,} MB: this program did not write it."
_FROM_A_COPY = "Take the file from a copy that is whole."
_MEND = "Take the file from a copy, or delete that line; until then nothing is saved, so that no history is lost."
_TAIL_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the log: the last line, and where the next one goes."""

    line: Line | None
    """The last line; None if the log is empty."""
    size: int
    """Bytes up to the end of that line."""
    torn: int
    """Bytes after it, of a line that was never finished."""
    is_ended: bool = True
    """False if the last line, or the blanks after it, lack a line end."""

    @property
    def number(self) -> int:
        """The last line's number; 0 for an empty log."""
        return self.line.number if self.line else 0


def recorded_change(
    table: str, row_id: str, before: Row | None, after: Row | None, *, with_cells: bool = True
) -> RecordedChange:
    """The log's record of a row that is changed, added or removed."""
    old, new = before or {}, after or {}
    changed = [column for column in {**old, **new} if old.get(column, "") != new.get(column, "")]
    cells = {column: (old.get(column, ""), new.get(column, "")) for column in changed} if with_cells else {}
    return RecordedChange(table, row_id, _version(before), _version(after), cells)


def _version(row: Row | None) -> str | None:
    return None if row is None else row_version(row)


# --- writing


def append(folder: Path, line: Line, tail: Tail) -> None:
    """Add the line after the tail and wait until it is on the disk.

    The first line of a log is written atomically. Any other may be cut short by a crash; the staged files of its change
    then show that it was ours.

    Raises
    ------
    DataError
        A cell is not valid text, the line would be too long to be read, or the log ends with a partial line.
    OSError
        The disk refuses. A part of the line may have been written: see `truncate`.
    """
    if tail.torn:
        raise DataError(f"{FILE}: the last line is cut short, and no change that was interrupted explains it. {_MEND}")
    data = (b"" if tail.is_ended else b"\n") + encoded_line(line, tail.line.hash if tail.line else FIRST_HASH) + b"\n"
    if len(data) > LINE_LIMIT_BYTES:
        raise DataError(f"The change is too big for a line of {FILE}. Nothing was changed. Change fewer rows at once.")
    if not tail.size:
        _begin_with(data, folder)
        return
    with open_regular(folder / FILE, "ab", buffering=0) as file:
        while data:
            data = data[file.write(data) :]
        os.fsync(file.fileno())


def _begin_with(first: bytes, folder: Path) -> None:
    aside = folder / f"{TEMPORARY_PREFIX}{FILE}.tmp"
    try:
        write_temporary(aside, first, like=folder / FILE)
        aside.replace(folder / FILE)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(folder)


def truncate(folder: Path, size: int) -> None:
    """Remove everything after ``size`` bytes: the line of a change that failed.

    Raises `OSError` if the disk refuses.
    """
    path = folder / FILE
    if not path.exists() or path.stat().st_size <= size:
        return
    with open_regular(path, "r+b") as file:
        file.truncate(size)
        os.fsync(file.fileno())


# --- reading


def tail_of(folder: Path) -> Tail:
    """The end of the log; reads its last bytes only. Raises `DataError` if the last line was altered or never ends."""
    try:
        with open_regular(folder / FILE) as file:
            return _tail(file)
    except FileNotFoundError:
        return Tail(None, 0, 0)
    except OSError as error:
        raise DataError(f"{folder / FILE} cannot be read: {reason(error)}.") from error


def _tail(file: BinaryIO) -> Tail:
    end, wanted = file.seek(0, os.SEEK_END), _TAIL_BYTES
    while True:
        start = max(0, end - wanted)
        file.seek(start)
        whole, _, torn = file.read(end - start).rpartition(b"\n")
        lines = whole.rstrip(b"\r\n").rpartition(b"\n")
        if start == 0 or lines[1]:
            break
        wanted = _longer_tail(wanted)
    if line := decoded_line(torn):
        return Tail(line, end, 0, is_ended=False)
    is_ended = not torn
    torn = torn if torn.strip() else b""
    if not lines[2]:
        return Tail(None, end - len(torn), len(torn), is_ended)
    line = decoded_line(lines[2])
    if line is None:
        raise DataError(f"{FILE}: the last line was altered. {_MEND}")
    return Tail(line, end - len(torn), len(torn), is_ended)


def _longer_tail(wanted: int) -> int:
    """How many bytes to read after ``wanted`` held no whole line. Raises `DataError` beyond the limit of a line."""
    if wanted > LINE_LIMIT_BYTES:
        raise DataError(f"{FILE}: {_ENDLESS} {_FROM_A_COPY}")
    return min(wanted * 8, LINE_LIMIT_BYTES + 1)


def history(folder: Path) -> Iterator[Line]:
    """Every readable line, first to last; `walk` also reports what is wrong with the others."""
    return (line for line in walk(folder) if isinstance(line, Line))


def history_backwards(folder: Path) -> Iterator[Line]:
    """Every readable line, last to first; reads the file only as far as the caller iterates."""
    try:
        with open_regular(folder / FILE) as file:
            end, rest = file.seek(0, os.SEEK_END), b""
            while end:
                if len(rest) > LINE_LIMIT_BYTES:
                    raise DataError(f"{FILE}: {_ENDLESS} {_FROM_A_COPY}")
                start = max(0, end - max(_TAIL_BYTES, len(rest)))  # doubles for a longer line
                file.seek(start)
                rest, *lines = (file.read(end - start) + rest).split(b"\n")
                yield from filter(None, map(decoded_line, reversed(lines)))
                end = start
            yield from filter(None, [decoded_line(rest)])
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataError(f"{folder / FILE} cannot be read: {reason(error)}.") from error


def last_line(folder: Path) -> Line | None:
    """The last line, to keep its hash elsewhere; None for an empty log. Raises `DataError` if the log is not intact."""
    last = None
    for one in walk(folder):
        if isinstance(one, Problem):
            raise DataError(f"{one} Until then its hash would vouch for what is wrong.")
        last = one
    return last


def walk(folder: Path) -> Iterator[Line | Problem]:
    """Every line of the log, preceded by a problem if it does not continue the chain; an altered line yields only a
    problem.
    """
    before: tuple[int, str] | None = (0, FIRST_HASH)
    form = 1
    altered = 0
    for at, raw in enumerate(_raw_lines(folder), start=1):
        if not raw.strip():
            continue
        if len(raw) > LINE_LIMIT_BYTES:
            yield _problem(at, "audit.altered", f"{_ENDLESS} The rest is not read.", _FROM_A_COPY)
            return
        line = decoded_line(raw)
        if line is None:
            what = "was altered" if raw.endswith(b"\n") else "is cut short"
            message = f"{what}: {shown(raw.rstrip()[:80].decode('utf-8', 'replace'))}."
            yield _problem(at, "audit.altered", message, _FROM_A_COPY)
            before = None  # the next line has nothing to be compared with
            altered += 1
            if altered == ALTERED_LIMIT:
                yield _problem(at, "audit.altered", "too many such lines; the rest is not read.", _FROM_A_COPY)
                return
            continue
        if before and (line.number, line.previous) != (before[0] + 1, before[1]):
            message = f"number {line.number} does not follow the line before it, which is number {before[0]}."
            yield _problem(at, "audit.chain", message, "Were lines removed, added or moved? Take the file from a copy.")
        if line.form < form:
            message = f"number {line.number} has the form of older programs, though lines of ours stand above it."
            yield _problem(at, "audit.form", message, "Was it written by hand? Take the file from a copy.")
        yield line
        before, form = (line.number, line.hash), max(line.form, form)


def _raw_lines(folder: Path) -> Iterator[bytes]:
    try:
        with open_regular(folder / FILE) as file:
            while line := file.readline(LINE_LIMIT_BYTES + 1):
                yield line
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataError(f"{folder / FILE} cannot be read: {reason(error)}.") from error


def _problem(line: int, code: str, message: str, hint: str) -> Problem:
    return Problem(file=FILE, code=code, line=line, message=message, hint=hint)
