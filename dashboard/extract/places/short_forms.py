"""Abbreviations that a text defines ("Khyber Pakhtunkhwa (KP)"), and those of states after a town ("Dallas, TX")."""

import re
from collections.abc import Mapping, Sequence

from dashboard.extract.text.tokens import Token
from dashboard.gazetteer.countries import state_named

_BRACKET = re.compile(r"\s?\(\s?")


def defined_short_forms(text: str, words: Sequence[Token], places: Mapping[int, tuple[int, int]]) -> dict[str, str]:
    """Short form -> the name it stands for. ``places``: last token of each place's name -> its first and last."""
    long_forms: dict[str, str] = {}
    for at in range(1, len(words)):
        word = words[at]
        if at - 1 not in places or not word.is_abbreviation or text[word.full_end : word.full_end + 1] != ")":
            continue
        if _BRACKET.fullmatch(text[words[at - 1].full_end : word.start]):
            first, last = places[at - 1]
            name = text[words[first].start : words[last].end]
            if _abbreviates(word.text, name):
                long_forms[word.text] = name
    return long_forms


def _abbreviates(short: str, name: str) -> bool:
    """Whether the name contains the letters in order and starts with the first one."""
    letters = iter(name.lower())
    bare = short.replace(".", "").lower()
    return name.lower().startswith(bare[0]) and all(letter in letters for letter in bare)


def state_after_comma(text: str, words: Sequence[Token], at: int) -> str | None:
    """The state that the word abbreviates, if it follows a comma; else None."""
    if at == 0 or not text[words[at - 1].full_end : words[at].start].startswith(","):
        return None
    return state_named(words[at].text)
