"""The reader's view: what is chosen, selected and open. It lives in the URL, so that a view is a link.

The URL is read when the page opens or the reader follows a link or goes back; after that the widgets lead,
and every run writes the view into the URL.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from dashboard.cluster import KEY_PATTERN
from dashboard.errors import shown
from dashboard.filters import PARAM_NAMES, Filters
from dashboard.model import ID_PATTERN

_VIEW, _WRITTEN, _NOTES = "view", "view_written", "view_notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a link to this page says."""

    filters: Filters = field(default_factory=Filters)
    event_id: str = ""
    """The selected event."""
    mark: str = ""
    """The selected mark, where it stands for several events."""
    reading: bool = False
    """True if the selected event's article is open."""

    def to_params(self) -> dict[str, str | list[str]]:
        """URL parameters, as words."""
        params = self.filters.to_params()
        if self.event_id:
            params["event"] = self.event_id
        if self.mark:
            params["mark"] = self.mark
        if self.reading:
            params["article"] = "open"
        return params


def view() -> View:
    """The view of this run; read from the URL if the URL is not the one the last run wrote."""
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    if _VIEW not in st.session_state or params != st.session_state.get(_WRITTEN):
        st.session_state[_VIEW], st.session_state[_NOTES] = _read(params)
        st.session_state[_WRITTEN] = params
    current: View = st.session_state[_VIEW]
    return current


def notes() -> list[str]:
    """What of the link could not be read, in sentences."""
    return list(st.session_state.get(_NOTES, []))


def change(**changes: Any) -> None:
    """Change parts of the view; for the callbacks of widgets."""
    st.session_state[_VIEW] = replace(st.session_state[_VIEW], **changes)
    st.session_state[_NOTES] = []


def change_filters(**changes: Any) -> None:
    """Change parts of the filters; for the callbacks of widgets."""
    change(filters=replace(st.session_state[_VIEW].filters, **changes))


def write() -> None:
    """Write the view into the URL, if it is not there yet."""
    params = st.session_state[_VIEW].to_params()
    listed = {name: value if isinstance(value, list) else [value] for name, value in params.items()}
    if listed != {name: st.query_params.get_all(name) for name in st.query_params}:
        st.query_params.from_dict(params)
    st.session_state[_WRITTEN] = listed


def last_params() -> dict[str, str | list[str]]:
    """URL parameters of the view the reader had last; empty before the first."""
    current: View | None = st.session_state.get(_VIEW)
    return current.to_params() if current else {}


def mirror(key: str, value: Any, default: Any) -> None:
    """Let a widget show a value of the view, without resetting one that shows it already.

    A reset while the reader still drags would throw the slider back to an earlier place. ``default`` is what the
    widget is made with, always the same: Streamlit takes it for the old value wherever it has lost the real one,
    so any other would look like a choice of the reader's.
    """
    if st.session_state.get(key, default) != value:
        st.session_state[key] = value


def _read(params: dict[str, list[str]]) -> tuple[View, list[str]]:
    filters, found = Filters.from_params({k: v for k, v in params.items() if k in PARAM_NAMES})
    event_id, mark = (params.get(name, [""])[0] for name in ("event", "mark"))
    if event_id and not ID_PATTERN.fullmatch(event_id):
        found.append(f"The link's 'event' is no id: {shown(event_id)}. Left out.")
        event_id = ""
    if mark and not KEY_PATTERN.fullmatch(mark):
        found.append(f"The link's 'mark' is no mark of the map: {shown(mark)}. Left out.")
        mark = ""
    reading = bool(event_id) and params.get("article") == ["open"]
    return View(filters=filters, event_id=event_id, mark=mark, reading=reading), found
