"""Dates in article text: where they stand, and what they mean on the day the article appeared.

Rules alone (see rules.py), in time linear in the text. Grain and basis are kept: "in March" is a month and
never its 15th, a length of time ("48-hour") is never dated, and without a day of publication "on Tuesday" stays
undated and says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from dashboard.extract.dates.calendar_days import Interval, Tense
from dashboard.extract.dates.lexer import Words, lex
from dashboard.extract.dates.readings import Found, Frame, Reading
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
    ``within`` is for durations that end at publication ("the past two weeks"): the days they reach over.
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
class _Raw:
    """A phrase found, not yet read: ``start`` and ``end`` count words. ``until``: the other end of "from … to"."""

    rule: Rule
    found: Found
    until: "_Raw | None" = None

    @property
    def start(self) -> int:
        return self.found.match.start()

    @property
    def end(self) -> int:
        return self.until.end if self.until else self.found.match.end()


def find_dates(text: str, published: date | None) -> list[DateMention]:
    """Every phrase about time, in the order of the text, none overlapping another.

    ``published`` is the day the article appeared, None if it is not known: relative dates then stay undated.
    """
    words = lex(text)
    mentions: list[DateMention] = []
    before: DateMention | None = None
    for raw in _joined(words, _search(words)):
        start = words.spans[raw.start][0]
        near = _as_reading(before) if before and start - before.end <= INHERIT_CHARACTERS else None
        tense = partial(tense_around, words, raw.start, raw.end)
        mention = _mention(words, raw, _read(raw, Frame(published, tense, near)))
        if mention is not None:
            mentions.append(mention)
            before = mention if mention.first else before
    return mentions


def _search(words: Words) -> list[_Raw]:
    raws: list[_Raw] = []
    rules = rules_by_letter()
    index = 0
    while index < len(words.letters):
        here = rules.get(words.letters[index])
        raw = _longest(words, index, here.each) if here and here.any.match(words.letters, index) else None
        if raw is not None:
            raws.append(raw)
        index = raw.end if raw else index + 1
    return raws


def _longest(words: Words, index: int, rules: tuple[Rule, ...]) -> _Raw | None:
    tried = [(match, rule) for rule in rules if (match := rule.pattern.match(words.letters, index))]
    for match, rule in sorted(tried, key=lambda pair: -pair[0].end()):
        found = Found(words, match)
        if rule.accept(found):
            return _Raw(NO_DATE if is_name(found) else rule, found)
    return None


def _joined(words: Words, raws: list[_Raw]) -> list[_Raw]:
    """Join the two ends of "from Monday to Wednesday", "between March and June 2016", "12 May – 3 June"."""
    joined: list[_Raw] = []
    for raw in raws:
        last = joined[-1] if joined else None
        if last and not last.until and last.rule.joins and raw.rule.joins and _joins(words, last, raw):
            last.until = raw
        else:
            joined.append(raw)
    return joined


def _joins(words: Words, first: _Raw, second: _Raw) -> bool:
    if second.start != first.end + 1:
        return False
    between, before = words.letter(first.end), words.lower(first.start - 1)
    return between in (">", "-") or (words.lower(first.end) == "and" and before == "between")


def _read(raw: _Raw, frame: Frame) -> Reading:
    until = raw.until
    return _safely(lambda: raw.rule.read(raw.found, frame) if until is None else _read_both(raw, until, frame))


def _safely(read: Callable[[], Reading]) -> Reading:
    try:
        return read()
    except (ValueError, OverflowError):
        return Reading("vague", "no calendar has this day")


def _read_both(raw: _Raw, until: _Raw, frame: Frame) -> Reading:
    """The first end is read as before the second: "from December 30 to January 2", "30 April to 2 May 2017"."""
    second = until.rule.read(until.found, frame)
    if second.interval is None:
        return second
    first = raw.rule.read(raw.found, Frame(second.interval[0], lambda: Tense.PAST, frame.before))
    if first.interval is None or first.interval[0] > second.interval[1]:
        return Reading("vague", "the two ends of the period do not fit")
    precision = DatePrecision.DAYS
    if first.precision is second.precision and second.precision in (DatePrecision.MONTH, DatePrecision.YEAR):
        precision = second.precision
    return replace(second, interval=(first.interval[0], second.interval[1]), precision=precision)


def _mention(words: Words, raw: _Raw, reading: Reading) -> DateMention | None:
    if reading.kind == "name":
        return None
    return _as_mention(words.text, words.spans[raw.start][0], words.spans[raw.end - 1][1], reading)


def _as_mention(text: str, start: int, end: int, reading: Reading) -> DateMention:
    first, last = reading.interval or (None, None)
    return DateMention(
        text=text[start:end], start=start, end=end, kind=reading.kind, first=first, last=last,
        precision=reading.precision, basis=reading.basis, reason=reading.reason, within=reading.within,
    )  # fmt: skip


def _as_reading(mention: DateMention) -> Reading:
    assert mention.first is not None
    assert mention.last is not None
    return Reading("date", mention.reason, (mention.first, mention.last), mention.precision, mention.basis)
