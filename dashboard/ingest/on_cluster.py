"""Adds articles by the thousand or million on a cluster: the steps that run on its workers, and the call for them.

The rows are those that `ingest.add` would write: both use `events_from_article`, and both refuse the same input. The
gazetteer and the recogniser are opened once in every worker process.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from dashboard.errors import shown
from dashboard.extract.events.retellings import distinctive_words
from dashboard.extract.places.ner import Recogniser, load_recogniser
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest.add import AddReport, Trouble, admitted_article
from dashboard.ingest.read_article import reading_of
from dashboard.ingest.same_incident import Report, earlier_incidents
from dashboard.ingest.sources import ArticleSource, source_in_line
from dashboard.model import Article, Event, Place
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.store.spark import articles as spark
from dashboard.store.spark.session import spark_session
from dashboard.tables import EVENT_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    Frames = Iterator[pd.DataFrame]


def add_with_spark(files: list[Path], about: ArticleSource, out: Path, *, url: str, rules_only: bool) -> AddReport:
    """Add the articles of JSON lines to a folder of Parquet, on the cluster of a master URL.

    Raises
    ------
    DataError
        Spark is missing, unreachable or fails (see `store.spark.session`), or something in the folder is a link.
    """
    steps = spark.Steps(
        read_lines=partial(_articles_in, about=about),
        read_events=partial(_events_in, rules_only=rules_only),
        same_incidents=_same_incidents,
    )
    refuse_if_read_only()
    spark.refuse_links(out)
    with spark_session(url) as session:
        counts = spark.add_articles_to_set(session, files, out, steps)
    report = AddReport(
        added=counts.added, already_stored=counts.known, events=counts.events, unplaced=counts.unplaced,
        without_events=counts.without_events, refused=counts.refused, failed=counts.failed,
        read_again=counts.read_again,
    )  # fmt: skip
    report.problems.extend(counts.problems)
    report.problems.more.update({_TROUBLES[column]: number for column, number in counts.more_problems.items()})
    return report


_TROUBLES = {spark.REFUSED: Trouble.REFUSED, spark.LEFT_OUT: Trouble.LEFT_OUT, spark.FAILED: Trouble.FAILED}


@cache
def _tools(rules_only: bool) -> tuple[Gazetteer, Recogniser | None]:
    return Gazetteer.open(), None if rules_only else load_recogniser()


def _articles_in(frames: "Frames", about: ArticleSource) -> "Frames":
    """Turn lines into articles or their problems; empty lines are skipped."""
    for frame in frames:
        lines = [line for line in frame.to_dict("records") if line["value"].strip()]
        rows = [line | _article_cells(line["value"], line["file"], about) for line in lines]
        yield _frame(rows, (spark.REFUSED, spark.LEFT_OUT, "file", "line", *spark.ARTICLE_SET_COLUMNS))


def _article_cells(line: bytes, file: str, about: ArticleSource) -> dict[str, Any]:
    """The cells of the article in a line. Messages name the line by its beginning: counting needs the whole file.

    ``file`` is a name as Spark gives it, with characters such as brackets percent-encoded.
    """
    report, empty = AddReport(), dict.fromkeys((spark.REFUSED, spark.LEFT_OUT, *spark.ARTICLE_SET_COLUMNS))
    name = f"{unquote(file)}, line {shown(line[:40].decode('utf-8', 'replace'))}"
    article = admitted_article(source_in_line(line, name, about), report)
    if article is None:
        return empty | {spark.REFUSED: report.problems[0], "article_id": ""}
    cells = {column: getattr(article, column) for column in spark.ARTICLE_SET_COLUMNS}
    return empty | cells | {spark.LEFT_OUT: "\n".join(report.problems) or None}


def _events_in(frames: "Frames", rules_only: bool) -> "Frames":
    """Turn articles into their events; an article that the rules fail on gets a row with its id and the reason."""
    gazetteer, recogniser = _tools(rules_only)
    for frame in frames:
        rows = []
        for cells in frame.to_dict("records"):
            article = Article(**{str(name): cell for name, cell in cells.items()})
            reading = reading_of(article, gazetteer, recogniser)
            for event in reading.events:
                rows.append(_wide_row(event, article, gazetteer.place(event.place_id) if event.place_id else None))
            if reading.problem:
                empty = dict.fromkeys(spark.EVENT_SET_COLUMNS)
                rows.append(empty | {"article_id": article.article_id, spark.FAILED: reading.problem})
        yield _frame(rows, (*spark.EVENT_SET_COLUMNS, spark.FAILED))


def _wide_row(event: Event, article: Article, place: Place | None) -> dict[str, Any]:
    """The event with the columns of its place and its article."""
    row = {name: getattr(event, name) for name in EVENT_COLUMNS}
    row |= {"publisher": article.publisher, spark.FAILED: None}
    where = ("latitude", "longitude", "feature_code", "country_code", "radius_km")
    return row | {name: getattr(place, name, None) for name in where} | {"place_name": place.name if place else ""}


def _same_incidents(frame: "pd.DataFrame") -> "pd.DataFrame":
    """For events of one type, place and time: each new incident that an earlier article reports, with that incident."""
    earlier_reports, new_reports = list[Report](), list[Report]()
    for row in frame.sort_values(["article_id", "event_id"]).to_dict("records"):
        report = Report(row["incident_id"], row["article_id"], distinctive_words(row["passage"]))
        (new_reports if row["is_new"] else earlier_reports).append(report)
    pairs = [{"incident_id": own, "same": same} for own, same in earlier_incidents(earlier_reports, new_reports)]
    return _frame(pairs, ("incident_id", "same"))


def _frame(rows: Sequence[Mapping[Any, Any]], columns: tuple[str, ...]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - slow, and the command line need not wait for it

    # Objects, so that None stays None: a column of whole numbers with gaps would become one of fractions.
    return pd.DataFrame(rows, columns=list(columns), dtype=object)
