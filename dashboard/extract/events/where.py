"""Finds where an act happened among the places of its sentence, by clause, speaker, distance and the words between."""

import re
from collections.abc import Sequence
from dataclasses import replace

from dashboard.extract.acts.classify import VIOLENT, Act
from dashboard.extract.acts.speakers import Speech
from dashboard.extract.events.place_groups import ADMIN_RANK, PlaceGroup
from dashboard.extract.events.sentence import SentenceFacts
from dashboard.extract.events.statements import LocatedToponym
from dashboard.model import EventType

_AT = frozenset(
    {"in", "at", "near", "outside", "inside", "around", "across", "throughout", "over", "on", "into", "along", "like",
     "within", "through", "off", "between", "against", "to", "of", "hit", "hits", "rocked", "struck"}
)  # fmt: skip
_INSIDE = frozenset({"in", "inside", "across", "throughout", "over", "into", "within"})
_TOWARDS, _AWAY = frozenset({"to", "into", "towards", "toward"}), frozenset({"from", ""})
_AIMED = frozenset({"threat", "warning"})
_SPOKEN_OF = frozenset({EventType.TALKS, EventType.PROTEST})
_ABOUT = re.compile(
    r"\b(?:against|over|about|discuss\w*|condemn\w*|denounc\w*|mark\w*|mourn\w*|"
    r"to (?:end|stop|halt|prevent|investigate))\b"
)
_SPOKEN_THERE = re.compile(
    r"\b(?:said|told|tells|says|speaking|announced|confirmed|reporting|reported|adding|added|statement|conference|"
    r"interview|reporters|journalists)\s+(?:[a-z]+\s+){0,3}(?:in|at|from)\s+(?:the\s+)?\Z"
)
_MADE_AT = re.compile(
    r"\b(?:conference|briefing|rally|speech|address|meeting|summit|statement|reporters|journalists)\s+(?:[a-z]+\s+){0,2}"
    r"(?:in|at|from)\s+(?:the\s+)?\Z"
)
"""Before the place where a demand or a charge is made."""
_SAYS = re.compile(
    r",?\s+(?:also\s+)?(?:said|says|told|added|warned|claimed|confirmed|announced|reported|denied|stated)\b"
)
_OF_SPEAKER = re.compile(r"(?!During\b)[A-Z][a-z]+ing\b|According\b|Asked\b")
"""Openings that describe the speaker: "Commenting on the talks in X, …"."""
_WITNESSES = re.compile(
    r"\b(?:residents?|people|villagers|locals|witness(?:es)?|families|inhabitants|doctors|medics|hospitals?|activists)"
    r"\s+(?:of|in|from|near|at)\s+(?:the\s+)?\Z",
    re.IGNORECASE,
)
_AND_AT = re.compile(
    r"[^.;:]{0,60}?,?\s+and\s+(?:(?!who\b|which\b|that\b)[\w’'-]+\s+){0,4}(?:in|at|near|outside|on)\s+(?:the\s+)?"
    r"(?:\w+\s+of\s+)?"
)
"""Between a place and another one of the same act."""
_AND_TOO = re.compile(r"\s+(?:on|in|late|early|last)\s+[\w ]{1,24},?\s+and\s+(?:the\s+)?(?:\w+\s+of\s+)?")
"""The same if the places are objects of the act: "captured A on Monday and B on Tuesday"."""
_DASHES = ("–", "—", "-")
_FRONT = 60
"""How far into a sentence "In Sittwe, …" may begin, in characters."""
_LEAST_FIT = -2.5
"""A place fits an act only with more points than this."""


def is_about(sentence: str, start: int, end: int) -> bool:
    """Whether the words between make what follows a mere topic: "marched against the killings"."""
    return bool(_ABOUT.search(sentence, start, end))


def group_of_act(facts: SentenceFacts, number: int) -> PlaceGroup | None:
    """The group an act happened at, of those open to its clause; None if none fits."""
    act = facts.acts[number]
    object_group = next((group for group in facts.groups if group.start <= act.place_at < group.end), None)
    if object_group:
        return object_group
    left = facts.groups_left_to(number)
    speech = _speech_of(act, facts.speeches)
    candidates = [group for group in left if _is_of_speech(facts.text, group, speech)]
    if act.sub_event_type == "displacement":
        return _flight_ends(act, candidates) or _best_group(facts.text, act, candidates)
    best = _best_group(facts.text, act, candidates)
    if best is None and act.event_type in VIOLENT:
        before = (group for group in left if group.end <= act.start)
        return next((group for group in before if _WITNESSES.search(facts.text, 0, group.start)), None)
    return _within_area(facts.text, _town_of_province(facts.text, act, best, candidates), candidates) if best else None


def _within_area(sentence: str, group: PlaceGroup, candidates: Sequence[PlaceGroup]) -> PlaceGroup:
    """The group, put within the area that opens the sentence if one of its places is in no gazetteer."""
    if group.within or all(place.place_id for place in group.places):
        return group
    areas = (
        _first_with_place(one.places) for one in candidates if one.rank >= ADMIN_RANK and _is_fronted(sentence, one)
    )
    return replace(group, within=next(filter(None, areas), None))


