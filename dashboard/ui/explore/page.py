"""The main page: map, timeline and passages of the same events."""

import time
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit_folium import st_folium

from dashboard.errors import DashboardError, DataError
from dashboard.geo import Box
from dashboard.maps import layers
from dashboard.maps.kept_map import Layer
from dashboard.marks import Key, Shape
from dashboard.model import Event
from dashboard.project.sample import copy_sample
from dashboard.safetext import escape_markdown
from dashboard.store.store import Store, within_span
from dashboard.store.summary import Summary
from dashboard.ui.explore import filter_bar, panel, playing, timeline
from dashboard.ui.review import session
from dashboard.ui.shared import html_buttons, map_first, notices, opened, style, view_state, wording

HEAD_START_SECONDS = 0.1
"""Head start for the map: the browser renders one thing at a time, so the rest of the page is sent later. A new step
meanwhile ends the run here, so that of many quick steps only the last draws the whole page."""
_REQUESTS = map_first.RequestQueue()
"""Shared by all readers of this process."""
MAP_HEIGHT = 460
"""Pixels; style.css lets the frame follow the window."""


def show_map_page() -> None:
    """Draw the page, the map first: the rest is computed while the browser draws the map."""
    style.add_style_sheet()
    store = opened.store()
    if store.is_empty:
        _welcome()
        return
    view_state.open_view()
    filter_bar.leave_out_unsupported(store)
    viewport = view_state.seen_viewport()
    view = _with_both_ends(store, view_state.current_view())
    if click := _take_up_click(store, view):
        viewport, view = view_state.seen_viewport(), _with_both_ends(store, view_state.current_view())
    # Streamlit sends what has accumulated, then pauses for 5 ms: so lay out the panes well before the map.
    panes = _Panes.laid_out()
    with panes.legend:
        filter_bar.await_words(store, view.filters)
    with _REQUESTS.first():
        summary = store.summarise(view.filters, viewport)
        layer = _layer(store, view, summary)
        with panes.map:
            _map(layer)
        html_buttons.listen_for_presses(session.request_review)
        if click:  # a reader who clicked on the map waits for its passages
            _passages(panes, store, view, summary, click.events)
    if not click:
        time.sleep(HEAD_START_SECONDS)
    # Reading the session state ends the run if its reader has moved on.
    with _REQUESTS.following(look_up=lambda: st.session_state.get("map")):
        _around_the_map(panes, store, view, summary, has_passages=click is not None)
    if not playing.is_playing():  # otherwise the back button would lead through every step
        view_state.write_url()


def _around_the_map(
    panes: "_Panes", store: Store, view: view_state.View, summary: Summary, *, has_passages: bool
) -> None:
    """Draw everything else on the page."""
    with panes.timeline:
        timeline.show_timeline(summary, view.filters)
    with panes.head:
        _head(store, view, summary)
    with panes.legend:
        filter_bar.show_legend(store, summary, view.filters)
    if not has_passages:
        _passages(panes, store, view, summary)
    with panes.table, notices.showing_data_errors():
        panel.show_table(store, view, summary)


def _passages(
    panes: "_Panes", store: Store, view: view_state.View, summary: Summary, events: list[Event] | None = None
) -> None:
    """Draw the passages; ``events`` are the selected events, if a click has already read them."""
    with panes.panel, notices.showing_data_errors():
        selection = panel.selection_of(store, view, events)
        with panes.jump:
            panel.jump_link(store, view, selection)
        panel.show_panel(store, view, summary, selection)


@dataclass(frozen=True, slots=True)
class _Panes:
    """The containers of the page's parts, which may be drawn in any order."""

    head: DeltaGenerator
    legend: DeltaGenerator
    map: DeltaGenerator
    jump: DeltaGenerator
    timeline: DeltaGenerator
    panel: DeltaGenerator
    table: DeltaGenerator

    @classmethod
    def laid_out(cls) -> "_Panes":
        """Lay out the panes."""
        head, legend = st.container(key="headframe"), st.container(key="legendframe")
        left, right = st.columns([0.62, 0.38], gap="medium")
        with left:
            map_frame, jump, bars = (st.container(key=key) for key in ("mapframe", "jumpframe", "barsframe"))
        return cls(head, legend, map_frame, jump, bars, right.container(key="panel"), st.container(key="tableframe"))


def _with_both_ends(store: Store, view: view_state.View) -> view_state.View:
    """The view with both ends of its period set."""
    return replace(view, filters=within_span(view.filters, store.span))


