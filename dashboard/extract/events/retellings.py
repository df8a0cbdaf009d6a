"""Deduplicate statements: for each incident and place, keep only the best sentence."""

import re
from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from dashboard.extract.acts.classify import VIOLENT, Act
from dashboard.extract.events.statements import ActDate, Statement
from dashboard.extract.events.when import inherited_date
from dashboard.model import Assertion, DateBasis

_ALIKE = 0.5
"""Share of the rarer words two statements must have in common to be of one incident."""
_NEAR_PARAGRAPHS = 2
_COMPARED = 100
"""Maximum number of statements to compare with, so that the time stays linear in the length of the text."""
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


def distinctive_words(passage: str) -> frozenset[str]:
    """The rarer words of a passage, cut to their first six letters."""
    return frozenset(word[:6] for word in _WORD.findall(passage.lower()) if word not in _COMMON)


def drop_retellings(statements: Sequence[Statement]) -> list[Statement]:
    """Drop the statements that repeat an incident; the rest in order, each with the number of its incident.

    ``statements`` are in the order of the text. One without a place is kept only if its incident is new.
    """
    kept = _Incidents()
    for statement in statements:
        if statement.where:
            kept.add(statement)
    for statement in statements:
        if statement.where is None:
            kept.add_placeless(statement)
    return sorted(kept.statements, key=lambda statement: (statement.start, statement.act.start))


class _Incidents:
    """The best statement of each incident and place so far."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self._by_place: defaultdict[str, list[int]] = defaultdict(list)
        self._by_kind: defaultdict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
        """Paragraph and index of the statements, by kinship of their acts."""

    def add(self, statement: Statement) -> None:
        """Keep a statement with a place; of two on one incident, keep the better."""
        incident = statement.act_number
        for at in self._by_place[statement.place][-_COMPARED:]:
            other = self.statements[at]
            if not _is_same_incident(other, statement):
                continue
            if _stance(other) is not _stance(statement):
                incident = other.incident
                continue
            better, worse = (statement, other) if _preference(statement) > _preference(other) else (other, statement)
            self.statements[at] = replace(better, incident=other.incident, deaths=better.deaths or worse.deaths)
            return
        self._keep(replace(statement, incident=incident))

    def add_placeless(self, statement: Statement) -> None:
        """Keep a statement without a place if its incident is new; else use its date where the incident lacks one."""
        kindred = self._nearest_kindred(statement)
        if statement.act.event_type not in VIOLENT and _is_new(statement):
            kindred = [at for at in kindred if _repeats(self.statements[at], statement)]
        if not kindred:
            self._keep(replace(statement, incident=statement.act_number))
        elif _gives_date_to(statement, self.statements[kindred[0]]):
            self._fill_date(self.statements[kindred[0]], statement.when)

    def _keep(self, statement: Statement) -> None:
        self._by_place[statement.place].append(len(self.statements))
        insort(self._by_kind[_kinship(statement.act)], (statement.paragraph, len(self.statements)))
        self.statements.append(statement)

    def _nearest_kindred(self, statement: Statement) -> list[int]:
        """Indices of kindred statements, the nearest first; background is left out."""
        kin = self._by_kind[_kinship(statement.act)]
        at = bisect(kin, (statement.paragraph, 0))
        near = sorted(
            (abs(paragraph - statement.paragraph), k) for paragraph, k in kin[max(0, at - _COMPARED) : at + _COMPARED]
        )
        return [k for _, k in near if self.statements[k].attribution.assertion is not Assertion.BACKGROUND]

    def _fill_date(self, dated: Statement, when: ActDate) -> None:
        """Give an undated incident the date from another sentence."""
        later = replace(inherited_date(when), reason=f"from another sentence on the same incident: {when.words}")
        for at, statement in enumerate(self.statements):
            if statement.incident == dated.incident and not statement.when.first:
                self.statements[at] = replace(statement, when=later)


def _kinship(act: Act) -> tuple[str, ...]:
    return ("violent",) if act.event_type in VIOLENT else (act.event_type.value, act.sub_event_type)


def _gives_date_to(statement: Statement, earlier: Statement) -> bool:
    """Whether a statement without a place supplies the date that an earlier one lacks."""
    near = (
        abs(statement.paragraph - earlier.paragraph) <= _NEAR_PARAGRAPHS
        and statement.act.event_type is earlier.act.event_type
    )
    return (
        near
        and statement.when.is_own
        and earlier.when.first is None
        and statement.attribution.assertion is not Assertion.PLANNED
    )


def _is_same_incident(first: Statement, second: Statement) -> bool:
    """Whether two statements about one place describe one incident: by type and days, and by words if undated."""
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
    new = _is_new(second) and not are_alike(first.words, second.words)
    return not (new and second.paragraph - first.paragraph > _NEAR_PARAGRAPHS)


def _is_new(statement: Statement) -> bool:
    """Whether the words introduce the act as new: "a truce", "another strike"."""
    return bool(_NEW.search(statement.passage[max(0, statement.act.start - 40) : statement.act.end] + " "))


def _days_meet(first: ActDate, second: ActDate) -> bool:
    """False only if both state days of their own and the days do not overlap."""
    weak = (DateBasis.INHERITED, DateBasis.PUBLICATION, DateBasis.INFERRED)
    if first.first is None or second.first is None or first.last is None or second.last is None:
        return True
    if first.basis in weak or second.basis in weak:
        return True
    return first.first <= second.last and second.first <= first.last


def are_alike(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether two sets of rarer words overlap by half of the smaller."""
    return bool(first and second) and len(first & second) >= _ALIKE * min(len(first), len(second))


def _stance(statement: Statement) -> Assertion:
    """A report and a claim count as one stance; a denial, a plan and a threat are each another."""
    return (
        Assertion.REPORTED if statement.attribution.assertion is Assertion.CLAIMED else statement.attribution.assertion
    )


def _preference(statement: Statement) -> tuple[bool, bool, float, int]:
    return statement.when.is_own, statement.when.first is not None, round(statement.act.score, 1), -statement.start


def _repeats(earlier: Statement, statement: Statement) -> bool:
    return earlier.where is None or (earlier.when == statement.when and are_alike(earlier.words, statement.words))
