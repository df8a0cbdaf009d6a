"""Reading and counting with DuckDB, in memory, over the rows of a project's CSV files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pandas as pd

from dashboard.cluster import Manner, Mark, Shape
from dashboard.filters import Filters
from dashboard.model import (
    Article,
    Assertion,
    DateBasis,
    DatePrecision,
    Event,
    EventType,
    GeoPrecision,
    Place,
    Status,
)
from dashboard.store import queries
from dashboard.store.csv_files import Project
from dashboard.store.queries import ALL, Scope
from dashboard.store.summary import Grain, Span, Summary, bars_of, box_of

_ENUMS = {
    "event_type": EventType,
    "date_precision": DatePrecision,
    "date_basis": DateBasis,
    "geo_precision": GeoPrecision,
    "assertion": Assertion,
    "status": Status,
}
_SEARCHED = ("title", "passage", "toponym", "place_name", "actor1", "actor2", "claimed_by", "publisher")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value a filter offers, with the number of events that have it."""

    value: str
    label: str
    count: int


class Store:
    """All reads of one version of a project. Safe to share between threads; nothing in it changes."""

    def __init__(self, project: Project) -> None:
        self.project = project
        # Extensions would be fetched from the network; nothing here needs one.
        self._db = duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        )
        self._db.execute(queries.CREATE)
        self._db.register("loaded", _frame(project))
        self._db.execute("INSERT INTO events BY NAME SELECT * FROM loaded")
        self._db.unregister("loaded")
        self.span = self._span()
        self.types = tuple(EventType(row[0]) for row in self._rows(queries.TYPES, {}))
        """The types that occur in the project, in the taxonomy's order."""
        self.choices = {kind: self._choices(kind) for kind in queries.CHOICES}
        """What the filters offer: ``actors``, ``publishers`` and ``places``, most frequent first."""
        self.total = int(self._rows(queries.TOTAL, {})[0][0])
        """All events but the rejected."""

    def version(self) -> str:
        """Changes whenever a file of the project was saved."""
        return self.project.version

    def article(self, article_id: str) -> Article | None:
        """A stored article, or None."""
        return self.project.articles.get(article_id)

    def place(self, place_id: str) -> Place | None:
        """A place of places.csv, or None."""
        return self.project.places.get(place_id)

    def summarise(self, filters: Filters) -> Summary:
        """Counts, marks and histogram of the events that pass the filters."""
        where, params = queries.conditions(filters)
        counts = self._rows(queries.COUNTS.format(conditions=where), params)[0]
        marks = self._marks(where, params)
        grain = Grain.of(self.span) if self.span else Grain.DAY
        return Summary(
            total=self.total,
            **dict(zip(("matched", "on_map", "as_areas", "off_map", "undated", "partial"), counts, strict=True)),
            outside=self.count(replace(filters, date_from=None, date_to=None)) - counts[0],
            type_counts=self._type_counts(filters),
            marks=marks,
            bars=self._bars(filters, grain),
            grain=grain,
            span=self.span,
            box=box_of(marks),
        )

    def events(
        self, filters: Filters, *, scope: Scope = ALL, limit: int = 50, offset: int = 0, order: str = "newest"
    ) -> list[Event]:
        """The events that pass the filters, within a scope, a page of them. ``order`` is newest or oldest."""
        where, params = queries.conditions(filters)
        sql = queries.EVENTS.format(
            columns=", ".join(queries.EVENT_FIELDS),
            conditions=where,
            scope=scope.condition,
            order=queries.ORDERS[order],
        )
        return [_event(row) for row in self._rows(sql, params | scope.values | {"limit": limit, "offset": offset})]

    def count(self, filters: Filters, *, scope: Scope = ALL) -> int:
        """How many events `events` would give without a limit."""
        where, params = queries.conditions(filters)
        sql = queries.SCOPE_COUNT.format(conditions=where, scope=scope.condition)
        return int(self._rows(sql, params | scope.values)[0][0])

    def event(self, event_id: str) -> Event | None:
        """One event by its id, whatever the filters; None if there is none."""
        rows = self._rows(queries.EVENT.format(columns=", ".join(queries.EVENT_FIELDS)), {"event_id": event_id})
        return _event(rows[0]) if rows else None

    def mark_of(self, event_id: str) -> str:
        """The key of the mark the event belongs to; empty if it is off the map or unknown."""
        rows = self._rows(queries.MARK_OF, {"event_id": event_id})
        return ".".join(rows[0]) if rows and rows[0][2] != "off" else ""

    def _choices(self, kind: str) -> list[Choice]:
        rows = self._rows(queries.CHOICES[kind], {})
        return [Choice(value=value, label=label or value, count=count) for value, label, count in rows]

    def _rows(self, sql: str, params: queries.Params) -> list[tuple[Any, ...]]:
        # A cursor per question: a DuckDB connection is not to be shared between threads.
        return self._db.cursor().execute(sql, queries.only_used(sql, params)).fetchall()

    def _span(self) -> Span | None:
        first, last = self._rows(queries.SPAN, {})[0]
        return (first, last) if first else None

    def _type_counts(self, filters: Filters) -> dict[EventType, int]:
        where, params = queries.conditions(filters, types=False)
        return {EventType(k): n for k, n in self._rows(queries.TYPE_COUNTS.format(conditions=where), params)}

    def _marks(self, where: str, params: queries.Params) -> tuple[Mark, ...]:
        grouped: dict[str, list[tuple[Any, ...]]] = {}
        for row in self._rows(queries.MARKS.format(conditions=where), params):
            grouped.setdefault(f"{row[0]}.{row[2]}.{row[1]}", []).append(row)
        return tuple(_mark(key, rows) for key, rows in grouped.items())

    def _bars(self, filters: Filters, grain: Grain) -> tuple[Any, ...]:
        if not self.span:
            return ()
        where, params = queries.conditions(filters, period=False)
        return bars_of(self._rows(queries.HISTOGRAM.format(conditions=where), params), self.span, grain)


