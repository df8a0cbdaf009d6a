"""The reader's view: what is chosen, selected and open. It lives in the URL, so that a view is a link.

The URL is read when the page opens or the reader follows a link or goes back; after that the widgets lead,
and every run writes the view into the URL.
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
_WRITTEN = "view_written"
"""The parameters last written to the URL, and before them those the browser may still send."""
_WRITTEN_AT = "view_written_at"
LATE_SECONDS = 2.0
"""After an address is written, the browser may still send the one before for this long. Later it is the back button."""
_GENERATIONS = "widget_generations"
CLOSEST = 12.0
"""The map's closest zoom."""
_MOVES, _STALE_REPORT = "map_orders", "map_said_before"
"""How often the map was sent somewhere, and what it had reported of its view before that."""


class _Unchanged:
    """The type of a default that differs from None, which is a position too: that of the map on all events."""


_UNCHANGED = _Unchanged()

Params = dict[str, list[str]]
_AT = re.compile(r"(-?[0-9.]{1,12}),(-?[0-9.]{1,12})")
GROUPS = ("slider", "dates", "filters")
"""Widgets that show the view, by what makes them out of date together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything a link to this page says."""

    filters: Filters = field(default_factory=Filters)
    event_id: str = ""
    """The selected event."""
    mark: str = ""
    """The selected mark, where it stands for several events."""
    reading: bool = False
    """True if the selected event's article is open."""
    at: MapPosition | None = None
    """Where the reader moved the map; None while it shows all events."""

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


def view() -> View:
    """The view of this run; read from the URL if the reader followed a link, went back or has just come."""
    params = {name: st.query_params.get_all(name) for name in st.query_params}
    written: list[Params] = st.session_state.get(_WRITTEN, [])
    late = params in written and time.monotonic() - st.session_state[_WRITTEN_AT] < LATE_SECONDS
    if _VIEW not in st.session_state or (params != written[-1] and not late):
        st.session_state[_VIEW], st.session_state[_NOTES] = _read(params)
        st.session_state[_WRITTEN], st.session_state[_WRITTEN_AT] = [params], time.monotonic()
        renew(*GROUPS)
        send_map()
    elif params == written[-1]:
        st.session_state[_WRITTEN] = [params]
    # Else the browser sent this before it had heard of the newest address; it is no link that somebody followed.
    return current()


def current() -> View:
    """The view as it stands; for callbacks, which run before `view` has looked at the URL."""
    view: View = st.session_state[_VIEW]
    return view


def notes() -> list[str]:
    """What of the link could not be read, in sentences."""
    return list(st.session_state.get(_NOTES, []))


def leave_out(fields: Collection[str], note: str) -> None:
    """Take these filters out of the view, and say why."""
    empty = Filters()
    filters = replace(current().filters, **{field: getattr(empty, field) for field in fields})
    st.session_state[_VIEW] = replace(current(), filters=filters)
    st.session_state[_NOTES] = [*notes(), note]


def change(**changes: Any) -> None:
    """Change parts of the view; for the callbacks of widgets."""
    st.session_state[_VIEW] = replace(st.session_state[_VIEW], **changes)
    st.session_state[_NOTES] = []


def change_filters(*outdated: str, **changes: Any) -> None:
    """Change parts of the filters; for the callbacks of widgets. ``outdated`` are the groups to `renew`."""
    change(filters=replace(st.session_state[_VIEW].filters, **changes))
    renew(*outdated)


def start_from(filters: Filters) -> None:
    """Show these filters instead of the chosen ones, in every widget."""
    change(filters=filters)
    renew(*GROUPS)


def write() -> None:
    """Write the view into the URL, if it is not there yet."""
    params = st.session_state[_VIEW].to_params()
    listed = {name: value if isinstance(value, list) else [value] for name, value in params.items()}
    if listed != st.session_state[_WRITTEN][-1]:
        # Noted first: the run may end while it writes, and an address nobody knows of looks like a followed link.
        st.session_state[_WRITTEN] = [*st.session_state[_WRITTEN], listed]
        st.session_state[_WRITTEN_AT] = time.monotonic()
        st.query_params.from_dict(params)


