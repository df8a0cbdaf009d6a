"""The same page with a million events: every number that is shown is the number that SQL counts."""

import re
import shutil

import duckdb
import pytest
from playwright.sync_api import expect

from benchmarks.made_parquet import make
from dashboard.store.cube.make import make_cube
from tests.browser.counting_line import Line
from tests.browser.sign_geometry import frame_of, measured
from tests.browser.test_explore import Explore

COUNT = 1_000_000
NUMBER = re.compile(r"[\d,]+")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("million") / "events.parquet"
    make(COUNT, path)
    return path


@pytest.fixture(scope="module")
def url(start_server, file):
    return start_server(file).url


@pytest.fixture
def wire(url):
    """The same page through a line that counts what comes to the browser, as it is on the wire."""
    with Line(int(url.rpartition(":")[2])) as line:
        yield line


@pytest.fixture
def explore(page, url, file):
    opened = Explore(page, url).open()
    opened.file = file
    return opened


@pytest.fixture(scope="module")
def url_of_cube(start_server, file, tmp_path_factory):
    cube = tmp_path_factory.mktemp("counted") / "cube"
    make_cube(file, cube)
    return start_server(cube).url


@pytest.fixture(params=["events", "counts"])
def either(request, page):
    """The page over the events, and over a cube that counts them."""
    return Explore(page, request.getfixturevalue("url" if request.param == "events" else "url_of_cube")).open()


@pytest.fixture
def count(file):
    """`count(condition)`: what SQL says, straight from the file."""
    return lambda condition="true": duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE {condition}").fetchall()[0][0]


def number(text):
    return int(NUMBER.search(text)[0].replace(",", ""))


def shown_badges(explore):
    """Key -> exact number of every mark on the map, from what it says to a screen reader."""
    marks = explore.map.locator(".cm-mark")
    keys = marks.evaluate_all("marks => marks.map((mark) => mark.dataset.key)")
    labels = marks.evaluate_all("marks => marks.map((mark) => mark.getAttribute('aria-label'))")
    return {key: number(re.search(r"([\d,]+) events?:", label)[1]) for key, label in zip(keys, labels, strict=True)}


def test_the_slider_is_dragged_and_every_number_stays_true(either, count):
    explore, page = either, either.page
    expect(page.locator("p.sentence")).to_contain_text(f"{COUNT:,} of {COUNT:,} events")
    badges = shown_badges(explore)
    assert len(badges) < 300
    assert sum(badges.values()) == count("geo_precision <> 'country'")

    thumb = page.get_by_role("slider", name=re.compile("Period . start"))
    box = thumb.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 5, steps=12)
    page.mouse.up()
    expect(page).to_have_url(re.compile("from=20"))
    explore.settle()
    since = re.search(r"from=(\d{4}-\d\d-\d\d)", page.url)[1]
    assert since > "2010"
    expected = count(f"date_end >= '{since}'")
    expect(page.locator("p.sentence")).to_contain_text(f"{expected:,} of {COUNT:,} events")
    assert sum(shown_badges(explore).values()) == count(f"date_end >= '{since}' AND geo_precision <> 'country'")
    legend = [number(text) for text in page.locator(".st-key-legend label").all_inner_texts()]
    assert sum(legend) == expected


CELLS = """() => Object.fromEntries([...document.querySelectorAll(".cm-mark")]
    .filter((mark) => /^[0-9]+-[0-9]+-[0-9]+\\.[a-z]+\\.(cluster|areas)$/.test(mark.dataset.key)).map((mark) => {
        const { x, y } = mark.getBoundingClientRect();
        return [mark.dataset.key, [x, y, mark.querySelector(".cm-symbol").getAttribute("transform")]];
    }))"""


@pytest.mark.parametrize("width", [390, 1920])
def test_signs_stand_in_their_cells_and_cover_nothing_at_any_zoom(new_page, url, width):
    page = new_page(viewport={"width": width, "height": 900})
    explore = Explore(page, url).open()
    frame = frame_of(page)
    for zoom in (1.5, 2.25, 3, 4.75, 7):
        frame.evaluate("(zoom) => map_div.setView([12.1, 40.3], zoom, { animate: false })", zoom)
        expect(page).to_have_url(re.compile(f"zoom={zoom:g}$"), timeout=60_000)
        explore.settle()
        wrong = measured(page, {}, [zoom])["wrong"]
        made = r"an unknown place|off its place"  # where towns of their own stand the test of fewer events says
        assert [one for one in wrong if not re.search(made, one)] == []


