"""Which of a sentence's places belong to which of its acts: by clause, by nearness and by the words between.

Places told together ("in A and B") form a group, and what only says where a place lies ("A, a province") adds none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.extract.event_types import Act
from dashboard.model import EventType, GeoPrecision, Toponym


@dataclass(frozen=True, slots=True)
class Located:
    """A toponym with what is known of its place: `unlocated` and no id if no place has the name."""

    toponym: Toponym
    precision: GeoPrecision
    place_id: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Places told together; offsets count from the start of the sentence."""

    places: tuple[Located, ...]
    start: int
    end: int
    preposition: str
    """The one the group stands under, in lower case; empty if none."""

    @property
    def is_country(self) -> bool:
        """Nothing finer than a whole country."""
        return all(place.precision is GeoPrecision.COUNTRY for place in self.places)


# --- clauses

_OPENERS = (
    "after|before|since|when|while|who|which|whose|until|although|though|but|because|despite|unless|whereas|"
    "(?<!the )following|amid"
)
_BOUNDARY = re.compile(rf"[;—–]|\b(?:{_OPENERS})\b", re.IGNORECASE)
_CLOSED = frozenset(
    {"since", "who", "which", "whose", "until", "although", "though", "but", "because", "unless", "whereas"}
)
"""What stands in a clause opened so, dates and places alike, says nothing of acts outside it."""
_ENDS_AT_COMMA = re.compile(r"(?:^|,)\W*\Z")
_COMMA = re.compile(r",\s")


def clause_ends(sentence: str) -> list[tuple[int, int]]:
    """Stretches of a sentence as (end, clause): an inserted clause ends at its comma, and the main one goes on.

    The main clause is 0; a clause that keeps its places and dates to itself has a number below 0.
    """
    marks: list[tuple[int, int]] = []
    clause, outer, closes = 0, 0, -1
    for fresh, match in enumerate(_BOUNDARY.finditer(sentence), start=1):
        if 0 <= closes < match.start():
            marks.append((closes, clause))
            clause = outer
        marks.append((match.start(), clause))
        inserted = bool(_ENDS_AT_COMMA.search(sentence, max(0, match.start() - 4), match.start()))
        comma = _COMMA.search(sentence, match.end()) if inserted else None
        number = -fresh if match[0].lower() in _CLOSED else fresh
        outer, clause, closes = clause, number, comma.start() if comma else -1
    if closes >= 0:
        marks.append((closes, clause))
        clause = outer
    return [*marks, (len(sentence), clause)]


def clause_at(ends: Sequence[tuple[int, int]], at: int) -> int:
    """The clause that holds an offset."""
    return next((clause for end, clause in ends if at < end), ends[-1][1])


# --- groups

_KIND = (
    r"(?:\s+(?:cit(?:y|ies)|towns?|villages?|districts?|provinces?|regions?|states?|count(?:y|ies)|oblasts?|"
    r"governorates?|departments?|townships?|camps?|areas?))?"
)
_LEAD = r"(?:(?:in|at|near|on|outside|around|from|to|over|of)\s+)?(?:the\s+)?(?:\w+\s+(?:city|town|village)\s+of\s+)?"
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
_ALIAS = re.compile(r"\s*[(,]\s*(?:or\s+|known as\s+)?[“\"]?")
_PREPOSITION = re.compile(
    r"\b(in|at|near|outside|inside|around|across|throughout|over|on|into|from|to|towards?|along|against|of|by|"
    r"like|through|off|within|between|hit|hits|rocked|struck)\s+(?:(?:the|a|an|parts|both)\s+)?(?:[a-z’'-]+\s+){0,5}\Z"
)
_PREPOSITION_NEAR = re.compile(r"\b(in|at|near|outside|inside|around|across|on|into|from|to|of)\s+(?:the\s+)?\Z")
_RANKS = (
    GeoPrecision.EXACT, GeoPrecision.SETTLEMENT, GeoPrecision.NEAR, GeoPrecision.ADMIN2, GeoPrecision.ADMIN1,
    GeoPrecision.REGION, GeoPrecision.SEA, GeoPrecision.COUNTRY,
)  # fmt: skip
_OFFICE = re.compile(
    r"(?:['’]s)?\s+(?:\w+\s+)?(?:governor|mayor|police|officials?|authorit\w+|government|administration|spokes\w+|"
    r"residents?|correspondent|court|envoy|ambassador|minister|chief|bureau|university|leaders?|side|delegat\w+)\b"
)
_HOME = re.compile(r",\s+of\s+\Z")
_MODIFIES = re.compile(r"[-–][A-Z]|[-–](?:based|backed|led|controlled|born)\b")
_SPOKEN_THERE = re.compile(
    r"\b(?:said|told|tells|says|speaking|announced|confirmed|reporting|reported|adding|added|statement|conference|"
    r"interview|reporters|journalists)\s+(?:[a-z]+\s+){0,3}(?:in|at|from)\s+(?:the\s+)?\Z"
)
_SAYS = re.compile(
    r",?\s+(?:also\s+)?(?:said|says|told|added|warned|claimed|confirmed|announced|reported|denied|stated)\b"
)
_BY_AGENCY = re.compile(
    r"[A-Z][^.!?]{0,60}?(?:\((?:Reuters|AP|AFP|Xinhua|CNN|EFE|dpa|AA|IANS|PTI|BBC)[^)]{0,40}\)\s*[-–—:]*|\s[–—]\s|\s-\s|\s--\s)"
)
_CAPITALS = re.compile(r"[A-Z]{3}")


