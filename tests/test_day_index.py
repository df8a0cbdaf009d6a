"""Counting a period by two searches gives what looking at every event gives."""

import random
from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.cluster import DETAIL
from dashboard.store.codes import Dating
from dashboard.store.counting import z_curve
from dashboard.store.day_index import LEVEL, NOWHERE, DayIndex

EPOCH = date(1970, 1, 1)
FIRST = date(2025, 3, 1)


def index_of(events):
    """``events``: group, column and row of `LEVEL` (or None), first and last day, spot; sorted by date as loaded."""
    rows = sorted(events, key=lambda event: (event[3], event[2]))
    cells = [NOWHERE if cell is None else int(z_curve(*map(np.array, cell))) for _, cell, *_ in rows]
    columns = zip(*[(group, (first - EPOCH).days, (last - EPOCH).days, spot) for group, _, first, last, spot in rows],
                  strict=True)  # fmt: skip
    group, since, until, spot = (np.array(column) for column in columns)
    return DayIndex({"grp": group.astype(np.int16), "z": np.array(cells, np.int16), "since": since, "until": until,
                     "spot": spot})  # fmt: skip


def lines_of(groups):
    """Group and place -> events, partial ones, and the spot where it is one and the same."""
    columns = (getattr(groups, name).tolist() for name in ("group", "place", "n", "partial", "low", "high"))
    return {
        (group, place): (n, partial, low if low == high else None)
        for group, place, n, partial, low, high in zip(*columns, strict=True)
    }


def place_of(cell, level):
    if cell is None:
        return NOWHERE
    column, row = (number >> (LEVEL - level) for number in cell)
    return row << DETAIL | column


def counted_one_by_one(events, first, last, level):
    found = defaultdict(list)
    for group, cell, since, until, spot in events:
        if since <= last and until >= first:
            is_partial = group % len(Dating) == Dating.INTERVAL and (since < first or until > last)
            found[group, place_of(cell, level)].append((spot, is_partial))
    lines = {}
    for key, those in found.items():
        spots = {spot for spot, _ in those}
        lines[key] = len(those), sum(is_partial for _, is_partial in those), spots.pop() if len(spots) == 1 else None
    return lines


def test_a_stretch_knows_whether_all_of_it_is_at_one_spot():
    day = [FIRST + timedelta(days=n) for n in range(5)]
    index = index_of([(3, (7, 9), day[n], day[n], spot) for n, spot in enumerate([40, 40, 41, 40, 40])])
    place = 9 << DETAIL | 7
    assert lines_of(index.counted(day[0], day[1], LEVEL)) == {(3, place): (2, 0, 40)}
    assert lines_of(index.counted(day[1], day[2], LEVEL)) == {(3, place): (2, 0, None)}
    assert lines_of(index.counted(day[0], day[4], LEVEL)) == {(3, place): (5, 0, None)}
    assert lines_of(index.counted(day[3], None, LEVEL)) == {(3, place): (2, 0, 40)}
    assert lines_of(index.counted(date(1900, 1, 1), day[0] - timedelta(days=1), LEVEL)) == {}
    assert lines_of(index.counted(None, None, 0)) == {(3, 0): (5, 0, None)}


def test_an_interval_counts_where_it_touches_and_what_has_no_date_always_counts():
    week = (FIRST, FIRST + timedelta(days=6))
    index = index_of([(1, (0, 0), *week, 5), (1, (0, 0), week[1], week[1] + timedelta(days=1), 6),
                      (2, None, date.min, date.max, -1)])  # fmt: skip
    assert lines_of(index.counted(*week, LEVEL)) == {(1, 0): (2, 1, None), (2, NOWHERE): (1, 0, -1)}
    assert lines_of(index.counted(FIRST, FIRST, LEVEL)) == {(1, 0): (1, 1, 5), (2, NOWHERE): (1, 0, -1)}
    assert lines_of(index.counted(date(2030, 1, 1), None, LEVEL)) == {(2, NOWHERE): (1, 0, -1)}


@pytest.mark.parametrize("kinds", [(0,), (1,), (2,), (0, 1, 2)])
def test_random_periods_at_every_level(kinds):
    chance = random.Random(7)
    events = []
    for _ in range(600):
        dating = Dating(chance.choice(kinds))
        since = FIRST + timedelta(days=chance.randrange(60))
        until = since + timedelta(days=chance.randrange(1, 9) if dating is Dating.INTERVAL else 0)
        since, until = (date.min, date.max) if dating is Dating.UNDATED else (since, until)
        cell = chance.choice([None, (0, 0), (1, 0), (31, 31), (16, 3)])
        events.append((3 * chance.randrange(4) + dating, cell, since, until, chance.choice([2, 2, 2, 9])))
    index = index_of(events)
    for _ in range(60):
        first = FIRST + timedelta(days=chance.randrange(-5, 66))
        last = first + timedelta(days=chance.choice([0, 1, 5, 40]))
        for level in range(LEVEL + 1):
            expected = counted_one_by_one(events, first, last, level)
            assert lines_of(index.counted(first, last, level)) == expected
