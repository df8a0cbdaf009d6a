"""A name in one context has one answer: `add` and `geocode` place the events of an article alike.

The articles are made up; the places are those of a map, looked up by hand.
"""

import pytest

from dashboard.extract.places.ner import EntitySpan
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.own_places import OwnPlaces
from dashboard.geocode.rows.answers import PlaceSources, RowAnswers
from dashboard.geocode.rows.fill import fill
from dashboard.ingest.add import add_articles
from dashboard.ingest.geocode import geocode_events
from dashboard.ingest.read_article import names_of_article
from dashboard.ingest.sources import ArticleSource
from dashboard.model import Article
from dashboard.project.read import read_project
from dashboard.tables import empty_row
from tests.geocode.test_own_coordinates import edit, events

PLACE_COLUMNS = ("place_id", "place_basis", "geo_precision", "place_reason")
ITURI, ATACORA, KANDAHAR_PROVINCE = "geonames:215709", "geonames:2395524", "geonames:1138335"
TAME, HYDERABAD_PK, JALALABAD_IN = "geonames:3667478", "geonames:1176734", "geonames:1269447"
ALBANY_IN_GEORGIA, ALBANY_IN_NEW_YORK = "geonames:4179320", "geonames:5106834"
KOSOVO, SOUTH_SUDAN, KADUNA, HERAT = "geonames:831053", "geonames:7909807", "geonames:2335727", "geonames:1140026"

ALBANY = (
    "A gunman killed three people in Albany on Monday. Police in Atlanta, Georgia, and in Savannah searched for him."
)
XULUMBAZI = "Militiamen killed nine people in an attack in Xulumbazi, in Ituri, on Monday, the Congolese army said."
ANACOCO = (
    "Troops killed two guards in an attack in Anacoco on Monday. Guyana protested, and ministers met in Georgetown "
    "and in Linden."
)

CASES = [
    pytest.param(ALBANY, "Albany", ALBANY_IN_GEORGIA, "rule", "settlement", id="other towns of the article"),
    pytest.param(
        "Pakistani police said on Monday that three people were killed in a blast in Hyderabad. Protests followed in "
        "Karachi and in Sukkur, Sindh.",
        "Hyderabad", HYDERABAD_PK, "rule", "settlement", id="its people and provinces",
    ),
    pytest.param(
        "Shells killed two people in Tame on Monday. Rebels also attacked Saravena and Arauca in Colombia.",
        "Tame", TAME, "rule", "settlement", id="its countries",
    ),
    pytest.param(
        "Two soldiers were killed in an attack in Jalalabad, Uttar Pradesh, on Monday, police said.",
        "Jalalabad", JALALABAD_IN, "rule", "settlement", id="what stands beside the name",
    ),
    pytest.param(
        "Five soldiers were killed in clashes in Kandahar province on Monday. Kabul was calm.",
        "Kandahar", KANDAHAR_PROVINCE, "rule", "admin1", id="the kind beside the name",
    ),
    pytest.param(
        "Rebels killed four soldiers in an ambush near Kaduna on Monday, the Nigerian army said.",
        "Kaduna", KADUNA, "rule", "near", id="near a town",
    ),
    pytest.param(XULUMBAZI, "Xulumbazi", ITURI, "within", "admin1", id="only the province is known"),
    pytest.param(
        "Gunmen killed six soldiers in Qosterra, in Benin's Atacora department, on Monday, the army said.",
        "Qosterra", ATACORA, "within", "admin1", id="only the province is known, named before",
    ),
    pytest.param(
        "Serbian gunmen killed a policeman in a clash in Banjska, Kosovo, on Monday. Pristina blamed Belgrade.",
        "Banjska", KOSOVO, "within", "country", id="known only elsewhere than the text says",
    ),
    pytest.param(
        "Fighting killed twelve people in Nasir town in South Sudan on Monday. Residents fled to Malakal and Juba.",
        "Nasir", SOUTH_SUDAN, "within", "country", id="known only far away, and the country is named",
    ),
    pytest.param(ANACOCO, "Anacoco", "", "stopgap", "unlocated", id="known only far away"),
]  # fmt: skip


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def added(folder, text, gazetteer, recogniser=None):
    """A project of one article, as `add` writes it."""
    add_articles(folder, [ArticleSource(data=text.encode(), published="2024-05-08")], gazetteer, recogniser)
    return folder


