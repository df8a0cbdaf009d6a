"""Who speaks in each sentence of an article, and which of its words are theirs.

A speaker is given in the article's own words: the fullest form of a name, or the noun ("security sources").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from dashboard.extract.text.inflection import Form, is_verb
from dashboard.extract.text.sentences import Sentence, SentenceRole
from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import Word, capital_runs, words_of

_PRONOUNS = {"he": False, "she": False, "they": True}
"""Whether the pronoun means several."""
_WRITTEN_OUT = {"gen": "general", "col": "colonel", "lt": "lieutenant", "capt": "captain", "gov": "governor"}
_OPEN, _CLOSE = "“«", "”»"
_QUOTES = frozenset(_OPEN + '"')
_RELATIVES = frozenset({"which", "whom"})
_SUBJECT_LIMIT = 14
"""Words of a subject that are read."""
_SHORT_SUBJECT = 6
_SKIPPED = frozenset(
    {"also", "further", "then", "later", "again", "repeatedly", "earlier", "previously", "reportedly", "has", "have",
     "had", "publicly", "officially", "categorically", "strongly", "flatly", "recently", "on", "falsely"}
)  # fmt: skip
"""Words between a speaker and the verb."""
_OF = frozenset({"of", "in", "from", "for", "at"})
_ALSO_NOUNS = frozenset({"reports", "claims", "notes", "estimates", "demands", "denies", "states", "report"})
_OWN_VOICE = frozenset({"it", "this", "which", "that", "who", "there", "what", "as", "to", "we", "i", "you"})


@dataclass(frozen=True, slots=True)
class Speech:
    """A speaker, and the words of one sentence that are theirs: ``sentence[start:end]``, counted from its start."""

    speaker: str
    """Empty if nobody named can be meant."""
    verb: str
    """In lower case: "said", "denied", or "according to"; empty for a quotation that goes on."""
    start: int
    end: int


@dataclass(slots=True)
class _Memory:
    """What a pronoun or a short name can mean: everything said so far in the article."""

    names: list[str]
    """Full names of the whole article, as they stand there."""
    titles: dict[str, frozenset[str]] = field(default_factory=dict)
    """From a name to the words it was seen with, in lower case; the name last seen comes last."""
    person: str = ""
    group: str = ""


def speeches(text: str, found: Sequence[Sentence]) -> list[tuple[Speech, ...]]:
    """For each sentence what is said in it by somebody; empty for the newspaper's own voice."""
    bodies = [words_of(text[s.start : s.end]) if s.role is SentenceRole.BODY else [] for s in found]
    memory = _Memory(names=_full_names(text, found, bodies))
    speeches_of = [_spoken(text[s.start : s.end], words, memory) for s, words in zip(found, bodies, strict=True)]
    return _quotations(text, found, speeches_of)


def _full_names(text: str, found: Sequence[Sentence], bodies: Sequence[Sequence[Word]]) -> list[str]:
    """Runs of two and more capitalised words after a title or before a verb of saying."""
    names: dict[str, None] = {}
    says, titles = _verbs(), word_list("titles")
    for sentence, words in zip(found, bodies, strict=True):
        if not any(word.lower in says or word.lower in titles for word in words):
            continue
        for start, end in capital_runs(words):
            around = {words[end].lower if end < len(words) else "", words[start - 1].lower if start else ""}
            first = _after_titles(words, start, end)
            is_person = first > start or (not says.isdisjoint(around) and around.isdisjoint(_OF))
            if end - first >= 2 and is_person and not _is_institution(words[first:end]):
                names[text[sentence.start + words[first].start : sentence.start + words[end - 1].end]] = None
    return list(names)


def _is_institution(words: Sequence[Word]) -> bool:
    return any(word.lower in word_list("institution_words") for word in words)


def _after_titles(words: Sequence[Word], start: int, end: int) -> int:
    """Index where the name begins in a run such as "Deputy Interior Minister Carmen Soto"."""
    last = max((at for at in range(start, end) if words[at].lower in word_list("titles")), default=start - 1)
    first = last + 1
    while first < end and words[first].text == ".":
        first += 1
    return first if first < end else start


