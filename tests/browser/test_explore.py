"""The reader's path through the page: a real browser on the real app, the network cut."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from dashboard.filters import Filters
from dashboard.ui.shared import wording

DOHA = "agreed to an immediate ceasefire during talks in Doha, both sides said on October 19"
KABUL, KANDAHAR, DOHA_ID = "geonames:1138958", "geonames:1138336", "geonames:290030"
ISTANBUL, KP, BALOCHISTAN, TORA_BORA = "geonames:745044", "geonames:1168873", "geonames:1183606", "curated:tora-bora"


class Explore:
    """The page as a reader handles it."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.map = page.frame_locator("iframe[title*='streamlit_folium']")

    def open(self, query=""):
        self.page.goto(f"{self.url}/{query}")
        expect(self.map.locator(".cm-mark svg").first).to_be_visible(timeout=60_000)
        self.settle()
        return self

    def seen_at(self, key):
        """Where a mark's true point stands in the map, in pixels from the map's middle."""
        return self.mark(key).evaluate(
            """(icon) => {
                const [own, map] = [icon, icon.closest(".leaflet-container")].map((e) => e.getBoundingClientRect());
                return [own.x - map.x - map.width / 2, own.y - map.y - map.height / 2];
            }"""
        )

    def settle(self):
        expect(self.page.locator(".stApp[data-test-script-state='notRunning']")).to_be_attached(timeout=60_000)

    def marks(self):
        """Every mark on the map: key -> classes of its body (manner, shape, faded, pending)."""
        marks = self.map.locator(".cm-mark")
        return {
            mark.get_attribute("data-key"): set(mark.locator(".cm-body").get_attribute("class").split())
            for mark in marks.all()
        }

    def expect_marks(self, *keys):
        expect(self.map.locator(".cm-mark")).to_have_count(len(keys))
        for key in keys:
            expect(self.map.locator(f".cm-mark[data-key='{key}']")).to_have_count(1)

    def mark(self, key):
        return self.map.locator(f".cm-mark[data-key='{key}']")

    def click_mark(self, key):
        # The symbol may stand beside its true point, and that is where readers click.
        self.mark(key).locator(".cm-disc").last.click()
        self.settle()

    def move(self, end, presses):
        """Move an end of the slider by days: positive is later."""
        thumb = self.page.get_by_role("slider", name=re.compile(rf"Period . {end}"))
        thumb.focus()
        for _ in range(abs(presses)):
            self.page.keyboard.press("ArrowRight" if presses > 0 else "ArrowLeft")
        self.settle()

    def cards(self):
        return self.page.locator("article.card")


@pytest.fixture(scope="module")
def url(start_server, tmp_path_factory):
    from dashboard.project.sample import copy_sample

    project = tmp_path_factory.mktemp("explore") / "project"
    copy_sample(project)
    return start_server(project).url


@pytest.fixture
def explore(page, url):
    return Explore(page, url).open()


def test_all_seven_places_are_on_the_map_as_exactly_as_the_source_says(explore):
    dots = [f"{place}.act.dot" for place in (KANDAHAR, KABUL, DOHA_ID, ISTANBUL)]
    areas = [f"{place}.act.area" for place in (KP, BALOCHISTAN)]
    tora_bora = f"{TORA_BORA}.named.ring"
    explore.expect_marks(*dots, *areas, tora_bora)
    assert all("cm-pending" not in classes for classes in explore.marks().values())
    expect(explore.mark(tora_bora)).to_have_attribute("aria-label", re.compile("Tora Bora"))
    # Provinces are drawn as areas: an outline fetched from the map's own files, not a ring.
    expect(explore.map.locator("path.leaflet-interactive")).not_to_have_count(0)
    expect(explore.page.locator("p.sentence")).to_have_text(
        "9 of 10 events · 6 on the map, 2 as areas, 1 off the map · 1 outside this period"
    )


def test_the_slider_draws_what_is_uncertain_faded_and_never_reloads_the_map(explore):
    frames = []
    explore.page.on("framenavigated", lambda frame: frames.append(frame.url) if frame.parent_frame else None)
    before = explore.seen_at(f"{ISTANBUL}.act.dot")

    explore.move("start", 7)
    explore.move("end", -3)
    expect(explore.page.locator("h1.headline")).to_have_text("18–26 October 2025")
    explore.expect_marks(*(f"{place}.act.dot" for place in (KANDAHAR, KABUL, DOHA_ID, ISTANBUL)))
    faded = {key.partition(".act")[0] for key, classes in explore.marks().items() if "cm-faded" in classes}
    assert faded == {KANDAHAR, KABUL}
    expect(explore.page.locator("p.sentence")).to_contain_text("3 dated only partly inside this period")
    expect(explore.page).to_have_url(re.compile(r"\?from=2025-10-18&to=2025-10-26$"))

    explore.move("start", 2)
    expect(explore.page.locator("h1.headline")).to_have_text("20–26 October 2025")
    explore.expect_marks(f"{ISTANBUL}.act.dot")
    assert "cm-faded" not in explore.marks()[f"{ISTANBUL}.act.dot"]
    assert frames == []
    assert explore.seen_at(f"{ISTANBUL}.act.dot") == pytest.approx(before, abs=0.5)


