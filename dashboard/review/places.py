"""A person's decisions about places: what a name means, merging, renaming and moving places.

Each function returns the rows that would change, and changes none: show them to the person, then pass them to
`save_changes`. places.csv defines what a project's names mean: a place that a person has changed there takes precedence
over every gazetteer, under all its names.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from dashboard.errors import DataError, shown
from dashboard.gazetteer.names import fold_name
from dashboard.model import GeoPrecision, Place, PlaceBasis
from dashboard.project.commit import RowChange
from dashboard.project.open_tables import OpenTables
from dashboard.review.save import checked_name
from dashboard.tables import NAMES_SEPARATOR, EventRow, Row, as_text, contradicts, is_point_id, place_row

LOCAL = "local:"
"""Prefix of the ids of places that a person has put on the map."""


# --- what a name means


def place_row_added(tables: OpenTables, place: Place, who: str, toponym: str) -> list[RowChange]:
    """The change that adds a place to places.csv; empty if it is already there."""
    there = tables.row("places", place.place_id)
    return [] if there else [_place_change(place.place_id, None, _new_row(place, who, toponym))]


def name_now_means(tables: OpenTables, toponym: str, place: Place, who: str) -> list[RowChange]:
    """The changes that make a toponym mean this place in the project from now on.

    The place's row is added if it is missing. Other places lose the toponym from their alternate names, so that it is
    unambiguous. Events keep their places; see `events_placed`.
    """
    name = checked_name(toponym, "name of a place")
    there = tables.row("places", place.place_id)
    row = row_with_name(there or _new_row(place, who, name), name)
    taken = list(_name_taken_from_others(tables, name, place.place_id))
    return taken if row == there else [*taken, _place_change(place.place_id, there, row)]


def row_with_name(row: Row, name: str) -> Row:
    """The row of a place, with one more name.

    Listing a place's first name again is intentional: it makes the row differ from the gazetteer's, and thus a person's
    own, which takes precedence over namesakes. Places added by a person need no such sign; the first name of a place
    made from a row's coordinates is only a label until it is listed.
    """
    names = [one.strip() for one in row["alternate_names"].split(NAMES_SEPARATOR) if one.strip()]
    is_own = row["place_id"].startswith(LOCAL) and not is_point_id(row["place_id"].strip())
    is_first_of_own = is_own and fold_name(name) == fold_name(row["name"])
    if is_first_of_own or fold_name(name) in map(fold_name, names):
        return row
    return row | {"alternate_names": NAMES_SEPARATOR.join([*names, name])}


def _name_taken_from_others(tables: OpenTables, name: str, but: str) -> Iterator[RowChange]:
    """The changes that remove the name from the alternate names of other places."""
    folded = fold_name(name)
    for place_id, place in tables.places.items():
        kept = [one for one in place.alternate_names if fold_name(one) != folded]
        if place_id != but and len(kept) < len(place.alternate_names):
            row = _row(tables, place_id)
            yield _place_change(place_id, row, row | {"alternate_names": NAMES_SEPARATOR.join(kept)})


def _new_row(place: Place, who: str, toponym: str) -> Row:
    chosen = f"chosen by {who} for {shown(toponym)}"
    return place_row(place) | {"note": f"{chosen}. {place.note}" if place.note else chosen}


def events_placed(tables: OpenTables, event_ids: Iterable[str], place: Place, reason: str) -> list[RowChange]:
    """The changes that move events to a place; their precision follows from it."""
    basis = PlaceBasis.PERSON.value
    cells = {"place_id": place.place_id, "place_basis": basis, "place_reason": reason, "geo_precision": ""}
    return [_event_change(tables, event_id, cells) for event_id in event_ids]


def local_id(name: str, taken: Collection[str]) -> str:
    """A new id for a place that a person puts on the map, such as ``local:tora-bora``."""
    letters = "-".join(re.findall("[a-z0-9]+", fold_name(name)))[:40]
    base = LOCAL + (letters or hashlib.sha256(name.encode()).hexdigest()[:8])
    numbered = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)


# --- the places themselves


def place_renamed(tables: OpenTables, place_id: str, name: str) -> list[RowChange]:
    """The change that renames a place. The old name stays as an alternate name, so that texts still find it, unless
    it was only the label of a point.
    """
    row, name = _row(tables, place_id), checked_name(name, "name of a place")
    if row["name"] == name:
        return []
    after = row | {"name": name}
    return [_place_change(place_id, row, after if is_point_id(place_id) else row_with_name(after, row["name"]))]


def place_moved(
    tables: OpenTables, place_id: str, latitude: float, longitude: float, radius_km: float | None
) -> list[RowChange]:
    """The change that moves a place to a point (WGS 84 degrees); ``radius_km`` is the extent of its name, if known."""
    row, before = _row(tables, place_id), tables.places[place_id]
    place = replace(before, latitude=latitude, longitude=longitude, radius_km=radius_km)
    # Unchanged numbers keep their text.
    changed = [name for name in ("latitude", "longitude", "radius_km") if getattr(place, name) != getattr(before, name)]
    after = row | {name: as_text(getattr(place, name)) for name in changed}
    return [_place_change(place_id, row, after)] if changed else []


def places_merged(tables: OpenTables, kept_id: str, gone_id: str) -> list[RowChange]:
    """The changes that merge two places: the first takes over events and names of the second, whose row is removed."""
    if kept_id == gone_id:
        raise DataError("A place cannot be merged with itself. Choose another.")
    kept, gone = _row(tables, kept_id), _row(tables, gone_id)
    row = kept
    label = () if is_point_id(gone_id) else (gone["name"],)
    for name in (*label, *gone["alternate_names"].split(NAMES_SEPARATOR)):
        if name.strip() and fold_name(name) != fold_name(kept["name"]):
            row = row_with_name(row, name.strip())
    place = tables.places[kept_id]
    reason = f"{gone['name']} and {kept['name']} are one place"
    chosen = {"place_basis": PlaceBasis.PERSON.value, "place_reason": reason}
    events = [
        _event_change(tables, event_id, {"place_id": kept_id} | chosen | _precision_left(event, place))
        for event_id, event in tables.events.rows.items()
        if EventRow(event).place_id == gone_id
    ]
    return [*events, *([] if row == kept else [_place_change(kept_id, kept, row)]), _place_change(gone_id, gone, None)]


def _precision_left(row: Row, place: Place) -> Row:
    """Clears a precision that contradicts the place, so that it follows from the place."""
    precision = EventRow(row).cell("geo_precision").casefold()
    is_wrong = precision in set(GeoPrecision) and contradicts(GeoPrecision(precision), place)
    return {"geo_precision": ""} if is_wrong else {}


def _event_change(tables: OpenTables, event_id: str, cells: Row) -> RowChange:
    row = tables.events.rows[event_id]
    return RowChange(table="events", row_id=event_id, before=row, after=row | cells | {"event_id": event_id})


def _place_change(place_id: str, before: Row | None, after: Row | None) -> RowChange:
    return RowChange(table="places", row_id=place_id, before=before, after=after)


def _row(tables: OpenTables, place_id: str) -> Row:
    row = tables.row("places", place_id)
    if row is None or place_id not in tables.places:
        raise DataError(
            f"{shown(place_id)} is no place of places.csv, or its row breaks a rule: see conflictmap check."
        )
    return row
