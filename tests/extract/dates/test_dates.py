"""Dates in text: a list of phrases with expectations worked out by hand, and the rules' promises."""

import csv
import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.extract.dates.calendar_days import day_in_words, easter, feast_day
from dashboard.extract.dates.find import DateMention, find_dates
from dashboard.model import DateBasis, DatePrecision

PHRASES = Path(__file__).parents[2] / "samples" / "dates.csv"
GOLD = Path(__file__).parents[4] / "shared" / "data" / "re3d-dev.jsonl"
WEDNESDAY = date(2025, 10, 29)


def listed_phrases() -> list[dict[str, str]]:
    with PHRASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def mention_of(sentence: str, phrase: str, published: date | None) -> DateMention | None:
    """The mention that shares a character with the phrase, if there is one."""
    start = sentence.find(phrase)
    found = find_dates(sentence, published)
    return next((made for made in found if made.start < start + len(phrase) and start < made.end), None)


def as_row(mention: DateMention | None) -> dict[str, str]:
    if mention is None:
        return dict.fromkeys(("phrase", "first", "last", "precision", "basis"), "") | {"kind": "none"}
    return {
        "phrase": mention.text,
        "kind": mention.kind,
        "first": str(mention.first or ""),
        "last": str(mention.last or ""),
        "precision": mention.precision.value if mention.kind == "date" else "",
        "basis": mention.basis.value if mention.basis else "",
    }


@pytest.mark.parametrize("row", listed_phrases(), ids=lambda row: f"{row['phrase']} ({row['anchor'] or 'undated'})")
def test_every_listed_phrase_is_found_whole_and_read_as_a_careful_reader_does(row):
    published = date.fromisoformat(row["anchor"]) if row["anchor"] else None
    got = as_row(mention_of(row["sentence"], row["phrase"], published))
    if row["kind"] == "none":
        assert got["kind"] == "none", got
    else:
        assert got == {name: row[name] for name in got}


def test_no_length_of_time_is_ever_dated():
    lengths = ["48-hour", "two weeks", "a week", "three years", "the past two weeks", "the last year", "six months",
               "a 20-day", "36 hours", "several days", "one month", "two and a half years", "the next ten days",
               "week-long", "the past few months", "10-12 days", "twenty-four hours", "four more days"]  # fmt: skip
    for phrase in lengths:
        for mention in find_dates(f"It took {phrase} in all.", WEDNESDAY):
            assert (mention.kind in ("duration", "vague"), mention.first) == (True, None), phrase


def test_a_length_of_time_that_ends_at_publication_tells_how_far_back_it_reaches():
    [mention] = find_dates("Sixty were killed in the past two weeks.", WEDNESDAY)
    assert (mention.kind, mention.first) == ("duration", None)
    assert mention.within == (date(2025, 10, 15), WEDNESDAY)


def test_the_reason_says_in_words_how_the_day_was_found():
    [tuesday] = find_dates("He confirmed it on Tuesday.", WEDNESDAY)
    assert tuesday.reason == "the last Tuesday before publication on Wednesday 29 October 2025"
    [eleventh] = find_dates("Tensions rose on October 11.", WEDNESDAY)
    assert eleventh.reason == "the year is the article’s"
    [undated] = find_dates("He confirmed it on Tuesday.", None)
    assert (undated.first, undated.precision, undated.basis) == (None, DatePrecision.UNKNOWN, None)
    assert undated.reason == "a day of the week needs the day of publication, which is not known"


def test_a_date_written_in_digits_is_undated_where_day_and_month_cannot_be_told_apart():
    def first(written, published):
        [mention] = find_dates(f"It happened on {written}.", published)
        return mention.first

    assert first("03/04/2017", WEDNESDAY) is None
    assert first("03/04/2017", date(2017, 4, 5)) == date(2017, 4, 3)
    assert first("31/04/2017", WEDNESDAY) is None


@pytest.mark.parametrize(
    ("phrase", "first", "last", "precision"),
    [  # published on Thursday 2 November 1989
        ("the third quarter", "1989-07-01", "1989-09-30", "month"),
        ("fiscal 1989", "1989-01-01", "1989-12-31", "year"),
        ("Dec. 15", "1989-12-15", "1989-12-15", "day"),
        ("01-Nov-89", "1989-11-01", "1989-11-01", "day"),
        ("this weekend", "1989-11-04", "1989-11-05", "days"),
        ("next March", "1990-03-01", "1990-03-31", "month"),
        ("mid-1990", "1990-05-01", "1990-08-31", "year"),
        ("March", "1989-03-01", "1989-03-31", "month"),
        ("1990", "1990-01-01", "1990-12-31", "year"),
        ("six months ago", "1989-05-01", "1989-05-31", "month"),
    ],
)
def test_a_phrase_is_read_against_the_day_of_publication(phrase, first, last, precision):
    verb = "will happen" if phrase in ("Dec. 15", "this weekend") else "happened"
    [mention] = find_dates(f"It {verb} in {phrase}.", date(1989, 11, 2))
    assert (mention.text, str(mention.first), str(mention.last), mention.precision) == (phrase, first, last, precision)


