"""Names the index lacks: continents, world regions, great rivers and lakes, and short forms of provinces.

They are listed in ``wide_areas.csv``, which is read once, when a name is first looked up.
"""

import csv
from functools import cache
from pathlib import Path

from dashboard.gazetteer.names import fold_name
from dashboard.model import Place

TABLE = Path(__file__).with_name("wide_areas.csv")
SOURCE = "curated"


@cache
def areas() -> dict[str, Place]:
    """The areas by place_id. Points of continents follow GeoNames; the others are the middle of the area."""
    return {cells["place_id"]: _place(cells) for cells in _rows() if cells["latitude"]}


@cache
def names() -> dict[str, tuple[str, str]]:
    """Folded name -> place_id and the name as written. The place_id may be one of the index (NSW)."""
    return {fold_name(alias): (cells["place_id"], alias) for cells in _rows() for alias in cells["aliases"].split("|")}


def area_named(name: str) -> str | None:
    """The place_id of the area with this name, or None. Short forms of capitals need their capitals: EU, NSW."""
    entry = names().get(fold_name(name))
    if entry is None:
        return None
    place_id, alias = entry
    is_short = alias.replace(".", "").isupper()
    return place_id if not is_short or sum(map(str.isupper, name)) >= 2 else None


@cache
def _rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _place(cells: dict[str, str]) -> Place:
    return Place(
        place_id=cells["place_id"],
        name=cells["name"],
        latitude=float(cells["latitude"]),
        longitude=float(cells["longitude"]),
        feature_code=cells["feature_code"],
        country_code=cells["country_code"],
        radius_km=float(cells["radius_km"]),
        source=SOURCE,
    )
