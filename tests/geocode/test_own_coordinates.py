"""Rows of events.csv with coordinates of their own: these are the place, and the name is only the label there."""

import csv
import io

import pytest

from dashboard.gazetteer.index import Gazetteer
from dashboard.model import GeoPrecision, PlaceBasis
from dashboard.project.open_tables import OpenTables
from dashboard.project.read import read_project
from dashboard.review.candidates import PlaceFinder
from dashboard.review.decide import Decision, Verdict, review_event
from dashboard.review.doubtful_names import names_in_use
from dashboard.review.places import name_now_means, place_moved, place_renamed, places_merged
from dashboard.review.save import save_changes
from tests.cli.test_cli_geocode import conflictmap, rows_of

POINT = "local:at:-8.115:-79.03"
"""Trujillo in Peru. The gazetteer has other Trujillos in Honduras, Spain, Venezuela …"""


def write(folder, text):
    (folder / "events.csv").write_text(text, encoding="utf-8")
    return folder


def geocoded(folder):
    """The result of `conflictmap geocode`, which a second run does not change."""
    result = conflictmap(folder, "geocode")
    before = (folder / "events.csv").read_bytes(), (folder / "places.csv").read_bytes()
    assert "nothing changed" in conflictmap(folder, "geocode").stdout
    assert before == ((folder / "events.csv").read_bytes(), (folder / "places.csv").read_bytes())
    return result


def events(folder):
    return rows_of(folder / "events.csv")


def edit(folder, number, **cells):
    """Another program writes these cells into a row, counted from 1."""
    table = events(folder)
    table[number - 1].update(cells)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    write(folder, out.getvalue())


@pytest.mark.parametrize("header", ["latitude,longitude", "lat,lon", "Lat,Lng", "LATITUDE,Longitude", "lat,long"])
def test_coordinates_are_the_place_and_the_name_is_its_label(tmp_path, header):
    write(tmp_path, f"title,toponym,{header},date_start\nRoad block,Trujillo,-8.115,-79.03,2023-01-09\n")
    assert geocoded(tmp_path).exit_code == 0
    project = read_project(tmp_path)
    (event,) = project.events
    place = project.places[event.place_id]
    assert (event.place_id, event.place_basis, event.geo_precision) == (
        POINT, PlaceBasis.COORDINATES, GeoPrecision.SETTLEMENT)  # fmt: skip
    assert (place.name, place.latitude, place.longitude, place.country_code) == ("Trujillo", -8.115, -79.03, "PE")
    assert [problem for problem in project.problems if problem.severity != "fixed"] == []


def test_a_point_answers_for_the_rows_that_gave_it_and_never_for_its_name_elsewhere(tmp_path):
    write(
        tmp_path,
        "title,toponym,latitude,longitude\nRoad block,Trujillo,-8.115,-79.03\nRaid,Trujillo,,\n"
        'Blast,"Trujillo, Honduras",,\nMarch,trujillo,-8.1150000,-79.030\n',
    )
    geocoded(tmp_path)
    # As though the point had come first, in a run of its own: it stands in places.csv by now.
    for number in (2, 3):
        edit(tmp_path, number, place_id="", place_basis="", place_reason="")
    geocoded(tmp_path)
    bare, qualified = events(tmp_path)[1:3]
    places = read_project(tmp_path).places
    assert POINT not in (bare["place_id"], qualified["place_id"])
    assert places[qualified["place_id"]].country_code == "HN"
    assert [row["place_id"] for row in events(tmp_path)].count(POINT) == 2, "one place for each distinct point"
    (found,) = [one for one in rows_of(tmp_path / "places.csv") if one["place_id"] == POINT]
    assert (found["name"], found["alternate_names"]) == ("Trujillo", "")
    tables = OpenTables(tmp_path)
    named = PlaceFinder.of(tables.places, Gazetteer.open()).named("Trujillo")
    assert POINT not in [one.place.place_id for one in named]


def test_rows_at_one_point_or_with_one_name_are_two_events(tmp_path):
    write(
        tmp_path,
        "title,toponym,latitude,longitude,date_start\n"
        "Raid,Trujillo,-8.115,-79.03,2023-01-09\nRaid,Trujillo,-8.2,-79.03,2023-01-09\nMarch,Moche,-8.115,-79.03,2023-01-09\n",
    )
    geocoded(tmp_path)
    project = read_project(tmp_path)
    assert [event.place_id for event in project.events] == [POINT, "local:at:-8.2:-79.03", POINT]
    assert [event.toponym for event in project.events] == ["Trujillo", "Trujillo", "Moche"]
    assert [problem.code for problem in project.problems] == []


