"""What a press sets going is carried out to its end, even if the reader presses again meanwhile."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

LEAST_SECONDS = 0.5
"""Between two decisions. A key that is held down, or pressed twice, must not decide on what nobody has read."""
_PRESSED = "pressed"


def to_the_end(step: Callable[[], Any]) -> None:
    """Take a step of a callback to its end, and then the step that it returns, until one returns None.

    Streamlit ends a run, and a callback with it, at any look into the session as soon as the next run is asked for: a
    key that is held down would end what its first press began, between the file and the page. A step that was ended is
    taken anew, so what may be done only once stands in a step that looks into the session before it or not at all,
    and no step asks for a run itself. When all are done, the next run comes.
    """
    ended: RerunException | None = None
    following: Callable[[], Any] | None = step
    while following:
        try:
            following = following()
        except RerunException as next_run:
            ended = next_run
    if ended:
        raise ended


def once(act: Callable[[], Callable[[], object]]) -> None:
    """Do what a press asks for, unless the last press was a moment ago: then this is the same, and counts as that.

    ``act`` looks into the session before it changes a file or not at all, and gives what is to be noted in the session
    afterwards.
    """
    now = time.monotonic()

    def begin() -> Callable[[], object]:
        is_again = now - st.session_state.get(_PRESSED, now - LEAST_SECONDS) < LEAST_SECONDS
        return partial(note_all, None if is_again else act())

    def note_all(note: Callable[[], object] | None) -> None:
        if note:
            note()
        # Only now: on a busy machine the next press may have waited longer than that for this one's end.
        st.session_state[_PRESSED] = time.monotonic()

    to_the_end(begin)
