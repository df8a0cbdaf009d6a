"""A cube on the disk: a folder with counts as Parquet, and ``cube.json``, which names their events and date.

Each run writes a new folder of counts, and then one small file that names it: concurrent readers see either the old
counts or the new ones, never a mixture.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from dashboard.errors import DataError, Problem, Severity, shown
from dashboard.geo import DETAIL
from dashboard.project.disk.atomic_files import file_stamp, remove_stale, replace_file
from dashboard.project.disk.regular_files import open_regular
from dashboard.store.sources.parquet_files import CUBE, holds_tables, parquet_files

FORM = 2
"""Version of the columns and of the codes in them (`codes`); cubes of other versions must be made again."""
LEVELS = (5, 8, 11, DETAIL)
"""Levels of cells that are counted in advance; others are summed up from the next finer one. The last is that of single
spots."""
PLACES = ("spots", "points")
MANIFEST_LIMIT_BYTES = 50_000_000
_PREFIX = "counts-"
_FOLDER = re.compile(rf"{_PREFIX}[0-9a-f]{{8}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of ``cube.json``."""

    form: int
    made_at: str
    """UTC, ISO 8601."""
    engine: str
    folder: str
    """The folder of the counts, next to the manifest."""
    files: dict[str, int]
    """The files of the counts below that folder, and their sizes in bytes."""
    events: str
    """The Parquet that was counted, relative to the cube's folder."""
    events_seen: str
    """Its `fingerprint` when it was counted."""
    unread: list[str]
    """Files of the events that could not be read, relative to the events' folder."""
    broken: list[str]
    """The rules of `parquet_cells` that rows break; the others need not be checked again."""
    lost: list[str]
    """The columns with invalid cells, which are read as empty."""
    left_out: int
    problems: list[dict[str, Any]]
    """The fields of each `Problem` of the events."""

    @classmethod
    def read(cls, cube: Path) -> Self:
        """Read the manifest of a cube.

        Raises
        ------
        DataError
            It cannot be read, has another version, or names a file that is missing or has another size.
        """
        hint = f"Make the cube again: conflictmap summarise EVENTS --out {cube}"
        try:
            with open_regular(cube / CUBE) as file:
                content = json.loads(file.read(MANIFEST_LIMIT_BYTES).decode("utf-8"))
            form = content["form"]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DataError(f"{cube / CUBE} cannot be read, so nobody knows what the counts mean. {hint}") from error
        if form != FORM:
            raise DataError(f"{cube} is a cube of form {shown(str(form))}; this program reads form {FORM}. {hint}")
        try:
            manifest = cls(**content)
            manifest._check()
            there = {name: _size(cube / manifest.folder / name) for name in manifest.files}
        except (TypeError, ValueError, KeyError) as error:
            raise DataError(f"{cube / CUBE} is not what this program writes. {hint}") from error
        for name, size in manifest.files.items():
            if there[name] != size:
                what = "is missing" if there[name] is None else "is not the file that was written"
                raise DataError(f"{cube / manifest.folder / name} {what}. {hint}")
        return manifest

    def _check(self) -> None:
        """Raise ValueError or TypeError if this program would not have written a value."""
        kinds = {"made_at": str, "engine": str, "folder": str, "files": dict, "events": str, "unread": list,
                 "broken": list, "lost": list, "left_out": int, "problems": list}  # fmt: skip
        if not all(isinstance(getattr(self, name), kind) for name, kind in kinds.items()):
            raise TypeError("a value of another type")
        if not _FOLDER.fullmatch(self.folder) or "\0" in self.events or any(".." in file for file in self.files):
            raise ValueError("a path that leads elsewhere")
        if not all(any(file.startswith(f"{table}/") for file in self.files) for table in (*LEVELS, *PLACES)):
            raise ValueError("a table without a file")
        self.stated_problems()

    def parquet(self, cube: Path, name: str) -> list[Path]:
        """The files of one of the tables: a level's number, or one of `PLACES`."""
        return [cube / self.folder / file for file in sorted(self.files) if file.startswith(f"{name}/")]

    def path_of_events(self, cube: Path) -> Path:
        """The expected path of the events."""
        return Path(os.path.normpath(cube.absolute() / self.events))

    def unread_files(self, cube: Path) -> set[str]:
        """The files of the events that were not counted."""
        events = self.path_of_events(cube)
        return {str(file) for file in parquet_files(events) if os.path.relpath(file, events) in self.unread}

    def stated_problems(self) -> tuple[Problem, ...]:
        """The problems of the events when they were counted."""
        return tuple(Problem(**{**one, "severity": Severity(one["severity"])}) for one in self.problems)


