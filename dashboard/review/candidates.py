"""The places that an event's name may mean, for a person to choose from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import Context, country_votes, resolve
from dashboard.geocode.own_places import OwnPlaces, own_places
from dashboard.geocode.stated_country import stated_country
from dashboard.model import Article, Candidate, Event, Place
from dashboard.project.open_tables import OpenTables
from dashboard.tables import EventRow

CANDIDATES_OFFERED = 9
"""One for each digit key."""
IN_THE_ROW = "stands in the row now"


@dataclass(frozen=True, slots=True)
class PlaceFinder:
    """Finds the places that a name may mean, given a snapshot of a project's places.csv."""

    places: Mapping[str, Place]
    gazetteer: Gazetteer
    own: OwnPlaces

    @classmethod
    def of(cls, places: Mapping[str, Place], gazetteer: Gazetteer) -> "PlaceFinder":
        """A finder that prefers places which a person has added or changed."""
        return cls(places, gazetteer, own_places(places, gazetteer))

    def for_event(self, event: Event, article: Article | None, country: str = "") -> list[Candidate]:
        """Up to nine places that the event's toponym may mean: its current one first, then the likeliest.

        ``country`` is the country its row states; only places there are offered, if there are any.
        """
        words = "\n".join(filter(None, (event.passage, event.title)))
        text = article.text if article else words
        candidates = self.named(event.toponym, words, text, country) if event.toponym.strip() else []
        current = self.place(event.place_id)
        if current is None:
            return candidates
        same = next((one for one in candidates if one.place.place_id == current.place_id), None)
        first = same or Candidate(place=current, score=0.0, reason=event.place_reason or IN_THE_ROW, name_kind="own")
        return [first, *(one for one in candidates if one.place.place_id != current.place_id)][:CANDIDATES_OFFERED]

    def named(self, name: str, words: str = "", text: str = "", country: str = "") -> list[Candidate]:
        """The places that a name may mean, likeliest first; if no place has the name, places spelt alike.

        ``words`` surround the name, ``text`` is the whole article. If there are places of the name in ``country``, only
        those are returned.
        """
        context = Context(text=words, countries=country_votes(text, self.gazetteer))
        there = replace(context, country=stated_country(country))
        resolution = resolve(name, there, self.gazetteer, self.own) or resolve(name, context, self.gazetteer, self.own)
        if resolution is None:
            alike = self.gazetteer.suggest(name, CANDIDATES_OFFERED)
            return [replace(one, reason=f"spelt alike: {one.reason}") for one in alike]
        first, *others = resolution.candidates
        return [replace(first, reason=resolution.reason), *others][:CANDIDATES_OFFERED]

    def place(self, place_id: str) -> Place | None:
        """A place by its id, from the project or else the gazetteer; None for an unknown or empty id."""
        return self.places.get(place_id) or (self.gazetteer.place(place_id) if place_id else None)


def places_of_article(tables: OpenTables, article_id: str) -> list[Place]:
    """The distinct places of the article's events."""
    if not article_id:
        return []
    rows = map(EventRow, tables.events.rows.values())
    place_ids = dict.fromkeys(row.place_id for row in rows if row.article_id == article_id)
    return [place for place_id in place_ids if (place := tables.places.get(place_id))]
