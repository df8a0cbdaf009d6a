"""The place names of a text: the gazetteer's names weighed with the recogniser's entities and the words around.

Nothing here says where a place lies: that is resolution. Every finding has the reason it was taken for.
"""

import re
from collections.abc import Iterable, Sequence

from dashboard.errors import DataError
from dashboard.extract.places.entities import entities
from dashboard.extract.places.name_evidence import Surroundings
from dashboard.extract.places.ner import READ_LIMIT, Recogniser
from dashboard.extract.places.possible_names import PossibleName, possible_names
from dashboard.extract.places.roles import role_of
from dashboard.extract.places.short_forms import defined_short_forms, state_after_comma
from dashboard.extract.text.tokens import Token, tokens
from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.peoples import peoples
from dashboard.model import Toponym, ToponymRole

TEXT_LIMIT = 200_000
"""Characters of a text that are read."""

_SURE = 1.0
"""Points of a name that proves its other mentions in the text."""
_SENSE, _LISTED = 3.5, 2.0


def recognise(text: str, gazetteer: Gazetteer, recogniser: Recogniser | None = None) -> list[Toponym]:
    """The place names of the text and its demonyms, in order and without overlap.

    Without a recogniser the gazetteer and the rules alone decide: surer of what they find, blind to the rest.
    """
    text = text[:TEXT_LIMIT]
    words = tokens(text)
    around = _surroundings(text, words, recogniser)
    possible = possible_names(text, words, around, gazetteer)
    _add_short_forms(text, words, possible)
    _lift_listed(possible, around)
    _lift_repeated(possible, words)
    chosen = _without_overlap(one for one in possible if one.total > 0)
    found = [_toponym(one, around) for one in chosen]
    taken = {at for one in chosen for at in range(one.first, one.last + 1)}
    found += [_demonym(word) for at, word in enumerate(words) if at not in taken and word.text in peoples()]
    return sorted(found, key=lambda one: one.start)


def toponyms_at(
    text: str, spans: Iterable[tuple[int, int]], gazetteer: Gazetteer, recogniser: Recogniser | None = None
) -> list[Toponym]:
    """The toponyms a person has marked at these offsets, with the long forms of short ones, and the demonyms found.

    In order; a span outside the text or empty raises DataError.
    """
    found = recognise(text, gazetteer, recogniser)
    known = {(one.start, one.end): one for one in found if one.role is not ToponymRole.DEMONYM}
    long_forms = {one.text: one.name for one in found if one.name and one.role is not ToponymRole.DEMONYM}
    marked: dict[tuple[int, int], Toponym] = {}
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            raise DataError(f"a toponym must lie within its text of {len(text)} characters, got {start} to {end}.")
        name = long_forms.get(text[start:end], "")
        made = Toponym(text=text[start:end], start=start, end=end, name=name, reason="marked by a person")
        marked[start, end] = known.get((start, end), made)
    others = [one for one in found if one.role is ToponymRole.DEMONYM and not _touches(one, marked)]
    return sorted([*marked.values(), *others], key=lambda one: (one.start, one.end))


def _touches(one: Toponym, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < one.end and one.start < end for start, end in spans)


def _surroundings(text: str, words: Sequence[Token], recogniser: Recogniser | None) -> Surroundings:
    seen = entities(recogniser(text) if recogniser else [], words)
    found = [one for one in seen if not words[one.first].is_shouted]
    return Surroundings(
        text=text,
        words=words,
        entity_at={at: one for one in found for at in range(one.first, one.last + 1)},
        recognised_to=READ_LIMIT if recogniser else 0,
        lower_words=frozenset(word.text for word in words if not word.is_capital),
        surnames=frozenset(
            words[at].folded
            for one in found
            if one.label == "PERSON" and one.last > one.first
            for at in range(one.first, one.last + 1)
        ),
    )


def _add_short_forms(text: str, words: Sequence[Token], possible: list[PossibleName]) -> None:
    """Names in brackets after a place's name, where else they occur; states after a comma ("Dallas, TX")."""
    accepted = {one.last: one for one in possible if one.total > 0}
    known = {at for one in possible if one.total > 0 for at in range(one.first, one.last + 1)}
    shorts = defined_short_forms(text, words, {at: (one.first, one.last) for at, one in accepted.items()})
    for at, word in enumerate(words):
        if at in known or not word.is_capital:
            continue
        if word.text in shorts:
            possible.append(PossibleName(at, at, [(4.0, f"short for {shorts[word.text]}")], None, shorts[word.text]))
        elif (state := state_after_comma(text, words, at)) and at - 1 in accepted:
            possible.append(PossibleName(at, at, [(3.0, f"short for {state}")], None, state))
    possible.sort(key=lambda one: one.first)


def _lift_listed(possible: Sequence[PossibleName], around: Surroundings) -> None:
    """A name in a list with places is a place: "Garut, Tasik and Ciamis"; one before its state is, too."""
    for order in (possible, possible[::-1]):
        for one, other in zip(order[1:], order, strict=False):
            near, far = sorted((one, other), key=lambda p: p.first)
            if one.total <= 0 < other.total and _is_listed(near, far, around):
                one.add(_LISTED, "beside another place")


def _is_listed(near: PossibleName, far: PossibleName, around: Surroundings) -> bool:
    between = around.text[around.words[near.last].full_end : around.words[far.first].start]
    return bool(re.fullmatch(r"\s?,\s|,?\s(?:and|or|y|et|и|و)\s|\s?[/–(-]\s?|,\s(?:and|or)\s", between))


def _lift_repeated(possible: Sequence[PossibleName], words: Sequence[Token]) -> None:
    """One sense in a text: a sure mention proves the others, unless they are part of a longer name."""

    def key(one: PossibleName) -> str:
        return " ".join(word.folded for word in words[one.first : one.last + 1])

    best: dict[str, float] = {}
    for one in possible:
        best[key(one)] = max(best.get(key(one), -9.0), one.total)
    for one in possible:
        is_part = any(points <= -_SENSE for points, _ in one.points)
        if one.total <= 0 and best[key(one)] >= _SURE and not is_part:
            one.add(_SENSE, "a place elsewhere in the text")


def _without_overlap(possible: Iterable[PossibleName]) -> list[PossibleName]:
    """The longest first, then the surest."""
    chosen: list[PossibleName] = []
    taken: set[int] = set()
    for one in sorted(possible, key=lambda p: (-(p.last - p.first), -p.total, p.first)):
        span = range(one.first, one.last + 1)
        if taken.isdisjoint(span):
            chosen.append(one)
            taken.update(span)
    return sorted(chosen, key=lambda p: p.first)


def _demonym(word: Token) -> Toponym:
    return Toponym(
        text=word.text,
        start=word.start,
        end=word.end,
        role=ToponymRole.DEMONYM,
        name=peoples()[word.text],
        reason="a people, not a place",
    )


def _toponym(one: PossibleName, around: Surroundings) -> Toponym:
    start, end = around.words[one.first].start, around.words[one.last].end
    role, reason = role_of(one.first, one.last, one.match, around)
    return Toponym(
        text=around.text[start:end],
        start=start,
        end=end,
        role=role,
        name=one.stands_for,
        reason=f"{one.reason}; {reason}" if reason else one.reason,
    )
