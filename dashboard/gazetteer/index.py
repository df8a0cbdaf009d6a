"""Name to candidate places, without the internet: the embedded index in ``dashboard/assets``, memory-mapped.

The index is built by ``tools/build_assets.py``. Opening it reads one small JSON file; places and names are
paged in by the operating system on demand. Scores here ignore context: choosing among the candidates by the words
around a name is the task of `dashboard.geocode`.
"""

import difflib
import json
import math
import mmap
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import marisa_trie
import numpy as np

from dashboard.errors import GazetteerError, shown
from dashboard.gazetteer import wide_areas
from dashboard.gazetteer.countries import country_groups
from dashboard.gazetteer.kinds import kind_of
from dashboard.gazetteer.names import fold_name
from dashboard.gazetteer.seats import says_area, seat_ids
from dashboard.model import Candidate, Place

__all__ = ["Gazetteer", "Source", "fold_name"]

ASSETS = Path(__file__).parents[1] / "assets"
FORMAT = 1
RECORD = "<IB"
"""The value of a name in the trie: row of the place, flags."""

PRIMARY, CURATED, SHORT, COMMON = 1, 2, 4, 8
"""Flags of a name: the place's main name; ours; matched only with two capitals or more (KP, LoC); also an
everyday word, so never resolved when written in lower case."""

PLACES = np.dtype(
    [
        ("geonames_id", "<u4"),  # rows are sorted by it; 0xF0000000 and above: no GeoNames id, see index.json
        ("latitude", "<i4"),  # micro-degrees
        ("longitude", "<i4"),
        ("population", "<u4"),  # 0: not known; of a province or district the sum of its towns, for scores only
        ("admin1", "<u2"),  # index into admin1.npy, whose items are rows; 65535: none
        ("country", "u1"),  # index into index.json's countries; 255: none
        ("kind", "u1"),  # index into index.json's kinds: feature code and source
    ]
)
AREAS = np.dtype([("row", "<u4"), ("radius_km", "<f4")])
OUTLINES = np.dtype(
    [("row", "<u4"), ("file", "<u2"), ("west", "<f4"), ("south", "<f4"), ("east", "<f4"), ("north", "<f4")]
)
"""Areas and outlines are sorted by row; file is an index into index.json's outline_files. names.txt holds the
names without separators, in the order of the rows; name_bytes.npy holds their lengths."""

NO_COUNTRY, NO_ADMIN1 = 255, 65535

_NAMES_REMEMBERED, _LONGEST_REMEMBERED = 20_000, 200
"""How many names are cached, and the maximum characters of one: longer text is not a name, and would fill memory."""

_PRIORS = {"PCLI": 11.0, "ADM1": 4.0, "ADM2": 1.8}
"""Base score by kind alone. A settlement gets log10(population + 1) instead."""
_LEAST_SETTLEMENT = 2.5
"""For settlements without a known population: they are listed as the seat of something, with some 300 people."""
_CURATED_BONUS, _CAPITAL_BONUS, _ALTERNATE_MALUS = 12.0, 3.0, 1.0
_CAPITAL_BONUS_BY_OTHER_NAME = 1.0
"""Newspapers use a capital's own name: that Quito is also spelt Kuito does not make Angola's Kuito less likely."""
_FEW_PEOPLE = 100_000
"""Population below which a country is small; most of these are islands that belong to another country."""
_SEAT_LEAD = 1.0
"""Lead of a seat over its own province: enough for the choice not to count as doubtful."""
_PER_MAGNITUDE_OF_AREA = 0.1
"""An area's inhabitants decide only between areas: Pakistan's Punjab before India's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What part of the index comes from where, for the page about this map."""

    name: str
    package: str
    url: str
    licence: str
    credit: str
    used_for: str


