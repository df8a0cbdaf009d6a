"""The reader's view: filters, selection and map position. It is stored in the URL, so that a view is a link.

The URL is read when the page opens, and when the reader follows a link or goes back; otherwise the widgets lead, and
every run writes the view to the URL.
"""

import math
import re
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from dashboard.errors import shown
from dashboard.filters import PARAM_NAMES, Filters
from dashboard.geo import MAP_SIZE, Box, Viewport, centre_and_zoom, size_in_pixels, viewport_at
from dashboard.maps import layers
from dashboard.maps.layers import MapPosition
from dashboard.marks import KEY_PATTERN
from dashboard.model import ID_PATTERN

_VIEW, _NOTES = "view", "view_notes"
_WRITTEN_PARAMS = "view_written"
"""The parameters written to the URL: the last ones, preceded by older ones that the browser may still send."""
_WRITTEN_AT = "view_written_at"
LATE_SECONDS = 2.0
"""For this long after writing a URL, the browser may still send the previous one. Later, it means the back button."""
_GENERATIONS = "widget_generations"
CLOSEST = 12.0
"""The map's closest zoom."""
_MOVES, _STALE_REPORT = "map_orders", "map_said_before"
"""Number of times the map was moved by the program, and its last report before that."""


class _Unchanged:
    """The type of a default other than None, which stands for the map that shows all events."""


_UNCHANGED = _Unchanged()

Params = dict[str, list[str]]
_AT = re.compile(r"(-?[0-9.]{1,12}),(-?[0-9.]{1,12})")
GROUPS = ("slider", "dates", "filters")
"""Groups of widgets that show the view and go out of date together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that a link to this page stores."""

    filters: Filters = field(default_factory=Filters)
    event_id: str = ""
    """The selected event."""
    mark: str = ""
    """The selected mark, if it stands for several events."""
    reading: bool = False
    """True if the selected event's article is open."""
    at: MapPosition | None = None
    """The position to which the reader moved the map; None while it shows all events."""

    def to_params(self) -> dict[str, str | list[str]]:
        """URL parameters, as words."""
        params = self.filters.to_params()
        if self.event_id:
            params["event"] = self.event_id
        if self.mark:
            params["mark"] = self.mark
        if self.reading:
            params["article"] = "open"
        if self.at:
            params["at"] = f"{self.at.latitude:.3f},{self.at.longitude:.3f}"
            params["zoom"] = f"{self.at.zoom:g}"
        return params


def open_view() -> View:
    """The view of this run; read from the URL if the reader has just arrived, followed a link or went back."""
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    written: list[Params] = st.session_state.get(_WRITTEN_PARAMS, [])
    late = params in written and time.monotonic() - st.session_state[_WRITTEN_AT] < LATE_SECONDS
    if _VIEW not in st.session_state or (params != written[-1] and not late):
        st.session_state[_VIEW], st.session_state[_NOTES] = _read(params)
        st.session_state[_WRITTEN_PARAMS], st.session_state[_WRITTEN_AT] = [params], time.monotonic()
        renew_widgets(*GROUPS)
        send_map()
    elif params == written[-1]:
        st.session_state[_WRITTEN_PARAMS] = [params]
    # Otherwise the browser sent this before it received the newest URL; nobody followed a link.
    return current_view()


def current_view() -> View:
    """The current view; for callbacks, which run before `open_view` reads the URL."""
    view: View = st.session_state[_VIEW]
    return view


def link_notes() -> list[str]:
    """Sentences on the parts of the link that could not be read."""
    return list(st.session_state.get(_NOTES, []))


def leave_out_filters(fields: Collection[str], note: str) -> None:
    """Remove these filters from the view, with a note that says why."""
    empty = Filters()
    filters = replace(current_view().filters, **{field: getattr(empty, field) for field in fields})
    st.session_state[_VIEW] = replace(current_view(), filters=filters)
    st.session_state[_NOTES] = [*link_notes(), note]


def change_view(**changes: Any) -> None:
    """Change parts of the view; for callbacks of widgets."""
    st.session_state[_VIEW] = replace(st.session_state[_VIEW], **changes)
    st.session_state[_NOTES] = []


def change_filters(*outdated: str, **changes: Any) -> None:
    """Change parts of the filters; for callbacks of widgets. ``outdated`` are groups for `renew_widgets`."""
    change_view(filters=replace(st.session_state[_VIEW].filters, **changes))
    renew_widgets(*outdated)


def start_from(filters: Filters) -> None:
    """Replace all filters, and show the new ones in every widget."""
    change_view(filters=filters)
    renew_widgets(*GROUPS)


def write_url() -> None:
    """Write the view to the URL, unless it is already there."""
    params = st.session_state[_VIEW].to_params()
    listed = {name: value if isinstance(value, list) else [value] for name, value in params.items()}
    if listed != st.session_state[_WRITTEN_PARAMS][-1]:
        # Recorded first: the run may end while writing, and an unrecorded URL would look like a followed link.
        st.session_state[_WRITTEN_PARAMS] = [*st.session_state[_WRITTEN_PARAMS], listed]
        st.session_state[_WRITTEN_AT] = time.monotonic()
        st.query_params.from_dict(params)


