"""Articles read by Apache Spark with two real worker processes: the rows of one process, whatever is killed."""

import glob
import json
import os
import random
import shutil
import signal
import threading
import time
from collections import defaultdict
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import DataError
from dashboard.filters import Filters
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest import on_cluster
from dashboard.ingest.add import add_articles
from dashboard.ingest.check import check_parquet
from dashboard.ingest.sources import ArticleSource, sources_in_lines
from dashboard.project.read import read_project
from dashboard.project.sample import copy_sample
from dashboard.store.cube.files import Manifest
from dashboard.store.cube.make import make_cube
from dashboard.store.load import PLACES
from dashboard.store.opening import open_store
from dashboard.store.spark import articles as spark
from dashboard.store.spark.cube import Spark, to_spark_sql
from dashboard.store.spark.session import root_cause, spark_session
from dashboard.tables import EVENT_COLUMNS, as_text
from tests.store.sources.test_parquet import row, write
from tests.support.made_events import made_events, made_places, write_parquet

CLUSTER = "local-cluster[2,1,1024]"
GOLD = Path(__file__).parents[1] / "samples" / "gold.jsonl"
ABOUT = ArticleSource(data=b"")
needs_java = pytest.mark.skipif(
    not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="Spark needs Java, and there is no java here"
)
pytest.importorskip("pyspark", reason="Spark is not installed")


def lines():
    """The articles of the gold set, one of them printed by a second paper, one line that is none, one twice."""
    documents = [json.loads(line) for line in GOLD.read_text().splitlines()]
    made = [{"text": one["text"], "published": one["published"] or "", "publisher": one["doc_id"]} for one in documents]
    again = made[1] | {"text": made[1]["text"] + "\nPrinted again.\n", "publisher": "The second paper"}
    return [json.dumps(one, ensure_ascii=False) for one in (*made, again, made[0])] + ["no article", ""]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Its name and its folder's hold signs that stand for others where files are listed."""
    path = tmp_path_factory.mktemp("lines") / "lines {a,b}" / "articles*[1].jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(lines()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def local(tmp_path_factory, file):
    """The rows of one process: event_id -> cells."""
    folder = tmp_path_factory.mktemp("local")
    sources = sources_in_lines(file.read_bytes().splitlines(keepends=True), ABOUT)
    report = add_articles(folder, sources, Gazetteer.open())
    assert (report.added, report.already_stored, len(report.problems)) == (len(lines()) - 3, 1, 1)
    return {event.event_id: cells_of(event, EVENT_COLUMNS) for event in read_project(folder).events}


@pytest.fixture(scope="module")
def session():
    # Java compiles no more, and plans no further, than a few small jobs are worth.
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        with spark_session(CLUSTER) as running:
            for name, value in (
                ("shuffle.partitions", "2"),
                ("adaptive.enabled", "false"),
                ("codegen.wholeStage", "false"),
            ):
                running.conf.set(f"spark.sql.{name}", value)
            yield running


def cells_of(event, names):
    return {name: as_text(getattr(event, name)) for name in names}


def steps(**others):
    made = {
        "read_lines": partial(on_cluster._articles_in, about=ABOUT),
        "read_events": partial(on_cluster._events_in, rules_only=True),
    }
    return spark.Steps(**(made | {"same_incidents": on_cluster._same_incidents} | others))


def rows_of(folder):
    """event_id -> cells, of the Parquet; every event must be there once."""
    names = ", ".join(EVENT_COLUMNS)
    pattern = f"{glob.escape(str(folder))}/events/**/*.parquet"
    found = duckdb.sql(f"SELECT {names} FROM read_parquet('{pattern}')").fetchall()
    rows = [dict(zip(EVENT_COLUMNS, map(as_text, cells), strict=True)) for cells in found]
    assert len({one["event_id"] for one in rows}) == len(rows)
    return {one["event_id"]: one for one in rows}


def assert_same(folder, local):
    """Every cell is the same, but for what an incident is called; what belongs together is the same."""
    found = rows_of(folder)
    without = [{key: one | {"incident_id": ""} for key, one in rows.items()} for rows in (found, local)]
    assert without[0] == without[1]
    assert together(found) == together(local)


