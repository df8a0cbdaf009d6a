"""A small good project, written by hand, for tests to spoil: three rows in each table, row 2 on line 3."""

import csv
import hashlib
import io
from pathlib import Path

from dashboard.project.read import Project, read_project
from dashboard.tables import COLUMNS, empty_row

TEXTS = {
    "a1": "Kabul – Two people were killed 🕊 in a clash near Torkham on Monday, police said.\r\nTalks go on.\r\n",
    "a2": "Nothing of this article is used by any event.\n",
    "a3": "The governor of Khyber Pakhtunkhwa said on 11 October that fighting had stopped.",
}
PASSAGES = {
    "a1": "Two people were killed 🕊 in a clash near Torkham on Monday, police said.",
    "a3": "fighting had stopped",
}
STARTS = {"a1": 8, "a3": 59}
"""Counted by hand: "Kabul – " are 8 characters; "The governor … October that " are 59."""


def rows(name: str) -> list[dict[str, str]]:
    """The three rows of a table, as text."""
    made = {"articles": _articles, "places": _places, "events": _events}[name]()
    return [empty_row(name) | row for row in made]


def _articles():
    shared = {"publisher": "The Paper", "language": "en", "retrieved_at": "2025-10-30T08:00:00Z"}
    return [
        shared | {
            "article_id": key, "title": f"Article {key}", "url": f"https://paper.test/{key}", "published": "2025-10-29",
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }
        for key, text in TEXTS.items()
    ]  # fmt: skip


def _places():
    return [
        {"place_id": "geonames:1138958", "name": "Kabul", "alternate_names": "Кабул|Kabol", "feature_code": "PPLC",
         "country_code": "AF", "latitude": "34.52813", "longitude": "69.17233", "source": "GeoNames"},
        {"place_id": "local:camp", "name": "The camp", "country_code": "PK", "latitude": "34.10", "longitude": "71.20",
         "radius_km": "5", "source": "own"},
        {"place_id": "geonames:1168873", "name": "Khyber Pakhtunkhwa", "feature_code": "ADM1", "country_code": "PK",
         "latitude": "34.33333", "longitude": "71.5", "source": "GeoNames"},
    ]  # fmt: skip


def _events():
    return [
        {"event_id": "e1", "title": "Clash near Torkham", "event_type": "battle", "sub_event_type": "Armed clash",
         "date_start": "2025-10-13", "date_end": "2025-10-13", "date_precision": "day", "date_text": "on Monday",
         "date_basis": "weekday", "toponym": "Torkham", "place_id": "geonames:1138958", "geo_precision": "near",
         "assertion": "reported", "fatalities_low": "2", "fatalities_high": "2", "fatalities_text": "Two people",
         "article_id": "a1", **_quoting("a1"), "confidence": "0.9", "status": "confirmed"},
        {"event_id": "e2", "title": "Shelling of the camp", "event_type": "explosion", "date_start": "2024-03-05",
         "date_end": "2024-03-05", "date_precision": "day", "toponym": "the camp", "place_id": "local:camp",
         "geo_precision": "near", "assertion": "claimed", "status": "pending"},
        {"event_id": "e3", "title": "Fighting stops", "event_type": "agreement", "sub_event_type": "ceasefire",
         "date_start": "2025-10-11", "date_end": "2025-10-11", "date_precision": "day", "date_basis": "stated",
         "toponym": "Khyber Pakhtunkhwa", "place_id": "geonames:1168873", "geo_precision": "admin1",
         "assertion": "reported", "article_id": "a3", **_quoting("a3"), "status": "pending"},
    ]  # fmt: skip


def _quoting(article_id: str) -> dict[str, str]:
    passage, start = PASSAGES[article_id], STARTS[article_id]
    return {"char_start": str(start), "char_end": str(start + len(passage)), "passage": passage}


def csv_bytes(table: list[dict[str, str]], separator: str = ",", line_end: str = "\n") -> bytes:
    """The rows as a CSV file, by the standard library's writer rather than the program's own."""
    out = io.StringIO(newline="")
    columns = list(dict.fromkeys(column for row in table for column in row))
    writer = csv.DictWriter(out, columns, "", delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue().encode("utf-8", "surrogatepass")


def make(folder: Path) -> Path:
    """Write the good project into the folder."""
    (folder / "articles").mkdir(parents=True, exist_ok=True)
    for key, text in TEXTS.items():
        (folder / "articles" / f"{key}.txt").write_bytes(text.encode())
    for name in COLUMNS:
        (folder / f"{name}.csv").write_bytes(csv_bytes(rows(name)))
    return folder


def with_cells(name: str, number: int = 2, **cells: str):
    """A spoiler: the table with other cells in one row."""

    def spoil(folder: Path) -> None:
        table = rows(name)
        table[number - 1].update(cells)
        (folder / f"{name}.csv").write_bytes(csv_bytes(table))

    return spoil


def with_bytes(name: str, change):
    """A spoiler: the file with its bytes changed."""

    def spoil(folder: Path) -> None:
        path = folder / f"{name}.csv"
        path.write_bytes(change(path.read_bytes()))

    return spoil


def ids(project: Project) -> dict[str, list[str]]:
    """What loaded, by table."""
    return {
        "articles": list(project.articles), "places": list(project.places),
        "events": [event.event_id for event in project.events],
    }  # fmt: skip


GOOD = {
    "articles": ["a1", "a2", "a3"],
    "places": ["geonames:1138958", "local:camp", "geonames:1168873"],
    "events": ["e1", "e2", "e3"],
}


def read(folder: Path, *spoilers) -> Project:
    """The good project, spoilt, and read."""
    make(folder)
    for spoil in spoilers:
        spoil(folder)
    return read_project(folder)
