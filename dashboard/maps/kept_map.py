"""The parts of both maps: the empty map, whose folium part is rendered once and cached, and the calls of our scripts.

folium runs the text it receives as a template, so values reach it only as `maptext`, checked ids, numbers and
constants. The scripts in ``static/`` decide how marks look.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeAlias

import folium
from branca.element import Element, MacroElement
from folium.template import Template
from jinja2.utils import htmlsafe_json_dumps

from dashboard.maps.palette import TYPE_STYLE

STATIC: Final = "../../app/static/"
"""The address of `dashboard/static` from the map's frame. Relative, so that it also works under a base path."""
ATTRIBUTION: Final = "Places: GeoNames CC BY 4.0 · Boundaries: Natural Earth · Map: Leaflet"
DEFAULT_AREA_RADIUS_KM: Final = 25.0
"""Radius of the ring for an area whose outline and radius are unknown; its tooltip says so."""
SCRIPTS: Final = ("vendor/leaflet/leaflet.js", "conflictmap_layout.js", "conflictmap_base.js")
"""Scripts that both maps load first, in this order: each uses those before it."""
STYLES: Final = ("vendor/leaflet/leaflet.css", "conflictmap.css")
OPTIONS: Final = {
    "static": STATIC,
    "attribution": ATTRIBUTION,
    "default_area_radius_km": DEFAULT_AREA_RADIUS_KM,
    "types": [[t.value, s.letter, s.colour, s.ink, s.line] for t, s in TYPE_STYLE.items()],
}  # fmt: skip
Layer: TypeAlias = folium.FeatureGroup
"""The type of layer that `st_folium` adds to a map."""


class Verbatim(Element):  # type: ignore[misc]  # folium and branca carry no types
    """Text rendered verbatim. A plain `Element` would run it as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_: Any) -> str:
        return self._text


class KeptMap(folium.Map):  # type: ignore[misc]
    """A map whose own part of the page is rendered once and cached; what is added to it is rendered every time.

    Otherwise folium compiles a template for each piece of that part at every rendering, which takes longer than all
    the rest.
    """

    _rendered: ClassVar[dict[str, list[dict[str, Element]]]] = {}

    def render(self, **kwargs: Any) -> None:
        page = self.get_root()
        parts = [part._children for part in (page.header, page.html, page.script)]
        key = repr((self.default_js, self.default_css))
        if key not in self._rendered:
            before = [set(part) for part in parts]
            children = dict(self._children)
            self._children.clear()
            super().render(**kwargs)
            self._children.update(children)
            self._rendered[key] = [
                {name: piece for name, piece in part.items() if name not in names}
                for part, names in zip(parts, before, strict=True)
            ]
        for part, pieces in zip(parts, self._rendered[key], strict=True):
            part.update(pieces)
        for child in self._children.values():
            child.render(**kwargs)


class Start(MacroElement):  # type: ignore[misc]
    """Passes the new map to ``conflictmap.js``, with constants only."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmap.start({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}"""
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__()
        self._name, self._id = "Start", "start"
        self.options = options


class Show(MacroElement):  # type: ignore[misc]
    """Passes a view to ``conflictmap.js``. Never run as a template: the second line of defence after `maptext`."""

    _template = Template(
        """{% macro script(this, kwargs) %}
        conflictmap.show({{ this.view }});
        {% endmacro %}"""
    )

    def __init__(self, view: Mapping[str, Any]) -> None:
        super().__init__()
        self._name, self._id = "Show", "show"
        self.view = htmlsafe_json_dumps(view, separators=(",", ":"))  # as the filter `tojson`, but without spaces

    def render(self, **kwargs: Any) -> None:
        script = self._template.module.script(self, kwargs)
        self.get_root().script.add_child(Verbatim(script), name=self.get_name())


def empty_map() -> folium.Map:
    """Return the map without scripts, styles and anything on it."""
    base = KeptMap(
        location=(30, 55), zoom_start=3, tiles=None, minZoom=1, maxZoom=12, zoomSnap=0.25, zoomDelta=1,
        wheelPxPerZoomLevel=100,
    )  # fmt: skip
    base._id = "div"
    return base
