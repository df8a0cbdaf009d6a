"""The column place_basis: who or what chose the place of a row, written by every step that places, and no prose."""

import pytest

from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.place_basis import basis_of, is_reason_of
from dashboard.ingest.add import add_articles
from dashboard.ingest.sources import ArticleSource
from dashboard.model import PlaceBasis
from dashboard.project.open_tables import OpenTables
from dashboard.project.read import read_project
from dashboard.review.places import events_placed
from tests.cli.test_cli_geocode import conflictmap
from tests.geocode.test_own_coordinates import edit, events, geocoded, write
from tests.support.made_project import read, with_cells

HERAT, QUETTA, KABUL = "geonames:1140026", "geonames:1167528", "geonames:1138958"


def test_geocoding_writes_what_chose_each_place(tmp_path):
    (tmp_path / "places.csv").write_text(
        "place_id,name,latitude,longitude\nlocal:nine,Camp Nine,31.5,66.1\n", encoding="utf-8"
    )
    write(
        tmp_path,
        "title,toponym,place_id,latitude,longitude,country\n"
        "a,Camp Nine,,,,\nb,KP,,,,\nc,Quetta,,,,\nd,Herat Airfield,,,,\ne,Herat,geonames:1167528,,,\n"
        "f,Anywhere,,31.6,65.7,\ng,Xyzzyville,,,,Afghanistan\nh,Xyzzyville,,,,\n"
        '"Police fire on a crowd in Pakistan",Hyderabad,,,,\n',
    )
    geocoded(tmp_path)
    found = [row["place_basis"] for row in events(tmp_path)]
    assert found == ["own", "curated", "rule", "within", "person", "coordinates", "stopgap", "", "context"]
    assert [event.place_basis for event in read_project(tmp_path).events] == [
        PlaceBasis(b) if b else None for b in found
    ]


def test_reading_articles_writes_what_chose_each_place(tmp_path):
    text = (
        "Twelve people were killed in an attack in Kabul on Monday, police said.\n\n"
        "Two soldiers were killed in a clash in Kunarak village in Kandahar on Tuesday, police said.\n"
    )
    add_articles(tmp_path, [ArticleSource(data=text.encode(), published="2024-05-08")], Gazetteer.open())
    found = {row["toponym"]: (row["place_basis"], row["place_reason"]) for row in events(tmp_path)}
    assert found["Kabul"][0] == "rule"
    assert all(basis for basis, _ in found.values()), found
    assert "" not in {row["place_basis"] for row in events(tmp_path) if row["place_id"]}


def test_old_files_load_and_keep_their_places_and_are_told_who_chose_them(tmp_path):
    """As the program wrote them before there was the column."""
    write(
        tmp_path,
        "event_id,title,toponym,place_id,place_reason,status\n"
        f'e1,a,Quetta,{QUETTA},"settlement in Balochistan, Pakistan, population 1,001,205; first of 2 candidates",\n'
        f"e2,b,Herat,{HERAT},chosen by Ana,corrected\n"
        f"e3,c,Herat,{HERAT},named in events.csv,\n"
        f"e4,d,Herat,{HERAT},the mayor told me,\n"
        f"e5,e,Herat Airfield,geonames:1140026,\"the name is not known, but holds 'Herat': settlement in "
        'Afghanistan, population 574,276; first of 2 candidates",\n',
    )
    assert [event.place_basis for event in read_project(tmp_path).events] == [None] * 5
    assert "place_basis" not in conflictmap(tmp_path, "check").stdout
    before = [row["place_id"] for row in events(tmp_path)]
    geocoded(tmp_path)
    assert [row["place_id"] for row in events(tmp_path)] == before
    assert [row["place_basis"] for row in events(tmp_path)] == ["rule", "", "person", "person", "within"]


