"""The pages of reviewing without a browser: what they say when there is work, none, or trouble."""

import os
import signal
from contextlib import suppress

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.project import audit_log
from dashboard.project.open_tables import OpenTables
from dashboard.review.decide import Decision, Verdict, review_event
from dashboard.ui.shared import uninterrupted
from tests.conftest import APP
from tests.support.made_project import csv_bytes, make, rows, with_bytes, with_cells


@pytest.fixture
def run(monkeypatch):
    """`run(folder, page)` runs a page once; the reviewer is Ana unless the test says otherwise."""
    monkeypatch.setattr(uninterrupted, "LEAST_SECONDS", 0.0)

    def run_on(folder, page="review", reviewer="Ana"):
        monkeypatch.setenv("CONFLICTMAP_DATA", str(folder))
        monkeypatch.setenv("CONFLICTMAP_REVIEWER", reviewer)
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        (link,) = (one for one in app.get("page_link") if one.proto.page == page)
        app._page_hash = link.proto.page_script_hash  # `switch_page` knows pages in files alone
        return app.run()

    return run_on


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def button(app, label):
    return next(one for one in app.button if one.label.startswith(label))


def field(app, label):
    return next(one for one in (*app.text_input, *app.selectbox, *app.checkbox) if one.label.startswith(label))


def test_an_empty_project_says_where_events_come_from(run, tmp_path):
    make(tmp_path)
    for name in ("events.csv", "places.csv", "articles.csv"):
        (tmp_path / name).unlink()
    app = run(tmp_path)
    assert not app.exception
    assert "There is no event yet. Add an article on the page Sources" in app.info[0].value
    app = run(tmp_path, "places")
    assert not app.exception
    assert "No name of a place waits for you" in app.info[0].value


def test_a_table_that_cannot_be_read_whole_is_told_and_nothing_can_be_decided(run, tmp_path):
    make(tmp_path)
    (tmp_path / "events.csv").write_bytes(b'title,toponym\n"open,Kabul\n')
    for page in ("review", "places"):
        app = run(tmp_path, page)
        assert not app.exception
        assert "the quotes do not match" in app.error[0].value
        assert not [one for one in app.button if one.label == "Confirm"]


def test_the_name_is_asked_before_anything_can_be_decided(run, tmp_path):
    app = run(make(tmp_path), reviewer="")
    assert "<b>1 of 3 reviewed</b> · 2 to go" in html(app)
    assert [one.label for one in app.button if one.label in ("Begin", "Confirm")] == ["Begin"]
    field(app, "Your name").input(" ")
    button(app, "Begin").click().run()
    assert "reviewer's name must be one line" in app.error[0].value.replace("\\", "")
    field(app, "Your name").input("Ana")
    button(app, "Begin").click().run()
    assert [one.label for one in app.button if one.label in ("Begin", "Confirm")] == ["Confirm"]


def test_fields_correct_date_and_type_and_a_mistake_is_told_in_a_sentence(run, tmp_path):
    app = run(make(tmp_path))
    assert "Shelling of the camp" in html(app)
    field(app, "From").input("5 March").run()
    button(app, "Save the correction").click().run()
    assert "Not saved: date_start: &#x27;5 March&#x27; is not a date." in html(app)
    field(app, "From").input("2024-03").run()
    field(app, "To").input("").run()
    field(app, "The text gives").select("stated").run()
    field(app, "Type").select("battle").run()
    assert button(app, "Confirm").disabled
    button(app, "Save the correction").click().run()
    assert not app.exception
    assert "Corrected: Shelling of the camp" in html(app)
    corrected = {"date_start": "2024-03", "date_end": "", "date_precision": "", "date_basis": "stated",
                 "date_reason": "read by Ana", "event_type": "battle", "status": "corrected"}  # fmt: skip
    assert OpenTables(tmp_path).row("events", "e2").items() >= corrected.items()
    assert "fighting had stopped" in html(app), "the next one"


