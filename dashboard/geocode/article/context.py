"""The context that an article gives its names: which places all of them mean together, each evidence for the others.

Who reads an article asks for its toponyms, who fills a row for the name in it: a name has one answer.
Two rounds: in the first each name votes for the countries its candidates lie in; in the second the places found
are one another's neighbours. One name has one sense in an article, unless the words beside it tell another kind.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.names import fold_name
from dashboard.geocode.cues import kind_beside
from dashboard.geocode.own_places import OwnPlaces
from dashboard.geocode.resolve import Resolution, choose, likeliest, look_up, resolve
from dashboard.geocode.scoring import Context
from dashboard.geocode.stated_country import StatedCountry
from dashboard.model import Candidate, Place, Toponym, ToponymRole

_BEFORE, _AFTER = 60, 80
"""Characters beside a name in which the kind of its place is looked for."""
_BETWEEN = 60
"""Characters between two names that may be neighbours."""
_NEIGHBOURS = 24
"""Places of the article that count for nearness, the most often named first."""
_MOST_NAMES = 2_000
"""Different names of one article that are resolved, the most often named first: no article has so many."""

_TOO_WIDE = ("PCL", "CONT", "RGN", "SEA")
"""Starts of feature codes of places too wide for nearness to mean something."""
_NOTHING = 1e-9
"""What is left of a sum of votes by rounding."""

_HOLDS = re.compile(r"\s?,\s*(?:in\s+(?:the\s+)?)?|\s+(?:in|of)\s+(?:the\s+)?|\s*\(\s*", re.IGNORECASE)
_HELD_BY = re.compile(r"['’]s?\s+(?:\w+\s+){0,3}")


@dataclass(frozen=True, slots=True, eq=False)  # compared as objects: there is one for each name
class _Name:
    """One name of the article in one sense, with the mentions that have it."""

    words: str
    mentions: tuple[int, ...]
    """Into the list of toponyms."""
    around: tuple[str, str]
    """Of the mention that tells most of the place's kind."""


class ArticleContext:
    """One article as the context of the names in it, and of others that stand for them in rows read from it.

    ``text`` is the article that the toponyms' offsets count in; ``own`` are a person's places.
    """

    def __init__(
        self, toponyms: Sequence[Toponym], text: str, gazetteer: Gazetteer, own: OwnPlaces | None = None
    ) -> None:
        self._gazetteer, self._own = gazetteer, own
        self.toponyms = toponyms
        article = _Article(toponyms, text, gazetteer)
        votes = Context(countries=article.votes())
        self._beside = {name: article.beside(name) for name in article.names}
        self._meanings = {name: look_up(name.words, context, gazetteer, own) for name, context in self._beside.items()}
        first = {
            name: likeliest(found, _joined(self._beside[name], votes), gazetteer)
            for name, found in self._meanings.items()
        }
        self._tally = _Tally({name: place for name, place in first.items() if place}, article.votes_of_peoples)
        self._name_of = {mention: name for name in article.names for mention in name.mentions}
        self.peoples = frozenset(article.votes_of_peoples)
        """Codes of the countries whose peoples the article names."""

    @cached_property
    def resolutions(self) -> list[Resolution | None]:
        """The places the toponyms mean, in their order; None where no place has the name, and for demonyms."""
        by_name = {
            name: choose(found, self._context_of(name), self._gazetteer)
            for name, found in self._meanings.items()
            if found
        }
        names = map(self._name_of.get, range(len(self.toponyms)))
        return [by_name.get(name) if name else None for name in names]

    @cached_property
    def _by_start(self) -> dict[int, Resolution]:
        return {one.start: found for one, found in zip(self.toponyms, self.resolutions, strict=True) if found}

    def resolution_of(self, toponym: Toponym) -> Resolution | None:
        """The place that one of the article's toponyms means."""
        return self._by_start.get(toponym.start)

    def mention(self, name: str, start: int, end: int) -> Toponym | None:
        """Where the name stands in a stretch of the text, or else first in it; None if the article has it not."""
        same = self._mentions.get(fold_name(name), ())
        return next((one for one in same if start <= one.start and one.end <= end), next(iter(same), None))

    @cached_property
    def _mentions(self) -> dict[str, list[Toponym]]:
        """By the folded words, in order."""
        mentions: dict[str, list[Toponym]] = {}
        for at in sorted(self._name_of):
            mentions.setdefault(fold_name(self.toponyms[at].text), []).append(self.toponyms[at])
        return mentions

    def resolve(
        self, name: str, mention: Toponym | None, words: str = "", country: StatedCountry | None = None
    ) -> Resolution | None:
        """The place that a name means in a row read from the article, in the country that the row states.

        ``mention`` is where the article has the name; without one it is a name that a person gave the row instead,
        and ``words`` are the row's own.
        """
        context = replace(self.context_of(mention, words), country=country)
        return resolve(name, context, self._gazetteer, self._own)

    def context_of(self, mention: Toponym | None, words: str = "") -> Context:
        """What the article says about one of its names; about no name in particular, with the words of a row."""
        at = next((at for at, one in enumerate(self.toponyms) if one is mention), None)
        name = None if at is None else self._name_of.get(at)
        return self._context_of(name) if name else replace(self._tally.without(None), text=words)

    def _context_of(self, name: "_Name") -> Context:
        return _joined(self._beside[name], self._tally.without(name))


