"""Groups the places of a sentence: those named together form one, without names that only say where a place lies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.extract.events.statements import LocatedToponym
from dashboard.extract.text.clauses import ClauseMap
from dashboard.model import GeoPrecision


@dataclass(frozen=True, slots=True)
class PlaceGroup:
    """Places named together; offsets count from the start of the sentence."""

    places: tuple[LocatedToponym, ...]
    start: int
    end: int
    preposition: str
    """The preposition that governs the group, in lower case; empty if none."""
    within: LocatedToponym | None = None
    """The area that the text puts them in, if its place is known: "X, in Nangarhar"."""

    @property
    def is_country(self) -> bool:
        """Whether all of it is whole countries."""
        return all(place.precision is GeoPrecision.COUNTRY for place in self.places)

    @property
    def rank(self) -> int:
        """The rank of its widest place: 0 for a point."""
        return max(map(precision_rank, self.places))


_KIND = (
    r"(?:\s+(?:cit(?:y|ies)|towns?|villages?|districts?|provinces?|regions?|states?|count(?:y|ies)|oblasts?|"
    r"governorates?|departments?|townships?|camps?|areas?))?"
)
_LEAD = r"(?:(?:in|at|near|on|outside|around|from|to|over|of)\s+)?(?:the\s+)?(?:\w+\s+(?:city|town|village)\s+of\s+)?"
_AREA = re.compile(
    r"\s+(?:regency|districts?|provinces?|count(?:y|ies)|regions?|states?|governorates?|departments?)\b", re.I
)
_FARTHEST = 200
"""Maximum characters between names of one group, so that no pattern runs over a long hostile text."""
_AFTER = 20
"""How many characters after a name may contain its kind."""
_LIST = re.compile(rf"\)?{_KIND}\s*(?:,|,?\s*(?:and|or|&|as well as))\s*{_LEAD}(?:\(\s*)?", re.IGNORECASE)
_NOUNS_LIST = re.compile(
    rf"{_KIND}\s*(?:,|,?\s+and)\s+(?:[a-z’'-]+\s+){{1,6}}(?:in|at|near|on|around|outside)\s+(?:the\s+)?"
)
_LIES_IN = re.compile(
    rf"{_KIND}\s*(?:,\s*|\(|,?\s+(?:in|of|near|outside)\s+)(?:in\s+)?(?:the\s+)?(?:\w+\s+){{0,2}}", re.IGNORECASE
)
_HOLDS = re.compile(rf"{_KIND}['’]s?\s+(?:\w+\s+){{0,4}}", re.IGNORECASE)
_PART_OF = re.compile(
    r"\s+(?:neighbou?rhoods?|districts?|suburbs?|quarters?|areas?|communes?|outskirts|camps?|side)\s+(?:of|in)\s+(?:the\s+)?"
)
_BESIDE = re.compile(
    rf"{_KIND},\s+(?:(?:just|about|some)\s+)?(?:\d+\s?(?:km|kilomet\w+|miles)\s+)?(?:to\s+the\s+)?"
    r"(?:(?:north|south|east|west)(?:-?\w+)?\s+of|(?:on|at|near|in|along|close\s+to)\s+the\s+(?:[a-z’'-]+\s+){0,3}"
    r"(?:shores?|banks?|edge|borders?|frontier|outskirts|coast|side|slopes?|road|north|south|east|west|cent(?:re|er)|"
    r"northeast|northwest|southeast|southwest|highway|foot)\s+(?:of|with|to|from|between)|near)\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""Between two names of which the second only says where the first lies."""
_IS_A = re.compile(
    r",\s+(?:an?|the|its|their)\s+(?:[\w’'-]+\s+){0,4}(?:in|of|on|near|outside)\s+(?:the\s+)?(?:\w+\s+){0,2}",
    re.IGNORECASE,
)
"""Between a name and that of the area it lies in or near: "X, a district capital in northern Y"."""
_ALIAS = re.compile(r"\s*[(,]\s*(?:or\s+|known as\s+)?[“\"]?")
_PREPOSITION = re.compile(
    r"\b((?i:in|at|near|outside|inside|around|across|throughout|over|on|into|from|to|towards?|along|against|of|by|"
    r"like|through|off|within|between|hit|hits|rocked|struck))\s+(?:(?:the|a|an|parts|both)\s+)?(?:[a-z’'-]+\s+){0,5}\Z"
)
_PREPOSITION_NEAR = re.compile(r"\b((?i:in|at|near|outside|inside|around|across|on|into|from|to|of))\s+(?:the\s+)?\Z")
_RANKS = (
    GeoPrecision.EXACT, GeoPrecision.SETTLEMENT, GeoPrecision.NEAR, GeoPrecision.ADMIN2, GeoPrecision.ADMIN1,
    GeoPrecision.REGION, GeoPrecision.SEA, GeoPrecision.COUNTRY,
)  # fmt: skip
ADMIN_RANK = _RANKS.index(GeoPrecision.ADMIN2)
_OFFICE = re.compile(
    r"(?:['’]s)?\s+(?:\w+\s+)?(?:governor|mayor|police|officials?|authorit\w+|government|administration|spokes\w+|"
    r"residents?|correspondent|court|envoy|ambassador|minister|chief|bureau|university|leaders?|side|delegat\w+)\b"
)
_HOME = re.compile(r",\s+of\s+\Z")
_MODIFIES = re.compile(r"[-–][A-Z]|[-–](?:based|backed|led|controlled|born)\b")
_BY_AGENCY = re.compile(
    r"[A-Z][^.!?]{0,60}?(?:\((?:Reuters|AP|AFP|Xinhua|CNN|EFE|dpa|AA|IANS|PTI|BBC)[^)]{0,40}\)\s*[-–—:]*|\s[–—]\s|\s-\s|\s--\s)"
)
_HEADING = re.compile(r"[^a-z\d\n(–—]{3,40} [–—-]{1,2} ")
_CAPITALS = re.compile(r"[A-Z]{3}")


