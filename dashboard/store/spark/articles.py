"""Apache Spark: articles to events on many cores and machines, written as Parquet that `sources.parquet` reads.

What is done with an article is handed in by the caller; here is only where it runs, and how nothing is lost or
doubled. A run prepares everything below ``_new`` and then appends it: the events, then their articles. Whatever ends
it before changes nothing; an append that was broken off is finished by the next run, which leaves out what is there.
"""

import os
import re
import shutil
import socket
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import duckdb

from dashboard.errors import PROBLEMS_KEPT, DataError, shown
from dashboard.store.sources.parquet_files import ARTICLES, EVENTS, article_files, parquet_files
from dashboard.store.sources.parquet_sql import why_unreadable
from dashboard.tables import EVENT_COLUMNS, EVENT_TYPES, INCIDENT_COLUMNS, PLACE_IN_EVENTS

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    Step = Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]

MASTERS = "local, local[2], local-cluster[2,1,1024], spark://host:7077, yarn or k8s://…"
CONNECT_SECONDS = 5
ARTICLES_A_TASK = 500
"""A task is retried as a whole, so it should take seconds; and every worker should get several."""
BATCH = 256
"""Rows that cross to Python at once."""
CHAIN_STEPS = 3
"""So that of up to nine incidents in a row, each known by the one before, all become the first."""

_TYPES = {
    **EVENT_TYPES, "published": date, "latitude": float, "longitude": float, "radius_km": float,
}  # fmt: skip
_SPARKS: dict[type, str] = {int: "int", float: "double", date: "date"}
EVENT_SET_COLUMNS = (*EVENT_COLUMNS, "publisher", *PLACE_IN_EVENTS)
"""Of the events that are written, before ``month`` (of the last day, as 2025-10; ``undated``)."""
ARTICLE_SET_COLUMNS = (
    "article_id", "title", "publisher", "url", "published", "text", "sha256", "language", "retrieved_at", "problem",
)  # fmt: skip
REFUSED, LEFT_OUT = "refused", "left_out"
"""Among the lines of a run: why a line is no article, and what could not be kept of what it says about its article."""
FAILED = "failed"
"""Among the events of a run: what the rules failed on; such a row has an article_id and nothing else."""
MONTH, UNDATED = "month", "undated"


