"""Every question the program asks of its events: plain DuckDB SQL, in one place.

The table ``events`` has the columns of events.csv plus ``latitude``, ``longitude``, ``feature_code``,
``country_code``, ``radius_km``, ``place_name``, ``publisher`` and ``search_text`` (what the words filter looks
in, case-folded). Values reach a query only as named parameters; the SQL text is made of constants.
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Any, NamedTuple

from dashboard.cluster import KEY_PATTERN
from dashboard.errors import DataError, shown
from dashboard.filters import Filters
from dashboard.model import Assertion, Event, EventType, GeoPrecision, Status

Params = dict[str, Any]


EVENT_FIELDS = tuple(field.name for field in fields(Event))
"""The columns of events.csv."""

_TYPES = dict.fromkeys(("date_start", "date_end"), "DATE")
_TYPES |= dict.fromkeys(("char_start", "char_end", "fatalities_low", "fatalities_high", "seq"), "BIGINT")
_TYPES |= dict.fromkeys(("latitude", "longitude", "radius_km", "confidence"), "DOUBLE")

COLUMNS = (
    *EVENT_FIELDS,
    *("seq", "latitude", "longitude", "radius_km"),
    *("feature_code", "country_code", "place_name", "publisher", "search_text"),
)

CREATE = "CREATE TABLE events (" + ", ".join(f"{name} {_TYPES.get(name, 'VARCHAR')}" for name in COLUMNS) + ")"


def _sql_list(values: Sequence[str]) -> str:
    """Constants of our own enumerations as an SQL list; never called with data."""
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


_ACTS = _sql_list([a for a in Assertion if a.is_act])
_AREAS = _sql_list([p for p in GeoPrecision if p.is_area])
_OFF_MAP = _sql_list([p for p in GeoPrecision if p.is_off_map])

WHERE = f"""CASE WHEN latitude IS NULL OR geo_precision IN {_OFF_MAP} THEN 'off'
    WHEN geo_precision IN {_AREAS} THEN 'area'
    WHEN geo_precision = 'near' THEN 'ring' ELSE 'dot' END"""
"""Where an event stands: each is exactly one of off (the tray), area, ring or dot."""

MANNER = f"""CASE WHEN assertion IN {_ACTS} THEN 'act'
    WHEN assertion = 'background' THEN 'background' ELSE 'named' END"""
"""`cluster.Manner` of an event; `test_store` holds the two to each other."""

PARTIAL = "(date_start IS NULL OR date_start < $date_from OR date_end > $date_to)"
"""True if the event may have happened outside the period: it has no date, or only a part of its interval lies in it."""


def conditions(filters: Filters, *, period: bool = True, types: bool = True) -> tuple[str, Params]:
    """The filters as a WHERE clause and its parameters.

    ``period=False`` and ``types=False`` leave that filter out: the histogram follows every filter but the
    period, the legend every filter but the type. Rejected events are left out unless asked for by status.
    """
    params: Params = {
        "date_from": filters.date_from or date.min,
        "date_to": filters.date_to or date.max,
    }
    clauses = [_one_of(params, "status", filters.statuses) if filters.statuses else f"status <> '{Status.REJECTED}'"]
    if period:
        clauses.append("(date_start IS NULL OR (date_start <= $date_to AND date_end >= $date_from))")
    chosen: dict[str, Sequence[str]] = {
        "event_type": filters.types if types else (),
        "place_id": filters.place_ids,
        "publisher": filters.publishers,
        "geo_precision": filters.precisions,
        "assertion": filters.assertions,
    }
    clauses += [_one_of(params, column, values) for column, values in chosen.items() if values]
    if filters.actors:
        either = [_one_of(params, column, filters.actors) for column in ("actor1", "actor2")]
        clauses.append(f"({' OR '.join(either)})")
    for number, word in enumerate(filters.words.casefold().split()):
        params[f"word{number}"] = word
        clauses.append(f"contains(search_text, $word{number})")
    return " AND ".join(clauses), params


def _one_of(params: Params, column: str, values: Sequence[str]) -> str:
    names = []
    for number, value in enumerate(values):
        params[f"{column}{number}"] = str(value)
        names.append(f"${column}{number}")
    return f"{column} IN ({', '.join(names)})"


def only_used(sql: str, params: Params) -> Params:
    """The parameters that the text names; DuckDB refuses others."""
    return {name: value for name, value in params.items() if f"${name}" in sql}


TOTAL = f"SELECT count(*) FROM events WHERE status <> '{Status.REJECTED}'"

SPAN = f"""
SELECT min(date_start), max(date_end) FROM events
WHERE status <> '{Status.REJECTED}' AND assertion <> '{Assertion.BACKGROUND}'"""

COUNTS = f"""
SELECT count(*) AS matched,
    count(*) FILTER (WHERE {WHERE} IN ('dot', 'ring')) AS on_map,
    count(*) FILTER (WHERE {WHERE} = 'area') AS as_areas,
    count(*) FILTER (WHERE {WHERE} = 'off') AS off_map,
    count(*) FILTER (WHERE date_start IS NULL) AS undated,
    count(*) FILTER (WHERE date_start IS NOT NULL AND {PARTIAL}) AS partial
