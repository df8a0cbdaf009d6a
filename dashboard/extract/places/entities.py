"""Aligns the recogniser's entities with the words of the text, with the boundaries annotators agree on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.extract.places.ner import EntitySpan
from dashboard.extract.text.tokens import Token
from dashboard.extract.text.word_lists import word_list

PLACE_LABELS = frozenset(("GPE", "LOC", "FAC"))


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as tokens ``first`` to ``last`` (inclusive)."""

    first: int
    last: int
    label: str

    @property
    def is_place(self) -> bool:
        return self.label in PLACE_LABELS


def entities(spans: Sequence[EntitySpan], words: Sequence[Token]) -> list[Entity]:
    """The spans that cover words, without "the" and other function words at their edges."""
    result: list[Entity] = []
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        while at < len(words) and words[at].end <= span.start:
            at += 1
        last = at
        while last < len(words) and words[last].start < span.end:
            last += 1
        if last > at:
            entity = _without_edges(Entity(at, last - 1, span.label), words)
            result += [entity] if entity else []
    return result


def _without_edges(entity: Entity, words: Sequence[Token]) -> Entity | None:
    """Trim lower-case words, "The" and "Near" at both ends: for a place, "the northern city of Mosul" is "Mosul"."""
    first, last = entity.first, entity.last
    while first < last and words[first].lower in word_list("locative") | {"the"}:
        first += 1
    if not entity.is_place:
        return replace(entity, first=first)
    while first <= last and (not words[first].is_capital or words[first].text in ("The", "An", "A")):
        first += 1
    while last >= first and not words[last].is_capital:
        last -= 1
    return replace(entity, first=first, last=last) if first <= last else None


def bare_name(entity: Entity, words: Sequence[Token]) -> Entity:
    """An unlisted name without directions, abbreviations and kinds: "Northern Gaziantep", "City of Santa Rosa"."""
    first, last = entity.first, entity.last
    while first < last and words[first].lower in word_list("stripped_directions"):
        first += 1
    while first < last and words[first].is_abbreviation:
        first += 1
    while first + 1 < last and words[first].lower in word_list("kinds") and words[first + 1].text == "of":
        first += 2
    return replace(entity, first=first, last=last)
