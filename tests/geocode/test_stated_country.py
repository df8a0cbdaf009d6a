"""The country that a row of events.csv states beside its toponym: no place elsewhere is taken for it silently."""

import pytest

from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.stated_country import stated_country
from dashboard.ingest.add import add_articles
from dashboard.ingest.sources import ArticleSource
from dashboard.model import GeoPrecision
from dashboard.project.open_tables import OpenTables
from dashboard.project.read import read_project
from dashboard.review.candidates import PlaceFinder
from tests.cli.test_cli_geocode import conflictmap
from tests.geocode.test_own_coordinates import edit, events, geocoded, write


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def countries(folder):
    """Of each event the country its place lies in."""
    project = read_project(folder)
    places = [project.places.get(event.place_id) for event in project.events]
    return [place.country_code if place else None for place in places]


@pytest.mark.parametrize(
    ("toponym", "country", "code"),
    [
        ("Trujillo", "Peru", "PE"), ("Trujillo", "HN", "HN"), ("Trujillo", "Venezuela", "VE"), ("Trujillo", "es", "ES"),
        ("Tripoli", "Lebanon", "LB"), ("Tripoli", "LY", "LY"), ("Georgia", "United States", "US"),
        ("Hyderabad", "Pakistan", "PK"), ("Hyderabad", "India", "IN"), ("San Pedro", "Colombia", "CO"),
        ("Mani town", "Colombia", "CO"), ("Trujillo, La Libertad", "Peru", "PE"),
    ],
)  # fmt: skip
def test_the_name_means_the_place_in_the_country_beside_it(tmp_path, toponym, country, code):
    write(tmp_path, f'title,toponym,country\nRaid,"{toponym}",{country}\n')
    assert geocoded(tmp_path).exit_code == 0
    assert countries(tmp_path) == [code]


def test_a_name_that_is_unknown_there_is_never_a_namesake_elsewhere(tmp_path):
    write(tmp_path, "title,toponym,country\nRaid,Trujillo,Norway\nMarch,Nowhereville,Norway\n")
    result = geocoded(tmp_path)
    assert "row 1 (line 2), column toponym: no place of the name 'Trujillo' is known in Norway; the whole country" in (
        result.stderr
    )
    project = read_project(tmp_path)
    assert countries(tmp_path) == ["NO", "NO"]
    assert {event.geo_precision for event in project.events} == {GeoPrecision.COUNTRY}, "off the map, and no dot"
    assert {row["place_basis"] for row in events(tmp_path)} == {"stopgap"}
    checked = conflictmap(tmp_path, "check")
    assert (checked.exit_code, checked.stdout.count("[place.stopgap]")) == (0, 2)


def test_a_stopgap_gives_way_to_the_place_somebody_writes_down(tmp_path):
    write(tmp_path, "title,toponym,country\nRaid,Camp Nine,Norway\n")
    geocoded(tmp_path)
    with (tmp_path / "places.csv").open("a", encoding="utf-8") as file:
        file.write("local:nine,Camp Nine,,,NO,,60.1,10.2,,me,\nlocal:other,Camp Nine,,,SE,,60.1,15.2,,me,\n")
    geocoded(tmp_path)
    (row,) = events(tmp_path)
    assert (row["place_id"], row["place_basis"], row["place_reason"]) == ("local:nine", "own", "named in places.csv")


@pytest.mark.parametrize("country", ["Atlantis", "Columbia", "XX", "Kabul"])
def test_a_country_that_is_not_known_is_told_and_the_row_is_not_placed_by_its_name(tmp_path, country):
    write(tmp_path, f"title,toponym,country\nRaid,Trujillo,{country}\nTalks,Doha,Qatar\n")
    result = geocoded(tmp_path)
    told = f"events.csv, row 1 (line 2), column country: '{country}' is no country that is known here."
    assert (result.exit_code, told in result.stderr) == (1, True)
    assert result.stdout.startswith("1 place for 1 event; 1 event newly placed;")
    assert [row["place_id"] for row in events(tmp_path)] == ["", "geonames:290030"]
    checked = conflictmap(tmp_path, "check")
    assert (checked.exit_code, f"error: {told}" in checked.stdout) == (1, True)
    edit(tmp_path, 1, country="Peru")
    assert geocoded(tmp_path).exit_code == 0
    assert countries(tmp_path) == ["PE", "QA"]


def test_a_country_that_is_written_in_or_corrected_later_is_heeded(tmp_path):
    write(tmp_path, "title,toponym,country\nRaid,Trujillo,\n")
    geocoded(tmp_path)
    for country, code in (("Honduras", "HN"), ("Peru", "PE"), ("Norway", "NO"), ("Spain", "ES")):
        edit(tmp_path, 1, country=country)
        geocoded(tmp_path)
        assert countries(tmp_path) == [code]


