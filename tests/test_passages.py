"""What is marked in a passage, and what stands around it."""

from dashboard.model import Article, Event
from dashboard.passages import Role, Stretch, around, independent_sources, marked


def event(passage, **fields):
    return Event(event_id="e1", passage=passage, **fields)


def article(text):
    return Article(article_id="a1", title="", text=text, sha256="")


def test_place_date_and_actors_are_marked_where_they_stand_and_nothing_is_lost():
    passage = "Pakistan and Afghanistan agreed in Doha on October 19."
    stretches = marked(event(passage, toponym="Doha", date_text="October 19", actor1="Pakistan", actor2="Afghanistan"))
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
    assert marked(event("Omani mediators left Oman.", toponym="Oman"))[1] == Stretch("Oman", Role.PLACE)
    assert marked(event("Omani mediators left.", toponym="Oman")) == [Stretch("Omani mediators left.")]


def test_the_place_wins_where_place_and_actor_are_the_same_words():
    assert marked(event("Kabul said no.", toponym="Kabul", actor1="Kabul")) == [
        Stretch("Kabul", Role.PLACE),
        Stretch(" said no."),
    ]


def test_signs_of_regular_expressions_in_a_name_are_only_letters():
    assert marked(event("In C++ (Town) it rained.", toponym="C++ (Town)"))[1] == Stretch("C++ (Town)", Role.PLACE)


TEXT = "Headline without a stop\nFirst one. Second one, “quoted.” Third one!\nNext paragraph."


def test_context_is_one_sentence_each_side_within_the_paragraph():
    start = TEXT.index("Second")
    end = start + len("Second one, “quoted.”")
    assert around(article(TEXT), start, end) == ("First one.", "Third one!")


def test_at_the_edges_of_a_paragraph_there_is_no_context():
    start = TEXT.index("Next")
    assert around(article(TEXT), start, len(TEXT)) == ("", "")
    first = TEXT.index("First")
    assert around(article(TEXT), first, first + len("First one.")) == ("", "Second one, “quoted.”")


def test_an_article_without_full_stops_gives_at_most_400_characters_of_context():
    text = "a" * 3000 + " HERE " + "b" * 3000
    start = text.index("HERE")
    before, after = around(article(text), start, start + 4)
    assert (len(before), len(after)) == (400, 400)


WIRE = (
    "Two soldiers were killed on Monday when a roadside bomb hit their convoy outside the town, officials said. "
    "No group claimed the attack. The army sent reinforcements to the area and closed the main road to the border."
)


def test_two_prints_of_one_report_are_one_source_and_another_report_is_a_second():
    reprint = WIRE.replace("officials said", "police said") + " Reporting by our staff."
    other = "A mine killed two soldiers near the town, a local journalist who reached the place said on Tuesday."
    assert independent_sources([article(WIRE), article(reprint)]) == 1
    assert independent_sources([article(WIRE), article(other), article(reprint)]) == 2
    assert independent_sources([article(""), article("")]) == 1
    assert independent_sources([]) == 0
