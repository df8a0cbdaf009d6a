"""From an article to its events: joins what `extract` reads and where `geocode` puts it. Pure: no file, no clock."""

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dashboard.errors import DashboardError, GazetteerError, Problem, RulesError, counted
from dashboard.extract.events.find import find_statements
from dashboard.extract.events.place_groups import Located
from dashboard.extract.events.retellings import Statement
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
from dashboard.project.reading.event_rows import References, read_event
from dashboard.project.reading.rows import RowReader
from dashboard.tables import event_id_for, event_row
from dashboard.taxonomy import kinds

T = TypeVar("T")

_log = logging.getLogger(__name__)
_NOWHERE = GeoPrecision.UNLOCATED
_DIPLOMATIC = frozenset({EventType.TALKS, EventType.AGREEMENT, EventType.STATEMENT, EventType.PROTEST})
"""What happens far from the war as well."""

_TOWN_REACH_KM = 50.0
"""Farther from its edge no quarter or district is a town's."""


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """What the rules read out of one article, and a sentence on what they could not; empty if all went well."""

    events: tuple[Event, ...] = ()
    problem: str = ""


def reading_of(
    article: Article, gazetteer: Gazetteer, recogniser: Recogniser | None = None, own: OwnPlaces | None = None
) -> ArticleReading:
    """The events of an article as `events_from_article` finds them, or why there are none.

    Whatever ends the rules is this article's problem, and no other article is lost for it. An event that breaks the
    rules by which events.csv is read is left out and named, as nobody would see it again.

    Raises
    ------
    GazetteerError, MemoryError
        No article can be read here.
    """
    try:
        return _storable(attempt(lambda: events_from_article(article, gazetteer, recogniser, own)), article)
    except RulesError as error:
        return ArticleReading(problem=str(error))


def attempt(read: Callable[[], T]) -> T:
    """What the rules read of one text; its traceback, if they fail, goes to the log for a developer.

    Raises
    ------
    RulesError
        They failed on this text, which says nothing about the next. The sentence names the rule.
    GazetteerError, MemoryError
        No text can be read here.
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
    known, problems, kept = References({article.article_id: article}, {}), list[Problem](), list[Event]()
    for number, event in enumerate(events, start=1):
        reasons: list[Problem] = []
        if read_event(RowReader("events.csv", DataRow(number, number + 1, event_row(event)), reasons), known):
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
    """The events an article tells of, placed and dated, each pending; often none. Pure: no file, no clock.

    ``own`` are the places a person wrote down, which go before the gazetteer's.
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
class _Placement:
    """Where an event is placed: at a place or none, how exactly, and why."""

    place_id: str
    basis: PlaceBasis | None
    geo_precision: GeoPrecision
    reason: str
    certainty: float
    """From 0 to 1: how surely the place is the one that is meant."""


class _Places:
    """Where the toponyms of one article lie."""

    def __init__(self, toponyms: Sequence[Toponym], found: Sequence[Resolution | None], gazetteer: Gazetteer) -> None:
        self._by_start = {one.start: place for one, place in zip(toponyms, found, strict=True) if place}
        self._article_places = ArticlePlaces(found, _peoples(toponyms, gazetteer))
        self.located = [self._located(one) for one in toponyms if one.is_place]

    def _located(self, toponym: Toponym) -> Located:
        found = self._by_start.get(toponym.start)
        if found is None or self._article_places.is_far_namesake(found):
            return Located(toponym, _NOWHERE)
        return Located(toponym, found.geo_precision, found.place.place_id)

    def placement_of(self, statement: Statement) -> _Placement:
        """The place of a statement: that of its toponym, else what the text says the toponym lies in."""
        if statement.where is None:
            return _Placement("", None, _NOWHERE, "the article names no place for it", 0.7)
        found = self._by_start.get(statement.where.toponym.start)
        area = self._by_start.get(statement.within.toponym.start) if statement.within else None
        is_elsewhere = found and area and statement.within and _is_elsewhere(found, area, statement.within.toponym.text)
        if found and not is_elsewhere and not self._is_namesake(found, statement.act.event_type):
            exact = found.geo_precision in (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT)
            precision = GeoPrecision.NEAR if exact and statement.preposition == "near" else found.geo_precision
            return _Placement(found.place.place_id, found.basis, precision, found.reason, _certainty(statement, found))
        if area and not self._is_namesake(area, statement.act.event_type):
            reason = reasons.by_area(area.place.name)
            certainty = 0.8 * _certainty(statement, area)
            return _Placement(area.place.place_id, PlaceBasis.WITHIN, area.geo_precision, reason, certainty)
        if found:
            return _Placement("", PlaceBasis.STOPGAP, _NOWHERE, reasons.NAMESAKE, 0.7)
        return _Placement("", None, _NOWHERE, NOT_FOUND, 0.7)

    def _is_namesake(self, found: Resolution, kind: EventType) -> bool:
        if self._article_places.is_far_namesake(found):
            return True
        return kind not in _DIPLOMATIC and self._article_places.is_out_of_the_way(found)


def _is_elsewhere(found: Resolution, area: Resolution, name: str) -> bool:
    """True if a place lies elsewhere than where the words put it: no Kamyanka is known in Donetsk region.

    ``name`` is that of the area, which may be any of its namesakes: Atlanta in Georgia.
    """
    if found.name_kind == "own" or not found.place.country_code or found.place.country_code in countries_named(name):
        return False
    return not any(_may_hold(one.place, found.place) for one in area.candidates)


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


def _certainty(statement: Statement, found: Resolution) -> float:
    certainty = (0.8 if found.ambiguous else 1.0) * (1.0 if statement.preposition else 0.85)
    return certainty * (0.8 if found.geo_precision is GeoPrecision.COUNTRY else 1.0)


def _event(article: Article, statement: Statement, placement: _Placement) -> Event:
    act, when, dead = statement.act, statement.when, statement.dead
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
        fatalities_low=dead.low if dead else None, fatalities_high=dead.high if dead else None,
        fatalities_text=dead.words if dead else "",
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
"""How sure a date is by how it was read; the confidence of an event is the product of act, place and date."""