def _spoken(sentence: str, words: Sequence[Word], memory: _Memory) -> tuple[Speech, ...]:
    """The speeches of one sentence; remembers its speakers."""
    verbs = _verbs()
    said = [at for at, word in enumerate(words) if word.lower in verbs or word.lower == "according"]
    quoted = _quoted(sentence) if said else []
    made: list[Speech] = []
    for at in said:
        if words[at].lower == "according":
            made += [_according(sentence, words, at, memory)] if _is_according(words, at) else []
        elif _is_spoken(words, at, verbs) and not any(a <= words[at].start < b for a, b in quoted):
            speech = _same_subject(sentence, words, at, made) or _said(sentence, words, at, memory)
            if speech:
                made.append(speech)
    return tuple(made)


@cache
def _verbs() -> frozenset[str]:
    """The verbs of saying."""
    return word_list("speech_verbs") | word_list("statement_verbs")


def _is_according(words: Sequence[Word], at: int) -> bool:
    return at + 2 < len(words) and words[at + 1].lower == "to"


def _is_spoken(words: Sequence[Word], at: int, verbs: frozenset[str]) -> bool:
    """Whether a word is a verb of saying here: neither the States nor "reports of an attack"."""
    word = words[at]
    if word.lower not in verbs or (word.text[0].isupper() and at):
        return False
    if at + 1 < len(words) and words[at + 1].lower == "by":
        return False  # "a truce announced by both sides"
    if at + 1 == len(words) or not words[at + 1].text[0].isalnum():
        return True
    after_verb = at > 0 and words[at - 1].lower in verbs  # "confirmed reports that"
    return word.lower not in _ALSO_NOUNS or (not after_verb and is_verb(words, at, Form.THIRD_PERSON))


def _same_subject(sentence: str, words: Sequence[Word], at: int, made: Sequence[Speech]) -> Speech | None:
    """The speaker before goes on: "urged … and warned", "rejected …, saying"."""
    goes_on = words[at].lower.endswith("ing") or (at and words[at - 1].lower in {"and", "but", "also"})
    if not goes_on or not made:
        return None
    return Speech(made[-1].speaker, words[at].lower, words[at].end, len(sentence))


def _according(sentence: str, words: Sequence[Word], at: int, memory: _Memory) -> Speech:
    """All of the sentence after the speaker if it opens so, else all that stands before.

    "A report according to which …" is followed by what it says, and so is no name.
    """
    start = at + 2
    while start + 1 < len(words) and words[start].text in _QUOTES:  # according to "The Times"
        start += 1
    if words[start].lower in _RELATIVES:
        return Speech("", "according to", words[start].end, len(sentence))
    end = _right_end(words, start + (words[start].lower == "that"))  # "that report", not "the report that"
    is_named = end > start and words[end - 1].lower != "that"
    speaker = _full_name(sentence, words, start, end, memory) if is_named else ""
    if at:
        return Speech(speaker, "according to", 0, words[at].start)
    comma = next((word for word in words[end:] if word.text == ","), words[-1])
    return Speech(speaker, "according to", comma.start, len(sentence))


def _said(sentence: str, words: Sequence[Word], at: int, memory: _Memory) -> Speech | None:
    verb = words[at]
    bounds = _subject(words, at) or _inverted(words, at)
    if bounds is None or verb.lower.endswith("ing"):
        return None
    start, end = bounds
    speaker = _full_name(sentence, words, start, end, memory)
    after_comma = bool(start) and words[start - 1].text == ","
    if start > at or (start and _is_afterthought(sentence, verb.end, after_comma=after_comma)):
        end = len(sentence) if after_comma and _GOES_ON.match(sentence, verb.end) else words[min(start, at)].start
        return Speech(speaker, verb.lower, 0, end)
    return Speech(speaker, verb.lower, verb.end, len(sentence))


def _subject(words: Sequence[Word], verb: int) -> tuple[int, int] | None:
    """Indices of the subject before a verb of saying; None if there is none that can speak."""
    end = verb
    while end and words[end - 1].lower in _SKIPPED:
        end -= 1
    if not end or words[end - 1].lower in _OWN_VOICE | {"be", "been", "was", "were", "is", "are", "being"}:
        return None
    start = end
    if words[end - 1].text == ",":
        return _before_apposition(words, end - 1, words[verb])
    while start and end - start < _SUBJECT_LIMIT and not _bounds(words, start - 1):
        start -= 1
    return (start, end) if start < end and _can_speak(words, start, end, words[verb]) else None