def test_long_and_broken_words_in_a_row_are_no_correction(run, tmp_path):
    make(tmp_path)
    with_cells("events", fatalities_text="dozens " * 1000, actor1="a\nb", claimed_by=" {{7*7}} ", title="x" * 400)(
        tmp_path
    )
    app = run(tmp_path)
    assert not app.exception
    assert not button(app, "Confirm").disabled
    button(app, "Confirm").click().run()
    row = OpenTables(tmp_path).row("events", "e2")
    assert (row["fatalities_text"], row["actor1"], row["claimed_by"]) == ("dozens " * 1000, "a\nb", " {{7*7}} ")


def test_a_place_is_found_by_name_or_typed_as_a_point_and_remembered(run, tmp_path):
    app = run(make(tmp_path))
    field(app, "Find another place").input("Quetta").run()
    button(app, "**Quetta**").click().run()
    field(app, "Remember").check().run()
    field(app, "Find another place").input("34.21, 71.32").run()
    button(app, "Put it at 34.21, 71.32").click().run()
    field(app, "The point is").select("the town or village").run()
    button(app, "Save the correction").click().run()
    tables = OpenTables(tmp_path)
    place = tables.places["local:the-camp"]
    assert (place.latitude, place.longitude, place.feature_code, place.radius_km) == (34.21, 71.32, "PPL", None)
    assert tables.row("events", "e2")["place_id"] == "local:the-camp"
    assert tables.event("e2").geo_precision == "settlement"


def test_a_correction_is_of_one_event_unless_somebody_ticks_remember(run, tmp_path):
    app = run(make(tmp_path))
    field(app, "Find another place").input("Quetta").run()
    button(app, "**Quetta**").click().run()
    assert not field(app, "Remember").value
    button(app, "Save the correction").click().run()
    tables = OpenTables(tmp_path)
    assert tables.row("events", "e2")["status"] == "corrected"
    quetta = tables.places[tables.row("events", "e2")["place_id"]]
    assert (quetta.name, [name for name in quetta.alternate_names if "camp" in name.casefold()]) == ("Quetta", [])


def test_an_incident_of_two_rows_without_an_article_can_be_reviewed(run, tmp_path):
    make(tmp_path)
    without_article = {"article_id": "", "char_start": "", "char_end": "", "incident_id": "e2"}
    with_cells("events", number=3, **without_article)(tmp_path)
    app = run(tmp_path)
    assert not app.exception
    assert "The same incident: 1 other row" in [one.label for one in app.expander]


def test_after_a_rename_the_same_places_stay_chosen_and_a_merge_takes_no_other(run, tmp_path):
    app = run(make(tmp_path), "places")
    app.segmented_control[0].set_value("places").run()
    field(app, "Place").select("local:camp").run()
    app.segmented_control[1].set_value("merge").run()
    assert field(app, "The same as").value is None, "nobody has said which one"
    field(app, "The same as").select("geonames:1168873").run()
    app.segmented_control[1].set_value("rename").run()
    field(app, "New name").input("Zelt").run()
    button(app, "Save").click().run()
    assert field(app, "Place").value == "local:camp"
    with_bytes("places", lambda data: data.replace(b"Khyber Pakhtunkhwa", b"The Province"))(tmp_path)
    app.segmented_control[1].set_value("merge").run()
    assert (field(app, "Place").value, field(app, "The same as").value) == ("local:camp", "geonames:1168873")
    field(app, "Show what that would change").check().run()
    button(app, "Save").click().run()
    assert not app.exception
    assert sorted(OpenTables(tmp_path).places) == ["geonames:1138958", "local:camp"]
    assert (field(app, "Place").value, field(app, "The same as").value) == ("local:camp", None)


def test_a_chosen_place_that_goes_is_told_and_no_other_takes_its_place(run, tmp_path):
    app = run(make(tmp_path), "places")
    app.segmented_control[0].set_value("places").run()
    field(app, "Place").select("local:camp").run()
    with_bytes("places", lambda data: b"".join(line for line in data.splitlines(True) if b"local:" not in line))(
        tmp_path
    )
    app.run()
    assert not app.exception
    assert field(app, "Place").value is None
    assert "not in places.csv any more" in app.info[0].value


