"""A project of a stranger: whatever stands in its folder, nothing outside it is written, emptied or removed."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import DashboardError, DataError
from dashboard.project import audit_log, transaction
from dashboard.project.commit import Entry, commit, settle
from dashboard.project.disk import atomic_files
from dashboard.project.disk.atomic_files import replace_file
from dashboard.project.open_tables import OpenTables
from dashboard.review.decide import Decision, Verdict, review_event, undo_last
from dashboard.review.places import place_renamed
from dashboard.store.opening import data_version, open_store
from tests.support.made_project import make
from tests.ui.test_review_pages import html, run  # noqa: F401 - `run` is a fixture

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs links and pipes")

NO_FILE = hashlib.sha256(b"").hexdigest()[:16]
"""What the name of a file that was set aside says of the one it replaces, if there was none."""
ARTICLE = "A missile hit a school in Kharkiv on Monday, killing two teachers, the mayor said.\n"
ARTICLE_ID = hashlib.sha256(ARTICLE.encode()).hexdigest()[:12]
WORDS = b"These bytes are mine.\n"


def unfinished(name="events.csv", number=1):
    return f".conflictmap-{number}-0-{NO_FILE}-{name}.tmp"


def logged(folder):
    """A log of one line, as a stranger can write one: the hash is right."""
    body = {"n": 1, "at": "2026-11-25T10:00:00Z", "who": "Eve", "action": "confirm", "changes": []}
    body |= {"previous": "0" * 64}
    text = json.dumps(body, separators=(",", ":")).encode()
    line = text[:-1] + b',"hash":"' + hashlib.sha256(text).hexdigest().encode() + b'"}\n'
    (folder / audit_log.FILE).write_bytes(line)


# --- what stands there instead of a file


def to_a_file(path, outside):
    path.symlink_to(outside / "words.txt")


def to_nothing_yet(path, outside):
    path.symlink_to(outside / "authorized_keys")


def to_a_folder(path, outside):
    path.symlink_to(outside)


def to_itself(path, _):
    path.symlink_to(path)


def to_a_neighbour(path, _):
    path.symlink_to(path.parent / "notes.txt")


def to_a_device(path, _):
    path.symlink_to("/dev/zero")


def pipe(path, _):
    os.mkfifo(path)


def a_socket(path, _):
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket may not be long
        try:
            listener.bind(path.name)
        finally:
            os.chdir(here)


def folder_instead(path, _):
    path.mkdir()


def hard_link(path, outside):
    path.hardlink_to(outside / "words.txt")


EVILS = (to_a_file, to_nothing_yet, to_a_folder, to_itself, to_a_neighbour, to_a_device, pipe, a_socket, folder_instead)
ENTRIES = (
    "events.csv", "places.csv", "articles.csv", audit_log.FILE, ".lock", "articles", "articles/a1.txt",
    f"articles/{ARTICLE_ID}.txt", unfinished(), "articles/.conflictmap-old.tmp",
)  # fmt: skip


# --- what a person may do with it


def command(*arguments):
    def act(folder):
        result = CliRunner().invoke(main, ["--data", str(folder), *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result.exit_code, result.output

    return act


def added(folder):
    article = folder.parent / "article.txt"
    article.write_text(ARTICLE)
    return command("add", "--rules-only", str(article))(folder)


def told(act):
    """What a page would show of a decision that is refused."""

    def tell(folder):
        try:
            act(folder)
        except DashboardError as error:
            return 1, str(error)
        return 0, ""

    return tell


def opened(folder):
    with suppress(DashboardError):  # as the page does it
        settle(folder)
    data_version(folder)
    open_store(folder, lambda _: None)


def reviewed(folder):
    base = OpenTables(folder).row("events", "e2")
    review_event(folder, Decision(event_id="e2", verdict=Verdict.CONFIRM, reviewer="Ana", base=base))


def corrected(folder):
    commit(folder, place_renamed(OpenTables(folder), "local:camp", "Camp"), Entry(who="Ana", action="rename"))


WRITING = {
    "geocode": command("geocode"), "add": added, "review": told(reviewed), "places": told(corrected),
}  # fmt: skip
READING = {
    "check": command("check"), "find": command("places", "find", "Kabul"), "page": opened,
    "undo": told(lambda folder: undo_last(folder, "Ana")),
}  # fmt: skip


def contents(folder):
    """Everything below the folder: what it is, its bytes and when they were written."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        regular = path.is_file() and not path.is_symlink()
        found[str(path.relative_to(folder))] = (
            status.st_mode, path.read_bytes() if regular else b"", status.st_mtime_ns if regular else 0)  # fmt: skip
    return found