def emptied(folder):
    """The project with the place columns of its rows emptied, and without its places."""
    for number in range(1, len(events(folder)) + 1):
        edit(folder, number, **dict.fromkeys(PLACE_COLUMNS, ""))
    (folder / "places.csv").unlink(missing_ok=True)


def answers(folder):
    """By toponym: place, basis, precision as it is read, and confidence."""
    return {
        event.toponym: (event.place_id, event.place_basis, event.geo_precision, event.confidence)
        for event in read_project(folder).events
    }


@pytest.mark.parametrize(("text", "toponym", "place_id", "basis", "precision"), CASES)
def test_geocode_places_an_emptied_row_as_add_placed_it(tmp_path, gazetteer, text, toponym, place_id, basis, precision):
    before = answers(added(tmp_path, text, gazetteer))
    assert before[toponym][:3] == (place_id, basis, precision)
    emptied(tmp_path)
    geocode_events(tmp_path, gazetteer)
    assert answers(tmp_path) == before
    written = events(tmp_path)
    geocode_events(tmp_path, gazetteer)
    assert events(tmp_path) == written, "a second run changes nothing"


@pytest.mark.parametrize(("text", "toponym", "place_id", "basis", "precision"), CASES)
def test_rows_that_add_wrote_stay_as_they_are(tmp_path, gazetteer, text, toponym, place_id, basis, precision):
    before = events(added(tmp_path, text, gazetteer))
    geocode_events(tmp_path, gazetteer)
    assert events(tmp_path) == before


@pytest.mark.parametrize(("text", "toponym", "place_id", "basis", "precision"), CASES)
def test_the_answer_is_as_sure_whoever_asks(tmp_path, gazetteer, text, toponym, place_id, basis, precision):
    """The certainty of the place is a factor of the event's confidence."""
    added(tmp_path, text, gazetteer)
    emptied(tmp_path)
    project, rows = read_project(tmp_path), events(tmp_path)

    def read(article, own):
        return names_of_article(article, gazetteer, None, own)

    asked = RowAnswers(PlaceSources(gazetteer, {}, project.articles, read, lambda text, own: None), rows)
    [article] = project.articles.values()
    names = read(article, OwnPlaces())
    for row in rows:
        of_event, of_row = names.placements.of(names.mentions[row["event_id"]]), asked.placement(row)
        assert (of_row.place, of_row.basis, of_row.certainty) == (of_event.place, of_event.basis, of_event.certainty)
    assert toponym in {row["toponym"] for row in rows}


def test_a_name_that_only_the_recogniser_knows_has_one_answer_too(tmp_path, gazetteer):
    """To the rules alone the words are no name."""
    text = "Militiamen killed nine people in an attack in Old Xulumbazi, in Ituri, on Monday, the army said."

    def recogniser(words):
        start = words.find("Old Xulumbazi")
        return [EntitySpan(start, start + len("Old Xulumbazi"), "GPE")] if start >= 0 else []

    before = answers(added(tmp_path, text, gazetteer, recogniser))
    assert before["Old Xulumbazi"][:2] == (ITURI, "within")
    geocode_events(tmp_path, gazetteer)
    assert answers(tmp_path) == before, "without it the row stays as it is"
    emptied(tmp_path)
    geocode_events(tmp_path, gazetteer, recogniser=recogniser)
    assert answers(tmp_path) == before


