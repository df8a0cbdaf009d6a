"""Search, filters and legend: the widgets that select events."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.filters import Filters
from dashboard.model import Assertion, EventType, GeoPrecision, Status
from dashboard.safetext import display_text, escape_markdown
from dashboard.store.store import Store
from dashboard.store.summary import Choice, Summary
from dashboard.taxonomy import title_of
from dashboard.ui.shared import style, view_state, wording

_FIELDS = ("place_ids", "actors", "publishers", "precisions", "statuses", "assertions")
WORTH_A_BAR = 20_000
"""Number of events from which on indexing takes long enough to show a progress bar."""
LABEL_LIMIT = 80
"""Longest label of a choice, in characters."""


def await_words(store: Store, filters: Filters) -> None:
    """Before the first search in a large project, make its index of words and show the progress."""
    if not filters.words.split() or store.has_words_index:
        return
    place = st.empty()

    def show(done: int, total: int) -> None:
        if total >= WORTH_A_BAR:
            place.progress(done / total, f"Reading the words of {total:,} events, once: {done / total:.0%}")

    store.index_words(show)
    place.empty()


def leave_out_unsupported(store: Store) -> None:
    """Remove filters of a link that the data does not support, with a note."""
    filters = view_state.current_view().filters
    asked = " and ".join(field for field in sorted(store.unsupported_filters) if getattr(filters, field))
    if asked:
        note = f"{asked.capitalize()} cannot be asked for here: the map shows counts, which do not know them."
        view_state.leave_out_filters(store.unsupported_filters, f"{note} They are left out. {store.hint}")


def show_search(store: Store, filters: Filters) -> None:
    """Draw the search box, if words can be searched."""
    if "words" in store.unsupported_filters:
        return
    key, words = view_state.widget("filters", "words", filters.words)
    st.text_input(
        "Search passages",
        value=words,
        key=key,
        placeholder="Search passages",
        label_visibility="collapsed",
        max_chars=200,
        on_change=_apply_words,
        args=(key,),
    )


def _apply_words(key: str) -> None:
    words = view_state.widget_choice("filters", key)
    if words is not None:
        view_state.change_filters(words=words.strip())


def show_filters(store: Store, filters: Filters) -> None:
    """Draw all other filters, behind a button with the number of those that are set."""
    chosen = sum(len(getattr(filters, field)) for field in _FIELDS)
    # Filled only while open: invisible content would be sent at every step.
    box = st.popover(f"Filters · {chosen}" if chosen else "Filters", key="filters", on_change="rerun")
    if not box.open:
        return
    with box:
        _choose_many("Places", "place_ids", labels_of(store.choices["places"]), filters.place_ids)
        for label, field in (("Actors", "actors"), ("Publishers", "publishers")):
            if field not in store.unsupported_filters:
                _choose_many(label, field, labels_of(store.choices[field]), getattr(filters, field))
        precisions = {p: wording.PRECISION_WORDS[p] for p in GeoPrecision}
        _choose_many("How sure the place is", "precisions", precisions, filters.precisions)
        _choose_many("How it is told", "assertions", {a: a.value for a in Assertion}, filters.assertions)
        _choose_many("Review", "statuses", {s: s.value for s in Status}, filters.statuses)
        rest = Filters(date_from=filters.date_from, date_to=filters.date_to, types=filters.types, words=filters.words)
        if store.unsupported_filters:
            st.caption(f"Counts know no words, actors and publishers. {escape_markdown(store.hint)}")
        st.button(
            "Clear these filters", type="tertiary", on_click=view_state.start_from, args=(rest,), disabled=not chosen
        )


def labels_of(choices: Sequence[Choice]) -> dict[str, str]:
    """Value -> label of each choice, with unique labels: Streamlit identifies choices by their label."""
    labels = {c.value: f"{display_text(c.label)[:LABEL_LIMIT]} ({c.count:,})" for c in choices}
    often = Counter(labels.values())
    return {value: label if often[label] == 1 else f"{label} · {value}" for value, label in labels.items()}


def _choose_many(label: str, field: str, labels: Mapping[Any, str], chosen: Sequence[str]) -> None:
    options = {**labels, **{value: display_text(value)[:LABEL_LIMIT] for value in chosen if value not in labels}}
    key, default = view_state.widget("filters", field, list(chosen))
    st.multiselect(
        label,
        list(options),
        default=default,
        key=key,
        format_func=lambda value: options.get(value, value),
        placeholder="All",
        on_change=_apply_choice,
        args=(field, key),
    )


def _apply_choice(field: str, key: str) -> None:
    values = view_state.widget_choice("filters", key)
    if values is not None:
        view_state.change_filters(**{field: tuple(values)})


def show_legend(store: Store, summary: Summary, filters: Filters) -> None:
    """Draw the types with their counts, each as a switch of the type filter."""
    keys: dict[EventType, str] = {}
    with st.container(horizontal=True, key="legend"):
        for kind in store.types:
            key, value = view_state.widget("filters", f"type_{kind}", not filters.types or kind in filters.types)
            keys[kind] = key
            st.checkbox(
                f"{title_of(kind)} {summary.type_counts.get(kind, 0):,}",
                value=value,
                key=key,
                on_change=_toggle_types,
                args=(keys,),
            )
    style.style_switches(keys)


def _toggle_types(keys: dict[EventType, str]) -> None:
    chosen = {kind: view_state.widget_choice("filters", key) for kind, key in keys.items()}
    on = tuple(kind for kind, checked in chosen.items() if checked)
    if on:
        view_state.change_filters(types=() if len(on) == len(keys) else on)
    elif None not in chosen.values():
        # An empty choice would mean all types, so the last type stays on.
        view_state.renew_widgets("filters")
        st.toast("At least one type has to stay on.")
