"""A person's decisions on single events: confirming, correcting, rejecting, undoing. Independent of any screen.

Every decision refers to the row as the person saw it. If the row has changed since, nothing is saved, and
`RowConflictError` carries both versions for the person to see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dashboard.errors import DataError, RowConflictError, Severity, shown
from dashboard.gazetteer.names import fold_name
from dashboard.model import Place, PlaceBasis, Status
from dashboard.project import audit_log
from dashboard.project.audit_log import Line, RecordedChange
from dashboard.project.commit import Entry, RowChange, commit
from dashboard.project.open_tables import OpenTables
from dashboard.project.transaction import utc_now
from dashboard.review.places import events_placed, name_now_means, place_row_added
from dashboard.review.save import checked_reviewer
from dashboard.tables import EventRow, Row, row_version

NOTE_LIMIT = 2_000
"""Maximum number of characters of a note."""


class Verdict(StrEnum):
    """A reviewer's verdict on an event. Skipping is not a verdict and is not saved."""

    CONFIRM = "confirm"
    CORRECT = "correct"
    REJECT = "reject"

    @property
    def status(self) -> Status:
        """The status that the event's row gets."""
        return {"confirm": Status.CONFIRMED, "correct": Status.CORRECTED, "reject": Status.REJECTED}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One person's decision on one event."""

    event_id: str
    verdict: Verdict
    reviewer: str
    base: Row
    """The event's row as the reviewer saw it."""
    cells: Mapping[str, str] = field(default_factory=dict)
    """The corrections: column -> new text. For the place, only what ``place`` does not imply, such as geo_precision."""
    place: Place | None = None
    """The corrected place: from places.csv, from a gazetteer, or set by the reviewer on the map."""
    note: str = ""
    """The reason; required for a rejection."""
    remember: bool = False
    """Whether the toponym means the corrected place in this project from now on."""
    others: bool = False
    """Whether other pending events with this toponym at the same old place move too. They stay pending."""


def review_event(folder: Path, decision: Decision, *, at: str = "") -> int:
    """Save a decision; return the number of its line in the audit log. ``at`` is UTC, ISO 8601; empty: now.

    Raises
    ------
    DataError
        The decision is incomplete (no name, no reason, nothing corrected), or its row would break a rule.
    RowConflictError
        Somebody else has changed the event, or a place it needs, since the reviewer saw it.
    """
    _check(decision)
    at = at or utc_now()
    entry = Entry(who=decision.reviewer.strip(), action=decision.verdict.value, note=decision.note.strip(), at=at)
    return commit(folder, changes_of(decision, OpenTables(folder), at), entry)


def _check(decision: Decision) -> None:
    checked_reviewer(decision.reviewer)
    if decision.verdict is Verdict.REJECT and not decision.note.strip():
        raise DataError("A rejection needs a reason: whoever reads the project later has only that.")
    if len(decision.note) > NOTE_LIMIT:
        raise DataError(f"The note has {len(decision.note):,} characters; the limit is {NOTE_LIMIT:,}.")
    moves = decision.place is not None and decision.place.place_id != EventRow(decision.base).place_id
    is_corrected = moves or any(text != decision.base.get(column, "") for column, text in decision.cells.items())
    if decision.verdict is Verdict.CORRECT and not is_corrected:
        raise DataError("Nothing is corrected. Change something, or confirm the event as it is.")
    if decision.verdict is not Verdict.CORRECT and is_corrected:
        raise DataError(f"To {decision.verdict.value} an event leaves it as it is. Save the changes as a correction.")


# --- what a decision changes


def changes_of(decision: Decision, tables: OpenTables, at: str) -> list[RowChange]:
    """Every row that the decision changes: places first, then the event, then other events that move with it."""
    who, place = decision.reviewer.strip(), decision.place
    row = decision.base | dict(decision.cells)
    places, others = list[RowChange](), list[RowChange]()
    if place:
        row |= {"place_id": place.place_id, "place_basis": PlaceBasis.PERSON.value, "place_reason": f"chosen by {who}"}
        row["geo_precision"] = decision.cells.get("geo_precision", "")
        toponym = EventRow(row).toponym
        is_remembered = decision.remember and bool(toponym)
        places = (
            name_now_means(tables, toponym, place, who)
            if is_remembered
            else place_row_added(tables, place, who, toponym)
        )
        if decision.others:
            others = events_placed(
                tables, others_like(tables, decision.event_id), place, f"chosen by {who} for {toponym}"
            )
    row |= {
        "event_id": decision.event_id, "incident_id": EventRow(row).incident_id or decision.event_id,
        "status": decision.verdict.status.value, "reviewed_by": who, "reviewed_at": at,
        "review_note": decision.note.strip(),
    }  # fmt: skip
    _refuse_new_errors(row, decision, tables)
    return [*places, RowChange(table="events", row_id=decision.event_id, before=decision.base, after=row), *others]


