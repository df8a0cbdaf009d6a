import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from streamlit.testing.v1 import AppTest

from dashboard.cli.commands import main
from dashboard.errors import DataError
from dashboard.ingest.check import check_project
from dashboard.project.commit import update_table
from dashboard.project.read import read_project
from tests.conftest import APP
from tests.support.made_project import csv_bytes, ids, make, rows, with_cells

SAMPLE = Path(__file__).parents[2] / "data"


def check(folder, *options):
    return CliRunner().invoke(main, ["--data", str(folder), "check", *options])


def test_a_good_project_is_called_good(tmp_path):
    result = check(make(tmp_path))
    assert (result.exit_code, result.output) == (0, "3 events, 3 places, 3 articles: no problems.\n")


@pytest.mark.skipif(not (SAMPLE / "events.csv").exists(), reason="no sample beside the tests")
def test_the_sample_project_passes_its_own_check():
    result = check(SAMPLE)
    assert (result.exit_code, result.output) == (0, "10 events, 7 places, 1 article: no problems.\n")


def test_each_problem_is_a_line_with_its_place_its_hint_and_its_code(tmp_path):
    with_cells("places", latitude="314")(make(tmp_path))
    result = check(tmp_path)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "error: places.csv, row 2 (line 3), column latitude: '314' is not between -90 and 90. "
        "Check for a missing decimal point. [coordinate.range]",
        "error: events.csv, row 2 (line 3), column place_id: 'local:camp' stands in row 2 of places.csv, which is "
        "left out; the row is loaded without a place. Mend row 2 of places.csv. [place.left_out]",
        "2 problems; 1 of 3 places left out.",
    ]


def test_warnings_and_repairs_alone_are_no_failure(tmp_path):
    with_cells("events", status="Pending", title="=1+1")(make(tmp_path))
    result = check(tmp_path)
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.output.splitlines()] == [
        "fixed",
        "warning",
        "2 problems; no row left out.",
    ]


def test_the_summary_counts_what_is_left_out_of_each_file(tmp_path):
    make(tmp_path)
    with_cells("events", date_start="soon")(tmp_path)
    with_cells("articles", published="soon")(tmp_path)
    assert check(tmp_path).output.splitlines()[-1] == "2 problems; 1 of 3 events and 1 of 3 articles left out."


def test_the_summary_names_the_files_that_are_left_out_whole(tmp_path):
    make(tmp_path)
    with_cells("places", latitude="314")(tmp_path)
    (tmp_path / "events.csv").write_bytes(b"\x1f\x8b")
    assert check(tmp_path).output.splitlines()[-1] == "2 problems; 1 of 3 places and events.csv left out."


def test_json_is_a_list_of_objects_with_the_place_of_each_problem(tmp_path):
    with_cells("events", date_start="05/03/2024")(make(tmp_path))
    result = check(tmp_path, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == [
        {
            "file": "events.csv", "row": 2, "line": 3, "column": "date_start", "code": "date.ambiguous",
            "severity": "error", "message": "'05/03/2024' may be 3 May or 5 March.",
            "hint": "Write 2024-05-03 or 2024-03-05.",
        }
    ]  # fmt: skip
    assert json.loads(check(make(tmp_path / "good"), "--json").output) == []


def test_a_place_of_the_gazetteer_that_is_not_in_places_csv_yet_is_added_by_geocoding(tmp_path):
    (tmp_path / "events.csv").write_text("title,place_id\nBlast,geonames:1138958\n")
    assert check(tmp_path).output.splitlines() == [
        "error: events.csv, row 1 (line 2), column place_id: 'geonames:1138958' is not in places.csv; "
        "the row is loaded without a place. Add it with: conflictmap geocode [place.unknown]",
        "1 problem; no row left out. 1 event not yet placed: conflictmap geocode",
    ]


def test_a_toponym_that_geocoding_could_not_place_is_named_until_somebody_gives_it_a_place(tmp_path):
    (tmp_path / "events.csv").write_text("title,toponym\nBlast,Checkpoint Seven\n")
    awaits = "1 event, 0 places, 0 articles: no problems. 1 event not yet placed: conflictmap geocode"
    assert check(tmp_path).output.splitlines() == [awaits]
    CliRunner().invoke(main, ["--data", str(tmp_path), "geocode"])
    result = check(tmp_path)
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            "warning: events.csv, row 1 (line 2), column toponym: no place of the name 'Checkpoint Seven' is known. "
            "Write place_id yourself, or a row in places.csv with this name, and geocode again. [place.not_found]",
            "1 problem; no row left out.",
        ],
    )
    (tmp_path / "places.csv").write_text("place_id,name,latitude,longitude\nlocal:7,checkpoint seven,31.5,66.1\n")
    assert check(tmp_path).output.splitlines() == [awaits.replace("0 places", "1 place")]


