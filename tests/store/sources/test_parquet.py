"""Parquet as it comes: good, bad, changed under way. Every row is counted or named; no file can stop the page."""

import os
from datetime import date

import duckdb
import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.errors import DataError, Severity
from dashboard.filters import Filters
from dashboard.marks import Shape
from dashboard.model import Assertion, DatePrecision, EventType, GeoPrecision, Status
from dashboard.store.event_table import EventTable
from dashboard.store.opening import data_version, open_store
from dashboard.store.queries import of_mark
from dashboard.store.sources.parquet import ParquetRows
from dashboard.store.sources.parquet_files import is_parquet, parquet_files
from dashboard.store.store import Store
from dashboard.tables import EVENT_COLUMNS

KABUL = {"place_id": "geonames:1138958", "toponym": "Kabul", "latitude": 34.52813, "longitude": 69.17233}
D = date


def row(event_id, **cells):
    """A good row; None and missing cells are NULL in the file."""
    good = {
        "event_id": event_id, "incident_id": "i1", "title": f"Event {event_id}", "event_type": "battle",
        "date_start": "2025-10-11", "date_end": "2025-10-11", "date_precision": "day", "geo_precision": "settlement",
        "assertion": "reported", "status": "pending", "passage": "Clashes broke out near Kabul.", "actor1": "Red",
        "feature_code": "PPLC", "country_code": "AF", "radius_km": 5.0, "publisher": "The Paper",
    }  # fmt: skip
    return good | KABUL | cells


TYPES = {"date_start": "DATE", "date_end": "DATE"} | dict.fromkeys(("latitude", "longitude", "radius_km"), "DOUBLE")
TYPES |= dict.fromkeys(("char_start", "char_end", "fatalities_low", "fatalities_high"), "INTEGER")


def write(file, rows, **types):
    """Write rows with DuckDB itself; columns are those of all rows together."""
    kinds = TYPES | types
    names = list(dict.fromkeys(name for one in rows for name in one))
    db = duckdb.connect()
    columns = ", ".join(f"{name} {kinds.get(name, 'VARCHAR')}" for name in names)
    db.execute(f"CREATE TABLE t ({columns})")
    for one in rows:
        db.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(names))})", [one.get(name) for name in names])
    db.execute(f"COPY t TO '{file}' (FORMAT parquet)")
    return file


def opened(path):
    return open_store(path, lambda _: None)


def told(store):
    return {(problem.code, problem.column): str(problem) for problem in store.project.problems}


def test_a_row_comes_back_as_the_event_it_says(tmp_path):
    cells = {
        "sub_event_type": "Armed clash", "date_text": "on October 11", "date_basis": "stated", "claimed_by": "sources",
        "assertion": "claimed", "status": "confirmed", "fatalities_low": 2, "fatalities_high": 3, "confidence": "0.5",
        "char_start": 10, "char_end": 39, "article_id": "a1",
    }  # fmt: skip
    store = opened(write(tmp_path / "e.parquet", [row("e1", **cells)]))
    event = store.event("e1")
    assert (event.event_type, event.assertion, event.status) == (EventType.BATTLE, Assertion.CLAIMED, Status.CONFIRMED)
    assert (event.date_start, event.date_precision) == (D(2025, 10, 11), DatePrecision.DAY)
    assert (event.fatalities_low, event.fatalities_high, event.confidence) == (2, 3, 0.5)
    assert event.passage == "Clashes broke out near Kabul."
    place = store.place("geonames:1138958")
    assert (place.name, place.latitude, place.feature_code, place.country_code) == ("Kabul", 34.52813, "PPLC", "AF")
    (mark,) = store.summarise(Filters()).marks
    assert (mark.key, mark.label, mark.count, mark.pending) == ("geonames:1138958.act.dot", "Kabul", 1, False)
    assert store.event("nobody") is None
    assert store.article("a1") is None


@pytest.mark.parametrize("form", ["DATE", "TIMESTAMP", "VARCHAR"])
def test_dates_may_be_days_instants_or_text(tmp_path, form):
    store = opened(write(tmp_path / "e.parquet", [row("e1")], date_start=form, date_end=form))
    assert store.event("e1").date_start == D(2025, 10, 11)
    assert store.span == (D(2025, 10, 11), D(2025, 10, 11))


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"event_id": "a b"}, "event_id"),
        ({"event_id": None}, "event_id"),
        ({"event_type": "war"}, "event_type"),
        ({"geo_precision": "about"}, "geo_precision"),
        ({"assertion": "shouted"}, "assertion"),
        ({"status": "maybe"}, "status"),
        ({"latitude": 314.5}, "latitude"),
        ({"longitude": None}, "latitude"),
        ({"latitude": float("nan")}, "latitude"),
        ({"date_end": "2025-10-10"}, "date_start"),
        ({"date_start": None}, "date_start"),
        ({"date_start": "1202-10-11"}, "date_start"),
    ],
)
def test_a_row_that_breaks_a_rule_is_left_out_and_named_and_the_others_load(tmp_path, cells, column):
    store = opened(write(tmp_path / "e.parquet", [row("good"), row("bad") | cells, row("good2")]))
    assert store.total == 2
    assert store.project.left_out == {"e.parquet": 1}
    words = told(store)[f"{column}.invalid", column]
    assert "1 row is left out for this; the first is row 2." in words
    assert words.startswith(f"e.parquet, column {column}: ")