def last_params() -> dict[str, str | list[str]]:
    """URL parameters of the view the reader had last; empty before the first."""
    return current().to_params() if _VIEW in st.session_state else {}


def widget(group: str, name: str, value: Any) -> tuple[str, Any]:
    """Key and first value of a widget that shows a part of the view.

    Both stay the same until `renew` is called for its group: until then the widget leads and the view follows.
    Setting a widget's value from outside instead would race with the reader: a message sent before the browser
    heard of the new value brings the old one back, and it looks like a choice.
    """
    generation, values = st.session_state.setdefault(_GENERATIONS, {}).setdefault(group, (0, {}))
    return f"w_{name}_{generation}", values.setdefault(name, value)


def widget_choice(group: str, key: str) -> Any | None:
    """What the reader chose with a widget; None if it was renewed since: the browser may report the old one."""
    generation = st.session_state.get(_GENERATIONS, {}).get(group, (0, {}))[0]
    return st.session_state.get(key) if key.endswith(f"_{generation}") else None


def renew(*groups: str) -> None:
    """Let the widgets of these groups show the view again, because something else has changed it."""
    generations = st.session_state.setdefault(_GENERATIONS, {})
    for group in groups:
        generations[group] = (generations.get(group, (0, {}))[0] + 1, {})


def send_map(at: MapPosition | _Unchanged | None = _UNCHANGED) -> None:
    """Have the map go where the view says it is; or to another place, or (None) to where it shows all events."""
    if not isinstance(at, _Unchanged):
        change(at=at)
    st.session_state[_MOVES] = st.session_state.get(_MOVES, 0) + 1
    st.session_state[_STALE_REPORT] = st.session_state.get("map")


def send_map_closer(box: Box) -> None:
    """Have the map show a box as large as it can, unless it does already."""
    viewport = seen_viewport()
    size = size_in_pixels(viewport) if viewport else MAP_SIZE
    latitude, longitude, zoom = centre_and_zoom(box, size, closest=CLOSEST)
    zoom = math.floor(zoom * 4) / 4  # the steps of the map
    if not viewport or zoom > viewport.zoom:
        send_map(MapPosition(latitude, longitude, zoom))


def map_moves() -> int:
    """How often the map has been sent somewhere; it goes when this number changes."""
    return int(st.session_state.get(_MOVES, 0))


def seen_viewport() -> Viewport | None:
    """What the reader sees of the map, if that is known; where they moved it becomes a part of the view."""
    result = st.session_state.get("map")
    report = None if result == st.session_state.get(_STALE_REPORT) else layers.viewport(result)
    if report is None:
        at = current().at
        return viewport_at(*at) if at else None
    viewport, position, moved = report
    if (position if moved else None) != current().at:
        st.session_state[_VIEW] = replace(current(), at=position if moved else None)
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
    """The position that a link names; None if it does not lie on the Earth or the zoom is not a number."""
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
    """The view that URL parameters name, and sentences on what in them could not be read."""
    filters, problems = Filters.from_params({k: v for k, v in params.items() if k in PARAM_NAMES})
    event_id, mark = (params.get(name, [""])[0] for name in ("event", "mark"))
    if event_id and not ID_PATTERN.fullmatch(event_id):
        problems.append(f"The link's 'event' is no id: {shown(event_id)}. Left out.")
        event_id = ""
    if mark and not KEY_PATTERN.fullmatch(mark):
        problems.append(f"The link's 'mark' is no mark of the map: {shown(mark)}. Left out.")
        mark = ""
    reading = bool(event_id) and params.get("article") == ["open"]
    # Of a link with both, the event counts: it is the finer choice.
    at = _read_at(params, problems)
    return View(filters=filters, event_id=event_id, mark="" if event_id else mark, reading=reading, at=at), problems
