"""Search, filters and legend: what narrows the events down."""

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
"""Events from which on reading their words takes long enough to show how far it is."""
LABEL_LIMIT = 80
"""Longest label of a choice, in characters."""


def await_words(store: Store, filters: Filters) -> None:
    """Before the first search in a large project: make its index of words, and show how far it is."""
    if not filters.words.split() or store.has_words_index:
        return
    place = st.empty()

    def show(done: int, total: int) -> None:
        if total >= WORTH_A_BAR:
            place.progress(done / total, f"Reading the words of {total:,} events, once: {done / total:.0%}")

    store.index_words(show)
    place.empty()


def leave_out(store: Store) -> None:
    """Leave out the filters of a link that the data does not answer, and say so."""
    filters = view_state.current().filters
    asked = " and ".join(field for field in sorted(store.lacks) if getattr(filters, field))
    if asked:
        note = f"{asked.capitalize()} cannot be asked for here: the map shows counts, which do not know them."
        view_state.leave_out(store.lacks, f"{note} They are left out. {store.hint}")


def search(store: Store, filters: Filters) -> None:
    """The box for words in the passages, where there are words to search."""
    if "words" in store.lacks:
        return
    key, words = view_state.widget("filters", "words", filters.words)
    st.text_input(
        "Search passages",
        value=words,
        key=key,
        placeholder="Search passages",
        label_visibility="collapsed",
        max_chars=200,
        on_change=_search,
        args=(key,),
    )


def _search(key: str) -> None:
    words = view_state.widget_choice("filters", key)
    if words is not None:
        view_state.change_filters(words=words.strip())


def more(store: Store, filters: Filters) -> None:
    """Every other filter, behind a button that tells how many are set."""
    chosen = sum(len(getattr(filters, field)) for field in _FIELDS)
    # Only an open list of filters is filled: what nobody sees would be sent at every step.
    box = st.popover(f"Filters · {chosen}" if chosen else "Filters", key="filters", on_change="rerun")
    if not box.open:
        return
    with box:
        _choose_many("Places", "place_ids", labels_of(store.choices["places"]), filters.place_ids)
        for label, field in (("Actors", "actors"), ("Publishers", "publishers")):
            if field not in store.lacks:
                _choose_many(label, field, labels_of(store.choices[field]), getattr(filters, field))
        precisions = {p: wording.PRECISION_WORDS[p] for p in GeoPrecision}
        _choose_many("How sure the place is", "precisions", precisions, filters.precisions)
        _choose_many("How it is told", "assertions", {a: a.value for a in Assertion}, filters.assertions)
        _choose_many("Review", "statuses", {s: s.value for s in Status}, filters.statuses)
        rest = Filters(date_from=filters.date_from, date_to=filters.date_to, types=filters.types, words=filters.words)
        if store.lacks:
            st.caption(f"Counts know no words, actors and publishers. {escape_markdown(store.hint)}")
        st.button(
            "Clear these filters", type="tertiary", on_click=view_state.start_from, args=(rest,), disabled=not chosen
        )


def labels_of(choices: Sequence[Choice]) -> dict[str, str]:
    """Value -> label of each choice, no two labels the same: Streamlit knows the chosen ones by their label."""
    labels = {c.value: f"{display_text(c.label)[:LABEL_LIMIT]} ({c.count:,})" for c in choices}
    often = Counter(labels.values())
    return {value: label if often[label] == 1 else f"{label} · {value}" for value, label in labels.items()}


def _choose_many(label: str, field: str, labels: Mapping[Any, str], chosen: Sequence[str]) -> None:
    known = {**labels, **{value: display_text(value)[:LABEL_LIMIT] for value in chosen if value not in labels}}
    key, default = view_state.widget("filters", field, list(chosen))
    st.multiselect(
        label,
        list(known),
        default=default,
        key=key,
        format_func=lambda value: known.get(value, value),
        placeholder="All",
        on_change=_chose,
        args=(field, key),
    )


def _chose(field: str, key: str) -> None:
    values = view_state.widget_choice("filters", key)
    if values is not None:
        view_state.change_filters(**{field: tuple(values)})


def legend(store: Store, summary: Summary, filters: Filters) -> None:
    """The types with their counts; each a switch of the type filter."""
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
        # Without any type there is nothing to show, and an empty choice means all: the last one stays.
        view_state.renew("filters")
        st.toast("At least one type has to stay on.")
