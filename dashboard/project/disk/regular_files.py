"""Opening plain files and nothing else: no link is followed, no pipe waited for, no device touched.

A folder may come from a stranger. What stands in it under the name of a file may be a link to a file elsewhere, which
would then be read, filled or emptied in its place.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

LINK, FILE, FOLDER = "link", "file", "folder"
_KINDS = {stat.S_IFLNK: LINK, stat.S_IFREG: FILE, stat.S_IFDIR: FOLDER, stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}
# Not every system knows all of these; Windows knows links as well, but follows none without a right of its own.
_GUARDS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"))


def kind_at(path: Path) -> str:
    """What stands there: link, file, folder, pipe, socket or device; "" if nothing does. Raises `OSError`."""
    try:
        return _kind(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return ""


def _kind(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "device")


def has_other_names(path: Path) -> bool:
    """True for a file that has a second name (a hard link): who writes into it changes what the other name shows."""
    return kind_at(path) == FILE and path.lstat().st_nlink > 1


def open_regular(path: Path, mode: str = "rb", *, buffering: int = -1) -> BinaryIO:
    """Open a plain file by a mode of bytes; ``ab`` makes it, if there is none.

    Raises
    ------
    OSError
        There is none, the system refuses, or something else stands there, which the error says in words. For writing
        also if the file has a second name.
    """
    is_written = mode != "rb"
    _refuse_another_kind(path, is_written=is_written)  # before it is opened: that alone starts some devices
    file = open(path, mode, buffering=buffering, opener=_opened)  # noqa: SIM115 - pathlib takes no opener
    try:
        # Whatever stood there a moment ago, this is what was opened.
        _refuse_status(os.fstat(file.fileno()), path, is_written=is_written)
    except BaseException:
        file.close()
        raise
    return file  # type: ignore[return-value] # modes of bytes alone


def _opened(name: str, flags: int) -> int:
    return os.open(name, flags | _GUARDS, 0o666)


def _refuse_another_kind(path: Path, *, is_written: bool) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:
        return  # opening says so, or makes it
    _refuse_status(status, path, is_written=is_written)


def _refuse_status(status: os.stat_result, path: Path, *, is_written: bool) -> None:
    kind = _kind(status.st_mode)
    if kind != FILE:
        code = errno.ELOOP if kind == LINK else errno.EINVAL
        raise OSError(code, f"it is a {kind}, not a file", str(path))
    if is_written and status.st_nlink > 1:
        raise OSError(errno.EMLINK, "it has a second name elsewhere, which would be written too", str(path))
