"""Names in no gazetteer, recognised by the words around them: "at X", "the village of X", "X, in Nangarhar".

Missing a village would place its events in the province named after it.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache

from dashboard.extract.dates.lexer import MONTHS, WEEKDAYS
from dashboard.extract.places.name_evidence import NameEvidence, Surroundings, context_evidence, recogniser_evidence
from dashboard.extract.text.tokens import Token
from dashboard.extract.text.word_lists import word_list
from dashboard.gazetteer.names import stop_words
from dashboard.gazetteer.peoples import peoples

_UNKNOWN = -0.8
"""Points of a name in no gazetteer: it needs more than a weak hint."""
_ONE_WORD, _KIND, _BESIDE, _DESCRIBED = -0.4, 0.8, 1.5, 2.5
_LONGEST = 4
"""Maximum number of further words in a name."""
_SHORTEST = 3
"""Minimum letters of a name of one word."""
_JOINS = frozenset({" ", "-", "‑", "–"})
_TOWNS = frozenset(
    {"town", "village", "city", "hamlet", "suburb", "neighbourhood", "neighborhood", "settlement", "port"}
)
_DESCRIPTION = 6
"""How many words after a name may contain its kind."""
_PARTICLES = frozenset(
    {"al", "el", "as", "ad", "ar", "az", "ash", "at", "an", "de", "del", "la", "du", "do", "da", "bin"}
)
_TAKEN = frozenset({"taken", "took", "take", "hold", "holds", "held", "lost"})
"""Verbs done to places and to much else."""
_OFFICES = frozenset({"department", "departments", "agency", "state", "states", "port", "bay"})
"""Kinds of place that often mean something else before "of": the Department of Health, a state of emergency."""


def unlisted_names(
    around: Surroundings, known_tokens: Collection[int]
) -> Iterator[tuple[int, int, list[NameEvidence]]]:
    """First and last token of each such name, with its evidence; ``taken`` are the tokens of known names."""
    words = around.words
    free, before = 1, -1
    for at, word in enumerate(words):
        if not word.is_capital or at < free or not _may_be_name(around, at, known_tokens):
            continue
        may = (
            _follows_place_cue(around, at) or _is_listed(around, at, known_tokens, before) or _is_described(around, at)
        )
        last = _last_token(around, at, known_tokens) if may else None
        if last is None:
            continue
        free = last + 1
        if _is_name(words[at:free], around):
            yield at, last, [*_unlisted_evidence(at, last, around, known_tokens), *context_evidence(at, last, around)]
            before = last


def is_ordinary(folded: str) -> bool:
    """Whether text in capitals may contain the word without naming a place: everyday words, and those of war."""
    return folded in stop_words() or any(folded in word_list(name) for name in _WORDS_OF_WAR)


_WORDS_OF_WAR = ("troops", "weapons", "property", "civilians", "protesters", "places_taken", "aid_goods", "captives",
                 "talks", "envoys", "leaders", "titles", "small_arms")  # fmt: skip


def _may_be_name(around: Surroundings, at: int, known_tokens: Collection[int]) -> bool:
    """Whether a capitalised word may begin an unlisted name."""
    word = around.words[at]
    if at in known_tokens or word.starts_sentence or word.is_caseless:
        return False
    return not (word.is_shouted and is_ordinary(word.folded))


def _is_listed(around: Surroundings, at: int, known_tokens: Collection[int], before: int) -> bool:
    """Whether "and" joins it to the name of a place ("A and X").

    A comma is too weak: a person follows one as often as a place does ("the mayor of A, X, said").
    """
    back = at - 2
    is_and = around.word(at - 1) == "and" and not around.gap(at - 1).strip() and not around.gap(back).strip()
    return is_and and (back in known_tokens or back == before)


def _follows_place_cue(around: Surroundings, at: int) -> bool:
    """Whether it follows a preposition of place ("at the X"), something done to places ("shelled X"), a kind of place
    ("the village of X") or a movement ("fled to X").
    """
    if around.gap(at - 1).strip(" \u00a0"):
        return False
    back = at - 2 if around.word(at - 1) == "the" else at - 1
    before, further = around.word(back), around.word(back - 1)
    if before in ("on", "along"):
        return _is_water(around, at)
    if before in word_list("place_prepositions"):
        return True
    if before in word_list("place_verbs"):
        return before not in _TAKEN
    if before == "of":
        return further in word_list("kinds") and further not in _OFFICES
    return before in ("to", "from") and further in word_list("movements")


def _is_described(around: Surroundings, at: int) -> bool:
    """Whether the words after it call it a place: "X, a fishing village in …"."""
    last = _last_token(around, at, ())
    if last is None or around.gap(last).strip() != "," or around.word(last + 1) not in ("a", "an", "the"):
        return False
    return any(around.word(last + step) in _TOWNS for step in range(2, _DESCRIPTION))


def _is_water(around: Surroundings, at: int) -> bool:
    """Whether the capitalised words end with a kind that "on" goes with: "on the Cuyuni River"."""
    last = _last_token(around, at, ())
    return last is not None and last > at and around.word(last) in word_list("kinds_in_names")


def _last_token(around: Surroundings, first: int, known_tokens: Collection[int]) -> int | None:
    """Last token of the run of capitalised words; None if it runs into a known name."""
    words, last = around.words, first
    while last + 1 < len(words) and last - first < _LONGEST and around.gap(last) in _JOINS:
        step = 2 if _is_particle(around, last + 1) else 1
        following = words[last + step]
        if not following.is_capital or (following.is_shouted and _is_small(following)):
            break
        if last + step in known_tokens:
            return None
        last += step
    return last


def _is_particle(around: Surroundings, at: int) -> bool:
    """Whether it is a particle inside a name: Maroun al-Ras, Puerto de la Cruz."""
    joined = at + 1 < len(around.words) and around.gap(at) in _JOINS and around.words[at + 1].is_capital
    return joined and around.word(at) in _PARTICLES


def _is_small(word: Token) -> bool:
    lower = word.lower
    return lower in word_list("never_places") or lower in word_list("prepositions")


def _is_name(run: Sequence[Token], around: Surroundings) -> bool:
    lower = [word.lower for word in run]
    if any(any(map(str.isdigit, word)) for word in lower) or any(word.is_abbreviation for word in run):
        return False
    if run[0].text in peoples() or run[-1].is_possessive or any(word.folded in around.surnames for word in run):
        return False
    nouns = _never_in_names()
    if lower[0] in nouns or lower[-1] in nouns:
        return False
    if len(run) > 1:
        return True
    is_word = lower[0] in word_list("everyday") or lower[0] in word_list("kinds") or lower[0] in around.lower_words
    return len(lower[0]) >= _SHORTEST and not is_word


@cache
def _never_in_names() -> frozenset[str]:
    """Words that a place's name never begins or ends with."""
    lists = ("never_places", "titles", "bodies", "never_after", "houses")
    return frozenset().union(*map(word_list, lists), MONTHS, WEEKDAYS)


def _unlisted_evidence(
    first: int, last: int, around: Surroundings, known_tokens: Collection[int]
) -> Iterator[NameEvidence]:
    yield _UNKNOWN, "in no gazetteer"
    if first == last:
        yield _ONE_WORD, "one word"
    elif around.word(last) in word_list("kinds_in_names"):
        yield _KIND, f"named as a {around.word(last)}"
    yield from recogniser_evidence(first, last, around)
    if _is_described(around, first):
        yield _DESCRIBED, "called a town or village"
    if _is_beside_known(last, around, known_tokens):
        yield _BESIDE, "before the name of what it lies in"


def _is_beside_known(last: int, around: Surroundings, known_tokens: Collection[int]) -> bool:
    """Whether a known name follows a comma, "in" or "near": "X, Nangarhar", "X in the Y district"."""
    gap, at = around.gap(last).strip(), last + 1
    if gap not in ("", ",", "("):
        return False
    if around.word(at) in ("in", "near", "of"):
        at += 1
    elif not gap:
        return False
    return (at + 1 if around.word(at) == "the" else at) in known_tokens
