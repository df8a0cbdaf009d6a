"""The review page: one pending event at a time, with its candidate places and the buttons to decide."""

from functools import partial

import streamlit as st

from dashboard.errors import DashboardError, counted
from dashboard.filters import Filters
from dashboard.model import Article, Candidate, Event, EventType
from dashboard.project.commit import settle
from dashboard.project.enclosure import refuse_foreign
from dashboard.project.open_tables import OpenTables
from dashboard.review.candidates import PlaceFinder, places_of_article
from dashboard.review.waiting import Queue, queue_of
from dashboard.safetext import display_text, escape_markdown
from dashboard.tables import EventRow
from dashboard.taxonomy import title_of
from dashboard.ui.review import conflict, correction, incident, place_chooser, reviewer, session, verdict
from dashboard.ui.review.session import Subject
from dashboard.ui.shared import cards, escaped, notices, opened, reader, style, view_state
from dashboard.ui.shared.uninterrupted import deciding_page

_PARAMS = ("type", "publisher", "words")
"""The parameters of the URL that filter the queue."""
_CHOSEN, _FIRST = "queue_filters", "queue_filters_first"
"""The current filters, and those the page opened with: a widget's default must not change."""


@deciding_page
def show_review_page() -> None:
    """Draw the page."""
    style.add_style_sheet()
    view_state.renew_widgets(*view_state.GROUPS)  # Streamlit forgets the widgets of the page that was left
    tables = open_project_tables()
    if tables is None:
        return
    filters = _chosen_filters()
    queue = queue_of(tables, filters)
    _head(tables, queue, filters)
    if event_id := _current(tables, queue):
        _review(tables, event_id)
    else:
        _show_next_step(queue, filters)
    _write(filters)


def open_project_tables() -> OpenTables | None:
    """The project's tables; None, with a message on the page, if they cannot be read completely or written to."""
    folder = opened.settings().data
    if why := opened.why_read_only():
        st.info(why)
        return None
    try:
        refuse_foreign(folder)
        settle(folder)
        return OpenTables(folder)
    except DashboardError as error:
        st.error(escape_markdown(str(error)))
        return None


def _chosen_filters() -> Filters:
    """The chosen filters; when the page opens, those of the URL."""
    if _CHOSEN not in st.session_state:
        params = {name: st.query_params.get_all(name) for name in _PARAMS if name in st.query_params}
        filters, notes = Filters.from_params(params)
        for note in notes:
            st.warning(escape_markdown(note))
        st.session_state[_CHOSEN] = st.session_state[_FIRST] = filters
    if asked := st.query_params.get("event"):
        session.go_to(asked)  # somebody followed a link to it
    chosen: Filters = st.session_state[_CHOSEN]
    return chosen


def _write(filters: Filters) -> None:
    """Write the filters to the URL, so that it restores them."""
    params = {name: value for name, value in filters.to_params().items() if name in _PARAMS}
    if params != {n: v if len(v) > 1 else v[0] for n in st.query_params if (v := st.query_params.get_all(n))}:
        st.query_params.from_dict(params)


def _current(tables: OpenTables, queue: Queue) -> str:
    """The id of the event under review, or else of the next readable one; "" if there is none."""
    asked = session.event_id()
    waiting = queue.in_turn(session.skipped_events())
    return next((event_id for event_id in (asked, *waiting) if event_id and tables.event(event_id)), "")


# --- the head


def _head(tables: OpenTables, queue: Queue, filters: Filters) -> None:
    words, tools = st.columns([0.6, 0.4], gap="medium", vertical_alignment="bottom")
    with words:
        parts = [f"{len(queue.waiting):,} to go, the least certain first"] if queue.waiting else []
        if skipped := len(set(session.skipped_events()) & set(queue.waiting)):
            parts.append(f"{skipped:,} skipped")
        if queue.unreadable:
            parts.append(f"{counted(queue.unreadable, 'row')} cannot be read: see conflictmap check")
        first = f"{queue.done:,} of {queue.total:,} reviewed"
        st.html(
            "<h1 class='headline'>Review</h1>"
            f"<p class='sentence' role='status'><b>{first}</b>{''.join(f' · {part}' for part in parts)}</p>"
        )
    with tools, st.container(horizontal=True, horizontal_alignment="right", key="tools"):
        _filters(tables, filters)
        if reviewer.name():
            reviewer.show_reviewer()
    share = queue.done / queue.total if queue.total else 0.0
    st.html(f"<div class='progress' aria-hidden='true'><div style='width: {share:.1%}'></div></div>")
    notices.show_outcome(verdict.PAGE)