FROM events WHERE {{conditions}}"""

TYPES = f"""
SELECT event_type FROM events WHERE status <> '{Status.REJECTED}'
GROUP BY event_type ORDER BY list_position({[str(t) for t in EventType]}, event_type)"""

TYPE_COUNTS = "SELECT event_type, count(*) FROM events WHERE {conditions} GROUP BY event_type"

MARKS = f"""
SELECT place_id, {WHERE} AS shape, {MANNER} AS manner, event_type, count(*) AS n,
    bool_and({PARTIAL}) AS faded, bool_or(status = '{Status.PENDING}') AS pending,
    any_value(place_name) AS label, any_value(latitude) AS latitude, any_value(longitude) AS longitude,
    any_value(radius_km) AS radius_km
FROM events WHERE {{conditions}} AND {WHERE} <> 'off'
GROUP BY place_id, shape, manner, event_type
ORDER BY place_id, shape, manner, n DESC, event_type"""

HISTOGRAM = f"""
SELECT date_start, date_end, event_type, count(*) AS n FROM events
WHERE {{conditions}} AND date_start IS NOT NULL AND assertion <> '{Assertion.BACKGROUND}'
GROUP BY date_start, date_end, event_type"""
"""Distinct intervals with their counts: few, whatever the number of events. Spread over bins by the caller."""

ORDERS = {
    "newest": "date_end DESC NULLS LAST, date_start DESC NULLS LAST, incident_id, seq",
    "oldest": "date_start NULLS LAST, date_end NULLS LAST, incident_id, seq",
}
"""Events of one incident always stand together within the same dates."""


class Scope(NamedTuple):
    """A part of the events that pass the filters: a condition, and the values of its parameters."""

    condition: str
    values: Params


ALL = Scope("true", {})
TRAY = Scope(f"({WHERE} = 'off' OR date_start IS NULL)", {})
"""Off the map, or without a date."""


def of_mark(key: str) -> Scope:
    """Exactly the events that the badge of a mark counts. Raises `DataError` for what is no key of a mark."""
    match = KEY_PATTERN.fullmatch(key)
    if not match:
        raise DataError(f"The key of a mark must be place_id.manner.shape, got {shown(key)}.")
    values = dict(zip(("place_id", "manner", "shape"), match.groups(), strict=True))
    return Scope(f"place_id = $place_id AND {WHERE} = $shape AND {MANNER} = $manner", values)


def of_event(event_id: str) -> Scope:
    """One event: it passes the filters, or nothing does."""
    return Scope("event_id = $event_id", {"event_id": event_id})


def of_incident(incident_id: str) -> Scope:
    """The rows of one incident."""
    return Scope("incident_id = $incident_id", {"incident_id": incident_id})


def of_article(article_id: str) -> Scope:
    """The events one article tells."""
    return Scope("article_id = $article_id", {"article_id": article_id})


EVENTS = "SELECT {columns} FROM events WHERE {conditions} AND {scope} ORDER BY {order} LIMIT $limit OFFSET $offset"

SCOPE_COUNT = "SELECT count(*) FROM events WHERE {conditions} AND {scope}"

EVENT = "SELECT {columns} FROM events WHERE event_id = $event_id"

MARK_OF = f"SELECT place_id, {MANNER}, {WHERE} FROM events WHERE event_id = $event_id"

CHOICES_LIMIT = 500

_LISTED = f"status <> '{Status.REJECTED}'"

CHOICES = {
    "actors": f"""SELECT actor, actor, count(DISTINCT event_id) AS n FROM (
            SELECT event_id, actor1 AS actor FROM events WHERE {_LISTED}
            UNION ALL SELECT event_id, actor2 FROM events WHERE {_LISTED})
        WHERE actor <> '' GROUP BY actor ORDER BY n DESC, actor LIMIT {CHOICES_LIMIT}""",
    "publishers": f"""SELECT publisher, publisher, count(*) AS n FROM events WHERE {_LISTED} AND publisher <> ''
        GROUP BY publisher ORDER BY n DESC, publisher LIMIT {CHOICES_LIMIT}""",
    "places": f"""SELECT place_id, any_value(place_name) AS name, count(*) AS n FROM events
        WHERE {_LISTED} AND place_id <> '' GROUP BY place_id ORDER BY n DESC, name, place_id LIMIT {CHOICES_LIMIT}""",
}
"""What the filters offer to choose from, as (value, label, events), the most frequent first."""
