"""Atomic writes: at every moment a file is either completely old or completely new."""

import hashlib
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from dashboard.errors import DataError
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.project.disk.regular_files import FILE, kind_at, open_regular

TEMPORARY_PREFIX = ".conflictmap-"
STALE_SECONDS = 3600
"""An unlocked temporary file older than this was left by a killed program."""


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file atomically. A link of that name is replaced, never followed.

    Raises
    ------
    DataError
        The disk refuses: full, not permitted, broken. The old file is unchanged, unless the message says otherwise.
    ReadOnlyError
        This process may not change a project.
    """
    refuse_if_read_only()
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{path.name}-{secrets.token_hex(4)}.tmp")
    try:
        write_temporary(temporary, data, like=path)
        temporary.replace(path)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {reason(error)}. The old file stands.") from error
    finally:
        with suppress(OSError):  # a read-only disk holds no temporary file either
            temporary.unlink(missing_ok=True)
    try:
        sync_folder(path.parent)
    except OSError as error:
        raise DataError(f"{path} is written, but may not outlast a power failure: {reason(error)}.") from error


def write_temporary(temporary: Path, data: bytes, *, like: Path) -> None:
    """Write a new file and wait until it is on the disk. It gets the permissions of ``like``, if that is a file.

    Raises `OSError`, also if the name is taken: it may be a link to a file elsewhere.
    """
    mode = like.lstat().st_mode & 0o777 if kind_at(like) == FILE else None
    with temporary.open("xb") as file:
        if mode is not None:
            temporary.chmod(mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make new names in the folder durable. Windows cannot open folders and does not need this."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_stamp(path: "Path | os.DirEntry[str]") -> bytes:
    """Changes whenever the file is saved: its times, size and inode. Empty if there is no file.

    An editor, a backup or git may restore the modification time of a file, but not its change time. Two saves of the
    same size within one tick of the system's clock have the same stamp, so compare `file_digest` before overwriting.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        return b""
    return f"{status.st_mtime_ns},{status.st_ctime_ns},{status.st_size},{status.st_ino}".encode()


def file_digest(path: Path) -> str:
    """The sha256 of the file's content; empty if there is no file. Raises `OSError` if it cannot be read."""
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # it has readinto
    except FileNotFoundError:
        return ""


def remove_stale(folder: Path) -> None:
    """Remove temporary files that killed writers without a lock left in the folder an hour ago or more."""
    for left in folder.glob(f"{TEMPORARY_PREFIX}*"):
        with suppress(FileNotFoundError):  # another writer has put it in place
            if time.time() - left.lstat().st_mtime > STALE_SECONDS:
                left.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """What the system says, in words."""
    return str(error.strerror or error)
