"""Saving decisions: all of a change or nothing, whatever happens to the program, the disk or the file meanwhile."""

import errno
import itertools
import os
import random
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from dashboard.errors import ConflictError, DashboardError, DataError, RowConflictError
from dashboard.ingest.check import check_project
from dashboard.project import audit_lines, audit_log, table_text, transaction
from dashboard.project.commit import Entry, RowChange, commit, settle, update_table
from dashboard.project.read import read_project
from dashboard.project.table_text import read_table
from dashboard.store.opening import data_version
from dashboard.tables import row_version
from tests.support.failing_disk import Disk
from tests.support.made_project import csv_bytes, make, rows
from tools import kills, writers

REPOSITORY = Path(__file__).parents[2]
BY_ANA = Entry(who="Ana", action="correct", at="2026-11-25T10:00:00Z")


def change(folder, table, row_id, **cells):
    row = read_table(folder, table).rows[row_id]
    return RowChange(table=table, row_id=row_id, before=dict(row), after=row | cells)


def place(row_id):
    row = {"place_id": row_id, "name": "Torkham", "latitude": "34.1", "longitude": "71.1"}
    return RowChange(table="places", row_id=row_id, before=None, after=row)


def placed_by_hand(folder):
    """A change of two tables: a new place, and the event that lies there."""
    return [place("local:torkham"), change(folder, "events", "e2", place_id="local:torkham", status="corrected")]


def state(folder):
    """What readers see: the tables and the lines of the log."""
    lines = (folder / audit_log.FILE).read_bytes() if (folder / audit_log.FILE).exists() else b""
    return (folder / "events.csv").read_bytes(), (folder / "places.csv").read_bytes(), lines


def told(project_state):
    """The same with the log as what it says: its salts, and so its hashes, are others each time."""
    *tables, log = project_state
    lines = (audit_lines.decoded_line(line) for line in log.splitlines())
    return *tables, [replace(line, hash="", previous="") for line in lines]


def litter(folder):
    return list(folder.glob(".conflictmap-*"))


def problems(folder):
    return [one for one in audit_log.walk(folder) if not isinstance(one, audit_log.Line)]


def assert_log_tells_the_rows(folder):
    """Every row stands as its last line in the log left it."""
    assert problems(folder) == []
    last = {(c.table, c.row_id): c.after for line in audit_log.history(folder) for c in line.changes}
    for (table, row_id), version in last.items():
        row = read_table(folder, table).rows.get(row_id)
        assert (row_version(row) if row else None) == version


@pytest.fixture
def project(tmp_path):
    """The good project, with a log that has begun."""
    make(tmp_path)
    commit(tmp_path, [change(tmp_path, "events", "e3", status="confirmed")], BY_ANA)
    return tmp_path


# --- a row is changed, the others are not


def test_a_decision_changes_its_row_and_no_other_byte_whatever_the_form_of_the_file(tmp_path):
    make(tmp_path)
    events = rows("events")
    typed = csv_bytes(events, separator=";", line_end="\r\n").splitlines(keepends=True)
    (tmp_path / "events.csv").write_bytes(b"\xef\xbb\xbf" + b"".join(typed) + b"a row;too short\r\n\r\n")
    commit(tmp_path, [change(tmp_path, "events", "e2", title='Shelled; "again"')], BY_ANA)
    typed[2] = ";".join((events[1] | {"title": '"Shelled; ""again"""'}).values()).encode() + b"\r\n"
    assert (tmp_path / "events.csv").read_bytes() == b"\xef\xbb\xbf" + b"".join(typed) + b"a row;too short\r\n\r\n"


def test_a_new_place_keeps_the_order_of_the_ids_and_goes_again(project):
    table = sorted(rows("places"), key=lambda row: row["place_id"])
    (project / "places.csv").write_bytes(csv_bytes(table).rstrip(b"\n"))
    before = (project / "places.csv").read_bytes()
    commit(project, [place("geonames:12"), place("local:z")], BY_ANA)
    assert list(read_table(project, "places").rows) == [
        "geonames:1138958", "geonames:1168873", "geonames:12", "local:camp", "local:z"]  # fmt: skip
    gone = [RowChange(table="places", row_id=key, before=read_table(project, "places").rows[key], after=None)
            for key in ("geonames:12", "local:z")]  # fmt: skip
    commit(project, gone, BY_ANA)
    assert (project / "places.csv").read_bytes() == before + b"\n"


