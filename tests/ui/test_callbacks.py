"""A press is carried out whole, whatever is pressed meanwhile."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException

from dashboard.ui.shared import uninterrupted
from dashboard.ui.shared.uninterrupted import run_to_end, unless_repeated


class Session:
    """A session in which somebody presses again at some of the looks into it."""

    def __init__(self, pressed_at):
        self.looks, self.pressed_at = 0, pressed_at

    def look(self):
        self.looks += 1
        if self.looks in self.pressed_at:
            raise RerunException(RerunData(query_string=str(self.looks)))


@pytest.mark.parametrize("pressed_at", [{1}, {2}, {3}, {4}, {1, 2}, {2, 4}])
def test_every_step_is_taken_to_its_end_and_the_last_press_comes_next(pressed_at):
    session, file, page = Session(pressed_at), [], []

    def save():
        session.look()
        session.look()
        file.append("saved")
        return tell

    def tell():
        session.look()
        page[:] = ["told"]
        return session.look

    with pytest.raises(RerunException) as ended:
        run_to_end(save)
    assert (file, page) == (["saved"], ["told"])
    assert ended.value.rerun_data.query_string == str(max(pressed_at))


def test_without_another_press_nothing_ends_and_errors_are_no_presses():
    done = []
    run_to_end(lambda: done.append("whole"))
    assert done == ["whole"]
    with pytest.raises(ZeroDivisionError):
        run_to_end(lambda: 1 / 0)


def test_a_press_that_waited_for_the_end_of_the_last_is_the_same_however_long_that_took(monkeypatch):
    now, saved = [100.0], []
    monkeypatch.setattr(uninterrupted, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(uninterrupted.st, "session_state", {})

    def save():
        saved.append(now[0])
        now[0] += 3
        return lambda: None

    unless_repeated(save)
    unless_repeated(save)
    assert saved == [100.0]
    now[0] += uninterrupted.LEAST_SECONDS
    unless_repeated(save)
    assert saved == [100.0, 103.5]


def test_a_press_waits_until_the_page_after_the_last_has_been_on_view(monkeypatch):
    now, saved = [100.0], []
    monkeypatch.setattr(uninterrupted, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(uninterrupted.st, "session_state", {})
    monkeypatch.setattr(uninterrupted.st, "container", lambda key: nullcontext())
    monkeypatch.setattr(uninterrupted, "_held_keys", lambda: lambda key: None)

    def save():
        saved.append(now[0])
        return lambda: None

    def pass_time(seconds):
        now[0] += seconds

    slow_page = uninterrupted.deciding_page(lambda: pass_time(2))
    quick_page = uninterrupted.deciding_page(lambda: None)
    unless_repeated(save)
    slow_page()  # until 102
    pass_time(0.25)
    unless_repeated(save)
    quick_page()
    assert saved == [100.0]
    pass_time(0.5)
    quick_page()  # a run that no press asked for
    unless_repeated(save)
    assert saved == [100.0, 102.75]