def _mark(key: str, rows: Sequence[tuple[Any, ...]]) -> Mark:
    place_id, shape, manner, _, _, _, _, label, latitude, longitude, radius_km = rows[0]
    return Mark(
        key=key,
        place_id=place_id,
        label=label,
        latitude=latitude,
        longitude=longitude,
        shape=Shape(shape),
        manner=Manner(manner),
        types=tuple(sorted(((EventType(row[3]), row[4]) for row in rows), key=lambda pair: -pair[1])),
        radius_km=radius_km,
        faded=all(row[5] for row in rows),
        pending=any(row[6] for row in rows),
    )


def _event(row: tuple[Any, ...]) -> Event:
    cells = dict(zip(queries.EVENT_FIELDS, row, strict=True))
    for name, kind in _ENUMS.items():
        cells[name] = kind(cells[name]) if cells[name] else None
    return Event(**cells)


def _frame(project: Project) -> pd.DataFrame:
    """One row per event, with its place's and its article's columns beside it."""
    places = [project.places.get(event.place_id) for event in project.events]
    articles = [project.articles.get(event.article_id) for event in project.events]
    columns: dict[str, list[Any]] = {
        name: [getattr(event, name) for event in project.events] for name in queries.EVENT_FIELDS
    }
    columns["seq"] = list(range(len(project.events)))
    for name in ("latitude", "longitude", "radius_km"):
        columns[name] = [getattr(place, name) if place else None for place in places]
    for name in ("feature_code", "country_code"):
        columns[name] = [getattr(place, name) if place else "" for place in places]
    columns["place_name"] = [place.name if place else "" for place in places]
    columns["publisher"] = [article.publisher if article else "" for article in articles]
    words = zip(*(columns[name] for name in _SEARCHED), strict=True)
    columns["search_text"] = [" ".join(cells).casefold() for cells in words]
    return pd.DataFrame(columns, columns=list(queries.COLUMNS), dtype=object)


def within_span(filters: Filters, span: Span | None) -> Filters:
    """The filters with an open bound of the period closed by the span's: history stays outside unless asked for."""
    if span is None:
        return filters
    first = filters.date_from or min(span[0], filters.date_to or span[0])
    last = filters.date_to or max(span[1], filters.date_from or span[1])
    return filters.with_period(first, last)
