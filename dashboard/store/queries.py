"""All queries of events, in DuckDB's SQL.

The tables are those that `load` makes. Values reach a query only as named parameters (``$date_to``); its text consists
of constants. Queries are templates, which `Database.filled` completes:

==============  ==================================================================================================
placeholder     filled with
==============  ==================================================================================================
{events}        the table: ``events``, or one of those that a search for words found, or a level of a cube
{conditions}    the filters as `conditions` writes them; parameters are named after their column
{scope}         the condition of the `Scope`; ``true`` for `ALL`
{n}             number of events: ``count(*)``, or ``sum(n)`` in a cube, where a row stands for several (`Counting`)
{low}, {high}   the lowest and highest spot: ``min(spot)`` and ``max(spot)``, or ``min(low)`` and ``max(high)``
{order}         one of `ORDERS` or `DAY_ORDERS`
{fetched}       in a cube: the rows of some of the events themselves; ``{pairs}`` are pairs of their dates
==============  ==================================================================================================

Double braces in this module are placeholders inside f-strings, which insert its constants first.

Worked example: `SCOPE_COUNT` for the filters ``types=(BATTLE,)`` and the scope `TRAY` of a project becomes

    SELECT coalesce(count(*), 0) FROM events WHERE status <> 3 AND since <= $date_to AND until >= $date_from
    AND event_type IN ($event_type_0) AND (grp < 162 OR until = DATE '9999-12-31')

with event_type_0 = 0 (see `codes`), date_from and date_to = the calendar's first and last day.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from dashboard.filters import Filters
from dashboard.geo import DETAIL, Cell, Grid
from dashboard.marks import Key
from dashboard.model import Assertion, Status
from dashboard.store.codes import CODES, GROUPS_OF_A_PLACEMENT, PLACEMENTS_OF_SHAPE, Dating, Placement, group_range
from dashboard.store.load import NO_BIN

Params = dict[str, Any]
Numbers = Callable[[str, Sequence[str]], list[int]]
"""The numbers that names have in the table ``actors``, ``publishers`` or ``points``; names without one are left out."""


class Counting(NamedTuple):
    """SQL aggregates over a group of rows: the number of events, and their lowest and highest spot."""

    n: str
    low: str
    high: str


SINGLE = Counting("count(*)", "min(spot)", "max(spot)")
"""Each row is an event."""
SUMMED = Counting("sum(n)", "min(low)", "max(high)")
"""Each row stands for ``n`` events between the spots ``low`` and ``high``."""


class Scope(NamedTuple):
    """A part of the events that pass the filters: a condition, and the values of its parameters."""

    condition: str
    values: Params
    level: int = 0
    """The coarsest level of cells that can select these events; `DETAIL`: only single spots can."""
    needs_own_row: bool = False
    """True if only the events' own rows can answer, not counts of several events."""


_REJECTED = CODES[Status.REJECTED]
_AREA, _ON_MAP = Placement.AREA * GROUPS_OF_A_PLACEMENT, Placement.DOT * GROUPS_OF_A_PLACEMENT
IN_AREAS = f"grp >= {_AREA}"
_UNDATED = f"until = DATE '{date.max}'"
_NOT_REJECTED = f"status <> {_REJECTED}"


def conditions(filters: Filters, numbers: Numbers) -> tuple[str, Params]:
    """The filters, except the words, as a WHERE clause and its parameters.

    Rejected events are left out unless the filters ask for that status.
    """
    params: Params = {"date_from": filters.date_from or date.min, "date_to": filters.date_to or date.max}
    clauses = [_one_of(params, "status", _codes(filters.statuses)) if filters.statuses else _NOT_REJECTED, _IN_PERIOD]
    chosen: dict[str, list[int]] = {
        "event_type": _codes(filters.types),
        "geo_precision": _codes(filters.precisions),
        "assertion": _codes(filters.assertions),
    }
    clauses += [_one_of(params, column, values) for column, values in chosen.items() if values]
    if filters.publishers:
        clauses.append(_one_of(params, "publisher", numbers("publishers", filters.publishers)))
    if filters.place_ids:
        clauses.append(_one_of(params, "spot", numbers("points", filters.place_ids)))
    if filters.actors:
        actors = numbers("actors", filters.actors)
        clauses.append(f"({' OR '.join(_one_of(params, column, actors) for column in ('actor1', 'actor2'))})")
    return " AND ".join(clauses), params


