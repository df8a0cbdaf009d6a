"""The map: everything that is drawn through folium, and what a click on it says.

This is the only module that imports folium or branca. folium runs text it is given as a template, so values
reach it only as `maptext`, checked ids, numbers and constants. How marks look is decided by the scripts in
``static/``; here stands what they are told.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

import folium
from branca.element import Element, MacroElement
from folium.template import Template
from jinja2.utils import htmlsafe_json_dumps

from dashboard.errors import DataError, shown
from dashboard.geo import Box, Cell, Viewport
from dashboard.maps.palette import TYPE_STYLE
from dashboard.maps.pins import Pin, box_around
from dashboard.marks import KEY_PATTERN, Mark, Shape
from dashboard.model import check_id
from dashboard.safetext import maptext

STATIC: Final = "../../app/static/"
"""Where the map's frame finds `dashboard/static`. Relative, so that it also holds under a base path."""
ATTRIBUTION: Final = "Places: GeoNames CC BY 4.0 · Boundaries: Natural Earth · Map: Leaflet"
RETURNED_OBJECTS: Final = ["last_object_clicked_count", "last_active_drawing", "last_geocoder_result"]
"""What `st_folium` is to report. A click changes the first two. In the third, which belongs to a search box that this
map has not, ``conflictmap.js`` tells what is in view, once the map has come to rest there."""
DEFAULT_AREA_RADIUS_KM: Final = 25.0
"""The ring that stands for an area of which neither outline nor radius is known; its tooltip says so."""

TYPES: Final = tuple(TYPE_STYLE)
"""A mark's types are sent as their places in this list."""
COARSE: Final = 8
"""Below this level of cells a kilometre is less than a pixel."""
_OUTLINE_PATTERN = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.json")
_SHARED_SCRIPTS = ("vendor/leaflet/leaflet.js", "conflictmap_layout.js", "conflictmap_base.js")
_SCRIPTS = (
    *_SHARED_SCRIPTS, "conflictmap_marks.js", "conflictmap_symbols.js", "conflictmap_items.js",
    "conflictmap_reaches.js", "conflictmap.js",
)  # fmt: skip
"""Loaded one after the other: each uses those before it."""
_STYLES = ("vendor/leaflet/leaflet.css", "conflictmap.css")
_PICKING_SCRIPTS = (*_SHARED_SCRIPTS, "conflictmap_picking.js")
_PICKING_STYLES = ("vendor/leaflet/leaflet.css", "conflictmap.css", "conflictmap_picking.css")
PICKING_OBJECTS: Final = ["last_object_clicked_count", "last_active_drawing"]
"""What `st_folium` is to report of the small map: clicks alone."""
_OPTIONS: Final = {
    "static": STATIC,
    "attribution": ATTRIBUTION,
    "default_area_radius_km": DEFAULT_AREA_RADIUS_KM,
    "types": [[t.value, s.letter, s.colour, s.ink, s.line] for t, s in TYPE_STYLE.items()],
}  # fmt: skip
Layer: TypeAlias = folium.FeatureGroup
"""What `st_folium` lays over a map."""


class _Verbatim(Element):  # type: ignore[misc]  # folium and branca carry no types
    """Text that stays as it is. A plain `Element` would run it as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_: Any) -> str:
        return self._text


class _KeptMap(folium.Map):  # type: ignore[misc]
    """A map of which folium's own part of the page is made once; what is added to the map is rendered every time.

    folium compiles a template for each piece of that part at every rendering, which takes longer than all the rest.
    """

    _kept: ClassVar[dict[str, list[dict[str, Element]]]] = {}

    def render(self, **kwargs: Any) -> None:
        page = self.get_root()
        parts = [part._children for part in (page.header, page.html, page.script)]
        key = repr((self.default_js, self.default_css))
        if key not in self._kept:
            there = [set(part) for part in parts]
            children = dict(self._children)
            self._children.clear()
            super().render(**kwargs)
            self._children.update(children)
            self._kept[key] = [
                {name: piece for name, piece in part.items() if name not in before}
                for part, before in zip(parts, there, strict=True)
            ]
        for part, pieces in zip(parts, self._kept[key], strict=True):
            part.update(pieces)
        for child in self._children.values():
            child.render(**kwargs)


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


class _Show(MacroElement):  # type: ignore[misc]
    """Hands a view to ``conflictmap.js``. It is never run as a template: the second wall behind `maptext`."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmap.show({{ this.view }});
        {% endmacro %}"""
    )

    def __init__(self, view: Mapping[str, Any]) -> None:
        super().__init__()
        self._name, self._id = "Show", "show"
        self.view = htmlsafe_json_dumps(view, separators=(",", ":"))  # as the filter `tojson`, but without blanks

    def render(self, **kwargs: Any) -> None:
        script = self._template.module.script(self, kwargs)
        self.get_root().script.add_child(_Verbatim(script), name=self.get_name())


class Place(NamedTuple):
    """Where the map is: its middle in WGS 84 degrees, and its zoom as Leaflet counts."""

    latitude: float
    longitude: float
    zoom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the map shows beside its marks, and where it is."""

    selected: str = ""
    """The key of the mark to ring, or ""."""
    fit: Box | None = None
    """What the map opens on, and where its fit button goes."""
    at: Place | None = None
    """Where the map opens instead of on ``fit``."""
    go: int = 0
    """The map goes to ``at``, or to ``fit``, again whenever this number changes."""
    clustered: bool = False
    """True if the map has to report what is in view, because the marks depend on it."""
    dark: bool = False


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
    base = _KeptMap(
        location=(30, 55), zoom_start=3, tiles=None, minZoom=1, maxZoom=12, zoomSnap=0.25, zoomDelta=1,
        wheelPxPerZoomLevel=100,
    )  # fmt: skip
    base._id = "div"
    return base


