"""Which place a name means: the traps of real articles, each expectation worked out by hand from a map."""

import pytest

from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import Context, OwnPlaces, country_votes, distance_km, precision_for, resolve
from dashboard.model import GeoPrecision, Place
from dashboard.tables import precision_of


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def found(gazetteer, toponym, text="", **context):
    resolution = resolve(toponym, Context(text=text, **context), gazetteer)
    assert resolution is not None, f"{toponym} was not found"
    return resolution


@pytest.mark.parametrize(
    ("toponym", "text", "country", "precision", "latitude", "longitude"),
    [
        ("Khyber Pakhtunkhwa", "", "PK", "admin1", 34.5, 72.0),
        ("Khyber Pakhtunkhwa (KP)", "", "PK", "admin1", 34.5, 72.0),
        ("KP", "posts in KP were hit", "PK", "admin1", 34.5, 72.0),
        ("Balochistan", "locations in KP and Balochistan", "PK", "admin1", 28.0, 65.5),
        ("Balochistan", "Iran hit a village in Pakistan's Balochistan", "PK", "admin1", 28.0, 65.5),
        ("Balochistan", "Iranian forces fired in Balochistan", "IR", "admin1", 27.8, 60.6),
        ("Sistan and Baluchestan", "", "IR", "admin1", 27.8, 60.6),
        ("Islamabad", "Islamabad did not see itself so", "PK", "settlement", 33.7, 73.1),
        ("Turkey", "", "TR", "country", 39.0, 35.2),
        ("Türkiye", "", "TR", "country", 39.0, 35.2),
        ("Turkiye", "Qatar and Turkiye", "TR", "country", 39.0, 35.2),
        ("Kandahar", "hideouts in Kandahar and Kabul", "AF", "settlement", 31.61, 65.71),
        ("Kandahar", "fighting in Kandahar province", "AF", "admin1", 31.0, 65.6),
        ("Kandahar", "in the province of Kandahar", "AF", "admin1", 31.0, 65.6),
        ("Kandahar", "Kandahar, Uruzgan and Helmand provinces", "AF", "admin1", 31.0, 65.6),
        ("Kandahar province", "", "AF", "admin1", 31.0, 65.6),
        ("Kabul", "seized power in Kabul in 2021", "AF", "settlement", 34.53, 69.17),
        ("Kabul", "Kabul province", "AF", "admin1", 34.6, 69.3),
        ("Kabul", "Kabul city", "AF", "settlement", 34.53, 69.17),
        ("Istanbul", "the failed talks in Istanbul", "TR", "settlement", 41.01, 28.95),
        ("Istanbul", "across the Istanbul region", "TR", "admin1", 41.1, 28.9),
        ("Doha", "during talks in Doha", "QA", "settlement", 25.29, 51.53),
        ("Tora Bora", "in places like Tora Bora", "AF", "near", 34.117, 70.217),
        ("Spin Boldak", "Kandahar's Spin Boldak district", "AF", "admin2", 31.0, 66.4),
        ("Jalalabad", "Jalalabad, Nangarhar", "AF", "settlement", 34.43, 70.45),
        ("Jalalabad", "Jalalabad in Uttar Pradesh", "IN", "settlement", 27.7, 79.7),
        ("Hyderabad", "Hyderabad, Pakistan", "PK", "settlement", 25.39, 68.37),
        ("Punjab", "Punjab, India", "IN", "admin1", 30.9, 75.5),
        ("Кабул", "взрыв в городе Кабул", "AF", "settlement", 34.53, 69.17),
        ("провинция Кандагар", "", "AF", "admin1", 31.0, 65.6),
        ("کابل", "", "AF", "settlement", 34.53, 69.17),
        ("پشاور", "", "PK", "settlement", 34.01, 71.58),
        ("the Netherlands", "", "NL", "country", 52.1, 5.3),
        ("Mexico City", "", "MX", "settlement", 19.43, -99.13),
        ("Moscow", "", "RU", "settlement", 55.75, 37.62),
        ("Bagram", "", "AF", "settlement", 34.97, 69.27),
    ],
)
def test_a_name_in_its_words_means_this_place(gazetteer, toponym, text, country, precision, latitude, longitude):
    resolution = found(gazetteer, toponym, text)
    place = resolution.place
    assert (place.country_code, resolution.geo_precision.value) == (country, precision), resolution.reason
    away = 150 if precision in ("admin1", "country") else 25  # the label point of an area may stand elsewhere in it
    here = Place(place_id="x", name="x", latitude=latitude, longitude=longitude)
    assert distance_km(place, here) < away * (3 if precision == "country" else 1)