def together(rows):
    by_incident = defaultdict(set)
    for key, one in rows.items():
        by_incident[one["incident_id"]].add(key)
    return {frozenset(keys) for keys in by_incident.values()}


@needs_java
def test_the_rows_are_those_of_one_process_and_a_second_run_changes_nothing(session, file, local, tmp_path):
    out = tmp_path / "set [2025]"
    counts = spark.add_articles_to_set(session, [file], out, steps())
    assert (counts.added, counts.known, counts.events) == (len(lines()) - 3, 1, len(local))
    assert counts.problems == (
        "articles*[1].jsonl, line 'no article': expected one JSON object with text, got 'no article'.",
    )
    assert_same(out, local)
    assert len(together(local)) < len(local)  # the second paper tells what the first told
    before = sorted(out.rglob("*.parquet"))
    more = tmp_path / "more.jsonl"
    more.write_text(lines()[2] + "\n" + json.dumps({"text": "Soldiers shelled Kharkiv on 3 May 2024.\n"}))
    counts = spark.add_articles_to_set(session, [file, more], out, steps())
    assert (counts.added, counts.known, counts.events) == (1, len(lines()) - 2 + 1, 1)
    assert set(before) < set(out.rglob("*.parquet"))
    assert len(rows_of(out)) == len(local) + 1

    store = open_store(out, lambda _: None)
    assert store.summarise(Filters()).total == len(local) + 1
    event = store.events(Filters(words="Kharkiv shelled"))[0]
    article = store.article(event.article_id)
    assert article.text[event.char_start : event.char_end] == event.passage
    assert store.article("unknown") is None


@needs_java
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(session, file, local, tmp_path):
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(__import__(__name__))
    marks = tmp_path / "marks"
    marks.mkdir()
    failed = []
    job = threading.Thread(target=run_into, args=(failed, session, file, tmp_path / "out", str(marks)))
    job.start()
    wait_for(lambda: any(marks.iterdir()))
    victim = int(next(marks.iterdir()).name)  # an executor that has begun to read articles
    assert victim in executors()
    os.kill(victim, signal.SIGKILL)
    job.join(timeout=240)
    assert not job.is_alive()
    assert failed == []
    assert victim not in executors()
    assert_same(tmp_path / "out", local)


@needs_java
def test_an_article_that_the_rules_fail_on_is_stored_with_its_problem_and_read_when_it_comes_again(session, tmp_path):
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(__import__(__name__))
    names = ("Bamako", "Goma", "Gao")
    texts = [*(f"Rebels attacked {name} on 3 May 2024." for name in names), "The weather was fine."]
    odd = [{"url": "dawn.com/a"}, {"title": "x" * 501}, {}, {}]
    file, out = tmp_path / "a.jsonl", tmp_path / "out"
    objects = [{"text": text} | more for text, more in zip(texts, odd, strict=True)]
    file.write_text("\n".join(map(json.dumps, objects)), encoding="utf-8")
    both = partial(failing, names=("Bamako", "Goma"))
    counts = spark.add_articles_to_set(session, [file], out, steps(read_events=both))
    assert (counts.added, counts.events, counts.without_events, counts.refused, counts.failed) == (4, 1, 1, 0, 2)
    left_out, cut, *failures = counts.problems
    assert "its url 'dawn.com/a' was left out: only http and https links are allowed" in left_out
    assert "501 characters; the limit is 500" in cut
    told = "('Rebels attacked Bamako on 3 May 2024.'): The rules failed on it (KeyError in "
    assert sorted(told in failure for failure in failures) == [False, True]
    total, _, problems = check_parquet(out)
    assert (total, [problem.code for problem in problems]) == (1, ["article.rules_failed"] * 2)

    again = spark.add_articles_to_set(session, [file], out, steps(read_events=partial(failing, names=("Bamako",))))
    assert (again.added, again.known, again.failed, again.read_again, again.events) == (0, 2, 1, 1, 1)
    final = spark.add_articles_to_set(session, [file], out, steps())
    assert (final.added, final.known, final.failed, final.read_again, final.events) == (0, 3, 0, 1, 1)
    total, _, problems = check_parquet(out)
    assert (total, problems) == (3, [])
    store = open_store(out, lambda _: None)
    for name, text in zip(names, texts, strict=False):
        (event,) = store.events(Filters(words=name))
        assert store.article(event.article_id).text == text


