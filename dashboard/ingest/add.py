"""Adds articles to a project: stores each one unchanged, and writes its events as pending.

The row in articles.csv is written last, so an article with a row is complete. A run that was killed is finished by
running it again, and adding an article twice changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path

from dashboard.errors import PROBLEMS_KEPT, DataError, counted, path_trouble
from dashboard.extract.places.ner import Recogniser
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.own_places import own_places
from dashboard.geocode.reasons import with_rule
from dashboard.ingest.missing_places import with_missing_places
from dashboard.ingest.read_article import reading_of
from dashboard.ingest.same_incident import incidents_reported_before
from dashboard.ingest.sources import ArticleSource, article_from, storable
from dashboard.model import Article, Event, Place
from dashboard.project.commit import update_table
from dashboard.project.disk.atomic_files import replace_file
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.project.enclosure import refuse_foreign
from dashboard.project.read import read_project
from dashboard.store.sources.parquet_files import refuse_parquet
from dashboard.tables import EventRow, Row, article_row, event_row

BATCH = 50
"""How many articles are read between two writes of the tables."""


class Trouble(StrEnum):
    """What is wrong with an article; the value is used in sentences that count such articles."""

    REFUSED = "refused"
    """It is not the text of an article."""
    LEFT_OUT = "with something left out"
    """A title, publisher or address cannot be stored."""
    FAILED = "not read whole"
    """The rules failed on it."""


class ArticleProblems(list[str]):
    """Sentences about articles in order: the first `PROBLEMS_KEPT` of them; the rest are only counted.

    Among millions of articles many have the same problem.
    """

    def __init__(self) -> None:
        super().__init__()
        self.more = Counter[Trouble]()
        """How many of each kind were only counted."""

    def add(self, trouble: Trouble, *sentences: str) -> None:
        """Keep each sentence, or count it once there are enough."""
        kept = sentences[: max(0, PROBLEMS_KEPT - len(self))]
        self.extend(kept)
        if uncounted := len(sentences) - len(kept):
            self.more[trouble] += uncounted

    @property
    def total(self) -> int:
        """How many there are, kept or only counted."""
        return len(self) + self.more.total()


@dataclass(slots=True)
class AddReport:
    """The outcome of adding articles."""

    added: int = 0
    already_stored: int = 0
    """Articles that the project already had."""
    events: int = 0
    unplaced: int = 0
    """New events without a place on the map."""
    without_events: int = 0
    refused: int = 0
    """Sources that were not the text of an article."""
    failed: int = 0
    """Articles that are stored, but that the rules could not fully read."""
    read_again: int = 0
    """Articles that the rules had failed on before and read this time."""
    problems: ArticleProblems = field(default_factory=ArticleProblems)
    """A sentence for each article that was refused or not read, and for each title or address left out."""
    article_ids: list[str] = field(default_factory=list)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many rows of the project cannot be read, per file."""

    def summary(self) -> str:
        """The report as one sentence."""
        parts = [f"{counted(self.added, 'article')} added with {counted(self.events, 'pending event')}"]
        if self.unplaced:
            parts.append(f"{self.unplaced:,} of them without a place")
        if self.without_events:
            parts.append(f"{counted(self.without_events, 'article')} without any event")
        if self.failed:
            parts.append(f"{counted(self.failed, 'article')} stored, but not read whole, as the rules failed")
        if self.read_again:
            parts.append(f"{counted(self.read_again, 'article')} read that the rules had failed on before")
        if self.already_stored:
            parts.append(f"{counted(self.already_stored, 'article')} there already")
        if self.refused:
            parts.append(f"{self.refused:,} refused")
        return f"{'; '.join(parts)}."


def add_article(
    folder: Path, source: ArticleSource, gazetteer: Gazetteer, recogniser: Recogniser | None = None
) -> AddReport:
    """Store one article with its events. Raises `DataError` if it is not the text of an article."""
    report = add_articles(folder, [source], gazetteer, recogniser)
    if report.refused:
        raise DataError(report.problems[0])
    return report


