"""Events from whole articles: what is on the map, where, when and in whose voice, worked out by hand."""

import csv
import hashlib
from datetime import date
from pathlib import Path

import pytest

from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest.read_article import events_from_article
from dashboard.model import Article, GeoPrecision

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def article(text, published=None):
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Article(article_id=digest[:12], title="", text=text, sha256=digest, published=published)


def told(events):
    """Type, sub-type, toponym, first and last day, assertion of each event, as sets of rows compare."""
    return {
        (e.event_type.value, e.sub_event_type, e.toponym, str(e.date_start), str(e.date_end), e.assertion.value)
        for e in events
    }


SUDAN = """Drone strike kills 14 at market as siege tightens

At least 14 people were killed when a drone hit a livestock market in El Fasher, the capital of North Darfur, on \
Monday, a local medical group said.

The Rapid Support Forces denied bombing El Fasher. A spokesman in Nairobi said the army had fired the missile.

The army retook the town of Singa from the RSF on 8 June after two days of heavy fighting.

Read more: Aid convoy looted near Nyala

On Tuesday, envoys of the two sides met in Jeddah to discuss a humanitarian truce.
"""


def test_a_claim_and_its_denial_are_two_rows_of_one_incident_and_links_and_speakers_places_are_none(gazetteer):
    events = events_from_article(article(SUDAN, date(2024, 6, 12)), gazetteer)  # a Wednesday
    assert told(events) == {
        ("explosion", "Air/drone strike", "El Fasher", "2024-06-10", "2024-06-10", "claimed"),
        ("explosion", "Air/drone strike", "El Fasher", "None", "None", "denied"),
        ("battle", "Government regains territory", "Singa", "2024-06-08", "2024-06-08", "reported"),
        ("talks", "meeting", "Jeddah", "2024-06-11", "2024-06-11", "reported"),
    }
    claim, denial = [event for event in events if event.toponym == "El Fasher"]
    assert claim.incident_id == denial.incident_id == claim.event_id
    assert (claim.claimed_by, claim.fatalities_low, claim.fatalities_high) == ("local medical group", 14, None)
    assert claim.place_id == denial.place_id != ""


UKRAINE = """KYIV, March 5 (Reuters) - Russian missiles struck an apartment block in Kharkiv on Tuesday, killing three \
people, the Kharkiv governor said.

Russia also launched drones at Odesa and Dnipro on March 3, damaging a power plant.

Kremlin spokesman Dmitry Peskov threatened strikes on bridges in Zaporizhzhia if Western troops were deployed.

The two countries will meet in Riyadh on March 11 for a new round of negotiations, the Turkish foreign ministry said.
"""


def test_datelines_are_no_place_two_places_are_one_incident_threats_and_plans_are_no_acts(gazetteer):
    events = events_from_article(article(UKRAINE, date(2025, 3, 5)), gazetteer)  # a Wednesday
    assert told(events) == {
        ("explosion", "Shelling/artillery/missile attack", "Kharkiv", "2025-03-04", "2025-03-04", "claimed"),
        ("explosion", "Air/drone strike", "Odesa", "2025-03-03", "2025-03-03", "reported"),
        ("explosion", "Air/drone strike", "Dnipro", "2025-03-03", "2025-03-03", "reported"),
        ("statement", "threat", "Zaporizhzhia", "2025-03-05", "2025-03-05", "threatened"),
        ("talks", "meeting", "Riyadh", "2025-03-11", "2025-03-11", "planned"),
    }
    odesa, dnipro = [event for event in events if event.toponym in ("Odesa", "Dnipro")]
    assert odesa.incident_id == dnipro.incident_id
    threat = next(event for event in events if event.toponym == "Zaporizhzhia")
    assert (threat.date_basis, threat.actor1, threat.claimed_by) == ("publication", "Dmitry Peskov", "Dmitry Peskov")


COLOMBIA = """Clashes between ELN rebels and a dissident faction of the FARC left nine fighters dead in Arauca \
department, the Colombian army said on Saturday.

Last week, gunmen kidnapped two police officers on a road near Saravena. The officers were released on Thursday in \
Fortul.

Hundreds of people marched in Bogota on Friday to protest against the killings.

The government and the ELN signed a six-month ceasefire in Havana on June 9. The truce has failed to stop the violence.
"""