def test_a_table_that_lacks_a_column_gets_it_and_rows_without_ids_get_theirs(tmp_path):
    (tmp_path / "events.csv").write_text("title,toponym\nClash,Kabul\nTalks,Doha\n")
    (first, row), (second, _) = read_table(tmp_path, "events").rows.items()
    after = row | {"event_id": first, "status": "rejected"}
    commit(tmp_path, [RowChange(table="events", row_id=first, before=dict(row), after=after)], BY_ANA)
    events = read_project(tmp_path).events
    assert [(event.event_id, event.title, event.status) for event in events] == [
        (first, "Clash", "rejected"), (second, "Talks", "pending")]  # fmt: skip


def test_a_second_click_changes_nothing_and_is_no_conflict(project):
    again = [change(project, "events", "e2", title="New")]
    number = commit(project, again, BY_ANA)
    before = state(project)
    assert commit(project, again, BY_ANA) == number
    assert state(project) == before


# --- two people


def test_a_row_changed_since_it_was_read_is_not_written_and_all_three_versions_are_told(project):
    mine = change(project, "events", "e2", title="Mine", actor1="Ana")
    commit(project, [change(project, "events", "e2", title="Theirs", reviewed_by="Ben")], BY_ANA)
    before = state(project)
    with pytest.raises(RowConflictError, match=r"row 'e2' was changed by 'Ben' \(title, reviewed_by\)") as told:
        commit(project, [place("local:new"), mine], BY_ANA)
    found = told.value
    assert [found.base["title"], found.theirs["title"], found.yours["title"]] == [
        "Shelling of the camp", "Theirs", "Mine"]  # fmt: skip
    assert state(project) == before


def test_a_row_deleted_meanwhile_and_a_place_added_meanwhile_are_conflicts(project):
    mine = change(project, "events", "e2", title="Mine")
    (project / "events.csv").write_bytes(csv_bytes([rows("events")[0]]))
    with pytest.raises(RowConflictError, match="was deleted"):
        commit(project, [mine], BY_ANA)
    theirs = place("local:new")
    commit(project, [theirs], BY_ANA)
    other = RowChange(table="places", row_id="local:new", before=None, after=theirs.after | {"name": "Elsewhere"})
    with pytest.raises(RowConflictError, match="added by somebody else"):
        commit(project, [other], BY_ANA)


def test_a_hand_edit_of_another_row_is_kept_and_one_of_the_same_row_is_shown(project):
    mine = change(project, "events", "e2", title="Mine")
    table = rows("events")
    table[0]["title"], table[2]["status"] = "By hand", "confirmed"
    (project / "events.csv").write_bytes(csv_bytes(table))
    commit(project, [mine], BY_ANA)
    assert [row["title"] for row in read_table(project, "events").rows.values()] == [
        "By hand",
        "Mine",
        "Fighting stops",
    ]
    late = change(project, "events", "e2", title="Late")
    table[1]["title"] = "By hand too"
    (project / "events.csv").write_bytes(csv_bytes(table))
    with pytest.raises(RowConflictError):
        commit(project, [late], BY_ANA)


def same_size_same_time(path, old, new):
    """An edit that keeps size and time of the file, as an editor with a plug-in or a restored copy may."""
    was = path.stat()
    data = path.read_bytes()
    assert len(old) == len(new)
    assert data.count(old) == 1
    with path.open("r+b") as file:  # in place: it stays the same file of the disk too
        file.write(data.replace(old, new))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert (path.stat().st_mtime_ns, path.stat().st_size, path.stat().st_ino) == (
        was.st_mtime_ns,
        was.st_size,
        was.st_ino,
    )


def without_ctime(path):
    status = path.stat()
    return f"{status.st_mtime_ns},{status.st_size},{status.st_ino}".encode()


