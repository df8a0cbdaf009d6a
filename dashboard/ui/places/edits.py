"""Editing single places of places.csv: rename, add a name, move, merge."""

import hashlib
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.errors import DashboardError, counted
from dashboard.model import Candidate, Place
from dashboard.project.commit import RowChange
from dashboard.project.open_tables import OpenTables
from dashboard.review.candidates import PlaceFinder
from dashboard.review.places import name_now_means, place_moved, place_renamed, places_merged
from dashboard.safetext import display_text, escape_markdown
from dashboard.tables import EventRow
from dashboard.ui.review import place_chooser, reviewer
from dashboard.ui.shared import opened
from dashboard.ui.shared.escaped import html_text

Offer = Callable[[Sequence[RowChange], str], None]
"""Shows changes with the button that saves them, under an action."""
LABEL_CHARACTERS = 90
_EDITS = {"rename": "Rename", "alias": "Add a name", "move": "Move", "merge": "Merge"}


def show_editor(tables: OpenTables, chooser: PlaceFinder, offer: Offer) -> None:
    """Draw the choice of a place and of an edit, and its fields."""
    if not tables.places:
        st.info("There is no place yet. Add an article on the page Sources, or run: conflictmap geocode")
        return
    left, right = st.columns([0.42, 0.58], gap="medium")
    with left:
        place_id = _choose(tables, "Place", "places_place", first=next(iter(_labels(tables))))
        if place_id is None:
            st.info("The place that was chosen here is not in places.csv any more. Choose another.")
            return
        place = tables.places[place_id]
        _facts(place, tables)
        edit = st.segmented_control("What to do", list(_EDITS), format_func=lambda key: _EDITS[key], default="rename",
                                    required=True, key="places_edit")  # fmt: skip
        changes = _changes(edit or "rename", place, tables)
    with right:
        other = tables.places.get(st.session_state.get(_other_key(place), "")) if edit == "merge" else None
        pins = [Candidate(place=one, score=0.0, reason="", name_kind="own") for one in (place, other) if one]
        place_chooser.take_click(place.place_id, place.name, pins, tables)
        place_chooser.show_map(place.place_id, pins, place.place_id)
        if changes is not None:
            offer(changes, f"{_EDITS[edit or 'rename'].lower()}: {place.name}")


def _choose(tables: OpenTables, label: str, key: str, *, but: str = "", first: str | None = None) -> str | None:
    """The id of the chosen place, kept under ``key`` in the session; None if nothing is chosen or the place is gone.

    Streamlit identifies a choice by its label, and falls back to the first one if the label has changed: a rename would
    choose another place. So every set of labels gets a new field, which starts with the current choice.
    """
    labels = {place_id: name for place_id, name in _labels(tables).items() if place_id != but}
    options, now = list(labels), st.session_state.get(key, first)
    version = hashlib.sha256(repr(labels).encode("utf-8", "replace")).hexdigest()[:12]
    index = options.index(now) if now in labels else None
    found: str | None = st.selectbox(label, options, index, key=f"{key}-{version}", placeholder="Choose a place",
                                     format_func=lambda one: labels.get(one, one))  # fmt: skip
    st.session_state[key] = found
    return found


def _labels(tables: OpenTables) -> dict[str, str]:
    """Place id -> label, in alphabetical order."""
    labels = {place_id: _label(place) for place_id, place in tables.places.items()}
    return {place_id: labels[place_id] for place_id in sorted(labels, key=lambda one: labels[one].casefold())}


def _other_key(place: Place) -> str:
    return f"merge-{place.place_id}"


def _label(place: Place) -> str:
    country = opened.gazetteer().country_name(place.country_code)
    within = ", ".join(part for part in (place.admin1_name, country) if part and part != place.name)
    name = display_text(f"{place.name}{f' ({within})' if within else ''}")[:LABEL_CHARACTERS]
    return f"{name} · {place.place_id}"  # the complete id: labels must be unique


def _facts(place: Place, tables: OpenTables) -> None:
    rows = tables.events.rows.items()
    used = sum(EventRow(row).place_id == place.place_id and key not in tables.unreadable for key, row in rows)
    also = ", ".join(place.alternate_names)
    lines = [
        f"<b>{counted(used, 'event')}</b> lie here" if used != 1 else "<b>1 event</b> lies here",
        f"<b>Also called</b> {html_text(also)}" if also else "",
        f"<b>Point</b> {place.latitude:g}, {place.longitude:g} (latitude, longitude)",
        f"<b>Reaches</b> {place.radius_km:g} km" if place.radius_km else "",
        f"<b>From</b> {html_text(place.source)}" if place.source else "",
        f"<b>Note</b> {html_text(place.note)}" if place.note else "",
    ]
    st.html(f"<ul class='placefacts'>{''.join(f'<li>{line}</li>' for line in lines if line)}</ul>")


def _changes(edit: str, place: Place, tables: OpenTables) -> list[RowChange] | None:
    """The changes of the filled fields; None while they are empty or invalid."""
    try:
        return {"rename": _rename, "alias": _alias, "move": _move, "merge": _merge}[edit](place, tables)
    except DashboardError as error:
        st.error(escape_markdown(str(error)))
        return None


def _rename(place: Place, tables: OpenTables) -> list[RowChange] | None:
    name = st.text_input(
        "New name (the old one stays as a further name)", key=f"rename-{place.place_id}", max_chars=200
    )
    return place_renamed(tables, place.place_id, name) if name else None


def _alias(place: Place, tables: OpenTables) -> list[RowChange] | None:
    st.caption("Texts that use the name mean this place from then on.")
    name = st.text_input("Further name", key=f"alias-{place.place_id}", max_chars=200)
    return name_now_means(tables, name, place, reviewer.name() or "a reviewer") if name else None


def _move(place: Place, tables: OpenTables) -> list[RowChange] | None:
    st.caption("Click the map where it lies, or type the point.")
    found = place_chooser.chosen_place(place.place_id)
    point = found or place
    key = f"{place.place_id}-{point.latitude}-{point.longitude}"
    with st.container(horizontal=True):
        latitude = st.number_input("Latitude", -90.0, 90.0, point.latitude, format="%.5f", step=0.01, key=f"lat-{key}")
        longitude = st.number_input(
            "Longitude", -180.0, 180.0, point.longitude, format="%.5f", step=0.01, key=f"lon-{key}"
        )
        radius = st.number_input("Reaches, km", 0.1, 20_000.0, place.radius_km, key=f"radius-{key}")
    is_same = (latitude, longitude, radius) == (place.latitude, place.longitude, place.radius_km)
    return None if is_same else place_moved(tables, place.place_id, latitude, longitude, radius)


def _merge(place: Place, tables: OpenTables) -> list[RowChange] | None:
    if len(tables.places) < 2:
        st.caption("There is no other place.")
        return None
    st.caption("The events of the other place move here, with its names; its row goes.")
    other = _choose(tables, "The same as", _other_key(place), but=place.place_id)
    if other is None:
        return None
    is_to_be_shown = st.checkbox("Show what that would change", key=f"do-{place.place_id}-{other}")
    return places_merged(tables, place.place_id, other) if is_to_be_shown else None