def test_what_a_protest_is_about_is_no_event_of_its_place(gazetteer):
    events = events_from_article(article(COLOMBIA, date(2023, 8, 20)), gazetteer)  # a Sunday
    assert told(events) == {
        ("battle", "Armed clash", "Arauca", "2023-08-19", "2023-08-19", "claimed"),
        ("civilians", "Abduction/forced disappearance", "Saravena", "2023-08-07", "2023-08-13", "reported"),
        ("agreement", "release", "Fortul", "2023-08-17", "2023-08-17", "reported"),
        ("protest", "", "Bogota", "2023-08-18", "2023-08-18", "reported"),
        ("agreement", "ceasefire", "Havana", "2023-06-09", "2023-06-09", "reported"),
    }
    assert (events[0].toponym, events[0].fatalities_low, events[0].fatalities_high) == ("Arauca", 9, 9)


MYANMAR = """The junta carried out air strikes on the village of Kanan in Sagaing Region on January 7, killing 17 \
civilians.

A ceasefire was agreed in Kunming on January 11 after talks mediated by China, but fighting resumed in Lashio the next \
day.

The army overthrew the elected government in Naypyidaw in 2021.
"""


def test_each_clause_keeps_its_place_and_date_and_history_is_background(gazetteer):
    events = events_from_article(article(MYANMAR, date(2024, 1, 15)), gazetteer)
    assert told(events) == {
        ("explosion", "Air/drone strike", "Kanan", "2024-01-07", "2024-01-07", "reported"),
        ("agreement", "ceasefire", "Kunming", "2024-01-11", "2024-01-11", "reported"),
        ("battle", "Armed clash", "Lashio", "2024-01-12", "2024-01-12", "reported"),
        ("other", "coercion", "Naypyidaw", "2021-01-01", "2021-12-31", "background"),
    }


RELATIVE = """Gunmen attacked a village in Plateau State two days ago, killing at least 20 farmers, police said.

Yesterday, soldiers shot dead five of the suspected attackers near Jos.

Last month, a bomb exploded at a bus station in Maiduguri. Nobody was killed.

Residents protested in Abuja this morning against the killings.
"""


def test_relative_dates_count_from_publication_and_stay_unknown_without_it(gazetteer):
    events = events_from_article(article(RELATIVE, date(2024, 11, 20)), gazetteer)
    assert {(e.toponym, str(e.date_start), str(e.date_end), e.date_precision.value) for e in events} == {
        ("Plateau State", "2024-11-18", "2024-11-18", "day"),
        ("Jos", "2024-11-19", "2024-11-19", "day"),
        ("Maiduguri", "2024-10-01", "2024-10-31", "month"),
        ("Abuja", "2024-11-20", "2024-11-20", "day"),
    }
    undated = events_from_article(article(RELATIVE), gazetteer)
    assert {event.toponym for event in undated} == {"Plateau State", "Jos", "Maiduguri", "Abuja"}
    assert {event.date_start for event in undated} == {None}
    assert all(event.date_reason for event in undated)


def test_without_any_place_a_ceasefire_is_one_unlocated_event_and_words_are_none(gazetteer):
    truce = """The two armies agreed to a ceasefire on Saturday, mediators said. It is the first pause of the war.

Both sides accused each other of delaying the deal. The ceasefire came into effect at midnight.
"""
    (event,) = events_from_article(article(truce, date(2022, 5, 2)), gazetteer)  # a Monday
    assert (event.event_type, event.sub_event_type, event.place_id) == ("agreement", "ceasefire", "")
    assert (event.geo_precision, str(event.date_start)) == ("unlocated", "2022-04-30")
    wages = """The union said on Monday that negotiations with the company had broken down. Its leader accused the
management of bad faith. “We will not accept this offer,” she said.
"""
    assert events_from_article(article(wages, date(2022, 5, 2)), gazetteer) == []


def test_an_undated_event_lies_between_its_dated_neighbours_if_the_words_order_them(gazetteer):
    text = """Rebels shelled Taiz on 3 May.

Troops stormed Marib in response.

Both sides met in Muscat on 9 May.
"""
    storm = next(e for e in events_from_article(article(text, date(2023, 5, 12)), gazetteer) if e.toponym == "Marib")
    assert (str(storm.date_start), str(storm.date_end)) == ("2023-05-03", "2023-05-09")
    assert (storm.date_precision, storm.date_basis) == ("days", "inferred")
    unordered = text.replace(" in response", "")
    storm = next(
        e for e in events_from_article(article(unordered, date(2023, 5, 12)), gazetteer) if e.toponym == "Marib"
    )
    assert (storm.date_start, storm.date_basis) == (None, None)


def test_telling_again_adds_nothing_but_the_date(gazetteer):
    text = """A suicide bomber blew himself up outside a mosque in Peshawar, killing 12 worshippers.

The bomber struck as people left the mosque in Peshawar.

The suicide bombing took place on 4 March. Nobody has claimed it.
"""
    (event,) = events_from_article(article(text, date(2022, 3, 8)), gazetteer)
    assert (event.sub_event_type, str(event.date_start), event.date_basis) == (
        "Suicide bomb",
        "2022-03-04",
        "inherited",
    )
    assert (event.fatalities_low, event.fatalities_high) == (12, 12)


