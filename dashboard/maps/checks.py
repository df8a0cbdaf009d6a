"""Checks of all values that reach folium, which runs the text it receives as a template."""

import math
import re

from dashboard.errors import DataError, shown
from dashboard.geo import Box
from dashboard.marks import KEY_PATTERN
from dashboard.model import check_id

_OUTLINE_PATTERN = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.json")


def checked_box(box: Box | None) -> list[float] | None:
    """West, south, east, north; east is above 180 where the box crosses the date line."""
    if box is None:
        return None
    west, east = checked_number(box.west, 180), checked_number(box.east, 540)
    return [west, checked_number(box.south, 90), east + 360 if east < west else east, checked_number(box.north, 90)]


def checked_key(key: str) -> str:
    """The key of a mark. Raises `DataError` for anything else."""
    if not KEY_PATTERN.fullmatch(key):
        raise DataError(f"the key of a mark must be place_id.manner.shape, got {shown(key)}.")
    return key


def checked_id(value: str) -> str:
    """An id in the permitted alphabet. Raises `DataError` for anything else."""
    check_id(value, "place_id")
    return value


def checked_path(path: str | None) -> str | None:
    """The path of an outline below ``static/map``, or None. Raises `DataError` for anything else."""
    if path is not None and not _OUTLINE_PATTERN.fullmatch(path):
        raise DataError(f"the outline of an area must be a .json file below static/map, got {shown(path)}.")
    return path


def checked_number(value: float, limit: float, digits: int = 5) -> float:
    """The number, rounded (5 decimals of a degree are 1 m); it must lie within plus and minus the limit."""
    number = float(value)
    if not (math.isfinite(number) and -limit <= number <= limit):
        raise DataError(f"a number on the map must lie between {-limit} and {limit}, got {number!r}.")
    return round(number, digits)
