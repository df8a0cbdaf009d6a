"""Places joined, renamed, moved and named, each shown before it is saved; incidents joined, parted and compared."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.errors import DataError, RowConflictError
from dashboard.model import Assertion, Event, EventType, GeoPrecision, Place
from dashboard.project import audit_log
from dashboard.project.commit import Entry, commit
from dashboard.project.open_tables import OpenTables
from dashboard.project.read import read_project
from dashboard.review import incidents
from dashboard.review.incidents import Account, Matter, disagreements
from dashboard.review.places import local_id, place_moved, place_renamed, places_merged
from dashboard.review.save import save_changes
from tests.support.made_project import csv_bytes, make, rows, with_cells

KABUL, KP, CAMP = "geonames:1138958", "geonames:1168873", "local:camp"


@pytest.fixture
def project(tmp_path):
    return make(tmp_path)


def touched(changes):
    return [(change.table, change.row_id, change.after is None) for change in changes]


def test_two_places_become_one_with_the_events_and_names_of_both(project):
    with_cells("places", alternate_names="Camp Nine|Kabul")(project)
    changes = places_merged(OpenTables(project), KABUL, CAMP)
    assert touched(changes) == [("events", "e2", False), ("places", KABUL, False), ("places", CAMP, True)]
    assert read_project(project).places.keys() == {KABUL, CAMP, KP}, "shown, and nothing saved yet"
    save_changes(project, changes, "Ana", "merge places")
    loaded = read_project(project)
    assert loaded.places[KABUL].alternate_names == ("Кабул", "Kabol", "The camp", "Camp Nine")
    assert (loaded.events[1].place_id, loaded.events[1].status, CAMP in loaded.places) == (KABUL, "pending", False)
    assert loaded.problems == ()
    (*_, line) = audit_log.history(project)
    assert (line.who, line.action, len(line.changes)) == ("Ana", "merge places", 3)


def test_a_precision_that_the_other_place_cannot_have_goes(project):
    changes = places_merged(OpenTables(project), KP, CAMP)
    assert changes[0].after["geo_precision"] == "", "nothing is near a province as it is near a camp"
    assert places_merged(OpenTables(project), CAMP, KABUL)[0].after["geo_precision"] == "near"


def test_a_renamed_place_is_found_by_its_old_name_and_a_moved_one_keeps_what_else_is_known(project):
    save_changes(project, place_renamed(OpenTables(project), CAMP, " Camp Nine "), "Ana", "rename place")
    save_changes(project, place_moved(OpenTables(project), CAMP, 34.5, 71.25, None), "Ana", "move place")
    place = OpenTables(project).places[CAMP]
    assert (place.name, place.alternate_names, place.country_code) == ("Camp Nine", ("The camp",), "PK")
    assert (place.latitude, place.longitude, place.radius_km) == (34.5, 71.25, None)
    assert (
        place_renamed(OpenTables(project), CAMP, "Camp Nine")
        == place_moved(OpenTables(project), CAMP, 34.5, 71.25, None)
        == []
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda tables: places_merged(tables, CAMP, CAMP), "cannot be merged with itself"),
        (lambda tables: places_merged(tables, CAMP, "local:none"), "'local:none' is no place of places.csv"),
        (lambda tables: place_renamed(tables, CAMP, "A|B"), "without '|', got 'A|B'"),
        (lambda tables: place_renamed(tables, CAMP, " '' "), "name of a place must be one line"),
        (lambda tables: place_moved(tables, CAMP, 91, 0, None), "latitude must be between"),
        (lambda tables: place_moved(tables, CAMP, 1, 0, 0), "radius_km must be above 0"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_shown(project, change, told):
    with pytest.raises(DataError, match=told):
        change(OpenTables(project))


def test_what_has_changed_since_it_was_shown_is_not_saved(project):
    shown = places_merged(OpenTables(project), KABUL, CAMP)
    save_changes(project, place_renamed(OpenTables(project), CAMP, "Camp Nine"), "Ben", "rename place")
    before = (project / "events.csv").read_bytes()
    with pytest.raises(RowConflictError, match=r"places\.csv: row 'local:camp' was changed"):
        save_changes(project, shown, "Ana", "merge places")
    assert (project / "events.csv").read_bytes() == before
    with pytest.raises(DataError, match="would change nothing"):
        save_changes(project, [], "Ana", "merge places")


def test_ids_of_places_put_on_the_map_are_readable_where_they_can_be_and_never_taken():
    assert local_id("Tora Bora (caves)", ()) == "local:tora-bora-caves"
    assert local_id("Tora Bora", ("local:tora-bora", "local:tora-bora-2")) == "local:tora-bora-3"
    assert local_id("تورا بورا", ()) != local_id("Кабул", ())
    assert len(local_id("x" * 300, ())) <= 64


# --- incidents


def incident_ids(folder):
    return {event.event_id: event.incident_id or event.event_id for event in read_project(folder).events}


def save(folder, changes):
    commit(folder, changes, Entry(who="Ana", action="merge incidents"))


def test_events_are_joined_to_one_incident_and_parted_again(project):
    save(project, incidents.incidents_joined(OpenTables(project), "e1", "e2"))
    save(project, incidents.incidents_joined(OpenTables(project), "e3", "e2"))
    assert set(incident_ids(project).values()) == {"e3"}
    with pytest.raises(DataError, match="one incident already"):
        incidents.incidents_joined(OpenTables(project), "e1", "e3")
    save(project, incidents.event_parted(OpenTables(project), "e3"))
    assert incident_ids(project) == {"e1": "e1", "e2": "e1", "e3": "e3"}, "those that stay have another name"
    save(project, incidents.event_parted(OpenTables(project), "e2"))
    assert incident_ids(project) == {"e1": "e1", "e2": "e2", "e3": "e3"}
    with pytest.raises(DataError, match="of its own already"):
        incidents.event_parted(OpenTables(project), "e2")


def test_events_at_the_same_place_within_a_day_are_perhaps_the_same_incident(project):
    table = rows("events")
    yesterday = {"date_start": "2025-10-12", "date_end": "2025-10-12"}
    day_before = table[0] | yesterday | {"event_id": "e4", "event_type": "talks", "sub_event_type": ""}
    same = table[0] | {"event_id": "e5"}
    week_before = table[0] | {"event_id": "e6", "date_start": "2025-10-06", "date_end": "2025-10-06"}
    (project / "events.csv").write_bytes(csv_bytes([*table, day_before, same, week_before]))
    tables = OpenTables(project)
    assert [event.event_id for event in incidents.similar_events(tables, tables.event("e1"))] == ["e5", "e4"]
    save(project, incidents.incidents_joined(tables, "e1", "e5"))
    assert [event.event_id for event in incidents.similar_events(OpenTables(project), tables.event("e1"))] == ["e4"]


CITY = Place(
    place_id="p1", name="Kabul", latitude=34.5, longitude=69.2, country_code="AF", admin1_name="Kabul", radius_km=9
)
OTHER_CITY = Place(
    place_id="p2", name="Kandahar", latitude=31.6, longitude=65.7, country_code="AF", admin1_name="Kandahar"
)
PROVINCE = Place(place_id="p3", name="Kandahar", latitude=31, longitude=66, country_code="AF", feature_code="ADM1")
COUNTRY = Place(place_id="p4", name="Afghanistan", latitude=33, longitude=66, country_code="AF", feature_code="PCLI")
SUBURB = Place(place_id="p5", name="Khair Khana", latitude=34.56, longitude=69.2, country_code="AF")


def told(article="a1", by="", place=CITY, precision=GeoPrecision.SETTLEMENT, **cells):
    day = date(2025, 10, 11)
    event = Event(event_id="e", article_id=article, claimed_by=by, geo_precision=precision, event_type=EventType.BATTLE,
                  **({"date_start": day, "date_end": day, "date_precision": "day"} | cells))  # fmt: skip
    return Account(event, place)


def week(first):
    return {"date_start": date(2025, 10, first), "date_end": date(2025, 10, first + 6), "date_precision": "days"}


def dead(low, high):
    return {"fatalities_low": low, "fatalities_high": high}


@pytest.mark.parametrize(
    ("one", "other", "matters"),
    [
        (told(), told("a2"), set()),
        (told(fatalities_low=4, fatalities_high=4), told("a2", fatalities_low=11, fatalities_high=11), {Matter.DEATHS}),
        (
            told(by="police", fatalities_low=4, fatalities_high=4),
            told(by="Taliban", fatalities_low=11),
            {Matter.DEATHS},
        ),
        (told(fatalities_low=4), told("a2", fatalities_low=11), set()),  # at least four, at least eleven
        (told(fatalities_low=4, fatalities_high=4), told("a2"), set()),  # who gives no figure contradicts none
        (told(fatalities_low=4, fatalities_high=4), told(fatalities_low=9, fatalities_high=9), set()),  # one voice
        (told(), told("a2", place=OTHER_CITY), {Matter.PLACE}),
        (told(place=OTHER_CITY), told("a2", place=PROVINCE, precision=GeoPrecision.ADMIN1), set()),
        (told(), told("a2", place=PROVINCE, precision=GeoPrecision.ADMIN1), {Matter.PLACE}),
        (told(), told("a2", place=COUNTRY, precision=GeoPrecision.COUNTRY), set()),
        (told(), told("a2", place=SUBURB), set()),
        (told(), told("a2", place=None, precision=GeoPrecision.UNLOCATED), set()),
        (told(**week(6)), told("a2"), set()),
        (told(**week(12)), told("a2"), {Matter.DATE}),
        (told(actor1="Pakistan", actor2="Taliban"), told("a2", actor1="TTP", actor2="the Pakistan Army"), set()),
        (told(actor1="Pakistan"), told("a2", actor1="India"), {Matter.ACTOR}),
        (told(actor1="Pakistan"), told("a2"), set()),
        (told(), told("a2", assertion=Assertion.DENIED), {Matter.WHETHER}),
        (told(assertion=Assertion.DENIED), told("a2", assertion=Assertion.DENIED), set()),
        (told(), told("a2", assertion=Assertion.PLANNED), set()),
    ],
)
def test_only_what_excludes_each_other_is_a_disagreement_and_each_side_is_shown(one, other, matters):
    found = disagreements([one, other])
    assert found.keys() == matters
    assert all(sides == [one, other] for sides in found.values())


def test_a_voice_that_names_two_places_agrees_with_one_that_names_either():
    both = [told(), told(place=OTHER_CITY)]
    assert disagreements([*both, told("a2", place=OTHER_CITY)]) == {}
    third = told("a3", place=replace(CITY, place_id="p9", latitude=50))
    assert [side.event.article_id for side in disagreements([*both, third])[Matter.PLACE]] == ["a1", "a3"]
