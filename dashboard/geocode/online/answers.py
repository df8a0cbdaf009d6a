"""What a geopy geocoder answers, as places.

What a server sends is text from outside: names are cut and cleaned, ids rebuilt, and what does not check is dropped.
"""

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from geopy.location import Location

from dashboard.errors import DataError
from dashboard.model import Place

_KM_A_DEGREE = 111.2

FEATURE_CODES = {
    "country": "PCLI",
    "state": "ADM1",
    "province": "ADM1",
    "region": "RGN",
    "state_district": "ADM2",
    "county": "ADM2",
    "district": "ADM2",
    "city": "PPL",
    "town": "PPL",
    "municipality": "PPL",
    "village": "PPL",
    "hamlet": "PPL",
    "isolated_dwelling": "PPL",
    "locality": "LCTY",
    "city_district": "PPLX",
    "borough": "PPLX",
    "suburb": "PPLX",
    "quarter": "PPLX",
    "neighbourhood": "PPLX",
    "island": "ISL",
    "archipelago": "ISLS",
    "peak": "MT",
    "mountain_range": "MTS",
    "mountain_pass": "PASS",
    "valley": "VAL",
    "cave_entrance": "CAVE",
    "desert": "DSRT",
    "river": "STM",
    "water": "LK",
    "bay": "BAY",
    "strait": "STRT",
    "sea": "SEA",
    "ocean": "OCN",
    "aerodrome": "AIRP",
    "military": "MILB",
    "refugee_site": "CMPRF",
}
"""Nominatim's ``addresstype`` (or ``type``) -> GeoNames feature code."""

_RANKS = ((4, "PCLI"), (9, "ADM1"), (12, "ADM2"), (16, "PPL"))
"""For ``type: administrative`` of servers without addresstype: highest place_rank -> feature code."""


def places_of(locations: Iterable[Location], source: str) -> tuple[Place, ...]:
    """The Locations as places, in their order; those that are no place on Earth or have no name are left out.

    Ids are ``osm:node123`` where the answer is OpenStreetMap's, else made of the answer's own words.
    """
    places = (_place(location, source) for location in locations)
    return tuple({place.place_id: place for place in places if place is not None}.values())


def _place(location: Location, source: str) -> Place | None:
    raw: dict[str, Any] = location.raw if isinstance(location.raw, dict) else {}
    address: Any = raw.get("address")
    address = address if isinstance(address, dict) else {}
    name = _clean(raw.get("name")) or _clean(str(location.address).split(",")[0])
    code = _feature_code(raw)
    try:
        return (
            Place(
                place_id=_id(location, raw),
                name=name,
                latitude=round(location.latitude, 6),
                longitude=round(location.longitude, 6),
                feature_code=code,
                country_code=_country(address.get("country_code")),
                admin1_name=_clean(address.get("state") or address.get("province")),
                radius_km=None if code.startswith("PPL") else _radius_km(raw.get("boundingbox")),
                source=source,
            )
            if name
            else None
        )
    except DataError:
        return None


def _id(location: Location, raw: Mapping[str, Any]) -> str:
    kind, number = raw.get("osm_type"), raw.get("osm_id")
    if kind in ("node", "way", "relation") and isinstance(number, int) and 0 < number < 10**18:
        return f"osm:{kind}{number}"
    words = f"{location.address}|{location.latitude:.5f}|{location.longitude:.5f}"
    return f"online:{hashlib.sha256(words.encode()).hexdigest()[:12]}"


def _feature_code(raw: Mapping[str, Any]) -> str:
    for key in ("addresstype", "type"):
        if isinstance(word := raw.get(key), str) and word in FEATURE_CODES:
            return FEATURE_CODES[word]
    rank = raw.get("place_rank")
    if raw.get("type") == "administrative" and isinstance(rank, int):
        return next((code for highest, code in _RANKS if rank <= highest), "PPL")
    return ""


def _country(code: Any) -> str:
    return code.upper() if isinstance(code, str) and re.fullmatch(r"[A-Za-z]{2}", code) else ""


def _radius_km(box: Any) -> float | None:
    """Half the diagonal of Nominatim's box: south, north, west, east in degrees, as text."""
    try:
        south, north, west, east = (float(edge) for edge in box)
        width = (east - west) * math.cos(math.radians((south + north) / 2))
        half = math.hypot(north - south, width) * _KM_A_DEGREE / 2
    except (TypeError, ValueError):
        return None
    return round(min(half, 20_000.0), 1) or None if math.isfinite(half) else None


def _clean(text: Any) -> str:
    """At most 120 characters on one line, without control or invisible ones."""
    if not isinstance(text, str):
        return ""
    visible = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(visible.split())[:120].strip()