@pytest.mark.parametrize("data", [b"\x1f\x8b", b"place_id,name\ngeonames:1138958,Kabul\n"])
def test_where_places_csv_cannot_be_read_geocoding_is_no_way_out(tmp_path, data):
    make(tmp_path)
    (tmp_path / "places.csv").write_bytes(data)
    output = check(tmp_path).output
    assert "cannot be looked up, as places.csv is left out" in output
    assert "conflictmap geocode" not in output


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bombing", "explosion"),
        ("Clash", "battle"),
        ("ceasefire", "agreement"),
        ("meeting", "talks"),
        ("protst", "protest"),
    ],
)
def test_another_word_for_an_event_type_is_told_ours(tmp_path, written, meant):
    with_cells("events", event_type=written)(make(tmp_path))
    assert f"Did you mean '{meant}'? [enum.unknown]" in check(tmp_path).output


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("local:kamp", "Did you mean local:camp? "),
        ("camp", "Did you mean local:camp? "),
        ("geonames:9138958", "Did you mean geonames:1138958? Add it with: conflictmap geocode "),
        ("geonames:2000000", "Add it with: conflictmap geocode "),
        ("local:elsewhere", ""),
    ],
)
def test_an_id_is_proposed_only_if_it_is_really_near(tmp_path, written, hint):
    with_cells("events", place_id=written)(make(tmp_path))
    assert f"is loaded without a place. {hint}[place.unknown]" in check(tmp_path).output


def test_after_a_hundred_problems_the_rest_is_counted_by_code(tmp_path):
    lines = ["title,toponym,date_start", *[f"Event {n},Kabul,soon {n}" for n in range(140)], "=1,Kabul,"]
    (tmp_path / "events.csv").write_text("\n".join(lines))
    output = check(tmp_path).output.splitlines()
    assert len(output) == 102
    assert output[100] == "… and 41 more: 40 date.format, 1 cell.formula"
    assert output[101] == "141 problems; 140 of 141 events left out. 1 event not yet placed: conflictmap geocode"


def test_one_bad_value_in_many_rows_is_one_line_with_its_first_row(tmp_path):
    dates = ["soon", "2024-03-05", "later", "soon", "soon"]
    lines = ["title,toponym,date_start", *[f"Event {n},Kabul,{day}" for n, day in enumerate(dates)], "short", "short"]
    (tmp_path / "events.csv").write_text("\n".join(lines))
    result = check(tmp_path)
    *told, last = result.output.splitlines()
    assert [line.split(": ")[1] for line in told] == [
        "events.csv, row 1 (line 2), column date_start", "events.csv, row 3 (line 4), column date_start",
        "events.csv, row 6 (line 7)",
    ]  # fmt: skip
    assert "'soon' is not a date" in told[0]
    assert told[0].endswith("2 more rows like it. [date.format]")
    assert told[1].endswith("[date.format]")
    assert "like it" not in told[1]
    assert told[2].endswith("1 more row like it. [row.width]")
    assert last == "6 problems; 6 of 7 events left out. 1 event not yet placed: conflictmap geocode"
    assert len(json.loads(check(tmp_path, "--json").output)) == 6, "for programs each row stands alone"


@pytest.fixture
def badly_damaged(tmp_path):
    """Three good events, and around them 10,200 short rows and 2,400 of an unknown type."""
    make(tmp_path)
    good = rows("events")
    strange = [good[1] | {"event_id": f"x{number}", "event_type": "atack"} for number in range(2_400)]
    head, *lines = csv_bytes([*good, *strange]).splitlines(keepends=True)
    short = [b"short\n"] * 5_100
    (tmp_path / "events.csv").write_bytes(b"".join([head, *short, *lines[:2], *short, *lines[2:]]))
    return tmp_path