class Gazetteer:
    """The opened index. Safe to share between threads; keeps only the memory maps open."""

    def __init__(self, folder: Path, index: dict[str, Any]) -> None:
        self._trie = marisa_trie.RecordTrie(RECORD).mmap(str(folder / "names.marisa"))
        self._places = _table(folder / "places.npy", PLACES)
        self._areas = _table(folder / "areas.npy", AREAS)
        self._outlines = _table(folder / "outlines.npy", OUTLINES)
        self._admin1 = _table(folder / "admin1.npy", np.dtype("<u4"))
        self._name_ends = np.cumsum(_table(folder / "name_bytes.npy", np.dtype("u1")), dtype=np.uint32)
        with (folder / "names.txt").open("rb") as names:
            self._names = mmap.mmap(names.fileno(), 0, access=mmap.ACCESS_READ)
        self._countries: list[tuple[str, str]] = [(code, name) for code, name in index["countries"]]
        self._country_names = dict(self._countries)
        self._kinds: list[tuple[str, str]] = [(code, source) for code, source in index["kinds"]]
        self._outline_files: list[str] = index["outline_files"]
        self._own_rows: dict[str, int] = index["rows"]
        self._own_ids = {row: place_id for place_id, row in self._own_rows.items()}
        self._notes: dict[str, str] = index["notes"]
        self.sources = tuple(Source(**source) for source in index["sources"])
        self._cached_candidates = lru_cache(_NAMES_REMEMBERED)(self.look_up)

    @classmethod
    def open(cls, folder: Path | None = None) -> "Gazetteer":
        """Map the index into memory; by default the one that comes with the program.

        Raises
        ------
        GazetteerError
            A file is missing, cut short, or of another format.
        """
        folder = folder or ASSETS
        try:
            index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
            _check_files(folder, index)
            return cls(folder, index)
        except FileNotFoundError as error:
            raise GazetteerError(f"The gazetteer's file {error.filename} is missing. {_HINT}") from None
        except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
            raise GazetteerError(f"The gazetteer in {folder} cannot be read: {error}. {_HINT}") from None

    def __contains__(self, folded: str) -> bool:
        """Whether this folded text is a known name. A hundred times faster than looking up its candidates."""
        return folded in self._trie or folded in wide_areas.names()

    def candidates(self, name: str) -> list[Candidate]:
        """The places a name may mean, likeliest first by prominence alone; empty if it names none.

        Answers are cached, as articles and rows repeat the same names.
        """
        return list(self._candidates_of(name))

    def best(self, name: str) -> tuple[Candidate, int] | None:
        """The likeliest place of the name, and how many places have it; None if none does."""
        ranked = self._candidates_of(name)
        return (ranked[0], len(ranked)) if ranked else None

    def _candidates_of(self, name: str) -> list[Candidate]:
        return self._cached_candidates(name) if len(name) <= _LONGEST_REMEMBERED else self.look_up(name)

    def look_up(self, name: str) -> list[Candidate]:
        """As `candidates`, without the cache."""
        if area_id := wide_areas.area_named(name):
            return self._of_wide_area(area_id)
        best: dict[int, int] = {}
        for row, flags in self._records(name):
            best[row] = best.get(row, 0) | flags
        scored = self._with_scores(best, name)
        scored.sort(key=lambda item: (-item[0], item[1]))
        return [self._candidate(row, flags, score) for score, row, flags in scored]

    def place(self, place_id: str) -> Place | None:
        """The place with this id, or None."""
        if area := wide_areas.areas().get(place_id):
            return area
        row = self._row(place_id)
        return None if row is None else self._place(row)

    def _of_wide_area(self, place_id: str) -> list[Candidate]:
        place = self.place(place_id)
        if place is None:
            return []
        score = _PRIORS.get(place.feature_code, _LEAST_SETTLEMENT) + _CURATED_BONUS
        reason = f"{self._description(place)}; in our own table"
        return [Candidate(place=place, score=score, reason=reason, name_kind="curated")]

    def outline_file(self, place_id: str) -> str | None:
        """Path under ``static/map`` of the GeoJSON that holds this place's outline (a feature with this id)."""
        outline = self._outline(place_id)
        return None if outline is None else self._outline_files[outline[1]]

    def outline_box(self, place_id: str) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the outline in degrees; None if there is no outline."""
        outline = self._outline(place_id)
        if outline is None:
            return None
        west, south, east, north = (round(value, 4) for value in outline[2:])
        return west, south, east, north

    def country_name(self, country_code: str) -> str:
        """The English name of a country by its ISO 3166-1 alpha-2 code; "" for an unassigned code."""
        return self._country_names.get(country_code, "")

    def suggest(self, name: str, limit: int = 5) -> list[Candidate]:
        """Places with a similar name, for a person to choose from. A program must never choose one:
        a similar spelling is usually another place.
        """
        folded = fold_name(name)
        if exact := self.candidates(name):
            return exact[:limit]
        keys = self._trie.iterkeys(folded[:3]) if len(folded) >= 3 else iter(())
        near = {key for key in islice(keys, 50_000) if abs(len(key) - len(folded)) <= 3}
        close = difflib.get_close_matches(folded, sorted(near), n=limit, cutoff=0.75)
        starting = sorted(key for key in near if key.startswith(folded))
        suggested: dict[str, Candidate] = {}
        for key in (*starting[:limit], *close):
            for candidate in self.candidates(key)[:2]:
                suggested.setdefault(candidate.place.place_id, candidate)
        return list(suggested.values())[:limit]

    def _records(self, name: str) -> list[tuple[int, int]]:
        records: list[tuple[int, int]] | None = self._trie.get(fold_name(name))
        if not records:
            return []
        lower = name.isascii() and name.islower()
        if any(flags & SHORT for _, flags in records) and sum(map(str.isupper, name)) >= 2:
            return [record for record in records if record[1] & SHORT]
        return [record for record in records if not record[1] & SHORT and not (lower and record[1] & COMMON)]

    def _with_scores(self, named: dict[int, int], name: str) -> list[tuple[float, int, int]]:
        """Score, row and flags of the rows, given their flags. For a bare name, a seat ranks before its own area."""
        flags = dict(named)
        limits: dict[int, float] = {}
        may_be_seat = len(named) > 1 and not says_area(fold_name(name))
        for seat in named if may_be_seat else ():
            if int(self._places[seat]["geonames_id"]) not in seat_ids():
                continue
            areas = [row for row in named if self._yields_to(row, seat, named, name)]
            if any(self._feature(row) == "ADM1" and named[row] & PRIMARY for row in areas):
                flags[seat] |= PRIMARY  # Mykolayiv is Mykolaiv, as its province is
            for row in areas:
                limits[row] = max(limits.get(row, 0.0), self._score(seat, flags[seat]) - _SEAT_LEAD)
        scores = {row: self._score(row, flags[row]) for row in flags}
        return [(min(score, limits.get(row, score)), row, flags[row]) for row, score in scores.items()]

    def _yields_to(self, area: int, seat: int, named: dict[int, int], name: str) -> bool:
        """Whether an area ranks behind a seat of the same name: a province or district of its country, unless our own
        table has it, or a country with this name only in other languages (Tunis, Salvador).
        """
        if named[area] & CURATED:
            return False
        if self._feature(area) == "PCLI":
            is_own_name = bool(country_groups(name, codes=False))
            return bool(named[seat] & PRIMARY and not is_own_name)
        is_at_home = self._places[area]["country"] == self._places[seat]["country"]
        return is_at_home and self._feature(area) in ("ADM1", "ADM2")

    @cached_property
    def _small_countries(self) -> frozenset[int]:
        """Countries whose capital is no better known than any town of its size: Hamilton need not be Bermuda's."""
        kinds = [at for at, (feature, _) in enumerate(self._kinds) if feature == "PCLI"]
        places = self._places[np.isin(self._places["kind"], kinds) & (self._places["population"] < _FEW_PEOPLE)]
        return frozenset(places["country"].tolist())

    def _feature(self, row: int) -> str:
        return str(self._kinds[self._places[row]["kind"]][0])

    def _score(self, row: int, flags: int) -> float:
        place = self._places[row]
        feature = self._kinds[place["kind"]][0]
        size = math.log10(int(place["population"]) + 1)
        if feature in _PRIORS:
            score = _PRIORS[feature] + _PER_MAGNITUDE_OF_AREA * size
        else:
            is_capital = feature == "PPLC" and int(place["country"]) not in self._small_countries
            bonus = _CAPITAL_BONUS if flags & PRIMARY else _CAPITAL_BONUS_BY_OTHER_NAME
            score = max(size, _LEAST_SETTLEMENT) + (bonus if is_capital else 0.0)
        if flags & CURATED:
            return round(score + _CURATED_BONUS, 3)
        return round(score - (0.0 if flags & PRIMARY else _ALTERNATE_MALUS), 3)

    def _candidate(self, row: int, flags: int, score: float) -> Candidate:
        kind = "curated" if flags & CURATED else "primary" if flags & PRIMARY else "alternate"
        place = self._place(row)
        named = {"curated": "in our own table", "primary": "primary name", "alternate": "alternate name"}[kind]
        return Candidate(place=place, score=score, reason=f"{self._description(place)}; {named}", name_kind=kind)

    def _description(self, place: Place) -> str:
        country = self.country_name(place.country_code)
        word = kind_of(place.feature_code)
        if place.feature_code in ("PPLC", "ADM1"):
            text = f"{word} of {country}"
        elif place.feature_code == "PCLI" or not country:
            text = word
        else:
            within = f"{place.admin1_name}, " if place.admin1_name and place.admin1_name != place.name else ""
            text = f"{word} in {within}{country}"
        return f"{text}, population {place.population:,}" if place.population else text

    def _place(self, row: int) -> Place:
        gid, latitude, longitude, population, admin1, country, kind = self._places[row].item()
        feature, source = self._kinds[kind]
        place_id = self._own_ids.get(row) or f"geonames:{gid}"
        is_settlement = feature.startswith("PPL")
        return Place(
            place_id=place_id,
            name=self._name(row),
            latitude=latitude / 1e6,
            longitude=longitude / 1e6,
            feature_code=feature,
            country_code=self._countries[country][0] if country != NO_COUNTRY else "",
            admin1_name=self._name(int(self._admin1[admin1])) if admin1 != NO_ADMIN1 else "",
            radius_km=settlement_radius_km(population) if is_settlement else self._radius(row),
            source=source,
            note=self._notes.get(place_id, ""),
            population=(population or None) if is_settlement or feature == "PCLI" else None,
        )

    def _name(self, row: int) -> str:
        start = int(self._name_ends[row - 1]) if row else 0
        return self._names[start : int(self._name_ends[row])].decode("utf-8")

    def _row(self, place_id: str) -> int | None:
        if place_id in self._own_rows:
            return self._own_rows[place_id]
        kind, _, number = place_id.partition(":")
        if kind != "geonames" or not (number.isascii() and number.isdigit()) or len(number) > 9:
            return None
        return _row_index(self._places, "geonames_id", int(number))

    def _radius(self, row: int) -> float | None:
        at = _row_index(self._areas, "row", row)
        return None if at is None else round(float(self._areas["radius_km"][at]), 1)

    def _outline(self, place_id: str) -> tuple[int, int, float, float, float, float] | None:
        row = self._row(place_id)
        at = None if row is None else _row_index(self._outlines, "row", row)
        return None if at is None else self._outlines[at].item()


