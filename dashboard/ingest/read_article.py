"""From an article to its events: joins what `extract` reads with where `geocode` places it. Pure: no file, no clock."""

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dashboard.errors import DashboardError, GazetteerError, Problem, RulesError, counted
from dashboard.extract.events.find import find_statements
from dashboard.extract.events.statements import LocatedToponym, Statement
from dashboard.extract.places.ner import Recogniser
from dashboard.extract.places.recognise import recognise
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.article.context import ArticleContext
from dashboard.geocode.article.placement import ArticleNames, ArticlePlacements, Mention, Placement, nowhere
from dashboard.geocode.own_places import OwnPlaces
from dashboard.model import Article, DateBasis, Event, EventType, GeoPrecision
from dashboard.project.reading.csv_text import DataRow
from dashboard.project.reading.event_rows import References, read_event
from dashboard.project.reading.rows import RowReader
from dashboard.tables import event_id_for, event_row
from dashboard.taxonomy import kinds

T = TypeVar("T")

_log = logging.getLogger(__name__)
_NOWHERE = GeoPrecision.UNLOCATED
_NAMELESS = "the article names no place for it"


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """The events the rules read in one article, and a sentence on any failure; empty if there was none."""

    events: tuple[Event, ...] = ()
    problem: str = ""


def reading_of(
    article: Article, gazetteer: Gazetteer, recogniser: Recogniser | None = None, own: OwnPlaces | None = None
) -> ArticleReading:
    """The events of an article as `events_from_article` finds them, or the reason for having none.

    A failure of the rules is a problem of this article alone; other articles are not affected. An event that events.csv
    cannot hold is left out and named, because it would be lost when the file is read.

    Raises
    ------
    GazetteerError, MemoryError
        No article can be read at all.
    """
    try:
        return _storable(attempt(lambda: events_from_article(article, gazetteer, recogniser, own)), article)
    except RulesError as error:
        return ArticleReading(problem=str(error))


def attempt(read: Callable[[], T]) -> T:
    """The result of applying the rules to one text; if they fail, the traceback goes to the log for a developer.

    Raises
    ------
    RulesError
        They failed on this text; others may succeed. The sentence names the rule.
    GazetteerError, MemoryError
        No text can be read at all.
    """
    try:
        return read()
    except (GazetteerError, MemoryError):
        raise
    except Exception as error:
        _log.debug("the rules failed on a text", exc_info=True)
        raise RulesError(_rules_failed(error)) from error


def _rules_failed(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f" in {'/'.join(Path(one.filename).parts[-2:])}, line {one.lineno}" for one in last)
    says = f": {str(error).rstrip('.')}" if isinstance(error, DashboardError) else ""
    return f"The rules failed on it ({type(error).__name__}{where}{says}), so something of it may be missing."


def _storable(events: Sequence[Event], article: Article) -> ArticleReading:
    """The events that events.csv can hold."""
    articles, problems, kept = References({article.article_id: article}, {}), list[Problem](), list[Event]()
    for number, event in enumerate(events, start=1):
        reasons: list[Problem] = []
        if read_event(RowReader("events.csv", DataRow(number, number + 1, event_row(event)), reasons), articles):
            kept.append(event)
        else:
            problems += reasons[-1:]
    if not problems:
        return ArticleReading(tuple(kept))
    lost = counted(len(events) - len(kept), "event of it was", "events of it were")
    return ArticleReading(tuple(kept), f"{lost} left out: {problems[0].column}: {problems[0].message}")


def events_from_article(
    article: Article, gazetteer: Gazetteer, recogniser: Recogniser | None = None, own: OwnPlaces | None = None
) -> list[Event]:
    """The events reported in an article, placed and dated, each pending; often none. Pure: no file, no clock.

    ``own`` are the places in the project's own table, which take precedence over the gazetteer's.
    """
    placements = placements_in(article.text, gazetteer, recogniser, own)
    events: dict[str, Event] = {}
    incidents: dict[int, str] = {}
    for statement in find_statements(article.text, article.published, _located(placements)):
        mention = _mention(statement)
        event = _event(article, statement, placements.of(mention) if mention else nowhere(_NAMELESS))
        incident = incidents.setdefault(statement.incident, event.event_id)
        events.setdefault(event.event_id, replace(event, incident_id=incident))
    return list(events.values())


