"""Natural Earth's provinces with their known errors mended, as objects that carry shapes, names and ids."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from dashboard.names import fold_name
from tools import packages

KM_PER_DEGREE = 111.195

NAME_FIELDS = ("ar", "bn", "de", "el", "en", "es", "fa", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nl", "pl",
               "pt", "ru", "sv", "tr", "uk", "ur", "vi", "zh", "zht")  # fmt: skip
"""Languages of the ``name_*`` properties."""

MISLABELLED = {6957555: "Panjshir", 6957553: "Daykundi"}
"""Provinces of Afghanistan that Natural Earth labels with the neighbour's name, by GeoNames id."""

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
    unit: str = ""
    """Natural Earth's three-letter code of the territory: KAS for Siachen, CYN for Northern Cyprus …"""


def area_km2(geometry: BaseGeometry) -> float:
    """Area, part by part: a degree of longitude shrinks with the cosine of the part's middle latitude."""
    parts = shapely.get_parts(geometry)
    return float(sum(part.area * math.cos(math.radians(part.centroid.y)) for part in parts)) * KM_PER_DEGREE**2


def load(subdivisions: list[packages.Subdivision]) -> list[Province]:
    """All provinces in a fixed order, with valid shapes and one id each; the former FATA stays apart here."""
    levels = {s.geonames_id: s for s in subdivisions if s.geonames_id}
    features = packages.natural_earth_features()
    features.sort(key=lambda f: f["properties"]["ne_id"])
    shapes = [shapely.make_valid(shape(f["geometry"])) for f in features]
    counts = Counter(_known_id(f["properties"]) for f in features)
    return [
        _province(f["properties"], _polygons(geometry), levels, counts)
        for f, geometry in zip(features, shapes, strict=True)
    ]


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
    country = "UA" if iso.startswith("UA-") else p["iso_a2"]
    name = MISLABELLED.get(gid) or _name(p, known)
    point = shapely.Point(p["longitude"], p["latitude"])
    if not geometry.contains(point):
        point = geometry.representative_point()
    return Province(
        place_id=f"geonames:{gid}" if gid else f"naturalearth:{p['ne_id']}",
        geonames_id=gid,
        level=known.level if known and known.level == 2 else 1,
        country_code=country,
        name=name,
        latitude=round(point.y, 5),
        longitude=round(point.x, 5),
        shape=geometry,
        names=[] if gid in MISLABELLED else _names(p),
        iso_code=iso,
        unit=p["adm0_a3"],
    )


def _name(p: dict[str, Any], known: packages.Subdivision | None) -> str:
    """Natural Earth's English name where GeoNames agrees, else GeoNames' own: name_en is at times another place's."""
    english: str = p.get("name_en") or p.get("name") or ""
    if known is None:
        return english or p.get("admin") or "?"
    spellings = {fold_name(n) for n in (known.name, *known.aliases)}
    return english if fold_name(english) in spellings else known.name


def _names(p: dict[str, Any]) -> list[str]:
    """Every spelling Natural Earth gives; an obsolete or foreign one only makes an alternate name."""
    fields = [p.get("name"), p.get("gn_name"), p.get("woe_name"), *(p.get("name_alt") or "").split("|")]
    fields += [p.get(f"name_{language}") for language in NAME_FIELDS]
    return [name for name in fields if name and len(name) > 1]


def merge_tribal_areas(provinces: list[Province]) -> tuple[list[Province], BaseGeometry]:
    """Khyber Pakhtunkhwa as it is since 2018, with the former tribal areas, whose shape is given back apart."""
    kept = [p for p in provinces if p.geonames_id != FATA_ID]
    former = next(p.shape for p in provinces if p.geonames_id == FATA_ID)
    for province in kept:
        if province.geonames_id == KHYBER_PAKHTUNKHWA_ID:
            province.shape = shapely.union_all([province.shape, former])
    return kept, former
