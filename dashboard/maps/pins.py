"""The places a reviewer may choose on the small map, and what a click on it means. Independent of how it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.geo import Box
from dashboard.model import ID_PATTERN

HERE: Final = "map:here"
"""The key of the pin that a click on the map has set."""
_NEAR_DEGREES = 7.0
"""Some 700 km: a namesake farther away is only listed, as showing it would make the map useless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One place a reviewer may choose; ``place_id`` is that of a place, or `HERE`. Coordinates are WGS 84 degrees."""

    place_id: str
    label: str
    """Raw text, to be escaped by whoever draws it."""
    latitude: float
    longitude: float
    number: int = 0
    """Shown in the pin, and the key that chooses it; 0: neither."""
    radius_km: float | None = None
    chosen: bool = False


def box_around(pins: Sequence[Pin]) -> Box | None:
    """The box around the chosen pin, or else the first, and those near it; None without pins."""
    if not pins:
        return None
    first = next((pin for pin in pins if pin.chosen), pins[0])
    near = [pin for pin in pins if _is_near(first, pin)]
    longitudes, latitudes = [pin.longitude for pin in near], [pin.latitude for pin in near]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _is_near(first: Pin, other: Pin) -> bool:
    return max(abs(first.longitude - other.longitude), abs(first.latitude - other.latitude)) <= _NEAR_DEGREES


def picked_place(result: Mapping[str, Any] | None) -> tuple[str, tuple[float, float] | None, int]:
    """Return what was clicked last: a place_id, `HERE` or ""; for `HERE` its latitude and longitude; and the count.

    ``result`` is what `st_folium` returns; the browser's count of clicks is explained at `maps.layers.clicked_mark`.
    """
    result = result or {}
    drawing = result.get("last_active_drawing")
    drawing = drawing if isinstance(drawing, Mapping) else {}
    properties, geometry = (
        part if isinstance(part, Mapping) else {} for part in map(drawing.get, ("properties", "geometry"))
    )
    key, count = properties.get("key"), result.get("last_object_clicked_count")
    key = key if isinstance(key, str) and ID_PATTERN.fullmatch(key) else ""
    return key, _point(geometry.get("coordinates")) if key == HERE else None, count if isinstance(count, int) else 0


def _point(coordinates: Any) -> tuple[float, float] | None:
    """Latitude and longitude of a GeoJSON point that came from the browser, or None."""
    match coordinates:
        case [int() | float() as longitude, int() | float() as latitude] if (
            abs(latitude) <= 90 and abs(longitude) <= 180
        ):
            return float(latitude), float(longitude)
    return None
