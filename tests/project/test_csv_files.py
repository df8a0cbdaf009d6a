import errno
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.cli.commands import main
from dashboard.errors import ConflictError, DataError
from dashboard.project import transaction
from dashboard.project.commit import update_table
from dashboard.project.disk.atomic_files import replace_file
from dashboard.project.read import project_version, read_project
from dashboard.project.reading.csv_records import format_csv, format_record
from dashboard.project.reading.csv_text import parse_csv
from dashboard.project.sample import copy_sample, is_project
from dashboard.tables import COLUMNS, EVENT_COLUMNS
from tests.support.made_project import GOOD, csv_bytes, ids, make, read, rows

REPOSITORY = Path(__file__).parents[2]
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
NASTY = st.sampled_from(
    ['"', '""', ",", "\n", "\r", "\r\n", "\0", "=1+1", "2025-13-45", "1e400", "9" * 400, "٣", "\ufeff", "#", "{{7*7}}",
     "\u2028", "-", "inf", "0x1", "1,5", "..", "../x", "a" * 65, "\u200b", "http://[", "https://a:b", "2025-", "0"]
)  # fmt: skip


# --- reading


def test_a_good_project_reads_whole_and_in_the_order_of_its_files(tmp_path):
    project = read(tmp_path)
    assert ids(project) == GOOD
    assert (project.problems, project.left_out, project.is_empty, project.unplaced) == ((), {}, False, 0)
    event = project.events[0]
    assert project.articles[event.article_id].text[event.char_start : event.char_end] == event.passage
    assert project.places[event.place_id].alternate_names == ("Кабул", "Kabol")


def test_a_missing_folder_is_an_empty_project_that_says_so(tmp_path):
    project = read_project(tmp_path / "nowhere")
    assert project.is_empty
    assert [problem.code for problem in project.problems] == ["folder.missing"]
    assert "conflictmap run --sample" in str(project.problems[0])


def test_an_empty_folder_is_an_empty_project(tmp_path):
    project = read_project(tmp_path)
    assert project.is_empty
    assert [problem.code for problem in project.problems] == ["file.missing"]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_file_left_out_whole_is_named_and_the_project_is_not_taken_for_an_empty_one(tmp_path, name):
    (tmp_path / f"{name}.csv").write_bytes(b"\x1f\x8b")
    project = read_project(tmp_path)
    assert f"{name}.csv" in project.unread
    assert (project.left_out, project.is_empty) == ({}, False)
    (tmp_path / f"{name}.csv").unlink()
    assert read_project(tmp_path).unread == ()


def test_articles_may_stand_there_before_any_event_but_it_is_said(tmp_path):
    make(tmp_path)
    (tmp_path / "events.csv").unlink()
    (tmp_path / "places.csv").unlink()
    project = read_project(tmp_path)
    assert (len(project.articles), project.events, project.unread) == (3, (), ())
    assert [(p.severity, p.file, p.code) for p in project.problems] == [("warning", "events.csv", "file.missing")]


@pytest.mark.parametrize("kept", [("places",), ("places", "articles")])
def test_events_gone_from_beside_their_places_are_an_error(tmp_path, kept):
    make(tmp_path)
    for name in COLUMNS.keys() - kept:
        (tmp_path / f"{name}.csv").unlink()
    project = read_project(tmp_path)
    assert (project.unread, project.is_empty) == (("events.csv",), False)
    assert [p.severity for p in project.problems] == ["error"]
    assert str(project.problems[0]) == (
        "events.csv: no such file. places.csv is there: was this file moved, renamed or deleted?"
    )


def closed(folder, monkeypatch):
    """A folder that this user may not enter; played for an administrator, who may enter any."""
    folder.mkdir(mode=0)
    if os.geteuid() == 0:
        for name in ("stat", "scandir", "mkdir", "open"):
            monkeypatch.setattr(os, name, refusing(getattr(os, name), folder))
    return folder


def refusing(call, folder):
    def refuse(path, *args, **kwargs):
        if isinstance(path, str | os.PathLike) and folder in Path(path).parents:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return call(path, *args, **kwargs)

    return refuse


def circle(folder, _):
    folder.symlink_to(folder)
    return folder


def file_instead(folder, _):
    folder.write_text("")
    return folder


UNUSABLE = {
    "Permission denied": closed,
    "Too many levels of symbolic links": circle,
    "File name too long": lambda folder, _: folder / ("x" * 5000),
    "null byte": lambda folder, _: folder / "a\0b",
    "Not a directory": file_instead,
}


