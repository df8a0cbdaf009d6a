"""Parquet is as well guarded as CSV: whatever stands in a file, what is counted and what is shown are one thing.

The files are written by pandas and pyarrow, as people's programs write them.
"""

import datetime
import hashlib
import json
import random
import re

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.filters import Filters
from dashboard.model import DatePrecision
from dashboard.passages import span_of
from dashboard.store.cube.make import make_cube
from dashboard.store.queries import of_mark
from dashboard.store.sources.parquet_cells import LOST, RULES
from dashboard.tables import EVENT_TYPES
from dashboard.ui.shared import cards, wording
from tests.store.sources.test_parquet import opened, row, told, write

D = datetime.date


def frame(rows, **columns):
    """Good rows as pandas writes them, with other columns beside or in the place of theirs."""
    made = pd.DataFrame([row(f"e{n}") for n in range(rows)])
    for name, values in columns.items():
        made[name] = values
    return made


def checked(path):
    """What `check` says: exit code, and the events it counts as left out and loaded."""
    result = CliRunner().invoke(main, ["--data", str(path), "check"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def read_through(store):
    """Every event as the page reads it, by its id; as many as are counted."""
    events = store.events(Filters(), limit=10_000)
    assert len(events) == store.total == store.summarise(Filters()).matched
    return {event.event_id: event for event in events}


@pytest.mark.parametrize("name", [name for name, holds in EVENT_TYPES.items() if holds is not str])
def test_every_number_day_and_choice_has_a_rule(name):
    """Else a column that is new would be read unchecked from Parquet, though `reading` checks it in CSV."""
    judged = " ".join([*LOST.values(), *(rule for rule, _ in RULES.values())])
    assert re.search(rf"\b{name}\b", judged)


@pytest.mark.parametrize(
    ("start", "end", "days", "precision"),
    [
        ("2025-10-05", "2025-10-06T08:30:00Z", (D(2025, 10, 5), D(2025, 10, 6)), DatePrecision.DAYS),
        ("2025-10-05", None, (D(2025, 10, 5), D(2025, 10, 5)), DatePrecision.DAY),
        ("2025-10-05", "", (D(2025, 10, 5), D(2025, 10, 5)), DatePrecision.DAY),
        ("2025-02", None, (D(2025, 2, 1), D(2025, 2, 28)), DatePrecision.MONTH),
        ("2024", None, (D(2024, 1, 1), D(2024, 12, 31)), DatePrecision.YEAR),
        ("2025-10", "2025-11", (D(2025, 10, 1), D(2025, 11, 30)), DatePrecision.DAYS),
        ("2025/10/05", None, None, None),
        ("2025-1-5", None, None, None),
        ("epoch", None, None, None),
        ("infinity", None, None, None),
        ("2025-10-05 yesterday", None, None, None),
        ("2025-02-30", None, None, None),
    ],
)
def test_dates_of_text_are_read_as_in_csv_or_the_row_is_named(tmp_path, start, end, days, precision):
    file = tmp_path / "e.parquet"
    frame(2, date_start=["2025-01-01", start], date_end=["2025-01-01", end], date_precision=None).to_parquet(file)
    store = opened(file)
    events = read_through(store)
    if days:
        assert (events["e1"].date_start, events["e1"].date_end, events["e1"].date_precision) == (*days, precision)
        assert store.project.left_out == {}
    else:
        assert set(events) == {"e0"}
        assert f"'{start}'" in told(store)["date_start.invalid", "date_start"]
        assert "1 of 2 events left out" in checked(file)


@pytest.mark.parametrize("kind", ["timestamp[ns]", "timestamp[ms]", "timestamp[us, tz=UTC]", "date64", "date32"])
def test_instants_of_any_grain_are_days_and_an_empty_end_is_the_start(tmp_path, kind):
    days = pa.array([D(2025, 10, 5)] * 2).cast(
        {"date32": pa.date32(), "date64": pa.date64()}.get(kind, pa.timestamp("us"))
    )
    days = days.cast(kind) if kind.startswith("timestamp") and "tz" not in kind else days
    days = days.cast(pa.timestamp("us", tz="UTC")) if "tz" in kind else days
    table = pa.Table.from_pandas(frame(2).drop(columns=["date_start", "date_end"]))
    table = table.append_column("date_start", days).append_column("date_end", pa.nulls(2))
    pq.write_table(table, tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    assert {(e.date_start, e.date_end) for e in read_through(store).values()} == {(D(2025, 10, 5), D(2025, 10, 5))}


def test_an_empty_end_of_a_month_is_the_end_of_that_month(tmp_path):
    frame(1, date_start=[D(2025, 2, 14)], date_end=[None], date_precision="month").to_parquet(tmp_path / "e.parquet")
    event = read_through(opened(tmp_path / "e.parquet"))["e0"]
    assert (event.date_start, event.date_end) == (D(2025, 2, 1), D(2025, 2, 28))


INFINITE = float("inf")


@pytest.mark.parametrize("text", [False, True])
def test_deaths_that_are_no_number_of_people_are_emptied_counted_and_told(tmp_path, text):
    low = [3.0, INFINITE, -1.0, 2.5, float("nan"), 9.0, 2_000_000.0]
    high = [4.0, 5.0, 5.0, 5.0, 5.0, 1.0, None]
    if text:
        low = ["3", "inf", "-1", "2.5", "", "9", "2e6"]
        high = ["4", "5", "5", "5", "5", "1", None]
    frame(7, fatalities_low=low, fatalities_high=high).to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    events = read_through(store)
    found = [(events[f"e{n}"].fatalities_low, events[f"e{n}"].fatalities_high) for n in range(7)]
    assert found == [(3, 4), (None, 5), (None, 5), (None, 5), (None, 5), (None, None), (None, None)]
    assert "5 rows have such a cell; the first is row 2" in told(store)["fatalities_low.emptied", "fatalities_low"]
    assert "1 row has such a cell; the first is row 6" in told(store)["fatalities_high.emptied", "fatalities_high"]
    assert "fatalities_low.emptied" in checked(tmp_path / "e.parquet")


HOSTILE_NAMES = ["file_index", "File_Row_Number", "filename", "rowid", "file", "row", "lost_date", "grain", "broken",
                 'a"b', "it's", "{{7*7}}", "row_0", "", " x ", "select", "t", "r", "s", "events"]  # fmt: skip


@pytest.mark.parametrize("names", [[name] for name in HOSTILE_NAMES[:6]] + [HOSTILE_NAMES])
def test_own_columns_of_any_name_do_no_harm(tmp_path, names):
    table = pa.Table.from_pandas(frame(3), preserve_index=False)
    for name in names:
        table = table.append_column(name, pa.array([70, 80, 90]))
    pq.write_table(table, tmp_path / "a.parquet")
    write(tmp_path / "b.parquet", [row("other")])
    store = opened(tmp_path)
    events = read_through(store)
    assert {key: event.title for key, event in events.items()} == {
        "e0": "Event e0", "e1": "Event e1", "e2": "Event e2", "other": "Event other",
    }  # fmt: skip
    assert [event.event_id for event in store.events(Filters(words="other"))] == ["other"]
    assert "no row left out" in checked(tmp_path)


def test_names_that_differ_in_case_are_ours_and_a_second_one_is_told(tmp_path):
    made = frame(2).rename(columns={"event_id": "Event ID", "latitude": "LATITUDE"})
    made["Title"] = "the other title"
    made.to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    assert {event.title for event in read_through(store).values()} == {"Event e0", "Event e1"}
    assert any(column.startswith("Title") for code, column in told(store) if code == "header.duplicate")


def test_ids_may_be_numbers_and_a_code_for_the_precision_is_refused_by_name(tmp_path):
    made = frame(3, event_id=[11, 12, 13], incident_id=[7.0, float("nan"), 8.0], source_row_id=[1, 2, 3])
    made.to_parquet(tmp_path / "e.parquet")
    events = read_through(opened(tmp_path / "e.parquet"))
    assert [(key, e.incident_id, e.source_row_id) for key, e in sorted(events.items())] == [
        ("11", "7", "1"), ("12", "", "2"), ("13", "8", "3"),
    ]  # fmt: skip
    frame(3, geo_precision=[1, 3, 4]).to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    assert (store.total, store.project.left_out) == (0, {"e.parquet": 3})
    words = told(store)["geo_precision.invalid", "geo_precision"]
    assert words.startswith("e.parquet, column geo_precision: '1' must be one of exact, settlement, near")
    assert "ACLED" in words


def test_without_place_id_the_point_is_the_place_and_cards_name_it(tmp_path):
    made = frame(2, toponym=["Quetta", ""], latitude=[30.18, -5.5], longitude=[66.99, -70.25], place_name=["", ""])
    made.drop(columns="place_id").to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    events = read_through(store)
    places = store.places(event.place_id for event in events.values())
    assert wording.place_in_words(events["e0"], places[events["e0"].place_id]) == "Quetta"
    assert wording.place_in_words(events["e1"], places[events["e1"].place_id]) == "-5.5000, -70.2500"
    summary = store.summarise(Filters())
    mark = store.mark_of("e0", summary)
    assert [e.event_id for e in store.events(Filters(), scope=of_mark(mark))] == ["e0"]
    card = cards._with_buttons(events["e0"], places[events["e0"].place_id], None, selected=False)
    assert "not placed" not in card
    assert "Show on the map" in card


def test_text_is_limited_as_in_csv(tmp_path):
    long = "word " * 1_000_000
    made = frame(4, passage=["short", long, "short", "x" * 20_000], title=["a", "b", "t" * 501, "d"])
    made.to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    assert set(read_through(store)) == {"e0", "e3"}
    assert "5,000,000 characters; the limit is 20,000." in told(store)["passage.invalid", "passage"]
    assert "501 characters; the limit is 500." in told(store)["title.invalid", "title"]


def test_repeated_ids_and_emptied_cells_are_counted_and_told(tmp_path):
    made = frame(6, event_id=["a", "b", "a", "c", "a", "b"], confidence=[0.5, 7, 0.1, None, INFINITE, 1])
    made["radius_km"] = [5.0, 0.0, -1.0, INFINITE, None, 30_000.0]
    made["place_id"] = ["p:1", "p:1", "no id!", "p:1", "p:1", "p:1"]
    made.to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    assert len(store.events(Filters())) == store.total == 6
    says = told(store)
    assert "3 rows repeat the id of another row, such as 'a'" in says["event_id.repeated", "event_id"]
    assert "2 rows have such a cell; the first is row 2" in says["confidence.emptied", "confidence"]
    assert "4 rows have such a cell; the first is row 2" in says["radius_km.emptied", "radius_km"]
    assert "'no id!'" in says["place_id.emptied", "place_id"]
    assert all(place.radius_km in (None, 5.0) for place in store.places(["p:1"]).values())


def test_coordinates_of_text_that_cannot_be_read_leave_the_row_out(tmp_path):
    frame(3, latitude=["34.5", "34,5", ""], longitude=["69.1", "69,1", ""]).to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    assert set(read_through(store)) == {"e0", "e2"}
    assert "'34,5'" in told(store)["latitude.invalid", "latitude"]


def test_a_column_of_lists_is_named_and_the_rest_is_read(tmp_path):
    frame(2, actor1=[["Red"], ["Blue"]]).to_parquet(tmp_path / "e.parquet")
    store = opened(tmp_path / "e.parquet")
    assert {event.actor1 for event in read_through(store).values()} == {""}
    assert "is VARCHAR[]" in told(store)["column.type", "actor1"]


def test_two_flipped_bits_are_told_and_the_good_file_loads(tmp_path):
    """Wherever they are: pages, statistics, headers. What the format cannot notice is still read without an error."""
    write(tmp_path / "good.parquet", [row(f"g{n}") for n in range(5)])
    write(tmp_path / "bad.parquet", [row(f"b{n}", title=f"Title {n * 7919}") for n in range(200)])
    data, chance, noticed = (tmp_path / "bad.parquet").read_bytes(), random.Random(3), 0
    for at in [4, 20, 60, len(data) // 2, len(data) - 200, len(data) - 20, *chance.choices(range(len(data)), k=6)]:
        harmed = bytearray(data)
        harmed[at] ^= 1 << chance.randrange(8)
        harmed[at + 1] ^= 1 << chance.randrange(8)
        (tmp_path / "bad.parquet").write_bytes(harmed)
        store = opened(tmp_path)
        assert {f"g{n}" for n in range(5)} <= set(read_through(store))
        if "bad.parquet" in store.project.unread:
            noticed += 1
            assert told(store)["file.unreadable", None].startswith("bad.parquet: cannot be read: ")
    assert noticed >= 3


def with_articles(folder, **columns):
    """A set with two events of one article, as Spark writes it; ``columns`` of the article's row."""
    text = "Rebels shelled the town on Sunday. Nobody was hurt."
    cells = {"article_id": "a1", "title": "Shelling", "publisher": "The Paper", "url": "https://example.org/1",
             "published": D(2025, 10, 12), "text": text, "sha256": hashlib.sha256(text.encode()).hexdigest(),
             "language": "en", "retrieved_at": "2025-10-12T00:00:00Z"}  # fmt: skip
    for name in ("events", "articles"):
        (folder / name).mkdir()
    pd.DataFrame([cells | columns]).to_parquet(folder / "articles" / "a.parquet")
    passages = ["Rebels shelled the town on Sunday.", "Nobody was harmed"]
    made = frame(2, article_id="a1", passage=passages, char_start=[0, 35], char_end=[34, 52])
    made.to_parquet(folder / "events" / "e.parquet")
    return opened(folder)


def test_a_passage_is_compared_with_the_article_where_it_is_shown(tmp_path):
    store = with_articles(tmp_path)
    events, article = read_through(store), store.article("a1")
    assert span_of(events["e0"], article) == (0, 34)
    assert span_of(events["e1"], article) is None
    good, bad = (cards.card_html(events[key], None, article) for key in ("e0", "e1"))
    assert "Not verified" not in good
    assert "Not verified" in bad
    assert "Nobody was hurt" in good  # the sentence after it, from the article
    assert "Rebels shelled" not in bad


@pytest.mark.parametrize("published", ["2025-10-12", "12 Oct", 20251012, None])
def test_the_day_of_an_article_may_be_written_in_any_way(tmp_path, published):
    article = with_articles(tmp_path, published=published).article("a1")
    assert article.published == (D(2025, 10, 12) if published == "2025-10-12" else None)
    assert "The Paper" in cards.card_html(read_through(opened(tmp_path))["e0"], None, article)


def test_an_article_with_another_text_than_was_read_says_so(tmp_path):
    store = with_articles(tmp_path, sha256="0" * 64)
    article = store.article("a1")
    assert article.has_changed
    assert "its sha256 is another" in cards.card_html(read_through(store)["e0"], None, article)


def test_a_cube_counts_what_the_events_count(tmp_path):
    made = frame(8, date_end=None, event_id=[1, 2, 3, 4, 5, 6, 7, 7])
    made["geo_precision"] = ["settlement", "1", *["settlement"] * 6]
    made["passage"] = ["p" * 20_001, *["short"] * 7]
    made["fatalities_low"] = [1, 1, INFINITE, 1, 1, 1, 1, 1]
    made["date_start"] = ["2025-10-05", "2025-10-05", "2025-10-05", "2025/10/05", *["2025-10"] * 4]
    made["file_index"] = 9
    made.drop(columns="place_id").to_parquet(tmp_path / "e.parquet")
    events = opened(tmp_path / "e.parquet")
    result = make_cube(tmp_path / "e.parquet", tmp_path / "cube")
    cube = opened(tmp_path / "cube")
    assert (result.events, result.left_out) == (events.total, sum(events.project.left_out.values())) == (5, 3)
    one, other = events.summarise(Filters()), cube.summarise(Filters())
    assert [(m.key, m.count) for m in one.marks] == [(m.key, m.count) for m in other.marks]
    assert cube.events(Filters()) == events.events(Filters())
    said = " ".join(str(problem) for problem in cube.project.problems)
    assert "1 cell of fatalities_low read as empty" in said
    assert "1 row with the id of another" in said


def test_a_cube_leaves_a_damaged_file_out_and_says_which(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    write(folder / "bad.parquet", [row(f"b{n}", title=f"Title {n * 7919}") for n in range(200)])
    write(folder / "good.parquet", [row("g0"), row("g1")])
    harmed = bytearray((folder / "bad.parquet").read_bytes())
    for at in range(40, 400, 7):
        harmed[at] ^= 255
    (folder / "bad.parquet").write_bytes(harmed)
    assert "bad.parquet" in opened(folder).project.unread
    assert make_cube(folder, tmp_path / "cube").events == 2
    cube = opened(tmp_path / "cube")
    assert set(read_through(cube)) == {"g0", "g1"}
    assert any(problem.file == "bad.parquet" for problem in cube.project.problems)
    assert json.loads((tmp_path / "cube" / "cube.json").read_text())["unread"] == ["bad.parquet"]
