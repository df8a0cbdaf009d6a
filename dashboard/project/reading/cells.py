"""Single cells: from the text somebody typed to a date, an id, a link or one of a few words.

Each parser returns a `Parsed`: the value, or None, and notes on what was wrong, odd or repaired.
Nothing is guessed: what can be read in two ways is refused with a hint.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache, wraps
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar, TypeVarTuple, Unpack
from urllib.parse import urlsplit

from dashboard.errors import Severity, shown
from dashboard.model import FIRST_DAY, ID_PATTERN, LAST_DAY, DatePrecision
from dashboard.taxonomy import OTHER_WORDS

T = TypeVar("T")
Rest = TypeVarTuple("Rest")

URL_LIMIT = 2_000
SHORT_CELL_LIMIT = 200
"""Longer than any valid date, number or word, including surrounding spaces."""
CACHED_CELLS = 65_536
_NEAR = 0.75
"""One letter changed in four, one digit changed or two swapped in a number of seven."""


class Note(NamedTuple):
    """What is wrong, odd or repaired about a cell: a `Problem` without its location."""

    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


class Parsed(NamedTuple, Generic[T]):
    """A cell's value, or None, and notes on it."""

    value: T | None
    notes: tuple[Note, ...] = ()


class DateSpan(NamedTuple):
    """The days a date cell stands for: one day, a month (``2025-03``) or a year (``2025``)."""

    start: date
    end: date
    precision: DatePrecision


def refusal(code: str, message: str, hint: str = "") -> Parsed[Any]:
    """The result for a refused cell: no value, and an error that says why."""
    return Parsed(None, (Note(code, message, hint),))


def cached_for_short_cells(parse: Callable[[str, Unpack[Rest]], Parsed[T]]) -> Callable[[str, Unpack[Rest]], Parsed[T]]:
    """Cache the results of short cells, as columns repeat values; refuse long cells, which bounds the cache."""
    cached = lru_cache(CACHED_CELLS)(parse)

    @wraps(parse)
    def of_short(text: str, *rest: *Rest) -> Parsed[T]:
        if len(text) > SHORT_CELL_LIMIT:
            return refusal("cell.too_long", f"{len(text):,} characters; the limit is {SHORT_CELL_LIMIT}.")
        return cached(text, *rest)

    return of_short


# --- dates

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_ISO_YEAR = re.compile(r"[0-9]{4}")
_ISO_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].+")
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_LONG_DASHES = re.compile("[\u2010-\u2015\u2212]")
_EXCEL_EPOCH = date(1899, 12, 30)


@cached_for_short_cells
def parse_span(text: str) -> Parsed[DateSpan]:
    """A date cell of an event: ``2025-10-29``, ``2025-10`` or ``2025``."""
    day = _ISO_DAY.fullmatch(text)
    if day:
        return _day(text, int(day[1]), int(day[2]), int(day[3]))
    stripped = text.strip()
    if _LONG_DASHES.search(stripped):
        parsed = parse_span(_LONG_DASHES.sub("-", stripped))
        note = Note("date.dash", f"{shown(text)}: long dashes were read as '-'.", "", Severity.FIXED)
        return Parsed(parsed.value, (note, *parsed.notes)) if parsed.value else _date_refusal(stripped)
    if stripped != text:
        return parse_span(stripped)
    return _from_time(text) if _ISO_TIME.fullmatch(text) else _month_or_year(text)


def _month_or_year(text: str) -> Parsed[DateSpan]:
    month = _ISO_MONTH.fullmatch(text)
    if not (month or _ISO_YEAR.fullmatch(text)):
        return _date_refusal(text)
    year = int(text[:4])
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        return _out_of_range(text, year)
    if month and not 1 <= int(month[2]) <= 12:
        return refusal("date.impossible", f"month {int(month[2])} does not exist.")
    whole_year = DateSpan(date(year, 1, 1), date(year, 12, 31), DatePrecision.YEAR)
    return Parsed(_month(year, int(month[2])) if month else whole_year, _notes_on_old_year(year))


@cached_for_short_cells
def parse_day(text: str) -> Parsed[date]:
    """A full date, ``2025-10-29``."""
    span, notes = parse_span(text)
    if span and span.precision is not DatePrecision.DAY:
        return refusal("date.format", f"{shown(text)} is no full date.", "Write it as 2025-10-29, or leave it empty.")
    return Parsed(span.start if span else None, notes)


def _day(text: str, year: int, month: int, day: int) -> Parsed[DateSpan]:
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        return _out_of_range(text, year)
    try:
        value = date(year, month, day)
    except ValueError:
        return _impossible_day(year, month, day)
    notes = _notes_on_old_year(year)
    if value > datetime.now(UTC).date() + timedelta(days=1):  # further east it may already be tomorrow
        notes = (Note("date.future", f"{value} lies in the future.", "Is the year right?", Severity.WARNING),)
    return Parsed(DateSpan(value, value, DatePrecision.DAY), notes)


