"""The small map on which a place is chosen, drawn through folium; `pins` reads the clicks on it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import folium
from folium.template import Template

from dashboard.geo import Box
from dashboard.maps.checks import checked_box, checked_id, checked_number, checked_path
from dashboard.maps.kept_map import OPTIONS, SCRIPTS, STATIC, STYLES, Layer, Show, Start, empty_map
from dashboard.maps.pins import Pin, box_around
from dashboard.safetext import maptext

PICKING_OBJECTS: Final = ["last_object_clicked_count", "last_active_drawing"]
"""What `st_folium` reports of the small map: only clicks."""
_PICKING_SCRIPTS = (*SCRIPTS, "conflictmap_picking.js")
_PICKING_STYLES = (*STYLES, "conflictmap_picking.css")


class _StartPicking(Start):
    """Passes the new map to ``conflictmap_picking.js``, with constants only."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.start({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}"""
    )


class _ShowPicking(Show):
    """Passes the pins to ``conflictmap_picking.js``."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.show({{ this.view }});
        {% endmacro %}"""
    )


def picking_map() -> folium.Map:
    """Return the small map without pins, byte for byte the same in every run; see `layers.base_map`."""
    base = empty_map()
    base.default_js = [(f"conflictmap_js_{n}", STATIC + path) for n, path in enumerate(_PICKING_SCRIPTS)]
    base.default_css = [(f"conflictmap_css_{n}", STATIC + path) for n, path in enumerate(_PICKING_STYLES)]
    base.add_child(_StartPicking(OPTIONS), name="start")
    return base


def pin_layer(
    pins: Sequence[Pin], *, view_id: str, around: Box | None = None, dark: bool = False,
    outline_file: Callable[[str], str | None],
) -> Layer:  # fmt: skip
    """Return the pins as one layer for ``st_folium(picking_map(), feature_group_to_add=…)``.

    The map fits itself to the pins, or to ``around`` if there are none, whenever ``view_id``, an id such as that of the
    event, changes. ``outline_file`` is as for `layers.event_layer`. Raises `DataError` for a value that may not reach
    the map.
    """
    shown = {
        "pins": [_pin_row(pin, outline_file) for pin in pins], "id": checked_id(view_id),
        "fit": checked_box(box_around(pins) or around), "dark": bool(dark),
    }  # fmt: skip
    pinned = folium.FeatureGroup(control=False, show=True)
    pinned.add_child(_ShowPicking(shown))
    return pinned


def _pin_row(pin: Pin, outline_file: Callable[[str], str | None]) -> list[Any]:
    """A pin as sent to the script."""
    radius = 0 if pin.radius_km is None else checked_number(pin.radius_km, 20_038)
    outline = checked_path(outline_file(pin.place_id)) if pin.chosen else None
    point = [checked_number(pin.latitude, 90), checked_number(pin.longitude, 180)]
    return [checked_id(pin.place_id), *point, maptext(pin.label), int(pin.number), int(pin.chosen), radius, outline]