@contextmanager
def in_time(seconds=60):
    """A step that waits for a pipe for ever fails."""

    def stop(*_):
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def outside(tmp_path):
    """A folder next to the project, with a file, and with one that a killed program of another project has left."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "words.txt").write_bytes(WORDS)
    left = folder / ".conflictmap-of-another.tmp"
    left.write_bytes(WORDS)
    (folder / unfinished()).write_bytes(WORDS)
    os.utime(left, (time.time() - 90_000,) * 2)
    return folder


def spoil(project, entry, evil, outside):
    make(project)
    logged(project)
    path = project / entry
    if path.is_dir():
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    path.unlink(missing_ok=True)
    evil(path, outside)


@pytest.mark.parametrize("evil", EVILS, ids=lambda evil: evil.__name__)
@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_no_file_of_the_folder_is_told_and_nothing_is_written_anywhere(tmp_path, outside, entry, evil):
    if (entry, evil) == ("articles", folder_instead):
        pytest.skip("so it should be")
    project = tmp_path / "project"
    spoil(project, entry, evil, outside)
    before = contents(outside), contents(project)
    with in_time():
        for act in READING.values():
            act(project)
        for name, act in WRITING.items():
            code, said = act(project)
            assert code == 1, name
            assert f"Nothing is written to {project}: {entry} " in said or f"{entry}: is a " in said, (name, said)
    assert (contents(outside), contents(project)) == before
    with in_time():
        assert entry in command("check")(project)[1]


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry != "articles"])
def test_a_second_name_of_a_file_elsewhere_never_changes_what_that_holds(tmp_path, outside, entry):
    project = tmp_path / "project"
    spoil(project, entry, hard_link, outside)
    before = contents(outside)
    for act in (*READING.values(), *WRITING.values()):
        act(project)
    assert contents(outside) == before
    code, said = command("geocode")(project)
    if entry in (audit_log.FILE, ".lock"):
        assert (code, f"{entry} has a second name elsewhere on the disk" in said) == (1, True)


def test_a_folder_that_the_person_reaches_by_a_link_of_their_own_is_used_as_ever(tmp_path):
    make(tmp_path / "project")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "project")
    assert command("check")(link) == (0, "3 events, 3 places, 3 articles: no problems.\n")
    assert added(link)[0] == 0
    decided_before = (link / audit_log.FILE).read_bytes()
    told(reviewed)(link)
    assert (tmp_path / "project" / audit_log.FILE).read_bytes().startswith(decided_before)
    assert (tmp_path / "project" / "articles" / f"{ARTICLE_ID}.txt").read_text() == ARTICLE
    assert not list((tmp_path / "project").glob(".conflictmap-*"))


# --- a save that was never finished


def evil_project(folder, outside):
    """One that, once opened, would write a stranger's bytes to a file of theirs choosing."""
    folder.mkdir()
    logged(folder)
    (folder / "events.csv").symlink_to(outside / "authorized_keys")
    (folder / unfinished()).write_bytes(b"ssh-ed25519 AAAA eve\n")
    return folder


def conflictmap(*arguments, **options):
    # -P: `-m` alone would put the folder of the test on the path, which the installed command does not.
    command_line = [sys.executable, "-P", "-m", "dashboard", *map(str, arguments)]
    return subprocess.run(
        command_line, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False, **options
    )


@pytest.mark.parametrize("verb", ["geocode", "add", "check"])
def test_the_commands_write_nothing_to_where_an_unfinished_save_of_a_strangers_project_leads(tmp_path, outside, verb):
    project, article = evil_project(tmp_path / "project", outside), tmp_path / "article.txt"
    article.write_text(ARTICLE)
    before = contents(outside), contents(project)
    result = conflictmap("--data", project, verb, *(["--rules-only", article] if verb == "add" else []))
    assert result.returncode == 1
    assert "events.csv" in result.stdout + result.stderr
    assert "is a link that leads outside the data folder" in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    assert (contents(outside), contents(project)) == before


def test_the_pages_of_a_strangers_project_say_what_is_wrong_and_write_nothing(run, tmp_path, outside):  # noqa: F811
    project = evil_project(tmp_path / "project", outside)
    before = contents(outside), contents(project)
    for page in ("", "review", "places", "sources"):
        app = run(project, page)
        assert not app.exception
        said = html(app) + " ".join(error.value for error in app.error)
        assert page == "sources" or "outside the data folder" in said, page
    assert (contents(outside), contents(project)) == before


