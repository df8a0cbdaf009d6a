"""Made events as Parquet, of any number: 400 crowded regions, 20 years, 20,000 towns in 1,500 provinces.

What stands in the columns is drawn by hashing the row's number, so that the same number always gives the same file.
Run: python benchmarks/made_parquet.py 1000000 events.parquet
"""

import sys
from pathlib import Path

import duckdb

from dashboard.tables import EVENT_COLUMNS

ROW_GROUP = 20_480
"""Rows of a group, as docs/data.md advises: to read one passage, its whole group is unpacked."""
_TYPES = "['battle', 'explosion', 'civilians', 'protest', 'riot', 'agreement', 'talks', 'statement', 'other']"
_PLACES = """CREATE TABLE places AS SELECT *,
        least(greatest(lat0 + 2.5 * ((hash(n * 41) % 1000) / 1000 - 0.5), -60), 72) AS latitude,
        lon0 + 4 * ((hash(n * 43) % 1000) / 1000 - 0.5) AS longitude
    FROM (SELECT n, n % 400 AS region, n >= 20000 AS is_province FROM range(21500) t(n))
    JOIN (SELECT r AS region, (hash(r * 3) % 100000) / 100000 * 120 - 50 AS lat0,
            (hash(r * 5) % 100000) / 100000 * 340 - 170 AS lon0 FROM range(400) t(r)) USING (region)"""
_WRITTEN = {
    "event_id": "printf('made:%d', i)",
    "incident_id": "printf('made:%d', i)",
    "title": "printf('Event %d in %s', i, name)",
    "event_type": f"{_TYPES}[1 + (hash(i * 7) % 8)::INTEGER]",
    "date_start": "day",
    "date_end": "day + CASE WHEN hash(i * 11) % 10 = 0 THEN (hash(i * 13) % 7)::INTEGER ELSE 0 END",
    "date_precision": "CASE WHEN hash(i * 11) % 10 = 0 THEN 'days' ELSE 'day' END",
    "toponym": "name",
    "place_id": "printf('made:%d', n)",
    "place_name": "name",
    "geo_precision": """CASE WHEN is_province THEN 'admin1' WHEN hash(i * 17) % 30 = 0 THEN 'country'
        WHEN hash(i * 17) % 8 = 0 THEN 'near' ELSE 'settlement' END""",
    "actor1": "printf('Actor %d', hash(i * 19) % 900)",
    "actor2": "CASE WHEN hash(i * 23) % 3 = 0 THEN '' ELSE printf('Actor %d', hash(i * 29) % 900) END",
    "claimed_by": "CASE WHEN hash(i * 31) % 20 = 0 THEN 'security sources' ELSE '' END",
    "assertion": "CASE WHEN hash(i * 31) % 20 = 0 THEN 'claimed' ELSE 'reported' END",
    "passage": """printf('On that day people heard of event %d near %s: shops were closed, the road to the river was
        blocked and nobody could say how long it would last, as word %d was passed on.',
        i, name, hash(i * 37) % 50000)""",
    "status": "'pending'",
    "source_dataset": "'made'",
    "publisher": "printf('Paper %d', hash(i * 47) % 60)",
    "latitude": "latitude",
    "longitude": "longitude",
    "feature_code": "CASE WHEN is_province THEN 'ADM1' ELSE 'PPL' END",
    "country_code": "'XX'",
    "radius_km": "CASE WHEN is_province THEN 90.0 ELSE 8.0 END",
}
# Many events in few towns, and more of late than long ago.
_ROWS = """SELECT i, p.*, printf('%s %d', CASE WHEN is_province THEN 'Province' ELSE 'Town' END, n) AS name,
        DATE '2006-01-01' + (sqrt((hash(i * 2) % 1000003) / 1000003) * 7300)::INTEGER AS day
    FROM range({count}) t(i) JOIN places p ON p.n = CASE WHEN hash(i * 53) % 10 = 0 THEN 20000 + (hash(i * 59) % 1500)
        ELSE (pow((hash(i * 61) % 1000003) / 1000003, 3) * 20000)::BIGINT END"""


def make(count: int, file: Path) -> None:
    """Write a file of so many events, sorted by date."""
    missing = {name: "''" for name in EVENT_COLUMNS if name not in _WRITTEN}
    missing |= dict.fromkeys(("char_start", "char_end", "fatalities_low", "fatalities_high", "confidence"), "NULL")
    columns = ", ".join(f"{value} AS {name}" for name, value in (_WRITTEN | missing).items())
    db = duckdb.connect()
    db.execute(_PLACES)
    rows = _ROWS.format(count=count)
    form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
    db.execute(f"COPY (SELECT {columns} FROM ({rows}) ORDER BY date_end, i) TO '{file}' ({form})")


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))