def test_a_marker_opens_on_its_sentence_its_article_and_a_link_that_brings_both_back(explore):
    explore.move("start", 7)
    explore.move("end", -3)
    explore.click_mark(f"{DOHA_ID}.act.dot")
    card = explore.page.locator(".cardframe.selected article.card")
    expect(card).to_have_count(1)
    expect(card.locator("blockquote")).to_contain_text(DOHA)
    expect(card.locator(".mark-place")).to_have_text("Doha")
    expect(card.locator(".mark-date")).to_have_text("October 19")
    expect(card).to_contain_text("both sides")
    expect(card).to_contain_text("The Express Tribune")

    explore.page.get_by_role("button", name="Read in the article").first.click()
    selected = explore.page.locator(".article-text mark.selected")
    expect(selected.first).to_be_visible()
    text = "".join(selected.all_inner_texts())
    assert text.startswith("Pakistan and Afghanistan agreed")
    assert text.endswith("in Kabul in 2021.")
    expect(selected.first).to_be_in_viewport()

    explore.settle()
    link = explore.page.url
    assert "from=2025-10-18&to=2025-10-26" in link
    assert "event=" in link
    explore.page.reload()
    expect(explore.page.locator(".article-text mark.selected").first).to_be_visible(timeout=60_000)
    assert explore.page.url == link
    expect(explore.page.locator("h1.headline")).to_have_text("18–26 October 2025")
    explore.expect_marks(*(f"{place}.act.dot" for place in (KANDAHAR, KABUL, DOHA_ID, ISTANBUL)))


def test_a_stack_lists_exactly_what_its_badge_counts_and_a_second_click_works(explore):
    key = f"{ISTANBUL}.act.dot"
    expect(explore.mark(key)).to_contain_text("2")
    selected = explore.page.locator(".cardframe.selected article.card")
    explore.click_mark(key)
    expect(selected).to_have_count(2)
    expect(explore.page.locator("p.panelhead").first).to_have_text("Istanbul · 2 events")

    explore.page.get_by_role("button", name="Clear", exact=True).click()
    expect(selected).to_have_count(0)
    explore.settle()
    explore.click_mark(key)
    expect(selected).to_have_count(2)


def test_an_area_is_clicked_like_a_marker_and_shows_the_rest_of_its_incident(explore):
    explore.click_mark(f"{BALOCHISTAN}.act.area")
    expect(explore.page.locator("p.panelhead").first).to_have_text("Balochistan · 1 event")
    expect(explore.page.locator("p.panelhead").nth(1)).to_contain_text("The same incident")
    expect(explore.cards().nth(1)).to_contain_text("Khyber Pakhtunkhwa (province)")


def test_a_threat_says_that_nothing_happened_there(explore):
    explore.click_mark(f"{TORA_BORA}.named.ring")
    card = explore.page.locator(".cardframe.selected article.card")
    expect(card).to_contain_text("names Tora Bora; nothing is said to have happened there")
    expect(card).to_contain_text("Threatened by Khawaja Asif")


def test_the_legend_filters_by_type_and_the_tray_holds_what_has_no_place(explore):
    page = explore.page
    page.locator("[class*=st-key-w_type_battle] label").click()
    explore.settle()
    page.locator("[class*=st-key-w_type_explosion] label").click()
    explore.settle()
    explore.expect_marks(f"{DOHA_ID}.act.dot", f"{ISTANBUL}.act.dot", f"{TORA_BORA}.named.ring")
    expect(page).to_have_url(re.compile("type=agreement&type=talks&type=statement"))
    page.get_by_role("button", name="1 off the map").click()
    tray = page.get_by_test_id("stPopoverBody")
    expect(tray.locator("article.card")).to_contain_text("A 48-hour ceasefire was agreed upon")
    expect(tray.locator("article.card")).to_contain_text("no place given")


def test_history_stands_outside_the_slider_and_comes_with_typed_dates(explore):
    explore.open("?from=2021-01-01")
    explore.expect_marks(
        *(f"{place}.act.dot" for place in (KANDAHAR, KABUL, DOHA_ID, ISTANBUL)),
        *(f"{place}.act.area" for place in (KP, BALOCHISTAN)),
        f"{TORA_BORA}.named.ring",
        f"{KABUL}.background.dot",
    )


