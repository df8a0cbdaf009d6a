"""How the map behaves in a real browser: nothing covers anything, nothing reloads, clicks and keys are told apart."""

import json
import math
from itertools import combinations

import pytest
from playwright.sync_api import expect

PAGE = """
import json

import streamlit as st
from streamlit_folium import st_folium

from dashboard.maps import layers
from dashboard.geo import Box
from dashboard.marks import Manner, Mark, Shape
from dashboard.model import EventType as E


def mark(place, label, latitude, longitude, kind, shape=Shape.DOT, manner=Manner.ACT, **more):
    return Mark(key=f"{place}.{manner}.{shape}", place_id=place, label=label, latitude=latitude, longitude=longitude,
                types=((kind, 1),), shape=shape, manner=manner, **more)


MARKS = [
    mark("geonames:745044", "Istanbul", 41.014, 28.95, E.TALKS),
    mark("geonames:290030", "Doha", 25.285, 51.531, E.AGREEMENT),
    mark("geonames:1138336", "Kandahar", 31.613, 65.71, E.EXPLOSION),
    mark("geonames:1138958", "Kabul", 34.528, 69.172, E.EXPLOSION),
    mark("geonames:1138958", "Kabul", 34.528, 69.172, E.BATTLE, manner=Manner.BACKGROUND),
    mark("curated:tora-bora", "Tora Bora", 34.117, 70.217, E.STATEMENT, Shape.RING, Manner.NAMED, radius_km=8),
    mark("geonames:1168873", "Khyber Pakhtunkhwa", 34.5, 71.9, E.BATTLE, Shape.AREA),
    mark("geonames:1183606", "Balochistan", 28.5, 65.8, E.BATTLE, Shape.AREA),
    mark("test:nowhere", "An area without an outline", 20.0, 60.0, E.OTHER, Shape.AREA),
    mark("test:suva", "Suva", -18.14, 178.44, E.TALKS),
    mark("test:apia", "Apia", -13.83, -171.77, E.TALKS),
]
FILES = {"geonames:1168873": "provinces/PK.json", "geonames:1183606": "provinces/PK.json"}
number = st.slider("marks", 1, len(MARKS), len(MARKS))
st.session_state.runs = st.session_state.get("runs", 0) + 1
view = layers.MapView(extent=Box(28.95, 25.2, 71.9, 41.1))
layer = layers.event_layer(MARKS[:number], view, outline_file=FILES.get)
result = st_folium(layers.base_map(), key="map", feature_group_to_add=layer, returned_objects=layers.RETURNED_OBJECTS,
                   height=560, use_container_width=True)
key, count = layers.clicked_mark(result)
seen = layers.viewport(result)
st.text(json.dumps({"key": key, "count": count, "runs": st.session_state.runs, "at": seen and seen[1]}))
"""
DOHA, KABUL = "geonames:290030.act.dot", "geonames:1138958.act.dot"
VIEW = "() => JSON.stringify([map_div.getCenter(), map_div.getZoom()])"


class MapPage:
    def __init__(self, page, url):
        self.page = page
        page.goto(url)
        self.map = page.frame_locator("iframe[title*='streamlit_folium']")
        expect(self.map.locator(".cm-mark")).to_have_count(11, timeout=60_000)
        expect(self.map.locator(".cm-country span").first).to_be_visible(timeout=60_000)
        self.frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)

    def mark(self, key):
        return self.map.locator(f".cm-mark[data-key='{key}']")

    def told(self):
        return json.loads(self.page.get_by_test_id("stText").inner_text())

    def expect_told(self, **expected):
        self.page.wait_for_function(
            """expected => {
                const told = JSON.parse(document.querySelector("[data-testid=stText]").innerText);
                return Object.entries(expected).every(([name, value]) => told[name] === value);
            }""",
            arg=expected,
            timeout=60_000,
        )

    def boxes(self, selector):
        """Rectangles on the screen, [left, top, right, bottom], of all that is visible."""
        return self.frame.evaluate(
            """selector => [...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect())
                .filter(box => box.width).map(box => [box.left, box.top, box.right, box.bottom])""",
            selector,
        )


