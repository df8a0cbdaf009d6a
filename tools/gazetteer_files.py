"""Writing the merged rows as the files `dashboard.gazetteer.index` maps into memory. Same rows, same bytes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import marisa_trie
import numpy as np

from dashboard.gazetteer.index import AREAS, FORMAT, NO_ADMIN1, NO_COUNTRY, OUTLINES, PLACES, RECORD
from tools.gazetteer_rows import Row
from tools.packages import SOURCES

FIRST_OWN_NUMBER = 0xF0000000
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Codes:
    """The small lists that the columns of a row point into."""

    numbers: dict[str, int]
    """place_id -> row number."""
    admin1: list[int]
    """Row numbers of the provinces that some row lies in."""
    countries: list[tuple[str, str]]
    """Code and name, sorted."""
    kinds: list[tuple[str, str]]
    """Feature code and source, sorted."""
    files: list[str]

    @classmethod
    def of(cls, rows: list[Row], files: set[str]) -> "_Codes":
        numbers = {row.place_id: number for number, row in enumerate(rows)}
        return cls(
            numbers,
            sorted({numbers[r.admin1_id] for r in rows if r.admin1_id in numbers}),
            sorted((r.country_code, r.name) for r in rows if r.feature_code == "PCLI"),
            sorted({(r.feature_code, r.source) for r in rows}),
            sorted(files),
        )


def write(rows: list[Row], outlines: dict[str, tuple[str, Box]], folder: Path) -> None:
    """``outlines``: place_id -> file under static/map, (west, south, east, north)."""
    rows = sorted(rows, key=_order)
    codes = _Codes.of(rows, {file for file, _ in outlines.values()})
    np.save(folder / "places.npy", _places(rows, codes))
    np.save(folder / "admin1.npy", np.array(codes.admin1, dtype="<u4"))
    np.save(folder / "areas.npy", np.array([(i, r.radius_km) for i, r in enumerate(rows) if r.radius_km], dtype=AREAS))
    found = sorted((codes.numbers[key], codes.files.index(file), *box) for key, (file, box) in outlines.items())
    np.save(folder / "outlines.npy", np.array(found, dtype=OUTLINES))
    names = [row.name.encode("utf-8") for row in rows]
    (folder / "names.txt").write_bytes(b"".join(names))
    np.save(folder / "name_bytes.npy", np.array([len(name) for name in names], dtype="u1"))
    records = sorted((name, (number, flags)) for number, row in enumerate(rows) for name, flags in row.names.items())
    marisa_trie.RecordTrie(RECORD, records, num_tries=5, cache_size=marisa_trie.TINY_CACHE).save(
        str(folder / "names.marisa")
    )
    _write_index(folder, rows, codes)


def _order(row: Row) -> tuple[int, str]:
    kind, _, number = row.place_id.partition(":")
    return (int(number), "") if kind == "geonames" else (FIRST_OWN_NUMBER, row.place_id)


def _places(rows: list[Row], codes: _Codes) -> np.ndarray[Any, Any]:
    admin1_index = {number: index for index, number in enumerate(codes.admin1)}
    country_index = {code: index for index, (code, _) in enumerate(codes.countries)}
    kind_index = {kind: index for index, kind in enumerate(codes.kinds)}
    table = np.zeros(len(rows), dtype=PLACES)
    for number, row in enumerate(rows):
        order, own = _order(row)
        table[number] = (
            order + (number if own else 0),
            round(row.latitude * 1e6),
            round(row.longitude * 1e6),
            row.population,
            admin1_index.get(codes.numbers.get(row.admin1_id, -1), NO_ADMIN1),
            country_index.get(row.country_code, NO_COUNTRY),
            kind_index[row.feature_code, row.source],
        )
    return table


def _write_index(folder: Path, rows: list[Row], codes: _Codes) -> None:
    parts = ("names.marisa", "places.npy", "admin1.npy", "areas.npy", "outlines.npy", "names.txt", "name_bytes.npy")
    index = {
        "format": FORMAT,
        "places": len(rows),
        "names": sum(len(row.names) for row in rows),
        "bytes": {name: (folder / name).stat().st_size for name in parts},
        "countries": codes.countries,
        "kinds": codes.kinds,
        "outline_files": codes.files,
        "rows": {r.place_id: codes.numbers[r.place_id] for r in rows if not r.place_id.startswith("geonames:")},
        "notes": {r.place_id: r.note for r in rows if r.note and r.source == "curated"},
        "sources": SOURCES,
    }
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (folder / "index.json").write_text(text + "\n", encoding="utf-8")