def test_rows_that_cannot_be_loaded_are_counted_apart_and_never_to_go(run, tmp_path):
    make(tmp_path)
    good = rows("events")
    bad = [
        good[1] | {"event_id": "x1", "event_type": "atack"},
        good[1] | {"event_id": "x2", "date_start": "soon", "status": "confirmed"},
        good[2] | {"event_id": "x3", "char_start": "60", "char_end": "80", "incident_id": "e3"},
    ]
    (tmp_path / "events.csv").write_bytes(csv_bytes([*good, *bad]))
    app = run(tmp_path)
    assert not app.exception
    assert "<b>1 of 3 reviewed</b> · 2 to go, the least certain first · 3 rows cannot be read: see" in html(app)
    places = run(tmp_path, "places")
    field(places, "clear ones too").check().run()
    assert "1 event waits" in button(places, "**the camp**").label.replace("\\", "")
    places.segmented_control[0].set_value("places").run()
    field(places, "Place").select("local:camp").run()
    assert "<b>1 event</b> lies here" in html(places)
    button(app, "Confirm").click().run()
    assert "<b>2 of 3 reviewed</b> · 1 to go" in html(app)
    assert not [box.label for box in app.expander if "other row" in box.label]
    button(app, "Confirm").click().run()
    assert "<b>3 of 3 reviewed</b> · 3 rows cannot be read" in html(app)
    assert "Every event is reviewed" in app.success[0].value
    (tmp_path / "events.csv").write_bytes(csv_bytes(bad[:2]))
    app.run()
    assert "<b>0 of 0 reviewed</b> · 2 rows cannot be read" in html(app)
    assert "No event can be read" in app.warning[0].value


def test_a_row_counts_again_once_it_or_its_article_is_mended(run, tmp_path):
    make(tmp_path)
    article = tmp_path / "articles" / "a3.txt"
    text = article.read_bytes()
    table = rows("events")
    table[2] |= {"passage": "fighting had ended", "char_end": "77"}
    (tmp_path / "events.csv").write_bytes(csv_bytes(table))
    app = run(tmp_path)
    assert "<b>1 of 2 reviewed</b> · 1 to go, the least certain first · 1 row cannot be read" in html(app)
    article.unlink()
    app.run()
    assert "<b>1 of 3 reviewed</b> · 2 to go" in html(app), "without the text nobody can say that the passage is wrong"
    article.write_bytes(text)
    (tmp_path / "events.csv").write_bytes(csv_bytes(rows("events")))
    app.run()
    assert "<b>1 of 3 reviewed</b> · 2 to go" in html(app)
    assert "cannot be read" not in html(app)


def test_a_rejection_in_ones_own_words_then_all_is_done_and_undone(run, tmp_path):
    app = run(make(tmp_path))
    button(app, "Reject").click().run()
    button(app, "Reject for this reason").click().run()
    assert "A rejection needs a reason" in html(app)
    field(app, "In your own words").input("a film").run()
    button(app, "Reject for this reason").click().run()
    assert OpenTables(tmp_path).row("events", "e2")["review_note"] == "a film"
    button(app, "Confirm").click().run()
    assert "<b>3 of 3 reviewed</b>" in html(app)
    assert "Every event is reviewed" in app.success[0].value
    button(app, "Undo").click().run()
    assert "Taken back: confirm" in html(app)
    assert "fighting had stopped" in html(app)
    assert OpenTables(tmp_path).row("events", "e3")["status"] == "pending"


def test_what_somebody_else_decides_meanwhile_is_shown_and_never_written_over(run, tmp_path):
    app = run(make(tmp_path))
    base = OpenTables(tmp_path).row("events", "e2")
    theirs = Decision(event_id="e2", verdict=Verdict.REJECT, reviewer="Ben", base=base, note="a film")
    review_event(tmp_path, theirs)
    button(app, "Confirm").click().run()
    assert "<b>Ben changed this row while you looked at it.</b>" in html(app)
    button(app, "Keep what stands there now").click().run()
    assert OpenTables(tmp_path).row("events", "e2")["reviewed_by"] == "Ben"
    assert "fighting had stopped" in html(app)


