"""Single events, places and articles of a project, without reading all of it: what reviewing works on."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dashboard.errors import Problem
from dashboard.model import Article, Event, Place
from dashboard.project.disk.atomic_files import file_stamp
from dashboard.project.read import load_article
from dashboard.project.reading.csv_text import DataRow
from dashboard.project.reading.event_rows import References, read_event
from dashboard.project.reading.rows import RowReader
from dashboard.project.table_text import TableText, read_table
from dashboard.tables import EventRow, Row

_PROJECTS_CACHED = 4
"""Maximum number of projects whose checks of rows are cached."""


@dataclass(frozen=True, slots=True)
class _CheckedRow:
    """The check of a row of events.csv: its cells then, the stamp of its article's text, and the result."""

    cells: Row
    article: bytes
    is_readable: bool
    has_article: bool
    """Whether its article is stored and unchanged."""


_check_cache: dict[Path, tuple[bytes, dict[str, _CheckedRow]]] = {}
"""By folder: the stamp of articles.csv, and the check of each event's row."""
_lock = threading.Lock()


class OpenTables:
    """A snapshot of a project's tables; cheap to open again, as each table is cached until its file is saved.

    Raises `DataError` when opened, if a table cannot be read whole and so must not be saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: TableText = read_table(folder, "events")
        self._places: TableText = read_table(folder, "places")
        self._articles: TableText = read_table(folder, "articles")
        self._texts: dict[str, Article | None] = {}

    @property
    def stamp(self) -> tuple[bytes, bytes]:
        """Changes whenever events.csv or places.csv is saved."""
        return self.events.stamp, self._places.stamp

    def row(self, table: str, row_id: str) -> Row | None:
        """A row as text, or None."""
        table_text = {"events": self.events, "places": self._places, "articles": self._articles}[table]
        return table_text.rows.get(row_id)

    @property
    def places(self) -> Mapping[str, Place]:
        """Every place of places.csv, in the file's order."""
        return self._places.places

    def event(self, event_id: str) -> Event | None:
        """An event, or None if there is no such row or it breaks a rule."""
        row = self.events.data_row(event_id)
        return self._read(row, self.places, []) if row else None

    @cached_property
    def unreadable(self) -> frozenset[str]:
        """The ids of the rows of events.csv that break a rule: they are on no map, and nobody can review them."""
        return frozenset(event_id for event_id, checked in self._checks.items() if not checked.is_readable)

    def publisher_of(self, event_id: str) -> str:
        """The publisher of an event's article; empty if the article cannot be read, as on the map."""
        checked = self._checks[event_id]
        return self.publishers[EventRow(checked.cells).article_id] if checked.has_article else ""

    @cached_property
    def _checks(self) -> Mapping[str, _CheckedRow]:
        """The check of each row of events.csv, by its id.

        A row is checked again only if it or its article was saved since, because pages ask for this in every run.
        """
        key, stamps = self.folder.absolute(), dict[str, bytes]()
        stamp, earlier = _check_cache.get(key, (b"", {}))
        if stamp != self._articles.stamp:
            earlier = {}
        checks = {event_id: self._check_row(event_id, earlier.get(event_id), stamps) for event_id in self.events.rows}
        with _lock:
            _check_cache[key] = self._articles.stamp, checks
            while len(_check_cache) > _PROJECTS_CACHED:
                del _check_cache[next(iter(_check_cache))]
        return checks

    def _check_row(self, event_id: str, before: _CheckedRow | None, stamps: dict[str, bytes]) -> _CheckedRow:
        row = self.events.data_row(event_id)
        assert row
        article_id = EventRow(row.cells).article_id
        if article_id not in stamps:
            is_there = self._articles.data_row(article_id) is not None
            stamps[article_id] = file_stamp(self.folder / "articles" / f"{article_id}.txt") if is_there else b""
        if before and before.cells == row.cells and before.article == stamps[article_id]:
            return before
        # An unknown place is reported with the row, but does not make it unreadable.
        is_readable = self._read(row, {}, []) is not None
        return _CheckedRow(row.cells, stamps[article_id], is_readable, self.article(article_id) is not None)

    def article(self, article_id: str) -> Article | None:
        """A stored article with its text; None if it is missing or was changed since it was stored."""
        if article_id not in self._texts:
            row = self._articles.data_row(article_id) if article_id else None
            self._texts[article_id] = load_article(RowReader("articles.csv", row, []), self.folder) if row else None
        return self._texts[article_id]

    @cached_property
    def publishers(self) -> Mapping[str, str]:
        """Article id -> its publisher."""
        return {article_id: row["publisher"] for article_id, row in self._articles.rows.items()}

    def problems_of(self, row: Row, places: Mapping[str, Place]) -> list[Problem]:
        """The problems that a row of events.csv with these cells would have in a project with these places."""
        there = self.events.data_row(row.get("event_id", ""))
        problems: list[Problem] = []
        self._read(DataRow(there.number if there else 0, there.line if there else 0, row), places, problems)
        return problems

    def _read(self, row: DataRow, places: Mapping[str, Place], problems: list[Problem]) -> Event | None:
        article = self.article(EventRow(row.cells).article_id)
        references = References({article.article_id: article} if article else {}, places)
        return read_event(RowReader("events.csv", row, problems), references)
