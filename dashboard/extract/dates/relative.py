"""Reads phrases that count from publication or from an earlier date in the text, and lengths of time."""

from datetime import date, timedelta

from dashboard.extract.dates import calendar_days as cal
from dashboard.extract.dates.absolute import part_of_period, step_of
from dashboard.extract.dates.calendar_days import Interval, Tense, day_in_words
from dashboard.extract.dates.lexer import WEEKDAYS
from dashboard.extract.dates.readings import (
    DateContext,
    DateReading,
    Phrase,
    dated_reading,
    day_reading,
    publication_in_words,
    unanchored_reading,
    undated_reading,
)
from dashboard.model import DateBasis, DatePrecision

UNIT_PRECISIONS = {"week": DatePrecision.WEEK, "month": DatePrecision.MONTH, "quarter": DatePrecision.MONTH}
"""The precision of a whole unit; for every other unit but the day it is the year."""
_PRECISE_ENOUGH = {
    "day": (DatePrecision.DAY, DatePrecision.DAYS),
    "week": (DatePrecision.DAY, DatePrecision.DAYS, DatePrecision.WEEK),
    "month": (DatePrecision.DAY, DatePrecision.DAYS, DatePrecision.WEEK, DatePrecision.MONTH),
}
"""How exact a date must be for a unit to be counted from it."""


