import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_project import make, with_cells

from dashboard.cli import main

SAMPLE = Path(__file__).parents[1] / "data"


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
    lines = ["title,toponym,date_start", *[f"Event {n},Kabul,soon" for n in range(140)], "=1,Kabul,"]
    (tmp_path / "events.csv").write_text("\n".join(lines))
    output = check(tmp_path).output.splitlines()
    assert len(output) == 102
    assert output[100] == "… and 41 more: 40 date.format, 1 cell.formula"
    assert output[101] == "141 problems; 140 of 141 events left out. 1 event not yet placed: conflictmap geocode"


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
