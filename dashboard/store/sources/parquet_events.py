"""From single rows of Parquet, as `parquet_cells` reads them, to events."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from dashboard.model import Event
from dashboard.tables import EVENT_TYPES


def event_of(cells: Mapping[str, Any]) -> Event:
    """The event of a valid row with the columns of events.csv. Raises ValueError for cells that break the rules."""
    return Event(**{name: _value(name, cell) for name, cell in cells.items()})


def _value(name: str, cell: Any) -> Any:
    holds = EVENT_TYPES[name]
    if issubclass(holds, StrEnum):
        return holds(cell) if cell else None
    return int(cell) if holds is int and cell is not None else cell
