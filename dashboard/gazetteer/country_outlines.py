"""Whether a point lies in a country, by the outlines of the base map in ``static/map/countries.json``.

The outlines are simplified and omit small islands and waters, hence the tolerances. Points are WGS 84 decimal
degrees. The file is read once, on first use.
"""

import json
import math
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).parents[1] / "static" / "map" / "countries.json"
TOLERANCE_KM = 60.0
"""For points within another country's outline. One of the gazetteer's 274,000 places is farther from its own."""
TOLERANCE_AT_SEA_KM = 1000.0
"""For points in no outline: waters, and omitted islands such as San Andrés, 680 km from Colombia."""
_ATOLLS = {"CK", "FM", "KI", "MH", "MU", "PF", "SC", "SH", "TF", "TO", "TV", "UM"}
"""Countries whose islands are thousands of kilometres apart: no point at sea counts as outside them."""
DISPUTED_LAND = tuple(
    frozenset(pair.split())
    for pair in ("IN PK", "IN CN", "CN TW", "UA RU", "GE RU", "MD RU", "EH MA", "RS XK", "IL PS", "IL SY", "IL LB",
                 "EG SD", "SD SS", "AR FK", "AR GS", "AM AZ", "CY TR", "JP RU", "KE SS", "GY VE", "KP KR", "CY GB")
)  # fmt: skip
"""Pairs of countries that both claim some land, which maps assign to one or the other."""
_KM_A_DEGREE = 111.2

Ring = np.ndarray[Any, np.dtype[np.float64]]
"""Longitude and latitude of the corners, in two columns; the last is the first."""


@dataclass(frozen=True, slots=True)
class _Outline:
    name: str
    rings: tuple[Ring, ...]
    box: tuple[float, float, float, float]
    """West, south, east, north."""

    @classmethod
    def of(cls, feature: dict[str, Any]) -> "_Outline":
        rings = tuple(_rings(feature["geometry"]))
        corners = np.concatenate(rings)
        (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
        return cls(feature["properties"]["name"], rings, (float(west), float(south), float(east), float(north)))

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether the point is inside: a line to the east crosses the rings an odd number of times."""
        west, south, east, north = self.box
        if not (west <= longitude <= east and south <= latitude <= north):
            return False
        crossings = 0
        for ring in self.rings:
            x, y = ring[:, 0], ring[:, 1]
            spans = (y[:-1] > latitude) != (y[1:] > latitude)
            if spans.any():
                x0, y0, x1, y1 = x[:-1][spans], y[:-1][spans], x[1:][spans], y[1:][spans]
                crossings += int(np.count_nonzero(x0 + (latitude - y0) / (y1 - y0) * (x1 - x0) > longitude))
        return crossings % 2 == 1

    def distance_km(self, latitude: float, longitude: float) -> float:
        """Distance to the nearest border or coast, on a plane around the point: exact enough for the tolerances."""
        return min(_nearest_km(ring, latitude, longitude) for ring in self.rings)


def _nearest_km(ring: Ring, latitude: float, longitude: float) -> float:
    wide = _KM_A_DEGREE * math.cos(math.radians(latitude))
    corners = np.column_stack(
        [((ring[:, 0] - longitude + 180) % 360 - 180) * wide, (ring[:, 1] - latitude) * _KM_A_DEGREE]
    )
    start, along = corners[:-1], np.diff(corners, axis=0)
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(-(start * along).sum(axis=1) / length, 0, 1)[:, None]
    return float(np.sqrt(((start + share * along) ** 2).sum(axis=1).min()))


@cache
def _outlines() -> dict[str, _Outline]:
    features = json.loads(FILE.read_text(encoding="utf-8"))["features"]
    return {feature["properties"]["code"]: _Outline.of(feature) for feature in features}


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [np.asarray(ring, np.float64) for polygon in polygons for ring in polygon]


@lru_cache(65_536)
def km_outside(latitude: float, longitude: float, country_code: str) -> float | None:
    """How far the point is from the country; 0 within it, None for a country without an outline."""
    outline = _outlines().get(country_code)
    if outline is None:
        return None
    return 0.0 if outline.holds(latitude, longitude) else outline.distance_km(latitude, longitude)


def is_outside(latitude: float, longitude: float, country_code: str) -> bool:
    """Whether the point is certainly outside the country: beyond the tolerances, and not on land it disputes."""
    distance = km_outside(latitude, longitude, country_code)
    if distance is None or distance <= TOLERANCE_KM:
        return False
    if not (actual := country_at(latitude, longitude)):
        return distance > TOLERANCE_AT_SEA_KM and country_code not in _ATOLLS
    return {country_code, actual} not in DISPUTED_LAND


def is_swapped(latitude: float, longitude: float, country_code: str) -> bool:
    """Whether the point is outside the country, and inside it with latitude and longitude swapped."""
    if abs(longitude) > 90 or not is_outside(latitude, longitude, country_code):
        return False
    distance = km_outside(longitude, latitude, country_code)
    return distance is not None and distance <= TOLERANCE_KM


@lru_cache(65_536)
def country_at(latitude: float, longitude: float) -> str:
    """The code of the country whose outline holds the point; "" at sea and outside all outlines."""
    return next((code for code, outline in _outlines().items() if outline.holds(latitude, longitude)), "")


def country_name_at(latitude: float, longitude: float) -> str:
    """The name of that country, as the base map writes it."""
    code = country_at(latitude, longitude)
    return _outlines()[code].name if code else ""
