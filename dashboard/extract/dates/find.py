"""Finds dates in article text and reads what they meant on the day the article appeared.

By rules alone (see rules.py), in time linear in the length of the text. Precision and basis are kept: "in March" is
a month and never its 15th, a length of time ("48-hour") is never dated, and without a day of publication
"on Tuesday" stays undated and says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from dashboard.extract.dates.calendar_days import Interval, Tense
from dashboard.extract.dates.lexer import Words, lex
from dashboard.extract.dates.readings import DateContext, DateReading, Phrase
from dashboard.extract.dates.rules import NO_DATE, Rule, is_name, rules_by_letter
from dashboard.extract.dates.tense import tense_around
from dashboard.model import DateBasis, DatePrecision

INHERIT_CHARACTERS = 600
"""How far back "the following day" may look for the day it follows: about a paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """One phrase about time: ``text`` is the article's ``[start:end]``.

    ``kind`` is ``date``, ``duration`` ("for two weeks"), ``recurring`` ("every Friday") or ``vague`` ("recent
    weeks"). Only a ``date`` has ``first`` and ``last``, both days included; both are None, and ``precision`` is
    unknown, where it could not be read. ``reason`` says in plain words how it was read, or why it was not.
    ``within`` is for durations that end at publication ("the past two weeks"): the days they cover.
    """

    text: str
    start: int
    end: int
    kind: str
    first: date | None = None
    last: date | None = None
    precision: DatePrecision = DatePrecision.UNKNOWN
    basis: DateBasis | None = None
    reason: str = ""
    within: Interval | None = None


@dataclass(slots=True)
class _RuleMatch:
    """A phrase with its rule, not yet read: ``start`` and ``end`` count words. ``until``: the end of "from … to"."""

    rule: Rule
    phrase: Phrase
    until: "_RuleMatch | None" = None

    @property
    def start(self) -> int:
        return self.phrase.match.start()

    @property
    def end(self) -> int:
        return self.until.end if self.until else self.phrase.match.end()


def find_dates(text: str, published: date | None) -> list[DateMention]:
    """Every phrase about time, in the order of the text, none overlapping another.

    ``published`` is the day the article appeared; None if unknown: relative dates then stay undated.
    """
    words = lex(text)
    mentions: list[DateMention] = []
    before: DateMention | None = None
    for match in _join_ranges(words, _rule_matches(words)):
        start = words.spans[match.start][0]
        near = _as_reading(before) if before and start - before.end <= INHERIT_CHARACTERS else None
        tense = partial(tense_around, words, match.start, match.end)
        mention = _mention_of(words, match, _reading_of(match, DateContext(published, tense, near)))
        if mention is not None:
            mentions.append(mention)
            before = mention if mention.first else before
    return mentions


def _rule_matches(words: Words) -> list[_RuleMatch]:
    matches: list[_RuleMatch] = []
    rules = rules_by_letter()
    index = 0
    while index < len(words.letters):
        rules_here = rules.get(words.letters[index])
        match = (
            _longest_match(words, index, rules_here.each)
            if rules_here and rules_here.any.match(words.letters, index)
            else None
        )
        if match is not None:
            matches.append(match)
        index = match.end if match else index + 1
    return matches


def _longest_match(words: Words, index: int, rules: tuple[Rule, ...]) -> _RuleMatch | None:
    tried = [(match, rule) for rule in rules if (match := rule.pattern.match(words.letters, index))]
    for match, rule in sorted(tried, key=lambda pair: -pair[0].end()):
        phrase = Phrase(words, match)
        if rule.accept(phrase):
            return _RuleMatch(NO_DATE if is_name(phrase) else rule, phrase)
    return None


def _join_ranges(words: Words, matches: list[_RuleMatch]) -> list[_RuleMatch]:
    """Join the two ends of "from Monday to Wednesday", "between March and June 2016", "12 May – 3 June"."""
    joined: list[_RuleMatch] = []
    for match in matches:
        last = joined[-1] if joined else None
        if last and not last.until and last.rule.joins and match.rule.joins and _form_range(words, last, match):
            last.until = match
        else:
            joined.append(match)
    return joined


def _form_range(words: Words, first: _RuleMatch, second: _RuleMatch) -> bool:
    if second.start != first.end + 1:
        return False
    between, before = words.letter(first.end), words.lower(first.start - 1)
    return between in (">", "-") or (words.lower(first.end) == "and" and before == "between")


def _reading_of(match: _RuleMatch, context: DateContext) -> DateReading:
    until = match.until
    return _checked_reading(
        lambda: match.rule.read(match.phrase, context) if until is None else _range_reading(match, until, context)
    )


def _checked_reading(read: Callable[[], DateReading]) -> DateReading:
    try:
        return read()
    except (ValueError, OverflowError):
        return DateReading("vague", "no calendar has this day")


def _range_reading(match: _RuleMatch, until: _RuleMatch, context: DateContext) -> DateReading:
    """Read the second end, then the first as a day before it: "from December 30 to January 2"."""
    second = until.rule.read(until.phrase, context)
    if second.interval is None:
        return second
    first = match.rule.read(match.phrase, DateContext(second.interval[0], lambda: Tense.PAST, context.before))
    if first.interval is None or first.interval[0] > second.interval[1]:
        return DateReading("vague", "the two ends of the period do not fit")
    precision = DatePrecision.DAYS
    if first.precision is second.precision and second.precision in (DatePrecision.MONTH, DatePrecision.YEAR):
        precision = second.precision
    return replace(second, interval=(first.interval[0], second.interval[1]), precision=precision)


def _mention_of(words: Words, match: _RuleMatch, reading: DateReading) -> DateMention | None:
    if reading.kind == "name":
        return None
    return _as_mention(words.text, words.spans[match.start][0], words.spans[match.end - 1][1], reading)


def _as_mention(text: str, start: int, end: int, reading: DateReading) -> DateMention:
    first, last = reading.interval or (None, None)
    return DateMention(
        text=text[start:end], start=start, end=end, kind=reading.kind, first=first, last=last,
        precision=reading.precision, basis=reading.basis, reason=reading.reason, within=reading.within,
    )  # fmt: skip


def _as_reading(mention: DateMention) -> DateReading:
    assert mention.first is not None
    assert mention.last is not None
    return DateReading("date", mention.reason, (mention.first, mention.last), mention.precision, mention.basis)
