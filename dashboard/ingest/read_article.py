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
from dashboard.gazetteer.countries import countries_named
from dashboard.gazetteer.index import Gazetteer
from dashboard.geo import distance_km
from dashboard.geocode import reasons
from dashboard.geocode.namesakes import ArticlePlaces
from dashboard.geocode.resolve import OwnPlaces, Resolution
from dashboard.geocode.rows.fill import NOT_FOUND
from dashboard.geocode.scoring import lies_in
from dashboard.geocode.whole_article import resolve_article
from dashboard.model import (
    Article,
    DateBasis,
    Event,
    EventType,
    GeoPrecision,
    Place,
    PlaceBasis,
    Toponym,
    ToponymRole,
)
from dashboard.project.reading.csv_text import DataRow
from dashboard.project.reading.event_rows import Known, read_event
from dashboard.project.reading.rows import RowReader
from dashboard.tables import event_id_for, event_row
from dashboard.taxonomy import kinds

T = TypeVar("T")

_log = logging.getLogger(__name__)
_NOWHERE = GeoPrecision.UNLOCATED
_DIPLOMATIC = frozenset({EventType.TALKS, EventType.AGREEMENT, EventType.STATEMENT, EventType.PROTEST})
"""Types of events that also happen far from a war."""

_TOWN_REACH_KM = 50.0
"""Maximum distance of a quarter or district from the edge of its town."""


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
    articles, problems, kept = Known({article.article_id: article}, {}), list[Problem](), list[Event]()
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
    toponyms = recognise(article.text, gazetteer, recogniser)
    places = _Places(toponyms, resolve_article(toponyms, article.text, gazetteer, own), gazetteer)
    events: dict[str, Event] = {}
    incidents: dict[int, str] = {}
    for statement in find_statements(article.text, article.published, places.located):
        event = _event(article, statement, places.placement_of(statement))
        incident = incidents.setdefault(statement.incident, event.event_id)
        events.setdefault(event.event_id, replace(event, incident_id=incident))
    return list(events.values())


@dataclass(frozen=True, slots=True)
class _EventPlacement:
    """The place of an event, if any, with its precision and the reason."""

    place_id: str
    basis: PlaceBasis | None
    geo_precision: GeoPrecision
    reason: str
    certainty: float
    """From 0 to 1: how certain it is that this place is meant."""


class _Places:
    """The located toponyms of one article."""

    def __init__(
        self, toponyms: Sequence[Toponym], resolutions: Sequence[Resolution | None], gazetteer: Gazetteer
    ) -> None:
        self._by_start = {one.start: place for one, place in zip(toponyms, resolutions, strict=True) if place}
        self._article_places = ArticlePlaces(resolutions, _peoples(toponyms, gazetteer))
        self.located = [self._locate(one) for one in toponyms if one.is_place]

    def _locate(self, toponym: Toponym) -> LocatedToponym:
        resolution = self._by_start.get(toponym.start)
        if resolution is None or self._article_places.is_far_namesake(resolution):
            return LocatedToponym(toponym, _NOWHERE)
        return LocatedToponym(toponym, resolution.geo_precision, resolution.place.place_id)

    def placement_of(self, statement: Statement) -> _EventPlacement:
        """The place of a statement: that of its toponym, else the area that the text puts the toponym in."""
        if statement.where is None:
            return _EventPlacement("", None, _NOWHERE, "the article names no place for it", 0.7)
        resolution = self._by_start.get(statement.where.toponym.start)
        area = self._by_start.get(statement.within.toponym.start) if statement.within else None
        is_elsewhere = (
            resolution
            and area
            and statement.within
            and _contradicts_area(resolution, area, statement.within.toponym.text)
        )
        if resolution and not is_elsewhere and not self._is_namesake(resolution, statement.act.event_type):
            exact = resolution.geo_precision in (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT)
            precision = GeoPrecision.NEAR if exact and statement.preposition == "near" else resolution.geo_precision
            return _EventPlacement(
                resolution.place.place_id,
                resolution.basis,
                precision,
                resolution.reason,
                _certainty(statement, resolution),
            )
        if area and not self._is_namesake(area, statement.act.event_type):
            reason = reasons.by_area(area.place.name)
            certainty = 0.8 * _certainty(statement, area)
            return _EventPlacement(area.place.place_id, PlaceBasis.WITHIN, area.geo_precision, reason, certainty)
        if resolution:
            return _EventPlacement("", PlaceBasis.STOPGAP, _NOWHERE, reasons.NAMESAKE, 0.7)
        return _EventPlacement("", None, _NOWHERE, NOT_FOUND, 0.7)

    def _is_namesake(self, resolution: Resolution, kind: EventType) -> bool:
        if self._article_places.is_far_namesake(resolution):
            return True
        return kind not in _DIPLOMATIC and self._article_places.is_out_of_the_way(resolution)


def _contradicts_area(resolution: Resolution, area: Resolution, name: str) -> bool:
    """Whether a place lies outside the area the text puts it in: no Kamyanka is known in Donetsk region.

    ``name`` is that of the area, which may mean any of its namesakes: Atlanta in Georgia.
    """
    if (
        resolution.name_kind == "own"
        or not resolution.place.country_code
        or resolution.place.country_code in countries_named(name)
    ):
        return False
    return not any(_may_hold(one.place, resolution.place) for one in area.candidates)


def _may_hold(area: Place, place: Place) -> bool:
    if area.feature_code.startswith("PCL") or (area.feature_code == "ADM1" and place.admin1_name):
        return lies_in(place, area)
    is_small = area.feature_code.startswith(("PPL", "ADM2"))
    reach_km = _TOWN_REACH_KM + (place.radius_km or 0.0) + (area.radius_km or 0.0)
    return not is_small or distance_km(place, area) <= reach_km


def _peoples(toponyms: Sequence[Toponym], gazetteer: Gazetteer) -> set[str]:
    """Codes of the countries whose peoples the article names."""
    names = {one.name for one in toponyms if one.role is ToponymRole.DEMONYM and one.name}
    firsts = (next(iter(gazetteer.candidates(name)), None) for name in names)
    return {first.place.country_code for first in firsts if first}


def _certainty(statement: Statement, resolution: Resolution) -> float:
    certainty = (0.8 if resolution.ambiguous else 1.0) * (1.0 if statement.preposition else 0.85)
    return certainty * (0.8 if resolution.geo_precision is GeoPrecision.COUNTRY else 1.0)


def _event(article: Article, statement: Statement, placement: _EventPlacement) -> Event:
    act, when, deaths = statement.act, statement.when, statement.deaths
    toponym = statement.where.toponym.text if statement.where else ""
    return Event(
        event_id=event_id_for(article.sha256, statement.start, statement.end, toponym, act.event_type),
        title=_event_title(statement, toponym),
        event_type=act.event_type, sub_event_type=act.sub_event_type,
        date_start=when.first, date_end=when.last, date_precision=when.precision, date_text=when.words,
        date_basis=when.basis, date_reason=when.reason,
        toponym=toponym,
        place_id=placement.place_id, place_basis=placement.basis,
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