def test_hasty_hands_lose_nothing(explore):
    """Keys pressed faster than the page answers, buttons right after: the last choice of each stands."""
    page = explore.page
    thumb = page.get_by_role("slider", name=re.compile("Period . start"))
    thumb.focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("h1.headline")).to_have_text("18–26 October 2025")
    expect(page).to_have_url(re.compile(r"\?from=2025-10-18&to=2025-10-26$"))
    later = page.get_by_role("button", name="Later")
    later.click()
    expect(page.locator("h1.headline")).to_have_text("27 October – 4 November 2025")
    earlier = page.get_by_role("button", name="Earlier")
    earlier.click()
    expect(page.locator("h1.headline")).to_have_text("18–26 October 2025")
    earlier.click()
    expect(page.locator("h1.headline")).to_have_text("9–17 October 2025")
    page.wait_for_timeout(2500)  # an address that comes back sooner may be one the page was late to send
    page.go_back()
    expect(page.locator("h1.headline")).not_to_have_text("9–17 October 2025")
    # Which of the earlier views comes first is the browser's affair; page and address must agree on it.
    filters, _ = Filters.from_params(parse_qs(urlsplit(page.url).query))
    expect(page.locator("h1.headline")).to_have_text(wording.headline(filters, None))


AT_REST = """async () => {
    for (let frame = 0; frame < 3; frame += 1)
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
}"""


def test_a_slow_machine_loses_no_move_of_the_slider(explore):
    client = explore.page.context.new_cdp_session(explore.page)
    client.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    thumb = explore.page.get_by_role("slider", name=re.compile("Period . start"))
    thumb.focus()
    for day in range(12, 19):
        explore.page.keyboard.press("ArrowRight")
        explore.page.wait_for_timeout(300)
        # Readers press again once the thumb has moved; Streamlit's own slider loses presses that overtake it. What the
        # page answers meanwhile must not move it back.
        expect(thumb).to_have_attribute("aria-valuetext", f"{day} Oct 2025")
        explore.page.evaluate(AT_REST)
    expect(explore.page.locator("h1.headline")).to_have_text("18–29 October 2025", timeout=60_000)
    expect(thumb).to_have_attribute("aria-valuetext", "18 Oct 2025")
    expect(explore.page).to_have_url(re.compile(r"\?from=2025-10-18$"))


WATCH_ANIMATIONS = """() => {
    window.animated = new Set();
    const look = () => {
        for (const { effect } of document.getAnimations())
            window.animated.add(effect.target.className + (effect.pseudoElement ?? ""));
        requestAnimationFrame(look);
    };
    look();
}"""


def test_a_step_fades_no_element_by_itself(explore):
    explore.page.evaluate(WATCH_ANIMATIONS)
    explore.move("start", 1)
    expect(explore.page.locator("h1.headline")).to_have_text("12–29 October 2025")
    animated = explore.page.evaluate("() => [...window.animated]")
    assert any(name.startswith("stApp ") and name.endswith("::before") for name in animated)
    assert [name for name in animated if "stElementContainer" in name] == []


SLOW_PAGE = """
import time
import streamlit as st
from dashboard.ui.shared import style

style.add_style_sheet()
if st.button("Take long"):
    time.sleep(2.5)
"""


def test_a_line_at_the_top_says_when_a_run_takes_long(serve, sample_project, page, tmp_path):
    (tmp_path / "page.py").write_text(SLOW_PAGE)
    page.goto(serve(sample_project, script=tmp_path / "page.py").url)
    line = "getComputedStyle(document.querySelector('.stApp'), '::before').opacity"
    button = page.get_by_role("button", name="Take long")
    expect(button).to_be_visible()
    page.wait_for_function(f"() => {line} === '0'", timeout=60_000)
    button.click()
    page.wait_for_function(f"() => {line} === '1'", timeout=60_000)
    expect(button).to_have_css("opacity", "1")
    page.wait_for_function(f"() => {line} === '0'", timeout=60_000)


def test_the_last_type_stays_on_because_nothing_would_be_left(explore):
    explore.open("?type=talks")
    explore.page.locator("[class*=st-key-w_type_talks] label").click()
    expect(explore.page.get_by_text("At least one type has to stay on.")).to_be_visible()
    explore.settle()
    expect(explore.page.locator("[class*=st-key-w_type_talks] input")).to_have_count(1)
    expect(explore.page.get_by_role("checkbox", name=re.compile("Talks"))).to_be_checked()
    explore.expect_marks(f"{ISTANBUL}.act.dot")


@pytest.mark.parametrize("query", ["?from=0001-01-01", "?to=9999-12-31", "?from=1700-01-01&to=2200-12-31"])
def test_no_link_can_stop_the_page(explore, query):
    explore.open(query)
    expect(explore.page.locator("p.sentence")).to_contain_text("of 10 events")
    expect(explore.page.get_by_test_id("stException")).to_have_count(0)


