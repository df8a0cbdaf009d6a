"""A cube on the disk: what it says of itself, what it refuses, and what happens when its events move or change."""

import json
import random
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import DataError
from dashboard.filters import Filters
from dashboard.marks import UNCLUSTERED
from dashboard.project.sample import copy_sample
from dashboard.store.cube.files import Manifest, cube_version, is_cube
from dashboard.store.cube.make import make_cube
from dashboard.store.opening import data_version, open_store
from dashboard.store.queries import of_article, of_event, of_incident
from tests.store.sources.test_parquet import row, write
from tests.support.made_events import made_events, made_places, write_parquet


def summarise(*arguments):
    return CliRunner().invoke(main, ["summarise", *map(str, arguments)])


def opened(cube):
    return open_store(cube, lambda _: None)


def problems(store):
    return {problem.code: str(problem) for problem in store.project.problems}


@pytest.fixture
def events(tmp_path, rng):
    """A set of events in folders of months, as Spark writes it."""
    places = made_places(rng)
    return write_parquet(tmp_path / "events", made_events(rng, UNCLUSTERED + 200, places), places)


@pytest.fixture
def rng():
    return random.Random(11)


@pytest.fixture
def cube(events, tmp_path):
    make_cube(events, tmp_path / "cube")
    return tmp_path / "cube"


def test_the_command_says_what_it_counted_and_the_page_which_data_it_shows(events, tmp_path):
    result = summarise(events, "--out", tmp_path / "cube")
    assert result.exit_code == 0, result.output
    assert re.search(r"Counted 600 events: [1-9]\d*\.\d kB in ", result.output)
    assert f"conflictmap --data {tmp_path / 'cube'} run" in result.output
    store = opened(tmp_path / "cube")
    assert store.title.startswith("events, counted on 20")
    assert store.total == opened(events).total < 600  # without the rejected
    assert not store.project.problems
    check = CliRunner().invoke(main, ["--data", str(tmp_path / "cube"), "check"])
    assert (check.exit_code, check.output) == (0, f"{store.total} events: no problems.\n")


def test_a_row_stands_for_all_events_of_its_place_days_and_kind(tmp_path):
    same = [row(f"e{n}") for n in range(5)]
    other = row("other", date_end="2025-10-12", status="confirmed")
    nowhere = row("nowhere", place_id="", latitude=None, longitude=None, date_start=None, date_end=None)
    write(tmp_path / "e.parquet", [*same, other, nowhere])
    made = make_cube(tmp_path / "e.parquet", tmp_path / "cube")
    assert (made.events, made.rows) == (7, 3)
    manifest = Manifest.read(tmp_path / "cube")
    files = [str(file) for file in manifest.parquet(tmp_path / "cube", "14")]
    columns = "n, x, y, since::VARCHAR, until::VARCHAR"
    found = duckdb.sql(f"SELECT {columns} FROM read_parquet({files}) ORDER BY ALL").fetchall()
    # Kabul, 34.52813 N 69.17233 E: (69.17233 + 180) / 360 * 2**14 = 11340.1 to the east; to the south
    # (0.5 - asinh(tan(34.52813)) / 2 pi) * 2**14 = (0.5 - 0.64283 / 6.28319) * 2**14 = 6515.8.
    assert found == [
        (1, 11340, 6515, "2025-10-11", "2025-10-12"),
        (1, None, None, "0001-01-01", "9999-12-31"),
        (5, 11340, 6515, "2025-10-11", "2025-10-11"),
    ]


def test_an_event_is_found_by_its_id_incident_and_article(cube, events):
    store, whole = opened(cube), opened(events)
    for event in whole.events(Filters(), limit=1000)[::97]:
        assert store.event(event.event_id) == event
        for scope in (of_event(event.event_id), of_incident(event.incident_id), of_article("nowhere")):
            assert store.events(Filters(), scope=scope) == whole.events(Filters(), scope=scope)
            assert store.count(Filters(), scope=scope) == whole.count(Filters(), scope=scope)
        summary = store.summarise(Filters())
        assert store.mark_of(event.event_id, summary) == whole.mark_of(event.event_id, whole.summarise(Filters()))
    assert store.event("nobody") is None
    assert store.mark_of("nobody", store.summarise(Filters())) == ""


