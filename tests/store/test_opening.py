"""What a path names: a folder is what it holds, whatever its name; a pattern is what is not there by that name."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import Severity
from dashboard.store.cube.files import is_cube
from dashboard.store.opening import data_version, open_store
from dashboard.store.sources.parquet_files import is_parquet, parquet_files
from tests.store.sources.test_parquet import row, write
from tests.support.made_project import GOOD, ids, make

NAMES = ["news [2025]", "a*b", "**", "x.parquet", "it's {a,b}?"]


def conflictmap(*arguments):
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, result.output


def write_events(file, event_id="e1"):
    """A file of one event, whatever its name."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.move(write(Path(scratch, "made.parquet"), [row(event_id)]), file)


def opened(path):
    return open_store(path, lambda _: None)


@pytest.fixture(params=NAMES)
def folder(tmp_path, request, monkeypatch):
    """An empty folder of a strange name, in one that is given as it is typed: without what stands above it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / request.param).mkdir()
    # What the name would match if it were a pattern.
    for name in ("news 2", "axb", "it's ax"):
        (tmp_path / name).mkdir(exist_ok=True)
        write_events(tmp_path / name / "other.parquet", "other")
    return (tmp_path / request.param).relative_to(tmp_path)


def test_a_projects_folder_may_have_any_name(folder):
    make(folder)
    (folder / "article.txt").write_text("Envoys met in Geneva on 3 March.\n")
    assert not is_parquet(folder)
    assert conflictmap("--data", folder, "check") == (0, "3 events, 3 places, 3 articles: no problems.\n")
    assert conflictmap("--data", folder, "geocode")[0] == 0
    added = conflictmap("--data", folder, "add", "--rules-only", folder / "article.txt")
    assert (added[0], added[1].splitlines()[0]) == (0, "1 article added with 1 pending event.")
    project = opened(folder).project
    assert ids(project)["events"][:3] == GOOD["events"]
    assert len(project.events) == 4
    before = data_version(folder)
    (folder / "events.csv").write_bytes((folder / "events.csv").read_bytes() + b"\n")
    assert data_version(folder) != before


def test_a_project_stays_one_beside_parquet_and_counts(folder):
    make(folder)
    write_events(folder / "copy.parquet")
    (folder / "cube.json").write_text("{}")
    assert (is_parquet(folder), is_cube(folder)) == (False, False)
    assert ids(opened(folder).project) == GOOD


def test_parquet_and_cubes_in_a_folder_of_any_name_are_read_as_they_are(folder):
    write_events(folder / "one[1].parquet", "e1")
    write_events(folder / "one1.parquet", "e2")
    assert is_parquet(folder)
    assert opened(folder).total == 2
    assert opened(folder / "one[1].parquet").total == 1
    assert opened(folder / "one[1].parquet").event("e1")
    assert opened(folder / "*1.parquet").event("e2")
    cube = Path("cubes", folder)
    assert conflictmap("summarise", folder, "--out", cube)[0] == 0
    store = opened(cube)
    assert (store.total, [one for one in store.project.problems if one.severity is Severity.ERROR]) == (2, [])
    assert store.event("e1")


def test_what_is_not_there_may_be_a_pattern(tmp_path):
    (tmp_path / "set [x]").mkdir()
    for name in ("a1.parquet", "a2.parquet", "b1.parquet"):
        write_events(tmp_path / "set [x]" / name)
    found = parquet_files(tmp_path / "set [x]" / "a[12].parquet")
    assert [file.name for file in found] == ["a1.parquet", "a2.parquet"]
    shutil.copy(found[0], tmp_path / "set [x]" / "a[12].parquet")
    assert [file.name for file in parquet_files(tmp_path / "set [x]" / "a[12].parquet")] == ["a[12].parquet"]


def test_nothing_is_written_to_a_pattern_and_the_way_to_a_folder_of_that_name_is_told(tmp_path):
    code, said = conflictmap("--data", tmp_path / "news [2025]", "geocode")
    assert code == 1
    assert "if one is to have this very name, make the folder first." in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_among_the_files_of_parquet_is_told_and_not_waited_for(tmp_path):
    write_events(tmp_path / "a.parquet")
    os.mkfifo(tmp_path / "b.parquet")
    store = opened(tmp_path)
    assert store.total == 1
    assert [(one.file, one.code) for one in store.project.problems if one.code == "file.unreadable"] == [
        ("b.parquet", "file.unreadable")
    ]
    (tmp_path / "cube").mkdir()
    os.mkfifo(tmp_path / "cube" / "cube.json")
    assert "cannot be read" in str(opened(tmp_path / "cube").project.problems[0])


def test_a_new_manifest_is_not_written_through_a_link(tmp_path):
    write_events(tmp_path / "events.parquet")
    assert conflictmap("summarise", tmp_path / "events.parquet", "--out", tmp_path / "cube")[0] == 0
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    for name in ("cube.json", "cube.json.new"):
        (tmp_path / "cube" / name).unlink(missing_ok=True)
        (tmp_path / "cube" / name).symlink_to(mine)
    assert conflictmap("summarise", tmp_path / "events.parquet", "--out", tmp_path / "cube")[0] == 0
    assert mine.read_text() == "mine"
    assert opened(tmp_path / "cube").total == 1
