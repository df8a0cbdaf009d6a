"""A view is a link: filters go into the URL as words and come back the same."""

from datetime import date

import pytest

from dashboard.errors import DataError
from dashboard.filters import Filters
from dashboard.model import Assertion, EventType, GeoPrecision, Status


def test_everything_chosen_survives_the_url_and_back():
    filters = Filters(
        date_from=date(2025, 10, 18),
        date_to=date(2025, 10, 26),
        types=(EventType.TALKS, EventType.AGREEMENT),
        place_ids=("geonames:745044",),
        actors=("Pakistan", "“the Taliban” & co"),
        publishers=("The Express Tribune",),
        precisions=(GeoPrecision.NEAR,),
        statuses=(Status.PENDING,),
        assertions=(Assertion.CLAIMED,),
        words="طالبان ceasefire",
    )
    params = filters.to_params()
    assert params["from"] == "2025-10-18"
    assert params["type"] == ["talks", "agreement"]
    assert params["place"] == "geonames:745044"
    assert Filters.from_params(params) == (filters, [])


def test_no_choice_is_an_empty_link():
    assert Filters().to_params() == {}
    assert Filters.from_params({}) == (Filters(), [])


def test_half_of_a_broken_link_still_shows_half_of_the_view():
    filters, notes = Filters.from_params(
        {"from": "last week", "to": "2025-10-26", "type": ["talks", "war"], "place": "<script>"}
    )
    assert filters == Filters(date_to=date(2025, 10, 26), types=(EventType.TALKS,))
    assert [note.split(" must")[0] for note in notes] == [
        "The link's 'from'",
        "The link's 'type'",
        "The link's 'place'",
    ]
    assert "'war'" in notes[1]


def test_a_link_whose_period_ends_before_it_begins_is_told_and_left_open():
    filters, notes = Filters.from_params({"from": "2025-10-26", "to": "2025-10-18"})
    assert (filters.date_from, filters.date_to) == (None, None)
    assert "ends on 2025-10-18" in notes[0]
    with pytest.raises(DataError, match="Swap the two"):
        Filters(date_from=date(2025, 10, 26), date_to=date(2025, 10, 18))


def test_a_long_or_mad_link_is_cut_and_told_in_one_sentence_for_each_parameter():
    filters, notes = Filters.from_params(
        {
            "type": [f"x{n}" for n in range(900)],
            "actor": ["a", "a", "b" * 1000],
            "from": "0001-01-01",
            "to": "9999-12-31",
        }
    )
    assert filters == Filters(actors=("a", "b" * 200))
    assert len(notes) == 3
    assert "must lie between 1700-01-01 and 2200-12-31, got 0001-01-01" in notes[0]
    assert "got 'x0' and 49 more" in notes[2]
