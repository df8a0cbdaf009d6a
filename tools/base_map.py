"""The base map: countries, provinces, regions and lines as GeoJSON under ``dashboard/static/map``.

Countries are dissolved from the same provinces, which are simplified together, so that borders meet.
Coordinates are longitude, latitude in degrees with three decimals (110 m), two (1.1 km) where the tolerance
is five kilometres anyway.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from tools import packages
from tools.provinces import Province, area_km2, conventional_points

FINE, COARSE = 0.015, 0.06
"""Tolerances of simplification in degrees: provinces of `CLOSE_UP`, and everything else."""
SMALLEST_FINE_KM2, SMALLEST_COARSE_KM2 = 15.0, 100.0
"""Islands below these areas are left out, except the largest of each province or country."""
CLOSE_UP = frozenset(
    (
        *("AF", "PK", "IN", "IR", "IQ", "SY", "LB", "IL", "PS", "JO", "YE", "TR", "EG", "LY", "SD", "SS", "ET", "ER"),
        *("DJ", "SO", "KE", "UG", "RW", "BI", "CD", "CF", "TD", "NE", "NG", "ML", "BF", "MR", "CM", "MZ", "UA", "BY"),
        *("MD", "GE", "AM", "AZ", "MM", "BD", "XK", "RS", "BA", "KP", "KR", "TW", "KH", "HT", "CO", "VE", "SA", "AE"),
        *("QA", "KW", "BH", "OM", "TJ", "TM", "UZ", "KG"),
    )
)
"""Countries drawn finely: those with armed conflict in the last years, and neighbours between them."""

DISPUTED = (
    ("Line of Control", ("geonames:1184196", "geonames:1168878"), ("geonames:1269320", "geonames:12096464")),
    ("Siachen", ("naturalearth:1159315669",), ()),
    ("Aksai Chin and Ladakh", ("geonames:12096464",), ("CN",)),
    ("Arunachal Pradesh", ("geonames:1278341",), ("CN",)),
    ("Crimea", ("geonames:703883",), ("geonames:706442",)),
    ("Abkhazia", ("geonames:6643410",), ("geonames:865543",)),
    ("Northern Cyprus", ("naturalearth:1159315789",), ("geonames:146267", "naturalearth:1159315243")),
    ("Somaliland", ("naturalearth:1159315525",), ("SO",)),
    ("Western Sahara", ("EH",), ("MA",)),
    ("Kosovo", ("XK",), ("RS",)),
    ("West Bank", ("geonames:285153",), ("IL",)),
    ("Gaza Strip", ("geonames:281132",), ("IL",)),
    ("Golan Heights", ("IL",), ("SY",)),
    ("Korean Demilitarized Zone", ("KP",), ("KR",)),
    ("Abyei", ("SD",), ("SS",)),
)
"""Lines drawn dashed: name, then the two sides (place ids or country codes); no second side: the whole outline."""


class BaseMap:
    """Provinces at both tolerances, and what is drawn from them."""

    def __init__(self, provinces: list[Province], former_tribal_areas: BaseGeometry) -> None:
        self.provinces = sorted(provinces, key=lambda p: (p.country_code, p.place_id))
        everything = [p.shape for p in self.provinces]
        fine = shapely.coverage_simplify(everything, FINE)
        self.coarse = list(shapely.coverage_simplify(everything, COARSE))
        self.drawn = [
            fine[i] if province.country_code in CLOSE_UP else self.coarse[i]
            for i, province in enumerate(self.provinces)
        ]
        self.former_tribal_areas = former_tribal_areas.simplify(FINE)

    def members(self, ids: Iterable[str]) -> list[int]:
        """Positions of the provinces that have one of these place ids or country codes."""
        wanted = set(ids)
        found = [i for i, p in enumerate(self.provinces) if p.place_id in wanted or p.country_code in wanted]
        missing = wanted - {p.place_id for p in self.provinces} - {p.country_code for p in self.provinces}
        if missing:
            raise SystemExit(f"No province has the id {', '.join(sorted(missing))}.")
        return found

    def union(self, ids: Iterable[str]) -> BaseGeometry:
        """The simplified provinces as one shape."""
        return shapely.union_all([self.drawn[i] for i in self.members(ids)])

    def border(self, one_side: Iterable[str], other_side: Iterable[str]) -> BaseGeometry:
        """The line both sides share; the outline of the first where there is no second."""
        first, second = self.members(one_side), self.members(other_side)
        second = [i for i in second if i not in first]
        outline = shapely.union_all([self.drawn[i] for i in first]).boundary
        if not second:
            return outline
        shared = outline.intersection(shapely.union_all([self.drawn[i] for i in second]).boundary)
        lines = [part for part in shapely.get_parts(shared) if part.geom_type in ("LineString", "LinearRing")]
        return shapely.line_merge(shapely.multilinestrings(lines))

    def region(self, description: str) -> BaseGeometry:
        """A shape of the curated table: ``union:a|b``, ``border:a|b~c`` or ``former:PK-TA``."""
        kind, _, rest = description.partition(":")
        if kind == "union":
            return self.union(rest.split("|"))
        if kind == "border":
            one, _, other = rest.partition("~")
            return self.border(one.split("|"), other.split("|"))
        if description == "former:PK-TA":
            return self.former_tribal_areas
        raise SystemExit(f"The curated table holds an area of unknown kind: {description}.")

    def countries(self) -> dict[str, BaseGeometry]:
        """Country code -> dissolved shape at the coarse tolerance. Antarctica is left out."""
        groups: dict[str, list[BaseGeometry]] = defaultdict(list)
        for province, geometry in zip(self.provinces, self.coarse, strict=True):
            groups[province.country_code].append(geometry)
        return {code: shapely.union_all(parts) for code, parts in sorted(groups.items()) if code != "AQ"}

    def country_areas(self) -> dict[str, tuple[float, float, float]]:
        """Country code -> latitude and longitude of its conventional point, else label point, and area in km²."""
        conventional = conventional_points()
        found = {}
        for code, whole in self.countries().items():
            point = conventional.get(code) or label_point(whole)
            if code in conventional and whole.distance(point) > 0.5:
                raise SystemExit(f"conventional_points.csv: the point of {code} lies far outside the country.")
            found[code] = (round(point.y, 5), round(point.x, 5), area_km2(whole))
        return found


def parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The single polygons or lines of a shape."""
    return list(shapely.get_parts(geometry))


