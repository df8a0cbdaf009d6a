"""Finds gazetteer names in a text: at each word, the longest run of words that is a name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.extract.text.tokens import Token
from dashboard.extract.text.word_lists import word_list
from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.names import fold_name
from dashboard.model import Candidate

MAX_NAME_WORDS = 7
"""Maximum number of words in a name."""

_SHORTEST_WITHOUT_ARTICLE = 5
"""Minimum letters of a name that is also looked up with an article."""
_SHORTENED = frozenset(("st", "mt", "ft", "ste", "sta", "sto", "pt"))
_JOINS = frozenset((" ", "-", "–", "‑", " - ", "'", "’", " '", " ’", "\u00a0", "-'", "-’"))
_ARTICLE_PREFIXES = frozenset(["al", "ar", "as", "ash", "at", "az", "ad", "an", "ed", "el"])


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A gazetteer name: tokens ``first`` to ``last`` (inclusive) and the most prominent place of that name."""

    first: int
    last: int
    name: str
    best: Candidate
    count: int
    """How many places have the name."""
    listed_as: str = ""
    """The gazetteer's form of the name, if the text has another: "Al Hillah" for "Hillah"."""


def name_matches(text: str, words: Sequence[Token], gazetteer: Gazetteer) -> list[NameMatch]:
    """The names in the text, the longest at each word, in order and without overlap."""
    result: list[NameMatch] = []
    free = 0
    for first in _name_starts(text, words):
        if first < free:
            continue
        match = _longest_match(text, words, first, gazetteer)
        if match and words[first].lower == "the":
            match = _match_without_article(text, words, match, gazetteer)
        if match:
            result.append(match)
            free = match.last + 1
    return result


def _name_starts(text: str, words: Sequence[Token]) -> Iterator[int]:
    """Indices where a name may begin: at capitals, and at a lower-case article joined to one ("al-Bab")."""
    for at, word in enumerate(words):
        if word.is_capital:
            before = words[at - 1] if at else word
            if before.text in _ARTICLE_PREFIXES and text[before.end : word.start] in ("-", "‑"):
                yield at - 1
            yield at


def _longest_match(text: str, words: Sequence[Token], first: int, gazetteer: Gazetteer) -> NameMatch | None:
    key, best_last = "", -1
    for last in range(first, min(first + MAX_NAME_WORDS, len(words))):
        word = words[last]
        if last > first and not _may_continue_name(text, words[last - 1], word):
            break
        key = f"{key} {fold_name(word.text)}" if key else fold_name(word.text)
        if (word.is_capital or last == first) and key in gazetteer:
            best_last = last
    for last in range(best_last, first - 1, -1):
        if words[last].is_capital:
            name = text[words[first].start : words[last].end]
            if best := gazetteer.best(name):
                return NameMatch(first, last, name, *best)
    return _with_arabic_article(words, first, gazetteer)


def _with_arabic_article(words: Sequence[Token], first: int, gazetteer: Gazetteer) -> NameMatch | None:
    """A town listed with its article that reports write without: "in Hillah" is Al Hillah."""
    word = words[first]
    before = words[first - 1].lower if first else ""
    if len(word.text) < _SHORTEST_WITHOUT_ARTICLE or before not in word_list("place_prepositions"):
        return None
    listed = f"Al {word.text}"
    if fold_name(listed) not in gazetteer or not (best := gazetteer.best(listed)):
        return None
    return NameMatch(first, first, word.text, *best, listed) if best[0].place.feature_code.startswith("PPL") else None


def _match_without_article(text: str, words: Sequence[Token], match: NameMatch, gazetteer: Gazetteer) -> NameMatch:
    """The name after "The" if it is longer ("The Gulf of Aden" is not "the Gulf") or means the same place, unless that
    is a town: the Red Sea, but The Hague.
    """
    inner = _longest_match(text, words, match.first + 1, gazetteer) if match.first + 1 < len(words) else None
    if inner is None:
        return match
    same = inner.best.place.place_id == match.best.place.place_id and not match.best.place.feature_code.startswith(
        "PPL"
    )
    return inner if same or inner.last > match.last else match


def _may_continue_name(text: str, before: Token, word: Token) -> bool:
    """Whether two adjacent words may belong to one name."""
    gap = text[before.end : word.start]
    if before.is_possessive or (gap not in _JOINS and not (gap == ". " and before.lower in _SHORTENED)):
        return gap in (" & ",) or (before.is_possessive and text[before.end : before.full_end] in ("'", "’"))
    return word.is_capital or word.lower in word_list("name_connectors")
