"""A person's own places: the rows of places.csv that somebody wrote or changed. They go before every gazetteer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.names import fold_name
from dashboard.geocode import reasons
from dashboard.model import Candidate, Place
from dashboard.tables import Row, names_of, place_row

_SCORE = 40.0
"""Above everything a gazetteer and the words can give."""


class OwnPlaces:
    """The places a person wrote down or corrected, by name."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self._by_name: dict[str, list[Place]] = {}
        self._places = tuple(places)
        for place in self._places:
            for name in {fold_name(name) for name in names_of(place)} - {""}:
                self._by_name.setdefault(name, []).append(place)

    def within(self, holds: Callable[[Place], bool]) -> "OwnPlaces":
        """Those of them for which ``holds`` is true."""
        return OwnPlaces(filter(holds, self._places))

    def candidates(self, name: str) -> list[Candidate]:
        """The person's places of this name, in the order of the file."""
        return [
            Candidate(place=place, score=_SCORE, reason=reasons.OWN, name_kind="own")
            for place in self._by_name.get(fold_name(name), ())
        ]


def own_places(places: Mapping[str, Place], gazetteer: Gazetteer) -> OwnPlaces:
    """The places of places.csv that a person wrote or changed: those the gazetteer does not give just so.

    The note does not count, since it holds the rule of the row that brought the place.
    """
    return OwnPlaces(place for place in places.values() if is_own(place, gazetteer))


def is_own(place: Place, gazetteer: Gazetteer) -> bool:
    """True if the gazetteer does not give this place of places.csv just so."""
    return _cells_of(place) != _cells_of(gazetteer.place(place.place_id))


def _cells_of(place: Place | None) -> Row | None:
    return place_row(replace(place, note="")) if place else None