def others_like(tables: OpenTables, event_id: str) -> list[str]:
    """The other pending events with the same toponym and the same place, or equally without one."""
    row = EventRow(tables.events.rows[event_id])
    toponym, place_id = fold_name(row.toponym), row.place_id
    others = ((other_id, EventRow(cells)) for other_id, cells in tables.events.rows.items() if other_id != event_id)
    return [
        other_id
        for other_id, other in others
        if toponym
        and other.place_id == place_id
        and other.is_pending
        and other_id not in tables.unreadable
        and fold_name(other.toponym) == toponym
    ]


def _refuse_new_errors(row: Row, decision: Decision, tables: OpenTables) -> None:
    """Raise `DataError` if the row has an error that it did not have before."""
    places = {**tables.places, **({decision.place.place_id: decision.place} if decision.place else {})}
    before = {(one.code, one.column) for one in tables.problems_of(decision.base, places)}
    for one in tables.problems_of(row, places):
        if one.severity is Severity.ERROR and (one.code, one.column) not in before:
            raise DataError(f"Not saved: {f'{one.column}: ' if one.column else ''}{one.message} {one.hint}".rstrip())


# --- undoing


@dataclass(frozen=True, slots=True)
class UndoneDecision:
    """An undone decision: its line of the log, and the events it concerned."""

    line: Line
    event_ids: tuple[str, ...]


def undo_last(folder: Path, reviewer: str) -> UndoneDecision:
    """Undo the reviewer's last decision that is still in effect. Undoing again goes one further back.

    Raises
    ------
    DataError
        There is none, or what it changed was erased from the log.
    RowConflictError
        A row has been changed since; then nothing is undone.
    """
    line = last_decision(folder, reviewer)
    if line is None:
        raise DataError("There is no decision of yours to undo.")
    tables = OpenTables(folder)
    changes = [change for one in reversed(line.changes) if (change := _reverse_change(one, tables, line))]
    commit(folder, changes, Entry(who=reviewer.strip(), action=audit_log.UNDO, undoes=line.number))
    return UndoneDecision(line, tuple(one.row_id for one in line.changes if one.table == "events"))


def last_decision(folder: Path, reviewer: str) -> Line | None:
    """The reviewer's last decision that has not been undone; None if there is none."""
    undone: set[int | None] = set()
    for line in audit_log.history_backwards(folder):
        if line.action in (audit_log.UNDO, audit_log.WITHDRAW):
            undone.add(line.undoes)
        elif line.who == reviewer.strip() and line.number not in undone:
            return line
    return None


def _reverse_change(one: RecordedChange, tables: OpenTables, line: Line) -> RowChange | None:
    """The change back to the row before the line; None if there is nothing to undo."""
    _refuse_erased(one, line)
    there = tables.row(one.table, one.row_id)
    before, saved = (
        (there or {}) | {column: pair[side] or "" for column, pair in one.cells.items()} for side in (0, 1)
    )
    if (row_version(there) if there else None) != one.after:
        raise RowConflictError(one.table, one.row_id, base=saved, theirs=there, yours=before)
    if one.before is None:
        is_used = one.table == "places" and _is_used(tables, one.row_id, line)
        return None if is_used else RowChange(table=one.table, row_id=one.row_id, before=there, after=None)
    return RowChange(table=one.table, row_id=one.row_id, before=there, after=before)


def _refuse_erased(one: RecordedChange, line: Line) -> None:
    """Raise `DataError` if the log no longer contains what the row was before the line."""
    if one.is_complete:
        return
    gone = [column for column, pair in one.cells.items() if None in pair]
    what = f"what stood in {' and '.join(gone)}" if gone else "how the row was"
    raise DataError(
        f"Line {line.number} of {audit_log.FILE} cannot be taken back: {what} was removed from it for good "
        f"({one.table}.csv, row {shown(one.row_id)}). Change the row on this page or by hand instead."
    )


def _is_used(tables: OpenTables, place_id: str, line: Line) -> bool:
    """True if events other than those of the line are at the place, so that its row must be kept."""
    its_own = {one.row_id for one in line.changes if one.table == "events"}
    return any(
        EventRow(row).place_id == place_id for event_id, row in tables.events.rows.items() if event_id not in its_own
    )
