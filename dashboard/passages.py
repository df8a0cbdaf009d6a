"""The words behind an event: what to mark in a passage, and the sentences around it in the article."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from dashboard.extract.text.sentences import sentences
from dashboard.model import Article, Event


class Role(StrEnum):
    """The role of a marked stretch of a passage."""

    PLACE = "place"
    DATE = "date"
    ACTOR = "actor"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text, marked or (role None) plain. The stretches of a text joined are the text."""

    text: str
    role: Role | None = None


def span_of(event: Event, article: Article) -> tuple[int, int] | None:
    """Start and end of the passage in the article; None if the article has other words at the event's offsets."""
    start, end = event.char_start, event.char_end
    if start is None or end is None or not event.passage or article.text[start:end] != event.passage:
        return None
    return start, end


_CONTEXT_LIMIT = 400
"""Maximum length of a sentence shown as context, in characters; an article without full stops is cut here."""


def marked_passage(event: Event) -> list[Stretch]:
    """The passage, with place, date and actors marked where they occur in it.

    The first occurrence of each counts. Where two overlap, the place goes before the date, the date before
    the actors: the reader must be able to check where and when.
    """
    wanted = [(event.toponym, Role.PLACE), (event.date_text, Role.DATE)]
    wanted += [(actor, Role.ACTOR) for actor in (event.actor1, event.actor2, event.claimed_by)]
    taken: list[tuple[int, int, Role]] = []
    for words, role in wanted:
        span = _find(event.passage, words)
        if span and not any(start < span[1] and span[0] < end for start, end, _ in taken):
            taken.append((*span, role))
    return cut_at_spans(event.passage, taken)


def cut_at_spans(text: str, spans: Iterable[tuple[int, int, Role]]) -> list[Stretch]:
    """Split a text at non-overlapping spans (start, end, role)."""
    stretches, at = [], 0
    for start, end, role in sorted(spans):
        stretches += [Stretch(text[at:start]), Stretch(text[start:end], role)]
        at = end
    return [s for s in (*stretches, Stretch(text[at:])) if s.text]


def _find(text: str, words: str) -> tuple[int, int] | None:
    """Span of the words in the text, not as part of longer ones. Without a pattern: compiling one takes far longer."""
    start = text.find(words) if words else -1
    while start >= 0:
        end = start + len(words)
        if not (_is_of_a_word(text[start - 1 : start]) or _is_of_a_word(text[end : end + 1])):
            return start, end
        start = text.find(words, start + 1)
    return None


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def surrounding_text(article: Article, start: int, end: int) -> tuple[str, str]:
    """One sentence before and one after ``article.text[start:end]``, of the same paragraph; '' if none.

    If the stretch begins or ends within a sentence, the rest of that sentence.
    """
    text = article.text
    opening, closing = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    paragraph = text[opening : closing if closing >= 0 else len(text)]
    spans = [(opening + sentence.start, opening + sentence.end) for sentence in sentences(paragraph)]
    before = [text[left : min(right, start)] for left, right in spans if left < start]
    after = [text[max(left, end) : right] for left, right in spans if right > end]
    return "".join(before[-1:]).strip()[-_CONTEXT_LIMIT:], "".join(after[:1]).strip()[:_CONTEXT_LIMIT]
