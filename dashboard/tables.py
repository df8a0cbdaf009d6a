"""The columns of the three tables, objects as rows of text, and the ids that follow from a row's content.

Reading, with every check of a row, is in `dashboard.project.reading.rows`; the files themselves are the project's.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import get_args, get_type_hints

from dashboard.errors import shown
from dashboard.model import Article, Event, GeoPrecision, Place, PlaceBasis, Status

ARTICLE_COLUMNS = (
    "article_id", "title", "publisher", "url", "published", "language", "retrieved_at", "sha256", "problem",
)  # fmt: skip
PLACE_COLUMNS = (
    "place_id", "name", "alternate_names", "feature_code", "country_code", "admin1_name", "latitude", "longitude",
    "radius_km", "source", "note",
)  # fmt: skip
EVENT_COLUMNS = tuple(field.name for field in fields(Event))
EVENT_TYPES: Mapping[str, type] = {
    name: next((kind for kind in get_args(hint) if kind is not NoneType), hint)
    for name, hint in get_type_hints(Event).items()
}
"""What a cell of each column of events.csv holds: str, int, float, date or an enumeration."""
STATED_COLUMNS = ("country", "latitude", "longitude")
"""What a row of events.csv may itself say about its place: input for geocoding, not part of an `Event`."""
PLACE_IN_EVENTS = ("place_name", "latitude", "longitude", "feature_code", "country_code", "radius_km")
"""Columns on the place of each event in a Parquet set, besides the columns of events.csv."""

COLUMNS = {"articles": ARTICLE_COLUMNS, "places": PLACE_COLUMNS, "events": (*EVENT_COLUMNS, *STATED_COLUMNS)}
OPTIONAL = {"place_basis", *STATED_COLUMNS}
"""Columns that even an events.csv written by the program may lack: they are newer, or rarely needed."""
ID_COLUMNS = {"articles": "article_id", "places": "place_id", "events": "event_id"}
REQUIRED = {
    "articles": ("article_id", "sha256"),
    "places": ("place_id", "name", "latitude", "longitude"),
    "events": (),
}
"""Columns that every row needs; for events see `EITHER`."""
EITHER = (("title", "passage"), ("toponym", "place_id", "latitude", "country"))
"""A row of events.csv, and its header, needs one of each group; an unlocated row needs no place."""

INCIDENT_COLUMNS = ("event_type", "place_id", "date_start", "date_end")
"""Columns of events.csv in which two reports of one incident agree; their words decide whether they are one."""

NAMES_SEPARATOR = "|"
"""Between the alternate names of a place."""

_OWN_WORDS = ("title", "passage", "toponym", "event_type", "date_start", "date_end", "actor1", "actor2",
              "source_dataset", "source_row_id")  # fmt: skip

Row = dict[str, str]


def empty_row(table: str) -> Row:
    """A row with every column of the table, except the rarely needed ones, which exist only if the file has them."""
    return dict.fromkeys((column for column in COLUMNS[table] if table != "events" or column not in STATED_COLUMNS), "")


@dataclass(frozen=True, slots=True)
class EventRow:
    """A row of events.csv as typed: its cells without surrounding spaces. Nothing is checked.

    Validation is the task of `dashboard.project.reading`.
    """

    cells: Mapping[str, str]

    def cell(self, column: str) -> str:
        """The text of a cell; also empty if the file has no such column."""
        return self.cells.get(column, "").strip()

    @property
    def event_id(self) -> str:
        """The id as written; see `row_event_id` for the id of a row without one."""
        return self.cell("event_id")

    @property
    def incident_id(self) -> str:
        """The incident as written; empty: the event is an incident of its own."""
        return self.cell("incident_id")

    @property
    def article_id(self) -> str:
        """The article it was read from; empty for a person's own row."""
        return self.cell("article_id")

    @property
    def place_id(self) -> str:
        """Its place; empty without one."""
        return self.cell("place_id")

    @property
    def toponym(self) -> str:
        """The name of its place in the article's words."""
        return self.cell("toponym")

    @property
    def status(self) -> str:
        """In lower case; `pending` if the cell is empty."""
        return self.cell("status").casefold() or Status.PENDING.value

    @property
    def is_pending(self) -> bool:
        """Nobody has decided on it."""
        return self.status == Status.PENDING

    @property
    def is_reviewed(self) -> bool:
        """It says that a person has decided on it. False, like `is_pending`, for an invalid status."""
        return self.status in _REVIEWED

    @property
    def states_place(self) -> bool:
        """It has coordinates or a country of its own."""
        return any(map(self.cell, STATED_COLUMNS))

    @property
    def names_place(self) -> bool:
        """It says something about where it happened, so there is something to look up."""
        return bool(self.place_id or self.toponym or self.states_place)


