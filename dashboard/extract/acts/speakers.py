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
"""How many words of a subject are read."""
_SHORT_SUBJECT = 6
_SKIPPED = frozenset(
    {"also", "further", "then", "later", "again", "repeatedly", "earlier", "previously", "reportedly", "has", "have",
     "had", "publicly", "officially", "categorically", "strongly", "flatly", "recently", "on", "falsely"}
)  # fmt: skip
"""Words skipped between a speaker and the verb."""
_OF = frozenset({"of", "in", "from", "for", "at"})
_ALSO_NOUNS = frozenset({"reports", "claims", "notes", "estimates", "demands", "denies", "states", "report"})
_OWN_VOICE = frozenset({"it", "this", "which", "that", "who", "there", "what", "as", "to", "we", "i", "you"})


@dataclass(frozen=True, slots=True)
class Speech:
    """A speaker, and the words of one sentence that are theirs: ``sentence[start:end]``, counted from its start."""

    speaker: str
    """Empty if no named speaker can be meant."""
    verb: str
    """In lower case: "said", "denied", or "according to"; empty for a quotation that continues."""
    start: int
    end: int


@dataclass(slots=True)
class _Memory:
    """What a pronoun or a short name can refer to: the names and titles so far in the article."""

    names: list[str]
    """Full names in the whole article, verbatim."""
    titles: dict[str, frozenset[str]] = field(default_factory=dict)
    """From a name to the words it occurred with, in lower case; the most recent name is last."""
    person: str = ""
    group: str = ""


def speeches(text: str, sentences: Sequence[Sentence]) -> list[tuple[Speech, ...]]:
    """The speeches in each sentence; empty for the newspaper's own voice."""
    bodies = [words_of(text[s.start : s.end]) if s.role is SentenceRole.BODY else [] for s in sentences]
    memory = _Memory(names=_full_names(text, sentences, bodies))
    speeches_of = [
        _speeches_in(text[s.start : s.end], words, memory) for s, words in zip(sentences, bodies, strict=True)
    ]
    return _with_quotations(text, sentences, speeches_of)


def _full_names(text: str, sentences: Sequence[Sentence], bodies: Sequence[Sequence[Word]]) -> list[str]:
    """Runs of two or more capitalised words after a title or before a verb of saying."""
    names: dict[str, None] = {}
    says, titles = _verbs_of_saying(), word_list("titles")
    for sentence, words in zip(sentences, bodies, strict=True):
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


def _speeches_in(sentence: str, words: Sequence[Word], memory: _Memory) -> tuple[Speech, ...]:
    """The speeches of one sentence; remembers its speakers."""
    verbs = _verbs_of_saying()
    verb_indices = [at for at, word in enumerate(words) if word.lower in verbs or word.lower == "according"]
    quoted = _quoted_spans(sentence) if verb_indices else []
    result: list[Speech] = []
    for at in verb_indices:
        if words[at].lower == "according":
            result += [_speech_according_to(sentence, words, at, memory)] if _is_according(words, at) else []
        elif _is_verb_of_saying(words, at, verbs) and not any(a <= words[at].start < b for a, b in quoted):
            speech = _same_subject(sentence, words, at, result) or _speech_at(sentence, words, at, memory)
            if speech:
                result.append(speech)
    return tuple(result)


@cache
def _verbs_of_saying() -> frozenset[str]:
    """The verbs of saying."""
    return word_list("speech_verbs") | word_list("statement_verbs")


def _is_according(words: Sequence[Word], at: int) -> bool:
    return at + 2 < len(words) and words[at + 1].lower == "to"


def _is_verb_of_saying(words: Sequence[Word], at: int, verbs: frozenset[str]) -> bool:
    """Whether a word is a verb of saying here: not "the States", and not "reports of an attack"."""
    word = words[at]
    if word.lower not in verbs or (word.text[0].isupper() and at):
        return False
    if at + 1 < len(words) and words[at + 1].lower == "by":
        return False  # "a truce announced by both sides"
    if at + 1 == len(words) or not words[at + 1].text[0].isalnum():
        return True
    after_verb = at > 0 and words[at - 1].lower in verbs  # "confirmed reports that"
    return word.lower not in _ALSO_NOUNS or (not after_verb and is_verb(words, at, Form.THIRD_PERSON))


def _same_subject(sentence: str, words: Sequence[Word], at: int, earlier: Sequence[Speech]) -> Speech | None:
    """The speech of the previous speaker, who continues: "urged … and warned", "rejected …, saying"."""
    goes_on = words[at].lower.endswith("ing") or (at and words[at - 1].lower in {"and", "but", "also"})
    if not goes_on or not earlier:
        return None
    return Speech(earlier[-1].speaker, words[at].lower, words[at].end, len(sentence))