def repeated_at(facts: SentenceFacts, number: int, group: PlaceGroup) -> list[PlaceGroup]:
    """Further places of an act, named without a verb: "killed five in A on Monday and six in B on Tuesday"."""
    act, repeats, last = facts.acts[number], [], group
    if act.event_type not in VIOLENT or group.start < act.start:
        return []
    for other, clause in zip(facts.groups, facts.group_clauses, strict=True):
        if other.start <= last.end or clause != facts.act_clauses[number]:
            continue
        if any(last.end <= act_after.at < other.start for act_after in facts.acts):
            break
        is_object = not last.preposition and _AND_TOO.fullmatch(facts.text, last.end, other.start)
        if is_object or _AND_AT.fullmatch(facts.text, last.end, other.start):
            repeats.append(other)
            last = other
    return repeats


def _best_group(sentence: str, act: Act, candidates: Sequence[PlaceGroup]) -> PlaceGroup | None:
    scored = [(points, group) for group in candidates if (points := _fit_points(sentence, act, group)) is not None]
    fitting = [pair for pair in scored if pair[0] > _LEAST_FIT]
    return max(fitting, key=lambda pair: (pair[0], -pair[1].start))[1] if fitting else None


def _speech_of(act: Act, speeches: Sequence[Speech]) -> Speech | None:
    """The innermost speech with a verb that contains the act; the verb separates it from the words on its speaker."""
    holding = [speech for speech in speeches if speech.verb and speech.start <= act.at < speech.end]
    return min(holding, key=lambda speech: speech.end - speech.start, default=None)


def _is_of_speech(sentence: str, group: PlaceGroup, speech: Speech | None) -> bool:
    """Whether a place belongs to what is said, and not to who says it: "…, the governor of X said"."""
    if speech is None or speech.start <= group.start < speech.end:
        return True
    return _is_fronted(sentence, group) and not _OF_SPEAKER.match(sentence)


def _is_fronted(sentence: str, group: PlaceGroup) -> bool:
    """Whether the sentence opens with it: "In Sittwe, …", "At the port of Aden, …", "BOUAR – …"."""
    after = sentence[group.end : group.end + 20].lstrip(" )")
    opens = not any(mark in sentence[: group.start] for mark in ",;:")
    return group.start <= _FRONT and bool(group.preposition) and opens and ("," in after[:12] or after[:1] in _DASHES)


def _town_of_province(sentence: str, act: Act, best: PlaceGroup, candidates: Sequence[PlaceGroup]) -> PlaceGroup:
    """The town that follows where the sentence opens with its province: "In Rakhine, jets bombed a camp in Minbya"."""
    if best.rank < ADMIN_RANK or best.start > act.start:
        return best
    later = [group for group in candidates if group.rank < best.rank and group.start >= act.start]
    town = _best_group(sentence, act, [group for group in later if group.preposition in _AT])
    if town is None:
        return best
    return replace(town, within=town.within or _first_with_place(best.places))


def _first_with_place(places: Sequence[LocatedToponym]) -> LocatedToponym | None:
    return next((place for place in places if place.place_id), None)


def _flight_ends(act: Act, candidates: Sequence[PlaceGroup]) -> PlaceGroup | None:
    """The places that people flee to and from."""
    to = [group for group in candidates if group.preposition in _TOWARDS]
    away = [group for group in candidates if group.preposition in _AWAY and group.start >= act.start]
    ends = [*to, *away]
    if not ends:
        return None
    return replace(ends[0], places=tuple(dict.fromkeys(place for group in ends for place in group.places)))


def _fit_points(sentence: str, act: Act, group: PlaceGroup) -> float | None:
    """How well a group fits an act: by its preposition, its side of the act and its distance; None if it cannot fit."""
    if group.is_country and not _is_in_country(act, group):
        return None
    if act.event_type in _SPOKEN_OF and is_about(sentence, act.end, max(act.end, group.start)):
        return None
    front = 0.0
    if act.event_type is EventType.STATEMENT:
        if not _is_spoken_at(sentence, act, group):
            return None
        front = 4.0 if act.sub_event_type not in _AIMED and _is_fronted(sentence, group) else 0.0
    elif _is_speakers(sentence, act, group):
        return None
    after = group.start >= act.start
    distance = group.start - act.end if after else act.start - group.end
    points = (2.0 if after else 0.0) - max(0, distance) / 40
    points += 3.0 if group.preposition in _AT else 1.5 if after and distance <= 12 else 0.0
    points -= 2.0 if group.preposition == "from" else 0.0
    return points + front - (2.0 if group.is_country else 0.0)


def _is_in_country(act: Act, group: PlaceGroup) -> bool:
    """Whether the words place the act in the country, and do not only name its government."""
    if act.event_type is EventType.EXPLOSION and group.preposition in ("at", "on"):
        return True
    return group.preposition in _INSIDE or (act.sub_event_type == "visit" and group.preposition == "to")


def _is_spoken_at(sentence: str, act: Act, group: PlaceGroup) -> bool:
    """Whether a statement is located there: a threat at the place it names, others where they are made."""
    if act.sub_event_type in _AIMED:
        return True
    if _is_fronted(sentence, group):
        return True
    before = max(0, group.start - 50)
    return any(form.search(sentence, before, group.start) for form in (_SPOKEN_THERE, _MADE_AT))


def _is_speakers(sentence: str, act: Act, group: PlaceGroup) -> bool:
    """Whether somebody only speaks there, or the name is the speaker."""
    there = _SPOKEN_THERE.search(sentence, max(0, group.start - 50), group.start)
    return bool(there or (group.end < act.start and _SAYS.match(sentence, group.end)))
