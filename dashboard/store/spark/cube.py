"""Cubes counted by Apache Spark: the steps of `cube.make`, with their SQL translated by sqlglot."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.errors import DataError
from dashboard.store.spark.session import literal_path, spark_session

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Spark:
    """The steps on a cluster; see `cube.make.Engine`. Every worker must find the files under the same names."""

    def __init__(self, running: "SparkSession") -> None:
        self._spark = running
        self.name = f"Spark {running.version}"

    def work_in(self, folder: Path) -> None:
        """See `cube.make.Engine`; the workers have their own folders."""

    def read(self, name: str, files: Sequence[str]) -> None:
        """See `cube.make.Engine`."""
        rows = self._spark.read.option("mergeSchema", "true").parquet(*map(literal_path, files))
        rows.createOrReplaceTempView(name)

    def view(self, name: str, select: str) -> None:
        """See `cube.make.Engine`."""
        self._ask(select).createOrReplaceTempView(name)

    def table(self, name: str, select: str) -> None:
        """See `cube.make.Engine`."""
        self._ask(select).persist().createOrReplaceTempView(name)

    def write(self, name: str, select: str, folder: Path) -> None:
        """See `cube.make.Engine`."""
        self._ask(select).write.option("compression", "zstd").parquet(str(folder))
        self.read(name, [str(folder)])

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        """See `cube.make.Engine`."""
        return [tuple(row) for row in self._ask(select).collect()]

    def _ask(self, select: str) -> "DataFrame":
        return self._spark.sql(to_spark_sql(select))


def to_spark_sql(select: str) -> str:
    """DuckDB's SQL translated to Spark's."""
    import sqlglot  # noqa: PLC0415 - comes with the extra

    return sqlglot.transpile(select, read="duckdb", write="spark")[0]


@contextmanager
def on_cluster(url: str) -> Iterator[Spark]:
    """Spark on the cluster of a master URL. Raises `DataError`; see `spark.session`."""
    try:
        import sqlglot  # noqa: F401, PLC0415
    except ImportError:
        hint = "pip install 'conflict-map-dashboard[spark]'"
        raise DataError(f"sqlglot is not installed. Install it ({hint}), or leave --engine spark away.") from None
    with spark_session(url) as running:
        yield Spark(running)
