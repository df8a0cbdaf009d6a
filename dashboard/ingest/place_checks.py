"""Checks places against what rows say: points against countries, and a row's own coordinates against its place.

Part of `conflictmap check` only, as it needs the gazetteer and the outlines of all countries. Outlines are simplified
and borders disputed, so a mismatch is a warning; it is an error only if it leaves an event without its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import Problem, Severity
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import distance_km, place_basis
from dashboard.geocode.rows.stated_place import outside_note, place_at
from dashboard.geocode.stated_country import lies_in_one, stated_country
from dashboard.model import Event, Place, PlaceBasis
from dashboard.project.read import Project
from dashboard.project.reading.cells import Note
from dashboard.project.reading.csv_text import DataRow, read_csv
from dashboard.project.reading.stated_cells import Point, stated_point
from dashboard.tables import COLUMNS, EventRow, point_id, row_event_id

FAR_KM = 25.0
"""Maximum distance beyond the radius of a place at which a row's coordinates may still mean it."""


def problems_of_places(project: Project) -> list[Problem]:
    """Contradictions in the places and events, in the order of the files."""
    checks = _Checks(project, Gazetteer.open())
    return [*checks.of_places(), *checks.of_events()]


@dataclass(frozen=True, slots=True)
class _Checks:
    project: Project
    gazetteer: Gazetteer

    def of_places(self) -> Iterator[Problem]:
        outside = {place_id: note for place_id, place in self.project.places.items() if (note := self._outside(place))}
        for row in _rows(self.project.folder, "places") if outside else ():
            if note := outside.pop(row.cells.get("place_id", "").strip(), None):
                yield _problem("places.csv", row, "latitude", note)

    def _outside(self, place: Place) -> Note | None:
        country, point = stated_country(place.country_code), Point(place.latitude, place.longitude)
        if country is None or not country.excludes(point):
            return None
        listed = self.gazetteer.place(place.place_id)
        if listed and (listed.latitude, listed.longitude) == (place.latitude, place.longitude):
            return None  # the point is the gazetteer's own, not for the person to correct
        return outside_note(point, country)._replace(severity=Severity.WARNING)

    def of_events(self) -> Iterator[Problem]:
        events = {event.event_id: event for event in self.project.events}
        hashes = {article.article_id: article.sha256 for article in self.project.articles.values()}
        for row in _rows(self.project.folder, "events"):
            typed = EventRow(row.cells)
            if typed.states_place:
                event = events.pop(row_event_id(row.cells, hashes.get(typed.article_id, "")), None)
                for column, note in self._of_event(row, event) if event else ():
                    yield _problem("events.csv", row, column, note)

    def _of_event(self, row: DataRow, event: Event) -> Iterator[tuple[str, Note]]:
        point, country = stated_point(row.cells).point, stated_country(row.cells.get("country", ""))
        place, basis = self.project.places.get(event.place_id), place_basis.basis_of(row.cells)
        if event.status.is_reviewed and basis is PlaceBasis.PERSON:
            point = None  # a person has chosen another place, having seen it
        if point and place and place.place_id != point_id(*point):
            yield from _far_note(point, place, basis, is_reviewed=event.status.is_reviewed)
        if country is None:
            return
        if point and country.excludes(point):
            yield "latitude", outside_note(point, country)
        elif place and place.country_code and not lies_in_one(place, country.codes):
            there = self.gazetteer.country_name(place.country_code) or place.country_code
            message = f"{place.name} lies in {there}, though the row says {country.name}."
            yield "place_id", Note("place.country", message, "Which of them is right?", Severity.WARNING)


def _far_note(point: Point, place: Place, basis: PlaceBasis | None, *, is_reviewed: bool) -> Iterator[tuple[str, Note]]:
    distance = distance_km(place_at(point, "", ""), place)
    if basis is PlaceBasis.COORDINATES or distance > FAR_KM + (place.radius_km or 0):
        where = f"{point.latitude:g}, {point.longitude:g} lies {distance:,.0f} km from {place.name}"
        is_old = basis is PlaceBasis.COORDINATES and not is_reviewed
        hint = "Run: conflictmap geocode" if is_old else "If the place is right, empty both cells, else place_id."
        note = Note("coordinate.place", f"{where}, where place_id puts the event.", hint, Severity.WARNING)
        yield "latitude", note


def _rows(folder: Path, name: str) -> list[DataRow]:
    return read_csv(folder / f"{name}.csv", folder, COLUMNS[name]).rows


def _problem(file: str, row: DataRow, column: str, note: Note) -> Problem:
    return Problem(
        file=file, code=note.code, message=note.message, hint=note.hint, severity=note.severity,
        row=row.number, line=row.line, column=column,
    )  # fmt: skip
