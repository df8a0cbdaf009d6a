"""Assigns deaths to events."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from dashboard.extract.acts.classify import VIOLENT
from dashboard.extract.acts.deaths import Deaths, deaths
from dashboard.extract.events.sentence import SentenceFacts
from dashboard.extract.events.statements import Statement
from dashboard.model import EventType

_MAY_KILL = VIOLENT | {EventType.PROTEST}


def with_deaths(statements: Sequence[Statement], sentences: Sequence[SentenceFacts]) -> list[Statement]:
    """The statements with the deaths reported in their part of the sentence, or in the next sentence.

    The deaths in one part ("…; artillery killed two in B") belong to one incident.
    """
    index_of = {facts.sentence.start: number for number, facts in enumerate(sentences)}
    strongest: dict[tuple[int, int], Statement] = {}
    for statement in statements:
        if _may_kill(statement):
            part = statement.start, bisect_left(sentences[index_of[statement.start]].parts, statement.act.start)
            if part not in strongest or statement.act.score > strongest[part].act.score:
                strongest[part] = statement
    undivided = {start for start, _ in strongest} - {start for start, part in strongest if part}
    by_incident = {
        statement.incident: _deaths_at(sentences, index_of[start], None if start in undivided else part)
        for (start, part), statement in strongest.items()
    }
    return [
        replace(statement, deaths=by_incident[statement.incident]) if by_incident.get(statement.incident) else statement
        for statement in statements
    ]


def _may_kill(statement: Statement) -> bool:
    return statement.act.event_type in _MAY_KILL and statement.attribution.assertion.is_act


def _deaths_at(sentences: Sequence[SentenceFacts], at: int, part: int | None) -> Deaths | None:
    """The deaths in the sentence or one of its parts; else in the next sentence, if that names no other place."""
    facts = sentences[at]
    bounds = [0, *facts.parts, len(facts.written)]
    words = facts.written if part is None else facts.written[bounds[part] : bounds[part + 1]]
    deaths_here = deaths(words)
    if deaths_here or part or at + 1 == len(sentences):
        return deaths_here
    following = sentences[at + 1]
    same = following.sentence.paragraph == facts.sentence.paragraph
    return deaths(following.written) if same and not following.groups else None