def _impossible_day(year: int, month: int, day: int) -> Parsed[Any]:
    if not 1 <= month <= 12:
        return refusal("date.impossible", f"month {month} does not exist.", "Are day and month swapped?")
    return refusal("date.impossible", f"{day} {calendar.month_name[month]} {year} does not exist.")


def _month(year: int, month: int) -> DateSpan:
    last = calendar.monthrange(year, month)[1]
    return DateSpan(date(year, month, 1), date(year, month, last), DatePrecision.MONTH)


def month_or_year_around(span: DateSpan, precision: DatePrecision) -> DateSpan:
    """The whole month or year around the first day of the span."""
    year = span.start.year
    if precision is DatePrecision.MONTH:
        return _month(year, span.start.month)
    return DateSpan(date(year, 1, 1), date(year, 12, 31), DatePrecision.YEAR)


def as_wide_as_stated(first: DateSpan, last: DateSpan | None, precision: DatePrecision | None) -> DateSpan:
    """The first date of a row, widened to its month or year if the row states that precision and no last date."""
    is_wider = last is None and precision in (DatePrecision.MONTH, DatePrecision.YEAR)
    return month_or_year_around(first, precision) if is_wider and precision else first


def _notes_on_old_year(year: int) -> tuple[Note, ...]:
    return (Note("date.old", f"the year is {year}.", "", Severity.WARNING),) if year < 1800 else ()


def _out_of_range(text: str, year: int) -> Parsed[Any]:
    hijri = f"A Hijri year? It would be about {round(year * 0.970229 + 621.5643)}." if 1300 <= year <= 1500 else ""
    hint = hijri or "Is the year right? Leave the cell empty if the date is not known."
    return refusal("date.range", f"{shown(text)} is not between {FIRST_DAY} and {LAST_DAY}.", hint)


def _from_time(text: str) -> Parsed[DateSpan]:
    """A date with a time of day: the day is kept as written, never converted to another time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _date_refusal(text)
    parsed = _day(text, moment.year, moment.month, moment.day)
    if parsed.value is None:
        return parsed
    utc = moment.astimezone(UTC).date() if moment.tzinfo else moment.date()
    if utc != moment.date():
        message = f"{shown(text)} is {utc} in UTC; the local day {moment.date()} was kept."
        return Parsed(parsed.value, (Note("date.timezone", message, "", Severity.WARNING), *parsed.notes))
    note = Note("date.time", f"{shown(text)}: only the day is kept.", "", Severity.FIXED)
    return Parsed(parsed.value, (note, *parsed.notes))


def _date_refusal(text: str) -> Parsed[Any]:
    """Why the text is not a date, and what to write instead."""
    parts = _DAY_MONTH_YEAR.fullmatch(text)
    if parts:
        return _day_and_month(text, int(parts[1]), int(parts[2]), int(parts[3]))
    if re.fullmatch(r"[0-9]{5}", text) and 20_000 <= int(text) <= 80_000:
        day = _EXCEL_EPOCH + timedelta(days=int(text))
        return refusal("date.excel_serial", f"{shown(text)} is a spreadsheet's day number.", f"Write {day}.")
    compact = _COMPACT.fullmatch(text)
    if compact:
        return refusal("date.format", f"{shown(text)} has no dashes.", f"Write {'-'.join(compact.groups())}.")
    hint = "Write 2025-10-29, 2025-10 for a month or 2025 for a year; the words belong in date_text."
    return refusal("date.format", f"{shown(text)} is not a date.", hint)


def _day_and_month(text: str, first: int, second: int, year: int) -> Parsed[Any]:
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        return _out_of_range(text, year)
    day_first, month_first = _date_or_none(year, second, first), _date_or_none(year, first, second)
    if day_first and month_first and day_first != month_first:
        message = f"{shown(text)} may be {_in_words(month_first)} or {_in_words(day_first)}."
        return refusal("date.ambiguous", message, f"Write {month_first} or {day_first}.")
    day = day_first or month_first
    if day:
        return refusal("date.format", f"{shown(text)} is not year first.", f"Write {day}.")
    return _impossible_day(year, second, first)


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_words(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]}"


# --- words, ids and links


@cached_for_short_cells
def parse_choice(text: str, kind: type[StrEnum]) -> Parsed[Any]:
    """One of an enumeration's words, in any case."""
    allowed = [member.value for member in kind]
    if text in allowed:
        return Parsed(kind(text))
    normal = text.strip().casefold()
    if normal in allowed:
        message = f"{shown(text)} was read as '{normal}'."
        return Parsed(kind(normal), (Note("enum.normalised", message, "", Severity.FIXED),))
    meant = OTHER_WORDS.get(normal)
    close = [meant] if meant in allowed else get_close_matches(normal, allowed, 1)
    hint = f"Did you mean '{close[0]}'?" if close else ""
    return refusal("enum.unknown", f"{shown(text)} is not one of {', '.join(allowed)}.", hint)