def names_of_article(
    article: Article, gazetteer: Gazetteer, recogniser: Recogniser | None, own: OwnPlaces
) -> ArticleNames:
    """An article as the context of rows that were read from it: its names, and at which of them each event is."""
    placements = placements_in(article.text, gazetteer, recogniser, own)
    mentions: dict[str, Mention] = {}
    for statement in find_statements(article.text, article.published, _located(placements)):
        if mention := _mention(statement):
            mentions.setdefault(_event_id(article, statement), mention)
    return ArticleNames(placements, mentions)


def placements_in(
    text: str, gazetteer: Gazetteer, recogniser: Recogniser | None, own: OwnPlaces | None
) -> ArticlePlacements:
    """The places of the names in a text."""
    return ArticlePlacements(ArticleContext(recognise(text, gazetteer, recogniser), text, gazetteer, own))


def _located(placements: ArticlePlacements) -> list[LocatedToponym]:
    return [
        LocatedToponym(toponym, place.geo_precision, place.place.place_id)
        if (place := placements.clear_resolution(toponym))
        else LocatedToponym(toponym, _NOWHERE)
        for toponym in placements.context.toponyms
        if toponym.is_place
    ]


def _mention(statement: Statement) -> Mention | None:
    """The name at which a statement says that its act happened; None if it names none."""
    if statement.where is None:
        return None
    area = statement.within.toponym if statement.within else None
    return Mention(statement.where.toponym, statement.act.event_type, area, statement.preposition)


def _event_id(article: Article, statement: Statement) -> str:
    toponym = statement.where.toponym.text if statement.where else ""
    return event_id_for(article.sha256, statement.start, statement.end, toponym, statement.act.event_type)


def _event(article: Article, statement: Statement, placement: Placement) -> Event:
    act, when, deaths = statement.act, statement.when, statement.deaths
    toponym = statement.where.toponym.text if statement.where else ""
    return Event(
        event_id=_event_id(article, statement),
        title=_event_title(statement, toponym),
        event_type=act.event_type, sub_event_type=act.sub_event_type,
        date_start=when.first, date_end=when.last, date_precision=when.precision, date_text=when.words,
        date_basis=when.basis, date_reason=when.reason,
        toponym=toponym,
        place_id=placement.place.place_id if placement.place else "", place_basis=placement.basis,
        geo_precision=placement.geo_precision, place_reason=placement.reason,
        actor1=statement.actors[0], actor2=statement.actors[1],
        claimed_by=statement.attribution.claimed_by, assertion=statement.attribution.assertion,
        fatalities_low=deaths.low if deaths else None, fatalities_high=deaths.high if deaths else None,
        fatalities_text=deaths.words if deaths else "",
        article_id=article.article_id, char_start=statement.start, char_end=statement.end, passage=statement.passage,
        confidence=round((0.5 + 0.5 * act.score) * placement.certainty * _BY_BASIS[when.basis], 2),
    )  # fmt: skip


def _event_title(statement: Statement, toponym: str) -> str:
    act = statement.act
    kind = kinds().get((act.event_type, act.sub_event_type)) or kinds()[act.event_type, ""]
    words = kind.title[0].upper() + kind.title[1:]
    if not toponym:
        return words
    is_said = act.event_type is EventType.STATEMENT
    link = "that names" if is_said else "near" if statement.preposition == "near" else "in"
    return f"{words} {link} {toponym}"


_BY_BASIS: dict[DateBasis | None, float] = {
    DateBasis.STATED: 1.0, DateBasis.WEEKDAY: 0.95, DateBasis.PUBLICATION: 0.9, DateBasis.INHERITED: 0.85,
    DateBasis.INFERRED: 0.75, None: 0.7,
}  # fmt: skip
"""The certainty of a date by its basis; the confidence of an event is the product of act, place and date."""
