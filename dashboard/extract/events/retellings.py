"""Deduplicate statements: for each incident and place, keep only the best sentence."""

import re
from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dashboard.extract.acts.attribution import Attribution
from dashboard.extract.acts.classify import VIOLENT, Act
from dashboard.extract.acts.deaths import Deaths
from dashboard.extract.events.place_groups import Located
from dashboard.extract.events.when import When, inherited
from dashboard.model import Assertion, DateBasis

_ALIKE = 0.5
"""Share of the rarer words two statements must have in common to be of one incident."""
_NEAR_PARAGRAPHS = 2
_COMPARED = 100
"""Maximum number of statements to compare one with, so that the time stays linear in the text."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    {"said", "says", "that", "this", "with", "from", "they", "their", "have", "been", "were", "also", "after",
     "before", "during", "into", "over", "more", "than", "other", "which", "when", "while", "people", "least",
     "according", "officials", "against", "would", "could", "will", "about"}
)  # fmt: skip
_NEW = re.compile(
    r"\b(?:an?|another|new|second|third|fresh|separate|two|three|four|five|several)\s+(?:[\w’'“”\"-]+\s+){0,4}\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sentence says of one act at one place."""

    act: Act
    start: int
    end: int
    """Of the sentence in the article; its words are ``passage``."""
    passage: str
    paragraph: int
    attribution: Attribution
    when: When
    where: Located | None
    within: Located | None = None
    """What the text says the place lies in."""
    preposition: str = ""
    dead: Deaths | None = None
    actors: tuple[str, str] = ("", "")
    act_number: int = -1
    """The same for the statements of one act at several places."""
    incident: int = -1
    words: frozenset[str] = field(default=frozenset())

    @property
    def place(self) -> str:
        """What tells places apart: the id, or the words where no place has the name; empty for none."""
        return (self.where.place_id or self.where.toponym.text.casefold()) if self.where else ""


def telling_words(passage: str) -> frozenset[str]:
    """The rarer words of a passage, by their first six letters."""
    return frozenset(word[:6] for word in _WORD.findall(passage.lower()) if word not in _COMMON)


def drop_retellings(statements: Sequence[Statement]) -> list[Statement]:
    """The statements without those that repeat an incident, in order, each with its incident's number.

    ``statements`` are in the order of the text. One without a place is kept only if its incident is not known yet.
    """
    kept = _Incidents()
    for one in statements:
        if one.where:
            kept.add(one)
    for one in statements:
        if one.where is None:
            kept.add_placeless(one)
    return sorted(kept.all, key=lambda one: (one.start, one.act.start))


class _Incidents:
    """The best statement of each incident and place so far."""

    def __init__(self) -> None:
        self.all: list[Statement] = []
        self._by_place: defaultdict[str, list[int]] = defaultdict(list)
        self._by_kind: defaultdict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        """Paragraph and number of the statements, by what makes acts kindred."""

    def add(self, one: Statement) -> None:
        """Keep a statement with a place, or the better of it and an earlier one of its incident."""
        incident = one.act_number
        for at in self._by_place[one.place][-_COMPARED:]:
            other = self.all[at]
            if not _is_same_incident(other, one):
                continue
            if _stance(other) is not _stance(one):
                incident = other.incident
                continue
            better, worse = (one, other) if _rank(one) > _rank(other) else (other, one)
            self.all[at] = replace(better, incident=other.incident, dead=better.dead or worse.dead)
            return
        self._keep(replace(one, incident=incident))

    def add_placeless(self, one: Statement) -> None:
        """Keep a statement without a place if its incident is new; else take over its date where one is missing."""
        again = self._nearest(one)
        if one.act.event_type not in VIOLENT and _is_new(one):
            again = [at for at in again if _repeats(self.all[at], one)]
        if not again:
            self._keep(replace(one, incident=one.act_number))
        elif _gives_date_to(one, self.all[again[0]]):
            self._fill_date(self.all[again[0]], one.when)

    def _keep(self, one: Statement) -> None:
        self._by_place[one.place].append(len(self.all))
        insort(self._by_kind[_kinship(one.act)], (one.paragraph, len(self.all)))
        self.all.append(one)

    def _nearest(self, one: Statement) -> list[int]:
        """Kindred statements, the nearest first; history is none."""
        kin = self._by_kind[_kinship(one.act)]
        at = bisect(kin, (one.paragraph, 0))
        near = sorted(
            (abs(paragraph - one.paragraph), k) for paragraph, k in kin[max(0, at - _COMPARED) : at + _COMPARED]
        )
        return [k for _, k in near if self.all[k].attribution.assertion is not Assertion.BACKGROUND]

    def _fill_date(self, dated: Statement, when: When) -> None:
        """Give an undated incident the date that a later sentence tells."""
        later = replace(inherited(when), reason=f"from another sentence on the same incident: {when.words}")
        for at, one in enumerate(self.all):
            if one.incident == dated.incident and not one.when.first:
                self.all[at] = replace(one, when=later)


def _kinship(act: Act) -> tuple[str, ...]:
    return ("violent",) if act.event_type in VIOLENT else (act.event_type.value, act.sub_event_type)


def _gives_date_to(one: Statement, known: Statement) -> bool:
    """Whether a sentence without a place gives a known incident the date it lacks."""
    near = abs(one.paragraph - known.paragraph) <= _NEAR_PARAGRAPHS and one.act.event_type is known.act.event_type
    return near and one.when.is_own and known.when.first is None and one.attribution.assertion is not Assertion.PLANNED


def _is_same_incident(first: Statement, second: Statement) -> bool:
    """Whether two statements about one place tell of one incident: type, days, and words where days say nothing."""
    if (first.attribution.assertion is Assertion.BACKGROUND) != (second.attribution.assertion is Assertion.BACKGROUND):
        return False
    a, b = first.act, second.act
    if a.event_type is not b.event_type:
        return first.start == second.start and a.event_type in VIOLENT and b.event_type in VIOLENT
    if a.sub_event_type and b.sub_event_type and a.sub_event_type != b.sub_event_type:
        return False
    if not _days_meet(first.when, second.when):
        return False
    if first.when.is_own and second.when.is_own:
        return True
    new = _is_new(second) and not alike(first.words, second.words)
    return not (new and second.paragraph - first.paragraph > _NEAR_PARAGRAPHS)


def _is_new(one: Statement) -> bool:
    """Whether the act is brought in as something not told yet: "a truce", "another strike"."""
    return bool(_NEW.search(one.passage[max(0, one.act.start - 40) : one.act.end] + " "))


def _days_meet(first: When, second: When) -> bool:
    """False only if both have days of their own and the days differ."""
    weak = (DateBasis.INHERITED, DateBasis.PUBLICATION, DateBasis.INFERRED)
    if first.first is None or second.first is None or first.last is None or second.last is None:
        return True
    if first.basis in weak or second.basis in weak:
        return True
    return first.first <= second.last and second.first <= first.last


def alike(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two sets of rarer words overlap by half of the smaller."""
    return bool(first and second) and len(first & second) >= _ALIKE * min(len(first), len(second))


def _stance(one: Statement) -> Assertion:
    """A report and a claim count as one stance; a denial, a plan and a threat are each another."""
    return Assertion.REPORTED if one.attribution.assertion is Assertion.CLAIMED else one.attribution.assertion


def _rank(one: Statement) -> tuple[bool, bool, float, int]:
    return one.when.is_own, one.when.first is not None, round(one.act.score, 1), -one.start


def _repeats(known: Statement, one: Statement) -> bool:
    return known.where is None or (known.when == one.when and alike(known.words, one.words))