def test_only_a_table_of_the_project_is_finished(tmp_path):
    logged(make(tmp_path))
    for name in ("notes.csv", "audit.csv"):
        (tmp_path / unfinished(name)).write_bytes(WORDS)
    settle(tmp_path)
    assert not any(path.name in ("notes.csv", "audit.csv") or path.name[:6] == ".confl" for path in tmp_path.iterdir())


def test_the_sample_is_not_copied_through_a_link(tmp_path, outside):
    project = tmp_path / "project"
    project.mkdir()
    (project / "articles").symlink_to(outside)
    before = contents(outside)
    code, said = command("run", "--sample", "--port", "8999")(project)
    assert code == 1
    assert "articles is a link, so the sample was not copied." in said
    assert (contents(outside), list(project.iterdir())) == (before, [project / "articles"])


# --- temporary files


@pytest.fixture
def planted(tmp_path, outside):
    """A second name of a file elsewhere, where a temporary file is about to be made."""

    def plant(path):
        path.unlink(missing_ok=True)
        path.hardlink_to(outside / "words.txt")

    return plant


def test_a_temporary_file_is_always_a_new_one(tmp_path, outside, planted, monkeypatch):
    monkeypatch.setattr(atomic_files.secrets, "token_hex", lambda _: "00")
    planted(tmp_path / ".conflictmap-a.txt-00.tmp")
    with pytest.raises(DataError, match="cannot be written: File exists"):
        replace_file(tmp_path / "a.txt", b"new")
    assert (outside / "words.txt").read_bytes() == WORDS
    assert not (tmp_path / "a.txt").exists()


def test_what_a_save_sets_aside_is_always_a_new_file(tmp_path, outside, planted, monkeypatch):
    project = make(tmp_path / "project")
    write_staged = transaction._write_staged

    def after_planting(staged, new):
        for aside in staged:  # none where the log is begun
            planted(aside.path)
        write_staged(staged, new)

    monkeypatch.setattr(transaction, "_write_staged", after_planting)
    before = (project / "events.csv").read_bytes()
    with pytest.raises(DataError, match="cannot be written: File exists"):
        reviewed(project)
    assert (outside / "words.txt").read_bytes() == WORDS
    assert (project / "events.csv").read_bytes() == before


# --- a log without end


@pytest.mark.parametrize("verb", ["check", "geocode"])
def test_a_line_of_the_log_without_end_is_told_and_not_read_to_its_end(tmp_path, verb):
    make(tmp_path)
    logged(tmp_path)
    with (tmp_path / audit_log.FILE).open("ab") as log:
        log.truncate(20_000_000_000)  # sparse: takes no room on the disk
    result = conflictmap("--data", tmp_path, verb)
    assert result.returncode == 1
    assert "the line has no end, or more than 256 MB: this program did not write it." in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_log_of_nothing_but_foreign_lines_is_told_in_a_hundred(tmp_path):
    (make(tmp_path) / audit_log.FILE).write_bytes(b"x\n" * 50_000)
    code, said = command("check")(tmp_path)
    assert code == 1
    assert "101 problems" in said


def test_a_change_too_long_for_a_line_of_the_log_is_not_saved(tmp_path, monkeypatch):
    project = make(tmp_path)
    corrected(project)
    before = contents(project)
    lines = (project / audit_log.FILE).read_bytes().splitlines()
    monkeypatch.setattr(audit_log, "LINE_LIMIT_BYTES", max(map(len, lines)) + 100)
    with pytest.raises(DataError, match="too big for a line"):
        commit(project, place_renamed(OpenTables(project), "local:camp", "x" * 450), Entry(who="Ana", action="rename"))
    after = contents(project)
    assert {**after, ".lock": before[".lock"]} == before


# --- the folder one is in


def test_the_page_runs_no_code_and_takes_no_settings_from_the_folder_one_is_in(tmp_path, free_port):
    make(tmp_path / "data")
    for module in ("streamlit", "click", "json"):
        (tmp_path / f"{module}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\nbaseUrlPath = "elsewhere"\n')
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "dashboard", "run", "--port", str(free_port)], cwd=tmp_path, text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("CONFLICTMAP_")},
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with in_time(90):
            assert "The map of data is at" in process.stdout.readline()
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert not (tmp_path / "ran").exists()
