"""Single rows of Parquet to events: what contradicts itself is left empty, because the row is counted already."""

import math
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from dashboard.errors import DataError
from dashboard.model import (
    ID_PATTERN,
    Assertion,
    DateBasis,
    DatePrecision,
    Event,
    EventType,
    GeoPrecision,
    PlaceBasis,
    Status,
)
from dashboard.tables import EVENT_COLUMNS

_WHOLE = ("char_start", "char_end", "fatalities_low", "fatalities_high")
_DAYS = ("date_start", "date_end")
_CHOICES: dict[str, tuple[type[StrEnum], StrEnum | None]] = {
    "event_type": (EventType, EventType.OTHER),
    "geo_precision": (GeoPrecision, GeoPrecision.UNLOCATED),
    "assertion": (Assertion, Assertion.REPORTED),
    "status": (Status, Status.PENDING),
    "date_basis": (DateBasis, None),
    "place_basis": (PlaceBasis, None),
}
_UNSURE: tuple[dict[str, Any], ...] = (
    {"char_start": None, "char_end": None},
    {"fatalities_low": None, "fatalities_high": None},
)
"""Cells that may contradict others, and what stands in their place then."""


def event_of(cells: Mapping[str, Any]) -> Event:
    """The event of a row; the columns that decide how it is counted have been checked before."""
    values = {name: _value(name, cell) for name, cell in cells.items() if name in EVENT_COLUMNS}
    values["date_precision"] = _precision(values)
    for without in ({}, *_UNSURE, {name: cell for cells in _UNSURE for name, cell in cells.items()}):
        try:
            return Event(**(values | without))
        except DataError:
            continue
    raise DataError(f"The row of event {values.get('event_id')!r} contradicts itself.")


def _value(name: str, cell: Any) -> Any:
    if name in _CHOICES:
        kind, default = _CHOICES[name]
        return kind(cell) if cell in set(kind) else default
    if name in _DAYS:
        return _day(cell)
    if name in _WHOLE:
        return _whole(cell)
    if name == "confidence":
        return float(cell) if isinstance(cell, int | float) and math.isfinite(cell) else None
    text = "" if cell is None else str(cell)
    if name.endswith("_id") and name not in ("event_id", "source_row_id"):
        return text if ID_PATTERN.fullmatch(text) else ""
    return text


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, str):
        return date.fromisoformat(cell.strip()[:10]) if cell.strip() else None
    return cell if isinstance(cell, date) else None


def _whole(cell: Any) -> int | None:
    """A whole number of 0 or more; None for what is none, text of digits included."""
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return int(number) if number >= 0 and number == int(number) else None


def _precision(values: Mapping[str, Any]) -> DatePrecision:
    """The grain as it is written, or what follows from the days where it is missing or contradicts them."""
    start, end, written = values.get("date_start"), values.get("date_end"), values.get("date_precision")
    if start is None:
        return DatePrecision.UNKNOWN
    if written in set(DatePrecision) and written != DatePrecision.UNKNOWN:
        return DatePrecision(written)
    return DatePrecision.DAY if start == end else DatePrecision.DAYS
