"""Saving several files of a project as one change, with its line in the audit log: all of it comes about, or nothing.

The log is the record of what was decided, and serves as the write-ahead log too. Under the project's lock

1. the new files are written aside, under the number that the line will have,
2. the line is added to the log: from here on the change stands,
3. the files take the place of the old ones.

A program killed before step 2 has changed nothing: whoever next holds the lock removes what was set aside. Killed
after it, the next holder finishes step 3. A file that somebody else saved in between is never overwritten: that part of
the change is withdrawn, and the log says so.
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
from dashboard.project.audit_log import Line, Recorded, Tail
from dashboard.project.disk.atomic_files import (
    TEMPORARY_PREFIX,
    file_digest,
    file_stamp,
    reason,
    remove_stale,
    sync_folder,
    write_aside,
)
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.project.enclosure import ARTICLES, LOCK, TABLE_FILES, refuse_foreign
from dashboard.project.reading.file_kinds import folder_problem

LOCK_TIMEOUT_SECONDS = 30
_TARGETS = "|".join(map(re.escape, TABLE_FILES))
_ASIDE = re.compile(rf"{re.escape(TEMPORARY_PREFIX)}([0-9]{{1,18}})-([0-9])-([0-9a-f]{{16}})-({_TARGETS})\.tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the log is to say about a change, besides the rows. ``who`` is a person, or the program."""

    who: str
    action: str
    note: str = ""
    undoes: int | None = None
    at: str = ""
    """UTC, ISO 8601; empty: now."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A table's new content, and what its file held when it was read."""

    name: str
    """events.csv"""
    data: bytes
    digest: str
    """See `file_digest`."""


@dataclass(frozen=True, slots=True)
class _Aside:
    """A new file that is written, but not in place yet. It stands in the folder, as does the one it is to replace."""

    path: Path
    number: int
    """Of the line in the log that stands for the change."""
    place: int
    """Among the files of the change, in the order in which they are put in place."""
    name: str
    """events.csv"""
    target: Path
    was: str
    """Sixteen digits that stand for what the file held that it is to replace."""

    @property
    def is_free(self) -> bool:
        """True if the file it is to replace still holds what was read. Raises `OSError` if it cannot be read."""
        stamp = file_stamp(self.target)
        return _digits(file_digest(self.target)) == self.was and file_stamp(self.target) == stamp


