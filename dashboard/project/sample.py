"""The sample project: one real article, its places and its events, read and judged by people."""

from pathlib import Path

from dashboard.errors import DataError, path_trouble
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.project.disk.regular_files import FOLDER, kind_at

TABLES = ("articles.csv", "places.csv", "events.csv")
"""The files that make a folder a project."""


def sample_folder() -> Path:
    """The sample's folder: inside an installed package, or ``data`` in a clone, from which packages are built."""
    packaged = Path(__file__).parents[1] / "sample"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "data"


def is_project(folder: Path) -> bool:
    """Whether the folder holds at least one of a project's tables.

    Raises
    ------
    DataError
        The folder cannot be entered.
    """
    return any(_is_there(folder / table) for table in TABLES)


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path.parent} cannot be entered: {path_trouble(error)}. Name another folder with --data."
        ) from error
    return True


def copy_sample(target: Path) -> list[Path]:
    """Copy the sample project into ``target``, which is created if missing, and return the files written.

    Raises
    ------
    DataError
        A file of the same name exists (then nothing is copied), or the folder cannot be written.
    ReadOnlyError
        This process may not change a project.
    """
    refuse_if_read_only()
    source = sample_folder()
    files = [source / table for table in TABLES] + sorted((source / "articles").glob("*.txt"))
    copies = {file: target / file.relative_to(source) for file in files}
    for copy in copies.values():
        if _is_there(copy):
            raise DataError(
                f"{copy} is already there, so the sample was not copied. Choose an empty folder with --data."
            )
    try:
        if (kind := kind_at(target / "articles")) not in ("", FOLDER):
            raise DataError(f"{target / 'articles'} is a {kind}, so the sample was not copied. Remove it first.")
        (target / "articles").mkdir(parents=True, exist_ok=True)
        for file, copy in copies.items():
            with copy.open("xb") as handle:
                handle.write(file.read_bytes())
    except OSError as error:
        message = f"The sample cannot be copied into {target}: {error.strerror}. Name another folder with --data."
        raise DataError(message) from error
    return list(copies.values())