def test_a_row_needs_no_name_beside_its_coordinates_and_stands_on_the_map(tmp_path):
    write(tmp_path, "title,latitude,longitude\nRoad block,-8.115,-79.03\n")
    assert read_project(tmp_path).unplaced == 1
    assert geocoded(tmp_path).stdout.startswith("1 place for 1 event; 1 event newly placed;")
    project = read_project(tmp_path)
    assert project.places[POINT].name == "point at -8.115, -79.03"
    assert (project.events[0].geo_precision, project.unplaced, project.problems) == (GeoPrecision.SETTLEMENT, 0, ())


def test_the_file_may_say_how_exact_its_point_is(tmp_path):
    wanted = ["exact", "near", "admin2", "admin1", "region", "country", "settlement"]
    lines = [f"Raid {precision},-8.115,-79.03,{precision}\n" for precision in wanted]
    write(tmp_path, "title,latitude,longitude,geo_precision\n" + "".join(lines))
    geocoded(tmp_path)
    project = read_project(tmp_path)
    assert [event.geo_precision for event in project.events] == wanted
    assert project.problems == ()
    assert [*project.places] == [POINT]


@pytest.mark.parametrize(
    ("latitude", "longitude", "column", "says"),
    [
        ("-8.115", "", "longitude", "empty, though latitude is '-8.115'. The row has no place by them. Fill both"),
        ("", "-79.03", "latitude", "empty, though longitude is '-79.03'."),
        ("314.5", "-79.03", "latitude", "'314.5' is not between -90 and 90."),
        ("-8.115", "-380", "longitude", "'-380' is not between -180 and 180."),
        ("0", "0.00", "latitude", "0, 0 lies in the Gulf of Guinea"),
        ("121.1", "14.6", "latitude", "With latitude 14.6, longitude 121.1 it would fit: swapped?"),
        ("-8,115", "-79.03", "latitude", "It has a decimal comma: write -8.115."),
        ("8°06'54\"S", "-79.03", "latitude", "Write decimal degrees: -8.115; south and west are negative."),
        ("-8.115", "79 1 48 W", "longitude", "Write decimal degrees: -79.03; south and west are negative."),
        ("south", "-79.03", "latitude", "'south' is not a number."),
    ],
)
def test_coordinates_that_cannot_be_used_are_told_and_never_made_up_for_by_the_name(
    tmp_path, latitude, longitude, column, says
):
    cells = ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in (latitude, longitude))
    write(tmp_path, f"title,toponym,latitude,longitude\nfirst,Kabul,,\nRoad block,Trujillo,{cells}\n")
    result = geocoded(tmp_path)
    where = f"events.csv, row 2 (line 3), column {column}: "
    assert result.exit_code == 1
    assert f"{where}" in result.stderr
    assert "1 place for 1 event; 1 event newly placed;" in result.stdout
    first, row = events(tmp_path)
    assert (bool(first["place_id"]), row["place_id"], row["place_basis"]) == (True, "", "")
    checked = conflictmap(tmp_path, "check")
    assert checked.exit_code == 1
    (told,) = [line for line in checked.stdout.splitlines() if where in line]
    assert says in told
    project = read_project(tmp_path)
    assert [event.title for event in project.events] == ["first", "Road block"], "the event itself is not lost"
    assert project.events[1].geo_precision is GeoPrecision.UNLOCATED
    assert project.unplaced == 0, "geocoding cannot help it"


def test_swapped_coordinates_are_found_by_the_country_beside_them(tmp_path):
    write(
        tmp_path, "title,toponym,country,lat,lon\nRaid,Trujillo,Peru,-79.03,-8.115\nMarch,Trujillo,Peru,-8.115,-79.03\n"
    )
    result = geocoded(tmp_path)
    told = (
        "-79.03, -8.115 lies outside Peru: latitude and longitude are swapped. Write latitude -8.115, longitude -79.03"
    )
    assert (result.exit_code, told in result.stderr) == (1, True)
    assert [row["place_id"] for row in events(tmp_path)] == ["", POINT]
    checked = conflictmap(tmp_path, "check")
    assert (checked.exit_code, told in checked.stdout) == (1, True)