def test_text_that_is_no_date_is_a_broken_row_not_an_undated_event(tmp_path):
    rows = [
        row("good"),
        row("bad", date_start="yesterday", date_end="yesterday"),
        row("none", date_start=None, date_end=None),
    ]
    store = opened(write(tmp_path / "e.parquet", rows, date_start="VARCHAR", date_end="VARCHAR"))
    assert {event.event_id for event in store.events(Filters())} == {"good", "none"}
    assert store.summarise(Filters()).undated == 1
    assert ("date_start.invalid", "date_start") in told(store)


def test_cells_that_contradict_each_other_are_left_empty_and_the_event_still_counts(tmp_path):
    cells = {
        "char_start": 5,
        "char_end": 6,
        "fatalities_low": 9,
        "fatalities_high": 1,
        "place_id": "no id!",
        "confidence": 2,
    }
    store = opened(write(tmp_path / "e.parquet", [row("e1", **cells)]))
    event = store.event("e1")
    # Its point is the place of an event whose place_id is none.
    assert (event.char_start, event.fatalities_low, event.place_id) == (None, None, "at:34.52813:69.17233")
    (mark,) = store.summarise(Filters()).marks
    assert [e.event_id for e in store.events(Filters(), scope=of_mark(mark.key))] == ["e1"]


def test_a_place_id_at_two_points_and_points_without_one_are_places_of_their_own(tmp_path):
    rows = [
        row("a"),
        row("b", latitude=34.6),
        row("c", place_id=None, toponym="Camp", latitude=35.0),
        row("d", place_id=None, latitude=35.0),
    ]
    store = opened(write(tmp_path / "e.parquet", rows))
    counts = {mark.key: mark.count for mark in store.summarise(Filters()).marks}
    assert counts == {
        "at:34.52813:69.17233.act.dot": 1,
        "at:34.60000:69.17233.act.dot": 1,
        "at:35.00000:69.17233.act.dot": 2,
    }
    assert all(store.count(Filters(), scope=of_mark(key)) == n for key, n in counts.items())
    assert {e.event_id for e in store.events(Filters(place_ids=("geonames:1138958",)))} == {"a", "b"}


@pytest.mark.parametrize("missing", ["event_id", "event_type", "date_start", "latitude", "geo_precision"])
def test_without_a_column_that_counts_nothing_is_read_and_the_column_is_named(tmp_path, missing):
    cells = row("e1")
    del cells[missing]
    store = opened(write(tmp_path / "e.parquet", [cells]))
    assert store.total == 0
    assert not store.is_empty
    assert store.project.unread == ("e.parquet",)
    assert told(store)["header.missing_column", missing] == (
        f"e.parquet, column {missing}: is missing. Nothing can be counted without it."
    )


def test_a_column_of_a_wrong_type_is_named_with_those_that_are_allowed(tmp_path):
    store = opened(write(tmp_path / "e.parquet", [row("e1", date_start=20251011)], date_start="INTEGER"))
    words = "is INTEGER; it must be DATE or TIMESTAMP or VARCHAR. Nothing can be counted with it."
    assert told(store)["column.type", "date_start"] == f"e.parquet, column date_start: {words}"
    assert store.total == 0


def test_other_missing_columns_are_one_warning(tmp_path):
    store = opened(write(tmp_path / "e.parquet", [row("e1")]))
    (problem,) = store.project.problems
    assert problem.severity is Severity.WARNING
    assert "claimed_by" in problem.message
    assert store.total == 1


