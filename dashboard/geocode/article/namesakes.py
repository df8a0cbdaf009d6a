"""Places that are probably others of the same name: for an event a wrong place is worse than none."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import islice

from dashboard.geo import distance_km
from dashboard.geocode.resolve import Resolution
from dashboard.model import Place

KNOWN_TOWN = 50_000
"""Inhabitants from which on a town abroad is named without its country."""
KNOWN_CITY = 1_000_000
"""Inhabitants from which on a city is known everywhere."""
FEW = 2
"""Places: so many obscure ones of a country show that the article speaks of it."""
FAR_KM = 1500.0
"""Farther from everything else an article names, an act of war needs its country's name."""
_COMPARED = 100
"""Maximum number of places to compare one with: no article that people wrote has more."""


class ArticlePlaces:
    """The places of one article, to find those that look out of place in it."""

    def __init__(self, found: Sequence[Resolution | None], peoples: Collection[str]) -> None:
        """``peoples`` are the codes of the countries whose peoples the article names."""
        self._places = {one.place.place_id: one.place for one in found if one}
        self._countries = Counter(place.country_code for place in self._places.values())
        near = (place for place in self._places.values() if place.feature_code != "CONT")
        self._compared = list(islice(near, _COMPARED))
        self._well_known = frozenset(one.country_code for one in self._places.values() if _is_known_everywhere(one))
        self._peoples = peoples

    def is_far_namesake(self, found: Resolution) -> bool:
        """True for a small settlement, known by this name only as an alternate one, in a country where nothing else of
        the article lies, while at least two other places of the article lie elsewhere.
        """
        place = found.place
        if found.name_kind != "alternate" or not place.feature_code.startswith("PPL"):
            return False
        if (place.population or 0) >= KNOWN_TOWN:
            return False
        return len(self._places) - 1 >= FEW and self._others_in(place) == 0

    def is_out_of_the_way(self, found: Resolution) -> bool:
        """True for a town or province far from all else that the article names, in a country of which neither the
        name nor a people nor several places are mentioned. Envoys meet in such places; fighting is told with its
        country.
        """
        place = found.place
        if found.name_kind in ("own", "curated") or _is_known_everywhere(place):
            return False
        if place.country_code in self._peoples or place.country_code in self._well_known:
            return False
        if self._others_in(place) >= FEW:
            return False
        abroad = [one for one in self._compared if one.country_code != place.country_code]
        return len(abroad) >= FEW and min(distance_km(place, other) for other in abroad) > FAR_KM

    def _others_in(self, place: Place) -> int:
        """Other places of the article in the same country."""
        return self._countries[place.country_code] - (place.place_id in self._places)


def _is_known_everywhere(place: Place) -> bool:
    is_capital = place.feature_code == "PPLC" or not place.feature_code.startswith(("PPL", "ADM"))
    return is_capital or (place.population or 0) >= KNOWN_CITY