_REVIEWED = frozenset(status.value for status in Status if status.is_reviewed)


# --- objects to rows of text


def event_row(event: Event) -> Row:
    """The event as the text of its cells, in the order of the columns."""
    return {name: as_text(getattr(event, name)) for name in EVENT_COLUMNS}


def place_row(place: Place) -> Row:
    """The place as the text of its cells, in the order of the columns. Its population is not stored."""
    row = {name: as_text(getattr(place, name)) for name in PLACE_COLUMNS if name != "alternate_names"}
    row["alternate_names"] = NAMES_SEPARATOR.join(name.replace(NAMES_SEPARATOR, " ") for name in place.alternate_names)
    return {name: row[name] for name in PLACE_COLUMNS}


def article_row(article: Article) -> Row:
    """The article as the text of its cells; the article's text is a separate file."""
    return {name: as_text(getattr(article, name)) for name in ARTICLE_COLUMNS}


def as_text(value: str | float | date | StrEnum | None) -> str:
    """A value as the text of a cell; None is the empty cell."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        shortest = repr(value)
        return f"{value:.20f}".rstrip("0") if "e" in shortest else shortest.removesuffix(".0")
    return str(value)


# --- ids and versions


def event_id_for(article_sha256: str, char_start: int, char_end: int, toponym: str, event_type: str) -> str:
    """The id of an event read from an article. It is derived from the content, so repeating a step gives the same id.

    ``event_type`` is the type as first written; a later correction never changes the id.
    """
    return _digest(article_sha256, str(char_start), str(char_end), toponym, event_type)


def own_event_id(row: Mapping[str, str]) -> str:
    """The id of a person's own row, without an article: derived from the words the person wrote."""
    typed = EventRow(row)
    words = [*map(typed.cell, _OWN_WORDS)]
    stated = [*map(typed.cell, STATED_COLUMNS)]
    words += stated if any(stated) else []  # rows without them keep their old id
    return _digest("own", *words, "" if typed.toponym else typed.place_id)


def row_event_id(row: Mapping[str, str], article_sha256: str = "") -> str:
    """The id of a row of events.csv: the one written there, or the one derived from its content."""
    typed = EventRow(row)
    if typed.event_id:
        return typed.event_id
    start, end = typed.cell("char_start"), typed.cell("char_end")
    if article_sha256 and start.isdecimal() and end.isdecimal():
        kind = typed.cell("event_type").casefold() or "other"
        return event_id_for(article_sha256, int(start), int(end), row.get("toponym", ""), kind)
    return own_event_id(row)


def row_version(row: Mapping[str, str]) -> str:
    """A hash that changes when a cell of the row changes. Empty cells do not count, so an empty new column does not."""
    return _digest(*(part for name in sorted(row) if row[name] for part in (name, row[name])))


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:12]


# --- geo precision

_REGIONS = {"RGN", "RGNE", "RGNH", "RGNL", "AREA", "TERR", "ZN", "ZNB", "MTS", "DSRT", "PLN", "PLAT", "PEN", "ISLS",
            "CONT", "CST", "VAL", "LCTY", "RNGA", "BDRY"}  # fmt: skip
_SEAS = {"OCN", "SEA", "GULF", "STRT", "BAY"}
_DIVISIONS = {
    "ADM1": GeoPrecision.ADMIN1, "ADM1H": GeoPrecision.ADMIN1,
    "ADM2": GeoPrecision.ADMIN2, "ADM2H": GeoPrecision.ADMIN2,
}  # fmt: skip
_SPOT_KM = 15.0
"""A mountain or stretch of land no wider than this is a spot to be near, not a region."""


