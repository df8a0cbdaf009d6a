"""Searches for words: each makes a table of the events that contain them, which is queried like that of all events."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from dashboard.store import queries
from dashboard.store.database import Database
from dashboard.store.search.words import Batches, Progress, WordsIndex

KEPT_SEARCHES = 8
"""Number of searches whose tables are kept."""


class WordSearch:
    """The index of words of one store, and the tables of its last searches. Safe to share between threads."""

    def __init__(self, db: Database, texts: Callable[[], Batches], file: Callable[[], Path | None]) -> None:
        """``texts`` returns the searchable text of every event, ``file`` the index's file (None: in memory)."""
        self._db, self._texts, self._file = db, texts, file
        self._index: WordsIndex | None = None
        self._tables: OrderedDict[str, str] = OrderedDict()
        """Words that were searched for -> the table of the events that contain them."""
        self._lock = threading.Lock()

    @property
    def has_index(self) -> bool:
        """False if the next search has to make the index first."""
        return self._index is not None

    def make_index(self, progress: Progress = lambda _done, _total: None) -> None:
        """Make the index if it is missing. Raises `DataError` if its file cannot be written."""
        with self._lock:
            self._make_index(progress)

    def _make_index(self, progress: Progress) -> WordsIndex:
        if self._index is None:
            total = int(self._db.rows(queries.EVENT_COUNT)[0][0])
            self._index = WordsIndex.open(self._file(), self._texts, total, progress)
        return self._index

    def table_of(self, words: str) -> str:
        """The table of the events that contain all the words; all events if there are no words."""
        if not words.split():
            return "events"
        with self._lock:
            index = self._make_index(lambda _done, _total: None)
            if words not in self._tables:
                self._tables[words] = self._make_table(index, words)
            self._tables.move_to_end(words)
            return self._tables[words]

    def _make_table(self, index: WordsIndex, words: str) -> str:
        numbers, connection = index.find(words), self._db.connection
        if len(self._tables) >= KEPT_SEARCHES:
            connection.execute(f"DROP TABLE {self._tables.popitem(last=False)[1]}")
        table = f"found_{secrets.token_hex(6)}"
        connection.register("numbers", pd.DataFrame({"number": numbers}))
        connection.execute(queries.CREATE_FOUND.format(table=table))
        connection.unregister("numbers")
        return table
