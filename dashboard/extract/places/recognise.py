"""Recognises the toponyms of a text: gazetteer names, weighed with the recogniser's entities and the context.

Nothing here decides where a place lies: that is resolution. Every toponym has the reason it was recognised for.
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
"""How many characters of a text are read."""

_SURE = 1.0
"""Points at which a name proves its other mentions in the text."""
_SENSE, _LISTED = 3.5, 2.0


def recognise(text: str, gazetteer: Gazetteer, recogniser: Recogniser | None = None) -> list[Toponym]:
    """The toponyms and demonyms of the text, in order and without overlap.

    Without a recogniser the gazetteer and the rules decide alone: they are surer, and miss more.
    """
    text = text[:TEXT_LIMIT]
    words = tokens(text)
    around = _surroundings(text, words, recogniser)
    possible = possible_names(text, words, around, gazetteer)
    _add_short_forms(text, words, possible)
    _raise_listed_names(possible, around)
    _raise_repeated_names(possible, words)
    chosen = _without_overlap(name for name in possible if name.total > 0)
    toponyms = [_toponym(name, around) for name in chosen]
    taken = {at for name in chosen for at in range(name.first, name.last + 1)}
    toponyms += [_demonym(word) for at, word in enumerate(words) if at not in taken and word.text in peoples()]
    return sorted(toponyms, key=lambda name: name.start)


def toponyms_at(
    text: str, spans: Iterable[tuple[int, int]], gazetteer: Gazetteer, recogniser: Recogniser | None = None
) -> list[Toponym]:
    """The toponyms that a person marked at these offsets, short forms with their long form, and the demonyms found.

    In order. Raises DataError for a span that is empty or outside the text.
    """
    toponyms = recognise(text, gazetteer, recogniser)
    recognised = {
        (toponym.start, toponym.end): toponym for toponym in toponyms if toponym.role is not ToponymRole.DEMONYM
    }
    long_forms = {
        toponym.text: toponym.name for toponym in toponyms if toponym.name and toponym.role is not ToponymRole.DEMONYM
    }
    marked: dict[tuple[int, int], Toponym] = {}
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            raise DataError(f"a toponym must lie within its text of {len(text)} characters, got {start} to {end}.")
        name = long_forms.get(text[start:end], "")
        as_marked = Toponym(text=text[start:end], start=start, end=end, name=name, reason="marked by a person")
        marked[start, end] = recognised.get((start, end), as_marked)
    others = [
        toponym for toponym in toponyms if toponym.role is ToponymRole.DEMONYM and not _overlaps_any(toponym, marked)
    ]
    return sorted([*marked.values(), *others], key=lambda toponym: (toponym.start, toponym.end))


def _overlaps_any(name: Toponym, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < name.end and name.start < end for start, end in spans)


def _surroundings(text: str, words: Sequence[Token], recogniser: Recogniser | None) -> Surroundings:
    seen = entities(recogniser(text) if recogniser else [], words)
    readable = [entity for entity in seen if not words[entity.first].is_shouted]
    return Surroundings(
        text=text,
        words=words,
        entity_at={at: entity for entity in readable for at in range(entity.first, entity.last + 1)},
        recognised_to=READ_LIMIT if recogniser else 0,
        lower_words=frozenset(word.text for word in words if not word.is_capital),
        surnames=frozenset(
            words[at].folded
            for entity in readable
            if entity.label == "PERSON" and entity.last > entity.first
            for at in range(entity.first, entity.last + 1)
        ),
    )


def _add_short_forms(text: str, words: Sequence[Token], possible: list[PossibleName]) -> None:
    """Add short forms defined in brackets after a name, and states after a comma ("Dallas, TX")."""
    accepted = {name.last: name for name in possible if name.total > 0}
    name_tokens = {at for name in possible if name.total > 0 for at in range(name.first, name.last + 1)}
    shorts = defined_short_forms(text, words, {at: (name.first, name.last) for at, name in accepted.items()})
    for at, word in enumerate(words):
        if at in name_tokens or not word.is_capital:
            continue
        if word.text in shorts:
            possible.append(PossibleName(at, at, [(4.0, f"short for {shorts[word.text]}")], None, shorts[word.text]))
        elif (state := state_after_comma(text, words, at)) and at - 1 in accepted:
            possible.append(PossibleName(at, at, [(3.0, f"short for {state}")], None, state))
    possible.sort(key=lambda name: name.first)


def _raise_listed_names(possible: Sequence[PossibleName], around: Surroundings) -> None:
    """A name listed with places is a place, too ("Garut, Tasik and Ciamis"), and so is one before its state."""
    for order in (possible, possible[::-1]):
        for name, other in zip(order[1:], order, strict=False):
            near, far = sorted((name, other), key=lambda p: p.first)
            if name.total <= 0 < other.total and _is_listed(near, far, around):
                name.add(_LISTED, "beside another place")


def _is_listed(near: PossibleName, far: PossibleName, around: Surroundings) -> bool:
    between = around.text[around.words[near.last].full_end : around.words[far.first].start]
    return bool(re.fullmatch(r"\s?,\s|,?\s(?:and|or|y|et|и|و)\s|\s?[/–(-]\s?|,\s(?:and|or)\s", between))


def _raise_repeated_names(possible: Sequence[PossibleName], words: Sequence[Token]) -> None:
    """One sense per text: a sure mention proves the others, unless they are part of a longer name."""

    def key(name: PossibleName) -> str:
        return " ".join(word.folded for word in words[name.first : name.last + 1])

    best: dict[str, float] = {}
    for name in possible:
        best[key(name)] = max(best.get(key(name), -9.0), name.total)
    for name in possible:
        is_part = any(points <= -_SENSE for points, _ in name.points)
        if name.total <= 0 and best[key(name)] >= _SURE and not is_part:
            name.add(_SENSE, "a place elsewhere in the text")


def _without_overlap(possible: Iterable[PossibleName]) -> list[PossibleName]:
    """Resolve overlaps: the longest name wins, then the surest."""
    chosen: list[PossibleName] = []
    taken: set[int] = set()
    for name in sorted(possible, key=lambda p: (-(p.last - p.first), -p.total, p.first)):
        span = range(name.first, name.last + 1)
        if taken.isdisjoint(span):
            chosen.append(name)
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


def _toponym(name: PossibleName, around: Surroundings) -> Toponym:
    start, end = around.words[name.first].start, around.words[name.last].end
    role, reason = role_of(name.first, name.last, name.match, around)
    return Toponym(
        text=around.text[start:end],
        start=start,
        end=end,
        role=role,
        name=name.stands_for,
        reason=f"{name.reason}; {reason}" if reason else name.reason,
    )