def test_a_country_is_a_place_only_of_acts_and_only_if_nothing_finer_is_told(gazetteer):
    text = """A bomb exploded in Somalia on 2 July. A bomb exploded in Kismayo, Somalia, on 5 July.

The president warned that his enemies in Somalia would be defeated. Kenya accused Somalia of harbouring militants.
"""
    events = events_from_article(article(text, date(2021, 7, 9)), gazetteer)
    assert [(event.toponym, event.geo_precision.value) for event in events] == [
        ("Somalia", "country"),
        ("Kismayo", "settlement"),
    ]


def test_every_event_stands_word_for_word_in_its_article(gazetteer):
    for text in (SUDAN, UKRAINE, COLOMBIA, MYANMAR, RELATIVE):
        for event in events_from_article(article(text, date(2024, 6, 12)), gazetteer):
            assert text[event.char_start : event.char_end] == event.passage
            assert event.toponym in event.passage
            assert 0 < event.confidence <= 1
            assert event.place_reason
            assert event.date_reason
            assert event.status == "pending"


def test_the_sample_is_found_with_place_days_type_and_assertion(gazetteer):
    with (REPOSITORY / "data" / "events.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (path,) = (REPOSITORY / "data" / "articles").glob("*.txt")
    events = events_from_article(article(path.read_bytes().decode(), date(2025, 10, 29)), gazetteer)
    wanted = ("event_id", "place_id", "date_start", "date_end", "event_type", "assertion")
    found = {
        (e.event_id, e.place_id, str(e.date_start), str(e.date_end), e.event_type.value, e.assertion.value)
        for e in events
    }
    assert {tuple(row[name] for name in wanted) for row in rows} <= found
    assert len(events) <= len(rows) + 4
    assert not any(event.toponym == "Islamabad" for event in events)
    incidents = {row["event_id"]: row["incident_id"] for row in rows}
    assert {e.event_id: e.incident_id for e in events if e.event_id in incidents} == incidents


@pytest.mark.parametrize(
    ("text", "place", "country", "precision"),
    [
        # Kyrylivka is on the coast of Zaporizhzhia; none is known in Sumy
        ("Shelling killed a man in Kyrylivka in Sumy region, Ukraine, on Monday.", "Sumy", "UA", "admin1"),
        ("Gunmen killed a guard in the Soba area of Omdurman on Monday.", "Omdurman", "SD", "settlement"),
        ("Gunmen killed a guard in the Gulshan area of Dhaka on Monday.", "Dhaka", "BD", "settlement"),
        ("Gunmen killed a guard in the Saltivka district of Kharkiv on Monday.", "Saltivka", "UA", "settlement"),
        ("Shelling killed a man in Bakhmut in Donetsk region, Ukraine, on Monday.", "Bakhmut", "UA", "settlement"),
        ("Gunmen killed a man in Goma, Zaire, on Monday.", "Goma", "CD", "settlement"),  # Angola has a Zaire
        ("Gunmen killed a man in Atlanta in Georgia on Monday.", "Atlanta", "US", "settlement"),
        ("Gunmen killed a man in Daraa countryside on Monday.", "Daraa", "SY", "admin1"),
    ],
)
def test_a_place_lies_where_the_words_put_it(gazetteer, text, place, country, precision):
    (event,) = events_from_article(article(text, date(2024, 5, 1)), gazetteer)
    found = gazetteer.place(event.place_id)
    assert (found.name, found.country_code, event.geo_precision) == (place, country, precision)


def test_a_small_namesake_abroad_is_no_place_of_an_event_and_near_a_town_is_a_ring(gazetteer):
    """Tawila in Darfur is in no gazetteer of towns; At Tawilah in Yemen is."""
    text = (
        "Shelling in North Darfur\nShells hit a market in El Fasher on Saturday. "
        "Gunmen attacked the town of Tawila on Sunday, killing four people. "
        "A drone struck a depot near Port Sudan overnight.\n"
    )
    events = {event.toponym: event for event in events_from_article(article(text, date(2025, 11, 10)), gazetteer)}
    assert events["El Fasher"].place_id == "geonames:379555"
    assert events["Tawila"].place_id == ""
    assert events["Tawila"].place_reason.startswith("only a place of this name far away is known")
    # "near a town" is not in it: a ring, no dot.
    assert events["Port Sudan"].geo_precision is GeoPrecision.NEAR
    assert events["El Fasher"].geo_precision is GeoPrecision.SETTLEMENT
