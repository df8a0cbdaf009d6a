"""Which acts a sentence states, of what type: patterns of words weighed by where and how they stand.

No parser: the moods of `text.mood` and the clauses tell an act from a plan, a threat, a demand and a refusal.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from dashboard.extract.acts.rules import PLACE, Kind, Pattern, patterns
from dashboard.extract.text.inflection import Form, is_aside
from dashboard.extract.text.mood import Mood, mood, shared_mood
from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import Word, clause_start, words_of
from dashboard.model import EventType

VIOLENT = frozenset({EventType.BATTLE, EventType.EXPLOSION, EventType.CIVILIANS, EventType.RIOT})
MOST_ACTS = 40
"""Acts of one sentence that are read; no person writes more, and each is compared with the others."""
ACT_SCORE = 0.25
"""Acts that score less are only mentioned in passing."""
_PASSING = 0.3
"""The "talks" of "the talks have failed" score less, and add nothing beside a surer act of their type."""
VAGUE = 0.8
"""Weight of rules that say violence and not of which kind."""
_FRAMES = frozenset({"AGREE", "REQUEST", "ACCUSE", "REJECT", "THREATEN", "CONCEDE", "SUPPORT"})
"""Types whose words say something about another act: "threatened to bomb", "demanded a withdrawal"."""
_FRIENDLY = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT"})
_HOSTILE = frozenset({"SANCTION", "COERCE", "ASSAULT", "PROTEST", "MOBILIZE"})
_TOPICS = frozenset({"discuss/v", "meet/v to discuss"})
"""Rules whose words say what was only spoken of."""
_FRAME_ENDS = frozenset({"after", "before", "while", "since", "as", "following", "amid", "because", "when", "although"})
_SIDE_CLAUSES = frozenset(
    {"after", "since", "which", "who", "whose", "while", "as", "when", "despite", "because", "although", "following"}
    | {"amid", "if", "unless", "until", "during", "once", "before", "though", "where"}
)
_CHARGED, _DENIED, _EMBEDDED = 0.65, 0.6, 0.35
"""What is left of the score under a frame: who is accused of an attack is said to have made it, who is asked is not."""
_MODAL_OPENERS = frozenset({"must", "should", "will", "would", "not", "never", "cannot", "won't", "won’t", "could"})
_WISH = 0.6
"""Weight of rules for what somebody only wants."""
_UNREAL = frozenset({Mood.INTENT, Mood.POSSIBLE, Mood.DUTY})
_MOOD_FACTORS = {Mood.TRIED: 0.7, Mood.PURPOSE: 0.4, Mood.ALLOWED: 0.5, Mood.NEGATED: 0.6, Mood.REFUSED: 0.9}


@dataclass(frozen=True, slots=True)
class Act:
    """One act that a sentence states. ``sentence[start:end]`` are the words that say so."""

    event_type: EventType
    sub_event_type: str
    """As in taxonomy.csv; empty where the words do not tell."""
    plover: str
    """One of PLOVER's sixteen types, or empty where it has none (people who flee). For a plan or a threat it is the
    type of saying so: AGREE, THREATEN.
    """
    start: int
    end: int
    at: int
    """Where its verb stands, or its first word."""
    clause_at: int
    """Where its clause begins."""
    score: float
    """0 to 1; comparable between the acts of one sentence."""
    mood: Mood
    why: str
    """The rule that found it."""
    needs_speaker: bool = False
    """What may, shall or must be is an event only as somebody's saying so."""
    is_aside: bool = False
    """Only describes a noun of the sentence: "the school that sheltered families"."""
    is_present: bool = False
    """In the simple present: a habit, unless a date says when."""
    is_past: bool = False
    """By a verb in the past."""
    is_one_word: bool = False
    """By a single word, such as "allowed"."""
    of_civilians: bool = False
    """Done to people of whom the words say that they are no fighters."""
    place_at: int = -1
    """Where the name of the place begins that is its object; -1 if the rule knows of none."""


@dataclass(frozen=True, slots=True)
class _Match:
    pattern: Pattern
    taken: tuple[int, ...]
    verb: int | None

    @property
    def kind(self) -> Kind:
        return self.pattern.kind


def classify(sentence: str, names: Sequence[tuple[int, int]] = ()) -> list[Act]:
    """The acts of a sentence in the order of its words; often none.

    There is at most one of each type and sub-type in each part of the sentence ("rockets at A; artillery on B").
    ``names`` are where names of places stand in the sentence: "took" is an act if a place is taken, and Battle is
    none where it is a town.
    """
    words = words_of(sentence)
    acts = _acts(words, _Names(words, names) if names else _NO_NAMES)
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


class _Names:
    """Indices of the words of a sentence that begin a name of a place, and of those that are part of one."""

    def __init__(self, words: Sequence[Word], spans: Sequence[tuple[int, int]]) -> None:
        starts = {start for start, _ in spans}
        self.first = frozenset(at for at, word in enumerate(words) if word.start in starts)
        self.parts = frozenset(
            at for at, word in enumerate(words) if any(start <= word.start < end for start, end in spans)
        )


