"""Names that no gazetteer has, told by the words around them: "at X", "the village of X", "X, in Nangarhar".

Missing a village would put what happened there into the province that is named after it.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache

from dashboard.extract.date_words import MONTHS, WEEKDAYS
from dashboard.extract.evidence import Point, Surroundings, context, recognised
from dashboard.extract.roles import peoples
from dashboard.extract.tokens import Token
from dashboard.extract.word_lists import word_list

_UNKNOWN = -0.8
"""Points of a name that no gazetteer has: it needs more than a weak hint."""
_ONE_WORD, _BESIDE = -0.4, 1.5
_LONGEST = 4
"""Words of a name."""
_SHORTEST = 3
"""Letters of a name of one word."""
_JOINS = frozenset({" ", "-", "‑", "–"})
_OFFICES = frozenset({"department", "departments", "agency", "state", "states", "port", "bay"})
"""Kinds of place before "of" that are as often something else: the Department of Health, a state of emergency."""


def unlisted(around: Surroundings, taken: Collection[int]) -> Iterator[tuple[int, int, list[Point]]]:
    """First and last token of each such name, with its points; ``taken`` are the tokens of names that are known."""
    words = around.words
    at = 0
    while at < len(words):
        last = _last(around, at, taken) if _may_begin(around, at, taken) else None
        if last is not None and _is_name(words[at : last + 1], around):
            yield at, last, [*_strength(at, last, around, taken), *context(at, last, around)]
        at = at + 1 if last is None else last + 1


def _may_begin(around: Surroundings, at: int, taken: Collection[int]) -> bool:
    """Whether a word written large stands where a place would."""
    word = around.words[at]
    if not word.is_capital or word.is_caseless or at in taken or not at or word.starts_sentence:
        return False
    return not around.gap(at - 1).strip(" \u00a0") and _is_led_to(around, at)


def _is_led_to(around: Surroundings, at: int) -> bool:
    """After a preposition of place ("at the X"), after what is done to places ("shelled X"), after a kind of place or
    after a movement ("the village of X", "fled to X").
    """
    back = at - 2 if around.word(at - 1) == "the" else at - 1
    before, further = around.word(back), around.word(back - 1)
    if before in word_list("place_prepositions") or before in word_list("place_verbs"):
        return True
    if before == "of":
        return further in word_list("kinds") and further not in _OFFICES
    return before in ("to", "from") and further in word_list("movements")


def _last(around: Surroundings, first: int, taken: Collection[int]) -> int | None:
    """Last token of the run of words written large; None if it runs into a name that is known."""
    words, last = around.words, first
    while last + 1 < len(words) and last - first < _LONGEST and around.gap(last) in _JOINS:
        following = words[last + 1]
        if not following.is_capital or (following.is_shouted and _is_small(following)):
            break
        if last + 1 in taken:
            return None
        last += 1
    return last


def _is_small(word: Token) -> bool:
    lower = word.text.lower()
    return lower in word_list("never_places") or lower in word_list("prepositions")


def _is_name(run: Sequence[Token], around: Surroundings) -> bool:
    lower = [word.text.lower() for word in run]
    if any(any(map(str.isdigit, word)) for word in lower) or any(word.is_abbreviation for word in run):
        return False
    if run[0].text in peoples() or run[-1].is_possessive or any(word.folded in around.surnames for word in run):
        return False
    nouns = _no_places()
    if lower[0] in nouns or lower[-1] in nouns:
        return False
    if len(run) > 1:
        return True
    is_word = lower[0] in word_list("everyday") or lower[0] in word_list("kinds") or lower[0] in around.lower_words
    return len(lower[0]) >= _SHORTEST and not is_word


@cache
def _no_places() -> frozenset[str]:
    """What a name of a place neither begins nor ends with."""
    lists = ("never_places", "titles", "bodies", "never_after", "houses")
    return frozenset().union(*map(word_list, lists), MONTHS, WEEKDAYS)


def _strength(first: int, last: int, around: Surroundings, taken: Collection[int]) -> Iterator[Point]:
    yield _UNKNOWN, "in no gazetteer"
    if first == last:
        yield _ONE_WORD, "one word"
    yield from recognised(first, last, around)
    if _is_beside_known(last, around, taken):
        yield _BESIDE, "before the name of what it lies in"


def _is_beside_known(last: int, around: Surroundings, taken: Collection[int]) -> bool:
    """Whether a known name follows a comma, "in" or "near": "X, Nangarhar", "X in the Y district"."""
    gap, at = around.gap(last).strip(), last + 1
    if gap not in ("", ",", "("):
        return False
    if around.word(at) in ("in", "near", "of"):
        at += 1
    elif not gap:
        return False
    return (at + 1 if around.word(at) == "the" else at) in taken
