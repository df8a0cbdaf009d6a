import hashlib
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.model import (
    Assertion,
    DateBasis,
    DatePrecision,
    Event,
    EventType,
    GeoPrecision,
    Place,
    Status,
)
from dashboard.project.read import read_project
from dashboard.tables import (
    ARTICLE_COLUMNS,
    EVENT_COLUMNS,
    EVENT_TYPES,
    PLACE_COLUMNS,
    EventRow,
    article_row,
    as_text,
    event_id_for,
    event_row,
    place_row,
    precision_of,
    row_event_id,
    row_version,
)
from tests.support.made_project import read, rows, with_cells


def test_what_a_column_holds_is_said_without_its_none():
    of_interest = ("title", "date_end", "date_basis", "fatalities_low", "confidence")
    assert [EVENT_TYPES[name] for name in of_interest] == [str, date, DateBasis, int, float]
    assert tuple(EVENT_TYPES) == EVENT_COLUMNS


def test_the_columns_are_those_of_the_documented_files():
    assert " ".join(ARTICLE_COLUMNS) == "article_id title publisher url published language retrieved_at sha256 problem"
    assert " ".join(PLACE_COLUMNS) == (
        "place_id name alternate_names feature_code country_code admin1_name latitude longitude radius_km source note"
    )
    assert " ".join(EVENT_COLUMNS) == (
        "event_id incident_id title event_type sub_event_type date_start date_end date_precision date_text date_basis "
        "toponym place_id place_basis geo_precision actor1 actor2 claimed_by assertion fatalities_low fatalities_high "
        "fatalities_text article_id char_start char_end passage confidence place_reason date_reason status "
        "reviewed_by reviewed_at review_note source_dataset source_row_id"
    )
    assert tuple(field.name for field in fields(Event)) == EVENT_COLUMNS


def test_reading_a_row_and_writing_it_gives_the_same_cells(tmp_path):
    project = read(tmp_path)
    assert project.problems == ()
    assert [event_row(event) for event in project.events] == rows("events")
    assert [article_row(article) for article in project.articles.values()] == rows("articles")
    written = [place_row(place) for place in project.places.values()]
    assert [row["latitude"] for row in written] == ["34.52813", "34.1", "34.33333"]  # 34.10 is the same number
    assert written[0] == rows("places")[0]


def test_every_cell_of_an_event_is_read_as_what_it_is(tmp_path):
    event = read(tmp_path).events[0]
    assert (event.event_type, event.sub_event_type) == (EventType.BATTLE, "Armed clash")
    assert (event.date_start, event.date_end) == (date(2025, 10, 13), date(2025, 10, 13))
    assert (event.date_precision, event.date_basis) == (DatePrecision.DAY, DateBasis.WEEKDAY)
    assert (event.fatalities_low, event.fatalities_high, event.confidence) == (2, 2, 0.9)
    assert (event.char_start, event.char_end) == (8, 80)
    assert (event.assertion, event.status, event.geo_precision) == (
        Assertion.REPORTED,
        Status.CONFIRMED,
        GeoPrecision.NEAR,
    )


def own(tmp_path, text):
    (tmp_path / "events.csv").write_text(text, encoding="utf-8")
    return read_project(tmp_path)


def test_a_row_of_ones_own_needs_only_words_and_a_place_name(tmp_path):
    project = own(tmp_path, "title,toponym\nShelling near the bridge,Quetta\n")
    assert project.problems == ()
    (event,) = project.events
    assert (event.title, event.toponym, event.passage, event.place_id) == ("Shelling near the bridge", "Quetta", "", "")
    assert (event.event_type, event.status, event.assertion) == (EventType.OTHER, Status.PENDING, Assertion.REPORTED)
    assert (event.date_start, event.date_end, event.date_precision) == (None, None, DatePrecision.UNKNOWN)
    assert event.geo_precision is GeoPrecision.UNLOCATED
    assert (event.char_start, event.char_end, event.fatalities_low) == (None, None, None)
    assert project.unplaced == 1


@pytest.mark.parametrize(
    ("cells", "start", "end", "precision"),
    [
        ("2025-10-29,,", "2025-10-29", "2025-10-29", "day"),
        ("2025-02,,", "2025-02-01", "2025-02-28", "month"),
        ("2024,,", "2024-01-01", "2024-12-31", "year"),
        ("2025-10-11,2025-10-19,", "2025-10-11", "2025-10-19", "days"),
        ("2025-10,2025-11,", "2025-10-01", "2025-11-30", "days"),
        ("2025-10-13,2025-10-19,week", "2025-10-13", "2025-10-19", "week"),
        ("2025-10-29,,month", "2025-10-01", "2025-10-31", "month"),
        ("2025-10-29,,year", "2025-01-01", "2025-12-31", "year"),
        ("2025-10-29T14:00,,", "2025-10-29", "2025-10-29", "day"),
    ],
)
def test_the_date_of_ones_own_row_is_as_wide_as_it_is_told(tmp_path, cells, start, end, precision):
    project = own(tmp_path, f"title,toponym,date_start,date_end,date_precision\nClash,Kabul,{cells}\n")
    (event,) = project.events
    assert (event.date_start, event.date_end) == (date.fromisoformat(start), date.fromisoformat(end))
    assert event.date_precision == precision


