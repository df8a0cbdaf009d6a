"""How phrases that name a day, month, season or year are read."""

import re
from datetime import date, timedelta

from dashboard.extract.dates import calendar_days as cal
from dashboard.extract.dates.calendar_days import Tense
from dashboard.extract.dates.lexer import MONTHS, WEEKDAYS
from dashboard.extract.dates.readings import Found, Frame, Reading, no_anchor, one_day, published_on, stated, undated
from dashboard.model import DatePrecision

# Years ------------------------------------------------------------------------------------------------------------


def _told_year(found: Found, frame: Frame) -> int | None:
    """The year that stands with a month or season: in digits, or as "last year". None: not told."""
    if found.has("year"):
        return four_digits(found.number("year"), frame.published)
    if found.has("which") and frame.published:
        return frame.published.year + step_of(found.word("which"))
    return None


def step_of(which: str) -> int:
    """How many units "last", "this" or "next" is away."""
    if which in ("last", "past", "previous", "prior", "preceding"):
        return -1
    return 1 if which in ("next", "coming", "upcoming", "following") else 0


def year(found: Found, frame: Frame) -> Reading:
    year = found.number("year")
    if found.has("part"):
        part = part_of(found.word("part"))
        return stated(cal.third_of_year(year, part), DatePrecision.YEAR, f"{part}: four months of the year")
    return stated(cal.year_interval(year), DatePrecision.YEAR, "the year as written")


def years(found: Found, frame: Frame) -> Reading:
    first, last = found.number("year"), found.number("until")
    if last < 100:
        last += first - first % 100
    if last < first:
        return Reading("vague", "the second year is before the first")
    return stated(cal.year_interval(first, years=last - first + 1), DatePrecision.YEAR, "the years as written")


def decade(found: Found, frame: Frame) -> Reading:
    written = found.word("decade").strip("'’s")
    start = int(written) if len(written) == 4 else 1900 + int(written)
    if found.has("part"):
        offset, years = {"early": (0, 4), "mid": (4, 3), "late": (7, 3)}[part_of(found.word("part"))]
        return stated(cal.year_interval(start + offset, years=years), DatePrecision.YEAR, "a part of the decade")
    return stated(cal.year_interval(start, years=10), DatePrecision.YEAR, "the ten years of the decade")


def part_of(word: str) -> str:
    if word in ("early", "beginning", "start"):
        return "early"
    return "mid" if word in ("mid", "middle") else "late"


# Days of the month ------------------------------------------------------------------------------------------------


def _month_number(found: Found, name: str = "month") -> int:
    return MONTHS[found.word(name)]


def month_day(found: Found, frame: Frame) -> Reading:
    """A day of a month, or several of one month ("October 11-13", "3 and 5 May")."""
    month, day = _month_number(found), found.number("day")
    until = found.number("until") if found.has("until") else None
    weekday = WEEKDAYS[found.word("weekday")] if found.has("weekday") else None
    first, reason = _day_with_year(found, frame, month, day, weekday)
    if first is None:
        return undated(reason)
    if until is None:
        return one_day(first, reason)
    last = first.replace(day=until)
    if last < first:
        return Reading("vague", "the second day is before the first")
    return stated((first, last), DatePrecision.DAYS, reason)


def _day_with_year(found: Found, frame: Frame, month: int, day: int, weekday: int | None) -> tuple[date | None, str]:
    year, anchor = _told_year(found, frame), frame.published
    if year is not None:
        first = date(year, month, day)
        fits = weekday in (None, first.weekday())
        return first, "the date as written" + (
            "" if fits else f", though it was a {cal.WEEKDAY_NAMES[first.weekday()]}"
        )
    if anchor is None:
        return None, "the year is not told, and the day of publication is not known"
    near = cal.likely_day(month, day, anchor, frame.tense, weekday)
    return near, "no month has this day" if near is None else _why_year(near, anchor, weekday)


def _why_year(near: date, anchor: date, weekday: int | None) -> str:
    if weekday == near.weekday():
        return f"the year is the one near publication in which it is a {cal.WEEKDAY_NAMES[weekday]}"
    if near.year == anchor.year:
        return "the year is the article’s"
    return f"the year is the likeliest by the sentence and {published_on(anchor)}"