_IN_PERIOD = "since <= $date_to AND until >= $date_from"


def _codes(members: Sequence[Any]) -> list[int]:
    return [CODES[member] for member in members]


def _one_of(params: Params, column: str, values: Sequence[int]) -> str:
    names = [f"{column}_{number}" for number in range(len(values))]
    params |= dict(zip(names, values, strict=True))
    return f"{column} IN ({', '.join(f'${name}' for name in names)})" if names else "false"


def only_used(sql: str, params: Params) -> Params:
    """The parameters that the query uses; DuckDB refuses others."""
    used = set(re.findall(r"\$(\w+)", sql))
    return {name: value for name, value in params.items() if name in used}


# --- what the map and the sentence count

COUNTS_BY_CELL = """SELECT x >> $shift::INTEGER AS "column", y >> $shift::INTEGER AS "row", grp,
    {n} AS n, {low} AS low, {high} AS high
    FROM {events} WHERE {conditions} AND {scope} GROUP BY ALL"""
"""Events by cell and group; column and row are NULL for events without coordinates."""

_STRADDLES = f"""(grp % {len(Dating)} = {Dating.INTERVAL.value} AND (since < $date_from OR until > $date_to))"""

STRADDLING = f"""SELECT x >> $shift::INTEGER AS "column", y >> $shift::INTEGER AS "row", grp, {{n}} AS n
    FROM {{events}} WHERE {{conditions}} AND {{scope}} AND {_STRADDLES} GROUP BY ALL"""
"""Events that overlap the period only in part. A separate query, because the database can skip it if nothing straddles
the period."""

COUNTS_BY_SPOT = f"""SELECT spot, grp, {{n}} AS n, coalesce({{n}} FILTER ({_STRADDLES}), 0) AS partial
    FROM {{events}} WHERE {{conditions}} AND {{scope}} GROUP BY spot, grp"""
"""Events by spot and group, and how many of them overlap the period only in part."""


# --- what follows every filter but the period

BARS = f"""SELECT bin, event_type, sum(certain)::BIGINT AS certain, sum(spread) AS spread FROM (
    SELECT bin, event_type, {{n}} AS certain, 0.0 AS spread FROM {{events}}
    WHERE {{conditions}} AND bin > {NO_BIN} GROUP BY bin, event_type
    UNION ALL
    SELECT b.bin, i.event_type, 0 AS certain, sum(i.n
        * (date_diff('day', greatest(i.since, b.first), least(i.until, b.last)) + 1)
        / (date_diff('day', i.since, i.until) + 1)) AS spread
    FROM (SELECT since, until, event_type, {{n}} AS n FROM {{events}}
            WHERE {{conditions}} AND bin = {NO_BIN} GROUP BY since, until, event_type) i
        JOIN bins b ON i.since <= b.last AND i.until >= b.first
    GROUP BY b.bin, i.event_type)
GROUP BY bin, event_type"""
"""An interval contributes to each bar its share of the days, so that all bars together count every event once."""

EXTENT = f"""SELECT array_agg(DISTINCT x >> 4) FILTER (grp >= {_ON_MAP}), min(y) FILTER (grp >= {_ON_MAP}),
    max(y) FILTER (grp >= {_ON_MAP}), count(*) FROM {{events}} WHERE {{conditions}}"""
"""For fitting the map: the strips of longitude (1/1024 of the globe), the northern and southern ends, and the number of
events in any period."""
EXTENT_OF_CELLS = f"""SELECT flatten(array_agg(DISTINCT range(west >> 4, (east >> 4) + 1)) FILTER (grp >= {_ON_MAP})),
    min(top) FILTER (grp >= {_ON_MAP}), max(bottom) FILTER (grp >= {_ON_MAP}), coalesce(sum(n), 0)
    FROM {{events}} WHERE {{conditions}}"""
"""The same from a cube's cells, which store the extent of their events; a strip may be repeated."""

EXTENT_OF_SCOPE = """SELECT array_agg(DISTINCT x), min(y), max(y) FROM {events} WHERE {conditions} AND {scope}"""
"""The extent of the events of a scope: all their columns of `DETAIL`, and their first and last row."""

