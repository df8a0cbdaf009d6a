"""Finds the acts in a sentence and their types: patterns of words, scored by their position and form.

Without a parser: moods (`text.mood`) and clauses distinguish an act from a plan, a threat, a demand and a refusal.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from dashboard.extract.acts.rules import PLACE, ActKind, Pattern, patterns
from dashboard.extract.text.inflection import Form, is_aside
from dashboard.extract.text.mood import Mood, mood, shared_mood
from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import Word, clause_start, words_of
from dashboard.model import EventType

VIOLENT = frozenset({EventType.BATTLE, EventType.EXPLOSION, EventType.CIVILIANS, EventType.RIOT})
MOST_ACTS = 40
"""Maximum acts read in one sentence; nobody writes more, and each is compared with the others."""
ACT_SCORE = 0.25
"""Acts that score less are only mentioned in passing."""
_PASSING = 0.3
"""The "talks" of "the talks have failed" score less, and add nothing beside a surer act of their type."""
VAGUE = 0.8
"""Weight of rules that say violence and not of which kind."""
_FRAMES = frozenset({"AGREE", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "CONCEDE", "SUPPORT"})
"""Types whose words frame another act: "threatened to bomb", "demanded a withdrawal"."""
_FRIENDLY = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT"})
_HOSTILE = frozenset({"SANCTION", "COERCE", "ASSAULT", "PROTEST", "MOBILIZE"})
_TOPICS = frozenset({"discuss/v", "meet/v to discuss"})
"""Rules that frame a mere topic of conversation."""
_FRAME_ENDS = frozenset({"after", "before", "while", "since", "as", "following", "amid", "because", "when", "although"})
_SIDE_CLAUSES = frozenset(
    {"after", "since", "which", "who", "whose", "while", "as", "when", "despite", "because", "although", "following"}
    | {"amid", "if", "unless", "until", "during", "once", "before", "though", "where"}
)
_CHARGED, _DENIED, _EMBEDDED = 0.65, 0.6, 0.35
"""Factors for the score of an act within a frame: an accusation says that the act was done, a demand does not."""
_MODAL_OPENERS = frozenset({"must", "should", "will", "would", "not", "never", "cannot", "won't", "won’t", "could"})
_WISH = 0.6
"""Weight of rules for what somebody only wants."""
_UNREAL = frozenset({Mood.INTENT, Mood.POSSIBLE, Mood.DUTY})
_MOOD_FACTORS = {Mood.TRIED: 0.7, Mood.PURPOSE: 0.4, Mood.ALLOWED: 0.5, Mood.NEGATED: 0.6, Mood.REFUSED: 0.9}


@dataclass(frozen=True, slots=True)
class Act:
    """One act in a sentence. ``sentence[start:end]`` are the words that state it."""

    event_type: EventType
    sub_event_type: str
    """As in taxonomy.csv; empty if the words do not decide."""
    plover: str
    """One of PLOVER's sixteen types, or empty where PLOVER has none (people who flee). For a plan or a threat it is
    that of the statement: AGREE, THREATEN.
    """
    start: int
    end: int
    at: int
    """Offset of its verb, or of its first word."""
    clause_at: int
    """Offset of its clause."""
    score: float
    """0 to 1; comparable between the acts of one sentence."""
    mood: Mood
    why: str
    """The rule that found it."""
    needs_speaker: bool = False
    """It only may, shall or must happen, so it is an event only as a statement by somebody."""
    is_aside: bool = False
    """It only describes a noun of the sentence: "the school that sheltered families"."""
    is_present: bool = False
    """In the simple present: a habit, unless a date says when."""
    is_past: bool = False
    """Stated by a verb in the past."""
    is_one_word: bool = False
    """Stated by a single word, such as "allowed"."""
    of_civilians: bool = False
    """Done to people whom the words call civilians."""
    place_at: int = -1
    """Offset of the place name that is its object; -1 if the rule has none."""


@dataclass(frozen=True, slots=True)
class _PatternMatch:
    pattern: Pattern
    indices: tuple[int, ...]
    verb: int | None

    @property
    def kind(self) -> ActKind:
        return self.pattern.kind


def classify(sentence: str, names: Sequence[tuple[int, int]] = ()) -> list[Act]:
    """The acts of a sentence in the order of its words; often none.

    There is at most one of each type and sub-type in each part of the sentence ("rockets at A; artillery on B").
    ``names`` are the spans of place names in the sentence: "took" is an act if a place is taken, and "Battle" is
    not one where it is a town.
    """
    words = words_of(sentence)
    acts = _acts_in(words, _PlaceNames(words, names) if names else _NO_NAMES)
    if not acts:
        return []
    best: dict[tuple[EventType, str, int], Act] = {}
    parts = parts_of(words)
    for act in acts:
        key = (act.event_type, act.sub_event_type, bisect_left(parts, act.start))
        if act.score >= ACT_SCORE and (key not in best or act.score > best[key].score):
            best[key] = act
    sure = {act.event_type for act in best.values() if act.score > _PASSING}
    kept = (act for act in best.values() if act.score > _PASSING or act.event_type not in sure)
    return sorted(kept, key=lambda act: act.start)


class _PlaceNames:
    """Indices of the words of a sentence that begin a name of a place, and of those that are part of one."""

    def __init__(self, words: Sequence[Word], spans: Sequence[tuple[int, int]]) -> None:
        starts = {start for start, _ in spans}
        self.first = frozenset(at for at, word in enumerate(words) if word.start in starts)
        self.parts = frozenset(
            at for at, word in enumerate(words) if any(start <= word.start < end for start, end in spans)
        )


_NO_NAMES = _PlaceNames((), ())
_PARTS = frozenset({";", ":", "—", "–", "while", "whereas", "but"})


def parts_of(words: Sequence[Word]) -> list[int]:
    """Offsets of the words and marks that divide a sentence into statements: semicolons, "while", ", and"."""
    pairs = pairwise(words)
    return [word.start for word, after in pairs if word.lower in _PARTS or (word.text == "," and after.lower == "and")]


def plover_of(text: str) -> str | None:
    """The PLOVER type of the main act of a sentence; None if no rule matches."""
    acts = [act for act in _acts_in(words_of(text)) if act.plover]
    return max(acts, key=lambda act: act.score).plover if acts else None


def _acts_in(words: Sequence[Word], names: _PlaceNames = _NO_NAMES) -> list[Act]:
    matches = _pattern_matches(words, names)
    if not matches:
        return []
    parts = parts_of(words)
    scopes = [_frame_scope(words, match, parts) for match in matches]
    acts_found: list[_ActInPart] = []
    for number, match in enumerate(matches):
        head = match.indices[0]
        frames = (
            _factor_under(matches[other])
            for other, (start, end) in enumerate(scopes)
            if other != number and start < head < end
        )
        act = _act_of_match(words, match, min(frames, default=1.0))
        if act:
            acts_found.append(_ActInPart(bisect_left(parts, act.start), act, match.kind.weight == VAGUE))
    by_part = groupby(sorted(acts_found, key=lambda found_act: found_act.part), key=lambda found_act: found_act.part)
    return [act for _, acts_of_part in by_part for act in _without_vague(list(acts_of_part))]


def _factor_under(frame: _PatternMatch) -> float:
    if frame.kind.plover == "ACCUSE":
        return _CHARGED
    return _DENIED if frame.pattern.words.startswith(("deny/v", "denial/n")) else _EMBEDDED


@dataclass(frozen=True, slots=True)
class _ActInPart:
    """An act, the part of the sentence it is in, and whether its words are vague."""

    part: int
    """Index of its part of the sentence, as `parts_of` divides it."""
    act: Act
    is_vague: bool
    """Its words say that there was violence, but not of which kind."""

    @property
    def is_violent(self) -> bool:
        return self.act.plover == "ASSAULT"


def _without_vague(acts: Sequence[_ActInPart]) -> list[Act]:
    """Merge vague acts into the specific one, which takes their score: in "a car bomb killed two", the bomb."""
    violent = [entry for entry in acts if entry.is_violent]
    if not any(entry.is_vague for entry in violent):
        return [entry.act for entry in acts]
    best = max(violent, key=lambda entry: (not entry.is_vague, entry.act.score)).act
    score = max(entry.act.score for entry in violent if entry.is_vague or entry.act is best)
    if all(entry.is_vague for entry in violent):  # "hit a bridge near A, hours after they killed two men at B"
        is_kept = [not entry.is_violent or entry.act.clause_at != best.clause_at for entry in acts]
    else:
        is_kept = [entry.act.of_civilians or not (entry.is_vague and entry.is_violent) for entry in acts]
    kept = [entry.act for entry, kept in zip(acts, is_kept, strict=True) if kept or entry.act is best]
    return [replace(act, score=score) if act is best else act for act in kept]


def _pattern_matches(words: Sequence[Word], names: _PlaceNames) -> list[_PatternMatch]:
    """The matching patterns in order; a longer one wins over a shorter one that begins with one of its words."""
    matches, rules = [], patterns()
    sentence_words = {word.lower for word in words}
    tried = [(at, rule) for at, word in enumerate(words) if at not in names.parts for rule in rules.get(word.lower, ())]
    for at, pattern in [*tried, *((at, rule) for at in names.first for rule in rules[PLACE])]:
        if pattern.needs.isdisjoint(sentence_words):
            continue
        indices = pattern.match(words, at, names.first)
        if indices:
            matches.append(_PatternMatch(pattern, indices, pattern.verb(words, indices)))
    matches.sort(key=lambda match: (-len(match.indices), -match.kind.weight, match.indices[0]))
    used: set[int] = set()
    kept = []
    for match in matches:
        if used.isdisjoint(match.indices[:1]) and (match.verb is None or match.verb not in used):
            used.update(match.indices)
            kept.append(match)
    return sorted(kept, key=lambda match: match.indices)[:MOST_ACTS]


def _frame_scope(words: Sequence[Word], match: _PatternMatch, parts: Sequence[int]) -> tuple[int, int]:
    """Bounds of the words that a frame governs; empty if the match is not a frame."""
    is_topic = match.pattern.words in _TOPICS
    is_frame = is_topic or (match.kind.plover in _FRAMES and (match.verb is not None or match.pattern.is_bare))
    if not is_frame:
        return 0, 0
    start = match.verb if match.verb is not None else match.indices[-1]
    at = bisect_left(parts, words[start].end)
    limit = parts[at] if at < len(parts) else words[-1].end
    later = range(start + 1, len(words))
    return start, next((at for at in later if words[at].lower in _FRAME_ENDS or words[at].start >= limit), len(words))


def _act_of_match(words: Sequence[Word], match: _PatternMatch, embedded: float) -> Act | None:
    form = Form.ANY if match.verb is None else _verb_form(words, match)
    verb_mood = mood(words, match.verb) if match.verb is not None else _mood_without_verb(words, match)
    if verb_mood is Mood.FACT and form is Form.BASE and match.verb is not None:
        verb_mood = shared_mood(words, match.verb)
    kind = _kind_in_mood(match.kind, verb_mood)
    if kind is None:
        return None
    score = kind.weight + 0.06 * (len(match.indices) - 1)
    score *= 1 if match.verb is not None or _is_modal_phrase(words, match) else 0.65
    score *= embedded
    score *= _place_factor(words, match.indices[0])
    aside = match.verb is not None and is_aside(words, match.verb)
    score *= 0.5 if aside else 1.0
    first, last = words[min(match.indices)], words[max(match.indices)]
    return Act(
        kind.event_type, kind.sub_event_type, kind.plover, first.start, last.end,
        at=words[match.indices[0] if match.verb is None else match.verb].start,
        clause_at=words[clause_start(words, match.indices[0])].start, score=min(1.0, score), mood=verb_mood,
        why=f"“{match.pattern.words}”" + ("" if verb_mood is Mood.FACT else f", {verb_mood.value}"),
        needs_speaker=verb_mood in _UNREAL or match.kind.weight <= _WISH or _is_modal_phrase(words, match),
        is_aside=aside,
        is_present=verb_mood is Mood.FACT and form in (Form.THIRD_PERSON, Form.BASE),
        is_past=form in (Form.PAST, Form.BASE_AND_PAST, Form.PARTICIPLE),
        is_one_word=len(match.indices) == 1, of_civilians=_is_of_civilians(words, match),
        place_at=_object_place(words, match),
    )  # fmt: skip


_AHEAD = frozenset({"expected", "due", "awaited"})


def _mood_without_verb(words: Sequence[Word], match: _PatternMatch) -> Mood:
    """The mood of a noun phrase: "ministers are expected in X" is a plan."""
    return Mood.FACT if _AHEAD.isdisjoint(words[at].lower for at in match.indices) else Mood.PLAN


_ANYBODY = frozenset({"people", "person", "men", "man", "women", "woman"})


def _is_of_civilians(words: Sequence[Word], match: _PatternMatch) -> bool:
    """Whether the rule requires civilians, and the matched word says more than that they are people."""
    if "@civilians" not in match.pattern.words:
        return False
    indices = {words[at].lower for at in match.indices}
    return not indices.isdisjoint(word_list("civilians") - _ANYBODY)


def _object_place(words: Sequence[Word], match: _PatternMatch) -> int:
    pairs = zip(match.pattern.parts, match.indices, strict=True)
    return next((words[at].start for part, at in pairs if part.is_place), -1)


def _verb_form(words: Sequence[Word], match: _PatternMatch) -> Form:
    """The form of the pattern's verb."""
    assert match.verb is not None
    part = match.pattern.parts[match.indices.index(match.verb)]
    return part.forms[words[match.verb].lower]


