"""A project whose every text is hostile, through the whole app in a real browser: shown as written, nothing run."""

import csv
import hashlib

import pytest
from playwright.sync_api import expect

from dashboard.safetext import display_text
from dashboard.tables import ARTICLE_COLUMNS, EVENT_COLUMNS, PLACE_COLUMNS
from tests.support.hostile_text import HOSTILE

COMMAND = "{{ cycler.__init__.__globals__.os.mkdir('%s') }}"
TEXTS = ("title", "sub_event_type", "date_text", "toponym", "actor1", "actor2", "claimed_by", "fatalities_text",
         "place_reason", "date_reason", "reviewed_by", "review_note", "source_dataset", "source_row_id")  # fmt: skip
IDS = {"events.csv": ("event_id", "incident_id", "place_id", "article_id"), "places.csv": ("place_id",),
       "articles.csv": ("article_id",)}  # fmt: skip


def can_be_stored(text):
    """A NUL or half a surrogate pair is no text of a UTF-8 file, and no title is 5,000 letters: tested elsewhere."""
    return len(text) <= 500 and "\0" not in text and text.encode("utf-8", "ignore").decode() == text


PAYLOADS = [text for text in HOSTILE.values() if can_be_stored(text)]


def write(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def hostile_tables(payloads):
    """One article, place and event for each text, which stands in every column that takes text."""
    articles, places, events, files = [], [], [], {}
    for n, text in enumerate(payloads):
        body = f"Before it. {text} After it.\n"
        files[f"a{n}.txt"] = body.encode()
        shared = {"article_id": f"a{n}"}
        articles.append(
            shared
            | dict.fromkeys(("title", "publisher", "language"), text)
            | {"url": f"https://paper.test/{n}", "sha256": hashlib.sha256(body.encode()).hexdigest()}
        )
        places.append(
            dict.fromkeys(("name", "alternate_names", "admin1_name", "source", "note"), text)
            | {"place_id": f"p{n}", "latitude": str(60 - 14 * (n // 9)), "longitude": str(18 * (n % 9))}
        )
        events.append(
            shared
            | dict.fromkeys(TEXTS, text)
            | {"event_id": f"e{n}", "incident_id": f"e{n}", "event_type": "battle", "place_id": f"p{n}"}
            | {"geo_precision": "settlement", "date_start": "2025-10-11", "date_end": "2025-10-11"}
            | {"date_precision": "day", "passage": text, "char_start": "11", "char_end": str(11 + len(text))}
        )
    return articles, places, events, files


def write_project(folder, payloads):
    articles, places, events, files = hostile_tables(payloads)
    # The same texts where ids are expected: such rows are refused, and must do nothing on their way out.
    for n, text in enumerate(payloads):
        events += [events[n] | {"event_id": f"bad{n}.{column}"} | {column: text} for column in IDS["events.csv"]]
        places.append(places[n] | {"place_id": text})
        articles.append(articles[n] | {"article_id": text})
    (folder / "articles").mkdir(parents=True)
    for name, body in files.items():
        (folder / "articles" / name).write_bytes(body)
    write(folder / "articles.csv", ARTICLE_COLUMNS, articles)
    write(folder / "places.csv", PLACE_COLUMNS, places)
    write(folder / "events.csv", EVENT_COLUMNS, events)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def payloads(folder):
    return [*PAYLOADS, COMMAND % (folder / "ran")]


@pytest.fixture(scope="module")
def url(folder, payloads, start_server):
    write_project(folder / "project", payloads)
    return start_server(folder / "project").url


@pytest.fixture
def watched(page, url, folder):
    """The open page; after the test nothing may have run, asked for another host or opened a dialog."""
    said, dialogs = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    assert [text for text in said if "PWN" in text] == []
    assert dialogs == []
    assert page.foreign_requests == []
    assert not (folder / "ran").exists()


def settle(page):
    expect(page.locator(".stApp[data-test-script-state='notRunning']")).to_be_attached(timeout=60_000)


def shown(text):
    return " ".join(display_text(text).split())


def test_every_text_is_shown_as_written_on_map_cards_and_table(watched, url, payloads):
    watched.goto(url)
    marks = watched.frame_locator("iframe[title*='streamlit_folium']").locator(".cm-mark")
    expect(marks).to_have_count(len(payloads), timeout=60_000)
    settle(watched)
    quotes = []
    for start in range(0, len(payloads), 10):
        end = min(start + 10, len(payloads))
        expect(watched.get_by_text(f"{start + 1}–{end} of {len(payloads)}")).to_be_visible()
        settle(watched)
        shown_cards = watched.locator(".st-key-panel article.card blockquote")
        expect(shown_cards).to_have_count(end - start)
        quotes += [" ".join(text.split()) for text in shown_cards.all_inner_texts()]
        if end < len(payloads):
            watched.get_by_role("button", name="Older").click()
    watched.get_by_text("The same events as a table").click()
    expect(watched.locator("table.events")).to_be_visible()
    for text in payloads:
        assert any(shown(text) in quote for quote in quotes), text
    cells = {" ".join(text.split()) for text in watched.locator("table.events td").all_inner_texts()}
    assert {shown(text) for text in payloads} <= cells
    # A refused id: the row is told among the problems, as text.
    watched.get_by_text("rows were left out").click()
    expect(watched.locator("ul.problems li").first).to_be_visible()


def test_filters_and_tray_hold_the_texts_as_text(watched, url, payloads):
    watched.goto(f"{url}/?actor=" + "{{7*7}}")
    expect(watched.locator("p.sentence")).to_be_visible(timeout=60_000)
    settle(watched)
    watched.get_by_role("button", name="Filters").click()
    watched.get_by_role("combobox", name="Actors").click()
    expect(watched.get_by_role("option").first).to_be_visible()
    assert "49" not in {text.strip() for text in watched.get_by_role("option").all_inner_texts()}


@pytest.mark.parametrize("number", range(0, len(PAYLOADS) + 1, 9))
def test_the_article_is_read_with_the_hostile_passage_marked(watched, url, payloads, number):
    watched.goto(f"{url}/?event=e{number}&article=open")
    selected = watched.locator(".article-text mark.selected")
    expect(selected.first).to_be_visible(timeout=60_000)
    settle(watched)
    assert shown(payloads[number]) in " ".join("".join(selected.all_inner_texts()).split())


@pytest.mark.parametrize("number", range(0, len(PAYLOADS) + 1, 13))
def test_the_event_under_review_is_shown_with_its_texts_and_its_candidates(watched, url, payloads, number):
    watched.goto(f"{url}/review?event=e{number}")
    pins = watched.frame_locator("iframe[title*='streamlit_folium']").locator(".cp-pin")
    expect(pins.first).to_be_attached(timeout=60_000)
    settle(watched)
    assert shown(payloads[number]) in shown(watched.locator(".st-key-card-review blockquote").inner_text())
    watched.keyboard.press("1")  # chooses the first candidate, whose name and reason are the text too
    settle(watched)


def test_names_of_places_are_listed_as_text(watched, url, payloads):
    watched.goto(f"{url}/places")
    watched.get_by_test_id("stCheckbox").get_by_text("clear ones too").click(timeout=60_000)
    names = watched.locator(".st-key-names button")
    expect(names).to_have_count(30)
    # The first thirty names are listed, some of the project's plain ones among them.
    enough = min(25, len(payloads) - 1)
    for _ in range(100):  # thirty names stood there before the click, too
        listed = [shown(text) for text in names.all_inner_texts()]
        found = sum(any(shown(text)[:60] in line for line in listed) for text in payloads)
        if found >= enough:
            break
        watched.wait_for_timeout(200)
    assert found >= enough
