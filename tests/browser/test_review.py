"""A reviewer's work in a real browser: with keys alone, on the map, and beside somebody else."""

import re
import shutil
import subprocess

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from dashboard.cli.commands import main
from dashboard.project import audit_log
from dashboard.project.open_tables import OpenTables
from dashboard.project.sample import sample_folder

FRAME = "iframe[title*='streamlit_folium']"


def conflictmap(project, *arguments):
    return CliRunner().invoke(main, ["--data", str(project), *map(str, arguments)])


@pytest.fixture
def project(tmp_path):
    """The seed article as the program reads it: every event is pending."""
    folder = tmp_path / "project"
    (article,) = (sample_folder() / "articles").glob("*.txt")
    added = conflictmap(folder, "add", article, "--rules-only", "--publisher", "The Express Tribune",
                        "--published", "2025-10-29")  # fmt: skip
    assert added.exit_code == 0, added.output
    return folder


class Review:
    """The page as a reviewer handles it."""

    def __init__(self, page, url, name="Ana"):
        self.page = page
        page.goto(f"{url}/review")
        page.get_by_role("textbox", name="Your name").fill(name, timeout=60_000)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Confirm")).to_be_visible(timeout=60_000)
        self.settle()

    def settle(self):
        """Wait until the page is whole, and a moment longer: a key pressed sooner is taken for the same press."""
        self.page.wait_for_timeout(200)
        expect(self.page.locator(".stApp[data-test-script-state='notRunning']")).to_be_attached(timeout=60_000)
        self.page.wait_for_timeout(600)

    def press(self, key):
        self.settle()
        self.page.keyboard.press(key)

    def expect_said(self, words):
        expect(self.page.locator("p.said")).to_contain_text(words, timeout=60_000)

    def expect_progress(self, words):
        expect(self.page.locator("p.sentence")).to_contain_text(words, timeout=60_000)

    def passage(self):
        return self.page.locator(".st-key-card-review blockquote").inner_text()

    def click_map(self, x, y):
        """Click the small map at a share of its width and height."""
        frame = self.page.frame_locator(FRAME)
        expect(frame.locator(".cp-pin").first).to_be_attached(timeout=60_000)
        box = self.page.locator(".st-key-pickingframe iframe").bounding_box()
        self.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        expect(frame.locator(".cp-here.cp-chosen")).to_be_attached()


def git(project, *arguments):
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments],
        cwd=project, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_the_events_of_an_article_are_reviewed_with_keys_alone(serve, page, project):
    git(project, "init", "--quiet")
    git(project, "add", "events.csv", "places.csv")
    git(project, "commit", "--quiet", "--message", "as the program found them")
    before = {event_id: dict(row) for event_id, row in OpenTables(project).events.rows.items()}
    review = Review(page, serve(project).url)
    review.expect_progress("0 of 10 reviewed")

    review.press("y")
    review.expect_said("Confirmed")
    review.expect_progress("1 of 10 reviewed")

    review.settle()
    review.click_map(0.75, 0.3)
    expect(page.get_by_role("button", name="Save the correction")).to_be_enabled(timeout=60_000)
    review.press("e")
    review.expect_said("Corrected")

    for reason in ("1", "2"):
        review.press("n")
        expect(page.get_by_text("Why is it no event?")).to_be_visible()
        review.press(reason)
        review.expect_said("Rejected")
    review.expect_progress("4 of 10 reviewed")

    review.press("u")
    review.expect_said("Taken back: reject")
    review.expect_progress("3 of 10 reviewed")
    review.press("s")
    review.expect_progress("1 skipped")
    review.settle()

    decided = {key: row for key, row in OpenTables(project).events.rows.items() if row != before[key]}
    assert sorted(row["status"] for row in decided.values()) == ["confirmed", "corrected", "rejected"]
    assert {row["reviewed_by"] for row in decided.values()} == {"Ana"}
    changed = [
        line[1:13]
        for line in git(project, "diff", "--unified=0", "events.csv").splitlines()
        if re.match(r"\+[0-9a-f]", line)
    ]
    assert sorted(changed) == sorted(decided), "the diff shows the rows decided on, and no other"
    (corrected,) = (row for row in decided.values() if row["status"] == "corrected")
    place = OpenTables(project).places[corrected["place_id"]]
    assert (place.name, place.source) == (corrected["toponym"], "put on the map by hand")
    assert [line.action for line in audit_log.history(project) if line.who == "Ana"] == [
        "confirm", "correct", "reject", "reject", "undo"]  # fmt: skip

    checked = conflictmap(project, "check")
    assert (checked.exit_code, checked.output.splitlines()[-1]) == (0, "10 events, 8 places, 1 article: no problems.")
    (article,) = (project / "articles").glob("*.txt")
    article.write_bytes(article.read_bytes().replace(b"October 19", b"October 18", 1))
    checked = conflictmap(project, "check")
    assert checked.exit_code == 1
    assert f"articles/{article.name} is not the text that was stored" in checked.output
    assert page.foreign_requests == []
    assert [error for error in page.console_errors if "404" not in error] == []


