"""Names that say themselves what they lie in: "Kabul, Afghanistan", "Jalalabad, Nangarhar", "Goma (DR Congo)".

A stage of `resolve.look_up`: it narrows what the name may mean, and what is chosen of that is weighed like any other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dashboard.errors import shown
from dashboard.gazetteer.countries import Groups, country_groups, country_name, state_named
from dashboard.gazetteer.names import fold_name
from dashboard.geocode import reasons
from dashboard.geocode.cues import Names, variants
from dashboard.geocode.lookup import Meanings, meanings_by_name
from dashboard.geocode.own_places import OwnPlaces
from dashboard.geocode.scoring import Context, lies_in
from dashboard.model import Candidate, Place

_COMMAS = re.compile(r"[,،](?![^()]*\))")
"""Not those in brackets."""
_IN_BRACKETS = re.compile(r"([^()]*[^()\s])\s*\((.+)\)\s*")
_PARTS_LIMIT = 7
"""A village, the town that it is near, its municipality, district, province and country; more commas are no name's."""


@dataclass(frozen=True, slots=True)
class QualifiedName:
    """A name, and what it says itself that it lies in; plain where it says nothing of the kind."""

    toponym: str
    head: str
    tiers: list["_Tiers"]
    """For each part behind the name the countries and provinces it may mean, from small to large."""

    @classmethod
    def of(cls, toponym: str, gazetteer: Names) -> "QualifiedName":
        """The name in its parts, if they are no more than a name has."""
        head, *parts = _split(toponym, gazetteer)
        are_areas = bool(head) and len(parts) < _PARTS_LIMIT
        return cls(toponym, head, [_areas(part, gazetteer) for part in parts] if are_areas else [])

    @property
    def says_where(self) -> bool:
        """False for a name that only looks so: another name of the place may stand in brackets."""
        return has_commas(self.toponym) or self._names_country()

    def _names_country(self) -> bool:
        return any(area.feature_code.startswith("PCL") for tier in self.tiers for group in tier for area in group)

    def meanings_inside(self, context: Context, gazetteer: Names, own: OwnPlaces) -> list[Meanings]:
        """The places of the name in one area of each part, for the likeliest of the areas first."""
        may_hold = [[area for group in tier for area in group] for tier in self.tiers if tier]
        of_own = _OwnInside(own, may_hold) if self.tiers else None
        if of_own and (found := meanings_by_name(self.head, context, of_own, OwnPlaces())):
            return [found.in_areas()]
        if not self.tiers or not all(self.tiers):
            return []
        inside: list[Meanings] = []
        for at in range(max(map(len, self.tiers))):
            groups = [tier[min(at, len(tier) - 1)] for tier in self.tiers]
            there = _Inside(gazetteer, groups)
            found = meanings_by_name(self.head, context, there, OwnPlaces())
            if not _holds_capital(found, self.head) and (country := _country_again(self.head, groups)):
                again = meanings_by_name(country, context, gazetteer, OwnPlaces())
                return [*inside, *([again.in_areas()] if again else [])]
            if found:
                inside.append(found.in_areas(partial(_detour, self.head, there)))
        return inside

    def province(self) -> list[Meanings]:
        """The smallest province that is named with its country: where what no gazetteer knows lies for certain."""
        if not self._names_country():
            return []
        known = [[area for group in tier for area in group] for tier in self.tiers if tier]
        for at, areas in enumerate(known):
            held = [
                area
                for area in areas
                if area.feature_code == "ADM1"
                and all(any(lies_in(area, one) for one in larger) for larger in known[at + 1 :])
            ]
            if at + 1 < len(known) and held:
                return [_area_of_unknown(held[0])]
        return []


def has_commas(toponym: str) -> bool:
    """True if parts of the name, or names, stand between commas; not for commas in brackets."""
    return bool(_COMMAS.search(toponym))


def meanings_of_country(toponym: str, context: Context, gazetteer: Names) -> list[Meanings] | None:
    """The country, under any name that lists of events give it: none for a state that several have followed. None for
    what is no name of a country.
    """
    groups = _groups_of(toponym, codes=False)
    if not groups:
        return None
    [code, *others] = groups[0]
    found = None if others else meanings_by_name(country_name(code), context, gazetteer, OwnPlaces())
    return [found] if found else []