@pytest.mark.parametrize(
    ("place_id", "reason", "basis"),
    [
        ("geonames:1", "curated name", "curated"), ("geonames:1", "KP: curated name", "curated"),
        ("geonames:1", "the only place of this name", "rule"), ("geonames:1", "named in places.csv", "own"),
        ("geonames:1", "province of Afghanistan; first of 2 candidates", "rule"),
        ("geonames:1", "province, because the text says 'province'; first of 2 candidates", "rule"),
        ("geonames:1", "in the country the article speaks of (IN); first of 4 candidates", "context"),
        ("geonames:1", "Hyderabad: nearest to the article's other places; first of 4 candidates", "context"),
        ("geonames:1", "in Sindh, which the article names; first of 4 candidates", "context"),
        ("geonames:1", "'Hyderabad' in Pakistan: the only place of this name", "rule"),
        ("geonames:1", "in no gazetteer; the text puts it in Kandahar", "within"),
        ("osm:node1", "answer of 127.0.0.1:80, to be reviewed", "online"),
        ("", "only a place of this name far away is known, in a country the article does not speak of", "stopgap"),
        ("", "no place of the name 'Xyzzy' is known", None), ("geonames:1", "", None),
        ("geonames:1", "chosen by Ana for Herat", "person"),
    ],
)  # fmt: skip
def test_of_rows_without_the_column_their_reasons_say_it(place_id, reason, basis):
    row = {"place_id": place_id, "place_reason": reason}
    assert basis_of(row) == basis
    assert basis_of({**row, "place_basis": "online"}) is PlaceBasis.ONLINE, "the column is asked first"


def test_a_persons_place_is_known_by_the_column_whatever_the_reason_says(tmp_path):
    """The program's own sentence, kept by a person who chose another place and said so in the column."""
    write(tmp_path, "title,toponym\nRaid,Quetta\n")
    geocoded(tmp_path)
    edit(tmp_path, 1, place_id=HERAT, place_basis="person")
    reason = events(tmp_path)[0]["place_reason"]
    geocoded(tmp_path)
    edit(tmp_path, 1, toponym="Kabul")
    geocoded(tmp_path)
    (row,) = events(tmp_path)
    assert (row["place_id"], row["place_basis"], row["place_reason"]) == (HERAT, "person", reason)


def test_a_place_id_typed_over_the_programs_becomes_a_persons(tmp_path):
    write(tmp_path, "title,toponym\nRaid,Quetta\n")
    geocoded(tmp_path)
    edit(tmp_path, 1, place_id=HERAT)
    geocoded(tmp_path)
    assert (events(tmp_path)[0]["place_id"], events(tmp_path)[0]["place_basis"]) == (HERAT, "person")


@pytest.mark.parametrize(
    ("toponym", "basis"), [("KP", "curated"), ("Quetta", "rule"), ("Herat Airfield", "within"), ("Xyzzyville", "")]
)
def test_a_place_id_typed_in_an_editor_is_a_persons_whatever_had_chosen_before(tmp_path, toponym, basis):
    write(tmp_path, f"title,toponym\nMarch,Kabul\nRaid,{toponym}\n")
    geocoded(tmp_path)
    assert events(tmp_path)[1]["place_basis"] == basis
    edit(tmp_path, 2, place_id=KABUL)
    geocoded(tmp_path)
    _, row = events(tmp_path)
    assert (row["place_id"], row["place_basis"], row["place_reason"]) == (KABUL, "person", "named in events.csv")


def test_a_place_id_typed_over_stays_where_the_programs_place_has_left_the_project(tmp_path):
    """Tora Bora is typed in for an unknown place that the text puts in Afghanistan, whose row is not in places.csv."""
    reason = "in no gazetteer; the text puts it in Afghanistan"
    write(
        tmp_path,
        "title,toponym,place_id,place_basis,place_reason\n"
        f'Raid,Kabul,curated:tora-bora,within,"{reason}"\nRaid,Kabul,curated:tora-bora,,"{reason}"\n',
    )
    geocoded(tmp_path)
    found = [(row["place_id"], row["place_basis"]) for row in events(tmp_path)]
    assert found == [("curated:tora-bora", "person")] * 2


def test_a_reason_of_another_gazetteer_makes_nobody_the_one_who_chose(tmp_path):
    """The population of Hyderabad in Sindh was another then, and that of Telangana is the likelier one today."""
    reason = "settlement in Sindh, Pakistan, population 1,386,330; first of 4 candidates"
    write(
        tmp_path,
        "title,toponym,place_id,place_basis,place_reason\n"
        f'Raid,Hyderabad,geonames:1176734,rule,"{reason}"\nRaid,Quetta,geonames:1176734,rule,"{reason}"\n',
    )
    geocoded(tmp_path)
    assert [row["place_id"] for row in events(tmp_path)] == ["geonames:1176734"] * 2
    assert [row["place_basis"] for row in events(tmp_path)] == ["rule", "person"], "Quetta never meant Hyderabad"


