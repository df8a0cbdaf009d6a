"""Dates, places and counts in words that claim no more than the source."""

from datetime import date

import pytest

from dashboard.model import Assertion, DateBasis, DatePrecision, Event, GeoPrecision, Place
from dashboard.store.summary import Grain, Summary
from dashboard.ui.shared import wording

D = date


def event(**fields):
    return Event(event_id="e1", **fields)


def dated(first, last, precision):
    return event(date_start=first, date_end=last, date_precision=DatePrecision(precision))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (event(), "date not known"),
        (dated(D(2025, 10, 19), D(2025, 10, 19), "day"), "19 October 2025"),
        (dated(D(2025, 10, 11), D(2025, 10, 19), "days"), "some time from 11 to 19 October 2025"),
        (dated(D(2025, 9, 28), D(2025, 10, 3), "week"), "some time from 28 September to 3 October 2025"),
        (dated(D(2025, 12, 30), D(2026, 1, 2), "days"), "some time from 30 December 2025 to 2 January 2026"),
        (dated(D(2025, 3, 1), D(2025, 3, 31), "month"), "in March 2025"),
        (dated(D(2021, 1, 1), D(2021, 12, 31), "year"), "in 2021"),
    ],
)
def test_a_date_says_no_more_than_its_precision(made, words):
    assert wording.date_in_words(made) == words


PLACE = Place(place_id="p", name="Tora Bora", latitude=34, longitude=70)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"geo_precision": GeoPrecision.NEAR}, "near Tora Bora"),
        ({"geo_precision": GeoPrecision.ADMIN1}, "Tora Bora (province)"),
        ({"geo_precision": GeoPrecision.SETTLEMENT}, "Tora Bora"),
        (
            {"geo_precision": GeoPrecision.NEAR, "assertion": Assertion.THREATENED},
            "names Tora Bora; nothing is said to have happened there",
        ),
        ({"geo_precision": GeoPrecision.SETTLEMENT, "assertion": Assertion.BACKGROUND}, "Tora Bora"),
    ],
)
def test_a_place_says_how_exactly_it_is_known_and_a_threat_is_no_act(fields, words):
    assert wording.place_in_words(event(**fields), PLACE) == words


def test_no_place_is_said_to_be_no_place():
    assert wording.place_in_words(event(), None) == "no place given"
    assert wording.place_in_words(event(toponym="Atlantis"), None) == "“Atlantis”, not placed"


@pytest.mark.parametrize(
    ("low", "high", "text", "words"),
    [
        (None, None, "", ""),
        (None, None, "dozens were killed", "“dozens were killed”; no figure given"),
        (3, 3, "", "3"),
        (3, 5, "three to five", "3 to 5 (“three to five”)"),
        (1200, None, "", "at least 1,200"),
        (0, 0, "nobody died", "0 (“nobody died”)"),
    ],
)
def test_unknown_deaths_are_never_a_number(low, high, text, words):
    assert wording.deaths_in_words(event(fatalities_low=low, fatalities_high=high, fatalities_text=text)) == words


def test_who_speaks_is_said_the_same_way_for_every_side():
    assert wording.speaker(event(assertion=Assertion.CLAIMED, claimed_by="A")) == ("Claimed by", "A")
    assert wording.speaker(event(assertion=Assertion.CLAIMED, claimed_by="B")) == ("Claimed by", "B")
    assert wording.speaker(event()) == ("Reported by", "")


def test_how_a_date_was_read_is_said_in_words():
    assert wording.date_reading(event(date_text="on Tuesday", date_basis=DateBasis.WEEKDAY)) == (
        "“on Tuesday”; a weekday, counted from the day of publication"
    )


def summary(**counts):
    base = dict.fromkeys(
        ("total", "matched", "on_map", "as_areas", "off_map", "undated", "partial", "in_tray", "outside"), 0
    )
    whole = {"bars": (), "grain": Grain.DAY, "span": None, "box": None, "is_whole": True}
    return Summary(**(base | counts), type_counts={}, marks=(), level=None, **whole)


def test_the_sentence_is_true_and_leaves_out_what_is_none():
    counts = {"total": 512, "matched": 41, "on_map": 30, "as_areas": 8, "off_map": 3, "undated": 2}
    assert wording.sentence_of_counts(summary(**counts)) == (
        "41 of 512 events",
        ["30 on the map, 8 as areas, 3 off the map", "2 undated"],
    )
    assert wording.sentence_of_counts(summary(total=1, outside=1)) == ("0 of 1 event", ["1 outside this period"])