_HINT = "Install the program again, or build the files with: python -m tools.build_assets"


def settlement_radius_km(population: int) -> float:
    """The approximate radius of a town: 1 km for a village, 5 km for 100,000 people, at most 25 km.

    Assumes some 1,300 people per square kilometre of town and outskirts.
    """
    return round(min(25.0, max(1.0, math.sqrt(population / (1300 * math.pi)))), 1)


def _table(path: Path, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """A memory-mapped array, viewed as a plain one (indexing a memmap is several times slower)."""
    table: np.ndarray[Any, Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    if table.dtype != dtype:
        raise GazetteerError(f"The gazetteer's file {path} is of another format. {_HINT}")
    return np.asarray(table)


def _check_files(folder: Path, index: dict[str, Any]) -> None:
    if index.get("format") != FORMAT:
        raise GazetteerError(
            f"The gazetteer in {folder} has format {shown(str(index.get('format')))}, expected {FORMAT}. {_HINT}"
        )
    for name, size in index["bytes"].items():
        if (actual_size := (folder / name).stat().st_size) != size:
            raise GazetteerError(
                f"The gazetteer's file {folder / name} has {actual_size} bytes, expected {size}. {_HINT}"
            )


def _row_index(table: np.ndarray[Any, Any], column: str, value: int) -> int | None:
    """The index of the value in the sorted column, or None; binary search touches only the pages it needs."""
    values = table[column]
    at = bisect_left(values, value)
    return at if at < len(values) and int(values[at]) == value else None