def test_a_point_outside_the_country_beside_it_is_drawn_where_it_is_and_told(tmp_path):
    write(tmp_path, "title,toponym,country,lat,lon\nRaid,Trujillo,Venezuela,-8.115,-79.03\n")
    result = geocoded(tmp_path)
    assert result.exit_code == 0
    assert "lies outside Venezuela, 1,6" in result.stderr
    assert "km off, in Peru. Which of them is right?" in result.stderr
    assert read_project(tmp_path).places[POINT].country_code == "PE"
    assert "coordinate.country" in conflictmap(tmp_path, "check").stdout


# --- what becomes of such a row later


def test_coordinates_edited_later_are_the_new_place_and_the_old_one_marks_nothing(tmp_path):
    write(tmp_path, "title,toponym,latitude,longitude\nRaid,Trujillo,-8.115,-79.03\nMarch,Trujillo,,\n")
    geocoded(tmp_path)
    edit(tmp_path, 1, latitude="-12.05")
    assert "Run: conflictmap geocode [coordinate.place]" in conflictmap(tmp_path, "check").stdout
    assert "1 event placed again for a changed toponym, country or point" in geocoded(tmp_path).stdout
    raid, march = events(tmp_path)
    assert raid["place_id"] == "local:at:-12.05:-79.03"
    assert POINT in read_project(tmp_path).places, "rows of places.csv are a person's to delete"
    assert march["place_id"].startswith("geonames:")
    edit(tmp_path, 1, latitude="", longitude="")
    geocoded(tmp_path)
    assert events(tmp_path)[0]["place_id"] == march["place_id"], "without coordinates the name says where"


def test_a_row_that_was_placed_by_its_name_before_gets_its_point(tmp_path):
    """As versions wrote it that took latitude and longitude for columns of a person's own."""
    write(
        tmp_path,
        "title,toponym,latitude,longitude,event_id,place_id,place_reason\nRaid,Trujillo,-8.115,-79.03,e1,geonames:3600662,"
        "the only place of this name\nMarch,Trujillo,-8.115,-79.03,e2,geonames:3600662,the mayor told me\n",
    )
    geocoded(tmp_path)
    raid, march = events(tmp_path)
    assert (raid["place_id"], raid["place_basis"]) == (POINT, "coordinates")
    assert (march["place_id"], march["place_basis"]) == ("geonames:3600662", "person"), "somebody's own reason"


def test_a_place_id_beside_coordinates_is_a_persons_and_what_does_not_fit_is_told(tmp_path):
    write(
        tmp_path,
        "title,latitude,longitude,place_id\nRaid,-8.115,-79.03,geonames:3691175\nMarch,-8.115,-79.03,geonames:1138958\n",
    )
    geocoded(tmp_path)
    assert [row["place_id"] for row in events(tmp_path)] == ["geonames:3691175", "geonames:1138958"]
    assert {row["place_basis"] for row in events(tmp_path)} == {"person"}
    told = [line for line in conflictmap(tmp_path, "check").stdout.splitlines() if "coordinate.place" in line]
    assert len(told) == 1, "the first place is Trujillo itself"
    assert "row 2 (line 3), column latitude: -8.115, -79.03 lies" in told[0]
    assert "km from Kabul, where place_id puts the event. If the place is right, empty both cells" in told[0]


def test_what_a_person_chooses_for_such_a_row_stays(tmp_path):
    write(tmp_path, "title,toponym,latitude,longitude\nRaid,Trujillo,-8.115,-79.03\nMarch,Moche,-8.17,-79.01\n")
    geocoded(tmp_path)
    tables = OpenTables(tmp_path)
    first = next(iter(tables.events.rows))
    lima = Gazetteer.open().place("geonames:3936456")
    base = tables.events.rows[first]
    review_event(tmp_path, Decision(event_id=first, verdict=Verdict.CORRECT, reviewer="Ana", base=base, place=lima))
    geocoded(tmp_path)
    assert (events(tmp_path)[0]["place_id"], events(tmp_path)[0]["place_basis"]) == (lima.place_id, "person")
    assert "coordinate.place" not in conflictmap(tmp_path, "check").stdout, "a person has seen both"
    save_changes(
        tmp_path, place_moved(OpenTables(tmp_path), "local:at:-8.17:-79.01", -8.18, -79.0, None), "Ana", "move place"
    )
    geocoded(tmp_path)
    assert events(tmp_path)[1]["place_id"] == "local:at:-8.17:-79.01"
    assert read_project(tmp_path).places["local:at:-8.17:-79.01"].latitude == -8.18


