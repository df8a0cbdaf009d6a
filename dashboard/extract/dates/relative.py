"""How phrases that count from publication, or from a date told before, are read; and lengths of time."""

from datetime import date, timedelta

from dashboard.extract.dates import calendar_days as cal
from dashboard.extract.dates.absolute import part_of, step_of
from dashboard.extract.dates.calendar_days import Interval, Tense, in_words
from dashboard.extract.dates.lexer import WEEKDAYS
from dashboard.extract.dates.readings import Found, Frame, Reading, no_anchor, one_day, published_on, stated, undated
from dashboard.model import DateBasis, DatePrecision

GRAINS = {"week": DatePrecision.WEEK, "month": DatePrecision.MONTH, "quarter": DatePrecision.MONTH}
"""The precision of a unit's whole interval; every other unit but the day is told in years."""
_FINE = {
    "day": (DatePrecision.DAY, DatePrecision.DAYS),
    "week": (DatePrecision.DAY, DatePrecision.DAYS, DatePrecision.WEEK),
    "month": (DatePrecision.DAY, DatePrecision.DAYS, DatePrecision.WEEK, DatePrecision.MONTH),
}
"""How exact a date must be for a unit to be counted from it."""


def around(day: date, unit: str, steps: int = 0) -> Interval:
    """The unit that lies so many units after the one that holds the day. Raises ValueError for an unknown unit."""
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


def _unit(word: str) -> str:
    return {"centuries": "century", "nights": "day"}.get(word, word.removesuffix("s"))


def _grain(unit: str) -> DatePrecision:
    return DatePrecision.DAY if unit == "day" else GRAINS.get(unit.replace("fortnight", "week"), DatePrecision.YEAR)


def _unit_from_publication(frame: Frame, unit: str, steps: int = 0) -> Reading:
    """A unit counted from the day of publication."""
    if frame.published is None:
        return no_anchor("the phrase")
    reason = f"counted from {published_on(frame.published)}"
    return stated(around(frame.published, unit, steps), _grain(unit), reason)


# Days of the week -------------------------------------------------------------------------------------------------


def weekday(found: Found, frame: Frame) -> Reading:
    number, step = WEEKDAYS[found.word("weekday")], found.word("step")
    if step in ("following", "previous", "preceding", "prior") and frame.before and frame.before.interval:
        first, last = frame.before.interval
        ahead = step == "following"
        day = (cal.weekday_after(last, number, strictly=True) if ahead else
               cal.weekday_before(first, number, strictly=True))  # fmt: skip
        return one_day(day, f"counted from {in_words(last)}, told before", DateBasis.INHERITED)
    if frame.published is None:
        return no_anchor("a day of the week")
    day = _weekday_near(frame.published, number, step, frame.tense)
    return one_day(day, _weekday_reason(day, frame.published), DateBasis.WEEKDAY)


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
        return f"the day of {published_on(anchor)}"
    which = f"the last {cal.WEEKDAY_NAMES[day.weekday()]} before" if day < anchor else (
        f"the {cal.WEEKDAY_NAMES[day.weekday()]} after")  # fmt: skip
    return f"{which} {published_on(anchor)}"


def weekday_of_week(found: Found, frame: Frame) -> Reading:
    """Such as "Tuesday last week"."""
    if frame.published is None:
        return no_anchor("a day of the week")
    monday = around(frame.published, "week", step_of(found.word("which")))[0]
    day = monday + timedelta(days=WEEKDAYS[found.word("weekday")])
    return one_day(day, f"counted from {published_on(frame.published)}", DateBasis.WEEKDAY)


def weekend(found: Found, frame: Frame) -> Reading:
    if frame.published is None:
        return no_anchor("a weekend")
    anchor, step = frame.published, found.word("step")
    this = cal.week_interval(anchor)[0] + timedelta(days=5)
    if step in ("next", "coming", "upcoming"):
        saturday = this + timedelta(weeks=1) if anchor >= this else this
    elif step in ("last", "past", "previous"):
        saturday = this - timedelta(weeks=1)
    elif anchor >= this or frame.tense is Tense.FUTURE or (step and frame.tense is not Tense.PAST):
        saturday = this
    else:
        saturday = this - timedelta(weeks=1)
    reason = f"the Saturday and Sunday, counted from {published_on(anchor)}"
    return stated((saturday, saturday + timedelta(days=1)), DatePrecision.DAYS, reason)


# Counted from publication -----------------------------------------------------------------------------------------

DEICTIC = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
"""How many days after publication they are."""


def deictic(found: Found, frame: Frame) -> Reading:
    """Such as "today", "yesterday morning", "overnight"."""
    word = found.word("day")
    if word != "overnight":
        return _unit_from_publication(frame, "day", DEICTIC[word])
    if frame.published is None:
        return no_anchor("the night")
    night = (frame.published - timedelta(days=1), frame.published)
    return stated(night, DatePrecision.DAYS, f"the night before {published_on(frame.published)}")


def part_of_day(found: Found, frame: Frame) -> Reading:
    """Such as "this morning", "last night"."""
    return _unit_from_publication(frame, "day", step_of(found.word("step")))


def day_beyond(found: Found, frame: Frame) -> Reading:
    """Such as "the day before yesterday", "the day after tomorrow"."""
    return _unit_from_publication(
        frame, "day", DEICTIC[found.word("day")] + (-1 if found.word("side") == "before" else 1)
    )


