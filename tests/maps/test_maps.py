"""What the map is told, and that hostile text in it stays text."""

import html
import json
import re
from pathlib import Path

import folium
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.errors import DataError
from dashboard.geo import Box, Viewport
from dashboard.maps import kept_map, layers, picking
from dashboard.marks import Manner, Mark, Shape
from dashboard.model import EventType
from dashboard.safetext import display_text
from tests.support.hostile_text import HOSTILE


def mark(**changes):
    given = {
        "key": "geonames:1138958.act.dot",
        "place_id": "geonames:1138958",
        "label": "Kabul",
        "latitude": 34.52813,
        "longitude": 69.17233,
        "shape": Shape.DOT,
        "manner": Manner.ACT,
        "types": ((EventType.EXPLOSION, 1),),
    }
    return Mark(**(given | changes))


def no_outline(place_id):
    return None


def drawn(*marks, outline_file=no_outline, **options):
    """The whole page that folium makes of the base map with these marks."""
    whole = layers.base_map()
    layers.event_layer(marks, layers.MapView(**options), outline_file=outline_file).add_to(whole)
    return whole.get_root().render()


def view(page):
    """What the scripts are given, read back from the page."""
    return json.loads(re.search(r"conflictmap\.show\((\{.*\})\);", page)[1])


def rows(page):
    return view(page)["marks"]


def test_the_base_map_is_the_same_in_every_run():
    assert layers.base_map().get_root().render() == layers.base_map().get_root().render()


def test_what_is_kept_of_a_rendering_is_what_folium_makes_and_of_this_map_alone(monkeypatch):
    monkeypatch.setattr(kept_map.KeptMap, "_rendered", {})
    assert "Kabul" in drawn(mark())
    again, by_folium = layers.base_map(), layers.base_map()
    folium.Map.render(by_folium)
    page = again.get_root().render()
    assert "Kabul" not in page
    assert page.count("conflictmap.start(") == 1
    assert again.get_root().header.render() == by_folium.get_root().header.render()
    assert "conflictmap_picking.js" in picking.picking_map().get_root().render()


def test_the_base_map_asks_no_other_host_and_credits_in_words():
    page = layers.base_map().get_root().render()
    assert not re.search(r"""["'(]\s*(https?:)?//""", page)
    assert re.findall(r"""(?:src|href)="([^"]*)""", page) == [
        "../../app/static/vendor/leaflet/leaflet.js",
        "../../app/static/conflictmap_layout.js",
        "../../app/static/conflictmap_base.js",
        "../../app/static/conflictmap_marks.js",
        "../../app/static/conflictmap_symbols.js",
        "../../app/static/conflictmap_items.js",
        "../../app/static/conflictmap_reaches.js",
        "../../app/static/conflictmap.js",
        "../../app/static/vendor/leaflet/leaflet.css",
        "../../app/static/conflictmap.css",
    ]
    assert "GeoNames CC BY 4.0" in page
    assert "Natural Earth" in page


def test_every_file_the_map_loads_of_our_own_is_there():
    static = Path(layers.__file__).parents[1] / "static"
    own = [
        url.removeprefix(kept_map.STATIC) for _, url in [*layers.base_map().default_js, *layers.base_map().default_css]
    ]
    assert all((static / name).is_file() for name in own)


def test_a_mark_becomes_one_short_row_with_latitude_first():
    assert rows(drawn(mark())) == [["geonames:1138958.act.dot", 34.52813, 69.17233, 0, [1, 1], "Kabul", 0, None]]
    assert layers.TYPES[1] is EventType.EXPLOSION


def test_the_scripts_learn_radius_reviews_fading_and_all_types():
    types = ((EventType.STATEMENT, 2), (EventType.BATTLE, 1))
    ring = mark(key="x:1.named.ring", shape=Shape.RING, radius_km=8, faded=True, pending=True, types=types)
    assert rows(drawn(ring)) == [["x:1.named.ring", 34.52813, 69.17233, 3, [7, 2, 0, 1], "Kabul", 8.0, None]]
    assert [row[3] for row in rows(drawn(mark(faded=True), mark(pending=True)))] == [1, 2]