def _schema(columns: Sequence[str]) -> str:
    return ", ".join(f"{name} {_SPARKS.get(_TYPES.get(name, str), 'string')}" for name in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What is done on the workers, each a function of batches that can be pickled."""

    read: "Step"
    """From ``value`` (the bytes of a line) and ``file`` to ``refused`` or the columns of an article, and ``left_out``:
    what could not be kept of what the line says about it, a sentence a line.
    """
    tell: "Step"
    """From articles to their events, with `EVENT_SET_COLUMNS` and `FAILED`."""
    same: "Callable[[pd.DataFrame], pd.DataFrame]"
    """From the events of one type, place and time (``is_new``: of this run) to ``incident_id`` and ``same``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What came of a run."""

    added: int
    known: int
    """Articles that were there already, or twice among the new ones."""
    events: int
    unplaced: int
    without_events: int
    refused: int
    """Lines that are no article."""
    failed: int
    """Articles that the rules failed on."""
    read_again: int
    """Articles that the rules had failed on before, and read now."""
    problems: tuple[str, ...]
    """A sentence for each of them, and for what was left out of a line: `PROBLEMS_KEPT` at most."""
    more_problems: Mapping[str, int]
    """How many more there are: `REFUSED`, `LEFT_OUT` and `FAILED`."""


# --- where it runs


@contextmanager
def session(url: str) -> "Iterator[SparkSession]":
    """A session on the cluster of a master URL, ended afterwards.

    Raises
    ------
    DataError
        pyspark or Java is missing, the URL is none, or nobody answers there; and where Spark itself fails.
    """
    _check(url)
    is_here = url.startswith("local")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYTHONSAFEPATH", "1")  # else workers run what lies in the current folder
    if is_here:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # else it asks for the machine's name
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
            raise DataError(f"Spark could not finish: {_cause(error)}") from error
        except Exception as error:
            if type(error).__module__.startswith("py4j"):
                raise DataError(f"Spark could not finish: {_cause(error)}") from error
            raise
        finally:
            spark.stop()


_SETTINGS = {
    "spark.log.level": "FATAL",  # a failure becomes a sentence, without the stack of Java
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.task.maxFailures": "4",
    "spark.python.worker.reuse": "true",  # else gazetteer and recogniser are opened for every task
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    "spark.sql.session.timeZone": "UTC",
}
_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.sql.shuffle.partitions": "8"}


def _check(url: str) -> None:
    """Say what is missing before Spark waits a minute for it."""
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


def _cause(error: Exception) -> str:
    """The first line of what lies at the bottom of it, where Java or a worker says so."""
    words = str(error)
    java = getattr(error, "java_exception", None)
    while java is not None:
        words, java = java.getMessage() or java.toString(), java.getCause()
    return next((line.strip() for line in words.splitlines() if line.strip()), type(error).__name__)[:300]


# --- what is done


def add_articles(spark: "SparkSession", files: Sequence[Path], out: Path, steps: Steps) -> Counts:
    """Add the articles of JSON lines to a folder of Parquet: ``articles/`` and ``events/month=2025-10/``.

    Articles are known by the SHA-256 of their text: adding one again changes nothing, nor does one that is among the
    lines twice. Every machine must see the files and the folder under these names.
    """
    _check_whole(out)
    work = out / "_new"
    if (work / "ready").exists():
        _append(spark, out)
    shutil.rmtree(work, ignore_errors=True)
    _read_lines(spark, files, steps.read).write.parquet(str(work / "read"))
    read = _parquet(spark, work / "read")
    _first_of_each(read).write.parquet(str(work / "distinct"))
    _unread(spark, work / "distinct", out / ARTICLES).write.parquet(str(work / "unread"))
    articles = _parquet(spark, work / "unread")
    tasks = max(2 * spark.sparkContext.defaultParallelism, articles.count() // ARTICLES_A_TASK)
    schema = _schema((*EVENT_SET_COLUMNS, FAILED))
    articles.repartition(tasks, "article_id").mapInPandas(steps.tell, schema).write.parquet(str(work / "told"))
    _with_problems(spark, work, out / ARTICLES).write.parquet(str(work / ARTICLES))
    _one_incident(spark, work / "told", out / EVENTS, steps).write.parquet(str(work / EVENTS))
    counts = _counted(spark, work, out / ARTICLES)
    (work / "ready").touch()
    _append(spark, out)
    shutil.rmtree(work)
    return counts


def refuse_links(out: Path) -> None:
    """Raise `DataError` if something in the folder is a link: Spark would write to where it leads."""
    for root, folders, files in os.walk(out):
        if link := next((path for name in (*folders, *files) if (path := Path(root, name)).is_symlink()), None):
            raise DataError(f"Nothing was added: {link} is a link, and --out must hold none. Put a copy in its place.")


def as_it_is(path: "str | Path") -> str:
    """A path for Spark to read literally: a star in it is a star."""
    return re.sub(r"([\\{}\[\]*?])", r"\\\1", str(path)) if os.sep == "/" else str(path)


def _check_whole(out: Path) -> None:
    """Raise `DataError` if a file of the set cannot be read: it would end the run in the middle."""
    with duckdb.connect() as db:
        for file in [*article_files(out), *(parquet_files(out) if (out / EVENTS).is_dir() else ())]:
            if why := why_unreadable(db, file):
                again = "it, and" if file.is_relative_to(out / ARTICLES) else "the whole set, and"
                hint = f"Put it back from a copy, or remove {again} add the articles again."
                raise DataError(f"{file} cannot be read: {why}. Nothing was added. {hint}")


def _parquet(spark: "SparkSession", folder: Path) -> "DataFrame":
    return spark.read.parquet(as_it_is(folder))


def _append(spark: "SparkSession", out: Path) -> None:
    """Take what is ready over into the folder, but for what is there."""
    work = out / "_new"
    events = _unknown(spark, work / EVENTS, out / EVENTS, "event_id")
    in_order = events.repartition(MONTH).sortWithinPartitions("date_end", "event_id")
    in_order.write.mode("append").partitionBy(MONTH).parquet(str(out / EVENTS))
    # By their ids, so that one of them is found without reading the others.
    articles = _parquet(spark, work / ARTICLES)
    if (out / ARTICLES).exists():
        there = _articles_there(spark, out / ARTICLES).select("article_id", "problem")
        articles = articles.join(there, ["article_id", "problem"], "left_anti").select(*ARTICLE_SET_COLUMNS)
    articles.sortWithinPartitions("article_id").write.mode("append").parquet(str(out / ARTICLES))


def _read_lines(spark: "SparkSession", files: Sequence[Path], read: "Step") -> "DataFrame":
    from pyspark.sql import functions as f  # noqa: PLC0415

    lines = spark.read.text([as_it_is(file) for file in files], lineSep="\n").select(
        f.col("value").cast("binary").alias("value"),  # the bytes themselves, for whoever checks that they are UTF-8
        f.col("_metadata.file_name").alias("file"),
        f.monotonically_increasing_id().alias("line"),
    )
    schema = f"{REFUSED} string, {LEFT_OUT} string, file string, line bigint, {_schema(ARTICLE_SET_COLUMNS)}"
    return lines.repartition(2 * spark.sparkContext.defaultParallelism).mapInPandas(read, schema)


def _first_of_each(read: "DataFrame") -> "DataFrame":
    from pyspark.sql import Window  # noqa: PLC0415
    from pyspark.sql import functions as f  # noqa: PLC0415

    turn = f.row_number().over(Window.partitionBy("article_id").orderBy("file", "line"))
    good = read.where(f"{REFUSED} IS NULL").withColumn("turn", turn)
    return good.where("turn = 1").select(*ARTICLE_SET_COLUMNS)


def _unknown(spark: "SparkSession", new: Path, there: Path, key: str = "article_id") -> "DataFrame":
    """The rows whose key is not there yet."""
    rows = _parquet(spark, new)
    if not there.exists():
        return rows
    return rows.join(_parquet(spark, there).select(key), key, "left_anti").select(*rows.columns)


def _articles_there(spark: "SparkSession", there: Path) -> "DataFrame":
    """The articles of the set; one that was read after the rules had failed on it is there twice.

    Sets of before have no column ``problem``.
    """
    from pyspark.sql import functions as f  # noqa: PLC0415

    rows = spark.read.option("mergeSchema", "true").parquet(as_it_is(there))
    return rows.fillna("", ["problem"]) if "problem" in rows.columns else rows.withColumn("problem", f.lit(""))


def _unread(spark: "SparkSession", new: Path, there: Path) -> "DataFrame":
    """The articles that are new, and those that the rules failed on when they came."""
    rows = _parquet(spark, new)
    if not there.exists():
        return rows
    known = _articles_there(spark, there).where("problem = ''").select("article_id")
    return rows.join(known, "article_id", "left_anti").select(*rows.columns)


def _with_problems(spark: "SparkSession", work: Path, there: Path) -> "DataFrame":
    """The articles to be added, with what the rules failed on; without those that are there with a problem already."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    told = _parquet(spark, work / "told").where(f"{FAILED} IS NOT NULL")
    failed = told.groupBy("article_id").agg(f.max(FAILED).alias(FAILED))
    rows = _parquet(spark, work / "unread").join(failed, "article_id", "left")
    rows = rows.withColumn("problem", f.coalesce(FAILED, f.lit(""))).select(*ARTICLE_SET_COLUMNS)
    if not there.exists():
        return rows
    known = _articles_there(spark, there).select("article_id").distinct().withColumn("is_there", f.lit(True))
    rows = rows.join(known, "article_id", "left")
    return rows.where("is_there IS NULL OR problem = ''").select(*ARTICLE_SET_COLUMNS)


def _one_incident(spark: "SparkSession", told: Path, there: Path, steps: Steps) -> "DataFrame":
    """The events, those of an incident that several articles tell under one incident_id; and their months."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    one_kind = list(INCIDENT_COLUMNS)
    columns = (*one_kind, "event_id", "incident_id", "article_id", "passage")
    events = _parquet(spark, told).where(f"{FAILED} IS NULL")
    dated = events.where("place_id <> '' AND date_start IS NOT NULL").select(*columns, f.lit(True).alias("is_new"))
    if there.exists():
        keys = dated.select(*one_kind).distinct()
        known = _parquet(spark, there).select(*columns, f.lit(False).alias("is_new"))
        dated = dated.unionByName(known.join(f.broadcast(keys), one_kind, "left_semi").select(dated.columns))
    several = dated.groupBy(*one_kind).agg(f.countDistinct("article_id").alias("n")).where("n > 1").drop("n")
    pairs = dated.join(several, one_kind, "left_semi").groupBy(*one_kind)
    same = pairs.applyInPandas(steps.same, "incident_id string, same string").groupBy("incident_id")
    renamed = same.agg(f.min("same").alias("same")).persist()
    # What an incident is the same as may itself be the same as an earlier one, and so on: each step doubles the chain.
    for _ in range(CHAIN_STEPS):
        further = renamed.select(f.col("incident_id").alias("same"), f.col("same").alias("earlier"))
        steps_on = renamed.join(further, "same", "left")
        renamed = steps_on.select("incident_id", f.coalesce("earlier", "same").alias("same"))
    month = f.coalesce(f.date_format("date_end", "yyyy-MM"), f.lit(UNDATED))
    whole = events.join(renamed, "incident_id", "left")
    whole = whole.withColumn("incident_id", f.coalesce("same", "incident_id"))
    return whole.select(*EVENT_SET_COLUMNS, month.alias(MONTH))


def _counted(spark: "SparkSession", work: Path, there: Path) -> Counts:
    """What the run is about to add; ``there`` are the articles of before."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    read, unread, told, events = (_parquet(spark, work / name) for name in ("read", "unread", "told", EVENTS))
    failed = unread.join(told.where(f"{FAILED} IS NOT NULL").select("article_id", FAILED), "article_id")
    sentences, said = _sentences(read, failed)
    refused, articles = said[REFUSED], unread.count()
    to_add = _parquet(spark, work / ARTICLES)
    count = to_add.count()
    known = _articles_there(spark, there).select("article_id") if there.exists() else None
    added = to_add.join(known, "article_id", "left_anti").count() if known is not None else count
    one: Any = events.agg(
        f.count("*").alias("events"),
        f.count_if(f.col("place_id") == "").alias("unplaced"),
    ).first()
    return Counts(
        added=added, known=read.count() - refused - articles, events=one.events, unplaced=one.unplaced,
        without_events=articles - told.select("article_id").distinct().count(), refused=refused,
        failed=said[FAILED], read_again=count - added,
        problems=tuple(sentence for _, sentence in sentences),
        more_problems=said - Counter(column for column, _ in sentences),
    )  # fmt: skip


def _sentences(read: "DataFrame", failed: "DataFrame") -> "tuple[list[tuple[str, str]], Counter[str]]":
    """What is to be said about lines and articles, `PROBLEMS_KEPT` sentences of it, each with the column it stood in;
    and how many there are of each column.
    """
    from pyspark.sql import functions as f  # noqa: PLC0415

    in_line = f.when(f.col(LEFT_OUT).isNotNull(), f.size(f.split(LEFT_OUT, "\n")))
    of_lines: Any = read.agg(f.count(REFUSED).alias(REFUSED), f.sum(in_line).alias(LEFT_OUT)).first()
    total = Counter({REFUSED: of_lines[REFUSED], LEFT_OUT: of_lines[LEFT_OUT] or 0, FAILED: failed.count()})
    lines = read.where(f"{REFUSED} IS NOT NULL OR {LEFT_OUT} IS NOT NULL").orderBy("file", "line")
    sentences = []
    for row in lines.limit(PROBLEMS_KEPT).collect():
        column = REFUSED if row[REFUSED] else LEFT_OUT
        sentences += [(column, sentence) for sentence in row[column].split("\n")]
    for row in failed.orderBy("article_id").limit(PROBLEMS_KEPT).collect():
        sentences.append((FAILED, f"{row.article_id} ({shown(row.title)}): {row[FAILED]}"))
    return sentences[:PROBLEMS_KEPT], total
