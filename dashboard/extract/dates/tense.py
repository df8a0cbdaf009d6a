"""Whether a sentence is about the past or the future, as far as dates need it."""

from functools import cache, lru_cache

from dashboard.extract.dates.calendar_days import Tense
from dashboard.extract.dates.lexer import LONGEST_WORD, Words
from dashboard.extract.text.word_lists import word_list

LOOK_BACK_WORDS, LOOK_AHEAD_WORDS = 15, 8


@cache
def _irregular_pasts() -> frozenset[str]:
    """The pasts of verbs that do not end in -ed: "met" of "meet/met/met"."""
    forms = (verb.split("/") for verb in word_list("irregular_verbs"))
    return frozenset({past for base, past, *_ in forms if past != base} | {"was", "were", "had", "hit", "been"})


def tense_around(words: Words, start: int, end: int) -> Tense:
    """The tense of the verb nearest before the words ``start:end``, else of the first one after them."""
    for index in range(start - 1, max(-1, start - 1 - LOOK_BACK_WORDS), -1):
        if words.letter(index) in ".|":
            break
        tense = _tense_cue(words, index)
        if tense is not None:
            return tense
    for index in range(end, min(len(words.letters), end + LOOK_AHEAD_WORDS)):
        if words.letter(index) in ".|":
            break
        tense = _tense_cue(words, index)
        if tense is not None:
            return tense
    return Tense.OPEN


@lru_cache(maxsize=1 << 12)
def _may_be_cue(word: str) -> bool:
    lists = ("dates_future", "dates_planned", "dates_speech")
    return word == "won" or _is_past(word) or any(word in word_list(name) for name in lists)


def _is_past(word: str) -> bool:
    regular = len(word) > 4 and word.endswith("ed") and word not in word_list("dates_no_past")
    return regular or word in _irregular_pasts()


def _is_future_cue(words: Words, index: int, word: str) -> bool:
    if word == "won":
        return words.letter(index + 1) == "'"
    return word in word_list("dates_future") or (
        word in ("expected", "due") and words.lower(index + 1) in ("in", "at")
    )  # "ministers are expected in Cairo"


def _tense_cue(words: Words, index: int) -> Tense | None:
    word = words.lower(index)
    if len(word) > LONGEST_WORD or not _may_be_cue(word):
        return None
    if _is_future_cue(words, index, word):
        return Tense.FUTURE
    if word in word_list("dates_planned") and words.lower(index + 1) in ("to", "for"):
        noun = words.lower(index + 2) in word_list("determiners") and words.lower(index + 1) == "to"
        return None if noun else Tense.FUTURE  # "agreed to a truce" decides nothing yet
    if word in word_list("dates_speech"):
        return Tense.OPEN
    if not _is_past(word) or words.lower(index - 1) in ("be", "to"):
        return None  # in "will be held" the word before decides
    return Tense.PAST