@pytest.mark.parametrize("reason", UNUSABLE)
def test_a_folder_that_cannot_be_entered_is_told_and_never_a_traceback(tmp_path, monkeypatch, free_port, reason):
    folder = UNUSABLE[reason](tmp_path / "data", monkeypatch)
    project = read_project(folder)
    assert [(p.code, p.severity, p.file) for p in project.problems] == [("folder.unreadable", "error", str(folder))]
    assert reason in project.problems[0].message
    assert (project.unread, project.is_empty) == ((str(folder),), False)
    assert project_version(folder) == project.version
    for step in (is_project, copy_sample, lambda folder: update_table(folder, "events", list)):
        with pytest.raises(DataError, match=f"cannot be entered: .*{reason}"):
            step(folder)
    commands = ("check", f"run --port {free_port}", "geocode")
    for command in () if "\0" in str(folder) else commands:  # no shell can hand a NUL on
        result = CliRunner().invoke(main, ["--data", str(folder), *command.split()])
        assert (result.exit_code > 0, isinstance(result.exception, SystemExit)) == (True, True), result.exception
        assert reason in result.output or "is not readable" in result.output


def test_without_places_csv_events_load_unlocated_and_are_counted(tmp_path):
    make(tmp_path)
    (tmp_path / "places.csv").unlink()
    project = read_project(tmp_path)
    assert ids(project) == {**GOOD, "places": []}
    assert {event.geo_precision for event in project.events} == {"unlocated"}
    assert [event.place_id for event in project.events] == [row["place_id"] for row in rows("events")]
    assert [problem.code for problem in project.problems] == ["place.unknown"] * 3
    assert project.unplaced == 2, "geocoding cannot know local:camp"
    assert project.left_out == {}


def test_blank_lines_and_rows_of_commas_are_no_rows_at_all(tmp_path):
    (tmp_path / "events.csv").write_text("\ntitle,toponym\n\nClash,Kabul\n,\n\nTalks,Doha\n")
    project = read_project(tmp_path)
    assert [event.title for event in project.events] == ["Clash", "Talks"]
    assert (project.problems, project.left_out) == ((), {})


def test_the_version_changes_when_any_file_of_the_project_is_saved(tmp_path):
    make(tmp_path)
    seen = {project_version(tmp_path)}
    for path in [*sorted(tmp_path.glob("*.csv")), tmp_path / "articles" / "a1.txt"]:
        replace_file(path, path.read_bytes())
        seen.add(project_version(tmp_path))
    (tmp_path / "articles" / "a9.txt").write_text("new")
    seen.add(project_version(tmp_path))
    assert len(seen) == 6
    assert read_project(tmp_path).version == project_version(tmp_path) == project_version(tmp_path)
    assert project_version(tmp_path / "nowhere") != project_version(tmp_path)


def spoilt_cells(name):
    cell = st.one_of(NASTY, ANY_TEXT, st.text(st.sampled_from('-0123456789.,:T"'), max_size=12))
    return st.dictionaries(st.sampled_from(COLUMNS[name]), cell, min_size=1, max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.tuples(*map(spoilt_cells, COLUMNS)))
def test_no_text_in_any_cell_makes_reading_raise(spoilt):
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        for name, cells in zip(COLUMNS, spoilt, strict=True):
            table = rows(name)
            table[1].update(cells)
            (Path(folder) / f"{name}.csv").write_bytes(csv_bytes(table))
        project = read_project(Path(folder))
        assert {"e1", "e3"} <= {event.event_id for event in project.events}
        assert len(project.events) + project.left_out.get("events.csv", 0) == 3
        "".join(map(str, project.problems)).encode()  # every message can be printed


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_damage_to_the_bytes_makes_reading_raise(chance):
    data = bytearray(csv_bytes(rows("events")))
    for _ in range(chance.randint(1, 8)):
        start, length = chance.randrange(len(data)), chance.choice((0, 1, 1, 50))
        data[start : start + length] = chance.choice(
            (b'"', b"\xff", b"\0", b"\n", b",", b"\r", b"", b'"\n"', b"\xef\xbb")
        )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "events.csv").write_bytes(data)
        project = read_project(Path(folder))
        assert project.problems
        "".join(map(str, project.problems)).encode()


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(st.one_of(ANY_TEXT, NASTY), min_size=width, max_size=width))
    )
)
def test_what_is_written_is_read_again_exactly(table):
    header = EVENT_COLUMNS[: len(table[0])] if table else EVENT_COLUMNS[:2]
    text = parse_csv(format_csv(header, table).encode(), "events.csv", EVENT_COLUMNS)
    assert [list(row.cells.values()) for row in text.rows] == table
    assert text.left_out == 0


# --- writing


def set_cell(event_id, column, value):
    def change(table):
        for row in table:
            if row["event_id"] == event_id:
                row[column] = value
        return table

    return change


