"""Choosing a place: candidates with their reasons in a list and on a small map, where a click sets a point by hand."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit_folium import st_folium

from dashboard.errors import shown
from dashboard.gazetteer.names import fold_name
from dashboard.geo import Box
from dashboard.maps import picking
from dashboard.maps.pins import HERE, Pin, picked_place
from dashboard.model import Candidate, GeoPrecision, Place
from dashboard.project.open_tables import OpenTables
from dashboard.review.candidates import PlaceFinder
from dashboard.review.places import local_id
from dashboard.safetext import escape_markdown
from dashboard.ui.shared import opened

MAP_HEIGHT = 320
LISTED = 5
"""Number of candidates listed at first; a button shows the others."""
_CHOICE, _HANDLED, _ALL, _FOUND = "place_choice", "place_click_handled", "place_all", "place_found"
BY_HAND = "put on the map by hand"
_POINT = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]+)?)[,\s]\s*(-?[0-9]{1,3}(?:\.[0-9]+)?)")
SPOT, TOWN, AROUND = "the very spot", "the town or village", "somewhere around it"


def chosen_place(subject: str) -> Place | None:
    """The place chosen for a subject, such as an event's id; None if nothing is chosen."""
    choice: tuple[str, Place] | None = st.session_state.get(_CHOICE)
    return choice[1] if choice and choice[0] == subject else None


def forget_choice() -> None:
    """Drop the choice."""
    st.session_state.pop(_CHOICE, None)


def choose_place(subject: str, place: Place) -> None:
    """Choose a place; for the callbacks of buttons."""
    st.session_state[_CHOICE] = (subject, place)


def take_click(subject: str, name: str, candidates: Sequence[Candidate], tables: OpenTables) -> None:
    """Handle a new click on the small map. ``name`` becomes the name of a place set by hand."""
    key, point, count = picked_place(st.session_state.get("picking"))
    handled = st.session_state.get(_HANDLED) if count else None
    st.session_state[_HANDLED] = count
    if not key or count == handled:
        return
    candidate = next((one.place for one in candidates if one.place.place_id == key), None)
    if point:
        choose_point(subject, name, point, tables)
    elif candidate:
        choose_place(subject, candidate)


def choose_point(subject: str, name: str, point: tuple[float, float], tables: OpenTables) -> None:
    """Choose a new place at latitude and longitude, WGS 84 degrees."""
    latitude, longitude = (round(degrees, 5) for degrees in point)
    place_id = local_id(name or "place", tables.places.keys())
    place = Place(place_id=place_id, name=name or "A place without a name", latitude=latitude, longitude=longitude,
                  radius_km=5.0, source=BY_HAND)  # fmt: skip
    choose_place(subject, place)


def show_list(subject: str, candidates: Sequence[Candidate], now: str, *, with_keys: bool) -> None:
    """Draw the candidates as buttons, numbered as on the map; ``now`` is the row's place_id."""
    place = chosen_place(subject)
    marked = place.place_id if place else now
    shown_now = len(candidates) if st.session_state.get(_ALL) == subject else LISTED
    with st.container(key="candidates"):
        for number, candidate in enumerate(candidates[:shown_now], start=1):
            st.button(
                _label(candidate, is_now=candidate.place.place_id == now),
                key=f"candidate-{number}-{subject}",
                type="primary" if candidate.place.place_id == marked else "secondary",
                shortcut=str(number) if with_keys else None,
                on_click=choose_place, args=(subject, candidate.place),
                width="stretch", wrap=True,
            )  # fmt: skip
        if rest := len(candidates[shown_now:]):
            st.button(f"{rest} more", key=f"more-{subject}", type="tertiary", on_click=_show_all, args=(subject,))


def _show_all(subject: str) -> None:
    st.session_state[_ALL] = subject


def _label(candidate: Candidate, *, is_now: bool) -> str:
    """Name, location and reason of a candidate, as one line of Markdown."""
    place, reason = candidate.place, candidate.reason.removesuffix("; primary name")
    country = opened.gazetteer().country_name(place.country_code)
    within = [part for part in (place.admin1_name, country) if part and part != place.name and part not in reason]
    words = " · ".join(filter(None, (", ".join(within), reason, "as it is now" if is_now else "")))
    return f"**{escape_markdown(place.name)}** {escape_markdown(words)}"


