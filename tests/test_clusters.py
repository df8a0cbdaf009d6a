"""What the badge counts is what the list shows: any filter, any view, around the date line and at the poles."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from made_events import (
    FIRST,
    answered,
    bars_of,
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

from dashboard.cluster import UNCLUSTERED, Box, Cell, Grid, Shape, Viewport, around, grid_of
from dashboard.filters import Filters
from dashboard.store import queries
from dashboard.store.columnar import PAGE, Store
from dashboard.store.csv_files import Project
from dashboard.store.project_rows import ProjectRows

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
    pages = [store.cluster_events(key, filters, page=page) for page in range(2)]
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
    small = Store(ProjectRows(Project(folder=Path(), places=PLACES, events=tuple(few), version="1")))
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
    box, zoom = around(afghanistan)
    assert box.west < afghanistan.west < afghanistan.east < box.east
    assert box.south < afghanistan.south < afghanistan.north < box.north
    assert (
        5 < zoom < 6
    )  # 679 pixels for 14.4 degrees: 679 / 256 * 360 / 14.4 = 66, and 2 ** 6 is 64; the height decides
    fiji = around(Box(177, -19, -179, -16)).box
    assert fiji.west > fiji.east