def test_a_persons_place_is_the_answer_of_both(tmp_path, gazetteer):
    own = "place_id,name,country_code,latitude,longitude\nlocal:x,Xulumbazi,CD,1.9,30.2\n"
    (tmp_path / "places.csv").write_text(own, encoding="utf-8")
    before = answers(added(tmp_path, XULUMBAZI, gazetteer))
    assert before["Xulumbazi"][:2] == ("local:x", "own")
    emptied(tmp_path)
    (tmp_path / "places.csv").write_text(own, encoding="utf-8")
    geocode_events(tmp_path, gazetteer)
    assert answers(tmp_path) == before


def test_a_place_that_a_person_adds_later_is_better_than_the_province(tmp_path, gazetteer):
    added(tmp_path, XULUMBAZI, gazetteer)
    with (tmp_path / "places.csv").open("a", encoding="utf-8") as file:
        file.write("local:x,Xulumbazi,,PPL,CD,,1.9,30.2,2,,\n")
    geocode_events(tmp_path, gazetteer)
    assert answers(tmp_path)["Xulumbazi"][:2] == ("local:x", "own")


def test_a_toponym_that_a_person_corrects_is_read_in_its_article(tmp_path, gazetteer):
    """Of the Albanys in the United States that of New York is the best known; the article speaks of Georgia's."""
    added(tmp_path, ALBANY.replace("Albany", "Albano"), gazetteer)
    number = [row["toponym"] for row in events(tmp_path)].index("Albano") + 1
    edit(tmp_path, number, toponym="Albany", **dict.fromkeys(PLACE_COLUMNS, ""))
    geocode_events(tmp_path, gazetteer)
    assert answers(tmp_path)["Albany"][0] == ALBANY_IN_GEORGIA


def test_a_country_that_the_row_states_goes_before_the_article(tmp_path, gazetteer):
    added(tmp_path, ALBANY, gazetteer)
    (tmp_path / "events.csv").write_text(
        (tmp_path / "events.csv").read_text(encoding="utf-8").replace("event_id,", "country,event_id,", 1).replace(
            "\n", "\n,"
        ).removesuffix(","),
        encoding="utf-8",
    )  # fmt: skip
    number = [row["toponym"] for row in events(tmp_path)].index("Albany") + 1
    edit(tmp_path, number, country="Australia")
    geocode_events(tmp_path, gazetteer)
    place = read_project(tmp_path).places[events(tmp_path)[number - 1]["place_id"]]
    assert (place.name, place.country_code) == ("Albany", "AU")


def test_without_the_article_its_rows_speak_for_one_another(tmp_path, gazetteer):
    added(tmp_path, ALBANY, gazetteer)
    emptied(tmp_path)
    row = events(tmp_path)[0]
    for path in (tmp_path / "articles").iterdir():
        path.unlink()
    (tmp_path / "articles.csv").unlink()
    text = (tmp_path / "events.csv").read_text(encoding="utf-8")
    other = dict.fromkeys(row, "") | {
        "title": "Search", "toponym": "Savannah", "article_id": row["article_id"],
        "passage": "Police in Savannah searched for him.",
    }  # fmt: skip
    quoted = ",".join(f'"{cell}"' for cell in other.values())
    (tmp_path / "events.csv").write_text(f"{text}{quoted}\n", encoding="utf-8")
    geocode_events(tmp_path, gazetteer)
    assert answers(tmp_path)["Albany"][0] == ALBANY_IN_GEORGIA


def test_what_only_the_article_could_say_stays_without_it(tmp_path, gazetteer):
    before = answers(added(tmp_path, XULUMBAZI, gazetteer))
    for path in (tmp_path / "articles").iterdir():
        path.unlink()
    (tmp_path / "articles.csv").unlink()
    geocode_events(tmp_path, gazetteer)
    assert answers(tmp_path) == before