def test_a_folder_a_pattern_and_files_with_other_columns_are_one_set(tmp_path):
    (tmp_path / "month=2025-10").mkdir()
    write(tmp_path / "month=2025-10" / "one.parquet", [row("e1"), row("e2", event_type="talks")])
    write(tmp_path / "two.parquet", [row("e3", claimed_by="somebody")])
    (tmp_path / "_temporary").mkdir()
    write(tmp_path / "_temporary" / "half.parquet", [row("e4")])
    (tmp_path / "notes.txt").write_text("no table")
    assert opened(tmp_path).total == 3
    assert opened(tmp_path / "*.parquet").total == 1
    assert opened(tmp_path / "**" / "[a-z]*.parquet").total == 4
    store = opened(tmp_path)
    assert store.event("e3").claimed_by == "somebody"
    assert store.event("e2").event_type is EventType.TALKS
    assert [file.name for file in parquet_files(tmp_path)] == ["two.parquet", "one.parquet"]


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 200 + b"PAR1", b"a,b\n1,2\n"])
def test_a_damaged_file_is_told_and_the_others_load(tmp_path, data):
    write(tmp_path / "good.parquet", [row("e1")])
    (tmp_path / "bad.parquet").write_bytes(data)
    store = opened(tmp_path)
    assert store.total == 1
    assert store.project.unread == ("bad.parquet",)
    assert "the other files load" in told(store)["file.unreadable", None]


def test_an_empty_folder_or_pattern_says_so(tmp_path):
    store = Store(EventTable(ParquetRows(tmp_path / "*.parquet")))
    assert (store.total, store.is_empty) == (0, False)
    assert "there is no Parquet file here" in told(store)["file.missing", None]
    assert not is_parquet(tmp_path)  # an empty folder is a project that is still to be filled


def test_a_file_of_unlike_types_is_named_and_the_others_load(tmp_path):
    write(tmp_path / "a.parquet", [row("e1")])
    write(tmp_path / "b.parquet", [row("e2", event_type=["battle"])], event_type="VARCHAR[]")
    store = opened(tmp_path)
    assert [event.event_id for event in store.events(Filters())] == ["e1"]
    assert told(store)["column.type", "event_type"].startswith(
        "b.parquet, column event_type: is VARCHAR[]; it must be "
    )
    assert store.project.unread == ("b.parquet",)


def test_a_file_that_changes_while_it_is_open_is_told_and_read_anew(tmp_path):
    file = write(tmp_path / "e.parquet", [row(f"e{n}") for n in range(30)])
    store, version = opened(file), data_version(file)
    assert len(store.events(Filters(), limit=5)) == 5
    os.utime(write(file, [row("other")]), (1, 1))
    assert data_version(file) != version
    with pytest.raises(DataError, match="was changed or removed while it was open"):
        store.events(Filters(), limit=30)
    assert opened(file).total == 1
    file.unlink()
    with pytest.raises(DataError, match="was changed or removed"):
        store.events(Filters(), limit=30, offset=5)


def test_names_with_quotes_and_brackets_are_names(tmp_path):
    folder = tmp_path / "it's {{7*7}}"
    folder.mkdir()
    file = write(tmp_path / "plain.parquet", [row("e1")])
    moved = file.rename(folder / "o'clock.parquet")
    assert opened(moved).event("e1").title == "Event e1"


def test_areas_and_country_events_stay_what_they_are(tmp_path):
    rows = [
        row("p", geo_precision="admin1", place_id="geonames:1"),
        row("c", geo_precision="country"),
        row("n", geo_precision="near"),
    ]
    store = opened(write(tmp_path / "e.parquet", rows))
    summary = store.summarise(Filters())
    assert {mark.shape for mark in summary.marks} == {Shape.AREA, Shape.RING}
    assert (summary.on_map, summary.as_areas, summary.off_map) == (1, 1, 1)
    assert store.event("c").geo_precision is GeoPrecision.COUNTRY


def on_the_command_line(path, *arguments):
    result = CliRunner().invoke(main, ["--data", str(path), *arguments])
    return result.exit_code, result.output


def test_the_command_line_checks_parquet_and_says_that_it_is_only_read(tmp_path):
    file = write(tmp_path / "events.parquet", [row("e1"), row("e2", latitude=91.0)])
    code, said = on_the_command_line(file, "check")
    assert code == 1
    assert "column latitude: '91.0' with longitude '69.17233' must be between -90 and 90" in said
    assert said.endswith("2 problems; 1 of 2 events left out.\n")  # the other: columns that are read as empty
    whole = dict.fromkeys(EVENT_COLUMNS, None) | row("e1")
    assert on_the_command_line(write(file, [whole]), "check") == (0, "1 event: no problems.\n")
    for arguments in (["geocode"], ["add", str(file)], ["add", "--folder", str(tmp_path)]):
        (tmp_path / "text.txt").write_text("Clashes broke out near Kabul.")
        code, said = on_the_command_line(file, *arguments)
        assert (code, "is Parquet, which is only read" in said) == (1, True), said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.parquet", "text.txt"]
