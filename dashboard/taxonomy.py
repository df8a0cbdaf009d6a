"""The one list of event types and sub-types, with their ACLED and PLOVER codes: taxonomy.csv beside this file."""

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from dashboard.model import EventType

TAXONOMY = Path(__file__).with_name("taxonomy.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """One row of the taxonomy: an event type, or one of its sub-types. Codes are empty where there is none."""

    event_type: EventType
    sub_event_type: str
    acled_event_type: str
    acled_sub_event_type: str
    plover_event_type: str
    plover_mode: str
    title: str
    """Words for people, of this level alone: "Agreement", "ceasefire"."""
    description: str


@cache
def kinds() -> dict[tuple[EventType, str], EventKind]:
    """Every kind by event type and sub-type; the sub-type of the type itself is empty."""
    with TAXONOMY.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    names = [field.name for field in fields(EventKind) if field.name != "event_type"]
    all_kinds = [
        EventKind(event_type=EventType(row["event_type"]), **{name: row[name] for name in names}) for row in rows
    ]
    return {(kind.event_type, kind.sub_event_type): kind for kind in all_kinds}


@cache
def sub_types(event_type: EventType) -> tuple[str, ...]:
    """The sub-types an event of this type may have, in the order of the file."""
    return tuple(sub for kind, sub in kinds() if kind is event_type and sub)


@cache
def _spellings(event_type: EventType) -> dict[str, str]:
    return {_plain(sub): sub for sub in sub_types(event_type)}


def _plain(sub_event_type: str) -> str:
    return " ".join(sub_event_type.casefold().replace("_", " ").replace("-", " ").split())


def is_sub_type(event_type: EventType, sub_event_type: str) -> bool:
    """True if the type has a sub-type spelt exactly so."""
    return (event_type, sub_event_type) in kinds()


def spelling_of(event_type: EventType, sub_event_type: str) -> str:
    """The sub-type as spelt here, for one that differs only in case, spaces or dashes; else empty."""
    return _spellings(event_type).get(_plain(sub_event_type[:200]), "")


def title_of(event_type: EventType | str, sub_event_type: str = "") -> str:
    """Words for people: "Agreement · ceasefire". An unknown sub-type appears as written."""
    kind = EventType(event_type)
    main = kinds()[kind, ""].title
    if not sub_event_type:
        return main
    sub = kinds().get((kind, sub_event_type))
    return f"{main} · {sub.title if sub else sub_event_type}"


def from_acled(event_type: str, sub_event_type: str = "") -> EventKind | None:
    """The kind for ACLED's words, in any case; the type alone if the sub-type is unknown. None if both are."""
    kind = _plain(event_type)
    tries = (_plain(sub_event_type), "", "other")  # ACLED's strategic developments have no row of their own here
    return next((_acled()[kind, sub] for sub in tries if (kind, sub) in _acled()), None)


@cache
def _acled() -> dict[tuple[str, str], EventKind]:
    """Kinds by ACLED's two words. If several share them, the one with the same name is meant, else the first."""
    result: dict[tuple[str, str], EventKind] = {}
    named_so_first = sorted(kinds().values(), key=lambda kind: kind.sub_event_type != kind.acled_sub_event_type)
    for kind in named_so_first:
        if kind.acled_event_type:
            result.setdefault((_plain(kind.acled_event_type), _plain(kind.acled_sub_event_type)), kind)
    return result


OTHER_WORDS = {
    word: event_type
    for event_type, words in {
        "battle": "clash clashes fight fighting firefight skirmish ambush attack offensive combat",
        "explosion": "bombing bomb blast shelling airstrike strike drone missile rocket artillery ied mine",
        "civilians": "massacre abduction kidnapping assassination killing murder execution rape",
        "protest": "demonstration rally march",
        "riot": "unrest looting mob",
        "agreement": "ceasefire truce peace deal treaty accord armistice withdrawal",
        "talks": "meeting negotiation negotiations summit visit mediation aid",
        "statement": "threat accusation demand warning condemnation denial",
        "other": "arrest mobilisation mobilization deployment sanctions unknown",
    }.items()
    for word in words.split()
}
"""Other words for our event types; used only for hints, never to guess."""