def test_now_and_other_words_without_a_day_are_no_dates():
    for phrase in ("now", "recently", "once", "the future", "daily"):
        assert find_dates(f"It happens {phrase}.", WEDNESDAY) == []


def test_the_29th_of_february_without_a_year_is_the_last_one_there_was():
    [mention] = find_dates("The depot burned on February 29.", WEDNESDAY)
    assert mention.first == date(2024, 2, 29)


def test_dates_at_the_ends_of_the_calendar_are_no_crash():
    for text in (
        "in 9999",
        "9999 years ago",
        "on 31 February",
        "0000-00-00",
        "next year",
        "two decades ago",
        "Tuesday",
    ):
        for anchor in (date.min, date.max, None):
            find_dates(f"It happened {text}.", anchor)


def test_feasts_fall_where_the_calendar_has_them():
    assert [easter(year) for year in (2000, 2019, 2025)] == [date(2000, 4, 23), date(2019, 4, 21), date(2025, 4, 20)]
    assert feast_day("thanksgiving day", 2016) == date(2016, 11, 24)
    assert day_in_words(date(2025, 10, 29)) == "Wednesday 29 October 2025"


WORDS = (
    "October 11 11th 2011 the of last next week Tuesday , . - ' May in on from to between and two days ago a few 9/11 "
    "10:30 2025-10-11 1/2/03 early mid \n\n Dec. every Friday past first half said will 48 hour Christmas Eve years "
    "old x 1990s quarter fiscal \u0663 \x00 é"
)
PIECES = st.sampled_from(WORDS.split(" "))


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join), st.none() | st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_whatever_the_text_mentions_are_exact_ordered_and_consistent(text, published):
    end = 0
    for mention in find_dates(text, published):
        assert text[mention.start : mention.end] == mention.text
        assert mention.text.strip() == mention.text != ""
        assert mention.start >= end
        end = mention.end
        assert (mention.first is None) == (mention.last is None) == (mention.precision is DatePrecision.UNKNOWN)
        assert (mention.first is None) == (mention.basis is None)
        if mention.first and mention.last:
            assert mention.kind == "date"
            assert mention.first <= mention.last
            assert (mention.precision is not DatePrecision.DAY) or mention.first == mention.last
            assert mention.basis is not DateBasis.PUBLICATION


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ["a", "1/", "9", "May ", "1-", "the ", "\n ", "October 11 to ", "2011-", "12:", "'", "twenty-", "Monday, ",
     "2025-10-1", "two years ", "first of the ", "Dec.", "early on the night of ", "\u0663"],
)  # fmt: skip
def test_a_long_hostile_text_is_read_to_its_end(piece):
    text = piece * (100_000 // len(piece)) + "\n\nIt fell on 3 June 2019."
    assert find_dates(text, WEDNESDAY)[-1].first == date(2019, 6, 3)


def test_no_date_reaches_over_a_paragraph():
    assert [made.text for made in find_dates("It was October\n\n11 died in\n\n2016", WEDNESDAY)] == ["October"]


def test_the_day_told_before_must_be_near_to_be_counted_from():
    near = "On 5 March 2017 they left. The following day they returned."
    assert find_dates(near, None)[1].first == date(2017, 3, 6)
    far = "On 5 March 2017 they left. " + "Nothing is known of it. " * 40 + "The following day they returned."
    assert find_dates(far, None)[1].first is None


@pytest.mark.skipif(not GOLD.exists(), reason="the gold file is not beside the repository")
def test_phrases_about_time_in_reports_are_found_where_annotators_saw_them():
    counts: Counter[str] = Counter()
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        gold = {(time["start"], time["end"]) for time in report["times"]}
        found = {(made.start, made.end) for made in find_dates(report["text"], WEDNESDAY - timedelta(days=1))}
        counts += Counter(hit=len(gold & found), found=len(found), gold=len(gold))
    assert 2 * counts["hit"] / (counts["found"] + counts["gold"]) >= 0.85
