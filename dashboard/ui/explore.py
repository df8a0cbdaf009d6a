"""The main page: map, timeline and passages, three panes on one choice of events."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from dashboard import maps
from dashboard.cluster import Box, Shape
from dashboard.errors import DashboardError
from dashboard.filters import Filters
from dashboard.model import Assertion, Event, EventType, GeoPrecision, Place, Status
from dashboard.safetext import escape_markdown
from dashboard.sample import copy_sample
from dashboard.store import queries
from dashboard.store.columnar import Store, within_span
from dashboard.store.summary import Summary
from dashboard.taxonomy import title_of
from dashboard.ui import cards, reader, state, timeline, widgets, wording

PAGE = 20
"""Cards shown at first; a button shows as many again."""
MARK_LIMIT = 200
"""Most cards of one mark on a page; the head tells how many there are."""
TABLE_ROWS = 200
MAP_HEIGHT = 460
"""Pixels; style.css lets the frame follow the window."""


def page() -> None:
    """Draw the page."""
    widgets.style()
    store = widgets.store()
    if store.project.is_empty:
        _welcome()
        return
    view = state.view()
    view = _clicked(store, view)
    view = replace(view, filters=within_span(view.filters, store.span))
    summary = store.summarise(view.filters)
    _head(store, view, summary)
    left, right = st.columns([0.62, 0.38], gap="medium")
    with left:
        _legend(store, summary, view.filters)
        _map(store, view, summary)
        picked = _picked(store, view)
        if picked:
            # On a narrow screen the passages stand below everything else; style.css shows this there alone.
            st.html(f"<a class='jump' href='#passages'>{_picked_words(store, picked)}: read below</a>")
        timeline.show(summary, view.filters)
    with right, st.container(key="panel"):
        _panel(store, view, summary)
    _table(store, view, summary)
    state.write()


def _clicked(store: Store, view: state.View) -> state.View:
    """Take up a click on the map, once: the component keeps telling of the last one in every run."""
    key, count = maps.clicked_mark(st.session_state.get("map"))
    if not key or count == st.session_state.get("click_handled", 0):
        return view
    st.session_state["click_handled"] = count
    events = store.events(view.filters, scope=queries.of_mark(key), limit=2)
    if len(events) == 1:
        state.change(event_id=events[0].event_id, mark="", reading=False)
    elif events:
        state.change(event_id="", mark=key, reading=False)
    return state.view()


def _head(store: Store, view: state.View, summary: Summary) -> None:
    first, parts = wording.sentence(summary)
    words, search = st.columns([0.62, 0.38], gap="medium", vertical_alignment="bottom")
    with words:
        st.html(
            f"<h1 class='headline'>{wording.headline(view.filters, summary.span)}</h1>"
            f"<p class='sentence' role='status'><b>{first}</b>{''.join(f' · {part}' for part in parts)}</p>"
        )
    with search, st.container(horizontal=True, vertical_alignment="bottom", key="tools"):
        key, words = state.widget("filters", "words", view.filters.words)
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
        _more_filters(store, view.filters)
        _tray(store, view, summary)
    for note in state.notes():
        st.warning(escape_markdown(note))
    widgets.show_problems(store)


def _search(key: str) -> None:
    words = state.chosen("filters", key)
    if words is not None:
        state.change_filters(words=words.strip())


def _tray(store: Store, view: state.View, summary: Summary) -> None:
    """Events the map cannot show: off the map or without a date."""
    count = store.count(view.filters, scope=queries.TRAY)
    if not count:
        return
    label = f"{count:,} off the map or undated" if summary.undated else f"{count:,} off the map"
    # Only an open tray, table or list of filters is filled: what nobody sees would be sent at every step.
    tray = st.popover(label, key="tray", on_change="rerun")
    if not tray.open:
        return
    with tray:
        st.caption("Named only as a whole country, at sea or nowhere, or without any date.")
        for event in store.events(view.filters, scope=queries.TRAY, limit=PAGE):
            cards.show(event, store, within="tray")
        if count > PAGE:
            st.caption(f"The first {PAGE} of {count:,}. Narrow the filters to see the others.")


def _more_filters(store: Store, filters: Filters) -> None:
    chosen = sum(map(len, (filters.place_ids, filters.actors, filters.publishers, filters.precisions)))
    chosen += len(filters.statuses) + len(filters.assertions)
    box = st.popover(f"Filters · {chosen}" if chosen else "Filters", key="filters", on_change="rerun")
    if not box.open:
        return
    with box:
        for kind, field, label in (
            ("places", "place_ids", "Places"),
            ("actors", "actors", "Actors"),
            ("publishers", "publishers", "Publishers"),
        ):
            labels = {c.value: f"{c.label} ({c.count:,})" for c in store.choices[kind]}
            labels |= {value: value for value in getattr(filters, field) if value not in labels}
            _choose_many(label, field, labels, getattr(filters, field))
        precisions = {p: wording.PRECISION_WORDS[p] for p in GeoPrecision}
        _choose_many("How sure the place is", "precisions", precisions, filters.precisions)
        _choose_many("How it is told", "assertions", {a: a.value for a in Assertion}, filters.assertions)
        _choose_many("Review", "statuses", {s: s.value for s in Status}, filters.statuses)
        cleared = Filters(date_from=filters.date_from, date_to=filters.date_to)
        st.button(
            "Clear these filters",
            type="tertiary",
            on_click=_clear,
            args=(cleared,),
            disabled=filters == cleared,
        )


def _clear(filters: Filters) -> None:
    state.change(filters=filters)
    state.renew(*state.GROUPS)


def _choose_many(label: str, field: str, labels: Mapping[Any, str], chosen: tuple[str, ...]) -> None:
    key, default = state.widget("filters", field, list(chosen))
    st.multiselect(
        label,
        list(labels),
        default=default,
        key=key,
        format_func=lambda value: labels.get(value, value),
        placeholder="All",
        on_change=_chose,
        args=(field, key),
    )


def _chose(field: str, key: str) -> None:
    values = state.chosen("filters", key)
    if values is not None:
        state.change_filters(**{field: tuple(values)})


def _legend(store: Store, summary: Summary, filters: Filters) -> None:
    """The types with their counts; each a switch of the type filter."""
    keys: dict[EventType, str] = {}
    with st.container(horizontal=True, key="legend"):
        for kind in store.types:
            key, value = state.widget("filters", f"type_{kind}", not filters.types or kind in filters.types)
            keys[kind] = key
            st.checkbox(
                f"{title_of(kind)} {summary.type_counts.get(kind, 0):,}",
                value=value,
                key=key,
                on_change=_toggle_types,
                args=(keys,),
            )


def _toggle_types(keys: dict[EventType, str]) -> None:
    on = tuple(kind for kind, key in keys.items() if state.chosen("filters", key))
    if not on and state.chosen("filters", next(iter(keys.values()))) is None:
        return
    state.change_filters(types=() if len(on) == len(keys) else on)


def _map(store: Store, view: state.View, summary: Summary) -> None:
    selected = view.mark or (store.mark_of(view.event_id) if view.event_id else "")
    layer = maps.event_layer(
        summary.marks,
        selected=selected,
        fit=_fit(summary),
        dark=st.context.theme.type == "dark",
        outline_file=widgets.gazetteer().outline_file,
    )
    with st.container(key="mapframe"):
        st_folium(
            maps.base_map(),
            key="map",
            height=MAP_HEIGHT,
            use_container_width=True,
            feature_group_to_add=layer,
            returned_objects=maps.RETURNED_OBJECTS,
        )


def _fit(summary: Summary) -> Box | None:
    """What the map opens on: all points, and all of the areas that have an outline."""
    if summary.box is None:
        return None
    west, south, east, north = summary.box
    for mark in summary.marks:
        area = widgets.gazetteer().outline_box(mark.place_id) if mark.shape is Shape.AREA else None
        if area and west <= east and area[0] <= area[2]:
            west, south, east, north = (
                *map(min, (west, south), area[:2]),
                *map(max, (east, north), area[2:]),
            )
    return Box(west, south, east, north)


def _panel(store: Store, view: state.View, summary: Summary) -> None:
    event = store.event(view.event_id) if view.event_id else None
    if view.event_id and event is None:
        st.info("The event of this link is not in the project any more.")
    article = store.article(event.article_id) if event else None
    if view.reading and event and article:
        reader.show(event, article, store)
        return
    picked = _picked(store, view)
    related = _same_incident(store, view, picked)
    if picked:
        _panel_head(store, picked)
    for one in picked:
        cards.show(one, store, selected=True)
    if related:
        st.html("<p class='panelhead'><b>The same incident</b> · at another place or in other words</p>")
    for one in related:
        cards.show(one, store)
    _others(store, view, summary, {e.event_id for e in (*picked, *related)})


def _picked(store: Store, view: state.View) -> list[Event]:
    """The selected events: all of a mark, or one."""
    if view.mark:
        return store.events(view.filters, scope=queries.of_mark(view.mark), limit=MARK_LIMIT)
    event = store.event(view.event_id) if view.event_id else None
    return [event] if event else []


def _picked_words(store: Store, picked: list[Event]) -> str:
    place = store.place(picked[0].place_id)
    name = widgets.html_text(place.name if place else "Off the map")
    return f"<b>{name}</b> · {wording.number(len(picked), 'event')}"


def _same_incident(store: Store, view: state.View, picked: list[Event]) -> list[Event]:
    """The other rows of the selected event's incident, denials first."""
    if len(picked) != 1 or not picked[0].incident_id:
        return []
    rows = store.events(view.filters, scope=queries.of_incident(picked[0].incident_id))
    return sorted((e for e in rows if e != picked[0]), key=lambda e: e.assertion is not Assertion.DENIED)


