"""The histogram with the two-ended slider under it, typed dates, presets and steps."""

from datetime import date, timedelta
from typing import NamedTuple

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.filters import Filters
from dashboard.model import FIRST_DAY, LAST_DAY, EventType
from dashboard.palette import TYPE_STYLE
from dashboard.store.columnar import within_span
from dashboard.store.summary import Grain, Span, Summary
from dashboard.taxonomy import title_of
from dashboard.ui import state

EDGE = 44
"""Free pixels left and right of the first and last day; style.css insets the slider by as much."""
HEIGHT = 96
_BARS_WIDE = 600
"""Width the bars are laid out for, in pixels; only limits how wide a single bar gets."""
_HALF_BAR = EDGE - 22
"""Most pixels a bar reaches into the free edge; the numbers stand left of it."""
_QUIET = "#8a867b"
"""Numbers and lines; 3 to 1 against the paper of both themes."""
_FORMATS = {Grain.DAY: "%-d %b", Grain.WEEK: "%-d %b %Y", Grain.MONTH: "%b %Y", Grain.YEAR: "%Y"}


def show(summary: Summary, filters: Filters) -> None:
    """Draw the timeline; without any dated event there is none."""
    if summary.span is None:
        st.caption("No event has a date, so there is no timeline.")
        return
    chosen = (filters.date_from or summary.span[0], filters.date_to or summary.span[1])
    with st.container(key="timeline", gap=None):
        st.altair_chart(_chart(summary, chosen), width="stretch", theme=None)
        _slider(summary.span, chosen)
    _controls(summary.span, chosen)


def _slider(span: Span, chosen: Span) -> None:
    low, high = span if span[0] < span[1] else (span[0] - timedelta(days=1), span[1] + timedelta(days=1))
    # Where the data grows, the slider is another one.
    name = f"period_{low}_{high}"
    key, value = state.widget("slider", name, tuple(_within(day, (low, high)) for day in chosen))
    st.slider(
        "Period",
        min_value=low,
        max_value=high,
        value=value,
        key=key,
        format="D MMM YYYY",
        label_visibility="collapsed",
        on_change=_slid,
        args=(key, (low, high), span),
    )


def _controls(span: Span, chosen: Span) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="dates"):
        for name, label, day in (("from", "From", chosen[0]), ("to", "To", chosen[1])):
            key, value = state.widget("dates", name, day)
            st.date_input(
                label,
                value=value,
                key=key,
                min_value=FIRST_DAY,
                max_value=LAST_DAY,
                format="YYYY-MM-DD",
                width=150,
                on_change=_typed,
                args=(key, name, chosen, span),
            )
        length = (chosen[1] - chosen[0]).days + 1
        steps = (
            ("Earlier", -1, ":material/chevron_left:", chosen[0] <= span[0]),
            ("Later", 1, ":material/chevron_right:", chosen[1] >= span[1]),
        )
        for label, direction, icon, at_the_end in steps:
            st.button(
                label,
                icon=icon,
                help=f"The {length:,} days {'before' if direction < 0 else 'after'}",
                disabled=at_the_end,
                on_click=_step,
                args=(direction, span),
            )
        for label, first in _presets(span):
            st.button(
                label,
                type="tertiary",
                on_click=_choose,
                args=(first, span[1], span),
                disabled=chosen == (first, span[1]),
            )


def _presets(span: Span) -> list[tuple[str, date]]:
    """Names and first days of the presets that are shorter than the whole span; the last is the whole."""
    lengths = [("Last 7 days", 7), ("Last 30 days", 30), ("Last 12 months", 365)]
    short = [
        (label, span[1] - timedelta(days=n - 1)) for label, n in lengths if span[1] - timedelta(days=n - 1) > span[0]
    ]
    return [*short, ("Whole period", span[0])]


def _choose(first: date, last: date, span: Span, *outdated: str) -> None:
    """A bound that is the span's own stays open, so that a link keeps meaning 'everything' as data grows."""
    state.change_filters(
        *(outdated or ("slider", "dates")),
        date_from=None if first == span[0] else first,
        date_to=None if last == span[1] else last,
    )


def _step(direction: int, span: Span) -> None:
    """Move the period by its own length, from where it is now: a second click may come before the page is drawn."""
    filters = within_span(state.current().filters, span)
    if filters.date_from is None or filters.date_to is None:
        return  # without a dated event there is no period to move
    length = (filters.date_to - filters.date_from).days + 1
    _choose(_moved(filters.date_from, direction * length), _moved(filters.date_to, direction * length), span)


def _moved(day: date, by_days: int) -> date:
    """The day so many days later, or the last day there is."""
    return FIRST_DAY + timedelta(days=min(max((day - FIRST_DAY).days + by_days, 0), (LAST_DAY - FIRST_DAY).days))


def _slid(key: str, limits: Span, span: Span) -> None:
    """Take up the slider. An end that was not moved keeps its day, which may lie beyond the slider's reach."""
    period = state.chosen("slider", key)
    filters = within_span(state.current().filters, span)
    if not period or filters.date_from is None or filters.date_to is None:
        return
    before = _within(filters.date_from, limits), _within(filters.date_to, limits)
    first = filters.date_from if period[0] == before[0] else period[0]
    last = filters.date_to if period[1] == before[1] else period[1]
    _choose(first, max(first, last), span, "dates")


def _within(day: date, limits: Span) -> date:
    return min(max(day, limits[0]), limits[1])