def _split(toponym: str, gazetteer: Names) -> list[str]:
    """The name and what it says it lies in, from small to large; alone if it says nothing of the kind.

    A country's own comma parts nothing: "Goma, Congo, Democratic Republic of the". In brackets behind a name may stand
    what it lies in, or another name of it.
    """
    parts = [part.strip() for part in _COMMAS.split(toponym)]
    for at in range(1, len(parts)):
        if _groups_of(tail := ", ".join(parts[at:])):
            parts = [*parts[:at], tail]
            break
    bracket = _IN_BRACKETS.fullmatch(parts[0])
    is_area = bracket and _areas(bracket[2], gazetteer) and not _is_short_for(bracket[2], bracket[1], gazetteer)
    return [bracket[1], bracket[2], *parts[1:]] if bracket and is_area else parts


def _is_short_for(short: str, name: str, gazetteer: Names) -> bool:
    """True for another name of the same place: KP of Khyber Pakhtunkhwa, though it is the code of a country as well."""
    if country_groups(short, codes=False) or fold_name(short) == fold_name(name):
        return False
    of_name = {one.place.place_id for one in gazetteer.candidates(name)}
    return any(one.place.place_id in of_name for one in gazetteer.candidates(short))


def _groups_of(name: str, *, codes: bool = True) -> Groups:
    """As `country_groups`, but what stands before a comma is a country: "Congo, Rep.", not "Brazzaville, Congo"."""
    first, *rest = _COMMAS.split(name)
    return country_groups(name, codes=codes) if not rest or country_groups(first, codes=False) else ()


def _area_of_unknown(area: Place) -> Meanings:
    """The area in which something lies that no gazetteer knows."""
    rule = reasons.by_area(area.name)
    candidate = Candidate(place=area, score=0.0, reason=rule, name_kind="primary")
    return Meanings([candidate], None, ("", ""), says_where=True, rule=rule)


def _country_again(head: str, groups: list[list[Place]]) -> str:
    """The country's name, where a list writes it for the place too: "Colombia, Colombia" is no village in Huila."""
    codes = [code for group in country_groups(head, codes=False)[:1] for code in group]
    named = [
        any(one.feature_code.startswith("PCL") and [one.country_code] == codes for one in group) for group in groups
    ]
    return country_name(codes[0]) if all(named) else ""


def _holds_capital(found: Meanings | None, head: str) -> bool:
    """True for a capital by its main name: "Luxembourg, Luxembourg" is the town, "Mexico, Mexico" is not."""
    places = (one.place for one in found.candidates) if found else ()
    return any(place.feature_code == "PPLC" and fold_name(place.name) == fold_name(head) for place in places)


_Tiers = list[list[Place]]
"""The countries and provinces that a name may mean; each list is to be tried where the one before holds nothing."""


def _areas(part: str, gazetteer: Names) -> _Tiers:
    """The countries and provinces of the name or code; empty if it is none."""
    state = state_named(part)
    names = [part, state] if state else [part]
    if groups := country_groups(part):
        provinces = [one for name in names for one in _of_kind(name, "ADM1", gazetteer)]
        return [[*_countries(group, gazetteer), *provinces] for group in groups]
    named = [one for name in names for shorter, _ in variants(name) for one in _of_kind(shorter, "PCL ADM1", gazetteer)]
    return [named] if named else []


def _countries(codes: frozenset[str], gazetteer: Names) -> list[Place]:
    named = (one for code in sorted(codes) for one in _of_kind(country_name(code), "PCL", gazetteer))
    return [place for place in named if place.country_code in codes]


def _of_kind(name: str, kinds: str, gazetteer: Names) -> list[Place]:
    """The places of this name whose feature codes start so."""
    starts = tuple(kinds.split())
    return [one.place for one in gazetteer.candidates(name) if one.place.feature_code.startswith(starts)]


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


@dataclass(frozen=True, slots=True)
class _OwnInside:
    """A person's own places, but for those in another country: they need no province, nor a country."""

    own: OwnPlaces
    groups: list[list[Place]]

    def candidates(self, name: str) -> Sequence[Candidate]:
        return [one for one in self.own.candidates(name) if self._may_hold(one.place.country_code)]

    def _may_hold(self, country: str) -> bool:
        return not country or all(any(area.country_code == country for area in group) for group in self.groups)


def _detour(head: str, inside: _Inside, place: Place) -> str:
    return f"{shown(head)} in {', '.join(inside.holders(place))}: "
