"""Opening what a path names: a project's folder with its CSV files, Parquet, or a cube of counts."""

from pathlib import Path

from dashboard.errors import DataError, Problem
from dashboard.project.read import Project, project_version, read_project
from dashboard.store.counting.symbols import OutlineBox
from dashboard.store.cube.files import cube_version, is_cube
from dashboard.store.cube.store import CubeTables
from dashboard.store.event_table import EventTable, Rows
from dashboard.store.sources.parquet import ParquetRows
from dashboard.store.sources.parquet_files import is_parquet, parquet_version
from dashboard.store.sources.project import ProjectRows
from dashboard.store.store import Store


def data_version(path: Path) -> str:
    """Changes whenever a file of the data is saved. Looks at times and sizes only; opens no file."""
    if is_cube(path):
        return cube_version(path)
    return parquet_version(path) if is_parquet(path) else project_version(path)


def open_store(path: Path, outline_box: OutlineBox) -> Store:
    """Read the data. Never raises for a bad file: the store's project reports what is wrong."""
    if is_cube(path):
        try:
            return Store(CubeTables(path), outline_box)
        except DataError as error:
            return Store(EventTable(ProjectRows(_unreadable(path, str(error)))), outline_box)
    rows: Rows = ParquetRows(path) if is_parquet(path) else ProjectRows(read_project(path))
    return Store(EventTable(rows), outline_box)


def _unreadable(cube: Path, why: str) -> Project:
    problem = Problem(file=cube.name, code="cube.unreadable", message=why)
    return Project(folder=cube, problems=(problem,), unread=(cube.name,), version=cube_version(cube))
