"""Makes text from articles and files harmless wherever it is shown.

folium runs text as a template, browsers run it as script, Streamlit reads it as Markdown and spreadsheets read it as
formulas. Every function here returns text that shows the same words there and has no other effect.
"""

import re
import unicodedata
from urllib.parse import urlsplit

MAX_MARKS = 8
"""Maximum combining marks on one letter: more than any orthography needs; hundreds cover the lines around it."""
MAX_URL_CHARACTERS = 2000
REPLACEMENT = "\ufffd"

_PLAIN_PUNCTUATION = frozenset(" .,:;!?-")
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_KEPT_CONTROLS = frozenset("\t\n")
_FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")
_ASCII_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_WORD_JOINER = "\u2060"
# Where Streamlit's Markdown turns even escaped text into links and arrows: between www and its dot, before @ …
_MADE_INTO_MORE = re.compile(r"(?<=[-<>=~])(?=[-<>=])|(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_URL_FORBIDDEN = re.compile(r"[\s\"'<>`\\^{|}\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]")


def display_text(text: str) -> str:
    """Return the text as it may be shown anywhere as plain text.

    Characters that reorder or cover other text are dropped: bidirectional controls, control characters but tab
    and newline, combining marks after the eighth on one letter. Half a surrogate pair becomes U+FFFD. The result
    may be shorter, so cut a passage by its offsets first.
    """
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if _is_dropped(character, category):
            continue  # before marks are counted: a character dropped between two marks must not reset their count
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= MAX_MARKS:
            kept.append(REPLACEMENT if category == "Cs" else character)
    return "".join(kept)


def _is_dropped(character: str, category: str) -> bool:
    if category == "Cc":
        return character not in _KEPT_CONTROLS
    return character in _BIDI_CONTROLS or _is_noncharacter(ord(character))


def _is_noncharacter(code: int) -> bool:
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def maptext(text: str) -> str:
    """Return `display_text` for folium: letters, digits, marks and `` .,:;!?-`` stay, the rest is ``&#…;``.

    Nothing is left that Jinja, JavaScript, HTML or streamlit-folium's own string replacement could match; a browser
    shows the same text. An allow-list, because every escape of known sequences has been bypassed.
    """
    encoded = "".join(c if _is_plain(c) else f"&#{ord(c)};" for c in display_text(text))
    # streamlit-folium searches the scripts for this word, and if it is there omits a definition of its own.
    return encoded.replace("drawnItems", "drawn&#73;tems")


def _is_plain(character: str) -> bool:
    return character in _PLAIN_PUNCTUATION or unicodedata.category(character)[0] in "LNM"


def escape_markdown(text: str) -> str:
    """Return the text as one line for labels and captions of Streamlit, which read Markdown: shown as written.

    Besides Markdown's own syntax this covers ``:red[…]``, ``:material/…:`` and formulas between dollars. An invisible
    word joiner keeps bare addresses and arrows such as ``->`` from becoming links and symbols.
    """
    line = " ".join(display_text(text).split())
    return _ASCII_PUNCTUATION.sub(r"\\\1", _MADE_INTO_MORE.sub(_WORD_JOINER, line))


def safe_url(url: str) -> str | None:
    """Return the address if it may be linked, else None.

    Allowed are http and https with a host, without a user name, quotes, spaces or control characters, of at
    most 2,000 characters. Show `url_host` next to the link.
    """
    return url if _checked_host(url) else None


def url_host(url: str) -> str:
    """Return the host a link leads to, in ASCII, or "" for an address that `safe_url` refuses.

    Other alphabets appear as ``xn--…``, so that look-alike letters are visible.
    """
    return _checked_host(url)


def _checked_host(url: str) -> str:
    if len(url) > MAX_URL_CHARACTERS or _URL_FORBIDDEN.search(url):
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises unless it is a number up to 65535
        host = (parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc).rstrip(":")
        host = host.encode("idna").decode("ascii").lower()
    except ValueError:  # UnicodeError is one
        return ""
    allowed = parts.scheme in ("http", "https") and "@" not in parts.netloc
    return host if allowed and _HOST.fullmatch(host) else ""


def safe_cell(text: str) -> str:
    """Return the text for a cell of a spreadsheet: one that would be read as a formula gets a leading ``'``.

    For text only: a negative number in a column of numbers is not a formula.
    """
    first = text.lstrip(" \u00a0\ufeff")[:1]
    return f"'{text}" if first in _FORMULA_STARTS and first else text
