"""The mood of a verb: whether it states a fact, or something negated, intended, planned, possible, demanded or
threatened.
"""

from collections.abc import Sequence
from enum import StrEnum

from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import Word

_LOOK_BACK = 7
"""How many words before a verb may change its mood."""


class Mood(StrEnum):
    """How the words around a verb present what it says."""

    FACT = "fact"
    NEGATED = "negated"
    INTENT = "intent"
    """Will, promises, intends."""
    PLAN = "plan"
    """Is to, is due to, plans to: a date for it is set or likely."""
    POSSIBLE = "possible"
    """Could, may; or depends on an if."""
    DUTY = "duty"
    """Must, should, is asked to."""
    THREAT = "threat"
    REFUSED = "refused"
    ALLOWED = "allowed"
    TRIED = "tried"
    PURPOSE = "purpose"
    """A bare "to" after a noun: what something is for."""


_GOVERNED = {
    "governors_of_threat": Mood.THREAT,
    "governors_of_refusal": Mood.REFUSED,
    "governors_of_plan": Mood.PLAN,
    "governors_of_intent": Mood.INTENT,
    "governors_of_demand": Mood.DUTY,
    "governors_of_leave": Mood.ALLOWED,
    "governors_of_try": Mood.TRIED,
    "continuing": Mood.FACT,
}
_MODAL = {
    "modals_of_intent": Mood.INTENT,
    "modals_of_possibility": Mood.POSSIBLE,
    "modals_of_duty": Mood.DUTY,
}


def mood(words: Sequence[Word], at: int) -> Mood:
    """The mood of the verb at this index, from the words before it."""
    for back in range(at - 1, max(-1, at - 1 - _LOOK_BACK), -1):
        word = words[back].lower
        if word in word_list("negations") or word.endswith(("n't", "n’t")):
            return Mood.NEGATED
        if word == "to":
            return _mood_after_to(words, back)
        modal = _mood_in(_MODAL, word)
        if modal:
            return Mood.NEGATED if _is_negated(words, back) else modal
        if word not in word_list("adverbs") and not word.endswith("ly") and not _is_conjunction(words, back):
            return Mood.FACT
    return Mood.FACT


def _is_conjunction(words: Sequence[Word], at: int) -> bool:
    """Whether a second verb shares the first one's modal: "could cross the river and burn the town"."""
    return words[at].lower in {"and", "or"}


def _is_negated(words: Sequence[Word], at: int) -> bool:
    return words[at].lower.endswith(("n't", "n’t")) or (at + 1 < len(words) and words[at + 1].lower in {"not", "never"})


def _mood_after_to(words: Sequence[Word], to: int) -> Mood:
    if to + 1 < len(words) and words[to + 1].lower == "have":
        return Mood.FACT  # "claims to have taken the town"
    for back in range(to - 1, max(-1, to - 1 - _LOOK_BACK), -1):
        word = words[back].lower
        governed = _mood_in(_GOVERNED, word)
        if governed and (to - back <= 2 or governed not in (Mood.FACT, Mood.TRIED)):
            negated = back and words[back - 1].lower in {"not", "never", "n't", "n’t"}
            return Mood.NEGATED if negated and governed is not Mood.DUTY else governed
        if word in {"is", "are", "was", "were"} and back == to - 1:
            return Mood.PLAN
        if words[back].text in ",;:":
            break
    return Mood.PURPOSE


def _mood_in(moods: dict[str, Mood], word: str) -> Mood | None:
    return next((listed_mood for name, listed_mood in moods.items() if word in word_list(name)), None)


_SHARED_REACH = 15
"""How many words back the "to" or "will" that two verbs share may be."""


def shared_mood(words: Sequence[Word], at: int) -> Mood:
    """The mood that a bare second verb takes from the first: "to bring an end to it and destroy the group"."""
    back = at - 1
    while back > 0 and (words[back].lower in word_list("adverbs") or words[back].lower.endswith("ly")):
        back -= 1
    if back < 1 or words[back].lower not in {"and", "or"}:
        return Mood.FACT
    for other in range(back - 1, max(-1, back - _SHARED_REACH), -1):
        if words[other].text in ".;:":
            break
        if words[other].lower == "to":
            return _mood_after_to(words, other)
        if modal := _mood_in(_MODAL, words[other].lower):
            return modal
    return Mood.FACT
