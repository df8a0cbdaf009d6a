"""The histogram, the range slider below it, date fields, presets and step buttons."""

from datetime import date, timedelta

import streamlit as st

from dashboard.filters import Filters
from dashboard.model import FIRST_DAY, LAST_DAY
from dashboard.store.store import within_span
from dashboard.store.summary import Span, Summary
from dashboard.ui.explore import histogram, playing
from dashboard.ui.shared import view_state


def show_timeline(summary: Summary, filters: Filters) -> None:
    """Draw the timeline, or say that no event has a date."""
    if summary.span is None:
        st.caption("No event has a date, so there is no timeline.")
        return
    chosen = (filters.date_from or summary.span[0], filters.date_to or summary.span[1])
    ends = _ends(summary.span)
    with st.container(key="timeline", gap=None):
        st.html(histogram.bars_html(histogram.IdenticalBars(summary.bars), ends, summary.grain))
        st.html(histogram.outside_html(chosen, ends))
        _slider(summary.span, chosen)
    _controls(summary.span, chosen)


def _ends(span: Span) -> Span:
    """The days at the slider's ends, which must differ."""
    return span if span[0] < span[1] else (span[0] - timedelta(days=1), span[1] + timedelta(days=1))


def _slider(span: Span, chosen: Span) -> None:
    low, high = _ends(span)
    # When the data grows, a new slider replaces the old one.
    name = f"period_{low}_{high}"
    key, value = view_state.widget("slider", name, tuple(_within(day, (low, high)) for day in chosen))
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
            key, value = view_state.widget("dates", name, day)
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
                key=f"step-{label.lower()}",
                help=f"The {length:,} days {'before' if direction < 0 else 'after'}",
                disabled=at_the_end,
                on_click=_step,
                args=(direction, span),
            )
        playing.show_controls(span, chosen)
    presets = {first: label for label, first in _presets(span)}
    key, value = view_state.widget(
        "dates", "preset", chosen[0] if chosen[1] == span[1] and chosen[0] in presets else None
    )
    st.pills(
        "Presets", list(presets), default=value, key=key, format_func=presets.__getitem__, label_visibility="collapsed",
        on_change=_preset, args=(key, span),
    )  # fmt: skip


def _presets(span: Span) -> list[tuple[str, date]]:
    """Names and first days of the presets shorter than the whole span, and last, the whole span."""
    lengths = [("Last 7 days", 7), ("Last 30 days", 30), ("Last 12 months", 365)]
    short = [
        (label, span[1] - timedelta(days=n - 1)) for label, n in lengths if span[1] - timedelta(days=n - 1) > span[0]
    ]
    return [*short, ("Whole period", span[0])]


def _choose(first: date, last: date, span: Span, *outdated: str) -> None:
    """Set the period; a bound equal to the span's stays open, so that links still cover everything as data grows."""
    view_state.change_filters(
        *(outdated or ("slider", "dates")),
        date_from=None if first == span[0] else first,
        date_to=None if last == span[1] else last,
    )


def _preset(key: str, span: Span) -> None:
    first = view_state.widget_choice("dates", key)
    if isinstance(first, date):
        _choose(first, span[1], span)
    else:
        view_state.renew_widgets("dates")  # deselecting a preset keeps the period


def _step(direction: int, span: Span) -> None:
    """Move the period by its own length, from its current state: clicks may come faster than the page is drawn."""
    filters = within_span(view_state.current_view().filters, span)
    if filters.date_from is None or filters.date_to is None:
        return  # without dated events there is no period to move
    length = (filters.date_to - filters.date_from).days + 1
    _choose(_shifted(filters.date_from, direction * length), _shifted(filters.date_to, direction * length), span)


def _shifted(day: date, by_days: int) -> date:
    """The day this number of days later, within the valid range."""
    return FIRST_DAY + timedelta(days=min(max((day - FIRST_DAY).days + by_days, 0), (LAST_DAY - FIRST_DAY).days))


def _slid(key: str, limits: Span, span: Span) -> None:
    """Apply the slider. An end that was not moved keeps its day, which may be beyond the slider's ends."""
    period = view_state.widget_choice("slider", key)
    filters = within_span(view_state.current_view().filters, span)
    if not period or filters.date_from is None or filters.date_to is None:
        return
    before = _within(filters.date_from, limits), _within(filters.date_to, limits)
    first = filters.date_from if period[0] == before[0] else period[0]
    last = filters.date_to if period[1] == before[1] else period[1]
    _choose(first, max(first, last), span, "dates")


def _within(day: date, limits: Span) -> date:
    return min(max(day, limits[0]), limits[1])


def _typed(key: str, name: str, chosen: Span, span: Span) -> None:
    typed = view_state.widget_choice("dates", key)
    if not isinstance(typed, date):
        return
    first, last = (typed, max(chosen[1], typed)) if name == "from" else (min(chosen[0], typed), typed)
    # A day beyond the other end moves that end along; only then does the other field change too.
    moved_both = first == last == typed
    if moved_both and chosen[0] != chosen[1]:
        st.toast("The other end of the period moved along, so that the period does not end before it begins.")
    _choose(first, last, span, *(("slider", "dates") if moved_both else ("slider",)))
