"""Whose turn it is where many readers move at once: every map goes before any list of passages, and one map at a time.

What a step of the slider costs lies mostly behind the map: passages are unpacked, and the page around them is written.
Without an order the maps of some wait for the passages of others; with it a full machine is late with passages alone.
One at a time, because Python runs one thread at a time: of several at once all would be as late as the last.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

FIRST_PATIENCE_SECONDS = 0.25
"""Longest a map request waits for another map request: a slow one must not hold up the fast ones."""
PATIENCE_SECONDS = 2.0
"""Longest a request for passages waits."""
_LOOK_UP_SECONDS = 0.04


class Turns:
    """Two lines: who goes first, and who follows when nobody goes first. In each one goes after the other."""

    def __init__(self, first_patience: float = FIRST_PATIENCE_SECONDS, patience: float = PATIENCE_SECONDS) -> None:
        self._first_patience, self._patience = first_patience, patience
        self._changing = threading.Lock()
        self._first: list[threading.Event] = []
        self._following: list[threading.Event] = []

    def first(self) -> AbstractContextManager[None]:
        """Wait for the turn among those who go first, then go."""
        return self._turn(self._first, self._first_patience, lambda: None)

    def following(self, look_up: Callable[[], object] = lambda: None) -> AbstractContextManager[None]:
        """Wait for the turn, then go. ``look_up`` is called from time to time; if it raises, the turn is given up."""
        return self._turn(self._following, self._patience, look_up)

    @contextmanager
    def _turn(self, line: list[threading.Event], patience: float, look_up: Callable[[], object]) -> Iterator[None]:
        called = threading.Event()
        with self._changing:
            line.append(called)
            self._call_next()
        try:
            end = time.monotonic() + patience
            while not called.wait(_LOOK_UP_SECONDS) and time.monotonic() < end:
                look_up()
            yield
        finally:
            with self._changing:
                line.remove(called)
                self._call_next()

    def _call_next(self) -> None:
        """Tell whose turn it is, and nobody else, so that a change does not wake all who wait."""
        for line in (self._first, self._following):
            if line:
                line[0].set()
                return
