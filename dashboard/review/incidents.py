"""Incidents with several accounts: joining and splitting their events, and finding disagreements."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import combinations

from dashboard.errors import DataError, shown
from dashboard.gazetteer.names import fold_name
from dashboard.geocode import distance_km
from dashboard.model import Article, Assertion, Event, GeoPrecision, Place
from dashboard.project.commit import RowChange
from dashboard.project.open_tables import OpenTables
from dashboard.tables import EventRow

SIMILAR_SHOWN = 5
_COMPARED = 200
"""Maximum number of events at one place to compare, so that a page stays fast."""
_DAYS_APART = timedelta(days=1)
_NEAR_KM = 10.0
"""Points of the same place may differ by this much between sources."""


# --- joining and parting


def incidents_joined(tables: OpenTables, event_id: str, other_id: str) -> list[RowChange]:
    """The changes that merge the incidents of two events, with all their events. No other cell changes."""
    kept, gone = incident_of(tables, event_id), incident_of(tables, other_id)
    if kept == gone:
        raise DataError("The two events are one incident already.")
    return [_with_incident(tables, one, kept) for one in members(tables, gone)]


def event_parted(tables: OpenTables, event_id: str) -> list[RowChange]:
    """The changes that split an event off as an incident of its own; the others stay together."""
    incident_id = incident_of(tables, event_id)
    others = [one for one in members(tables, incident_id) if one != event_id]
    if not others:
        raise DataError("The event is an incident of its own already.")
    if incident_id != event_id:
        return [_with_incident(tables, event_id, event_id)]
    # The incident has the id of the event that leaves it, so the others need a new one.
    return [_with_incident(tables, one, others[0]) for one in others]


def _with_incident(tables: OpenTables, event_id: str, incident_id: str) -> RowChange:
    row = tables.events.rows[event_id]
    after = row | {"event_id": event_id, "incident_id": incident_id}
    return RowChange(table="events", row_id=event_id, before=row, after=after)


def incident_of(tables: OpenTables, event_id: str) -> str:
    """The id of the event's incident, by default its own id. Raises `DataError` for an unknown event."""
    row = tables.row("events", event_id)
    if row is None:
        raise DataError(f"There is no event {shown(event_id)} in events.csv.")
    return EventRow(row).incident_id or event_id


def members(tables: OpenTables, incident_id: str) -> list[str]:
    """The ids of the incident's events, in the order of the file."""
    return [one for one, row in tables.events.rows.items() if (EventRow(row).incident_id or one) == incident_id]


def similar_events(tables: OpenTables, event: Event) -> list[Event]:
    """Events of other incidents at the same place within a day of this one: perhaps other accounts of it.

    Those of the same type come first.
    """
    incident = incident_of(tables, event.event_id)
    rows = ((event_id, EventRow(cells)) for event_id, cells in tables.events.rows.items())
    near = [
        event_id
        for event_id, row in rows
        if row.place_id == event.place_id != "" and (row.incident_id or event_id) != incident
    ]
    found = [other for event_id in near[:_COMPARED] if (other := tables.event(event_id)) and _meet(event, other)]
    return sorted(found, key=lambda other: other.event_type is not event.event_type)[:SIMILAR_SHOWN]


def _meet(one: Event, other: Event) -> bool:
    if not (one.date_start and one.date_end and other.date_start and other.date_end):
        return False
    return one.date_start <= other.date_end + _DAYS_APART and other.date_start <= one.date_end + _DAYS_APART


def are_one_incident(events: Sequence[Event]) -> bool:
    """True if all events name the same incident. An event that names none is an incident of its own."""
    return len({event.incident_id or event.event_id for event in events}) == 1


# --- disagreeing


class Matter(StrEnum):
    """A question on which accounts of an incident may disagree."""

    WHETHER = "whether it happened"
    PLACE = "the place"
    DATE = "the date"
    ACTOR = "who it was"
    DEATHS = "the deaths"


@dataclass(frozen=True, slots=True)
class Account:
    """One event's account of an incident, with its place."""

    event: Event
    place: Place | None

    @property
    def voice(self) -> tuple[str, str]:
        """The source of the account: an article, and a speaker in it."""
        return self.event.article_id or self.event.event_id, fold_name(self.event.claimed_by)