def ago(found: Found, frame: Frame) -> Reading:
    unit = _unit(found.word("unit"))
    if not found.has("count"):
        return Reading("vague", "how long ago is not told")
    count = found.number("count")
    if unit in ("hour", "minute", "second"):
        days = -(-count // 24) if unit == "hour" and count > 6 else 0
        if frame.published is None:
            return no_anchor("the phrase")
        first = frame.published - timedelta(days=days)
        reason = f"counted from {published_on(frame.published)}"
        return stated((first, frame.published), DatePrecision.DAYS if days else DatePrecision.DAY, reason)
    return _unit_from_publication(frame, unit, -count)


def stepped_unit(found: Found, frame: Frame) -> Reading:
    """Such as "last week", "this year", "late last month", "the end of the year"."""
    reading = _unit_from_publication(frame, _unit(found.word("unit")), step_of(found.word("step")))
    if found.has("part") and reading.interval:
        return _part_of_unit(reading, found.word("unit"), part_of(found.word("part")))
    return reading


def _part_of_unit(whole: Reading, unit: str, part: str) -> Reading:
    assert whole.interval is not None
    first = whole.interval[0]
    if unit == "year":
        return stated(cal.third_of_year(first.year, part), DatePrecision.YEAR, f"{part}: four months; {whole.reason}")
    if unit == "month":
        interval = cal.third_of_month(first.year, first.month, part)
        return stated(interval, DatePrecision.DAYS, f"{part}: a third of the month; {whole.reason}")
    return whole


def unit_before(found: Found, frame: Frame) -> Reading:
    """Such as "the year-earlier quarter": only the unit that is counted back is read."""
    return _unit_from_publication(frame, _unit(found.word("unit")), -1)


def earlier_this(found: Found, frame: Frame) -> Reading:
    """Such as "earlier this year": from the unit's start to publication; "later": from there to its end."""
    unit = _unit(found.word("unit"))
    reading = _unit_from_publication(frame, unit)
    if frame.published is None or reading.interval is None:
        return reading
    first, last = reading.interval
    early = found.word("side") == "earlier"
    interval = (first, frame.published) if early else (frame.published, last)
    return stated(interval, reading.precision, f"the {unit} {'up to' if early else 'from'} "
                  f"{published_on(frame.published)} {'' if early else 'on'}".rstrip())  # fmt: skip


# Counted from a date told before ----------------------------------------------------------------------------------


def _inherited(frame: Frame, unit: str, steps: int) -> Reading:
    before = frame.before
    if before is None or before.interval is None:
        return undated("it counts from a day that is not told shortly before")
    if before.precision not in _FINE.get(unit, tuple(DatePrecision)):
        return undated("the date told before is not exact enough to count from")
    base = before.interval[0] if steps < 0 else before.interval[1]
    told, basis = (", told before", DateBasis.INHERITED) if before.basis else ("", DateBasis.STATED)
    return stated(around(base, unit, steps), _grain(unit), f"counted from {in_words(base)}{told}", basis)


def later(found: Found, frame: Frame) -> Reading:
    """Such as "four days later", "a year earlier"."""
    if not found.has("count"):
        return Reading("vague", "how much later or earlier is not told")
    unit = _unit(found.word("unit"))
    if unit in ("hour", "minute", "second"):
        return _inherited(frame, "day", 0) if found.number("count") < 12 else undated("the hour is not known")
    return _inherited(frame, unit, found.number("count") * (-1 if found.word("side") == "earlier" else 1))


def next_after(found: Found, frame: Frame) -> Reading:
    """Such as "the following day", "the same week", "that night", "later in the day"."""
    word = found.word("unit")
    unit = _unit(word) if _unit(word) in ("day", "week", "month", "year", "quarter", "decade") else "day"
    step = step_of(found.word("step"))
    if found.word("step") in ("coming", "upcoming") or (frame.before is None and unit != "day" and frame.published):
        return _unit_from_publication(frame, unit, step)
    return _inherited(frame, unit, step)


def day_before(found: Found, frame: Frame) -> Reading:
    """Such as "the day before" and "the evening before", where nothing follows."""
    unit = _unit(found.word("unit"))
    return _inherited(
        frame,
        unit if unit in GRAINS or unit in _FINE or unit == "year" else "day",
        -1 if found.word("side") == "before" else 1,
    )


# No dates ---------------------------------------------------------------------------------------------------------


def duration(found: Found, frame: Frame) -> Reading:
    """A length of time. One that ends at publication tells in ``within`` how far back it reaches."""
    within = None
    if found.has("past") and frame.published and not found.has("vague"):
        unit = _unit(found.word("unit"))
        count = found.number("count") if found.has("count") else 1
        within = (_back(frame.published, unit, count), frame.published)
    return Reading("duration", "a length of time, no date", within=within)


def _back(day: date, unit: str, count: int) -> date:
    if unit in ("hour", "minute", "second"):
        return day - timedelta(days=-(-count // 24) if unit == "hour" else 0)
    if unit in ("day", "week", "fortnight"):
        return day - timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    months = count * {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}[unit]
    first, last = cal.month_interval(day.year, day.month - months)
    return first.replace(day=min(day.day, last.day))


def recurring(found: Found, frame: Frame) -> Reading:
    return Reading("recurring", "it happens again and again")


def vague(found: Found, frame: Frame) -> Reading:
    return Reading("vague", "no day, month or year is told")


def no_date(found: Found, frame: Frame) -> Reading:
    return Reading("name", "the words are part of a name or an age")
