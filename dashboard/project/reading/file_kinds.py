"""Opening a file of a project, and recognising by its first bytes what it is instead of CSV."""

import html
import os
import re
from pathlib import Path

from dashboard.errors import Problem, path_trouble, shown
from dashboard.project.disk.regular_files import FILE, LINK, kind_at, open_regular

FILE_LIMIT_BYTES = 200_000_000
LINK_HINT = "Put a copy of what it leads to in its place, if that is yours, or remove it."

MAGIC = (  # first bytes, code, what it is, what to do
    (b"\x1f\x8b", "file.not_text", "a gzip file (bytes 1F 8B)", "Unpack it first."),
    (b"PK\x03\x04", "file.not_text", "a zip file or spreadsheet (bytes 50 4B)", "Save the sheet as 'CSV UTF-8'."),
    (b"\xd0\xcf\x11\xe0", "file.not_text", "an old spreadsheet (bytes D0 CF)", "Save the sheet as 'CSV UTF-8'."),
    (b"%PDF", "file.not_text", "a PDF file", "Copy its text into a plain file."),
    (b"\x28\xb5\x2f\xfd", "file.not_text", "a zstd file (bytes 28 B5)", "Unpack it first."),
    (b"BZh", "file.not_text", "a bzip2 file", "Unpack it first."),
    (b"SQLite format 3", "file.not_text", "an SQLite database", "Export the table as CSV."),
    (b"PAR1", "file.not_text", "a Parquet file", "Import it instead."),
    (b"\xff\xfe", "file.encoding", "UTF-16 (bytes FF FE)", "Save it as 'CSV UTF-8 (comma delimited)'."),
    (b"\xfe\xff", "file.encoding", "UTF-16 (bytes FE FF)", "Save it as 'CSV UTF-8 (comma delimited)'."),
    (b"version https://git-lfs", "file.git_lfs", "a Git LFS pointer", "Run: git lfs pull"),
)
CONFLICT_START = re.compile(rb"^<{7}(?: |\r?$)", re.MULTILINE)
CONFLICT_END = re.compile(rb"^>{7}(?: |\r?$)", re.MULTILINE)


def read_bytes(path: Path, folder: Path, limit: int) -> tuple[bytes, Problem | None]:
    """The bytes of a plain file inside the folder, or the problem why it is not read."""
    name = path.relative_to(folder).as_posix()

    def refuse(code: str, message: str, hint: str = "") -> tuple[bytes, Problem]:
        return b"", Problem(file=name, code=code, message=message, hint=hint)

    try:
        between = [one for one in path.parents if one != folder and one.is_relative_to(folder)]
        if any(kind_at(one) == LINK for one in (path, *between)):
            return refuse("file.symlink", link_message(path, folder), LINK_HINT)
        if (kind := kind_at(path)) not in ("", FILE):
            return refuse("file.not_text", f"is a {kind}, not a file.")
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                return refuse("file.too_big", f"has {_megabytes(size)}; the limit is {_megabytes(limit)}.", "Split it.")
            return file.read(limit + 1), None
    except FileNotFoundError:
        return refuse("file.missing", "no such file.")
    except (OSError, ValueError) as error:  # no permission, broken disk, a name too long …
        return refuse("file.unreadable", f"cannot be read: {path_trouble(error)}.")


def link_message(path: Path, folder: Path) -> str:
    """The message for a file that is a link, or inside a linked folder."""
    real, inside = os.path.realpath(path), os.path.realpath(folder)
    if Path(real).is_relative_to(inside):
        return "is a link, and links are not followed."
    return "is a link that leads outside the data folder, and is not followed."


def folder_problem(folder: Path) -> Problem | None:
    """Why nothing in the folder can be read; None if it can be entered."""
    try:
        (folder / "events.csv").lstat()  # whether it exists or not, looking for it needs the right to enter
    except FileNotFoundError:
        if folder.is_dir():
            return None
        hint = "Give another with --data, or start from the sample: conflictmap run --sample"
        return Problem(file=str(folder), code="folder.missing", message="there is no such folder.", hint=hint)
    except (OSError, ValueError) as error:  # no permission, not a folder, a cycle of links, a name too long, a NUL
        message = f"cannot be entered: {path_trouble(error)}."
        return Problem(file=str(folder), code="folder.unreadable", message=message, hint="Give another with --data.")
    return None


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


def kind_problem(file: str, data: bytes) -> Problem | None:
    """The problem of a file that is not a text table at all; None if it may be one."""
    for magic, code, kind, hint in MAGIC:
        if data.startswith(magic):
            return Problem(file=file, code=code, message=f"is {kind}, not UTF-8 text.", hint=hint)
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:200].lower().startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        title = re.search(rb"<title[^>]*>(.*?)</title>", data[:20_000], re.IGNORECASE | re.DOTALL)
        words = html.unescape(title[1].decode("utf-8", "replace")).strip() if title else ""
        message = f"holds a web page{f' ({shown(words)})' if words else ''}, not CSV."
        return Problem(file=file, code="file.not_csv", message=message, hint="The download failed: fetch it again.")
    if start[:1] in (b"{", b"[") and b'"' in start[:50]:
        return Problem(file=file, code="file.not_csv", message="holds JSON, not CSV.")
    if data[:2000].count(0) * 4 > len(data[:2000]):
        message = "is UTF-16 without its mark, or no text at all: a quarter of its bytes are 0."
        return Problem(file=file, code="file.encoding", message=message, hint="Save it as 'CSV UTF-8'.")
    conflict = CONFLICT_START.search(data)
    if conflict and CONFLICT_END.search(data):
        line = data.count(b"\n", 0, conflict.start()) + 1
        message = "marks of an unfinished merge (<<<<<<<)."
        return Problem(file=file, code="file.merge_conflict", message=message, line=line, hint="Finish the merge.")
    return None
