"""`conflictmap check` compares points with countries: what lies outside is told, what only seems to is not."""

import random

import pytest

from dashboard.gazetteer import country_outlines
from dashboard.gazetteer.index import Gazetteer
from tests.cli.test_cli_geocode import conflictmap


def checked(folder, *places):
    (folder / "events.csv").write_text("title,toponym,geo_precision\nTalks,,unlocated\n", encoding="utf-8")
    lines = "".join(f"local:{n},Place {n},{row}\n" for n, row in enumerate(places, start=1))
    (folder / "places.csv").write_text(f"place_id,name,country_code,latitude,longitude\n{lines}", encoding="utf-8")
    result = conflictmap(folder, "check")
    assert result.exit_code == 0, "warnings, no errors: whoever drew the border may be wrong"
    return [line for line in result.stdout.splitlines() if "places.csv" in line]


def test_a_point_that_is_swapped_is_told_with_the_right_order(tmp_path):
    (told,) = checked(tmp_path, "AF,34.52,69.17", "AF,69.17,34.52")
    assert told == (
        "warning: places.csv, row 2 (line 3), column latitude: 69.17, 34.52 lies outside Afghanistan: latitude and "
        "longitude are swapped. Write latitude 34.52, longitude 69.17: that lies in Afghanistan. [coordinate.swapped]"
    )


def test_a_point_in_another_country_is_told(tmp_path):
    (told,) = checked(tmp_path, "AF,48.85,2.35", "FR,48.85,2.35")
    assert "row 1 (line 2), column latitude: 48.85, 2.35 lies outside Afghanistan, 4,5" in told
    assert "km off, in France. Which of them is right? [coordinate.country]" in told


@pytest.mark.parametrize(
    "place",
    [
        "PK,34.12,71.09",  # Torkham, on the border
        "SO,2.0,48.5",  # a ship 250 km off Mogadishu
        "CO,12.58,-81.7",  # San Andrés, an island 680 km from Colombia
        "FM,9.51,138.12",  # Yap, in no outline
        "UA,44.95,34.1", "RU,44.95,34.1",  # Simferopol: either map
        "IN,34.37,73.47", "PK,34.08,74.8",  # Muzaffarabad and Srinagar, as the other side has them
        "MA,27.15,-13.2", "RS,42.66,21.16", "PS,31.9,35.2", "IL,31.5,34.45",
        ",48.85,2.35", "ZZ,48.85,2.35",  # no country, or none there is
    ],
)  # fmt: skip
def test_coasts_islands_borders_and_disputed_land_are_not_told(tmp_path, place):
    assert checked(tmp_path, place) == []


def test_the_gazetteers_own_places_lie_in_their_countries():
    """But for one of its 274,000 that is wrong, and rocks that lie alone in an ocean."""
    gazetteer = Gazetteer.open()
    rows = random.Random(3).sample(range(len(gazetteer._places)), 3000)
    places = [place for row in rows if (place := gazetteer._place(row)).country_code]
    outside = [p for p in places if country_outlines.is_outside(p.latitude, p.longitude, p.country_code)]
    assert [(place.name, place.country_code) for place in outside] == []


def test_points_and_countries_worked_out_by_hand():
    inside = country_outlines.km_outside(48.85, 2.35, "FR")
    # Dover lies 34 km from the French coast; the outlines are good to a few kilometres.
    assert (inside, country_outlines.km_outside(0, 0, "ZZ")) == (0.0, None)
    assert country_outlines.km_outside(51.13, 1.31, "FR") == pytest.approx(34, abs=6)
    assert country_outlines.country_at(-35.0, -60.0) == "AR"
    assert country_outlines.country_at(0.0, 0.0) == ""
    assert country_outlines.country_at(-29.6, 28.2) == "LS", "a hole in South Africa"
    assert country_outlines.km_outside(-29.6, 28.2, "ZA") > 50
    # Across the antimeridian: Wrangel lies in Russia, Taveuni in Fiji, and the middle of the strait near both sides.
    assert country_outlines.km_outside(71.2, -179.5, "RU") == pytest.approx(0, abs=20)
    assert country_outlines.km_outside(-16.9, -179.97, "FJ") < 60
