"""Decides whether events of different articles report one incident: of one type, at one place and time, in similar
words.

Used both for the project's CSV files and by the workers of a cluster. The result is the ``incident_id`` of an event;
a person joins and separates incidents in `review.incidents`.
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
        """The report in a row of events.csv; an event without an incident is an incident of its own."""
        typed = EventRow(row)
        return cls(typed.incident_id or typed.event_id, typed.article_id, distinctive_words(row["passage"]))

    def is_retold_by(self, other: "Report") -> bool:
        """Whether another article reports it in similar words."""
        return self.article_id != other.article_id and are_alike(self.words, other.words)


def earlier_incidents(earlier_reports: Iterable[Report], new_reports: Iterable[Report]) -> Iterator[tuple[str, str]]:
    """Pairs of a new incident and the earlier one that it is the same as.

    All reports are of one type, place and time, in order, and the earlier reports precede the new ones.
    """
    earlier = list(earlier_reports)
    for report in new_reports:
        same = next((other.incident_id for other in earlier if other.is_retold_by(report)), report.incident_id)
        if same != report.incident_id:
            yield report.incident_id, same
        earlier.append(Report(same, report.article_id, report.words))


def whole_incidents(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Incident -> the earlier one that all of its events join, whichever of them was recognised.

    An incident that matches several earlier ones joins the one with the smallest id.
    """
    first: dict[str, str] = {}
    for incident_id, same in pairs:
        first[incident_id] = min(same, first.get(incident_id, same))
    return {incident_id: _end_of_chain(incident_id, first) for incident_id in first}


def _end_of_chain(incident_id: str, first: Mapping[str, str]) -> str:
    """The earliest incident: the one that an incident equals may itself equal an earlier one."""
    passed = {incident_id}
    while (earlier := first.get(incident_id)) and earlier not in passed:
        passed.add(earlier)
        incident_id = earlier
    return incident_id


def incidents_reported_before(rows: Iterable[Row], new_rows: Iterable[Row]) -> dict[str, str]:
    """Incident of the new rows -> the same incident in the project or in an earlier new row."""
    new_by_key: dict[tuple[str, ...], list[Report]] = {}
    for row in new_rows:
        if all(key := _incident_key(row)):
            new_by_key.setdefault(key, []).append(Report.of(row))
    known_by_key: dict[tuple[str, ...], list[Report]] = {key: [] for key in new_by_key}
    for row in rows:
        if (key := _incident_key(row)) in known_by_key:
            known_by_key[key].append(Report.of(row))
    return whole_incidents(
        pair for key, reports in new_by_key.items() for pair in earlier_incidents(known_by_key[key], reports)
    )


def _incident_key(row: Row) -> tuple[str, ...]:
    return tuple(map(EventRow(row).cell, INCIDENT_COLUMNS))
