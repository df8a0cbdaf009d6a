"""Where the acts that an article tells of happened: at the place of a name, in the area that holds it, or nowhere.

The rules that a place must pass in an article, whoever asks: it is left out where it is probably another of the same
name, or lies elsewhere than the words say.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.gazetteer.countries import countries_named
from dashboard.geo import distance_km
from dashboard.geocode import reasons
from dashboard.geocode.article.context import ArticleContext
from dashboard.geocode.article.namesakes import ArticlePlaces
from dashboard.geocode.resolve import Resolution
from dashboard.geocode.scoring import lies_in
from dashboard.model import EventType, GeoPrecision, Place, PlaceBasis, Toponym

_NOWHERE = GeoPrecision.UNLOCATED
_DIPLOMATIC = frozenset({EventType.TALKS, EventType.AGREEMENT, EventType.STATEMENT, EventType.PROTEST})
"""What happens far from the war as well."""
_TOWN_REACH_KM = 50.0
"""Farther from its edge no quarter or district is a town's."""
_CERTAINTY_OF_NONE = 0.7


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where a text says that something happened."""

    toponym: Toponym
    event_type: EventType
    area: Toponym | None = None
    """What the text puts the place in."""
    preposition: str = ""
    """What it stands under; empty if nothing."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an event is placed: at a place or none, how exactly, and why."""

    place: Place | None
    basis: PlaceBasis | None
    geo_precision: GeoPrecision
    reason: str
    certainty: float
    """From 0 to 1: how surely the place is the one that is meant."""
    resolution: Resolution | None = None
    """What the name was taken to mean, or the area, if that is its place; with all candidates."""


def placement_at(found: Resolution) -> Placement:
    """At the place that a name means, whatever else the text says of it."""
    return Placement(found.place, found.basis, found.geo_precision, found.reason, _certainty(found, ""), found)


def nowhere(reason: str, basis: PlaceBasis | None = None) -> Placement:
    """At no place."""
    return Placement(None, basis, _NOWHERE, reason, _CERTAINTY_OF_NONE)


class ArticlePlacements:
    """Where the acts of one article happened, by the names that its sentences put them at."""

    def __init__(self, context: ArticleContext) -> None:
        self.context = context
        self._places = ArticlePlaces(context.resolutions, context.peoples)

    def clear_resolution(self, toponym: Toponym) -> Resolution | None:
        """What the toponym means, unless that is probably another place of the same name."""
        found = self.context.resolution_of(toponym)
        return None if found is None or self._places.is_far_namesake(found) else found

    def of(self, mention: Mention) -> Placement:
        """The place of the name, else what the text says that it lies in."""
        found = self.context.resolution_of(mention.toponym)
        area = self.context.resolution_of(mention.area) if mention.area else None
        is_elsewhere = found and area and mention.area and _is_elsewhere(found, area, mention.area.text)
        if found and not is_elsewhere and not self._is_namesake(found, mention.event_type):
            exact = found.geo_precision in (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT)
            precision = GeoPrecision.NEAR if exact and mention.preposition == "near" else found.geo_precision
            certainty = _certainty(found, mention.preposition)
            return Placement(found.place, found.basis, precision, found.reason, certainty, found)
        if area and not self._is_namesake(area, mention.event_type):
            reason, certainty = reasons.by_area(area.place.name), 0.8 * _certainty(area, mention.preposition)
            return Placement(area.place, PlaceBasis.WITHIN, area.geo_precision, reason, certainty, area)
        return nowhere(reasons.NAMESAKE, PlaceBasis.STOPGAP) if found else nowhere(reasons.NOT_FOUND)

    def _is_namesake(self, found: Resolution, kind: EventType) -> bool:
        if self._places.is_far_namesake(found):
            return True
        return kind not in _DIPLOMATIC and self._places.is_out_of_the_way(found)


@dataclass(frozen=True, slots=True)
class ArticleNames:
    """What an article says about the places of its events."""

    placements: ArticlePlacements
    mentions: Mapping[str, Mention]
    """Where each event that is read from it happened, by the event's id."""


def _certainty(found: Resolution, preposition: str) -> float:
    certainty = (0.8 if found.ambiguous else 1.0) * (1.0 if preposition else 0.85)
    return certainty * (0.8 if found.geo_precision is GeoPrecision.COUNTRY else 1.0)


def _is_elsewhere(found: Resolution, area: Resolution, name: str) -> bool:
    """True if a place lies elsewhere than where the words put it: no Kamyanka is known in Donetsk region.

    ``name`` is that of the area, which may be any of its namesakes: Atlanta in Georgia.
    """
    if found.name_kind == "own" or not found.place.country_code or found.place.country_code in countries_named(name):
        return False
    return not any(_may_hold(one.place, found.place) for one in area.candidates)


def _may_hold(area: Place, place: Place) -> bool:
    if area.feature_code.startswith("PCL") or (area.feature_code == "ADM1" and place.admin1_name):
        return lies_in(place, area)
    is_small = area.feature_code.startswith(("PPL", "ADM2"))
    reach_km = _TOWN_REACH_KM + (place.radius_km or 0.0) + (area.radius_km or 0.0)
    return not is_small or distance_km(place, area) <= reach_km
