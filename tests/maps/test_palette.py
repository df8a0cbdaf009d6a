"""Colours that can be told apart and letters that can be read, worked out with the published formulas."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

import pytest

import dashboard
from dashboard.maps.palette import PAPER, TYPE_STYLE
from dashboard.model import EventType

DASHBOARD = Path(dashboard.__file__).parent
# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red cones": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green cones": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue cones": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def linear(colour):
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]


def luminance(colour):
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(colour, vision):
    r, g, b = (min(1, max(0, sum(w * c for w, c in zip(row, linear(colour), strict=True)))) for row in vision)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_black_on_white_has_the_contrast_of_21_to_1():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_every_type_has_a_letter_of_its_own():
    assert set(TYPE_STYLE) == set(EventType)
    assert len({style.letter for style in TYPE_STYLE.values()}) == 9


@pytest.mark.parametrize("event_type", EventType)
def test_the_letter_is_read_on_its_colour_and_on_paper(event_type):
    style = TYPE_STYLE[event_type]
    assert contrast(style.ink, style.colour) >= 4.5
    assert contrast(style.line, PAPER) >= 4.5


@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_colours_differ_for_any_eyes(vision):
    seen = {t: lab(style.colour, VISIONS[vision]) for t, style in TYPE_STYLE.items()}
    for one, other in combinations(EventType, 2):
        distance = sum((a - b) ** 2 for a, b in zip(seen[one], seen[other], strict=True)) ** 0.5
        assert distance >= 16, (one, other)


def test_paper_is_the_land_that_the_map_draws():
    script = (DASHBOARD / "static" / "conflictmap_base.js").read_text("utf-8")
    assert re.findall(r'light: \{ land: "(#[0-9a-f]{6})"', script) == [PAPER]


def test_what_is_selected_has_one_colour_on_the_page_and_on_the_map():
    page = (DASHBOARD / "ui" / "shared" / "style.css").read_text("utf-8")
    light, dark = re.search(r"--accent: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", page).groups()
    sheet = (DASHBOARD / "static" / "conflictmap.css").read_text("utf-8")
    assert re.findall(r"--accent: (#[0-9a-f]{6});", sheet) == [light, dark]
    theme = tomllib.loads((DASHBOARD / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    assert [theme[name]["primaryColor"] for name in ("light", "dark")] == [light, dark]
