"""Maps go first, passages follow, each one after the other, and nobody waits for ever."""

import threading
import time

import pytest

from dashboard.ui.shared.map_first import RequestQueue

SECONDS = 20
"""A wait that nothing should need."""


def following(turns, told, name):
    return going(turns.following, told, name)


def going(turn, told, name):
    def run():
        with turn():
            told.append(name)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until(condition):
    end = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    assert condition()


def test_those_who_follow_go_in_the_order_they_came_when_nobody_goes_first():
    turns, told, waiting = RequestQueue(patience=SECONDS), [], []
    with turns.first():
        for name in "abc":
            waiting.append(following(turns, told, name))
            until(lambda: len(turns._following) == len(waiting))
        assert told == []
    for thread in waiting:
        thread.join(SECONDS)
    assert told == ["a", "b", "c"]


def test_of_those_who_go_first_one_goes_at_a_time_and_before_who_came_earlier_to_follow():
    turns, told, waiting = RequestQueue(first_patience=SECONDS, patience=SECONDS), [], []
    with turns.first():
        waiting.append(following(turns, told, "passages"))
        until(lambda: len(turns._following) == 1)
        for number, name in enumerate(("map", "another map"), 2):
            waiting.append(going(turns.first, told, name))
            until(lambda: len(turns._first) == number)  # noqa: B023 - asked at once
        assert told == []
    for thread in waiting:
        thread.join(SECONDS)
    assert told == ["map", "another map", "passages"]


def test_one_follows_at_a_time_and_a_fault_gives_the_turn_on():
    turns, told, waiting = RequestQueue(patience=SECONDS), [], []

    def fails():
        with turns.following():
            waiting.append(following(turns, told, "b"))
            until(lambda: len(turns._following) == 2)
            assert told == []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    waiting[0].join(SECONDS)
    assert told == ["b"]


def test_who_has_moved_on_gives_up_the_turn():
    turns, told = RequestQueue(patience=SECONDS), []

    class MovedOnError(Exception):
        pass

    def look_up():
        raise MovedOnError

    with turns.first():
        with pytest.raises(MovedOnError), turns.following(look_up):
            told.append("never")
        last = following(turns, told, "c")
    last.join(SECONDS)
    assert told == ["c"]


def test_nobody_waits_longer_than_patience():
    turns, told = RequestQueue(first_patience=0.1, patience=0.2), []
    with turns.first():
        following(turns, told, "late").join(SECONDS)
        going(turns.first, told, "sooner").join(SECONDS)
        assert told == ["late", "sooner"]
