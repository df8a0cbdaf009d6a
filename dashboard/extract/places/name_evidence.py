"""The evidence for and against a name being a place: points, each with its reason in words.

A name with a sum above 0 is a place. Points are set by hand: 3 is proof unless other evidence contradicts, 1 a hint.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.extract.places.entities import Entity
from dashboard.extract.places.gazetteer_names import NameMatch
from dashboard.extract.text.tokens import Token
from dashboard.extract.text.word_lists import word_list

NameEvidence = tuple[float, str]
"""Points for (above 0) or against, and the reason."""

_LEVELS = ((6.0, 1.5), (5.0, 0.8), (4.2, 0.0), (0.0, -0.8))
"""Minimum gazetteer score (for towns the logarithm of the population), and the points it gives."""

_SAME = {"GPE": 3.0, "LOC": 2.5, "FAC": 1.5, "PERSON": -0.5, "NORP": -1.0, "ORG": -0.5}
_WITHIN = {"GPE": 1.5, "LOC": 1.5, "FAC": -1.0, "PERSON": -7.0, "NORP": -3.0, "ORG": -5.0, "EVENT": -1.0}
_AFTER_HEADING = re.compile(r"(?:, [^\n(–—]{1,40})? (?:[–—-]{1,2} |\([A-Z][A-Za-z ]{1,20}\))")
_OTHER_SAME, _OTHER_WITHIN, _NO_ENTITY = -1.0, -3.0, -0.6
_HEADS = 0.7
"""Points for the place of a dateline or heading: enough for a well-known town."""
_IN_PASSING = -2.0
"""Replaces the points of `_WITHIN` for public bodies: "the Government of Iraq", "U.S. Department of State"."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The text around the names: its words, and the recogniser's entities."""

    text: str
    words: Sequence[Token]
    entity_at: dict[int, Entity]
    """The entity of each token that is part of one."""
    recognised_to: int
    """Offset where the recogniser stopped reading; 0 without a recogniser."""
    lower_words: frozenset[str]
    """Words that also occur in lower case."""
    surnames: frozenset[str]
    """Words of personal names, folded."""

    def is_read(self, at: int) -> bool:
        """Whether the recogniser's answer on this word counts: it cannot read text all in capitals."""
        return self.words[at].end <= self.recognised_to and not self.words[at].is_shouted

    def word(self, at: int) -> str:
        """The word in lower case; "" outside the text."""
        return self.words[at].lower if 0 <= at < len(self.words) else ""

    def gap(self, before: int) -> str:
        """The text between the word and the next one, with any "'s"."""
        if not 0 <= before < len(self.words) - 1:
            return "\n"
        return self.text[self.words[before].end : self.words[before + 1].start]


def name_strength(match: NameMatch) -> Iterator[NameEvidence]:
    """How likely the name by itself is a place."""
    place, kind = match.best.place, match.best.name_kind
    if place.feature_code == "PCLI":
        yield (3.0 if kind in ("primary", "curated") else 1.5), "name of a country"
    elif kind == "curated":
        yield 2.5, "name in our own table"
    elif place.feature_code == "ADM1":
        yield (1.2 if kind == "primary" else 0.6), "name of a province"
    elif place.feature_code == "PPLC" and kind == "primary":
        yield 2.0, "name of a capital"
    else:
        level = next(points for least, points in _LEVELS if match.best.score >= least)
        yield level, "name of a known place"
    if match.last > match.first:
        yield 1.5, "name of several words"
    elif match.name.lower() in word_list("everyday") and place.feature_code != "PCLI":
        yield -2.5, "also an everyday word or a person's name"


def recogniser_evidence(first: int, last: int, around: Surroundings) -> Iterator[NameEvidence]:
    """What the recogniser says about the words."""
    if not around.is_read(first):
        return
    entity = next((around.entity_at[at] for at in range(first, last + 1) if at in around.entity_at), None)
    if entity is None:
        yield _NO_ENTITY, "no named entity"
    elif entity.first >= first and entity.last <= last:
        yield _SAME.get(entity.label, _OTHER_SAME), f"recognised as {entity.label}"
    elif entity.label == "ORG" and _is_in_passing(first, last, entity, around):
        yield _IN_PASSING, "in the name of a public body"
    else:
        yield _WITHIN.get(entity.label, _OTHER_WITHIN), f"within a name recognised as {entity.label}"