def day_of_month(found: Found, frame: Frame) -> Reading:
    """A day such as "on the 11th": of the month of publication, or the one before if that day had not come."""
    if frame.published is None:
        return no_anchor("a day without its month")
    day, anchor = found.number("day"), frame.published
    shift = 0
    if frame.tense is Tense.FUTURE:
        shift = 1 if day < anchor.day else 0
    elif day > anchor.day + cal.PAST_TOLERANCE_DAYS:
        shift = -1
    start = cal.month_interval(anchor.year, anchor.month + shift)[0]
    return one_day(start.replace(day=day), f"the month is counted from {published_on(anchor)}")


def digits(found: Found, frame: Frame) -> Reading:
    """A date in digits. Day and month are told apart by what can be, then by nearness to publication."""
    parts = [int(part) for part in re.split(r"[-/.t]", found.word("date"), maxsplit=3)[:3]]
    written = found.word("date")
    if parts[0] > 999:
        return one_day(date(*parts), "the date as written")
    first, second, year = parts[0], parts[1], four_digits(parts[2], frame.published)
    pairs = [(second, first)] if "." in written else [(first, second), (second, first)]
    days = list(dict.fromkeys(date(year, month, day) for month, day in pairs if month <= 12))
    if len(days) == 1:
        return one_day(days[0], "the date as written")
    anchor = frame.published
    if not days or anchor is None:
        return undated("it may be day and month or month and day")
    days = [day for day in days if (day - anchor).days <= cal.PAST_TOLERANCE_DAYS] or days
    near = min(days, key=lambda day: abs((day - anchor).days))
    if len(days) == 2 and abs((near - anchor).days) > 45:
        return undated("it may be day and month or month and day")
    return one_day(near, f"of two ways to read it, the one nearer to {published_on(anchor)}")


def four_digits(year: int, published: date | None) -> int:
    if year > 99:
        return year
    now = published.year if published else 2029
    return max((century + year for century in (1900, 2000) if century + year <= now + 20), default=2000 + year)


def nine_eleven(found: Found, frame: Frame) -> Reading:
    return one_day(date(2001, 9, 11), "the attacks known by this date")


NAMED_DAYS = {
    (9, 11): (date(2001, 9, 11), ("attacks", "terror", "terrorist", "hijackers", "hijackings")),
    (10, 7): (date(2023, 10, 7), ("attack", "attacks", "massacre", "massacres", "assault", "onslaught")),
    (7, 7): (date(2005, 7, 7), ("bombings", "attacks", "bombers")),
    (1, 6): (date(2021, 1, 6), ("insurrection", "riot", "rioters", "riots")),
}
"""Days that are spoken of without their year, with the words that follow them then."""


def named_day(found: Found, frame: Frame) -> Reading:
    day, words = NAMED_DAYS.get((_month_number(found), found.number("day")), (None, ()))
    if day and found.word_after in words and not (frame.published and frame.published < day):
        return one_day(day, "the event known by this date")
    return month_day(found, frame)


# Months, seasons, quarters ----------------------------------------------------------------------------------------


def month(found: Found, frame: Frame) -> Reading:
    """A month, a part of one, or "last November"."""
    month, year = _month_number(found), _told_year(found, frame)
    reason = "the month as written"
    if year is None:
        if frame.published is None:
            return undated("the year is not told, and the day of publication is not known")
        year = _year_of_month(month, found.word("step"), frame.published, frame.tense)
        reason = "the year is the article’s" if year == frame.published.year else (
            f"the year is the likeliest by the sentence and {published_on(frame.published)}")  # fmt: skip
    if found.has("part"):
        part = part_of(found.word("part"))
        days = {"early": "days 1 to 10", "mid": "days 11 to 20", "late": "day 21 to the end"}[part]
        return stated(cal.third_of_month(year, month, part), DatePrecision.DAYS, f"{part}: {days}; {reason}")
    return stated(cal.month_interval(year, month), DatePrecision.MONTH, reason)


