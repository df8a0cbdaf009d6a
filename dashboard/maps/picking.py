"""The small map on which a place is chosen, drawn through folium; what a click on it says is in `pins`."""

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
"""What `st_folium` is to report of the small map: clicks alone."""
_PICKING_SCRIPTS = (*SCRIPTS, "conflictmap_picking.js")
_PICKING_STYLES = (*STYLES, "conflictmap_picking.css")


class _StartPicking(Start):
    """Hands the new map to ``conflictmap_picking.js``, with constants alone."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.start({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}"""
    )


class _ShowPicking(Show):
    """Hands the pins to ``conflictmap_picking.js``."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmapPicking.show({{ this.view }});
        {% endmacro %}"""
    )


def picking_map() -> folium.Map:
    """Return the small map without pins, the same to the byte in every run; see `layers.base_map`."""
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
    event, is another than before. ``outline_file`` is as for `layers.event_layer`. Raises `DataError` for what may not
    reach the map.
    """
    shown = {
        "pins": [_pin_row(pin, outline_file) for pin in pins], "id": checked_id(view_id),
        "fit": checked_box(box_around(pins) or around), "dark": bool(dark),
    }  # fmt: skip
    pinned = folium.FeatureGroup(control=False, show=True)
    pinned.add_child(_ShowPicking(shown))
    return pinned


def _pin_row(pin: Pin, outline_file: Callable[[str], str | None]) -> list[Any]:
    """What the script gets of a pin."""
    radius = 0 if pin.radius_km is None else checked_number(pin.radius_km, 20_038)
    outline = checked_path(outline_file(pin.place_id)) if pin.chosen else None
    point = [checked_number(pin.latitude, 90), checked_number(pin.longitude, 180)]
    return [checked_id(pin.place_id), *point, maptext(pin.label), int(pin.number), int(pin.chosen), radius, outline]