def _bounds(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    if word.text in ",;:()" or word.text in _CLOSE + _OPEN + '"—–':
        return True
    return word.lower in {"that", "but", "while", "when", "because", "after", "before", "as", "since", "although", "if"}


def _can_speak(words: Sequence[Word], start: int, end: int, verb: Word) -> bool:
    """Whether these words name somebody: verbs that only people are the subject of take any noun."""
    if verb.lower in word_list("verbs_of_people") and end - start <= _SHORT_SUBJECT:
        return words[end - 1].text[0].isalnum()
    nouns = word_list("speaking_nouns")
    return any(words[at].lower in nouns or (words[at].text[0].isupper() and at > 0) for at in range(start, end)) or (
        words[start].text[0].isupper() and words[start].lower not in word_list("determiners")
    )


def _before_apposition(words: Sequence[Word], comma: int, verb: Word) -> tuple[int, int] | None:
    """The name before the first comma, as in: Ana Ruiz, who leads the mission, said."""
    first = next((at for at in range(comma - 1, max(-1, comma - _SUBJECT_LIMIT), -1) if words[at].text == ","), None)
    if first is None:
        return None
    if words[first + 1].text[0].isupper():  # "Their spokesman, Ali Bakr, said"
        return (first + 1, comma) if _is_name(words[first + 1 : comma]) else None
    start = first
    while start and first - start < _SUBJECT_LIMIT and not _bounds(words, start - 1):
        start -= 1
    return (start, first) if start < first and _can_speak(words, start, first, verb) else None


def _is_name(words: Sequence[Word]) -> bool:
    return 2 <= len(words) <= 4 and all(word.text[0].isupper() for word in words)


def _inverted(words: Sequence[Word], verb: int) -> tuple[int, int] | None:
    """The subject after the verb, as in: "…," said the colonel."""
    if not verb or words[verb - 1].text not in ',"' + _CLOSE or verb + 1 >= len(words):
        return None
    if words[verb + 1].lower in {"of", "that", "about", "against", "over", "by"}:
        return None
    end = _right_end(words, verb + 1)
    return (verb + 1, end) if end > verb + 1 and _can_speak(words, verb + 1, end, words[verb]) else None


def _right_end(words: Sequence[Word], start: int) -> int:
    """Index after a noun phrase that begins here."""
    for at in range(start, min(len(words), start + _SUBJECT_LIMIT)):
        last = at > start and words[at].text == "." and at + 1 == len(words)
        stops = words[at].text in ",;:" or words[at].text in _OPEN + _CLOSE + '"' or last
        if stops or words[at].lower in {"that", "who", "which", "familiar", "on", "in", "after", "as", "to", "at"}:
            return at
    return min(len(words), start + _SUBJECT_LIMIT)


_TAKEN_UP = frozenset({"this", "it", "that", "these", "them"})
"""What somebody denies or confirms in a clause of its own: "A accused B of an attack; B denied this"."""
_GOES_ON = re.compile(r"\s*,\s+[a-z]")
_AFTERTHOUGHT = re.compile(r"[^,.;:!?“”\"]{0,90}(?:[,.;:!?“”\"]|$)")


_TELLS_WHOM = re.compile(
    r"\s*+(?:(?:[A-Z][\w’'-]*+|(?:the |our |this |a )?(?:reporters?|journalists|agency|newspaper|news agency|"
    r"broadcaster|parliament|lawmakers|correspondent)\b)\s*+){0,6}+"
    r"(?:(?:in|by|at|to|on|via|during|over|through|after|late|early|from)\s"
    r"[^,;:“”\"]{1,80})?[.,]?\s*\Z"
)
"""After "X told": whom, and how ("Reuters by telephone", "in a televised address"), and nothing more."""


def _is_afterthought(sentence: str, verb_end: int, *, after_comma: bool) -> bool:
    """Whether "X said" follows what was said: nothing but a day, a place or a listener stands between it and the
    next mark.
    """
    if after_comma and _TELLS_WHOM.match(sentence, verb_end):
        return True
    rest = _AFTERTHOUGHT.match(sentence, verb_end)
    if rest is None:
        return False
    if rest.group().strip(" ,.;").lower() in _TAKEN_UP:
        return False
    words = rest.group().lower().strip(' ,.;:!?“”"').split()
    return not words or (words[0] in word_list("weekdays_and_months") and "that" not in words)


def _full_name(sentence: str, words: Sequence[Word], start: int, end: int, memory: _Memory) -> str:
    """The speaker in full, resolved from a pronoun, a title or a short name; remembered for the next one."""
    first = words[start].lower
    if end - start == 1 and first in _PRONOUNS:
        return memory.group if _PRONOUNS[first] else memory.person
    while start < end - 1 and words[start].lower in {"the", "a", "an", "and", "however", "but"}:
        start += 1
    runs = [(a + start, b + start) for a, b in capital_runs(words[start:end])]
    phrase = sentence[words[start].start : words[end - 1].end]
    if not runs:
        return _described(phrase, memory)
    run = runs[0] if words[runs[0][0]].lower in word_list("titles") else runs[-1]
    name_start = _after_titles(words, *run)
    before = words[run[0] - 1].lower if run[0] > start else ""
    if words[name_start].lower == "of" or before in _OF:  # "the mayor of Boston", "residents of Aleppo"
        return _institution(phrase, words[start:end], memory)
    name = sentence[words[name_start].start : words[run[1] - 1].end]
    full = next((known for known in memory.names if name == known or name in re.split(r"[\s-]", known)), "")
    if not full:
        return _institution(phrase, words[start:end], memory)
    memory.person = full
    _remember(memory, full, words[start:end])
    return full


def _remember(memory: _Memory, name: str, words: Sequence[Word]) -> None:
    seen = memory.titles.pop(name, frozenset())
    memory.titles[name] = seen | {_WRITTEN_OUT.get(word.lower, word.lower) for word in words}


def _described(phrase: str, memory: _Memory) -> str:
    """For "the minister" the name last seen with such a title, for "security sources" the words themselves."""
    asked = phrase.lower().split()
    if asked[-1] in word_list("titles") | {"ministry", "group", "agency", "army"}:
        shared = {name: len(seen.intersection(asked)) for name, seen in memory.titles.items() if asked[-1] in seen}
        if shared:
            known = max(reversed(shared), key=lambda name: shared[name])
            memory.person = known if known in memory.names else memory.person
            return known
    memory.group = phrase
    return phrase


def _institution(phrase: str, words: Sequence[Word], memory: _Memory) -> str:
    _remember(memory, phrase, words)
    memory.group = phrase
    return phrase


def _quoted(sentence: str) -> list[tuple[int, int]]:
    """Spans inside quotation marks; one that stays open runs to the end, one that was open begins at the start."""
    spans, start = [], None
    for match in re.finditer(r"[“”«»\"]", sentence):
        mark = match.group()
        opens = mark in _OPEN or (mark == '"' and start is None)
        if opens:
            start = match.end()
        else:
            spans.append((start if start is not None else 0, match.start()))
            start = None
    if start is not None:
        spans.append((start, len(sentence)))
    return spans


def _quotations(text: str, found: Sequence[Sentence], told: Sequence[tuple[Speech, ...]]) -> list[tuple[Speech, ...]]:
    """Give quotations that run over several sentences of a paragraph the speaker named in one of them."""
    filled = list(told)
    open_since: int | None = None
    for number, sentence in enumerate(found):
        passage = text[sentence.start : sentence.end]
        if open_since is not None and found[open_since].paragraph != sentence.paragraph:
            open_since = None
        is_quoted = open_since is not None or passage[0] in _OPEN + '"'
        if is_quoted and not told[number]:
            speaker = _before(filled, found, number) or _behind(told, found, number)
            filled[number] = (Speech(speaker, "", 0, len(passage)),)
        open_since = _open_since(passage, open_since, number)
    return filled


def _open_since(passage: str, before: int | None, number: int) -> int | None:
    """The sentence in which the quotation that is open after this passage began; None if none is open."""
    opened = max(passage.rfind("“"), passage.rfind("«"))
    closed = max(passage.rfind("”"), passage.rfind("»"))
    if passage.count('"') % 2:
        return number if before is None else None
    if opened == closed:
        return before
    return number if opened > closed else None


def _before(filled: Sequence[tuple[Speech, ...]], found: Sequence[Sentence], number: int) -> str:
    if number and found[number - 1].paragraph == found[number].paragraph and filled[number - 1]:
        return filled[number - 1][-1].speaker
    return ""


def _behind(told: Sequence[tuple[Speech, ...]], found: Sequence[Sentence], number: int) -> str:
    for later in range(number + 1, min(len(found), number + 4)):
        if found[later].paragraph != found[number].paragraph:
            break
        if told[later]:
            return told[later][0].speaker
    return ""
