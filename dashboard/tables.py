"""The columns of the three tables, objects as rows of text, and the ids that follow from a row's content.

Reading, with every check of a row, is in `dashboard.reading.rows`; the files themselves are the store's.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum

from dashboard.model import Article, Event, GeoPrecision, Place

ARTICLE_COLUMNS = ("article_id", "title", "publisher", "url", "published", "language", "retrieved_at", "sha256")
PLACE_COLUMNS = (
    "place_id", "name", "alternate_names", "feature_code", "country_code", "admin1_name", "latitude", "longitude",
    "radius_km", "source", "note",
)  # fmt: skip
EVENT_COLUMNS = tuple(field.name for field in fields(Event))

COLUMNS = {"articles": ARTICLE_COLUMNS, "places": PLACE_COLUMNS, "events": EVENT_COLUMNS}
REQUIRED = {
    "articles": ("article_id", "sha256"),
    "places": ("place_id", "name", "latitude", "longitude"),
    "events": (),
}
"""Columns without which no row can be read; for events see `EITHER`."""
EITHER = (("title", "passage"), ("toponym", "place_id"))
"""A row of events.csv, and its header, needs at least one of each pair; no place is needed where it says unlocated."""

NAMES_SEPARATOR = "|"
"""Between the alternate names of a place."""

_OWN_WORDS = ("title", "passage", "toponym", "event_type", "date_start", "date_end", "actor1", "actor2",
              "source_dataset", "source_row_id")  # fmt: skip

Row = dict[str, str]


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
    """The article as the text of its cells; its own text is a file of its own."""
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
    """The id of an event read from an article. It comes from the content: the same step twice gives the same id.

    ``event_type`` is the type as first written; a later correction never changes the id.
    """
    return _digest(article_sha256, str(char_start), str(char_end), toponym, event_type)


def own_event_id(row: Mapping[str, str]) -> str:
    """The id of a person's own row, without an article: from the words the person wrote."""
    words = [row.get(name, "").strip() for name in _OWN_WORDS]
    return _digest("own", *words, "" if row.get("toponym", "").strip() else row.get("place_id", "").strip())


def row_event_id(row: Mapping[str, str], article_sha256: str = "") -> str:
    """The id a row of events.csv has: the one that stands there, or the one that follows from its content."""
    written = row.get("event_id", "").strip()
    if written:
        return written
    start, end = row.get("char_start", "").strip(), row.get("char_end", "").strip()
    if article_sha256 and start.isdecimal() and end.isdecimal():
        kind = row.get("event_type", "").strip().casefold() or "other"
        return event_id_for(article_sha256, int(start), int(end), row.get("toponym", ""), kind)
    return own_event_id(row)


def row_version(row: Mapping[str, str]) -> str:
    """Changes when a cell of the row changes. Empty cells do not count, so a new empty column changes nothing."""
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


def precision_of(feature_code: str) -> GeoPrecision:
    """How exactly a name places an event, from the GeoNames feature code of its place."""
    code = feature_code.upper()
    if code in _DIVISIONS:
        return _DIVISIONS[code]
    if code.startswith("PCL"):
        return GeoPrecision.COUNTRY
    if code.startswith("PPL"):
        return GeoPrecision.SETTLEMENT
    if code in _REGIONS:
        return GeoPrecision.REGION
    return GeoPrecision.SEA if code in _SEAS else GeoPrecision.NEAR
