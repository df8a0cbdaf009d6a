"""Which deaths belong to which of the events."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from dashboard.extract.acts.classify import VIOLENT
from dashboard.extract.acts.deaths import Deaths, deaths
from dashboard.extract.events.retellings import Statement
from dashboard.extract.events.sentence import SentenceFacts
from dashboard.model import EventType

_MAY_KILL = VIOLENT | {EventType.PROTEST}


def with_deaths(kept: Sequence[Statement], read: Sequence[SentenceFacts]) -> list[Statement]:
    """The statements with the deaths of their part of the sentence, or of the next one.

    One part ("…; artillery killed two in B") tells those of one incident.
    """
    at = {one.sentence.start: number for number, one in enumerate(read)}
    chief: dict[tuple[int, int], Statement] = {}
    for one in kept:
        if _may_kill(one):
            part = one.start, bisect_left(read[at[one.start]].parts, one.act.start)
            if part not in chief or one.act.score > chief[part].act.score:
                chief[part] = one
    alone = {start for start, _ in chief} - {start for start, part in chief if part}
    dead = {
        one.incident: _deaths_at(read, at[start], None if start in alone else part)
        for (start, part), one in chief.items()
    }
    return [replace(one, dead=dead[one.incident]) if dead.get(one.incident) else one for one in kept]


def _may_kill(one: Statement) -> bool:
    return one.act.event_type in _MAY_KILL and one.attribution.assertion.is_act


def _deaths_at(read: Sequence[SentenceFacts], at: int, part: int | None) -> Deaths | None:
    """Those of the sentence, or of one of its parts; else those of the next sentence, if it names no other place."""
    here = read[at]
    bounds = [0, *here.parts, len(here.written)]
    words = here.written if part is None else here.written[bounds[part] : bounds[part + 1]]
    found = deaths(words)
    if found or part or at + 1 == len(read):
        return found
    following = read[at + 1]
    same = following.sentence.paragraph == here.sentence.paragraph
    return deaths(following.written) if same and not following.groups else None
