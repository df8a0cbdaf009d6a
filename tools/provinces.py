"""Natural Earth's provinces with their known errors mended, as objects that carry shapes, names and ids."""

import csv
import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dashboard.gazetteer.names import fold_name
from tools import packages

KM_PER_DEGREE = 111.195

WESTERN_SAHARA = (1159315213, 1159315215)
"""Laâyoune-Boujdour and Oued Ed-Dahab, which Natural Earth files under Morocco, as it does Crimea (UA-43, UA-40)
under Russia. We follow the United Nations in both and draw the lines of control dashed."""

NAME_FIELDS = ("ar", "bn", "de", "el", "en", "es", "fa", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nl", "pl",
               "pt", "ru", "sv", "tr", "uk", "ur", "vi", "zh", "zht")  # fmt: skip
"""Languages of the ``name_*`` properties."""

MISLABELLED = {6957555: "Panjshir", 6957553: "Daykundi", 281132: "Gaza Strip"}
"""Provinces that Natural Earth labels with a neighbour's name (Parwan, Uruzgan) or a city's, by GeoNames id."""
SIACHEN = "KAS"
"""Its territory code; Natural Earth names the province "Kashmir"."""

FATA_ID = 1179245
KHYBER_PAKHTUNKHWA_ID = 1168873


@dataclass(slots=True)
class Province:
    """One area of Natural Earth: a province or, in some countries, a district."""

    place_id: str
    geonames_id: int
    """0 where Natural Earth knows none that GeoNames still has."""
    level: int
    """1 for a province, 2 for a district."""
    country_code: str
    name: str
    latitude: float
    longitude: float
    shape: BaseGeometry
    names: list[str] = field(default_factory=list)
    iso_code: str = ""
    parts: list[str] = field(default_factory=list)
    """place_ids of the districts a province was put together from."""


def area_km2(geometry: BaseGeometry) -> float:
    """Area, part by part: a degree of longitude shrinks with the cosine of the part's middle latitude."""
    parts = shapely.get_parts(geometry)
    return float(sum(part.area * math.cos(math.radians(part.centroid.y)) for part in parts)) * KM_PER_DEGREE**2


