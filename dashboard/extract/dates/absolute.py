"""Reads phrases that name a day, month, season or year."""

import re
from datetime import date, timedelta

from dashboard.extract.dates import calendar_days as cal
from dashboard.extract.dates.calendar_days import Tense
from dashboard.extract.dates.lexer import MONTHS, WEEKDAYS
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
from dashboard.model import DatePrecision

# Years ------------------------------------------------------------------------------------------------------------


def _stated_year(phrase: Phrase, context: DateContext) -> int | None:
    """The year given with a month or season, in digits or as "last year"; None if there is none."""
    if phrase.has("year"):
        return four_digits(phrase.number("year"), context.published)
    if phrase.has("which") and context.published:
        return context.published.year + step_of(phrase.word("which"))
    return None


def step_of(which: str) -> int:
    """The offset in units of "last", "this" or "next"."""
    if which in ("last", "past", "previous", "prior", "preceding"):
        return -1
    return 1 if which in ("next", "coming", "upcoming", "following") else 0


def year(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "in 2017" and "early 2017"."""
    year = phrase.number("year")
    if phrase.has("part"):
        part = part_of_period(phrase.word("part"))
        return dated_reading(cal.third_of_year(year, part), DatePrecision.YEAR, f"{part}: four months of the year")
    return dated_reading(cal.year_interval(year), DatePrecision.YEAR, "the year as written")


def years(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "2014 and 2015" and "2011-12"."""
    first, last = phrase.number("year"), phrase.number("until")
    if last < 100:
        last += first - first % 100
    if last < first:
        return DateReading("vague", "the second year is before the first")
    return dated_reading(cal.year_interval(first, years=last - first + 1), DatePrecision.YEAR, "the years as written")


def decade(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "the 1990s" and "the late 90s"."""
    written = phrase.word("decade").strip("'’s")
    start = int(written) if len(written) == 4 else 1900 + int(written)
    if phrase.has("part"):
        offset, years = {"early": (0, 4), "mid": (4, 3), "late": (7, 3)}[part_of_period(phrase.word("part"))]
        return dated_reading(cal.year_interval(start + offset, years=years), DatePrecision.YEAR, "a part of the decade")
    return dated_reading(cal.year_interval(start, years=10), DatePrecision.YEAR, "the ten years of the decade")


def part_of_period(word: str) -> str:
    """The third that a word names: ``early``, ``mid`` or ``late``."""
    if word in ("early", "beginning", "start"):
        return "early"
    return "mid" if word in ("mid", "middle") else "late"


# Days of the month ------------------------------------------------------------------------------------------------


def _month_number(phrase: Phrase, name: str = "month") -> int:
    return MONTHS[phrase.word(name)]


def month_day(phrase: Phrase, context: DateContext) -> DateReading:
    """A day of a month, or several of one month ("October 11-13", "3 and 5 May")."""
    month, day = _month_number(phrase), phrase.number("day")
    until = phrase.number("until") if phrase.has("until") else None
    weekday = WEEKDAYS[phrase.word("weekday")] if phrase.has("weekday") else None
    first, reason = _day_with_year(phrase, context, month, day, weekday)
    if first is None:
        return undated_reading(reason)
    if until is None:
        return day_reading(first, reason)
    last = first.replace(day=until)
    if last < first:
        return DateReading("vague", "the second day is before the first")
    return dated_reading((first, last), DatePrecision.DAYS, reason)


def _day_with_year(
    phrase: Phrase, context: DateContext, month: int, day: int, weekday: int | None
) -> tuple[date | None, str]:
    year, anchor = _stated_year(phrase, context), context.published
    if year is not None:
        first = date(year, month, day)
        fits = weekday in (None, first.weekday())
        return first, "the date as written" + (
            "" if fits else f", though it was a {cal.WEEKDAY_NAMES[first.weekday()]}"
        )
    if anchor is None:
        return None, "the year is not told, and the day of publication is not known"
    near = cal.likely_day(month, day, anchor, context.tense, weekday)
    return near, "no month has this day" if near is None else _why_year(near, anchor, weekday)


def _why_year(near: date, anchor: date, weekday: int | None) -> str:
    if weekday == near.weekday():
        return f"the year is the one near publication in which it is a {cal.WEEKDAY_NAMES[weekday]}"
    if near.year == anchor.year:
        return "the year is the article’s"
    return f"the year is the likeliest by the sentence and {publication_in_words(anchor)}"


def day_of_month(phrase: Phrase, context: DateContext) -> DateReading:
    """A day such as "on the 11th": in the month of publication, or the month before if that day had not come yet."""
    if context.published is None:
        return unanchored_reading("a day without its month")
    day, anchor = phrase.number("day"), context.published
    shift = 0
    if context.tense is Tense.FUTURE:
        shift = 1 if day < anchor.day else 0
    elif day > anchor.day + cal.PAST_TOLERANCE_DAYS:
        shift = -1
    start = cal.month_interval(anchor.year, anchor.month + shift)[0]
    return day_reading(start.replace(day=day), f"the month is counted from {publication_in_words(anchor)}")


def numeric_date(phrase: Phrase, context: DateContext) -> DateReading:
    """A date in digits. Which number is the day is decided by what is possible, then by nearness to publication."""
    parts = [int(part) for part in re.split(r"[-/.t]", phrase.word("date"), maxsplit=3)[:3]]
    written = phrase.word("date")
    if parts[0] > 999:
        return day_reading(date(*parts), "the date as written")
    first, second, year = parts[0], parts[1], four_digits(parts[2], context.published)
    pairs = [(second, first)] if "." in written else [(first, second), (second, first)]
    days = list(dict.fromkeys(date(year, month, day) for month, day in pairs if month <= 12))
    if len(days) == 1:
        return day_reading(days[0], "the date as written")
    anchor = context.published
    if not days or anchor is None:
        return undated_reading("it may be day and month or month and day")
    days = [day for day in days if (day - anchor).days <= cal.PAST_TOLERANCE_DAYS] or days
    near = min(days, key=lambda day: abs((day - anchor).days))
    if len(days) == 2 and abs((near - anchor).days) > 45:
        return undated_reading("it may be day and month or month and day")
    return day_reading(near, f"of two ways to read it, the one nearer to {publication_in_words(anchor)}")


def four_digits(year: int, published: date | None) -> int:
    """The year; of two digits, the latest such year at most 20 years after publication."""
    if year > 99:
        return year
    now = published.year if published else 2029
    return max((century + year for century in (1900, 2000) if century + year <= now + 20), default=2000 + year)


def nine_eleven(phrase: Phrase, context: DateContext) -> DateReading:
    """The name "9/11"."""
    return day_reading(date(2001, 9, 11), "the attacks known by this date")


NAMED_DAYS = {
    (9, 11): (date(2001, 9, 11), ("attacks", "terror", "terrorist", "hijackers", "hijackings")),
    (10, 7): (date(2023, 10, 7), ("attack", "attacks", "massacre", "massacres", "assault", "onslaught")),
    (7, 7): (date(2005, 7, 7), ("bombings", "attacks", "bombers")),
    (1, 6): (date(2021, 1, 6), ("insurrection", "riot", "rioters", "riots")),
}
"""Days commonly named without their year, with the words that then follow."""


def named_day(phrase: Phrase, context: DateContext) -> DateReading:
    """A day of a month; with words such as "attacks" after it, the famous one."""
    day, words = NAMED_DAYS.get((_month_number(phrase), phrase.number("day")), (None, ()))
    if day and phrase.word_after in words and not (context.published and context.published < day):
        return day_reading(day, "the event known by this date")
    return month_day(phrase, context)


# Months, seasons, quarters ----------------------------------------------------------------------------------------


def month(phrase: Phrase, context: DateContext) -> DateReading:
    """A month, a part of one, or "last November"."""
    month, year = _month_number(phrase), _stated_year(phrase, context)
    reason = "the month as written"
    if year is None:
        if context.published is None:
            return undated_reading("the year is not told, and the day of publication is not known")
        year = _year_of_month(month, phrase.word("step"), context.published, context.tense)
        reason = "the year is the article’s" if year == context.published.year else (
            f"the year is the likeliest by the sentence and {publication_in_words(context.published)}")  # fmt: skip
    if phrase.has("part"):
        part = part_of_period(phrase.word("part"))
        days = {"early": "days 1 to 10", "mid": "days 11 to 20", "late": "day 21 to the end"}[part]
        return dated_reading(cal.third_of_month(year, month, part), DatePrecision.DAYS, f"{part}: {days}; {reason}")
    return dated_reading(cal.month_interval(year, month), DatePrecision.MONTH, reason)


def _year_of_month(month: int, step: str, anchor: date, tense: Tense) -> int:
    if step in ("last", "past"):
        return anchor.year - (month >= anchor.month)
    if step in ("next", "coming", "upcoming"):
        return anchor.year + (month <= anchor.month)
    return anchor.year if step else cal.likely_month(month, anchor, tense)[0].year


def piece_of_month(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "the first week of June", "the first half of May"."""
    whole = month(phrase, context)
    if whole.interval is None:
        return whole
    first, last = whole.interval
    number = 0 if phrase.word("number") == "last" else phrase.number("number")
    size = 7 if phrase.word("unit") == "week" else 15
    start = first + timedelta(days=size * (number - 1)) if number else last - timedelta(days=size - 1)
    end = min(last, start + timedelta(days=size - 1)) if size == 7 or number == 1 else last
    if start > last:
        return DateReading("vague", "the month has no such part")
    precision = DatePrecision.WEEK if size == 7 else DatePrecision.DAYS
    return dated_reading((start, end), precision, f"days {start.day} to {end.day}; {whole.reason}")


def season(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "last winter" and "spring 2016"."""
    season, year, step = phrase.word("season"), _stated_year(phrase, context), phrase.word("step")
    reason = "the three months of the northern season"
    if year is None:
        if context.published is None:
            return unanchored_reading("a season without its year")
        year = _year_of_season(season, step, context)
        reason += f", counted from {publication_in_words(context.published)}"
    return dated_reading(cal.season_interval(season, year), DatePrecision.MONTH, reason)


def _year_of_season(season: str, step: str, context: DateContext) -> int:
    anchor = context.published
    assert anchor is not None
    started = [year for year in range(anchor.year - 2, anchor.year + 3)
               if cal.season_interval(season, year)[0] <= anchor]  # fmt: skip
    running = cal.season_interval(season, started[-1])[1] >= anchor
    if step in ("next", "coming", "upcoming") or (context.tense is Tense.FUTURE and not running):
        return started[-1] + 1
    if step in ("last", "past") and running:
        return started[-1] - 1
    return started[-1]


def quarter(phrase: Phrase, context: DateContext) -> DateReading:
    """A quarter or half of a year."""
    number = phrase.number("number")
    months = 6 if phrase.word("unit") == "half" else 3
    year = _stated_year(phrase, context)
    if number * months > 12:
        return DateReading("vague", "the year has no such part")
    if year is None:
        if context.published is None:
            return unanchored_reading("a quarter without its year")
        ahead = months * (number - 1) + 1 - context.published.month
        year = context.published.year - (ahead > 6 and context.tense is not Tense.FUTURE)
    return dated_reading(cal.month_interval(year, months * (number - 1) + 1, months=months), DatePrecision.MONTH,
                  f"{months} months of {year}")  # fmt: skip


def first_months(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "the first nine months of 2016"."""
    year, months = _stated_year(phrase, context), phrase.number("count")
    if year is None:
        return undated_reading("the year is not told")
    if not 1 <= months <= 12:
        return DateReading("vague", "the year has no such part")
    return dated_reading(cal.month_interval(year, 1, months=months), DatePrecision.MONTH, f"{months} months of {year}")


def feast(phrase: Phrase, context: DateContext) -> DateReading:
    """Such as "Easter" and "Christmas Day 2015"."""
    name, year = phrase.word("feast").replace("’", "'"), _stated_year(phrase, context)
    if year is not None:
        return day_reading(cal.feast_day(name, year), "the day of the feast")
    if context.published is None:
        return undated_reading("the year is not told, and the day of publication is not known")
    anchor = context.published
    days = [cal.feast_day(name, anchor.year + step) for step in (-1, 0, 1)]
    if context.tense is Tense.FUTURE:
        days = [day for day in days if day >= anchor]
    else:
        days = [day for day in days if (day - anchor).days <= cal.FUTURE_WITHOUT_CUE_DAYS]
    near = min(days, key=lambda day: abs((day - anchor).days))
    return day_reading(near, f"the feast nearest to {publication_in_words(anchor)}")
