"""Filling what is empty in rows of events.csv, and the rows of places.csv they need. Pure but for the online answer.

What a person wrote stays; what the reader of the file derives anew each time (the end of a date, the precision of
a place) is left empty. What the program chose for a toponym that was corrected since is decided again. What a person
has reviewed keeps its place, even if it is none.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.errors import GeocodingError, Severity
from dashboard.geocode import place_basis, reasons
from dashboard.geocode.rows import cells
from dashboard.geocode.rows.answers import PlaceSources, RowAnswers, country_of
from dashboard.geocode.rows.filled import CellNote, Filled, UnknownPlace, Unresolved
from dashboard.geocode.rows.known_places import KnownPlaces
from dashboard.geocode.rows.standing import StandingPlaces
from dashboard.geocode.rows.stated_place import outside_note, place_at
from dashboard.geocode.stated_country import StatedCountry, lies_in_one
from dashboard.model import GeoPrecision, Place, PlaceBasis
from dashboard.project.reading.cells import Note
from dashboard.project.reading.event_rows import STOPGAP_CODE
from dashboard.project.reading.stated_cells import Point, stated_point, unknown_country_note
from dashboard.tables import Row, is_point_id, no_place_reason, point_of, row_event_id

_OWN_ROW_HINT = "Write a row in places.csv with this name, or place_id, and geocode again."
_OF_THE_ROWS = "coordinates in events.csv"
"""The note of places that rows' own coordinates make."""


def fill(rows: Sequence[Row], sources: PlaceSources, progress: Callable[[int, int], None] | None = None) -> Filled:
    """Fill ids, dates and places of all rows, in their order.

    ``progress`` is called after each row with the rows done and the rows there are.
    """
    filler = _RowFiller(sources, rows)
    for number, row in enumerate(rows, start=1):
        filler.fill(number, row)
        if progress:
            progress(number, len(rows))
    return filler.filled


