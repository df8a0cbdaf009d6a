"""A click on a mark: what it selects, and that the events are read once for it, whatever holds them."""

from datetime import date
from pathlib import Path

import pytest

from dashboard.filters import Filters
from dashboard.model import DatePrecision, Event, GeoPrecision, Place
from dashboard.project.read import Project
from dashboard.ui.explore import page, panel
from dashboard.ui.shared.view_state import View
from tests.support.made_events import store_of

PLACES = {
    "p:kabul": Place(place_id="p:kabul", name="Kabul", latitude=34.5, longitude=69.2, feature_code="PPLC"),
    "p:quetta": Place(place_id="p:quetta", name="Quetta", latitude=30.2, longitude=67.0, feature_code="PPL"),
}


def event(number, place_id):
    day = date(2025, 10, 1 + number)
    return Event(
        event_id=f"e{number:02}",
        date_start=day,
        date_end=day,
        date_precision=DatePrecision.DAY,
        place_id=place_id,
        geo_precision=GeoPrecision.SETTLEMENT,
    )


EVENTS = (event(0, "p:quetta"), *(event(number, "p:kabul") for number in range(1, 12)))
"""One in Quetta and eleven in Kabul, one more than a page."""


@pytest.fixture(params=["project", "parquet", "cube"])
def store(request):
    return store_of(request.param, Project(folder=Path(), places=PLACES, events=EVENTS, version="1"))


@pytest.fixture
def questions(store, monkeypatch):
    """The names of the questions by which events are read."""
    asked = []
    for name in ("events", "event"):
        ask = getattr(store, name)

        def noted(*args, name=name, ask=ask, **named):
            asked.append(name)
            return ask(*args, **named)

        monkeypatch.setattr(store, name, noted)
    return asked


@pytest.fixture
def session(monkeypatch):
    state = {"view": View(filters=Filters())}
    monkeypatch.setattr(page.st, "session_state", state)
    return state


def click(session, mark, count=1):
    drawing = {"properties": {"key": mark}}
    session["map"] = {"last_active_drawing": drawing, "last_object_clicked_count": count}


def selection_after_click(store, session):
    clicked = page._take_up_click(store, session["view"])
    return panel.selection_of(store, session["view"], clicked.events)


def test_a_click_on_one_event_selects_it_and_reads_it_once(store, questions, session):
    click(session, "p:quetta.act.dot")
    selection = selection_after_click(store, session)
    assert ([one.event_id for one in selection.events], selection.total) == (["e00"], 1)
    assert (session["view"].event_id, session["view"].mark) == ("e00", "")
    assert questions == ["events"]


def test_a_click_on_several_events_selects_their_mark_and_reads_its_first_page_once(store, questions, session):
    click(session, "p:kabul.act.dot")
    selection = selection_after_click(store, session)
    assert [one.event_id for one in selection.events] == [f"e{number:02}" for number in range(11, 1, -1)]
    assert selection.total == 11
    assert (session["view"].event_id, session["view"].mark) == ("", "p:kabul.act.dot")
    assert questions == ["events"]


def test_a_click_is_taken_up_once(store, questions, session):
    click(session, "p:quetta.act.dot")
    assert page._take_up_click(store, session["view"])
    assert page._take_up_click(store, session["view"]) is None
    assert questions == ["events"]


def test_a_click_on_a_mark_without_events_in_the_period_selects_nothing(store, session):
    before = session["view"]
    click(session, "p:nowhere.act.dot")
    assert page._take_up_click(store, session["view"]) is None
    assert session["view"] == before


def test_the_last_page_of_a_mark_with_one_event_on_it_stays_a_list(store, session):
    session["view"] = View(filters=Filters(), mark="p:kabul.act.dot")
    panel._turn(panel._list_of_mark(session["view"]), 1)
    click(session, "p:kabul.act.dot")
    selection = selection_after_click(store, session)
    assert ([one.event_id for one in selection.events], selection.total) == (["e01"], 11)
    assert session["view"].mark == "p:kabul.act.dot"
