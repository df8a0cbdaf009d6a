"""Where nothing may be changed nothing is: every verb refuses, whoever calls it; the pages say so and offer nothing."""

import csv
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dashboard.cli.commands import main
from dashboard.errors import ReadOnlyError
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest.add import add_article
from dashboard.ingest.geocode import geocode_events
from dashboard.ingest.on_cluster import add_with_spark
from dashboard.ingest.sources import ArticleSource
from dashboard.project.commit import settle, update_table
from dashboard.project.disk import read_only
from dashboard.project.disk.atomic_files import replace_file
from dashboard.project.open_tables import OpenTables
from dashboard.project.sample import copy_sample
from dashboard.project.table_text import RowChange
from dashboard.review.decide import Decision, Verdict, review_event, undo_last
from dashboard.review.save import save_changes
from dashboard.store.cube.make import make_cube
from tests.conftest import APP

SENTENCE = "This page is read-only"


def everything(folder):
    """Every file and folder below, with its bytes and its time."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in sorted([folder, *folder.rglob("*")])
        if path.exists()
    }


@pytest.fixture
def forbidden(monkeypatch):
    """`forbidden()`: from now on, until the test ends, this process changes no project."""
    return lambda: monkeypatch.setattr(read_only, "_reasons", ["This page is read-only."])


def rows(folder):
    with (folder / "events.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def decision(folder):
    row = OpenTables(folder).events.rows[rows(folder)[0]["event_id"]]
    return Decision(event_id=row["event_id"], verdict=Verdict.CONFIRM, reviewer="Ana", base=row)


def change(folder):
    row = dict(next(iter(OpenTables(folder).events.rows.values())))
    return [RowChange(table="events", row_id=row["event_id"], before=row, after=row | {"title": "Another"})]


VERBS = {
    "review": lambda folder: review_event(folder, decision(folder)),
    "undo": lambda folder: undo_last(folder, "Ana"),
    "Places and incidents": lambda folder: save_changes(folder, change(folder), "Ana", "rename: Kabul"),
    "add": lambda folder: add_article(folder, ArticleSource(data=b"A bomb exploded in Kabul.", published="2025-11-03"),
                                      Gazetteer.open()),
    "geocode": lambda folder: geocode_events(folder, Gazetteer.open()),
    "a table": lambda folder: update_table(folder, "events", lambda rows: rows[1:]),
    "a file": lambda folder: replace_file(folder / "articles" / "new.txt", b"new"),
    "the sample": lambda folder: copy_sample(folder / "new"),
    "what a killed program left": settle,
    "counting beforehand": lambda folder: make_cube(folder / "events.parquet", folder / "cube"),
    "adding on a cluster": lambda folder: add_with_spark([], ArticleSource(data=b""), folder / "set", url="local[1]",
                                                         rules_only=True),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_every_verb_refuses_and_leaves_no_trace(sample_project, forbidden, verb):
    review_event(sample_project, decision(sample_project))  # so that there is something to undo
    (sample_project / "events.csv").write_bytes(
        (sample_project / "events.csv").read_bytes() + b",,Clash,,,,,,,,Kabul\n"
    )
    (sample_project / ".conflictmap-9-0-0123456789abcdef-events.csv.tmp").write_bytes(b"half")
    before = everything(sample_project)
    forbidden()
    with pytest.raises(ReadOnlyError, match=rf"^{SENTENCE}\. Nothing was saved\.$"):
        verb(sample_project)
    assert everything(sample_project) == before


@pytest.mark.parametrize("command", ["add -", "geocode", "run --sample --port {port}"])
def test_the_command_line_obeys_the_environment(sample_project, tmp_path, free_port, command):
    data = tmp_path / "new" if "--sample" in command else sample_project
    before = everything(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "dashboard", "--data", str(data), *command.format(port=free_port).split()],
        input=b"A bomb exploded in Kabul.",
        env=os.environ | {"CONFLICTMAP_READ_ONLY": "yes"},
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert done.stderr == b"Error: CONFLICTMAP_READ_ONLY is set. Nothing was saved.\n"
    assert done.returncode == 1
    assert everything(tmp_path) == before


def test_the_sample_is_not_written_for_a_page_that_writes_nothing(tmp_path):
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "new"), "run", "--sample", "--read-only"])
    assert result.exit_code == 2
    assert "--sample is written into the folder, and --read-only writes nothing: leave one out." in result.output
    assert not (tmp_path / "new").exists()


# --- the pages


@pytest.fixture
def run(monkeypatch):
    """`run(folder, page)` runs a page once for the reviewer Ana."""

    def run_on(folder, page):
        monkeypatch.setenv("CONFLICTMAP_DATA", str(folder))
        monkeypatch.setenv("CONFLICTMAP_REVIEWER", "Ana")
        app = AppTest.from_file(str(APP), default_timeout=60).run()
        (link,) = (one for one in app.get("page_link") if one.proto.page == page)
        app._page_hash = link.proto.page_script_hash  # `switch_page` knows pages in files alone
        return app.run()

    return run_on


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("page", ["", "sources", "review", "places"])
def test_a_read_only_page_says_so_and_offers_nothing_that_writes(run, sample_project, monkeypatch, page):
    before = everything(sample_project)
    monkeypatch.setenv("CONFLICTMAP_READ_ONLY", "yes")
    app = run(sample_project, page)
    assert not app.exception
    labels = {one.label for one in (*app.button, *app.text_input, *app.text_area, *app.get("file_uploader"))}
    assert not labels & {"Confirm", "Undo", "Save", "Begin", "Your name", "or its text, pasted", "A text file"}
    assert "data-press='review:" not in html(app)
    if page:
        assert [SENTENCE in one.value for one in app.info] == [True]
        assert not app.button
    assert everything(sample_project) == before


def test_an_empty_folder_is_told_of_and_gets_no_sample(run, tmp_path, monkeypatch):
    monkeypatch.setenv("CONFLICTMAP_READ_ONLY", "yes")
    app = run(tmp_path / "new", "")
    assert "No events yet" in html(app)
    assert [SENTENCE in one.value for one in app.info] == [True]
    assert not app.button


def test_a_press_that_comes_all_the_same_changes_nothing_and_is_told(run, sample_project, forbidden):
    """A page that was open before, or a message that no button sent."""
    (sample_project / "events.csv").write_text(
        (sample_project / "events.csv").read_text("utf-8").replace(",confirmed,", ",pending,"), "utf-8"
    )
    app = run(sample_project, "review")
    before = everything(sample_project)
    forbidden()
    next(one for one in app.button if one.label == "Confirm").click().run()
    assert not app.exception
    assert f"{SENTENCE}. Nothing was saved." in html(app)
    assert everything(sample_project) == before
