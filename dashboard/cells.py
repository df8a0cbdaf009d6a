"""Single cells: from the text somebody typed to a date, a number, an id, a link or one of a few words.

Each parser returns a `Parsed`: the value (None if there is none) and notes on what was wrong, odd or repaired.
Nothing is guessed: what can be read in two ways is refused with a hint.
"""

import calendar
import math
import re
import unicodedata
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit

from dashboard.csv_text import invisible_in
from dashboard.errors import Severity, shown
from dashboard.model import ID_PATTERN, DatePrecision

T = TypeVar("T")

URL_LIMIT = 2_000
DEATHS_LIMIT = 1_000_000
RADIUS_LIMIT_KM = 20_038
"""Half way round the Earth."""
CACHED_CELLS = 65_536


class Note(NamedTuple):
    """What is wrong, odd or repaired about a cell; a `Problem` without its place."""

    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR


class Parsed(NamedTuple, Generic[T]):
    """A cell's value, or None, and what is to be said about it."""

    value: T | None
    notes: tuple[Note, ...] = ()


class Span(NamedTuple):
    """The days a date cell stands for: one day, a month (``2025-03``) or a year (``2025``)."""

    start: date
    end: date
    precision: DatePrecision


def _refused(code: str, message: str, hint: str = "") -> Parsed[Any]:
    return Parsed(None, (Note(code, message, hint),))


# --- dates

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_ISO_YEAR = re.compile(r"[0-9]{4}")
_ISO_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].+")
_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_LONG_DASHES = re.compile("[\u2010-\u2015\u2212]")
_EXCEL_EPOCH = date(1899, 12, 30)


@lru_cache(CACHED_CELLS)
def parse_span(text: str) -> Parsed[Span]:
    """A date cell of an event: ``2025-10-29``, ``2025-10`` or ``2025``."""
    day = _ISO_DAY.fullmatch(text)
    if day:
        return _day(int(day[1]), int(day[2]), int(day[3]))
    stripped = text.strip()
    if _LONG_DASHES.search(stripped):
        parsed = parse_span(_LONG_DASHES.sub("-", stripped))
        note = Note("date.dash", f"{shown(text)}: long dashes were read as '-'.", "", Severity.FIXED)
        return Parsed(parsed.value, (note, *parsed.notes)) if parsed.value else _date_refused(stripped)
    if stripped != text:
        return parse_span(stripped)
    return _from_time(text) if _ISO_TIME.fullmatch(text) else _month_or_year(text)


def _month_or_year(text: str) -> Parsed[Span]:
    month = _ISO_MONTH.fullmatch(text)
    if month and 1 <= int(month[2]) <= 12 and int(month[1]) > 0:
        return Parsed(_month(int(month[1]), int(month[2])), _old(int(month[1])))
    if _ISO_YEAR.fullmatch(text) and int(text) > 0:
        return Parsed(Span(date(int(text), 1, 1), date(int(text), 12, 31), DatePrecision.YEAR), _old(int(text)))
    return _date_refused(text)


@lru_cache(CACHED_CELLS)
def parse_day(text: str) -> Parsed[date]:
    """A full date, ``2025-10-29``."""
    span, notes = parse_span(text)
    if span and span.precision is not DatePrecision.DAY:
        return _refused("date.format", f"{shown(text)} is no full date.", "Write it as 2025-10-29, or leave it empty.")
    return Parsed(span.start if span else None, notes)


def _day(year: int, month: int, day: int) -> Parsed[Span]:
    try:
        value = date(year, month, day)
    except ValueError:
        return _impossible(year, month, day)
    notes = _old(year)
    if value > datetime.now(UTC).date() + timedelta(days=1):  # it may be tomorrow already, further east
        notes = (Note("date.future", f"{value} lies in the future.", "Is the year right?", Severity.WARNING),)
    return Parsed(Span(value, value, DatePrecision.DAY), notes)


