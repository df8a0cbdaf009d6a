"""Places that are probably others of the same name: for an event a wrong place is worse than none."""

from collections.abc import Collection, Sequence

from dashboard.geocode.evidence import distance_km
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


def is_far_namesake(found: Resolution, others: Sequence[Resolution | None]) -> bool:
    """True for a small settlement, known by this name only as an alternate one, in a country where nothing else of
    the article lies, while at least two other places of the article lie elsewhere.
    """
    if found.name_kind != "alternate" or not found.place.feature_code.startswith("PPL"):
        return False
    if (found.place.population or 0) >= KNOWN_TOWN:
        return False
    elsewhere = {one.place.place_id: one.place.country_code for one in others if one}
    elsewhere.pop(found.place.place_id, None)
    return len(elsewhere) >= 2 and found.place.country_code not in elsewhere.values()


def is_out_of_the_way(found: Resolution, others: Sequence[Resolution | None], peoples: Collection[str]) -> bool:
    """True for a town or province far from all else that the article names, in a country of which neither the name
    nor a people nor another place is mentioned. Envoys meet in such places; fighting is told with its country.

    ``peoples`` are the codes of the countries whose peoples the article names.
    """
    place = found.place
    if found.name_kind in ("own", "curated") or _is_known_everywhere(place):
        return False
    elsewhere = {one.place.place_id: one.place for one in others if one and one.place.feature_code != "CONT"}
    elsewhere.pop(place.place_id, None)
    known = [one for one in elsewhere.values() if _is_known_everywhere(one)]
    at_home = [one for one in elsewhere.values() if one.country_code == place.country_code]
    if place.country_code in peoples or any(one in known for one in at_home) or len(at_home) >= FEW:
        return False
    abroad = [one for one in elsewhere.values() if one.country_code != place.country_code]
    return len(abroad) >= FEW and min(distance_km(place, other) for other in abroad) > FAR_KM


def _is_known_everywhere(place: Place) -> bool:
    is_capital = place.feature_code == "PPLC" or not place.feature_code.startswith(("PPL", "ADM"))
    return is_capital or (place.population or 0) >= KNOWN_CITY
