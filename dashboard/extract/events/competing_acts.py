"""Chooses among several acts of a sentence at one place those that best describe what happened there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.extract.acts.attribution import Attribution
from dashboard.extract.acts.classify import VIOLENT, Act
from dashboard.extract.events.place_groups import PlaceGroup
from dashboard.extract.events.sentence import SentenceFacts
from dashboard.extract.events.where import is_about
from dashboard.model import EventType


@dataclass(frozen=True, slots=True)
class PlacedAct:
    """An act that is an event, with the group of its places, if any."""

    facts: SentenceFacts
    number: int
    """Index of the act in its sentence."""
    group: PlaceGroup | None
    attribution: Attribution
    anchor: int = -1
    """Offset in the sentence near which its date is looked for; -1: at the act."""

    @property
    def act(self) -> Act:
        return self.facts.acts[self.number]

    @property
    def clause(self) -> int:
        return self.facts.act_clauses[self.number]


_CHARGES = frozenset({"accusation", "rejection", "investigation"})
_NEGOTIATION = frozenset({EventType.AGREEMENT, EventType.TALKS, EventType.STATEMENT})
_CROWD = frozenset({EventType.PROTEST, EventType.RIOT})
_BY_THE_WAY = frozenset({"release", "withdrawal", "return"})
"""Sub-types that are not agreements amid fighting: prisoners are freed in an attack, an army retreats from it."""


_ONE_SIDED = re.compile(r"(?:attack|raid|storm|assault|ambush|open(?:ed|ing) fire)", re.IGNORECASE)
"""Fighting in which only one side need be armed."""


def drop_outdone(events: Sequence[PlacedAct]) -> list[PlacedAct]:
    """Drop every act that another act of the sentence describes better at the same place; the rest in order."""
    kept: list[PlacedAct] = []
    for event in sorted(events, key=lambda event: -event.act.score):
        if not any(_is_outdone(event, other) for other in kept):
            kept = [other for other in kept if not _is_outdone(other, event)] + [event]
    return sorted(kept, key=lambda event: event.number)


def _is_outdone(event: PlacedAct, other: PlacedAct) -> bool:
    """Whether another act outdoes this one; of two that outdo each other, the one with the lower score is dropped."""
    if not _is_better_described(event, other):
        return False
    return not _is_better_described(other, event) or (event.act.score, -event.number) < (
        other.act.score,
        -other.number,
    )


def _is_better_described(event: PlacedAct, other: PlacedAct) -> bool:
    """Whether another act of the sentence describes better what happened at the same place."""
    if event is other or not _is_same_place(event.group, other.group):
        return False
    mine, its = event.act, other.act
    if _is_attack_on(its, mine, event.facts.text):
        return False
    aside = mine.is_aside and not its.is_aside and mine.event_type not in _CROWD
    if aside or _is_attack_on(mine, its, event.facts.text) or _is_charge_of(mine, its):
        return True
    if mine.event_type in VIOLENT:
        charged = its.sub_event_type in _CHARGES
        if charged or (its.event_type in _CROWD | _NEGOTIATION and _is_only_topic(event, other)):
            return not charged
    if mine.event_type is EventType.OTHER and its.event_type in VIOLENT | _CROWD:
        return mine.sub_event_type != "displacement"
    return event.clause == other.clause and _is_less_exact(mine, its)


def _is_charge_of(mine: Act, its: Act) -> bool:
    """Whether an act is a charge of violence, or a side effect of it."""
    return its.event_type in VIOLENT and mine.sub_event_type in _CHARGES | _BY_THE_WAY


def _is_attack_on(mine: Act, its: Act, sentence: str) -> bool:
    """Whether the other act makes a raid an attack on civilians: "raided the village and killed farmers"."""
    raid = mine.event_type is EventType.BATTLE and _ONE_SIDED.match(sentence, mine.at)
    return bool(raid) and its.event_type is EventType.CIVILIANS and its.of_civilians


def _is_same_place(mine: PlaceGroup | None, its: PlaceGroup | None) -> bool:
    if mine is None or its is None:
        return mine is its
    return (mine.start, mine.end) == (its.start, its.end)


def _is_less_exact(mine: Act, its: Act) -> bool:
    """Whether the other act is of a kindred type and more exact, or stated more plainly."""
    if mine.event_type is its.event_type and bool(mine.sub_event_type) != bool(its.sub_event_type):
        return not mine.sub_event_type
    spoken = EventType.STATEMENT in (mine.event_type, its.event_type)
    same = mine.event_type is its.event_type is EventType.OTHER or mine.sub_event_type == its.sub_event_type
    kin = same or any({mine.event_type, its.event_type} <= family for family in (VIOLENT, _CROWD, _NEGOTIATION))
    return (kin or spoken) and (mine.score, -mine.start) < (its.score, -its.start)


def _is_only_topic(event: PlacedAct, other: PlacedAct) -> bool:
    """Whether an act is only the topic of another: "marched in A against the killings"."""
    after = event.act.start >= other.act.end and event.clause == other.clause
    return after and is_about(event.facts.text, other.act.end, event.act.start)