def conventional_points() -> dict[str, shapely.Point]:
    """Code of a large country or province (ISO 3166) -> the point that gazetteers and almanacs give, mostly whole
    degrees: readers and other datasets expect it, and the middle of the largest part may lie far from it.
    """
    with Path(__file__).with_name("conventional_points.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {row["code"]: shapely.Point(float(row["longitude"]), float(row["latitude"])) for row in rows}


def load(subdivisions: list[packages.Subdivision]) -> list[Province]:
    """All provinces in a fixed order, with valid shapes and one id each; the former FATA stays apart here."""
    levels = {s.geonames_id: s for s in subdivisions if s.geonames_id}
    features = packages.natural_earth_features()
    features.sort(key=lambda f: f["properties"]["ne_id"])
    shapes = [shapely.make_valid(shape(f["geometry"])) for f in features]
    counts = Counter(_known_id(f["properties"]) for f in features)
    provinces = [
        _province(f["properties"], _polygons(geometry), levels, counts)
        for f, geometry in zip(features, shapes, strict=True)
    ]
    points = conventional_points()
    for province in provinces:
        point = points.get(province.iso_code)
        if point is not None and province.shape.contains(point):
            province.latitude, province.longitude = point.y, point.x
    return provinces


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """What of a mended shape is area: stray lines and points dropped."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in ("Polygon", "MultiPolygon")]
    return geometry if geometry.geom_type in ("Polygon", "MultiPolygon") else shapely.union_all(parts)


def _known_id(properties: dict[str, Any]) -> int:
    return max(int(properties.get("gn_id") or 0), 0)


def _province(
    p: dict[str, Any], geometry: BaseGeometry, levels: dict[int, packages.Subdivision], counts: Counter[int]
) -> Province:
    gid = _known_id(p)
    gid = gid if gid and counts[gid] == 1 and (gid in levels or gid == FATA_ID) else 0
    known = levels.get(gid)
    iso = p.get("iso_3166_2") or ""
    country = "UA" if iso.startswith("UA-") else "EH" if p["ne_id"] in WESTERN_SAHARA else p["iso_a2"]
    name = MISLABELLED.get(gid) or ("Siachen Glacier" if p["adm0_a3"] == SIACHEN else _name(p, known))
    point = shapely.Point(p["longitude"], p["latitude"])
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    if not largest.contains(point):
        point = largest.representative_point()
    return Province(
        place_id=f"geonames:{gid}" if gid else f"naturalearth:{p['ne_id']}",
        geonames_id=gid,
        level=known.level if known and known.level == 2 else 1,
        country_code=country,
        name=name,
        latitude=round(point.y, 5),
        longitude=round(point.x, 5),
        shape=geometry,
        iso_code=iso,
        names=[] if gid in MISLABELLED or p["adm0_a3"] == SIACHEN else _names(p),
    )


def _name(p: dict[str, Any], known: packages.Subdivision | None) -> str:
    """Natural Earth's English name where GeoNames agrees, else GeoNames' own: name_en is at times another place's."""
    english: str = p.get("name_en") or p.get("name") or ""
    if known is None:
        return english or p.get("admin") or "?"
    start = fold_name(english)[:4]
    agrees = any(fold_name(spelling).startswith(start) for spelling in (known.name, *known.aliases))
    return english if start and agrees else known.name


def _names(p: dict[str, Any]) -> list[str]:
    """Every spelling Natural Earth gives; an obsolete or foreign one only makes an alternate name."""
    fields = [p.get("name"), p.get("gn_name"), p.get("woe_name"), *(p.get("name_alt") or "").split("|")]
    fields += [p.get(f"name_{language}") for language in NAME_FIELDS]
    return [name for name in fields if name and len(name) > 1]


def from_districts(
    provinces: list[Province], subdivisions: list[packages.Subdivision], cities: list[packages.LocalisCity]
) -> list[Province]:
    """The provinces that Natural Earth lacks but whose districts it draws (France, Italy, Burkina Faso …).

    A district belongs to the province of four fifths of its settlements; the union is believed when it holds
    nearly all settlements of the province.
    """
    have = {p.place_id for p in provinces}
    wanted = {
        s.row: s for s in subdivisions if s.level == 1 and s.geonames_id and f"geonames:{s.geonames_id}" not in have
    }
    own = [next((row for row in city.subdivision_rows if row in wanted), 0) for city in cities]
    points = shapely.points([(city.longitude, city.latitude) for city in cities])
    tree = shapely.STRtree([p.shape for p in provinces])
    votes: dict[int, Counter[int]] = {}
    for city, province in tree.query(points, predicate="within").T.tolist():
        if provinces[province].country_code == cities[city].country_code:
            votes.setdefault(province, Counter())[own[city]] += 1
    members: dict[int, list[int]] = {}
    for province, counter in sorted(votes.items()):
        row, count = counter.most_common(1)[0]
        if row and count >= 0.8 * counter.total():
            members.setdefault(row, []).append(province)
    totals = Counter(own)
    return [
        _union(wanted[row], [provinces[i] for i in parts])
        for row, parts in sorted(members.items())
        if sum(votes[i][row] for i in parts) >= 0.85 * totals[row]
    ]


def _union(subdivision: packages.Subdivision, parts: list[Province]) -> Province:
    whole = shapely.union_all([part.shape for part in parts])
    point = whole.representative_point() if len(parts) > 1 else shapely.Point(parts[0].longitude, parts[0].latitude)
    return Province(
        place_id=f"geonames:{subdivision.geonames_id}",
        geonames_id=subdivision.geonames_id,
        level=1,
        country_code=subdivision.country_code,
        name=subdivision.name,
        latitude=round(point.y, 5),
        longitude=round(point.x, 5),
        shape=whole,
        parts=[part.place_id for part in parts],
    )


def merge_tribal_areas(provinces: list[Province]) -> tuple[list[Province], BaseGeometry]:
    """Khyber Pakhtunkhwa as it is since 2018, with the former tribal areas, whose shape is given back apart."""
    kept = [p for p in provinces if p.geonames_id != FATA_ID]
    former = next(p.shape for p in provinces if p.geonames_id == FATA_ID)
    for province in kept:
        if province.geonames_id == KHYBER_PAKHTUNKHWA_ID:
            province.shape = shapely.union_all([province.shape, former])
    return kept, former
