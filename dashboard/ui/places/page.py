"""The places page: doubtful or unknown names, and the project's places. Changes are shown before they are saved."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dashboard.errors import DashboardError, RowConflictError, counted
from dashboard.model import Place
from dashboard.project.commit import RowChange
from dashboard.project.open_tables import OpenTables
from dashboard.review.candidates import PlaceFinder
from dashboard.review.decide import undo_last
from dashboard.review.doubtful_names import NameInUse, names_in_use
from dashboard.review.places import events_placed, name_now_means, place_row_added
from dashboard.review.save import save_changes
from dashboard.safetext import display_text, escape_markdown
from dashboard.ui.places import edits, preview
from dashboard.ui.review import conflict, place_chooser, reviewer
from dashboard.ui.review import page as review
from dashboard.ui.shared import notices, opened, style, view_state
from dashboard.ui.shared.escaped import html_text
from dashboard.ui.shared.uninterrupted import deciding_page, run_to_end, unless_repeated

NAMES_SHOWN = 30
SAMPLES = 2
PAGE = "places"
_NAME, _CONFLICT = "places_name", "places_conflict"
_MODES = {"names": "Names to decide", "places": "Places"}


@deciding_page
def show_places_page() -> None:
    """Draw the page."""
    style.add_style_sheet()
    view_state.renew_widgets(*view_state.GROUPS)  # Streamlit forgets the widgets of the page that was left
    tables = review.open_project_tables()
    if tables is None:
        return
    chooser = opened.place_finder(tables)
    names = _names_in_use(tables, chooser, str(tables.folder), tables.stamp, tables.unreadable)
    _head(names)
    if row_conflict := st.session_state.get(_CONFLICT):
        conflict.show_conflict(row_conflict, on_keep=_keep_theirs, on_mine=None)
        return
    mode = st.segmented_control(
        "Show", list(_MODES), default="names", format_func=lambda key: _MODES[key], key="places_mode", required=True,
        label_visibility="collapsed", persist_state="session",
    )  # fmt: skip
    if mode == "places":
        edits.show_editor(tables, chooser, offer)
    else:
        _names(names, tables, chooser)


@st.cache_data(max_entries=2, show_spinner="Looking through the names …")
def _names_in_use(
    _tables: OpenTables, _chooser: PlaceFinder, folder: str, stamp: tuple[bytes, bytes], unreadable: frozenset[str]
) -> list[NameInUse]:
    """The names in this version of the tables; cached, because the page runs again with every key."""
    del folder, stamp, unreadable  # the key of the cache
    return names_in_use(_tables, _chooser)


def _head(names: Sequence[NameInUse]) -> None:
    waiting = [one for one in names if one.waiting]
    nowhere = sum(not one.place_id for one in waiting)
    doubtful = sum(bool(one.doubt and one.place_id) for one in waiting)
    words, tools = st.columns([0.6, 0.4], gap="medium", vertical_alignment="bottom")
    with words:
        st.html(
            "<h1 class='headline'>Places</h1><p class='sentence' role='status'>"
            f"<b>{counted(nowhere, 'name')} without a place</b> · {doubtful:,} doubtful · "
            f"{counted(len(names), 'name')} in all</p>"
        )
    with tools, st.container(horizontal=True, horizontal_alignment="right", key="tools"):
        if reviewer.name():
            st.button("Undo", key="places-undo", shortcut="U", on_click=_undo, help="Takes back your last decision")
            reviewer.show_reviewer()
        else:
            reviewer.ask_name()
    notices.show_outcome(PAGE)


# --- names


def _names(names: Sequence[NameInUse], tables: OpenTables, chooser: PlaceFinder) -> None:
    left, right = st.columns([0.42, 0.58], gap="medium")
    with left:
        listed = _find_names(names)
        by_key = {_key(one): one for one in names}
        asked = st.session_state.get(_NAME, "")
        one = by_key.get(asked) or (listed[0] if listed else None)
        _name_buttons(listed, one, chooser)
    with right:
        if one:
            _decide_name(one, tables, chooser)


def _find_names(names: Sequence[NameInUse]) -> list[NameInUse]:
    """Draw the search; return the names that wait for a decision, or all that match the typed words."""
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.text_input(
            "Find a name", key="places_words", placeholder="Find a name", label_visibility="collapsed", max_chars=100
        )
        every = st.checkbox("clear ones too", key="places_every")
    found = [one for one in names if every or words or (one.doubt and one.waiting)]
    found = [one for one in found if (words or "").casefold() in one.name.casefold()]
    if not found:
        st.info("No name of a place waits for you. Tick “clear ones too” to change one all the same.")
    return found


def _name_buttons(listed: Sequence[NameInUse], now: NameInUse | None, chooser: PlaceFinder) -> None:
    with st.container(key="names"):
        for one in listed[:NAMES_SHOWN]:
            st.button(
                _name_label(one, chooser), key=f"name-{_key(one)}", width="stretch", wrap=True,
                type="primary" if one == now else "secondary", on_click=_choose_name, args=(_key(one),),
            )  # fmt: skip
    if len(listed) > NAMES_SHOWN:
        st.caption(f"The first {NAMES_SHOWN} of {len(listed):,}. Type a part of a name to see others.")


def _name_label(one: NameInUse, chooser: PlaceFinder) -> str:
    place = chooser.place(one.place_id)
    wait = f"{counted(len(one.waiting), 'event waits', 'events wait')}" if one.waiting else "nothing waits"
    words = " · ".join(filter(None, (f"→ {place.name}" if place else "", wait, one.doubt)))
    return f"**{escape_markdown(display_text(one.name)[:80])}** {escape_markdown(words)}"


def _key(one: NameInUse) -> str:
    return f"name-{hashlib.sha256(f'{one.name}|{one.place_id}'.encode()).hexdigest()[:12]}"


def _choose_name(key: str) -> None:
    st.session_state[_NAME] = key
    place_chooser.forget_choice()


def _decide_name(one: NameInUse, tables: OpenTables, chooser: PlaceFinder) -> None:
    """Draw a name's sentences and candidates, and the changes that a choice would make."""
    key = _key(one)
    samples = [event for event_id in one.waiting[:SAMPLES] if (event := tables.event(event_id))]
    for event in samples:
        quote = html_text(event.passage or event.title)
        st.html(f"<blockquote class='sample' dir='auto'>{quote}</blockquote>")
    words = "\n".join(event.passage or event.title for event in samples)
    articles = [article.text for event in samples if (article := tables.article(event.article_id))]
    candidates = chooser.named(one.name, words, "\n".join(articles))
    place_chooser.take_click(key, one.name, candidates, tables)
    st.html(f"<p class='panelhead'>What does <b>“{html_text(one.name)}”</b> mean in this project?</p>")
    found = place_chooser.find_box(key, one.name, chooser, tables)
    candidates = candidates if found is None else found
    place_chooser.show_map(key, candidates, one.place_id)
    place_chooser.show_point_fields(key)
    place_chooser.show_list(key, candidates, one.place_id, with_keys=True)
    place, _ = place_chooser.described_place(key)
    if place:
        offer(_changes(one, place, tables), f"decide what {one.name} means")