def test_events_of_an_incident_show_who_disagrees_and_can_be_parted_and_joined(run, tmp_path):
    make(tmp_path)
    e1 = OpenTables(tmp_path).row("events", "e1")
    other_figure = {"claimed_by": "the governor", "fatalities_low": "5", "fatalities_high": "5"}
    no_article = {"article_id": "", "char_start": "", "char_end": ""}
    again = e1 | {"event_id": "e4", "incident_id": "e1", "status": "pending"} | no_article | other_figure
    with (tmp_path / "events.csv").open("a", encoding="utf-8") as file:
        file.write(",".join(f'"{cell}"' for cell in again.values()) + "\n")
    app = run(tmp_path)
    for _ in range(3):
        if "Not the same: part them" in [one.label for one in app.button]:
            break
        button(app, "Skip").click().run()
    assert "They disagree about the deaths</b> 5 (“Two people”) (the governor); 2 (“Two people”) (The Paper)" in html(
        app
    )
    button(app, "Not the same").click().run()
    assert "It is an incident of its own now." in html(app)
    assert OpenTables(tmp_path).row("events", "e4")["incident_id"] == "e4"
    button(app, "The same: join").click().run()
    assert OpenTables(tmp_path).row("events", "e1")["incident_id"] == "e4"


def test_names_are_decided_for_the_whole_project(run, tmp_path):
    make(tmp_path)
    with_cells("events", place_id="", toponym="Hyderabad")(tmp_path)
    app = run(tmp_path, "places")
    assert not app.exception
    assert "<b>1 name without a place</b>" in html(app)
    button(app, "**Hyderabad**").click().run()
    button(app, "**Hyderabad** settlement in Sindh").click().run()
    assert "This would change</b>; nothing is saved yet" in html(app)
    button(app, "Save").click().run()
    assert OpenTables(tmp_path).row("events", "e2")["place_id"] == "geonames:1176734"
    button(app, "Undo").click().run()
    assert OpenTables(tmp_path).row("events", "e2")["place_id"] == ""


@pytest.mark.parametrize(
    ("edit", "fill", "changed"),
    [
        ("rename", lambda app: field(app, "New name").input("Nine"), {"name": "Nine", "alternate_names": "The camp"}),
        ("alias", lambda app: field(app, "Further name").input("Nine"), {"alternate_names": "Nine"}),
        ("move", lambda app: app.number_input[0].set_value(34.5), {"latitude": "34.5"}),
    ],
)
def test_a_place_is_changed_after_it_was_shown_what_changes(run, tmp_path, edit, fill, changed):
    app = run(make(tmp_path), "places")
    before = OpenTables(tmp_path).row("places", "local:camp")
    app.segmented_control[0].set_value("places").run()
    field(app, "Place").select("local:camp").run()
    app.segmented_control[1].set_value(edit).run()
    fill(app).run()
    assert OpenTables(tmp_path).row("places", "local:camp") == before
    button(app, "Save").click().run()
    after = OpenTables(tmp_path).row("places", "local:camp")
    assert {name: text for name, text in after.items() if text != before[name]} == changed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
def test_a_page_that_opens_after_a_program_was_killed_finishes_its_change(run, tmp_path):
    make(tmp_path)
    base = OpenTables(tmp_path).row("events", "e2")
    theirs = Decision(event_id="e2", verdict=Verdict.REJECT, reviewer="Ben", base=base, note="a film")
    before = (tmp_path / "events.csv").read_bytes()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            append = audit_log.append
            audit_log.append = lambda folder, line, tail: append(folder, line, tail) or _die_behind(line)
            review_event(tmp_path, theirs)
        os._exit(0)
    os.waitpid(child, 0)
    assert (tmp_path / "events.csv").read_bytes() == before
    app = run(tmp_path)
    assert not app.exception
    assert "<b>2 of 3 reviewed</b>" in html(app)
    assert OpenTables(tmp_path).row("events", "e2")["reviewed_by"] == "Ben"


def _die_behind(line):
    if line.action == "reject":
        os.kill(os.getpid(), signal.SIGKILL)