_NO_NAMES = _Names((), ())
_PARTS = frozenset({";", ":", "—", "–", "while", "whereas", "but"})


def parts_of(words: Sequence[Word]) -> list[int]:
    """Offsets of what parts a sentence into statements: semicolons, "while", ", and"."""
    pairs = pairwise(words)
    return [one.start for one, after in pairs if one.lower in _PARTS or (one.text == "," and after.lower == "and")]


def plover_of(text: str) -> str | None:
    """The PLOVER type of what a sentence chiefly says; None if no rule fits."""
    acts = [act for act in _acts(words_of(text)) if act.plover]
    return max(acts, key=lambda act: act.score).plover if acts else None


def _acts(words: Sequence[Word], names: _Names = _NO_NAMES) -> list[Act]:
    matches = _matches(words, names)
    if not matches:
        return []
    parts = parts_of(words)
    scopes = [_scope(words, match, parts) for match in matches]
    found: list[_Found] = []
    for number, match in enumerate(matches):
        head = match.taken[0]
        frames = (
            _left_under(matches[other])
            for other, (start, end) in enumerate(scopes)
            if other != number and start < head < end
        )
        act = _act(words, match, min(frames, default=1.0))
        if act:
            found.append(_Found(bisect_left(parts, act.start), act, match.kind.weight == VAGUE))
    by_part = groupby(sorted(found, key=lambda one: one.part), key=lambda one: one.part)
    return [act for _, here in by_part for act in _without_vague(list(here))]


def _left_under(frame: _Match) -> float:
    if frame.kind.plover == "ACCUSE":
        return _CHARGED
    return _DENIED if frame.pattern.words.startswith(("deny/v", "denial/n")) else _EMBEDDED


@dataclass(frozen=True, slots=True)
class _Found:
    """An act, and where and how surely it was found."""

    part: int
    """Of the sentence, as `parts_of` cuts it."""
    act: Act
    is_vague: bool
    """Its words say violence and not of which kind."""

    @property
    def is_violent(self) -> bool:
        return self.act.plover == "ASSAULT"


def _without_vague(found: Sequence[_Found]) -> list[Act]:
    """A vague word gives its score to the specific one: in "a car bomb killed two" the bomb is the act."""
    violent = [one for one in found if one.is_violent]
    if not any(one.is_vague for one in violent):
        return [one.act for one in found]
    best = max(violent, key=lambda one: (not one.is_vague, one.act.score)).act
    score = max(one.act.score for one in violent if one.is_vague or one.act is best)
    if all(one.is_vague for one in violent):  # "hit a bridge near A, hours after they killed two men at B"
        is_kept = [not one.is_violent or one.act.clause_at != best.clause_at for one in found]
    else:
        is_kept = [one.act.of_civilians or not (one.is_vague and one.is_violent) for one in found]
    kept = [one.act for one, kept in zip(found, is_kept, strict=True) if kept or one.act is best]
    return [replace(act, score=score) if act is best else act for act in kept]


def _matches(words: Sequence[Word], names: _Names) -> list[_Match]:
    """Patterns found, the longer before the shorter; no word begins one that another has taken."""
    found, rules = [], patterns()
    here = {word.lower for word in words}
    tried = [(at, rule) for at, word in enumerate(words) if at not in names.parts for rule in rules.get(word.lower, ())]
    for at, pattern in [*tried, *((at, rule) for at in names.first for rule in rules[PLACE])]:
        if pattern.needs.isdisjoint(here):
            continue
        taken = pattern.match(words, at, names.first)
        if taken:
            found.append(_Match(pattern, taken, pattern.verb(words, taken)))
    found.sort(key=lambda match: (-len(match.taken), -match.kind.weight, match.taken[0]))
    used: set[int] = set()
    kept = []
    for match in found:
        if used.isdisjoint(match.taken[:1]) and (match.verb is None or match.verb not in used):
            used.update(match.taken)
            kept.append(match)
    return sorted(kept, key=lambda match: match.taken)[:MOST_ACTS]


def _scope(words: Sequence[Word], match: _Match, parts: Sequence[int]) -> tuple[int, int]:
    """First and last index of the words that stand under a frame; empty for what is none."""
    is_topic = match.pattern.words in _TOPICS
    is_frame = is_topic or (match.kind.plover in _FRAMES and (match.verb is not None or match.pattern.is_bare))
    if not is_frame:
        return 0, 0
    start = match.verb if match.verb is not None else match.taken[-1]
    at = bisect_left(parts, words[start].end)
    limit = parts[at] if at < len(parts) else words[-1].end
    later = range(start + 1, len(words))
    return start, next((at for at in later if words[at].lower in _FRAME_ENDS or words[at].start >= limit), len(words))


