"""How the period moves when it plays, and where the bars over the slider stand; worked out by hand."""

import re
from datetime import date
from urllib.parse import unquote

import pytest

from dashboard.model import EventType
from dashboard.store.summary import Bar, Grain
from dashboard.ui.explore import histogram, playing

D = date
OCTOBER = (D(2025, 10, 11), D(2025, 10, 29))
YEARS = (D(2006, 1, 1), D(2026, 1, 1))  # 7,305 days


def test_a_step_is_a_day_of_a_short_span_and_a_hundred_and_twentieth_of_a_long_one():
    assert playing.step_days(OCTOBER) == 1
    assert playing.step_days(YEARS) == 61  # 7305 / 120 = 60.9


def test_rolling_moves_both_ends_and_stops_with_the_span():
    assert playing.next_period((D(2025, 10, 11), D(2025, 10, 14)), OCTOBER, cumulative=False) == (
        D(2025, 10, 12),
        D(2025, 10, 15),
    )
    late = (D(2025, 12, 1), D(2025, 12, 30))
    assert playing.next_period((late[0], D(2025, 12, 31)), YEARS, cumulative=False) == (D(2025, 12, 2), D(2026, 1, 1))


def test_keeping_the_past_moves_only_the_later_end():
    assert playing.next_period((D(2025, 10, 13), D(2025, 10, 14)), OCTOBER, cumulative=True) == (
        D(2025, 10, 11),
        D(2025, 10, 15),
    )


@pytest.mark.parametrize(
    ("chosen", "cumulative", "expected"),
    [
        ((D(2025, 10, 12), D(2025, 10, 14)), False, (D(2025, 10, 12), D(2025, 10, 14))),  # from where the reader is
        (OCTOBER, False, (D(2025, 10, 11), D(2025, 10, 15))),  # all of it leaves nothing to play: four steps of a day
        ((D(2025, 10, 27), D(2025, 10, 29)), False, (D(2025, 10, 11), D(2025, 10, 13))),  # the end: again, as long
        (OCTOBER, True, (D(2025, 10, 11), D(2025, 10, 12))),
        ((D(2025, 10, 15), D(2025, 10, 20)), True, (D(2025, 10, 11), D(2025, 10, 20))),
    ],
)
def test_playing_begins_where_there_is_something_to_play(chosen, cumulative, expected):
    assert playing.first_period(chosen, OCTOBER, cumulative=cumulative) == expected


def bar(start, end, kind, certain, spread=0.0):
    return Bar(start=start, end=end, event_type=kind, certain=certain, spread=spread)


def picture(html):
    return unquote(re.search(r"src='data:image/svg\+xml,([^']*)'", html)[1])


def test_bars_stand_over_their_days_and_uncertain_shares_on_top():
    days = [D(2025, 10, 11), D(2025, 10, 20)]
    bars = (bar(days[0], days[0], EventType.BATTLE, 2), bar(days[1], days[1], EventType.TALKS, 1, 1.0))
    html = histogram.bars_html(histogram.IdenticalBars(bars), OCTOBER, Grain.DAY)
    # 18 days on 1,000 units: a day is 55.6 wide, a bar 0.42 of it to each side: 23.3. The 20th stands at 500.
    paths = dict(re.findall(r"opacity='([0-9.]+)' d='([^']*)'", picture(html)))
    assert paths["0.45"] == "M476.7 0.00h46.7v50.00h-46.7z"
    certain = re.findall(r"opacity='1' d='([^']*)'", picture(html))
    assert certain == ["M-23.3 0.00h46.7v100.00h-46.7z", "M476.7 50.00h46.7v50.00h-46.7z"]
    assert "20 October 2025&#10;Talks: 1 and 1 as a share of uncertain dates" in html
    assert re.findall(r"<div class='tick' style='bottom:([0-9.]+%)'><span>(\d+)", html) == [
        ("50.0%", "1"),
        ("100.0%", "2"),
    ]


def test_labels_are_few_and_round():
    def words(ends, grain):
        return [word for _, word in histogram._labels(ends, grain)]

    assert words(OCTOBER, Grain.DAY) == ["11 Oct", "14 Oct", "17 Oct", "20 Oct", "23 Oct", "26 Oct", "29 Oct"]
    assert words(YEARS, Grain.MONTH) == ["2010", "2015", "2020", "2025"]
    assert words((D(2024, 2, 10), D(2025, 3, 1)), Grain.WEEK)[0] == "10 Feb 2024"
    assert words((D(1700, 1, 1), D(2200, 12, 31)), Grain.YEAR) == ["1700", "1800", "1900", "2000", "2100", "2200"]


def test_a_veil_covers_what_lies_outside_the_period():
    # The 15th to the 29th: half a day before the 15th is 3.5 of 18 days. After the end nothing is left.
    html = histogram.outside_html((D(2025, 10, 15), OCTOBER[1]), OCTOBER)
    assert html == "<div class='outside'><i class='left' style='width:calc(19.44% + 22px)'></i></div>"
    assert histogram.outside_html(OCTOBER, OCTOBER) == "<div class='outside'></div>"


def test_the_same_bars_are_drawn_once():
    bars = (bar(OCTOBER[0], OCTOBER[0], EventType.BATTLE, 1),)
    first = histogram.bars_html(histogram.IdenticalBars(bars), OCTOBER, Grain.DAY)
    assert histogram.bars_html(histogram.IdenticalBars(bars), OCTOBER, Grain.DAY) is first
    equal_only = (bar(OCTOBER[0], OCTOBER[0], EventType.BATTLE, 1),)
    assert histogram.bars_html(histogram.IdenticalBars(equal_only), OCTOBER, Grain.DAY) is not first
