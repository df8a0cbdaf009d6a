"""The words of a text with their offsets, their case and their folded form, as the search for names needs them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.gazetteer.names import fold_name

_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’ʼʻ‘][^\W_]+)*[^\W\d_]?")
_POSSESSIVE = re.compile(r"['’ʼ]s?$|['’ʼ]S$")
_OPENING = re.compile(r"[.!?\n]|[:“\"]\s*$")
"""Between two words: the second one starts a sentence or a quotation."""
_CASELESS = re.compile(r"[\u0590-\u08FF\u0900-\u0DFF\u0E00-\u0EFF\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7AF]")
"""Letters of scripts that have no capitals: Hebrew, Arabic, Indic, Thai, Chinese, Japanese, Korean."""
_SHOUTED = re.compile(r"[^a-z\n]{30,}")
"""A stretch this long without a small letter is written in capitals, as old telegrams and some headlines are."""
_FEWEST_SHOUTED = 5
"""Minimum number of adjacent words in capitals."""


@dataclass(slots=True)  # frozen ones take three times as long to make, and a text has thousands
class Token:
    """A word, without "'s". ``full_end`` is where it ends with "'s"."""

    start: int
    end: int
    full_end: int
    text: str
    lower: str
    """``text`` in small letters."""
    starts_sentence: bool
    is_capital: bool
    """Whether it may begin a name: has a capital ("d'Ivoire" too), or is in a script without capitals."""
    is_shouted: bool = False
    """Whether it is among words all written in capitals, so that its own capital says nothing."""

    @property
    def folded(self) -> str:
        """The form in which names are compared."""
        return fold_name(self.text)

    @property
    def is_possessive(self) -> bool:
        return self.full_end > self.end

    @property
    def is_caseless(self) -> bool:
        """In a script without capitals."""
        return bool(_CASELESS.match(self.text[0]))

    @property
    def is_abbreviation(self) -> bool:
        """Two to four letters, all capitals, perhaps with full stops: US, N.S.W."""
        if self.is_shouted and "." not in self.text:
            return False
        letters = self.text.replace(".", "")
        return 2 <= len(letters) <= 4 and letters.isascii() and letters.isupper() and letters.isalpha()


def tokens(text: str) -> list[Token]:
    """All words of the text, in order."""
    words: list[Token] = []
    last_end = 0
    for match in _TOKEN.finditer(text):
        word = match[0]
        start, end = match.span()
        full_end = end
        if not word.isalnum() and (tail := _POSSESSIVE.search(word)):
            end = start + tail.start()
            word = text[start:end]
        elif word[-1] == "s" and text[full_end : full_end + 1] in ("'", "’"):
            full_end += 1
        if word:
            gap = text[last_end:start]
            opens = gap != " " and (not words or bool(_OPENING.search(gap)))
            lower = word.lower()
            words.append(Token(start, end, full_end, word, lower, opens, lower != word or _is_capital(word)))
            last_end = full_end
    _mark_shouted(text, words)
    return words


def without_shouting(text: str) -> str:
    """The text with stretches in capitals lowered; offsets are unchanged."""
    if not _SHOUTED.search(text):
        return text
    lowered = list(text)
    for word in tokens(text):
        if word.is_shouted and word.text.isascii():
            lowered[word.start : word.end] = word.lower
    return "".join(lowered)


def _mark_shouted(text: str, words: Sequence[Token]) -> None:
    """Mark the words in stretches without small letters; a few capitals in a row are a name or an abbreviation."""
    at = 0
    for stretch in _SHOUTED.finditer(text):
        while at < len(words) and words[at].start < stretch.start():
            at += 1
        last = at
        while last < len(words) and words[last].end <= stretch.end():
            last += 1
        capitals = [word for word in words[at:last] if word.text.isupper()]
        if len(capitals) >= _FEWEST_SHOUTED:
            for word in capitals:
                word.is_shouted = True
        at = last


def _is_capital(word: str) -> bool:
    """Whether a word equal to its lower case counts as capital: no case in its script, or no small form of a letter."""
    return not word.isascii() and (bool(_CASELESS.match(word)) or any(map(str.isupper, word)))