def test_the_articles_country_decides_between_like_names(gazetteer):
    assert found(gazetteer, "Hyderabad").place.country_code == "IN"
    in_pakistan = found(gazetteer, "Hyderabad", countries={"PK": 9.0, "AF": 1.0})
    assert in_pakistan.place.country_code == "PK"
    assert in_pakistan.reason.startswith("in the country the article speaks of (PK); first of ")


def test_nearness_decides_where_the_country_does_not(gazetteer):
    rampur = Place(place_id="x", name="Rampur", latitude=28.8, longitude=79.0, country_code="IN")
    resolution = found(gazetteer, "Jalalabad", countries={"IN": 1.0}, neighbours=(rampur,))
    assert resolution.place.country_code == "IN"
    assert distance_km(resolution.place, rampur) < 250


def test_every_choice_says_its_rule_and_keeps_the_other_candidates(gazetteer):
    doha = found(gazetteer, "Doha")
    assert doha.reason.startswith("capital of Qatar")
    assert doha.reason.endswith(f"; first of {len(doha.candidates)} candidates")
    assert len(doha.candidates) >= 2
    assert not doha.ambiguous
    assert doha.candidates[0].place == doha.place
    scores = [candidate.score for candidate in doha.candidates]
    assert scores == sorted(scores, reverse=True)
    assert found(gazetteer, "Tora Bora").reason == "curated name"
    assert found(gazetteer, "Afghanistan").reason == "the only place of this name"
    province = found(gazetteer, "Kabul", "Kabul province").reason
    assert province.startswith("province, because the text says 'province'")


def test_two_places_almost_as_likely_are_told_as_ambiguous(gazetteer):
    assert found(gazetteer, "Hyderabad").ambiguous


@pytest.mark.parametrize("name", ["Nowhereville", "", "   ", "()", "the", "said", "province", "?!"])
def test_words_that_name_no_place_give_none(gazetteer, name):
    assert resolve(name, Context(text=f"in {name} on Monday"), gazetteer) is None


def test_a_strait_is_never_the_town_it_is_named_after(gazetteer):
    resolution = resolve("Hormuz", Context(text="ships in the Strait of Hormuz"), gazetteer)
    assert resolution is None or not resolution.place.feature_code.startswith("PPL")


def test_a_persons_own_place_wins_over_every_gazetteer(gazetteer):
    post = Place(place_id="local:post", name="Tora Bora", alternate_names=("The Post",), latitude=34.1, longitude=70.2)
    own = OwnPlaces([post])
    for name in ("Tora Bora", "tora-bora", "The Post"):
        resolution = resolve(name, Context(), gazetteer, own)
        assert (resolution.place, resolution.reason) == (post, "named in places.csv")
    assert len(resolve("Tora Bora", Context(), gazetteer, own).candidates) == 2


def test_a_persons_city_does_not_stand_for_the_province_of_that_name(gazetteer):
    city = Place(place_id="geonames:1138958", name="Kabul", latitude=34.5, longitude=69.2, feature_code="PPLC")
    own = OwnPlaces([city])
    assert resolve("Kabul", Context(text="in Kabul"), gazetteer, own).place is city
    assert resolve("Kabul", Context(text="Kabul province"), gazetteer, own).place.feature_code == "ADM1"


def test_words_that_tell_another_kind_go_before_our_own_table(gazetteer):
    assert found(gazetteer, "Georgia", "talks in Georgia").place.country_code == "GE"
    assert found(gazetteer, "Georgia", "in the state of Georgia").place.country_code == "US"