def test_the_sign_of_a_cell_stays_where_it_is_whatever_is_filtered(explore, count):
    before = frame_of(explore.page).evaluate(CELLS)
    explore.page.locator("[class*=st-key-w_type_battle] label").click()
    explore.settle()
    explore.move("start", 30)
    after = frame_of(explore.page).evaluate(CELLS)
    assert len(before) > 20
    assert {key: after[key] for key in before if key in after} == {key: before[key] for key in before if key in after}
    assert len(before.keys() & after.keys()) > 20
    key = max(before)
    level, column, row = map(int, key.partition(".")[0].split("-"))
    mercator = "0.5 - ln((1 + sin(radians(latitude))) / (1 - sin(radians(latitude)))) / (4 * pi())"
    said = duckdb.sql(f"""SELECT avg(longitude / 360 + 0.5), avg({mercator}) FROM '{explore.file}'
        WHERE floor((longitude / 360 + 0.5) * 2 ** {level}) = {column} AND floor(({mercator}) * 2 ** {level}) = {row}
            AND geo_precision <> 'country'""").fetchall()[0]
    at = frame_of(explore.page).evaluate(
        """([x, y]) => { const zoom = map_div.getZoom(), world = 256 * 2 ** zoom, { min } = map_div.getPixelBounds();
            const frame = map_div.getContainer().getBoundingClientRect();
            return [x * world - min.x + frame.x, y * world - min.y + frame.y]; }""", said
    )  # fmt: skip
    assert [value % 1024 for value in at] == pytest.approx([value % 1024 for value in before[key][:2]], abs=1.5)


def test_a_cluster_lists_what_its_badge_counts_and_an_event_is_read(either, count):
    explore, page = either, either.page
    key, size = max(shown_badges(explore).items(), key=lambda pair: pair[1] * (".act.cluster" in pair[0]))
    explore.mark(key).focus()
    page.keyboard.press("Enter")
    head = page.locator(".st-key-panelhead p.panelhead")
    expect(head).to_have_text(f"Several places · {size:,} events")
    expect(page.get_by_text(f"1–10 of {size:,}")).to_be_visible()
    explore.settle()
    first = page.locator(".st-key-panel blockquote").all_inner_texts()
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_text(f"11–20 of {size:,}")).to_be_visible()
    explore.settle()
    second = page.locator(".st-key-panel blockquote").all_inner_texts()
    assert len(set(first + second)) == 20
    event = re.search(r"event (\d+) near (Town \d+)", second[0])
    assert count(f"event_id = 'made:{event[1]}' AND place_name = '{event[2]}'") == 1


def badges_at_rest(explore):
    """What the map shows once its view and its marks have stayed the same for a second."""
    before = None
    for _ in range(30):
        explore.settle()
        now = explore.page.url, shown_badges(explore)
        if now == before:
            return now[1]
        before = now
        explore.page.wait_for_timeout(1000)
    pytest.fail("the map does not come to rest")


def test_zooming_in_takes_clusters_apart_and_the_link_brings_the_view_back(explore):
    page = explore.page
    before = shown_badges(explore)
    key = max(before, key=lambda one: before[one] * (".act.cluster" in one))
    explore.mark(key).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Zoom in").click()
    expect(page).to_have_url(re.compile(r"at=-?[\d.]+(%2C|,)-?[\d.]+&zoom="))
    expect(explore.mark(key)).to_have_count(0)  # its places stand apart now, or in smaller clusters
    apart = badges_at_rest(explore)
    again = Explore(page, page.url).page
    again.reload()
    expect(explore.map.locator(".cm-mark svg").first).to_be_visible(timeout=60_000)
    assert badges_at_rest(explore) == apart
    assert "at=" in page.url