def _is_modal_phrase(words: Sequence[Word], match: _PatternMatch) -> bool:
    """Whether the pattern is "must", "will not" or the like, which count as a verb."""
    return match.pattern.is_bare and words[match.indices[0]].lower in _MODAL_OPENERS


def _place_factor(words: Sequence[Word], at: int) -> float:
    """Factor for the position: lower in a side clause, and slightly lower the later in the sentence."""
    start = clause_start(words, at)
    opener = next((word.lower for word in words[start : start + 3] if word.text[0].isalnum()), "")
    side = 0.25 if opener in {"if", "unless", "according"} else 0.6 if opener in _SIDE_CLAUSES else 1.0
    return side * (1 - 0.2 * at / max(1, len(words)))


def _kind_in_mood(kind: ActKind, verb_mood: Mood) -> ActKind | None:
    """The kind in this mood: an intended attack is a threat, a refused meeting a rejection. None if nothing is left."""
    plover, weight = kind.plover, kind.weight * _MOOD_FACTORS.get(verb_mood, 1.0)
    friendly = plover in _FRIENDLY
    if verb_mood in (Mood.NEGATED, Mood.REFUSED):
        refusal = ActKind("REJECT", EventType.STATEMENT, "rejection", weight) if friendly else None
        return kind if kind.sub_event_type == "failed" else refusal
    if verb_mood is Mood.PLAN or (verb_mood is Mood.INTENT and friendly):
        plover_of_saying = "AGREE" if friendly else "THREATEN" if plover in _HOSTILE else plover
        return ActKind(plover_of_saying, kind.event_type, kind.sub_event_type, weight)
    if verb_mood is Mood.THREAT or (plover in _HOSTILE and verb_mood in (Mood.INTENT, Mood.POSSIBLE)):
        return ActKind(
            "THREATEN", EventType.STATEMENT, _threat(kind), weight * (0.6 if verb_mood is Mood.POSSIBLE else 1)
        )
    if verb_mood is Mood.DUTY:
        return ActKind("REQUEST", EventType.STATEMENT, "demand", weight)
    if verb_mood is Mood.POSSIBLE:
        weight *= 0.5
    only_tried = verb_mood in (Mood.TRIED, Mood.PURPOSE) and kind.event_type is EventType.BATTLE
    return ActKind(plover, kind.event_type, "Armed clash" if only_tried else kind.sub_event_type, weight)


def _threat(kind: ActKind) -> str:
    return "threat" if kind.plover in ("ASSAULT", "MOBILIZE", "THREATEN") else "warning"
