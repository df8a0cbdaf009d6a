"""The large map: its marks, drawn through folium, and its reports of clicks and of what is in view."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import folium

from dashboard.geo import Box, Cell, Viewport, wrapped
from dashboard.maps.checks import checked_box, checked_key, checked_number, checked_path
from dashboard.maps.kept_map import OPTIONS, SCRIPTS, STATIC, STYLES, Layer, Show, Start, empty_map
from dashboard.maps.palette import TYPE_STYLE
from dashboard.marks import KEY_PATTERN, Mark, Shape
from dashboard.safetext import maptext

RETURNED_OBJECTS: Final = ["last_object_clicked_count", "last_active_drawing", "last_geocoder_result"]
"""What `st_folium` reports. A click changes the first two. In the third, which belongs to a search box that this map
does not have, ``conflictmap.js`` reports what is in view once the map has come to rest."""
TYPES: Final = tuple(TYPE_STYLE)
"""A mark's types are sent as their indices in this list."""
COARSE: Final = 8
"""Below this level of cells a kilometre is less than a pixel."""
_SCRIPTS = (
    *SCRIPTS, "conflictmap_marks.js", "conflictmap_symbols.js", "conflictmap_items.js", "conflictmap_reaches.js",
    "conflictmap.js",
)  # fmt: skip


class MapPosition(NamedTuple):
    """Where the map is: its centre in WGS 84 degrees, and its zoom as in Leaflet."""

    latitude: float
    longitude: float
    zoom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """What the map shows besides its marks, and where it is."""

    selected: str = ""
    """The key of the mark to ring, or ""."""
    extent: Box | None = None
    """The box that the map opens on, and that its fit button shows."""
    position: MapPosition | None = None
    """Where the map opens instead of on ``extent``."""
    move_number: int = 0
    """Whenever this number changes, the map moves to ``position``, or without one to ``extent``."""
    clustered: bool = False
    """True if the map must report what is in view, because the marks depend on it."""
    dark: bool = False


def base_map() -> folium.Map:
    """Return the map without events, byte for byte the same in every run.

    The browser identifies the map by its script: if that changed, the frame would reload and lose the reader's pan and
    zoom. Make a new map in each run, because `st_folium` modifies the object.
    """
    base = empty_map()
    base.default_js = [(f"conflictmap_js_{n}", STATIC + path) for n, path in enumerate(_SCRIPTS)]
    base.default_css = [(f"conflictmap_css_{n}", STATIC + path) for n, path in enumerate(STYLES)]
    base.add_child(Start(OPTIONS), name="start")
    return base


def event_layer(marks: Sequence[Mark], view: MapView, *, outline_file: Callable[[str], str | None]) -> Layer:
    """Return all marks as one layer for ``st_folium(base_map(), feature_group_to_add=…)``.

    ``outline_file`` gives, for the place_id of an area, the path below ``static/map`` of the GeoJSON file that holds
    its outline, or None.

    Raises
    ------
    DataError
        A key, a path or a number that may not reach the map.
    """
    shown = {
        "marks": [_mark_row(mark, outline_file) for mark in marks],
        "selected": checked_key(view.selected) if view.selected else "",
        "fit": checked_box(view.extent), "at": _position_row(view.position), "go": int(view.move_number),
        "clustered": bool(view.clustered), "dark": bool(view.dark),
    }  # fmt: skip
    group = folium.FeatureGroup(control=False, show=False)  # `st_folium` adds it to the map
    group.add_child(Show(shown))
    return group


def clicked_mark(result: Mapping[str, Any] | None) -> tuple[str, int]:
    """Return the key of the mark that was clicked last, or "", and the browser's count of clicks.

    ``result`` is what `st_folium` returns. The count rises with every click, also on the same mark (by about
    three); a click is new only if its count differs from the last one handled.
    """
    result = result or {}
    drawing = result.get("last_active_drawing")
    properties = drawing.get("properties") if isinstance(drawing, Mapping) else None
    key = properties.get("key") if isinstance(properties, Mapping) else None
    count = result.get("last_object_clicked_count")
    is_valid = isinstance(key, str) and KEY_PATTERN.fullmatch(key)
    return str(key) if is_valid else "", count if isinstance(count, int) else 0


def viewport(result: Mapping[str, Any] | None) -> tuple[Viewport, MapPosition, bool] | None:
    """Return what is in view, where the map is, and whether a reader moved it there; None if it has reported nothing.

    ``result`` is what `st_folium` returns. Anything but what ``conflictmap.js`` reports counts as nothing.
    """
    report = (result or {}).get("last_geocoder_result")
    if not isinstance(report, Mapping):
        return None
    numbers = [*_numbers(report.get("box"), 4), *_numbers(report.get("centre"), 2), *_numbers([report.get("zoom")], 1)]
    if len(numbers) != 7:
        return None
    west, south, east, north, latitude, longitude, zoom = numbers
    if not (south < north and -90 <= latitude <= 90 and 0 <= zoom <= 30):
        return None
    box = Box(-180, south, 180, north) if east - west >= 360 else Box(wrapped(west), south, wrapped(east), north)
    return Viewport(box, zoom), MapPosition(latitude, wrapped(longitude), zoom), report.get("moved") is True


def _numbers(values: Any, count: int) -> list[float]:
    """The finite numbers of a list of this length; else none."""
    if not isinstance(values, list) or len(values) != count:
        return []
    good = all(isinstance(value, int | float) and math.isfinite(value) and abs(value) < 1e6 for value in values)
    return [float(value) for value in values] if good else []


def _mark_row(mark: Mark, outline_file: Callable[[str], str | None]) -> list[Any]:
    """A mark as sent to the scripts: a row as short as possible, because it is sent at every step."""
    flags = int(mark.faded) + 2 * int(mark.pending)
    types = [int(number) for kind, count in mark.types for number in (TYPES.index(kind), count)]
    cell = Cell.parse(mark.key.partition(".")[0]) if mark.shape.is_of_cell else None
    digits = 5 if cell is None else 2 if cell.level < COARSE else 4  # 1 m, 1 km or 10 m; never a pixel
    point = [checked_number(mark.latitude, 90, digits), checked_number(mark.longitude, 180, digits)]
    row = [checked_key(mark.key), *point, flags, types]
    if mark.shape.is_of_cell:
        return row
    radius = 0 if mark.radius_km is None else checked_number(mark.radius_km, 20_038)
    outline = checked_path(outline_file(mark.place_id)) if mark.shape is Shape.AREA else None
    return [*row, maptext(mark.label), radius, outline]


def _position_row(position: MapPosition | None) -> list[float] | None:
    if position is None:
        return None
    latitude, longitude, zoom = position
    return [checked_number(latitude, 90), checked_number(longitude, 180), checked_number(zoom, 30)]
