"""Dates the acts of an article, by a date in the clause, the sentence or the paragraph, or by the dated events around
them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from dashboard.extract.acts.attribution import Attribution
from dashboard.extract.dates.find import DateMention
from dashboard.extract.events.competing_acts import PlacedAct
from dashboard.extract.events.sentence import SentenceFacts
from dashboard.extract.events.statements import ActDate
from dashboard.model import FIRST_DAY, LAST_DAY, Assertion, DateBasis, DatePrecision, EventType

HISTORY = timedelta(days=365)
"""An act that ended longer before publication is background."""
_ORDERED = re.compile(
    r"\b(?:after|(?<!the )following|before|then|later|subsequently|in response|in retaliation|earlier|prompting)\b",
    re.IGNORECASE,
)
_NARRATIVE_PARAGRAPHS = 4
"""How far back, in paragraphs, the dated event before an undated one may be."""
_SOON = re.compile(r"\b(?:hours?|minutes|shortly|moments|soon|just)\s+\Z")
_SAID = re.compile(
    r"\b(?:said|says|told|announced|reported|confirmed|added|wrote)\s+(?:\w+\s+)?(?:on|late|early)?\s*\Z"
)
_GOES_ON = frozenset({";", "—", "–", "while", "but", ""})


UNKNOWN_DATE = ActDate()


class Timeline:
    """The dated events of an article, for dating others by their order."""

    def __init__(self, dated: Iterable[tuple[int, ActDate]]) -> None:
        """``dated`` are paragraphs and dates in the order of the text."""
        dated_events = [(paragraph, when) for paragraph, when in dated if when.first]
        self._paragraphs = [paragraph for paragraph, _ in dated_events]
        self._dates = [when for _, when in dated_events]
        self._firsts = sorted(when.first for _, when in dated_events if when.first)

    def date_between(self, sentence: str, paragraph: int, published: date | None) -> ActDate | None:
        """The days from the last dated event before the act to the next one, if the words order it after that event."""
        at = bisect_right(self._paragraphs, paragraph) - 1
        if at < 0 or paragraph - self._paragraphs[at] > _NARRATIVE_PARAGRAPHS or not _ORDERED.search(sentence):
            return None
        first = self._dates[at].last
        if first is None:
            return None
        after = bisect_right(self._firsts, first)
        is_followed = after < len(self._firsts)
        last = self._firsts[after] if is_followed else published
        if last is None or last < first:
            return None
        until = f"before the next dated event, on {last}" if is_followed else f"by the day of publication, {last}"
        precision = DatePrecision.DAY if first == last else DatePrecision.DAYS
        return ActDate(first, last, precision, DateBasis.INFERRED, "", f"told after the event of {first} and {until}")


def with_dates(
    events: Sequence[PlacedAct], sentences: Sequence[SentenceFacts], published: date | None
) -> list[tuple[PlacedAct, ActDate]]:
    """Each act with its days. Acts in the future become plans; acts long past become background."""
    with_plans = [_as_plan(event, published) for event in events]
    own = [first_date(_nearest_dates(event), event.attribution.assertion, published) for event in with_plans]
    pairs = list(zip(with_plans, own, strict=True))
    timeline = Timeline(
        (event.facts.sentence.paragraph, when) for event, when in pairs if when and event.attribution.assertion.is_act
    )
    before = _paragraph_dates(sentences, published)
    full = [
        (event, when or _date_from_around(event, before.get(event.facts.sentence.start), timeline, published))
        for event, when in pairs
    ]
    return [(_as_background_if_old(event, when, published), _storable(when)) for event, when in full]


def _storable(when: ActDate) -> ActDate:
    """The date, or unknown with its words if it is outside the days a project can hold: in 1066."""
    if when.first is None or when.last is None or FIRST_DAY <= when.first <= when.last <= LAST_DAY:
        return when
    reason = f"{when.first} to {when.last} lies beyond the days from {FIRST_DAY} to {LAST_DAY} that are kept"
    return ActDate(words=when.words, reason=reason)


def _nearest_dates(event: PlacedAct) -> list[DateMention]:
    """The dates open to an act, the nearest first."""
    offset = event.facts.sentence.start
    near = event.facts.dates_left_to(event.number)
    anchor = event.act.start if event.anchor < 0 else event.anchor
    return sorted(near, key=lambda mention: abs(mention.start - offset - anchor))


def _as_plan(event: PlacedAct, published: date | None) -> PlacedAct:
    """The act as a plan if its nearest date is ahead and its verb is not in the past: "flies to Nairobi tomorrow"."""
    if published is None or not event.attribution.assertion.is_act or event.act.is_past:
        return event
    first = next((mention.first for mention in _nearest_dates(event) if mention.first), None)
    ahead = first is not None and first > published
    return replace(event, attribution=replace(event.attribution, assertion=Assertion.PLANNED)) if ahead else event


def _as_background_if_old(event: PlacedAct, when: ActDate, published: date | None) -> PlacedAct:
    """The act as background if it ended long before publication, wherever its date was found."""
    old = published is not None and when.last is not None and when.last < published - HISTORY
    old = old or (when.first is None and event.facts.clause_map.opener_of(event.clause)[0] == "since")
    return (
        replace(event, attribution=Attribution(Assertion.BACKGROUND, ""))
        if old and event.attribution.assertion.is_act
        else event
    )


def _date_from_around(event: PlacedAct, before: ActDate | None, timeline: Timeline, published: date | None) -> ActDate:
    """The date of an act whose sentence gives none."""
    if is_said_now(event.act.event_type, event.attribution.assertion):
        return date_of_saying(published)
    if not event.attribution.assertion.is_act or event.facts.clause_map.opener_of(event.clause)[0] == "since":
        return UNKNOWN_DATE
    near = _earlier_in_sentence(event, published) or before or _day_of_heading(event, published)
    return near or timeline.date_between(event.facts.text, event.facts.sentence.paragraph, published) or UNKNOWN_DATE


def _day_of_heading(event: PlacedAct, published: date | None) -> ActDate | None:
    """The day of the entry in a running report, or the one in the heading above."""
    if event.facts.is_entry and published:
        return date_of_running_report(published)
    headed = (
        first_date([event.facts.heading_day], event.attribution.assertion, published)
        if event.facts.heading_day
        else None
    )
    return replace(inherited_date(headed), reason=f"the day in the heading: {headed.words}") if headed else None


def _earlier_in_sentence(event: PlacedAct, published: date | None) -> ActDate | None:
    """The date of an earlier statement of the sentence: "On Monday … in A; on the same road to B, …"."""
    opener, at = event.facts.clause_map.opener_of(event.clause)
    same_day = opener == "after" and _SOON.search(event.facts.text, 0, at)
    if opener not in _GOES_ON and not same_day:
        return None
    offset = event.facts.sentence.start
    earlier = [mention for mention in event.facts.dates if mention.end - offset <= event.act.start]
    when = first_date(
        (mention for mention in reversed(earlier) if not _is_old(mention, published)),
        event.attribution.assertion,
        published,
    )
    return inherited_date(when) if when and when.first else None


def _paragraph_dates(sentences: Sequence[SentenceFacts], published: date | None) -> dict[int, ActDate]:
    """The last date before each sentence in its paragraph, if any, by the sentence's start.

    Neither a whole year nor a date long past dates the next sentence.
    """
    dates_before: dict[int, ActDate] = {}
    last: tuple[int, ActDate] | None = None
    for facts in sentences:
        if last and last[0] == facts.sentence.paragraph:
            dates_before[facts.sentence.start] = last[1]
        usable = [
            d for d in facts.dates if d.first and d.precision is not DatePrecision.YEAR and not _is_old(d, published)
        ]
        usable = [d for d in usable if not _is_of_saying(facts, d)] or usable
        when = first_date(reversed(usable), Assertion.REPORTED, published)
        if when and when.first:
            last = facts.sentence.paragraph, inherited_date(when)
    return dates_before


def _is_of_saying(facts: SentenceFacts, mention: DateMention) -> bool:
    """Whether the date is when something was said: "…, the police said on Monday"."""
    return bool(_SAID.search(facts.text, 0, mention.start - facts.sentence.start))


def _is_old(mention: DateMention, published: date | None) -> bool:
    return published is not None and mention.last is not None and mention.last < published - HISTORY


def first_date(mentions: Iterable[DateMention], assertion: Assertion, published: date | None) -> ActDate | None:
    """The first phrase, nearest first, that can date an act of this assertion; None if there is none.

    A phrase that needs an unknown day of publication is kept in words, with the reason.
    """
    unread: ActDate | None = None
    for mention in mentions:
        interval = (mention.first, mention.last) if mention.first and mention.last else mention.within
        if interval is None:
            undated = mention.kind == "date" and mention.first is None and unread is None
            unread = ActDate(words=mention.text, reason=mention.reason) if undated else unread
            continue
        future = published is not None and interval[0] > published
        if future and (assertion.is_act or assertion in (Assertion.DENIED, Assertion.BACKGROUND)):
            continue
        precision = mention.precision if mention.first else DatePrecision.DAYS
        reason = mention.reason if mention.first else "a length of time that ends at publication"
        return ActDate(*interval, precision, mention.basis or DateBasis.STATED, mention.text, reason)
    return unread


def date_of_saying(published: date | None) -> ActDate:
    """The day of publication, for a statement that the article reports as current."""
    if published is None:
        return ActDate(reason="said in the article, whose day of publication is not known")
    reason = "said in the article; its day of publication"
    return ActDate(published, published, DatePrecision.DAY, DateBasis.PUBLICATION, "", reason)


def date_of_running_report(published: date) -> ActDate:
    """The day of an entry in a running report."""
    reason = "an entry of a running report, on its day of publication"
    return ActDate(published, published, DatePrecision.DAY, DateBasis.PUBLICATION, "", reason)


def inherited_date(before: ActDate) -> ActDate:
    """The date stated shortly before in the sentence or paragraph, for an act that has none."""
    reason = f"told shortly before, in the same paragraph: {before.words}" if before.words else "from the paragraph"
    return ActDate(before.first, before.last, before.precision, DateBasis.INHERITED, before.words, reason)


def is_said_now(event_type: EventType, assertion: Assertion) -> bool:
    """Whether the statement was made when the article appeared, as threats and demands are unless it says otherwise."""
    return event_type is EventType.STATEMENT and assertion is not Assertion.BACKGROUND