@dataclass(slots=True)
class _OpenGroup:
    """A group that may still grow while its sentence is read."""

    places: list[LocatedToponym]
    start: int
    end: int
    within: LocatedToponym | None = None


def place_groups(
    sentence: str, located: Sequence[LocatedToponym], offset: int, clauses: ClauseMap, dateline: int = 0
) -> list[PlaceGroup]:
    """The groups of places of a sentence, in order; ``offset`` is where the sentence starts in the article.

    Names that only modify a noun or an office ("the X mayor"), and those before ``dateline``, are left out.
    """
    chain: list[_OpenGroup] = []
    for place in located:
        start, end = place.toponym.start - offset, place.toponym.end - offset
        if start < dateline or _is_not_a_location(sentence, start, end):
            continue
        last = chain[-1] if chain else None
        same = last is not None and clauses.clause_at(last.start) == clauses.clause_at(start)
        if last and same and _extends_group(last, place, sentence[last.end : start], sentence[end : end + _AFTER]):
            last.end = end
        else:
            chain.append(_OpenGroup([place], start, end))
    return [_closed_group(sentence, group) for group in chain]


def dateline_end(sentence: str) -> int:
    """Where "KHARTOUM (Reuters) -" ends; 0 if there is no dateline."""
    match = _BY_AGENCY.match(sentence)
    return match.end() if match and ("(" in match[0] or _CAPITALS.match(sentence)) else 0


def heading_end(sentence: str) -> int:
    """Where "BOUAR – " ends: a dateline if the article has only one of them, else the place of an entry."""
    match = _HEADING.match(sentence)
    return match.end() if match and match[0].isupper() else 0


def _is_not_a_location(sentence: str, start: int, end: int) -> bool:
    """Whether the name modifies a noun ("the A governor", "the A-B dialogue") or is a home ("42, of A")."""
    if _MODIFIES.match(sentence, end) or re.search(r"[A-Z]\w+[-–]\Z", sentence[max(0, start - 30) : start]):
        return True
    if _HOME.search(sentence, max(0, start - 8), start):
        return True
    office = _OFFICE.match(sentence, end)
    return office is not None and not _PREPOSITION_NEAR.search(sentence, max(0, start - 20), start)


def _extends_group(group: _OpenGroup, place: LocatedToponym, between: str, after: str) -> bool:
    """Whether a name belongs to the group before it; if so, the group is updated."""
    if len(between) > _FARTHEST:
        return False
    last = group.places[-1]
    if place.place_id and any(place.place_id == other.place_id for other in group.places):
        return len(between) <= 4 or bool(_LIST.fullmatch(between) or _ALIAS.fullmatch(between))
    if _BESIDE.fullmatch(between) or _takes_area(group, place, between, after):
        return True
    alike = (precision_rank(place) < ADMIN_RANK) is (precision_rank(last) < ADMIN_RANK)
    listed = _LIST.fullmatch(between) or (alike and _NOUNS_LIST.fullmatch(between))
    if listed:
        group.places.append(place)
    return bool(listed)


def _takes_area(group: _OpenGroup, place: LocatedToponym, between: str, after: str) -> bool:
    """Whether one of the two names is the area of the other; if so, the group keeps the finer one."""
    last = group.places[-1]
    if _lies_in(last, place, between, after):
        part = bool(_PART_OF.fullmatch(between))
        if place.place_id and group.within is None and (part or precision_rank(place) > precision_rank(last)):
            group.within = place
        return True
    if not _HOLDS.fullmatch(between):
        return False
    if precision_rank(place) < precision_rank(last):
        group.within, group.places[-1] = last, place
        return True
    if group.within and precision_rank(last) < precision_rank(place) < precision_rank(group.within):
        group.within = place  # "Porga, in Benin's Atacora department"
        return True
    return False


def _lies_in(last: LocatedToponym, place: LocatedToponym, between: str, after: str) -> bool:
    """Whether a name is the area of the one before it: "X, in Nangarhar", "X, a town in Nangarhar"."""
    if _IS_A.fullmatch(between) or _PART_OF.fullmatch(between):
        return True
    is_area = precision_rank(place) > precision_rank(last) or (bool(_AREA.match(after)) and not _AREA.match(between))
    is_list = not {"and", "or"}.isdisjoint(between.split())
    return is_area and not is_list and bool(_LIES_IN.fullmatch(between))


def precision_rank(place: LocatedToponym) -> int:
    """How wide the place is: 0 for a point; a name in no gazetteer counts as a town's."""
    return _RANKS.index(place.precision) if place.precision in _RANKS else 1


def _closed_group(sentence: str, group: _OpenGroup) -> PlaceGroup:
    finer = [place for place in group.places if place.precision is not GeoPrecision.COUNTRY]
    preposition = _PREPOSITION.search(sentence, max(0, group.start - 70), group.start)
    near = _PREPOSITION_NEAR.search(sentence, max(0, group.start - 20), group.start) or preposition
    under = near[1].lower() if near else "in" if group.start < heading_end(sentence) else ""
    within = group.within or next((place for place in group.places if finer and place not in finer), None)
    return PlaceGroup(tuple(finer or group.places), group.start, group.end, under, within)