class _RowFiller:
    """One pass over the rows."""

    def __init__(self, sources: PlaceSources, rows: Sequence[Row]) -> None:
        self._sources = sources
        self._ask = sources.ask
        self._known = KnownPlaces(sources.places, sources.gazetteer)
        self._answers = RowAnswers(sources, rows)
        self._standing = StandingPlaces(sources, self._answers, self._known)
        self._ids = Counter(row.get("event_id", "").strip() for row in rows)
        self.filled = Filled(new_places=self._known.new)

    def fill(self, number: int, row: Row) -> None:
        if any(row.values()):
            row = {**row, **self._missing_ids(row)}
            self._decide(number, row)
        self.filled.rows.append(row)

    def _missing_ids(self, row: Row) -> Row:
        """The ids that are missing. Two rows of the same words are two: the second gets "-2"."""
        event_id = row.get("event_id", "").strip()
        if not event_id:
            article = self._sources.articles.get(row.get("article_id", "").strip())
            base = row_event_id(row, article.sha256 if article else "")
            numbers = (base if n == 1 else f"{base}-{n}" for n in range(1, len(self._ids) + 3))
            event_id = next(number for number in numbers if not self._ids[number])
            self._ids[event_id] += 1
        return {"event_id": event_id, "incident_id": row.get("incident_id", "").strip() or event_id}

    def _decide(self, number: int, row: Row) -> None:
        place_id, stated = row.get("place_id", "").strip(), stated_point(row)
        if place_id and self._standing.is_persons(row, place_id):
            self._keep_place(number, row, place_id)
        elif stated.point:
            self._place_at_point(number, row, stated.point)
        elif stated.is_refused:
            self._refuse(number, row, [one for one in stated.notes if one[1].severity is Severity.ERROR])
        elif country_of(row) is None and row.get("country", "").strip():
            self._refuse(number, row, [("country", unknown_country_note(row["country"]))])
        else:
            self._place_by_name(number, row)

    def _place_by_name(self, number: int, row: Row) -> None:
        """The place that the row's toponym means, in the country that the row states."""
        place_id, toponym, country = row.get("place_id", "").strip(), row.get("toponym", "").strip(), country_of(row)
        is_answered = self._standing.is_answered(row)
        if place_id and (is_answered or not self._standing.is_outdated(row, place_id)):
            self._keep_place(number, row, place_id)
            return
        if is_answered:
            self.filled.unresolved.append(Unresolved(number, toponym))
            return
        if place_id:
            row |= {"place_id": "", "place_reason": ""} | ({} if country else {"geo_precision": ""})
        if not (toponym or country) or cells.keeps_no_place(row):
            self.filled.decided_again += bool(place_id)
            return
        found = self._search(row) or self._country_instead(toponym, country)
        if found and found.place:
            self._write_place(number, row, found.place, found, before=place_id)
            return
        self.filled.decided_again += bool(place_id)
        self.filled.unresolved.append(Unresolved(number, toponym))
        if not cells.is_reviewed(row):
            basis, reason = (found.basis, found.rule) if found else (None, no_place_reason(toponym))
            cells.choose(row, "", basis, reason)

    def _write_place(self, number: int, row: Row, place: Place, found: "_Choice", *, before: str) -> None:
        """Write the place into the row; ``before`` is the place_id it had."""
        if found.basis is PlaceBasis.STOPGAP:
            note = Note(STOPGAP_CODE, f"{found.rule}.", _OWN_ROW_HINT, Severity.WARNING)
            self.filled.doubts.append(CellNote(number, "toponym", note))
        cells.derive_precision(row, place, found.precision)
        reason = found.reason or place_basis.reason_for(place, found.rule, self._sources.gazetteer)
        cells.choose(row, place.place_id, found.basis, reason)
        self.filled.placed += not before
        self.filled.decided_again += before not in ("", place.place_id)
        self._known.add(place, found.rule)

    def _keep_place(self, number: int, row: Row, place_id: str) -> None:
        """The place the row itself names; its row in places.csv is made if it is missing."""
        place = self._known.of_project(place_id) or self._added(row, place_id)
        if place is None:
            self.filled.unknown.append(UnknownPlace(number, place_id))
        elif not row.get("place_reason", "").strip():
            row |= {"place_reason": reasons.NAMED, "place_basis": PlaceBasis.PERSON.value}
        elif not cells.is_reviewed(row) and self._standing.is_corrected(row, place):
            cells.derive_precision(row, place)
            row |= {"place_reason": reasons.NAMED} if self._standing.gives_reason(row, place) else {}
            row["place_basis"] = PlaceBasis.PERSON.value
        elif not cells.is_reviewed(row) and (basis := place_basis.basis_of(row)):
            row["place_basis"] = basis.value

    def _added(self, row: Row, place_id: str) -> Place | None:
        """The place of an id that is not in places.csv, added there; None if it is known nowhere."""
        if is_point_id(place_id) and (point := point_of(place_id)):
            return self._known.add(self._point_place(row, Point(*point)), _OF_THE_ROWS)
        # Asking online again makes sense only for what an online geocoder has given.
        found = self._search(row, may_ask=place_basis.is_online(place_id))
        if found and found.place and found.place.place_id == place_id:
            return self._known.add(found.place, found.rule)
        place = self._sources.gazetteer.place(place_id)
        return self._known.add(place, reasons.NAMED) if place else None

    # --- what the row itself says about its place

    def _place_at_point(self, number: int, row: Row, point: Point) -> None:
        """The place at the row's own coordinates; its name is the label there, and is not looked up."""
        if cells.keeps_no_place(row):
            return
        country = country_of(row)
        if country and country.is_swapped(point):
            self._refuse(number, row, [("latitude", outside_note(point, country))])
            return
        if country and country.excludes(point):
            self.filled.doubts.append(CellNote(number, "latitude", outside_note(point, country)))
        if country is None and row.get("country", "").strip():
            self.filled.doubts.append(CellNote(number, "country", unknown_country_note(row["country"])))
        place = self._point_place(row, point)
        precision = self._named_area(row, place)
        found = _Choice(place, _OF_THE_ROWS, PlaceBasis.COORDINATES, precision=precision, reason=reasons.COORDINATES)
        self._write_place(number, row, place, found, before=row.get("place_id", "").strip())

    def _named_area(self, row: Row, point: Place) -> GeoPrecision | None:
        """How coarse the row's name is, if it is that of an area: the coordinates of a province are its middle.

        None if the name is that of a settlement, is known nowhere, or is a namesake in another country.
        """
        found = self._answers.placement(row)
        if found.place is None or found.geo_precision in (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT):
            return None
        return found.geo_precision if found.place.country_code in ("", point.country_code) else None

    def _point_place(self, row: Row, point: Point) -> Place:
        country = country_of(row)
        new = place_at(point, row.get("toponym", "").strip(), country.code if country else "")
        return self._known.place(new.place_id) or new

    def _refuse(self, number: int, row: Row, notes: Sequence[tuple[str, Note]]) -> None:
        """Leave the row without a place; its place_reason says why."""
        self.filled.refused += [CellNote(number, column, note) for column, note in notes]
        if not cells.is_reviewed(row):
            self.filled.decided_again += bool(row.get("place_id", "").strip())
            cells.choose(row, "", None, reasons.NO_COUNTRY if notes[0][0] == "country" else reasons.NO_POINT)

    # --- what its name means

    def _search(self, row: Row, *, may_ask: bool = True) -> "_Choice | None":
        """The place the row's words mean and the rule that chose it: offline, then, where allowed, online.

        None where no place has the name, and a choice without a place where the only one of it is not meant.
        """
        answer = self._answers.placement(row)
        if answer.basis:
            return _Choice(answer.place, answer.reason, answer.basis, answer.geo_precision)
        place = self._asked(row, country_of(row)) if may_ask else None
        return _Choice(place, reasons.by_answer(self._sources.server), PlaceBasis.ONLINE) if place else None

    def _asked(self, row: Row, country: StatedCountry | None) -> Place | None:
        """The online geocoder's answer, in the country that the row states."""
        toponym = row.get("toponym", "").strip()
        if self._ask is None or not toponym:
            return None
        try:
            place = self._ask(toponym, self._answers.countries(row))
        except GeocodingError as error:
            # The next names would only wait for the same trouble.
            self._ask, self.filled.trouble = None, str(error)
            return None
        return None if place and country and not lies_in_one(place, country.codes) else place

    def _country_instead(self, toponym: str, country: StatedCountry | None) -> "_Choice | None":
        """The country that the row states, where it names nothing more, or nothing that is known there."""
        place = country.place(self._sources.gazetteer) if country else None
        if place is None:
            return None
        reason = reasons.by_country(toponym, place.name) if toponym else reasons.COUNTRY_ALONE
        return _Choice(place, reason, PlaceBasis.STOPGAP if toponym else PlaceBasis.RULE, reason=reason)


@dataclass(frozen=True, slots=True)
class _Choice:
    place: Place | None
    rule: str
    """The note of its row in places.csv, if that has to be made."""
    basis: PlaceBasis
    precision: GeoPrecision | None = None
    """None: that of the place."""
    reason: str = ""
    """What to write into place_reason; empty: the rule, with the name of the place where that needs it."""