@pytest.mark.parametrize("is_in_the_same_tick", [False, True], ids=["later", "in the same tick of the clock"])
def test_a_hand_edit_that_keeps_size_and_time_is_never_written_over(project, monkeypatch, is_in_the_same_tick):
    if is_in_the_same_tick:  # then the stamps are the same, and what the file holds has to tell
        for module in (table_text, transaction):
            monkeypatch.setattr(module, "file_stamp", without_ctime)
    path, mine = project / "events.csv", change(project, "events", "e2", title="Mine")
    same_size_same_time(path, b"Clash near Torkham", b"Clash near Kunduz!")
    commit(project, [mine], BY_ANA)
    update_table(project, "events", lambda table: [row | {"review_note": "seen"} for row in table])
    assert b"Clash near Kunduz!" in path.read_bytes()
    late = change(project, "events", "e3", title="Late")
    same_size_same_time(path, b"Fighting stops", b"Fighting lasts")
    with pytest.raises(RowConflictError, match="title"):
        commit(project, [late], BY_ANA)
    assert b"Fighting lasts" in path.read_bytes()


def test_a_hand_edit_that_keeps_size_and_time_while_a_change_is_being_written_is_left_as_it_is(project, monkeypatch):
    append = audit_log.append

    def edited_meanwhile(*args):
        append(*args)
        if args[1].action == "correct":
            same_size_same_time(project / "events.csv", b"Fighting stops", b"Fighting lasts")

    monkeypatch.setattr(audit_log, "append", edited_meanwhile)
    with pytest.raises(ConflictError, match=r"events\.csv was saved by another program meanwhile"):
        commit(project, [change(project, "events", "e2", title="Mine")], BY_ANA)
    assert b"Fighting lasts" in (project / "events.csv").read_bytes()


def test_the_page_sees_a_hand_edit_that_keeps_size_and_time(project):
    before = data_version(project)
    same_size_same_time(project / "events.csv", b"Fighting stops", b"Fighting lasts")
    assert data_version(project) != before
    before = data_version(project)
    same_size_same_time(project / "articles" / "a3.txt", b"11 October", b"12 October")
    assert data_version(project) != before


def test_a_file_saved_while_the_change_is_being_written_is_left_as_it_is(project, monkeypatch):
    by_hand = csv_bytes(rows("events")[:1])
    append = audit_log.append

    def saved_meanwhile(*args):
        append(*args)
        (project / "events.csv").write_bytes(by_hand)

    monkeypatch.setattr(audit_log, "append", saved_meanwhile)
    with pytest.raises(ConflictError, match=r"events\.csv was saved by another program meanwhile"):
        commit(project, placed_by_hand(project), BY_ANA)
    monkeypatch.undo()
    assert (project / "events.csv").read_bytes() == by_hand
    assert "local:torkham" in read_table(project, "places").rows  # its own table was free
    *_, decision, withdrawal = audit_log.history(project)
    assert (withdrawal.action, withdrawal.undoes) == ("withdraw", decision.number)
    assert [change.table for change in withdrawal.changes] == ["events"]
    assert (problems(project), litter(project)) == ([], [])


@pytest.mark.parametrize("cut", [0, 700, -40], ids=["nothing", "a part", "nearly all"])
def test_a_file_that_an_editor_has_written_only_a_part_of_is_not_taken_for_the_whole(project, cut):
    path = project / "events.csv"
    data, mine = path.read_bytes(), change(project, "events", "e1", title="Mine")
    path.write_bytes(data[:cut])
    with pytest.raises(ConflictError, match=r"events\.csv is being saved by another program"):
        commit(project, [mine], BY_ANA)
    with pytest.raises(ConflictError):
        update_table(project, "events", lambda table: [*table, {"event_id": "e9"}])
    assert path.read_bytes() == data[:cut]
    path.write_bytes(data)
    commit(project, [mine], BY_ANA)


# --- a disk that refuses, a program that is killed


def refuse(code):
    def act():
        raise OSError(code, os.strerror(code))

    return act


def interrupt():
    raise KeyboardInterrupt


