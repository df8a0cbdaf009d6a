"""Splits an article into sentences with exact offsets, and says what part of the page each one is.

By rules alone, in time linear in the length of the text: the context read around a full stop is bounded.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import SENTENCE_LIMIT


class SentenceRole(StrEnum):
    """What part of the page a sentence is. Only `body` reports events in the article's own words."""

    BODY = "body"
    HEADLINE = "headline"
    """The title, or a heading between paragraphs."""
    LINK = "link"
    """The headline of another article."""
    BOILERPLATE = "boilerplate"
    """Credits, subscriptions, copyright."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text[start:end]``, without white space at either end; ``paragraph`` counts paragraphs from 0."""

    start: int
    end: int
    paragraph: int
    role: SentenceRole = SentenceRole.BODY


_STOP = re.compile(r"[.!?…؟۔।。！？]++[\"'”’»)\]]*+")
_WITHOUT_SPACE = "。！？"
"""Full stops of scripts that do not put a space after them."""
_LOOK_BEHIND, _LOOK_AHEAD = 24, 80
_LAST_WORD = re.compile(r"[^\s(\[\"“‘'—–]+\Z")
_NEXT = re.compile(r"\s*[\"'“‘«(\[]*(\S)")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+")
_NUMBER_ABBREVIATIONS = frozenset({"no", "nos", "fig", "vol", "pp"})
_SPOKEN = re.compile(
    r"\s+(?:(?:the|Mr|Mrs|Ms|Dr|[A-Z][\w’'-]{0,30})\.?\s+){1,5}"
    r"(?:said|asked|told|wrote|added|warned|replied|shouted|tweeted|posted)\b"
)
_LINK = re.compile(
    r"(?:(?:also\s+)?(?:read|watch|see|listen)(?:\s+(?:more|also|next|now|here))?\s*[:|]"
    r"|(?:read|see)\s+also\b|also\s+read\b|read\s+more\b|related(?:\s+\w+)?\s*[:|]"
    r"|(?:more|recommended|trending|you may also like|don[’']t miss|must read|in pictures|live updates?)\s*[:|])",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"(?:©|copyright\b|all rights reserved|subscribe\b|sign up\b|follow us\b|click here|share this|advertisement\b|"
    r"(?:file )?(?:photo|image|picture|video|photograph|credit|source|caption)s?\s*(?::|by\b|courtesy)|"
    r"this (?:article|story|report|piece) (?:was |is |has been )?(?:first|originally|updated|part of)\b|"
    r"additional reporting\b|(?:reporting|writing|editing) by\b|with (?:inputs?|additional reporting) from\b|"
    r"(?:last )?(?:updated|published|posted)(?: (?:on|at|in))?\s*[:|]|download (?:the|our)\b|join our\b|"
    r"support (?:our|independent) journalism|(?:getty images|reuters|afp|ap photo)\b[^.]{0,40}\Z)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\W{0,3}?(©|[^\W\d_]+)")
_OWN_REPORT = re.compile(r"(?:The )?(?:[A-Z][\w&.]*+\s+){1,5}(?:reported|reports)\.?\Z")
_NEWSROOM = re.compile(
    r"\b(?:News|Times|Tribune|Herald|Post|TV|Radio|Agency|Reuters|AFP|AP|BBC|CNN|Wire|Correspondent)\b"
)
_OWN_REPORT_ENDS = ("reported", "reported.", "reports", "reports.")
_SPECIAL_PART_LIMIT = 300
"""Maximum length of a link or credit, in characters."""
_HEADING_WORDS = 25
_ENDS_SENTENCE = (".", "!", "?", "…", ":", ";", ",", "”", '"', ")", "。", "؟", "۔", "।")


def sentences(text: str) -> list[Sentence]:
    """Every sentence of the text, in order; only white space lies between them."""
    lines = list(_paragraphs(text))
    parts = []
    for number, (start, end) in enumerate(lines):
        special = _special_role(text[start : min(end, start + _SPECIAL_PART_LIMIT + 1)])
        if special:
            parts.append(Sentence(start, end, number, special))
            continue
        heading = _is_heading(text, start, end, number, len(lines))
        usual = SentenceRole.HEADLINE if heading else SentenceRole.BODY
        for left, right in _split_overlong(text, _sentences_of(text, start, end)):
            role = _special_role(text[left : min(right, left + _SPECIAL_PART_LIMIT + 1)])
            parts.append(Sentence(left, right, number, role or usual))
    return parts


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the paragraphs: lines, joined where a line was only wrapped."""
    lines = [match.span() for match in re.finditer(r"[^\s](?:[^\n\r]*[^\s])?", text)]
    if not lines:
        return
    wrapped = _is_wrapped(text, lines)
    start, end = lines[0]
    for (_, left), (right, right_end) in pairwise(lines):
        if not _continues_paragraph(text, left, right, wrapped=wrapped):
            yield start, end
            start = right
        end = right_end
    yield start, end


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether the text is wrapped to a narrow column: several lines continue in lower case, and none is long."""
    goes_on = sum(text[right].islower() for (_, _), (right, _) in pairwise(lines))
    return goes_on >= 3 and goes_on * 3 >= len(lines) and max(end - start for start, end in lines) <= 120


