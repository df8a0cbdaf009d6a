"""The places that rows of events.csv may name: those of places.csv, those this run adds, and the gazetteer's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.own_places import is_own
from dashboard.geocode.reasons import with_rule
from dashboard.model import Place


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """The places of one project."""

    written: Mapping[str, Place]
    """places.csv as it stands."""
    gazetteer: Gazetteer
    new: dict[str, Place] = field(default_factory=dict)
    """What is to be added to it."""

    def of_project(self, place_id: str) -> Place | None:
        """A place that stands in places.csv, or will."""
        return self.written.get(place_id) or self.new.get(place_id)

    def place(self, place_id: str) -> Place | None:
        """A place of the project, else of the gazetteer."""
        return self.of_project(place_id) or self.gazetteer.place(place_id)

    def all_of_project(self) -> Iterable[Place]:
        """Those of places.csv and the new ones."""
        return [*self.written.values(), *self.new.values()]

    def is_own(self, place: Place) -> bool:
        """True for a place that a person wrote into places.csv or changed there."""
        return place.place_id in self.written and is_own(place, self.gazetteer)

    def add(self, place: Place, rule: str) -> Place:
        """The place as it stands in places.csv, where it is added if it is missing, with the rule in its note."""
        if place.place_id in self.written:
            return self.written[place.place_id]
        return self.new.setdefault(place.place_id, with_rule(place, rule))
