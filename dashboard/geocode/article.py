"""Which places the names of one article mean, all of them together: each is evidence for the others.

Two rounds: in the first each name votes for the countries its candidates lie in; in the second the places found
are one another's neighbours. One name has one sense in an article, unless the words beside it tell another kind.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from dashboard.gazetteer import Gazetteer
from dashboard.geocode.cues import Names, kind_beside
from dashboard.geocode.evidence import Context
from dashboard.geocode.resolve import OwnPlaces, Resolution, likeliest, resolve
from dashboard.model import Candidate, Place, Toponym, ToponymRole
from dashboard.names import fold_name

_BEFORE, _AFTER = 60, 80
"""Characters beside a name in which the kind of its place is looked for."""
_NEIGHBOURS = 24
"""Places of the article that count for nearness, the most often named first."""

_HOLDS = re.compile(r"\s?,\s*(?:in\s+(?:the\s+)?)?|\s+(?:in|of)\s+(?:the\s+)?|\s*\(\s*", re.IGNORECASE)
_HELD_BY = re.compile(r"['’]s?\s+(?:\w+\s+){0,3}")


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of the article in one sense, with the mentions that have it."""

    words: str
    mentions: tuple[int, ...]
    """Into the list of toponyms."""
    around: tuple[str, str]
    """Of the mention that tells most of the place's kind."""


class _Names:
    """A gazetteer that remembers what it was asked: articles say the same names again and again."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.candidates = lru_cache(8192)(gazetteer.candidates)


@lru_cache(4)
def _remembering(gazetteer: Gazetteer) -> _Names:
    return _Names(gazetteer)


def resolve_article(
    toponyms: Sequence[Toponym], text: str, gazetteer: Gazetteer, own: OwnPlaces | None = None
) -> list[Resolution | None]:
    """The places the toponyms mean, in their order; None where no place has the name, and for demonyms.

    ``text`` is the article the toponyms' offsets count in.
    """
    names = _remembering(gazetteer)
    article = _Article(toponyms, text, names)
    votes = article.votes()
    first = {
        name: likeliest(name.words, article.beside(name, Context(countries=votes)), names, own)
        for name in article.names
    }
    second = {
        name: resolve(name.words, article.beside(name, article.context(name, first)), names, own)
        for name in article.names
    }
    by_mention = {mention: second[name] for name in article.names for mention in name.mentions}
    return [by_mention.get(at) for at in range(len(toponyms))]


class _Article:
    """The toponyms of one article, grouped by name and sense."""

    def __init__(self, toponyms: Sequence[Toponym], text: str, names: Names) -> None:
        self._toponyms, self._text, self._gazetteer = toponyms, text, names
        self.names = self._grouped()
        self._parents, self._children = self._relations()

    def _grouped(self) -> list[_Name]:
        groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        around: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = {}
        for at, one in enumerate(self._toponyms):
            if one.role is ToponymRole.DEMONYM:
                continue
            beside = self._text[max(one.start - _BEFORE, 0) : one.start], self._text[one.end : one.end + _AFTER]
            cue = kind_beside(*beside)
            key = (fold_name(one.name or one.text), cue.codes if cue else ())
            groups.setdefault(key, []).append(at)
            around.setdefault(key, beside)
        return [
            _Name(self._toponyms[mentions[0]].name or self._toponyms[mentions[0]].text, tuple(mentions), around[key])
            for key, mentions in groups.items()
        ]

    def _relations(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """For each mention those it stands beside as what it lies in ("Dallas, Texas"), and the reverse."""
        parents: dict[int, list[int]] = {}
        children: dict[int, list[int]] = {}
        for near in range(len(self._toponyms) - 1):
            between = self._text[self._toponyms[near].end : self._toponyms[near + 1].start]
            for pattern, child, parent in ((_HOLDS, near, near + 1), (_HELD_BY, near + 1, near)):
                if pattern.fullmatch(between):
                    parents.setdefault(child, []).append(parent)
                    children.setdefault(parent, []).append(child)
        return parents, children

    def votes(self) -> dict[str, float]:
        """Votes by country code, as the names' likeliest candidates and the peoples have it."""
        votes = self._votes_of_peoples()
        for name in self.names:
            weight = _weight(len(name.mentions))
            for code, share in _shares(self._gazetteer.candidates(name.words)).items():
                votes[code] += weight * share
        votes.pop("", None)
        return votes

    def _votes_of_peoples(self) -> defaultdict[str, float]:
        peoples = Counter(one.name for one in self._toponyms if one.role is ToponymRole.DEMONYM and one.name)
        votes: defaultdict[str, float] = defaultdict(float)
        for country, count in peoples.items():
            if best := next(iter(self._gazetteer.candidates(country)), None):
                votes[best.place.country_code] += _weight(count)
        return votes

    def context(self, name: _Name, found: Mapping[_Name, Place | None]) -> Context:
        """What the other names' places say about this one."""
        others = [(other, place) for other, place in found.items() if place and other is not name]
        votes = self._votes_of_peoples()
        provinces: defaultdict[tuple[str, str], float] = defaultdict(float)
        for other, place in others:
            weight = _weight(len(other.mentions))
            if place.country_code:
                votes[place.country_code] += weight
            if place.feature_code == "ADM1":
                provinces[place.country_code, fold_name(place.name)] += 1.0
            elif place.admin1_name:
                provinces[place.country_code, fold_name(place.admin1_name)] += 0.4
        return Context(countries=votes, provinces=provinces, neighbours=_neighbours(others))

    def beside(self, name: _Name, context: Context) -> Context:
        """The context with what stands right beside the name's mentions."""
        return replace(
            context,
            around=name.around,
            parents=tuple(
                one for one in self._related(name, self._parents) if one.place.feature_code.startswith(("PCL", "ADM1"))
            ),
            children=tuple(self._related(name, self._children)),
        )

    def _related(self, name: _Name, relation: Mapping[int, Sequence[int]]) -> list[Candidate]:
        words = {
            self._toponyms[other].name or self._toponyms[other].text
            for mention in name.mentions
            for other in relation.get(mention, ())
        }
        return [candidate for word in sorted(words) for candidate in self._gazetteer.candidates(word)]


def _weight(mentions: int) -> float:
    """What a name weighs by how often it is said: the tenth mention tells less than the first."""
    return 1 + math.log2(mentions)


def _shares(candidates: Sequence[Candidate]) -> dict[str, float]:
    """How likely a name is in each country, before any context: each point of score counts fivefold."""
    if not candidates:
        return {}
    best = candidates[0].score
    weights: defaultdict[str, float] = defaultdict(float)
    for one in candidates[:20]:
        if best - one.score < 4:
            code = one.place.country_code
            weights[code] = max(weights[code], 5.0 ** (one.score - best))
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def _neighbours(others: Sequence[tuple[_Name, Place]]) -> tuple[Place, ...]:
    """Places small enough for nearness to mean something."""
    near = [(name, place) for name, place in others if not place.feature_code.startswith(("PCL", "CONT", "RGN", "SEA"))]
    near.sort(key=lambda one: -len(one[0].mentions))
    return tuple(place for _, place in near[:_NEIGHBOURS])
