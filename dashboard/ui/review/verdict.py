"""The buttons and keys for a reviewer's decisions; each passes a decision to `review.decide`."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.errors import DashboardError, RowConflictError, counted
from dashboard.project.open_tables import OpenTables
from dashboard.review.decide import Decision, Verdict, others_like, review_event, undo_last
from dashboard.safetext import escape_markdown
from dashboard.tables import EventRow
from dashboard.ui.review import correction, place_chooser, reviewer, session
from dashboard.ui.review.session import Subject
from dashboard.ui.shared import notices, opened
from dashboard.ui.shared.uninterrupted import run_to_end, unless_repeated

PAGE = "review"
REASONS = (
    "nothing of the kind is told here",
    "told already by another row",
    "not of this conflict",
    "fiction or opinion",
    "the place or the date cannot be known",
)
"""Suggested reasons for a rejection; others can be typed."""
_VERDICT_WORDS = {Verdict.CONFIRM: "Confirmed", Verdict.CORRECT: "Corrected", Verdict.REJECT: "Rejected"}


# --- the buttons


def show_verdicts(subject: Subject, tables: OpenTables) -> None:
    """Draw the row of buttons, or the reasons for a rejection."""
    if session.is_rejecting():
        _show_reasons(subject)
        return
    is_corrected = bool(_corrections(subject))
    with st.container(horizontal=True, key="verdict"):
        _button(subject, "Confirm", "Y", Verdict.CONFIRM, is_due=not is_corrected)
        _button(subject, "Save the correction", "E", Verdict.CORRECT, is_due=is_corrected)
        st.button("Reject …", key="reject", shortcut="N", on_click=session.begin_rejecting)
        st.button("Skip", key=f"skip-{subject.key}", shortcut="S", on_click=_skip, args=(subject.event.event_id,))
        show_undo()
        if is_corrected:
            st.button("Start over", key="startover", type="tertiary", shortcut="Esc", on_click=session.start_over)
    if is_corrected:
        _show_wider_effects(subject, tables)


def _button(subject: Subject, label: str, key: str, verdict: Verdict, *, is_due: bool) -> None:
    st.button(
        label, key=f"{verdict}-{subject.key}", shortcut=key, type="primary" if is_due else "secondary",
        disabled=not is_due, on_click=_decide, args=(subject, verdict),
    )  # fmt: skip


def show_undo() -> None:
    """Draw the button that undoes the reviewer's last decision."""
    st.button(
        "Undo", key="undo", shortcut="U", on_click=_undo, help="Takes back your last decision; again: the one before"
    )


def _show_wider_effects(subject: Subject, tables: OpenTables) -> None:
    """Draw the options that apply a corrected place to other events."""
    place = place_chooser.chosen_place(subject.event.event_id)
    toponym = EventRow(subject.row).toponym
    if place is None or not toponym:
        return
    name = escape_markdown(f"“{toponym}”")
    st.checkbox(f"Remember: in this project {name} means this place", value=False, key=f"remember-{subject.key}")
    if others := len(others_like(tables, subject.event.event_id)):
        words = counted(others, "other pending event that says so follows", "other pending events that say so follow")
        st.checkbox(words, value=False, key=f"others-{subject.key}")


def _show_reasons(subject: Subject) -> None:
    st.html("<p class='panelhead' role='status'><b>Why is it no event?</b> Choose a reason, or write your own.</p>")
    with st.container(horizontal=True, key="reasons"):
        for number, reason in enumerate(REASONS, start=1):
            st.button(reason.capitalize(), key=f"reason-{number}", shortcut=str(number), on_click=_decide,
                      args=(subject, Verdict.REJECT, reason))  # fmt: skip
    key = f"reason-own-{subject.key}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("In your own words", key=key, max_chars=500)
        st.button(
            "Reject for this reason", key="reason-own", on_click=_decide, args=(subject, Verdict.REJECT, None, key)
        )
        st.button("Back", key="reason-back", shortcut="Esc", type="tertiary", on_click=session.start_over)


# --- what they do


def _corrections(subject: Subject) -> dict[str, object]:
    """The differences between the fields or the map and the row, as arguments of a `Decision`."""
    arguments: dict[str, object] = {}
    cells = correction.changed_cells(subject.row, subject.key, reviewer.name())
    place, precision = place_chooser.described_place(subject.event.event_id)
    if place and place.place_id != EventRow(subject.row).place_id:
        arguments["place"] = place
        cells |= {"geo_precision": precision} if precision else {}
    return arguments | ({"cells": cells} if cells else {})


def _decide(subject: Subject, verdict: Verdict, reason: str | None = None, reason_key: str = "") -> None:
    def act() -> Callable[[], object]:
        note = reason or str(st.session_state.get(reason_key) or "") if verdict is Verdict.REJECT else ""
        more = _corrections(subject) if verdict is Verdict.CORRECT else {}
        if "place" in more:
            more["remember"] = bool(st.session_state.get(f"remember-{subject.key}", False))
            more["others"] = bool(st.session_state.get(f"others-{subject.key}", False))
        return _save(Decision(event_id=subject.event.event_id, verdict=verdict, reviewer=reviewer.name(),
                               base=subject.row, note=note, **more))  # type: ignore[arg-type]  # fmt: skip

    unless_repeated(act)


def _save(decision: Decision) -> Callable[[], object]:
    """Save the decision without accessing the session; return a function that updates the session."""
    try:
        review_event(opened.settings().data, decision)
    except RowConflictError as row_conflict:
        return partial(session.hold_decision, decision, row_conflict)
    except DashboardError as error:
        return partial(notices.keep_outcome, PAGE, str(error))
    title = decision.cells.get("title") or decision.base["title"] or decision.event_id
    return partial(_show_next, decision.event_id, f"{_VERDICT_WORDS[decision.verdict]}: {title}")


def _show_next(event_id: str, words: str) -> None:
    notices.keep_outcome(PAGE, words)
    session.unskip(event_id)
    session.go_to("")


def save_mine() -> None:
    """Save the held decision on top of the current row."""

    def save() -> Callable[[], object] | None:
        held = session.held_decision()
        if held is None:
            return None
        decision, row_conflict = held
        is_its_own = (row_conflict.table, row_conflict.row_id) == ("events", decision.event_id)
        return _save(replace(decision, base=row_conflict.theirs) if is_its_own and row_conflict.theirs else decision)

    run_to_end(save)


def _skip(event_id: str) -> None:
    def skip() -> None:
        session.skip_event(event_id)
        session.go_to("")

    unless_repeated(lambda: skip)


def _undo() -> None:
    def undo() -> Callable[[], object]:
        name = reviewer.name()
        try:
            undone = undo_last(opened.settings().data, name)
        except DashboardError as error:
            return partial(notices.keep_outcome, PAGE, str(error))
        words = f"Taken back: {undone.line.action}, line {undone.line.number} of the audit log"
        return partial(_show_undone, undone.event_ids[0] if undone.event_ids else "", words)

    run_to_end(undo)


def _show_undone(event_id: str, words: str) -> None:
    notices.keep_outcome(PAGE, words)
    session.go_to(event_id)
