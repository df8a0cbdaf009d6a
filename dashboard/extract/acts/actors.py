"""Who does an act and to whom, in the words of its sentence; empty where the sentence does not say.

Without a parser: the first name or armed group before a verb is its subject, the next one after it its object.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard.extract.acts.classify import Act
from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import Word, capital_runs, clause_start, words_of

_PLACE_WORDS = frozenset(
    {
        "in",
        "at",
        "near",
        "from",
        "across",
        "around",
        "inside",
        "outside",
        "toward",
        "towards",
        "into",
        "through",
        "of",
        "on",
    }
)
_OBJECT_REACH = 6
"""Maximum words between an act and its object."""
_QUALIFIERS = frozenset(
    {"government", "security", "armed", "regime", "junta", "separatist", "islamist", "rebel", "riot", "special"}
)
_BE = frozenset({"was", "were", "been", "being", "is", "are", "be"})
_END = frozenset(".;:")


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name or a group of people: words[start:end]."""

    start: int
    end: int


def actors(sentence: str, act: Act) -> tuple[str, str]:
    """Actor 1, who acts or is the first named of two equals, and actor 2; each verbatim or empty."""
    words = words_of(sentence)
    first = next((at for at, word in enumerate(words) if word.start >= act.start), None)
    if first is None:
        return "", ""
    last = next((at for at, word in enumerate(words) if word.end >= act.end), first)
    mentions = [m for m in _mentions(words) if m.end <= first or m.start > last or m.end > last + 1]
    pair = _two_sides(words, mentions, last)
    before, after = _subjects(words, mentions, first), _objects(words, mentions, last)
    if pair:
        before, after = pair[:1], pair[1:]
    elif _is_passive(words, first, last):
        before, after = _agents(words, mentions, last), before[:1]
    elif len(before) > 1 and words[before[0].end].lower == "and":
        before, after = before[:1], before[1:2]
    else:
        before = before[:1]
    after = [m for m in after if act.plover != "ASSAULT" or pair or _is_people(words, m)]
    return _words_of_mentions(sentence, words, before), _words_of_mentions(sentence, words, after)


def _is_people(words: Sequence[Word], mention: _Mention) -> bool:
    """Whether it is more than a bare name: what is shelled or seized is mostly a place."""
    groups = word_list("actor_groups")
    lead = _words_before(words, mention)
    return any(w.lower in groups for w in words[mention.start : mention.end]) or lead[:1] in (["against"], ["with"])


def _words_of_mentions(sentence: str, words: Sequence[Word], mentions: Sequence[_Mention]) -> str:
    if not mentions:
        return ""
    text = sentence[words[mentions[0].start].start : words[mentions[0].end - 1].end]
    return text.removesuffix("'s").removesuffix("’s")


@lru_cache(maxsize=64)  # several acts of one sentence
def _mentions(words: tuple[Word, ...]) -> list[_Mention]:
    """Names, and groups of people with the adjective before them, in order."""
    groups = word_list("actor_groups")
    runs = dict(capital_runs(words))
    mentions: list[_Mention] = []
    at = 0
    while at < len(words):
        end = runs.get(at, at)
        while end < len(words) and words[end].lower in groups | _QUALIFIERS:
            end += 1
        while end > runs.get(at, at) and words[end - 1].lower in _QUALIFIERS - groups:
            end -= 1
        if end > at and _is_actor(words, at, end, groups):
            mentions.append(_Mention(_without_article(words, at), end))
        at = max(end, at + 1)
    return mentions


def _without_article(words: Sequence[Word], at: int) -> int:
    return at + 1 if words[at].lower in {"the", "a", "an"} else at


def _is_actor(words: Sequence[Word], start: int, end: int, groups: frozenset[str]) -> bool:
    """Whether it is a group, or a name and not a month, a weekday, a title or a common word that opens a sentence."""
    inner = [word.lower for word in words[_without_article(words, start) : end]]
    if not inner:
        return False
    if any(word in groups for word in inner):
        return True
    first = re.split(r"['’]", inner[0])[0]
    if first in word_list("weekdays_and_months") | word_list("not_names") or set(inner) <= word_list("titles"):
        return False
    return words[end - 1].text[0].isupper() or len(inner) > 1


def _subjects(words: Sequence[Word], mentions: Sequence[_Mention], act: int) -> list[_Mention]:
    start = clause_start(words, act)
    inside = [m for m in mentions if start <= m.start <= act]
    return [m for m in inside if not _is_place(words, m) and _is_more_than_a_start(words, m, act)]


def _is_more_than_a_start(words: Sequence[Word], mention: _Mention, act: int) -> bool:
    """Whether the first word of a sentence is a name, and not capitalised only for opening it: it comes right before
    its verb, or names a group, or has more capitals ("UNHCR").
    """
    at = mention.start
    if mention.end > at + 1 or any(word.text[0].isalnum() for word in words[:at]):
        return True
    if words[at].lower in word_list("actor_groups") or words[at].text[1:2].isupper():
        return True
    following = words[at + 1 : act]
    if len(following) > 1 and following[0].lower == "and" and following[1].text[0].isupper():
        return True
    return all(other.lower in word_list("adverbs") or other.lower.endswith("ly") for other in following)


def _objects(words: Sequence[Word], mentions: Sequence[_Mention], act: int) -> list[_Mention]:
    for mention in mentions:
        if act <= mention.start <= act + _OBJECT_REACH:
            between = words[act + 1 : mention.start]
            if any(word.text in _END or word.lower in {"after", "when", "as", "while"} for word in between):
                return []
            if not _is_place(words, mention):
                return [mention]
    return []


def _agents(words: Sequence[Word], mentions: Sequence[_Mention], act: int) -> list[_Mention]:
    return [m for m in mentions if act < m.start <= act + 10 and "by" in _words_before(words, m)][:1]


def _two_sides(words: Sequence[Word], mentions: Sequence[_Mention], act: int) -> list[_Mention]:
    """The two sides of "clashes between A and B"; empty unless both are named."""
    at = next((i for i in range(act, min(len(words), act + 4)) if words[i].lower == "between"), None)
    if at is None:
        return []
    sides = [m for m in mentions if at < m.start <= at + 12][:2]
    joined = len(sides) == 2 and any(word.lower == "and" for word in words[sides[0].end : sides[1].start])
    return sides if joined else []


def _is_passive(words: Sequence[Word], first: int, last: int) -> bool:
    """Whether a form of "to be" comes just before the participle: "was attacked", "a truce was agreed"."""
    spoken = words[max(0, first - 2) : last]
    return words[last].lower.endswith(("ed", "en", "wn", "ck", "un", "ld", "ft")) and any(
        w.lower in _BE for w in spoken
    )


def _is_place(words: Sequence[Word], mention: _Mention) -> bool:
    return not _PLACE_WORDS.isdisjoint(_words_before(words, mention))


def _words_before(words: Sequence[Word], mention: _Mention) -> list[str]:
    """The word before a mention, and the one before its article."""
    lead = [word.lower for word in words[max(0, mention.start - 2) : mention.start]]
    return lead if lead and lead[-1] in {"the", "a", "an"} else lead[-1:]