def add_articles(
    folder: Path,
    sources: Iterable[ArticleSource | str],
    gazetteer: Gazetteer,
    recogniser: Recogniser | None = None,
    progress: Callable[[int], None] | None = None,
) -> AddReport:
    """Store articles with their events; sources without readable text are left out and named in the report.

    An article that the rules fail on is stored with its problem, and read again if it is added again.
    The folder is created if it is missing. ``progress`` is called with the number of articles handled.
    """
    refuse_if_read_only()
    refuse_parquet(folder)
    refuse_foreign(folder)
    _make_folder(folder / "articles")
    project = read_project(folder)
    own = own_places(project.places, gazetteer)
    report, remaining = AddReport(left_out=project.left_out), iter(sources)
    finished = {article_id for article_id, article in project.articles.items() if not article.problem}
    handled = 0
    while batch := list(islice(remaining, BATCH)):
        new_articles: dict[str, _NewArticle] = {}
        for source in batch:
            article = admitted_article(source, report)
            if article is None:
                continue
            report.article_ids.append(article.article_id)
            if article.article_id in finished or article.article_id in new_articles:
                report.already_stored += 1
                continue
            reading = reading_of(article, gazetteer, recogniser, own)
            if reading.problem:
                name = source if isinstance(source, str) else source.name
                report.failed += 1
                report.problems.add(Trouble.FAILED, f"{name}: {reading.problem}")
            new_articles[article.article_id] = _NewArticle(replace(article, problem=reading.problem), reading.events)
        _write_batch(folder, new_articles, gazetteer, report)
        finished |= new_articles.keys()
        handled += len(batch)
        if progress:
            progress(handled)
    return report


@dataclass(frozen=True, slots=True)
class _NewArticle:
    """An article that is new to the project, with its events."""

    article: Article
    events: Sequence[Event]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} cannot be made: {path_trouble(error)}. Name another folder with --data.") from error


def admitted_article(source: ArticleSource | str, report: AddReport) -> Article | None:
    """The article, or None if it is refused. The report says why, and which of its details were left out."""
    try:
        if isinstance(source, str):
            raise DataError(source)
        article = article_from(source)
    except DataError as error:
        report.refused += 1
        report.problems.add(Trouble.REFUSED, str(error))
        return None
    report.problems.add(Trouble.LEFT_OUT, *storable(source).left_out)
    return article


def _write_batch(
    folder: Path, new_articles: Mapping[str, _NewArticle], gazetteer: Gazetteer, report: AddReport
) -> None:
    """Write texts, places, events and, last, the rows of articles.csv."""
    if not new_articles:
        return
    for article_id, entry in new_articles.items():
        # UTF-8 round-trips, so the bytes and their sha256 are the original ones.
        replace_file(folder / "articles" / f"{article_id}.txt", entry.article.text.encode("utf-8"))
    events = [event for entry in new_articles.values() for event in entry.events]
    places = _places_of(events, gazetteer)
    update_table(folder, "places", lambda rows: with_missing_places(rows, places))
    update_table(folder, "events", lambda rows: _with_events(rows, events, report))
    update_table(folder, "articles", lambda rows: _with_articles(rows, new_articles, report))
    report.without_events += sum(not (entry.events or entry.article.problem) for entry in new_articles.values())


def _with_articles(rows: list[Row], new_articles: Mapping[str, _NewArticle], report: AddReport) -> list[Row]:
    """The rows, updated where an article was read again, followed by those of new articles."""
    existing_ids = {row["article_id"].strip() for row in rows}
    reread = [new_articles.get(row["article_id"].strip()) for row in rows]
    updated = [
        row | {"problem": entry.article.problem} if entry else row for row, entry in zip(rows, reread, strict=True)
    ]
    cleared = sum(bool(old["problem"]) and not new["problem"] for old, new in zip(rows, updated, strict=True))
    report.read_again += cleared
    report.already_stored += sum(entry is not None and not entry.article.problem for entry in reread) - cleared
    report.added += len(new_articles.keys() - existing_ids)
    return [
        *updated,
        *(article_row(entry.article) for key, entry in new_articles.items() if key not in existing_ids),
    ]


def _places_of(events: Iterable[Event], gazetteer: Gazetteer) -> dict[str, Place]:
    """The gazetteer's places that the events name, each with the rule that chose it in its note."""
    rules = {event.place_id: event.place_reason for event in events if event.place_id}
    places = [(gazetteer.place(place_id), rule) for place_id, rule in rules.items()]
    return {place.place_id: with_rule(place, rule) for place, rule in places if place}


def _with_events(rows: list[Row], events: Sequence[Event], report: AddReport) -> list[Row]:
    """The rows with new events added; existing rows, reviewed or not, are unchanged."""
    existing_ids = {EventRow(row).event_id for row in rows}
    new = [event for event in events if event.event_id not in existing_ids]
    same_incidents = incidents_reported_before(rows, [event_row(event) for event in new])
    report.events += len(new)
    report.unplaced += sum(not event.place_id for event in new)
    return [*rows, *(event_row(replace(e, incident_id=same_incidents.get(e.incident_id, e.incident_id))) for e in new)]
