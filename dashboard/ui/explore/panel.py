"""The passages beside the map, the tray of events it cannot show, and all events as a table."""

from collections.abc import Hashable
from dataclasses import dataclass

import streamlit as st

from dashboard.errors import counted
from dashboard.filters import Filters
from dashboard.marks import Key, Shape
from dashboard.model import Assertion, Event, Place
from dashboard.review.incidents import are_one_incident, independent_sources
from dashboard.store.queries import TRAY, of_event, of_incident, of_mark
from dashboard.store.store import Store
from dashboard.store.summary import Summary
from dashboard.taxonomy import title_of
from dashboard.ui.review import incident
from dashboard.ui.shared import cards, escaped, reader, view_state, wording

PAGE = 10
"""Number of cards on a page."""
TRAY_CARDS = 20
TABLE_ROWS = 200
_PAGES = "pages"
"""The current page of each list; the key of a list describes its content."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the reader has selected: one event, or a page of the events of a mark."""

    events: list[Event]
    total: int
    """Number of events on all pages."""


def selection_of(store: Store, view: view_state.View, events: list[Event] | None = None) -> Selection:
    """The selection of the view; ``events`` are its `selected_events`, if they have been read already."""
    if events is None:
        events = selected_events(store, view)
    return Selection(events, store.count(view.filters, scope=of_mark(view.mark)) if view.mark else len(events))


def selected_events(store: Store, view: view_state.View) -> list[Event]:
    """One event, or a page of the events of a mark."""
    if view.mark:
        offset = _page_of(_list_of_mark(view)) * PAGE
        return store.events(view.filters, scope=of_mark(view.mark), limit=PAGE, offset=offset)
    event = store.event(view.event_id) if view.event_id else None
    return [event] if event else []


def is_on_first_page(view: view_state.View) -> bool:
    """True if the list of the view's mark shows its first page."""
    return _page_of(_list_of_mark(view)) == 0


def _list_of_mark(view: view_state.View) -> tuple[Hashable, ...]:
    return "mark", view.mark, view.filters


def show_panel(store: Store, view: view_state.View, summary: Summary, selection: Selection) -> None:
    """Draw the open article, or the selected events and then the others in the period."""
    chosen = selection.events
    event = chosen[0] if chosen and view.event_id else None
    if view.event_id and event is None:
        st.info("The event of this link is not in the project any more.")
    article = store.article(event.article_id) if event else None
    if view.reading and event and article:
        reader.show_article(event, article, store)
        return
    related = _same_incident(store, view, chosen)
    if chosen:
        _head(store, view, selection)
    cards.show_cards(chosen, store, selected=True)
    if view.mark:
        _pager(_list_of_mark(view), selection.total)
    if related:
        st.html(
            f"<p class='panelhead'><b>The same incident</b> · {_article_counts(store, [*chosen, *related])}</p>"
            f"{_disagreements(store, [*chosen, *related])}"
        )
    cards.show_cards(related, store)
    if not view.mark:
        _others(store, view, summary, {e.event_id for e in (*chosen, *related)})


def jump_link(store: Store, view: view_state.View, selection: Selection) -> None:
    """A link down to the passages; style.css shows it only on narrow screens, where they are below the rest."""
    if selection.events:
        st.html(f"<a class='jump' href='#passages'>{_selection_words(store, view, selection)}: read below</a>")


def _selection_words(store: Store, view: view_state.View, selection: Selection) -> str:
    if not view.mark:
        place = store.place(selection.events[0].place_id)
        return f"<b>{escaped.html_text(place.name if place else 'Off the map')}</b> · {counted(1, 'event')}"
    key = Key.parse(view.mark)
    place = store.place(key.place_ids[0]) if len(key.place_ids) == 1 and not key.cells else None
    words = {Shape.CLUSTER: "Several places", Shape.AREAS: "Several areas"}
    name = escaped.html_text(place.name) if place else words.get(key.shape, "One place")
    return f"<b>{name}</b> · {counted(selection.total, 'event')}"


def _same_incident(store: Store, view: view_state.View, chosen: list[Event]) -> list[Event]:
    """The other rows of the selected event's incident, denials first."""
    if len(chosen) != 1 or not chosen[0].incident_id:
        return []
    rows = store.events(view.filters, scope=of_incident(chosen[0].incident_id))
    return sorted((e for e in rows if e != chosen[0]), key=lambda e: e.assertion is not Assertion.DENIED)


def _article_counts(store: Store, events: list[Event]) -> str:
    """The number of articles on an incident, and of independent sources among them."""
    ids = dict.fromkeys(event.article_id for event in events)
    stored = store.articles(ids)
    articles = [stored[article_id] for article_id in ids if article_id in stored]
    if len(articles) < 2:
        return "at another place or in other words"
    return f"in {counted(len(articles), 'article')}, {counted(independent_sources(articles), 'independent source')}"