def test_a_change_touches_its_own_cell_and_nothing_else(tmp_path):
    path = tmp_path / "places.csv"
    path.write_bytes(
        b"\xef\xbb\xbfPlace_ID,name,latitude,longitude,my code,country_code,\r\n"
        b'a,"Kabul, the city",34.50,69.170,007,NA,x\r\n'
        b'b,"said ""no""\nand left", 1.0 ,314,null,,\r\n'
        b"short,row\r\n"
        b"c,Doha,25.3,51.5,0.10,QA,\r\n"
    )

    def change(table):
        assert [row["place_id"] for row in table] == ["a", "b", "c"]
        table[2]["name"] = "Ad-Dawhah"
        return table

    update_table(tmp_path, "places", change)
    assert path.read_bytes() == (
        b"place_id,name,latitude,longitude,my code,country_code,\r\n"
        b'a,"Kabul, the city",34.50,69.170,007,NA,x\r\n'
        b'b,"said ""no""\nand left", 1.0 ,314,null,,\r\n'
        b"short,row\r\n"
        b"c,Ad-Dawhah,25.3,51.5,0.10,QA,\r\n"
    )


def test_a_file_that_gets_its_first_event_id_gets_every_column(tmp_path):
    (tmp_path / "events.csv").write_text("toponym,my note,title\nKabul,call,Clash\n")

    def change(table):
        assert set(EVENT_COLUMNS) | {"my note"} == set(table[0])
        table[0]["event_id"] = "e1"
        return table

    update_table(tmp_path, "events", change)
    header, row = (tmp_path / "events.csv").read_text().splitlines()
    assert header.split(",")[:4] == ["toponym", "my note", "title", "event_id"]
    assert sorted(header.split(",")) == sorted([*EVENT_COLUMNS, "my note"])
    assert row.startswith("Kabul,call,Clash,e1,")
    assert read_project(tmp_path).events[0].event_id == "e1"


def test_a_change_of_another_cell_adds_only_the_column_it_needs(tmp_path):
    (tmp_path / "events.csv").write_text("title,toponym\nClash,Kabul\n")
    update_table(tmp_path, "events", lambda table: [{**table[0], "actor1": "police"}])
    assert (tmp_path / "events.csv").read_text() == "title,toponym,actor1\nClash,Kabul,police\n"


def test_a_missing_table_is_made_with_all_its_columns(tmp_path):
    update_table(tmp_path, "places", lambda table: [*table, {"place_id": "a", "name": "A"}])
    assert (tmp_path / "places.csv").read_text() == f"{','.join(COLUMNS['places'])}\na,A,,,,,,,,,\n"


def test_a_change_that_changes_nothing_does_not_touch_the_file(tmp_path):
    make(tmp_path)
    version = project_version(tmp_path)
    update_table(tmp_path, "events", list)
    assert project_version(tmp_path) == version


def test_a_change_that_fails_leaves_the_file_and_frees_the_lock(tmp_path):
    make(tmp_path)
    before = (tmp_path / "events.csv").read_bytes()

    def change(table):
        table.clear()
        raise ConflictError("The row was changed by somebody else.")

    with pytest.raises(ConflictError, match="somebody else"):
        update_table(tmp_path, "events", change)
    assert (tmp_path / "events.csv").read_bytes() == before
    update_table(tmp_path, "events", set_cell("e1", "title", "New"))
    assert read_project(tmp_path).events[0].title == "New"


def test_rows_with_problems_are_written_back_as_they_were_typed(tmp_path):
    make(tmp_path)
    table = rows("events")
    table[1] |= {"date_start": "05/03/2024", "fatalities_low": "dozens", "latitude": "?"}
    table = [{**row, "latitude": row.get("latitude", "")} for row in table]
    before = csv_bytes(table)
    (tmp_path / "events.csv").write_bytes(before)
    update_table(tmp_path, "events", set_cell("e1", "title", "New"))
    lines = before.splitlines(keepends=True)
    lines[1] = format_record([*(table[0] | {"title": "New"}).values()]).encode()
    assert (tmp_path / "events.csv").read_bytes() == b"".join(lines)


@pytest.mark.parametrize(
    "data",
    [b'title,toponym\n"open,Kabul\n', b"title,toponym\nCaf\xe9,Kabul\n", b"\x1f\x8b", b"colour,size\nred,big\n"],
    ids=["an open quote", "another encoding", "gzip", "another table"],
)
def test_a_file_that_cannot_be_read_whole_is_never_written(tmp_path, data):
    (tmp_path / "events.csv").write_bytes(data)
    with pytest.raises(DataError, match=r"events\.csv.*nothing is lost"):
        update_table(tmp_path, "events", lambda table: [{"event_id": "e1", "title": "x"}])
    assert (tmp_path / "events.csv").read_bytes() == data