def test_of_very_many_problems_ten_thousand_are_kept_and_all_are_counted(badly_damaged, monkeypatch):
    project = read_project(badly_damaged)
    assert ids(project)["events"] == ["e1", "e2", "e3"], "no good row is lost"
    assert len(project.problems) == 10_000
    assert project.all_problems.total == 12_600
    assert project.more_problems == {
        ("events.csv", "row.width", "error"): 200, ("events.csv", "enum.unknown", "error"): 2_400
    }  # fmt: skip
    assert project.left_out == {"events.csv": 12_600}
    result = check(badly_damaged)
    assert result.exit_code == 1
    first, rest, last = result.output.splitlines()
    assert first.startswith("error: events.csv, row 1 (line 2): 1 cells, expected ")
    assert first.endswith("9,999 more rows like it. [row.width]")
    assert rest == "… and 2,600 more: 2,400 enum.unknown, 200 row.width"
    assert last == "12,600 problems; 12,600 of 12,603 events left out."
    objects = json.loads(check(badly_damaged, "--json").output)
    assert len(objects) == 10_002
    assert [(one["code"], one["message"]) for one in objects[-2:]] == [
        ("enum.unknown", "2,400 more problems of this kind."), ("row.width", "200 more problems of this kind."),
    ]  # fmt: skip
    monkeypatch.setenv("CONFLICTMAP_DATA", str(badly_damaged))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    (told,) = [box.label for box in page.expander if "left out" in box.label]
    assert told == "12,600 rows were left out · 12,600 notes on the files"


def test_geocode_and_add_count_the_rows_that_check_counts_and_lose_none(badly_damaged):
    short = (badly_damaged / "events.csv").read_bytes().count(b"\nshort\n")
    geocoded = CliRunner().invoke(main, ["--data", str(badly_damaged), "geocode"])
    assert "events.csv: 12,600 rows could not be read; see: conflictmap check" in geocoded.stderr
    as_geocoded = (badly_damaged / "events.csv").read_bytes()
    assert as_geocoded.count(b"\nshort\n") == short
    text = badly_damaged.parent / "text.txt"
    text.write_text("On 3 May 2024 two people were killed in an attack on a market in Kandahar, police said.")
    added = CliRunner().invoke(main, ["--data", str(badly_damaged), "add", str(text), "--rules-only"])
    assert "events.csv: 12,600 rows could not be read; see: conflictmap check" in added.stderr
    assert added.exit_code == 0
    assert (badly_damaged / "events.csv").read_bytes().startswith(as_geocoded), "with the new event behind it"
    assert "12,600 of 12,604 events left out" in check(badly_damaged).output


def test_errors_behind_ten_thousand_warnings_still_fail(tmp_path):
    lines = ["title,toponym,geo_precision,fatalities_low", *["=1,Kabul,unlocated,"] * 10_100, "A,Kabul,,6x"]
    (tmp_path / "events.csv").write_text("\n".join(f"{line}" for line in lines))
    project, problems = check_project(tmp_path)
    assert {problem.severity for problem in problems if problem.row is not None} != {"error"}
    assert problems.more["events.csv", "number.integer", "error"] == 1
    assert check(tmp_path).exit_code == 1
    assert project.left_out


def test_a_file_with_an_error_behind_ten_thousand_warnings_is_not_saved_and_says_so(tmp_path):
    make(tmp_path)
    head = b"title,toponym\n"
    (tmp_path / "events.csv").write_bytes(head + b'a "b" c,Kabul\n' * 10_001 + b"caf\xe9,Kabul\n")
    with pytest.raises(DataError, match=r"rows of it cannot be read; see conflictmap check\. The file is not written"):
        update_table(tmp_path, "events", lambda table: table)
    assert read_project(tmp_path).left_out["events.csv"] == 10_001


def test_places_with_swapped_coordinates_do_not_take_the_longer_the_more_there_are(tmp_path):
    make(tmp_path)
    swapped = [rows("places")[0] | {"place_id": f"p{n}", "latitude": "120.5", "longitude": "30"} for n in range(10_300)]
    (tmp_path / "places.csv").write_bytes(csv_bytes([*rows("places"), *swapped]))
    project = read_project(tmp_path)
    hints = {problem.hint for problem in project.problems if problem.code == "coordinate.range"}
    assert hints == {"With latitude 30, longitude 120.5 it would fit: swapped?"}
    assert project.left_out == {"places.csv": 10_300}


def test_a_missing_folder_is_a_problem_of_the_data_with_a_way_out(tmp_path):
    result = check(tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "there is no such folder" in result.output
    assert "conflictmap run --sample" in result.output


def test_wrong_use_is_told_apart_from_bad_data(tmp_path):
    assert check(tmp_path, "--no-such-option").exit_code == 2


def test_the_help_has_an_example_that_works(tmp_path, monkeypatch):
    make(tmp_path / "my-project")
    monkeypatch.chdir(tmp_path)
    text = CliRunner().invoke(main, ["check", "--help"]).output
    example = text.split("Example: conflictmap ")[1].split("\n")[0].split()
    assert CliRunner().invoke(main, example).exit_code == 0
