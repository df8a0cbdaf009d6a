"""What the resolver says of the names in rows, each in its context: the article it comes from, or the row's own words.

An article is read as `add` reads it, by a function that is handed in, and only for a row that has to be decided.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import reasons
from dashboard.geocode.article.placement import ArticleNames, Mention, Placement, nowhere, placement_at
from dashboard.geocode.own_places import OwnPlaces, own_places
from dashboard.geocode.resolve import look_up, resolve
from dashboard.geocode.scoring import Context
from dashboard.geocode.stated_country import StatedCountry, stated_country
from dashboard.model import Article, Candidate, Place, Toponym
from dashboard.tables import EventRow, Row

_ARTICLES_KEPT = 16
"""Articles whose names are kept: `fill` takes the rows of one article together."""

Ask = Callable[[str, Mapping[str, float]], Place | None]
"""An online geocoder: name and votes by country code in, the likeliest place or None out."""
ReadNames = Callable[[Article, OwnPlaces], ArticleNames | None]
"""An article and a person's places in, its names out; None if they cannot be read."""
ReadPassages = Callable[[str, OwnPlaces], ArticleNames | None]
"""Passages of an article that is not stored, and a person's places in; the names in them out."""


@dataclass(frozen=True, slots=True)
class PlaceSources:
    """What there is to find places with."""

    gazetteer: Gazetteer
    places: Mapping[str, Place]
    """places.csv as it stands."""
    articles: Mapping[str, Article]
    read_article: ReadNames
    read_passages: ReadPassages
    ask: Ask | None = None
    server: str = ""


class RowAnswers:
    """The places that the names of rows mean."""

    def __init__(self, sources: PlaceSources, rows: Sequence[Row]) -> None:
        self._sources = sources
        self._own = own_places(sources.places, sources.gazetteer)
        self._passages: dict[str, dict[str, None]] = {}
        for row in rows:
            article_id = EventRow(row).article_id
            if article_id and article_id not in sources.articles:
                self._passages.setdefault(article_id, {})[_words(row)] = None
        self._names_of = lru_cache(_ARTICLES_KEPT)(self._read)

    def placement(self, row: Row) -> Placement:
        """The place that the row's toponym means, in the country that the row states; none without a toponym."""
        toponym, country = EventRow(row).toponym, country_of(row)
        names = self._names(row) if toponym else None
        if names is None:
            return self.by_words(row)
        event = _event_read(row, names)
        if event and country is None:
            return names.placements.of(event)
        mention = event.toponym if event else self._mention(row, names)
        found = names.placements.context.resolve(toponym, mention, _words(row), country)
        return placement_at(found) if found else nowhere(reasons.NOT_FOUND)

    def by_words(self, row: Row) -> Placement:
        """The place that the row's toponym means by the row's own words alone, without its article."""
        toponym, country = EventRow(row).toponym, country_of(row)
        context = Context.of_words(_words(row), self._sources.gazetteer, country)
        found = resolve(toponym, context, self._sources.gazetteer, self._own) if toponym else None
        return placement_at(found) if found else nowhere(reasons.NOT_FOUND)

    def countries(self, row: Row) -> Mapping[str, float]:
        """Votes by country code: the country that the row states, or those that its article or words speak of."""
        if country := country_of(row):
            return dict.fromkeys(country.codes, 1.0)
        if names := self._names(row):
            event = _event_read(row, names)
            mention = event.toponym if event else self._mention(row, names)
            return names.placements.context.context_of(mention).countries
        return Context.of_words(_words(row), self._sources.gazetteer).countries

    def candidates(self, toponym: str) -> list[Candidate]:
        """The places that bear the name, whatever the context says."""
        meanings = look_up(toponym, Context(), self._sources.gazetteer, self._own)
        return [candidate for one in meanings for candidate in one.candidates]

    def _names(self, row: Row) -> ArticleNames | None:
        article_id = EventRow(row).article_id
        return self._names_of(article_id) if article_id else None

    def _read(self, article_id: str) -> ArticleNames | None:
        """The names of the article; where it is not there, those of all that its rows quote of it."""
        if article := self._sources.articles.get(article_id):
            return self._sources.read_article(article, self._own)
        return self._sources.read_passages("\n\n".join(self._passages[article_id]), self._own)

    def _mention(self, row: Row, names: ArticleNames) -> Toponym | None:
        """Where the article has the toponym of a row that was not read from it, or was given another name since."""
        typed = EventRow(row)
        start, end = typed.cell("char_start"), typed.cell("char_end")
        is_there = typed.article_id in self._sources.articles and start.isdecimal() and end.isdecimal()
        return names.placements.context.mention(typed.toponym, *((int(start), int(end)) if is_there else (0, 0)))


def _event_read(row: Row, names: ArticleNames) -> Mention | None:
    """Where the article says that the row's event happened; None if the row was not read from it as it stands.

    Only what the program read may it refuse again: a name that a person or a list of events gives is meant.
    """
    typed = EventRow(row)
    event = names.mentions.get(typed.event_id.partition("-")[0])
    return event if event and event.toponym.text == typed.toponym else None


def country_of(row: Row) -> StatedCountry | None:
    """The country that the row states; None if it states none, or one that is not known."""
    return stated_country(row.get("country", ""))


def _words(row: Row) -> str:
    return "\n".join(filter(None, (row.get("passage", ""), row.get("title", ""))))
