"""The forms of verbs and nouns, and which of the two a word is in its sentence."""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import cache

from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import Word


class Form(StrEnum):
    """The form that a rule requires of a word."""

    ANY = ""
    """The word as written, of any form."""
    NOUN = "N"
    BASE = "b"
    THIRD_PERSON = "s"
    """Ends in -s: "attacks"."""
    PAST = "d"
    PARTICIPLE = "n"
    GERUND = "g"
    BASE_AND_PAST = "i"
    """Both at once: "hit", "cut"."""

    @property
    def is_of_verb(self) -> bool:
        return self not in (Form.ANY, Form.NOUN)


def verb_forms(lemma: str) -> dict[str, Form]:
    """Every form of a verb, with its name."""
    past, participle = _irregulars().get(lemma, (None, None))
    stem = lemma.removesuffix("e") if not lemma.endswith(("ee", "oe", "ye")) else lemma
    doubled = lemma + lemma[-1] if lemma in word_list("doubling_verbs") else None
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        regular, plural = lemma[:-1] + "ied", lemma[:-1] + "ies"
    else:
        regular = (doubled or stem) + "ed" if not lemma.endswith("ee") else lemma + "d"
        plural = lemma + ("es" if lemma.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")
    gerund = (doubled or stem) + "ing"
    if lemma in _irregulars() and len(lemma) <= 6 and re.fullmatch(r"[^aeiou]*[aeiou][tnmgpd]", lemma):
        gerund = lemma + lemma[-1] + "ing"
    forms = {
        gerund: Form.GERUND, participle or regular: Form.PARTICIPLE, past or regular: Form.PAST,
        plural: Form.THIRD_PERSON, lemma: Form.BASE,
    }  # fmt: skip
    if past == lemma:
        forms[lemma] = Form.BASE_AND_PAST
    if doubled and len(lemma) > 4:  # cancelled and canceled
        forms |= {lemma + "ed": Form.PAST, lemma + "ing": Form.GERUND}
    return forms


def _irregulars() -> dict[str, tuple[str, str]]:
    return {base: (past, done) for base, past, done in (v.split("/") for v in word_list("irregular_verbs"))}


def noun_forms(lemma: str) -> tuple[str, ...]:
    """Singular and plural."""
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return lemma, lemma[:-1] + "ies"
    return lemma, lemma + ("es" if lemma.endswith(("s", "x", "z", "ch", "sh")) else "s")


_PAST_FORMS = (Form.PAST, Form.PARTICIPLE)
_BEFORE_VERB = frozenset(
    {"to", "i", "we", "you", "they", "he", "she", "it", "who", "which", "and", "or", "that", "then"}
)
_NEVER_BEFORE_THIRD_PERSON = frozenset({"was", "were", "been", "being", "further", "all", "both"})


def is_verb(words: Sequence[Word], at: int, form: Form) -> bool:
    """Whether a word in the form of a verb is a verb here; only bases, -s and -ing forms are ambiguous."""
    if form in _PAST_FORMS:
        return not _is_adjective(words, at)
    if not at:
        return form is Form.GERUND
    if form is Form.GERUND:
        before = words[at - 1].lower
        return before not in word_list("determiners") or before in {"that", "all", "both"}
    return _is_finite_verb(words, at, form)


def _is_finite_verb(words: Sequence[Word], at: int, form: Form) -> bool:
    """Whether a base or an -s form is a verb here, by the neighbouring words."""
    before = words[at - 1]
    word = before.lower
    if word in _BEFORE_VERB or _is_modal(word) or word in word_list("adverbs") or word.endswith("ly"):
        if form is Form.THIRD_PERSON and at + 1 < len(words) and _is_past_form(words[at + 1].lower):
            return False  # "said that clashes broke out"
        return word not in _NEVER_BEFORE_THIRD_PERSON or form is not Form.THIRD_PERSON
    if word in word_list("determiners") or word in word_list("prepositions"):
        return False
    if form is Form.BASE_AND_PAST:
        return not before.is_possessive
    return not before.is_possessive and not word[0].isdigit() and _has_object(words, at, form)


@cache
def _irregular_pasts() -> frozenset[str]:
    return frozenset(past for past, _ in _irregulars().values()) | {"was", "were", "had", "has", "have", "are", "is"}


def _is_past_form(word: str) -> bool:
    """Whether a word is a past form, which makes the word before it a noun."""
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
    """Whether the verb's clause only describes a noun: "a school that sheltered families"."""
    if at and words[at - 1].text == "," and at + 1 < len(words) and words[at + 1].lower in {"by", "for", "since"}:
        return True  # "Djibo, besieged for two years, …"
    back = at - 1
    while back > 0 and words[back].lower in word_list("adverbs"):
        back -= 1
    if back < 1 or words[back].lower != "that":
        return False
    before = words[back - 1].lower
    return before[0].isalnum() and before not in word_list("speech_verbs") | word_list("statement_verbs")


def _has_object(words: Sequence[Word], at: int, form: Form) -> bool:
    """Whether subject and object are where a verb in this form would have them."""
    after = words[at + 1] if at + 1 < len(words) else None
    if after is None:
        return False
    starts_object = after.lower in word_list("determiners") or after.text[0].isupper() or after.lower in {"that", "to"}
    if form is Form.THIRD_PERSON:
        return words[at - 1].text[0].isupper() or starts_object
    return words[at - 1].lower.endswith("s") and (starts_object or after.lower in word_list("prepositions"))


def is_noun(words: Sequence[Word], at: int) -> bool:
    """Whether a word that may be a verb or a noun is a noun here."""
    if not at:
        return True
    word = words[at - 1].lower
    return not (word in {"to", "i", "we", "you", "they", "he", "she", "who", "not", "n't", "did"} or _is_modal(word))


def _is_modal(word: str) -> bool:
    return any(word in word_list(f"modals_of_{kind}") for kind in ("intent", "possibility", "duty"))
