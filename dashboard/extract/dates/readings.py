"""What a date rule receives (`Phrase`, `DateContext`) and what it returns (`DateReading`)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dashboard.extract.dates.calendar_days import Interval, Tense, day_in_words
from dashboard.extract.dates.lexer import NUMBER_WORDS, ORDINAL_WORDS, Words
from dashboard.model import DateBasis, DatePrecision


@dataclass(frozen=True, slots=True)
class DateReading:
    """The meaning of a phrase: an interval and its precision, or no date and the reason."""

    kind: str
    """``date``, ``duration``, ``recurring``, ``vague``, or ``name`` for words that only look like a date."""
    reason: str = ""
    interval: Interval | None = None
    precision: DatePrecision = DatePrecision.UNKNOWN
    basis: DateBasis | None = None
    within: Interval | None = None


@dataclass(frozen=True, slots=True)
class DateContext:
    """What the reading of a phrase depends on besides its words."""

    published: date | None
    find_tense: Callable[[], Tense]
    """Called only where the tense matters: finding the verb is the most expensive step."""
    before: DateReading | None
    """The last date read shortly before in the text: what "the following day" counts from."""

    @property
    def tense(self) -> Tense:
        return self.find_tense()


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words ``words[start:end]`` that a rule's pattern matched."""

    words: Words
    match: re.Match[str]

    def has(self, name: str) -> bool:
        """Whether the named group of the pattern took part in the match."""
        return bool(self.match.groupdict().get(name))

    def word(self, name: str) -> str:
        """The first word of the group in lower case; empty if the group is absent."""
        return self.words.lower(self.match.start(name)) if self.has(name) else ""

    def number(self, name: str) -> int:
        """The number in the group, in digits or words. Raises ValueError if it is not a number."""
        word = self.word(name)
        if word in NUMBER_WORDS or word in ORDINAL_WORDS:
            tens = NUMBER_WORDS.get(word) or ORDINAL_WORDS.get(word, 0)
            return tens + (self._unit_after_tens(name) if tens > 19 else 0)
        return int(word.rstrip("sthndr"))

    def _unit_after_tens(self, name: str) -> int:
        """The 1 in "twenty-one"; 0 for "twenty", "twenty to thirty" and "twenty or 30"."""
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


Reader = Callable[[Phrase, DateContext], DateReading]
"""Reads a phrase. May raise ValueError or OverflowError for a day that does not exist."""


def dated_reading(
    interval: Interval, precision: DatePrecision, reason: str, basis: DateBasis = DateBasis.STATED
) -> DateReading:
    """A date with its interval."""
    return DateReading("date", reason, interval, precision, basis)


def day_reading(day: date, reason: str, basis: DateBasis = DateBasis.STATED) -> DateReading:
    """A date that is one day."""
    return dated_reading((day, day), DatePrecision.DAY, reason, basis)


def undated_reading(reason: str) -> DateReading:
    """A date that cannot be read, with the reason."""
    return DateReading("date", reason)


def unanchored_reading(what: str) -> DateReading:
    """A date that cannot be read because the day of publication is unknown."""
    return undated_reading(f"{what} needs the day of publication, which is not known")


def publication_in_words(published: date) -> str:
    """The day of publication, as reasons mention it."""
    return f"publication on {day_in_words(published)}"
