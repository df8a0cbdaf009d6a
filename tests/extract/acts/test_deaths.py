"""Deaths: figures and words, of the dead alone."""

import pytest

from dashboard.extract.acts.deaths import Deaths, deaths


@pytest.mark.parametrize(
    ("sentence", "low", "high"),
    [
        ("At least 12 people were killed in the strike on El Obeid.", 12, None),
        ("Between 10 and 15 soldiers died near Kidal.", 10, 15),
        ("A mine hit a bus, killing three and wounding five.", 3, 3),
        ("More than 100 civilians have been killed since Monday.", 100, None),
        ("Up to 40 fighters died in Sagaing.", None, 40),
        ("The blast left 14 dead and 30 injured.", 14, 14),
        ("Five people were injured and two were killed.", 2, 2),
        ("A hundred and five bodies were found in Bucha.", 105, 105),
        ("The death toll rose to 1,200.", 1200, 1200),
        ("Two soldiers and a policeman were killed in Cauca.", 3, 3),
        ("Three villagers, including a child, were shot dead.", 3, 3),
        ("The flood and the raid claimed 20 lives.", 20, 20),
        ("Twelve to fifteen rebels had been killed, the army said.", 12, 15),
        ("In 2014, 300 people died.", 300, 300),
        ("The raids of 25 June, in which 30 pilgrims were killed, went on.", 30, 30),
        ("Gunmen killed 12 people two days ago and nine people in March.", 12, 12),
        ("On 25 June about 30 pilgrims were killed.", 30, 30),
        ("No one was killed in Omagh.", 0, 0),
        ("The rocket caused no casualties.", 0, 0),
        ("Dozens of miners and herders were killed.", None, None),
        ("Several villagers died.", None, None),
    ],
)
def test_the_dead_are_counted_as_the_words_say(sentence, low, high):
    found = deaths(sentence)
    assert (found.low, found.high) == (low, high)
    assert found.words in sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Twenty-three people were wounded.",
        "The attack left 14 wounded.",
        "Police arrested 12 men after the killing.",
        "Some 1,500 displaced families arrived.",
        "The strike killed 12 hours of talks.",
        "He was killed in 2021.",
        "Fighting displaced 4,000 people from Goma.",
        "",
    ],
)
def test_who_was_hurt_taken_or_driven_out_is_not_counted(sentence):
    assert deaths(sentence) is None


def test_words_without_a_figure_are_kept():
    sentence = "Dozens of miners and herders were killed in Catatumbo."
    assert deaths(sentence) == Deaths(None, None, "Dozens of miners and herders were killed")


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["five ", "1,", "killed 5 ", "at least ", "hundred and ", "5 were been ", "no one "])
def test_hostile_text_is_read_without_a_hang(piece):
    for _ in range(20):
        deaths(piece * 100_000 + "killed")
        deaths(piece * (1400 // len(piece)) + "dead")
