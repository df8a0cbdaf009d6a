"""What safe text promises, for any text at all."""

import html
import re
import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.safetext import display_text, escape_markdown, maptext, safe_cell, safe_url, url_host

PIECES = (
    *("{{", "}}", "{%", "{#", "${", "`", "\\", "\\x3c", "alert(coords);", "drawnItems", "map_div2", "<", ">", "&"),
    *("&#60;", "'", '"', "\u202e", "\0", "\x80", "\ud800", "\ufeff", "\u0301" * 12, "عزيز", "کابل", "कि", "A", " "),
)
any_text = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=3)).map("".join)


@given(any_text)
def test_nothing_but_letters_digits_marks_blanks_stops_and_entities_reaches_the_map(text):
    without_entities = re.sub(r"&#[0-9]+;", "", maptext(text))
    assert all(c in " .,:;!?-" or unicodedata.category(c)[0] in "LNM" for c in without_entities)
    assert "drawnItems" not in maptext(text)


@given(any_text)
def test_a_browser_shows_the_map_text_as_it_was_written(text):
    assert html.unescape(maptext(text)) == display_text(text)


@given(any_text)
@example("e" + "\u0301" * 6 + "\u202e" + "\u0301" * 6)
def test_what_is_shown_cannot_reorder_or_cover_its_neighbours_and_can_be_sent(text):
    shown = display_text(text)
    assert not set(shown) & set("\0\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    run = 0
    for character in shown:
        run = run + 1 if unicodedata.category(character)[0] == "M" else 0
        assert run <= 8
    shown.encode()
    assert display_text(shown) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tora Bora", "Tora Bora"),
        ("Кабул, کابل!", "Кабул, کابل!"),
        ("<b>", "&#60;b&#62;"),
        ("{{7*7}}", "&#123;&#123;7&#42;7&#125;&#125;"),
        ("map_div2", "map&#95;div2"),
        ("drawnItems", "drawn&#73;tems"),
        ("alert(coords);", "alert&#40;coords&#41;;"),
        ("a\0b\u202ec", "abc"),
        ("A\ud800B", "A&#65533;B"),
        ("&lt;", "&#38;lt;"),
    ],
)
def test_map_text_of(text, expected):
    assert maptext(text) == expected


def test_eight_combining_marks_stay_on_a_letter_and_the_next_letter_has_its_own():
    mark = "\u0301"
    assert display_text("Z" + mark * 50 + "a" + mark) == "Z" + mark * 8 + "a" + mark


def test_joiners_that_persian_and_indic_scripts_need_are_kept():
    assert display_text("می\u200cخواهم") == "می\u200cخواهم"


@given(any_text)
def test_markdown_sees_no_sign_of_its_own(text):
    escaped = escape_markdown(text)
    assert not set(re.sub(r"\\[!-/:-@\[-`{-~]", "", escaped)) & set(string.punctuation)
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)
    assert unescaped.replace("\u2060", "") == " ".join(display_text(text).split()).replace("\u2060", "")


def test_markdown_signs_directives_and_images_are_escaped():
    assert escape_markdown("![x](a.png)") == r"\!\[x\]\(a\.png\)"
    assert escape_markdown(":red[OK] $1\n# 2") == r"\:red\[OK\] \$1 \# 2"


def test_addresses_and_arrows_stay_what_they_are_in_markdown():
    assert escape_markdown("https://a.test") == "https\\:\u2060\\/\\/a\\.test"
    assert escape_markdown("WWW.a.test") == "WWW\u2060\\.a\\.test"
    assert escape_markdown("a@b.test") == "a\u2060\\@b\\.test"
    assert escape_markdown("->") == "\\-\u2060\\>"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://tribune.com.pk/story/2574915/x?a=1&b=2#c", "tribune.com.pk"),
        ("http://example.test:8080/", "example.test"),
        ("HTTPS://Example.Test", "example.test"),
        ("https://[2001:db8::1]/x", "[2001:db8::1]"),
        ("https://xn--bbc-cmc.test/", "xn--bbc-cmc.test"),
        ("https://b\u0431c.co.uk/", "xn--bc-blc.co.uk"),
    ],
)
def test_a_web_address_may_be_linked_and_names_its_host(url, host):
    assert safe_url(url) == url
    assert url_host(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVa\tScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.test/x",
        "/local",
        "https://",
        "https:///x",
        "https://bbc.co.uk@evil.test/",
        "https://user:pw@evil.test/",
        "https://evil.test\\@good.test/",
        'https://x.test/" onmouseover=x',
        "https://x.test/'",
        "https://x.test/a b",
        " https://x.test/",
        "https://x.test/\u202e",
        "https://x.test:99999/",
        "https://x.test:abc/",
        "https://[::1/",
        "https://-/",
        "https://" + "a" * 70 + ".test/",
        "https://x.test/" + "a" * 2000,
    ],
)
def test_anything_else_is_no_link(url):
    assert safe_url(url) is None
    assert url_host(url) == ""


@given(any_text)
def test_no_text_breaks_the_address_check(text):
    assert safe_url(text) in (None, text)
    assert safe_url("https://" + text) is None or "@" not in text.partition("/")[0]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "  =1", "\ufeff=1"])
def test_a_cell_that_would_calculate_starts_with_an_apostrophe(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", " ", "Kabul", "3-4 killed", "'quoted'", "a=b"])
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text
