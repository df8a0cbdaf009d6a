"""The map: everything that is drawn through folium, and what a click on it says.

This is the only module that imports folium or branca. folium runs text it is given as a template, so values
reach it only as `maptext`, checked ids, numbers and constants. How marks look is decided by the scripts in
``static/``; here stands what they are told.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import folium
from branca.element import Element, MacroElement
from folium.template import Template
from folium.utilities import JsCode

from dashboard.cluster import KEY_PATTERN, Box, Mark, Shape
from dashboard.errors import DataError, shown
from dashboard.model import ID_PATTERN, check_id
from dashboard.palette import TYPE_STYLE
from dashboard.safetext import maptext

STATIC: Final = "../../app/static/"
"""Where the map's frame finds `dashboard/static`. Relative, so that it also holds under a base path."""
ATTRIBUTION: Final = "Places: GeoNames CC BY 4.0 · Boundaries: Natural Earth · Map: Leaflet"
RETURNED_OBJECTS: Final = ["last_object_clicked_count", "last_active_drawing"]
"""What `st_folium` is to report. A click changes both; moving the map changes neither and runs nothing."""
DEFAULT_AREA_RADIUS_KM: Final = 25.0
"""The ring that stands for an area of which neither outline nor radius is known; its tooltip says so."""

_OUTLINE_PATTERN = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.json")
_SCRIPTS = ("vendor/leaflet/leaflet.js", "conflictmap_layout.js", "conflictmap_base.js", "conflictmap.js")
_STYLES = ("vendor/leaflet/leaflet.css", "conflictmap.css")
_PICKING_SCRIPTS = (
    "vendor/leaflet/leaflet.js", "conflictmap_layout.js", "conflictmap_base.js", "conflictmap_picking.js",
)  # fmt: skip
_PICKING_STYLES = ("vendor/leaflet/leaflet.css", "conflictmap.css", "conflictmap_picking.css")
_OPTIONS: Final = {
    "static": STATIC,
    "attribution": ATTRIBUTION,
    "default_area_radius_km": DEFAULT_AREA_RADIUS_KM,
    "types": {t.value: {"letter": s.letter, "colour": s.colour, "ink": s.ink, "line": s.line}
              for t, s in TYPE_STYLE.items()},
}  # fmt: skip


class _Verbatim(Element):  # type: ignore[misc]  # folium and branca carry no types
    """Text that stays as it is. A plain `Element` would run it as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_: Any) -> str:
        return self._text


class _Start(MacroElement):  # type: ignore[misc]
    """Hands the new map to ``conflictmap.js``, with constants alone."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmap.start({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}"""
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__()
        self._name, self._id = "Start", "start"
        self.options = options


class _Marks(folium.GeoJson):  # type: ignore[misc]
    """A GeoJson layer whose data is never run as a template: the second wall behind `maptext`."""

    def render(self, **kwargs: Any) -> None:
        script = self._template.module.script(self, kwargs)
        self.get_root().script.add_child(_Verbatim(script), name=self.get_name())


class _Show(MacroElement):  # type: ignore[misc]
    """Puts the layer on the map and says what else there is to know about this view."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmap.show({{ this._parent.get_name() }}, {{ this.layer.get_name() }}, {{ this.view|tojson }});
        {% endmacro %}"""
    )

    def __init__(self, layer: _Marks, view: Mapping[str, Any]) -> None:
        super().__init__()
        self._name = "Show"
        self.layer, self.view = layer, view


def base_map() -> folium.Map:
    """Return the map without events, the same to the byte in every run.

    Its script is its identity for the browser: were it to change, the frame would load anew and the reader's pan
    and zoom be lost. Make a new one in each run, because `st_folium` leaves its traces on the object.
    """
    base = _empty_map()
    base.default_js = [(f"conflictmap_js_{n}", STATIC + path) for n, path in enumerate(_SCRIPTS)]
    base.default_css = [(f"conflictmap_css_{n}", STATIC + path) for n, path in enumerate(_STYLES)]
    base.add_child(_Start(_OPTIONS), name="start")
    return base


def _empty_map() -> folium.Map:
    base = folium.Map(
        location=(30, 55), zoom_start=3, tiles=None, minZoom=1, maxZoom=12, zoomSnap=0.25, zoomDelta=1,
        wheelPxPerZoomLevel=100,
    )  # fmt: skip
    base._id = "div"
    return base


