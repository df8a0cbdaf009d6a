"""A sign stands on its true point and covers no other, at every zoom and width, whatever the data."""

import csv
import random
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from dashboard.project.sample import copy_sample, sample_folder
from tests.browser.sign_geometry import measured, write_project
from tests.browser.test_explore import Explore

ZOOMS = [zoom / 4 for zoom in range(4, 49)]
WIDTHS = ((390, 844), (820, 1100), (1440, 900), (1920, 1080))
with sample_folder().joinpath("places.csv").open(encoding="utf-8", newline="") as table:
    SAMPLE = {row["place_id"]: (float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(table)}
CONFLICTS = {
    "war:pokrovsk": (48.2821, 37.1764, "PPL"),
    "war:kharkiv": (49.9808, 36.2527, "PPLA"),
    "war:kyiv": (50.4547, 30.5238, "PPLC"),
    "war:kupiansk": (49.7106, 37.6152, "PPL"),
    "war:donetsk-oblast": (48.1, 37.7, "ADM1"),
    "war:kharkiv-oblast": (49.6, 36.5, "ADM1"),
    "war:peshawar": (34.008, 71.578, "PPLA"),
    "war:torkham": (34.122, 71.095, "PPL"),
    "war:spin-boldak": (31.006, 66.4, "PPL"),
    "war:khyber-pakhtunkhwa": (34.48, 72.09, "ADM1"),
    "war:chaman": (30.9177, 66.4526, "PPL"),
    "war:kabul": (34.528, 69.172, "PPLC"),
    "war:gaza": (31.5016, 34.4668, "PPL"),
    "war:khan-yunis": (31.346, 34.303, "PPL"),
    "war:jerusalem": (31.769, 35.2163, "PPL"),
    "war:beirut": (33.8889, 35.4944, "PPLC"),
    "war:tyre": (33.2733, 35.1939, "PPL"),
    "war:tel-aviv": (32.0809, 34.7806, "PPL"),
    "war:damascus": (33.5102, 36.2913, "PPLC"),
    "war:west-bank": (31.9, 35.2, "ADM1"),
    "war:doha": (25.2855, 51.531, "PPLC"),
}
MANNERS = ("reported", "threatened", "background")


def precision(code):
    return "admin1" if code.startswith("ADM") else "settlement"


def events_at(places, choose):
    """Rows of events at places; `choose` gives type and assertion of each of them."""
    return [
        {"place_id": key, "toponym": key, "geo_precision": precision(code), "event_type": kind, "assertion": assertion}
        for key, (_, _, code) in places.items() for kind, assertion in choose(key)
    ]  # fmt: skip


def three_conflicts(folder):
    copy_sample(folder)
    often = {
        "war:kabul": [("battle", "background"), ("explosion", "threatened")],
        "war:beirut": [("explosion", "background")],
    }
    return write_project(
        folder, CONFLICTS, events_at(CONFLICTS, lambda key: [("battle", "reported"), *often.get(key, [])])
    )


def crowd(folder, places, seed):
    """Up to 400 events of any manner at made places."""
    chance = random.Random(seed)
    return write_project(
        folder, places, events_at(places, lambda _: [("battle", chance.choices(MANNERS, [6, 1, 2])[0])])
    )  # fmt: skip


def even():
    chance = random.Random(12)
    codes = ["PPL", "PPL", "PPL", "ADM1"]
    return {f"even:{n}": (chance.uniform(-35, 60), chance.uniform(-110, 130), chance.choice(codes)) for n in range(240)}


def knots():
    """Twelve crowds of twenty, one of them over the date line."""
    chance = random.Random(13)
    middles = [(-17.0, 179.8), *((chance.uniform(-35, 60), chance.uniform(-110, 130)) for _ in range(11))]
    places = {}
    for n in range(240):
        lat, lng = middles[n % 12]
        point = (lat + chance.gauss(0, 0.8), (lng + chance.gauss(0, 1.2) + 180) % 360 - 180)
        places[f"knot:{n}"] = (*point, chance.choice(["PPL", "PPL", "PPL", "ADM1"]))
    return places


def crowded_corner():
    """24 points near one another, each with many events of a town and of a district, and two towns far away."""
    chance = random.Random(14)
    places = {"far:west": (30.0, 67.0, "PPL"), "far:east": (14.6, 121.0, "PPL")}
    for n in range(24):
        point = (21 + chance.uniform(-2.5, 2.5), 97 + chance.uniform(-2.5, 2.5))
        places |= {f"town:{n}": (*point, "PPL"), f"district:{n}": (*point, "ADM2")}
    return places


def write_crowded_corner(folder):
    places = crowded_corner()
    return write_project(
        folder, places, events_at(places, lambda _: [("battle", "reported"), ("protest", "background")] * 10)
    )


def points_of(places):
    return {key: place[:2] for key, place in places.items()}


DATA = {
    "sample": (copy_sample, SAMPLE, 8),
    "conflicts": (three_conflicts, SAMPLE | points_of(CONFLICTS), 8 + len(CONFLICTS) + 3),
    "even": (lambda folder: crowd(folder, even(), 1), points_of(even()), 240),
    "knots": (lambda folder: crowd(folder, knots(), 2), points_of(knots()), 240),
    "corner": (write_crowded_corner, points_of(crowded_corner()), None),
}  # fmt: skip


@pytest.fixture(scope="module")
def url(start_server, tmp_path_factory):
    """`url(name)`: a page over one of the data sets."""
    urls = {}

    def of(name):
        if name not in urls:
            folder = tmp_path_factory.mktemp(name) / "project"
            DATA[name][0](folder)
            urls[name] = start_server(folder).url
        return urls[name]

    return of


@pytest.mark.parametrize("name", DATA)
def test_every_sign_stands_on_its_point_at_every_zoom_and_width(page, url, name):
    _, places, total = DATA[name]
    Explore(page, url(name)).open()
    for wide, high in WIDTHS:
        page.set_viewport_size({"width": wide, "height": high})
        page.wait_for_timeout(100)
        found = measured(page, places, ZOOMS if wide in (390, 1440) else ZOOMS[::4])
        assert found["wrong"] == []
        assert total is None or found["totals"] == [total], "an event is counted twice, or by no sign"


def test_the_eight_signs_of_the_sample_stand_alone(page, url):
    explore = Explore(page, url("sample")).open("?from=1990-01-01")
    for wide in (1440, 390):
        page.set_viewport_size({"width": wide, "height": 900})
        explore.map.get_by_role("button", name="Show all events").click()
        expect(explore.map.locator(".cm-mark")).to_have_count(8)
        assert explore.map.locator(".cm-segment").count() == 0


def badges(explore):
    """Key -> number of every mark, as screen readers hear it."""
    marks = explore.map.locator(".cm-mark").all()
    said = {mark.get_attribute("data-key"): mark.get_attribute("aria-label") for mark in marks}
    return {key: int(re.search(r"([\d,]+) events?:", text)[1].replace(",", "")) for key, text in said.items()}


def test_a_cluster_of_few_events_names_its_members_lists_them_and_comes_apart(page, url):
    explore = Explore(page, url("knots")).open()
    shown = badges(explore)
    key = max((key for key in shown if key.endswith(".act.cluster")), key=shown.get)
    count = shown[key]
    assert len(key.split("~")) == count + 1  # each of these places has one event
    explore.mark(key).focus()
    page.keyboard.press("Enter")
    head = page.locator(".st-key-panelhead p.panelhead")
    expect(head).to_have_text(f"Several places · {count} events", timeout=60_000)
    expect(explore.mark(key)).to_have_count(0, timeout=60_000)  # the map went to its events
    explore.settle()
    expect(explore.map.locator(".cm-mark:focus")).to_have_count(1)
    chosen = explore.map.locator(".cm-mark:has(.cm-selected)")
    numbers = [int(re.search(r"([\d,]+) events?:", one.get_attribute("aria-label"))[1]) for one in chosen.all()]
    assert len(numbers) > 1
    assert sum(numbers) == count
    assert all(box["x"] >= 0 for box in (one.locator(".cm-edge").first.bounding_box() for one in chosen.all()))
    link = page.url
    assert "mark=~knot" in link
    page.goto("about:blank")
    page.goto(link)
    expect(head).to_have_text(f"Several places · {count} events", timeout=60_000)


def test_a_sign_of_several_manners_has_a_key_a_name_and_a_list_for_each(page, url):
    explore = Explore(page, url("corner")).open()
    shown = {key: n for key, n in badges(explore).items() if re.match(r"[0-9_-]+\.", key)}
    assert sum(shown.values()) == 24 * 40
    parts = {(key.split(".")[-2], key.split(".")[-1]) for key in shown}
    assert parts == {(manner, shape) for manner in ("act", "background") for shape in ("cluster", "areas")}
    key = next(key for key in shown if key.endswith(".background.areas"))
    assert "Background the article recalls" in explore.mark(key).get_attribute("aria-label")
    explore.mark(key).locator(".cm-core").click()
    expect(page.locator(".st-key-panelhead p.panelhead")).to_have_text(f"Several areas · {shown[key]} events")
    expect(explore.cards().first).to_contain_text("district")


def test_a_link_with_too_many_or_broken_members_is_told(page, url):
    for mark in (
        "~".join(["", *["a"] * 401]) + ".act.cluster",
        "99-1-1.act.cluster",
        "~a~<b>.act.areas",
        ".act.cluster",
    ):
        Explore(page, url("sample")).open(f"?mark={quote(mark)}")
        expect(page.locator("[data-testid='stAlert']").first).to_be_visible()
        assert page.locator("[data-testid='stException']").count() == 0
