"""How the article presents an act: as fact, claim, denial, threat, plan or history, and in whose words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.extract.acts.classify import Act
from dashboard.extract.acts.speakers import Speech
from dashboard.extract.text.mood import Mood
from dashboard.extract.text.word_lists import word_list
from dashboard.model import Assertion, EventType

_THREATS = frozenset({"threat", "warning"})
_ALL_SIDES = re.compile(
    r"(?:both|all|the two|the warring)\s+(?:sides|parties|countries|governments|armies)", re.IGNORECASE
)
_OWN_REPORTER = re.compile(
    r"(?:our|this newspaper['’]s|the newspaper['’]s)\s+(?:\w+\s+)?(?:correspondent|reporter)", re.IGNORECASE
)
_SAID_TO_BE_FALSE = re.compile(
    r"(?:reports?|rumou?rs|claims?|allegations?|videos?|news|posts)\b[^.;:!?]{0,120}?\b(?:was|were|are|is|as|be)\s+"
    r"(?:\w+ly\s+)?(?:not true|not correct|false|untrue|baseless|fabricated|fake|wrong|unfounded|fiction|a lie|lies|"
    r"nonsense)\b",
    re.IGNORECASE,
)
"""Words that call something untrue: "reports of an attack in X were false"."""
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)(s?)\b")
_LONG_AGO = re.compile(
    r"\b(?:(?:years?|decades?|centur(?:y|ies)) (?:ago|earlier|before)|decades[- ]old|historically|last century|"
    r"anniversary|in the (?:19|20)\d0s|(?:first|second) world war|years? of independence|during the civil war)\b",
    re.IGNORECASE,
)
_SIDE_OPENERS = re.compile(
    r"\b(?:since|after|when|which|who|where|following|until|before|during|in which)\b", re.IGNORECASE
)
_CLAUSE_MARK = re.compile(
    r"[,;:—–]|\b(?:since|after|when|which|who|where|while|although|until|before)\b", re.IGNORECASE
)

_NEW_CLAUSE = re.compile(r"[,;]|\b(?:after|while)\b")


@dataclass(frozen=True, slots=True)
class Attribution:
    """How the source presents an act, and who says so: words of the article, empty for its own voice."""

    assertion: Assertion
    claimed_by: str


def attribution_of(act: Act, sentence: str, speeches: Sequence[Speech], published: date | None = None) -> Attribution:
    """How a sentence presents one of its acts.

    ``speeches`` are those of this sentence (see `speakers.speeches`). Without a day of publication only words such as
    "since" or "years ago" distinguish history from news.
    """
    speech = _innermost_speech(act, speeches)
    speaker = _speaker_of_act(act, sentence, speeches) or (speech.speaker if speech else "")
    assertion = _assertion(act, sentence, speeches, published)
    if assertion is Assertion.BACKGROUND:
        return Attribution(assertion, "")
    if assertion is Assertion.REPORTED and act.event_type is not EventType.STATEMENT and speech:
        if _OWN_REPORTER.match(speaker):
            return Attribution(Assertion.REPORTED, "")
        together = speaker and _ALL_SIDES.search(speaker)
        return Attribution(Assertion.REPORTED if together else Assertion.CLAIMED, speaker)
    return Attribution(assertion, speaker)


def _assertion(act: Act, sentence: str, speeches: Sequence[Speech], published: date | None) -> Assertion:
    """The assertion that the words make, whoever says them."""
    if act.event_type is EventType.STATEMENT and act.sub_event_type in _THREATS:
        return Assertion.THREATENED
    if is_history(act, sentence, published):
        return Assertion.BACKGROUND
    if act.event_type is EventType.STATEMENT:
        return Assertion.REPORTED
    false = _SAID_TO_BE_FALSE.search(sentence)
    if false and false.start() <= act.start < false.end():
        return Assertion.DENIED
    if act.mood in (Mood.NEGATED, Mood.REFUSED) or _is_denied(act, sentence, speeches):
        return Assertion.DENIED
    return Assertion.PLANNED if act.mood in (Mood.INTENT, Mood.PLAN) else Assertion.REPORTED


def _innermost_speech(act: Act, speeches: Sequence[Speech]) -> Speech | None:
    """The innermost speech that contains the act. Condemning or praising an act does not claim it."""
    facts = word_list("presupposing_verbs")
    holding = [s for s in speeches if s.start <= act.start < s.end and s.verb not in facts]
    return min(holding, key=lambda speech: speech.end - speech.start, default=None)


def _speaker_of_act(act: Act, sentence: str, speeches: Sequence[Speech]) -> str:
    """The subject of a verb of saying that is itself the act: in "the colonel warned", the colonel."""
    words = sentence[act.start : act.end].lower().split()
    return next((speech.speaker for speech in speeches if speech.verb and speech.verb in words), "")


def _is_denied(act: Act, sentence: str, speeches: Sequence[Speech]) -> bool:
    """Whether the act is directly denied: "denied bombing the school"."""
    denials = word_list("denial_verbs")
    return any(
        speech.verb in denials
        and speech.start <= act.start
        and not _NEW_CLAUSE.search(sentence, speech.start, act.start)
        for speech in speeches
    )


def is_history(act: Act, sentence: str, published: date | None = None) -> bool:
    """Whether the act is history: years before publication, or in a side clause with a year of its own."""
    start, end = _clause(sentence, act)
    clause = sentence[start:end]
    if _LONG_AGO.search(clause):
        return True
    years = [int(match[1]) for match in _YEAR.finditer(clause)]
    if not years:
        return False
    if published is not None:
        return max(years) < published.year - 1 or (max(years) < published.year and _is_aside(sentence, start))
    return _is_aside(sentence, start)


def _clause(sentence: str, act: Act) -> tuple[int, int]:
    """Bounds of the clause around the act, in characters; a trailing ", in 2014" stays with it."""
    start = max((match.start() for match in _CLAUSE_MARK.finditer(sentence, 0, act.start)), default=0)
    following = _CLAUSE_MARK.search(sentence, act.end)
    return start, following.start() if following else len(sentence)


def _is_aside(sentence: str, start: int) -> bool:
    opener = _SIDE_OPENERS.search(sentence, start)
    return (
        opener is not None
        and opener.start() - start <= 3
        and opener.group().lower() in {"since", "when", "after", "which"}
    )