def _typed(key: str, name: str, chosen: Span, span: Span) -> None:
    typed = state.chosen("dates", key)
    if not isinstance(typed, date):
        return
    first, last = (typed, max(chosen[1], typed)) if name == "from" else (min(chosen[0], typed), typed)
    # A day beyond the other end takes that end along; only then the other field has to change too.
    moved_both = first == last == typed
    if moved_both and chosen[0] != chosen[1]:
        st.toast("The other end of the period moved along, so that the period does not end before it begins.")
    _choose(first, last, span, *(("slider", "dates") if moved_both else ("slider",)))


def _chart(summary: Summary, chosen: Span) -> alt.LayerChart:
    assert summary.span
    first, last = summary.span
    ends = (first, last) if first < last else (first - timedelta(days=1), last + timedelta(days=1))
    low, high = (_vega_day(end) for end in ends)
    x = alt.X(
        "start:T",
        title=None,
        scale=alt.Scale(domainMin=low, domainMax=high, nice=False),
        axis=_axis(summary.grain, ends),
    )
    kinds = list(EventType)
    scale = alt.Scale(domain=[title_of(k) for k in kinds], range=[TYPE_STYLE[k].colour for k in kinds])
    rows = _rectangles(summary, chosen)
    bars = (
        alt.Chart(pd.DataFrame(rows, columns=list(_Rectangle._fields)))
        .mark_rect()
        .encode(
            x=x,
            x2="end:T",
            y=alt.Y("low:Q", title=None, axis=None),
            y2="high:Q",
            color=alt.Color("type:N", legend=None, scale=scale),
            opacity=alt.Opacity("opacity:Q", legend=None, scale=None),
            tooltip=[alt.Tooltip("type:N"), alt.Tooltip("words:N", title="events")],
        )
    )
    # Numbers and lines are drawn as marks, and an unseen one holds the edge open: an axis takes as much room as
    # its numbers need, and would move the bars away from the slider's ends.
    most = max((row.high for row in rows), default=0)
    ticks = alt.Chart(pd.DataFrame({"value": _ticks(most)})).encode(y=alt.Y("value:Q", axis=None))
    lines = ticks.mark_rule(strokeDash=[1, 3], color=_QUIET, opacity=0.5)
    numbers = ticks.mark_text(align="left", dx=8 - EDGE, color=_QUIET, fontSize=11).encode(
        x=alt.value(0), text="value:Q"
    )
    edge = (
        alt.Chart(pd.DataFrame({"value": [0]}))
        .mark_rect(opacity=0)
        .encode(x=alt.value(-EDGE), x2=alt.value({"expr": f"width + {EDGE}"}))
    )
    return (
        alt.layer(lines, bars, numbers, edge)
        .properties(height=HEIGHT, padding={"left": 0, "right": 0, "top": 6, "bottom": 0}, background="transparent")
        .configure_view(stroke=None)
    )


def _axis(grain: Grain, ends: Span) -> alt.Axis:
    days = (ends[1] - ends[0]).days
    each = -(-days // 9)  # days between two labels, so that there are at most ten
    # Left alone, Vega labels hours where there are few days, and every one of them bears the same date.
    values = [_vega_day(ends[0] + timedelta(days=n)) for n in range(0, days + 1, each)] if grain is Grain.DAY else None
    return alt.Axis(
        grid=False,
        domain=False,
        tickSize=0,
        labelPadding=6,
        labelColor=_QUIET,
        labelFlush=False,
        labelOverlap="greedy",
        tickCount=8,
        format=_FORMATS[grain],
        **({"values": values} if values else {}),
    )


def _vega_day(day: date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day)


class _Rectangle(NamedTuple):
    """A piece of a bar: edges in time (ISO), in events from below, and how it is drawn."""

    start: str
    end: str
    low: float
    high: float
    type: str
    opacity: float
    words: str


def _rectangles(summary: Summary, chosen: Span) -> list[_Rectangle]:
    """The bars as stacked pieces: certain events below, shares of uncertain dates faded above them."""
    assert summary.span
    half = _half_width(summary.grain, (summary.span[1] - summary.span[0]).days)
    heights: dict[date, float] = {}
    pieces = []
    ordered = [(bar, bar.certain, True) for bar in summary.bars] + [(bar, bar.spread, False) for bar in summary.bars]
    for bar, count, certain in ordered:
        if not count:
            continue
        low = heights.get(bar.start, 0.0)
        heights[bar.start] = low + count
        inside = bar.start <= chosen[1] and bar.end >= chosen[0]
        pieces.append(
            _Rectangle(
                start=(pd.Timestamp(bar.start) - half).isoformat(),
                end=(pd.Timestamp(bar.end) + half).isoformat(),
                low=low,
                high=low + count,
                type=title_of(bar.event_type),
                opacity=(1.0 if certain else 0.45) * (1.0 if inside else 0.25),
                words=f"{count:,}" if certain else f"{count:.2g}, a share of uncertain dates",
            )
        )
    return pieces


def _half_width(grain: Grain, reach_days: int) -> timedelta:
    """How far a bar reaches beyond the middle of its first and last day; a day's stays inside the free edge."""
    if grain is not Grain.DAY:
        return timedelta(days=0.46)
    return timedelta(days=min(0.42, _HALF_BAR / _BARS_WIDE * max(reach_days, 2)))


def _ticks(most: float) -> list[int]:
    """Two or three round numbers of events up to the highest bar."""
    steps = (n * 10**power for power in range(12) for n in (1, 2, 5))
    step = next(step for step in steps if most / step <= 3)
    return [n * step for n in range(1, int(most / step) + 1)]