def test_a_country_alone_is_the_place(tmp_path):
    write(tmp_path, "title,country\nElection,Peru\n")
    assert read_project(tmp_path).unplaced == 1
    assert geocoded(tmp_path).exit_code == 0
    assert countries(tmp_path) == ["PE"]
    assert events(tmp_path)[0]["place_reason"] == "the country, which is all that the row names"


def test_a_persons_place_in_another_country_stays_and_is_told(tmp_path):
    write(tmp_path, "title,toponym,country,place_id\nRaid,Trujillo,Peru,geonames:1138958\n")
    geocoded(tmp_path)
    assert (events(tmp_path)[0]["place_id"], events(tmp_path)[0]["place_basis"]) == ("geonames:1138958", "person")
    assert "Kabul lies in Afghanistan, though the row says Peru. Which of them is right? [place.country]" in (
        conflictmap(tmp_path, "check").stdout
    )


def test_a_changed_row_of_places_csv_does_not_swallow_its_namesakes_abroad(tmp_path):
    (tmp_path / "places.csv").write_text(
        "place_id,name,country_code,latitude,longitude\nlocal:bridge,San Miguel,PE,-16.4,-71.53\n", encoding="utf-8"
    )
    write(
        tmp_path,
        'title,toponym,country\na,San Miguel,\nb,"San Miguel, El Salvador",\nc,San Miguel,El Salvador\n'
        "d,San Miguel,PE\n",
    )
    geocoded(tmp_path)
    assert countries(tmp_path) == ["PE", "SV", "SV", "PE"]
    assert [row["place_basis"] for row in events(tmp_path)] == ["own", "rule", "rule", "own"]


def test_the_words_of_an_article_can_say_that_another_place_is_meant_than_a_persons(tmp_path):
    (tmp_path / "places.csv").write_text(
        "place_id,name,country_code,latitude,longitude\nlocal:bridge,San Miguel,PE,-16.4,-71.53\n", encoding="utf-8"
    )
    text = "Three soldiers were killed in an attack in {} on Monday, the army said."
    sources = [
        ArticleSource(data=text.format(where).encode(), published="2024-05-08")
        for where in ("San Miguel", "San Miguel, El Salvador")
    ]
    add_articles(tmp_path, sources, Gazetteer.open())
    assert {row["toponym"]: row["place_basis"] for row in events(tmp_path)}["San Miguel"]
    by_words = {
        "El Salvador" in row["passage"]: code for row, code in zip(events(tmp_path), countries(tmp_path), strict=True)
    }
    assert by_words == {False: "PE", True: "SV"}


def test_a_reviewer_is_offered_the_places_in_the_country_of_the_row(tmp_path, gazetteer):
    write(tmp_path, "title,toponym,country\nRaid,Trujillo,Peru\n")
    geocoded(tmp_path)
    tables = OpenTables(tmp_path)
    event = tables.event(events(tmp_path)[0]["event_id"])
    offered = PlaceFinder.of(tables.places, gazetteer).for_event(event, None, "Peru")
    assert {one.place.country_code for one in offered} == {"PE"}


def test_two_rows_that_differ_in_their_country_alone_are_two_events(tmp_path):
    write(tmp_path, "title,toponym,country,date_start\nRaid,Trujillo,Peru,2020-01-01\nRaid,Trujillo,HN,2020-01-01\n")
    geocoded(tmp_path)
    assert countries(tmp_path) == ["PE", "HN"]
    assert read_project(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Peru", "PE"), (" peru ", "PE"), ("PE", "PE"), ("pe", "PE"), ("PER", "PE"), ("Myanmar (Burma)", "MM"),
        ("DR Congo (Zaire)", "CD"), ("Soviet Union", ""), ("Sudan", "SD"), ("Kabul", None), ("QQ", None), (" ", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_name_or_code(text, code):
    found = stated_country(text)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("toponym", "country", "code"),
    [("Juba", "Sudan", "SS"), ("Khartoum", "Sudan", "SD"), ("Grozny", "Soviet Union", "RU"), ("Goma", "COD", "CD")],
)
def test_a_state_that_is_no_more_means_those_that_followed_it(tmp_path, toponym, country, code):
    write(tmp_path, f"title,toponym,country\nRaid,{toponym},{country}\n")
    assert geocoded(tmp_path).exit_code == 0
    assert countries(tmp_path) == [code]


def test_a_name_unknown_in_a_state_that_many_followed_stays_without_a_place(tmp_path):
    write(tmp_path, "title,toponym,country\nRaid,Trujillo,Soviet Union\nTalks,Doha,\n")
    result = geocoded(tmp_path)
    assert (result.exit_code, countries(tmp_path)) == (1, [None, "QA"])
    assert "column toponym: no place of the name 'Trujillo' is known" in result.stderr