# --- events, by where they stand


ALL = Scope("true", {})
ON_MAP = Scope(f"grp >= {_ON_MAP}", {})
TRAY = Scope(f"(grp < {_ON_MAP} OR {_UNDATED})", {})
"""Off the map, or without a date."""


def of_grid(grid: Grid) -> Scope:
    """The events drawn in the cells of a grid, whose columns continue past the antimeridian."""
    top, shift = grid.row << (DETAIL - grid.level), DETAIL - grid.level
    return Scope(
        f"""grp >= {_ON_MAP} AND y BETWEEN $top AND $bottom
            AND ((x >> $grid_shift::INTEGER) - $west::INTEGER) & $mask::INTEGER < $columns::INTEGER""",
        {"top": top, "bottom": top + (grid.rows << shift) - 1, "grid_shift": shift, "west": grid.column,
         "mask": (1 << grid.level) - 1, "columns": grid.columns}, grid.level,
    )  # fmt: skip


def of_areas(spots: Sequence[int]) -> Scope:
    """The events somewhere in one of the areas of these spots."""
    return Scope(f"{IN_AREAS} AND spot IN (SELECT unnest($areas))", {"areas": list(spots)}, DETAIL)


def of_mark(key: str) -> Scope:
    """Exactly the events that the badge of a mark counts. Raises `DataError` if the key is not that of a mark."""
    place_ids, cells, manner, shape = Key.parse(key)
    places: list[str] = []
    values: Params = {}
    if cells:
        places.append(_IN_CELLS if len(cells) > 1 else _IN_BOX)
        values |= _values_of(cells)
    if place_ids:
        places.append("spot IN (SELECT spot FROM spots WHERE key IN (SELECT unnest($spot_keys)))")
        values["spot_keys"] = list(place_ids)
    groups = [group_range(where, manner) for where in PLACEMENTS_OF_SHAPE[shape]]
    drawn = " OR ".join(f"grp BETWEEN {first} AND {last}" for first, last in groups)
    return Scope(f"({' OR '.join(places)}) AND ({drawn})", values, DETAIL if place_ids else cells[0].level)


_IN_BOX = "(x BETWEEN $cell_west AND $cell_east AND y BETWEEN $cell_top AND $cell_bottom)"
_IN_CELLS = f"""({_IN_BOX} AND ((y::INTEGER >> $cell_shift::INTEGER) << {DETAIL} | (x::INTEGER >> $cell_shift::INTEGER))
    IN (SELECT unnest($cells)))"""


def _values_of(cells: Sequence[Cell]) -> Params:
    """The parameters for cells of one level; the box around them lets the database skip other rows."""
    shift = DETAIL - cells[0].level
    columns, rows = sorted(cell.column for cell in cells), sorted(cell.row for cell in cells)
    return {
        "cell_west": columns[0] << shift, "cell_east": ((columns[-1] + 1) << shift) - 1,
        "cell_top": rows[0] << shift, "cell_bottom": ((rows[-1] + 1) << shift) - 1,
        "cell_shift": shift, "cells": [cell.row << DETAIL | cell.column for cell in cells],
    }  # fmt: skip


def of_event(event_id: str) -> Scope:
    """One event, if it passes the filters."""
    return Scope("event = hash($event_id)", {"event_id": event_id}, needs_own_row=True)


def of_incident(incident_id: str) -> Scope:
    """The events of one incident."""
    return Scope("incident = hash($incident_id)", {"incident_id": incident_id}, needs_own_row=True)


def of_article(article_id: str) -> Scope:
    """The events read from one article."""
    condition = "article = (SELECT id FROM articles WHERE name = $article_id)"
    return Scope(condition, {"article_id": article_id}, needs_own_row=True)


ORDERS = {
    "newest": "until DESC, since DESC, incident, file, row",
    "oldest": "since, until, incident, file, row",
}
"""Events of one incident are adjacent within the same dates."""

