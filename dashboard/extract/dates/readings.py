"""What a rule for dates is given (`Found`, `Frame`) and what it gives (`Reading`)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dashboard.extract.dates.calendar_days import Interval, Tense, in_words
from dashboard.extract.dates.lexer import NUMBER_WORDS, ORDINAL_WORDS, Words
from dashboard.model import DateBasis, DatePrecision


@dataclass(frozen=True, slots=True)
class Reading:
    """What a phrase says: an interval and its grain, or no date and why."""

    kind: str
    """``date``, ``duration``, ``recurring``, ``vague``, or ``name`` for words that look like a date but are none."""
    reason: str = ""
    interval: Interval | None = None
    precision: DatePrecision = DatePrecision.UNKNOWN
    basis: DateBasis | None = None
    within: Interval | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What a phrase is read against."""

    published: date | None
    tell_tense: Callable[[], Tense]
    """Asked only where the tense matters: looking for the verb is the dearest step."""
    before: Reading | None
    """The last date read in the text shortly before: what "the following day" counts from."""

    @property
    def tense(self) -> Tense:
        return self.tell_tense()


@dataclass(frozen=True, slots=True)
class Found:
    """The words ``words[start:end]`` that a rule's pattern matched."""

    words: Words
    match: re.Match[str]

    def has(self, name: str) -> bool:
        return bool(self.match.groupdict().get(name))

    def word(self, name: str) -> str:
        """The first word of the group in lower case; empty if the group is not there."""
        return self.words.lower(self.match.start(name)) if self.has(name) else ""

    def number(self, name: str) -> int:
        """The number of the group, in digits or words. Raises ValueError where there is none."""
        word = self.word(name)
        if word in NUMBER_WORDS or word in ORDINAL_WORDS:
            tens = NUMBER_WORDS.get(word) or ORDINAL_WORDS.get(word, 0)
            return tens + (self._unit_after_tens(name) if tens > 19 else 0)
        return int(word.rstrip("sthndr"))

    def _unit_after_tens(self, name: str) -> int:
        """The one of "twenty-one"; 0 for "twenty", "twenty to thirty" and "twenty or 30"."""
        start, end = self.match.span(name)
        unit = NUMBER_WORDS.get(self.words.lower(end - 1), 0)
        is_one_number = self.words.letters[start + 1 : end] in ("n", "-n")
        return unit if is_one_number and unit < 10 else 0

    @property
    def letter_before(self) -> str:
        return self.words.letter(self.match.start() - 1)

    @property
    def letter_after(self) -> str:
        return self.words.letter(self.match.end())

    @property
    def word_before(self) -> str:
        return self.words.lower(self.match.start() - 1)

    @property
    def word_after(self) -> str:
        return self.words.lower(self.match.end())


Read = Callable[[Found, Frame], Reading]
"""May raise ValueError or OverflowError for a day that no calendar has."""


def stated(interval: Interval, precision: DatePrecision, reason: str, basis: DateBasis = DateBasis.STATED) -> Reading:
    return Reading("date", reason, interval, precision, basis)


def one_day(day: date, reason: str, basis: DateBasis = DateBasis.STATED) -> Reading:
    return stated((day, day), DatePrecision.DAY, reason, basis)


def undated(reason: str) -> Reading:
    return Reading("date", reason)


def no_anchor(what: str) -> Reading:
    return undated(f"{what} needs the day of publication, which is not known")


def published_on(published: date) -> str:
    return f"publication on {in_words(published)}"
