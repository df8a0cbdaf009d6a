"""What becomes of a row that a person edits after `conflictmap geocode`: it stays good, and true."""

from datetime import date

import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.model import GeoPrecision
from dashboard.project.read import read_project
from tests.cli.test_cli_geocode import conflictmap, rows_of, write_events

HYDERABAD, HYDERABAD_PK, HERAT = "geonames:1269843", "geonames:1176734", "geonames:1140026"
KABUL, KABUL_PROVINCE = "geonames:1138958", "geonames:1138957"


def placed(folder, **row):
    """A project of one event of a person's own, geocoded."""
    write_events(folder, {"title": "Blast", **row})
    conflictmap(folder, "geocode")
    return folder


def edited(folder, **cells):
    """The only row after a person changed these cells."""
    (row,) = rows_of(folder / "events.csv")
    write_events(folder, {**row, **cells})
    return folder


def geocoded(folder):
    """The only row after `conflictmap geocode`, which a second run does not change."""
    first = conflictmap(folder, "geocode")
    (row,) = rows_of(folder / "events.csv")
    assert "nothing changed" in conflictmap(folder, "geocode").stdout
    assert rows_of(folder / "events.csv") == [row]
    return row, first


def only_event(folder):
    project = read_project(folder)
    assert project.problems == ()
    (event,) = project.events
    return event


@pytest.mark.parametrize(
    ("written", "corrected", "start", "end", "precision"),
    [
        ("2025-11-03", "2025-11-07", date(2025, 11, 7), date(2025, 11, 7), "day"),
        ("2025-11", "2025-11-05", date(2025, 11, 5), date(2025, 11, 5), "day"),
        ("2025-11-05", "2025-10", date(2025, 10, 1), date(2025, 10, 31), "month"),
    ],
)
def test_a_date_corrected_after_geocoding_is_the_date(tmp_path, written, corrected, start, end, precision):
    edited(placed(tmp_path, toponym="Quetta", date_start=written), date_start=corrected)
    event = only_event(tmp_path)
    assert (event.date_start, event.date_end, event.date_precision) == (start, end, precision)
    assert CliRunner().invoke(main, ["--data", str(tmp_path), "check"]).exit_code == 0


def test_a_place_corrected_to_a_province_is_never_a_dot_not_even_before_geocoding(tmp_path):
    placed(tmp_path, toponym="Kabul")
    assert only_event(tmp_path).geo_precision is GeoPrecision.SETTLEMENT
    (row,) = rows_of(tmp_path / "events.csv")
    write_events(
        tmp_path, row, {**row, "event_id": "e2", "toponym": "Kabul province", "place_id": "", "place_reason": ""}
    )
    conflictmap(tmp_path, "geocode")
    write_events(tmp_path, {**row, "place_id": KABUL_PROVINCE})
    assert only_event(tmp_path).geo_precision is GeoPrecision.ADMIN1
    after, _ = geocoded(tmp_path)
    assert (after["place_id"], after["geo_precision"]) == (KABUL_PROVINCE, "")
    assert after["place_reason"] == "named in events.csv"
    assert only_event(tmp_path).geo_precision is GeoPrecision.ADMIN1


def test_a_precision_left_from_the_place_before_goes_with_it(tmp_path):
    edited(placed(tmp_path, toponym="Kabul"), place_id=KABUL_PROVINCE, geo_precision="settlement")
    assert geocoded(tmp_path)[0]["geo_precision"] == ""
    edited(tmp_path, place_id=KABUL, place_reason="", geo_precision="exact")
    assert geocoded(tmp_path)[0]["geo_precision"] == "exact", "a person wrote it, and it can be"


def test_what_a_longer_name_only_holds_is_near_until_a_person_says_more(tmp_path):
    placed(tmp_path, toponym="Kandahar Airfield")
    assert only_event(tmp_path).geo_precision is GeoPrecision.NEAR
    edited(tmp_path, place_id=KABUL)
    after, _ = geocoded(tmp_path)
    assert (after["place_id"], after["geo_precision"], after["place_reason"]) == (KABUL, "", "named in events.csv")


