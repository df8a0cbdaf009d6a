"""What every store must answer: counts that add up, marks whose badge equals their list, filters that mean it."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.errors import DataError
from dashboard.filters import Filters
from dashboard.marks import Manner, Shape
from dashboard.model import (
    Article,
    Assertion,
    DatePrecision,
    Event,
    EventType,
    GeoPrecision,
    Place,
    Status,
)
from dashboard.project.read import Project
from dashboard.store import queries
from dashboard.store.store import within_span
from tests.support.made_events import store_of

D = date
KABUL = Place(place_id="p:kabul", name="Kabul", latitude=34.5, longitude=69.2, feature_code="PPLC", country_code="AF")
KP = Place(place_id="p:kp", name="Khyber Pakhtunkhwa", latitude=34.9, longitude=72.6, feature_code="ADM1")
ARTICLE = Article(article_id="a1", title="", text="", sha256="", publisher="The Paper")
UNKNOWN = DatePrecision.UNKNOWN


def event(event_id, first=None, last=None, *, place="p:kabul", precision="settlement", **fields):
    last = last or first
    grain = UNKNOWN if first is None else DatePrecision.DAY if first == last else DatePrecision.DAYS
    return Event(
        event_id=event_id,
        incident_id=fields.pop("incident_id", event_id),
        date_start=first,
        date_end=last,
        date_precision=grain,
        place_id=place,
        geo_precision=GeoPrecision(precision),
        **fields,
    )


EVENTS = (
    event(
        "day", D(2025, 10, 11), event_type=EventType.BATTLE, article_id="a1", actor1="Red", passage="Clashes broke out"
    ),
    event("days", D(2025, 10, 11), D(2025, 10, 19), event_type=EventType.EXPLOSION, actor2="Red"),
    event("late", D(2025, 10, 29), event_type=EventType.BATTLE, status=Status.CONFIRMED),
    event("undated", event_type=EventType.TALKS, title="Überfall in Кабул"),
    event("province", D(2025, 10, 12), place="p:kp", precision="admin1", event_type=EventType.BATTLE),
    event("country", D(2025, 10, 12), place="p:kp", precision="country"),
    event("nowhere", D(2025, 10, 13), place="", precision="unlocated"),
    event("lost", D(2025, 10, 13), place="p:gone", precision="settlement"),
    event("threat", D(2025, 10, 14), assertion=Assertion.THREATENED, event_type=EventType.STATEMENT),
    event("denied", D(2025, 10, 14), assertion=Assertion.DENIED, incident_id="day"),
    event("history", D(2021, 1, 1), D(2021, 12, 31), assertion=Assertion.BACKGROUND),
    event("rejected", D(2025, 10, 14), status=Status.REJECTED),
)


@pytest.fixture(params=["project", "parquet", "cube"])
def open_store(request):
    """`open_store(events)`: a store of each kind over the same rows."""
    return lambda events: store_of(request.param, project(events))


def project(events):
    return Project(
        folder=Path(),
        articles={"a1": ARTICLE},
        places={"p:kabul": KABUL, "p:kp": KP},
        events=tuple(events),
        version="1",
    )


@pytest.fixture
def store(open_store):
    return open_store(EVENTS)


def ids(events):
    return {e.event_id for e in events}


def test_the_counts_are_those_counted_by_hand(store):
    summary = store.summarise(Filters(date_from=D(2025, 10, 12), date_to=D(2025, 10, 20)))
    # In: days (partly), undated, province, country, nowhere, lost, threat, denied. Out: day, late, history.
    assert (summary.total, summary.matched, summary.outside) == (11, 8, 3)
    assert (summary.on_map, summary.as_areas, summary.off_map) == (4, 1, 3)
    assert (summary.undated, summary.partial) == (1, 1)
    assert summary.type_counts == {
        EventType.EXPLOSION: 1,
        EventType.TALKS: 1,
        EventType.BATTLE: 1,
        EventType.OTHER: 4,
        EventType.STATEMENT: 1,
    }


def test_acts_threats_and_history_at_one_place_are_three_marks(store):
    marks = {m.key: m for m in store.summarise(Filters()).marks}
    assert set(marks) == {"p:kabul.act.dot", "p:kabul.named.dot", "p:kabul.background.dot", "p:kp.act.area"}
    act = marks["p:kabul.act.dot"]
    assert (act.count, act.label, act.latitude, act.longitude) == (4, "Kabul", 34.5, 69.2)
    assert act.types == ((EventType.BATTLE, 2), (EventType.EXPLOSION, 1), (EventType.TALKS, 1))
    assert act.pending
    assert (marks["p:kabul.named.dot"].manner, marks["p:kabul.named.dot"].count) == (Manner.NAMED, 2)
    assert marks["p:kp.act.area"].shape is Shape.AREA


def test_a_mark_is_faded_only_if_nothing_in_it_is_sure_to_lie_in_the_period(store):
    def faded(first, last):
        marks = store.summarise(Filters(date_from=first, date_to=last)).marks
        return {m.key: m.faded for m in marks}["p:kabul.act.dot"]

    assert not faded(D(2025, 10, 11), D(2025, 10, 12))  # the day is inside
    assert faded(D(2025, 10, 15), D(2025, 10, 20))  # only the undated one and a part of the days


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(types=(EventType.BATTLE,)), {"day", "late", "province"}),
        (Filters(place_ids=("p:kp",)), {"province", "country"}),
        (Filters(actors=("Red",)), {"day", "days"}),
        (Filters(publishers=("The Paper",)), {"day"}),
        (Filters(precisions=(GeoPrecision.COUNTRY, GeoPrecision.UNLOCATED)), {"country", "nowhere"}),
        (Filters(statuses=(Status.REJECTED,)), {"rejected"}),
        (Filters(statuses=(Status.CONFIRMED,)), {"late"}),
        (Filters(assertions=(Assertion.DENIED, Assertion.BACKGROUND)), {"denied", "history"}),
        (Filters(words="CLASHES broke"), {"day"}),
        (Filters(words="кабул überfall"), {"undated"}),
        (Filters(words="' OR 1=1 --"), set()),
        (Filters(date_to=D(2021, 6, 1)), {"history", "undated"}),
        (Filters(date_from=D(2025, 10, 20)), {"late", "undated"}),
    ],
)
def test_each_filter_keeps_the_events_it_names_or_is_refused(store, filters, expected):
    if any(getattr(filters, field) for field in store.unsupported_filters):
        for ask in (store.events, store.summarise, store.count):
            with pytest.raises(DataError, match=r"counts, which know no .* For that open the events themselves"):
                ask(filters)
        return
    assert ids(store.events(filters)) == expected
    assert store.summarise(filters).matched == len(expected) == store.count(filters)


def test_the_tray_holds_what_is_off_the_map_and_what_has_no_date(store):
    assert ids(store.events(Filters(), scope=queries.TRAY)) == {"country", "nowhere", "lost", "undated"}
    assert store.count(Filters(), scope=queries.TRAY) == 4


def test_events_come_newest_first_with_the_undated_last_and_in_pages(store):
    order = [e.event_id for e in store.events(Filters())]
    assert (order[0], order[-1]) == ("late", "undated")
    assert [e.event_id for e in store.events(Filters(), limit=3, offset=2)] == order[2:5]


def test_an_event_comes_back_as_it_went_in(store):
    for made in EVENTS:
        assert store.event(made.event_id) == made
    assert store.event("nobody") is None
    assert ids(store.events(Filters(), scope=queries.of_incident("day"))) == {"day", "denied"}
    assert ids(store.events(Filters(), scope=queries.of_article("a1"))) == {"day"}


def test_the_mark_of_an_event_is_the_one_that_counts_it(store):
    whole = store.summarise(Filters())
    assert store.mark_of("threat", whole) == "p:kabul.named.dot"
    assert store.mark_of("province", whole) == "p:kp.act.area"
    assert store.mark_of("nowhere", whole) == store.mark_of("nobody", whole) == ""
    with pytest.raises(DataError, match="must be place_id"):
        queries.of_mark("p:kabul")


def test_the_span_leaves_history_out_and_closes_open_bounds(store):
    assert store.span == (D(2025, 10, 11), D(2025, 10, 29))
    closed = within_span(Filters(), store.span)
    assert (closed.date_from, closed.date_to) == store.span
    early = within_span(Filters(date_to=D(2020, 5, 1)), store.span)
    assert (early.date_from, early.date_to) == (D(2020, 5, 1), D(2020, 5, 1))
    assert store.types == (EventType.BATTLE, EventType.EXPLOSION, EventType.TALKS, EventType.STATEMENT, EventType.OTHER)


def test_the_bars_follow_every_filter_but_the_period_and_count_each_dated_event_once(store):
    bars = store.summarise(Filters(date_from=D(2025, 10, 29))).bars
    # All dated events but history and the rejected: 9. "days" is spread over nine days.
    assert sum(bar.certain + bar.spread for bar in bars) == pytest.approx(9)
    assert {bar.start for bar in bars if bar.spread} == {D(2025, 10, 11) + timedelta(days=n) for n in range(9)}
    only = store.summarise(Filters(types=(EventType.STATEMENT,))).bars
    assert [(bar.start, bar.certain) for bar in only] == [(D(2025, 10, 14), 1)]


def test_choices_are_counted_most_frequent_first(store):
    assert [(c.value, c.label, c.count) for c in store.choices["places"]][:2] == [
        ("p:kabul", "Kabul", 7),
        ("p:kp", "Khyber Pakhtunkhwa", 2),
    ]
    expected = [] if "actors" in store.unsupported_filters else [("Red", 2)]
    assert [(c.value, c.count) for c in store.choices["actors"]] == expected


def test_an_empty_project_is_answered_too(open_store):
    summary = open_store(()).summarise(Filters())
    assert (summary.total, summary.matched, summary.marks, summary.bars, summary.span) == (0, 0, (), (), None)


def test_no_extension_can_be_fetched(store):
    settings = dict(store.tables.db.rows("SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions'"))
    assert settings == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def brute(events, filters):
    """The definition of the period and the statuses, in plain Python."""
    first, last = filters.date_from or date.min, filters.date_to or date.max
    return {
        e.event_id
        for e in events
        if e.status is not Status.REJECTED
        and (not filters.types or e.event_type in filters.types)
        and (e.date_start is None or (e.date_start <= last and e.date_end >= first))
    }


def test_random_questions_agree_with_plain_python(open_store):
    chance = random.Random(7)
    made = []
    for n in range(300):
        first = D(2025, 1, 1) + timedelta(days=chance.randrange(60))
        base = event(f"e{n}", first, first + timedelta(days=chance.choice([0, 0, 0, 2, 30])))
        made.append(
            replace(
                base,
                event_type=chance.choice(list(EventType)),
                assertion=chance.choice(list(Assertion)),
                status=chance.choice(list(Status)),
                place_id=chance.choice(["p:kabul", "p:kp", ""]),
                geo_precision=chance.choice(list(GeoPrecision)),
            )
        )
    store = open_store(made)
    for _ in range(60):
        first = D(2025, 1, 1) + timedelta(days=chance.randrange(80))
        types = tuple(chance.sample(list(EventType), chance.choice([0, 0, 1, 3])))
        filters = Filters(date_from=first, date_to=first + timedelta(days=chance.randrange(40)), types=types)
        summary = store.summarise(filters)
        expected = brute(made, filters)
        assert ids(store.events(filters, limit=1000)) == expected
        assert summary.matched == len(expected) == summary.on_map + summary.as_areas + summary.off_map
        listed = [store.events(filters, scope=queries.of_mark(mark.key), limit=1000) for mark in summary.marks]
        assert [len(events) for events in listed] == [mark.count for mark in summary.marks]
        assert sum(mark.count for mark in summary.marks) == summary.on_map + summary.as_areas
        assert all(
            Manner.of(e.assertion) is m.manner for m, events in zip(summary.marks, listed, strict=True) for e in events
        )
