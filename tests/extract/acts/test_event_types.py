"""Event types: what a sentence states, by made-up sentences from several conflicts, and by labelled ones if there."""

import csv
import json
from pathlib import Path

import pytest

from dashboard.extract.acts.classify import classify, plover_of
from dashboard.extract.acts.rules import patterns
from dashboard.extract.text.inflection import verb_forms
from dashboard.extract.text.mood import Mood
from dashboard.model import EventType as T
from dashboard.taxonomy import TAXONOMY, is_sub_type

LABELLED = Path(__file__).parents[4] / "shared" / "data" / "plover-dev.jsonl"
TODAY = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT"}
"""Older names of PLOVER's types."""


@pytest.mark.parametrize(
    ("sentence", "event_type", "sub_event_type"),
    [
        (
            "Russian forces shelled Kupiansk overnight.",
            T.EXPLOSION,
            "Shelling/artillery/missile attack",
        ),
        ("An airstrike hit a market in El Fasher on Friday.", T.EXPLOSION, "Air/drone strike"),
        ("A roadside bomb killed two soldiers near Gao.", T.EXPLOSION, "Remote explosive/landmine/IED"),
        ("A suicide bomber attacked a checkpoint in Maiduguri.", T.EXPLOSION, "Suicide bomb"),
        ("M23 rebels seized the town of Sake.", T.BATTLE, "Non-state actor overtakes territory"),
        ("The army recaptured Wad Madani from the paramilitaries.", T.BATTLE, "Government regains territory"),
        ("Clashes broke out between dissidents and the ELN in Catatumbo.", T.BATTLE, "Armed clash"),
        ("Gunmen abducted 30 schoolgirls in Zamfara.", T.CIVILIANS, "Abduction/forced disappearance"),
        ("Soldiers massacred villagers in Sagaing.", T.CIVILIANS, "Attack"),
        ("Thousands of people marched through Belfast.", T.PROTEST, ""),
        ("Youths threw stones and petrol bombs at police in Derry.", T.RIOT, "Violent demonstration"),
        ("The two sides signed a peace agreement in Havana.", T.AGREEMENT, "peace"),
        ("A truce was declared in Khartoum on Monday.", T.AGREEMENT, "ceasefire"),
        ("The junta released 200 prisoners in Yangon.", T.AGREEMENT, "release"),
        ("Kenyan troops withdrew from the border town.", T.AGREEMENT, "withdrawal"),
        ("The foreign ministers met in Luanda.", T.TALKS, "meeting"),
        ("Talks between the two factions collapsed in Jeddah.", T.TALKS, "failed"),
        ("Norway sent 20 million dollars of aid to Gaza.", T.TALKS, "aid"),
        ("Kigali accused Kinshasa of arming militias.", T.STATEMENT, "accusation"),
        ("The general threatened to bomb the dam.", T.STATEMENT, "threat"),
        ("The envoy urged both parties to stop.", T.STATEMENT, "demand"),
        ("The rebels rejected the offer.", T.STATEMENT, "rejection"),
        ("Police detained 40 activists in Kampala.", T.OTHER, "Arrests"),
        ("The European Union imposed sanctions on three generals.", T.OTHER, "sanction"),
        ("Ethiopia deployed troops along the frontier.", T.OTHER, "mobilisation"),
    ],
)
def test_a_plain_sentence_is_the_type_a_reader_would_give_it(sentence, event_type, sub_event_type):
    acts = classify(sentence)
    best = max(acts, key=lambda act: act.score)
    assert (best.event_type, best.sub_event_type) == (event_type, sub_event_type)
    assert sentence[best.start : best.end].strip()


def test_a_willed_attack_is_a_threat_and_a_willed_meeting_stays_a_meeting():
    (threat,) = classify("The militia will attack the airport.")
    assert (threat.event_type, threat.sub_event_type, threat.mood) == (T.STATEMENT, "threat", Mood.INTENT)
    (meeting,) = classify("The presidents will meet in Accra on Monday.")
    assert (meeting.event_type, meeting.mood, meeting.plover) == (T.TALKS, Mood.INTENT, "AGREE")


def test_what_did_not_happen_is_no_act():
    assert classify("The army did not attack the village.") == []


@pytest.mark.parametrize("text", ["", " ", "…", "Rain fell on the hills.", "fire " * 200_000, "@" * 100_000])
def test_text_without_an_act_or_without_an_end_is_answered(text):
    assert len(classify(text)) <= 3


def test_every_rule_names_a_type_of_the_taxonomy_and_one_of_plovers_sixteen():
    with TAXONOMY.open(encoding="utf-8", newline="") as file:
        sixteen = {row["plover_event_type"] for row in csv.DictReader(file)} - {""}
    kinds = {pattern.kind for rules in patterns().values() for pattern in rules}
    assert len(sixteen) == 16
    assert {kind.plover for kind in kinds} == sixteen | {""}
    assert {kind.sub_event_type for kind in kinds if not kind.plover and kind.weight} == {"displacement"}
    assert all(not kind.sub_event_type or is_sub_type(kind.event_type, kind.sub_event_type) for kind in kinds)


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("seize", {"seize", "seizes", "seized", "seizing"}),
        ("deny", {"deny", "denies", "denied", "denying"}),
        ("ban", {"ban", "bans", "banned", "banning"}),
        ("agree", {"agree", "agrees", "agreed", "agreeing"}),
        ("strike", {"strike", "strikes", "struck", "striking"}),
        ("withdraw", {"withdraw", "withdraws", "withdrew", "withdrawn", "withdrawing"}),
    ],
)
def test_a_verb_is_known_in_every_form(lemma, forms):
    assert forms <= set(verb_forms(lemma))


@pytest.mark.skipif(not LABELLED.exists(), reason="no labelled sentences beside the repository")
def test_labelled_sentences_reach_the_goal():
    rows = [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]
    gold = [TODAY.get(row["event"], row["event"]) for row in rows]
    found = [plover_of(row["text"]) for row in rows]
    scores = []
    for kind in set(gold):
        right = sum(a == b == kind for a, b in zip(gold, found, strict=True))
        scores.append(2 * right / (gold.count(kind) + found.count(kind)))
    assert sum(scores) / len(scores) >= 0.55


def test_what_is_asked_for_is_no_act_and_what_somebody_is_accused_of_is_one():
    assert [a.event_type for a in classify("The council demanded the withdrawal of troops from Abyei.")] == [
        T.STATEMENT
    ]
    accused = classify("Monitors accused the army of shelling a school in Kachin.")
    assert [a.event_type for a in accused] == [T.STATEMENT, T.EXPLOSION]


def test_a_condition_is_no_act():
    assert all(act.event_type is T.STATEMENT for act in classify("If rebels attack Bunia, the army will respond."))


def test_two_acts_of_one_sentence_are_both_found():
    found = classify("A truce was declared in Tripoli after militias shelled the airport.")
    assert [(act.event_type, act.plover) for act in found] == [(T.AGREEMENT, "RETREAT"), (T.EXPLOSION, "ASSAULT")]