def failing(frames, names):
    """What `ingest.on_cluster` does, with a rule that fails on texts with one of the names."""
    from dashboard.ingest import read_article

    real = read_article.find_statements

    def find(text, *more):
        return {}["century"] if any(name in text for name in names) else real(text, *more)

    read_article.find_statements = find
    try:
        yield from on_cluster._events_in(frames, rules_only=True)
    finally:
        read_article.find_statements = real


def run_into(failed, session, file, out, marks):
    try:
        spark.add_articles_to_set(session, [file], out, steps(read_events=partial(slowly, marks=marks)))
    except Exception as error:
        failed.append(error)


def slowly(frames, marks):
    """What `ingest.on_cluster` does, but it leaves the number of the worker's own process and takes its time."""
    executor = os.getppid()
    while "java" not in Path(f"/proc/{executor}/comm").read_text():
        executor = int(Path(f"/proc/{executor}/stat").read_text().rpartition(")")[2].split()[1])
    for frame in frames:
        (Path(marks) / str(executor)).touch()
        time.sleep(1)
        yield from on_cluster._events_in(iter([frame]), rules_only=True)


def executors():
    """The worker processes of this machine that run below this one."""
    found = set()
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and is_below(int(process.name), os.getpid()):
            command = (process / "cmdline").read_bytes()
            if b"CoarseGrainedExecutorBackend" in command:
                found.add(int(process.name))
    return found


def is_below(process, ancestor):
    while process > 1:
        if process == ancestor:
            return True
        try:
            process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


@needs_java
def test_an_append_that_was_broken_off_is_finished_by_the_next_run(session, file, local, tmp_path, monkeypatch):
    out, append = tmp_path / "out", spark._append

    def break_off(session, folder):
        append(session, folder)
        shutil.rmtree(folder / "articles")
        raise OSError("the disk is gone")

    monkeypatch.setattr(spark, "_append", break_off)
    with pytest.raises(OSError, match="the disk is gone"):
        spark.add_articles_to_set(session, [file], out, steps())
    monkeypatch.undo()
    counts = spark.add_articles_to_set(session, [file], out, steps())
    assert (counts.added, counts.known, counts.events) == (0, len(lines()) - 2, 0)
    assert_same(out, local)
    assert not (out / "_new").exists()


@needs_java
@pytest.mark.parametrize(("part", "again"), [("articles", "remove it, and"), ("events", "remove the whole set, and")])
def test_a_torn_file_of_the_set_is_named_and_nothing_is_added(session, file, tmp_path, part, again):
    out = tmp_path / "out"
    for name in ("events", "articles"):
        (out / name).mkdir(parents=True)
    write(out / "events" / "e.parquet", [row("e1")])
    write(out / "articles" / "a.parquet", [{"article_id": "a1", "text": "Soldiers shelled Kharkiv."}])
    torn = next((out / part).rglob("*.parquet"))
    torn.write_bytes(torn.read_bytes()[:-200])
    before = sorted(out.rglob("*"))
    with pytest.raises(DataError, match=f"{torn.name} cannot be read: it is no whole Parquet file.*{again}"):
        spark.add_articles_to_set(session, [file], out, steps())
    assert sorted(out.rglob("*")) == before


@needs_java
def test_what_java_says_is_told_without_its_stack(session, tmp_path, capfd):
    from py4j.protocol import Py4JJavaError

    (tmp_path / "no.parquet").write_bytes(b"PAR1 but no more of it")
    with pytest.raises(Py4JJavaError) as caught:
        session.read.parquet(str(tmp_path / "no.parquet"))
    assert "no.parquet is not a Parquet file" in root_cause(caught.value)
    assert "\tat " not in capfd.readouterr().err


