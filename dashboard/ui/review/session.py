"""The session of a reviewer: the event under review, as first seen, and the skipped events."""

from dataclasses import dataclass

import streamlit as st

from dashboard.errors import RowConflictError
from dashboard.model import Event
from dashboard.project.open_tables import OpenTables
from dashboard.review.decide import Decision
from dashboard.tables import Row, row_version
from dashboard.ui.review import place_chooser

_AT, _SEEN, _SKIPPED, _REJECTING, _CONFLICT, _ROUND, _ASKED = (
    "review_at", "review_seen", "review_skipped", "review_rejecting", "review_conflict", "review_round", "review_asked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """The event under review."""

    event: Event
    row: Row
    """The row as the reviewer first saw it; the file may hold another version by now."""
    key: str
    """Key of the widgets that show the row; new for every version of it."""


def event_id() -> str:
    """The id of the event under review; empty: the next one."""
    return str(st.session_state.get(_AT, ""))


def go_to(event_id: str) -> None:
    """Switch to this event, or ("") to the next one."""
    st.session_state[_AT] = event_id
    st.session_state[_REJECTING] = False
    for name in (_SEEN, _CONFLICT):
        st.session_state.pop(name, None)
    place_chooser.forget_choice()


def request_review(event_id: str) -> None:
    """Open the review page on this event; a callback for other pages, see `requested_event`."""
    st.session_state[_ASKED] = event_id


def requested_event() -> str:
    """The event for which to open the review page now; "" without a request. Each request is returned once."""
    return str(st.session_state.pop(_ASKED, ""))


def subject_of(event: Event, tables: OpenTables) -> Subject:
    """The event as the reviewer sees it until it is decided, whatever others change in its row meanwhile."""
    seen: tuple[str, Row] | None = st.session_state.get(_SEEN)
    if seen is None or seen[0] != event.event_id:
        seen = event.event_id, dict(tables.events.rows[event.event_id])
        st.session_state[_SEEN], st.session_state[_AT] = seen, event.event_id
    return Subject(event, seen[1], f"{event.event_id}-{row_version(seen[1])}-{st.session_state.get(_ROUND, 0)}")


def start_over() -> None:
    """Discard what was chosen and typed for this event."""
    st.session_state[_REJECTING] = False
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    place_chooser.forget_choice()


# --- skipping, rejecting


def skipped_events() -> list[str]:
    """The events this reviewer has skipped, in order."""
    found: list[str] = st.session_state.setdefault(_SKIPPED, [])
    return found


def skip_event(event_id: str) -> None:
    """Postpone the event until all others were shown."""
    unskip(event_id)
    skipped_events().append(event_id)


def unskip(event_id: str) -> None:
    """Remove the event from the skipped ones."""
    if event_id in skipped_events():
        skipped_events().remove(event_id)


def is_rejecting() -> bool:
    """True while the reasons for a rejection are shown, which then use the digit keys."""
    return bool(st.session_state.get(_REJECTING))


def begin_rejecting() -> None:
    """Show the reasons to choose from."""
    st.session_state[_REJECTING] = True


# --- conflicts with others


def conflict_of(subject: Subject, tables: OpenTables) -> RowConflictError | None:
    """The conflict with another's change of the row since the reviewer saw it; None without one."""
    held: tuple[Decision, RowConflictError] | None = st.session_state.get(_CONFLICT)
    if held:
        return held[1]
    now = tables.row("events", subject.event.event_id)
    if now is None or row_version(now) == row_version(subject.row):
        return None
    return RowConflictError("events", subject.event.event_id, base=subject.row, theirs=now, yours=None)


def hold_decision(decision: Decision, row_conflict: RowConflictError) -> None:
    """Keep a decision that could not be saved, until the reviewer resolves the conflict."""
    st.session_state[_CONFLICT] = (decision, row_conflict)


def held_decision() -> tuple[Decision, RowConflictError] | None:
    """The decision that could not be saved, and why."""
    found: tuple[Decision, RowConflictError] | None = st.session_state.get(_CONFLICT)
    return found


def keep_theirs(event_id: str, *, is_decided: bool) -> None:
    """Accept the current row: review it again, or go on if it has been decided."""
    go_to("" if is_decided else event_id)