def test_a_reason_goes_with_the_choice_and_a_persons_own_words_stay_where_the_choice_does(tmp_path):
    write(tmp_path, "title,toponym,latitude,longitude,place_reason\nRaid,Trujillo,-8.115,-79.03,the mayor told me\n")
    geocoded(tmp_path)
    edit(tmp_path, 1, latitude="-8.2")
    geocoded(tmp_path)
    (row,) = events(tmp_path)
    assert (row["place_id"], row["place_reason"]) == ("local:at:-8.2:-79.03", "the mayor told me")
    edit(tmp_path, 1, latitude="", longitude="")
    geocoded(tmp_path)
    assert events(tmp_path)[0]["place_basis"] == "rule"
    assert events(tmp_path)[0]["place_reason"].startswith("settlement in La Libertad, Peru")


def test_a_place_id_and_a_toponym_typed_together_are_a_persons(tmp_path):
    """The reason is that of Quetta, which stands in places.csv: it is neither Kabul's nor what Herat would mean."""
    write(tmp_path, "title,toponym\nRaid,Quetta\n")
    geocoded(tmp_path)
    edit(tmp_path, 1, place_id=KABUL, toponym="Herat")
    geocoded(tmp_path)
    assert (events(tmp_path)[0]["place_id"], events(tmp_path)[0]["place_basis"]) == (KABUL, "person")


def test_a_place_typed_in_where_the_program_left_none_is_a_persons(tmp_path):
    reason = "only a place of this name far away is known, in a country the article does not speak of"
    write(
        tmp_path,
        f'title,toponym,place_id,place_basis,place_reason\nRaid,Osh,{KABUL},stopgap,"{reason}"\n',
    )
    geocoded(tmp_path)
    assert (events(tmp_path)[0]["place_id"], events(tmp_path)[0]["place_basis"]) == (KABUL, "person")


def test_a_reason_in_other_words_than_the_programs_makes_nobody_the_one_who_chose(tmp_path):
    """Only place_basis counts: sentences that another version would word otherwise change nothing."""
    write(tmp_path, "title,toponym\nRaid,Quetta\n")
    geocoded(tmp_path)
    edit(tmp_path, 1, place_reason="picked as the largest town so called")
    before = events(tmp_path)
    geocoded(tmp_path)
    assert events(tmp_path) == before
    assert before[0]["place_basis"] == "rule"


def test_a_reason_names_its_place_and_no_other():
    gazetteer = Gazetteer.open()
    herat, kandahar = gazetteer.place("geonames:1140025"), gazetteer.place("geonames:1138335")
    cases = {
        "Kandahar: province of Afghanistan; first of 2 candidates": (False, True),
        "province of Afghanistan; first of 2 candidates": (True, True),
        "Herat: the only place of this name": (True, False),
        "the only place of this name": (False, False),
        "'Herat' in Afghanistan: province, because the text says 'province'": (True, True),
        "in no gazetteer; the text puts it in Kandahar": (False, True),
        "in the country the article speaks of (PK); first of 2 candidates": (False, False),
    }
    for reason, expected in cases.items():
        found = tuple(is_reason_of(reason, one, gazetteer, is_own=False) for one in (herat, kandahar))
        assert found == expected, reason


def test_placing_a_name_by_hand_is_a_persons(tmp_path):
    write(tmp_path, "title,toponym\nRaid,Quetta\n")
    geocoded(tmp_path)
    tables = OpenTables(tmp_path)
    (change,) = events_placed(tables, tables.events.rows, Gazetteer.open().place(HERAT), "chosen by Ana for Quetta")
    assert change.after["place_basis"] == "person"


def test_a_word_that_is_no_basis_is_told_with_those_that_are(tmp_path):
    project = read(tmp_path, with_cells("events", 2, place_basis="guess"))
    (told,) = [one for one in project.problems if one.column == "place_basis"]
    assert (told.code, told.row, told.line) == ("enum.unknown", 2, 3)
    assert told.message == (
        "'guess' is not one of person, own, coordinates, curated, rule, context, within, stopgap, online."
    )
