"""Everything a page asks about one version of its data, whatever tables hold it."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from dashboard.filters import Filters
from dashboard.geo import DETAIL, Box, Cell, Viewport
from dashboard.marks import Shape
from dashboard.model import Article, Event, Place
from dashboard.project.read import Project
from dashboard.store import queries
from dashboard.store.codes import MEANING_OF_GROUP, SHAPE_OF_PLACEMENT, TYPES, Placement
from dashboard.store.counting import symbols
from dashboard.store.counting.symbols import EventPosition, OutlineBox
from dashboard.store.counts import CountedTables, Counts
from dashboard.store.event_table import Rows
from dashboard.store.lookups import LookupCache
from dashboard.store.queries import ALL, Scope
from dashboard.store.search.word_search import WordSearch
from dashboard.store.search.words import Progress
from dashboard.store.summary import Choice, Span, Summary

PAGE = 50
"""Default number of events of a page."""


class Tables(CountedTables, Protocol):
    """What a store needs of its tables: those of an `EventTable`, or of a cube."""

    @property
    def rows(self) -> Rows:
        """The source of whole events."""

    @property
    def words(self) -> WordSearch | None:
        """The search for words; None if words cannot be searched."""

    @property
    def title(self) -> str:
        """What the data is called."""

    @property
    def unsupported_filters(self) -> frozenset[str]:
        """Fields of `Filters` that these tables cannot answer."""

    @property
    def hint(self) -> str:
        """A sentence on how to use the unsupported filters."""

    def choices(self) -> dict[str, list[Choice]]:
        """What the filters offer: ``actors``, ``publishers`` and ``places``, most frequent first."""

    def events(self, filters: Filters, scope: Scope, limit: int, offset: int, order: str) -> list[Event]:
        """A page of the events that pass the filters, within a scope."""

    def count(self, filters: Filters, scope: Scope) -> int:
        """The number of events that pass the filters, within a scope."""

    def event(self, event_id: str) -> Event | None:
        """One event by its id, whatever the filters; None if there is none."""

    def position_of(self, event_id: str) -> EventPosition | None:
        """Where an event is counted; None for an unknown event."""


def _place_of_row(*cells: Any) -> Place:
    """The place of a row of `queries.PLACES`."""
    return Place(**dict(zip(queries.PLACE_FIELDS, cells, strict=True)))


class Store:
    """All reads of one version of a project. Safe to share between threads; nothing in it changes."""

    def __init__(self, tables: Tables, outline_box: OutlineBox = lambda _: None) -> None:
        """``outline_box`` returns west, south, east and north of the area of a place_id, or None."""
        self.tables, db = tables, tables.db
        self.span, self.grain = tables.span, tables.grain
        self.types = tuple(TYPES[code] for (code,) in db.rows(queries.TYPES_IN_USE))
        """The types that occur in the project, in the taxonomy's order."""
        self.choices = tables.choices()
        """What the filters offer: ``actors``, ``publishers`` and ``places``, most frequent first."""
        self._counts = Counts(tables, outline_box)
        self.total = self._counts.total
        """Number of events that are not rejected."""
        self._place_cache: LookupCache[str, Place] = LookupCache(
            lambda ids: db.rows(queries.PLACES, values={"place_ids": ids}), _place_of_row
        )

    @property
    def project(self) -> Project:
        """The project: what could not be read, and its tables other than the events."""
        return self.tables.rows.project

    @property
    def title(self) -> str:
        """What the data is called."""
        return self.tables.title

    @property
    def unsupported_filters(self) -> frozenset[str]:
        """Fields of `Filters` that this store cannot answer."""
        return self.tables.unsupported_filters

    @property
    def hint(self) -> str:
        """A sentence on how to use the unsupported filters."""
        return self.tables.hint

    @property
    def is_empty(self) -> bool:
        """Nothing was read and nothing left out: a new folder."""
        return not self.total and self.tables.rows.project.is_empty

    def version(self) -> str:
        """Changes whenever a file of the project is saved."""
        return self.tables.rows.version

    def article(self, article_id: str) -> Article | None:
        """A stored article, or None."""
        return self.articles([article_id]).get(article_id)

    def articles(self, article_ids: Iterable[str]) -> Mapping[str, Article]:
        """Those of these articles that are stored, by their ids, read in one go; others may be included."""
        wanted = {article_id for article_id in article_ids if article_id}
        return self.tables.rows.articles(wanted) if wanted else {}

    def place(self, place_id: str) -> Place | None:
        """The place of this id, or None."""
        return self.places([place_id]).get(place_id)

    def places(self, place_ids: Iterable[str]) -> Mapping[str, Place]:
        """Those of these places that are known, by their ids, read in one go."""
        own, wanted = self.tables.rows.project.places, {place_id for place_id in place_ids if place_id}
        # Places missing from the project's own table may be known from the rows of the events.
        from_events = self._place_cache.lookup([place_id for place_id in wanted if place_id not in own])
        return {place_id: place for place_id in wanted if (place := own.get(place_id) or from_events.get(place_id))}

    # --- what a page shows

    def summarise(self, filters: Filters, viewport: Viewport | None = None) -> Summary:
        """Counts, marks and histogram of the events that pass the filters.

        Up to `UNCLUSTERED` events, all marks are returned, whatever the viewport shows. Beyond that, those in view are,
        clustered where they are crowded; without a viewport the map is fitted to all of them.
        """
        return self._counts.summarise(filters, viewport)

    def events(
        self, filters: Filters, *, scope: Scope = ALL, limit: int = PAGE, offset: int = 0, order: str = "newest"
    ) -> list[Event]:
        """A page of the events that pass the filters, within a scope. ``order`` is newest or oldest.

        Raises
        ------
        DataError
            The events are missing, or were changed while they were open.
        """
        return self.tables.events(filters, scope, limit, offset, order)

    def count(self, filters: Filters, *, scope: Scope = ALL) -> int:
        """The number of events that `events` would return without a limit."""
        return self.tables.count(filters, scope)

    def event(self, event_id: str) -> Event | None:
        """One event by its id, whatever the filters; None if there is none."""
        return self.tables.event(event_id)

    def box_of_mark(self, key: str, filters: Filters) -> Box | None:
        """The box of the events that the badge of a mark counts, to about 2 km; None if there are none."""
        scope = queries.of_mark(key)._replace(level=DETAIL)
        columns, top, bottom = self.tables.db.rows(queries.EXTENT_OF_SCOPE, filters, scope)[0]
        return symbols.box_of_strips(columns, top, bottom, DETAIL) if columns else None

    def mark_of(self, event_id: str, summary: Summary) -> str:
        """The key of the summary's mark to which the event belongs; empty if it is off the map or unknown."""
        position = self.tables.position_of(event_id)
        if position is None:
            return ""
        placement, manner, *_ = MEANING_OF_GROUP[position.group]
        if placement is Placement.OFF:
            return ""
        own = f"{position.spot_key}.{manner}.{SHAPE_OF_PLACEMENT[placement]}"
        if summary.level is None or any(mark.key == own for mark in summary.marks):
            return own
        cell = Cell.holding(position.x, position.y, summary.level)
        return f"{cell}.{manner}.{Shape.AREAS if placement is Placement.AREA else Shape.CLUSTER}"

    # --- words

    def index_words(self, progress: Progress = lambda _done, _total: None) -> None:
        """Make the index of words if it is missing. The first search would do so too, but cannot show its progress.

        Raises
        ------
        DataError
            The index of a large project cannot be written to the disk.
        """
        if self.tables.words:
            self.tables.words.make_index(progress)

    @property
    def has_words_index(self) -> bool:
        """False if the next search has to make the index first."""
        return self.tables.words is None or self.tables.words.has_index


def within_span(filters: Filters, span: Span | None) -> Filters:
    """The filters with open bounds of the period set to the span's, so that earlier background is excluded."""
    if span is None:
        return filters
    first = filters.date_from or min(span[0], filters.date_to or span[0])
    last = filters.date_to or max(span[1], filters.date_from or span[1])
    return filters.with_period(first, last)