def _panel_head(store: Store, picked: list[Event]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="panelhead"):
        st.html(f"<p class='panelhead' id='passages'>{_picked_words(store, picked)}</p>")
        st.button(
            "Clear",
            type="tertiary",
            on_click=state.change,
            kwargs={"event_id": "", "mark": "", "reading": False},
        )


def _others(store: Store, view: state.View, summary: Summary, picked: set[str]) -> None:
    if not summary.matched:
        st.info("No event matches these filters in this period.")
        st.button("Show everything", on_click=_clear, args=(Filters(),))
        return
    shown = st.session_state.get("cards_shown", PAGE)
    rest = [e for e in store.events(view.filters, limit=shown + len(picked)) if e.event_id not in picked]
    if rest:
        st.html(
            f"<p class='panelhead'><b>{'Also in this period' if picked else 'In this period'}</b> · newest first</p>"
        )
    for event in rest[:shown]:
        cards.show(event, store)
    if summary.matched > shown + len(picked):
        st.button("Show more", on_click=lambda: st.session_state.update(cards_shown=shown + PAGE))


def _table(store: Store, view: state.View, summary: Summary) -> None:
    """The same content for people who cannot use a map."""
    table = st.expander("The same events as a table", key="table", on_change="rerun")
    if not table.open:
        return
    with table:
        rows = "".join(_table_row(e, store.place(e.place_id)) for e in store.events(view.filters, limit=TABLE_ROWS))
        st.html(
            "<table class='events'><thead><tr><th>When</th><th>Type</th><th>Where</th><th>Told as</th>"
            f"<th>Title</th></tr></thead><tbody>{rows}</tbody></table>"
        )
        if summary.matched > TABLE_ROWS:
            st.caption(f"The first {TABLE_ROWS} of {summary.matched:,}.")


def _table_row(event: Event, place: Place | None) -> str:
    cells = (
        wording.when(event),
        title_of(event.event_type, event.sub_event_type),
        wording.where(event, place),
        event.assertion.value,
        event.title,
    )
    return f"<tr>{''.join(f'<td dir=auto>{widgets.html_text(cell)}</td>' for cell in cells)}</tr>"


def _welcome() -> None:
    """An empty project: say the next step, and offer the sample."""
    folder = widgets.settings().data
    st.html("<h1 class='headline'>No events yet</h1>")
    st.text(
        f"The folder {folder.resolve()} holds no events.csv. Look at the sample, a real article with ten events, "
        "or write your own rows: the README shows how in five minutes."
    )
    if st.button("Copy the sample into this folder", type="primary"):
        try:
            copy_sample(folder)
        except DashboardError as error:
            st.error(escape_markdown(str(error)))
        else:
            st.rerun()