def label_point(geometry: BaseGeometry) -> shapely.Point:
    """The middle of the widest open space of the largest part: where a label stands well."""
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=max(0.01, math.sqrt(largest.area) / 100))
    return shapely.Point(circle.coords[0])


def trimmed(geometry: BaseGeometry, smallest_km2: float, grid: float = 0.001) -> BaseGeometry:
    """Without small islands and with coordinates rounded to the grid; the largest part always stays."""
    if "Polygon" not in geometry.geom_type:
        return shapely.set_precision(geometry, grid, mode="pointwise")
    parts = sorted(shapely.get_parts(geometry), key=lambda part: -part.area)
    kept = [part for i, part in enumerate(parts) if i == 0 or area_km2(part) >= smallest_km2]
    rounded = [shapely.set_precision(part, grid, mode="pointwise") for part in kept]
    whole = rounded[0] if len(rounded) == 1 else shapely.multipolygons(rounded)
    if not whole.is_valid or whole.is_empty:
        whole = shapely.set_precision(kept[0] if len(kept) == 1 else shapely.multipolygons(kept), grid)
    if whole.is_empty and grid > 0.001:
        return trimmed(geometry, smallest_km2)
    return shapely.orient_polygons(whole)


def feature(place_id: str, geometry: BaseGeometry, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature. The third decimal is the last."""
    shape = shapely.geometry.mapping(geometry)
    shape["coordinates"] = _rounded(shape["coordinates"])
    return {"type": "Feature", "id": place_id, "properties": properties, "geometry": shape}


def _rounded(coordinates: Any) -> Any:
    if coordinates and isinstance(coordinates[0], int | float):
        return [round(value, 3) for value in coordinates]
    return [_rounded(part) for part in coordinates]


def json_line(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_collection(path: Path, features: list[dict[str, Any]]) -> None:
    """Compact GeoJSON, one feature a line, so that git sees what changed."""
    lines = [json_line(f) for f in features]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_leaflet(folder: Path) -> None:
    """Leaflet's files as they are in its package, with their hashes."""
    names = ("dist/leaflet.js", "dist/leaflet.css", "LICENSE")
    images = ("layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png")
    sums = []
    for name in (*names, *(f"dist/images/{image}" for image in images)):
        content = packages.npm_member("leaflet-1.9.4", name)
        path = folder / name.removeprefix("dist/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sums.append(f"{packages.sha256(content)}  {name.removeprefix('dist/')}")
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="ascii")