def test_only_the_files_of_the_days_of_a_page_are_opened(cube, events):
    store = opened(cube)
    newest = store.events(Filters(), limit=3)
    months = {f"month={event.date_end:%Y-%m}" for event in newest}
    for folder in events.iterdir():
        if folder.name not in months:
            shutil.rmtree(folder)
    again = opened(cube)
    assert again.events(Filters(), limit=3) == newest


def test_without_its_events_the_map_stands_and_the_passages_say_what_is_missing(cube, events):
    before = opened(cube).summarise(Filters())
    shutil.move(events, events.parent / "elsewhere")
    store = opened(cube)
    assert store.summarise(Filters()) == before
    assert "its events are not at" in problems(store)["cube.alone"]
    with pytest.raises(DataError, match="it has no passages"):
        store.events(Filters())
    # Both moved together, they find each other.
    home = events.parent / "home"
    home.mkdir()
    shutil.move(events.parent / "elsewhere", home / "events")
    shutil.move(cube, home / "cube")
    assert not opened(home / "cube").project.problems


def test_a_file_of_the_events_that_goes_while_the_cube_is_open_is_told(cube, events):
    store = opened(cube)
    shutil.rmtree(events)
    with pytest.raises(DataError, match=r"The events at .* cannot be read"):
        store.events(Filters())


def test_a_file_of_the_events_that_is_rewritten_while_the_cube_is_open_gives_no_passage(cube, events):
    store = opened(cube)
    (shown,) = store.events(Filters(), limit=1)
    for file in events.rglob("*.parquet"):
        rewritten = file.with_suffix(".new")
        duckdb.execute(f"COPY (SELECT * FROM '{file}' LIMIT 1) TO '{rewritten}' (FORMAT parquet)")
        rewritten.replace(file)
    assert store.summarise(Filters()).total == store.total
    for ask in (lambda: store.events(Filters()), lambda: store.count(Filters(), scope=of_event(shown.event_id))):
        with pytest.raises(DataError, match=r"was changed while this map was open.*conflictmap summarise"):
            ask()


def test_events_that_were_changed_since_are_told_and_another_version(cube, events, rng):
    store, version = opened(cube), data_version(cube)
    assert data_version(cube) == version == store.version()
    shutil.copy(next(events.rglob("*.parquet")), events / "month=undated" / "more.parquet")
    assert data_version(cube) != version
    told = problems(opened(cube))["cube.old"]
    assert "were changed after they were counted on 20" in told
    assert f"conflictmap summarise {events} --out {cube}" in told
    assert summarise(events, "--out", cube).exit_code == 0
    assert set(problems(opened(cube))) == {"cube.odd"}  # the file's event is there twice now
    assert len(list(cube.iterdir())) == 2  # the old counts are gone


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda cube: change(cube, form=99), "is a cube of form '99'; this program reads form"),
        (lambda cube: change(cube, surprise=1), "is not what this program writes"),
        (lambda cube: change(cube, columns=None), "is not what this program writes"),
        (lambda cube: change(cube, folder="../elsewhere"), "is not what this program writes"),
        (lambda cube: change(cube, files={"5/../../../x.parquet": 1}), "is not what this program writes"),
        (lambda cube: change(cube, events="a\0b/*.parquet"), "is not what this program writes"),
        (lambda cube: change(cube, files={"5/a\0b.parquet": 1}), "is not what this program writes"),
        (lambda cube: change(cube, files={}), "is not what this program writes"),
        (lambda cube: change(cube, problems=[{"code": 1}]), "is not what this program writes"),
        (lambda cube: (cube / "cube.json").write_text("{"), "cannot be read, so nobody knows what the counts mean"),
        (lambda cube: (cube / "cube.json").write_text("[]"), "cannot be read, so nobody knows what the counts mean"),
        (lambda cube: (cube / "cube.json").unlink(), "cannot be read, so nobody knows what the counts mean"),
        (lambda cube: next(cube.glob("counts-*/8/*.parquet")).unlink(), "part-0.parquet is missing"),
        (lambda cube: cut(next(cube.glob("counts-*/5/*.parquet"))), "is not the file that was written"),
        (lambda cube: shutil.rmtree(next(cube.glob("counts-*/spots"))), "is missing"),
    ],
)
def test_a_cube_that_is_not_whole_is_a_sentence_and_no_number(cube, harm, said):
    harm(cube)
    assert is_cube(cube)
    store = opened(cube)
    assert said in problems(store)["cube.unreadable"]
    assert "conflictmap summarise EVENTS --out" in problems(store)["cube.unreadable"]
    assert store.summarise(Filters()).total == 0
    assert not store.is_empty  # or the page would offer the sample
    assert cube_version(cube) == store.version()
    check = CliRunner().invoke(main, ["--data", str(cube), "check"])
    assert check.exit_code == 1
    assert said in check.output


