"""Capitals and seats of the first level are towns, though their province or country bears the name too."""

import csv
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboard.gazetteer import seats
from dashboard.gazetteer.countries import country_groups
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import Context, distance_km, resolve

EXCEPTIONS = Path(__file__).parents[1] / "samples" / "seat_exceptions.csv"
"""Names that mean something else, with the reason: ``bare``, ``with country``, or ``both``."""
NEAR_KM = 5.0
"""Our own table's point for a town and GeoNames' may differ so much."""


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


@pytest.fixture(scope="module")
def names(gazetteer):
    return SimpleNamespace(candidates=lru_cache(50_000)(gazetteer.candidates))


@pytest.fixture(scope="module")
def named_seats(gazetteer, names):
    """Each seat by its name and, where it bears it, by its province's; a country's own name is the country's."""
    found = []
    for seat in [gazetteer.place(f"geonames:{number}") for number in sorted(seats.seat_ids())]:
        found.append((seat.name, seat))
        borne = any(one.place.place_id == seat.place_id for one in names.candidates(seat.admin1_name))
        if borne and seat.admin1_name != seat.name and not country_groups(seat.admin1_name, codes=False):
            found.append((seat.admin1_name, seat))
    return found


def excepted(asked):
    with EXCEPTIONS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert all(row["reason"] for row in rows)
    return {(row["name"], row["country_code"]) for row in rows if row["asked"] in (asked, "both")}


def is_town(found, seat):
    """True for the seat, and for a larger town of the name."""
    place = found.place if found else None
    if place is None or not place.feature_code.startswith("PPL"):
        return False
    is_larger = (place.population or 0) >= (seat.population or 0)
    return place.place_id == seat.place_id or is_larger or distance_km(place, seat) < NEAR_KM


def test_all_capitals_are_among_the_seats(gazetteer, named_seats):
    capitals = {seat.country_code for _, seat in named_seats if seat.feature_code == "PPLC"}
    assert len(capitals) > 220
    assert len(seats.seat_ids()) > 3700


def test_a_seat_with_its_country_is_always_the_town(gazetteer, names, named_seats):
    wrong = set()
    for name, seat in named_seats:
        if country := gazetteer.country_name(seat.country_code):
            found = resolve(f"{name}, {country}", Context(), names)
            if not is_town(found, seat) or found.place.country_code != seat.country_code:
                wrong.add((name, seat.country_code))
    assert wrong == excepted("with country")


def test_a_bare_seat_is_the_town_unless_a_country_is_called_so(names, named_seats):
    wrong = set()
    for name, seat in named_seats:
        found = resolve(name, Context(), names)
        is_own_name = found and found.place.feature_code == "PCLI" and country_groups(name, codes=False)
        if not is_own_name and not is_town(found, seat):
            wrong.add((name, seat.country_code))
    assert wrong == excepted("bare")


@pytest.mark.parametrize("name", ["Luxembourg", "Singapore", "Djibouti", "Panama", "Guatemala", "Kuwait"])
def test_a_countrys_own_name_is_the_country(gazetteer, name):
    assert resolve(name, Context(), gazetteer).place.feature_code == "PCLI"


@pytest.mark.parametrize(
    ("name", "country", "kind"),
    [
        ("Tunis", "TN", "PPLC"),
        ("Mykolaiv", "UA", "PPL"),
        ("Vinnytsia", "UA", "PPL"),
        ("Zaporizhzhia", "UA", "PPL"),
        ("Daraa", "SY", "PPL"),
        ("Kuwait City", "KW", "PPLC"),
        ("Salvador", "BR", "PPL"),
        ("Hamilton", "CA", "PPL"),  # Bermuda's capital has 900 people
        ("Sistan and Baluchestan", "IR", "ADM1"),
        ("Punjab", "PK", "ADM1"),
        ("Helmand", "AF", "ADM1"),
        ("Gaza", "PS", "ADM1"),
    ],
)
def test_a_town_goes_before_its_province_and_a_province_without_one_stays(gazetteer, name, country, kind):
    found = resolve(name, Context(), gazetteer)
    assert (found.place.country_code, found.place.feature_code) == (country, kind)


def test_a_province_that_the_words_name_is_never_a_dot(gazetteer, names, named_seats):
    texts = [
        "Shelling in the {} and Nemo regions went on.",
        "Shelling in the provinces of Nemo and {} went on.",
        "Shelling in the regions of Nemo, Outis and {}, they said.",
    ]
    wrong = []
    for name, seat in named_seats:
        areas = [one for one in names.candidates(name) if one.place.feature_code == "ADM1"]
        if not any(one.place.country_code == seat.country_code for one in areas):
            continue
        found = [resolve(told.format(name), Context(), names) for told in ("{} province", "{} oblast")]
        found += [resolve(name, Context(text=text.format(name)), names) for text in texts]
        wrong += [name for one in found if one is None or one.place.feature_code.startswith("PPL")]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "Crops failed in states including Georgia, Oklahoma, Pennsylvania and Ohio.",
        "Governors of the states of Kansas, Oklahoma and Texas met.",
        "In Kansas, Oklahoma and Texas states roads were closed.",
    ],
)
def test_a_list_says_once_what_its_names_are(gazetteer, text):
    assert resolve("Oklahoma", Context(text=text), gazetteer).place.feature_code == "ADM1"


def test_a_town_of_the_country_goes_before_a_capital_that_is_only_spelt_so_elsewhere(gazetteer):
    kuito = resolve("Kuito", Context(text="Angolan police fired in Kuito.", countries={"AO": 1}), gazetteer)
    assert kuito.place.country_code == "AO"
    assert resolve("Havanna", Context(), gazetteer).place.country_code == "CU"


@pytest.mark.parametrize(
    "text",
    [
        "Blasts in Zaporizhzhia and several regions were heard.",
        "In Zaporizhzhia and Kherson people fled.",
        "Reports of attacks on the capitals of Poltava and Zaporizhzhia came in.",
        "Zaporizhzhia and Kherson were hit, the regions of Sumy were calm.",
    ],
)
def test_a_town_beside_the_word_for_other_provinces_stays_one(gazetteer, text):
    assert resolve("Zaporizhzhia", Context(text=text), gazetteer).place.feature_code == "PPL"