def now() -> str:
    """The time in UTC, as it stands in the log and in reviewed_at."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- the lock


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the project's lock, and first bring to an end what a killed program has left half done.

    Not reentrant: a thread that holds it and asks again waits in vain.

    Raises
    ------
    DataError
        The folder cannot be entered or written to, or something in it leads elsewhere.
    ConflictError
        Another program holds the lock for too long.
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
    """Finish or remove what a killed program has left; for the start of a program that may never write.

    Raises what `locked` raises.
    """
    if is_unfinished(folder):
        with locked(folder):
            pass


def is_unfinished(folder: Path) -> bool:
    """True if a program is saving at this moment, or was killed while it did."""
    if folder_problem(folder):
        return False
    return any(True for _ in folder.glob(f"{TEMPORARY_PREFIX}*"))


def _recover(folder: Path) -> None:
    try:
        _finish(folder)
        for left in folder.glob(f"{TEMPORARY_PREFIX}*"):  # only who holds the lock makes them there
            left.unlink(missing_ok=True)
        remove_stale(folder / ARTICLES)
    except OSError as error:
        raise DataError(f"A change that was interrupted in {folder} cannot be finished: {reason(error)}.") from error


# --- one change


def save(folder: Path, files: Sequence[NewFile], entry: Entry, changes: Sequence[Recorded]) -> int:
    """Write the files, in this order, and the line for the log; return the line's number. The lock must be held.

    Raises
    ------
    DataError
        The disk refuses. Nothing was changed, but where the message says otherwise.
    ConflictError
        Another program saved one of the files since it was read. What was withdrawn stands in the log.
    """
    tail = audit_log.tail_of(folder)
    line = Line(
        number=tail.number + 1, at=entry.at or now(), who=entry.who, action=entry.action, note=entry.note,
        undoes=entry.undoes, changes=tuple(changes),
    )  # fmt: skip
    asides = [_aside(folder, line.number, place, file) for place, file in enumerate(files)]
    stands = False
    try:
        _set_aside(asides, files)
        audit_log.append(folder, line, tail)
        stands = True
        withdrawn = _finish(folder)
    except BaseException as error:
        _after_failure(folder, asides, tail, error, stands=stands)
        raise
    if withdrawn:
        raise ConflictError(
            f"{' and '.join(withdrawn)} was saved by another program meanwhile. Look, and decide again."
        )
    return line.number


def _aside(folder: Path, number: int, place: int, file: NewFile) -> _Aside:
    target, was = folder / file.name, _digits(file.digest)
    path = target.with_name(f"{TEMPORARY_PREFIX}{number}-{place}-{was}-{file.name}.tmp")
    return _Aside(path, number, place, file.name, target, was)


def _digits(digest: str) -> str:
    return hashlib.sha256(digest.encode()).hexdigest()[:16]


def _set_aside(asides: Sequence[_Aside], files: Sequence[NewFile]) -> None:
    for aside, file in zip(asides, files, strict=True):
        if not aside.is_free:
            message = f"{file.name} was saved by another program meanwhile; nothing was written. Try again."
            raise ConflictError(message)
        write_aside(aside.path, file.data, like=aside.target)
    for folder in {aside.path.parent for aside in asides}:
        sync_folder(folder)


def _after_failure(folder: Path, asides: Sequence[_Aside], tail: Tail, error: BaseException, *, stands: bool) -> None:
    """Undo what was done, or finish it where a file is in place already; tell a refusal of the disk as `DataError`."""
    is_begun = stands and not all(aside.path.exists() for aside in asides)
    try:
        if is_begun:
            _finish(folder)
        else:
            audit_log.cut(folder, tail.size + tail.torn)
            for aside in asides:
                aside.path.unlink(missing_ok=True)
    except OSError as second:
        message = f"{folder} cannot be written: {reason(second)}. The next save settles whether the change stands."
        raise DataError(f"{message} Look before you decide again.") from error
    if isinstance(error, OSError):
        outcome = "The change stands, but may not outlast a power failure." if is_begun else "Nothing was changed."
        raise DataError(f"{folder} cannot be written: {reason(error)}. {outcome}") from error


# --- putting in place


def _finish(folder: Path) -> list[str]:
    """Put in place what the last line of the log stands for; return the names of files that could not be.

    Used by every save, and after a crash. A file that somebody else has saved since is left as it is, and the log
    gets a line that withdraws the change to it. What belongs to no line is left to be removed.
    """
    asides = list(_asides(folder))
    if not asides:
        return []
    tail = audit_log.tail_of(folder)
    due = sorted((aside for aside in asides if aside.number == tail.number), key=lambda aside: aside.place)
    withdrawn = []
    for aside in due:
        if aside.is_free:
            aside.path.replace(aside.target)
        else:
            withdrawn.append(aside)
    sync_folder(folder)
    if any(aside.number in (tail.number, tail.number + 1) for aside in asides):
        audit_log.cut(folder, tail.size)  # a line was being written: of the change, or of what was withdrawn of it
    if withdrawn and tail.line:
        audit_log.append(folder, _withdrawal(tail.line, withdrawn), audit_log.tail_of(folder))
        for aside in withdrawn:
            aside.path.unlink(missing_ok=True)
    return [aside.name for aside in withdrawn]


def _asides(folder: Path) -> Iterator[_Aside]:
    """What was set aside for a table of this folder. Whatever else is called so is somebody's invention."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*.tmp"):
        if found := _ASIDE.fullmatch(path.name):
            number, place, was, name = found.groups()
            yield _Aside(path, int(number), int(place), name, folder / name, was)


def _withdrawal(line: Line, withdrawn: Sequence[_Aside]) -> Line:
    tables = {aside.name.removesuffix(".csv") for aside in withdrawn}
    changes = tuple(
        replace(one, before=one.after, after=one.before, cells={k: (b, a) for k, (a, b) in one.cells.items()})
        for one in line.changes
        if one.table in tables
    )
    note = "another program saved the file before the change was in place"
    return Line(
        number=line.number + 1, at=now(), who=audit_log.PROGRAM, action=audit_log.WITHDRAW, note=note,
        undoes=line.number, changes=changes,
    )  # fmt: skip