def _disagreements(store: Store, events: list[Event]) -> str:
    stored = store.articles(event.article_id for event in events)
    publishers = {article_id: article.publisher for article_id, article in stored.items()}
    return incident.disagreements_html(events, store.place, lambda article_id: publishers.get(article_id, ""))


def _head(store: Store, view: view_state.View, selection: Selection) -> None:
    chosen = selection.events
    with st.container(horizontal=True, vertical_alignment="center", key="panelhead"):
        st.html(f"<p class='panelhead' id='passages'>{_selection_words(store, view, selection)}</p>")
        if view.mark and Key.parse(view.mark).shape.is_of_cell:
            st.button("Zoom in", type="tertiary", on_click=zoom_in, args=(store, view))
        st.button(
            "Clear",
            type="tertiary",
            on_click=view_state.change_view,
            kwargs={"event_id": "", "mark": "", "reading": False},
        )
    if len(chosen) > 1 and are_one_incident(chosen):
        st.caption(f"One incident, told {_article_counts(store, chosen)}.")
        if disagreements := _disagreements(store, chosen):
            st.html(disagreements)
    if not view.mark and not store.count(view.filters, scope=of_event(chosen[0].event_id)):
        st.caption("This event lies outside the chosen filters or period.")


def _others(store: Store, view: view_state.View, summary: Summary, above: set[str]) -> None:
    if not summary.matched:
        if summary.total:
            st.info("No event matches these filters in this period.")
            st.button("Show everything", on_click=view_state.start_from, args=(Filters(),))
        else:
            st.info("There is no event to show. What is wrong with the files stands above.")
        return
    key = ("all", view.filters)
    page = _page_of(key)
    events = store.events(view.filters, limit=PAGE, offset=page * PAGE)
    words = "Also in this period" if above else "In this period"
    st.html(f"<p class='panelhead'><b>{words}</b> · newest first</p>")
    cards.show_cards([event for event in events if event.event_id not in above], store)
    _pager(key, summary.matched)


def _page_of(key: Hashable) -> int:
    """The current page of a list, from 0; a new list starts on its first page."""
    pages: dict[Hashable, int] = st.session_state.get(_PAGES, {})
    return pages.get(key, 0)


def _pager(key: tuple[Hashable, ...], total: int) -> None:
    """Draw the range of events shown, and the buttons to newer and older ones."""
    if total <= PAGE:
        return
    page = _page_of(key)
    with st.container(horizontal=True, vertical_alignment="center", key=f"pager-{key[0]}"):
        last = min((page + 1) * PAGE, total)
        st.html(f"<p class='panelhead'>{page * PAGE + 1:,}–{last:,} of {total:,}</p>", width="content")
        st.button("Newer", disabled=page == 0, on_click=_turn, args=(key, page - 1))
        st.button("Older", disabled=last >= total, on_click=_turn, args=(key, page + 1))


def _turn(key: Hashable, page: int) -> None:
    st.session_state[_PAGES] = {key: page}


def zoom_in(store: Store, view: view_state.View) -> None:
    """Zoom the map to the events of the view's mark, unless it is already that close."""
    box = store.box_of_mark(view.mark, view.filters)
    if box:
        view_state.send_map_closer(box)


def show_tray(store: Store, view: view_state.View, summary: Summary) -> None:
    """Draw the events that the map cannot show: off the map or without a date."""
    count = summary.in_tray
    if not count:
        return
    label = f"{count:,} off the map or undated" if summary.undated else f"{count:,} off the map"
    # Filled only while open: invisible content would be sent at every step.
    box = st.popover(label, key="tray", on_change="rerun")
    if not box.open:
        return
    with box:
        st.caption("Named only as a whole country, at sea or nowhere, or without any date.")
        cards.show_cards(store.events(view.filters, scope=TRAY, limit=TRAY_CARDS), store)
        if count > TRAY_CARDS:
            st.caption(f"The first {TRAY_CARDS} of {count:,}. Narrow the filters to see the others.")


def show_table(store: Store, view: view_state.View, summary: Summary) -> None:
    """Draw the events as a table, for people who cannot use a map."""
    box = st.expander("The same events as a table", key="table", on_change="rerun")
    if not box.open:
        return
    with box:
        events = store.events(view.filters, limit=TABLE_ROWS)
        places = store.places(event.place_id for event in events)
        rows = "".join(_table_row(event, places.get(event.place_id)) for event in events)
        st.html(
            "<table class='events'><thead><tr><th>When</th><th>Type</th><th>Where</th><th>Told as</th>"
            f"<th>Title</th></tr></thead><tbody>{rows}</tbody></table>"
        )
        if summary.matched > TABLE_ROWS:
            st.caption(f"The first {TABLE_ROWS} of {summary.matched:,}.")


def _table_row(event: Event, place: Place | None) -> str:
    cells = (
        wording.date_in_words(event),
        title_of(event.event_type, event.sub_event_type),
        wording.place_in_words(event, place),
        event.assertion.value,
        event.title,
    )
    return f"<tr>{''.join(f'<td dir=auto>{escaped.html_text(cell)}</td>' for cell in cells)}</tr>"
