"""An article is pasted, its passages light up, it is saved, and its events are on the map."""

import re

import pytest
from playwright.sync_api import expect

from dashboard.project.read import read_project
from dashboard.project.sample import copy_sample, sample_folder

PLACES = ("geonames:1138336.act.dot", "geonames:1138958.act.dot", "geonames:290030.act.dot", "geonames:745044.act.dot",
          "geonames:1168873.act.area", "geonames:1183606.act.area", "curated:tora-bora.named.ring")  # fmt: skip


def settle(page):
    expect(page.locator(".stApp[data-test-script-state='notRunning']")).to_be_attached(timeout=60_000)


@pytest.fixture
def article():
    (file,) = (sample_folder() / "articles").glob("*.txt")
    return file.read_bytes().decode("utf-8")


def test_a_pasted_article_becomes_pending_events_on_the_map(serve, tmp_path, page, article):
    page.goto(f"{serve(tmp_path / 'new').url}/sources")
    expect(page.get_by_text("No article yet.")).to_be_visible(timeout=60_000)
    page.get_by_role("textbox", name="or its text, pasted").fill(article)
    page.get_by_role("textbox", name="Publisher").fill("The Express Tribune")
    page.get_by_role("textbox", name="Published").fill("2025-10-29")
    page.keyboard.press("Tab")
    expect(page.locator(".article-text mark").first).to_be_visible(timeout=60_000)
    settle(page)
    marked = " ".join(page.locator(".article-text mark").all_inner_texts())
    assert "both sides said on October 19" in marked
    assert "Read: Pakistan-Afghanistan peace talks stalled" not in marked

    page.get_by_role("button", name="Save the article and its events").click()
    expect(page.get_by_text(re.compile(r"1 article added with \d+ pending events"))).to_be_visible(timeout=60_000)
    settle(page)
    page.get_by_role("link", name="Map", exact=True).click()
    marks = page.frame_locator("iframe[title*='streamlit_folium']").locator(".cm-mark")
    for key in PLACES:
        mark = page.frame_locator("iframe[title*='streamlit_folium']").locator(f".cm-mark[data-key='{key}']")
        expect(mark).to_have_count(1, timeout=60_000)
        expect(mark.locator(".cm-body")).to_have_class(re.compile("cm-pending"))
    expect(marks).to_have_count(len(PLACES))


def test_what_is_no_article_is_told_in_a_sentence_and_the_day_is_checked(serve, tmp_path, page):
    page.goto(f"{serve(tmp_path / 'new').url}/sources")
    page.get_by_role("textbox", name="or its text, pasted").fill("Clashes broke out in Goma on Monday.")
    page.get_by_role("textbox", name="Published").fill("29/10/2025")
    page.keyboard.press("Tab")
    expect(page.get_by_text("published must be a day like 2025-10-29")).to_be_visible(timeout=60_000)
    page.get_by_role("textbox", name="Published").fill("")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Without the day of publication")).to_be_visible(timeout=60_000)
    assert page.foreign_requests == []


def test_a_bad_address_is_told_before_it_is_saved_and_does_not_cost_the_article_its_text(serve, tmp_path, page):
    folder = tmp_path / "new"
    page.goto(f"{serve(folder).url}/sources")
    expect(page.get_by_text("No article yet.")).to_be_visible(timeout=60_000)
    page.get_by_role("textbox", name="or its text, pasted").fill("Clashes broke out in Goma on Monday.")
    page.get_by_role("textbox", name="Address").fill("dawn.com/goma")
    page.get_by_role("textbox", name="Publisher").fill("Dawn")
    page.keyboard.press("Tab")
    told = "its url 'dawn.com/goma' was left out: only http and https links are allowed"
    expect(page.get_by_text(told)).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Save the article and its events").click()
    expect(page.get_by_text("1 article added with 1 pending event")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(told)).to_be_visible()
    project = read_project(folder)
    (article,) = project.articles.values()
    assert (project.problems, article.url, article.publisher) == ((), "", "Dawn")


def test_an_article_that_the_rules_failed_on_is_listed_with_what_failed(serve, tmp_path, page):
    copy_sample(tmp_path / "data")
    path = tmp_path / "data" / "articles.csv"
    header, row = path.read_text(encoding="utf-8").splitlines()
    problem = "The rules failed on it (KeyError in dates/relative.py, line 265), so something may be missing."
    path.write_text(f'{header},problem\n{row},"{problem}"\n', encoding="utf-8")
    page.goto(f"{serve(tmp_path / 'data').url}/sources")
    expect(page.get_by_text("1 article could not be read whole: the list says which.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text(problem)).to_be_visible()
    expect(page.locator(".article-text mark").first).to_be_visible()
