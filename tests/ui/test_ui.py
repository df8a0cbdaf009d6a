"""Every page runs, and says what it has to say, without a browser."""

import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.made_parquet import make
from tests.conftest import APP
from tests.store.sources.test_parquet import row, write


@pytest.fixture
def run(monkeypatch):
    """`run(folder)` runs the page once on a project."""

    def run_on(folder):
        monkeypatch.setenv("CONFLICTMAP_DATA", str(folder))
        return AppTest.from_file(str(APP), default_timeout=60).run()

    return run_on


SHEETS = [*APP.parent.glob("ui/shared/*.css"), *APP.parent.glob("static/*.css")]


@pytest.mark.parametrize("sheet", SHEETS, ids=[path.name for path in SHEETS])
def test_no_style_sheet_makes_a_browser_look_at_everything_at_each_change(sheet):
    """Each of these let every change of a class, or of a text, cost a new look at all that stands below."""
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert not re.findall(r"\[class|:has\(", rules)


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def test_an_empty_folder_offers_the_sample_and_shows_it(run, tmp_path):
    app = run(tmp_path / "new")
    assert "No events yet" in html(app)
    app.button[0].click().run()
    assert not app.exception
    assert "<b>9 of 10 events</b>" in html(app)
    assert (tmp_path / "new" / "events.csv").exists()


def test_a_file_that_cannot_be_read_is_named_and_is_not_called_a_filter_without_hits(run, sample_project):
    (sample_project / "events.csv").write_bytes(b"\x1f\x8b\x08garbage")
    app = run(sample_project)
    assert not app.exception
    assert app.expander[0].label == "events\\.csv could not be read · 1 note on the files"
    assert "is a gzip file" in html(app)
    assert [info.value for info in app.info] == [
        "There is no event to show. What is wrong with the files stands above."
    ]


def test_rows_left_out_are_counted_on_the_page(run, sample_project):
    events = sample_project / "events.csv"
    events.write_text(events.read_text("utf-8").replace("2025-10-25", "25/10/2025"), "utf-8")
    app = run(sample_project)
    assert app.expander[0].label.startswith("1 row was left out")
    assert "<b>8 of 9 events</b>" in html(app)


def test_an_undated_event_is_on_the_map_in_the_tray_and_in_the_sentence(run, tmp_path):
    (tmp_path / "events.csv").write_text("title,place_id\nMarket burnt,p1\n", "utf-8")
    (tmp_path / "places.csv").write_text(
        "place_id,name,latitude,longitude,feature_code\np1,Herat,34.35,62.2,PPL\n", "utf-8"
    )
    app = run(tmp_path)
    assert not app.exception
    assert "<b>1 of 1 event</b> · 1 on the map · 1 undated" in html(app)
    assert "Undated events" in html(app)
    assert app.caption[0].value == "No event has a date, so there is no timeline."


def test_the_cards_of_an_incident_say_who_disagrees_and_lead_to_the_review(run, tmp_path):
    (tmp_path / "events.csv").write_text(
        "event_id,incident_id,title,place_id,claimed_by,fatalities_low,fatalities_high\n"
        "e1,i,Market burnt,p1,police,4,4\ne2,i,Market burnt,p1,<b>the rebels</b>,11,11\n", "utf-8"
    )  # fmt: skip
    (tmp_path / "places.csv").write_text(
        "place_id,name,latitude,longitude,feature_code\np1,Herat,34.35,62.2,PPL\n", "utf-8"
    )
    app = run(tmp_path)
    app.query_params["event"] = "e1"
    app.run()
    assert not app.exception
    assert "They disagree about the deaths</b> 4 (police); 11 (&lt;b&gt;the rebels&lt;/b&gt;)" in html(app)
    assert html(app).count("data-press='review:") == 1, "on the chosen card alone"
    app.session_state["review_asked"] = "e1"  # what the button does
    app.run()
    assert not app.exception
    assert "<h1 class='headline'>Review</h1>" in html(app)
    assert "Market burnt" in html(app)


def test_where_events_are_only_read_no_article_is_asked_for(monkeypatch, tmp_path):
    make(10, tmp_path / "events.parquet")
    monkeypatch.setenv("CONFLICTMAP_DATA", str(tmp_path / "events.parquet"))
    app = AppTest.from_string("from dashboard.ui import sources\nsources.show_sources_page()", default_timeout=60).run()
    assert not app.exception
    assert "The events on this map are only read" in app.info[0].value
    assert not app.text_area


def test_events_that_name_no_incident_are_not_one_and_a_doubtful_passage_is_not_marked(run, tmp_path):
    (tmp_path / "events").mkdir()
    (tmp_path / "articles").mkdir()
    one = row("e1", article_id="a1", passage="Red fought.", char_start=0, char_end=11, actor1="Red", fatalities_low=1)
    other = row(
        "e2", article_id="a1", passage="Blue fled.", char_start=5, char_end=15, actor1="Blue", fatalities_low=90
    )
    for cells in (one, other):
        del cells["incident_id"], cells["place_id"]
    write(tmp_path / "events" / "e.parquet", [one, other])
    article = {"article_id": "a1", "title": "T", "text": "Red fought. Blue fled.", "sha256": "", "published": "soon"}
    pd.DataFrame([article]).to_parquet(tmp_path / "articles" / "a.parquet")
    app = run(tmp_path)
    app.query_params["mark"] = "at:34.52813:69.17233.act.dot"
    app.run()
    assert not app.exception
    assert "<b>Kabul</b> · 2 events" in html(app)
    assert "One incident" not in " ".join(caption.value for caption in app.caption)
    assert "They disagree" not in html(app)
    assert html(app).count("Not verified") == 1
    del app.query_params["mark"]
    for event_id, marked, doubtful in (("e1", 1, 0), ("e2", 0, 1)):
        app.query_params["event"], app.query_params["article"] = event_id, "open"
        app.run()
        assert not app.exception
        assert html(app).count("<mark class='selected'>") == marked
        assert html(app).count("Not verified") == doubtful
        assert "1 passage marked" in html(app)
