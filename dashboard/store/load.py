"""From rows of text to a compact table in DuckDB: small numbers without text, about 60 bytes per event.

Every kind of project offers its rows as a relation ``source`` with the columns of `SOURCE`, from which are made:

- ``spots``: the points of the map, each with its place, numbered along the Z-curve, so that the spots of any cell are
  a range of numbers; and ``points``, which maps each place_id and pair of coordinates to its spot;
- ``actors``, ``publishers``, ``articles``: names and their numbers;
- ``events``: one row per event, sorted by date, so that a period is a range of rows. An event without a date belongs to
  every period: it lasts from the calendar's first day to its last.
"""

from datetime import date

import duckdb

from dashboard.geo import DETAIL, MAX_LATITUDE
from dashboard.model import Assertion, Status
from dashboard.store import codes
from dashboard.store.summary import Grain, Span

SOURCE = {
    **dict.fromkeys(("event_id", "incident_id", "article_id", "event_type", "geo_precision", "assertion"), "VARCHAR"),
    **dict.fromkeys(("status", "actor1", "actor2", "publisher"), "VARCHAR"),
    **dict.fromkeys(("place_id", "place_name", "feature_code", "country_code"), "VARCHAR"),
    **dict.fromkeys(("date_start", "date_end"), "DATE"),
    **dict.fromkeys(("latitude", "longitude", "radius_km"), "DOUBLE"),
    **dict.fromkeys(("file", "row"), "BIGINT"),
}
"""Columns of the relation ``source`` and their types. Missing text is '', missing numbers and dates are NULL.
``file`` and ``row`` locate the whole row."""

_SIDE = 1 << DETAIL
_LAT = f"least(greatest(latitude, -{MAX_LATITUDE}), {MAX_LATITUDE})"
_X = f"least(greatest(floor((longitude / 360 + 0.5) * {_SIDE}), 0), {_SIDE - 1})::INTEGER"
_MERCATOR = f"0.5 - ln((1 + sin(radians({_LAT}))) / (1 - sin(radians({_LAT})))) / (4 * pi())"
_Y = f"least(greatest(floor(({_MERCATOR}) * {_SIDE}), 0), {_SIDE - 1})::INTEGER"