@pytest.mark.parametrize(
    ("feature_code", "precision"),
    [
        ("PPL", "settlement"), ("PPLC", "settlement"), ("PPLA3", "settlement"), ("ADM1", "admin1"), ("ADM2", "admin2"),
        ("ADM3", "near"), ("PCLI", "country"), ("PCL", "country"), ("RGN", "region"), ("MTS", "region"),
        ("SEA", "sea"), ("PASS", "near"), ("CAVE", "near"), ("", "near"),
    ],
)  # fmt: skip
def test_the_kind_of_place_says_how_exact_it_is(feature_code, precision):
    assert precision_of(feature_code) == precision


def test_an_empty_precision_follows_from_the_place(tmp_path):
    project = read(tmp_path, with_cells("events", 3, geo_precision=""))
    assert project.events[2].geo_precision is GeoPrecision.ADMIN1


def test_the_id_of_an_event_comes_from_what_was_read_and_where():
    digest = hashlib.sha256(b"ab" * 32 + b"\x1f12\x1f40\x1fKabul\x1fbattle").hexdigest()
    assert event_id_for("ab" * 32, 12, 40, "Kabul", "battle") == digest[:12]


def test_a_row_without_an_id_gets_the_one_its_content_gives(tmp_path):
    project = read(tmp_path, with_cells("events", 1, event_id=""))
    sha256 = project.articles["a1"].sha256
    assert project.events[0].event_id == event_id_for(sha256, 8, 80, "Torkham", "battle")
    assert row_event_id(rows("events")[0], sha256) == "e1"  # what is written stays, whatever is corrected later


def test_rows_of_ones_own_keep_their_id_when_other_rows_or_columns_come(tmp_path):
    first = own(tmp_path, "title,toponym\nClash,Kabul\n").events[0].event_id
    later = own(tmp_path, "toponym,review_note,title\nDoha,,Talks\nKabul,call them,Clash\n").events
    assert later[1].event_id == first
    assert later[0].event_id != first


def test_the_same_row_twice_is_told_and_counted_once(tmp_path):
    project = own(tmp_path, "title,toponym\nClash,Kabul\nTalks,Doha\nClash,Kabul\n")
    assert [event.title for event in project.events] == ["Clash", "Talks"]
    assert [(p.code, p.row, p.line) for p in project.problems] == [("event.duplicate", 3, 4)]
    assert "says the same as row 1" in str(project.problems[0])


def test_a_rows_version_changes_with_any_cell_and_not_with_a_new_empty_column():
    row = rows("events")[0]
    version = row_version(row)
    assert row_version(row | {"colour": ""}) == version
    for column in row:
        assert row_version(row | {column: row[column] + "x"}) != version
    assert row_version({"title": "a", "passage": "b"}) != row_version({"title": "ab", "passage": ""})


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (34.5, "34.5"), (34.0, "34"), (-0.00001, "-0.00001"), (1e-7, "0.0000001"), (0, "0"), (12, "12"),
     (date(2025, 1, 2), "2025-01-02"), (EventType.BATTLE, "battle"), ("007", "007")],
)  # fmt: skip
def test_values_are_written_as_people_write_them(value, text):
    assert as_text(value) == text


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_coordinates_survive_writing_and_reading_exactly(longitude, latitude):
    place = Place(place_id="p", name="P", latitude=latitude, longitude=longitude)
    row = place_row(place)
    assert float(row["latitude"]) == pytest.approx(latitude, abs=1e-20)
    assert float(row["longitude"]) == pytest.approx(longitude, abs=1e-20)


def test_a_row_is_read_without_the_spaces_around_its_cells_and_without_the_columns_that_are_missing():
    row = EventRow({"place_id": " p1 ", "toponym": "\tKabul", "incident_id": "  ", "reviewed_by": " Ana "})
    assert (row.place_id, row.toponym, row.incident_id, row.cell("reviewed_by")) == ("p1", "Kabul", "", "Ana")
    assert (row.event_id, row.article_id, row.cell("note")) == ("", "", "")


@pytest.mark.parametrize(
    ("written", "is_pending", "is_reviewed"),
    [
        ("", True, False),
        (" Pending ", True, False),
        ("CONFIRMED", False, True),
        ("corrected", False, True),
        ("rejected ", False, True),
        ("postponed", False, False),
    ],
)
def test_a_row_is_pending_reviewed_or_says_what_is_neither(written, is_pending, is_reviewed):
    row = EventRow({"status": written})
    assert (row.is_pending, row.is_reviewed) == (is_pending, is_reviewed)


def test_a_row_says_something_of_its_place_by_a_name_an_id_coordinates_or_a_country():
    assert not EventRow({"toponym": " ", "place_id": "", "latitude": ""}).names_place
    assert all(EventRow({column: "x"}).names_place for column in ("toponym", "place_id", "country", "longitude"))
    assert EventRow({"country": "Peru"}).states_place
    assert not EventRow({"toponym": "Lima"}).states_place