@dataclass(frozen=True, slots=True)
class _Click:
    """A click on a mark of the map."""

    events: list[Event] | None
    """The page of its events that the panel shows; None if they cannot be read."""


def _take_up_click(store: Store, view: view_state.View) -> _Click | None:
    """Select what a new click on the map points at; the component reports its last click in every run."""
    mark, count = click = layers.clicked_mark(st.session_state.get("map"))
    # A new frame, after another page, counts from 0 again.
    handled = st.session_state.get("click_handled") if count else None
    st.session_state["click_handled"] = click
    if not mark or click == handled:
        return None
    on_mark = replace(view, event_id="", mark=mark)
    try:
        events = panel.selected_events(store, on_mark)
    except DataError:  # the panel will say why
        view_state.change_view(event_id="", mark=mark, reading=False)
        return _Click(None)
    if not events:
        return None
    if len(events) == 1 and panel.is_on_first_page(on_mark):
        view_state.change_view(event_id=events[0].event_id, mark="", reading=False)
    else:
        view_state.change_view(event_id="", mark=mark, reading=False)
        if Key.parse(mark).shape.is_of_cell:
            panel.zoom_in(store, on_mark)
    return _Click(events)


def _head(store: Store, view: view_state.View, summary: Summary) -> None:
    first, parts = wording.sentence_of_counts(summary)
    headline = wording.headline(view.filters, summary.span) if summary.total else "No events"
    words, tools = st.columns([0.62, 0.38], gap="medium", vertical_alignment="center")
    with words:
        st.html(f"<h1 class='headline'>{headline}</h1>")
    with tools, st.container(horizontal=True, vertical_alignment="center", key="tools"):
        filter_bar.show_search(store, view.filters)
        filter_bar.show_filters(store, view.filters)
        with notices.showing_data_errors():
            panel.show_tray(store, view, summary)
    st.html(f"<p class='sentence' role='status'><b>{first}</b>{''.join(f' · {part}' for part in parts)}</p>")
    for note in view_state.link_notes():
        st.warning(escape_markdown(note))
    notices.show_problems(store)


def _layer(store: Store, view: view_state.View, summary: Summary) -> Layer:
    shown = layers.MapView(
        selected=view.mark or _mark_of(store, view.event_id, summary),
        extent=_opening_box(summary),
        position=view.at,
        move_number=view_state.map_moves(),
        clustered=not summary.is_whole,
        dark=st.context.theme.type == "dark",
    )
    return layers.event_layer(summary.marks, shown, outline_file=opened.gazetteer().outline_file)


def _map(layer: Layer) -> None:
    st_folium(
        layers.base_map(),
        key="map",
        height=MAP_HEIGHT,
        use_container_width=True,
        feature_group_to_add=layer,
        returned_objects=layers.RETURNED_OBJECTS,
        render=False,  # otherwise everything is rendered twice, to the same bytes
    )


def _mark_of(store: Store, event_id: str, summary: Summary) -> str:
    """The key of the mark to which the event belongs; empty without a mark, or if its row cannot be read."""
    try:
        return store.mark_of(event_id, summary) if event_id else ""
    except DataError:  # the panel will say why
        return ""


def _opening_box(summary: Summary) -> Box | None:
    """The box on which the map opens: all points, and all outlines of areas."""
    if summary.box is None or not summary.is_whole:
        return summary.box
    west, south, east, north = summary.box
    for mark in summary.marks:
        area = opened.gazetteer().outline_box(mark.place_id) if mark.shape is Shape.AREA else None
        if area and west <= east and area[0] <= area[2]:
            west, south, east, north = (
                *map(min, (west, south), area[:2]),
                *map(max, (east, north), area[2:]),
            )
    return Box(west, south, east, north)


def _welcome() -> None:
    """For an empty project, show the next step and offer the sample."""
    folder = opened.settings().data
    st.html("<h1 class='headline'>No events yet</h1>")
    st.text(
        f"The folder {folder.resolve()} holds no events.csv. Look at the sample, a real article with ten events, "
        "or write your own rows: the README shows how in five minutes."
    )
    if why := opened.why_read_only():
        st.info(why)
    elif st.button("Copy the sample into this folder", type="primary"):
        try:
            copy_sample(folder)
        except DashboardError as error:
            st.error(escape_markdown(str(error)))
        else:
            st.rerun()
