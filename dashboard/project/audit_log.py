"""The audit log of a project, ``audit.jsonl``: who changed which rows, when, and what stood there before.

Lines are only added. Each is one JSON object that holds its own hash and that of the line before, so that an altered,
moved or missing line is found by walking the file. That shows tampering; it does not prevent it: who rewrites the whole
file leaves no trace in it, and is found out by a hash that was kept elsewhere. `audit_lines` says how a line is made.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dashboard.errors import DataError, Problem, shown
from dashboard.project.audit_lines import FIRST_HASH, REMOVED, Line, Recorded, decoded, encoded
from dashboard.project.disk.atomic_files import TEMPORARY_PREFIX, reason, sync_folder, write_aside
from dashboard.project.disk.regular_files import open_regular
from dashboard.tables import Row, row_version

__all__ = ["BEGIN", "FILE", "PROGRAM", "REMOVED", "UNDO", "WITHDRAW", "Line", "Recorded", "Tail", "append", "backwards",
           "cut", "head", "history", "recorded", "tail_of", "walk"]  # fmt: skip

FILE = "audit.jsonl"
PROGRAM = "conflictmap"
"""Who signs what no person has decided."""
BEGIN, WITHDRAW, UNDO = "begin", "withdraw", "undo"
"""What the log opens with in a project that holds reviewed rows already; a change that was never put in place; and
a decision taken back."""

LINE_LIMIT_BYTES = 256_000_000
"""Of one line, which tells of up to a million rows; what is longer was not written by this program."""
ALTERED_LIMIT = 100
"""After so many lines that this program did not write, the rest of the file is not read."""
_ENDLESS = f"the line has no end, or more than {LINE_LIMIT_BYTES // 1_000_000:,} MB: this program did not write it."
_FROM_A_COPY = "Take the file from a copy that is whole."
_MEND = "Take the file from a copy, or delete that line; until then nothing is saved, so that no history is lost."
_TAIL_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Tail:
    """How the log ends: what the next line follows, and where it goes."""

    line: Line | None
    """The last one; None if there is none."""
    size: int
    """Bytes up to its end."""
    torn: int
    """Bytes behind it, of a line that was never finished."""
    is_ended: bool = True
    """False if an end of line is missing behind the last line, or behind blanks that follow it."""

    @property
    def number(self) -> int:
        """The last line's number; 0 if there is none."""
        return self.line.number if self.line else 0


def recorded(table: str, row_id: str, before: Row | None, after: Row | None, *, with_cells: bool = True) -> Recorded:
    """What is to be written about a row that changes, appears or goes."""
    old, new = before or {}, after or {}
    changed = [column for column in {**old, **new} if old.get(column, "") != new.get(column, "")]
    cells = {column: (old.get(column, ""), new.get(column, "")) for column in changed} if with_cells else {}
    return Recorded(table, row_id, _version(before), _version(after), cells)


def _version(row: Row | None) -> str | None:
    return None if row is None else row_version(row)


# --- writing


def append(folder: Path, line: Line, tail: Tail) -> None:
    """Add the line behind the tail and wait until the disk has it.

    The first line of a log is put in place whole. Any other may be cut short by a crash, and the files set aside for
    its change then say that it was ours.

    Raises
    ------
    DataError
        A cell is no text, the line would be longer than may be read, or the log ends with a part of a line.
    OSError
        The disk refuses; then a part of the line may stand there: see `cut`.
    """
    if tail.torn:
        raise DataError(f"{FILE}: the last line is cut short, and no change that was interrupted explains it. {_MEND}")
    data = (b"" if tail.is_ended else b"\n") + encoded(line, tail.line.hash if tail.line else FIRST_HASH) + b"\n"
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
        write_aside(aside, first, like=folder / FILE)
        aside.replace(folder / FILE)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(folder)


def cut(folder: Path, size: int) -> None:
    """Take back what stands behind ``size`` bytes: the line of a change that did not come about.

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
    """How the log ends, of its last bytes alone. Raises `DataError` if its last line was altered or has no end."""
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
        wanted = _more(wanted)
    if line := decoded(torn):
        return Tail(line, end, 0, is_ended=False)
    is_ended = not torn
    torn = torn if torn.strip() else b""
    if not lines[2]:
        return Tail(None, end - len(torn), len(torn), is_ended)
    line = decoded(lines[2])
    if line is None:
        raise DataError(f"{FILE}: the last line was altered. {_MEND}")
    return Tail(line, end - len(torn), len(torn), is_ended)


def _more(wanted: int) -> int:
    """How many bytes to look at after so many held no whole line. Raises `DataError` if no line is as long as that."""
    if wanted > LINE_LIMIT_BYTES:
        raise DataError(f"{FILE}: {_ENDLESS} {_FROM_A_COPY}")
    return min(wanted * 8, LINE_LIMIT_BYTES + 1)


def history(folder: Path) -> Iterator[Line]:
    """Every line that can be read, from the first on; what is wrong with the others, `walk` says."""
    return (line for line in walk(folder) if isinstance(line, Line))


def backwards(folder: Path) -> Iterator[Line]:
    """Every line that can be read, from the last on; reads no more of the file than is asked for."""
    try:
        with open_regular(folder / FILE) as file:
            end, rest = file.seek(0, os.SEEK_END), b""
            while end:
                if len(rest) > LINE_LIMIT_BYTES:
                    raise DataError(f"{FILE}: {_ENDLESS} {_FROM_A_COPY}")
                start = max(0, end - max(_TAIL_BYTES, len(rest)))  # twice as much for a line that is longer
                file.seek(start)
                rest, *lines = (file.read(end - start) + rest).split(b"\n")
                yield from filter(None, map(decoded, reversed(lines)))
                end = start
            yield from filter(None, [decoded(rest)])
    except FileNotFoundError:
        return
    except OSError as error:
        raise DataError(f"{folder / FILE} cannot be read: {reason(error)}.") from error


def head(folder: Path) -> Line | None:
    """The last line, to keep its hash elsewhere; None if there is none. Raises `DataError` if the log is not whole."""
    last = None
    for one in walk(folder):
        if isinstance(one, Problem):
            raise DataError(f"{one} Until then its hash would vouch for what is wrong.")
        last = one
    return last


def walk(folder: Path) -> Iterator[Line | Problem]:
    """Every line of the log, and before it a problem where it does not follow the line before; a problem alone in
    the place of a line that was altered.
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
        line = decoded(raw)
        if line is None:
            what = "was altered" if raw.endswith(b"\n") else "is cut short"
            message = f"{what}: {shown(raw.rstrip()[:80].decode('utf-8', 'replace'))}."
            yield _problem(at, "audit.altered", message, _FROM_A_COPY)
            before = None  # what follows it cannot be compared
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
