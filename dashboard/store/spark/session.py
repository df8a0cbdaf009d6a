"""Where Spark runs: a session on a cluster or on this machine, what it needs, and its failures as sentences."""

import os
import re
import shutil
import socket
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dashboard.errors import DataError, shown

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTERS = "local, local[2], local-cluster[2,1,1024], spark://host:7077, yarn or k8s://…"
CONNECT_SECONDS = 5
BATCH = 256
"""Number of rows passed to Python at once."""


@contextmanager
def spark_session(url: str) -> "Iterator[SparkSession]":
    """A session on the cluster of a master URL, ended afterwards.

    Raises
    ------
    DataError
        pyspark or Java is missing, the URL is invalid, nobody answers there, or Spark itself fails.
    """
    _check(url)
    is_here = url.startswith("local")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # otherwise workers import modules from the current folder
    if is_here:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # otherwise it looks up the machine's name
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra that few have
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder.master(url).appName("conflictmap")
    for name, value in (_SETTINGS | (_HERE if is_here else {})).items():
        builder = builder.config(name, value)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*pandas.*", module="pyspark.*")  # newer than it was tested with
        spark = builder.getOrCreate()
        try:
            yield spark
        except PySparkException as error:
            raise DataError(f"Spark could not finish: {root_cause(error)}") from error
        except Exception as error:
            if type(error).__module__.startswith("py4j"):
                raise DataError(f"Spark could not finish: {root_cause(error)}") from error
            raise
        finally:
            spark.stop()


_SETTINGS = {
    "spark.log.level": "FATAL",  # a failure becomes a sentence, without the stack of Java
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.task.maxFailures": "4",
    "spark.python.worker.reuse": "true",  # otherwise gazetteer and recogniser are opened for every task
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    "spark.sql.session.timeZone": "UTC",
}
_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.sql.shuffle.partitions": "8"}


def _check(url: str) -> None:
    """Report what is missing before Spark waits a minute for it."""
    try:
        import pyspark  # noqa: F401, PLC0415
    except ImportError:
        hint = "pip install 'conflict-map-dashboard[spark]'"
        raise DataError(f"Spark is not installed. Install it ({hint}), or leave --engine spark away.") from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise DataError("Spark needs Java 17 or later, and there is no java here. Debian: apt install default-jre")
    scheme = url.partition("[")[0].partition(":")[0]
    if scheme not in ("local", "local-cluster", "spark", "yarn", "k8s"):
        raise DataError(f"--spark must be a master URL, {MASTERS}, got {shown(url)}.")
    if scheme == "spark" and not any(_answers(host) for host in url.removeprefix("spark://").split(",")):
        raise DataError(
            f"Nobody answers at {shown(url)}. Start the cluster, or leave --spark away to use this machine."
        )


def _answers(host: str) -> bool:
    try:
        where = urlsplit(f"//{host}")
        with socket.create_connection((where.hostname or "", where.port or 7077), timeout=CONNECT_SECONDS):
            return True
    except (OSError, ValueError):
        return False


def root_cause(error: Exception) -> str:
    """The first line of the root cause, as Java or a worker reports it."""
    words = str(error)
    java = getattr(error, "java_exception", None)
    while java is not None:
        words, java = java.getMessage() or java.toString(), java.getCause()
    return next((line.strip() for line in words.splitlines() if line.strip()), type(error).__name__)[:300]


def literal_path(path: "str | Path") -> str:
    """A path for Spark, with wildcards taken literally."""
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", str(path)) if os.sep == "/" else str(path)
