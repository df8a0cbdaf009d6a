"""Arithmetic of the calendar for dates in text: weeks, months, seasons, feasts, and the likeliest year.

An interval is a pair (first, last), both days included. Weeks run from Monday to Sunday.
"""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

Interval = tuple[date, date]

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""First month of each season on the northern half of the earth, where most news is written."""

PAST_TOLERANCE_DAYS = 2
"""How far after publication a day in the past tense may be: time zones, and articles dated early."""
FUTURE_WITHOUT_CUE_DAYS = 90
"""How far ahead a day and month without a tense may be; beyond this, the past is likelier in news."""


class Tense(StrEnum):
    """Which side of publication the sentence is about."""

    PAST = "past"
    FUTURE = "future"
    OPEN = "open"
    """No verb decides."""


def day_in_words(day: date, *, weekday: bool = True) -> str:
    """``Wednesday 29 October 2025``. Not by strftime, which depends on the locale of the machine."""
    name = f"{WEEKDAY_NAMES[day.weekday()]} " if weekday else ""
    return f"{name}{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def month_interval(year: int, month: int, *, months: int = 1) -> Interval:
    """The whole month, or several from it on. A month outside 1 to 12 counts into other years."""
    first = _month_start(year, month)
    last = _month_start(first.year, first.month + months) - timedelta(days=1)
    return first, last


def _month_start(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def year_interval(year: int, *, years: int = 1) -> Interval:
    """The whole year, or several from it on. Raises ValueError outside the years 1 to 9999."""
    return date(year, 1, 1), date(year + years - 1, 12, 31)


def week_interval(day: date) -> Interval:
    """The week that the day is in, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def third_of_month(year: int, month: int, part: str) -> Interval:
    """``early``: days 1 to 10; ``mid``: 11 to 20; ``late``: 21 to the end."""
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, monthrange(year, month)[1])}[part]
    return date(year, month, first), date(year, month, last)


def third_of_year(year: int, part: str) -> Interval:
    """``early``: January to April; ``mid``: May to August; ``late``: September to December."""
    return month_interval(year, {"early": 1, "mid": 5, "late": 9}[part], months=4)


def weekday_before(anchor: date, weekday: int, *, strictly: bool = False) -> date:
    """The last such day of the week on or before the anchor, or strictly before it. Monday is 0."""
    back = (anchor.weekday() - weekday) % 7
    return anchor - timedelta(days=back or (7 if strictly else 0))


def weekday_after(anchor: date, weekday: int, *, strictly: bool = False) -> date:
    """The first such day of the week on or after the anchor, or strictly after it. Monday is 0."""
    ahead = (weekday - anchor.weekday()) % 7
    return anchor + timedelta(days=ahead or (7 if strictly else 0))


def likely_day(month: int, day: int, anchor: date, tense: Tense, weekday: int | None = None) -> date | None:
    """The likeliest such day near the anchor, by its weekday if given, else by tense; None if there is no such day."""
    years = range(max(1, anchor.year - 4), min(9999, anchor.year + 4) + 1)  # the 29th of February needs four years
    days = [candidate for year in years if (candidate := _day_or_none(year, month, day))]
    days = [candidate for candidate in days if _fits_tense(candidate, anchor, tense)] or days
    if weekday is not None:
        days = [
            candidate for candidate in days if candidate.weekday() == weekday and abs(candidate.year - anchor.year) < 2
        ] or days
    return min(days, key=lambda candidate: abs((candidate - anchor).days), default=None)


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _fits_tense(day: date, anchor: date, tense: Tense) -> bool:
    ahead = (day - anchor).days
    if tense is Tense.FUTURE:
        return ahead >= 0
    return ahead <= (PAST_TOLERANCE_DAYS if tense is Tense.PAST else FUTURE_WITHOUT_CUE_DAYS)


def likely_month(month: int, anchor: date, tense: Tense) -> Interval:
    """The likeliest such month near the anchor, by tense; without one, the last such month unless the next is near."""
    ahead = (month - anchor.month) % 12
    if tense is not Tense.FUTURE and ahead and (tense is Tense.PAST or ahead > 2):
        ahead -= 12
    return month_interval(anchor.year, anchor.month + ahead)


def season_interval(season: str, year: int) -> Interval:
    """Three months; winter begins in December of the year and ends in the next."""
    return month_interval(year, SEASONS[season], months=3)


def easter(year: int) -> date:
    """Western Easter Sunday, by the anonymous Gregorian computus (Nature, 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    rest = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


_FIXED_FEASTS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "boxing day": (12, 26),
    "new year's eve": (12, 31), "new year's day": (1, 1), "new year's": (1, 1), "valentine's day": (2, 14),
    "halloween": (10, 31), "may day": (5, 1), "armistice day": (11, 11),
    "veterans day": (11, 11),
}  # fmt: skip
_EASTER_FEASTS = {"palm sunday": -7, "good friday": -2, "easter sunday": 0, "easter monday": 1, "easter": 0}


def feast_day(name: str, year: int) -> date:
    """The day of a feast in `FEASTS`. Thanksgiving, Memorial and Labor Day are those of the United States."""
    if name.startswith("thanksgiving"):
        return weekday_after(date(year, 11, 1), 3) + timedelta(weeks=3)
    if name == "memorial day":
        return weekday_before(date(year, 5, 31), 0)
    if name == "labor day":
        return weekday_after(date(year, 9, 1), 0)
    if name in _EASTER_FEASTS:
        return easter(year) + timedelta(days=_EASTER_FEASTS[name])
    month, day = _FIXED_FEASTS[name]
    return date(year, month, day)


FEASTS = ("thanksgiving day", "thanksgiving", "memorial day", "labor day", *_EASTER_FEASTS, *_FIXED_FEASTS)