def test_the_whole_world_is_in_view_on_a_narrow_screen(new_page, url, count):
    explore = Explore(new_page(viewport={"width": 390, "height": 844}), url).open()
    outside = """(marks) => marks.map((mark) => mark.querySelector(".cm-symbol").getBoundingClientRect())
        .filter(({ left, right }) => left < 0 || right > innerWidth).length"""
    expect(explore.map.locator(".leaflet-control-zoom-out")).to_be_visible()
    explore.page.wait_for_timeout(600)  # the map reports its view a quarter of a second after it came to rest
    explore.settle()
    assert explore.map.locator(".cm-mark").evaluate_all(outside) == 0
    assert sum(shown_badges(explore).values()) == count("geo_precision <> 'country'")
    explore.page.goto(f"{url}/?at=20,0&zoom=0.25")
    expect(explore.map.locator(".cm-mark svg").first).to_be_visible(timeout=60_000)
    explore.settle()
    expect(explore.page).to_have_url(re.compile("zoom=0.25"))


def test_words_are_found_through_an_index_that_says_how_far_it_is(explore, count):
    page = explore.page
    page.get_by_placeholder("Search passages").fill("word 4711")
    page.keyboard.press("Enter")
    expected = count("passage LIKE '%as word 4711%' ")
    expect(page.locator("p.sentence")).to_contain_text(" of 1,000,000 events", timeout=60_000)
    expect(page).to_have_url(re.compile("words=word"), timeout=60_000)
    explore.settle()
    matched = number(page.locator("p.sentence b").inner_text())
    # Every word is found that begins with 4711, and some events have that number.
    assert matched >= expected > 0
    assert matched == count("regexp_matches(title || ' ' || passage || ' ' || place_name, '\\b4711')")


def test_a_cube_says_which_events_it_counts_and_what_it_cannot_answer(page, url_of_cube):
    explore = Explore(page, url_of_cube).open("?actor=Actor%201&type=protest")
    note = page.locator("[data-testid='stAlert']")
    expect(note).to_contain_text("Actors cannot be asked for here: the map shows counts, which do not know them.")
    expect(note).to_contain_text(re.compile("For that open the events themselves: /.*/events.parquet$"))
    expect(page.locator("p.sentence")).not_to_contain_text("0 of")
    expect(page.get_by_placeholder("Search passages")).to_have_count(0)
    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_text("Counts know no words, actors and publishers.")).to_be_visible()
    expect(page.get_by_text("Actors", exact=True)).to_have_count(0)
    expect(page.locator(".st-key-footer")).to_contain_text("Data: events.parquet, counted on 20")
    explore.settle()
    expect(page).not_to_have_url(re.compile("actor="))


def test_a_cube_without_its_events_still_shows_map_and_slider(page, serve, file, tmp_path):
    events = tmp_path / "events.parquet"
    shutil.copy(file, events)
    make_cube(events, tmp_path / "cube")
    explore = Explore(page, serve(tmp_path / "cube").url).open()
    events.unlink()
    key = max(shown_badges(explore), key=lambda one: ".act.cluster" in one)
    explore.mark(key).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-panel [data-testid='stAlert']")).to_contain_text("it has no passages")
    expect(explore.map.locator(".cm-mark svg").first).to_be_visible()
    expect(page.get_by_role("slider").first).to_be_visible()
    expect(page.get_by_text("The events are not where they were: no passages")).to_be_visible()


def test_playing_steps_by_itself_until_it_is_paused_by_key(explore):
    page = explore.page
    page.keyboard.press("p")
    headline = page.locator("h1.headline")
    seen = {headline.inner_text()}
    for _ in range(40):
        page.wait_for_timeout(100)
        seen.add(headline.inner_text())
    assert len(seen) > 4
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    explore.settle()
    stopped = headline.inner_text()
    page.wait_for_timeout(1500)
    assert headline.inner_text() == stopped
    expect(page).to_have_url(re.compile("to=20"))


def test_a_step_is_one_run_without_a_reload_and_of_few_bytes(page, wire):
    frames, runs = [], []
    page.on("websocket", lambda socket: socket.on("framesent", lambda payload: runs.append(len(payload))))
    explore = Explore(page, wire.url).open("?from=2016-01-01")
    page.wait_for_timeout(1000)
    page.on("framenavigated", lambda frame: frames.append(frame.url) if frame.parent_frame else None)
    runs.clear()
    before = wire.received()
    explore.move("start", 1)
    expect(page.locator("h1.headline")).to_contain_text("2 January 2016")
    page.wait_for_timeout(1000)
    assert (len(runs), frames) == (1, [])
    assert 0 < wire.received() - before <= 12_000
