"""Playing: the map steps through time by itself until the reader stops it."""

import math
import time
from datetime import date, timedelta

import streamlit as st

from dashboard.store.store import within_span
from dashboard.store.summary import Span
from dashboard.ui.shared import view_state

STEP_SECONDS = 0.3
"""Pause between two steps. The browser starts counting after every step, so steps never queue up."""
STEPS = 120
"""Approximate number of steps through the whole span."""
_PLAYING, _STEPPED_AT, _CUMULATIVE = "playing", "stepped_at", "play_cumulative"


def is_playing() -> bool:
    """True while playing."""
    return bool(st.session_state.get(_PLAYING))


def show_controls(span: Span, chosen: Span) -> None:
    """Draw the button that plays and pauses (key P), and the option to keep the past in view."""
    playing = is_playing()
    st.button(
        "Pause" if playing else "Play",
        key="play",
        icon=":material/pause:" if playing else ":material/play_arrow:",
        shortcut="P",
        on_click=_toggle,
        args=(span, chosen),
        help=f"{'Stop' if playing else 'Step'} through time",
    )
    st.checkbox("Keep the past", key=_CUMULATIVE, persist_state="session")
    st.fragment(_tick, run_every=STEP_SECONDS if playing else None)(span)


def _toggle(span: Span, chosen: Span) -> None:
    st.session_state[_PLAYING] = not is_playing()
    st.session_state[_STEPPED_AT] = time.monotonic()
    if is_playing():
        _show(first_period(chosen, span, cumulative=bool(st.session_state.get(_CUMULATIVE))), span)


def _tick(span: Span) -> None:
    """Advance by a step; called by the browser's timer, and in every run of the page, where it is too early to step."""
    if not is_playing() or time.monotonic() - st.session_state.get(_STEPPED_AT, 0.0) < STEP_SECONDS:
        return
    filters = within_span(view_state.current_view().filters, span)
    assert filters.date_from
    assert filters.date_to
    if filters.date_to >= span[1]:
        st.session_state[_PLAYING] = False
    else:
        _show(
            next_period((filters.date_from, filters.date_to), span, cumulative=bool(st.session_state.get(_CUMULATIVE))),
            span,
        )
    st.session_state[_STEPPED_AT] = time.monotonic()
    st.rerun()


def _show(period: Span, span: Span) -> None:
    last = None if period[1] >= span[1] and not is_playing() else period[1]
    view_state.change_filters("slider", "dates", date_from=None if period[0] == span[0] else period[0], date_to=last)


def step_days(span: Span) -> int:
    """Length of a step in days, at least one."""
    return max(1, math.ceil((span[1] - span[0]).days / STEPS))


def first_period(chosen: Span, span: Span, *, cumulative: bool) -> Span:
    """The period with which playing starts: the chosen one, unless it leaves nothing to play."""
    step = step_days(span)
    if cumulative:
        return span[0], chosen[1] if chosen[1] < span[1] else min(span[0] + timedelta(days=step), span[1])
    length = (chosen[1] - chosen[0]).days
    if chosen[1] < span[1]:
        return chosen
    if length * 2 > (span[1] - span[0]).days:
        length = max(step * 4, (span[1] - span[0]).days // 10)
    return span[0], min(span[0] + timedelta(days=length), span[1])


def next_period(period: Span, span: Span, *, cumulative: bool) -> Span:
    """The next period: moved or, if cumulative, extended by a step, up to the end of the span."""
    step = timedelta(days=step_days(span))
    last: date = min(period[1] + step, span[1])
    return (span[0] if cumulative else period[0] + (last - period[1])), last
