"""Single cells that hold numbers: counts, shares, degrees. What can be read in two ways is refusal with a hint."""

import math
import re
import unicodedata

from dashboard.errors import Severity, shown
from dashboard.project.reading.cells import Note, Parsed, cached_for_short_cells, refusal

DEATHS_LIMIT = 1_000_000
RADIUS_LIMIT_KM = 20_038
"""Halfway around the Earth."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_WITH_EXPONENT = re.compile(rf"{_NUMBER.pattern}[eE][+-]?[0-9]{{1,3}}")
_MINUS_SIGNS = re.compile("[\u2212\ufe63\uff0d]")


@cached_for_short_cells
def parse_number(text: str) -> Parsed[float]:
    """A decimal number with a point, in ASCII digits."""
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        return Parsed(float(stripped))
    fixed = _MINUS_SIGNS.sub("-", stripped)
    if fixed != stripped and _NUMBER.fullmatch(fixed):
        sign = next(c for c in stripped if _MINUS_SIGNS.match(c))
        note = Note("number.minus", f"the minus sign U+{ord(sign):04X} was read as '-'.", "", Severity.FIXED)
        return Parsed(float(fixed), (note,))
    if _WITH_EXPONENT.fullmatch(stripped) and math.isfinite(float(stripped)):
        message = f"{shown(text)} was read as {float(stripped)!r}."
        note = Note("number.exponent", message, "Was it rewritten by a spreadsheet?", Severity.WARNING)
        return Parsed(float(stripped), (note,))
    return refusal("number.format", f"{shown(text)} is not a number.", _number_hint(stripped))


def _number_hint(text: str) -> str:
    """What to write instead; empty if no hint applies."""
    letter = re.fullmatch(r"([0-9.]+)\s*°?\s*([NSEWnsew])", text)
    plain = "".join(str(unicodedata.digit(c, c)) for c in text)
    hints = (
        (re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text), f"It has a decimal comma: write {text.replace(',', '.')}."),
        (letter, f"Write {_signed_degrees(letter) if letter else ''}; south and west are negative."),
        ("°" in text, "Write decimal degrees, such as 34.526."),
        (re.fullmatch(r"[+-]?0[xX][0-9a-fA-F]+", text), "It is hexadecimal: write a decimal number."),
        (text.lower().lstrip("+-") in _NOT_KNOWN, "Leave the cell empty if it is not known."),
        ("_" in text, f"Write it without '_': {text.replace('_', '')}."),
        (plain != text and _NUMBER.fullmatch(plain), f"Write the digits as 0 to 9: {plain}."),
    )
    return next((shown_hint[:200] for applies, shown_hint in hints if applies), "")


_MINUTES = re.compile(
    r"([-+]?)([0-9]{1,3})\s*[°:d ]\s*([0-9]{1,2}(?:\.[0-9]+)?)\s*"
    r"(?:['’′:m ]\s*(?:([0-9]{1,2}(?:\.[0-9]+)?)\s*(?:\"|”|″|''|s)?)?)?\s*([NSEWnsew]?)"
)
"""Degrees, minutes and optional seconds: 16°24'S, 71 31 48 W, -16:24:00."""


def _decimal_degrees(match: re.Match[str]) -> str:
    sign, degrees, minutes, seconds, letter = match.groups()
    size = int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
    return f"{-size if sign == '-' or letter in tuple('SWsw') else size:.5f}".rstrip("0").rstrip(".")


_NOT_KNOWN = ("inf", "infinity", "nan", "null", "none", "n/a", "na", "unknown", "?", "-")


def _signed_degrees(letter: re.Match[str]) -> str:
    return f"{'-' if letter[2] in 'SWsw' else ''}{letter[1]}"


@cached_for_short_cells
def parse_integer(text: str, maximum: int, where_words_go: str = "") -> Parsed[int]:
    """A whole number from 0 to ``maximum``; the hint for words names the column they belong in."""
    value, notes = parse_number(text)
    stripped = text.strip()
    if value is None:
        grouped = re.fullmatch(r"[0-9]{1,3}(?:[,'\u2019\u202f\xa0 ][0-9]{3})+", stripped)
        hint = f"Write {re.sub('[^0-9]', '', stripped)}." if grouped else notes[0].hint
        if not hint and where_words_go:
            hint = f"Put the words in {where_words_go} and leave this empty."
        return refusal("number.integer", f"{shown(text)} is not a whole number.", hint)
    if value != int(value):
        return refusal("number.integer", f"{shown(text)} is not a whole number.")
    if value < 0:
        return refusal("number.range", f"{shown(text)} is below 0.", "Leave it empty if it is not known.")
    if value > maximum:
        return refusal("number.range", f"{shown(text)} is larger than {maximum:,}.")
    if not notes and not re.fullmatch("[0-9]+", stripped):
        notes = (Note("number.integer", f"{shown(text)} was read as {int(value)}.", "", Severity.FIXED),)
    return Parsed(int(value), notes)


@cached_for_short_cells
def parse_within(text: str, low: float, high: float) -> Parsed[float]:
    """A number between two bounds, both allowed."""
    value, notes = parse_number(text)
    if value is not None and not low <= value <= high:
        return refusal("number.range", f"{shown(text)} is not between {low:g} and {high:g}.")
    return Parsed(value, notes)


def parse_latitude(text: str) -> Parsed[float]:
    """Degrees north, WGS 84."""
    return _parse_degrees(text, 90)


def parse_longitude(text: str) -> Parsed[float]:
    """Degrees east, WGS 84."""
    return _parse_degrees(text, 180)


@cached_for_short_cells
def _parse_degrees(text: str, limit: int) -> Parsed[float]:
    value, notes = parse_number(text)
    if value is None and (minutes := _MINUTES.fullmatch(text.strip())):
        hint = f"Write decimal degrees: {_decimal_degrees(minutes)}; south and west are negative."
        notes = (notes[0]._replace(hint=hint),)
    notes = tuple(note._replace(code=note.code.replace("number.", "coordinate.", 1)) for note in notes)
    notes = tuple(n._replace(code="coordinate.number") if n.code == "coordinate.format" else n for n in notes)
    if value is None or -limit <= value <= limit:
        return Parsed(value, notes)
    message = f"{shown(text)} is not between -{limit} and {limit}."
    return refusal("coordinate.range", message, _degrees_hint(value, limit))


def swapped_hint(latitude: str, longitude: str) -> str:
    """A hint that latitude and longitude seem to be swapped; empty if they do not."""
    north, east = parse_number(latitude).value, parse_number(longitude).value
    if north is None or east is None or not (90 < abs(north) <= 180 and abs(east) <= 90):
        return ""
    return f"With latitude {east:g}, longitude {north:g} it would fit: swapped?"


def _degrees_hint(value: float, limit: int) -> str:
    size = abs(value)
    if limit == 180 and size <= 360:
        return f"Past the antimeridian it would be {value - 360 if value > 0 else value + 360:g}."
    if size > 10_000_000:
        return f"Microdegrees? {value / 1_000_000:g} in degrees."
    if size >= 100_000:
        return "It looks like metres (UTM); degrees are needed."
    return "Check for a missing decimal point."
