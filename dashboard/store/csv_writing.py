"""Writing a project's files, so that a killed program, a full disk or a second writer never costs a row.

Every change goes through `update_table`: read, change and write under one lock, into a temporary file that then
takes the place of the old one. A file is always wholly the old one or wholly the new one.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from dashboard.errors import ConflictError, DataError
from dashboard.reading.csv_text import CsvText, format_csv, read_csv
from dashboard.reading.file_kinds import folder_problem
from dashboard.tables import COLUMNS, Row

LOCK_TIMEOUT_SECONDS = 30
TEMPORARY_PREFIX = ".conflictmap-"

Change = Callable[[list[Row]], list[Row]]


def update_table(folder: Path, name: str, change: Change) -> None:
    """Change the rows of ``articles``, ``places`` or ``events`` and write them back, or leave the file as it was.

    ``change`` gets every row as text, with all columns of the table (empty where the file has none) and the
    person's own; it returns the rows to be written, in their order. What it raises is passed on and nothing is
    written; nor is anything if it changes nothing. Rows of the wrong width stay in their place as they were typed.
    `change` must not call `update_table` itself: the lock is not reentrant.

    Raises
    ------
    DataError
        The file cannot be read whole, so that writing it would lose something, or the disk refuses.
    ConflictError
        Another program holds the lock, or saved the file between reading and writing.
    """
    path = folder / f"{name}.csv"
    with _locked(folder):
        stamp = file_stamp(path)
        text = _whole(path, folder, name)
        before = [{**dict.fromkeys(COLUMNS[name], ""), **row.cells} for row in text.rows]
        after = change([dict(row) for row in before])
        if after == before:
            return
        data = _formatted(text, name, before, after)
        if file_stamp(path) != stamp:
            raise ConflictError(f"{path.name} was saved by another program meanwhile; nothing was written. Try again.")
        replace_file(path, data)


def _whole(path: Path, folder: Path, name: str) -> CsvText:
    """The file as text; a missing or blank one is a new table."""
    text = read_csv(path, folder, COLUMNS[name])
    if not text.is_whole and text.problems[0].code != "file.missing":
        first = next(problem for problem in text.problems if problem.severity == "error")
        raise DataError(f"{first} The file is not written until this is mended, so that nothing is lost.")
    return text


def _formatted(text: CsvText, name: str, before: Sequence[Row], after: Sequence[Row]) -> bytes:
    columns, header = _columns_to_write(text, name, before, after)
    lines: list[Sequence[str]] = [[row.get(column, "") for column in columns] for row in after]
    blanks = [""] * (len(columns) - len(text.columns))
    for place, cells in text.set_aside:  # in file order, so that each finds the rows above it in place already
        lines.insert(min(place, len(lines)), cells if len(cells) < len(text.columns) else [*cells, *blanks])
    try:
        return format_csv(header, lines).encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError("A cell holds half of a surrogate pair, which is no text.") from error


def _columns_to_write(
    text: CsvText, name: str, before: Sequence[Row], after: Sequence[Row]
) -> tuple[list[str], list[str]]:
    """The file's own columns first, then those of the table that are needed now.

    A file that gets its first event_id becomes one of the program's own, which have every column.
    """
    known = COLUMNS[name]
    strange = {column for row in after for column in row} - set(known) - set(text.columns)
    if strange:
        raise ValueError(f"{name} has no column {', '.join(sorted(strange))}")
    becomes_ours = "event_id" not in text.columns and any(row.get("event_id") for row in after)
    everything = not text.columns or becomes_ours
    new = [
        column for column in known
        if column not in text.columns and (everything or any(row.get(column) for row in after))
    ]  # fmt: skip
    return [*text.columns, *new], [*text.header, *new]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the project's lock; remove what killed writers left behind."""
    if problem := folder_problem(folder):
        raise DataError(str(problem))
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=LOCK_TIMEOUT_SECONDS)
    except Timeout as error:
        raise ConflictError(
            f"Another program has been writing to {folder} for {LOCK_TIMEOUT_SECONDS} seconds. Try again later."
        ) from error
    except OSError as error:
        raise DataError(f"{folder} cannot be written to: {error.strerror}.") from error
    try:
        for left in folder.glob(f"{TEMPORARY_PREFIX}*"):  # only who holds the lock makes them
            left.unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that it is, at every moment, wholly the old one or wholly the new one.

    Raises
    ------
    DataError
        The disk refuses: full, not permitted, broken. The old file stands.
    """
    path = path.resolve()
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{path.name}-{secrets.token_hex(4)}.tmp")
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else None
        with temporary.open("xb") as file:
            if mode is not None:
                temporary.chmod(mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}. The old file stands.") from error
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself last. Windows cannot open folders and needs no such step."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_stamp(path: "Path | os.DirEntry[str]") -> bytes:
    """Differs once the file was saved: its time, size and place on the disk. Empty if nothing is there."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return b""
    return f"{status.st_mtime_ns},{status.st_size},{status.st_ino}".encode()
