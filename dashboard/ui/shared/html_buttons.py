"""Buttons inside HTML: a list of cards is one piece of HTML, whose button presses are handled here.

A widget for each button of each card would be sent and redrawn at every step of the slider.
"""

from collections.abc import Callable
from functools import cache
from html import escape

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from dashboard.model import ID_PATTERN
from dashboard.ui.shared import view_state

# Without a listener, style.css disables the buttons: a press without effect would be worse.
# The script is constant: no data reaches it. It reads ids from the attributes that `button_html` writes.
_LISTEN = """
let report = () => {};
const press = (event) => {
  const button = event.target.closest && event.target.closest(".stHtml button[data-press]");
  if (button) report("pressed", button.dataset.press);
};
export default function ({ setTriggerValue }) {
  report = setTriggerValue;
  const page = document.documentElement;
  document.addEventListener("click", press);
  page.dataset.presses = "heard";
  return () => { document.removeEventListener("click", press); delete page.dataset.presses; };
}
"""
_KEY = "presses"


@cache
def _listener() -> ComponentRenderer:
    return st.components.v2.component("conflictmap_presses", js=_LISTEN)


def button_html(words: str, act: str, event_id: str) -> str:
    """A button for `st.html`; ``act`` is one of the actions of `_handle_press`."""
    return f"<button type='button' data-press='{escape(act)}:{escape(event_id)}'>{escape(words)}</button>"


def listen_for_presses(review: Callable[[str], None]) -> None:
    """Handle presses of buttons in this page's HTML; call once per run. ``review`` opens an event's review."""
    with st.container(key="listener"):
        _listener()(key=_KEY, on_pressed_change=lambda: _handle_press(review))


def _handle_press(review: Callable[[str], None]) -> None:
    pressed = st.session_state[_KEY].get("pressed")
    act, _, event_id = pressed.partition(":") if isinstance(pressed, str) else ("", "", "")
    if not ID_PATTERN.fullmatch(event_id):
        return
    if act in ("read", "show"):
        view_state.change_view(event_id=event_id, mark="", reading=act == "read")
    elif act == "review":
        review(event_id)
