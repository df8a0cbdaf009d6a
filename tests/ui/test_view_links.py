"""What the page understands of a link: where the map is to be."""

import pytest

from dashboard.maps.layers import MapPosition
from dashboard.ui.shared.view_state import _read


@pytest.mark.parametrize(
    ("point", "zoom", "position"),
    [
        ("34.5,69.2", "6.25", MapPosition(34.5, 69.2, 6.25)),
        ("-90,-180", "0", MapPosition(-90, -180, 0)),
        ("34.5,69.2", "99", MapPosition(34.5, 69.2, 12)),
        ("34.5,69.2", "-3", MapPosition(34.5, 69.2, 0)),
    ],
)
def test_a_link_names_where_the_map_is(point, zoom, position):
    view, problems = _read({"at": [point], "zoom": [zoom]})
    assert (view.at, problems) == (position, [])


def test_without_a_zoom_the_map_shows_a_country():
    assert _read({"at": ["34.5,69.2"]})[0].at == MapPosition(34.5, 69.2, 6)


@pytest.mark.parametrize(
    ("point", "zoom"),
    [
        ("Kabul", "6"),
        ("34.5", "6"),
        ("34.5,69.2,1", "6"),
        ("1.2.3,69.2", "6"),
        ("91,0", "6"),
        ("0,181", "6"),
        ("34.5,69.2", "near"),
        ("34.5,69.2", "nan"),
    ],
)
def test_a_point_that_cannot_be_read_is_left_out_and_named(point, zoom):
    view, problems = _read({"at": [point], "zoom": [zoom]})
    assert view.at is None
    assert len(problems) == 1
    assert problems[0].endswith(f"got '{point}': left out.")