def test_a_file_saved_by_another_program_between_reading_and_writing_is_not_overwritten(tmp_path):
    make(tmp_path)

    def change(table):
        (tmp_path / "events.csv").write_text("title,toponym\nsaved by a spreadsheet,Kabul\n")
        return table[:1]

    with pytest.raises(ConflictError, match="saved by another program"):
        update_table(tmp_path, "events", change)
    assert "spreadsheet" in (tmp_path / "events.csv").read_text()


def test_a_writer_that_waits_too_long_is_told_so(tmp_path, monkeypatch):
    make(tmp_path)
    monkeypatch.setattr(transaction, "LOCK_TIMEOUT_SECONDS", 0.05)
    with FileLock(tmp_path / ".lock"), pytest.raises(ConflictError, match="Try again later"):
        update_table(tmp_path, "events", list)


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace", "pathlib.Path.open"])
def test_a_disk_that_refuses_any_step_leaves_the_old_file_and_no_litter(tmp_path, monkeypatch, step):
    make(tmp_path)
    before = sorted((path.name, path.read_bytes()) for path in tmp_path.glob("*.csv"))

    def refuse(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(step, refuse)
        with pytest.raises(DataError, match="No space left on device"):
            replace_file(tmp_path / "events.csv", b"new")
    assert sorted((path.name, path.read_bytes()) for path in tmp_path.glob("*.csv")) == before
    assert list(tmp_path.glob(".conflictmap-*")) == []


def test_an_interrupt_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    make(tmp_path)
    before = (tmp_path / "events.csv").read_bytes()

    def interrupt(_descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        update_table(tmp_path, "events", set_cell("e1", "title", "New"))
    assert (tmp_path / "events.csv").read_bytes() == before
    assert list(tmp_path.glob(".conflictmap-*")) == []


def test_the_files_permissions_stay_and_leavings_of_killed_writers_go(tmp_path):
    make(tmp_path)
    (tmp_path / "events.csv").chmod(0o640)
    (tmp_path / ".conflictmap-events.csv-0000.tmp").write_text("half a fi")
    update_table(tmp_path, "events", set_cell("e1", "title", "New"))
    assert (tmp_path / "events.csv").stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.glob(".conflictmap-*")) == []


WRITER = """
import sys
from pathlib import Path
from dashboard.project.commit import update_table

folder, worker, edits = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for edit in range(edits):
    def change(rows):
        rows[0]["review_note"] += f"{worker}.{edit} "
        return rows
    update_table(folder, "events", change)
    print(f"{worker}.{edit}", flush=True)
"""


def start_writer(folder, worker, edits):
    command = [sys.executable, "-c", WRITER, str(folder), str(worker), str(edits)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)


def test_four_writers_at_once_lose_no_edit(tmp_path):
    make(tmp_path)
    writers = [start_writer(tmp_path, worker, 20) for worker in range(4)]
    acknowledged = [
        line for writer in writers for line in writer.communicate(timeout=120)[0].split() if line != "ready"
    ]
    assert [writer.returncode for writer in writers] == [0] * 4
    notes = read_project(tmp_path).events[0].review_note.split()
    assert len(acknowledged) == 80
    assert sorted(notes) == sorted(acknowledged)


def test_a_writer_killed_at_any_moment_leaves_a_whole_file_with_all_it_acknowledged(tmp_path):
    make(tmp_path)
    rest = rows("events")[1:]
    filler = [{**rest[0], "event_id": f"x{number}", "title": f"{number} " * 80} for number in range(1000)]
    (tmp_path / "events.csv").write_bytes(csv_bytes([rows("events")[0], *filler]))
    chance, acknowledged = random.Random(20251029), []
    for worker in range(15):
        writer = start_writer(tmp_path, worker, 10_000)
        assert writer.stdout.readline() == "ready\n"
        if not worker:  # on a busy machine none of the others may come so far
            acknowledged += writer.stdout.readline().split()
        time.sleep(chance.uniform(0.01, 0.2))
        os.kill(writer.pid, signal.SIGKILL)
        acknowledged += writer.communicate()[0].split()
        project = read_project(tmp_path)
        assert (len(project.events), project.left_out, project.problems) == (1001, {}, ())
        notes = project.events[0].review_note.split()
        assert set(acknowledged) <= set(notes)
        assert len(notes) <= len(acknowledged) + worker + 1  # at most one unacknowledged edit for each kill
    assert acknowledged
    update_table(tmp_path, "events", set_cell("e1", "title", "New"))  # no lock and no leavings stand in the way
    assert list(tmp_path.glob(".conflictmap-*")) == []