def _changes(one: NameInUse, place: Place, tables: OpenTables) -> list[RowChange]:
    who = reviewer.name() or "a reviewer"
    is_new = one.place_id != place.place_id
    remembered = name_now_means(tables, one.name, place, who) or place_row_added(tables, place, who, one.name)
    follow = events_placed(tables, one.waiting, place, f"chosen by {who} for {one.name}") if is_new else []
    return [*remembered, *follow]


# --- showing and saving


def offer(changes: Sequence[RowChange], action: str) -> None:
    """Draw the changes, and the button that saves exactly these."""
    if not changes:
        st.caption("That is so already: nothing would change.")
        return
    with st.container(border=True, key="preview"):
        st.html(
            "<p class='panelhead'><b>This would change</b>; nothing is saved yet.</p>" + preview.preview_html(changes)
        )
        st.button("Save", key="places-save", type="primary", shortcut="E", disabled=not reviewer.name(),
                  on_click=_save, args=(changes, action))  # fmt: skip
        if not reviewer.name():
            st.caption("Say your name above first: it stands beside the change.")


def _save(changes: Sequence[RowChange], action: str) -> None:
    def save() -> Callable[[], object]:
        name = reviewer.name()

        def act() -> str:
            save_changes(opened.settings().data, changes, name, action)
            return f"Saved: {counted(len(changes), 'row')} changed. U takes it back."

        return _carry_out(act)

    unless_repeated(save)


def _undo() -> None:
    def undo() -> Callable[[], object]:
        name = reviewer.name()

        def act() -> str:
            line = undo_last(opened.settings().data, name).line
            return f"Taken back: {line.action}, line {line.number} of the audit log"

        return _carry_out(act)

    run_to_end(undo)


def _carry_out(act: Callable[[], str]) -> Callable[[], object]:
    """Change the files without accessing the session; return a function that updates the session."""
    try:
        words = act()
    except RowConflictError as row_conflict:
        return partial(_keep_conflict, row_conflict)
    except DashboardError as error:
        return partial(notices.keep_outcome, PAGE, str(error))
    return partial(_show_done, words)


def _keep_conflict(row_conflict: RowConflictError) -> None:
    st.session_state[_CONFLICT] = row_conflict


def _show_done(words: str) -> None:
    notices.keep_outcome(PAGE, words)
    place_chooser.forget_choice()


def _keep_theirs() -> None:
    st.session_state.pop(_CONFLICT, None)
    place_chooser.forget_choice()