def _continues_paragraph(text: str, left: int, right: int, *, wrapped: bool) -> bool:
    gap = text[left:right]
    if gap.count("\n") > 1 or text[left - 1] in ".!?…":
        return wrapped and gap.count("\n") == 1
    return wrapped or (text[right].islower() and text[left - 1].isalnum())


def _is_heading(text: str, start: int, end: int, number: int, count: int) -> bool:
    """Whether it is the first line, or a short one, without a full stop; never the only line of the text."""
    if count == 1 or end - start > _SPECIAL_PART_LIMIT:
        return False
    if len(text[start:end].split()) > _HEADING_WORDS:
        return False
    if number:
        return text[end - 1] not in _ENDS_SENTENCE
    return not text[start:end].rstrip("\"'”’»)]").endswith((".", "…", "。", "۔", "।"))


def _special_role(part: str) -> SentenceRole | None:
    """The role of a line or sentence that is not the article's own text; None if it is."""
    if len(part) > _SPECIAL_PART_LIMIT:
        return None
    opening = _OPENING.match(part)
    if opening and opening[1].casefold() in word_list("special_openers"):  # few sentences need the patterns
        if _LINK.match(part, opening.start(1)):
            return SentenceRole.LINK
        if _BOILERPLATE.match(part, opening.start(1)):
            return SentenceRole.BOILERPLATE
    if part.endswith(_OWN_REPORT_ENDS) and _OWN_REPORT.match(part) and _NEWSROOM.search(part):
        return SentenceRole.BOILERPLATE
    return None


def _sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of one paragraph."""
    left = start
    for match in _STOP.finditer(text, start, end):
        if match.end() < end and _is_sentence_end(text, match, end):
            yield left, match.end()
            left = match.end()
            while text[left].isspace():
                left += 1
    yield left, end


def _split_overlong(text: str, cuts: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same sentences, with any that exceed `SENTENCE_LIMIT` split, at a space if possible."""
    for start, right in cuts:
        left = start
        while right - left > SENTENCE_LIMIT:
            space = text.rfind(" ", left + 1, left + SENTENCE_LIMIT)
            end = space if space > 0 else left + SENTENCE_LIMIT
            yield left, left + len(text[left:end].rstrip())
            left = end
            while left < right and text[left].isspace():
                left += 1
        if left < right:
            yield left, right


def _is_sentence_end(text: str, stop: re.Match[str], end: int) -> bool:
    after = stop.end()
    if text[after - 1] in _WITHOUT_SPACE:
        return True
    if not text[after].isspace():
        return False
    ahead = text[after : min(end, after + _LOOK_AHEAD)]
    following = _NEXT.match(ahead)
    if following is None or following[1].islower() or following[1] in ",;:.!?…":
        return False
    marks = stop.group()
    if marks[-1] in "\"'”’»" and _SPOKEN.match(ahead):
        return False
    return marks != "." or not _is_abbreviation(text[max(0, stop.start() - _LOOK_BEHIND) : stop.start()], ahead)


def _is_abbreviation(before: str, ahead: str) -> bool:
    """Whether the full stop after these words belongs to an abbreviation and the sentence continues."""
    last_word = _LAST_WORD.search(before)
    if last_word is None:
        return False
    word = last_word.group()
    following = ahead.split(maxsplit=1)[0].strip("\"'“‘«([,.;:’”")
    plain = word.casefold()
    if plain in _NUMBER_ABBREVIATIONS:
        return following[:1].isdigit()
    if plain in word_list("never_last") and (word[0].isupper() or plain in {"vs", "al"}):
        return True
    if len(word) == 1 and word.isupper() and word != "I":
        return following.casefold() not in word_list("sentence_openers")
    if _INITIALS.fullmatch(word + ".") or plain in word_list("seldom_last"):
        return following.casefold() not in word_list("sentence_openers") and ahead.lstrip()[0] not in '"“‘«'
    return False
