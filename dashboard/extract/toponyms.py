"""The place names of a text: the gazetteer's names weighed with the recogniser's entities and the words around.

Nothing here says where a place lies: that is resolution. Every finding has the reason it was taken for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.errors import DataError
from dashboard.extract.entities import Entity, bare_name, entities
from dashboard.extract.evidence import Point, Surroundings, context, recognised, strength
from dashboard.extract.matching import Match, NameIndex, matches, name_index
from dashboard.extract.recogniser import READ_LIMIT, Recogniser
from dashboard.extract.roles import peoples, role_of
from dashboard.extract.short_forms import defined_short_forms, state_after_comma
from dashboard.extract.tokens import Token, tokens
from dashboard.extract.word_lists import word_list
from dashboard.gazetteer import Gazetteer
from dashboard.model import Toponym, ToponymRole

TEXT_LIMIT = 200_000
"""Characters of a text that are read."""

_SURE = 1.0
"""Points of a name that proves its other mentions in the text."""
_SENSE, _LISTED = 3.5, 2.0
_UNKNOWN = {"GPE": 1.6, "LOC": 0.6, "FAC": -1.2}
"""Points of a name no gazetteer has, by the recogniser's label."""


@dataclass(slots=True)
class _Proposal:
    """Words that may be a place's name, with what speaks for and against."""

    first: int
    last: int
    points: list[Point]
    match: Match | None = None
    stands_for: str = ""
    total: float = field(init=False)

    def __post_init__(self) -> None:
        self.total = sum(points for points, _ in self.points)

    def add(self, points: float, reason: str) -> None:
        self.points.append((points, reason))
        self.total += points

    @property
    def reason(self) -> str:
        """The strongest evidence first, at most three."""
        pro = sorted((point for point in self.points if point[0] > 0), key=lambda point: -point[0])
        return ", ".join(reason for _, reason in pro[:3])


def recognise(text: str, gazetteer: Gazetteer, recogniser: Recogniser | None = None) -> list[Toponym]:
    """The place names of the text and its demonyms, in order and without overlap.

    Without a recogniser the gazetteer and the rules alone decide: surer of what they find, blind to the rest.
    """
    text = text[:TEXT_LIMIT]
    words = tokens(text)
    around = _surroundings(text, words, recogniser)
    index = name_index(gazetteer)
    proposals = _proposals(text, words, around, index)
    _add_short_forms(text, words, proposals)
    _lift_listed(proposals, around)
    _lift_repeated(proposals, words)
    chosen = _without_overlap(one for one in proposals if one.total > 0)
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
    found = entities(recogniser(text) if recogniser else [], words)
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


def _proposals(text: str, words: Sequence[Token], around: Surroundings, index: NameIndex) -> list[_Proposal]:
    named = [_of_match(match, around) for match in matches(text, words, index) if not _is_never(match, words)]
    taken = {at: one for one in named for at in range(one.first, one.last + 1)}
    unique = dict.fromkeys(around.entity_at.values())
    unknown = [_of_entity(bare_name(one, words), around) for one in unique if one.is_place]
    return sorted(
        [*named, *(one for one in unknown if not _is_known(one, taken, words) and not _is_no_name(one, words))],
        key=lambda one: one.first,
    )


def _of_match(match: Match, around: Surroundings) -> _Proposal:
    first, last = match.first, match.last
    points = [*strength(match), *recognised(first, last, around), *context(first, last, around)]
    if around.words[first].is_abbreviation and first == last and match.best.name_kind != "curated":
        points.append((-10.0, "an abbreviation that our own table lacks"))
    if around.words[first].is_caseless and match.best.score < 5.0:
        points.append((-4.0, "a short name in a script without capitals"))
    return _Proposal(first, last, points, match)


def _of_entity(entity: Entity, around: Surroundings) -> _Proposal:
    points = [(_UNKNOWN[entity.label], f"recognised as {entity.label}"), *context(entity.first, entity.last, around)]
    return _Proposal(entity.first, entity.last, points)


def _is_never(match: Match, words: Sequence[Token]) -> bool:
    name = match.name.lower()
    before = words[match.first - 1].text.lower() if match.first else ""
    if f"{before} {name}" in word_list("never_places"):
        return True
    is_word = match.first == match.last and match.best.name_kind != "curated" and len(name.replace(".", "")) <= 2
    return name in word_list("never_places") or is_word


