"""The reviewer's name: asked once, and recorded with every decision."""

import streamlit as st

from dashboard.errors import DataError
from dashboard.review.save import checked_reviewer
from dashboard.safetext import escape_markdown
from dashboard.ui.shared import opened

_NAME, _REFUSED = "reviewer", "reviewer_refused"
_FIELD = "reviewer_field"


def name() -> str:
    """The reviewer's name; empty until it is given."""
    return str(st.session_state.get(_NAME) or opened.settings().reviewer)


def ask_name() -> None:
    """Draw the field for the name."""
    with st.form("reviewer_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Your name", key=_FIELD, max_chars=100, placeholder="It stands beside your decisions")
        st.form_submit_button("Begin", type="primary", on_click=_take)
    if refused := st.session_state.pop(_REFUSED, ""):
        st.error(escape_markdown(refused))


def show_reviewer() -> None:
    """Draw the reviewer's name, with a way to change it."""
    with st.popover(f"as {escape_markdown(name())[:60]}", key="reviewer_shown", on_change="rerun") as box:
        if box.open:
            ask_name()


def _take() -> None:
    try:
        st.session_state[_NAME] = checked_reviewer(st.session_state.get(_FIELD) or "")
    except DataError as error:
        st.session_state[_REFUSED] = str(error)