def _size(file: Path) -> int | None:
    """The size of a plain file in bytes; None for anything else."""
    try:
        return file.stat().st_size if file.is_file() else None
    except OSError:
        return None


def is_cube(path: Path) -> bool:
    """Whether the path is the folder of a cube, complete or not."""
    try:
        has_counts = (path / CUBE).exists() or any(path.glob(f"{_PREFIX}*/{LEVELS[0]}"))
        return path.is_dir() and has_counts and not holds_tables(path)
    except (OSError, ValueError):
        return False


def fingerprint(events: Path) -> str:
    """A digest of the names and sizes of the files of events: unlike a stamp, it survives copying."""
    seen = hashlib.sha256()
    for file in parquet_files(events):
        name = os.path.relpath(file, events) if events.is_dir() else file.name
        seen.update(f"{name}\0{_size(file)};".encode("utf-8", "surrogateescape"))
    return seen.hexdigest()[:16]


def unread_files_of(events: Path, read: Collection[str]) -> list[str]:
    """The files of events that were not read, relative to the events' folder."""
    return [os.path.relpath(file, events) for file in parquet_files(events) if str(file) not in read]


def cube_version(cube: Path) -> str:
    """Changes when the cube is made again, or files of its events are added or removed. Opens only ``cube.json``."""
    try:
        manifest = Manifest.read(cube)
    except DataError as error:
        return hashlib.sha256(str(error).encode()).hexdigest()[:16]
    events = manifest.path_of_events(cube)
    stamps = [file_stamp(path) for path in (cube / CUBE, events, *_folders(events, 2))]
    return hashlib.sha256(b";".join(stamps)).hexdigest()[:16]


def _folders(path: Path, depth: int) -> Iterator[Path]:
    """The folders below a folder: adding or removing a file changes the time of the folder that holds it."""
    if not path.is_dir():
        return
    with os.scandir(path) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir())
    for name in names:
        yield path / name
        if depth > 1:
            yield from _folders(path / name, depth - 1)


def new_folder(cube: Path) -> Path:
    """A new folder for counts inside the cube's. Raises `DataError` if the cube's folder holds something else."""
    if cube.exists() and not is_cube(cube) and (not cube.is_dir() or any(cube.iterdir())):
        raise DataError(f"--out {cube} holds something else. Name a new folder, or that of a cube to replace.")
    folder = cube / f"{_PREFIX}{os.urandom(4).hex()}"
    folder.mkdir(parents=True)
    return folder


def give_up(cube: Path, folder: Path) -> None:
    """Remove an unfinished folder of counts, and the cube's folder if it is empty then."""
    shutil.rmtree(folder, ignore_errors=True)
    if not any(cube.iterdir()):
        cube.rmdir()


def put_in_place(cube: Path, manifest: Manifest) -> None:
    """Write the manifest, which switches the cube to its counts, and remove earlier counts. Raises `DataError`."""
    remove_stale(cube)
    replace_file(cube / CUBE, json.dumps(asdict(manifest), indent=1, sort_keys=True).encode())
    for folder in cube.glob(f"{_PREFIX}*"):
        if folder.name != manifest.folder:
            shutil.rmtree(folder, ignore_errors=True)


def files_of(folder: Path) -> dict[str, int]:
    """The Parquet files below a folder of counts, and their sizes."""
    return {file.relative_to(folder).as_posix(): file.stat().st_size for file in sorted(folder.rglob("*.parquet"))}


def level_needed(level: int) -> int:
    """The coarsest level of `LEVELS` that can distinguish cells of this level."""
    return next(counted for counted in LEVELS if counted >= level)


def relative_path(events: Path, cube: Path) -> str:
    """The path of the events, relative to the cube's folder."""
    return os.path.relpath(events.absolute(), cube.absolute())


def problems_as_objects(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """The problems as the manifest stores them."""
    return [asdict(problem) for problem in problems]
