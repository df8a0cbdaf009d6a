"""Capitals and seats of the first level (GeoNames: PPLC, PPLA): towns that often share a name with their province.

They are listed in ``seats.csv``, made by ``python -m tools.seats`` and read once, when a name is first looked up.
"""

import csv
from functools import cache
from pathlib import Path

_AREA_WORDS = frozenset(
    (
        "province",
        "region",
        "governorate",
        "oblast",
        "state",
        "county",
        "department",
        "prefecture",
        "district",
        "emirate",
    )
)

TABLE = Path(__file__).with_name("seats.csv")


@cache
def seat_ids() -> frozenset[int]:
    """The GeoNames ids of the seats, all of which the gazetteer knows."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return frozenset(int(cells["geonames_id"]) for cells in csv.DictReader(lines))


def says_area(folded: str) -> bool:
    """Whether the folded name itself says that it is a province or district: "tokat province"."""
    return not _AREA_WORDS.isdisjoint(folded.split())
