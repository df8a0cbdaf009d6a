"""Names that say themselves what they lie in: "Kabul, Afghanistan", "Jalalabad, Nangarhar". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.errors import shown
from dashboard.geocode.cues import Names, variants
from dashboard.geocode.evidence import Context, lies_in
from dashboard.geocode.resolve import NAME_LIMIT, OwnPlaces, Resolution, resolve
from dashboard.geocode.stated_place import lies_in_country
from dashboard.model import Candidate, Place
from dashboard.names import fold_name

_COMMAS = re.compile("[,،]")
_PARTS_LIMIT = 4
"""A village, its district, province and country; what has more commas is no name."""


def resolve_name(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces | None = None) -> Resolution | None:
    """As `resolve`; an unknown name with commas is the part before them, in the countries and provinces after.

    None if a part after a comma is no country or province, or holds no place of that name: "Kabul, Syria".
    """
    found = resolve(toponym, context, gazetteer, own)
    if found or len(toponym) > NAME_LIMIT or not _COMMAS.search(toponym):
        return found
    head, *parts = (part.strip() for part in _COMMAS.split(toponym))
    if not head or len(parts) >= _PARTS_LIMIT:
        return None
    alone = replace(context, parents=())
    inside = _Inside(gazetteer, [_areas(part, gazetteer) for part in parts])
    if own and (of_own := resolve(head, alone, own.within(inside.may_hold))):
        return of_own
    found = resolve(head, alone, inside)
    return replace(found, detour=f"{_detour(head, inside.holders(found.place))}{found.detour}") if found else None


def _areas(part: str, gazetteer: Names) -> list[Place]:
    """The countries and provinces of the name."""
    named = (candidate.place for name, _ in variants(part) for candidate in gazetteer.candidates(name))
    return [place for place in named if place.feature_code.startswith(("PCL", "ADM1"))]


@dataclass(frozen=True, slots=True)
class _Inside:
    """The part of a gazetteer that lies in one area of each group."""

    gazetteer: Names
    groups: list[list[Place]]

    def candidates(self, name: str) -> Sequence[Candidate]:
        return [one for one in self.gazetteer.candidates(name) if len(self.holders(one.place)) == len(self.groups)]

    def holders(self, place: Place) -> list[str]:
        """The names of the areas that hold the place, one of each group where there is one."""
        firsts = (next((area.name for area in group if lies_in(place, area)), "") for group in self.groups)
        return list(filter(None, firsts))

    def may_hold(self, own: Place) -> bool:
        """False for a person's own place that lies in another country or province than the areas named.

        Such rows need not say where they lie, and what is no name of an area says nothing.
        """
        return all(any(_may_lie_in(own, area) for area in group) for group in self.groups if group)


def _may_lie_in(own: Place, area: Place) -> bool:
    is_province = area.feature_code == "ADM1" and own.admin1_name
    is_elsewhere = is_province and fold_name(own.admin1_name) != fold_name(area.name)
    return lies_in_country(own, area.country_code) and not is_elsewhere


def _detour(head: str, areas: list[str]) -> str:
    return f"{shown(head)} in {', '.join(areas)}: "