def event_layer(
    marks: Sequence[Mark],
    *,
    selected: str = "",
    fit: Box | None = None,
    dark: bool = False,
    outline_file: Callable[[str], str | None],
) -> folium.FeatureGroup:
    """Return all marks as one layer for ``st_folium(base_map(), feature_group_to_add=…)``.

    ``selected`` is the key of the mark to ring, or "". The map fits itself to ``fit`` once, when it first appears;
    its fit button goes to the newest one. ``outline_file`` gives, for the place_id of an area, the path below
    ``static/map`` of the GeoJSON file that holds its outline, or None.

    Raises
    ------
    DataError
        A key, a place_id, a path or a number that may not reach the map.
    """
    layer = _Marks({"type": "FeatureCollection", "features": [_feature(mark, outline_file) for mark in marks]},
                   point_to_layer=JsCode("conflictmap.marker"))  # fmt: skip
    view = {"selected": _checked_key(selected) if selected else "", "fit": _fit(fit), "dark": bool(dark)}
    group = folium.FeatureGroup(control=False)
    group.add_child(layer)
    group.add_child(_Show(layer, view))
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
    known = isinstance(key, str) and KEY_PATTERN.fullmatch(key)
    return str(key) if known else "", count if isinstance(count, int) else 0


# --- the small map on which a place is chosen

HERE: Final = "map:here"
"""The key of the pin that a click on the map has set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """One place a reviewer may choose; ``place_id`` is that of a place, or `HERE`. Coordinates are WGS 84 degrees."""

    place_id: str
    label: str
    """Raw text; it is escaped here."""
    latitude: float
    longitude: float
    number: int = 0
    """What stands in it, and the key that chooses it; 0: neither."""
    radius_km: float | None = None
    chosen: bool = False


class _StartPicking(_Start):
    """Hands the new map to ``conflictmap_picking.js``, with constants alone."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.start({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}"""
    )


class _ShowPicking(_Show):
    """Puts the pins on the small map."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.show({{ this._parent.get_name() }}, {{ this.layer.get_name() }}, {{ this.view|tojson }});
        {% endmacro %}"""
    )


def picking_map() -> folium.Map:
    """Return the small map without pins, the same to the byte in every run; see `base_map`."""
    base = _empty_map()
    base.default_js = [(f"conflictmap_js_{n}", STATIC + path) for n, path in enumerate(_PICKING_SCRIPTS)]
    base.default_css = [(f"conflictmap_css_{n}", STATIC + path) for n, path in enumerate(_PICKING_STYLES)]
    base.add_child(_StartPicking(_OPTIONS), name="start")
    return base


def pin_layer(
    pins: Sequence[Pin], *, view_id: str, around: Box | None = None, dark: bool = False,
    outline_file: Callable[[str], str | None],
) -> folium.FeatureGroup:  # fmt: skip
    """Return the pins as one layer for ``st_folium(picking_map(), feature_group_to_add=…)``.

    The map fits itself to the pins, or to ``around`` if there are none, whenever ``view_id``, an id such as that of the
    event, is another than before.
    ``outline_file`` is as for `event_layer`. Raises `DataError` for what may not reach the map.
    """
    layer = _Marks({"type": "FeatureCollection", "features": [_pin_feature(pin, outline_file) for pin in pins]},
                   point_to_layer=JsCode("conflictmapPicking.marker"))  # fmt: skip
    view = {"id": _checked_id(view_id), "fit": _fit(_box_around(pins) or around), "dark": bool(dark)}
    pinned = folium.FeatureGroup(control=False, show=True)
    pinned.add_child(layer)
    pinned.add_child(_ShowPicking(layer, view))
    return pinned


def picked_place(result: Mapping[str, Any] | None) -> tuple[str, tuple[float, float] | None, int]:
    """Return what was clicked last: a place_id, `HERE` or ""; for `HERE` its latitude and longitude; and the count.

    ``result`` is what `st_folium` returns; the browser's count of clicks is explained at `clicked_mark`.
    """
    result = result or {}
    drawing = result.get("last_active_drawing")
    drawing = drawing if isinstance(drawing, Mapping) else {}
    properties, geometry = (
        part if isinstance(part, Mapping) else {} for part in map(drawing.get, ("properties", "geometry"))
    )
    key, count = properties.get("key"), result.get("last_object_clicked_count")
    key = key if isinstance(key, str) and ID_PATTERN.fullmatch(key) else ""
    return key, _lat_lon(geometry.get("coordinates")) if key == HERE else None, count if isinstance(count, int) else 0