@pytest.fixture(scope="module")
def url(start_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("map")
    (folder / "page.py").write_text(PAGE, "utf-8")
    return start_server(folder, script=folder / "page.py").url


@pytest.fixture
def shown(page, url):
    return MapPage(page, url)


def overlap(one, other):
    return min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1


def test_no_label_covers_a_label_or_a_symbol_and_none_is_cut_by_the_edge(shown):
    for zoom in (3, 4.25, 6):
        shown.frame.evaluate("zoom => { map_div.setView([33, 66], zoom, { animate: false }); }", zoom)
        labels = shown.boxes(".cm-label, .cm-country span, .cm-city span")
        assert len(labels) > 6
        assert [pair for pair in combinations(labels, 2) if overlap(*pair)] == []
        symbols = shown.boxes(".cm-edge")
        events = shown.boxes(".cm-label")
        assert [(label, symbol) for label in events for symbol in symbols if overlap(label, symbol)] == []


def test_two_manners_at_one_place_stand_side_by_side_and_on_it(shown):
    shown.frame.evaluate("() => { map_div.setView([33, 66], 7, { animate: false }); }")
    act, background = (f".cm-mark[data-key^='geonames:1138958.{manner}']" for manner in ("act", "background"))
    (one,), (other,) = shown.boxes(f"{act} .cm-edge"), shown.boxes(f"{background} .cm-edge")
    at = shown.frame.evaluate(
        "() => { const { x, y } = map_div.latLngToContainerPoint([34.528, 69.172]); return [x, y]; }"
    )
    for left, top, right, bottom in (one, other):
        assert math.dist(at, ((left + right) / 2, (top + bottom) / 2)) <= (right - left) / 2 + 1
    assert shown.boxes(f"{background} .cm-label") == []  # Kabul is named once


def test_areas_are_outlines_and_an_unknown_one_is_a_ring_that_says_so(shown):
    expect(shown.map.locator("path.cm-outline")).to_have_count(3)
    expect(shown.map.locator("path.cm-ring.cm-named")).to_have_count(1)
    assert "outline is not known; the ring of 25 km" in shown.mark("test:nowhere.act.area").get_attribute("aria-label")
    province = shown.mark("geonames:1168873.act.area").get_attribute("aria-label")
    assert province == "Khyber Pakhtunkhwa. 1 event: battle. Somewhere in this area"


def test_other_events_keep_the_frame_the_view_and_leave_nothing_behind(shown):
    shown.frame.evaluate("() => { map_div.setView([30, 60], 5.5, { animate: false }); window.before = true; }")
    view = shown.frame.evaluate(VIEW)
    for left in (10, 9, 8, 7):
        shown.page.get_by_role("slider").press("ArrowLeft")
        expect(shown.map.locator(".cm-mark")).to_have_count(left)
    assert shown.frame.evaluate("() => window.before")
    assert shown.frame.evaluate(VIEW) == view
    assert shown.frame.evaluate("() => window.feature_group.length") == 1
    assert len(shown.boxes(".leaflet-cm-shapes-pane svg")) == 1


def test_the_first_run_is_the_only_one_until_the_map_is_moved_which_is_told_once(shown):
    shown.page.wait_for_timeout(1000)
    assert shown.told() == {"key": "", "count": 0, "runs": 1, "at": None}
    shown.frame.evaluate("() => map_div.setView([30, 60], 5.5, { animate: false })")
    shown.expect_told(runs=2)
    shown.page.wait_for_timeout(1000)
    assert shown.told() == {"key": "", "count": 0, "runs": 2, "at": [30.0, 60.0, 5.5]}


def test_clicking_a_mark_and_the_same_again_and_an_area_is_told(shown):
    shown.mark(DOHA).locator(".cm-disc").click()
    shown.expect_told(key=DOHA)
    first = shown.told()["count"]
    assert "cm-selected" in shown.mark(DOHA).locator(".cm-body").get_attribute("class")
    shown.mark(DOHA).locator(".cm-disc").click()
    shown.page.wait_for_function(
        "first => JSON.parse(document.querySelector('[data-testid=stText]').innerText).count > first", arg=first
    )
    assert shown.told()["key"] == DOHA
    expect(shown.map.locator("path.cm-outline")).to_have_count(3)
    largest = max(shown.boxes("path.cm-outline"), key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    left, top, right, bottom = largest  # Balochistan
    frame = shown.page.locator("iframe[title*='streamlit_folium']").bounding_box()
    shown.page.mouse.click(frame["x"] + left + (right - left) * 0.4, frame["y"] + top + (bottom - top) * 0.85)
    shown.expect_told(key="geonames:1183606.act.area")


def test_a_mark_is_reached_and_chosen_by_keyboard(shown):
    shown.mark(KABUL).focus()
    expect(shown.map.locator(".cm-tip")).to_contain_text("Kabul")
    shown.page.keyboard.press("Enter")
    shown.expect_told(key=KABUL)
    expect(shown.mark(KABUL)).to_be_focused()


def test_the_date_line_is_no_edge(shown):
    shown.frame.evaluate("() => { map_div.setView([-16, 180], 5, { animate: false }); }")
    suva, apia = (shown.boxes(f".cm-mark[data-key='test:{name}.act.dot'] .cm-edge")[0] for name in ("suva", "apia"))
    assert 0 < apia[0] - suva[0] < 600  # ten degrees apart, and both in view


def test_the_fit_button_returns_to_the_events(shown):
    before = json.loads(shown.frame.evaluate(VIEW))
    shown.frame.evaluate("() => { map_div.setView([0, -100], 7, { animate: false }); }")
    shown.map.get_by_role("button", name="Show all events").click()
    centre, zoom = json.loads(shown.frame.evaluate(VIEW))
    assert zoom == before[1]
    assert centre == pytest.approx(before[0], abs=0.1)  # less than two pixels


def test_nothing_is_asked_of_other_hosts_and_no_script_fails(shown):
    assert shown.page.foreign_requests == []
    assert shown.page.console_errors == []
    line = shown.map.locator(".leaflet-control-attribution")
    expect(line).to_have_text("Places: GeoNames CC BY 4.0 · Boundaries: Natural Earth · Map: Leaflet")
    expect(line.locator("svg")).to_have_count(0)