REFUSALS = {"no space": refuse(errno.ENOSPC), "I/O error": refuse(errno.EIO), "no permission": refuse(errno.EACCES)}
REASONS = ("No space left", "Input/output error", "Permission denied")
STEPS_OF_A_CHANGE = [
    "open places.csv", "write places.csv", "fsync places.csv",
    "open events.csv", "write events.csv", "fsync events.csv", "fsync folder",
    "open audit.jsonl", "write audit.jsonl", "fsync audit.jsonl",
    "rename places.csv", "rename events.csv", "fsync folder",
]  # fmt: skip


def outcomes(tmp_path):
    """The project before and after the change of two tables, and how to make it again."""
    make(tmp_path / "model")
    commit(tmp_path / "model", [change(tmp_path / "model", "events", "e3", status="confirmed")], BY_ANA)
    old = state(tmp_path / "model")
    commit(tmp_path / "model", placed_by_hand(tmp_path / "model"), BY_ANA)
    return old, state(tmp_path / "model")


def restore(folder, old):
    folder.mkdir(exist_ok=True)
    for left in litter(folder):
        left.unlink()
    make(folder)
    for name, data in zip(("events.csv", "places.csv", audit_log.FILE), old, strict=True):
        (folder / name).write_bytes(data)


def test_the_disk_has_the_files_before_the_log_and_the_log_before_the_files_take_their_places(project):
    with Disk().in_place() as disk:
        commit(project, placed_by_hand(project), BY_ANA)
    assert [step for step in disk.steps if "lock" not in step] == STEPS_OF_A_CHANGE


@pytest.mark.parametrize("act", [*REFUSALS.values(), interrupt], ids=[*REFUSALS, "interrupt"])
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_a_disk_that_refuses_any_step_leaves_all_of_a_change_or_nothing(tmp_path, act, lasting):
    old, new = outcomes(tmp_path)
    folder = tmp_path / "project"
    for due in itertools.count(1):
        restore(folder, old)
        disk = Disk(due, act)
        if lasting:
            disk.due = range(due, 1000)
            disk.step = lambda what, do, halfway=None, disk=disk: _lasting_step(disk, what, do, act)
        error = error_of(folder, disk)
        if error is None:
            break
        assert isinstance(error, KeyboardInterrupt) == (act is interrupt)
        assert act is interrupt or any(words in str(error) for words in REASONS)
        events, places, _ = state(folder)
        assert events in (old[0], new[0])
        assert places in (old[1], new[1])
        settle(folder)
        assert told(state(folder)) in (told(old), told(new)), disk.steps
        assert litter(folder) == []
        assert_log_tells_the_rows(folder)
    assert due > len(STEPS_OF_A_CHANGE)


def error_of(folder, disk):
    try:
        with disk.in_place():
            commit(folder, placed_by_hand(folder), BY_ANA)
    except (DashboardError, KeyboardInterrupt) as error:
        return error
    return None


def _lasting_step(disk, what, do, act):
    disk.steps.append(what)
    return act() if len(disk.steps) in disk.due else do()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
@pytest.mark.parametrize("after", [False, True], ids=["before it", "after it"])
def test_a_program_killed_at_any_step_leaves_all_of_a_change_or_nothing(tmp_path, after):
    old, new = outcomes(tmp_path)
    folder, seen = tmp_path / "project", []
    for due in range(1, len(STEPS_OF_A_CHANGE) + 2):
        restore(folder, old)
        _killed_child(folder, Disk(due, lambda: os.kill(os.getpid(), signal.SIGKILL), after=after))
        events, places, _ = state(folder)
        assert events in (old[0], new[0])
        assert places in (old[1], new[1])
        settle(folder)
        assert litter(folder) == []
        assert_log_tells_the_rows(folder)
        seen.append(told(state(folder)) == told(new))
        assert told(state(folder)) in (told(old), told(new))
    # The change stands from the moment on at which the system has the line of the log.
    without = STEPS_OF_A_CHANGE.index("write audit.jsonl") + (not after)
    assert seen == [False] * without + [True] * (len(seen) - without)


