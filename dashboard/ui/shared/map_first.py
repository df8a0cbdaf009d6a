"""Scheduling of concurrent readers: every map goes before any list of passages, and one map at a time.

Most of the cost of a slider step comes after the map: decompressing passages and writing the page around them. Without
a schedule, some readers' maps wait for other readers' passages; with it, a busy machine only delays passages. One map
at a time, because Python runs one thread at a time: several at once would all be as late as the last.
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


class RequestQueue:
    """Two queues: maps first, and what follows them, which waits while any map does. Each is served in order."""

    def __init__(self, first_patience: float = FIRST_PATIENCE_SECONDS, patience: float = PATIENCE_SECONDS) -> None:
        self._first_patience, self._patience = first_patience, patience
        self._changing = threading.Lock()
        self._first: list[threading.Event] = []
        self._following: list[threading.Event] = []

    def first(self) -> AbstractContextManager[None]:
        """Wait for the turn in the first queue, then run."""
        return self._turn(self._first, self._first_patience, lambda: None)

    def following(self, look_up: Callable[[], object] = lambda: None) -> AbstractContextManager[None]:
        """Wait for the turn in the second queue, then run. ``look_up`` is called repeatedly; if it raises, give up."""
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
        """Wake only the next in line, so that a change does not wake everybody."""
        for line in (self._first, self._following):
            if line:
                line[0].set()
                return