def precision_of(feature_code: str, radius_km: float | None = None) -> GeoPrecision:
    """How exactly a name locates an event, by the GeoNames feature code and the radius of its place."""
    code = feature_code.upper()
    if code in _DIVISIONS:
        return _DIVISIONS[code]
    if code.startswith("PCL"):
        return GeoPrecision.COUNTRY
    if code.startswith("PPL"):
        return GeoPrecision.SETTLEMENT
    if code in _REGIONS and (radius_km is None or radius_km > _SPOT_KM):
        return GeoPrecision.REGION
    return GeoPrecision.SEA if code in _SEAS else GeoPrecision.NEAR


def precision_at(place: Place, basis: PlaceBasis | None) -> GeoPrecision:
    """How exactly an event is located if its row does not say: a row's own coordinates count as a settlement."""
    is_point = basis is PlaceBasis.COORDINATES and not contradicts(GeoPrecision.SETTLEMENT, place)
    return GeoPrecision.SETTLEMENT if is_point else precision_of(place.feature_code, place.radius_km)


_POINTS = (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT)
_AREAS = (GeoPrecision.ADMIN2, GeoPrecision.ADMIN1, GeoPrecision.COUNTRY)
"""From narrow to wide."""


def is_too_sure(precision: GeoPrecision, place: Place) -> bool:
    """True if the row claims more precision than its place can have: a province is not a dot."""
    expected = precision_of(place.feature_code, place.radius_km)
    if expected in _AREAS:
        return precision in (*_POINTS, GeoPrecision.NEAR, *_AREAS[: _AREAS.index(expected)])
    return expected in (GeoPrecision.REGION, GeoPrecision.SEA) and precision in _POINTS


def contradicts(precision: GeoPrecision, place: Place) -> bool:
    """True if the row claims more precision than its place can have, or far less, or that there is no place."""
    is_town = precision_of(place.feature_code, place.radius_km) is GeoPrecision.SETTLEMENT
    is_too_vague = is_town and precision in _AREAS
    return is_too_sure(precision, place) or is_too_vague or precision is GeoPrecision.UNLOCATED


def precision_read_as(stated: GeoPrecision | None, place: Place | None, basis: PlaceBasis | None) -> GeoPrecision:
    """How exactly an event is located: as its row says, but never more exactly than its place allows."""
    if place is None:
        return GeoPrecision.UNLOCATED
    if stated is None:
        return precision_at(place, basis)
    return precision_of(place.feature_code, place.radius_km) if is_too_sure(stated, place) else stated


def no_place_reason(toponym: str, country: str = "") -> str:
    """The place_reason of a row whose toponym names no known place; valid only for this toponym (and country)."""
    return f"no place of the name {shown(toponym)} is known{f' in {country}' if country else ''}"


# --- places created from rows' own coordinates

_POINT_ID = "local:at:"


def point_id(latitude: float, longitude: float) -> str:
    """The id of the place at a row's own coordinates; derived from them, to a millionth of a degree."""
    return _POINT_ID + ":".join(as_text(round(degrees, 6) + 0.0) for degrees in (latitude, longitude))


def is_point_id(place_id: str) -> bool:
    """True for a place created from a row's own coordinates: its name is a label, and means nothing for other rows."""
    return place_id.startswith(_POINT_ID)


def point_of(place_id: str) -> tuple[float, float] | None:
    """Latitude and longitude, WGS 84 degrees, of a place created from a row's own coordinates; None for other ids."""
    try:
        latitude, longitude = map(float, place_id.removeprefix(_POINT_ID).split(":"))
    except ValueError:
        return None
    return (latitude, longitude) if is_point_id(place_id) and abs(latitude) <= 90 and abs(longitude) <= 180 else None


def names_of(place: Place) -> tuple[str, ...]:
    """The names that mean the place in any row; for a place created from coordinates only those a person added."""
    return place.alternate_names if is_point_id(place.place_id) else (place.name, *place.alternate_names)
