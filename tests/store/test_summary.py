"""How wide the bars of the histogram are, and the box of the marks, worked out by hand."""

from datetime import date

import pytest

from dashboard.geo import Box
from dashboard.marks import Manner, Mark, Shape
from dashboard.model import EventType
from dashboard.store.summary import Grain, box_of


@pytest.mark.parametrize(
    ("last", "grain"),
    [
        (date(2025, 1, 1), Grain.DAY),
        (date(2025, 9, 17), Grain.DAY),  # 260 days
        (date(2025, 9, 18), Grain.WEEK),
        (date(2031, 1, 1), Grain.MONTH),
        (date(2049, 1, 1), Grain.YEAR),
    ],
)
def test_the_grain_keeps_the_bars_wide_enough_to_see(last, grain):
    assert Grain.of((date(2025, 1, 1), last)) is grain


def test_a_month_and_a_year_end_on_their_last_day_in_leap_years_too():
    assert Grain.MONTH.end(date(2024, 2, 1)) == date(2024, 2, 29)
    assert Grain.YEAR.end(Grain.YEAR.start(date(2024, 7, 5))) == date(2024, 12, 31)


def mark(latitude, longitude):
    return Mark(
        key="p.act.dot",
        place_id="p",
        label="",
        latitude=latitude,
        longitude=longitude,
        shape=Shape.DOT,
        manner=Manner.ACT,
        types=((EventType.BATTLE, 1),),
    )


def test_the_box_holds_all_marks_and_takes_the_short_way_round():
    assert box_of([]) is None
    assert box_of([mark(34.5, 69.2)]) == Box(69.2, 34.5, 69.2, 34.5)
    assert box_of([mark(41, 29), mark(25, 51.5), mark(31.6, 65.7)]) == Box(west=29, south=25, east=65.7, north=41)
    # Fiji and Samoa: 177 E to 172 W is 11 degrees over the antimeridian, not 349 over Africa.
    assert box_of([mark(-18, 177), mark(-13.8, -172)]) == Box(west=177, south=-18, east=-172, north=-13.8)