def find_box(subject: str, name: str, chooser: PlaceFinder, tables: OpenTables) -> list[Candidate] | None:
    """Draw the field for another name or a point; return the places found, or None if no name is typed."""
    typed = st.text_input(
        "Find another place, or type a point", key=f"find-{subject}", max_chars=200,
        placeholder="Quetta, or 30.18, 67.00", label_visibility="collapsed",
    )  # fmt: skip
    if not typed:
        return None
    if point := _POINT.fullmatch(typed.strip()):
        latitude, longitude = float(point[1]), float(point[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            st.button(
                f"Put it at {latitude:g}, {longitude:g} (latitude, longitude)", key=f"put-{subject}",
                on_click=choose_point, args=(subject, name, (latitude, longitude), tables),
            )  # fmt: skip
        return None
    found = chooser.named(typed)
    if not found:
        st.caption(f"No place of the name {escape_markdown(shown(typed))} is known. Click the map, or type a point.")
    return found


def show_point_fields(subject: str) -> None:
    """Draw the fields for the name and precision of a place set by hand."""
    place = chosen_place(subject)
    if place is None or place.source != BY_HAND:
        return
    called, exact, within = _point_field_keys(subject, place)
    with st.container(horizontal=True, vertical_alignment="bottom", key="byhand"):
        st.text_input("Called", value=place.name, key=called, max_chars=200)
        kind = st.selectbox("The point is", (AROUND, TOWN, SPOT), key=exact)
        st.number_input("within km", 0.1, 2000.0, place.radius_km, key=within, disabled=kind != AROUND)


def described_place(subject: str) -> tuple[Place | None, str]:
    """The chosen place as the fields of `show_point_fields` describe it, and the geo_precision of an event there; ""
    if it follows from the place.
    """
    place = chosen_place(subject)
    if place is None or place.source != BY_HAND:
        return place, ""
    name, exact, within = (st.session_state.get(key) for key in _point_field_keys(subject, place))
    exact = exact or AROUND
    radius = (within or place.radius_km) if exact == AROUND else None
    code = "PPL" if exact == TOWN else ""
    described = replace(place, name=str(name or "").strip() or place.name, radius_km=radius, feature_code=code)
    return described, GeoPrecision.EXACT.value if exact == SPOT else ""


def _point_field_keys(subject: str, place: Place) -> tuple[str, str, str]:
    point = f"{subject}-{place.latitude}-{place.longitude}"
    return f"called-{point}", f"exact-{point}", f"within-{point}"


def show_map(subject: str, candidates: Sequence[Candidate], now: str, beside: Sequence[Place] = ()) -> None:
    """Draw the small map; `take_click` handles its clicks in the next run.

    ``beside`` are other places of the article, which the map shows if there are no candidates.
    """
    place = chosen_place(subject)
    marked = place.place_id if place else now
    pins = [_pin(one.place, number, chosen=one.place.place_id == marked) for number, one in enumerate(candidates, 1)]
    if place and all(pin.place_id != place.place_id for pin in pins):
        pins.append(_pin(replace(place, place_id=HERE), 0, chosen=True))
    names = Counter(fold_name(pin.label) for pin in pins)
    # Of namesakes, only the chosen one is labelled: numbers distinguish the others.
    pins = [pin if pin.chosen or names[fold_name(pin.label)] == 1 else replace(pin, label="") for pin in pins]
    points = [(place.longitude, place.latitude) for place in beside]
    box = Box(*map(min, zip(*points, strict=True)), *map(max, zip(*points, strict=True))) if points else None
    layer = picking.pin_layer(
        pins,
        view_id=subject,
        around=box,
        dark=st.context.theme.type == "dark",
        outline_file=opened.gazetteer().outline_file,
    )
    with st.container(key="pickingframe"):
        st_folium(
            picking.picking_map(), key="picking", height=MAP_HEIGHT, use_container_width=True,
            feature_group_to_add=layer, returned_objects=picking.PICKING_OBJECTS,
        )  # fmt: skip


def _pin(place: Place, number: int, *, chosen: bool) -> Pin:
    return Pin(
        place_id=place.place_id, label=place.name, latitude=place.latitude, longitude=place.longitude, number=number,
        radius_km=place.radius_km, chosen=chosen,
    )  # fmt: skip