def _is_in_passing(first: int, last: int, entity: Entity, around: Surroundings) -> bool:
    """Whether it names whose public body it is: "Peru Ministry of Health", but not "Bank of Peru" or "Peru Times"."""
    if first == entity.first:
        return around.word(last + 1) in word_list("civil_bodies")
    at = first - 2 if around.word(first - 1) == "the" else first - 1
    return around.word(at) in ("of", "in", "for") and around.word(at - 1) not in word_list("named_after_places")


def is_heading(first: int, last: int, around: Surroundings) -> bool:
    """Whether the words, in capitals, open a line as places do: "GOMA (Reuters) –", "BOUAR – An explosive device"."""
    text, start, end = around.text, around.words[first].start, around.words[last].end
    if start and text[start - 1] != "\n":
        return False
    return text[start:end].isupper() and bool(_AFTER_HEADING.match(text, end))


def context_evidence(first: int, last: int, around: Surroundings) -> Iterator[NameEvidence]:
    """What the words next to the name say."""
    if is_heading(first, last, around):
        yield _HEADS, "heads a paragraph"
    yield from _evidence_before(first, around)
    yield from _evidence_after(first, last, around)
    if first == last:
        if around.word(first) in around.lower_words:
            yield -2.0, "the text has the word in lower case, too"
        if around.words[first].folded in around.surnames:
            yield -3.5, "the text names a person so"


def _evidence_before(first: int, around: Surroundings) -> Iterator[NameEvidence]:
    before, gap = around.word(first - 1), around.gap(first - 1).strip(" \u00a0")
    if gap in ("", "the") and not _starts_sentence(first, around):
        at = first - 2 if before == "the" else first - 1
        word = around.word(at)
        if word == "of" and around.word(at - 1) in word_list("kinds"):
            yield 2.5, f"after '{around.word(at - 1)} of'"
        elif around.word(at - 1) in word_list("done_to_places") and word in ("of", "on", "for"):
            yield 1.7, f"after '{around.word(at - 1)} {word}'"
        elif word in word_list("locative"):
            yield 2.0, f"after '{word}'"
        elif word in word_list("place_verbs"):
            yield 1.5, f"after '{word}'"
        elif word in ("to", "from") and around.word(at - 1) in word_list("movements"):
            yield 2.0, f"after '{around.word(at - 1)} {word}'"
        elif word in word_list("half_locative"):
            yield 0.7, f"after '{word}'"
        elif word in word_list("directions") and not around.words[at].is_capital:
            yield 1.5, f"after '{word}'"
    if not around.words[first].is_caseless:
        yield from _beside_capitals(first, around)


def _starts_sentence(first: int, around: Surroundings) -> bool:
    return around.words[first].starts_sentence


def _beside_capitals(first: int, around: Surroundings) -> Iterator[NameEvidence]:
    before = around.word(first - 1)
    if around.words[first].is_abbreviation and before.isdigit() and not around.gap(first - 1).strip():
        yield -9.0, "after a number"
    if first == 0 or around.gap(first - 1).strip(" .") or _starts_sentence(first, around):
        return
    if before in word_list("titles"):
        yield -3.0, f"after the title '{before}'"
    elif len(before) == 1 and around.words[first - 1].is_capital and before not in ("a", "i"):
        yield -3.0, "after an initial"
    elif around.words[first - 1].is_capital and not around.words[first].is_shouted and not _is_function_word(before):
        yield (-0.5 if around.is_read(first) else -2.0), "after another word with a capital"


def _is_function_word(word: str) -> bool:
    """Whether it is capitalised only because it opens a sentence: "Near Palmyra"."""
    return word in word_list("never_places") or word in word_list("locative") or word in word_list("half_locative")


def _evidence_after(first: int, last: int, around: Surroundings) -> Iterator[NameEvidence]:
    after, gap = around.word(last + 1), around.gap(last)
    if around.text[around.words[last].end :][:1] in ("$", "£", "€"):
        yield -9.0, "a currency"
    if gap.strip(" \u00a0-"):
        return
    next_word = around.words[last + 1] if last + 1 < len(around.words) else None
    is_capital = bool(next_word and next_word.is_capital and not (next_word.is_caseless or next_word.is_shouted))
    if after in word_list("kinds"):
        yield 1.8, f"before '{after}'"
    elif after in word_list("never_after"):
        yield -4.0, f"before '{after}'"
    elif is_capital and gap == " " and (last + 1) not in around.entity_at:
        yield (-0.5 if around.is_read(last) else -2.0), "before another word with a capital"
