"""Opening what a path names: a project's folder with its CSV files, or Parquet."""

from pathlib import Path

from dashboard.store.columnar import Rows, Store
from dashboard.store.csv_files import project_version, read_project
from dashboard.store.marks import OutlineBox
from dashboard.store.parquet import ParquetRows
from dashboard.store.parquet_files import is_parquet, parquet_version
from dashboard.store.project_rows import ProjectRows


def data_version(path: Path) -> str:
    """Changes whenever a file of the data was saved. Looks at times and sizes only; opens nothing."""
    return parquet_version(path) if is_parquet(path) else project_version(path)


def open_store(path: Path, outline_box: OutlineBox) -> Store:
    """Read the data. What is wrong with a file is told by the store's project; it never raises for that."""
    rows: Rows = ParquetRows(path) if is_parquet(path) else ProjectRows(read_project(path))
    return Store(rows, outline_box)
