"""The words of a sentence with their offsets, its names, and where a clause begins.

Every function looks a bounded number of words to either side, so the time is linear in the length of the sentence.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from dashboard.extract.text.word_lists import word_list

SENTENCE_LIMIT = 4000
"""How many characters of a sentence are read; nobody writes longer ones."""
_WORD = re.compile(r"[^\W_]+(?:[.’'-][^\W_]+)*+|[^\w\s]")


class Word(NamedTuple):
    """``sentence[start:end]``; ``lower`` is the same without capitals and without a possessive 's."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_possessive(self) -> bool:
        """Written with 's, or s' (the apostrophe is then part of no word)."""
        return self.text.endswith(("'s", "’s"))


@lru_cache(maxsize=512)  # acts, speakers and actors each ask for the sentences of one article
def words_of(sentence: str) -> tuple[Word, ...]:
    """Words and marks of a sentence, at most the first 4,000 characters."""
    new_tuple, words = tuple.__new__, []  # a third of the time of Word(…), and a text has thousands
    for match in _WORD.finditer(sentence, 0, SENTENCE_LIMIT):
        text = match[0]
        lower = text.lower()
        if lower[-1] == "s" and lower[-2:-1] in ("'", "’"):
            lower = lower[:-2]
        words.append(new_tuple(Word, (text, lower, *match.span())))
    return tuple(words)


def clause_start(words: Sequence[Word], at: int) -> int:
    """Index of the first word of the clause: after the nearest comma, semicolon or subordinator before it."""
    for back in range(at, 0, -1):
        if words[back - 1].text in ",;:—–-(" or words[back].lower in word_list("subordinators"):
            return back
    return 0


_NAME_PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "ben", "de", "da", "dos", "van", "von", "del", "der", "abu", "of"}
)


def capital_runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Bounds of the names in a sentence: capitalised words, with any "of" and "al" between them."""
    free = 0
    for at, word in enumerate(words):
        if at < free or word.text == word.lower or not word.text[0].isupper():
            continue
        end = at + 1
        while end < len(words) and _continues_name(words, end):
            end += 1
        while end > at and words[end - 1].lower in _NAME_PARTICLES:
            end -= 1
        if end > at:
            yield at, end
            free = end


def _continues_name(words: Sequence[Word], at: int) -> bool:
    """Whether a word may continue a name that began before it."""
    word = words[at]
    if word.text == ".":
        return len(words[at - 1].text) <= 3 and words[at - 1].text[0].isupper()
    return word.text[0].isupper() or word.lower.split("-")[0] in _NAME_PARTICLES
