"""What is marked in a passage, and what stands around it."""

from dashboard.model import Article, Event
from dashboard.passages import Role, Stretch, marked_passage, surrounding_text


def event(passage, **fields):
    return Event(event_id="e1", passage=passage, **fields)


def article(text):
    return Article(article_id="a1", title="", text=text, sha256="")


def test_place_date_and_actors_are_marked_where_they_stand_and_nothing_is_lost():
    passage = "Pakistan and Afghanistan agreed in Doha on October 19."
    stretches = marked_passage(
        event(passage, toponym="Doha", date_text="October 19", actor1="Pakistan", actor2="Afghanistan")
    )
    assert stretches == [
        Stretch("Pakistan", Role.ACTOR),
        Stretch(" and "),
        Stretch("Afghanistan", Role.ACTOR),
        Stretch(" agreed in "),
        Stretch("Doha", Role.PLACE),
        Stretch(" on "),
        Stretch("October 19", Role.DATE),
        Stretch("."),
    ]
    assert "".join(s.text for s in stretches) == passage


def test_a_name_inside_another_word_is_not_marked():
    assert marked_passage(event("Omani mediators left Oman.", toponym="Oman"))[1] == Stretch("Oman", Role.PLACE)
    assert marked_passage(event("Omani mediators left.", toponym="Oman")) == [Stretch("Omani mediators left.")]


def test_the_place_wins_where_place_and_actor_are_the_same_words():
    assert marked_passage(event("Kabul said no.", toponym="Kabul", actor1="Kabul")) == [
        Stretch("Kabul", Role.PLACE),
        Stretch(" said no."),
    ]


def test_signs_of_regular_expressions_in_a_name_are_only_letters():
    assert marked_passage(event("In C++ (Town) it rained.", toponym="C++ (Town)"))[1] == Stretch(
        "C++ (Town)", Role.PLACE
    )


TEXT = "Headline without a stop\nFirst one. Second one, “quoted.” Third one!\nNext paragraph."


def test_context_is_one_sentence_each_side_within_the_paragraph():
    start = TEXT.index("Second")
    end = start + len("Second one, “quoted.”")
    assert surrounding_text(article(TEXT), start, end) == ("First one.", "Third one!")


def test_at_the_edges_of_a_paragraph_there_is_no_context():
    start = TEXT.index("Next")
    assert surrounding_text(article(TEXT), start, len(TEXT)) == ("", "")
    first = TEXT.index("First")
    assert surrounding_text(article(TEXT), first, first + len("First one.")) == ("", "Second one, “quoted.”")


def test_an_article_without_full_stops_gives_at_most_400_characters_of_context():
    text = "a" * 3000 + " HERE " + "b" * 3000
    start = text.index("HERE")
    before, after = surrounding_text(article(text), start, start + 4)
    assert (len(before), len(after)) == (400, 400)


def test_an_abbreviation_ends_no_sentence_of_the_context():
    text = "On Sunday Gen. Malik came back. A bomb exploded. It was hidden near St. Mary's Church. Two men fled."
    start = text.index("A bomb")
    assert surrounding_text(article(text), start, start + len("A bomb exploded.")) == (
        "On Sunday Gen. Malik came back.",
        "It was hidden near St. Mary's Church.",
    )


def test_of_a_sentence_that_the_passage_cuts_the_rest_is_the_context():
    text = "He left. Early on Sunday a bomb exploded near the gate. Two men fled."
    start = text.index("a bomb")
    assert surrounding_text(article(text), start, start + len("a bomb exploded")) == (
        "Early on Sunday",
        "near the gate.",
    )


def test_where_there_is_no_text_there_is_no_context():
    assert surrounding_text(article(""), 0, 0) == ("", "")
    assert surrounding_text(article("  \n "), 1, 2) == ("", "")