def _spread_bits(value: str) -> str:
    """SQL: the bits of a number below 2**16, spread out to every second bit (Morton, 1966)."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        value = f"((({value}) | (({value}) << {shift})) & {mask})"
    return value


MORTON = f"({_spread_bits('y::BIGINT')} << 1) | {_spread_bits('x::BIGINT')}"
"""SQL: the number of a cell on the Z-curve, from its ``x`` and ``y``."""

SPAN = f"""SELECT min(date_start), max(date_end) FROM source
    WHERE status <> '{Status.REJECTED}' AND assertion <> '{Assertion.BACKGROUND}'"""

_CREATE_NAMES = """CREATE TABLE {table} AS SELECT row_number() OVER (ORDER BY name)::INTEGER AS id, name
    FROM (SELECT DISTINCT name FROM ({names})) WHERE name <> ''"""

_NAMES = {
    "actors": "SELECT actor1 AS name FROM source UNION ALL SELECT actor2 FROM source",
    "publishers": "SELECT publisher AS name FROM source",
    "articles": "SELECT article_id AS name FROM source",
}

_PLACES_AS_WRITTEN = """SELECT *,
        CASE WHEN place_id <> '' AND count(latitude) OVER (PARTITION BY place_id) <= 1 THEN place_id
        ELSE printf('at:%.5f:%.5f', latitude, longitude) END AS key
    FROM (SELECT place_id, latitude, longitude, max_by(name, n) AS name, max(radius_km) AS radius_km,
            max(feature_code) AS feature_code, max(country_code) AS country_code, sum(n)::BIGINT AS n
        FROM (SELECT place_id, latitude, longitude, place_name AS name, count(*) AS n, max(radius_km) AS radius_km,
                max(feature_code) AS feature_code, max(country_code) AS country_code
            FROM source WHERE place_id <> '' OR latitude IS NOT NULL GROUP BY place_id, latitude, longitude, place_name)
        GROUP BY place_id, latitude, longitude)"""
"""Each place as written, and its key, which becomes a part of the keys of its marks: the place_id, or the point if
there is no place_id or one place_id has several points."""

_SPOTS = f"""SELECT (row_number() OVER (ORDER BY {MORTON} NULLS LAST, key) - 1)::INTEGER AS spot, *
    FROM (SELECT key, max(place_id) AS place_id, max_by(name, n) AS name, max(latitude) AS latitude,
            max(longitude) AS longitude, max(radius_km) AS radius_km, max(feature_code) AS feature_code,
            max(country_code) AS country_code, sum(n)::BIGINT AS n,
            max({_X}) AS x, max({_Y}) AS y
        FROM written GROUP BY key)"""

_POINTS = "SELECT w.place_id, w.latitude, w.longitude, s.spot, s.x, s.y FROM written w JOIN spots s USING (key)"

PLACES = {"written": _PLACES_AS_WRITTEN, "spots": _SPOTS, "points": _POINTS}
"""The tables of places, in the order in which they are derived from ``source``."""

COMPACT_COLUMNS = f"""coalesce(s.date_start, DATE '{date.min}') AS since,
    coalesce(s.date_end, DATE '{date.max}') AS until,
    ({codes.code_of("s.event_type", codes.TYPES)})::{{small}} AS event_type,
    ({codes.code_of("s.geo_precision", codes.PRECISIONS)})::{{small}} AS geo_precision,
    ({codes.code_of("s.assertion", codes.ASSERTIONS)})::{{small}} AS assertion,
    ({codes.code_of("s.status", codes.STATUSES)})::{{small}} AS status,
    ({codes.GROUP_SQL.replace("latitude", "s.latitude")})::SMALLINT AS grp,
    p.x::SMALLINT AS x, p.y::SMALLINT AS y, coalesce(p.spot, -1)::INTEGER AS spot"""
"""SQL: the columns for counting, from a row ``s`` of the source and the point ``p`` at which it is drawn."""
JOIN_POINTS = """LEFT JOIN points p ON p.place_id = s.place_id AND p.latitude IS NOT DISTINCT FROM s.latitude
        AND p.longitude IS NOT DISTINCT FROM s.longitude"""

_EVENTS = f"""CREATE TABLE events AS SELECT {COMPACT_COLUMNS.format(small="UTINYINT")},
    coalesce(a.id, 0)::{{actors}} AS actor1, coalesce(b.id, 0)::{{actors}} AS actor2,
    coalesce(u.id, 0)::{{publishers}} AS publisher, coalesce(t.id, 0)::{{articles}} AS article,
    hash(event_id) AS event, CASE WHEN incident_id <> '' THEN hash(incident_id) END AS incident,
    {{bin}} AS bin, s.file::SMALLINT AS file, s.row::INTEGER AS row
    FROM source s
    {JOIN_POINTS}
    LEFT JOIN actors a ON a.name = s.actor1 LEFT JOIN actors b ON b.name = s.actor2
    LEFT JOIN publishers u ON u.name = s.publisher LEFT JOIN articles t ON t.name = s.article_id
    ORDER BY until, since, s.file, s.row"""

_FIRST_AREA_GROUP = codes.Placement.AREA * codes.GROUPS_OF_A_PLACEMENT
_AREA_EVENTS = f"CREATE TABLE area_events AS SELECT * FROM events WHERE grp >= {_FIRST_AREA_GROUP}"
"""A copy, because areas in view are counted one by one, and are a small part of all events."""

NO_BIN = -1
"""The bin of an event that may lie in several bars of the histogram."""


def load(db: duckdb.DuckDBPyConnection) -> tuple[Span | None, Grain]:
    """Make the tables from ``source``; return the span of all events except background, and the bars' width."""
    first, last = db.execute(SPAN).fetchall()[0]
    span = (first, last) if first else None
    grain = Grain.of(span) if span else Grain.DAY
    for table, names in _NAMES.items():
        db.execute(_CREATE_NAMES.format(table=table, names=names))
    for table, select in PLACES.items():
        db.execute(f"CREATE TABLE {table} AS {select}")
    db.execute("DROP TABLE written")
    make_bins(db, span, grain)
    is_without = f"s.date_start IS NULL OR assertion = '{Assertion.BACKGROUND}'"
    which_bin = bin_of(grain, "s.date_start", "s.date_end", is_without)
    db.execute(_EVENTS.format(bin=which_bin, **{table: _smallest(db, table) for table in _NAMES}))
    db.execute(_AREA_EVENTS)
    return span, grain


def _smallest(db: duckdb.DuckDBPyConnection, table: str) -> str:
    """The smallest integer type for the numbers of all names of a table."""
    names = int(db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
    return next(
        kind for kind, most in (("UTINYINT", 255), ("USMALLINT", 65_535), ("UINTEGER", 1 << 32)) if names <= most
    )


def bins_of(span: Span, grain: Grain) -> list[tuple[int, date, date]]:
    """Number, first and last day of each bar of the histogram."""
    bins: list[tuple[int, date, date]] = []
    start = grain.start(span[0])
    while True:
        end = grain.end(start)
        bins.append((len(bins), start, end))
        if end >= span[1]:
            return bins
        start = grain.start(date.fromordinal(end.toordinal() + 1))


def make_bins(db: duckdb.DuckDBPyConnection, span: Span | None, grain: Grain) -> None:
    """The bars of the histogram as a table ``bins``."""
    db.execute("CREATE TABLE bins (bin SMALLINT, first DATE, last DATE)")
    if span:
        db.executemany("INSERT INTO bins VALUES (?, ?, ?)", bins_of(span, grain))


def bin_of(grain: Grain, start: str, end: str, is_without: str) -> str:
    """SQL: the bar in which an event certainly lies; `NO_BIN` if several are possible; NULL if it is in none."""
    first, last = (f"date_diff('{grain.value}', (SELECT min(first) FROM bins), {day})" for day in (start, end))
    return f"""CASE WHEN {is_without} THEN NULL
        WHEN {first} = {last} AND {first} BETWEEN 0 AND (SELECT max(bin) FROM bins) THEN {first}
        ELSE {NO_BIN} END::SMALLINT"""