def event_layer(marks: Sequence[Mark], view: View, *, outline_file: Callable[[str], str | None]) -> Layer:
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
        "selected": _checked_key(view.selected) if view.selected else "",
        "fit": _fit(view.fit), "at": _at(view.at), "go": int(view.go),
        "clustered": bool(view.clustered), "dark": bool(view.dark),
    }  # fmt: skip
    group = folium.FeatureGroup(control=False, show=False)  # `st_folium` adds it to the map
    group.add_child(_Show(shown))
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


def viewport(result: Mapping[str, Any] | None) -> tuple[Viewport, Place, bool] | None:
    """Return what is in view, where the map is, and whether a reader moved it there; None if it has not said yet.

    ``result`` is what `st_folium` returns. Anything but what ``conflictmap.js`` reports is not said.
    """
    said = (result or {}).get("last_geocoder_result")
    if not isinstance(said, Mapping):
        return None
    numbers = [*_numbers(said.get("box"), 4), *_numbers(said.get("centre"), 2), *_numbers([said.get("zoom")], 1)]
    if len(numbers) != 7:
        return None
    west, south, east, north, latitude, longitude, zoom = numbers
    if not (south < north and -90 <= latitude <= 90 and 0 <= zoom <= 30):
        return None
    box = Box(-180, south, 180, north) if east - west >= 360 else Box(_wrapped(west), south, _wrapped(east), north)
    return Viewport(box, zoom), Place(latitude, _wrapped(longitude), zoom), said.get("moved") is True


def _numbers(values: Any, count: int) -> list[float]:
    """So many finite numbers, or none."""
    if not isinstance(values, list) or len(values) != count:
        return []
    good = all(isinstance(value, int | float) and math.isfinite(value) and abs(value) < 1e6 for value in values)
    return [float(value) for value in values] if good else []


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


# --- the small map on which a place is chosen


class _StartPicking(_Start):
    """Hands the new map to ``conflictmap_picking.js``, with constants alone."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.start({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}"""
    )


class _ShowPicking(_Show):
    """Hands the pins to ``conflictmap_picking.js``."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.show({{ this.view }});
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
) -> Layer:  # fmt: skip
    """Return the pins as one layer for ``st_folium(picking_map(), feature_group_to_add=…)``.

    The map fits itself to the pins, or to ``around`` if there are none, whenever ``view_id``, an id such as that of the
    event, is another than before. ``outline_file`` is as for `event_layer`. Raises `DataError` for what may not reach
    the map.
    """
    shown = {
        "pins": [_pin_row(pin, outline_file) for pin in pins], "id": _checked_id(view_id),
        "fit": _fit(box_around(pins) or around), "dark": bool(dark),
    }  # fmt: skip
    pinned = folium.FeatureGroup(control=False, show=True)
    pinned.add_child(_ShowPicking(shown))
    return pinned


def _pin_row(pin: Pin, outline_file: Callable[[str], str | None]) -> list[Any]:
    """What the script is told of a pin."""
    radius = 0 if pin.radius_km is None else _number(pin.radius_km, 20_038)
    outline = _checked_path(outline_file(pin.place_id)) if pin.chosen else None
    point = [_number(pin.latitude, 90), _number(pin.longitude, 180)]
    return [_checked_id(pin.place_id), *point, maptext(pin.label), int(pin.number), int(pin.chosen), radius, outline]


# --- what is checked before it reaches folium


def _mark_row(mark: Mark, outline_file: Callable[[str], str | None]) -> list[Any]:
    """What the scripts are told of a mark: a row as short as can be, because it is sent at every step."""
    flags = int(mark.faded) + 2 * int(mark.pending)
    types = [int(number) for kind, count in mark.types for number in (TYPES.index(kind), count)]
    cell = Cell.parse(mark.key.partition(".")[0]) if mark.shape.is_of_cell else None
    digits = 5 if cell is None else 2 if cell.level < COARSE else 4  # 1 m, 1 km or 10 m; never a pixel
    point = [_number(mark.latitude, 90, digits), _number(mark.longitude, 180, digits)]
    row = [_checked_key(mark.key), *point, flags, types]
    if mark.shape.is_of_cell:
        return row
    radius = 0 if mark.radius_km is None else _number(mark.radius_km, 20_038)
    outline = _checked_path(outline_file(mark.place_id)) if mark.shape is Shape.AREA else None
    return [*row, maptext(mark.label), radius, outline]


def _at(place: Place | None) -> list[float] | None:
    if place is None:
        return None
    return [_number(place.latitude, 90), _number(place.longitude, 180), _number(place.zoom, 30)]


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


def _number(value: float, limit: float, digits: int = 5) -> float:
    """The number, rounded (5 decimals of a degree are 1 m); it must lie within plus and minus the limit."""
    number = float(value)
    if not (math.isfinite(number) and -limit <= number <= limit):
        raise DataError(f"a number on the map must lie between {-limit} and {limit}, got {number!r}.")
    return round(number, digits)
