"""The clauses of a sentence, by offset: which one a word belongs to, and what opened it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_OPENERS = (
    "after|before|since|when|where|while|who|which|whose|until|although|though|but|because|despite|unless|whereas|"
    "(?<!the )following|amid"
)
_TIME = (
    r"(?:(?:early|late|last|the)\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|"
    r"july|august|september|october|november|december|\d|yesterday|dawn|dusk|midnight|noon|sunset|sunrise|nightfall)"
)
_BOUNDARY = re.compile(rf"[;—–]|\b(?!(?:since|after|before|until)\s+{_TIME})(?:{_OPENERS})\b", re.IGNORECASE)
"""Words and marks that open a clause; "since Monday" does not."""
_CLOSED = frozenset(
    {"since", "who", "which", "whose", "where", "until", "although", "though", "but", "because", "unless", "whereas"}
)
"""Openers of closed clauses: their dates and places say nothing about acts outside them."""
_ENDS_AT_COMMA = re.compile(r"(?:^|,)\W*\Z")
_COMMA = re.compile(r",\s")


@dataclass(frozen=True, slots=True)
class ClauseMap:
    """Stretches of a sentence as (end, clause). The main clause is 0; a closed one has a number below 0."""

    stretches: tuple[tuple[int, int], ...]
    openers: dict[int, tuple[str, int]]
    """By clause: the word or mark that opens it, in lower case, and its offset."""

    def clause_at(self, offset: int) -> int:
        """The clause that holds an offset."""
        return next((clause for end, clause in self.stretches if offset < end), self.stretches[-1][1])

    def opener_of(self, clause: int) -> tuple[str, int]:
        """The opener of a clause and its offset; "" and 0 for the main one."""
        return self.openers.get(clause, ("", 0))


def clause_map(sentence: str) -> ClauseMap:
    """The clauses of a sentence. An inserted clause ends at its comma, where the one around it resumes."""
    stretches: list[tuple[int, int]] = []
    openers: dict[int, tuple[str, int]] = {}
    clause, outer, closes = 0, 0, -1
    for fresh, match in enumerate(_BOUNDARY.finditer(sentence), start=1):
        if 0 <= closes < match.start():
            stretches.append((closes, clause))
            clause = outer
        stretches.append((match.start(), clause))
        inserted = bool(_ENDS_AT_COMMA.search(sentence, max(0, match.start() - 4), match.start()))
        comma = _COMMA.search(sentence, match.end()) if inserted else None
        number = -fresh if match[0].lower() in _CLOSED else fresh
        openers[number] = match[0].lower(), match.start()
        outer, clause, closes = clause, number, comma.start() if comma else -1
    if closes >= 0:
        stretches.append((closes, clause))
        clause = outer
    return ClauseMap((*stretches, (len(sentence), clause)), openers)


def indices_for_act(act: int, act_clauses: Sequence[int], item_clauses: Sequence[int]) -> Iterator[int]:
    """Indices of the items open to an act: those of its own clause, else those of clauses without an act.

    ``act`` is the index of the act in ``act_clauses``, the clauses of all acts of the sentence; ``item_clauses`` are
    the clauses of the items.
    """
    own = [at for at, clause in enumerate(item_clauses) if clause == act_clauses[act]]
    return iter(own or [at for at, clause in enumerate(item_clauses) if clause >= 0 and clause not in act_clauses])
