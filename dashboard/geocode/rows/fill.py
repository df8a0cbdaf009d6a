"""Filling what is empty in rows of events.csv, and the rows of places.csv they need. Pure but for the online answer.

Which rows to fill, and what to write into them: `standing` says what stays, `choices` what there is to choose.

What a person wrote stays; what the reader of the file derives anew each time (the end of a date, the precision of
a place) is left empty. What the program chose for a toponym that was corrected since is decided again. What a person
has reviewed keeps its place, even if it is none.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from dashboard.errors import Severity
from dashboard.geocode import place_basis, reasons
from dashboard.geocode.rows import cells
from dashboard.geocode.rows.answers import PlaceSources, RowAnswers, country_of
from dashboard.geocode.rows.choices import Choice, RowChoices
from dashboard.geocode.rows.filled import CellNote, Filled, UnknownPlace, Unresolved
from dashboard.geocode.rows.known_places import KnownPlaces
from dashboard.geocode.rows.standing import StandingPlaces
from dashboard.geocode.rows.stated_place import outside_note
from dashboard.model import Place, PlaceBasis
from dashboard.project.reading.cells import Note
from dashboard.project.reading.event_rows import STOPGAP_CODE
from dashboard.project.reading.stated_cells import Point, stated_point, unknown_country_note
from dashboard.tables import EventRow, Row, is_point_id, no_place_reason, point_of, row_event_id

_OWN_ROW_HINT = "Write a row in places.csv with this name, or place_id, and geocode again."


def fill(rows: Sequence[Row], sources: PlaceSources, progress: Callable[[int, int], None] | None = None) -> Filled:
    """Fill ids, dates and places of all rows, in their order.

    ``progress`` is called after each row with the rows done and the rows there are.
    """
    filler = _RowFiller(sources, rows)
    for done, at in enumerate(_by_article(rows), start=1):
        filler.fill(at)
        if progress:
            progress(done, len(rows))
    return filler.result()


def _by_article(rows: Sequence[Row]) -> list[int]:
    """The indexes of the rows with those of one article together, so that each article is read once."""
    first: dict[str, int] = {}
    for at, row in enumerate(rows):
        first.setdefault(EventRow(row).article_id, at)
    return sorted(range(len(rows)), key=lambda at: first[EventRow(rows[at]).article_id])


class _RowFiller:
    """One pass over the rows."""

    def __init__(self, sources: PlaceSources, rows: Sequence[Row]) -> None:
        self._sources = sources
        self._known = KnownPlaces(sources.places, sources.gazetteer)
        self._answers = RowAnswers(sources, rows)
        self._standing = StandingPlaces(sources, self._answers, self._known)
        self._choices = RowChoices(sources, self._answers, self._known)
        self._ids = Counter(row.get("event_id", "").strip() for row in rows)
        with_ids = [{**row, **self._missing_ids(row)} if any(row.values()) else row for row in rows]
        self.filled = Filled(rows=with_ids, new_places=self._known.new)

    def fill(self, at: int) -> None:
        """Fill the row at an index."""
        row = self.filled.rows[at]
        if any(row.values()):
            self._decide(at + 1, row)

    def result(self) -> Filled:
        """The rows as filled so far, and what is to be said of them in their order."""
        filled = self.filled
        filled.trouble = self._choices.trouble
        for notes in (filled.unresolved, filled.unknown, filled.refused, filled.doubts):
            notes.sort(key=lambda note: note.row)
        return filled

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
            self.filled.unresolved.append(Unresolved(number, toponym, place_basis.basis_of(row) is PlaceBasis.STOPGAP))
            return
        if place_id:
            row |= {"place_id": "", "place_reason": ""} | ({} if country else {"geo_precision": ""})
        elif place_basis.basis_of(row) not in (None, PlaceBasis.PERSON) and not cells.is_reviewed(row):
            row["geo_precision"] = ""  # that of the place which was emptied
        if not (toponym or country) or cells.keeps_no_place(row):
            self.filled.decided_again += bool(place_id)
            return
        found = self._choices.by_name(row) or self._choices.country_instead(row)
        if found and found.place:
            self._write_place(number, row, found.place, found, before=place_id)
            return
        self.filled.decided_again += bool(place_id)
        basis, reason = (found.basis, found.rule) if found else (None, no_place_reason(toponym))
        self.filled.unresolved.append(Unresolved(number, toponym, basis is PlaceBasis.STOPGAP))
        if not cells.is_reviewed(row):
            cells.write_choice(row, "", basis, reason)

    def _write_place(self, number: int, row: Row, place: Place, found: Choice, *, before: str) -> None:
        """Write the place into the row; ``before`` is the place_id it had."""
        if found.basis is PlaceBasis.STOPGAP:
            note = Note(STOPGAP_CODE, f"{found.rule}.", _OWN_ROW_HINT, Severity.WARNING)
            self.filled.doubts.append(CellNote(number, "toponym", note))
        cells.derive_precision(row, place, found.precision)
        reason = found.reason or place_basis.reason_for(place, found.rule, self._sources.gazetteer)
        cells.write_choice(row, place.place_id, found.basis, reason)
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
            found: Choice | None = self._choices.at_point(row, Point(*point))
        else:  # asking online again makes sense only for what an online geocoder has given
            found = self._choices.by_name(row, may_ask=place_basis.is_online(place_id))
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
        found = self._choices.at_point(row, point)
        if found.place:
            self._write_place(number, row, found.place, found, before=row.get("place_id", "").strip())

    def _refuse(self, number: int, row: Row, notes: Sequence[tuple[str, Note]]) -> None:
        """Leave the row without a place; its place_reason says why."""
        self.filled.refused += [CellNote(number, column, note) for column, note in notes]
        if not cells.is_reviewed(row):
            self.filled.decided_again += bool(row.get("place_id", "").strip())
            cells.write_choice(row, "", None, reasons.NO_COUNTRY if notes[0][0] == "country" else reasons.NO_POINT)