def test_an_area_names_the_file_of_its_outline_and_says_when_there_is_none():
    area = mark(shape=Shape.AREA, place_id="geonames:1168873")
    files = {"geonames:1168873": "provinces/PK.json"}
    assert rows(drawn(area, outline_file=files.get))[0][-1] == "provinces/PK.json"
    assert rows(drawn(area))[0][-1] is None
    assert rows(drawn(mark(), outline_file=files.get))[0][-1] is None


def test_a_cluster_has_neither_a_name_nor_an_outline():
    cluster = mark(key="5-20-11.act.cluster", place_id="", label="", shape=Shape.CLUSTER)
    assert rows(drawn(cluster)) == [["5-20-11.act.cluster", 34.53, 69.17, 0, [1, 1]]]


def test_the_view_holds_selection_box_place_and_theme():
    nothing = {"selected": "", "fit": None, "at": None, "go": 0, "clustered": False, "dark": False}
    assert {k: v for k, v in view(drawn(mark())).items() if k != "marks"} == nothing
    at = layers.MapPosition(34.5, 69.25, 6.25)
    page = drawn(
        selected="geonames:1138958.act.dot",
        extent=Box(28.9, 25.2, 71.9, 41.1),
        position=at,
        move_number=3,
        clustered=True,
        dark=True,
    )
    assert view(page) == {
        "marks": [], "selected": "geonames:1138958.act.dot", "fit": [28.9, 25.2, 71.9, 41.1], "at": [34.5, 69.25, 6.25],
        "go": 3, "clustered": True, "dark": True,
    }  # fmt: skip


def test_a_box_over_the_date_line_goes_on_eastwards():
    assert view(drawn(extent=Box(178.4, -18.1, -171.8, -13.8)))["fit"] == [178.4, -18.1, 188.2, -13.8]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_a_label_and_nothing_else(name):
    text = HOSTILE[name]
    page = drawn(mark(label=text), mark())
    first, second = (row[5] for row in rows(page))
    assert html.unescape(first) == display_text(text)
    assert second == "Kabul"
    # But for this one label the page is the same as with a harmless one.
    label = f"{json.dumps(first)},0,null".replace("&", "\\u0026")
    assert page.count(label) >= 1
    assert page.replace(label, '"Kabul",0,null') == masked(page, drawn(mark(), mark()))


def masked(page, other):
    """`other` with its random names replaced by those of `page`, in their order."""
    names = iter(dict.fromkeys(re.findall(r"[0-9a-f]{32}", page)))
    for old in dict.fromkeys(re.findall(r"[0-9a-f]{32}", other)):
        other = other.replace(old, next(names))
    return other


COMMAND = "{{ cycler.__init__.__globals__.os.mkdir('%s') }}"


def test_a_command_in_a_label_does_not_run(tmp_path):
    drawn(mark(label=COMMAND % (tmp_path / "ran")))
    assert not (tmp_path / "ran").exists()


def test_a_command_does_not_run_even_if_a_label_were_not_escaped(tmp_path, monkeypatch):
    monkeypatch.setattr(layers, "maptext", str)
    page = drawn(mark(label=COMMAND % (tmp_path / "ran") + "{{7*7}}{%"))
    assert not (tmp_path / "ran").exists()
    assert rows(page)[0][5].endswith("{{7*7}}{%")


def test_folium_itself_would_have_run_it(tmp_path):
    """The reason for all this. Should folium stop doing so, this fails and the walls can be thought over."""
    whole = folium.Map(tiles=None)
    folium.Marker((0, 0), tooltip=COMMAND % (tmp_path / "ran")).add_to(whole)
    whole.get_root().render()
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "{{7*7}}.act.dot"},
        {"key": ""},
        {"key": "geonames:1"},
        {"key": "x.act.dot\n"},
        {"key": "<script>.act.dot"},
        {"key": "a b.act.dot"},
        {"latitude": float("nan")},
        {"latitude": 314.5},
        {"longitude": float("inf")},
        {"radius_km": -1e9},
    ],
)
def test_a_mark_with_a_bad_id_or_number_is_refused(changes):
    with pytest.raises(DataError):
        layers.event_layer([mark(**changes)], layers.MapView(), outline_file=no_outline)


