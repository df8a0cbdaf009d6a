"""The events of an article: one for each incident and place, with the sentence that describes it best.

Joins what the other modules of this package find. Nothing here decides where a place lies: the caller supplies the
precision and place of each toponym, and learns which of them an event happened at.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dashboard.extract.acts.actors import actors
from dashboard.extract.acts.attribution import Attribution, attribution_of
from dashboard.extract.acts.classify import VIOLENT, Act
from dashboard.extract.events.casualties import with_deaths
from dashboard.extract.events.competing_acts import PlacedAct, drop_outdone
from dashboard.extract.events.place_groups import PlaceGroup
from dashboard.extract.events.retellings import distinctive_words, drop_retellings
from dashboard.extract.events.sentence import SentenceFacts, facts_of
from dashboard.extract.events.statements import ActDate, LocatedToponym, Statement
from dashboard.extract.events.when import with_dates
from dashboard.extract.events.where import group_of_act, repeated_at
from dashboard.extract.text.mood import Mood
from dashboard.extract.text.word_lists import word_list
from dashboard.model import Assertion, EventType

PLACED_SCORE = 0.3
"""Minimum score of an act with a place."""
PLACELESS_SCORE = 0.6
"""Minimum score of an act without a place: only what is clearly an event."""
SPOKEN_SCORE = 0.62
"""Minimum score of a statement, which is mere words."""
_NOT_DONE = frozenset({Mood.PURPOSE, Mood.POSSIBLE, Mood.DUTY, Mood.ALLOWED})
"""Moods of acts that are only intended, possible, demanded or permitted: at most the statement is an event."""
_ONLY_IN_FULL = frozenset({"concession", "cooperation", "return"})
"""Sub-types for which a single word ("allowed", "imported") is not enough."""
_DESTRUCTION = "Looting/property destruction"
_OFFICIAL = re.compile(
    r"\b(?:president|premier|chancellor|ministers?|secretary|envoys?|ambassadors?|king|emir|pope|leaders?|"
    r"officials?|delegations?|mediators?|negotiators?|commissioner|diplomats?|generals?|commanders?|senators?|chief|talks|"
    r"summit|counterpart|chairman|governor|crown prince|spokes\w+|head of|experts?|inspectors?|observers?)\b",
    re.IGNORECASE,
)
"""Whose visit is news."""
_MENACE = re.compile(
    r"\b(?:attack\w*|str(?:ike|ikes|uck)|bomb\w*|shell\w*|kill\w*|destroy\w*|invade\w*|invasion|retaliat\w+|wars?|"
    r"force|defeat\w*|crush\w*|burn\w*|punish\w*|consequences|respond|response|offensive|blood\w*|target\w*|hit|fire|missiles?|"
    r"sanctions?|withdraw\w*|cut off|blockade|seize|storm|massacre|annihilat\w+|escalat\w+)\b",
    re.IGNORECASE,
)
"""Words of violence: without one of them a threat is not news."""
_WORD = re.compile(r"[^\W\d_]+")
_STANDS_ALONE = {
    EventType.AGREEMENT: frozenset({"ceasefire", "peace", "release"}),
    **dict.fromkeys(VIOLENT),
}
"""Types that make an event even without a place, with the sub-types that do; None: all of them."""


def find_statements(text: str, published: date | None, located: Sequence[LocatedToponym]) -> list[Statement]:
    """The statements that become events, in the order of the text; those of one incident share a number.

    ``located`` are the toponyms that may be places of events, in order. ``published`` is None if unknown.
    """
    sentences = facts_of(text, published, located)
    events = [event for facts in sentences for event in drop_outdone(_events_in(facts, published))]
    dated = [
        (event, when) for event, when in with_dates(events, sentences, published) if not _is_too_vague(event, when)
    ]
    every = [statement for number, (event, when) in enumerate(dated) for statement in _statements(event, when, number)]
    return with_deaths(drop_retellings(every), sentences)


def _is_too_vague(event: PlacedAct, when: ActDate) -> bool:
    """Whether the act is too vague for a map: a habit, or undated with no place or only a country; a truce may stay."""
    if event.act.is_present and not when.first and event.act.event_type is not EventType.STATEMENT:
        return event.attribution.assertion.is_act
    if event.group is None:
        is_truce = event.act.sub_event_type in ("ceasefire", "peace")
        return event.attribution.assertion is Assertion.BACKGROUND or not (when.words or is_truce or when.first)
    return event.group.is_country and (not when.words or event.attribution.assertion is Assertion.BACKGROUND)


# --- acts that are events, and their places


def _events_in(facts: SentenceFacts, published: date | None) -> list[PlacedAct]:
    """The acts of a sentence that are events, each with its places."""
    return [event for number in range(len(facts.acts)) for event in _events_of_act(facts, number, published)]


def _events_of_act(facts: SentenceFacts, number: int, published: date | None) -> list[PlacedAct]:
    """The act at its place, and at each place it is repeated at: "killed five in A on Monday and six in B"."""
    act = facts.acts[number]
    group = group_of_act(facts, number)
    attribution = attribution_of(act, facts.text, facts.speeches, published)
    is_event = _stands_alone(act, attribution) if group is None else _is_event(act, attribution, group, facts.text)
    if not is_event or _is_nature(act, facts.text):
        return []
    repeats = repeated_at(facts, number, group) if group else []
    if group is None or not repeats:
        return [PlacedAct(facts, number, group, attribution)]
    return [PlacedAct(facts, number, place, attribution, anchor=place.end) for place in (group, *repeats)]


def _is_event(act: Act, attribution: Attribution, group: PlaceGroup, words: str) -> bool:
    if act.event_type is EventType.STATEMENT:
        return not group.is_country and _is_statement(act, attribution, words)
    if act.mood in _NOT_DONE or act.sub_event_type == "support":
        return False
    if act.is_one_word and act.sub_event_type in _ONLY_IN_FULL:
        return False
    if act.sub_event_type == "visit" and not _OFFICIAL.search(words):
        return False
    if group.is_country:
        return attribution.assertion is not Assertion.BACKGROUND and act.score >= PLACELESS_SCORE
    return act.score >= PLACED_SCORE


def _is_statement(act: Act, attribution: Attribution, words: str) -> bool:
    """Whether somebody says something that belongs on a map: a demand, a charge, a threat of violence."""
    if attribution.assertion is Assertion.THREATENED:
        if act.mood is Mood.FACT and not _MENACE.search(words, act.start):
            return False
        return act.score >= SPOKEN_SCORE and bool(attribution.claimed_by or not act.needs_speaker)
    return bool(act.sub_event_type and attribution.claimed_by) and act.score >= SPOKEN_SCORE


def _is_nature(act: Act, words: str) -> bool:
    """Whether a disease, a storm or an accident caused it, and not people."""
    if act.event_type not in VIOLENT and act.sub_event_type != _DESTRUCTION:
        return False
    said = set(_WORD.findall(words.lower()))
    return not said.isdisjoint(word_list("nature")) and said.isdisjoint(word_list("armed"))


def _stands_alone(act: Act, attribution: Attribution) -> bool:
    """Whether an act is an event even without a place."""
    if act.event_type not in _STANDS_ALONE or not attribution.assertion.is_act:
        return False
    subs = _STANDS_ALONE[act.event_type]
    return act.score >= PLACELESS_SCORE and act.mood is Mood.FACT and (subs is None or act.sub_event_type in subs)


# --- statements


def _statements(event: PlacedAct, when: ActDate, number: int) -> list[Statement]:
    """One statement for each place of the act, or one without a place."""
    statement = Statement(
        act=event.act, start=event.facts.sentence.start, end=event.facts.sentence.end, passage=event.facts.written,
        paragraph=event.facts.sentence.paragraph, attribution=_attribution_as_written(event), when=when, where=None,
        act_number=number, actors=_actors_of(event), words=distinctive_words(event.facts.text),
    )  # fmt: skip
    if event.group is None:
        return [statement]
    preposition, within = event.group.preposition, event.group.within
    return [replace(statement, where=where, preposition=preposition, within=within) for where in event.group.places]


def _attribution_as_written(event: PlacedAct) -> Attribution:
    return replace(event.attribution, claimed_by=event.facts.as_written(event.attribution.claimed_by))


def _actors_of(event: PlacedAct) -> tuple[str, str]:
    """The two actors, without names of places; whoever threatens or demands is the first."""
    places = {place.toponym.text for place in event.group.places} if event.group else set()
    first, second = (event.facts.as_written(who) for who in actors(event.facts.text, event.act))
    first = "" if first in places else first
    is_town = any(second in town.split() or second == town for town in event.facts.towns)
    second = "" if second in places or is_town or second == first else second
    speaker = (
        event.facts.as_written(event.attribution.claimed_by) if event.act.event_type is EventType.STATEMENT else ""
    )
    return speaker or first, second
