"""The events of an article: one for each incident and place, with the sentence that describes it best.

Joins what the other modules of this package find. Nothing here says where a place lies: who calls gives each
toponym's precision and place, and gets back which of them an event happened at.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dashboard.extract.acts.actors import actors
from dashboard.extract.acts.attribution import Attribution, attribution
from dashboard.extract.acts.classify import VIOLENT, Act
from dashboard.extract.events.casualties import with_deaths
from dashboard.extract.events.competing_acts import Placed, drop_outdone
from dashboard.extract.events.place_groups import Group, Located
from dashboard.extract.events.retellings import Statement, drop_retellings, telling_words
from dashboard.extract.events.sentence import SentenceFacts, facts_of
from dashboard.extract.events.when import When, with_dates
from dashboard.extract.events.where import done_again, place_of
from dashboard.extract.text.mood import Mood
from dashboard.extract.text.word_lists import word_list
from dashboard.model import Assertion, EventType

PLACED_SCORE = 0.3
"""Minimum score of an act with a place in its words."""
PLACELESS_SCORE = 0.6
"""Minimum score of an act without a place: only what is clearly an event."""
SPOKEN_SCORE = 0.62
"""Minimum score of a statement, which nobody sees happen."""
_NOT_DONE = frozenset({Mood.PURPOSE, Mood.POSSIBLE, Mood.DUTY, Mood.ALLOWED})
"""Moods of what is only aimed at, possible, demanded or permitted: no event, unless as the saying of it."""
_ONLY_IN_FULL = frozenset({"concession", "cooperation", "return"})
"""Sub-types of which one word ("allowed", "imported") is no event."""
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
"""Words of violence: without one of them a threat is no news."""
_WORD = re.compile(r"[^\W\d_]+")
_STANDS_ALONE = {
    EventType.AGREEMENT: frozenset({"ceasefire", "peace", "release"}),
    **dict.fromkeys(VIOLENT),
}
"""Types of which an event without any place is a row, with the sub-types that are; None: all."""


def find_statements(text: str, published: date | None, located: Sequence[Located]) -> list[Statement]:
    """The statements that are to be events, in the order of the text; those of one incident share a number.

    ``located`` are the toponyms that may be places of events, in order. ``published`` is None if not known.
    """
    read = facts_of(text, published, located)
    placed = [event for one in read for event in drop_outdone(_events_of(one, published))]
    dated = [(one, when) for one, when in with_dates(placed, read, published) if not _is_too_vague(one, when)]
    every = [statement for number, (one, when) in enumerate(dated) for statement in _statements(one, when, number)]
    return with_deaths(drop_retellings(every), read)


def _is_too_vague(one: Placed, when: When) -> bool:
    """A habit, and an act nowhere or somewhere in a country at no time, tell a map nothing; a truce may."""
    if one.act.is_present and not when.first and one.act.event_type is not EventType.STATEMENT:
        return one.attribution.assertion.is_act
    if one.group is None:
        is_truce = one.act.sub_event_type in ("ceasefire", "peace")
        return one.attribution.assertion is Assertion.BACKGROUND or not (when.words or is_truce or when.first)
    return one.group.is_country and (not when.words or one.attribution.assertion is Assertion.BACKGROUND)


# --- acts that are events, and their places


def _events_of(one: SentenceFacts, published: date | None) -> list[Placed]:
    """The acts of a sentence that are events, each with its places."""
    return [placed for number in range(len(one.acts)) for placed in _at_its_places(one, number, published)]


def _at_its_places(one: SentenceFacts, number: int, published: date | None) -> list[Placed]:
    """The act at its place, and at those where it was done again: "killed five in A on Monday and six in B"."""
    act = one.acts[number]
    group = place_of(one, number)
    put = attribution(act, one.text, one.said, published)
    is_event = _stands_alone(act, put) if group is None else _is_event(act, put, group, one.text)
    if not is_event or _is_nature(act, one.text):
        return []
    again = done_again(one, number, group) if group else []
    if group is None or not again:
        return [Placed(one, number, group, put)]
    return [Placed(one, number, place, put, anchor=place.end) for place in (group, *again)]


def _is_event(act: Act, put: Attribution, group: Group, words: str) -> bool:
    if act.event_type is EventType.STATEMENT:
        return not group.is_country and _is_statement(act, put, words)
    if act.mood in _NOT_DONE or act.sub_event_type == "support":
        return False
    if act.is_one_word and act.sub_event_type in _ONLY_IN_FULL:
        return False
    if act.sub_event_type == "visit" and not _OFFICIAL.search(words):
        return False
    if group.is_country:
        return put.assertion is not Assertion.BACKGROUND and act.score >= PLACELESS_SCORE
    return act.score >= PLACED_SCORE


def _is_statement(act: Act, put: Attribution, words: str) -> bool:
    """Whether somebody says something that belongs on a map: a demand, a charge, a threat of violence."""
    if put.assertion is Assertion.THREATENED:
        if act.mood is Mood.FACT and not _MENACE.search(words, act.start):
            return False
        return act.score >= SPOKEN_SCORE and bool(put.claimed_by or not act.needs_speaker)
    return bool(act.sub_event_type and put.claimed_by) and act.score >= SPOKEN_SCORE


def _is_nature(act: Act, words: str) -> bool:
    """Whether a disease, a storm or an accident did it, and not people to people."""
    if act.event_type not in VIOLENT and act.sub_event_type != _DESTRUCTION:
        return False
    said = set(_WORD.findall(words.lower()))
    return not said.isdisjoint(word_list("nature")) and said.isdisjoint(word_list("armed"))


def _stands_alone(act: Act, put: Attribution) -> bool:
    """Whether an act is an event even without a place."""
    if act.event_type not in _STANDS_ALONE or not put.assertion.is_act:
        return False
    subs = _STANDS_ALONE[act.event_type]
    return act.score >= PLACELESS_SCORE and act.mood is Mood.FACT and (subs is None or act.sub_event_type in subs)


# --- statements


def _statements(one: Placed, when: When, number: int) -> list[Statement]:
    """One statement for each place of the act, or one without a place."""
    statement = Statement(
        act=one.act, start=one.facts.sentence.start, end=one.facts.sentence.end, passage=one.facts.written,
        paragraph=one.facts.sentence.paragraph, attribution=_as_written(one), when=when, where=None, act_number=number,
        actors=_actors_of(one), words=telling_words(one.facts.text),
    )  # fmt: skip
    if one.group is None:
        return [statement]
    preposition, within = one.group.preposition, one.group.within
    return [replace(statement, where=where, preposition=preposition, within=within) for where in one.group.places]


def _as_written(one: Placed) -> Attribution:
    return replace(one.attribution, claimed_by=one.facts.as_written(one.attribution.claimed_by))


def _actors_of(one: Placed) -> tuple[str, str]:
    """The actors of the act, who are no places; who threatens or demands is its actor."""
    places = {place.toponym.text for place in one.group.places} if one.group else set()
    first, second = (one.facts.as_written(who) for who in actors(one.facts.text, one.act))
    first = "" if first in places else first
    is_town = any(second in town.split() or second == town for town in one.facts.towns)
    second = "" if second in places or is_town or second == first else second
    speaker = one.facts.as_written(one.attribution.claimed_by) if one.act.event_type is EventType.STATEMENT else ""
    return speaker or first, second