_ROWS_OF_PAGE = (
    "SELECT file, row FROM {{events}} WHERE {{conditions}} AND {{scope}} AND {dated} ORDER BY {{order}} LIMIT $most"
)
EVENTS = f"""SELECT * FROM ({_ROWS_OF_PAGE.format(dated=f"NOT {_UNDATED}")})
    UNION ALL SELECT * FROM ({_ROWS_OF_PAGE.format(dated=_UNDATED)}) LIMIT $limit OFFSET $offset"""
"""Undated events come last; a page rarely reaches them, and the database finds them by their dates."""
SCOPE_COUNT = "SELECT coalesce({n}, 0) FROM {events} WHERE {conditions} AND {scope}"
EVENT = "SELECT file, row FROM events WHERE event = hash($event_id) ORDER BY file, row LIMIT 1"

POSITION_OF_EVENT = """SELECT grp, x, y, (SELECT key FROM spots s WHERE s.spot = e.spot) FROM events e
    WHERE event = hash($event_id) ORDER BY file, row LIMIT 1"""
POSITION_IN_CUBE = "SELECT grp, x, y, (SELECT key FROM spots s WHERE s.spot = e.spot) FROM ({fetched}) e"
SPOTS = """SELECT spot, key, place_id, name, latitude, longitude, radius_km FROM spots
    WHERE spot IN (SELECT unnest($spots))"""
PLACE_FIELDS = ("place_id", "name", "latitude", "longitude", "feature_code", "country_code", "radius_km")
PLACES = """SELECT DISTINCT ON (p.place_id)
        p.place_id, s.name, s.latitude, s.longitude, s.feature_code, s.country_code, s.radius_km
    FROM points p JOIN spots s USING (spot)
    WHERE p.place_id IN (SELECT unnest($place_ids)) AND s.latitude IS NOT NULL ORDER BY p.place_id, s.spot"""
NAME_NUMBERS = {
    "actors": "SELECT id FROM actors WHERE name IN (SELECT unnest($names))",
    "publishers": "SELECT id FROM publishers WHERE name IN (SELECT unnest($names))",
    "points": "SELECT DISTINCT spot FROM points WHERE place_id IN (SELECT unnest($names))",
}

# --- what the project holds

EVENT_NUMBER = "((file::BIGINT << 40) | row)"
"""SQL: a unique number of an event, made of its file and row."""
CREATE_FOUND = f"CREATE TABLE {{table}} AS SELECT e.* FROM events e SEMI JOIN numbers f ON f.number = {EVENT_NUMBER}"
EVENT_COUNT = "SELECT count(*) FROM events"
TYPES_IN_USE = f"SELECT DISTINCT event_type FROM events WHERE {_NOT_REJECTED} ORDER BY event_type"
CENTRES = f"""SELECT s.x, s.y, s.longitude, s.latitude,
        count(*) FILTER (e.grp >= {_ON_MAP} AND e.grp < {_AREA}) AS dots, count(*) FILTER (e.grp >= {_AREA}) AS areas
    FROM spots s LEFT JOIN events e ON e.spot = s.spot
    WHERE s.latitude IS NOT NULL GROUP BY s.spot, s.x, s.y, s.longitude, s.latitude ORDER BY s.spot"""
"""Every spot by number, with the number of events drawn at it as dots and rings, and of those in its area."""

CENTRES_OF_CUBE = "SELECT x, y, longitude, latitude, dots, areas FROM spots WHERE latitude IS NOT NULL ORDER BY spot"

AREAS = f"""SELECT DISTINCT s.spot, s.key, s.place_id, s.name, s.latitude, s.longitude, s.radius_km
    FROM spots s JOIN events e USING (spot) WHERE e.grp >= {_AREA}"""
AREAS_OF_CUBE = "SELECT spot, key, place_id, name, latitude, longitude, radius_km FROM spots WHERE areas > 0"
BINS = "SELECT bin, first, last FROM bins"