def _act(words: Sequence[Word], match: _Match, embedded: float) -> Act | None:
    form = Form.ANY if match.verb is None else _form(words, match)
    how = mood(words, match.verb) if match.verb is not None else _mood_without_verb(words, match)
    if how is Mood.FACT and form is Form.BASE and match.verb is not None:
        how = shared_mood(words, match.verb)
    moved = _moved(match.kind, how)
    if moved is None:
        return None
    score = moved.weight + 0.06 * (len(match.taken) - 1)
    score *= 1 if match.verb is not None or _is_modal_phrase(words, match) else 0.65
    score *= embedded
    score *= _place_factor(words, match.taken[0])
    aside = match.verb is not None and is_aside(words, match.verb)
    score *= 0.5 if aside else 1.0
    first, last = words[min(match.taken)], words[max(match.taken)]
    return Act(
        moved.event_type, moved.sub_event_type, moved.plover, first.start, last.end,
        at=words[match.taken[0] if match.verb is None else match.verb].start,
        clause_at=words[clause_start(words, match.taken[0])].start, score=min(1.0, score), mood=how,
        why=f"“{match.pattern.words}”" + ("" if how is Mood.FACT else f", {how.value}"),
        needs_speaker=how in _UNREAL or match.kind.weight <= _WISH or _is_modal_phrase(words, match),
        is_aside=aside,
        is_present=how is Mood.FACT and form in (Form.THIRD_PERSON, Form.BASE),
        is_past=form in (Form.PAST, Form.BASE_AND_PAST, Form.PARTICIPLE),
        is_one_word=len(match.taken) == 1, of_civilians=_is_of_civilians(words, match),
        place_at=_place_taken(words, match),
    )  # fmt: skip


_AHEAD = frozenset({"expected", "due", "awaited"})


def _mood_without_verb(words: Sequence[Word], match: _Match) -> Mood:
    """That of "ministers are expected in X" is a plan."""
    return Mood.FACT if _AHEAD.isdisjoint(words[at].lower for at in match.taken) else Mood.PLAN


_ANYBODY = frozenset({"people", "person", "men", "man", "women", "woman"})


def _is_of_civilians(words: Sequence[Word], match: _Match) -> bool:
    """Whether the rule asks for civilians, and the word it took says more than that they are people."""
    if "@civilians" not in match.pattern.words:
        return False
    taken = {words[at].lower for at in match.taken}
    return not taken.isdisjoint(word_list("civilians") - _ANYBODY)


def _place_taken(words: Sequence[Word], match: _Match) -> int:
    pairs = zip(match.pattern.parts, match.taken, strict=True)
    return next((words[at].start for part, at in pairs if part.is_place), -1)


def _form(words: Sequence[Word], match: _Match) -> Form:
    """The form of the pattern's verb."""
    assert match.verb is not None
    part = match.pattern.parts[match.taken.index(match.verb)]
    return part.forms[words[match.verb].lower]


def _is_modal_phrase(words: Sequence[Word], match: _Match) -> bool:
    """Whether the pattern is no noun but "must" or "will not", which count like a verb."""
    return match.pattern.is_bare and words[match.taken[0]].lower in _MODAL_OPENERS


def _place_factor(words: Sequence[Word], at: int) -> float:
    """Less for words in a side clause, and a little less the later they stand."""
    start = clause_start(words, at)
    opener = next((word.lower for word in words[start : start + 3] if word.text[0].isalnum()), "")
    side = 0.25 if opener in {"if", "unless", "according"} else 0.6 if opener in _SIDE_CLAUSES else 1.0
    return side * (1 - 0.2 * at / max(1, len(words)))


def _moved(kind: Kind, how: Mood) -> Kind | None:
    """The kind after its mood: a willed attack is a threat, a refused meeting a rejection. None if nothing is left."""
    plover, weight = kind.plover, kind.weight * _MOOD_FACTORS.get(how, 1.0)
    friendly = plover in _FRIENDLY
    if how in (Mood.NEGATED, Mood.REFUSED):
        refusal = Kind("REJECT", EventType.STATEMENT, "rejection", weight) if friendly else None
        return kind if kind.sub_event_type == "failed" else refusal
    if how is Mood.PLAN or (how is Mood.INTENT and friendly):
        said = "AGREE" if friendly else "THREATEN" if plover in _HOSTILE else plover
        return Kind(said, kind.event_type, kind.sub_event_type, weight)
    if how is Mood.THREAT or (plover in _HOSTILE and how in (Mood.INTENT, Mood.POSSIBLE)):
        return Kind("THREATEN", EventType.STATEMENT, _threat(kind), weight * (0.6 if how is Mood.POSSIBLE else 1))
    if how is Mood.DUTY:
        return Kind("REQUEST", EventType.STATEMENT, "demand", weight)
    if how is Mood.POSSIBLE:
        weight *= 0.5
    only_tried = how in (Mood.TRIED, Mood.PURPOSE) and kind.event_type is EventType.BATTLE
    return Kind(plover, kind.event_type, "Armed clash" if only_tried else kind.sub_event_type, weight)


def _threat(kind: Kind) -> str:
    return "threat" if kind.plover in ("ASSAULT", "MOBILIZE", "THREATEN") else "warning"
