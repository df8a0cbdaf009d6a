"""Tables with one row per event: counted, listed and searched for words."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import duckdb

from dashboard.filters import Filters
from dashboard.model import Article, Event
from dashboard.project.read import Project
from dashboard.store import load, queries
from dashboard.store.counting import day_index
from dashboard.store.counting.symbols import EventPosition
from dashboard.store.database import Database
from dashboard.store.queries import Scope
from dashboard.store.search.word_search import WordSearch
from dashboard.store.search.words import Batches
from dashboard.store.summary import Choice, choices_of


class Rows(Protocol):
    """The source of whole events: the files of a project, or Parquet."""

    version: str

    @property
    def project(self) -> Project:
        """The project: what could not be read, and its tables other than the events."""

    def make_source(self, db: duckdb.DuckDBPyConnection) -> None:
        """Offer the rows as the relation ``source``; see `store.load.SOURCE`."""

    def check_across_rows(self, db: duckdb.DuckDBPyConnection) -> None:
        """Report problems between rows, such as repeated ids, once they are loaded."""

    def events(self, places: Sequence[tuple[int, int]]) -> list[Event]:
        """The events at these places, as (file, row) of the relation ``source``, in this order."""

    def articles(self, article_ids: Collection[str]) -> Mapping[str, Article]:
        """Those of these articles that are stored, by their ids; others may be included."""

    def words(self) -> Batches:
        """The searchable text of every event, by its `queries.EVENT_NUMBER`."""

    def words_file(self) -> Path | None:
        """The file of the index of words; None for memory."""


class EventTable:
    """The tables that `load` makes of rows; see `store.store.Tables`."""

    unsupported_filters: frozenset[str] = frozenset()
    hint = ""
    centres, areas, extent = queries.CENTRES, queries.AREAS, queries.EXTENT

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.db = Database(queries.SINGLE, self._relation)
        self.words = WordSearch(self.db, rows.words, rows.words_file)
        rows.make_source(self.db.connection)
        self.span, self.grain = load.load(self.db.connection)
        rows.check_across_rows(self.db.connection)

    def _relation(self, filters: Filters, _scope: Scope) -> str:
        return self.words.table_of(filters.words)

    @property
    def title(self) -> str:
        """The file or folder."""
        return self.rows.project.folder.absolute().name

    def day_index(self) -> day_index.DayIndex:
        """See `counts.CountedTables`."""
        return day_index.DayIndex(self.db.columns(day_index.ROWS))

    def choices(self) -> dict[str, list[Choice]]:
        """See `store.store.Tables`."""
        return {kind: choices_of(self.db.rows(sql)) for kind, sql in queries.CHOICES.items()}

    def events(self, filters: Filters, scope: Scope, limit: int, offset: int, order: str) -> list[Event]:
        """See `store.store.Tables`."""
        page = {"limit": limit, "offset": offset, "most": limit + offset}
        return self.rows.events(self.db.rows(queries.EVENTS, filters, scope, page, order=queries.ORDERS[order]))

    def count(self, filters: Filters, scope: Scope) -> int:
        """See `store.store.Tables`."""
        return int(self.db.rows(queries.SCOPE_COUNT, filters, scope)[0][0])

    def event(self, event_id: str) -> Event | None:
        """See `store.store.Tables`."""
        return next(iter(self.rows.events(self.db.rows(queries.EVENT, values={"event_id": event_id}))), None)

    def position_of(self, event_id: str) -> EventPosition | None:
        """See `store.store.Tables`."""
        rows = self.db.rows(queries.POSITION_OF_EVENT, values={"event_id": event_id})
        return EventPosition(*rows[0]) if rows else None
