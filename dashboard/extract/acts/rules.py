"""Reads rules.txt beside this file: patterns of words, and the kind of act each one states."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dashboard.extract.text.inflection import Form, is_noun, is_verb, noun_forms, verb_forms
from dashboard.extract.text.word_lists import word_list
from dashboard.extract.text.words import Word
from dashboard.model import EventType

EVENT_RULES = Path(__file__).with_name("rules.txt")
_GAPS = {"_": 2, "~": 4, "~~": 10}
"""How many words may lie between two parts of a pattern."""
_COMMA = "COMMA"
"""In a pattern: the mark, which otherwise separates patterns."""
_ENDS = frozenset(".;:!?")
_SAYS = frozenset({"said", "says", "told", "tells"})
"""Verbs that end a pattern: who says something is not part of what is said."""
PLACE = "@place"
"""In a pattern: a name of a place, which may have an article and its kind before it ("the key town of X")."""
_BEFORE_PLACE = frozenset(
    {"the", "all", "both", "most", "much", "parts", "part", "of", "key", "strategic", "border", "besieged", "nearby"}
)
_PLACE_REACH = 6


@dataclass(frozen=True, slots=True)
class ActKind:
    """The kind of act that a group of patterns states. ``weight`` is 1 where the words leave no doubt."""

    plover: str
    event_type: EventType
    sub_event_type: str
    weight: float


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pattern: the words it matches, each with the form it must have."""

    forms: dict[str, Form]
    gap: int
    """Maximum words between the previous part and this one."""
    is_place: bool = False
    """Matches the name of a place instead of a word."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sequence of parts; ``words`` is the rule as written."""

    parts: tuple[Part, ...]
    kind: ActKind
    words: str
    needs: frozenset[str]
    """Every sentence it matches contains one of these words."""

    @property
    def is_bare(self) -> bool:
        """Whether it consists of literal words alone: "will not"."""
        return all(form is Form.ANY for part in self.parts for form in part.forms.values()) and "@" not in self.words

    def match(self, sentence: Sequence[Word], at: int, places: Collection[int] = ()) -> tuple[int, ...] | None:
        """Indices of the words the parts match if the first matches the word at this index; None if it does not match.

        ``places`` are the indices of words that begin the name of a place.
        """
        indices = [at]
        if not _takes(self.parts[0], sentence, at, places):
            return None
        for part in self.parts[1:]:
            place = _next_match(part, sentence, indices[-1] + 1, places)
            if place is None:
                return None
            indices.append(place)
        return tuple(indices)

    def verb(self, sentence: Sequence[Word], indices: Sequence[int]) -> int | None:
        """Index of the first word matched as a verb; None if the pattern has none."""
        for part, at in zip(self.parts, indices, strict=True):
            if not part.is_place and part.forms[sentence[at].lower].is_of_verb:
                return at
        return None


def _takes(part: Part, sentence: Sequence[Word], at: int, places: Collection[int]) -> bool:
    if part.is_place:
        return at in places
    form = part.forms.get(sentence[at].lower)
    if form is None or form is Form.ANY:
        return form is Form.ANY
    return is_noun(sentence, at) if form is Form.NOUN else is_verb(sentence, at, form)


def _next_match(part: Part, sentence: Sequence[Word], start: int, places: Collection[int]) -> int | None:
    """Index of the first word within reach that the part matches; a mark that ends a clause ends the search."""
    if part.is_place and not part.gap:
        return _next_place(sentence, start, places) if places else None
    forms = part.forms
    for at in range(start, min(len(sentence), start + part.gap + 1)):
        lower = sentence[at].lower
        if (lower in forms or part.is_place) and _takes(part, sentence, at, places):
            return at
        if lower in _ENDS or lower in _SAYS:
            return None
    return None


def _next_place(sentence: Sequence[Word], start: int, places: Collection[int]) -> int | None:
    """Index of a name that is the direct object: only its article and its kind may precede it."""
    for at in range(start, min(len(sentence), start + _PLACE_REACH)):
        if at in places:
            return at
        lower = sentence[at].lower
        if lower not in _BEFORE_PLACE and lower not in word_list("kinds") and lower not in word_list("directions"):
            return None
    return None


@cache
def patterns() -> dict[str, tuple[Pattern, ...]]:
    """Every pattern, by each word that its first part matches; those that begin with a place are under `PLACE`."""
    result: dict[str, list[Pattern]] = {}
    kind: ActKind | None = None
    for line in EVENT_RULES.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            kind = _act_kind(line)
        elif kind and line.strip() and not line.startswith("#"):
            for words in filter(None, (rule.strip() for rule in line.split(","))):
                parts = _pattern_parts(words)
                pattern = Pattern(parts, kind, words, _required_words(parts))
                for form in (PLACE,) if pattern.parts[0].is_place else pattern.parts[0].forms:
                    result.setdefault(form, []).append(pattern)
    return {form: tuple(rules) for form, rules in result.items()}


def _required_words(parts: Sequence[Part]) -> frozenset[str]:
    """The forms of the part with the fewest, but not the first: it already matches when the pattern is tried."""
    later = [frozenset(part.forms) for part in parts[1:] if not part.is_place]
    return min(later, key=len) if later else frozenset(parts[0].forms)


def _act_kind(line: str) -> ActKind:
    plover, event_type, sub_event_type, weight = (cell.strip() for cell in line.strip("= ").split("|"))
    return ActKind(plover, EventType(event_type), sub_event_type, float(weight))


def _pattern_parts(words: str) -> tuple[Part, ...]:
    parts, gap = [], 0
    for piece in words.split():
        if piece in _GAPS:
            gap = _GAPS[piece]
        else:
            is_place = piece == PLACE
            parts.append(Part({} if is_place else _forms(piece), gap, is_place))
            gap = 0
    return tuple(parts)


@cache
def _forms(piece: str) -> dict[str, Form]:
    if piece == _COMMA:
        return {",": Form.ANY}
    if piece.startswith("@"):
        return dict.fromkeys(word_list(piece[1:]), Form.ANY)
    result: dict[str, Form] = {}
    whole = re.fullmatch(r"(.+)/([vn])", piece)
    for word in (whole[1] if whole else piece).split("|"):
        bare, _, kind = word.partition("/")
        kind = kind or (whole[2] if whole and "/" not in whole[1] else "")
        if kind == "v":
            result |= verb_forms(bare)
        else:
            result |= dict.fromkeys(noun_forms(bare), Form.NOUN) if kind == "n" else {bare: Form.ANY}
    return result
