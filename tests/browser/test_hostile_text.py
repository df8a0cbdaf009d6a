"""Hostile text as the name of a place, in a real page with a real browser: it is shown and does nothing."""

import json

import pytest
from playwright.sync_api import expect

from dashboard.safetext import display_text
from tests.support.hostile_text import HOSTILE

LABEL_CHARACTERS = 28
PAGE = """
import json
from pathlib import Path

import streamlit as st
from streamlit_folium import st_folium

from dashboard.maps import layers
from dashboard.marks import Manner, Mark, Shape
from dashboard.model import EventType

labels = json.loads((Path(__file__).parent / "labels.json").read_text("ascii"))
shapes = list(Shape)
marks = [
    Mark(
        key=f"test:{n}.act.{shapes[n % 3].value}", place_id=f"test:{n}", label=label, latitude=60 - 14 * (n // 9),
        longitude=18 * (n % 9), shape=shapes[n % 3], manner=Manner.ACT, radius_km=50, types=((EventType.BATTLE, 1),),
    )
    for n, label in enumerate(labels)
]
for number in (1, 2):
    view = layers.MapView(selected=marks[0].key, dark=number == 2)
    layer = layers.event_layer(marks, view, outline_file=lambda _: None)
    clicked = st_folium(
        layers.base_map(), key=f"map {number}", feature_group_to_add=layer, returned_objects=layers.RETURNED_OBJECTS,
        height=1000, use_container_width=True,
    )
    st.text(f"clicked {layers.clicked_mark(clicked)}")
"""
COMMAND = "{{ cycler.__init__.__globals__.os.mkdir('%s') }}"
LABELS = """() => JSON.parse(__GLOBAL_DATA__.last_feature_group.match(/conflictmap\\.show\\((.*)\\);/)[1])
    .marks.map((row) => row[5])"""
"""What the frame was handed, word for word."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the page's script is, and the folder that the command in the last label would make."""
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def labels(folder):
    return [*HOSTILE.values(), COMMAND % (folder / "ran")]


@pytest.fixture(scope="module")
def url(folder, labels, start_server):
    (folder / "labels.json").write_text(json.dumps(labels), "ascii")
    (folder / "hostile.py").write_text(PAGE, "utf-8")
    return start_server(folder, script=folder / "hostile.py").url


@pytest.fixture
def hostile_page(page, url, labels):
    """The page with two maps whose marks have every hostile text as their name; `page.said` is its console."""
    page.said, page.dialogs = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(url)
    for number in (0, 1):
        expect(a_map(page, number).locator(".cm-mark")).to_have_count(len(labels), timeout=60_000)
    return page


def a_map(page, number):
    return page.frame_locator("iframe[title*='streamlit_folium']").nth(number)


def shortened(text):
    """The label beside the symbol: one line, cut to 28 characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= LABEL_CHARACTERS else line[: LABEL_CHARACTERS - 1].rstrip() + "…"


def normal(text):
    """Blanks as a browser counts them: U+FEFF is one for JavaScript but not for Python."""
    return " ".join(text.replace("\ufeff", " ").split())


def test_every_text_is_shown_as_written_and_none_is_run(hostile_page, labels, folder):
    for number in (0, 1):
        shown = {m.get_attribute("data-key"): m for m in a_map(hostile_page, number).locator(".cm-mark").all()}
        for n, label in enumerate(labels):
            mark = shown[f"test:{n}.act.{('dot', 'ring', 'area')[n % 3]}"]
            text = display_text(label)
            assert normal(mark.get_attribute("aria-label")).startswith(normal(text))
            assert normal(mark.locator(".cm-label").text_content()) == normal(shortened(text.replace("\ufeff", " ")))
            assert mark.locator(".cm-label").evaluate("label => label.childElementCount") == 0
    assert_nothing_ran(hostile_page, folder)


def test_the_scripts_of_the_frame_are_given_plain_letters_and_entities_alone(hostile_page, labels):
    frames = [frame for frame in hostile_page.frames if "streamlit_folium" in frame.url]
    assert len(frames) == 2
    for frame in frames:
        assert len(frame.evaluate(LABELS)) == len(labels)
        strange = frame.evaluate(
            f"""() => ({LABELS})()
                .filter((label) => !/^(?:[\\p{{L}}\\p{{N}}\\p{{M}} .,:;!?-]|&#[0-9]+;)*$/u.test(label))"""
        )
        assert strange == []


def test_tooltips_and_clicks_run_nothing_either(hostile_page, labels, folder):
    first = a_map(hostile_page, 0)
    for n, label in enumerate(labels):
        mark = first.locator(f".cm-mark[data-key^='test:{n}.']")
        mark.focus()  # shows the tooltip
        assert normal(first.locator(".cm-tip-name").text_content()) == normal(display_text(label))
        mark.press("Enter")
    last = f"test:{len(labels) - 1}.act.{('dot', 'ring', 'area')[(len(labels) - 1) % 3]}"
    expect(hostile_page.get_by_text(f"clicked ('{last}'")).to_be_visible(timeout=60_000)
    assert_nothing_ran(hostile_page, folder)


def assert_nothing_ran(page, folder):
    assert [said for said in page.said if "PWN" in said] == []
    assert page.dialogs == []
    assert page.foreign_requests == []
    assert [error for error in page.console_errors if "404" not in error] == []
    assert not (folder / "ran").exists()
