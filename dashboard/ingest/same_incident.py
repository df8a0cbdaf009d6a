"""Whether events of different articles report one incident: of one type, at one place and time, in similar words.

The project's CSV files and the workers of a cluster ask the same two functions. The result is the
event's ``incident_id``; a person joins and parts incidents in `review.incidents`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dashboard.extract.events.retellings import are_alike, distinctive_words
from dashboard.tables import INCIDENT_COLUMNS, EventRow, Row


@dataclass(frozen=True, slots=True)
class Report:
    """One event as one article reports it."""

    incident_id: str
    article_id: str
    words: frozenset[str]
    """The rarer words of its passage."""

    @classmethod
    def of(cls, row: Row) -> "Report":
        """The report of a row of events.csv; an event that names no incident is one of its own."""
        typed = EventRow(row)
        return cls(typed.incident_id or typed.event_id, typed.article_id, distinctive_words(row["passage"]))

    def is_retold_by(self, other: "Report") -> bool:
        """True if another article says it in similar words."""
        return self.article_id != other.article_id and are_alike(self.words, other.words)


def earlier_incidents(known: Iterable[Report], new: Iterable[Report]) -> Iterator[tuple[str, str]]:
    """The incidents of new reports, each with the first one that an earlier report of it belongs to.

    All reports are of one type, place and time. The known ones come before the new ones, and these in their order.
    """
    earlier = list(known)
    for report in new:
        same = next((one.incident_id for one in earlier if one.is_retold_by(report)), report.incident_id)
        if same != report.incident_id:
            yield report.incident_id, same
        earlier.append(Report(same, report.article_id, report.words))


def whole_incidents(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Incident -> the earlier one that all of its events belong to, whichever of them was recognised.

    An incident that several earlier ones are found for goes to the least of their ids.
    """
    first: dict[str, str] = {}
    for incident_id, same in pairs:
        first[incident_id] = min(same, first.get(incident_id, same))
    return {incident_id: _end_of_chain(incident_id, first) for incident_id in first}


def _end_of_chain(incident_id: str, first: Mapping[str, str]) -> str:
    """What an incident is the same as may itself be the same as an earlier one."""
    passed = {incident_id}
    while (earlier := first.get(incident_id)) and earlier not in passed:
        passed.add(earlier)
        incident_id = earlier
    return incident_id


def incidents_reported_before(rows: Iterable[Row], new_rows: Iterable[Row]) -> dict[str, str]:
    """Incident of the new rows -> the incident of the project, or of a new row before, that it is the same as."""
    new: dict[tuple[str, ...], list[Report]] = {}
    for row in new_rows:
        if all(key := _incident_key(row)):
            new.setdefault(key, []).append(Report.of(row))
    known: dict[tuple[str, ...], list[Report]] = {key: [] for key in new}
    for row in rows:
        if (key := _incident_key(row)) in known:
            known[key].append(Report.of(row))
    return whole_incidents(pair for key, reports in new.items() for pair in earlier_incidents(known[key], reports))


def _incident_key(row: Row) -> tuple[str, ...]:
    return tuple(map(EventRow(row).cell, INCIDENT_COLUMNS))
