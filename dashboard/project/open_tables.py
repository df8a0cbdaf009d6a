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
from dashboard.project.reading.event_rows import Known, read_event
from dashboard.project.reading.rows import RowReader
from dashboard.project.table_text import TableText, read_table
from dashboard.tables import EventRow, Row

_KEPT = 4
"""Projects whose rows are remembered as readable or not."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """A row of events.csv as it was when it was checked, with the stamp of its article's text."""

    cells: Row
    article: bytes
    is_readable: bool
    has_article: bool
    """Whether its article is stored, and still the one that was stored."""


_checked: dict[Path, tuple[bytes, dict[str, _Checked]]] = {}
"""By folder: the stamp of articles.csv, and what came of each event's row."""
_guard = threading.Lock()


class OpenTables:
    """The tables of a project as they stand at this moment; cheap to open again, as a table is kept until it is saved.

    Raises `DataError` when opened, if a table cannot be read whole and so must not be saved.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: TableText = read_table(folder, "events")
        self._places: TableText = read_table(folder, "places")
        self._articles: TableText = read_table(folder, "articles")
        self._loaded: dict[str, Article | None] = {}

    @property
    def stamp(self) -> tuple[bytes, bytes]:
        """Differs once events.csv or places.csv was saved."""
        return self.events.stamp, self._places.stamp

    def row(self, table: str, row_id: str) -> Row | None:
        """A row as text, or None."""
        table_text = {"events": self.events, "places": self._places, "articles": self._articles}[table]
        return table_text.rows.get(row_id)

    @property
    def places(self) -> Mapping[str, Place]:
        """Every place of places.csv, in its order."""
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
        """Who published an event's article; empty if that is not there to be read, as the map knows no other."""
        checked = self._checks[event_id]
        return self.publishers[checked.cells["article_id"].strip()] if checked.has_article else ""

    @cached_property
    def _checks(self) -> Mapping[str, _Checked]:
        """What came of each row of events.csv, by its id.

        A row is checked again only if it or its article was saved since: a page asks this at every step.
        """
        key, stamps = self.folder.absolute(), dict[str, bytes]()
        stamp, known = _checked.get(key, (b"", {}))
        if stamp != self._articles.stamp:
            known = {}
        now = {event_id: self._checked(event_id, known.get(event_id), stamps) for event_id in self.events.rows}
        with _guard:
            _checked[key] = self._articles.stamp, now
            while len(_checked) > _KEPT:
                del _checked[next(iter(_checked))]
        return now

    def _checked(self, event_id: str, before: _Checked | None, stamps: dict[str, bytes]) -> _Checked:
        row = self.events.data_row(event_id)
        assert row
        article_id = EventRow(row.cells).article_id
        if article_id not in stamps:
            is_there = self._articles.data_row(article_id) is not None
            stamps[article_id] = file_stamp(self.folder / "articles" / f"{article_id}.txt") if is_there else b""
        if before and before.cells == row.cells and before.article == stamps[article_id]:
            return before
        # Whether a place is known is told of a row, and does not hide it.
        is_readable = self._read(row, {}, []) is not None
        return _Checked(row.cells, stamps[article_id], is_readable, self.article(article_id) is not None)

    def article(self, article_id: str) -> Article | None:
        """A stored article with its text, or None if there is none or it is not the one that was stored."""
        if article_id not in self._loaded:
            row = self._articles.data_row(article_id) if article_id else None
            self._loaded[article_id] = load_article(RowReader("articles.csv", row, []), self.folder) if row else None
        return self._loaded[article_id]

    @cached_property
    def publishers(self) -> Mapping[str, str]:
        """Article id -> its publisher."""
        return {article_id: row["publisher"] for article_id, row in self._articles.rows.items()}

    def problems_of(self, row: Row, places: Mapping[str, Place]) -> list[Problem]:
        """What would be told of a row of events.csv with these cells, in a project with these places."""
        there = self.events.data_row(row.get("event_id", ""))
        problems: list[Problem] = []
        self._read(DataRow(there.number if there else 0, there.line if there else 0, row), places, problems)
        return problems

    def _read(self, row: DataRow, places: Mapping[str, Place], problems: list[Problem]) -> Event | None:
        article = self.article(EventRow(row.cells).article_id)
        known = Known({article.article_id: article} if article else {}, places)
        return read_event(RowReader("events.csv", row, problems), known)
