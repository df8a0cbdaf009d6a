"""Counting a period by two searches gives what looking at every event gives."""

import random
from collections import defaultdict
from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.filters import Filters
from dashboard.geo import DETAIL
from dashboard.model import Status
from dashboard.store.codes import ASSERTIONS, MEANING_OF_GROUP, PRECISIONS, STATUSES, TYPES, Dating
from dashboard.store.counting.day_index import LEVEL, NOWHERE, DayIndex
from dashboard.store.counting.groups import z_curve

EPOCH = date(1970, 1, 1)
FIRST = date(2025, 3, 1)
DEFAULT = (0, 0, 0)
"""Precision, assertion and status of an event where a test does not say."""


def index_of(events):
    """``events``: group, column and row of `LEVEL` (or None), first and last day, spot, perhaps how sure and told."""
    rows = [(*event, *DEFAULT[len(event) - 5 :]) for event in sorted(events, key=lambda event: (event[3], event[2]))]
    cells = [NOWHERE if cell is None else int(z_curve(*map(np.array, cell))) for _, cell, *_ in rows]
    days = [[(row[number] - EPOCH).days for row in rows] for number in (2, 3)]
    group, spot, precision, assertion, status = (np.array([row[n] for row in rows]) for n in (0, 4, 5, 6, 7))
    kinds = {"geo_precision": precision, "assertion": assertion, "status": status}
    return DayIndex({
        "grp": group.astype(np.int16), "z": np.array(cells, np.int16), "since": np.array(days[0]),
        "until": np.array(days[1]), "spot": spot, **{name: codes.astype(np.uint8) for name, codes in kinds.items()},
    })  # fmt: skip


def within(first, last, **chosen):
    return Filters(date_from=first, date_to=last, **chosen)


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


def passes(event, filters):
    group, _, since, until, _, precision, assertion, status = event
    return (
        since <= filters.date_to
        and until >= filters.date_from
        and (not filters.types or MEANING_OF_GROUP[group][2] in filters.types)
        and (not filters.precisions or PRECISIONS[precision] in filters.precisions)
        and (not filters.assertions or ASSERTIONS[assertion] in filters.assertions)
        and (STATUSES[status] in filters.statuses if filters.statuses else STATUSES[status] is not Status.REJECTED)
    )


def counted_one_by_one(events, filters, level):
    found, first, last = defaultdict(list), filters.date_from, filters.date_to
    for event in events:
        group, cell, since, until, spot, *_ = event
        if passes(event, filters):
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
    assert lines_of(index.count(within(day[0], day[1]), LEVEL)) == {(3, place): (2, 0, 40)}
    assert lines_of(index.count(within(day[1], day[2]), LEVEL)) == {(3, place): (2, 0, None)}
    assert lines_of(index.count(within(day[0], day[4]), LEVEL)) == {(3, place): (5, 0, None)}
    assert lines_of(index.count(within(day[3], None), LEVEL)) == {(3, place): (2, 0, 40)}
    assert lines_of(index.count(within(date(1900, 1, 1), day[0] - timedelta(days=1)), LEVEL)) == {}
    assert lines_of(index.count(within(None, None), 0)) == {(3, 0): (5, 0, None)}


def test_an_interval_counts_where_it_touches_and_what_has_no_date_always_counts():
    week = (FIRST, FIRST + timedelta(days=6))
    index = index_of([(1, (0, 0), *week, 5), (1, (0, 0), week[1], week[1] + timedelta(days=1), 6),
                      (2, None, date.min, date.max, -1)])  # fmt: skip
    assert lines_of(index.count(within(*week), LEVEL)) == {(1, 0): (2, 1, None), (2, NOWHERE): (1, 0, -1)}
    assert lines_of(index.count(within(FIRST, FIRST), LEVEL)) == {(1, 0): (1, 1, 5), (2, NOWHERE): (1, 0, -1)}
    assert lines_of(index.count(within(date(2030, 1, 1), None), LEVEL)) == {(2, NOWHERE): (1, 0, -1)}
    assert lines_of(index.count(within(None, None), LEVEL)) == {(1, 0): (2, 0, None), (2, NOWHERE): (1, 0, -1)}
    # The longer one begins long before the period; the shorter one, begun later, is over before it.
    index = index_of([(1, (0, 0), FIRST, FIRST + timedelta(days=90), 5),
                      (1, (0, 0), FIRST + timedelta(days=60), FIRST + timedelta(days=61), 6)])  # fmt: skip
    late = (FIRST + timedelta(days=70), FIRST + timedelta(days=80))
    assert lines_of(index.count(within(*late), LEVEL)) == {(1, 0): (1, 1, 5)}


@pytest.mark.parametrize("kinds", [(0,), (1,), (2,), (0, 1, 2)])
def test_random_periods_at_every_level(kinds):
    chance = random.Random(7)
    events = []
    for _ in range(600):
        dating = Dating(chance.choice(kinds))
        since = FIRST + timedelta(days=chance.randrange(60))
        until = since + timedelta(days=chance.choice([1, 2, 4, 8, 90]) if dating is Dating.INTERVAL else 0)
        since, until = (date.min, date.max) if dating is Dating.UNDATED else (since, until)
        cell = chance.choice([None, (0, 0), (1, 0), (31, 31), (16, 3)])
        group, spot = 3 * chance.choice([0, 1, 2, 3, 130]) + dating, chance.choice([2, 2, 2, 9])
        kind = (chance.randrange(3), chance.randrange(2), chance.randrange(len(STATUSES)))
        events.append((group, cell, since, until, spot, *kind))
    index = index_of(events)
    for _ in range(60):
        first = FIRST + timedelta(days=chance.randrange(-5, 66))
        last = first + timedelta(days=chance.choice([0, 1, 5, 40]))
        chosen = {
            "types": chance.sample(TYPES, chance.choice([0, 0, 3])),
            "precisions": chance.sample(PRECISIONS[:4], chance.choice([0, 0, 2])),
            "assertions": chance.sample(ASSERTIONS[:3], chance.choice([0, 0, 2])),
            "statuses": chance.sample(STATUSES, chance.choice([0, 0, 2])),
        }
        filters = within(first, last, **{name: tuple(members) for name, members in chosen.items()})
        for level in range(LEVEL + 1):
            assert lines_of(index.count(filters, level)) == counted_one_by_one(events, filters, level)


def test_no_event_at_all():
    assert lines_of(index_of([]).count(Filters(), LEVEL)) == {}


def test_what_it_does_not_know_it_does_not_answer():
    assert DayIndex.can_answer(Filters(date_from=FIRST, types=TYPES[:1], statuses=STATUSES[:1]))
    assert not DayIndex.can_answer(Filters(actors=("ISAF",)))
    assert not DayIndex.can_answer(Filters(words="river"))
    assert not DayIndex.can_answer(Filters(place_ids=("geonames:1138336",)))
