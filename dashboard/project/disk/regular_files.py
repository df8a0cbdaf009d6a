"""Opening plain files only: never following a link, waiting for a pipe or touching a device.

A folder may come from a stranger. An entry in it may be a link to a file elsewhere, which would then be read, filled or
emptied instead.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LINK, FILE, FOLDER = "link", "file", "folder"
_KINDS = {stat.S_IFLNK: LINK, stat.S_IFREG: FILE, stat.S_IFDIR: FOLDER, stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
# Not every system has all of these flags; on Windows creating a link needs a privilege of its own.
_GUARDS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


def kind_at(path: Path) -> str:
    """The kind of entry: link, file, folder, pipe, socket or device; "" if there is none. Raises `OSError`."""
    try:
        return _kind(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "device")


def has_other_names(path: Path) -> bool:
    """True for a file with a second name (a hard link): writing to it would change the other name too."""
    return kind_at(path) == FILE and path.lstat().st_nlink > 1


def open_regular(path: Path, mode: str = "rb", *, buffering: int = -1) -> BinaryIO:
    """Open a plain file in a binary mode; ``ab`` creates it if missing.

    Raises
    ------
    OSError
        The file is missing, the system refuses, or the entry is of another kind, which the message names. For writing
        also if the file has a second name.
    """
    is_written = mode != "rb"
    _refuse_another_kind(path, is_written=is_written)  # before opening, which alone starts some devices
    file = open(path, mode, buffering=buffering, opener=_opened)  # noqa: SIM115 - pathlib takes no opener
    try:
        # The entry may have changed since; this checks what was really opened.
        _refuse_status(os.fstat(file.fileno()), path, is_written=is_written)
    except BaseException:
        file.close()
        raise
    return file  # type: ignore[return-value] # binary modes only


def _opened(name: str, flags: int) -> int:
    return os.open(name, flags | _GUARDS, 0o666)


def _refuse_another_kind(path: Path, *, is_written: bool) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return  # opening reports it, or creates it
    _refuse_status(status, path, is_written=is_written)


def _refuse_status(status: os.stat_result, path: Path, *, is_written: bool) -> None:
    kind = _kind(status.st_mode)
    if kind != FILE:
        code = errno.ELOOP if kind == LINK else errno.EINVAL
        raise OSError(code, f"it is a {kind}, not a file", str(path))
    if is_written and status.st_nlink > 1:
        raise OSError(errno.EMLINK, "it has a second name elsewhere, which would be written too", str(path))
