"""The bar that long commands draw on a terminal."""

import io
import sys

import pytest

from dashboard.cli.options import progress_bar

CURSOR_SHOWN = "\x1b[?25h"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def drawn(monkeypatch):
    """A function that lets a bar count and returns what was drawn on the stream."""

    def count(stream, steps, total, at_least):
        with monkeypatch.context() as patched:  # here, as pytest puts its own stream in place before each test
            patched.setattr(sys, "stderr", stream)
            with progress_bar("Looking up places", at_least=at_least) as show:
                for done in steps:
                    show(done, total)
        return stream.getvalue()

    return count


def test_the_bar_goes_from_the_first_step_to_the_last_and_gives_the_cursor_back(drawn):
    words = drawn(Terminal(), range(1, 602), 601, at_least=500)
    assert words.count("Looking up places") <= 301, "not drawn for every row"
    assert words.index("  0%") < words.index(" 50%") < words.index("100%")
    assert words.endswith(CURSOR_SHOWN + "\n")


def test_the_cursor_comes_back_when_the_work_fails(drawn):
    def failing():
        yield 50
        raise OSError("the disk is full")

    terminal = Terminal()
    with pytest.raises(OSError, match="full"):
        drawn(terminal, failing(), 120, at_least=2)
    assert terminal.getvalue().endswith(CURSOR_SHOWN + "\n")


def test_little_work_and_a_stream_that_nobody_watches_draw_nothing(drawn):
    assert drawn(Terminal(), [499], 499, at_least=500) == ""
    assert drawn(Terminal(), [0], 0, at_least=2) == ""
    assert drawn(io.StringIO(), [600], 600, at_least=500) == ""
