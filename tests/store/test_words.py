"""Searching for words, in memory and in a file: the same words are found either way."""

import sqlite3

import pytest

from dashboard.errors import DataError
from dashboard.store.search.words import KEPT_FILES, WordsIndex, index_file

TEXTS = {
    1: "Shells hit the market in Kabul",
    2: "Überfall in Кабул; the Mayor's office is closed",
    3: "喀布尔发生爆炸",
    4: "air-strike on KP, 42 wounded",
    5: "कंधार में धमाका",
    2**41 + 7: "market talks",
}


@pytest.fixture(params=["memory", "file"])
def index(request, tmp_path):
    path = index_file(tmp_path / "cache", "v1") if request.param == "file" else None
    return WordsIndex.open(path, lambda: iter([list(TEXTS.items())]), len(TEXTS), lambda *_: None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("market", {1, 2**41 + 7}),
        ("MARK kab", {1}),  # a word finds what begins with it; all must be there
        ("arket", set()),
        ("uberfall", {2}),
        ("кабул", {2}),
        ("mayor's", {2}),
        ("布尔", {3}),
        ("发生 喀布", {3}),
        ("布喀", set()),
        ("air-strike", {4}),
        ("kp", {4}),
        ("4", {4}),
        ("कंधार", {5}),
        ("' OR 1=1 --", set()),
        ('"market" NEAR(', set()),
        ("market*", {1, 2**41 + 7}),
        ("--", set()),
        ("\0", set()),
        ("\ud800", set()),
        ("x" * 5000, set()),
    ],
)
def test_words_find_the_texts_that_hold_them(index, words, expected):
    assert set(index.find(words).tolist()) == expected


def test_the_file_is_made_once_and_tells_how_far_it_is(tmp_path):
    path, seen = index_file(tmp_path, "v1"), []
    batches = lambda: iter([[(1, "one")], [(2, "two"), (3, "three")]])  # noqa: E731
    WordsIndex.open(path, batches, 3, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (3, 3)]
    again = WordsIndex.open(path, lambda: pytest.fail("made again"), 3, lambda *_: None)
    assert again.find("t").tolist() == [2, 3]
    assert list(tmp_path.iterdir()) == [path]


def test_a_making_that_is_broken_off_leaves_no_file(tmp_path):
    def broken():
        yield [(1, "one")]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        WordsIndex.open(index_file(tmp_path, "v1"), broken, 2, lambda *_: None)
    assert list(tmp_path.iterdir()) == []


def test_old_files_make_room(tmp_path):
    for version in range(KEPT_FILES + 3):
        WordsIndex.open(index_file(tmp_path, f"v{version}"), lambda: iter([[(1, "one")]]), 1, lambda *_: None)
    assert len(list(tmp_path.iterdir())) == KEPT_FILES
    assert index_file(tmp_path, f"v{KEPT_FILES + 2}").exists()


def test_a_file_that_is_no_index_or_cannot_be_written_is_told(tmp_path):
    path = index_file(tmp_path, "v1")
    path.write_bytes(b"no database at all, but long enough to be looked at")
    with pytest.raises((DataError, sqlite3.DatabaseError)):
        WordsIndex.open(path, lambda: iter([]), 0, lambda *_: None).find("one")
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(DataError, match="The index of words cannot be kept"):
        WordsIndex.open(blocked / "words.sqlite", lambda: iter([]), 0, lambda *_: None)
