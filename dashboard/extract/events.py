"""The events an article tells of: one for each incident and place, with the sentence that tells it best.

Joins what the other modules of this package find. Nothing here says where a place lies: who calls gives each
toponym's precision and place, and gets back which of them an event happened at.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dashboard.extract.actors import actors
from dashboard.extract.attribution import Attribution, attribution
from dashboard.extract.clauses import Mood
from dashboard.extract.dates import DateMention, find_dates
from dashboard.extract.deaths import Deaths, deaths
from dashboard.extract.event_dates import (
    UNKNOWN,
    Timeline,
    When,
    inherited,
    is_day_of_act,
    is_said_now,
    published_on,
    told,
)
from dashboard.extract.event_places import (
    Group,
    Located,
    clause_at,
    clause_ends,
    dateline_end,
    groups,
    is_about,
    left_to,
    place_of,
)
from dashboard.extract.event_types import Act, classify
from dashboard.extract.incidents import VIOLENT, Statement, gathered, telling_words
from dashboard.extract.sentences import Sentence, SentenceRole, sentences
from dashboard.extract.speakers import Speech, speeches
from dashboard.model import Assertion, DatePrecision, EventType

PLACED_SCORE = 0.3
"""Least score of an act with a place in its words."""
PLACELESS_SCORE = 0.6
"""Least score of one without: only what is clearly an event."""
SPOKEN_SCORE = 0.5
"""Least score of a statement, which nobody sees happen."""
_NOT_DONE = frozenset({Mood.PURPOSE, Mood.POSSIBLE, Mood.DUTY, Mood.ALLOWED})
"""Moods of what is only aimed at, possible, demanded or permitted: no event, unless as the saying of it."""
_STANDS_ALONE = {
    EventType.AGREEMENT: frozenset({"ceasefire", "peace", "withdrawal", "release"}),
    **dict.fromkeys(VIOLENT),
}
"""Types of which an event without any place is a row, with the sub-types that are; None: all."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One sentence with all that stands in it; clauses are numbers, offsets count from its start."""

    sentence: Sentence
    text: str
    acts: tuple[Act, ...]
    clauses: tuple[int, ...]
    """Of the acts."""
    said: tuple[Speech, ...]
    groups: tuple[Group, ...]
    group_clauses: tuple[int, ...]
    dates: tuple[DateMention, ...]
    date_clauses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """An act that is an event, with the group of its places, if any."""

    read: _Read
    number: int
    """Of the act in its sentence."""
    group: Group | None
    put: Attribution

    @property
    def act(self) -> Act:
        return self.read.acts[self.number]

    @property
    def clause(self) -> int:
        return self.read.clauses[self.number]


def find_statements(text: str, published: date | None, located: Sequence[Located]) -> list[Statement]:
    """The statements that are to be events, in the order of the text; those of one incident share a number.

    ``located`` are the toponyms that may be places of events, in order. ``published`` is None if not known.
    """
    read = _read(text, published, located)
    placed = [event for one in read for event in _placed(one, published)]
    dated = zip(placed, _dates(placed, read, published), strict=True)
    past = [(_of_its_time(one, when, published), when) for one, when in dated]
    told_of = [(one, when) for one, when in past if not _is_too_vague(one, when)]
    every = [statement for number, (one, when) in enumerate(told_of) for statement in _statements(one, when, number)]
    return _with_deaths(gathered(every), read)


def _of_its_time(one: _Placed, when: When, published: date | None) -> _Placed:
    """What happened before the year before publication is background, wherever its date was found."""
    old = published is not None and when.last is not None and when.last.year < published.year - 1
    if not old or one.put.assertion not in (Assertion.REPORTED, Assertion.CLAIMED):
        return one
    return replace(one, put=Attribution(Assertion.BACKGROUND, ""))


def _is_too_vague(one: _Placed, when: When) -> bool:
    """An act nowhere, or somewhere in a country, at no time tells a map nothing; a truce without either may."""
    if one.group is None:
        is_truce = one.act.sub_event_type in ("ceasefire", "peace")
        return one.put.assertion is Assertion.BACKGROUND or not (when.words or is_truce or when.first)
    return one.group.is_country and (not when.words or one.put.assertion is Assertion.BACKGROUND)


def _read(text: str, published: date | None, located: Sequence[Located]) -> list[_Read]:
    found = sentences(text)
    mentions = [one for one in find_dates(text, published) if is_day_of_act(text, one)]
    place_starts = [one.toponym.start for one in located]
    date_starts = [one.start for one in mentions]
    read = []
    for sentence, said in zip(found, speeches(text, found), strict=True):
        if sentence.role is SentenceRole.BODY:
            places = located[_within(place_starts, sentence)]
            read.append(_read_one(text, sentence, said, places, mentions[_within(date_starts, sentence)]))
    return read