def _killed_child(folder, disk):
    child = os.fork()
    if child == 0:
        with suppress(BaseException), disk.in_place():
            commit(folder, placed_by_hand(folder), BY_ANA)
        os._exit(0)
    os.waitpid(child, 0)


def test_a_folder_that_may_not_be_written_to_is_told_and_nothing_changes(project, monkeypatch):
    before = state(project)
    monkeypatch.setattr(transaction.FileLock, "acquire", lambda *_, **__: refuse(errno.EROFS)())
    with pytest.raises(DataError, match="cannot be written to: Read-only file system"):
        commit(project, placed_by_hand(project), BY_ANA)
    assert state(project) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
def test_check_tells_of_an_interrupted_change_and_the_next_page_finishes_it(project):
    due = STEPS_OF_A_CHANGE.index("rename events.csv") + 1
    _killed_child(project, Disk(due, lambda: os.kill(os.getpid(), signal.SIGKILL)))
    assert check_project(project)[1][0].code == "save.unfinished"
    settle(project)
    assert check_project(project)[1] == []
    assert read_table(project, "events").rows["e2"]["place_id"] == "local:torkham"


# --- the log


def test_the_log_says_who_did_what_and_what_stood_there_before(project):
    commit(
        project, placed_by_hand(project), Entry(who="Ben", action="correct", note="see map", at="2026-11-25T11:00:00Z")
    )
    first, decision, last = audit_log.history(project)
    assert (first.who, first.action, [c.row_id for c in first.changes]) == ("conflictmap", "begin", ["e1"])
    assert (decision.number, decision.who) == (2, "Ana")
    assert (last.number, last.at, last.who, last.action, last.note) == (
        3, "2026-11-25T11:00:00Z", "Ben", "correct", "see map")  # fmt: skip
    new, moved = last.changes
    assert (new.table, new.row_id, new.before, new.cells["name"]) == ("places", "local:torkham", None, ("", "Torkham"))
    assert moved.cells == {"place_id": ("local:camp", "local:torkham"), "status": ("pending", "corrected")}
    assert moved.after == row_version(read_table(project, "events").rows["e2"])


def test_a_step_of_the_program_is_logged_with_what_it_changed_and_the_ids_of_what_it_added(project):
    def step(table):
        return [*({**row, "title": "T"} if row["event_id"] == "e2" else row for row in table),
                dict.fromkeys(table[0], "") | {"event_id": "e4", "title": "New", "toponym": "Doha"}]  # fmt: skip

    update_table(project, "events", step, action="geocode")
    *_, line = audit_log.history(project)
    assert (line.who, line.action) == ("conflictmap", "geocode")
    assert [(c.row_id, c.before is None, dict(c.cells)) for c in line.changes] == [
        ("e2", False, {"title": ("Shelling of the camp", "T")}), ("e4", True, {})]  # fmt: skip


def altered(data):
    return data.replace(b'"who":"Ana"', b'"who":"Eve"', 1)


def without_line(data):
    lines = data.splitlines(keepends=True)
    return b"".join([*lines[:1], *lines[2:]])


def swapped(data):
    first, second, *rest = data.splitlines(keepends=True)
    return b"".join([second, first, *rest])


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (altered, "audit.jsonl, line 2: was altered"),
        (without_line, "audit.jsonl, line 2: number 3 does not follow the line before it, which is number 1."),
        (swapped, "audit.jsonl, line 1: number 2 does not follow"),
        (lambda data: data + b'{"n":99,', "audit.jsonl, line 4: is cut short"),
        (lambda data: b"\xff\0" + data, "audit.jsonl, line 1: was altered"),
    ],
    ids=["a name", "a line less", "two lines swapped", "half a line", "not text"],
)
def test_an_altered_log_is_told_with_the_line(project, damage, told):
    commit(project, placed_by_hand(project), BY_ANA)
    assert problems(project) == []
    path = project / audit_log.FILE
    path.write_bytes(damage(path.read_bytes()))
    assert str(problems(project)[0]).startswith(told)