@pytest.mark.parametrize("text", ["A.A." * 50_000, "a" * 200_000, "Kabul" + " " * 20_000, "Kabul " + "a, " * 20_000])
def test_a_long_strange_text_is_read_without_delay_or_error(gazetteer, text):
    country_votes(text, gazetteer)
    assert resolve(text, Context(text=text), gazetteer) is None or len(text.strip()) <= 200
    resolve("Kabul", Context(text=text), gazetteer)


def test_countries_are_counted_by_name_and_by_people(gazetteer):
    text = (
        "Pakistani jets struck Afghan posts. Pakistan said Iran's envoy met Indians; "
        "US and Saudi Arabia spoke. Lebanese and Turkish mediators listened."
    )
    votes = country_votes(text, gazetteer)
    assert (votes["PK"], votes["AF"], votes["IR"], votes["IN"], votes["SA"]) == (2, 1, 1, 1, 1)
    assert (votes["US"], votes["LB"], votes["TR"]) == (1, 1, 1)


def test_a_people_is_known_by_the_list_and_not_by_its_ending(gazetteer):
    votes = country_votes("Canadian, Somali and Thai envoys met Mr Malik in Balboa; Saudis met a Saudi.", gazetteer)
    assert votes == {"CA": 1, "SO": 1, "TH": 1, "SA": 2}


@pytest.mark.parametrize(
    ("feature_code", "radius_km", "precision"),
    [
        ("MTS", 8.0, GeoPrecision.NEAR),
        ("MTS", 300.0, GeoPrecision.REGION),
        ("MTS", None, GeoPrecision.REGION),
        ("PPLX", 2.0, GeoPrecision.SETTLEMENT),
        ("ADM2", 10.0, GeoPrecision.ADMIN2),
    ],
)
def test_a_small_area_is_a_spot_and_a_large_one_a_region(feature_code, radius_km, precision):
    place = Place(place_id="x", name="x", latitude=1, longitude=1, feature_code=feature_code, radius_km=radius_km)
    assert precision_for(place) is precision
    assert precision_of(feature_code, radius_km) is precision, "reading a row and geocoding it agree"


@pytest.mark.parametrize(
    ("toponym", "place_id", "reason"),
    [
        ("Kabul, Afghanistan", "geonames:1138958", "'Kabul' in Afghanistan: capital of Afghanistan, population "),
        ("Aleppo, Syria", "geonames:170063", "'Aleppo' in Syria: "),
        ("Jalalabad, Nangarhar", "geonames:1139715", "'Jalalabad' in Nangarhar: settlement in "),
        ("Jalalabad, Nangarhar, Afghanistan", "geonames:1139715", "'Jalalabad' in Nangarhar, Afghanistan: settlement "),
        ("Hyderabad, Pakistan", "geonames:1176734", "'Hyderabad' in Pakistan: "),
        ("Kandahar province, Afghanistan", "geonames:1138335", "'Kandahar province' in Afghanistan: "),
    ],
)
def test_a_name_with_commas_lies_in_what_stands_after_them(gazetteer, toponym, place_id, reason):
    found = resolve(toponym, Context(text="a blast"), gazetteer)
    assert found.place.place_id == place_id
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("toponym", "name", "country", "kind"),
    [
        ("Beni, DR Congo (Zaire)", "Beni", "CD", "PPL"),
        ("Lashio, Myanmar (Burma)", "Lashio", "MM", "PPL"),
        ("Beni, Congo, Democratic Republic of the", "Beni", "CD", "PPL"),
        ("Beni (DR Congo (Zaire))", "Beni", "CD", "PPL"),
        ("Beni, COD", "Beni", "CD", "PPL"),
        ("Beni, Zaire", "Beni", "CD", "PPL"),
        ("Pointe-Noire, Congo", "Pointe-Noire", "CG", "PPL"),
        ("Mary, TM", "Mary", "TM", "PPL"),
        ("Osh, Russia (Soviet Union)", "Osh", "KG", "PPL"),
        ("Donetsk, Russia (Soviet Union)", "Donetsk", "RU", "PPL"),  # a town in Rostov has the name too
        ("Malakal, Sudan", "Malakal", "SS", "PPL"),
        ("Prizren, Serbia (Yugoslavia)", "Prizren", "XK", "PPL"),
        ("Shiraz (Iran, Islamic Republic of)", "Shiraz", "IR", "PPL"),
        ("Austin, TX", "Austin", "US", "PPL"),
        ("Cali, CO", "Cali", "CO", "PPL"),  # Colombia, where Colorado has no such town
        ("Boulder, CO", "Boulder", "US", "PPL"),
        ("Paris (Texas)", "Paris", "US", "PPL"),
        ("Kandahar province, AFG", "Kandahar", "AF", "ADM1"),
        ("DR Congo (Zaire)", "DR Congo", "CD", "PCLI"),
        ("Iran (Islamic Republic of)", "Iran", "IR", "PCLI"),
        ("Colombia, Colombia", "Colombia", "CO", "PCLI"),  # there is a village of the name in Huila
        ("Georgia, Georgia", "Georgia", "GE", "PCLI"),
        ("Djibouti, Djibouti", "Djibouti", "DJ", "PPLC"),
        ("Khankendi (Stepanakert)", "Khankendi", "AZ", "PPL"),  # another name in brackets is no qualifier
    ],
)
def test_a_country_behind_a_name_may_be_written_as_lists_of_events_do(gazetteer, toponym, name, country, kind):
    place = resolve(toponym, Context(), gazetteer).place
    assert (place.name, place.country_code) == (name, country)
    assert place.feature_code.startswith(kind)