def _within(starts: Sequence[int], sentence: Sentence) -> slice:
    return slice(bisect_left(starts, sentence.start), bisect_left(starts, sentence.end))


def _read_one(
    text: str, sentence: Sentence, said: tuple[Speech, ...], places: Sequence[Located], dates: Sequence[DateMention]
) -> _Read:
    words = text[sentence.start : sentence.end]
    acts = tuple(classify(words))
    ends = clause_ends(words) if acts else [(len(words), 0)]
    here = tuple(groups(words, places, sentence.start)) if acts else ()
    printed = sentence.start + (dateline_end(words) if dates else 0)
    dates = tuple(one for one in dates if one.start >= printed)
    return _Read(
        sentence=sentence, text=words, acts=acts, said=said, groups=here, dates=dates,
        clauses=tuple(clause_at(ends, act.start) for act in acts),
        group_clauses=tuple(clause_at(ends, group.start) for group in here),
        date_clauses=tuple(clause_at(ends, one.start - sentence.start) for one in dates),
    )  # fmt: skip


# --- acts that are events, and their places


def _placed(one: _Read, published: date | None) -> list[_Placed]:
    """The acts of a sentence that are events, each with its places; of acts at one place the telling one."""
    found = [_place(one, number, published) for number in range(len(one.acts))]
    events = [placed for placed in found if placed is not None]
    return [placed for placed in events if not any(_gives_way(placed, other) for other in events)]


def _place(one: _Read, number: int, published: date | None) -> _Placed | None:
    act = one.acts[number]
    group = place_of(one.text, act, [one.groups[at] for at in left_to(number, one.clauses, one.group_clauses)])
    if group is None and act.event_type in VIOLENT:
        group = place_of(one.text, act, _of_flight(one))
    put = attribution(act, one.text, one.said, published)
    is_event = _stands_alone(act, put) if group is None else _is_event(act, put, group)
    return _Placed(one, number, group, put) if is_event else None


def _of_flight(one: _Read) -> list[Group]:
    """Places that people flee: the fighting they flee from is there too."""
    fled = {clause for act, clause in zip(one.acts, one.clauses, strict=True) if act.sub_event_type == "displacement"}
    return [group for group, clause in zip(one.groups, one.group_clauses, strict=True) if clause in fled]


def _is_event(act: Act, put: Attribution, group: Group) -> bool:
    spoken = act.event_type is EventType.STATEMENT
    if act.sub_event_type == "support" or (act.mood in _NOT_DONE and not spoken):
        return False
    if group.is_country:
        return not spoken and put.assertion is not Assertion.BACKGROUND and act.score >= PLACELESS_SCORE
    return act.score >= (SPOKEN_SCORE if spoken else PLACED_SCORE)


def _stands_alone(act: Act, put: Attribution) -> bool:
    """Whether an act is an event even without a place."""
    if act.event_type not in _STANDS_ALONE or put.assertion not in (Assertion.REPORTED, Assertion.CLAIMED):
        return False
    subs = _STANDS_ALONE[act.event_type]
    return act.score >= PLACELESS_SCORE and act.mood is Mood.FACT and (subs is None or act.sub_event_type in subs)


_CHARGES = frozenset({"accusation", "rejection", "investigation"})
_DIPLOMATIC = frozenset({EventType.AGREEMENT, EventType.TALKS, EventType.STATEMENT})
_CROWD = frozenset({EventType.PROTEST, EventType.RIOT})


def _gives_way(placed: _Placed, other: _Placed) -> bool:
    """Whether another act of the sentence at the same place says better what happened there."""
    if placed is other or placed.group != other.group:
        return False
    mine, its = placed.act, other.act
    if mine.event_type in VIOLENT:
        charged = its.sub_event_type in _CHARGES
        if charged or (its.event_type in _CROWD | _DIPLOMATIC and _is_about(placed, other)):
            return not charged
    elif its.event_type in VIOLENT and mine.sub_event_type in _CHARGES:
        return True
    if mine.event_type is EventType.OTHER and its.event_type in VIOLENT | _CROWD:
        return True
    return placed.clause == other.clause and _is_poorer(mine, its)


def _is_poorer(mine: Act, its: Act) -> bool:
    """Whether the other act is of a kindred type and told more exactly, or more plainly."""
    if mine.event_type is its.event_type and bool(mine.sub_event_type) != bool(its.sub_event_type):
        return not mine.sub_event_type
    spoken = EventType.STATEMENT in (mine.event_type, its.event_type)
    kin = any({mine.event_type, its.event_type} <= family for family in (VIOLENT, _CROWD, _DIPLOMATIC))
    return (kin or spoken) and (mine.score, -mine.start) < (its.score, -its.start)