def _speech_according_to(sentence: str, words: Sequence[Word], at: int, memory: _Memory) -> Speech:
    """The rest of a sentence that opens with "according to", else all that precedes it.

    "A report according to which …" is followed by what it says, and not by a name.
    """
    start = at + 2
    while start + 1 < len(words) and words[start].text in _QUOTES:  # according to "The Times"
        start += 1
    if words[start].lower in _RELATIVES:
        return Speech("", "according to", words[start].end, len(sentence))
    end = _noun_phrase_end(words, start + (words[start].lower == "that"))  # "that report", not "the report that"
    is_named = end > start and words[end - 1].lower != "that"
    speaker = _full_name(sentence, words, start, end, memory) if is_named else ""
    if at:
        return Speech(speaker, "according to", 0, words[at].start)
    comma = next((word for word in words[end:] if word.text == ","), words[-1])
    return Speech(speaker, "according to", comma.start, len(sentence))


def _speech_at(sentence: str, words: Sequence[Word], at: int, memory: _Memory) -> Speech | None:
    verb = words[at]
    bounds = _subject_before(words, at) or _subject_after(words, at)
    if bounds is None or verb.lower.endswith("ing"):
        return None
    start, end = bounds
    speaker = _full_name(sentence, words, start, end, memory)
    after_comma = bool(start) and words[start - 1].text == ","
    if start > at or (start and _is_afterthought(sentence, verb.end, after_comma=after_comma)):
        end = len(sentence) if after_comma and _GOES_ON.match(sentence, verb.end) else words[min(start, at)].start
        return Speech(speaker, verb.lower, 0, end)
    return Speech(speaker, verb.lower, verb.end, len(sentence))


def _subject_before(words: Sequence[Word], verb: int) -> tuple[int, int] | None:
    """Bounds of the subject before a verb of saying; None if there is none that can speak."""
    end = verb
    while end and words[end - 1].lower in _SKIPPED:
        end -= 1
    if not end or words[end - 1].lower in _OWN_VOICE | {"be", "been", "was", "were", "is", "are", "being"}:
        return None
    start = end
    if words[end - 1].text == ",":
        return _before_apposition(words, end - 1, words[verb])
    while start and end - start < _SUBJECT_LIMIT and not _is_subject_boundary(words, start - 1):
        start -= 1
    return (start, end) if start < end and _can_speak(words, start, end, words[verb]) else None


