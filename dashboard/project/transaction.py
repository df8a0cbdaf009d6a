"""Saving several files of a project as one atomic change: every file and the line in the audit log, or nothing.

The log is the record of what was decided, and serves as the write-ahead log too. Under the project's lock

1. the new files are staged: written beside the old ones, under the number that the line will have,
2. the line is added to the log, which commits the change,
3. the staged files replace the old ones.

A program killed before step 2 has changed nothing: the next holder of the lock removes the staged files.
Killed after it, the next holder finishes step 3. A file that another program saved in between is never overwritten:
that part of the change is withdrawn, and the log says so.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from dashboard.errors import ConflictError, DataError
from dashboard.project import audit_log
from dashboard.project.audit_log import Line, RecordedChange, Tail
from dashboard.project.disk.atomic_files import (
    TEMPORARY_PREFIX,
    file_digest,
    file_stamp,
    reason,
    remove_stale,
    sync_folder,
    write_temporary,
)
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.project.enclosure import ARTICLES, LOCK, TABLE_FILES, refuse_foreign
from dashboard.project.reading.file_kinds import folder_problem

LOCK_TIMEOUT_SECONDS = 30
_TARGETS = "|".join(map(re.escape, TABLE_FILES))
_ASIDE = re.compile(rf"{re.escape(TEMPORARY_PREFIX)}([0-9]{{1,18}})-([0-9])-([0-9a-f]{{16}})-({_TARGETS})\.tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the log says about a change, besides the rows. ``who`` is a person, or the program."""

    who: str
    action: str
    note: str = ""
    undoes: int | None = None
    at: str = ""
    """UTC, ISO 8601; empty: now."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A table's new content, and a digest of what its file held when it was read."""

    name: str
    """events.csv"""
    data: bytes
    digest: str
    """See `file_digest`."""


@dataclass(frozen=True, slots=True)
class _StagedFile:
    """A new file that is written, but not in place yet; it lies in the folder of the one it replaces."""

    path: Path
    number: int
    """The number of the change's line in the log."""
    position: int
    """In the order in which the files of the change are put in place, from 0."""
    name: str
    """events.csv"""
    target: Path
    was: str
    """Short digest of what the file to be replaced held when it was read."""

    @property
    def is_free(self) -> bool:
        """True if the file to be replaced still holds what was read. Raises `OSError` if it cannot be read."""
        stamp = file_stamp(self.target)
        return _short_digest(file_digest(self.target)) == self.was and file_stamp(self.target) == stamp


def utc_now() -> str:
    """The time in UTC, in the format of the log and of reviewed_at."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- the lock


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the project's lock, and first finish or undo what a killed program left half done.

    Not reentrant: a thread that already holds it would wait in vain.

    Raises
    ------
    DataError
        The folder cannot be entered or written to, or something in it leads elsewhere.
    ConflictError
        Another program has held the lock for too long.
    ReadOnlyError
        This process may not change a project.
    """
    refuse_if_read_only()
    if problem := folder_problem(folder):
        raise DataError(str(problem))
    refuse_foreign(folder)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=LOCK_TIMEOUT_SECONDS)
    except Timeout as error:
        raise ConflictError(
            f"Another program has been writing to {folder} for {LOCK_TIMEOUT_SECONDS} seconds. Try again later."
        ) from error
    except OSError as error:
        raise DataError(f"{folder} cannot be written to: {reason(error)}.") from error
    try:
        _recover(folder)
        yield
    finally:
        lock.release()


def settle(folder: Path) -> None:
    """Finish or undo what a killed program left half done; for programs that may never save anything themselves.

    Raises what `locked` raises.
    """
    if is_unfinished(folder):
        with locked(folder):
            pass


def is_unfinished(folder: Path) -> bool:
    """True if a program is saving right now, or was killed while saving."""
    if folder_problem(folder):
        return False
    return any(True for _ in folder.glob(f"{TEMPORARY_PREFIX}*"))


def _recover(folder: Path) -> None:
    try:
        _finish(folder)
        for left in folder.glob(f"{TEMPORARY_PREFIX}*"):  # only the holder of the lock makes them there
            left.unlink(missing_ok=True)
        remove_stale(folder / ARTICLES)
    except OSError as error:
        raise DataError(f"A change that was interrupted in {folder} cannot be finished: {reason(error)}.") from error


# --- one change


