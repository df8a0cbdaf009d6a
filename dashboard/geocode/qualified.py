"""Names that say themselves what they lie in: "Kabul, Afghanistan", "Jalalabad, Nangarhar", "Goma (DR Congo)". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.errors import shown
from dashboard.gazetteer.countries import Groups, country_groups, country_name, state_named
from dashboard.gazetteer.names import fold_name
from dashboard.geocode import reasons
from dashboard.geocode.cues import Names, variants
from dashboard.geocode.resolve import NAME_LIMIT, OwnPlaces, Resolution, precision_for, resolve
from dashboard.geocode.scoring import CAUSES, Context, Evidence, Scored, lies_in
from dashboard.model import Candidate, Place

_COMMAS = re.compile(r"[,،](?![^()]*\))")
"""Not those in brackets."""
_IN_BRACKETS = re.compile(r"([^()]*[^()\s])\s*\((.+)\)\s*")
_PARTS_LIMIT = 7
"""A village, the town that it is near, its municipality, district, province and country; more commas are no name's."""


def resolve_name(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces | None = None) -> Resolution | None:
    """As `resolve`; an unknown name with commas is the part before them, in the countries and provinces after, and
    so is one with a country or province behind it in brackets. A country may stand under any name that lists of
    events give it.

    None if a part after a comma is no country or province, or holds no place of that name: "Kabul, Syria".
    """
    if len(toponym) > NAME_LIMIT:
        return None
    is_known = bool(gazetteer.candidates(toponym))
    if (own and own.candidates(toponym)) or (is_known and not _COMMAS.search(toponym)):
        return resolve(toponym, context, gazetteer, own)
    if groups := _groups_of(toponym, codes=False):
        return _country(groups, context, gazetteer)
    head, *parts = _split(toponym, gazetteer)
    areas = [_areas(part, gazetteer) for part in parts] if head and len(parts) < _PARTS_LIMIT else []
    if found := _resolve_within(head, areas, context, gazetteer, own):
        return found
    says_where = bool(_COMMAS.search(toponym)) or _names_country(areas)
    if is_known or not says_where:
        return resolve(toponym, context, gazetteer, own)
    return _by_province(areas, context)


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
    return [bracket[1], bracket[2], *parts[1:]] if bracket and _areas(bracket[2], gazetteer) else parts


def _groups_of(name: str, *, codes: bool = True) -> Groups:
    """As `country_groups`, but what stands before a comma is a country: "Congo, Rep.", not "Brazzaville, Congo"."""
    first, *rest = _COMMAS.split(name)
    return country_groups(name, codes=codes) if not rest or country_groups(first, codes=False) else ()


def _country(groups: Groups, context: Context, gazetteer: Names) -> Resolution | None:
    """The country itself, if the name is one country's."""
    [code, *others] = groups[0]
    return None if others else resolve(country_name(code), context, gazetteer)


def _names_country(tiers: Sequence["_Tiers"]) -> bool:
    return any(area.feature_code.startswith("PCL") for tier in tiers for group in tier for area in group)


def _resolve_within(
    head: str, tiers: list["_Tiers"], context: Context, gazetteer: Names, own: OwnPlaces | None
) -> Resolution | None:
    """The place of this name in one area of each: in the likeliest of them that hold one."""
    alone = replace(context, parents=())
    may_hold = [[area for group in tier for area in group] for tier in tiers if tier]
    if own and tiers and (of_own := resolve(head, alone, _OwnInside(own, may_hold))):
        return of_own
    if not tiers or not all(tiers):
        return None
    by_other_name = None
    for at in range(max(map(len, tiers))):
        groups = [tier[min(at, len(tier) - 1)] for tier in tiers]
        inside = _Inside(gazetteer, groups)
        found = resolve(head, alone, inside)
        if not _is_capital(found, head) and (country := _country_again(head, groups)):
            return resolve(country, alone, gazetteer)
        if found:
            found = replace(found, detour=f"{_detour(head, inside.holders(found.place))}{found.detour}")
            if found.name_kind != "alternate":
                return found
            by_other_name = by_other_name or found  # Osh is in Kyrgyzstan; some call Krasnoslobodsk in Russia so
    return by_other_name


def _by_province(tiers: Sequence["_Tiers"], context: Context) -> Resolution | None:
    """The smallest province that is named with its country: where what no gazetteer knows lies for certain."""
    if not _names_country(tiers):
        return None
    known = [[area for group in tier for area in group] for tier in tiers if tier]
    for at, areas in enumerate(known):
        held = [
            area
            for area in areas
            if area.feature_code == "ADM1"
            and all(any(lies_in(area, one) for one in larger) for larger in known[at + 1 :])
        ]
        if at + 1 < len(known) and held:
            return _area_of_unknown(held[0], context)
    return None


def _area_of_unknown(area: Place, context: Context) -> Resolution:
    """The area in which something lies that no gazetteer knows."""
    candidate = Candidate(place=area, score=0.0, reason=reasons.by_area(area.name), name_kind="primary")
    return Resolution(
        place=area,
        geo_precision=precision_for(area),
        scored=(Scored(candidate, (0.0,) * len(CAUSES)),),
        evidence=Evidence(None, (), frozenset(), context),
        ambiguous=True,
        rule=candidate.reason,
        is_part=True,
    )


def _country_again(head: str, groups: list[list[Place]]) -> str:
    """The country's name, where a list writes it for the place too: "Colombia, Colombia" is no village in Huila."""
    codes = [code for group in country_groups(head, codes=False)[:1] for code in group]
    named = [
        any(one.feature_code.startswith("PCL") and [one.country_code] == codes for one in group) for group in groups
    ]
    return country_name(codes[0]) if all(named) else ""


def _is_capital(found: Resolution | None, head: str) -> bool:
    """True for a capital by its main name: "Luxembourg, Luxembourg" is the town, "Mexico, Mexico" is not."""
    return found is not None and found.place.feature_code == "PPLC" and fold_name(found.place.name) == fold_name(head)


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


def _detour(head: str, areas: list[str]) -> str:
    return f"{shown(head)} in {', '.join(areas)}: "
