"""Callbacks that run to completion, even if the reader presses again meanwhile."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

LEAST_SECONDS = 0.5
"""Shortest time between two decisions: a key held down, or pressed twice, must not decide on what nobody has read."""
_PRESSED = "pressed"


def run_to_end(step: Callable[[], Any]) -> None:
    """Run a step to completion, then the step it returns, until one returns None.

    Streamlit may interrupt a run, and a callback with it, at any access to the session once the next run is requested:
    a key that is held down would interrupt what its first press began, between the file and the page. An interrupted
    step is run again. So a step must not access the session after an act that may be done only once, and no step
    requests a run itself. The next run starts when all steps are done.
    """
    interruption: RerunException | None = None
    following: Callable[[], Any] | None = step
    while following:
        try:
            following = following()
        except RerunException as next_run:
            interruption = next_run
    if interruption:
        raise interruption


def unless_repeated(act: Callable[[], Callable[[], object]]) -> None:
    """Run the action of a press, unless the last press ended a moment ago: then this one is a repetition.

    ``act`` must not access the session after it has changed a file, and returns a function that updates the session
    afterwards.
    """
    now = time.monotonic()

    def begin() -> Callable[[], object]:
        is_repeated = now - st.session_state.get(_PRESSED, now - LEAST_SECONDS) < LEAST_SECONDS
        return partial(note_all, None if is_repeated else act())

    def note_all(note: Callable[[], object] | None) -> None:
        if note:
            note()
        # Set at the end: on a busy machine the next press may have waited for this one longer than the limit.
        st.session_state[_PRESSED] = time.monotonic()

    run_to_end(begin)