def test_nothing_is_saved_behind_a_last_line_that_was_altered(project):
    path = project / audit_log.FILE
    path.write_bytes(altered(path.read_bytes()))
    before = state(project)
    with pytest.raises(DataError, match="the last line was altered"):
        commit(project, placed_by_hand(project), BY_ANA)
    assert (state(project), litter(project)) == (before, [])


@pytest.mark.parametrize("keeps", [40, -40], ids=["a first line", "a later one"])
def test_nothing_is_saved_behind_a_part_of_a_line_that_no_interrupted_change_explains(project, keeps):
    path = project / audit_log.FILE
    commit(project, placed_by_hand(project), BY_ANA)
    path.write_bytes(path.read_bytes()[:keeps])
    before = state(project)
    with pytest.raises(DataError, match="the last line is cut short, and no change that was interrupted explains it"):
        update_table(project, "events", lambda rows: [{**row, "title": "T"} for row in rows])
    assert (state(project), litter(project)) == (before, [])


def test_a_program_killed_while_it_withdraws_a_change_leaves_a_project_that_saves(project):
    """Another program saves between the change's line and its file; the line that withdraws it is cut short."""
    real, calls = audit_log.append, []

    def append(folder, line, tail):
        calls.append(line.action)
        if line.action == audit_log.WITHDRAW:
            with (folder / audit_log.FILE).open("ab") as file:
                file.write(b'{"n":99,')
            os._exit(9)
        real(folder, line, tail)
        text = (folder / "events.csv").read_text(encoding="utf-8")
        (folder / "events.csv").write_text(text.replace("Shelling of the camp", "Theirs"), encoding="utf-8")

    child = os.fork()
    if not child:
        with mock.patch.object(audit_log, "append", append):
            commit(project, [change(project, "events", "e2", title="Mine")], BY_ANA)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    commit(project, [change(project, "events", "e2", actor1="Ana")], BY_ANA)
    assert problems(project) == []
    assert [line.action for line in audit_log.history(project)][-2:] == [audit_log.WITHDRAW, BY_ANA.action]
    row = read_table(project, "events").rows["e2"]
    assert (row["title"], row["actor1"], litter(project)) == ("Theirs", "Ana", [])


@pytest.mark.parametrize("blanks", [b"  ", b"\t", b"\n \r"])
def test_blanks_behind_the_last_line_are_no_part_of_one(project, blanks):
    path = project / audit_log.FILE
    path.write_bytes(path.read_bytes() + blanks)
    commit(project, placed_by_hand(project), BY_ANA)
    assert problems(project) == []


def test_a_last_line_that_lacks_its_end_alone_is_whole_and_the_next_one_goes_below_it(project):
    commit(project, placed_by_hand(project), BY_ANA)
    path = project / audit_log.FILE
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    update_table(project, "events", lambda rows: [{**row, "title": "T"} for row in rows])
    assert [line.action for line in audit_log.history(project)][-2:] == [BY_ANA.action, "update"]
    assert problems(project) == []


def test_line_ends_of_another_system_and_blank_lines_are_no_alteration(project):
    path = project / audit_log.FILE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\n")
    commit(project, placed_by_hand(project), BY_ANA)
    assert problems(project) == []
    assert (
        [line.number for line in audit_log.history(project)]
        == [1, 2, 3]
        == [line.number for line in audit_log.history_backwards(project)][::-1]
    )


# --- random kills, and several at once


def test_writers_killed_at_random_moments_lose_and_invent_nothing(tmp_path):
    kills.make_project(tmp_path)
    tally = kills.run(tmp_path, 12, random.Random(20251029))
    assert (tally.kills, tally.lost, tally.invented, tally.torn) == (12, 0, 0, 0)
    assert tally.acknowledged


def test_several_writers_a_hand_edit_and_an_import_at_once_lose_nothing(tmp_path):
    tally = writers.run(tmp_path, 4, 15)
    assert (tally.acknowledged, tally.lost, tally.imported, tally.hand_edits) == (60, 0, 1, 2)
    assert tally.shown, "the shared row was changed by others, and each was told so"
    assert tally.log_is_whole
