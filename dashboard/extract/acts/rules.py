"""Reads rules.txt beside this file: patterns of words, and the kind of act each one says."""

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
"""In a pattern: the mark, which otherwise parts patterns."""
_ENDS = frozenset(".;:!?")
_SAYS = frozenset({"said", "says", "told", "tells"})
"""Who says something is no part of what is said."""
PLACE = "@place"
"""In a pattern: a name of a place, which may have an article and its kind before it ("the key town of X")."""
_BEFORE_PLACE = frozenset(
    {"the", "all", "both", "most", "much", "parts", "part", "of", "key", "strategic", "border", "besieged", "nearby"}
)
_PLACE_REACH = 6


@dataclass(frozen=True, slots=True)
class Kind:
    """What a group of patterns says. ``weight`` is 1 where the words leave no doubt."""

    plover: str
    event_type: EventType
    sub_event_type: str
    weight: float


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a pattern: each word it takes, with the form it must have there."""

    forms: dict[str, Form]
    gap: int
    """Words that may lie between the part before and this one."""
    is_place: bool = False
    """Takes a name of a place instead of a word."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Parts that stand one after the other; ``words`` is the rule as it is written."""

    parts: tuple[Part, ...]
    kind: Kind
    words: str
    needs: frozenset[str]
    """One of these words stands in every sentence it fits."""

    @property
    def is_bare(self) -> bool:
        """Whether it is made of nothing but words as they stand: "will not"."""
        return all(form is Form.ANY for part in self.parts for form in part.forms.values()) and "@" not in self.words

    def match(self, sentence: Sequence[Word], at: int, places: Collection[int] = ()) -> tuple[int, ...] | None:
        """Indices of the words the parts take when the first takes the word at this index; None if it does not fit.

        ``places`` are the indices of words that begin a name of a place.
        """
        taken = [at]
        if not _takes(self.parts[0], sentence, at, places):
            return None
        for part in self.parts[1:]:
            place = _next(part, sentence, taken[-1] + 1, places)
            if place is None:
                return None
            taken.append(place)
        return tuple(taken)

    def verb(self, sentence: Sequence[Word], taken: Sequence[int]) -> int | None:
        """Index of the first word taken as a verb; None if the pattern has none."""
        for part, at in zip(self.parts, taken, strict=True):
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


def _next(part: Part, sentence: Sequence[Word], start: int, places: Collection[int]) -> int | None:
    """Index of the first word within reach that the part takes; marks that end a clause end the search."""
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
    """Index of a name that is the direct object: nothing but its article and its kind may stand before it."""
    for at in range(start, min(len(sentence), start + _PLACE_REACH)):
        if at in places:
            return at
        lower = sentence[at].lower
        if lower not in _BEFORE_PLACE and lower not in word_list("kinds") and lower not in word_list("directions"):
            return None
    return None


@cache
def patterns() -> dict[str, tuple[Pattern, ...]]:
    """Every pattern, by each word that its first part takes; those that begin with a place by `PLACE`."""
    found: dict[str, list[Pattern]] = {}
    kind: Kind | None = None
    for line in EVENT_RULES.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            kind = _kind(line)
        elif kind and line.strip() and not line.startswith("#"):
            for words in filter(None, (rule.strip() for rule in line.split(","))):
                parts = _parts(words)
                pattern = Pattern(parts, kind, words, _needs(parts))
                for form in (PLACE,) if pattern.parts[0].is_place else pattern.parts[0].forms:
                    found.setdefault(form, []).append(pattern)
    return {form: tuple(rules) for form, rules in found.items()}


def _needs(parts: Sequence[Part]) -> frozenset[str]:
    """The forms of the part that takes the fewest; the first one's stand there when the pattern is tried."""
    later = [frozenset(part.forms) for part in parts[1:] if not part.is_place]
    return min(later, key=len) if later else frozenset(parts[0].forms)


def _kind(line: str) -> Kind:
    plover, event_type, sub_event_type, weight = (cell.strip() for cell in line.strip("= ").split("|"))
    return Kind(plover, EventType(event_type), sub_event_type, float(weight))


def _parts(words: str) -> tuple[Part, ...]:
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
    found: dict[str, Form] = {}
    whole = re.fullmatch(r"(.+)/([vn])", piece)
    for word in (whole[1] if whole else piece).split("|"):
        bare, _, kind = word.partition("/")
        kind = kind or (whole[2] if whole and "/" not in whole[1] else "")
        if kind == "v":
            found |= verb_forms(bare)
        else:
            found |= dict.fromkeys(noun_forms(bare), Form.NOUN) if kind == "n" else {bare: Form.ANY}
    return found
