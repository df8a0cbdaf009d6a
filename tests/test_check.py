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
        "error: events.csv, row 2 (line 3), column place_id: 'local:camp' is not in places.csv; "
        "the row is loaded without a place. [place.unknown]",
        "2 problems; 1 of 3 places left out. 1 event not yet placed: conflictmap geocode",
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
    with_cells("articles", url="ftp://x.test/")(tmp_path)
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