def unit_interval(day: date, unit: str, steps: int = 0) -> Interval:
    """The interval of the unit ``steps`` after the one that holds the day. Raises ValueError for an unknown unit."""
    if unit == "day":
        return (day + timedelta(days=steps),) * 2
    if unit in ("week", "fortnight"):
        return cal.week_interval(day + timedelta(weeks=steps * (2 if unit == "fortnight" else 1)))
    if unit == "month":
        return cal.month_interval(day.year, day.month + steps)
    if unit == "quarter":
        return cal.month_interval(day.year, (day.month - 1) // 3 * 3 + 1 + 3 * steps, months=3)
    if unit in ("year", "decade"):
        return cal.year_interval(day.year + steps * (10 if unit == "decade" else 1))
    raise ValueError(unit)


def _singular_unit(word: str) -> str:
    return {"centuries": "century", "nights": "day"}.get(word, word.removesuffix("s"))


def _unit_precision(unit: str) -> DatePrecision:
    return (
        DatePrecision.DAY
        if unit == "day"
        else UNIT_PRECISIONS.get(unit.replace("fortnight", "week"), DatePrecision.YEAR)
    )


def _unit_from_publication(context: DateContext, unit: str, steps: int = 0) -> DateReading:
    """A unit counted from the day of publication."""
    if context.published is None:
        return unanchored_reading("the phrase")
    reason = f"counted from {publication_in_words(context.published)}"
    return dated_reading(unit_interval(context.published, unit, steps), _unit_precision(unit), reason)


# Days of the week -------------------------------------------------------------------------------------------------


def weekday(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "on Tuesday", "last Friday", "the following Monday"."""
    number, step = WEEKDAYS[phrase.word("weekday")], phrase.word("step")
    if step in ("following", "previous", "preceding", "prior") and context.before and context.before.interval:
        first, last = context.before.interval
        ahead = step == "following"
        day = (cal.weekday_after(last, number, strictly=True) if ahead else
               cal.weekday_before(first, number, strictly=True))  # fmt: skip
        return day_reading(day, f"counted from {day_in_words(last)}, told before", DateBasis.INHERITED)
    if context.published is None:
        return unanchored_reading("a day of the week")
    day = _weekday_near(context.published, number, step, context.tense)
    return day_reading(day, _weekday_reason(day, context.published), DateBasis.WEEKDAY)


def _weekday_near(anchor: date, number: int, step: str, tense: Tense) -> date:
    if step_of(step) > 0:
        return cal.weekday_after(anchor, number, strictly=True)
    if step_of(step) < 0:
        return cal.weekday_before(anchor, number, strictly=True)
    if step == "this" and tense is not Tense.PAST:
        return cal.week_interval(anchor)[0] + timedelta(days=number)
    return cal.weekday_after(anchor, number) if tense is Tense.FUTURE else cal.weekday_before(anchor, number)


def _weekday_reason(day: date, anchor: date) -> str:
    if day == anchor:
        return f"the day of {publication_in_words(anchor)}"
    which = f"the last {cal.WEEKDAY_NAMES[day.weekday()]} before" if day < anchor else (
        f"the {cal.WEEKDAY_NAMES[day.weekday()]} after")  # fmt: skip
    return f"{which} {publication_in_words(anchor)}"


def weekday_of_week(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "Tuesday last week"."""
    if context.published is None:
        return unanchored_reading("a day of the week")
    monday = unit_interval(context.published, "week", step_of(phrase.word("which")))[0]
    day = monday + timedelta(days=WEEKDAYS[phrase.word("weekday")])
    return day_reading(day, f"counted from {publication_in_words(context.published)}", DateBasis.WEEKDAY)


def weekend(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "at the weekend", "last weekend"."""
    if context.published is None:
        return unanchored_reading("a weekend")
    anchor, step = context.published, phrase.word("step")
    this = cal.week_interval(anchor)[0] + timedelta(days=5)
    if step in ("next", "coming", "upcoming"):
        saturday = this + timedelta(weeks=1) if anchor >= this else this
    elif step in ("last", "past", "previous"):
        saturday = this - timedelta(weeks=1)
    elif anchor >= this or context.tense is Tense.FUTURE or (step and context.tense is not Tense.PAST):
        saturday = this
    else:
        saturday = this - timedelta(weeks=1)
    reason = f"the Saturday and Sunday, counted from {publication_in_words(anchor)}"
    return dated_reading((saturday, saturday + timedelta(days=1)), DatePrecision.DAYS, reason)


# Counted from publication -----------------------------------------------------------------------------------------

DEICTIC = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
"""Offset in days from publication."""


def deictic(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "today", "yesterday morning", "overnight"."""
    word = phrase.word("day")
    if word != "overnight":
        return _unit_from_publication(context, "day", DEICTIC[word])
    if context.published is None:
        return unanchored_reading("the night")
    night = (context.published - timedelta(days=1), context.published)
    return dated_reading(night, DatePrecision.DAYS, f"the night before {publication_in_words(context.published)}")


def part_of_day(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "this morning", "last night"."""
    return _unit_from_publication(context, "day", step_of(phrase.word("step")))


def day_beyond(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "the day before yesterday", "the day after tomorrow"."""
    return _unit_from_publication(
        context, "day", DEICTIC[phrase.word("day")] + (-1 if phrase.word("side") == "before" else 1)
    )


def time_ago(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "three weeks ago"."""
    unit = _singular_unit(phrase.word("unit"))
    if not phrase.has("count"):
        return DateReading("vague", "how long ago is not told")
    count = phrase.number("count")
    if unit in ("hour", "minute", "second"):
        days = -(-count // 24) if unit == "hour" and count > 6 else 0
        if context.published is None:
            return unanchored_reading("the phrase")
        first = context.published - timedelta(days=days)
        reason = f"counted from {publication_in_words(context.published)}"
        return dated_reading((first, context.published), DatePrecision.DAYS if days else DatePrecision.DAY, reason)
    return _unit_from_publication(context, unit, -count)


def stepped_unit(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "last week", "this year", "late last month", "the end of the year"."""
    reading = _unit_from_publication(context, _singular_unit(phrase.word("unit")), step_of(phrase.word("step")))
    if phrase.has("part") and reading.interval:
        return _part_of_unit(reading, phrase.word("unit"), part_of_period(phrase.word("part")))
    return reading


def _part_of_unit(whole: DateReading, unit: str, part: str) -> DateReading:
    assert whole.interval is not None
    first = whole.interval[0]
    if unit == "year":
        return dated_reading(
            cal.third_of_year(first.year, part), DatePrecision.YEAR, f"{part}: four months; {whole.reason}"
        )
    if unit == "month":
        interval = cal.third_of_month(first.year, first.month, part)
        return dated_reading(interval, DatePrecision.DAYS, f"{part}: a third of the month; {whole.reason}")
    return whole


def unit_before(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "the year-earlier quarter": only the unit counted back is read."""
    return _unit_from_publication(context, _singular_unit(phrase.word("unit")), -1)


def earlier_this(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "earlier this year": from the start of the unit to publication; "later": from publication to its end."""
    unit = _singular_unit(phrase.word("unit"))
    reading = _unit_from_publication(context, unit)
    if context.published is None or reading.interval is None:
        return reading
    first, last = reading.interval
    early = phrase.word("side") == "earlier"
    interval = (first, context.published) if early else (context.published, last)
    return dated_reading(interval, reading.precision, f"the {unit} {'up to' if early else 'from'} "
                  f"{publication_in_words(context.published)} {'' if early else 'on'}".rstrip())  # fmt: skip


# Counted from an earlier date in the text -------------------------------------------------------------------------


def _from_earlier_date(context: DateContext, unit: str, steps: int) -> DateReading:
    before = context.before
    if before is None or before.interval is None:
        return undated_reading("it counts from a day that is not told shortly before")
    if before.precision not in _PRECISE_ENOUGH.get(unit, tuple(DatePrecision)):
        return undated_reading("the date told before is not exact enough to count from")
    base = before.interval[0] if steps < 0 else before.interval[1]
    suffix, basis = (", told before", DateBasis.INHERITED) if before.basis else ("", DateBasis.STATED)
    return dated_reading(
        unit_interval(base, unit, steps), _unit_precision(unit), f"counted from {day_in_words(base)}{suffix}", basis
    )


def later_or_earlier(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "four days later", "a year earlier"."""
    if not phrase.has("count"):
        return DateReading("vague", "how much later or earlier is not told")
    unit = _singular_unit(phrase.word("unit"))
    if unit in ("hour", "minute", "second"):
        return (
            _from_earlier_date(context, "day", 0)
            if phrase.number("count") < 12
            else undated_reading("the hour is not known")
        )
    return _from_earlier_date(context, unit, phrase.number("count") * (-1 if phrase.word("side") == "earlier" else 1))


def following_unit(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "the following day", "the same week", "that night", "later in the day"."""
    word = phrase.word("unit")
    unit = (
        _singular_unit(word) if _singular_unit(word) in ("day", "week", "month", "year", "quarter", "decade") else "day"
    )
    step = step_of(phrase.word("step"))
    if phrase.word("step") in ("coming", "upcoming") or (
        context.before is None and unit != "day" and context.published
    ):
        return _unit_from_publication(context, unit, step)
    return _from_earlier_date(context, unit, step)


def day_before(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "the day before" and "the evening before", where nothing follows."""
    unit = _singular_unit(phrase.word("unit"))
    return _from_earlier_date(
        context,
        unit if unit in UNIT_PRECISIONS or unit in _PRECISE_ENOUGH or unit == "year" else "day",
        -1 if phrase.word("side") == "before" else 1,
    )


# No dates ---------------------------------------------------------------------------------------------------------


def duration(phrase: Phrase, context: DateContext) -> DateReading:
    """A length of time. For one that ends at publication, ``within`` is the interval it covers."""
    within = None
    if phrase.has("past") and context.published and not phrase.has("vague"):
        unit = _singular_unit(phrase.word("unit"))
        count = phrase.number("count") if phrase.has("count") else 1
        within = (_first_day_back(context.published, unit, count), context.published)
    return DateReading("duration", "a length of time, no date", within=within)


def _first_day_back(day: date, unit: str, count: int) -> date:
    if unit in ("hour", "minute", "second"):
        return day - timedelta(days=-(-count // 24) if unit == "hour" else 0)
    if unit in ("day", "week", "fortnight"):
        return day - timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    months = count * {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit]
    first, last = cal.month_interval(day.year, day.month - months)
    return first.replace(day=min(day.day, last.day))


def recurring_time(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "every Friday"."""
    return DateReading("recurring", "it happens again and again")


def vague_period(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "recent weeks"."""
    return DateReading("vague", "no day, month or year is told")


def not_a_date(phrase: Phrase, context: DateContext) -> DateReading:
    """Words that are part of a name or an age."""
    return DateReading("name", "the words are part of a name or an age")
