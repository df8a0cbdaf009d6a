"""Attribution: whose words an act stands in, and whether it is fact, claim, denial, threat, plan or history."""

from datetime import date

import pytest

from dashboard.extract.acts.actors import actors
from dashboard.extract.acts.attribution import attribution_of
from dashboard.extract.acts.classify import classify
from dashboard.extract.acts.speakers import speeches
from dashboard.extract.text.sentences import SentenceRole, sentences
from dashboard.model import Assertion

A = Assertion
PUBLISHED = date(2025, 6, 12)


def read(text):
    """The strongest act of each sentence of the text, with its attribution; None for a sentence without one."""
    found = sentences(text)
    rows = []
    for sentence, said in zip(found, speeches(text, found), strict=True):
        passage = text[sentence.start : sentence.end]
        acts = classify(passage) if sentence.role is SentenceRole.BODY else []
        best = max(acts, key=lambda act: act.score, default=None)
        rows.append(attribution_of(best, passage, said, PUBLISHED) if best else None)
    return rows


@pytest.mark.parametrize(
    ("sentence", "assertion", "speaker"),
    [
        ("Troops shelled Bakhmut on Sunday.", A.REPORTED, ""),
        ("The army shelled the port, according to the Arakan Army.", A.CLAIMED, "Arakan Army"),
        ("According to local officials, gunmen kidnapped nine farmers.", A.CLAIMED, "local officials"),
        ("Rebels seized the airport, the governor of Ituri said on Friday.", A.CLAIMED, "governor of Ituri"),
        ("The Sudanese army said it had retaken Wad Madani.", A.CLAIMED, "Sudanese army"),
        ("Envoy Tom Perriello confirmed that the talks in Geneva had failed.", A.CLAIMED, "Tom Perriello"),
        ("The factions signed a ceasefire in Medellin, both sides said.", A.REPORTED, "both sides"),
        ("A spokesman for the guerrillas denied bombing the pipeline.", A.REPORTED, "spokesman for the guerrillas"),
        ("General Aung Lin warned that his forces would bomb the camp.", A.THREATENED, "Aung Lin"),
        ("“We could destroy the bridge at Kherson,” he said.", A.THREATENED, ""),
        ("The delegations will meet in Doha on Monday.", A.PLANNED, ""),
        ("The bishops condemned the shelling of Beni.", A.REPORTED, "bishops"),
        ("The jihadists seized Mosul in 2014.", A.BACKGROUND, ""),
        ("The two armies fought a war there decades ago.", A.BACKGROUND, ""),
        ("Police detained three men in Londonderry in 2025.", A.REPORTED, ""),
    ],
)
def test_an_act_is_attributed_as_its_sentence_puts_it(sentence, assertion, speaker):
    (found,) = read(sentence)
    assert (found.assertion, found.claimed_by) == (assertion, speaker)


def test_a_denied_act_is_a_denial_by_the_one_who_denies():
    text = "The junta denied bombing the school."
    said = speeches(text, sentences(text))[0]
    acts = {act.event_type: attribution_of(act, text, said) for act in classify(text)}
    assert {(found.assertion, found.claimed_by) for found in acts.values()} >= {(A.DENIED, "junta")}


def test_only_the_side_clause_with_the_year_is_history():
    text = "Rebels attacked Palma, the worst raid since militants seized the port in 2021."
    said = speeches(text, sentences(text))[0]
    assert [attribution_of(act, text, said).assertion for act in classify(text)] == [A.REPORTED, A.BACKGROUND]


def test_pronouns_titles_and_short_names_stand_for_the_full_name():
    text = (
        "Interior Minister Carmen Soto said rebels attacked Arauca. She added that gunmen kidnapped a mayor. "
        "Colonel Juan Prada said police arrested six men. The minister said troops retook the town. "
        "Soto said rebels burned houses. He said guerrillas shelled a base."
    )
    assert [row.claimed_by for row in read(text)] == ["Carmen Soto"] * 2 + ["Juan Prada"] + ["Carmen Soto"] * 3


def test_a_quotation_over_several_sentences_has_one_speaker():
    text = (
        "“They attacked the village at night. Soldiers shot the farmers,” said Amina Yusuf, a nurse. "
        "“Soldiers burned houses. They kidnapped children.”\nTroops shelled Beni."
    )
    rows = read(text)
    assert [row.claimed_by for row in rows] == ["Amina Yusuf"] * 4 + [""]
    assert rows[-1].assertion is A.REPORTED


def test_the_words_before_the_speaker_are_the_newspapers():
    text = "Reacting to failed negotiations in Geneva, Ruth Hale said the rebels had shelled Bor."
    said = speeches(text, sentences(text))[0]
    assert [attribution_of(act, text, said).assertion for act in classify(text)] == [A.REPORTED, A.CLAIMED]


@pytest.mark.parametrize("hostile", ["said " * 20_000, "“" * 50_000, "he said, " * 5_000, "A. B said. " * 2_000])
def test_hostile_text_is_attributed_without_a_hang(hostile):
    assert len(speeches(hostile, sentences(hostile))) == len(sentences(hostile))


@pytest.mark.parametrize(
    ("sentence", "pair"),
    [
        ("Sudan and Chad agreed to a truce.", ("Sudan", "Chad")),
        (
            "Clashes broke out between dissidents and the National Liberation Army.",
            ("dissidents", "National Liberation Army"),
        ),
        ("In Goma, M23 rebels clashed with the Congolese army.", ("M23 rebels", "Congolese army")),
        ("A convoy was attacked by Malian soldiers.", ("Malian soldiers", "")),
        ("Police arrested protesters in Derry.", ("Police", "protesters")),
        ("Israel’s strikes against Hezbollah continued.", ("Israel", "Hezbollah")),
        ("Russian forces shelled Kupiansk.", ("Russian forces", "")),
        ("A truce was declared on Monday.", ("", "")),
    ],
)
def test_actors_are_told_in_the_words_of_the_sentence_or_not_at_all(sentence, pair):
    best = max(classify(sentence), key=lambda act: act.score)
    assert actors(sentence, best) == pair