def _year_of_month(month: int, step: str, anchor: date, tense: Tense) -> int:
    if step in ("last", "past"):
        return anchor.year - (month >= anchor.month)
    if step in ("next", "coming", "upcoming"):
        return anchor.year + (month <= anchor.month)
    return anchor.year if step else cal.likely_month(month, anchor, tense)[0].year


def piece_of_month(found: Found, frame: Frame) -> Reading:
    """Such as "the first week of June", "the first half of May"."""
    whole = month(found, frame)
    if whole.interval is None:
        return whole
    first, last = whole.interval
    number = 0 if found.word("number") == "last" else found.number("number")
    size = 7 if found.word("unit") == "week" else 15
    start = first + timedelta(days=size * (number - 1)) if number else last - timedelta(days=size - 1)
    end = min(last, start + timedelta(days=size - 1)) if size == 7 or number == 1 else last
    if start > last:
        return Reading("vague", "the month has no such part")
    precision = DatePrecision.WEEK if size == 7 else DatePrecision.DAYS
    return stated((start, end), precision, f"days {start.day} to {end.day}; {whole.reason}")


def season(found: Found, frame: Frame) -> Reading:
    season, year, step = found.word("season"), _told_year(found, frame), found.word("step")
    reason = "the three months of the northern season"
    if year is None:
        if frame.published is None:
            return no_anchor("a season without its year")
        year = _year_of_season(season, step, frame)
        reason += f", counted from {published_on(frame.published)}"
    return stated(cal.season_interval(season, year), DatePrecision.MONTH, reason)


def _year_of_season(season: str, step: str, frame: Frame) -> int:
    anchor = frame.published
    assert anchor is not None
    started = [year for year in range(anchor.year - 2, anchor.year + 3)
               if cal.season_interval(season, year)[0] <= anchor]  # fmt: skip
    running = cal.season_interval(season, started[-1])[1] >= anchor
    if step in ("next", "coming", "upcoming") or (frame.tense is Tense.FUTURE and not running):
        return started[-1] + 1
    if step in ("last", "past") and running:
        return started[-1] - 1
    return started[-1]


def quarter(found: Found, frame: Frame) -> Reading:
    """A quarter or half of a year."""
    number = found.number("number")
    months = 6 if found.word("unit") == "half" else 3
    year = _told_year(found, frame)
    if number * months > 12:
        return Reading("vague", "the year has no such part")
    if year is None:
        if frame.published is None:
            return no_anchor("a quarter without its year")
        ahead = months * (number - 1) + 1 - frame.published.month
        year = frame.published.year - (ahead > 6 and frame.tense is not Tense.FUTURE)
    return stated(cal.month_interval(year, months * (number - 1) + 1, months=months), DatePrecision.MONTH,
                  f"{months} months of {year}")  # fmt: skip


def first_months(found: Found, frame: Frame) -> Reading:
    """Such as "the first nine months of 2016"."""
    year, months = _told_year(found, frame), found.number("count")
    if year is None:
        return undated("the year is not told")
    if not 1 <= months <= 12:
        return Reading("vague", "the year has no such part")
    return stated(cal.month_interval(year, 1, months=months), DatePrecision.MONTH, f"{months} months of {year}")


def feast(found: Found, frame: Frame) -> Reading:
    name, year = found.word("feast").replace("’", "'"), _told_year(found, frame)
    if year is not None:
        return one_day(cal.feast_day(name, year), "the day of the feast")
    if frame.published is None:
        return undated("the year is not told, and the day of publication is not known")
    anchor = frame.published
    days = [cal.feast_day(name, anchor.year + step) for step in (-1, 0, 1)]
    if frame.tense is Tense.FUTURE:
        days = [day for day in days if day >= anchor]
    else:
        days = [day for day in days if (day - anchor).days <= cal.FUTURE_WITHOUT_CUE_DAYS]
    near = min(days, key=lambda day: abs((day - anchor).days))
    return one_day(near, f"the feast nearest to {published_on(anchor)}")