class _Killing(Spark):
    """Kills one of the worker processes after the first counts were written."""

    def write(self, name, select, folder):
        super().write(name, select, folder)
        if name == "spot_counts":
            self.victim = min(executors())
            os.kill(self.victim, signal.SIGKILL)


@needs_java
def test_the_counts_of_spark_are_those_of_duckdb_whatever_is_killed(session, tmp_path):
    chance = random.Random(4)
    places = made_places(chance)
    events = write_parquet(tmp_path / "events", made_events(chance, 3000, places), places)
    engine = _Killing(session)
    with_spark = make_cube(events, tmp_path / "spark", lambda: nullcontext(engine))
    assert engine.victim not in executors()
    here = make_cube(events, tmp_path / "here")
    assert (with_spark.events, with_spark.left_out, with_spark.rows) == (3000, 0, here.rows)
    for table in ("5", "8", "11", "14", "spots", "points"):
        found = [rows_of_cube(tmp_path / engine, table) for engine in ("spark", "here")]
        assert found[0] == found[1] != []
    of_spark, of_duckdb = (open_store(tmp_path / name, lambda _: None) for name in ("spark", "here"))
    assert of_spark.summarise(Filters()).marks == of_duckdb.summarise(Filters()).marks
    assert of_spark.events(Filters()) == of_duckdb.events(Filters())


def rows_of_cube(cube, table):
    files = [str(file) for file in Manifest.read(cube).parquet(cube, table)]
    return duckdb.sql(f"SELECT * FROM read_parquet({files}) ORDER BY ALL").fetchall()


@pytest.mark.parametrize("name", ["written", "spots", "points"])
def test_the_words_of_spark_are_those_of_duckdb(name):
    """What sqlglot does not know it hands on as it is; then Spark would refuse it, or take it for something else."""
    words = to_spark_sql(PLACES[name])
    assert "<<" not in words
    assert "::" not in words


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("spark://127.0.0.1:9", "Nobody answers at 'spark://127.0.0.1:9'"),
        ("spark://", "Nobody answers"),
        ("http://cluster", "--spark must be a master URL"),
        ("sc://cluster", "--spark must be a master URL"),
    ],
)
def test_a_cluster_that_is_none_is_told_at_once(tmp_path, url, said, file):
    write(tmp_path / "e.parquet", [row("e1")])
    for given in (["add", "--jsonl", str(file)], ["summarise", str(tmp_path / "e.parquet")]):
        arguments = [*given, "--engine", "spark", "--out", str(tmp_path / "out"), "--spark", url]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 1
        assert said in result.output
        assert "Traceback" not in result.output
        assert not (tmp_path / "out").exists()


def test_a_projects_folder_takes_no_parquet(tmp_path, file):
    copy_sample(tmp_path / "data")
    arguments = ["add", "--jsonl", str(file), "--engine", "spark", "--out", str(tmp_path / "data")]
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, "is a project's folder" in result.output) == (2, True)


def test_without_java_it_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(DataError, match="Spark needs Java"), spark_session(CLUSTER):
        pass


@pytest.mark.parametrize(
    "arguments",
    [
        ["--engine", "spark"],
        ["--out", "events"],
        ["--engine", "spark", "--out", "events"],
        ["--engine", "spark", "--out", "events", "--jsonl", "-"],
    ],
)
def test_the_options_that_belong_together_are_asked_for(arguments):
    result = CliRunner().invoke(main, ["add", *arguments])
    assert (result.exit_code, "Usage:" in result.output) == (2, True)


@pytest.mark.parametrize("entry", ["_new", "articles", "events", "events/month=2025-03", "events/part.parquet"])
def test_nothing_is_added_to_a_folder_in_which_something_is_a_link(file, tmp_path, entry):
    out, outside = tmp_path / "out", tmp_path / "outside"
    outside.mkdir()
    (out / entry).parent.mkdir(parents=True)
    (out / entry).symlink_to(outside)
    result = CliRunner().invoke(main, ["add", "--jsonl", str(file), "--engine", "spark", "--out", str(out)])
    assert result.exit_code == 1
    assert f"Nothing was added: {out / entry} is a link" in result.output
    assert list(outside.iterdir()) == []