def groups(sentence: str, found: Sequence[Located], offset: int) -> list[Group]:
    """The places of a sentence told together, in order; ``offset`` is where the sentence starts in the article.

    Names that only modify a noun or an office ("the X mayor"), and the place of a dateline, are left out.
    """
    dateline, ends = dateline_end(sentence), clause_ends(sentence)
    chain: list[list[Located]] = []
    spans: list[tuple[int, int]] = []
    for one in found:
        start, end = one.toponym.start - offset, one.toponym.end - offset
        if start < dateline or _is_no_spot(sentence, start, end):
            continue
        same = bool(chain) and clause_at(ends, spans[-1][0]) == clause_at(ends, start)
        if not (same and _joins(chain[-1], one, sentence[spans[-1][1] : start])):
            chain.append([one])
            spans.append((start, end))
        else:
            spans[-1] = (spans[-1][0], end)
    return [_group(sentence, places, span) for places, span in zip(chain, spans, strict=True)]


def dateline_end(sentence: str) -> int:
    """Where "KHARTOUM (Reuters) -" ends; 0 if there is no dateline."""
    match = _BY_AGENCY.match(sentence)
    return match.end() if match and ("(" in match[0] or _CAPITALS.match(sentence)) else 0


def _is_no_spot(sentence: str, start: int, end: int) -> bool:
    """Whether the name is part of another noun ("the A governor", "the A-B dialogue") or a home ("42, of A")."""
    if _MODIFIES.match(sentence, end) or re.search(r"[A-Z]\w+[-–]\Z", sentence[max(0, start - 30) : start]):
        return True
    if _HOME.search(sentence, max(0, start - 8), start):
        return True
    office = _OFFICE.match(sentence, end)
    return office is not None and not _PREPOSITION_NEAR.search(sentence, max(0, start - 20), start)


def _joins(places: list[Located], one: Located, between: str) -> bool:
    """Whether a name goes on the group before it; if so the group is changed."""
    last = places[-1]
    if one.place_id and any(one.place_id == other.place_id for other in places):
        return len(between) <= 4 or bool(_LIST.fullmatch(between) or _ALIAS.fullmatch(between))
    wider = _rank(one) > _rank(last)
    comma = "and" not in between.split() and "or" not in between.split()
    if (wider and comma and _LIES_IN.fullmatch(between)) or _PART_OF.fullmatch(between):
        return True
    if _rank(one) < _rank(last) and _HOLDS.fullmatch(between):
        places[-1] = one
        return True
    if _LIST.fullmatch(between) or _NOUNS_LIST.fullmatch(between):
        places.append(one)
        return True
    return False


def _rank(one: Located) -> int:
    return _RANKS.index(one.precision) if one.precision in _RANKS else 1


def _group(sentence: str, places: Sequence[Located], span: tuple[int, int]) -> Group:
    finer = [one for one in places if one.precision is not GeoPrecision.COUNTRY]
    preposition = _PREPOSITION.search(sentence, max(0, span[0] - 70), span[0])
    near = _PREPOSITION_NEAR.search(sentence, max(0, span[0] - 20), span[0]) or preposition
    return Group(tuple(finer or places), *span, near[1].lower() if near else "")


# --- acts and groups

_AT = frozenset(
    {"in", "at", "near", "outside", "inside", "around", "across", "throughout", "over", "on", "into", "along", "like",
     "within", "through", "off", "between", "against", "to", "of", "hit", "hits", "rocked", "struck"}
)  # fmt: skip
_INSIDE = frozenset({"in", "inside", "across", "throughout", "over", "into", "within"})
_SPOKEN_OF = frozenset({EventType.TALKS, EventType.PROTEST})
_ABOUT = re.compile(
    r"\b(?:against|over|about|discuss\w*|condemn\w*|denounc\w*|mark\w*|mourn\w*|"
    r"to (?:end|stop|halt|prevent|investigate))\b"
)
LEAST_FIT = -2.5


def is_about(sentence: str, start: int, end: int) -> bool:
    """Whether words between say that what follows is only spoken of: "marched against the killings"."""
    return bool(_ABOUT.search(sentence, start, end))


def place_of(sentence: str, act: Act, near: Sequence[Group]) -> Group | None:
    """The group an act happened at, of those its clause leaves to it; None if none fits."""
    fits = [(fit, group) for group in near if (fit := _fit(sentence, act, group)) > LEAST_FIT]
    return max(fits, key=lambda pair: (pair[0], -pair[1].start))[1] if fits else None


def _fit(sentence: str, act: Act, group: Group) -> float:
    """How well a group's words go with an act's: under a preposition of place, right after it, near."""
    if group.is_country and group.preposition not in _INSIDE:
        return -10.0
    said_there = _SPOKEN_THERE.search(sentence, max(0, group.start - 50), group.start)
    if act.event_type in _SPOKEN_OF and is_about(sentence, act.start, max(act.start, group.start)):
        return -10.0
    speaks = group.end < act.start and _SAYS.match(sentence, group.end)
    if (said_there or speaks) and act.event_type is not EventType.STATEMENT:
        return -10.0
    after = group.start >= act.start
    distance = group.start - act.end if after else act.start - group.end
    points = (2.0 if after else 0.0) - max(0, distance) / 40
    points += 3.0 if group.preposition in _AT else 1.5 if after and distance <= 12 else 0.0
    points -= 2.0 if group.preposition == "from" else 0.0
    return points - (2.0 if group.is_country else 0.0)


def left_to(number: int, clauses: Sequence[int], things: Sequence[int]) -> Iterator[int]:
    """Indices of the things (by their clause) an act may have: those of its own clause, else those that
    stand in a clause without an act.

    ``clauses`` are those of all acts of the sentence, ``number`` counts among them.
    """
    own = [at for at, clause in enumerate(things) if clause == clauses[number]]
    return iter(own or [at for at, clause in enumerate(things) if clause >= 0 and clause not in clauses])
