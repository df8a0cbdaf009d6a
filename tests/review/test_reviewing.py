"""Decisions without a screen: what each changes, what it refuses, what is remembered and what is taken back."""

import csv
import io
from datetime import date

import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import DataError, RowConflictError
from dashboard.filters import Filters
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest.check import check_project
from dashboard.model import EventType, GeoPrecision, Place
from dashboard.project import audit_log
from dashboard.project.open_tables import OpenTables
from dashboard.project.read import read_project
from dashboard.project.reading.csv_records import format_record
from dashboard.review.decide import Decision, Verdict, review_event, undo_last
from dashboard.review.waiting import queue_of
from tests.support.made_project import csv_bytes, make, rows, with_cells

AT = "2026-11-25T10:00:00Z"
KP, KANDAHAR = "geonames:1168873", "geonames:1138336"


@pytest.fixture
def project(tmp_path):
    return make(tmp_path)


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def decision(folder, verdict, event_id="e2", **more):
    return Decision(event_id=event_id, verdict=verdict, base=OpenTables(folder).row("events", event_id),
                    **({"reviewer": "Ana"} | more))  # fmt: skip


def decide(folder, verdict, event_id="e2", **more):
    return review_event(folder, decision(folder, verdict, event_id, **more), at=AT)


def changed_cells(folder, event_id="e2"):
    before = next(row for row in rows("events") if row["event_id"] == event_id)
    after = OpenTables(folder).row("events", event_id)
    return {column: after[column] for column in before if after[column] != before[column]}


REVIEWED = {"incident_id": "e2", "reviewed_by": "Ana", "reviewed_at": AT}


def test_to_confirm_changes_nothing_but_who_looked_and_when(project):
    decide(project, Verdict.CONFIRM, reviewer="  Ana ")
    assert changed_cells(project) == REVIEWED | {"status": "confirmed"}
    lines = (project / "events.csv").read_bytes().splitlines()
    untouched = csv_bytes(rows("events")).splitlines()
    assert [n for n, line in enumerate(lines) if line != untouched[n]] == [2]


def test_to_reject_needs_a_reason_and_keeps_it(project):
    with pytest.raises(DataError, match="needs a reason"):
        decide(project, Verdict.REJECT, note=" ")
    decide(project, Verdict.REJECT, note="a film is described")
    assert changed_cells(project) == REVIEWED | {"status": "rejected", "review_note": "a film is described"}


def test_to_correct_date_and_type_keeps_the_place_and_its_reason(project):
    cells = {"event_type": "battle", "date_start": "2024-03", "date_end": "", "date_precision": "month",
             "date_basis": "stated", "date_reason": "read by Ana"}  # fmt: skip
    decide(project, Verdict.CORRECT, cells=cells)
    assert changed_cells(project) == REVIEWED | cells | {"status": "corrected"}
    event = OpenTables(project).event("e2")
    assert (str(event.date_start), str(event.date_end), event.place_id) == ("2024-03-01", "2024-03-31", "local:camp")


def test_to_correct_the_place_writes_it_into_places_csv_with_who_chose_it(project, gazetteer):
    decide(project, Verdict.CORRECT, place=gazetteer.place(KANDAHAR))
    assert changed_cells(project) == REVIEWED | {
        "status": "corrected", "place_id": KANDAHAR, "place_basis": "person", "place_reason": "chosen by Ana",
        "geo_precision": ""}  # fmt: skip
    loaded = read_project(project)
    assert loaded.places[KANDAHAR].note == "chosen by Ana for 'the camp'"
    assert loaded.events[1].geo_precision is GeoPrecision.SETTLEMENT
    assert loaded.problems == ()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"reviewer": " "}, "reviewer's name must be one line"),
        ({"reviewer": "Conflictmap"}, "stands for what the program does by itself"),
        ({"reviewer": "Ana\nEve"}, "reviewer's name must be one line"),
        ({"cells": {"title": "Shelling of the camp"}}, "Nothing is corrected"),
        ({"cells": {"date_start": "5 March"}}, "date_start: '5 March' is not a date"),
        ({"cells": {"date_end": "2024-03-01"}}, "date_end: 2024-03-01 is before date_start 2024-03-05"),
        ({"cells": {"fatalities_low": "dozens"}}, "fatalities_low: 'dozens' is not a whole number"),
        ({"cells": {"event_type": "war"}}, "event_type: 'war' is not one of"),
        ({"cells": {"title": "x"}, "note": "x" * 2001}, "The note has 2,001 characters"),
    ],
)
def test_a_decision_that_says_too_little_or_breaks_a_rule_is_refused_and_nothing_is_saved(project, more, told):
    before = (project / "events.csv").read_bytes()
    with pytest.raises(DataError, match=told):
        decide(project, Verdict.CORRECT, **more)
    assert (project / "events.csv").read_bytes() == before
    assert not (project / audit_log.FILE).exists()


