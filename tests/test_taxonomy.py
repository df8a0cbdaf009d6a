import pytest

from dashboard.model import EventType
from dashboard.taxonomy import from_acled, is_sub_type, kinds, spelling_of, sub_types, title_of

ACLED = {
    "Battles": {"Armed clash", "Government regains territory", "Non-state actor overtakes territory"},
    "Explosions/Remote violence": {
        "Chemical weapon", "Air/drone strike", "Suicide bomb", "Shelling/artillery/missile attack",
        "Remote explosive/landmine/IED", "Grenade",
    },
    "Violence against civilians": {"Sexual violence", "Attack", "Abduction/forced disappearance"},
    "Protests": {"Excessive force against protesters", "Protest with intervention", "Peaceful protest"},
    "Riots": {"Violent demonstration", "Mob violence"},
    "Strategic developments": {
        "Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use",
        "Headquarters or base established", "Looting/property destruction", "Non-violent transfer of territory",
        "Other",
    },
}  # fmt: skip
PLOVER = {
    "AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
}  # fmt: skip


def test_every_sub_event_type_of_acled_has_a_place_and_keeps_its_spelling():
    assert sum(map(len, ACLED.values())) == 25
    found: dict[str, set[str]] = {}
    for kind in kinds().values():
        if kind.acled_sub_event_type:
            found.setdefault(kind.acled_event_type, set()).add(kind.acled_sub_event_type)
    assert found == ACLED


def test_violence_is_named_by_the_very_words_of_acled():
    for kind in kinds().values():
        if kind.event_type in ("battle", "explosion", "civilians", "protest", "riot"):
            assert kind.sub_event_type == kind.acled_sub_event_type


def test_every_type_of_plover_has_a_place_and_no_other():
    assert {kind.plover_event_type for kind in kinds().values()} - {""} == PLOVER


def test_every_event_type_has_a_row_of_its_own_and_sub_types():
    for event_type in EventType:
        assert kinds()[event_type, ""].title
        assert sub_types(event_type)


def test_every_kind_says_what_it_means_in_a_sentence():
    for kind in kinds().values():
        assert kind.title
        assert kind.description.endswith(".")


@pytest.mark.parametrize(
    ("event_type", "sub_type", "title"),
    [
        ("agreement", "ceasefire", "Agreement · ceasefire"),
        ("talks", "failed", "Talks · failed talks"),
        ("statement", "threat", "Statement · threat of force"),
        ("explosion", "", "Explosion or remote violence"),
        ("battle", "a word of one's own", "Battle · a word of one's own"),
    ],
)
def test_titles_are_words_for_people(event_type, sub_type, title):
    assert title_of(event_type, sub_type) == title


def test_a_sub_type_belongs_to_its_type_and_is_found_in_any_case():
    assert is_sub_type(EventType.BATTLE, "Armed clash")
    assert not is_sub_type(EventType.RIOT, "Armed clash")
    assert spelling_of(EventType.BATTLE, "armed_CLASH") == "Armed clash"
    assert spelling_of(EventType.BATTLE, "armed clashes") == ""


@pytest.mark.parametrize(
    ("acled", "ours"),
    [
        (("Battles", "Armed clash"), ("battle", "Armed clash")),
        (("strategic developments", "agreement"), ("agreement", "")),
        (("Strategic Developments", "Other"), ("other", "Other")),
        (("Strategic developments", "a new sub-type"), ("other", "Other")),
        (("Strategic developments", "Disrupted weapons use"), ("other", "Disrupted weapons use")),
        (("Riots", "a new sub-type"), ("riot", "")),
    ],
)
def test_acled_words_lead_to_our_kind(acled, ours):
    kind = from_acled(*acled)
    assert (kind.event_type, kind.sub_event_type) == ours


def test_words_that_are_not_of_acled_lead_nowhere():
    assert from_acled("Weather", "Storm") is None
    assert from_acled("", "") is None
