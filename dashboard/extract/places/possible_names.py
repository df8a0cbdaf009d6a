"""Possible names of places with the evidence for and against them: gazetteer names, entities of the recogniser,
and unlisted names that only their context reveals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.extract.places.entities import Entity, bare_name
from dashboard.extract.places.gazetteer_names import NameMatch, name_matches
from dashboard.extract.places.name_evidence import (
    NameEvidence,
    Surroundings,
    context_evidence,
    is_heading,
    name_strength,
    recogniser_evidence,
)
from dashboard.extract.places.unlisted import is_ordinary, unlisted_names
from dashboard.extract.text.tokens import Token
from dashboard.extract.text.word_lists import word_list
from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.peoples import peoples

_UNKNOWN = {"GPE": 1.6, "LOC": 0.6, "FAC": -0.6}
"""Points of a name in no gazetteer, by the recogniser's label."""
_WRITTEN_LARGE = -1.2
"""Points of a name in text all in capitals, where any word may look like one."""


@dataclass(slots=True)
class PossibleName:
    """Words that may be a place's name, with the evidence for and against."""

    first: int
    last: int
    points: list[NameEvidence]
    match: NameMatch | None = None
    stands_for: str = ""
    total: float = field(init=False)

    def __post_init__(self) -> None:
        self.total = sum(points for points, _ in self.points)

    def add(self, points: float, reason: str) -> None:
        """Add one piece of evidence."""
        self.points.append((points, reason))
        self.total += points

    @property
    def reason(self) -> str:
        """The strongest evidence first, at most three."""
        pro = sorted((point for point in self.points if point[0] > 0), key=lambda point: -point[0])
        return ", ".join(reason for _, reason in pro[:3])


def possible_names(text: str, words: Sequence[Token], around: Surroundings, gazetteer: Gazetteer) -> list[PossibleName]:
    """All possible names of places, in order; they may overlap."""
    named = [
        _from_match(match, around)
        for match in name_matches(text, words, gazetteer)
        if not _is_never_place(match, words)
    ]
    name_at = {at: name for name in named for at in range(name.first, name.last + 1)}
    unique = dict.fromkeys(around.entity_at.values())
    unknown = [_from_entity(bare_name(name, words), around) for name in unique if name.is_place]
    unknown = [name for name in unknown if not _is_covered(name, name_at, words) and not _is_not_a_place(name, words)]
    sure = {at for name in named if name.total > 0 for at in range(name.first, name.last + 1)}
    seen = sure | {at for name in unknown for at in range(name.first, name.last + 1)}
    by_words = [PossibleName(*name) for name in unlisted_names(around, seen)]
    return sorted([*named, *unknown, *by_words], key=lambda name: name.first)


def _from_match(match: NameMatch, around: Surroundings) -> PossibleName:
    first, last = match.first, match.last
    points = [*name_strength(match), *recogniser_evidence(first, last, around), *context_evidence(first, last, around)]
    is_short = around.words[first].is_abbreviation and first == last and not is_heading(first, last, around)
    if is_short and match.best.name_kind != "curated":
        points.append((-10.0, "an abbreviation that our own table lacks"))
    if around.words[first].is_caseless and match.best.score < 5.0:
        points.append((-4.0, "a short name in a script without capitals"))
    if around.words[first].is_shouted and match.best.place.feature_code != "PCLI":
        points.append((_WRITTEN_LARGE, "in a text all in capitals"))
    return PossibleName(first, last, points, match, match.listed_as)


def _from_entity(entity: Entity, around: Surroundings) -> PossibleName:
    points = [
        (_UNKNOWN[entity.label], f"recognised as {entity.label}"),
        *context_evidence(entity.first, entity.last, around),
    ]
    return PossibleName(entity.first, entity.last, points)


def _is_never_place(match: NameMatch, words: Sequence[Token]) -> bool:
    name = match.name.lower()
    before = words[match.first - 1].lower if match.first else ""
    if f"{before} {name}" in word_list("never_places"):
        return True
    if words[match.first].is_shouted and match.first == match.last and is_ordinary(words[match.first].folded):
        return True
    is_word = match.first == match.last and match.best.name_kind != "curated" and len(name.replace(".", "")) <= 2
    return name in word_list("never_places") or is_word


def _is_not_a_place(name: PossibleName, words: Sequence[Token]) -> bool:
    """Whether the recogniser mistook it for a place: a number, an abbreviation, a people or an everyday word."""
    first = words[name.first]
    text = " ".join(word.text for word in words[name.first : name.last + 1])
    bare = text.lower()
    if bare in word_list("never_places") or bare in word_list("kinds") or any(map(str.isdigit, text)):
        return True
    return name.first == name.last and (first.is_abbreviation or len(text) < 3 or first.text in peoples())


def _is_covered(name: PossibleName, name_at: Mapping[int, PossibleName], words: Sequence[Token]) -> bool:
    """Whether gazetteer names cover it better: they are all of it but for function words and kinds."""
    span = range(name.first, name.last + 1)
    inside = {id(name_at[at]): name_at[at] for at in span if at in name_at}.values()
    if not inside:
        return False
    if any(inner.first < name.first or inner.last > name.last for inner in inside):
        return True
    if words[name.last].lower in word_list("bodies"):
        return True
    rest = [words[at].text for at in span if at not in name_at]
    return all(_is_small(word) for word in rest) or len(inside) > 1


def _is_small(word: str) -> bool:
    """Whether it adds nothing to a gazetteer name: "northern", "province", but not "Valley" or "West"."""
    small = word.lower()
    if small in word_list("kinds_in_names"):
        return word[0].islower()
    return small in word_list("stripped_directions") | word_list("kinds") | {"and", "of", "the", "in", "or", "to"}