def test_an_article_that_the_rules_fail_on_leaves_its_rows_their_own_words(tmp_path, gazetteer):
    added(tmp_path, ALBANY, gazetteer)
    emptied(tmp_path)

    def failing(words):
        return {}[words]

    assert geocode_events(tmp_path, gazetteer, recogniser=failing).placed
    assert answers(tmp_path)["Albany"][0] == ALBANY_IN_NEW_YORK


FAR = "Fighters attacked Kandahar, 2 people were killed near Masisi and in Rutshuru, and the army retook Sake."
"""All places but the first lie in one district of DR Congo."""


def test_a_name_that_a_person_gives_is_meant_however_far_it_is(tmp_path, gazetteer):
    """What the program read itself it may take for a namesake; a row that somebody wrote says what it says."""
    rows = "".join(f'Attack,"{FAR}",{name},{article}\n' for name in ("Kandahar", "Masisi") for article in ("", "x1"))
    (tmp_path / "events.csv").write_text(f"title,passage,toponym,article_id\n{rows}", encoding="utf-8")
    report = geocode_events(tmp_path, gazetteer)
    assert (report.placed, report.not_found) == (4, 0)
    places = read_project(tmp_path).places
    assert {places[row["place_id"]].country_code for row in events(tmp_path) if row["toponym"] == "Kandahar"} == {"AF"}

    other = tmp_path / "other"
    other.mkdir()
    added(other, ANACOCO, gazetteer)
    (number,) = (at for at, row in enumerate(events(other), start=1) if row["toponym"] == "Anacoco")
    edit(other, number, toponym="Kandahar")
    geocode_events(other, gazetteer)
    assert events(other)[number - 1]["place_id"]


def test_a_namesake_that_is_refused_is_not_said_to_be_unknown(tmp_path, gazetteer):
    added(tmp_path, ANACOCO, gazetteer)
    (problem,) = geocode_events(tmp_path, gazetteer).problems
    assert (problem.code, problem.hint) == ("place.namesake", "If it is meant, write its place_id.")
    assert "'Anacoco': only a place of this name far away is known" in problem.message


def test_each_article_is_read_once_however_its_rows_are_mixed(gazetteer):
    articles = {f"a{n}": Article(article_id=f"a{n}", title="", text=f"{ALBANY} {n}", sha256="") for n in range(40)}
    rows = [
        empty_row("events") | {"title": f"{turn}", "toponym": "Albany", "article_id": article_id, "passage": ALBANY}
        for turn in range(3)
        for article_id in articles
    ]
    rows.append(empty_row("events") | {"title": "by itself", "toponym": "Kabul"})
    read, quoted, told = [], [], []

    def read_article(article, own):
        read.append(article.article_id)
        return names_of_article(article, gazetteer, None, own)

    sources = PlaceSources(gazetteer, {}, articles, read_article, lambda text, own: quoted.append(text))
    filled = fill(rows, sources, lambda done, total: told.append((done, total)))
    assert sorted(read) == sorted(articles)
    assert [row["title"] for row in filled.rows] == [row["title"] for row in rows]
    assert told == [(done, 121) for done in range(1, 122)]
    assert {row["place_id"] for row in filled.rows[:-1]} == {ALBANY_IN_GEORGIA}

    stated = [row | {"latitude": "31.58", "longitude": "-84.15"} for row in rows]
    read.clear()
    fill(stated, sources)
    assert read == []  # the coordinates are the place


def test_a_place_that_is_emptied_takes_its_precision_with_it(tmp_path, gazetteer):
    """Goma Airport is in no gazetteer: it is near Goma, at the first run and at every other."""
    text = "Rebels killed three soldiers in an attack in Goma on Monday, the Congolese army said."
    assert answers(added(tmp_path, text, gazetteer))["Goma"][2] == "settlement"
    edit(tmp_path, 1, toponym="Goma Airport", place_id="")
    geocode_events(tmp_path, gazetteer)
    once = events(tmp_path)
    assert answers(tmp_path)["Goma Airport"][1:3] == ("within", "near")
    geocode_events(tmp_path, gazetteer)
    assert events(tmp_path) == once
