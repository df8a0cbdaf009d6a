"""The queue's filters are the map's: of a project's files both must find the same events, whatever their cells say."""

import random
from dataclasses import replace

import pytest

from dashboard.filters import Filters
from dashboard.model import Assertion, EventType, GeoPrecision, Status
from dashboard.project.open_tables import OpenTables
from dashboard.project.read import read_project
from dashboard.review.waiting import queue_of
from dashboard.store.event_table import EventTable
from dashboard.store.sources.project import ProjectRows
from dashboard.store.store import Store
from tests.support.made_events import made_filters
from tests.support.made_project import csv_bytes, make, rows

WORDS = ("clash", "KABOL", "kabul", "uberfall", "shelling paper", "ash", "戦", "'--", "the-paper", "governor's", "nimm")
TITLES = ("", "Überfall bei Kabul", "U\u0308berfall", "停戦協定", "The governor's men")
DATES = (("", "", ""), ("2025-10-13", "", ""), ("2025-10", "", "month"), ("2025-10-13", "", "month"),
         ("2025-09-30", "2025-10-02", ""), ("2024", "", "Year"), (" 2025-10-20 ", "2025–10–20", "DAY"),
         ("2025-10-13", "2025-10-01", ""), ("someday", "", ""))  # fmt: skip
"""First and last day and precision as cells, good ones and such as leave the row out."""


def odd_rows(chance, count):
    """Rows whose cells are spelt in every way that is read, and some that cannot be read."""
    made = []
    for n in range(count):
        first, last, precision = chance.choice(DATES)
        without_article = dict.fromkeys(("article_id", "char_start", "char_end"), "")
        made.append(chance.choice(rows("events")) | chance.choice([without_article, {}]) | {
            "event_id": f"x{n}", "title": chance.choice(TITLES), "date_start": first, "date_end": last,
            "date_precision": precision, "sub_event_type": "",
            "event_type": chance.choice(["battle", " Battle", "TALKS", "", "brawl"]),
            "assertion": chance.choice(["", "claimed", "Denied ", "reported"]),
            "status": chance.choice(["", "pending", "Pending ", "confirmed", "rejected"]),
            "geo_precision": chance.choice(["", "exact", "Admin1", "country", "unlocated", "near"]),
            "place_basis": chance.choice(["", "coordinates", "person"]),
            "place_id": chance.choice(["", "geonames:1138958", " local:camp", "geonames:1168873", "gone:1"]),
            "actor1": chance.choice(["", "Side 0", " Side 1"]), "actor2": chance.choice(["", "Side 1"]),
        })  # fmt: skip
    return made


@pytest.fixture
def project(tmp_path):
    return make(tmp_path)


@pytest.fixture
def odd_project(project):
    (project / "events.csv").write_bytes(csv_bytes(odd_rows(random.Random(5), 400)))
    (project / "articles" / "a3.txt").write_bytes(b"Somebody wrote over it.")
    return project


def asked(chance):
    """Filters of every kind, over the words and places of the project here."""
    filters = made_filters(chance)
    return replace(
        filters,
        place_ids=chance.choice([(), ("geonames:1138958",), ("local:camp", "gone:1")]),
        publishers=chance.choice([(), (), ("The Paper",), ("Nobody",)]),
        words=chance.choice(["", "", *WORDS]),
    )


def test_the_queue_holds_what_the_map_counts(odd_project):
    tables, store = OpenTables(odd_project), Store(EventTable(ProjectRows(read_project(odd_project))))
    chance = random.Random(6)
    assert 100 < len(store.events(Filters(statuses=tuple(Status)), limit=1000)) < 390, "some rows cannot be read"
    compared = 0
    chosen = [Filters(words=word) for word in WORDS] + [Filters(publishers=("The Paper",))]
    chosen += [Filters(precisions=(precision,)) for precision in GeoPrecision]
    chosen += [Filters(types=(kind,)) for kind in EventType] + [Filters(assertions=(kind,)) for kind in Assertion]
    for filters in [*chosen, *(asked(chance) for _ in range(60))]:
        queue = queue_of(tables, filters)
        waiting = {e.event_id for e in store.events(replace(filters, statuses=(Status.PENDING,)), limit=1000)}
        assert set(queue.waiting) == waiting, filters
        assert queue.total == store.count(replace(filters, statuses=tuple(Status))), filters
        compared += queue.total
    assert compared > 1000


def test_an_unreadable_row_counts_where_the_cells_that_can_be_read_pass(project):
    table = [row | {"status": "", "title": f"Number {n}"} for n, row in enumerate(rows("events"))]
    table[0] |= {"date_start": "someday", "date_end": "", "event_type": "battle"}
    (project / "events.csv").write_bytes(csv_bytes(table))
    assert queue_of(OpenTables(project), Filters()).unreadable == 1
    assert queue_of(OpenTables(project), Filters(types=(EventType.BATTLE,))).unreadable == 1
    assert queue_of(OpenTables(project), Filters(types=(EventType.RIOT,))).unreadable == 0
    assert queue_of(OpenTables(project), Filters(words="number")).unreadable == 1


def test_a_word_finds_what_begins_with_it_as_on_the_map(project):
    tables = OpenTables(project)
    assert queue_of(tables, Filters(words="shell")).total == 1  # "Shelling of the camp"
    assert queue_of(tables, Filters(words="helling")).total == 0
    assert queue_of(tables, Filters(words="KÁBUL torkhám")).total == 1