def _filters(tables: OpenTables, filters: Filters) -> None:
    """Draw the filters of the queue."""
    first: Filters = st.session_state[_FIRST]
    count = len(filters.types) + len(filters.publishers) + bool(filters.words)
    publishers = sorted(
        {name for name in tables.publishers.values() if name} | {*first.publishers, *filters.publishers}
    )
    box = st.popover(f"Queue · {count}" if count else "Queue", key="queue", on_change="rerun")
    if not box.open:  # invisible content would be sent, and its scripts loaded, with every event
        return
    with box:
        st.multiselect("Types", list(EventType), first.types, format_func=title_of, key="queue_types",
                       placeholder="All", on_change=_choose_queue, persist_state="session")  # fmt: skip
        st.multiselect("Publishers", publishers, first.publishers, format_func=display_text, key="queue_publishers",
                       placeholder="All", on_change=_choose_queue, persist_state="session")  # fmt: skip
        st.text_input("Words in the passage", first.words, max_chars=200, key="queue_words",
                      on_change=_choose_queue, persist_state="session")  # fmt: skip


def _choose_queue() -> None:
    """Apply the filters of the queue, and begin with its first event."""
    types, publishers, words = (st.session_state.get(f"queue_{name}") for name in ("types", "publishers", "words"))
    filters = Filters(types=tuple(types or ()), publishers=tuple(publishers or ()), words=(words or "").strip())
    st.session_state[_CHOSEN] = filters
    session.go_to("")


# --- one event


def _review(tables: OpenTables, event_id: str) -> None:
    event = tables.event(event_id)
    assert event
    subject = session.subject_of(event, tables)
    article = tables.article(event.article_id)
    chooser = opened.place_finder(tables)
    candidates = chooser.for_event(event, article, subject.row.get("country", ""))
    name = event.toponym.strip()
    place_chooser.take_click(event_id, name, candidates, tables)
    left, right = st.columns([0.58, 0.42], gap="medium")
    with left:  # first, so that there is something to read while the map loads
        with st.container(border=True, key="card-review"):
            st.html(cards.card_html(event, chooser.place(event.place_id), article))
        _decide(subject, tables)
    with right:
        _show_places(subject, chooser, candidates, tables)
    with left:
        if not session.is_rejecting():
            correction.show_correction_fields(subject.row, subject.key)
        incident.show_incident(event, tables)
        if article:
            _whole_article(event, article)


def _whole_article(event: Event, article: Article) -> None:
    if event.char_start is None or event.char_end is None:
        return
    with st.expander("The whole article", key="whole-article", on_change="rerun") as box:
        if box.open:
            span = (event.char_start, event.char_end)
            st.html(reader.article_head(article, 1, selected=True) + reader.article_html(article.text, [span], span))


def _decide(subject: Subject, tables: OpenTables) -> None:
    if row_conflict := session.conflict_of(subject, tables):
        is_decided = not EventRow(row_conflict.theirs or {}).is_pending
        conflict.show_conflict(
            row_conflict, on_keep=partial(session.keep_theirs, subject.event.event_id, is_decided=is_decided),
            on_mine=verdict.save_mine if session.held_decision() else None,
        )  # fmt: skip
    elif reviewer.name():
        verdict.show_verdicts(subject, tables)
    else:
        reviewer.ask_name()


def _show_places(subject: Subject, chooser: PlaceFinder, candidates: list[Candidate], tables: OpenTables) -> None:
    """Draw the candidates and the small map."""
    event_id, name = subject.event.event_id, EventRow(subject.row).toponym
    head = f"Where is <b>“{escaped.html_text(name)}”</b>?" if name else "Where was it? The row names no place."
    st.html(f"<p class='panelhead'>{head} A key chooses, a click on the map puts it there by hand.</p>")
    found = place_chooser.find_box(event_id, name, chooser, tables)
    candidates = candidates if found is None else found
    beside = [] if candidates else places_of_article(tables, subject.event.article_id)
    place_chooser.show_map(event_id, candidates, subject.event.place_id, beside)
    place_chooser.show_point_fields(event_id)
    place_chooser.show_list(event_id, candidates, subject.event.place_id, with_keys=not session.is_rejecting())


def _show_next_step(queue: Queue, filters: Filters) -> None:
    """Show what to do next."""
    if filters != Filters():
        st.info("No pending event passes these filters.")
        st.button("Review all pending events", on_click=_review_all)
    elif queue.total:
        st.success("Every event is reviewed. New ones come with the next article: see Sources.")
    elif queue.unreadable:
        st.warning("No event can be read. Mend events.csv first; this says how: conflictmap check")
    else:
        st.info("There is no event yet. Add an article on the page Sources: what it tells waits here for you.")
    if reviewer.name() and queue.done:
        verdict.show_undo()


def _review_all() -> None:
    for name in ("types", "publishers"):
        st.session_state[f"queue_{name}"] = []
    st.session_state["queue_words"] = ""
    _choose_queue()