def _lat_lon(coordinates: Any) -> tuple[float, float] | None:
    """Latitude and longitude of a GeoJSON point that came from the browser, or None."""
    match coordinates:
        case [int() | float() as longitude, int() | float() as latitude] if (
            abs(latitude) <= 90 and abs(longitude) <= 180
        ):
            return float(latitude), float(longitude)
    return None


def _box_around(pins: Sequence[Pin]) -> Box | None:
    """Around the chosen pin, else the first, and those near it."""
    if not pins:
        return None
    first = next((pin for pin in pins if pin.chosen), pins[0])
    near = [pin for pin in pins if _is_near(first, pin)]
    longitudes, latitudes = [pin.longitude for pin in near], [pin.latitude for pin in near]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _is_near(one: Pin, other: Pin) -> bool:
    """Within some 700 km: a namesake farther away is in the list, and would make the map useless."""
    return abs(one.longitude - other.longitude) <= 7 and abs(one.latitude - other.latitude) <= 7


def _pin_feature(pin: Pin, outline_file: Callable[[str], str | None]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "key": _checked_id(pin.place_id), "place": _checked_id(pin.place_id), "label": maptext(pin.label),
        "number": int(pin.number), "chosen": bool(pin.chosen),
    }  # fmt: skip
    if pin.radius_km is not None:
        properties["radius_km"] = _number(pin.radius_km, 20_038)
    if pin.chosen:
        properties["outline"] = _checked_path(outline_file(pin.place_id))
    point = [_number(pin.longitude, 180), _number(pin.latitude, 90)]
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": point}}


# --- what is checked before it reaches folium


def _feature(mark: Mark, outline_file: Callable[[str], str | None]) -> dict[str, Any]:
    point = [_number(mark.longitude, 180), _number(mark.latitude, 90)]
    return {
        "type": "Feature",
        "properties": _properties(mark, outline_file),
        "geometry": {"type": "Point", "coordinates": point},
    }


def _properties(mark: Mark, outline_file: Callable[[str], str | None]) -> dict[str, Any]:
    """What the scripts are told about a mark. Keys that are missing are false or not known."""
    properties: dict[str, Any] = {
        "key": _checked_key(mark.key),
        "place": _checked_id(mark.place_id),
        "label": maptext(mark.label),
        "shape": mark.shape.value,
        "manner": mark.manner.value,
        "types": [[event_type.value, int(count)] for event_type, count in mark.types],
    }
    if mark.radius_km is not None:
        properties["radius_km"] = _number(mark.radius_km, 20_038)
    if mark.shape is Shape.AREA:
        properties["outline"] = _checked_path(outline_file(mark.place_id))
    if mark.faded:
        properties["faded"] = True
    if mark.pending:
        properties["pending"] = True
    return properties


def _fit(box: Box | None) -> list[float] | None:
    """West, south, east, north; east is above 180 where the box crosses the date line."""
    if box is None:
        return None
    west, east = _number(box.west, 180), _number(box.east, 540)
    return [west, _number(box.south, 90), east + 360 if east < west else east, _number(box.north, 90)]


def _checked_key(key: str) -> str:
    if not KEY_PATTERN.fullmatch(key):
        raise DataError(f"the key of a mark must be place_id.manner.shape, got {shown(key)}.")
    return key


def _checked_id(value: str) -> str:
    check_id(value, "place_id")
    return value


def _checked_path(path: str | None) -> str | None:
    if path is not None and not _OUTLINE_PATTERN.fullmatch(path):
        raise DataError(f"the outline of an area must be a .json file below static/map, got {shown(path)}.")
    return path


def _number(value: float, limit: float) -> float:
    """The number with 6 decimals (0.1 m in degrees); it must lie within plus and minus the limit."""
    number = float(value)
    if not (math.isfinite(number) and -limit <= number <= limit):
        raise DataError(f"a number on the map must lie between {-limit} and {limit}, got {number!r}.")
    return round(number, 6)
