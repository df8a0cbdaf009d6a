"""The words behind an event: what to mark in a passage, and the sentences around it in the article."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dashboard.extract.text.sentences import sentences
from dashboard.model import Article, Event


class Role(StrEnum):
    """What a marked stretch of a passage is."""

    PLACE = "place"
    DATE = "date"
    ACTOR = "actor"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text, marked or (role None) plain. The stretches of a text joined are the text."""

    text: str
    role: Role | None = None


def span_of(event: Event, article: Article) -> tuple[int, int] | None:
    """Start and end of the passage in the article; None if the article has other words between the event's offsets."""
    start, end = event.char_start, event.char_end
    if start is None or end is None or not event.passage or article.text[start:end] != event.passage:
        return None
    return start, end


_CONTEXT_LIMIT = 400
"""Longest sentence shown as context, in characters; an article without full stops is cut here."""


def marked(event: Event) -> list[Stretch]:
    """The passage, with place, date and actors marked where their words stand in it.

    The first occurrence of each counts. Where two overlap, the place goes before the date, the date before
    the actors: the reader must be able to check where and when.
    """
    wanted = [(event.toponym, Role.PLACE), (event.date_text, Role.DATE)]
    wanted += [(actor, Role.ACTOR) for actor in (event.actor1, event.actor2, event.claimed_by)]
    taken: list[tuple[int, int, Role]] = []
    for words, role in wanted:
        found = _find(event.passage, words)
        if found and not any(start < found[1] and found[0] < end for start, end, _ in taken):
            taken.append((*found, role))
    return cut(event.passage, taken)


def cut(text: str, spans: Iterable[tuple[int, int, Role]]) -> list[Stretch]:
    """Cut a text at spans (start, end, role) that do not overlap."""
    stretches, at = [], 0
    for start, end, role in sorted(spans):
        stretches += [Stretch(text[at:start]), Stretch(text[start:end], role)]
        at = end
    return [s for s in (*stretches, Stretch(text[at:])) if s.text]


def _find(text: str, words: str) -> tuple[int, int] | None:
    """Where the words stand in the text, not as a part of longer ones. No pattern: compiling one takes far longer."""
    start = text.find(words) if words else -1
    while start >= 0:
        end = start + len(words)
        if not (_is_of_a_word(text[start - 1 : start]) or _is_of_a_word(text[end : end + 1])):
            return start, end
        start = text.find(words, start + 1)
    return None


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def around(article: Article, start: int, end: int) -> tuple[str, str]:
    """One sentence before and one after ``article.text[start:end]``, of the same paragraph; '' if none.

    Of a sentence that the stretch begins or ends in, the rest.
    """
    text = article.text
    opening, closing = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    paragraph = text[opening : closing if closing >= 0 else len(text)]
    spans = [(opening + one.start, opening + one.end) for one in sentences(paragraph)]
    before = [text[left : min(right, start)] for left, right in spans if left < start]
    after = [text[max(left, end) : right] for left, right in spans if right > end]
    return "".join(before[-1:]).strip()[-_CONTEXT_LIMIT:], "".join(after[:1]).strip()[:_CONTEXT_LIMIT]
