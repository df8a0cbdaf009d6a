"""Articles a second with Apache Spark on this machine's cores, against one process; both with the recogniser.

Both read the same articles and write their events. Spark's figure counts the whole job, from lines to Parquet, once the
session is up and its workers have read a few articles; the time until then is told apart.
Run: python benchmarks/spark.py
"""

import json
import os
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.report import Row, told
from dashboard.extract.places.ner import load_recogniser
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest import on_cluster
from dashboard.ingest.add import add_articles
from dashboard.ingest.sources import ArticleSource, sources_in_lines
from dashboard.store.spark import articles as spark
from dashboard.store.spark.session import spark_session

GOLD = Path(__file__).parent.parent / "tests" / "samples" / "gold.jsonl"
ARTICLES = int(os.environ.get("BENCH_ARTICLES", "3000"))


def articles(count, name):
    """JSON lines of articles that are all different."""
    documents = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    for number in range(count):
        one = documents[number % len(documents)]
        yield json.dumps({"text": f"{one['text']}\n{name} {number}\n", "published": one["published"] or ""})


def alone(folder, lines):
    """Articles a second of one process."""
    gazetteer, recogniser = Gazetteer.open(), load_recogniser()
    about = ArticleSource(data=b"")
    add_articles(folder / "warm", sources_in_lines([line.encode() for line in articles(56, "warm")], about), gazetteer,
                 recogniser)  # fmt: skip
    start = time.perf_counter()
    report = add_articles(folder / "local", sources_in_lines([line.encode() for line in lines], about), gazetteer,
                          recogniser)  # fmt: skip
    return len(lines) / (time.perf_counter() - start), report.events


def on_cores(folder, lines, cores):
    """Articles a second of Spark, its events, and the seconds until it was ready."""
    steps = spark.Steps(
        read_lines=partial(on_cluster._articles_in, about=ArticleSource(data=b"")),
        read_events=partial(on_cluster._events_in, rules_only=False), same_incidents=on_cluster._same_incidents,
    )  # fmt: skip
    files = {name: folder / f"{name}.jsonl" for name in ("warm", "many")}
    files["warm"].write_text("\n".join(articles(56, "warm")), encoding="utf-8")
    files["many"].write_text("\n".join(lines), encoding="utf-8")
    start = time.perf_counter()
    with spark_session(f"local[{cores}]") as session:
        spark.add_articles_to_set(session, [files["warm"]], folder / "spark-warm", steps)
        ready = time.perf_counter() - start
        start = time.perf_counter()
        counts = spark.add_articles_to_set(session, [files["many"]], folder / "spark", steps)
        return len(lines) / (time.perf_counter() - start), counts.events, ready


def rows(folder):
    """The table."""
    cores = os.cpu_count() or 1
    lines = list(articles(ARTICLES, "number"))
    rate, events, ready = on_cores(folder, lines, cores)
    single, same = alone(folder, lines)
    if events != same:
        raise SystemExit(f"Spark found {events:,} events and one process {same:,}")
    yield Row("one process", f"{single:.0f} articles/s")
    yield Row(f"Spark, {cores} workers on {cores} cores", f"{rate:.0f} articles/s", "one process", rate / single)
    yield Row("until Spark was ready", f"{ready:.0f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        told(rows(Path(scratch)))
