"""What a person decides about places: which one a name means, two that are one, another name, another point.

Each function says which rows would change, and changes none: show that to the person, then hand it to `save_changes`.
places.csv says what a project's names mean: a place that a person has changed there goes before every gazetteer, with
all its names.
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
"""How the ids of places begin that a person has put on the map."""


# --- what a name means


def place_row_added(tables: OpenTables, place: Place, who: str, toponym: str) -> list[RowChange]:
    """The change that adds a place to places.csv; none if it is there already."""
    there = tables.row("places", place.place_id)
    return [] if there else [_place_change(place.place_id, None, _new_row(place, who, toponym))]


def name_now_means(tables: OpenTables, toponym: str, place: Place, who: str) -> list[RowChange]:
    """The changes by which a toponym means this place in the project from now on.

    The place's row is made if it is missing. Another place that has the toponym among its further names loses it there,
    so that the name means one place. Events keep the places they have; see `events_placed`.
    """
    name = checked_name(toponym, "name of a place")
    there = tables.row("places", place.place_id)
    row = row_with_name(there or _new_row(place, who, name), name)
    taken = list(_name_taken_from_others(tables, name, place.place_id))
    return taken if row == there else [*taken, _place_change(place.place_id, there, row)]


def row_with_name(row: Row, name: str) -> Row:
    """The row of a place, with one more name.

    A place's first name is listed again on purpose: that makes the row differ from the gazetteer's, and so a
    person's, which goes before its namesakes. A place that a person has made needs no such sign; of one that the
    coordinates of rows have made, the first name is a label until it is listed.
    """
    names = [one.strip() for one in row["alternate_names"].split(NAMES_SEPARATOR) if one.strip()]
    is_own = row["place_id"].startswith(LOCAL) and not is_point_id(row["place_id"].strip())
    is_first_of_own = is_own and fold_name(name) == fold_name(row["name"])
    if is_first_of_own or fold_name(name) in map(fold_name, names):
        return row
    return row | {"alternate_names": NAMES_SEPARATOR.join([*names, name])}


def _name_taken_from_others(tables: OpenTables, name: str, but: str) -> Iterator[RowChange]:
    """The changes that take the name from other places, which have it among their further names."""
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
    """The changes that put events at a place; how exactly they are placed follows from it."""
    basis = PlaceBasis.PERSON.value
    cells = {"place_id": place.place_id, "place_basis": basis, "place_reason": reason, "geo_precision": ""}
    return [_event_change(tables, event_id, cells) for event_id in event_ids]


def local_id(name: str, taken: Collection[str]) -> str:
    """A new id for a place that a person has put on the map, such as ``local:tora-bora``."""
    letters = "-".join(re.findall("[a-z0-9]+", fold_name(name)))[:40]
    base = LOCAL + (letters or hashlib.sha256(name.encode()).hexdigest()[:8])
    numbered = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(one for one in numbered if one not in taken)


# --- the places themselves


def place_renamed(tables: OpenTables, place_id: str, name: str) -> list[RowChange]:
    """The change that gives a place another name. The old one stays among its further names, so that texts still
    find it, unless it was only the label of a point.
    """
    row, name = _row(tables, place_id), checked_name(name, "name of a place")
    if row["name"] == name:
        return []
    after = row | {"name": name}
    return [_place_change(place_id, row, after if is_point_id(place_id) else row_with_name(after, row["name"]))]


def place_moved(
    tables: OpenTables, place_id: str, latitude: float, longitude: float, radius_km: float | None
) -> list[RowChange]:
    """The change that moves a place to a point, WGS 84 degrees; ``radius_km``: how far its name reaches, if known."""
    row, before = _row(tables, place_id), tables.places[place_id]
    place = replace(before, latitude=latitude, longitude=longitude, radius_km=radius_km)
    # A number that stays, stays as it was typed.
    changed = [name for name in ("latitude", "longitude", "radius_km") if getattr(place, name) != getattr(before, name)]
    after = row | {name: as_text(getattr(place, name)) for name in changed}
    return [_place_change(place_id, row, after)] if changed else []


def places_merged(tables: OpenTables, kept_id: str, gone_id: str) -> list[RowChange]:
    """The changes that make two places one: the first takes over events and names of the second, whose row goes."""
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
    """Empty a precision that the other place cannot have; it then follows from the place."""
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
