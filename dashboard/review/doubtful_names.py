"""The place names that a project uses, and which of them a person should check first."""

from dataclasses import dataclass
from functools import lru_cache

from dashboard.gazetteer.names import fold_name
from dashboard.geocode import Context, resolve
from dashboard.geocode.place_basis import basis_of
from dashboard.model import PlaceBasis
from dashboard.project.open_tables import OpenTables
from dashboard.review.candidates import PlaceFinder
from dashboard.tables import EventRow, Row


@dataclass(frozen=True, slots=True)
class NameInUse:
    """A name with one meaning in the rows of events.csv."""

    name: str
    """As spelt in the first of the rows."""
    place_id: str
    """Empty for no place."""
    waiting: tuple[str, ...]
    """The ids of the pending events with this name at this place, in the order of the file."""
    reviewed: int
    """Number of reviewed events; they do not follow a correction of the name."""
    doubt: str
    """Why a person should check it, in words; empty without a reason."""


def names_in_use(tables: OpenTables, finder: PlaceFinder) -> list[NameInUse]:
    """Every name at every place: those without a place, then doubtful ones, then others, each by waiting events."""
    groups: dict[tuple[str, str], list[str]] = {}
    places: dict[str, set[str]] = {}
    for event_id, row in tables.events.rows.items():
        if event_id in tables.unreadable or basis_of(row) is PlaceBasis.COORDINATES:  # there the name is only a label
            continue
        if folded := fold_name(row["toponym"]):
            place_id = EventRow(row).place_id
            groups.setdefault((folded, place_id), []).append(event_id)
            places.setdefault(folded, set()).add(place_id)
    is_ambiguous = lru_cache(maxsize=None)(lambda name: _is_ambiguous(name, finder))
    names = []
    for (folded, place_id), event_ids in groups.items():
        rows = [tables.events.rows[event_id] for event_id in event_ids]
        waiting = tuple(event_id for event_id, row in zip(event_ids, rows, strict=True) if EventRow(row).is_pending)
        doubt = _doubt(rows, place_id, len(places[folded]), finder) or (
            is_ambiguous(rows[0]["toponym"]) if waiting else ""
        )
        names.append(NameInUse(EventRow(rows[0]).toponym, place_id, waiting, len(rows) - len(waiting), doubt))
    return sorted(names, key=lambda one: (bool(one.place_id), not one.doubt, -len(one.waiting)))


def _doubt(rows: list[Row], place_id: str, meanings: int, finder: PlaceFinder) -> str:
    pending = [row for row in rows if EventRow(row).is_pending]
    if not pending:
        return ""
    if not place_id:
        return "no place is known"
    if finder.place(place_id) is None:
        return "its place is not in places.csv"
    bases = {basis_of(row) for row in pending}
    if meanings > 1:
        return "the same name stands at another place too"
    if PlaceBasis.STOPGAP in bases:
        return "no place is known, and its country stands for it"
    return "known only in part" if PlaceBasis.WITHIN in bases else ""


def _is_ambiguous(name: str, finder: PlaceFinder) -> str:
    found = resolve(name.strip(), Context(), finder.gazetteer, finder.own)
    if found is None or found.basis is PlaceBasis.OWN or not found.ambiguous:
        return ""
    return f"{len(found.candidates)} places of this name are about as likely"