def _is_about(placed: _Placed, other: _Placed) -> bool:
    """Whether an act is only what another is about: "marched in A against the killings"."""
    after = placed.act.start >= other.act.end and placed.clause == other.clause
    return after and is_about(placed.read.text, other.act.end, placed.act.start)


# --- dates


def _dates(placed: Sequence[_Placed], read: Sequence[_Read], published: date | None) -> list[When]:
    own = [_own_date(one, published) for one in placed]
    timeline = Timeline(
        (one.read.sentence.paragraph, when)
        for one, when in zip(placed, own, strict=True)
        if when and one.put.assertion in (Assertion.REPORTED, Assertion.CLAIMED)
    )
    before = _paragraph_dates(read, published)
    return [
        when or _other_date(one, before.get(one.read.sentence.start), timeline, published)
        for one, when in zip(placed, own, strict=True)
    ]


def _own_date(one: _Placed, published: date | None) -> When | None:
    offset = one.read.sentence.start
    near = [one.read.dates[at] for at in left_to(one.number, one.read.clauses, one.read.date_clauses)]
    near.sort(key=lambda mention: abs(mention.start - offset - one.act.start))
    return told(near, one.put.assertion, published)


def _other_date(one: _Placed, before: When | None, timeline: Timeline, published: date | None) -> When:
    """The date of an act whose sentence tells none."""
    if is_said_now(one.act.event_type, one.put.assertion):
        return published_on(published)
    if one.put.assertion not in (Assertion.REPORTED, Assertion.CLAIMED):
        return UNKNOWN
    return before or timeline.between(one.read.text, one.read.sentence.paragraph, published) or UNKNOWN


def _paragraph_dates(read: Sequence[_Read], published: date | None) -> dict[int, When]:
    """For each sentence, by its start, the date told last before it in its paragraph, if there is one."""
    found: dict[int, When] = {}
    last: tuple[int, When] | None = None
    for one in read:
        if last and last[0] == one.sentence.paragraph:
            found[one.sentence.start] = last[1]
        fit = [d for d in one.dates if d.first and d.precision is not DatePrecision.YEAR]
        when = told(reversed(fit), Assertion.REPORTED, published)
        if when and when.first:
            last = one.sentence.paragraph, inherited(when)
    return found


# --- statements


def _statements(one: _Placed, when: When, number: int) -> list[Statement]:
    """One statement for each place of the act, or one without a place."""
    made = Statement(
        act=one.act, start=one.read.sentence.start, end=one.read.sentence.end, passage=one.read.text,
        paragraph=one.read.sentence.paragraph, put=one.put, when=when, where=None, told_with=number,
        actors=_who(one), words=telling_words(one.read.text),
    )  # fmt: skip
    if one.group is None:
        return [made]
    return [replace(made, where=where, preposition=one.group.preposition) for where in one.group.places]


def _who(one: _Placed) -> tuple[str, str]:
    """The actors of the act, who are no places; who threatens or demands is its actor."""
    places = {place.toponym.text for place in one.group.places} if one.group else set()
    first, second = (who if who not in places else "" for who in actors(one.read.text, one.act))
    speaker = one.put.claimed_by if one.act.event_type is EventType.STATEMENT else ""
    return speaker or first, second


def _with_deaths(kept: Sequence[Statement], read: Sequence[_Read]) -> list[Statement]:
    """The statements with the deaths of their sentence or the next one; one sentence tells those of one incident."""
    at = {one.sentence.start: number for number, one in enumerate(read)}
    chief: dict[int, Statement] = {}
    for one in kept:
        if _may_kill(one) and (one.start not in chief or one.act.score > chief[one.start].act.score):
            chief[one.start] = one
    dead = {one.incident: _dead(read, at[start]) for start, one in chief.items()}
    return [replace(one, dead=dead[one.incident]) if dead.get(one.incident) else one for one in kept]


def _may_kill(one: Statement) -> bool:
    kinds = VIOLENT | {EventType.PROTEST}
    return one.act.event_type in kinds and one.put.assertion in (Assertion.REPORTED, Assertion.CLAIMED)


def _dead(read: Sequence[_Read], at: int) -> Deaths | None:
    found = deaths(read[at].text)
    if found or at + 1 == len(read):
        return found
    following = read[at + 1]
    same = following.sentence.paragraph == read[at].sentence.paragraph
    return deaths(following.text) if same and not following.groups else None
