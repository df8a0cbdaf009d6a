"""What the badge counts is what the list shows: any filter, any view, around the date line and at the poles."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard.errors import DataError
from dashboard.filters import Filters
from dashboard.geo import Box, Cell, Grid, Viewport, centre_and_zoom, grid_of, size_in_pixels, viewport_around
from dashboard.marks import UNCLUSTERED, Key, Manner, Shape
from dashboard.model import Assertion, DatePrecision, Event, EventType, GeoPrecision, Place
from dashboard.project.read import Project
from dashboard.store import queries
from dashboard.store.event_table import EventTable
from dashboard.store.sources.project import ProjectRows
from dashboard.store.store import PAGE, Store
from tests.support.made_events import (
    FIRST,
    answered,
    bars_of,
    cell_of,
    is_partial,
    is_seen,
    keyed,
    made_events,
    made_filters,
    made_places,
    passes,
    shape_of,
    store_of,
)

chance = random.Random(20251029)
PLACES = made_places(chance)
EVENTS = made_events(chance, 4000, PLACES)


@pytest.fixture(scope="module", params=["project", "parquet", "cube"])
def store(request):
    return store_of(request.param, Project(folder=Path(), places=PLACES, events=tuple(EVENTS), version="1"))


def some_view():
    zoom = chance.uniform(0, 12)
    longitude, latitude = chance.choice([(69, 34), (32, 15), (179.5, -17), (-179, 0), (0, 80)])
    wide, high = 845 / 256 / 2**zoom * 180, 486 / 256 / 2**zoom * 90
    if wide >= 180:
        return Viewport(Box(-180, max(latitude - high, -90), 180, min(latitude + high, 90)), zoom)
    west, east = ((longitude + side + 180) % 360 - 180 for side in (-wide, wide))
    return Viewport(Box(west, max(latitude - high, -90), east, min(latitude + high, 90)), zoom)


def listed(store, key, filters):
    """All events of a mark at once; the first pages must be their beginning."""
    every = store.events(filters, scope=queries.of_mark(key), limit=len(EVENTS))
    pages = [store.events(filters, scope=queries.of_mark(key), offset=page * PAGE) for page in range(2)]
    assert [event for page in pages for event in page] == every[: 2 * PAGE]
    return [event.event_id for event in every]


def test_badge_list_and_plain_python_agree_in_forty_random_views(store):
    kinds = set()
    for _ in range(40):
        filters, view = answered(made_filters(chance), store), some_view()
        passing = [event for event in EVENTS if passes(event, filters)]
        unsure = {e.event_id for e in passing if e.date_start is None or is_partial(e, filters)}
        summary = store.summarise(filters, view)
        assert summary.matched == len(passing) == store.count(filters)
        assert summary.partial == sum(is_partial(event, filters) for event in passing)
        shapes = Counter(shape_of(event, PLACES) for event in passing)
        assert (summary.off_map, summary.as_areas, summary.on_map) == (
            shapes["off"], shapes["area"], shapes["dot"] + shapes["ring"],
        )  # fmt: skip
        expected = keyed(passing, PLACES, summary.level)
        counted = [event_id for mark in summary.marks for event_id in expected[mark.key]]
        for mark in summary.marks:
            assert mark.count == len(expected[mark.key]), mark
            assert mark.faded == (expected[mark.key] <= unsure), mark
        for mark in chance.sample(summary.marks, min(4, len(summary.marks))):
            assert set(listed(store, mark.key, filters)) == expected[mark.key]
            assert store.count(filters, scope=queries.of_mark(mark.key)) == mark.count
        assert len(counted) == len(set(counted)), "an event is counted by two marks"
        unseen = [e for e in passing if e.event_id not in counted and shape_of(e, PLACES) in ("dot", "ring")]
        assert not any(is_seen(PLACES[e.place_id], view.box) for e in unseen), "an event in view has no mark"
        kinds |= {mark.shape for mark in summary.marks}
    assert kinds == set(Shape)


def test_the_bars_count_each_dated_event_once_spread_over_its_days(store):
    for _ in range(12):
        filters = answered(made_filters(chance), store)
        anywhen = replace(filters, date_from=None, date_to=None)
        expected = bars_of([event for event in EVENTS if passes(event, anywhen)], store.span, store.grain)
        bars = {(bar.start, bar.event_type): [bar.certain, bar.spread] for bar in store.summarise(filters).bars}
        assert bars.keys() == expected.keys()
        assert all(bars[key] == pytest.approx(expected[key]) for key in bars)


def test_up_to_four_hundred_events_nothing_is_clustered_and_every_mark_comes():
    few = EVENTS[:UNCLUSTERED]
    small = Store(EventTable(ProjectRows(Project(folder=Path(), places=PLACES, events=tuple(few), version="1"))))
    summary = small.summarise(Filters(), Viewport(Box(60, 30, 61, 31), 9))
    assert summary.is_whole
    assert summary.level is None
    assert sum(mark.count for mark in summary.marks) == summary.on_map + summary.as_areas
    assert not any(mark.shape.is_of_cell for mark in summary.marks)


def test_a_cluster_stays_where_it_is_while_the_slider_moves(store):
    view = Viewport(Box(-180, -80, 180, 80), 1.5)
    seen = {}
    for days in range(0, 600, 7):
        for mark in store.summarise(Filters(date_from=FIRST + timedelta(days=days)), view).marks:
            if mark.shape.is_of_cell:
                assert seen.setdefault(mark.key, (mark.latitude, mark.longitude)) == (mark.latitude, mark.longitude)
    assert len(seen) > 10


def rows_of_one_cell():
    """Two towns and a province in one cell of level 5, which covers 67.5 to 78.75 E and 31.95 to 40.98 N."""
    at = {"one": (34.0, 70.0, "PPL"), "other": (38.0, 74.0, "PPL"), "province": (36.0, 78.0, "ADM1")}
    places = {
        key: Place(place_id=key, name=key, latitude=a, longitude=b, feature_code=code)
        for key, (a, b, code) in at.items()
    }
    told = {"one": Assertion.BACKGROUND, "other": Assertion.BACKGROUND, "province": Assertion.THREATENED}
    often = {"one": 300, "other": 100, "province": 100}
    events = []
    for key, count in often.items():
        precision = GeoPrecision.ADMIN1 if key == "province" else GeoPrecision.SETTLEMENT
        assertions = [Assertion.REPORTED, told[key]]
        events += [
            Event(event_id=f"{key}{n}", title="x", event_type=EventType.BATTLE, date_start=FIRST + timedelta(days=n),
                  date_end=FIRST + timedelta(days=n), date_precision=DatePrecision.DAY, place_id=key,
                  geo_precision=precision, assertion=assertions[n % 2])
            for n in range(count)
        ]  # fmt: skip
    return places, events


@pytest.mark.parametrize("kind", ["project", "parquet", "cube"])
def test_all_signs_of_a_cell_stand_at_the_mean_of_all_its_events(kind):
    places, events = rows_of_one_cell()
    store = store_of(kind, Project(folder=Path(), places=places, events=tuple(events), version="1"))
    view = Viewport(Box(40, 10, 100, 60), 3)  # cells of level 5
    # East of 180 W by (300 * 250 + 100 * 254 + 100 * 258) / 500 = 252.4 degrees: 72.4 E. On the map 34 N lies 0.399468
    # of its height below the upper edge, 38 N 0.385729, 36 N 0.392686: (300 * 0.399468 + 100 * 0.385729
    # + 100 * 0.392686) / 500 = 0.395364, which is 35.2161 N.
    mean = (pytest.approx(35.2161, abs=2e-4), pytest.approx(72.4, abs=1e-6))
    for filters in (
        Filters(),
        Filters(date_from=FIRST + timedelta(days=20)),
        Filters(actors=("Nobody",)),
        Filters(words="x"),
    ):
        marks = store.summarise(answered(filters, store), view).marks
        several = [mark for mark in marks if mark.shape.is_of_cell]
        assert all((mark.latitude, mark.longitude) == mean for mark in several)
        assert bool(several) != bool(answered(filters, store).actors)
    # What is alone in the cell with its manner and family stands at its own place.
    keys = {mark.key for mark in store.summarise(Filters(), view).marks}
    clusters = {"5-22-12.act.cluster", "5-22-12.background.cluster"}
    assert keys == clusters | {"province.act.area", "province.named.area"}


def test_a_key_of_several_members_counts_exactly_their_events(store):
    towns, cells = ("town:1", "town:2", "town:7"), (Cell(5, 22, 12), Cell(5, 22, 13), Cell(5, 31, 17))
    for key, place_ids, of_cells in (
        ("~town:1~town:2~town:7.act.cluster", towns, ()),
        ("5-22-12_5-22-13_5-31-17.act.cluster", (), cells),
        ("5-22-12_5-31-17~town:1~town:2.background.cluster", towns[:2], (cells[0], cells[2])),
        ("~province:1~province:2.named.areas", ("province:1", "province:2"), ()),
        ("5-22-12~province:9.act.areas", ("province:9",), cells[:1]),
    ):
        parsed = Key.parse(key)
        assert (parsed.place_ids, parsed.cells) == (place_ids, of_cells)
        shapes = ("area",) if key.endswith("areas") else ("dot", "ring")
        expected = {
            event.event_id for event in EVENTS
            if passes(event, Filters()) and shape_of(event, PLACES) in shapes
            and Manner.of(event.assertion) is parsed.manner
            and (event.place_id in place_ids or cell_of(PLACES[event.place_id], 5) in of_cells)
        }  # fmt: skip
        assert len(expected) > 5
        assert set(listed(store, key, Filters())) == expected
        assert store.count(Filters(), scope=queries.of_mark(key)) == len(expected)


@pytest.mark.parametrize(
    "key",
    ["", ".act.cluster", "5-22-12.act.dot.",
     "town:1.act.cluster", "5-32-0.act.cluster", "15-1-1.act.areas", "~a~.act.cluster",
     "5-1-1_6-1-1.act.cluster", "~a.act.dot", "5-1-1~.act.cluster", "~a b.act.cluster", "~" + "a" * 65 + ".act.cluster",
     "~a" * 401 + ".act.cluster", "_".join(["5-1-1"] * 401) + ".act.cluster", "~a" * 1_000_000],
)  # fmt: skip
def test_what_is_no_key_is_refused(key):
    with pytest.raises(DataError, match="must be"):
        Key.parse(key)


def test_the_map_goes_to_the_events_of_a_mark_and_not_to_its_cell(store):
    box = store.box_of_mark("~town:1~town:2.act.cluster", Filters())
    points = [PLACES[key] for key in ("town:1", "town:2")]
    west, east = sorted(place.longitude for place in points)
    south, north = sorted(place.latitude for place in points)
    assert box == pytest.approx(
        (west, south, east, north), abs=0.03
    )  # a cell of the finest level is 0.022 degrees wide
    assert store.box_of_mark("~nowhere.act.cluster", Filters()) is None
    latitude, longitude, zoom = centre_and_zoom(Box(60, 30, 64, 34), (390, 400), closest=12)
    # 390 - 166 = 224 pixels for 4 / 360 of the world of 256 pixels: 2 ** 6.3 times as wide; its height has more room.
    assert (latitude, longitude, zoom) == (pytest.approx(32.02, abs=0.01), 62, pytest.approx(6.3, abs=0.01))
    assert size_in_pixels(Viewport(Box(170, -10, -170, 10), 4)) == pytest.approx((227.6, 228.7), abs=0.1)


def test_an_area_is_drawn_where_it_reaches_into_the_view_though_its_point_is_outside(store):
    province = PLACES["province:3"]
    degree = 120 / 111.2  # its ring reaches 120 km
    north = province.latitude + degree * 0.9
    view = Viewport(Box(province.longitude - 0.01, north, province.longitude + 0.01, north + 0.02), 12)
    summary = store.summarise(Filters(place_ids=(province.place_id, *(f"town:{n}" for n in range(60)))), view)
    assert not summary.is_whole
    assert f"{province.place_id}.act.area" in {mark.key for mark in summary.marks}
    far = Viewport(Box(province.longitude - 0.01, north + degree, province.longitude + 0.01, north + degree + 0.02), 12)
    assert f"{province.place_id}.act.area" not in {mark.key for mark in store.summarise(Filters(), far).marks}


def test_the_cells_of_a_view_go_on_over_the_date_line_and_end_at_the_poles():
    # 170 E to 170 W at zoom 2: cells of level 4 are 22.5 degrees wide. Column 15 ends at 180 E; one more on each side.
    assert grid_of(Viewport(Box(170, -10, -170, 10), 2)) == Grid(level=4, column=14, row=6, columns=4, rows=4)
    assert grid_of(Viewport(Box(-180, -90, 180, 90), 0)) == Grid(level=2, column=0, row=0, columns=4, rows=4)
    assert Grid(level=4, column=14, row=6, columns=4, rows=4).cell(3) == Cell(4, 1, 6)
    assert Cell.parse("4-15-15") == Cell(4, 15, 15)
    assert Cell.parse("4-16-0") is None
    assert Cell(1, 1, 0).box() == pytest.approx((0, 0, 180, 85.0511), abs=1e-4)


def test_a_view_is_about_what_a_map_fitted_to_a_box_shows():
    afghanistan = Box(60.5, 29.4, 74.9, 38.5)
    box, zoom = viewport_around(afghanistan)
    assert box.west < afghanistan.west < afghanistan.east < box.east
    assert box.south < afghanistan.south < afghanistan.north < box.north
    assert (
        5 < zoom < 6
    )  # 679 pixels for 14.4 degrees: 679 / 256 * 360 / 14.4 = 66, and 2 ** 6 is 64; the height decides
    fiji = viewport_around(Box(177, -19, -179, -16)).box
    assert fiji.west > fiji.east
