"""Bars of the histogram and the box of the marks, worked out by hand."""

from datetime import date

import pytest

from dashboard.cluster import Box, Manner, Mark, Shape
from dashboard.model import EventType
from dashboard.store.summary import Bar, Grain, bars_of, box_of

OCTOBER = (date(2025, 10, 11), date(2025, 10, 29))


def test_an_event_dated_to_nine_days_gives_each_day_a_ninth():
    bars = bars_of([(date(2025, 10, 11), date(2025, 10, 19), "explosion", 2)], OCTOBER, Grain.DAY)
    assert [bar.start.day for bar in bars] == list(range(11, 20))
    assert all(bar.certain == 0 and bar.spread == pytest.approx(2 / 9) for bar in bars)
    assert sum(bar.spread for bar in bars) == pytest.approx(2)


def test_days_inside_one_week_are_certain_for_a_bar_that_is_a_week():
    monday, sunday = date(2025, 10, 13), date(2025, 10, 19)
    intervals = [(date(2025, 10, 14), date(2025, 10, 16), "battle", 1), (sunday, date(2025, 10, 20), "battle", 4)]
    assert bars_of(intervals, OCTOBER, Grain.WEEK) == (
        Bar(start=monday, end=sunday, event_type=EventType.BATTLE, certain=1, spread=2.0),
        Bar(start=date(2025, 10, 20), end=date(2025, 10, 26), event_type=EventType.BATTLE, certain=0, spread=2.0),
    )


@pytest.mark.parametrize("grain", Grain)
def test_bars_end_where_the_calendar_ends(grain):
    span = (date(9999, 12, 20), date.max)
    bars = bars_of([(*span, "battle", 3)], span, grain)
    assert (bars[0].start <= span[0], bars[-1].end) == (True, date.max)
    assert sum(bar.certain + bar.spread for bar in bars) == pytest.approx(3)


@pytest.mark.parametrize(
    ("last", "grain"),
    [
        (date(2025, 1, 1), Grain.DAY),
        (date(2025, 5, 10), Grain.DAY),  # 130 days
        (date(2025, 5, 11), Grain.WEEK),
        (date(2029, 1, 1), Grain.MONTH),
        (date(2045, 1, 1), Grain.YEAR),
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
