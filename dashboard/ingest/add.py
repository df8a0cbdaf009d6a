"""Adding articles to a project: each is stored as it came, and its events are written as pending.

The row in articles.csv is written last: an article that has one is done. So a run that was killed is finished by
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
from dashboard.ingest.read_article import reading_of
from dashboard.ingest.same_incident import incidents_reported_before
from dashboard.ingest.sources import ArticleSource, article_from, storable
from dashboard.model import Article, Event
from dashboard.project.commit import update_table
from dashboard.project.disk.atomic_files import replace_file
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.project.enclosure import refuse_foreign
from dashboard.project.read import read_project
from dashboard.store.sources.parquet_files import refuse_parquet
from dashboard.tables import EventRow, Row, article_row, event_row, place_row

BATCH = 50
"""Articles that are read before the tables are written once."""


class Trouble(StrEnum):
    """What a sentence about an article says; its value is said of a number of them."""

    REFUSED = "refused"
    """It is no article's text."""
    LEFT_OUT = "with something left out"
    """A title, publisher or address cannot be kept."""
    FAILED = "not read whole"
    """The rules failed on it."""


class ArticleProblems(list[str]):
    """Sentences about articles in the order in which they came, `PROBLEMS_KEPT` of them; the others are counted.

    Among millions of articles many have the same problem.
    """

    def __init__(self) -> None:
        super().__init__()
        self.more = Counter[Trouble]()
        """How many of each kind are not kept."""

    def add(self, trouble: Trouble, *sentences: str) -> None:
        """Keep each sentence, or count it."""
        kept = sentences[: max(0, PROBLEMS_KEPT - len(self))]
        self.extend(kept)
        if uncounted := len(sentences) - len(kept):
            self.more[trouble] += uncounted

    @property
    def total(self) -> int:
        """All of them, kept or counted."""
        return len(self) + self.more.total()


@dataclass(slots=True)
class AddReport:
    """What came of adding articles."""

    added: int = 0
    known: int = 0
    """Articles that the project had already."""
    events: int = 0
    unplaced: int = 0
    """New events without a place on the map."""
    without_events: int = 0
    refused: int = 0
    """What was no article's text."""
    failed: int = 0
    """Articles that are stored, but that the rules could not read whole."""
    read_again: int = 0
    """Articles that the rules had failed on before, and read now."""
    problems: ArticleProblems = field(default_factory=ArticleProblems)
    """A sentence for each article that was refused or not read, and for each title or address that was left out."""
    article_ids: list[str] = field(default_factory=list)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Rows that the project has and that cannot be read, per file."""

    def summary(self) -> str:
        """One true sentence for people."""
        parts = [f"{counted(self.added, 'article')} added with {counted(self.events, 'pending event')}"]
        if self.unplaced:
            parts.append(f"{self.unplaced:,} of them without a place")
        if self.without_events:
            parts.append(f"{counted(self.without_events, 'article')} without any event")
        if self.failed:
            parts.append(f"{counted(self.failed, 'article')} stored, but not read whole, as the rules failed")
        if self.read_again:
            parts.append(f"{counted(self.read_again, 'article')} read that the rules had failed on before")
        if self.known:
            parts.append(f"{counted(self.known, 'article')} there already")
        if self.refused:
            parts.append(f"{self.refused:,} refused")
        return f"{'; '.join(parts)}."


def add_article(
    folder: Path, source: ArticleSource, gazetteer: Gazetteer, recogniser: Recogniser | None = None
) -> AddReport:
    """Store one article with its events. Raises `DataError` if it is no article's text."""
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
    """Store articles with their events; what is no text is left out and named in the report.

    An article that the rules fail on is stored with its problem; added again, it is read again.
    The folder is made if it is missing. ``progress`` is called with the number of articles done.
    """
    refuse_if_read_only()
    refuse_parquet(folder)
    refuse_foreign(folder)
    _make_folder(folder / "articles")
    project = read_project(folder)
    own = own_places(project.places, gazetteer)
    report, waiting = AddReport(left_out=project.left_out), iter(sources)
    done = {article_id for article_id, article in project.articles.items() if not article.problem}
    handled = 0
    while batch := list(islice(waiting, BATCH)):
        fresh: dict[str, _NewArticle] = {}
        for source in batch:
            article = admitted_article(source, report)
            if article is None:
                continue
            report.article_ids.append(article.article_id)
            if article.article_id in done or article.article_id in fresh:
                report.known += 1
                continue
            reading = reading_of(article, gazetteer, recogniser, own)
            if reading.problem:
                name = source if isinstance(source, str) else source.name
                report.failed += 1
                report.problems.add(Trouble.FAILED, f"{name}: {reading.problem}")
            fresh[article.article_id] = _NewArticle(replace(article, problem=reading.problem), reading.events)
        _store(folder, fresh, gazetteer, report)
        done |= fresh.keys()
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
    """The article, or None. The report says why, and which of the things said about it were left out."""
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