def disagreements(accounts: Sequence[Account]) -> dict[Matter, list[Account]]:
    """The questions on which the sources of one incident disagree, with one account of each source involved.

    Only contradictions count: a province agrees with a town in it, a month with a day of it, and a missing figure
    with any figure. A source may name several places; it disagrees with one that names none of them.
    """
    voices: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        voices.setdefault(account.voice, []).append(account)
    found = {matter: list(_at_odds(list(voices.values()), exclude)) for matter, exclude in _EXCLUDE.items()}
    return {matter: sides for matter, sides in found.items() if sides}


def _at_odds(voices: list[list[Account]], exclude: Callable[[Account, Account], bool | None]) -> Iterator[Account]:
    """The first account of each source that contradicts everything another source says."""
    at_odds: set[int] = set()
    for one, other in combinations(range(len(voices)), 2):
        verdicts = [exclude(a, b) for a in voices[one] for b in voices[other]]
        spoken = [verdict for verdict in verdicts if verdict is not None]
        if spoken and all(spoken):
            at_odds |= {one, other}
    for number in sorted(at_odds):
        yield next(a for a in voices[number] if any(exclude(a, b) for n in at_odds if n != number for b in voices[n]))


def _one_denies(one: Account, other: Account) -> bool | None:
    said = {one.event.assertion, other.event.assertion}
    return None if not any(map(_speaks_of_it, said)) else Assertion.DENIED in said and any(a.is_act for a in said)


def _speaks_of_it(assertion: Assertion) -> bool:
    return assertion.is_act or assertion is Assertion.DENIED


def _apart(one: Account, other: Account) -> bool | None:
    """True if neither place contains the other; None if one is unknown."""
    a, b = one.place, other.place
    if a is None or b is None or a.place_id == b.place_id:
        return None if a is None or b is None else False
    if _holds(a, one.event.geo_precision, b) or _holds(b, other.event.geo_precision, a):
        return False
    return distance_km(a, b) > max(_NEAR_KM, a.radius_km or 0.0, b.radius_km or 0.0)


def _holds(area: Place, precision: GeoPrecision, place: Place) -> bool:
    """True if the place may be in the area: same country and, if known, same province."""
    if area.country_code != place.country_code:
        return False
    if precision is GeoPrecision.COUNTRY:
        return True
    return precision is GeoPrecision.ADMIN1 and fold_name(place.admin1_name) in ("", fold_name(area.name))


def _at_other_times(one: Account, other: Account) -> bool | None:
    a, b = one.event, other.event
    if not (a.date_start and a.date_end and b.date_start and b.date_end):
        return None
    return a.date_start > b.date_end or b.date_start > a.date_end


def _by_others(one: Account, other: Account) -> bool | None:
    """True if no actor is in common; "Pakistan" matches "the Pakistan Army", which contains it."""
    a, b = (
        [fold_name(name) for name in (account.event.actor1, account.event.actor2) if fold_name(name)]
        for account in (one, other)
    )
    return not any(x in y or y in x for x in a for y in b) if a and b else None


def _other_deaths(one: Account, other: Account) -> bool | None:
    a, b = (_death_range(account.event) for account in (one, other))
    return a[0] > b[1] or b[0] > a[1] if a and b else None


def _death_range(event: Event) -> tuple[float, float] | None:
    """Minimum and maximum of deaths; one bound may be open."""
    low, high = event.fatalities_low, event.fatalities_high
    if low is None and high is None:
        return None
    return (low or 0, float("inf") if high is None else high)


_EXCLUDE = {
    Matter.WHETHER: _one_denies,
    Matter.PLACE: _apart,
    Matter.DATE: _at_other_times,
    Matter.ACTOR: _by_others,
    Matter.DEATHS: _other_deaths,
}


# --- counting sources

SHINGLE = 5
"""Number of consecutive words to compare; fewer match by chance, more miss an agency's text with a changed name."""
NEAR_COPY = 0.6
"""Share of common shingles (Jaccard; Broder 1997) from which on two texts count as one source."""


def independent_sources(articles: Sequence[Article]) -> int:
    """Count independent sources: near-duplicate articles count as one.

    Newspapers reprint agency texts, and a reprint is not a second witness.
    """
    groups: list[frozenset[tuple[str, ...]]] = []
    for article in articles:
        shingles = _shingles(article.text)
        if not any(_likeness(shingles, other) >= NEAR_COPY for other in groups):
            groups.append(shingles)
    return len(groups)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return frozenset(zip(*(words[n:] for n in range(SHINGLE)), strict=False)) or frozenset([tuple(words)])


def _likeness(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)