@pytest.mark.parametrize(
    ("first", "corrected", "place_id"),
    [
        ("Hyderabad", "Herat", HERAT),
        ("Hyderabad", "Hyderabad, Pakistan", HYDERABAD_PK),
        ("KP", "Balochistan", "geonames:1183606"),
        ("Afghanistan", "Qatar", "geonames:289688"),
        ("Kabul", "Kabul province", KABUL_PROVINCE),
        ("Helmand province", "Kandahar province", "geonames:1138335"),
        ("Kandahar Airfield", "Herat", HERAT),
    ],
)
def test_a_corrected_toponym_is_placed_again(tmp_path, first, corrected, place_id):
    before = placed(tmp_path, toponym=first)
    assert rows_of(before / "events.csv")[0]["place_id"] not in ("", place_id)
    after, result = geocoded(edited(tmp_path, toponym=corrected))
    assert after["place_id"] == place_id
    assert "1 event placed again for a changed toponym" in result.stdout
    assert only_event(tmp_path).toponym == corrected


def test_a_toponym_corrected_to_a_name_nobody_knows_loses_its_place_and_is_told(tmp_path):
    after, result = geocoded(edited(placed(tmp_path, toponym="Hyderabad"), toponym="Nowhereville"))
    assert (after["place_id"], after["place_reason"]) == ("", "no place of the name 'Nowhereville' is known")
    assert result.exit_code == 1
    assert "column toponym: no place of the name 'Nowhereville' is known." in result.stderr


@pytest.mark.parametrize("toponym", ["Hyderabad", "KP", "Afghanistan", "Helmand province"])
@pytest.mark.parametrize("place_id", [HYDERABAD_PK, HERAT, "geonames:1183606", "geonames:1138335", "geonames:290030"])
def test_a_place_corrected_by_hand_stays_and_says_so(tmp_path, toponym, place_id):
    after, result = geocoded(edited(placed(tmp_path, toponym=toponym), place_id=place_id))
    assert (after["place_id"], after["place_reason"]) == (place_id, "named in events.csv")
    assert result.exit_code == 0
    later, _ = geocoded(edited(tmp_path, toponym="Quetta"))
    assert later["place_id"] == place_id, "from now on it is the person's"


def test_a_place_chosen_by_its_article_stays_as_long_as_the_toponym_is_the_one_first_written(tmp_path):
    """The id of the event comes from its toponym, so it tells whether a person has changed it."""
    placed(tmp_path, toponym="Herat")
    india = "settlement in Telangana, India, population 6,993,262; first of 4 candidates"
    edited(tmp_path, place_id=HYDERABAD, place_reason=india)
    assert geocoded(tmp_path)[0]["place_id"] == HYDERABAD
    assert geocoded(edited(tmp_path, title="Blast in Herat"))[0]["place_id"] == HERAT


@pytest.mark.parametrize(
    ("toponym", "place_id", "reason"),
    [
        ("Afghanistan", "geonames:1149361", "the only place of this name"),
        ("Hyderabad", HYDERABAD_PK, "nearest to the article's other places; first of 4 candidates"),
        ("Helmand", "geonames:1140025", "province of Afghanistan; first of 2 candidates"),
        ("KP", "geonames:1168873", "curated name"),
    ],
)
def test_what_an_article_has_placed_is_not_taken_for_a_persons_word(tmp_path, toponym, place_id, reason):
    cells = {"toponym": toponym, "place_id": place_id, "place_reason": reason, "geo_precision": "near"}
    placed(tmp_path, **cells)
    assert {column: geocoded(tmp_path)[0][column] for column in cells} == cells


def test_a_persons_own_reason_stays(tmp_path):
    words = "the mayor told me; first of all"
    after, _ = geocoded(edited(placed(tmp_path, toponym="Hyderabad"), place_id=HERAT, place_reason=words))
    assert (after["place_id"], after["place_reason"]) == (HERAT, words)


def test_a_reviewed_row_keeps_every_cell(tmp_path):
    edited(placed(tmp_path, toponym="Hyderabad"), toponym="Herat", status="confirmed", geo_precision="near")
    (before,) = rows_of(tmp_path / "events.csv")
    assert geocoded(tmp_path)[0] == before


def test_an_emptied_place_is_decided_again(tmp_path):
    edited(placed(tmp_path, toponym="Hyderabad"), place_id="", toponym="Herat")
    after, _ = geocoded(tmp_path)
    assert (after["place_id"], after["place_reason"].split(",")[0]) == (HERAT, "settlement in Afghanistan")