def test_a_reviewed_row_finds_its_point_again_when_places_csv_is_gone(tmp_path):
    write(tmp_path, "title,toponym,latitude,longitude,status\nRaid,Trujillo,-8.115,-79.03,confirmed\n")
    geocoded(tmp_path)
    before = (tmp_path / "places.csv").read_bytes()
    (tmp_path / "places.csv").unlink()
    geocoded(tmp_path)
    assert (tmp_path / "places.csv").read_bytes() == before


def test_only_what_a_person_adds_to_a_point_makes_a_name_mean_it(tmp_path):
    write(
        tmp_path,
        "title,toponym,latitude,longitude\nRaid,Trujillo,-8.115,-79.03\nMarch,Moche,-8.17,-79.01\nTalks,Kabul,,\n",
    )
    geocoded(tmp_path)
    moche = "local:at:-8.17:-79.01"
    assert [
        name.name
        for name in names_in_use(OpenTables(tmp_path), PlaceFinder.of(OpenTables(tmp_path).places, Gazetteer.open()))
    ] == ["Kabul"]
    renaming = place_renamed(OpenTables(tmp_path), POINT, "The bridge at Trujillo")
    assert renaming[0].after["alternate_names"] == "", "the label it had was no name of the place"
    changes = places_merged(OpenTables(tmp_path), "geonames:1138958", moche)
    after = {change.row_id: change.after for change in changes}
    assert after["geonames:1138958"]["alternate_names"] == "" if "geonames:1138958" in after else True
    assert after[events(tmp_path)[1]["event_id"]]["place_basis"] == "person"
    save_changes(
        tmp_path,
        name_now_means(OpenTables(tmp_path), "Trujillo", OpenTables(tmp_path).places[POINT], "Ana"),
        "Ana",
        "add a name",
    )
    write(tmp_path, "title,toponym,latitude,longitude\nSiege,Trujillo,,\n")
    geocoded(tmp_path)
    assert (events(tmp_path)[0]["place_id"], events(tmp_path)[0]["place_basis"]) == (POINT, "own")


@pytest.mark.parametrize(
    ("toponym", "latitude", "longitude", "precision"),
    [
        ("Antioquia department", 7.0, -75.5, GeoPrecision.ADMIN1),
        ("Herat province", 34.3, 62.2, GeoPrecision.ADMIN1),
        ("Balochistan", 28.5, 65.0, GeoPrecision.ADMIN1),
        ("Red Sea", 20.0, 38.0, GeoPrecision.SEA),
        ("Sudan", 15.0, 30.0, GeoPrecision.COUNTRY),
        ("Herat", 34.35, 62.2, GeoPrecision.SETTLEMENT),
        ("Antioquia department", -16.4, -71.53, GeoPrecision.SETTLEMENT),  # in Peru: it is only called so
        ("A bend in the river", 34.3, 62.2, GeoPrecision.SETTLEMENT),
    ],
)
def test_the_coordinates_of_an_area_are_no_town(tmp_path, toponym, latitude, longitude, precision):
    write(tmp_path, f"title,toponym,latitude,longitude\nClash,{toponym},{latitude},{longitude}\n")
    assert geocoded(tmp_path).exit_code == 0
    (event,) = read_project(tmp_path).events
    assert (event.geo_precision, event.place_basis) == (precision, PlaceBasis.COORDINATES)


def test_what_a_file_says_of_the_precision_goes_before_the_name(tmp_path):
    write(tmp_path, "title,toponym,latitude,longitude,geo_precision\nClash,Herat province,34.3,62.2,exact\n")
    geocoded(tmp_path)
    assert read_project(tmp_path).events[0].geo_precision is GeoPrecision.EXACT


def test_a_row_that_somebody_reviewed_without_a_place_gets_none(tmp_path):
    """A program of before left the coordinates aside: the name was looked up, and the row confirmed without a place."""
    write(tmp_path, "title,toponym,place_reason,status,latitude,longitude\n"
                    "Clash,Nowhere Known,no place of the name 'Nowhere Known' is known,confirmed,34.3,62.2\n"
                    "Raid,Elsewhere,,confirmed,34.4,62.3\n")  # fmt: skip
    geocoded(tmp_path)
    assert [row["place_id"] for row in events(tmp_path)] == ["", "local:at:34.4:62.3"]