def test_words_are_searched_in_the_passages(explore):
    box = explore.page.get_by_role("textbox", name="Search passages")
    box.fill("precision strikes")
    box.press("Enter")
    explore.expect_marks(f"{KANDAHAR}.act.dot", f"{KABUL}.act.dot")
    expect(explore.page).to_have_url(re.compile("words=precision"))


def test_half_of_a_broken_link_is_told_in_words(explore):
    explore.open("?from=soon&event=<b>x")
    expect(explore.page.get_by_test_id("stAlert").first).to_contain_text("must be a day such as 2025-10-18")
    expect(explore.page.get_by_test_id("stAlert").nth(1)).to_contain_text("'event' is no id")


def test_nothing_is_asked_of_any_other_host_and_no_name_is_resolved(serve, sample_project, page):
    server = serve(sample_project)
    explore = Explore(page, server.url).open()
    explore.move("start", 2)
    explore.click_mark(f"{DOHA_ID}.act.dot")
    assert page.foreign_requests == []
    assert server.foreign_names() == []
    assert [error for error in page.console_errors if "favicon" not in error] == []


def test_a_saved_file_shows_at_the_next_interaction(serve, sample_project, page):
    explore = Explore(page, serve(sample_project).url).open()
    events = sample_project / "events.csv"
    events.write_text(events.read_text(encoding="utf-8").replace("Pakistan and Afghanistan", "X"), encoding="utf-8")
    explore.move("start", 1)
    # The two passages from that sentence do not match their article any more: left out, and said so.
    expect(page.get_by_text("2 rows were left out")).to_be_visible()
    expect(page.locator("p.sentence")).to_contain_text("of 8 events")


SHOT = Path(os.environ["CONFLICTMAP_SCREENSHOT"]) if os.environ.get("CONFLICTMAP_SCREENSHOT") else None


def test_the_picture_in_the_readme_is_of_this_page(explore, tmp_path):
    """`make screenshot` names the file; any other run takes the picture too, and throws it away."""
    explore.click_mark(f"{DOHA_ID}.act.dot")
    explore.page.mouse.move(700, 20)
    expect(explore.page.locator(".cardframe.selected")).to_be_visible()
    explore.page.wait_for_timeout(1000)  # the chart and the map end their movements
    picture = SHOT or tmp_path / "explore.png"
    explore.page.screenshot(path=picture)
    assert picture.stat().st_size > 100_000


UNDER_CONTROLS = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const box = (element) => element.getBoundingClientRect();
    const touch = (a, b) => a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
    const covered = (name) => all(".leaflet-control").some((control) => touch(box(name), box(control)));
    return all(".cm-country span").filter(covered).map((name) => name.textContent);
}"""


@pytest.mark.parametrize("size", [(1440, 900), (720, 450), (390, 844)])
def test_no_name_of_the_base_map_stands_under_a_button_or_the_scale(new_page, url, size):
    explore = Explore(new_page(viewport={"width": size[0], "height": size[1]}), url).open()
    expect(explore.map.locator(".cm-country").first).to_be_attached(timeout=60_000)
    (frame,) = (one for one in explore.page.frames if one.query_selector(".cm-map"))
    assert frame.evaluate(UNDER_CONTROLS) == []


@pytest.mark.parametrize("width", [390, 720])
def test_nothing_is_wider_than_a_narrow_screen(new_page, url, width):
    page = new_page(viewport={"width": width, "height": 844})
    explore = Explore(page, url).open()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    explore.click_mark(f"{DOHA_ID}.act.dot")
    jump = page.locator("a.jump")
    expect(jump).to_be_visible() if width == 390 else expect(jump).to_be_hidden()
    expect(explore.cards().first).to_contain_text("19 October 2025")


def test_the_page_about_the_map_names_sources_hosts_and_leads_back_to_the_same_view(explore):
    explore.click_mark(f"{TORA_BORA}.named.ring")
    explore.move("start", 9)
    expect(explore.page).to_have_url(re.compile("from=2025-10-20"))
    explore.page.get_by_role("link", name="About this map").click()
    about = explore.page.locator(".st-key-about")
    expect(about).to_contain_text("Place names © GeoNames (CC BY 4.0)")
    expect(about).to_contain_text("None. The map, the place names and the fonts are on this computer.")
    explore.page.get_by_role("link", name="Map", exact=True).click()
    expect(explore.page.locator("h1.headline")).to_have_text("20–29 October 2025")
    # The new map counts its clicks from the beginning, and the first of them is a click too.
    expect(explore.map.locator(".cm-mark svg").first).to_be_visible(timeout=60_000)
    explore.settle()
    explore.click_mark(f"{ISTANBUL}.act.dot")
    expect(explore.page.locator("p.panelhead").first).to_have_text("Istanbul · 2 events")