def _is_no_name(one: _Proposal, words: Sequence[Token]) -> bool:
    """What a recogniser takes for an unknown place and is none: numbers, abbreviations, peoples, everyday words."""
    first = words[one.first]
    text = " ".join(word.text for word in words[one.first : one.last + 1])
    bare = text.lower()
    if bare in word_list("never_places") or bare in word_list("kinds") or any(map(str.isdigit, text)):
        return True
    return one.first == one.last and (first.is_abbreviation or len(text) < 3 or first.text in peoples())


def _is_known(one: _Proposal, taken: Mapping[int, _Proposal], words: Sequence[Token]) -> bool:
    """True if the gazetteer's names say it better: they are all of it but for small words and kinds."""
    span = range(one.first, one.last + 1)
    inside = {id(taken[at]): taken[at] for at in span if at in taken}.values()
    if not inside:
        return False
    if any(known.first < one.first or known.last > one.last for known in inside):
        return True
    if words[one.last].text.lower() in word_list("bodies"):
        return True
    rest = [words[at].text for at in span if at not in taken]
    return all(_is_small(word) for word in rest) or len(inside) > 1


def _is_small(word: str) -> bool:
    """Adds nothing to a name the gazetteer has: "northern", "province", but not "Valley" or "West"."""
    small = word.lower()
    if small in word_list("kinds_in_names"):
        return word[0].islower()
    return small in word_list("stripped_directions") | word_list("kinds") | {"and", "of", "the", "in", "or", "to"}


def _add_short_forms(text: str, words: Sequence[Token], proposals: list[_Proposal]) -> None:
    """Names in brackets after a place's name, where else they occur; states after a comma ("Dallas, TX")."""
    accepted = {one.last: one for one in proposals if one.total > 0}
    known = {at for one in proposals if one.total > 0 for at in range(one.first, one.last + 1)}
    shorts = defined_short_forms(text, words, {at: (one.first, one.last) for at, one in accepted.items()})
    for at, word in enumerate(words):
        if at in known or not word.is_capital:
            continue
        if word.text in shorts:
            proposals.append(_Proposal(at, at, [(4.0, f"short for {shorts[word.text]}")], None, shorts[word.text]))
        elif (state := state_after_comma(text, words, at)) and at - 1 in accepted:
            proposals.append(_Proposal(at, at, [(3.0, f"short for {state}")], None, state))
    proposals.sort(key=lambda one: one.first)


def _lift_listed(proposals: Sequence[_Proposal], around: Surroundings) -> None:
    """A name in a list with places is a place: "Garut, Tasik and Ciamis"; one before its state is, too."""
    for order in (proposals, proposals[::-1]):
        for one, other in zip(order[1:], order, strict=False):
            near, far = sorted((one, other), key=lambda p: p.first)
            if one.total <= 0 < other.total and _is_listed(near, far, around):
                one.add(_LISTED, "beside another place")


def _is_listed(near: _Proposal, far: _Proposal, around: Surroundings) -> bool:
    between = around.text[around.words[near.last].full_end : around.words[far.first].start]
    return bool(re.fullmatch(r"\s?,\s|,?\s(?:and|or|y|et|и|و)\s|\s?[/–(-]\s?|,\s(?:and|or)\s", between))


def _lift_repeated(proposals: Sequence[_Proposal], words: Sequence[Token]) -> None:
    """One sense in a text: a sure mention proves the others, unless they are part of a longer name."""

    def key(one: _Proposal) -> str:
        return " ".join(word.folded for word in words[one.first : one.last + 1])

    best: dict[str, float] = {}
    for one in proposals:
        best[key(one)] = max(best.get(key(one), -9.0), one.total)
    for one in proposals:
        is_part = any(points <= -_SENSE for points, _ in one.points)
        if one.total <= 0 and best[key(one)] >= _SURE and not is_part:
            one.add(_SENSE, "a place elsewhere in the text")


def _without_overlap(proposals: Iterable[_Proposal]) -> list[_Proposal]:
    """The longest first, then the surest."""
    chosen: list[_Proposal] = []
    taken: set[int] = set()
    for one in sorted(proposals, key=lambda p: (-(p.last - p.first), -p.total, p.first)):
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


def _toponym(one: _Proposal, around: Surroundings) -> Toponym:
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
