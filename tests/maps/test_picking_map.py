"""The small map on which a place is chosen: what it is told, and what a click on it says."""

import html
import json
import re
from pathlib import Path

import pytest

from dashboard.errors import DataError
from dashboard.geo import Box
from dashboard.maps import kept_map, picking
from dashboard.maps.pins import HERE, Pin, picked_place
from dashboard.safetext import display_text
from tests.support.hostile_text import HOSTILE

STATIC = Path(kept_map.__file__).parents[1] / "static"
KABUL = Pin(place_id="geonames:1138958", label="Kabul", latitude=34.52813, longitude=69.17233, number=1, chosen=True)
PROVINCE = Pin(place_id="geonames:1138957", label="Kabul", latitude=34.5, longitude=69.4, number=2, radius_km=40)
FAR = Pin(place_id="geonames:1", label="Kabul", latitude=-10, longitude=-60, number=3)


def drawn(*pins, view_id="e1", outline_file=lambda _: None, **options):
    whole = picking.picking_map()
    picking.pin_layer(pins, view_id=view_id, outline_file=outline_file, **options).add_to(whole)
    return whole.get_root().render()


def pins(page):
    return view(page)["pins"]


def view(page):
    return json.loads(re.search(r"conflictmapPicking\.show\((\{.*\})\);", page)[1])


def test_the_small_map_is_the_same_in_every_run_and_asks_no_other_host():
    page = picking.picking_map().get_root().render()
    assert page == picking.picking_map().get_root().render()
    assert not re.search(r"""["'(]\s*(https?:)?//""", page)
    own = [url.removeprefix(kept_map.STATIC) for url in re.findall(r"""(?:src|href)="([^"]*)""", page)]
    assert "conflictmap_picking.js" in own
    assert all((STATIC / name).is_file() for name in own)


def test_a_pin_is_a_short_row_with_latitude_first_and_the_outline_of_the_chosen_place_alone():
    files = {KABUL.place_id: "provinces/AF.json", PROVINCE.place_id: "provinces/AF.json"}
    assert pins(drawn(KABUL, PROVINCE, outline_file=files.get)) == [
        [KABUL.place_id, 34.52813, 69.17233, "Kabul", 1, 1, 0, "provinces/AF.json"],
        [PROVINCE.place_id, 34.5, 69.4, "Kabul", 2, 0, 40, None],
    ]


def test_the_map_opens_on_the_chosen_place_and_what_is_near_it():
    shown = view(drawn(KABUL, PROVINCE, FAR, dark=True))
    assert (shown["id"], shown["fit"], shown["dark"]) == ("e1", [69.17233, 34.5, 69.4, 34.52813], True)
    assert view(drawn())["fit"] is None
    assert view(drawn(around=Box(60, 30, 70, 35)))["fit"] == [60, 30, 70, 35], "without a pin, where the article plays"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_a_label_and_nothing_else(name):
    ((_, _, _, label, *_),) = pins(drawn(Pin(place_id="a", label=HOSTILE[name], latitude=0, longitude=0)))
    assert html.unescape(label) == display_text(HOSTILE[name])
    assert re.fullmatch(r"(?:[^\W_]|[\w .,:;!?-]|&#\d+;)*", label)


@pytest.mark.parametrize("spoilt", [{"place_id": "{{7*7}}"}, {"latitude": float("nan")}, {"radius_km": -1e9}])
def test_a_pin_with_a_bad_id_or_number_is_refused(spoilt):
    good = {"place_id": "a", "label": "A", "latitude": 0, "longitude": 0}
    with pytest.raises(DataError):
        picking.pin_layer([Pin(**good | spoilt)], view_id="e1", outline_file=lambda _: None)
    with pytest.raises(DataError):
        picking.pin_layer([Pin(**good)], view_id="{{7*7}}", outline_file=lambda _: None)


def clicked(key, coordinates=None, count=3):
    drawing = {"properties": {"key": key}, "geometry": {"type": "Point", "coordinates": coordinates}}
    return {"last_active_drawing": drawing, "last_object_clicked_count": count}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, ("", None, 0)),
        ({"last_active_drawing": "x"}, ("", None, 0)),
        (clicked("geonames:1", [69.2, 34.5]), ("geonames:1", None, 3)),
        (clicked(HERE, [69.2, 34.5]), (HERE, (34.5, 69.2), 3)),
        (clicked(HERE, [190, 34.5]), (HERE, None, 3)),
        (clicked(HERE, ["69", 34.5]), (HERE, None, 3)),
        (clicked(HERE, None), (HERE, None, 3)),
        (clicked("<script>", [0, 0]), ("", None, 3)),
        (clicked("a", [0, 0], count="3"), ("a", None, 0)),
    ],
)
def test_a_click_says_a_place_or_a_point_or_nothing(result, expected):
    assert picked_place(result) == expected
