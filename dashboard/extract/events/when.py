"""When the acts of an article happened: by a date of the clause, the sentence or the paragraph, or by the dated events
around them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dashboard.extract.acts.attribution import Attribution
from dashboard.extract.dates.find import DateMention
from dashboard.extract.events.competing_acts import Placed
from dashboard.extract.events.sentence import SentenceFacts
from dashboard.model import FIRST_DAY, LAST_DAY, Assertion, DateBasis, DatePrecision, EventType

HISTORY = timedelta(days=365)
"""What ended longer before publication is background."""
_ORDERED = re.compile(
    r"\b(?:after|(?<!the )following|before|then|later|subsequently|in response|in retaliation|earlier|prompting)\b",
    re.IGNORECASE,
)
_NARRATIVE_PARAGRAPHS = 4
"""How far back, in paragraphs, the dated event before an undated one may stand."""
_SOON = re.compile(r"\b(?:hours?|minutes|shortly|moments|soon|just)\s+\Z")
_SAID = re.compile(
    r"\b(?:said|says|told|announced|reported|confirmed|added|wrote)\s+(?:\w+\s+)?(?:on|late|early)?\s*\Z"
)
_GOES_ON = frozenset({";", "—", "–", "while", "but", ""})


@dataclass(frozen=True, slots=True)
class When:
    """An interval with how it was read; both days None if the date is unknown, and the reason says why."""

    first: date | None = None
    last: date | None = None
    precision: DatePrecision = DatePrecision.UNKNOWN
    basis: DateBasis | None = None
    words: str = ""
    reason: str = "the article gives no date for it"

    @property
    def is_own(self) -> bool:
        """Stated in the words of the sentence itself."""
        return self.basis in (DateBasis.STATED, DateBasis.WEEKDAY)


UNKNOWN = When()


class Timeline:
    """The dated events of an article, for placing the others between them."""

    def __init__(self, dated: Iterable[tuple[int, When]]) -> None:
        """``dated`` are paragraphs and dates in the order of the text."""
        known = [(paragraph, when) for paragraph, when in dated if when.first]
        self._paragraphs = [paragraph for paragraph, _ in known]
        self._dates = [when for _, when in known]
        self._firsts = sorted(when.first for _, when in known if when.first)

    def between(self, sentence: str, paragraph: int, published: date | None) -> When | None:
        """The days from the last dated event before it to the next by date, if the words put it in order."""
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
        return When(first, last, precision, DateBasis.INFERRED, "", f"told after the event of {first} and {until}")


def with_dates(
    placed: Sequence[Placed], read: Sequence[SentenceFacts], published: date | None
) -> list[tuple[Placed, When]]:
    """Each act with its days; what lies ahead becomes a plan, and what is long past becomes background."""
    with_plans = [_as_plan(one, published) for one in placed]
    own = [first_date(_nearest_dates(one), one.attribution.assertion, published) for one in with_plans]
    pairs = list(zip(with_plans, own, strict=True))
    timeline = Timeline(
        (one.facts.sentence.paragraph, when) for one, when in pairs if when and one.attribution.assertion.is_act
    )
    before = _paragraph_dates(read, published)
    full = [
        (one, when or _date_from_around(one, before.get(one.facts.sentence.start), timeline, published))
        for one, when in pairs
    ]
    return [(_as_background_if_old(one, when, published), _storable(when)) for one, when in full]


def _storable(when: When) -> When:
    """Unknown, with its words, where it lies beyond the days a project can hold: in 1066."""
    if when.first is None or when.last is None or FIRST_DAY <= when.first <= when.last <= LAST_DAY:
        return when
    reason = f"{when.first} to {when.last} lies beyond the days from {FIRST_DAY} to {LAST_DAY} that are kept"
    return When(words=when.words, reason=reason)


def _nearest_dates(one: Placed) -> list[DateMention]:
    """The dates an act may have, the nearest first."""
    offset = one.facts.sentence.start
    near = one.facts.dates_left_to(one.number)
    anchor = one.act.start if one.anchor < 0 else one.anchor
    return sorted(near, key=lambda mention: abs(mention.start - offset - anchor))


def _as_plan(one: Placed, published: date | None) -> Placed:
    """A plan where the nearest date lies ahead and no verb tells the past: "flies to Nairobi tomorrow"."""
    if published is None or not one.attribution.assertion.is_act or one.act.is_past:
        return one
    first = next((mention.first for mention in _nearest_dates(one) if mention.first), None)
    ahead = first is not None and first > published
    return replace(one, attribution=replace(one.attribution, assertion=Assertion.PLANNED)) if ahead else one


def _as_background_if_old(one: Placed, when: When, published: date | None) -> Placed:
    """As background if it ended long before publication, wherever its date was found."""
    old = published is not None and when.last is not None and when.last < published - HISTORY
    old = old or (when.first is None and one.facts.map.opened_by(one.clause)[0] == "since")
    return (
        replace(one, attribution=Attribution(Assertion.BACKGROUND, ""))
        if old and one.attribution.assertion.is_act
        else one
    )


def _date_from_around(one: Placed, before: When | None, timeline: Timeline, published: date | None) -> When:
    """The date of an act whose sentence tells none."""
    if is_said_now(one.act.event_type, one.attribution.assertion):
        return said_on_publication(published)
    if not one.attribution.assertion.is_act or one.facts.map.opened_by(one.clause)[0] == "since":
        return UNKNOWN
    near = _earlier_in_sentence(one, published) or before or _day_of_heading(one, published)
    return near or timeline.between(one.facts.text, one.facts.sentence.paragraph, published) or UNKNOWN


def _day_of_heading(one: Placed, published: date | None) -> When | None:
    """The day of the entry of a running report, or that in the heading above."""
    if one.facts.is_entry and published:
        return in_running_report(published)
    headed = (
        first_date([one.facts.heading_day], one.attribution.assertion, published) if one.facts.heading_day else None
    )
    return replace(inherited(headed), reason=f"the day in the heading: {headed.words}") if headed else None


def _earlier_in_sentence(one: Placed, published: date | None) -> When | None:
    """The date of an earlier statement of the sentence: "On Monday … in A; on the same road to B, …"."""
    opener, at = one.facts.map.opened_by(one.clause)
    same_day = opener == "after" and _SOON.search(one.facts.text, 0, at)
    if opener not in _GOES_ON and not same_day:
        return None
    offset = one.facts.sentence.start
    earlier = [mention for mention in one.facts.dates if mention.end - offset <= one.act.start]
    when = first_date(
        (mention for mention in reversed(earlier) if not _is_old(mention, published)),
        one.attribution.assertion,
        published,
    )
    return inherited(when) if when and when.first else None


def _paragraph_dates(read: Sequence[SentenceFacts], published: date | None) -> dict[int, When]:
    """For each sentence, by its start, the last date before it in its paragraph, if there is one.

    Neither a whole year nor a date of long ago says when the next sentence happened.
    """
    found: dict[int, When] = {}
    last: tuple[int, When] | None = None
    for one in read:
        if last and last[0] == one.sentence.paragraph:
            found[one.sentence.start] = last[1]
        fit = [d for d in one.dates if d.first and d.precision is not DatePrecision.YEAR and not _is_old(d, published)]
        fit = [d for d in fit if not _is_of_saying(one, d)] or fit
        when = first_date(reversed(fit), Assertion.REPORTED, published)
        if when and when.first:
            last = one.sentence.paragraph, inherited(when)
    return found


def _is_of_saying(one: SentenceFacts, mention: DateMention) -> bool:
    """Whether it tells when something was said: "…, the police said on Monday"."""
    return bool(_SAID.search(one.text, 0, mention.start - one.sentence.start))


def _is_old(mention: DateMention, published: date | None) -> bool:
    return published is not None and mention.last is not None and mention.last < published - HISTORY


def first_date(mentions: Iterable[DateMention], assertion: Assertion, published: date | None) -> When | None:
    """The first of the phrases, nearest first, that dates an act put so; None if there is none.

    A phrase that needs the day of publication and has none is kept in words, with the reason.
    """
    unread: When | None = None
    for mention in mentions:
        interval = (mention.first, mention.last) if mention.first and mention.last else mention.within
        if interval is None:
            undated = mention.kind == "date" and mention.first is None and unread is None
            unread = When(words=mention.text, reason=mention.reason) if undated else unread
            continue
        future = published is not None and interval[0] > published
        if future and (assertion.is_act or assertion in (Assertion.DENIED, Assertion.BACKGROUND)):
            continue
        precision = mention.precision if mention.first else DatePrecision.DAYS
        reason = mention.reason if mention.first else "a length of time that ends at publication"
        return When(*interval, precision, mention.basis or DateBasis.STATED, mention.text, reason)
    return unread


def said_on_publication(published: date | None) -> When:
    """The day of the article, for what it tells as being said now."""
    if published is None:
        return When(reason="said in the article, whose day of publication is not known")
    reason = "said in the article; its day of publication"
    return When(published, published, DatePrecision.DAY, DateBasis.PUBLICATION, "", reason)


def in_running_report(published: date) -> When:
    """The day of an entry of a running report."""
    reason = "an entry of a running report, on its day of publication"
    return When(published, published, DatePrecision.DAY, DateBasis.PUBLICATION, "", reason)


def inherited(before: When) -> When:
    """The date stated shortly before, in the sentence or its paragraph, for an act that has none."""
    reason = f"told shortly before, in the same paragraph: {before.words}" if before.words else "from the paragraph"
    return When(before.first, before.last, before.precision, DateBasis.INHERITED, before.words, reason)


def is_said_now(event_type: EventType, assertion: Assertion) -> bool:
    """Threats, demands and the like are said when the article appears, unless it says otherwise."""
    return event_type is EventType.STATEMENT and assertion is not Assertion.BACKGROUND