def save(folder: Path, files: Sequence[NewFile], entry: Entry, changes: Sequence[RecordedChange]) -> int:
    """Write the files, in this order, and the line of the log; return the line's number. The lock must be held.

    Raises
    ------
    DataError
        The disk refuses. Nothing was changed, unless the message says otherwise.
    ConflictError
        Another program saved one of the files since it was read. The log says what was withdrawn.
    """
    tail = audit_log.tail_of(folder)
    line = Line(
        number=tail.number + 1, at=entry.at or utc_now(), who=entry.who, action=entry.action, note=entry.note,
        undoes=entry.undoes, changes=tuple(changes),
    )  # fmt: skip
    staged = [_staged_file(folder, line.number, position, file) for position, file in enumerate(files)]
    is_logged = False
    try:
        _write_staged(staged, files)
        audit_log.append(folder, line, tail)
        is_logged = True
        withdrawn = _finish(folder)
    except BaseException as error:
        _after_failure(folder, staged, tail, error, is_logged=is_logged)
        raise
    if withdrawn:
        raise ConflictError(
            f"{' and '.join(withdrawn)} was saved by another program meanwhile. Look, and decide again."
        )
    return line.number


def _staged_file(folder: Path, number: int, position: int, file: NewFile) -> _StagedFile:
    target, was = folder / file.name, _short_digest(file.digest)
    path = target.with_name(f"{TEMPORARY_PREFIX}{number}-{position}-{was}-{file.name}.tmp")
    return _StagedFile(path, number, position, file.name, target, was)


def _short_digest(digest: str) -> str:
    return hashlib.sha256(digest.encode()).hexdigest()[:16]


def _write_staged(staged: Sequence[_StagedFile], files: Sequence[NewFile]) -> None:
    for new, file in zip(staged, files, strict=True):
        if not new.is_free:
            message = f"{file.name} was saved by another program meanwhile; nothing was written. Try again."
            raise ConflictError(message)
        write_temporary(new.path, file.data, like=new.target)
    for folder in {new.path.parent for new in staged}:
        sync_folder(folder)


def _after_failure(
    folder: Path, staged: Sequence[_StagedFile], tail: Tail, error: BaseException, *, is_logged: bool
) -> None:
    """Undo the change, or finish it if a file is already in place; turn errors of the disk into `DataError`."""
    is_begun = is_logged and not all(new.path.exists() for new in staged)
    try:
        if is_begun:
            _finish(folder)
        else:
            audit_log.truncate(folder, tail.size + tail.torn)
            for new in staged:
                new.path.unlink(missing_ok=True)
    except OSError as second:
        message = f"{folder} cannot be written: {reason(second)}. The next save settles whether the change stands."
        raise DataError(f"{message} Look before you decide again.") from error
    if isinstance(error, OSError):
        outcome = "The change stands, but may not outlast a power failure." if is_begun else "Nothing was changed."
        raise DataError(f"{folder} cannot be written: {reason(error)}. {outcome}") from error


# --- putting in place


def _finish(folder: Path) -> list[str]:
    """Put the staged files of the log's last line in place; return the names of those that could not be.

    Used by every save, and after a crash. A file that another program has saved since is left as it is, and the log
    gets a line that withdraws the change to it. Staged files that belong to no line are left to be removed.
    """
    staged = list(_staged_files(folder))
    if not staged:
        return []
    tail = audit_log.tail_of(folder)
    due = sorted((file for file in staged if file.number == tail.number), key=lambda file: file.position)
    withdrawn = []
    for file in due:
        if file.is_free:
            file.path.replace(file.target)
        else:
            withdrawn.append(file)
    sync_folder(folder)
    if any(file.number in (tail.number, tail.number + 1) for file in staged):
        audit_log.truncate(folder, tail.size)  # a half-written line: of the change, or of its withdrawal
    if withdrawn and tail.line:
        audit_log.append(folder, _withdrawal(tail.line, withdrawn), audit_log.tail_of(folder))
        for file in withdrawn:
            file.path.unlink(missing_ok=True)
    return [file.name for file in withdrawn]


def _staged_files(folder: Path) -> Iterator[_StagedFile]:
    """The files staged for the tables of this folder; other files with such names are not ours."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*.tmp"):
        if found := _ASIDE.fullmatch(path.name):
            number, position, was, name = found.groups()
            yield _StagedFile(path, int(number), int(position), name, folder / name, was)


def _withdrawal(line: Line, withdrawn: Sequence[_StagedFile]) -> Line:
    tables = {file.name.removesuffix(".csv") for file in withdrawn}
    changes = tuple(
        replace(one, before=one.after, after=one.before, cells={k: (b, a) for k, (a, b) in one.cells.items()})
        for one in line.changes
        if one.table in tables
    )
    note = "another program saved the file before the change was in place"
    return Line(
        number=line.number + 1, at=utc_now(), who=audit_log.PROGRAM, action=audit_log.WITHDRAW, note=note,
        undoes=line.number, changes=changes,
    )  # fmt: skip
