"""Whose turn it is where many readers move at once: every map goes before any list of passages.

What a step of the slider costs lies mostly behind the map: passages are unpacked, and the page around them is written.
Without an order the maps of some wait for the passages of others; with it a full machine is late with passages alone.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 2.0
"""Nobody waits longer than this, whoever still goes first."""
_LOOK_UP_SECONDS = 0.04


class Turns:
    """Some go first, each at once; the others follow when nobody goes first, one after the other."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._changing = threading.Lock()
        self._first = 0
        self._following: list[threading.Event] = []

    @contextmanager
    def first(self) -> Iterator[None]:
        """Go at once."""
        with self._changing:
            self._first += 1
        try:
            yield
        finally:
            with self._changing:
                self._first -= 1
                self._call_next()

    @contextmanager
    def following(self, look_up: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Wait for the turn, then go. ``look_up`` is called from time to time; if it raises, the turn is given up."""
        called = threading.Event()
        with self._changing:
            self._following.append(called)
            self._call_next()
        try:
            end = time.monotonic() + self._patience
            while not called.wait(_LOOK_UP_SECONDS) and time.monotonic() < end:
                look_up()
            yield
        finally:
            with self._changing:
                self._following.remove(called)
                self._call_next()

    def _call_next(self) -> None:
        """Tell the longest waiting, and nobody else, so that a change does not wake all of them."""
        if self._following and not self._first:
            self._following[0].set()
