"""When an act happened: a date of its clause, its sentence or its paragraph, or the dated events around it."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dashboard.extract.dates.find import DateMention
from dashboard.model import Assertion, DateBasis, DatePrecision, EventType


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
        """Told in the words of the sentence itself."""
        return self.basis in (DateBasis.STATED, DateBasis.WEEKDAY)


UNKNOWN = When()
_NO_DAY_OF_ACT = re.compile(r"\b(?:since|until|till|by|before|after|than)\s+(?:the\s+)?(?:early|late|mid)?\s*\Z", re.I)
_ORDERED = re.compile(
    r"\b(?:after|(?<!the )following|before|then|later|subsequently|in response|in retaliation|earlier|prompting)\b",
    re.IGNORECASE,
)
_RECENT = timedelta(days=92)
"""How long "since" may reach back and still say when something happened."""
_NARRATIVE_PARAGRAPHS = 4
"""How far back, in paragraphs, the dated event before an undated one may stand."""


def as_days_of_acts(text: str, mention: DateMention, published: date | None) -> DateMention | None:
    """The phrase as one that can date an act, or None: "until Friday" and "since 2014" tell of other days.

    "Since Wednesday" is some time from then to publication, if that is not long.
    """
    before = _NO_DAY_OF_ACT.search(text, max(0, mention.start - 16), mention.start)
    if before is None:
        return mention
    is_since = before[0].lower().startswith("since") and mention.first is not None and published is not None
    if not is_since or mention.first is None or published is None:
        return None
    is_recent = timedelta() <= published - mention.first <= _RECENT
    return replace(mention, first=None, last=None, within=(mention.first, published)) if is_recent else None


def told(mentions: Iterable[DateMention], assertion: Assertion, published: date | None) -> When | None:
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


def published_on(published: date | None) -> When:
    """The day of the article, for what it tells as being said now."""
    if published is None:
        return When(reason="said in the article, whose day of publication is not known")
    reason = "said in the article; its day of publication"
    return When(published, published, DatePrecision.DAY, DateBasis.PUBLICATION, "", reason)


def running(published: date) -> When:
    """The day of an entry of a running report."""
    reason = "an entry of a running report, on its day of publication"
    return When(published, published, DatePrecision.DAY, DateBasis.PUBLICATION, "", reason)


def inherited(before: When) -> When:
    """The date told shortly before, in the sentence or its paragraph, for an act that has none."""
    reason = f"told shortly before, in the same paragraph: {before.words}" if before.words else "from the paragraph"
    return When(before.first, before.last, before.precision, DateBasis.INHERITED, before.words, reason)


def is_said_now(event_type: EventType, assertion: Assertion) -> bool:
    """Threats, demands and the like are said when the article appears, unless it says otherwise."""
    return event_type is EventType.STATEMENT and assertion is not Assertion.BACKGROUND


class Timeline:
    """The dated events of an article, for placing the others between them."""

    def __init__(self, dated: Iterable[tuple[int, When]]) -> None:
        """``dated`` are paragraphs and dates in the order of the text."""
        known = [(paragraph, when) for paragraph, when in dated if when.first]
        self._paragraphs = [paragraph for paragraph, _ in known]
        self._told = [when for _, when in known]
        self._firsts = sorted(when.first for _, when in known if when.first)

    def between(self, sentence: str, paragraph: int, published: date | None) -> When | None:
        """The days from the dated event told last to the next one in the calendar, if the words put it in order."""
        at = bisect_right(self._paragraphs, paragraph) - 1
        if at < 0 or paragraph - self._paragraphs[at] > _NARRATIVE_PARAGRAPHS or not _ORDERED.search(sentence):
            return None
        first = self._told[at].last
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