def _store(folder: Path, fresh: Mapping[str, _NewArticle], gazetteer: Gazetteer, report: AddReport) -> None:
    """Texts, places, events and, last, the rows of articles.csv."""
    if not fresh:
        return
    for article_id, read in fresh.items():
        # UTF-8 there and back is the same: the bytes, and so the sha256, are those that came.
        replace_file(folder / "articles" / f"{article_id}.txt", read.article.text.encode("utf-8"))
    events = [event for read in fresh.values() for event in read.events]
    used = {event.place_id: event.place_reason for event in events if event.place_id}
    update_table(folder, "places", lambda rows: _with_places(rows, used, gazetteer))
    update_table(folder, "events", lambda rows: _with_events(rows, events, report))
    update_table(folder, "articles", lambda rows: _with_articles(rows, fresh, report))
    report.without_events += sum(not (read.events or read.article.problem) for read in fresh.values())


def _with_articles(rows: list[Row], fresh: Mapping[str, _NewArticle], report: AddReport) -> list[Row]:
    """The rows, updated where an article was read again, followed by those of new articles."""
    there = {row["article_id"].strip() for row in rows}
    again = [fresh.get(row["article_id"].strip()) for row in rows]
    updated = [row | {"problem": read.article.problem} if read else row for row, read in zip(rows, again, strict=True)]
    cleared = sum(bool(old["problem"]) and not new["problem"] for old, new in zip(rows, updated, strict=True))
    report.read_again += cleared
    report.known += sum(read is not None and not read.article.problem for read in again) - cleared
    report.added += len(fresh.keys() - there)
    return [*updated, *(article_row(read.article) for key, read in fresh.items() if key not in there)]


def _with_places(rows: list[Row], used: Mapping[str, str], gazetteer: Gazetteer) -> list[Row]:
    """The rows and those of places that are missing, each with the rule that chose it as its note."""
    there = {row["place_id"].strip() for row in rows}
    made = list(rows)
    for place_id, rule in sorted(used.items()):
        place = gazetteer.place(place_id) if place_id not in there else None
        if place:
            made.append(place_row(replace(place, note=f"{rule}. {place.note}" if place.note else rule)))
    in_order = [row["place_id"] for row in rows] == sorted(row["place_id"] for row in rows)
    return sorted(made, key=lambda row: row["place_id"]) if in_order else made


def _with_events(rows: list[Row], events: Sequence[Event], report: AddReport) -> list[Row]:
    """The rows and the events that are new; rows that are there, reviewed or not, stay as they are."""
    there = {EventRow(row).event_id for row in rows}
    new = [event for event in events if event.event_id not in there]
    same = incidents_reported_before(rows, [event_row(event) for event in new])
    report.events += len(new)
    report.unplaced += sum(not event.place_id for event in new)
    return [*rows, *(event_row(replace(e, incident_id=same.get(e.incident_id, e.incident_id))) for e in new)]