CHOICES_LIMIT = 500
CHOICES = {
    "actors": f"""SELECT a.name, a.name, n FROM (SELECT actor AS id, sum(n)::BIGINT AS n FROM (
                SELECT actor1 AS actor, count(*) AS n FROM events WHERE {_NOT_REJECTED} GROUP BY actor1
                UNION ALL
                SELECT actor2, count(*) FROM events WHERE {_NOT_REJECTED} AND actor2 <> actor1 GROUP BY actor2)
            WHERE actor > 0 GROUP BY actor) JOIN actors a USING (id)
        ORDER BY n DESC, a.name LIMIT {CHOICES_LIMIT}""",
    "publishers": f"""SELECT p.name, p.name, count(*) AS n FROM events e JOIN publishers p ON p.id = e.publisher
        WHERE {_NOT_REJECTED} GROUP BY p.name ORDER BY n DESC, p.name LIMIT {CHOICES_LIMIT}""",
    "places": f"""SELECT s.place_id, max(s.name) AS name, sum(e.n)::BIGINT AS n
        FROM (SELECT spot, count(*) AS n FROM events WHERE {_NOT_REJECTED} AND spot >= 0 GROUP BY spot) e
        JOIN spots s USING (spot) WHERE s.place_id <> ''
        GROUP BY s.place_id ORDER BY n DESC, name, s.place_id LIMIT {CHOICES_LIMIT}""",
}
"""The choices of the filters as (value, label, number of events), most frequent first."""
PLACES_OF_CUBE = f"""SELECT place_id, max(name) AS name, sum(listed)::BIGINT AS n FROM spots
    WHERE place_id <> '' AND listed > 0 GROUP BY place_id ORDER BY n DESC, name, place_id LIMIT {CHOICES_LIMIT}"""

# --- a cube: rows that stand for many events

COUNTED_COLUMNS = "since, until, event_type, geo_precision, assertion, status, grp"
"""The columns by which events are counted, other than their position."""
CELL_COUNTS = f"""SELECT {COUNTED_COLUMNS}, (x >> {{shift}}) << {{shift}} AS x, (y >> {{shift}}) << {{shift}} AS y,
    sum(n)::BIGINT AS n, min(spot) AS low, max(spot) AS high{{more}} FROM spot_counts GROUP BY ALL"""
"""From counts by spot to counts by cell. A cell is identified by its north-western corner, in units of `DETAIL`."""
CELL_EXTENT = ", min(x) AS west, max(x) AS east, min(y) AS top, max(y) AS bottom"
"""The extent of the events of a cell."""
SPOT_COUNTS = f"SELECT {COUNTED_COLUMNS}, x, y, spot, count(*) AS n FROM compact GROUP BY ALL"
SPOTS_WITH_COUNTS = f"""SELECT s.*, coalesce(c.dots, 0) AS dots, coalesce(c.areas, 0) AS areas,
        coalesce(c.listed, 0) AS listed
    FROM spots s LEFT JOIN (SELECT spot,
            sum(CASE WHEN grp >= {_ON_MAP} AND grp < {_AREA} THEN n ELSE 0 END)::BIGINT AS dots,
            sum(CASE WHEN grp >= {_AREA} THEN n ELSE 0 END)::BIGINT AS areas,
            sum(CASE WHEN {_NOT_REJECTED} THEN n ELSE 0 END)::BIGINT AS listed
        FROM spot_counts GROUP BY spot) c ON c.spot = s.spot"""
"""The spots with the number of their events drawn as dots and rings, in their area, and not rejected."""
CUBE_SPAN = f"""SELECT min(since), max(until) FROM counted
    WHERE {_NOT_REJECTED} AND assertion <> {CODES[Assertion.BACKGROUND]} AND until < DATE '{date.max}'"""
COUNTS_BY_DATES = f"""SELECT since, until, {{n}} AS n FROM {{events}} WHERE {{conditions}} AND {{scope}}
    GROUP BY since, until ORDER BY {_UNDATED}, {{order}}"""
"""Number of events by their dates, in the order of `EVENTS`."""
PAGE_OF_DAYS = f"""SELECT file, row FROM ({{fetched}})
    WHERE {{conditions}} AND {{scope}} AND (since, until) IN ({{pairs}})
    ORDER BY {_UNDATED}, {{order}} LIMIT $limit OFFSET $offset"""
PASSING_ROWS = f"""SELECT file, row FROM ({{fetched}}) WHERE {{conditions}}
    ORDER BY {_UNDATED}, {ORDERS["newest"]} LIMIT $limit"""
"""Two queries of the events' own rows: a page of those with certain pairs of dates, and all rows already selected."""
DAY_ORDERS = {"newest": "until DESC, since DESC", "oldest": "since, until"}
