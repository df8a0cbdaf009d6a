"""Callbacks that run to completion, even if the reader presses again meanwhile; one press decides once."""

import time
from collections.abc import Callable
from functools import cache, partial, wraps
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.runtime.scriptrunner import RerunException

LEAST_SECONDS = 0.5
"""Shortest time between two decisions, and from the page that follows one to the next: what was pressed twice must not
decide on what nobody has read."""
_PRESSED, _UNDRAWN = "pressed", "pressed_undrawn"
"""When the last press ended, or the page that follows it was drawn; True while that page is not drawn."""
# A browser repeats a key that is held down for as long as it is held, however late the next page comes. Dropped before
# Streamlit listens; keys in a text field, and those that move a slider, are left alone. Constant. Streamlit may call
# the function again without the cleanup between: the listener is one and the same, and so is added once.
_DROP_HELD_KEYS = """
const within = (event, where) => event.target.closest && event.target.closest(where);
const drop = (event) => {
  if (!event.repeat || within(event, "input, textarea, [contenteditable]")) return;
  if (event.key === "Enter" && within(event, "button")) event.preventDefault();
  if (event.key.length === 1 || event.key === "Enter") event.stopPropagation();
};
export default function () {
  window.addEventListener("keydown", drop, true);
  return () => window.removeEventListener("keydown", drop, true);
}
"""


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
        st.session_state[_PRESSED], st.session_state[_UNDRAWN] = time.monotonic(), True

    run_to_end(begin)


@cache
def _held_keys() -> ComponentRenderer:
    return st.components.v2.component("conflictmap_held_keys", js=_DROP_HELD_KEYS)


def deciding_page(draw: Callable[[], None]) -> Callable[[], None]:
    """Decorate a page with buttons that decide: there each press of a key counts once, however long it is held."""

    @wraps(draw)
    def page() -> None:
        with st.container(key="heldkeys"):
            _held_keys()(key="held_keys")
        draw()
        if st.session_state.pop(_UNDRAWN, False):
            st.session_state[_PRESSED] = time.monotonic()

    return page
