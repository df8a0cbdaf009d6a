"""Which event a reviewer has before them, as they saw it first, and which they have put off. Lives in the session."""

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
    """As the reviewer saw it first; the file may hold another version by now."""
    key: str
    """New for every version of the row: the name of the widgets that show it."""


def event_id() -> str:
    """The id of the event under review; empty: the next one."""
    return str(st.session_state.get(_AT, ""))


def go_to(event_id: str) -> None:
    """Look at this event, or ("") at the next one."""
    st.session_state[_AT] = event_id
    st.session_state[_REJECTING] = False
    for name in (_SEEN, _CONFLICT):
        st.session_state.pop(name, None)
    place_chooser.forget()


def request(event_id: str) -> None:
    """Callback of other pages: open the review page on this event; see `requested_event`."""
    st.session_state[_ASKED] = event_id


def requested_event() -> str:
    """The event for which the review page is to be opened now; "" if there is none. Returned only once."""
    return str(st.session_state.pop(_ASKED, ""))


def subject_of(event: Event, tables: OpenTables) -> Subject:
    """The event as the reviewer sees it from now on until it is decided, whatever others do to its row meanwhile."""
    seen: tuple[str, Row] | None = st.session_state.get(_SEEN)
    if seen is None or seen[0] != event.event_id:
        seen = event.event_id, dict(tables.events.rows[event.event_id])
        st.session_state[_SEEN], st.session_state[_AT] = seen, event.event_id
    return Subject(event, seen[1], f"{event.event_id}-{row_version(seen[1])}-{st.session_state.get(_ROUND, 0)}")


def start_over() -> None:
    """Forget what was chosen and typed for this event."""
    st.session_state[_REJECTING] = False
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    place_chooser.forget()


# --- putting off, rejecting


def skipped() -> list[str]:
    """The events this reviewer has put off, the last one at the end."""
    found: list[str] = st.session_state.setdefault(_SKIPPED, [])
    return found


def skip(event_id: str) -> None:
    """Put the event off until all others were looked at."""
    take_up(event_id)
    skipped().append(event_id)


def take_up(event_id: str) -> None:
    """Take the event out of those put off."""
    if event_id in skipped():
        skipped().remove(event_id)


def is_rejecting() -> bool:
    """True while the reasons for a rejection are shown: the digits choose among these then."""
    return bool(st.session_state.get(_REJECTING))


def begin_rejecting() -> None:
    """Show the reasons to choose from."""
    st.session_state[_REJECTING] = True


# --- what others did meanwhile


def conflict(subject: Subject, tables: OpenTables) -> RowConflictError | None:
    """What somebody else did to the row since the reviewer saw it; None if nothing."""
    held: tuple[Decision, RowConflictError] | None = st.session_state.get(_CONFLICT)
    if held:
        return held[1]
    now = tables.row("events", subject.event.event_id)
    if now is None or row_version(now) == row_version(subject.row):
        return None
    return RowConflictError("events", subject.event.event_id, base=subject.row, theirs=now, yours=None)


def hold(decision: Decision, row_conflict: RowConflictError) -> None:
    """Keep a decision that could not be saved, until the reviewer says what to do with it."""
    st.session_state[_CONFLICT] = (decision, row_conflict)


def held_decision() -> tuple[Decision, RowConflictError] | None:
    """The decision that could not be saved, and why."""
    found: tuple[Decision, RowConflictError] | None = st.session_state.get(_CONFLICT)
    return found


def keep_theirs(event_id: str, *, is_decided: bool) -> None:
    """Take the row as it is now: review it again, or go on if somebody has decided on it."""
    go_to("" if is_decided else event_id)