def _is_subject_boundary(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    if word.text in ",;:()" or word.text in _CLOSE + _OPEN + '"—–':
        return True
    return word.lower in {"that", "but", "while", "when", "because", "after", "before", "as", "since", "although", "if"}


def _can_speak(words: Sequence[Word], start: int, end: int, verb: Word) -> bool:
    """Whether these words name a speaker; with verbs that only people are the subject of, any noun does."""
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
    while start and first - start < _SUBJECT_LIMIT and not _is_subject_boundary(words, start - 1):
        start -= 1
    return (start, first) if start < first and _can_speak(words, start, first, verb) else None


def _is_name(words: Sequence[Word]) -> bool:
    return 2 <= len(words) <= 4 and all(word.text[0].isupper() for word in words)


def _subject_after(words: Sequence[Word], verb: int) -> tuple[int, int] | None:
    """The subject after the verb, as in: "…," said the colonel."""
    if not verb or words[verb - 1].text not in ',"' + _CLOSE or verb + 1 >= len(words):
        return None
    if words[verb + 1].lower in {"of", "that", "about", "against", "over", "by"}:
        return None
    end = _noun_phrase_end(words, verb + 1)
    return (verb + 1, end) if end > verb + 1 and _can_speak(words, verb + 1, end, words[verb]) else None


def _noun_phrase_end(words: Sequence[Word], start: int) -> int:
    """Index after a noun phrase that begins here."""
    for at in range(start, min(len(words), start + _SUBJECT_LIMIT)):
        last = at > start and words[at].text == "." and at + 1 == len(words)
        stops = words[at].text in ",;:" or words[at].text in _OPEN + _CLOSE + '"' or last
        if stops or words[at].lower in {"that", "who", "which", "familiar", "on", "in", "after", "as", "to", "at"}:
            return at
    return min(len(words), start + _SUBJECT_LIMIT)


_TAKEN_UP = frozenset({"this", "it", "that", "these", "them"})
"""Objects that refer back to another clause: "A accused B of an attack; B denied this"."""
_GOES_ON = re.compile(r"\s*,\s+[a-z]")
_AFTERTHOUGHT = re.compile(r"[^,.;:!?“”\"]{0,90}(?:[,.;:!?“”\"]|$)")


_TELLS_WHOM = re.compile(
    r"\s*+(?:(?:[A-Z][\w’'-]*+|(?:the |our |this |a )?(?:reporters?|journalists|agency|newspaper|news agency|"
    r"broadcaster|parliament|lawmakers|correspondent)\b)\s*+){0,6}+"
    r"(?:(?:in|by|at|to|on|via|during|over|through|after|late|early|from)\s"
    r"[^,;:“”\"]{1,80})?[.,]?\s*\Z"
)
"""What may end a sentence after "X told": whom and how ("Reuters by telephone", "in a televised address")."""


def _is_afterthought(sentence: str, verb_end: int, *, after_comma: bool) -> bool:
    """Whether "X said" follows what was said: only a day, a place or a listener comes between it and the next mark."""
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
    """The full name of the speaker, resolved from a pronoun, a title or a short name, and remembered."""
    first = words[start].lower
    if end - start == 1 and first in _PRONOUNS:
        return memory.group if _PRONOUNS[first] else memory.person
    while start < end - 1 and words[start].lower in {"the", "a", "an", "and", "however", "but"}:
        start += 1
    runs = [(a + start, b + start) for a, b in capital_runs(words[start:end])]
    phrase = sentence[words[start].start : words[end - 1].end]
    if not runs:
        return _resolve_description(phrase, memory)
    run = runs[0] if words[runs[0][0]].lower in word_list("titles") else runs[-1]
    name_start = _after_titles(words, *run)
    before = words[run[0] - 1].lower if run[0] > start else ""
    if words[name_start].lower == "of" or before in _OF:  # "the mayor of Boston", "residents of Aleppo"
        return _remember_group(phrase, words[start:end], memory)
    name = sentence[words[name_start].start : words[run[1] - 1].end]
    full = next(
        (candidate for candidate in memory.names if name == candidate or name in re.split(r"[\s-]", candidate)), ""
    )
    if not full:
        return _remember_group(phrase, words[start:end], memory)
    memory.person = full
    _remember(memory, full, words[start:end])
    return full


def _remember(memory: _Memory, name: str, words: Sequence[Word]) -> None:
    seen = memory.titles.pop(name, frozenset())
    memory.titles[name] = seen | {_WRITTEN_OUT.get(word.lower, word.lower) for word in words}


def _resolve_description(phrase: str, memory: _Memory) -> str:
    """For "the minister" the last name with that title; for "security sources" the words themselves."""
    asked = phrase.lower().split()
    if asked[-1] in word_list("titles") | {"ministry", "group", "agency", "army"}:
        shared = {name: len(seen.intersection(asked)) for name, seen in memory.titles.items() if asked[-1] in seen}
        if shared:
            title_holder = max(reversed(shared), key=lambda name: shared[name])
            memory.person = title_holder if title_holder in memory.names else memory.person
            return title_holder
    memory.group = phrase
    return phrase


def _remember_group(phrase: str, words: Sequence[Word], memory: _Memory) -> str:
    _remember(memory, phrase, words)
    memory.group = phrase
    return phrase


def _quoted_spans(sentence: str) -> list[tuple[int, int]]:
    """Spans inside quotation marks; one left open runs to the end, one only closed begins at the start."""
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


def _with_quotations(
    text: str, sentences: Sequence[Sentence], speeches_of: Sequence[tuple[Speech, ...]]
) -> list[tuple[Speech, ...]]:
    """Add the speaker to quotations that span several sentences, if one in their paragraph names him."""
    filled = list(speeches_of)
    open_since: int | None = None
    for number, sentence in enumerate(sentences):
        passage = text[sentence.start : sentence.end]
        if open_since is not None and sentences[open_since].paragraph != sentence.paragraph:
            open_since = None
        is_quoted = open_since is not None or passage[0] in _OPEN + '"'
        if is_quoted and not speeches_of[number]:
            speaker = _speaker_before(filled, sentences, number) or _speaker_after(speeches_of, sentences, number)
            filled[number] = (Speech(speaker, "", 0, len(passage)),)
        open_since = _open_since(passage, open_since, number)
    return filled


def _open_since(passage: str, before: int | None, number: int) -> int | None:
    """Where the quotation still open after this passage began, as the index of a sentence; None if none is open."""
    opened = max(passage.rfind("“"), passage.rfind("«"))
    closed = max(passage.rfind("”"), passage.rfind("»"))
    if passage.count('"') % 2:
        return number if before is None else None
    if opened == closed:
        return before
    return number if opened > closed else None


def _speaker_before(filled: Sequence[tuple[Speech, ...]], sentences: Sequence[Sentence], number: int) -> str:
    if number and sentences[number - 1].paragraph == sentences[number].paragraph and filled[number - 1]:
        return filled[number - 1][-1].speaker
    return ""


def _speaker_after(speeches_of: Sequence[tuple[Speech, ...]], sentences: Sequence[Sentence], number: int) -> str:
    for later in range(number + 1, min(len(sentences), number + 4)):
        if sentences[later].paragraph != sentences[number].paragraph:
            break
        if speeches_of[later]:
            return speeches_of[later][0].speaker
    return ""
