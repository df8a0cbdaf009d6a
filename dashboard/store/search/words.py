"""A full-text index of events, with SQLite's FTS5.

A search term matches every word that begins with it, ignoring case and accents; several terms must all match. Scripts
without spaces between words (Chinese, Japanese, Thai …) match by any run of characters.
"""

import contextlib
import re
import secrets
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dashboard.errors import DataError

Batches = Iterator[Sequence[tuple[int, str]]]
"""Numbers of events, each with its searchable text."""
Progress = Callable[[int, int], None]
"""Called with the number of events read so far and in total."""

SEARCHED = ("title", "passage", "toponym", "place_name", "actor1", "actor2", "claimed_by", "publisher")
"""The searchable fields of an event: columns of events.csv, and the names of its place and its article's publisher."""

KEPT_FILES = 4
"""Number of indexes of large projects kept on disk; older ones are deleted when a new one is made."""
_PREFIX = "words-"
_CREATE = """CREATE VIRTUAL TABLE words USING fts5(text, content='',
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co M*'")"""
_FAST = "PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA cache_size=-32000;"
"""An unfinished file is never used, so writing needs no protection against crashes."""
_SPACELESS = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)


class WordsIndex:
    """The index of one version of a project, in memory or in a file. Safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path | None, batches: Callable[[], Batches], total: int, progress: Progress) -> "WordsIndex":
        """The index in the file, or a new one; None for the path keeps it in memory.

        Raises
        ------
        DataError
            The file cannot be written.
        """
        try:
            if path is None:
                return cls(_filled(":memory:", batches, total, progress))
            if not path.exists():
                _write(path, batches, total, progress)
            return cls(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False))
        except (OSError, sqlite3.Error) as error:
            hint = "Free some space there, or name another folder with XDG_CACHE_HOME."
            raise DataError(f"The index of words cannot be kept in {path}: {error}. {hint}") from error

    def find(self, words: str) -> npt.NDArray[np.int64]:
        """The numbers of the events that contain all the words. Punctuation alone finds nothing."""
        asked = " ".join(f'"{_searchable(word)}"*' for word in words.replace("\0", " ").replace('"', " ").split())
        if not asked:
            return np.array([], np.int64)
        with self._lock:
            rows = self._connection.execute("SELECT rowid FROM words WHERE words MATCH ?", (asked,)).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))


def find_in(texts: tuple[str, ...], words: str) -> Collection[int]:
    """The indexes of those of a few thousand texts that contain all the words, by the same rules as a store's index.

    The index of the last texts is cached, as a page searches the same ones again and again.
    """
    return frozenset(_index_of(texts).find(words).tolist())


@lru_cache(1)
def _index_of(texts: tuple[str, ...]) -> WordsIndex:
    return WordsIndex.open(None, lambda: iter([list(enumerate(texts))]), len(texts), lambda _done, _total: None)


def _write(path: Path, batches: Callable[[], Batches], total: int, progress: Progress) -> None:
    """Write to a temporary file first, so that the index's file is always complete."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    older = sorted(path.parent.glob(f"{_PREFIX}*.sqlite"), key=lambda file: file.stat().st_mtime)
    for old in older[: max(len(older) - KEPT_FILES + 1, 0)]:
        old.unlink(missing_ok=True)
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with contextlib.closing(_filled(str(unfinished), batches, total, progress)):
            pass
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _filled(where: str, batches: Callable[[], Batches], total: int, progress: Progress) -> sqlite3.Connection:
    connection = sqlite3.connect(where, check_same_thread=False, isolation_level=None)
    connection.executescript(_FAST)
    connection.execute(_CREATE)
    connection.execute("BEGIN")
    done = 0
    for batch in batches():
        rows = ((number, _searchable(text)) for number, text in batch)
        connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", rows)
        done += len(batch)
        progress(done, total)
    connection.execute("COMMIT")
    return connection


def _searchable(text: str) -> str:
    """The text with each character of a script without spaces as its own word; lone surrogates become ``?``."""
    if text.isascii():
        return text
    return _SPACELESS.sub(r" \1 ", text.encode("utf-8", "replace").decode("utf-8"))


def index_file(folder: Path, version: str) -> Path:
    """Where the index of a version of a project is kept."""
    return folder / f"{_PREFIX}{version}.sqlite"
