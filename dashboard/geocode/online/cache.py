"""One SQLite file a machine: the answers online geocoders gave, and whose turn it is to ask.

Every process of the application that may ask a server shares this file, so that together they keep the
server's rules: one request at a time, a pause after each, and no request at all for a while once the server
has refused or failed. Place names of unpublished drafts stand in it, so only its owner may read it.
"""

import contextlib
import json
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import filelock

from dashboard.errors import DataError, GeocodingError
from dashboard.model import Place
from dashboard.settings import cache_folder

FOUND_KEPT_SECONDS = 90 * 86_400
NOT_FOUND_KEPT_SECONDS = 7 * 86_400
"""Shorter: volunteers add places every day."""
LONGEST_PAUSE_SECONDS = 86_400

_SCHEMA = """
create table if not exists answers_1 (
    server text, query text, language text, answered_at real, places text, primary key (server, query, language));
create table if not exists gate_1 (server text primary key, next_at real, closed_until real, why text);
"""


@dataclass(frozen=True)
class Clock:
    """Seconds since 1970 and how to wait, handed in so that tests need not."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def default_cache_path(environment: Mapping[str, str] | None = None) -> Path:
    """The user's own cache folder: the same for every project, because the servers' rules are not per project."""
    return cache_folder(environment) / "geocoder.sqlite"


@dataclass(frozen=True)
class AnswerCache:
    """Answers by server, query and language. "Not found" is an answer; failures are never stored."""

    path: Path
    clock: Clock = Clock()

    def get(self, server: str, query: str, language: str) -> tuple[Place, ...] | None:
        """The stored places, best first; () if the server said it knows none; None if it was never asked of late."""
        select = "select answered_at, places from answers_1 where server = ? and query = ? and language = ?"
        with connected(self.path) as connection:
            row = connection.execute(select, (server, normalised(query), language)).fetchone()
        if row is None:
            return None
        places = _from_json(row[1])
        kept = FOUND_KEPT_SECONDS if places else NOT_FOUND_KEPT_SECONDS
        return places if 0 <= self.clock.now() - row[0] < kept else None

    def put(self, server: str, query: str, language: str, places: tuple[Place, ...]) -> None:
        """Store an answer in place of any earlier one; () means that there is no such place."""
        text = json.dumps([asdict(place) for place in places], ensure_ascii=False)
        row = (server, normalised(query), language, self.clock.now(), text)
        with connected(self.path) as connection:
            connection.execute("insert or replace into answers_1 values (?, ?, ?, ?, ?)", row)


@dataclass(frozen=True)
class Gate:
    """Whose turn it is to ask a server, among all processes that share the file."""

    path: Path
    pause_seconds: float
    """Between the end of one request and the start of the next: counted so, no two can reach the server closer."""
    clock: Clock = Clock()

    @contextlib.contextmanager
    def turn(self, server: str, wait_seconds: float) -> Iterator[None]:
        """Wait for the turn, at most ``wait_seconds``, and hold it while the request runs.

        Raises
        ------
        GeocodingError
            The server is being left alone, wants a longer pause, or others hold the turn too long.
        """
        ends = self.clock.now() + wait_seconds
        lock = filelock.FileLock(self.path.with_name(f"{self.path.name}.lock"))
        _make_folder(self.path)
        try:
            lock.acquire(timeout=max(wait_seconds, 0))
        except filelock.Timeout as error:
            raise GeocodingError(f"{server} is being asked by another window or command. Try again later.") from error
        try:
            self.refuse_if_closed(server)
            self._wait(server, ends)
            try:
                yield
            finally:
                self.postpone(server, self.pause_seconds)
        finally:
            lock.release()

    def close(self, server: str, seconds: float, why: str) -> None:
        """Let nobody ask the server for so many seconds. ``why`` ends a sentence, such as "it answered 403"."""
        statement = """insert into gate_1 values (?, 0, ?, ?)
            on conflict (server) do update set closed_until = excluded.closed_until, why = excluded.why"""
        with connected(self.path) as connection:
            connection.execute(statement, (server, self.clock.now() + seconds, why))

    def refuse_if_closed(self, server: str) -> None:
        """Raise `GeocodingError` while the server is to be left alone."""
        with connected(self.path) as connection:
            select = "select closed_until, why from gate_1 where server = ?"
            closed_until, why = connection.execute(select, (server,)).fetchone() or (0.0, "")
        left = closed_until - self.clock.now()
        if left > 0:
            minutes = max(1, round(left / 60))
            raise GeocodingError(
                f"{server} is left alone for {minutes} more minute{'s' * (minutes > 1)}, because {why}. "
                "Names the embedded gazetteer knows are placed all the same."
            )

    def postpone(self, server: str, seconds: float) -> None:
        """Let the next request of anybody wait so long, unless an earlier wish reaches further."""
        statement = """insert into gate_1 values (?, ?, 0, '')
            on conflict (server) do update set next_at = max(next_at, excluded.next_at)"""
        with connected(self.path) as connection:
            connection.execute(statement, (server, self.clock.now() + seconds))

    def _wait(self, server: str, ends: float) -> None:
        with connected(self.path) as connection:
            row = connection.execute("select next_at from gate_1 where server = ?", (server,)).fetchone()
        now = self.clock.now()
        wait = row[0] - now if row else 0.0
        if wait > LONGEST_PAUSE_SECONDS:  # the clock was set back meanwhile
            wait = self.pause_seconds
        if wait > 0 and now + wait > ends:
            raise GeocodingError(f"{server} wants a pause of {wait:.0f} seconds. Try again later.")
        self.clock.sleep(max(wait, 0.0))


def normalised(query: str) -> str:
    """The query as the key it is stored under: width, case and spacing do not count."""
    return " ".join(unicodedata.normalize("NFKC", query).casefold().split())


@contextlib.contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for one transaction. Opened anew each time, so that threads and processes need share nothing."""
    _make_folder(path)
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=10)) as connection, connection:
            connection.executescript(_SCHEMA)
            yield connection
    except sqlite3.Error as error:
        raise GeocodingError(
            f"The geocoder's cache {path} cannot be used ({error}). Delete it to start anew."
        ) from error


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
    except OSError as error:
        raise GeocodingError(f"The geocoder's cache {path} cannot be written: {error.strerror}.") from error


def _from_json(text: str) -> tuple[Place, ...]:
    known = {field.name for field in fields(Place)}
    try:
        rows = json.loads(text)
        return tuple(
            Place(**{**{k: v for k, v in row.items() if k in known}, "alternate_names": tuple(row["alternate_names"])})
            for row in rows
        )
    except (ValueError, TypeError, KeyError, AttributeError, DataError) as error:
        raise GeocodingError("An answer in the geocoder's cache is damaged. Delete the cache to start anew.") from error
