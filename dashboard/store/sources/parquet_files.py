"""Finding Parquet files: which files a path names, and whether they were saved since."""

import glob
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from dashboard.errors import DataError
from dashboard.project.disk.atomic_files import file_stamp
from dashboard.tables import COLUMNS

ARTICLES, EVENTS = "articles", "events"
"""Folders of a set of events that comes with its articles."""
CUBE = "cube.json"
"""The file that marks a folder of counts; see `cube.files`."""


def is_parquet(path: Path) -> bool:
    """Whether the path names Parquet: a file, a pattern, or a folder with such files and without a project's tables.

    An existing path is taken literally: a folder ``news [2025]`` or ``x.parquet`` is a project if it holds one.
    """
    try:
        if path.is_dir():
            if holds_tables(path):
                return False
            if (path / CUBE).exists() or next(_files_below(path), None) is not None:
                return True
        return path.suffix == ".parquet" or _pattern(path) is not None
    except (OSError, ValueError):  # inaccessible paths are reported like a project's folder
        return False


def holds_tables(folder: Path) -> bool:
    """Whether the folder has an entry with the name of a project's table, and so is a project's."""
    return any(os.path.lexists(folder / f"{table}.csv") for table in COLUMNS)


def _pattern(path: Path) -> str | None:
    """The path as a pattern of `glob`; None if it is not a pattern, or exists literally."""
    there = next((part for part in (path, *path.parents) if os.path.lexists(part)), path)
    rest = str(path.relative_to(there))
    if there == path or not glob.has_magic(rest):
        return None
    return str(Path(glob.escape(str(there)), rest))


def refuse_parquet(path: Path) -> None:
    """Raise `DataError` if the path names Parquet: writing needs a project's folder."""
    if is_parquet(path):
        hint = "Name a project's folder with --data; the events of Parquet have their coordinates already."
        if _pattern(path):
            hint = "Name a project's folder with --data; if one is to have this very name, make the folder first."
        raise DataError(f"{path} is Parquet, which is only read. {hint}")


def parquet_files(path: Path) -> list[Path]:
    """The files that a path names, sorted by name; empty if there are none."""
    if pattern := _pattern(path):
        found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - the pattern may begin at the root
        return [Path(name) for name in found if Path(name).is_file()]
    if path.is_dir():
        return list(_files_below(path / EVENTS if (path / EVENTS).is_dir() else path))
    return [path] * path.exists()


def article_files(path: Path) -> list[Path]:
    """The files with the articles of a set of events; empty if it comes without."""
    return list(_files_below(path / ARTICLES)) if (path / EVENTS).is_dir() else []


def _files_below(folder: Path) -> Iterator[Path]:
    """Every Parquet file below a folder; names that begin with a dot or underscore are scratch files."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] not in "._")
        yield from (Path(root, name) for name in sorted(files) if name.endswith(".parquet") and name[0] not in "._")


def parquet_version(path: Path) -> str:
    """Changes whenever one of the files is saved, added or removed. Looks at times and sizes only."""
    seen = hashlib.sha256()
    for file in parquet_files(path):
        seen.update(os.fsencode(file) + b"\0" + file_stamp(file) + b";")
    return seen.hexdigest()[:16]