def _impossible(year: int, month: int, day: int) -> Parsed[Any]:
    if not 1 <= month <= 12:
        return _refused("date.impossible", f"month {month} does not exist.", "Are day and month swapped?")
    return _refused("date.impossible", f"{day} {calendar.month_name[month]} {year} does not exist.")


def _month(year: int, month: int) -> Span:
    last = calendar.monthrange(year, month)[1]
    return Span(date(year, month, 1), date(year, month, last), DatePrecision.MONTH)


def widened(span: Span, precision: DatePrecision) -> Span:
    """The whole month or year around the first day of the span."""
    year = span.start.year
    if precision is DatePrecision.MONTH:
        return _month(year, span.start.month)
    return Span(date(year, 1, 1), date(year, 12, 31), DatePrecision.YEAR)


def _old(year: int) -> tuple[Note, ...]:
    if year >= 1800:
        return ()
    hint = f"A Hijri year? It would be about {round(year * 0.970229 + 621.5643)}." if 1300 <= year <= 1500 else ""
    return (Note("date.old", f"the year is {year}.", hint, Severity.WARNING),)


def _from_time(text: str) -> Parsed[Span]:
    """A date with a time of day: the day is kept as it is written, never moved to another time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _date_refused(text)
    parsed = _day(moment.year, moment.month, moment.day)
    utc = moment.astimezone(UTC).date() if moment.tzinfo and 1 < moment.year < 9999 else moment.date()
    if utc != moment.date():
        message = f"{shown(text)} is {utc} in UTC; the local day {moment.date()} was kept."
        return Parsed(parsed.value, (Note("date.timezone", message, "", Severity.WARNING), *parsed.notes))
    note = Note("date.time", f"{shown(text)}: only the day is kept.", "", Severity.FIXED)
    return Parsed(parsed.value, (note, *parsed.notes))


def _date_refused(text: str) -> Parsed[Any]:
    """Say why the text is no date, and what to write instead."""
    parts = _DAY_MONTH_YEAR.fullmatch(text)
    if parts:
        return _day_and_month(text, int(parts[1]), int(parts[2]), int(parts[3]))
    if re.fullmatch(r"[0-9]{5}", text) and 20_000 <= int(text) <= 80_000:
        day = _EXCEL_EPOCH + timedelta(days=int(text))
        return _refused("date.excel_serial", f"{shown(text)} is a spreadsheet's day number.", f"Write {day}.")
    compact = _COMPACT.fullmatch(text)
    if compact:
        return _refused("date.format", f"{shown(text)} has no dashes.", f"Write {'-'.join(compact.groups())}.")
    month = _ISO_MONTH.fullmatch(text)
    if month:
        return _refused("date.impossible", f"month {int(month[2])} does not exist.")
    hint = "Write 2025-10-29, 2025-10 for a month or 2025 for a year; the words belong in date_text."
    return _refused("date.format", f"{shown(text)} is not a date.", hint)


def _day_and_month(text: str, first: int, second: int, year: int) -> Parsed[Any]:
    day_first, month_first = _real(year, second, first), _real(year, first, second)
    if day_first and month_first and day_first != month_first:
        message = f"{shown(text)} may be {_in_words(month_first)} or {_in_words(day_first)}."
        return _refused("date.ambiguous", message, f"Write {month_first} or {day_first}.")
    day = day_first or month_first
    if day:
        return _refused("date.format", f"{shown(text)} is not year first.", f"Write {day}.")
    return _impossible(year, second, first)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _in_words(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]}"


# --- numbers

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_WITH_EXPONENT = re.compile(rf"{_NUMBER.pattern}[eE][+-]?[0-9]{{1,3}}")
_MINUS_SIGNS = re.compile("[\u2212\ufe63\uff0d]")


@lru_cache(CACHED_CELLS)
def parse_number(text: str) -> Parsed[float]:
    """A decimal number with a point, in ASCII digits."""
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped) and len(stripped) <= 300:
        return Parsed(float(stripped))
    fixed = _MINUS_SIGNS.sub("-", stripped)
    if fixed != stripped and _NUMBER.fullmatch(fixed) and len(fixed) <= 300:
        sign = next(c for c in stripped if _MINUS_SIGNS.match(c))
        note = Note("number.minus", f"the minus sign U+{ord(sign):04X} was read as '-'.", "", Severity.FIXED)
        return Parsed(float(fixed), (note,))
    if _WITH_EXPONENT.fullmatch(stripped) and math.isfinite(float(stripped)):
        message = f"{shown(text)} was read as {float(stripped)!r}."
        note = Note("number.exponent", message, "Was it rewritten by a spreadsheet?", Severity.WARNING)
        return Parsed(float(stripped), (note,))
    return _refused("number.format", f"{shown(text)} is not a number.", _number_hint(stripped))


def _number_hint(text: str) -> str:
    """What to write instead; empty if there is nothing useful to say."""
    letter = re.fullmatch(r"([0-9.]+)\s*°?\s*([NSEWnsew])", text)
    plain = "".join(str(unicodedata.digit(c, c)) for c in text)
    hints = (
        (re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text), f"It has a decimal comma: write {text.replace(',', '.')}."),
        (letter, f"Write {_signed(letter) if letter else ''}; south and west are negative."),
        ("°" in text, "Write decimal degrees, such as 34.526."),
        (re.fullmatch(r"[+-]?0[xX][0-9a-fA-F]+", text), "It is hexadecimal: write a decimal number."),
        (text.lower().lstrip("+-") in _NOT_KNOWN, "Leave the cell empty if it is not known."),
        ("_" in text, f"Write it without '_': {text.replace('_', '')}."),
        (plain != text and _NUMBER.fullmatch(plain), f"Write the digits as 0 to 9: {plain}."),
    )
    return next((shown_hint[:200] for applies, shown_hint in hints if applies), "")


_NOT_KNOWN = ("inf", "infinity", "nan", "null", "none", "n/a", "na", "unknown", "?", "-")


def _signed(letter: re.Match[str]) -> str:
    return f"{'-' if letter[2] in 'SWsw' else ''}{letter[1]}"


@lru_cache(CACHED_CELLS)
def parse_integer(text: str, maximum: int, where_words_go: str = "") -> Parsed[int]:
    """A whole number from 0 to ``maximum``; the hint for words names the column they belong in."""
    value, notes = parse_number(text)
    stripped = text.strip()
    if value is None:
        grouped = re.fullmatch(r"[0-9]{1,3}(?:[,'\u2019\u202f\xa0 ][0-9]{3})+", stripped)
        hint = f"Write {re.sub('[^0-9]', '', stripped)}." if grouped else notes[0].hint
        if not hint and where_words_go:
            hint = f"Put the words in {where_words_go} and leave this empty."
        return _refused("number.integer", f"{shown(text)} is not a whole number.", hint)
    if value != int(value):
        return _refused("number.integer", f"{shown(text)} is not a whole number.")
    if value < 0:
        return _refused("number.range", f"{shown(text)} is below 0.", "Leave it empty if it is not known.")
    if value > maximum:
        return _refused("number.range", f"{shown(text)} is larger than {maximum:,}.")
    if not notes and not re.fullmatch("[0-9]+", stripped):
        notes = (Note("number.integer", f"{shown(text)} was read as {int(value)}.", "", Severity.FIXED),)
    return Parsed(int(value), notes)


@lru_cache(CACHED_CELLS)
def parse_within(text: str, low: float, high: float) -> Parsed[float]:
    """A number between two bounds, both allowed."""
    value, notes = parse_number(text)
    if value is not None and not low <= value <= high:
        return _refused("number.range", f"{shown(text)} is not between {low:g} and {high:g}.")
    return Parsed(value, notes)


def parse_latitude(text: str) -> Parsed[float]:
    """Degrees north, WGS 84."""
    return _parse_degrees(text, 90)


def parse_longitude(text: str) -> Parsed[float]:
    """Degrees east, WGS 84."""
    return _parse_degrees(text, 180)


@lru_cache(CACHED_CELLS)
def _parse_degrees(text: str, limit: int) -> Parsed[float]:
    value, notes = parse_number(text)
    notes = tuple(note._replace(code=note.code.replace("number.", "coordinate.", 1)) for note in notes)
    notes = tuple(n._replace(code="coordinate.number") if n.code == "coordinate.format" else n for n in notes)
    if value is None or -limit <= value <= limit:
        return Parsed(value, notes)
    message = f"{shown(text)} is not between -{limit} and {limit}."
    return _refused("coordinate.range", message, _degrees_hint(value, limit))


def _degrees_hint(value: float, limit: int) -> str:
    size = abs(value)
    if limit == 180 and size <= 360:
        return f"Past the antimeridian it would be {value - 360 if value > 0 else value + 360:g}."
    if size > 10_000_000:
        return f"Microdegrees? {value / 1_000_000:g} in degrees."
    if size >= 100_000:
        return "It looks like metres (UTM); degrees are needed."
    return "Check for a missing decimal point."


# --- words, ids and links


def parse_choice(text: str, kind: type[StrEnum]) -> Parsed[Any]:
    """One of an enumeration's words, in any case."""
    return _parse_choice(text, kind)


