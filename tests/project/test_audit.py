"""The audit log: what can be removed from it for good, what cannot be altered unseen, and what a kept hash tells."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import DataError, RowConflictError
from dashboard.ingest.check import check_project
from dashboard.project import audit_log
from dashboard.project.commit import update_table
from dashboard.project.open_tables import OpenTables
from dashboard.review.decide import Decision, Verdict, review_event, undo_last
from tests.support.made_project import csv_bytes, make, rows, with_cells

BEFORE = Path(__file__).parents[1] / "samples" / "audit-before-digests.jsonl"
"""A log as programs wrote it whose lines held the cells themselves: Ana rejected e2, then Ben gave e3 an actor."""
BY_ANA = {"incident_id": "e2", "status": "rejected", "reviewed_by": "Ana", "reviewed_at": "2026-11-25T10:00:00Z",
          "review_note": "a film"}  # fmt: skip
BY_BEN = {"incident_id": "e3", "status": "corrected", "reviewed_by": "Ben", "reviewed_at": "2026-11-25T11:00:00Z",
          "actor1": "Ümit “K.”"}  # fmt: skip
WITNESS = "Farid Q., 41"


@pytest.fixture
def project(tmp_path):
    return make(tmp_path)


@pytest.fixture
def old_project(project):
    table = rows("events")
    table[1] |= BY_ANA
    table[2] |= BY_BEN
    (project / "events.csv").write_bytes(csv_bytes(table))
    (project / audit_log.FILE).write_bytes(BEFORE.read_bytes())
    return project


def decide(folder, verdict, event_id, who="Ana", **more):
    base = OpenTables(folder).row("events", event_id)
    return review_event(folder, Decision(event_id=event_id, verdict=verdict, reviewer=who, base=base, **more))


def told(folder):
    return [(problem.code, str(problem)) for problem in check_project(folder)[1]]


def codes(folder):
    return [code for code, _ in told(folder)]


def lines(folder):
    return (folder / audit_log.FILE).read_bytes().splitlines(keepends=True)


def rewrite(folder, number, change):
    """Another line in the place of one; ``change`` gets and returns its JSON."""
    found = lines(folder)
    body = change(json.loads(found[number - 1]))
    found[number - 1] = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    (folder / audit_log.FILE).write_bytes(b"".join(found))


def run(folder, *arguments):
    return CliRunner().invoke(main, ["--data", str(folder), *arguments])


# --- the form of the lines


def test_a_line_says_what_changed_and_its_hash_is_over_digests_alone(project):
    decide(project, Verdict.CORRECT, "e2", cells={"actor1": WITNESS}, note="he says so")
    raw = lines(project)[1]
    chained, _, values = raw.partition(b',"values":')
    assert WITNESS.encode() not in chained
    assert b"he says so" not in chained
    body, _, own = chained.partition(b',"hash":"')
    assert hashlib.sha256(body + b"}").hexdigest().encode() == own.rstrip(b'"')
    for digest, (salt, text) in json.loads(values.rstrip(b"}\n") + b"}").items():
        assert hashlib.sha256((salt + text).encode()).hexdigest() == digest
        assert len(salt) == 32
    *_, line = audit_log.history(project)
    assert line.note == "he says so"
    assert line.changes[0].cells["actor1"] == ("", WITNESS)


def test_the_same_small_value_has_another_digest_each_time_so_that_none_can_be_guessed(project):
    for event_id in ("e2", "e3"):
        decide(project, Verdict.CORRECT, event_id, cells={"fatalities_low": "3", "fatalities_high": "3"})
    seen = [json.loads(raw)["changes"][0]["cells"]["fatalities_low"][1] for raw in lines(project)[1:]]
    assert len({*seen, hashlib.sha256(b"3").hexdigest()}) == 3


def test_a_log_of_before_is_read_by_its_own_rule_and_goes_on_in_the_new_form(old_project):
    assert codes(old_project) == []
    assert run(old_project, "log", "head").output.strip() == json.loads(lines(old_project)[-1])["hash"]
    undo_last(old_project, "Ben")
    assert OpenTables(old_project).row("events", "e3")["actor1"] == ""
    decide(old_project, Verdict.CONFIRM, "e3", who="Ben")
    undo_last(old_project, "Ana")
    assert OpenTables(old_project).row("events", "e2")["status"] == "pending"
    assert [line.form for line in audit_log.history(old_project)] == [1, 1, 1, 2, 2, 2]
    assert codes(old_project) == []
    rewrite(old_project, 2, lambda body: body | {"note": "no film"})
    assert codes(old_project) == ["audit.altered"]


# --- removing


def without(text):
    """The line without the values of this text, and without the versions of the row, from which it could be guessed."""

    def change(body):
        versions = {change[side] for change in body["changes"] for side in ("before", "after")}
        kept = {k: pair for k, pair in body["values"].items() if text not in pair[1] and k not in versions}
        return body | {"values": kept}

    return change


def test_a_value_is_removed_for_good_and_the_chain_holds(project):
    decide(project, Verdict.CORRECT, "e2", cells={"actor1": WITNESS}, note=f"it was {WITNESS}")
    decide(project, Verdict.CONFIRM, "e3")
    head = run(project, "log", "head").output.strip()
    rewrite(project, 2, without(WITNESS))
    assert WITNESS.encode() not in (project / audit_log.FILE).read_bytes()
    assert told(project) == [
        ("audit.removed", "audit.jsonl, line 2: 5 values were removed from it for good. Undo cannot bring them back.")
    ]  # the actor, the note in the line and in its cell, and how the row was before and after
    assert run(project, "check", "--log-head", head).exit_code == 0
    decide(project, Verdict.REJECT, "e1", note="seen on")
    assert codes(project) == ["audit.removed"]


def test_what_was_removed_cannot_be_taken_back_and_undo_says_so(project):
    decide(project, Verdict.CORRECT, "e2", cells={"title": "Shelling, tells F. Q."})
    before = (project / "events.csv").read_bytes()
    rewrite(project, 2, without("Shelling of the camp"))
    with pytest.raises(DataError) as error:
        undo_last(project, "Ana")
    assert not isinstance(error.value, RowConflictError)
    assert str(error.value).startswith(
        "Line 2 of audit.jsonl cannot be taken back: what stood in title was removed from it for good "
        "(events.csv, row 'e2')."
    )
    assert (project / "events.csv").read_bytes() == before


def test_a_line_without_any_of_its_values_still_holds_its_place(project):
    decide(project, Verdict.CONFIRM, "e2")
    decide(project, Verdict.CONFIRM, "e3")
    (project / audit_log.FILE).write_bytes(b"".join(raw.partition(b',"values":')[0] + b"}\n" for raw in lines(project)))
    assert set(codes(project)) == {"audit.removed"}
    decide(project, Verdict.REJECT, "e1", note="seen on")
    assert [line.number for line in audit_log.history(project)] == [1, 2, 3, 4]


def test_a_change_of_a_row_is_seen_by_the_cells_that_the_log_still_knows(project):
    decide(project, Verdict.CORRECT, "e2", cells={"actor1": WITNESS, "title": "The camp is shelled"})
    rewrite(project, 2, without(WITNESS))
    table = (
        OpenTables(project)
        .events.data()
        .replace(b"The camp is shelled", b"Nothing happened")
        .replace(WITNESS.encode(), b"")
    )
    (project / "events.csv").write_bytes(table)
    assert "title is 'Nothing happened', was 'The camp is shelled'" in dict(told(project))["event.changed"]


# --- altering


def of_the_title(body, pair):
    digest = body["changes"][0]["cells"]["title"][1]
    return body | {"values": body["values"] | {digest: pair}}


@pytest.mark.parametrize(
    "change",
    [
        lambda body: of_the_title(body, ["0" * 32, "Mine"]),
        lambda body: of_the_title(body, [body["values"][body["changes"][0]["cells"]["title"][1]][0], "Mine"]),
        lambda body: of_the_title(body, "Mine"),
        lambda body: body | {"values": body["values"] | {hashlib.sha256(b"0" * 32).hexdigest(): ["0" * 32, ""]}},
        lambda body: body | {"who": "Eve"},
        lambda body: body | {"form": 3},
        lambda body: {key: value for key, value in body.items() if key != "form"},
    ],
    ids=["another value", "another text", "no salt", "one more value", "another person", "another form", "no form"],
)  # fmt: skip
def test_an_altered_value_or_line_is_found(project, change):
    decide(project, Verdict.CORRECT, "e2", cells={"title": "Theirs"})
    decide(project, Verdict.CONFIRM, "e3")
    rewrite(project, 2, change)
    assert codes(project)[0] == "audit.altered"


def test_two_values_for_one_digest_are_an_alteration(project):
    decide(project, Verdict.CORRECT, "e2", cells={"title": "Theirs"})
    path = project / audit_log.FILE
    raw = path.read_bytes()
    digest = json.loads(lines(project)[1])["changes"][0]["cells"]["title"][1].encode()
    path.write_bytes(raw.replace(b'"values":{"', b'"values":{"' + digest + b'":["x","Mine"],"', 2))
    assert "audit.altered" in codes(project)


def in_the_old_form(body):
    """The line as programs of before would have written it, with a hash that fits."""
    values = body.pop("values")
    text = lambda digest: values.get(digest, ["", ""])[1] if digest else digest  # noqa: E731
    del body["hash"], body["form"]
    for change in body["changes"]:
        change |= {"before": text(change["before"]), "after": text(change["after"])}
        change["cells"] = {column: [text(one) for one in pair] for column, pair in change["cells"].items()}
    body["changes"][0]["cells"]["title"][1] = "Mine"
    plain = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return body | {"hash": hashlib.sha256(plain).hexdigest()}


def test_a_line_rewritten_in_the_old_form_is_found_even_as_the_last_one(project):
    decide(project, Verdict.CONFIRM, "e3")
    decide(project, Verdict.CORRECT, "e2", cells={"title": "Theirs"})
    rewrite(project, 3, in_the_old_form)
    assert codes(project)[0] == "audit.form"
    (project / audit_log.FILE).unlink()
    decide(project, Verdict.CORRECT, "e2", cells={"title": "Theirs again"})
    decide(project, Verdict.REJECT, "e3", note="a film")
    rewrite(project, 2, in_the_old_form)
    assert {"audit.form", "audit.chain"} <= set(codes(project)), "the line behind it holds another hash"


# --- deleting and rewriting it whole


def test_a_log_that_was_deleted_is_noticed_by_the_rows_that_a_person_reviewed(project):
    decide(project, Verdict.REJECT, "e2", note="a film")
    (project / audit_log.FILE).unlink()
    ((code, words),) = told(project)
    assert code == "event.no_history"
    assert words.startswith("events.csv, row 2 (line 3): event 'e2' is rejected by 'Ana', but audit.jsonl knows of no")
    decide(project, Verdict.CONFIRM, "e3", who="Ben")
    ((code, words),) = told(project)
    assert code == "event.no_history", "that the next save begins a new log does not make up for the old one"
    assert "'e2' is rejected by 'Ana', but audit.jsonl tells only that it was so when the log began (line 1 " in words
    assert run(project, "check").exit_code == 0, "warnings"


def test_a_log_written_anew_without_a_persons_line_is_noticed(project):
    decide(project, Verdict.REJECT, "e2", note="a film")
    (project / audit_log.FILE).unlink()
    with_cells("events")(project)
    update_table(project, "events", lambda table: [row | {"actor2": "the army"} for row in table])
    table = rows("events")
    for row in table:
        row["actor2"] = "the army"
    table[1] |= BY_ANA
    (project / "events.csv").write_bytes(csv_bytes(table))
    assert [words for code, words in told(project) if "'e2' is rejected by 'Ana'" in words]


def test_rows_that_were_confirmed_by_hand_before_there_was_a_log_are_no_matter(project):
    table = rows("events")
    for row in table:
        row |= {"status": "confirmed", "reviewed_by": "the editors", "reviewed_at": "2026-11-23"}
    (project / "events.csv").write_bytes(csv_bytes(table))
    assert codes(project) == []
    decide(project, Verdict.REJECT, "e1", note="a film")
    assert codes(project) == []


# --- a hash that was kept elsewhere


def test_a_kept_hash_tells_whether_the_log_is_the_same_has_grown_or_was_rewritten(project):
    decide(project, Verdict.CONFIRM, "e3")
    head = run(project, "log", "head")
    assert head.exit_code == 0
    kept = head.output.strip()
    assert kept == json.loads(lines(project)[-1])["hash"]
    same = run(project, "check", "--log-head", f" {kept.upper()}")
    assert same.exit_code == 0
    assert "audit.jsonl is as it was when its hash was kept: line 2 is still the last one." in same.output
    decide(project, Verdict.REJECT, "e2", note="a film")
    undo_last(project, "Ana")
    grown = run(project, "check", "--log-head", kept)
    assert grown.exit_code == 0
    assert "audit.jsonl has grown by 2 lines since; the hash that was kept is that of line 2." in grown.output
    as_json = CliRunner().invoke(main, ["--data", str(project), "check", "--json", "--log-head", kept])
    assert json.loads(as_json.stdout) == []


def cut(folder):
    (folder / audit_log.FILE).write_bytes(lines(folder)[0])


def made_anew(folder):
    (folder / audit_log.FILE).unlink()
    decide(folder, Verdict.REJECT, "e2", note="a film")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (cut, "none of its 1 line has"),
        (made_anew, "none of its 2 lines has"),
        (lambda folder: (folder / audit_log.FILE).unlink(), "there is no line that can be read with"),
    ],
    ids=["cut", "made anew", "deleted"],
)
def test_a_kept_hash_that_is_nowhere_in_the_log_is_an_error(project, change, words):
    decide(project, Verdict.CONFIRM, "e3")
    kept = run(project, "log", "head").output.strip()
    change(project)
    result = run(project, "check", "--log-head", kept)
    assert result.exit_code == 1
    assert f"error: audit.jsonl: {words} the hash {kept[:12]}…: it was rewritten, cut or deleted" in result.output


def test_a_head_is_printed_of_a_whole_log_alone_and_only_a_hash_is_compared(project):
    assert run(project, "log", "head").exit_code == 1
    assert "has no log yet" in run(project, "log", "head").output
    decide(project, Verdict.CONFIRM, "e3")
    decide(project, Verdict.CONFIRM, "e2")
    rewrite(project, 2, lambda body: body | {"who": "Eve"})
    result = run(project, "log", "head")
    assert result.exit_code == 1
    assert "audit.jsonl, line 2: was altered" in result.output
    wrong = run(project, "check", "--log-head", "12ab")
    assert wrong.exit_code == 2
    assert "'12ab' is no hash of 64 hexadecimal digits" in wrong.output