@pytest.mark.parametrize("path", ["../secret.json", "https://evil.test/x.json", "/etc/passwd", "a b.json", "x.js", ""])
def test_an_outline_outside_the_maps_folder_is_refused(path):
    with pytest.raises(DataError, match="below static/map"):
        layers.event_layer([mark(shape=Shape.AREA)], layers.MapView(), outline_file=lambda _: path)


def test_a_selection_that_is_no_key_is_refused():
    with pytest.raises(DataError):
        layers.event_layer([], layers.MapView(selected="{{7*7}}"), outline_file=no_outline)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, ("", 0)),
        ({}, ("", 0)),
        ({"last_active_drawing": None, "last_object_clicked_count": None}, ("", 0)),
        (
            {"last_active_drawing": {"properties": {"key": "a:1.act.dot"}}, "last_object_clicked_count": 6},
            ("a:1.act.dot", 6),
        ),
        ({"last_active_drawing": {"properties": {"key": "{{7}}"}}, "last_object_clicked_count": 3}, ("", 3)),
        ({"last_active_drawing": {"properties": {"key": ["a"]}}, "last_object_clicked_count": "3"}, ("", 0)),
        ({"last_active_drawing": {"properties": None}}, ("", 0)),
        ({"last_active_drawing": "x"}, ("", 0)),
    ],
)
def test_a_click_reports_a_key_and_the_count_or_nothing(result, expected):
    assert layers.clicked_mark(result) == expected


SAID = {"centre": [34.5, 429.2], "zoom": 6.25, "box": [425.0, 30.0, 433.0, 38.0], "moved": True}
"""Once round the world, where the map goes on counting."""


def test_the_view_that_the_map_reports_is_brought_back_to_one_world():
    viewport, place, moved = layers.viewport({"last_geocoder_result": SAID})
    assert viewport == Viewport(Box(65.0, 30.0, 73.0, 38.0), 6.25)
    assert place == (34.5, pytest.approx(69.2), 6.25)
    assert moved
    world = SAID | {"box": [-400.0, -80.0, 300.0, 80.0], "moved": False}
    viewport, _, moved = layers.viewport({"last_geocoder_result": world})
    assert (viewport.box, moved) == (Box(-180, -80.0, 180, 80.0), False)
    pacific = SAID | {"box": [170.0, -20.0, 190.0, -10.0]}
    assert layers.viewport({"last_geocoder_result": pacific})[0].box == Box(170.0, -20.0, -170.0, -10.0)


@pytest.mark.parametrize(
    "said",
    [None, "x", {}, SAID | {"box": [1, 2, 3]}, SAID | {"zoom": "6"}, SAID | {"zoom": float("nan")},
     SAID | {"centre": None}, SAID | {"box": [0, 40, 1, 30]}, SAID | {"centre": [1e9, 0]}],
)  # fmt: skip
def test_a_view_that_makes_no_sense_was_not_said(said):
    assert layers.viewport({"last_geocoder_result": said}) is None
    assert layers.viewport(None) is None


def a_page():
    import streamlit as st
    from streamlit_folium import st_folium

    from dashboard.maps import layers
    from dashboard.marks import Manner, Mark, Shape
    from dashboard.model import EventType

    number = st.number_input("marks", value=1)
    marks = [
        Mark(
            key=f"x:{n}.act.dot",
            place_id=f"x:{n}",
            label=f"Place {n}",
            latitude=n,
            longitude=n,
            shape=Shape.DOT,
            manner=Manner.ACT,
            types=((EventType.BATTLE, 1),),
        )
        for n in range(number)
    ]
    layer = layers.event_layer(marks, layers.MapView(), outline_file=lambda _: None)
    st_folium(
        layers.base_map(), key="map", feature_group_to_add=layer, returned_objects=layers.RETURNED_OBJECTS, width=None
    )


def test_other_events_leave_the_map_itself_as_it_is():
    """The frame loads anew when anything but `feature_group` changes."""
    app = AppTest.from_function(a_page, default_timeout=30).run()
    first = component(app)
    second = component(app.number_input[0].set_value(3).run())
    assert not app.exception
    assert second.id == first.id
    one, other = json.loads(first.json_args), json.loads(second.json_args)
    assert [one.pop("feature_group").count(".act.dot"), other.pop("feature_group").count(".act.dot")] == [1, 3]
    assert one == other


def component(app):
    return app.get("component_instance")[0].proto