def last_params() -> dict[str, str | list[str]]:
    """URL parameters of the reader's last view; empty before the first."""
    return current_view().to_params() if _VIEW in st.session_state else {}


def widget(group: str, name: str, value: Any) -> tuple[str, Any]:
    """Key and initial value of a widget that shows a part of the view.

    Both stay the same until `renew_widgets` is called for its group: until then the widget leads and the view follows.
    Setting a widget's value directly would race with the reader: a message sent before the browser received the new
    value would bring back the old one, and look like a choice.
    """
    generation, values = st.session_state.setdefault(_GENERATIONS, {}).setdefault(group, (0, {}))
    return f"w_{name}_{generation}", values.setdefault(name, value)


def widget_choice(group: str, key: str) -> Any | None:
    """The reader's choice in a widget; None if it was renewed since, because the browser may report the old one."""
    generation = st.session_state.get(_GENERATIONS, {}).get(group, (0, {}))[0]
    return st.session_state.get(key) if key.endswith(f"_{generation}") else None


def renew_widgets(*groups: str) -> None:
    """Make the widgets of these groups show the view again, after something else has changed it."""
    generations = st.session_state.setdefault(_GENERATIONS, {})
    for group in groups:
        generations[group] = (generations.get(group, (0, {}))[0] + 1, {})


def send_map(at: MapPosition | _Unchanged | None = _UNCHANGED) -> None:
    """Move the map to the view's position, or to another position, or (None) to show all events."""
    if not isinstance(at, _Unchanged):
        change_view(at=at)
    st.session_state[_MOVES] = st.session_state.get(_MOVES, 0) + 1
    st.session_state[_STALE_REPORT] = st.session_state.get("map")


def send_map_closer(box: Box) -> None:
    """Zoom the map to a box, unless it is already that close."""
    viewport = seen_viewport()
    size = size_in_pixels(viewport) if viewport else MAP_SIZE
    latitude, longitude, zoom = centre_and_zoom(box, size, closest=CLOSEST)
    zoom = math.floor(zoom * 4) / 4  # the steps of the map
    if not viewport or zoom > viewport.zoom:
        send_map(MapPosition(latitude, longitude, zoom))


def map_moves() -> int:
    """Number of times the program moved the map; the map moves when it changes."""
    return int(st.session_state.get(_MOVES, 0))


def seen_viewport() -> Viewport | None:
    """The part of the map that the reader sees, if known; a position they moved to is stored in the view."""
    result = st.session_state.get("map")
    report = None if result == st.session_state.get(_STALE_REPORT) else layers.viewport(result)
    if report is None:
        at = current_view().at
        return viewport_at(*at) if at else None
    viewport, position, moved = report
    if (position if moved else None) != current_view().at:
        st.session_state[_VIEW] = replace(current_view(), at=position if moved else None)
    return viewport


def _read_at(params: Params, problems: list[str]) -> MapPosition | None:
    text = params.get("at", [""])[0]
    if not text:
        return None
    position = _position(text, params.get("zoom", ["6"])[0])
    if position is None:
        sentence = "The link's 'at' must be a latitude and a longitude such as 34.5,69.2, got"
        problems.append(f"{sentence} {shown(text)}: left out.")
    return position


def _position(point: str, zoom: str) -> MapPosition | None:
    """The position in a link; None if it is not on the Earth or the zoom is not a number."""
    match = _AT.fullmatch(point)
    if match is None:
        return None
    try:
        latitude, longitude, zoom_level = float(match[1]), float(match[2]), float(zoom)
    except ValueError:  # such as 1.2.3
        return None
    if abs(latitude) > 90 or abs(longitude) > 180 or math.isnan(zoom_level):
        return None
    return MapPosition(latitude, longitude, min(max(zoom_level, 0.0), CLOSEST))


def _read(params: Params) -> tuple[View, list[str]]:
    """The view of URL parameters, and sentences on what could not be read in them."""
    filters, problems = Filters.from_params({k: v for k, v in params.items() if k in PARAM_NAMES})
    event_id, mark = (params.get(name, [""])[0] for name in ("event", "mark"))
    if event_id and not ID_PATTERN.fullmatch(event_id):
        problems.append(f"The link's 'event' is no id: {shown(event_id)}. Left out.")
        event_id = ""
    if mark and not KEY_PATTERN.fullmatch(mark):
        problems.append(f"The link's 'mark' is no mark of the map: {shown(mark)}. Left out.")
        mark = ""
    reading = bool(event_id) and params.get("article") == ["open"]
    # If a link has both, the event takes precedence: it is more specific.
    at = _read_at(params, problems)
    return View(filters=filters, event_id=event_id, mark="" if event_id else mark, reading=reading, at=at), problems
