"""The days of an article's acts: from the words of each, else from what is told around it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from dashboard.extract.acts.attribution import Attribution
from dashboard.extract.dates.find import DateMention
from dashboard.extract.events.competing_acts import Placed
from dashboard.extract.events.event_dates import (
    UNKNOWN,
    Timeline,
    When,
    inherited,
    is_said_now,
    published_on,
    running,
    told,
)
from dashboard.extract.events.sentence import SentenceFacts
from dashboard.model import FIRST_DAY, LAST_DAY, Assertion, DatePrecision

HISTORY = timedelta(days=365)
"""What ended longer before publication is background."""


def dated(placed: Sequence[Placed], read: Sequence[SentenceFacts], published: date | None) -> list[tuple[Placed, When]]:
    """Each act with its days; what lies ahead becomes a plan, and what is long past becomes background."""
    ahead = [_as_plan(one, published) for one in placed]
    own = [told(_near(one), one.put.assertion, published) for one in ahead]
    pairs = list(zip(ahead, own, strict=True))
    timeline = Timeline(
        (one.facts.sentence.paragraph, when) for one, when in pairs if when and one.put.assertion.is_act
    )
    before = _paragraph_dates(read, published)
    full = [
        (one, when or _other_date(one, before.get(one.facts.sentence.start), timeline, published))
        for one, when in pairs
    ]
    return [(_of_its_time(one, when, published), _storable(when)) for one, when in full]


def _storable(when: When) -> When:
    """Unknown, with its words, where it lies beyond the days a project can hold: in 1066."""
    if when.first is None or when.last is None or FIRST_DAY <= when.first <= when.last <= LAST_DAY:
        return when
    reason = f"{when.first} to {when.last} lies beyond the days from {FIRST_DAY} to {LAST_DAY} that are kept"
    return When(words=when.words, reason=reason)


def _near(one: Placed) -> list[DateMention]:
    """The dates an act may have, the nearest first."""
    offset = one.facts.sentence.start
    near = one.facts.dates_left_to(one.number)
    anchor = one.act.start if one.anchor < 0 else one.anchor
    return sorted(near, key=lambda mention: abs(mention.start - offset - anchor))


def _as_plan(one: Placed, published: date | None) -> Placed:
    """A plan where the nearest date lies ahead and no verb tells the past: "flies to Nairobi tomorrow"."""
    if published is None or not one.put.assertion.is_act or one.act.is_past:
        return one
    first = next((mention.first for mention in _near(one) if mention.first), None)
    ahead = first is not None and first > published
    return replace(one, put=replace(one.put, assertion=Assertion.PLANNED)) if ahead else one


def _of_its_time(one: Placed, when: When, published: date | None) -> Placed:
    """As background if it ended long before publication, wherever its date was found."""
    old = published is not None and when.last is not None and when.last < published - HISTORY
    old = old or (when.first is None and one.facts.map.opened_by(one.clause)[0] == "since")
    return replace(one, put=Attribution(Assertion.BACKGROUND, "")) if old and one.put.assertion.is_act else one


def _other_date(one: Placed, before: When | None, timeline: Timeline, published: date | None) -> When:
    """The date of an act whose sentence tells none."""
    if is_said_now(one.act.event_type, one.put.assertion):
        return published_on(published)
    if not one.put.assertion.is_act or one.facts.map.opened_by(one.clause)[0] == "since":
        return UNKNOWN
    near = _told_before(one, published) or before or _headed(one, published)
    return near or timeline.between(one.facts.text, one.facts.sentence.paragraph, published) or UNKNOWN


def _headed(one: Placed, published: date | None) -> When | None:
    """The day of the entry of a running report, or that in the heading above."""
    if one.facts.is_entry and published:
        return running(published)
    headed = told([one.facts.heading_day], one.put.assertion, published) if one.facts.heading_day else None
    return replace(inherited(headed), reason=f"the day in the heading: {headed.words}") if headed else None


_SOON = re.compile(r"\b(?:hours?|minutes|shortly|moments|soon|just)\s+\Z")
_SAID = re.compile(
    r"\b(?:said|says|told|announced|reported|confirmed|added|wrote)\s+(?:\w+\s+)?(?:on|late|early)?\s*\Z"
)
_GOES_ON = frozenset({";", "—", "–", "while", "but", ""})


def _told_before(one: Placed, published: date | None) -> When | None:
    """The date of an earlier statement of the sentence: "On Monday … in A; on the same road to B, …"."""
    opener, at = one.facts.map.opened_by(one.clause)
    same_day = opener == "after" and _SOON.search(one.facts.text, 0, at)
    if opener not in _GOES_ON and not same_day:
        return None
    offset = one.facts.sentence.start
    earlier = [mention for mention in one.facts.dates if mention.end - offset <= one.act.start]
    when = told(
        (mention for mention in reversed(earlier) if not _is_old(mention, published)), one.put.assertion, published
    )
    return inherited(when) if when and when.first else None


def _paragraph_dates(read: Sequence[SentenceFacts], published: date | None) -> dict[int, When]:
    """For each sentence, by its start, the date told last before it in its paragraph, if there is one.

    Neither a whole year nor a date of long ago says when the next sentence happened.
    """
    found: dict[int, When] = {}
    last: tuple[int, When] | None = None
    for one in read:
        if last and last[0] == one.sentence.paragraph:
            found[one.sentence.start] = last[1]
        fit = [d for d in one.dates if d.first and d.precision is not DatePrecision.YEAR and not _is_old(d, published)]
        fit = [d for d in fit if not _is_of_saying(one, d)] or fit
        when = told(reversed(fit), Assertion.REPORTED, published)
        if when and when.first:
            last = one.sentence.paragraph, inherited(when)
    return found


def _is_of_saying(one: SentenceFacts, mention: DateMention) -> bool:
    """Whether it tells when something was said: "…, the police said on Monday"."""
    return bool(_SAID.search(one.text, 0, mention.start - one.sentence.start))


def _is_old(mention: DateMention, published: date | None) -> bool:
    return published is not None and mention.last is not None and mention.last < published - HISTORY