def _joined(beside: Context, article: Context) -> Context:
    """What stands beside a name, with what the article says."""
    return Context(
        text=beside.text, around=beside.around, parents=beside.parents, children=beside.children,
        countries=article.countries, provinces=article.provinces, neighbours=article.neighbours,
    )  # fmt: skip


class _Article:
    """The toponyms of one article, grouped by name and sense."""

    def __init__(self, toponyms: Sequence[Toponym], text: str, gazetteer: Gazetteer) -> None:
        self._toponyms, self._text, self._gazetteer = toponyms, text, gazetteer
        self.names = self._grouped()
        self._parents, self._children = self._relations()
        self.votes_of_peoples = self._peoples()

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
        names = [
            _Name(self._toponyms[mentions[0]].name or self._toponyms[mentions[0]].text, tuple(mentions), around[key])
            for key, mentions in groups.items()
        ]
        return sorted(names, key=lambda name: -len(name.mentions))[:_MOST_NAMES]

    def _relations(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """For each mention those it stands beside as what it lies in ("Dallas, Texas"), and the reverse."""
        parents: dict[int, list[int]] = {}
        children: dict[int, list[int]] = {}
        for near in range(len(self._toponyms) - 1):
            between = self._text[self._toponyms[near].end : self._toponyms[near + 1].start]
            if len(between) > _BETWEEN:
                continue
            for pattern, child, parent in ((_HOLDS, near, near + 1), (_HELD_BY, near + 1, near)):
                if pattern.fullmatch(between):
                    parents.setdefault(child, []).append(parent)
                    children.setdefault(parent, []).append(child)
        return parents, children

    def votes(self) -> dict[str, float]:
        """Votes by country code, as the names' likeliest candidates and the peoples have it."""
        votes = self.votes_of_peoples.copy()
        for name in self.names:
            weight = _weight(len(name.mentions))
            for code, share in _shares(self._gazetteer.candidates(name.words)).items():
                votes[code] += weight * share
        votes.pop("", None)
        return votes

    def _peoples(self) -> defaultdict[str, float]:
        peoples = Counter(one.name for one in self._toponyms if one.role is ToponymRole.DEMONYM and one.name)
        votes: defaultdict[str, float] = defaultdict(float)
        for country, count in peoples.items():
            if best := next(iter(self._gazetteer.candidates(country)), None):
                votes[best.place.country_code] += _weight(count)
        return votes

    def beside(self, name: _Name) -> Context:
        """What stands right beside the name's mentions."""
        return Context(
            text=f"{name.around[0]}{name.words}{name.around[1]}",
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


class _Tally:
    """The places found in the first round: what they say together about the countries and provinces spoken of."""

    def __init__(self, found: Mapping[_Name, Place], peoples: Mapping[str, float]) -> None:
        self._places = found
        self._countries = defaultdict(float, peoples)
        self._provinces: defaultdict[tuple[str, str], float] = defaultdict(float)
        for name, place in self._places.items():
            self._countries[place.country_code] += _weight(len(name.mentions))
            province, share = _province_vote(place)
            self._provinces[province] += share
        near = [name for name, place in self._places.items() if not place.feature_code.startswith(_TOO_WIDE)]
        self._near = sorted(near, key=lambda name: -len(name.mentions))[: _NEIGHBOURS + 1]

    def without(self, name: _Name | None) -> Context:
        """What the other names' places say about this one; None: what all of them say."""
        countries, provinces = self._countries.copy(), self._provinces.copy()
        if name and (place := self._places.get(name)):
            countries[place.country_code] -= _weight(len(name.mentions))
            province, share = _province_vote(place)
            provinces[province] -= share
        return Context(
            countries={code: votes for code, votes in countries.items() if code and votes > _NOTHING},
            provinces=provinces,
            neighbours=tuple(self._places[other] for other in self._near if other is not name),
        )


def _province_vote(place: Place) -> tuple[tuple[str, str], float]:
    """The province a place speaks for, as country code and folded name, and how loudly."""
    if place.feature_code == "ADM1":
        return (place.country_code, fold_name(place.name)), 1.0
    return (place.country_code, fold_name(place.admin1_name)), 0.4 if place.admin1_name else 0.0


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
