"""Groups as packed numbers, and the SQL that filters become: both worked out by hand."""

from datetime import date

from dashboard.filters import Filters
from dashboard.marks import Manner
from dashboard.model import EventType, GeoPrecision
from dashboard.store import queries
from dashboard.store.codes import GROUPS, MEANING_OF_GROUP, Dating, Placement, group_range, unpack_group


def test_the_worked_example_of_the_docstring():
    assert unpack_group(424) == (Placement.RING, Manner.NAMED, EventType.STATEMENT, True, Dating.INTERVAL)
    assert GROUPS == 4 * 3 * 9 * 2 * 3 == len(MEANING_OF_GROUP)
    # Of rings that are named: from (2 * 3 + 1) * 54 on, 54 of them.
    assert group_range(Placement.RING, Manner.NAMED) == (378, 431)


def test_the_conditions_of_a_fixed_filter():
    filters = Filters(
        date_to=date(2025, 10, 20), types=(EventType.BATTLE, EventType.TALKS), precisions=(GeoPrecision.NEAR,),
        actors=("Red", "Nobody"),
    )  # fmt: skip
    where, params = queries.conditions(filters, lambda table, names: {"actors": [4]}[table] if "Red" in names else [])
    assert where == (
        "status <> 3 AND since <= $date_to AND until >= $date_from AND event_type IN ($event_type_0, $event_type_1) "
        "AND geo_precision IN ($geo_precision_0) AND (actor1 IN ($actor1_0) OR actor2 IN ($actor2_0))"
    )
    assert params == {
        "date_from": date.min, "date_to": date(2025, 10, 20), "event_type_0": 0, "event_type_1": 6,
        "geo_precision_0": 2, "actor1_0": 4, "actor2_0": 4,
    }  # fmt: skip


def test_the_counts_of_cells_in_full():
    sql = queries.COUNTS_BY_CELL.format(
        **queries.SINGLE._asdict(), events="events", conditions="status <> 3", scope="true"
    )
    assert " ".join(sql.split()) == (
        'SELECT x >> $shift::INTEGER AS "column", y >> $shift::INTEGER AS "row", grp, count(*) AS n, '
        "min(spot) AS low, max(spot) AS high FROM events WHERE status <> 3 AND true GROUP BY ALL"
    )
    page = queries.EVENTS.format(events="events", conditions="true", scope="true", order="until")
    assert page.count("DATE '9999-12-31'") == 2, "first those with a date, then those without"
