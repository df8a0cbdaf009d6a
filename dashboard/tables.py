"""The columns of the three tables, and objects as rows of text and as data frames.

Reading, with every check of a row, is in `dashboard.reading.rows`; the files themselves are the store's.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dashboard.model import (
    Article,
    Assertion,
    DateBasis,
    DatePrecision,
    Event,
    EventType,
    GeoPrecision,
    Place,
    Status,
)

if TYPE_CHECKING:
    import pandas as pd

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


def precision_of(feature_code: str) -> GeoPrecision:
    """How exactly a name places an event, from the GeoNames feature code of its place."""
    code = feature_code.upper()
    exact = {"ADM1": GeoPrecision.ADMIN1, "ADM1H": GeoPrecision.ADMIN1, "ADM2": GeoPrecision.ADMIN2,
             "ADM2H": GeoPrecision.ADMIN2}  # fmt: skip
    if code in exact:
        return exact[code]
    if code.startswith("PCL"):
        return GeoPrecision.COUNTRY
    if code.startswith("PPL"):
        return GeoPrecision.SETTLEMENT
    if code in _REGIONS:
        return GeoPrecision.REGION
    return GeoPrecision.SEA if code in _SEAS else GeoPrecision.NEAR


# --- frames


def events_frame(events: Iterable[Event]) -> "pd.DataFrame":
    """The events as a frame: dates as datetime64, whole numbers as Int64, words as str, the rest as float64."""
    return _frame(events, EVENT_COLUMNS)


def places_frame(places: Iterable[Place]) -> "pd.DataFrame":
    """The places as a frame; ``alternate_names`` are tuples, ``population`` is left out."""
    return _frame(places, PLACE_COLUMNS)


def articles_frame(articles: Iterable[Article]) -> "pd.DataFrame":
    """The articles as a frame, without their text."""
    return _frame(articles, ARTICLE_COLUMNS)


_DTYPES = {
    "date_start": "datetime64[s]", "date_end": "datetime64[s]", "published": "datetime64[s]",
    "fatalities_low": "Int64", "fatalities_high": "Int64", "char_start": "Int64", "char_end": "Int64",
    "confidence": "float64", "latitude": "float64", "longitude": "float64", "radius_km": "float64",
    "alternate_names": "object",
}  # fmt: skip


def _frame(objects: Iterable[Any], columns: tuple[str, ...]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - half a second that the command line need not wait for

    made = list(objects)
    values = {name: [_plain(getattr(o, name)) for o in made] for name in columns}
    series = {name: pd.Series(values[name], dtype=_DTYPES.get(name, "str")) for name in columns}
    return pd.DataFrame(series)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, StrEnum) else value


def events_from_frame(frame: "pd.DataFrame") -> list[Event]:
    """The events of a frame as `events_frame` makes it. Raises `DataError` for values that contradict each other."""
    import pandas as pd  # noqa: PLC0415

    def value(name: str, cell: Any) -> Any:
        return None if pd.isna(cell) else _KINDS.get(name, str)(cell)

    records = frame.itertuples(index=False, name=None)
    return [Event(**{n: value(n, cell) for n, cell in zip(frame.columns, record, strict=True)}) for record in records]


_KINDS: dict[str, Callable[[Any], Any]] = {
    "event_type": EventType, "date_precision": DatePrecision, "date_basis": DateBasis, "geo_precision": GeoPrecision,
    "assertion": Assertion, "status": Status, "date_start": lambda v: v.date(), "date_end": lambda v: v.date(),
    "fatalities_low": int, "fatalities_high": int, "char_start": int, "char_end": int, "confidence": float,
}  # fmt: skip