def test_counts_that_were_spoiled_without_changing_their_size_are_told(cube):
    store = opened(cube)
    for level in ("14", "8"):
        spoil(next(cube.glob(f"counts-*/{level}/*.parquet")))
    with pytest.raises(DataError, match=r"The counts in .* cannot be read"):
        store.summarise(Filters(place_ids=("town:1",)))
    spoil(next(cube.glob("counts-*/5/*.parquet")))
    assert "cannot be read" in problems(opened(cube))["cube.unreadable"]


def spoil(file: Path):
    file.write_bytes(b"\0" * file.stat().st_size)


def change(cube: Path, **values):
    said = json.loads((cube / "cube.json").read_text())
    (cube / "cube.json").write_text(json.dumps({**said, **values}))


def cut(file: Path):
    file.write_bytes(file.read_bytes()[:-100])


def test_rows_that_break_the_rules_are_left_out_and_told(tmp_path):
    write(tmp_path / "e.parquet", [row("good"), row("bad") | {"event_type": "war"}])
    result = summarise(tmp_path / "e.parquet", "--out", tmp_path / "cube")
    assert result.exit_code == 1
    assert "e.parquet: 1 row breaks the rules: not counted." in result.output
    assert "Counted 1 event:" in result.output
    store = opened(tmp_path / "cube")
    assert store.project.left_out == {"e.parquet": 1}
    assert "1 row breaks the rules" in problems(store)["cube.left_out"]
    assert [event.event_id for event in store.events(Filters())] == ["good"]


def test_what_cannot_be_counted_is_refused_and_nothing_is_written(tmp_path, cube):
    copy_sample(tmp_path / "project")
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("Dear reader")
    write(tmp_path / "no_types.parquet", [{"event_id": "e1"}])
    (tmp_path / "torn.parquet").write_bytes(b"PAR1")
    good = write(tmp_path / "good.parquet", [row("good")])
    for events, out, said in (
        ("project", "new", "is no Parquet file, folder or pattern"),
        ("empty", "new", "is no Parquet file, folder or pattern"),
        ("nowhere", "new", "is no Parquet file, folder or pattern"),
        ("cube", "new", "is no Parquet file, folder or pattern"),
        ("no_types.parquet", "new", "column event_type: is missing"),
        ("torn.parquet", "new", "it is no whole Parquet file"),
        (good.name, "other", "holds something else"),
        ("events", "events/cube", "would be taken for events"),
    ):
        result = summarise(tmp_path / events, "--out", tmp_path / out)
        assert (result.exit_code, said in result.output) == (1, True), result.output
        assert "Traceback" not in result.output
    assert not (tmp_path / "new").exists()
    assert [file.name for file in (tmp_path / "other").iterdir()] == ["letter.txt"]


def test_a_count_that_breaks_off_leaves_the_old_cube(cube, events, monkeypatch):
    before = opened(cube).summarise(Filters())

    class BrokenError(RuntimeError):
        pass

    def break_off(*_):
        raise BrokenError

    monkeypatch.setattr("dashboard.store.cube.make.DuckDB.rows", break_off)
    with pytest.raises(BrokenError):
        make_cube(events, cube)
    assert opened(cube).summarise(Filters()) == before
    assert len(list(cube.iterdir())) == 2
    monkeypatch.undo()
    make_cube(events, cube)
    assert len(list(cube.iterdir())) == 2
