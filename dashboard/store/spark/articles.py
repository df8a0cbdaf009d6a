"""Apache Spark: articles to events on many cores and machines, written as Parquet that `sources.parquet` reads.

The caller passes in what is done with an article; this module only runs it, and ensures that nothing is lost or
duplicated. A run prepares everything below ``_new`` and then appends it: the events, then their articles. If it stops
before that, nothing has changed; an interrupted append is finished by the next run, which skips what is already there.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dashboard.errors import PROBLEMS_KEPT, DataError, shown
from dashboard.store.sources.parquet_files import ARTICLES, EVENTS, article_files, parquet_files
from dashboard.store.sources.parquet_sql import why_unreadable
from dashboard.store.spark.session import literal_path
from dashboard.tables import EVENT_COLUMNS, EVENT_TYPES, INCIDENT_COLUMNS, PLACE_IN_EVENTS

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

    Step = Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]

ARTICLES_A_TASK = 500
"""A task is retried as a whole, so it should take seconds, and every worker should get several."""
CHAIN_STEPS = 3
"""Enough to merge chains of up to nine incidents, each linked to the one before, into the first."""

_TYPES = {
    **EVENT_TYPES, "published": date, "latitude": float, "longitude": float, "radius_km": float,
}  # fmt: skip
_SPARK_TYPES: dict[type, str] = {int: "int", float: "double", date: "date"}
EVENT_SET_COLUMNS = (*EVENT_COLUMNS, "publisher", *PLACE_IN_EVENTS)
"""Columns of the written events, followed by ``month`` (of the last day, such as 2025-10, or ``undated``)."""
ARTICLE_SET_COLUMNS = (
    "article_id", "title", "publisher", "url", "published", "text", "sha256", "language", "retrieved_at", "problem",
)  # fmt: skip
REFUSED, LEFT_OUT = "refused", "left_out"
"""Columns of the lines of a run: why a line is not an article, and what had to be dropped of its statements."""
FAILED = "failed"
"""Column of the events of a run: why the rules failed on an article; such a row has only an article_id."""
MONTH, UNDATED = "month", "undated"


def _schema(columns: Sequence[str]) -> str:
    return ", ".join(f"{name} {_SPARK_TYPES.get(_TYPES.get(name, str), 'string')}" for name in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """The functions that run on the workers, on batches of rows; all can be pickled."""

    read_lines: "Step"
    """From ``value`` (the bytes of a line) and ``file`` to ``refused`` or the columns of an article, and ``left_out``:
    what had to be dropped of the line's statements about it, one sentence per line.
    """
    read_events: "Step"
    """From articles to their events, with `EVENT_SET_COLUMNS` and `FAILED`."""
    same_incidents: "Callable[[pd.DataFrame], pd.DataFrame]"
    """From the events of one type, place and time (``is_new``: of this run) to ``incident_id`` and ``same``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """The outcome of a run."""

    added: int
    known: int
    """Articles that were already there, or repeated among the new ones."""
    events: int
    unplaced: int
    without_events: int
    refused: int
    """Lines that are not articles."""
    failed: int
    """Articles on which the rules failed."""
    read_again: int
    """Articles on which the rules had failed before, and succeeded now."""
    problems: tuple[str, ...]
    """A sentence for each refused line, failed article and dropped statement: `PROBLEMS_KEPT` at most."""
    more_problems: Mapping[str, int]
    """Number of further problems, under `REFUSED`, `LEFT_OUT` and `FAILED`."""


