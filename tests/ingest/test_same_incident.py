"""Which events of different articles report one incident; the words are compared by their first six letters."""

import pytest

from dashboard.ingest.same_incident import (
    Report,
    earlier_incidents,
    incidents_reported_before,
    whole_incidents,
)

BRIDGE = "Drones destroyed the northern bridge overnight"  # drones, destro, northe, bridge, overni
SHORTER = "Drones destroyed another bridge"  # drones, destro, anothe, bridge: three of these four are among BRIDGE's
MARKET = "Shells struck a crowded market beside the river"  # shells, struck, crowde, market, beside, river


def row(event_id, article_id, passage, incident_id="", **cells):
    kind = {"event_type": "strike", "place_id": "p1", "date_start": "2024-05-03", "date_end": "2024-05-03"}
    return {"event_id": event_id, "article_id": article_id, "passage": passage, "incident_id": incident_id} | (
        kind | cells
    )


def report(incident_id, article_id, words):
    return Report(incident_id, article_id, frozenset(words.split()))


def test_another_article_that_says_it_in_similar_words_reports_the_same_incident():
    known = [row("e1", "a1", BRIDGE, "i1")]
    assert incidents_reported_before(known, [row("e2", "a2", SHORTER, "i2")]) == {"i2": "i1"}
    assert incidents_reported_before(known, [row("e2", "a2", MARKET, "i2")]) == {}


def test_one_article_tells_of_two_incidents_however_alike_its_words_are():
    assert incidents_reported_before([row("e1", "a1", BRIDGE, "i1")], [row("e2", "a1", BRIDGE, "i2")]) == {}


@pytest.mark.parametrize("cell", ["event_type", "place_id", "date_start", "date_end"])
def test_type_place_and_days_must_be_known_and_the_same(cell):
    partly = {cell: ""}
    other = {cell: "else"}
    assert incidents_reported_before([row("e1", "a1", BRIDGE)], [row("e2", "a2", BRIDGE, **other)]) == {}
    assert incidents_reported_before([row("e1", "a1", BRIDGE, **partly)], [row("e2", "a2", BRIDGE, **partly)]) == {}


def test_cells_count_without_the_spaces_around_them_and_an_event_without_incident_is_one_of_its_own():
    known = [row(" e1 ", "a1", BRIDGE, "  ", place_id=" p1")]
    assert incidents_reported_before(known, [row("e2", "a2", BRIDGE, "i2")]) == {"i2": "e1"}


def test_the_first_of_several_new_reports_names_the_incident():
    new = [row("e3", "a3", BRIDGE, "i3"), row("e1", "a1", BRIDGE, "i1"), row("e2", "a2", SHORTER, "i2")]
    assert incidents_reported_before([], new) == {"i1": "i3", "i2": "i3"}


def test_a_report_that_was_joined_hands_on_the_incident_it_was_joined_to():
    known = [report("i1", "a1", "alpha bravo charlie delta")]
    new = [report("i2", "a2", "charlie delta echo foxtrot"), report("i3", "a3", "echo foxtrot golf hotel")]
    assert list(earlier_incidents(known, new)) == [("i2", "i1"), ("i3", "i1")]


def test_all_events_of_an_incident_go_where_one_of_them_was_recognised():
    known = [row("e1", "a1", BRIDGE, "i1")]
    at_two_places = [row("e2", "a2", BRIDGE, "i2", place_id="p2"), row("e3", "a2", SHORTER, "i2")]
    # The map is by incident, so that e2 follows e3, though nothing is known at its own place.
    assert incidents_reported_before(known, at_two_places) == {"i2": "i1"}


def test_an_incident_stays_whole_and_goes_to_the_least_of_several_earlier_ones():
    assert whole_incidents([("i5", "i3"), ("i5", "i1"), ("i4", "i2")]) == {"i5": "i1", "i4": "i2"}
    assert whole_incidents([("i4", "i3"), ("i3", "i2"), ("i2", "i1")]) == dict.fromkeys(("i4", "i3", "i2"), "i1")
    assert whole_incidents([]) == {}


def test_the_workers_of_a_cluster_find_the_same_incidents():
    pd = pytest.importorskip("pandas")
    from dashboard.ingest.on_cluster import _same_incidents

    rows = [
        row("e1", "a1", BRIDGE, "i1") | {"is_new": False},
        row("e2", "a2", SHORTER, "i2") | {"is_new": True},
        row("e3", "a3", MARKET, "i3") | {"is_new": True},
        row("e4", "a4", MARKET, "i4") | {"is_new": True},
    ]
    found = _same_incidents(pd.DataFrame(rows))
    assert list(found.itertuples(index=False, name=None)) == [("i2", "i1"), ("i4", "i3")]
    assert incidents_reported_before(rows[:1], rows[1:]) == {"i2": "i1", "i4": "i3"}
