"""Country names as lists of events write them. Expected codes looked up in ISO 3166 and in the lists' own codebooks."""

import csv

import pytest

from dashboard.gazetteer import countries
from dashboard.gazetteer.countries import countries_named, country_groups
from dashboard.gazetteer.index import Gazetteer

SOVIET = {"RU", "AM", "AZ", "BY", "EE", "GE", "KZ", "KG", "LT", "LV", "MD", "TJ", "TM", "UA", "UZ"}
YUGOSLAV = {"RS", "BA", "HR", "ME", "MK", "SI", "XK"}

UCDP = {
    "DR Congo (Zaire)": "CD",
    "Myanmar (Burma)": "MM",
    "Yemen (North Yemen)": "YE",
    "Zimbabwe (Rhodesia)": "ZW",
    "Cambodia (Kampuchea)": "KH",
    "Madagascar (Malagasy)": "MG",
    "Kingdom of eSwatini (Swaziland)": "SZ",
    "Bosnia-Herzegovina": "BA",
    "Macedonia, FYR": "MK",
    "Vietnam (North Vietnam)": "VN",
    "Belarus (Byelorussia)": "BY",
    "Burkina Faso (Upper Volta)": "BF",
    "Sri Lanka (Ceylon)": "LK",
    "Iran (Persia)": "IR",
    "Turkey (Ottoman Empire)": "TR",
    "Tanzania/Tanganyika": "TZ",
    "German Democratic Republic": "DE",
    "Korea, People's Republic of": "KP",
    "Rumania": "RO",
    "Gambia": "GM",
}
GTD = {
    "West Bank and Gaza Strip": "PS IL",
    "East Germany (GDR)": "DE",
    "West Germany (FRG)": "DE",
    "Zaire": "CD",
    "People's Republic of the Congo": "CG",
    "Slovak Republic": "SK",
    "South Yemen": "YE",
    "St. Kitts and Nevis": "KN",
    "New Hebrides": "VU",
    "Man, Isle of": "IM",
    "Rhodesia": "ZW",
}
ACLED = {
    "Democratic Republic of Congo": "CD",
    "Republic of Congo": "CG",
    "eSwatini": "SZ",
    "Bailiwick of Jersey": "JE",
    "Saint-Barthelemy": "BL",
    "Caribbean Netherlands": "BQ",
    "Virgin Islands, U.S.": "VI",
    "Ivory Coast": "CI",
}
UN_AND_BANK = {
    "Iran (Islamic Republic of)": "IR",
    "Iran, Islamic Rep.": "IR",
    "Bolivia (Plurinational State of)": "BO",
    "Venezuela (Bolivarian Republic of)": "VE",
    "Türkiye": "TR",
    "TURKIYE": "TR",
    "Lao People's Democratic Republic": "LA",
    "Lao People’s Democratic Republic": "LA",
    "Syrian Arab Republic": "SY",
    "Viet Nam": "VN",
    "Republic of Korea": "KR",
    "Democratic People's Republic of Korea": "KP",
    "occupied Palestinian territory": "PS IL",
    "Côte d'Ivoire": "CI",
    "Cote d’Ivoire": "CI",
    "The former Yugoslav Republic of Macedonia": "MK",
    "Moldova, Republic of": "MD",
    "Congo, The Democratic Republic of the": "CD",
    "Congo, Dem. Rep.": "CD",
    "Congo, Rep.": "CG",
    "Congo (Brazzaville)": "CG",
    "Congo (Zaire)": "CD",
    "Hong Kong SAR, China": "HK",
    "Bahamas, The": "BS",
    "the Republic of the Gambia": "GM",
    "Kingdom of Morocco": "MA EH",
    "Kosovo*": "XK",
    "Micronesia (Federated States of)": "FM",
    "Taiwan (Province of China)": "TW",
    "Republic of China": "TW",
    "U.S.A.": "US PR GU VI AS MP UM",
}
CODES = {"DDR": "DE", "AFG": "AF", "af": "AF", "COD": "CD", "ZAR": "CD", "XKX": "XK", "KP": "KP", "UKR": "UA"}
SHARED = {
    "Soviet Union": SOVIET,
    "Russia (Soviet Union)": SOVIET,
    "Yugoslavia": YUGOSLAV,
    "Serbia (Yugoslavia)": YUGOSLAV,
    "Czechoslovakia": {"CZ", "SK"},
    "Congo": {"CD", "CG"},
    "Sudan": {"SD", "SS"},
}


@pytest.mark.parametrize(
    ("name", "codes"),
    [*UCDP.items(), *GTD.items(), *ACLED.items(), *UN_AND_BANK.items(), *CODES.items(), *SHARED.items()],
)
def test_a_country_is_known_by_all_its_names(name, codes):
    assert countries_named(name) == (set(codes.split()) if isinstance(codes, str) else codes)


@pytest.mark.parametrize(
    "name",
    ["", "()", " / ", "Kabul", "Punjab", "Goma (Zaire)", "Republic", "Islamic State", "of the", "XX", "x" * 9999],
)
def test_what_is_no_country_names_none(name):
    assert countries_named(name) == frozenset()


def test_codes_are_no_names_in_a_text():
    assert country_groups("AFG", codes=False) == ()
    assert country_groups("Afghanistan", codes=False) == ({"AF"},)


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("Sudan", ({"SD"}, {"SD", "SS"})),
        ("Russia (Soviet Union)", ({"RU"}, SOVIET)),
        ("Serbia (Yugoslavia)", ({"RS"}, {"RS", "XK"}, YUGOSLAV)),
        ("Congo (Zaire)", ({"CD"},)),
        ("Myanmar (Burma)", ({"MM"},)),
    ],
)
def test_the_country_of_today_goes_before_what_it_was_part_of(name, groups):
    assert country_groups(name) == groups


def test_no_name_or_code_stands_on_two_lines():
    with countries.TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    keys = [countries._name_key(name) for row in rows for name in row["names"].split("|")]
    assert sorted(keys) == sorted(set(keys))
    threes = [code for row in rows for code in row["iso3"].split("|") if code]
    assert sorted(threes) == sorted(set(threes))
    assert all(len(code) == 2 for row in rows for code in f"{row['iso2']}|{row['also']}".strip("|").split("|"))


def test_every_country_of_the_gazetteer_has_its_line_under_the_same_name():
    gazetteer = Gazetteer.open()
    with countries.TABLE.open(encoding="utf-8", newline="") as lines:
        first = {row["iso2"]: row["names"].split("|")[0] for row in csv.DictReader(lines)}
    known = {code: name for code in first if (name := gazetteer.country_name(code))}
    assert len(known) > 230
    assert {code: first[code] for code in known} == known
    for code, name in known.items():
        assert country_groups(name)[0] == {code}
