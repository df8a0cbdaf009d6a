"""`conflictmap geocode` and `conflictmap places find`, run on real files."""

import csv
import json

import pytest
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest import geocode
from dashboard.ingest.geocode import geocode_events
from dashboard.project.read import read_project
from dashboard.tables import EVENT_COLUMNS
from tests.support.nominatim_server import SPIN_BOLDAK, answer, running


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_events(folder, *rows):
    columns = [column for column in EVENT_COLUMNS if any(column in row for row in rows)]
    with (folder / "events.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def conflictmap(folder, *arguments, **environment):
    return CliRunner().invoke(main, ["--data", str(folder), *arguments], env=environment)


def by_toponym(folder):
    return {row["toponym"]: row for row in rows_of(folder / "events.csv")}


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.csv")}


def test_a_row_of_title_and_toponym_gets_ids_and_a_place(tmp_path):
    write_events(
        tmp_path,
        {"title": "Blast", "toponym": "Quetta", "date_start": "2025-10"},
        {"title": "Взрыв", "toponym": "Кабул"},
    )
    result = conflictmap(tmp_path, "geocode")
    assert (result.exit_code, result.output) == (
        0,
        "2 places for 2 events; 2 events newly placed; events.csv and places.csv written.\n",
    )
    quetta, kabul = by_toponym(tmp_path)["Quetta"], by_toponym(tmp_path)["Кабул"]
    assert quetta["place_id"] == "geonames:1167528"
    assert kabul["place_id"] == "geonames:1138958"
    assert "capital of Afghanistan" in kabul["place_reason"]
    derived = ("date_end", "date_precision", "geo_precision")
    assert (quetta["date_start"], {quetta[column] for column in derived}) == ("2025-10", {""})
    assert len(quetta["event_id"]) == 12
    assert quetta["incident_id"] == quetta["event_id"] != kabul["event_id"]
    places = rows_of(tmp_path / "places.csv")
    assert [place["name"] for place in places] == ["Kabul", "Quetta"], "sorted by place_id: 1138958, 1167528"
    assert float(places[1]["latitude"]) == pytest.approx(30.18, abs=0.05)
    assert float(places[1]["longitude"]) == pytest.approx(66.99, abs=0.05)
    assert all(place["note"] and place["source"] for place in places)
    assert "population" not in places[0]


def test_doing_it_twice_changes_nothing_not_even_the_time_of_the_files(tmp_path):
    write_events(
        tmp_path, {"title": "Blast", "toponym": "Quetta"}, {"title": "Talks"}, {"title": "x", "toponym": "Nowhereville"}
    )
    conflictmap(tmp_path, "geocode")
    before = stamps(tmp_path)
    result = conflictmap(tmp_path, "geocode")
    assert result.stdout == "1 place for 1 event; 1 event has no place name; nothing changed.\n"
    assert stamps(tmp_path) == before


def test_the_sample_is_as_the_program_writes_it(sample_project):
    before = {name: (sample_project / name).read_bytes() for name in ("events.csv", "places.csv")}
    (sample_project / "places.csv").unlink()
    assert conflictmap(sample_project, "geocode").exit_code == 0
    assert {name: (sample_project / name).read_bytes() for name in before} == before


def test_places_csv_is_written_again_byte_for_byte(sample_project):
    conflictmap(sample_project, "geocode")
    (sample_project / "places.csv").unlink()
    assert conflictmap(sample_project, "geocode").exit_code == 0
    first = (sample_project / "places.csv").read_bytes()
    (sample_project / "places.csv").unlink()
    conflictmap(sample_project, "geocode")
    assert (sample_project / "places.csv").read_bytes() == first
    names = [row["name"] for row in rows_of(sample_project / "places.csv")]
    assert sorted(names) == ["Balochistan", "Doha", "Istanbul", "Kabul", "Kandahar", "Khyber Pakhtunkhwa", "Tora Bora"]


def test_the_sample_is_placed_as_its_readers_placed_it(sample_project):
    """The machine alone, asked anew, finds the places and precisions that people wrote into the sample."""
    judged = rows_of(sample_project / "events.csv")
    cleared = ("place_id", "geo_precision", "place_reason", "status")
    write_events(sample_project, *[{**row, **dict.fromkeys(cleared, "")} if row["toponym"] else row for row in judged])
    (sample_project / "places.csv").unlink()
    assert conflictmap(sample_project, "geocode").exit_code == 0
    for before, after in zip(judged, read_project(sample_project).events, strict=True):
        assert (after.place_id, after.geo_precision) == (before["place_id"], before["geo_precision"])


def test_a_name_nobody_knows_is_told_with_names_like_it_and_the_others_are_placed(tmp_path):
    write_events(tmp_path, {"title": "a", "toponym": "Jalalabaad"}, {"title": "b", "toponym": "Quetta"})
    result = conflictmap(tmp_path, "geocode")
    assert result.exit_code == 1
    assert "events.csv, row 1 (line 2), column toponym: no place of the name 'Jalalabaad' is known." in result.stderr
    assert "Did you mean Jal" in result.stderr
    assert by_toponym(tmp_path)["Quetta"]["place_id"]
    lost = by_toponym(tmp_path)["Jalalabaad"]
    assert (lost["place_id"], lost["geo_precision"]) == ("", "")
    assert lost["place_reason"] == "no place of the name 'Jalalabaad' is known"


def test_a_name_that_becomes_known_is_placed_in_the_next_run(tmp_path):
    write_events(tmp_path, {"title": "a", "toponym": "Checkpoint Seven"})
    assert conflictmap(tmp_path, "geocode").exit_code == 1
    (tmp_path / "places.csv").write_text(
        "place_id,name,latitude,longitude\nlocal:seven,Checkpoint Seven,31.5,66.1\n", encoding="utf-8"
    )
    assert conflictmap(tmp_path, "geocode").exit_code == 0
    (row,) = rows_of(tmp_path / "events.csv")
    assert (row["place_id"], row["place_reason"]) == ("local:seven", "named in places.csv")


def test_a_province_stands_for_an_unknown_village_until_a_person_adds_it(tmp_path):
    toponym = "Xulumbazi, Bakhmut raion, Donetsk oblast, Ukraine"
    write_events(tmp_path, {"title": "a", "toponym": toponym}, {"title": "b", "toponym": "Bunia, DR Congo (Zaire)"})
    assert conflictmap(tmp_path, "geocode").exit_code == 0
    village, bunia = rows_of(tmp_path / "events.csv")
    assert village["place_reason"] == "in no gazetteer; the text puts it in Donetsk"
    kinds = {row["place_id"]: row["feature_code"] for row in rows_of(tmp_path / "places.csv")}
    assert (kinds[village["place_id"]], kinds[bunia["place_id"]]) == ("ADM1", "PPL")
    with (tmp_path / "places.csv").open("a", encoding="utf-8") as file:
        file.write("local:x,Xulumbazi,,PPL,UA,,48.5,38,2,,\n")
    conflictmap(tmp_path, "geocode")
    assert rows_of(tmp_path / "events.csv")[0]["place_id"] == "local:x"


def test_a_row_of_places_csv_that_a_person_changed_wins_and_stays(tmp_path):
    write_events(tmp_path, {"title": "a", "toponym": "Quetta"})
    conflictmap(tmp_path, "geocode")
    text = (tmp_path / "places.csv").read_text(encoding="utf-8").replace("Quetta,,", "Quetta,Shalkot,")
    (tmp_path / "places.csv").write_text(text, encoding="utf-8")
    write_events(tmp_path, {"title": "a", "toponym": "Quetta"}, {"title": "b", "toponym": "Shalkot"})
    assert conflictmap(tmp_path, "geocode").exit_code == 0
    assert [row["place_id"] for row in rows_of(tmp_path / "events.csv")] == ["geonames:1167528"] * 2
    assert by_toponym(tmp_path)["Shalkot"]["place_reason"] == "named in places.csv"
    assert (tmp_path / "places.csv").read_text(encoding="utf-8") == text


def test_what_a_reviewer_chose_is_never_touched(tmp_path):
    elsewhere = {
        "event_id": "e1", "incident_id": "e1", "title": "a", "toponym": "Quetta", "place_id": "geonames:1138958",
        "geo_precision": "near", "place_reason": "the editor knows", "status": "corrected",
    }  # fmt: skip
    nowhere = {**elsewhere, "event_id": "e2", "incident_id": "e2", "place_id": "", "geo_precision": "unlocated"}
    write_events(tmp_path, elsewhere, nowhere)
    before = rows_of(tmp_path / "events.csv")
    result = conflictmap(tmp_path, "geocode")
    assert result.exit_code == 0
    assert "1 event was left without a place by a reviewer" in result.output
    assert rows_of(tmp_path / "events.csv") == before
    (place,) = rows_of(tmp_path / "places.csv")
    assert (place["place_id"], place["note"]) == ("geonames:1138958", "named in events.csv")


def test_an_id_nobody_knows_is_told(tmp_path):
    write_events(tmp_path, {"title": "a", "place_id": "local:gone"}, {"title": "b", "place_id": "geonames:1138958"})
    result = conflictmap(tmp_path, "geocode")
    assert result.exit_code == 1
    assert "column place_id: 'local:gone' is neither in places.csv nor in the gazetteer." in result.stderr
    assert [row["place_id"] for row in rows_of(tmp_path / "places.csv")] == ["geonames:1138958"]


def test_two_rows_of_the_same_words_are_two_events(tmp_path):
    same = {"title": "Shelling", "toponym": "Quetta"}
    write_events(tmp_path, same, same)
    assert conflictmap(tmp_path, "geocode").exit_code == 0
    first, second = (row["event_id"] for row in rows_of(tmp_path / "events.csv"))
    assert second == f"{first}-2"


def test_a_persons_own_columns_order_and_blank_rows_stay(tmp_path):
    (tmp_path / "events.csv").write_text("mood,toponym,title\nbad,Quetta,a\n,,\ngood,Kabul,b\n", encoding="utf-8")
    (tmp_path / "places.csv").write_text(
        "place_id,name,latitude,longitude\nlocal:z,Zett,1,2\nlocal:a,Ah,3,4\n", encoding="utf-8"
    )
    assert conflictmap(tmp_path, "geocode").exit_code == 0
    rows = rows_of(tmp_path / "events.csv")
    assert [(row["mood"], row["toponym"]) for row in rows] == [("bad", "Quetta"), ("", ""), ("good", "Kabul")]
    assert set(rows[1].values()) == {""}
    ids = [row["place_id"] for row in rows_of(tmp_path / "places.csv")]
    assert ids == ["local:z", "local:a", "geonames:1138958", "geonames:1167528"]


def test_progress_counts_the_rows(tmp_path):
    write_events(tmp_path, {"title": "a", "toponym": "Quetta"}, {"title": "b"})
    seen = []
    geocode_events(tmp_path, Gazetteer.open(), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_a_folder_that_is_not_there_or_holds_no_events_is_one_sentence_with_a_way_out(tmp_path):
    missing, empty = conflictmap(tmp_path / "nowhere", "geocode"), conflictmap(tmp_path, "geocode")
    for result in (missing, empty):
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("Error: ")
        assert "conflictmap run --sample" in result.stderr
    assert "there is no such folder" in missing.stderr
    assert "events.csv: " in empty.stderr
    assert not (tmp_path / "events.csv").exists()


@pytest.mark.parametrize(
    ("head", "separator", "told"),
    [
        ("", ";", "events.csv is now written with commas between the columns."),
        ("\ufeff", ",", "events.csv is now written without the byte order mark it began with."),
        ("\ufeff", "\t", "written with commas between the columns and without the byte order mark it began with."),
        ("", ",", "written."),
    ],
)
def test_a_file_of_another_form_is_told_when_it_is_written_in_ours(tmp_path, head, separator, told):
    text = f"{head}title{separator}toponym\nBlast{separator}Quetta\n"
    (tmp_path / "events.csv").write_text(text, encoding="utf-8")
    result = conflictmap(tmp_path, "geocode")
    assert result.stdout.endswith(f"{told}\n")
    assert result.stdout.count("now written") == (told != "written.")
    assert (tmp_path / "events.csv").read_bytes().startswith(b"title,toponym,event_id,")


def test_an_event_whose_place_stands_in_a_bad_row_points_at_that_row(tmp_path):
    write_events(tmp_path, {"title": "a", "place_id": "local:camp"})
    (tmp_path / "places.csv").write_text("place_id,name,latitude,longitude\nlocal:camp,Camp,314,66\n", encoding="utf-8")
    result = conflictmap(tmp_path, "geocode")
    assert result.exit_code == 1
    assert (
        "'local:camp' stands in row 1 of places.csv, which cannot be read. Mend row 1 of places.csv." in result.stderr
    )


def test_online_places_what_the_gazetteer_lacks_and_never_what_it_has(tmp_path):
    write_events(
        tmp_path,
        {"title": "a", "toponym": "Spin Boldak Gate Nine"},
        {"title": "b", "toponym": "KP"},
        {"title": "c", "toponym": "Quetta"},
        {"title": "d", "toponym": "XQZ"},
    )
    with running() as server:
        server.answers["Spin Boldak Gate Nine"] = [answer(SPIN_BOLDAK)]
        settings = {
            "CONFLICTMAP_NOMINATIM_URL": f"http://127.0.0.1:{server.port}",
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
        }
        result = conflictmap(tmp_path, "geocode", "--online", **settings)
        assert result.exit_code == 1, "XQZ stays unknown"
        assert f"Names unknown here are sent to 127.0.0.1:{server.port}." in result.stderr
        assert [name for name, *_ in server.asked] == ["Spin Boldak Gate Nine"]
        place = by_toponym(tmp_path)["Spin Boldak Gate Nine"]
        assert place["place_id"] == "osm:node250867023"
        assert place["place_reason"] == f"answer of 127.0.0.1:{server.port}, to be reviewed"
        first = (tmp_path / "places.csv").read_bytes()
        assert "© OpenStreetMap contributors (ODbL)" in first.decode()
        (tmp_path / "places.csv").unlink()
        assert "run with --online" in conflictmap(tmp_path, "geocode").stderr
        (tmp_path / "places.csv").unlink()
        conflictmap(tmp_path, "geocode", "--online", **settings)
        assert (tmp_path / "places.csv").read_bytes() == first
        assert len(server.asked) == 1


def test_trouble_online_is_told_once_and_the_rest_is_placed(tmp_path):
    write_events(tmp_path, *[{"title": "a", "toponym": name} for name in ("Qqq One", "Qqq Two", "Quetta")])
    with running() as server:
        server.answers["Qqq One"] = [(403, {}, b"", 0)]
        url = f"http://127.0.0.1:{server.port}"
        result = conflictmap(
            tmp_path, "geocode", "--online", CONFLICTMAP_NOMINATIM_URL=url, XDG_CACHE_HOME=str(tmp_path / "cache")
        )
        assert len(server.asked) == 1
    assert result.exit_code == 1
    assert result.stderr.count("it answered with status 403") == 1
    assert by_toponym(tmp_path)["Quetta"]["place_id"]


def test_the_public_server_needs_a_contact(tmp_path):
    result = conflictmap(tmp_path, "geocode", "--online", CONFLICTMAP_CONTACT="", CONFLICTMAP_NOMINATIM_URL="")
    assert result.exit_code == 2
    assert "Set CONFLICTMAP_CONTACT to your e-mail or web address." in result.stderr


def test_places_find_shows_candidates_with_kind_population_score_and_why(tmp_path):
    result = conflictmap(tmp_path, "places", "find", "Doha")
    assert result.exit_code == 0
    header, first, *_ = result.output.splitlines()
    assert header.split() == ["place_id", "name", "country", "kind", "population", "score", "why"]
    assert first.startswith("geonames:290030  ")
    for words in ("Doha", "QA", "capital (PPLC)", "344,939", "capital of Qatar"):
        assert words in first


def test_places_find_gives_programs_a_list_of_objects(tmp_path):
    result = conflictmap(tmp_path, "places", "find", "KP", "--json")
    found = json.loads(result.output)
    assert {"place_id", "name", "country_code", "feature_code", "latitude", "longitude", "score"} <= found[0].keys()
    assert {one["country_code"] for one in found} == {"PK"}
    assert found[0]["score"] == max(one["score"] for one in found)


def test_places_find_heeds_the_words_around_the_name(tmp_path):
    result = conflictmap(tmp_path, "places", "find", "Kabul", "--context", "in Kabul province", "--json")
    assert json.loads(result.output)[0]["feature_code"] == "ADM1"


def test_places_find_of_an_unknown_name_suggests_and_fails(tmp_path):
    result = conflictmap(tmp_path, "places", "find", "Jalalabaad")
    assert result.exit_code == 1
    assert "no place of the name 'Jalalabaad' is known. Did you mean Jal" in result.stderr
    result = conflictmap(tmp_path, "places", "find", "Jalalabaad", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (1, [])


@pytest.mark.parametrize("name", ["", "  "])
def test_places_find_of_nothing_is_wrong_use(tmp_path, name):
    result = conflictmap(tmp_path, "places", "find", name)
    assert result.exit_code == 2
    assert "NAME is empty" in result.stderr


def test_a_setting_that_cannot_be_used_is_wrong_use(tmp_path):
    result = conflictmap(tmp_path, "places", "find", "Kabul", CONFLICTMAP_GEOCODER="foo")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "CONFLICTMAP_GEOCODER must be none or nominatim, got 'foo'." in result.stderr


@pytest.mark.parametrize("name", ["said", "afghan", "UNSC", "SDF", "T.T.P."])
def test_everyday_words_and_abbreviations_resemble_no_place(tmp_path, name):
    result = conflictmap(tmp_path, "places", "find", name)
    assert result.exit_code == 1
    assert "Did you mean" not in result.stderr


def test_places_find_reads_what_stands_after_a_comma(tmp_path):
    result = conflictmap(tmp_path, "places", "find", "Hyderabad, Pakistan", "--json")
    first = json.loads(result.output)[0]
    assert (first["place_id"], first["reason"].split(":")[0]) == ("geonames:1176734", "'Hyderabad' in Pakistan")


def test_what_a_file_holds_cannot_drive_the_terminal(tmp_path):
    hostile = "\x1b[2J\x1b]0;owned\x07\u202e"
    (tmp_path / "places.csv").write_text(
        f"place_id,name,alternate_names,latitude,longitude,admin1_name\nlocal:x,Zzz{hostile},Zett,1,2,{hostile}\n",
        encoding="utf-8",
    )
    result = conflictmap(tmp_path, "places", "find", f"Q{hostile}")
    assert result.exit_code == 1
    result_of_own = conflictmap(tmp_path, "places", "find", "Zett")
    for text in (result.output, result_of_own.output):
        assert "\x1b" not in text
        assert "\u202e" not in text


@pytest.mark.parametrize("arguments", [["geocode"], ["places"], ["places", "find"]])
def test_each_help_has_an_example(arguments):
    result = CliRunner().invoke(main, [*arguments, "--help"])
    assert result.exit_code == 0
    assert "Example: conflictmap" in result.output


def test_only_events_that_load_are_told_as_placed(tmp_path):
    write_events(
        tmp_path,
        {"title": "A", "toponym": "Kabul", "date_start": "soon"},
        {"title": "B", "toponym": "Quetta", "date_start": "2025-10"},
        {"title": "C", "toponym": "Nowhereville", "date_start": "never"},
    )
    result = conflictmap(tmp_path, "geocode")
    assert result.exit_code == 1
    assert result.stdout == "1 place for 1 event; 1 event newly placed; events.csv and places.csv written.\n"
    assert "events.csv: 2 rows could not be read" in result.stderr


def test_a_place_that_a_reviewer_adds_meanwhile_is_known(tmp_path, monkeypatch):
    """The rows are read under the lock; so are the places they may name."""
    write_events(tmp_path, {"title": "A", "toponym": "Camp Nine"})
    place = "place_id,name,latitude,longitude\nlocal:camp-nine,Camp Nine,31.5,65.9\n"
    real = geocode.update_table

    def after_the_reviewer(folder, name, change, **named):
        if name == "events" and not (folder / "places.csv").exists():
            (folder / "places.csv").write_text(place, encoding="utf-8")
            write_events(folder, {"title": "A", "toponym": "Camp Nine", "place_id": "local:camp-nine"})
        return real(folder, name, change, **named)

    monkeypatch.setattr(geocode, "update_table", after_the_reviewer)
    report = geocode_events(tmp_path, Gazetteer.open())
    assert (report.problems, report.is_complete, report.events) == ([], True, 1)
    assert read_project(tmp_path).events[0].place_id == "local:camp-nine"
