"""From single rows of Parquet, as `parquet_cells` reads them, to events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from dashboard.model import Assertion, DateBasis, DatePrecision, Event, EventType, GeoPrecision, PlaceBasis, Status

_WHOLE = ("char_start", "char_end", "fatalities_low", "fatalities_high")
_CHOICES: dict[str, type[StrEnum]] = {
    "event_type": EventType, "geo_precision": GeoPrecision, "assertion": Assertion, "status": Status,
    "date_basis": DateBasis, "date_precision": DatePrecision,
    "place_basis": PlaceBasis,
}  # fmt: skip


def event_of(cells: Mapping[str, Any]) -> Event:
    """The event of a valid row with the columns of events.csv. Raises ValueError for cells that break the rules."""
    return Event(**{name: _value(name, cell) for name, cell in cells.items()})


def _value(name: str, cell: Any) -> Any:
    if name in _CHOICES:
        return _CHOICES[name](cell) if cell else None
    return int(cell) if name in _WHOLE and cell is not None else cell
