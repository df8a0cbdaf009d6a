"""Folding of place names: one spelling for matching, whatever the script, case, accents or keyboard.

The index is built and queried with `fold_name`; after a change here the assets must be rebuilt.
"""

import csv
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

STOP_WORDS = Path(__file__).with_name("stop_words.csv")

_DROPPED = "\u200b\u200c\u200d\u200e\u200f\u00ad\ufeff\u0640.'`´‘’‚‛ʻʼʽʾʿ′ˈ՚＇\u02b9\u02ba\u05f3\u05f4\""
"""Zero-width characters, tatweel, full stops (U.S.) and everything typed for an apostrophe or ayn."""

_COMBINING = (
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x06D6, 0x06ED),
)
"""Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic harakat. Indic vowel signs are letters: kept."""

_LETTERS = {
    **dict.fromkeys("يىېۍےئ", "ی"),
    **dict.fromkeys("ةۀەہھۃۂ", "ه"),
    "ك": "ک",
    "ګ": "گ",
    "ٱ": "ا",
    **{"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ə": "e", "ħ": "h", "ŋ": "n"},
}
"""Letters that Arabic, Persian, Urdu and Pashto keyboards write differently, and Latin ones without a decomposition."""

_SPACES = '-‐‑‒–—―−_/\\,;:()[]{}|·・،؛+&*"“”„«»!?#\u00a0'

_TABLE: dict[int, str | None] = {
    **{code: None for first, last in _COMBINING for code in range(first, last + 1)},
    0x0670: None,
    **dict.fromkeys(map(ord, _SPACES), " "),
    **dict.fromkeys(range(0x20), " "),
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0xD800, 0xE000))),  # control characters, surrogates
    **dict.fromkeys(map(ord, _DROPPED)),
    **{ord(letter): to for letter, to in _LETTERS.items()},
}


_LONGEST_REMEMBERED = 80
"""Maximum characters of a cached name; longer text is not a name, and would fill memory."""


def fold_name(name: str) -> str:
    """The form in which names are compared: "Khyber-Pakhtunkhwā" and "khyber pakhtunkhwa" are one.

    Folding twice changes nothing. The result may be empty (a name of punctuation alone). Results are cached, because
    articles repeat the same words.
    """
    return _cached_fold(name) if len(name) <= _LONGEST_REMEMBERED else _folded(name)


def _folded(name: str) -> str:
    if name.isascii():
        return " ".join(name.lower().translate(_TABLE).split())
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold())
    return unicodedata.normalize("NFC", " ".join(letters.translate(_TABLE).split()))


_cached_fold = lru_cache(32_768)(_folded)


@cache
def stop_words() -> frozenset[str]:
    """Folded words that name a place somewhere, but hardly ever in a text: said, spring, march."""
    with STOP_WORDS.open(encoding="utf-8", newline="") as lines:
        return frozenset(fold_name(cells["word"]) for cells in csv.DictReader(lines))