def test_a_key_that_is_held_down_decides_once_however_slow_the_machine(serve, page, project):
    review = Review(page, serve(project).url)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 8})
    for key, said, done in (("y", "Confirmed", "1 of 10"), ("u", "Taken back: confirm", "0 of 10")):
        for press in range(30):
            page.keyboard.down(key)
            page.wait_for_timeout(3 if press % 2 else 60)
        page.keyboard.up(key)
        review.expect_said(said)
        review.settle()
        review.expect_progress(f"{done} reviewed")
    assert [line.action for line in audit_log.history(project) if line.who == "Ana"] == ["confirm", "undo"]


def test_two_reviewers_and_the_command_line_never_lose_a_decision(serve, new_page, project):
    url = serve(project).url
    ana, ben = Review(new_page(), url, "Ana"), Review(new_page(), url, "Ben")
    assert ana.passage() == ben.passage()
    ana.press("y")
    ana.expect_said("Confirmed")
    assert conflictmap(project, "geocode").exit_code in (0, 1)

    ben.press("n")
    told = ben.page.locator(".st-key-conflict")
    expect(told).to_contain_text("Ana changed this row while you looked at it", timeout=60_000)
    expect(told.locator("tr", has_text="status").locator("td")).to_have_text(["pending", "confirmed"])
    ben.press("k")
    ben.expect_progress("1 of 10 reviewed")
    assert [row["reviewed_by"] for row in OpenTables(project).events.rows.values() if row["reviewed_by"]] == ["Ana"]

    ana.press("y")  # the next one, which Ben sees as well by now
    ana.expect_progress("2 of 10 reviewed")
    ben.press("y")
    expect(told.locator("tr", has_text="reviewed_by").locator("td")).to_have_text(["", "Ana", "Ben"], timeout=60_000)
    ben.page.get_by_role("button", name="Save mine all the same").click()
    ben.expect_said("Confirmed")
    ben.settle()
    assert sorted(row["reviewed_by"] for row in OpenTables(project).events.rows.values() if row["reviewed_by"]) == [
        "Ana",
        "Ben",
    ]
    assert [line.who for line in audit_log.history(project) if line.action == "confirm"] == ["Ana", "Ana", "Ben"]
    assert conflictmap(project, "check").exit_code == 0


def test_the_queues_filters_are_in_the_address_and_survive_a_restart(start_server, page, project):
    server = start_server(project)
    page.goto(f"{server.url}/review?type=talks&words=istanbul")
    expect(page.locator("p.sentence")).to_contain_text("0 of 2 reviewed", timeout=60_000)
    page.get_by_role("button", name="Queue · 2").click()
    page.get_by_role("textbox", name="Words in the passage").fill("october 25")
    page.keyboard.press("Enter")
    expect(page.locator("p.sentence")).to_contain_text("0 of 1 reviewed", timeout=60_000)
    expect(page).to_have_url(re.compile(r"/review\?type=talks&words=october\+25$"))
    server.stop()
    page.goto(page.url.replace(server.url, start_server(project).url))
    expect(page.locator("p.sentence")).to_contain_text("0 of 1 reviewed", timeout=60_000)


def test_what_a_name_means_is_shown_before_it_is_saved_and_taken_back_with_a_key(serve, page, project):
    page.goto(f"{serve(project, env={'CONFLICTMAP_REVIEWER': 'Ana'}).url}/places")
    page.get_by_role("textbox", name="Find a name", exact=True).fill("Kandahar", timeout=60_000)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Kandahar → Kandahar"))).to_have_count(1, timeout=60_000)
    page.locator("h1.headline").click()
    page.wait_for_timeout(600)
    page.keyboard.press("2")
    shown = page.locator(".st-key-preview")
    expect(shown).to_contain_text("1 row of events.csv", timeout=60_000)
    expect(shown).to_contain_text("chosen by Ana for Kandahar")
    before = (project / "events.csv").read_bytes()
    page.wait_for_timeout(600)
    for _ in range(4):  # a key held down is one press
        page.keyboard.press("e")
    expect(page.locator("p.said")).to_contain_text("Saved", timeout=60_000)
    (moved,) = (row for row in OpenTables(project).events.rows.values() if row["toponym"] == "Kandahar")
    assert (moved["place_id"], moved["status"]) != ("geonames:1138336", "confirmed")
    page.wait_for_timeout(600)
    page.keyboard.press("u")
    expect(page.locator("p.said")).to_contain_text("Taken back", timeout=60_000)
    assert (project / "events.csv").read_bytes() == before


def test_a_card_on_the_map_leads_to_the_review_of_its_event(serve, page, project):
    event_id, row = next(iter(OpenTables(project).events.rows.items()))
    page.goto(f"{serve(project, env={'CONFLICTMAP_REVIEWER': 'Ana'}).url}/?event={event_id}")
    page.locator(".cardframe.selected").get_by_role("button", name="Review").click(timeout=60_000)
    expect(page.locator(".st-key-card-review blockquote")).to_contain_text(row["passage"][:60], timeout=60_000)
    expect(page.get_by_role("button", name="Confirm")).to_be_enabled()
