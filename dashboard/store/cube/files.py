"""A cube on the disk: a folder with counts as Parquet, and ``cube.json``, which says of which events and when.

Every making writes a folder of its own, and then one small file that names it: whoever reads meanwhile sees the old
counts or the new ones, never some of each.
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
"""Of the columns and of what the numbers in them mean (`codes`); another form is made anew, never guessed at."""
LEVELS = (5, 8, 11, DETAIL)
"""Levels of cells that are counted beforehand; those between are added up from the next finer one. The last is that of
single spots."""
PLACES = ("spots", "points")
MANIFEST_LIMIT_BYTES = 50_000_000
_PREFIX = "counts-"
_FOLDER = re.compile(rf"{_PREFIX}[0-9a-f]{{8}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What ``cube.json`` says."""

    form: int
    made_at: str
    """UTC, ISO 8601."""
    engine: str
    folder: str
    """Where the counts stand, beside the manifest."""
    files: dict[str, int]
    """The files of the counts below that folder, and their sizes in bytes."""
    events: str
    """The Parquet that was counted, seen from the cube's folder."""
    events_seen: str
    """What `fingerprint` said of it."""
    unread: list[str]
    """Files of the events that could not be read, seen from theirs."""
    broken: list[str]
    """The rules of `parquet_cells` that rows break; the others need not be asked again."""
    lost: list[str]
    """The columns in which cells are read as empty though something stands there."""
    left_out: int
    problems: list[dict[str, Any]]
    """What was wrong with the events, as `Problem`."""

    @classmethod
    def read(cls, cube: Path) -> Self:
        """Read the manifest of a cube.

        Raises
        ------
        DataError
            It cannot be read, is of another form, or a file it names is missing or has another size.
        """
        made = f"Make the cube again: conflictmap summarise EVENTS --out {cube}"
        try:
            with open_regular(cube / CUBE) as file:
                said = json.loads(file.read(MANIFEST_LIMIT_BYTES).decode("utf-8"))
            form = said["form"]
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DataError(f"{cube / CUBE} cannot be read, so nobody knows what the counts mean. {made}") from error
        if form != FORM:
            raise DataError(f"{cube} is a cube of form {shown(str(form))}; this program reads form {FORM}. {made}")
        try:
            manifest = cls(**said)
            manifest._check()
            there = {name: _size(cube / manifest.folder / name) for name in manifest.files}
        except (TypeError, ValueError, KeyError) as error:
            raise DataError(f"{cube / CUBE} is not what this program writes. {made}") from error
        for name, size in manifest.files.items():
            if there[name] != size:
                what = "is missing" if there[name] is None else "is not the file that was written"
                raise DataError(f"{cube / manifest.folder / name} {what}. {made}")
        return manifest

    def _check(self) -> None:
        """Raise ValueError or TypeError if a value is not what this program writes there."""
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
        """Where the events should be."""
        return Path(os.path.normpath(cube.absolute() / self.events))

    def unread_files(self, cube: Path) -> set[str]:
        """The files of the events that were not counted."""
        events = self.path_of_events(cube)
        return {str(file) for file in parquet_files(events) if os.path.relpath(file, events) in self.unread}

    def stated_problems(self) -> tuple[Problem, ...]:
        """What was wrong with the events when they were counted."""
        return tuple(Problem(**{**one, "severity": Severity(one["severity"])}) for one in self.problems)


def _size(file: Path) -> int | None:
    """In bytes; None if there is no such file: a pipe would be waited for."""
    try:
        return file.stat().st_size if file.is_file() else None
    except OSError:
        return None


def is_cube(path: Path) -> bool:
    """Whether the path is the folder of a cube, whole or not."""
    try:
        has_counts = (path / CUBE).exists() or any(path.glob(f"{_PREFIX}*/{LEVELS[0]}"))
        return path.is_dir() and has_counts and not holds_tables(path)
    except (OSError, ValueError):
        return False


def fingerprint(events: Path) -> str:
    """The names and sizes of the files of events: the same after they were copied, another after they were changed."""
    seen = hashlib.sha256()
    for file in parquet_files(events):
        name = os.path.relpath(file, events) if events.is_dir() else file.name
        seen.update(f"{name}\0{_size(file)};".encode("utf-8", "surrogateescape"))
    return seen.hexdigest()[:16]


def unread(events: Path, read: Collection[str]) -> list[str]:
    """Those files of events that are not among the read ones, seen from the folder of all."""
    return [os.path.relpath(file, events) for file in parquet_files(events) if str(file) not in read]


def cube_version(cube: Path) -> str:
    """Changes when the cube was made again, and when files of its events came or went. Opens only ``cube.json``."""
    try:
        manifest = Manifest.read(cube)
    except DataError as error:
        return hashlib.sha256(str(error).encode()).hexdigest()[:16]
    events = manifest.path_of_events(cube)
    stamps = [file_stamp(path) for path in (cube / CUBE, events, *_folders(events, 2))]
    return hashlib.sha256(b";".join(stamps)).hexdigest()[:16]


def _folders(path: Path, depth: int) -> Iterator[Path]:
    """The folders in a folder, in theirs and so on: a file that comes or goes changes the time of its own."""
    if not path.is_dir():
        return
    with os.scandir(path) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir())
    for name in names:
        yield path / name
        if depth > 1:
            yield from _folders(path / name, depth - 1)


def new_folder(cube: Path) -> Path:
    """An empty folder for counts, in the cube's. Raises `DataError` if the folder holds something else."""
    if cube.exists() and not is_cube(cube) and (not cube.is_dir() or any(cube.iterdir())):
        raise DataError(f"--out {cube} holds something else. Name a new folder, or that of a cube to replace.")
    folder = cube / f"{_PREFIX}{os.urandom(4).hex()}"
    folder.mkdir(parents=True)
    return folder


def give_up(cube: Path, folder: Path) -> None:
    """Remove a folder of counts that will not be finished, and the cube's if nothing else is in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if not any(cube.iterdir()):
        cube.rmdir()


def put_in_place(cube: Path, manifest: Manifest) -> None:
    """Let the cube be the one of this manifest, and remove the counts of earlier ones. Raises `DataError`."""
    remove_stale(cube)
    replace_file(cube / CUBE, json.dumps(asdict(manifest), indent=1, sort_keys=True).encode())
    for folder in cube.glob(f"{_PREFIX}*"):
        if folder.name != manifest.folder:
            shutil.rmtree(folder, ignore_errors=True)


def files_of(folder: Path) -> dict[str, int]:
    """The Parquet files below a folder of counts, and their sizes."""
    return {file.relative_to(folder).as_posix(): file.stat().st_size for file in sorted(folder.rglob("*.parquet"))}


def levels_needed(level: int) -> int:
    """The coarsest level of `LEVELS` that can tell cells of this level apart."""
    return next(one for one in LEVELS if one >= level)


def relative(events: Path, cube: Path) -> str:
    """The path of the events, seen from the cube's folder."""
    return os.path.relpath(events.absolute(), cube.absolute())


def problems_as_objects(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """For the manifest."""
    return [asdict(problem) for problem in problems]
