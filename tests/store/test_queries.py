"""The text of the queries: the worked example of their module, and that a database understands each of them."""

import re
from datetime import date
from pathlib import Path

import pytest

from dashboard.filters import Filters
from dashboard.model import DatePrecision, Event, EventType, GeoPrecision, Place
from dashboard.project.read import Project
from dashboard.store import queries
from tests.support.made_events import store_of

FILTERS = Filters(
    date_from=date(2025, 1, 1), types=(EventType.BATTLE,), precisions=(GeoPrecision.NEAR,), place_ids=("p:kabul",)
)
VALUES = {"shift": 9, "limit": 10, "offset": 0, "most": 10}
PAIRS = "(DATE '2025-01-01', DATE '2025-01-02')"
FETCHED = "SELECT *, 0 AS file, 0 AS row, 0 AS incident FROM level_14"
TEMPLATES = {
    name: text for name, text in vars(queries).items() if isinstance(text, str) and name[0] != "_" and "{" in text
}
ONLY_OF_A_CUBE = {"EXTENT_OF_CELLS", "COUNTS_BY_DATES", "PAGE_OF_DAYS", "PASSING_ROWS"}
ONLY_OF_EVENTS = {"EVENTS", "EXTENT"}
MADE_BEFOREHAND = {"CELL_COUNTS"}
"""Asked of the tables from which a cube is made; see test_cube."""
OTHERS = {"CREATE_FOUND", "POSITION_IN_CUBE"}
"""Filled without filters."""


@pytest.fixture
def kind(request):
    return request.param


@pytest.fixture
def database(kind):
    day = date(2025, 10, 11)
    kabul = Place(place_id="p:kabul", name="Kabul", latitude=34.5, longitude=69.2, feature_code="PPLC")
    event = Event(
        event_id="e1", date_start=day, date_end=day, date_precision=DatePrecision.DAY, place_id="p:kabul",
        geo_precision=GeoPrecision.SETTLEMENT, event_type=EventType.BATTLE,
    )  # fmt: skip
    return store_of(kind, Project(folder=Path(), places={"p:kabul": kabul}, events=(event,), version="1")).tables.db


@pytest.mark.parametrize("kind", ["project"], indirect=True)
def test_the_worked_example_is_what_a_project_asks(database):
    example = re.search(r"becomes\n\n((?:    .*\n)+)", queries.__doc__)[1]
    text, values = database.filled(queries.SCOPE_COUNT, Filters(types=(EventType.BATTLE,)), queries.TRAY)
    assert text.split() == example.split()
    assert values == {"event_type_0": 0, "date_from": date.min, "date_to": date.max}


ASKED = TEMPLATES.keys() - MADE_BEFOREHAND - OTHERS


@pytest.mark.parametrize(
    ("kind", "name"),
    [("project", name) for name in sorted(ASKED - ONLY_OF_A_CUBE)]
    + [("cube", name) for name in sorted(ASKED - ONLY_OF_EVENTS)],
    indirect=["kind"],
)
def test_every_query_is_complete_and_understood(name, database):
    orders = queries.DAY_ORDERS if name == "COUNTS_BY_DATES" else queries.ORDERS
    parts = {"order": orders["newest"], "fetched": FETCHED, "pairs": PAIRS}
    text, values = database.filled(TEMPLATES[name], FILTERS, queries.ALL, VALUES, **parts)
    assert not re.search(r"[{}]", text), text
    assert set(re.findall(r"\$(\w+)", text)) == values.keys(), text
    database.connection.execute(text, values).fetchall()