@lru_cache(CACHED_CELLS)
def _parse_choice(text: str, kind: type[StrEnum]) -> Parsed[Any]:
    allowed = [member.value for member in kind]
    if text in allowed:
        return Parsed(kind(text))
    normal = text.strip().casefold()
    if normal in allowed:
        message = f"{shown(text)} was read as '{normal}'."
        return Parsed(kind(normal), (Note("enum.normalised", message, "", Severity.FIXED),))
    close = get_close_matches(normal[:50], allowed, 1)
    hint = f"Did you mean '{close[0]}'?" if close else ""
    return _refused("enum.unknown", f"{shown(text)} is not one of {', '.join(allowed)}.", hint)


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
        return _refused("id.invisible", f"holds an invisible character ({hidden[1]}) {after}.", "Type the id anew.")
    if re.fullmatch(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+", stripped):
        return _refused("id.excel", f"{shown(text)} was rewritten by a spreadsheet; the real id is lost.")
    return _refused("id.format", f"{shown(text)} is not 1 to 64 letters, digits or . _ : - (ASCII only).")


def close_to(value: str, there: Collection[str]) -> list[str]:
    """Up to three ids that look like this one, nearest first. Of many ids only the first few thousand are tried."""
    return get_close_matches(value, list(islice(there, 5_000)), 3)


def parse_url(text: str) -> Parsed[str]:
    """A link with http or https, a host and nothing hidden in it."""
    url = text.strip()
    if len(url) > URL_LIMIT:
        return _refused("cell.too_long", f"{len(url):,} characters; the limit is {URL_LIMIT:,}.")
    if invisible_in(url) or re.search(r"[\s\"'<>\\^`{|}]", url):
        return _refused("url.characters", f"{shown(url)} holds characters that no link may hold.")
    return _parse_link(url)


def _parse_link(url: str) -> Parsed[str]:
    try:
        parts = urlsplit(url)
        host, user = parts.hostname or "", parts.username
        _ = parts.port  # raises for a port that is no number
    except ValueError as error:
        return _refused("url.format", f"{shown(url)} is no link: {error}.")
    if parts.scheme not in ("http", "https"):
        found = f"found '{parts.scheme}:'" if parts.scheme else f"found {shown(url)}"
        return _refused("url.scheme", f"only http and https links are allowed; {found}.")
    if not host:
        return _refused("url.host", f"{shown(url)} has no host name.")
    if user is not None:
        return _refused("url.user", f"{shown(url)} has a user name before its host; its real host is {shown(host)}.")
    return Parsed(url, _mixed_alphabets(host))


def _mixed_alphabets(host: str) -> tuple[Note, ...]:
    """A warning if one label of the host is written in two alphabets."""
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
    """What is to be said about a cell of words; the words themselves are always kept."""
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
