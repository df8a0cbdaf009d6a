"""The words of a sentence, and light syntax around one of them: verb or noun, negated, willed, possible, demanded.

Everything looks a bounded number of words to either side, so a sentence costs time linear in its length.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from dashboard.extract.text.word_lists import word_list

SENTENCE_LIMIT = 4000
"""Characters of a sentence that are read; no person writes a longer one."""
_WORD = re.compile(r"[^\W_]+(?:[.’'-][^\W_]+)*+|[^\w\s]")
_LOOK_BACK = 7


class Word(NamedTuple):
    """``sentence[start:end]``; ``lower`` is the same without capitals and without a possessive 's."""

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_possessive(self) -> bool:
        """Written with 's, or s' (the apostrophe is then part of no word)."""
        return self.text.endswith(("'s", "’s"))


class Mood(StrEnum):
    """How the words around a verb put what it says."""

    FACT = "fact"
    NEGATED = "negated"
    INTENT = "intent"
    """Will, promises, intends."""
    PLAN = "plan"
    """Is to, is due to, plans to: a date for it is set or likely."""
    POSSIBLE = "possible"
    """Could, may; or stands under an if."""
    DUTY = "duty"
    """Must, should, is asked to."""
    THREAT = "threat"
    REFUSED = "refused"
    ALLOWED = "allowed"
    TRIED = "tried"
    PURPOSE = "purpose"
    """A bare "to" after a noun: what something is for."""


@lru_cache(maxsize=512)  # types, speakers and actors each ask for the sentences of one article
def words_of(sentence: str) -> tuple[Word, ...]:
    """Words and marks of a sentence, at most the first 4,000 characters."""
    made, found = tuple.__new__, []  # a third of the time of Word(…), and a text has thousands
    for match in _WORD.finditer(sentence, 0, SENTENCE_LIMIT):
        text = match[0]
        lower = text.lower()
        if lower[-1] == "s" and lower[-2:-1] in ("'", "’"):
            lower = lower[:-2]
        found.append(made(Word, (text, lower, *match.span())))
    return tuple(found)