def parse_id(text: str) -> Parsed[str]:
    """An id in the permitted alphabet; spaces around it are dropped."""
    if ID_PATTERN.fullmatch(text):
        return Parsed(text)
    stripped = text.strip(" \t")
    if stripped != text and ID_PATTERN.fullmatch(stripped):
        return Parsed(stripped, (Note("id.trimmed", f"spaces around {shown(stripped)} dropped.", "", Severity.FIXED),))
    hidden = invisible_in(stripped)
    if hidden:
        after = f"after {shown(stripped[: hidden[0]])}" if hidden[0] else "at its start"
        return refusal("id.invisible", f"holds an invisible character ({hidden[1]}) {after}.", "Type the id anew.")
    if re.fullmatch(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+", stripped):
        return refusal("id.excel", f"{shown(text)} was rewritten by a spreadsheet; the real id is lost.")
    return refusal("id.format", f"{shown(text)} is not 1 to 64 letters, digits or . _ : - (ASCII only).")


def invisible_in(text: str) -> tuple[int, str] | None:
    """Position and description of the first invisible character, or None."""
    for position, character in enumerate(text):
        if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn") or character == "\xa0":
            return position, f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()
    return None


def similar_ids(value: str, there: Collection[str]) -> list[str]:
    """Up to three ids that may be meant, nearest first: they differ by a typing error after the prefix, or in the
    prefix itself. Only the first few thousand ids are tried.
    """
    by_tail: dict[str, list[str]] = {}
    for known in islice(there, 5_000):
        by_tail.setdefault(known.rpartition(":")[2].casefold(), []).append(known)
    near = get_close_matches(value.rpartition(":")[2].casefold(), by_tail, 3, cutoff=_NEAR)
    return [known for tail in near for known in by_tail[tail]][:3]


def parse_url(text: str) -> Parsed[str]:
    """A link with http or https, a host and nothing hidden in it."""
    url = text.strip()
    if len(url) > URL_LIMIT:
        return refusal("cell.too_long", f"{len(url):,} characters; the limit is {URL_LIMIT:,}.")
    if invisible_in(url) or re.search(r"[\s\"'<>\\^`{|}]", url):
        return refusal("url.characters", f"{shown(url)} holds characters that no link may hold.")
    return _parse_link(url)


def _parse_link(url: str) -> Parsed[str]:
    try:
        parts = urlsplit(url)
        host, user = parts.hostname or "", parts.username
        _ = parts.port  # raises if the port is not a number
    except ValueError as error:
        return refusal("url.format", f"{shown(url)} is no link: {error}.")
    if parts.scheme not in ("http", "https"):
        found = f"found '{parts.scheme}:'" if parts.scheme else f"found {shown(url)}"
        return refusal("url.scheme", f"only http and https links are allowed; {found}.")
    if not host:
        return refusal("url.host", f"{shown(url)} has no host name.")
    if user is not None:
        return refusal("url.user", f"{shown(url)} has a user name before its host; its real host is {shown(host)}.")
    return Parsed(url, _mixed_alphabets(host))


def _mixed_alphabets(host: str) -> tuple[Note, ...]:
    """A warning if a label of the host mixes alphabets."""
    for label in host.split("."):
        scripts = {unicodedata.name(c, "?").split(" ")[0] for c in label if c.isalpha()}
        if len(scripts) > 1:
            message = f"the host {shown(host)} mixes alphabets ({', '.join(sorted(scripts)).lower()})."
            return (Note("url.homoglyph", message, "Is it the site it seems to be?", Severity.WARNING),)
    return ()


_FORMULA = re.compile("[\t\r\n ]*[=+@\uff1d\uff0b\uff20-]")
_HARMLESS_START = re.compile("[+-]? ?[0-9.,]+$|- ")
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff"
)
_STACKED_MARKS = re.compile(f"[{_MARKS}\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{{9,}}")


def text_notes(text: str, limit: int) -> tuple[Note, ...]:
    """Notes on a cell of words; the words themselves are always kept."""
    notes = []
    if len(text) > limit:
        notes.append(Note("cell.too_long", f"{len(text):,} characters; the limit is {limit:,}."))
    if "\0" in text:
        notes.append(
            Note("cell.nul", f"holds a NUL byte at character {text.index(chr(0)) + 1}.", "Is the file damaged?")
        )
    if _FORMULA.match(text) and not _HARMLESS_START.match(text):
        start = "a tab or line end and " if text[0] in "\t\r\n" else ""
        message = f"starts with {start}'{text.lstrip()[0]}', as a spreadsheet's formula does; it is kept as text."
        notes.append(Note("cell.formula", message, "", Severity.WARNING))
    if not text.isascii() and (stack := _STACKED_MARKS.search(text)):
        message = f"{len(stack[0])} combining marks on one letter."
        notes.append(Note("cell.combining", message, "", Severity.WARNING))
    return tuple(notes)