def add_articles_to_set(spark: "SparkSession", files: Sequence[Path], out: Path, steps: Steps) -> RunCounts:
    """Add the articles of JSON lines to a folder of Parquet: ``articles/`` and ``events/month=2025-10/``.

    Articles are known by the SHA-256 of their text: adding one again changes nothing, nor does one that is among the
    lines twice. Every machine must see the files and the folder under these names.
    """
    _check_whole(out)
    work = out / "_new"
    if (work / "ready").exists():
        _append(spark, out)
    shutil.rmtree(work, ignore_errors=True)
    _read_lines(spark, files, steps.read_lines).write.parquet(str(work / "read"))
    read = _parquet(spark, work / "read")
    _first_of_each(read).write.parquet(str(work / "distinct"))
    _unread(spark, work / "distinct", out / ARTICLES).write.parquet(str(work / "unread"))
    articles = _parquet(spark, work / "unread")
    tasks = max(2 * spark.sparkContext.defaultParallelism, articles.count() // ARTICLES_A_TASK)
    schema = _schema((*EVENT_SET_COLUMNS, FAILED))
    articles.repartition(tasks, "article_id").mapInPandas(steps.read_events, schema).write.parquet(
        str(work / "event_rows")
    )
    _with_problems(spark, work, out / ARTICLES).write.parquet(str(work / ARTICLES))
    _one_incident(spark, work / "event_rows", out / EVENTS, steps).write.parquet(str(work / EVENTS))
    counts = _run_counts(spark, work, out / ARTICLES)
    (work / "ready").touch()
    _append(spark, out)
    shutil.rmtree(work)
    return counts


def refuse_links(out: Path) -> None:
    """Raise `DataError` if something in the folder is a link: Spark would write to where it leads."""
    for root, folders, files in os.walk(out):
        if link := next((path for name in (*folders, *files) if (path := Path(root, name)).is_symlink()), None):
            raise DataError(f"Nothing was added: {link} is a link, and --out must hold none. Put a copy in its place.")


def _check_whole(out: Path) -> None:
    """Raise `DataError` if a file of the set cannot be read, which would end the run in the middle."""
    with duckdb.connect() as db:
        for file in [*article_files(out), *(parquet_files(out) if (out / EVENTS).is_dir() else ())]:
            if why := why_unreadable(db, file):
                again = "it, and" if file.is_relative_to(out / ARTICLES) else "the whole set, and"
                hint = f"Put it back from a copy, or remove {again} add the articles again."
                raise DataError(f"{file} cannot be read: {why}. Nothing was added. {hint}")


def _parquet(spark: "SparkSession", folder: Path) -> "DataFrame":
    return spark.read.parquet(literal_path(folder))


def _append(spark: "SparkSession", out: Path) -> None:
    """Append what is ready to the folder, except what is already there."""
    work = out / "_new"
    events = _unknown(spark, work / EVENTS, out / EVENTS, "event_id")
    in_order = events.repartition(MONTH).sortWithinPartitions("date_end", "event_id")
    in_order.write.mode("append").partitionBy(MONTH).parquet(str(out / EVENTS))
    # Sorted by id, so that one article is found without reading the others.
    articles = _parquet(spark, work / ARTICLES)
    if (out / ARTICLES).exists():
        there = _articles_there(spark, out / ARTICLES).select("article_id", "problem")
        articles = articles.join(there, ["article_id", "problem"], "left_anti").select(*ARTICLE_SET_COLUMNS)
    articles.sortWithinPartitions("article_id").write.mode("append").parquet(str(out / ARTICLES))


def _read_lines(spark: "SparkSession", files: Sequence[Path], read: "Step") -> "DataFrame":
    from pyspark.sql import functions as f  # noqa: PLC0415

    lines = spark.read.text([literal_path(file) for file in files], lineSep="\n").select(
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
    """The new rows whose key is not there yet."""
    rows = _parquet(spark, new)
    if not there.exists():
        return rows
    return rows.join(_parquet(spark, there).select(key), key, "left_anti").select(*rows.columns)


def _articles_there(spark: "SparkSession", there: Path) -> "DataFrame":
    """The articles of the set; one on which the rules had failed at first appears twice.

    Older sets have no column ``problem``.
    """
    from pyspark.sql import functions as f  # noqa: PLC0415

    rows = spark.read.option("mergeSchema", "true").parquet(literal_path(there))
    return rows.fillna("", ["problem"]) if "problem" in rows.columns else rows.withColumn("problem", f.lit(""))


def _unread(spark: "SparkSession", new: Path, there: Path) -> "DataFrame":
    """The articles that are new, and those on which the rules failed before."""
    rows = _parquet(spark, new)
    if not there.exists():
        return rows
    known = _articles_there(spark, there).where("problem = ''").select("article_id")
    return rows.join(known, "article_id", "left_anti").select(*rows.columns)


def _with_problems(spark: "SparkSession", work: Path, there: Path) -> "DataFrame":
    """The articles to add, with their problem if the rules failed; not those that are already there with a problem."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    event_rows = _parquet(spark, work / "event_rows").where(f"{FAILED} IS NOT NULL")
    failed = event_rows.groupBy("article_id").agg(f.max(FAILED).alias(FAILED))
    rows = _parquet(spark, work / "unread").join(failed, "article_id", "left")
    rows = rows.withColumn("problem", f.coalesce(FAILED, f.lit(""))).select(*ARTICLE_SET_COLUMNS)
    if not there.exists():
        return rows
    known = _articles_there(spark, there).select("article_id").distinct().withColumn("is_there", f.lit(True))
    rows = rows.join(known, "article_id", "left")
    return rows.where("is_there IS NULL OR problem = ''").select(*ARTICLE_SET_COLUMNS)


def _one_incident(spark: "SparkSession", event_rows: Path, there: Path, steps: Steps) -> "DataFrame":
    """The events with their months; an incident that several articles report gets a single incident_id."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    one_kind = list(INCIDENT_COLUMNS)
    columns = (*one_kind, "event_id", "incident_id", "article_id", "passage")
    events = _parquet(spark, event_rows).where(f"{FAILED} IS NULL")
    dated = events.where("place_id <> '' AND date_start IS NOT NULL").select(*columns, f.lit(True).alias("is_new"))
    if there.exists():
        keys = dated.select(*one_kind).distinct()
        known = _parquet(spark, there).select(*columns, f.lit(False).alias("is_new"))
        dated = dated.unionByName(known.join(f.broadcast(keys), one_kind, "left_semi").select(dated.columns))
    several = dated.groupBy(*one_kind).agg(f.countDistinct("article_id").alias("n")).where("n > 1").drop("n")
    pairs = dated.join(several, one_kind, "left_semi").groupBy(*one_kind)
    same = pairs.applyInPandas(steps.same_incidents, "incident_id string, same string").groupBy("incident_id")
    renamed = same.agg(f.min("same").alias("same")).persist()
    # Incidents form chains, each linked to an earlier one: every step doubles the length that is followed.
    for _ in range(CHAIN_STEPS):
        further = renamed.select(f.col("incident_id").alias("same"), f.col("same").alias("earlier"))
        steps_on = renamed.join(further, "same", "left")
        renamed = steps_on.select("incident_id", f.coalesce("earlier", "same").alias("same"))
    month = f.coalesce(f.date_format("date_end", "yyyy-MM"), f.lit(UNDATED))
    whole = events.join(renamed, "incident_id", "left")
    whole = whole.withColumn("incident_id", f.coalesce("same", "incident_id"))
    return whole.select(*EVENT_SET_COLUMNS, month.alias(MONTH))


def _run_counts(spark: "SparkSession", work: Path, there: Path) -> RunCounts:
    """The outcome of the run before it is appended; ``there`` are the existing articles."""
    from pyspark.sql import functions as f  # noqa: PLC0415

    read, unread, event_rows, events = (
        _parquet(spark, work / name) for name in ("read", "unread", "event_rows", EVENTS)
    )
    failed = unread.join(event_rows.where(f"{FAILED} IS NOT NULL").select("article_id", FAILED), "article_id")
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
    return RunCounts(
        added=added, known=read.count() - refused - articles, events=one.events, unplaced=one.unplaced,
        without_events=articles - event_rows.select("article_id").distinct().count(), refused=refused,
        failed=said[FAILED], read_again=count - added,
        problems=tuple(sentence for _, sentence in sentences),
        more_problems=said - Counter(column for column, _ in sentences),
    )  # fmt: skip


def _sentences(read: "DataFrame", failed: "DataFrame") -> "tuple[list[tuple[str, str]], Counter[str]]":
    """Up to `PROBLEMS_KEPT` sentences on lines and articles, each with its column, and the totals by column."""
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
