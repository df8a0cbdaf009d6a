"""Which words of a text are names of places: sentences made for each rule, on several conflicts and continents."""

import pytest

from dashboard.errors import DataError
from dashboard.extract.places.ner import EntitySpan, chunks, load_recogniser
from dashboard.extract.places.recognise import recognise, toponyms_at
from dashboard.extract.text.tokens import tokens
from dashboard.gazetteer.index import Gazetteer
from dashboard.model import ToponymRole


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def names(text, gazetteer, recogniser=None):
    return [one.text for one in recognise(text, gazetteer, recogniser) if one.role is not ToponymRole.DEMONYM]


def roles(text, gazetteer):
    return [(one.text, one.role.value) for one in recognise(text, gazetteer)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rebels entered Goma and shelled Bukavu from the hills.", ["Goma", "Bukavu"]),
        ("Clashes spread to Rio de Janeiro and São Paulo.", ["Rio de Janeiro", "São Paulo"]),
        ("The army took Port Sudan, Kassala and El Fasher.", ["Port Sudan", "Kassala", "El Fasher"]),
        ("The U.S. and the UK met in The Hague.", ["U.S.", "UK", "The Hague"]),
        ("Ukraine's east was shelled; Kharkiv's streets were empty.", ["Ukraine", "Kharkiv"]),
        ("They fled from northern Syria to southern Lebanon.", ["Syria", "Lebanon"]),
        ("Floods in Côte d'Ivoire and in Guinea-Bissau.", ["Côte d'Ivoire", "Guinea-Bissau"]),
        ("Troops crossed the Euphrates into Asia.", ["Euphrates", "Asia"]),
        ("A man was shot in Dayton, OH, on Friday.", ["Dayton", "OH"]),
        ("В городе Кабул прогремел взрыв.", ["Кабул"]),
        ("انفجار در شهر کابل", ["کابل"]),
    ],
)
def test_names_are_found_with_the_edges_annotators_agree_on(gazetteer, text, expected):
    assert names(text, gazetteer) == expected


@pytest.mark.parametrize(
    "text",
    [
        "He may march in May or March, said General Police Mobile.",
        "Dr Hassan and Mr Jackson said so.",
        "Colonel Medina met Captain Santiago.",
        "It cost US$5 million.",
        "Cases of West Nile virus rose.",
        "The XYZ and the QED agreed.",
        "nothing here is a name, not even turkey or chad",
        "",
        " \n\t\x00",
    ],
)
def test_words_that_are_no_places_are_left_alone(gazetteer, text):
    assert names(text, gazetteer) == []


def test_brackets_after_a_place_define_its_short_form(gazetteer):
    text = "Fighters crossed into Cabo Delgado (CD). The governor of CD fled."
    short = [one for one in recognise(text, gazetteer) if one.text == "CD"]
    assert [one.name for one in short] == ["Cabo Delgado", "Cabo Delgado"]
    assert names("Officers of the CD fled.", gazetteer) == []


def test_a_sure_mention_proves_the_others_but_not_those_within_longer_names(gazetteer):
    text = "Shells fell in Parkes. Parkes burned. The Parkes Times reported it."
    assert names(text, gazetteer) == ["Parkes", "Parkes"]


def test_peoples_tell_their_country_and_are_no_places(gazetteer):
    found = recognise("Sudanese and Rohingya families left.", gazetteer)
    assert [(one.text, one.role, one.name) for one in found] == [
        ("Sudanese", ToponymRole.DEMONYM, "Sudan"),
        ("Rohingya", ToponymRole.DEMONYM, ""),
    ]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Khartoum rejected the offer.", "metonym"),
        ("Khartoum has repeatedly denied it.", "metonym"),
        ("It was Khartoum's demand.", "metonym"),
        ("They accused Khartoum of delay.", "metonym"),
        ("People in Khartoum said they were afraid.", "place"),
        ("A drone struck Khartoum.", "place"),
        ("Khartoum's streets are empty.", "place"),
    ],
)
def test_a_capital_that_acts_is_its_government(gazetteer, text, role):
    assert roles(text, gazetteer) == [("Khartoum", role)]


def entity(text, words, label):
    start = text.index(words)
    return EntitySpan(start, start + len(words), label)


def test_the_recogniser_vetoes_single_words_but_not_several_after_a_preposition(gazetteer):
    person = "Later Warwick spoke."
    assert names(person, gazetteer, lambda text: [entity(text, "Warwick", "PERSON")]) == []
    place = "They hid in Tora Bora for weeks."
    assert names(place, gazetteer, lambda text: [entity(text, "Tora Bora", "PERSON")]) == ["Tora Bora"]


def test_the_recogniser_adds_places_no_gazetteer_knows_without_their_small_words(gazetteer):
    text = "They reached the village of Xulumbazi on foot."
    found = names(text, gazetteer, lambda text: [entity(text, "the village of Xulumbazi", "GPE")])
    assert found == ["Xulumbazi"]


def test_a_country_in_an_organisations_name_is_no_place_of_an_event(gazetteer):
    text = "The Government of Peru answered."
    found = recognise(text, gazetteer, lambda text: [entity(text, "The Government of Peru", "ORG")])
    assert [(one.text, one.role.value) for one in found] == [("Peru", "part")]


def test_offsets_match_the_text_whatever_it_is(gazetteer):
    text = "Kabul \0 KABUL\r\n\u202eAleppo\u202c \ud800 в Киеве, 喀布尔 \U0001f4a5Gaza's" + "x" * 1000 + " 'Juba' (Wau)"
    for recogniser in (None, load_recogniser()):
        found = recognise(text, gazetteer, recogniser)
        assert {"Kabul", "Juba"} <= {one.text for one in found}
        assert all(text[one.start : one.end] == one.text for one in found)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["a" * 100_000, "'" * 100_000, "U.S." * 30_000, "Kabul " * 20_000, "( " * 50_000])
def test_monstrous_texts_end(gazetteer, text):
    found = recognise(text, gazetteer, load_recogniser())
    assert all(text[one.start : one.end] == one.text for one in found)


def test_marked_spans_keep_their_edges_and_get_their_long_forms(gazetteer):
    text = "In Western Australia (WA) fires burn; WA asks for help."
    last = text.rindex("WA")
    found = toponyms_at(text, [(last, last + 2)], gazetteer)
    assert [(one.text, one.name) for one in found] == [("WA", "Western Australia")]
    with pytest.raises(DataError, match="characters, got 50 to 99"):
        toponyms_at(text, [(50, 99)], gazetteer)


def test_a_text_is_cut_where_words_end():
    text = "one two\nthree four five"
    pieces = [text[start:end] for start, end in chunks(text, 10)]
    assert "".join(pieces) == text
    assert all(len(piece) <= 10 and not piece[-1:].isalpha() for piece in pieces[:-1])


def test_words_lose_their_possessives():
    assert [word.text for word in tokens("Sana'a's port, the rebels’ base in O'Leary")] == [
        *("Sana'a", "port", "the", "rebels", "base", "in", "O'Leary")
    ]