@pytest.mark.parametrize("toponym", ["Yugoslavia", "Kabul (Syria)", "Beni, Myanmar (Burma)", "AFG", "(), ()"])
def test_a_country_that_is_no_more_and_a_bare_code_are_no_place(gazetteer, toponym):
    assert resolve(toponym, Context(), gazetteer) is None


@pytest.mark.parametrize(
    ("toponym", "place_id"),
    [
        ("Xulumbazi, Donetsk oblast, Ukraine", "geonames:709716"),
        ("north of Xulumbazi, Bakhmut raion, Donetsk oblast, Ukraine", "geonames:709716"),
        ("Xulumbazi (Helmand), Afghanistan", "geonames:1140043"),
        ("Xulumbazi, Helmand", None),  # perhaps a list of two places
        ("Xulumbazi, Afghanistan", None),
        ("Xulumbazi, Helmand, Ukraine", None),
    ],
)
def test_an_unknown_name_lies_in_the_province_that_is_named_with_its_country(gazetteer, toponym, place_id):
    found = resolve(toponym, Context(), gazetteer)
    assert (found and found.place.place_id) == place_id
    if found:
        assert found.geo_precision is GeoPrecision.ADMIN1
        assert found.reason == f"in no gazetteer; the text puts it in {found.place.name}"


def test_a_persons_own_place_in_another_country_is_not_taken(gazetteer):
    own = OwnPlaces([Place(place_id="local:sm", name="San Miguel", latitude=-16.4, longitude=-71.5, country_code="PE")])
    assert resolve("San Miguel, Peru", Context(), gazetteer, own).place.place_id == "local:sm"
    assert resolve("San Miguel, El Salvador", Context(), gazetteer, own).place.country_code == "SV"


@pytest.mark.parametrize("toponym", ["Kabul, Syria", "Kabul, Monday", "a, b, c, d, e, f", "Kabul, " * 60])
def test_a_name_that_the_part_after_the_comma_does_not_hold_is_no_place(gazetteer, toponym):
    assert resolve(toponym, Context(), gazetteer) is None


def test_a_persons_own_place_needs_no_province(gazetteer):
    post = Place(place_id="local:post", name="Post Seven", latitude=34.1, longitude=70.2)
    assert resolve("Post Seven, Helmand", Context(), gazetteer, OwnPlaces([post])).place is post