def verb_forms(lemma: str) -> dict[str, str]:
    """Every form of a verb, and what it is: b(ase), s, d (past), n (participle), g (-ing), i (base and past alike)."""
    past, participle = _irregular().get(lemma, (None, None))
    stem = lemma.removesuffix("e") if not lemma.endswith(("ee", "oe", "ye")) else lemma
    doubled = lemma + lemma[-1] if lemma in word_list("doubling_verbs") else None
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        regular, plural = lemma[:-1] + "ied", lemma[:-1] + "ies"
    else:
        regular = (doubled or stem) + "ed" if not lemma.endswith("ee") else lemma + "d"
        plural = lemma + ("es" if lemma.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")
    gerund = (doubled or stem) + "ing"
    if lemma in _irregular() and len(lemma) <= 6 and re.fullmatch(r"[^aeiou]*[aeiou][tnmgpd]", lemma):
        gerund = lemma + lemma[-1] + "ing"
    forms = {gerund: "g", participle or regular: "n", past or regular: "d", plural: "s", lemma: "b"}
    if past == lemma:
        forms[lemma] = "i"
    if doubled and len(lemma) > 4:  # cancelled and canceled
        forms |= {lemma + "ed": "d", lemma + "ing": "g"}
    return forms


def _irregular() -> dict[str, tuple[str, str]]:
    return {base: (past, done) for base, past, done in (v.split("/") for v in word_list("irregular_verbs"))}


def noun_forms(lemma: str) -> tuple[str, ...]:
    """Singular and plural."""
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return lemma, lemma[:-1] + "ies"
    return lemma, lemma + ("es" if lemma.endswith(("s", "x", "z", "ch", "sh")) else "s")


_BEFORE_VERB = frozenset(
    {"to", "i", "we", "you", "they", "he", "she", "it", "who", "which", "and", "or", "that", "then"}
)


def is_verb(words: Sequence[Word], at: int, form: str) -> bool:
    """Whether a word that has the form of a verb is one here; only bases, -s and -ing forms are in doubt."""
    if form in "dn" or not at:
        return form == "g" or (form in "dn" and not _is_adjective(words, at))
    before = words[at - 1]
    word = before.lower
    if form == "g":
        return word not in word_list("determiners") or word in {"that", "all", "both"}
    if word in _BEFORE_VERB or _is_modal(word) or word in word_list("adverbs") or word.endswith("ly"):
        told = (
            form == "s" and at + 1 < len(words) and _is_past_form(words[at + 1].lower)
        )  # "said that clashes broke out"
        return not told and (word not in {"was", "were", "been", "being", "further", "all", "both"} or form in "bi")
    if word in word_list("determiners") or word in word_list("prepositions"):
        return False
    if form == "i":
        return not before.is_possessive
    return not before.is_possessive and not word[0].isdigit() and _has_object(words, at, form)


@cache
def _irregular_pasts() -> frozenset[str]:
    return frozenset(past for past, _ in _irregular().values()) | {"was", "were", "had", "has", "have", "are", "is"}


def _is_past_form(word: str) -> bool:
    """Whether a word is the verb of what stands before it, so that that is none."""
    return word in _irregular_pasts() or (len(word) > 4 and word.endswith("ed"))


_ARTICLES = frozenset({"the", "a", "an", "its", "his", "her", "their", "our", "this", "these", "those"})
_AFTER_PARTICIPLE = frozenset({"by", "in", "at", "near", "on", "from", "and", "or", "with", "to", "were", "was", "are"})


def _is_adjective(words: Sequence[Word], at: int) -> bool:
    """Whether a participle only describes a noun: "the occupied West Bank", "a planned attack", "displaced people"."""
    if not at or at + 1 == len(words):
        return False
    before = words[at - 1].lower
    if words[at].lower == "displaced" and words[at + 1].lower in word_list("civilians"):
        return before not in {"was", "were", "been", "are", "has", "have", "had"}
    if before not in _ARTICLES:
        return False
    return words[at + 1].text[0].isalnum() and words[at + 1].lower not in _AFTER_PARTICIPLE


def is_aside(words: Sequence[Word], at: int) -> bool:
    """Whether the verb stands in a clause that only describes a noun: "a school that sheltered families"."""
    if at and words[at - 1].text == "," and at + 1 < len(words) and words[at + 1].lower in {"by", "for", "since"}:
        return True  # "Djibo, besieged for two years, …"
    back = at - 1
    while back > 0 and words[back].lower in word_list("adverbs"):
        back -= 1
    if back < 1 or words[back].lower != "that":
        return False
    before = words[back - 1].lower
    return before[0].isalnum() and before not in word_list("speech_verbs") | word_list("statement_verbs")


def _has_object(words: Sequence[Word], at: int, form: str) -> bool:
    """Whether subject and object stand where those of a verb in this form would."""
    after = words[at + 1] if at + 1 < len(words) else None
    if after is None:
        return False
    starts_object = after.lower in word_list("determiners") or after.text[0].isupper() or after.lower in {"that", "to"}
    if form == "s":
        return words[at - 1].text[0].isupper() or starts_object
    return words[at - 1].lower.endswith("s") and (starts_object or after.lower in word_list("prepositions"))


def is_noun(words: Sequence[Word], at: int) -> bool:
    """Whether a word that may be verb or noun is a noun here."""
    if not at:
        return True
    word = words[at - 1].lower
    return not (word in {"to", "i", "we", "you", "they", "he", "she", "who", "not", "n't", "did"} or _is_modal(word))


def _is_modal(word: str) -> bool:
    return any(word in word_list(f"modals_of_{kind}") for kind in ("intent", "possibility", "duty"))


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
    """How the verb at this index is put, from the words before it."""
    for back in range(at - 1, max(-1, at - 1 - _LOOK_BACK), -1):
        word = words[back].lower
        if word in word_list("negations") or word.endswith(("n't", "n’t")):
            return Mood.NEGATED
        if word == "to":
            return _after_to(words, back)
        modal = _of(_MODAL, word)
        if modal:
            return Mood.NEGATED if _is_negated(words, back) else modal
        if word not in word_list("adverbs") and not word.endswith("ly") and not _joins(words, back):
            return Mood.FACT
    return Mood.FACT


def _joins(words: Sequence[Word], at: int) -> bool:
    """Whether a second verb shares the first one's modal: "could cross the river and burn the town"."""
    return words[at].lower in {"and", "or"}


def _is_negated(words: Sequence[Word], at: int) -> bool:
    return words[at].lower.endswith(("n't", "n’t")) or (at + 1 < len(words) and words[at + 1].lower in {"not", "never"})


def _after_to(words: Sequence[Word], to: int) -> Mood:
    if to + 1 < len(words) and words[to + 1].lower == "have":
        return Mood.FACT  # "claims to have taken the town"
    for back in range(to - 1, max(-1, to - 1 - _LOOK_BACK), -1):
        word = words[back].lower
        governed = _of(_GOVERNED, word)
        if governed and (to - back <= 2 or governed not in (Mood.FACT, Mood.TRIED)):
            negated = back and words[back - 1].lower in {"not", "never", "n't", "n’t"}
            return Mood.NEGATED if negated and governed is not Mood.DUTY else governed
        if word in {"is", "are", "was", "were"} and back == to - 1:
            return Mood.PLAN
        if words[back].text in ",;:":
            break
    return Mood.PURPOSE


def _of(moods: dict[str, Mood], word: str) -> Mood | None:
    return next((found for name, found in moods.items() if word in word_list(name)), None)


def clause_start(words: Sequence[Word], at: int) -> int:
    """Index of the first word of the clause: after the nearest comma, semicolon or subordinator before it."""
    for back in range(at, 0, -1):
        if words[back - 1].text in ",;:—–-(" or words[back].lower in word_list("subordinators"):
            return back
    return 0


_SHARED_REACH = 15
"""Words back to the "to" or "will" that two verbs share."""


def shared_mood(words: Sequence[Word], at: int) -> Mood:
    """The mood of a bare second verb, which is that of the first: "to bring an end to it and destroy the group"."""
    back = at - 1
    while back > 0 and (words[back].lower in word_list("adverbs") or words[back].lower.endswith("ly")):
        back -= 1
    if back < 1 or words[back].lower not in {"and", "or"}:
        return Mood.FACT
    for other in range(back - 1, max(-1, back - _SHARED_REACH), -1):
        if words[other].text in ".;:":
            break
        if words[other].lower == "to":
            return _after_to(words, other)
        if found := _of(_MODAL, words[other].lower):
            return found
    return Mood.FACT


_NAME_PARTICLES = frozenset(
    {"al", "el", "bin", "ibn", "ben", "de", "da", "dos", "van", "von", "del", "der", "abu", "of"}
)


def capital_runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Bounds of the names of a sentence: words written large, with the "of" and "al" between them."""
    free = 0
    for at, word in enumerate(words):
        if at < free or word.text == word.lower or not word.text[0].isupper():
            continue
        end = at + 1
        while end < len(words) and _goes_on(words, end):
            end += 1
        while end > at and words[end - 1].lower in _NAME_PARTICLES:
            end -= 1
        if end > at:
            yield at, end
            free = end


def _goes_on(words: Sequence[Word], at: int) -> bool:
    """Whether a word may go on a name that has begun before it."""
    word = words[at]
    if word.text == ".":
        return len(words[at - 1].text) <= 3 and words[at - 1].text[0].isupper()
    return word.text[0].isupper() or word.lower.split("-")[0] in _NAME_PARTICLES