def test_what_was_wrong_with_a_row_before_does_not_stand_in_the_way_of_its_rejection(project):
    with_cells("events", date_start="soon")(project)
    decide(project, Verdict.REJECT, note="no event")
    assert OpenTables(project).row("events", "e2")["status"] == "rejected"


def test_a_decision_on_a_row_that_has_changed_is_refused_with_both_versions(project):
    mine = decision(project, Verdict.CONFIRM)
    decide(project, Verdict.REJECT, reviewer="Ben", note="a film")
    with pytest.raises(RowConflictError) as told:
        review_event(project, mine)
    assert [told.value.base["status"], told.value.theirs["reviewed_by"], told.value.yours["status"]] == [
        "pending", "Ben", "confirmed"]  # fmt: skip


# --- remembered corrections


def test_a_remembered_correction_wins_for_the_same_words_from_then_on_and_says_where(tmp_path, gazetteer):
    (tmp_path / "events.csv").write_text("title,toponym\nBlast,Hyderabad\nRally,Hyderabad\nTalks,HYDERABAD\n")
    runner = CliRunner()
    runner.invoke(main, ["--data", str(tmp_path), "geocode"])
    first, second, third = OpenTables(tmp_path).events.rows
    decide(tmp_path, Verdict.CONFIRM, third)
    sindh = gazetteer.place("geonames:1176734")
    decide(tmp_path, Verdict.CORRECT, first, place=sindh, remember=True, others=True)
    table = OpenTables(tmp_path).events.rows
    assert [table[one]["place_id"] for one in (first, second, third)] == [
        sindh.place_id, sindh.place_id, "geonames:1269843"]  # fmt: skip
    assert (table[second]["status"], table[second]["place_reason"]) == ("", "chosen by Ana for Hyderabad")
    assert OpenTables(tmp_path).row("places", sindh.place_id)["alternate_names"] == "Hyderabad"
    with (tmp_path / "events.csv").open("a") as file:
        file.write("," * 32 + "\n")
    columns = (tmp_path / "events.csv").read_text().splitlines()[0].split(",")
    with (tmp_path / "events.csv").open("a") as file:
        file.write(",".join({"title": "Clash", "toponym": "hyderabad"}.get(column, "") for column in columns) + "\n")
    runner.invoke(main, ["--data", str(tmp_path), "geocode"])
    *_, latest = OpenTables(tmp_path).events.rows.values()
    assert (latest["place_id"], latest["place_reason"]) == (sindh.place_id, "named in places.csv")


def test_a_remembered_correction_holds_for_articles_that_are_added_later(tmp_path, gazetteer):
    def add(text):
        options = ["add", "-", "--rules-only", "--published", "2025-11-05"]
        assert CliRunner().invoke(main, ["--data", str(tmp_path), *options], input=text).exit_code == 0

    add("Two people were killed when a bomb exploded in Hyderabad on Monday, police said.\n")
    (first,) = OpenTables(tmp_path).events.rows
    sindh = gazetteer.place("geonames:1176734")
    assert OpenTables(tmp_path).row("events", first)["place_id"] != sindh.place_id
    decide(tmp_path, Verdict.CORRECT, first, place=sindh, remember=True)
    add("Hundreds marched in Hyderabad on Tuesday against the price of flour.\n")
    latest = list(OpenTables(tmp_path).events.rows.values())[-1]
    assert (latest["place_id"], latest["place_reason"]) == (sindh.place_id, "named in places.csv")


def test_a_name_means_one_place_only_and_a_place_put_on_the_map_needs_no_other_sign(project):
    camp = Place(place_id="local:the-camp-2", name="the camp", latitude=34.2, longitude=71.3, radius_km=2)
    place = next(row for row in rows("places") if row["place_id"] == "local:camp")
    with_cells("places", alternate_names="the camp|Camp Nine")(project)
    decide(project, Verdict.CORRECT, place=camp, remember=True)
    tables = OpenTables(project)
    assert tables.row("places", "local:camp") == place | {"alternate_names": "Camp Nine"}
    assert tables.row("places", "local:the-camp-2")["alternate_names"] == ""


# --- undo


def test_undo_takes_back_ones_own_decisions_one_by_one_as_new_lines(project, gazetteer):
    before = {name: (project / name).read_bytes() for name in ("events.csv", "places.csv")}
    decide(project, Verdict.CONFIRM, "e3")
    decide(project, Verdict.CORRECT, "e2", place=gazetteer.place(KANDAHAR), remember=True)
    decide(project, Verdict.REJECT, "e1", reviewer="Ben", note="Ben's own")
    assert undo_last(project, "Ana").event_ids == ("e2",)
    assert undo_last(project, "Ana").event_ids == ("e3",)
    with pytest.raises(DataError, match="no decision of yours"):
        undo_last(project, "Ana")
    undo_last(project, "Ben")
    assert {name: OpenTables(project).row("events", name)["status"] for name in ("e1", "e2", "e3")} == {
        "e1": "confirmed", "e2": "pending", "e3": "pending"}  # fmt: skip
    assert {name: sorted((project / name).read_bytes().splitlines()) for name in before} == {
        "events.csv": sorted(_unquoted(before["events.csv"])),
        "places.csv": sorted(before["places.csv"].splitlines()),
    }
    lines = list(audit_log.history(project))
    assert [(line.number, line.action, line.undoes) for line in lines if line.action == "undo"] == [
        (5, "undo", 3), (6, "undo", 2), (7, "undo", 4)]  # fmt: skip


def _unquoted(data):
    """As the program writes the rows it touched: quotes only where they are needed."""
    table = list(csv.reader(io.StringIO(data.decode(), newline="")))
    return [data.splitlines()[0], *(format_record(row, end="").encode() for row in table[1:])]


def test_undo_refuses_where_somebody_went_on_and_keeps_a_place_that_others_use(project, gazetteer):
    decide(project, Verdict.CORRECT, "e2", place=gazetteer.place(KANDAHAR))
    decide(project, Verdict.CORRECT, "e3", place=gazetteer.place(KANDAHAR), reviewer="Ben")
    undo_last(project, "Ana")
    assert KANDAHAR in OpenTables(project).places
    decide(project, Verdict.CONFIRM, "e2")
    decide(project, Verdict.REJECT, "e2", reviewer="Ben", note="no")
    with pytest.raises(RowConflictError):
        undo_last(project, "Ana")


# --- the queue


def test_the_least_certain_comes_first_and_what_a_person_wrote_last(project):
    table = [
        row | {"status": "pending", "confidence": number}
        for row, number in zip(rows("events"), ("0.9", "", "0.25"), strict=True)
    ]
    (project / "events.csv").write_bytes(csv_bytes([*table, table[0] | {"event_id": "e4", "status": "rejected"}]))
    queue = queue_of(OpenTables(project), Filters())
    assert (queue.waiting, queue.done, queue.total) == (("e3", "e1", "e2"), 1, 4)
    assert list(queue.in_turn(["e1", "e3", "gone"])) == ["e2", "e1", "e3"]


@pytest.mark.parametrize(
    ("filters", "waiting"),
    [
        (Filters(types=(EventType.BATTLE,)), {"e1"}),
        (Filters(publishers=("The Paper",)), {"e1", "e3"}),
        (Filters(place_ids=("local:camp",)), {"e2"}),
        (Filters(precisions=(GeoPrecision.ADMIN1,)), {"e3"}),
        (Filters(words="KABUL torkham"), {"e1"}),
        (Filters(date_from=date(2025, 10, 12)), {"e1"}),
    ],
)
def test_filters_narrow_the_queue(project, filters, waiting):
    (project / "events.csv").write_bytes(csv_bytes([row | {"status": "pending"} for row in rows("events")]))
    assert set(queue_of(OpenTables(project), filters).waiting) == waiting


# --- check


def codes(folder):
    return [(problem.severity.value, problem.code) for problem in check_project(folder)[1]]


def test_check_walks_the_log_and_is_content_with_what_was_decided_and_undone(project, gazetteer):
    decide(project, Verdict.CONFIRM, "e3")
    decide(project, Verdict.CORRECT, "e2", place=gazetteer.place(KANDAHAR))
    undo_last(project, "Ana")
    assert codes(project) == []


def test_check_names_what_was_done_behind_the_logs_back(project):
    decide(project, Verdict.CONFIRM, "e3")
    decide(project, Verdict.REJECT, "e2", note="a film")
    table = [row | {"status": "confirmed", "reviewed_by": "Eve"} for row in rows("events") if row["event_id"] != "e2"]
    (project / "events.csv").write_bytes(csv_bytes([*table, table[0] | {"event_id": "e9", "title": "Other"}]))
    first, second, no_history, gone = (str(problem) for problem in check_project(project)[1])
    assert first.startswith("events.csv, row 1 (line 2): event 'e1' was changed by another program after line 1 of")
    assert "event 'e3' was changed by another program after line 2 of audit.jsonl (Ana, 2026-11-25) (" in second
    assert "reviewed_by is 'Eve', was 'Ana'" in second
    assert "event 'e9' is confirmed by 'Eve', but audit.jsonl knows of no such decision" in no_history
    assert gone.startswith("events.csv: event 'e2' is not there any more; line 3 of audit.jsonl (Ana, 2026-11-25)")


def test_check_names_an_altered_article_and_an_altered_line(project):
    decide(project, Verdict.CONFIRM, "e3")
    article, log = project / "articles" / "a3.txt", project / audit_log.FILE
    article.write_bytes(article.read_bytes().replace(b"11 October", b"12 October"))
    log.write_bytes(log.read_bytes().replace(b'"Ana"', b'"Eve"'))
    result = CliRunner().invoke(main, ["--data", str(project), "check"])
    assert result.exit_code == 1
    assert "articles/a3.txt is not the text that was stored" in result.output
    assert "error: audit.jsonl, line 2: was altered" in result.output
