"""Filling what is empty in rows of events.csv, and the rows of places.csv they need. Pure but for the online answer.

What a person wrote stays; what the reader of the file derives anew each time (the end of a date, the precision of
a place) is left empty. What the program chose for a toponym that was corrected since is decided again. What a person
has reviewed keeps its place, even if it is none.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.errors import GeocodingError, Severity
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import place_basis, reasons
from dashboard.geocode.place_basis import ReasonsOfPlaces
from dashboard.geocode.qualified import resolve_name
from dashboard.geocode.resolve import OwnPlaces, Resolution
from dashboard.geocode.rows import cells
from dashboard.geocode.rows.article_votes import ArticleVotes
from dashboard.geocode.rows.filled import CellNote, Filled, UnknownPlace, Unresolved
from dashboard.geocode.rows.stated_place import (
    StatedCountry,
    lies_in_one,
    outside_note,
    place_at,
    resolve_in,
    stated_country,
)
from dashboard.geocode.scoring import Context
from dashboard.model import Article, GeoPrecision, Place, PlaceBasis
from dashboard.project.reading.cells import Note
from dashboard.project.reading.event_rows import STOPGAP_CODE
from dashboard.project.reading.stated_cells import Point, stated_point, unknown_country_note
from dashboard.tables import (
    STATED_COLUMNS,
    Row,
    is_point_id,
    no_place_reason,
    place_row,
    point_of,
    row_event_id,
)

_NEIGHBOURS = 20
"""Places of the same article that count, the last found."""

NOT_FOUND = "no place of this name in the gazetteer"
"""The reason of an extracted row without a place, until the geocoding step looks for it."""

_STOPGAPS = (PlaceBasis.WITHIN, PlaceBasis.STOPGAP)
"""What a person's own place would be better than."""
_OWN_ROW_HINT = "Write a row in places.csv with this name, or place_id, and geocode again."
_OF_THE_ROWS = "coordinates in events.csv"
"""The note of places that rows' own coordinates make."""

Ask = Callable[[str, Mapping[str, float]], Place | None]
"""An online geocoder: name and votes by country code in, the likeliest place or None out."""


@dataclass(frozen=True, slots=True)
class PlaceSources:
    """What there is to find places with."""

    gazetteer: Gazetteer
    places: Mapping[str, Place]
    """places.csv as it stands."""
    articles: Mapping[str, Article]
    ask: Ask | None = None
    server: str = ""


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


def own_places(places: Mapping[str, Place], gazetteer: Gazetteer) -> OwnPlaces:
    """The places of places.csv that a person wrote or changed: those the gazetteer does not give just so.

    The note does not count, since it holds the rule of the row that brought the place.
    """
    return OwnPlaces(place for place in places.values() if _is_own(place, gazetteer))


def _is_own(place: Place, gazetteer: Gazetteer) -> bool:
    return _cells_of(place) != _cells_of(gazetteer.place(place.place_id))


def _cells_of(place: Place | None) -> Row | None:
    return place_row(replace(place, note="")) if place else None


class _RowFiller:
    """One pass over the rows."""

    def __init__(self, sources: PlaceSources, rows: Sequence[Row]) -> None:
        self.filled = Filled()
        self._sources = sources
        self._ask = sources.ask
        self._own = own_places(sources.places, sources.gazetteer)
        self._articles = ArticleVotes(sources.articles, sources.gazetteer, rows)
        self._neighbours: dict[str, dict[str, Place]] = {}
        self._reasons = ReasonsOfPlaces(self._places, sources.gazetteer)
        self._ids = Counter(row.get("event_id", "").strip() for row in rows)

    def fill(self, number: int, row: Row) -> None:
        if not any(row.values()):
            self.filled.rows.append(row)
            return
        changed = {**row, **self._missing_ids(row)}
        place = self._decide(number, changed)
        self.filled.rows.append(changed)
        if place and (article_id := row.get("article_id", "").strip()):
            self._neighbours.setdefault(article_id, {})[place.place_id] = place

    def _missing_ids(self, row: Row) -> Row:
        """The ids that are missing. Two rows of the same words are two: the second gets "-2"."""
        event_id = row.get("event_id", "").strip()
        if not event_id:
            base = self._id_of(row)
            numbers = (base if n == 1 else f"{base}-{n}" for n in range(1, len(self._ids) + 3))
            event_id = next(number for number in numbers if not self._ids[number])
            self._ids[event_id] += 1
        return {"event_id": event_id, "incident_id": row.get("incident_id", "").strip() or event_id}

    def _decide(self, number: int, row: Row) -> Place | None:
        place_id, stated = row.get("place_id", "").strip(), stated_point(row)
        if place_id and self._is_persons(row, place_id):
            return self._place_by_id(number, row, place_id)
        if stated.point:
            return self._place_at_point(number, row, stated.point)
        if stated.is_refused:
            return self._refuse(number, row, [one for one in stated.notes if one[1].severity is Severity.ERROR])
        country = _country(row)
        if country is None and row.get("country", "").strip():
            return self._refuse(number, row, [("country", unknown_country_note(row["country"]))])
        return self._place_by_name(number, row, country)

    def _place_by_name(self, number: int, row: Row, country: StatedCountry | None) -> Place | None:
        """The place that the row's toponym means, in the country that the row states."""
        place_id, toponym = row.get("place_id", "").strip(), row.get("toponym", "").strip()
        if self._is_stopgap(row):
            if not place_id:
                self.filled.unresolved.append(Unresolved(number, toponym))
            return self._place_by_id(number, row, place_id) if place_id else None
        if place_id and not self._is_outdated(row, place_id):
            return self._place_by_id(number, row, place_id)
        if place_id:
            row |= {"place_id": "", "place_reason": ""} | ({} if country else {"geo_precision": ""})
        if not (toponym or country) or cells.keeps_no_place(row):
            self.filled.decided_again += bool(place_id)
            return None
        if found := self._search(row) or self._country_instead(toponym, country):
            return self._write_place(number, row, found, before=place_id)
        self.filled.decided_again += bool(place_id)
        self.filled.unresolved.append(Unresolved(number, toponym))
        if not cells.is_reviewed(row):
            row["place_basis"] = ""
            cells.give_reason(row, no_place_reason(toponym))
        return None

    def _write_place(self, number: int, row: Row, found: "_Choice", *, before: str) -> Place:
        """Write the place into the row; ``before`` is the place_id it had."""
        if found.basis is PlaceBasis.STOPGAP:
            note = Note(STOPGAP_CODE, f"{found.rule}.", _OWN_ROW_HINT, Severity.WARNING)
            self.filled.doubts.append(CellNote(number, "toponym", note))
        row["place_id"] = found.place.place_id
        cells.derive_precision(row, found.place, found.precision)
        reason = found.reason or place_basis.reason_for(found.place, found.rule, self._sources.gazetteer)
        cells.give_reason(row, reason)
        row["place_basis"] = found.basis.value
        self.filled.placed += not before
        self.filled.decided_again += before not in ("", found.place.place_id)
        return self._add_place(found.place, found.rule)

    # --- what the row itself says about its place

    def _is_persons(self, row: Row, place_id: str) -> bool:
        """True if a person has chosen the place: then what else the row says about it has been answered."""
        basis = place_basis.basis_of(row)
        if cells.is_reviewed(row) or basis is PlaceBasis.PERSON:
            return True
        if basis is None:
            return not is_point_id(place_id)
        is_stated = any(row.get(column, "").strip() for column in STATED_COLUMNS)
        return is_stated and self._is_typed_over(row, place_id, basis)

    def _is_typed_over(self, row: Row, place_id: str, basis: PlaceBasis) -> bool:
        """True if a person has written another place_id over the one that was chosen on this basis."""
        if basis is PlaceBasis.COORDINATES:
            return not is_point_id(place_id)
        place = self._place_of(place_id)
        if place is None:
            return False
        if basis is PlaceBasis.STOPGAP:
            return not place.feature_code.startswith("PCL")
        return self._is_reason_of_another(row, place)

    def _place_at_point(self, number: int, row: Row, point: Point) -> Place | None:
        """The place at the row's own coordinates; its name is the label there, and is not looked up."""
        if cells.keeps_no_place(row):
            return None
        country = _country(row)
        if country and country.is_swapped(point):
            return self._refuse(number, row, [("latitude", outside_note(point, country))])
        if country and country.excludes(point):
            self.filled.doubts.append(CellNote(number, "latitude", outside_note(point, country)))
        if country is None and row.get("country", "").strip():
            self.filled.doubts.append(CellNote(number, "country", unknown_country_note(row["country"])))
        place = self._point_place(row, point)
        precision = self._named_area(row, place)
        found = _Choice(place, _OF_THE_ROWS, PlaceBasis.COORDINATES, precision=precision, reason=reasons.COORDINATES)
        return self._write_place(number, row, found, before=row.get("place_id", "").strip())

    def _named_area(self, row: Row, point: Place) -> GeoPrecision | None:
        """How coarse the row's name is, if it is that of an area: the coordinates of a province are its middle.

        None if the name is that of a settlement, is known nowhere, or is a namesake in another country.
        """
        found = self._resolve(row) if row.get("toponym", "").strip() else None
        if found is None or found.geo_precision in (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT):
            return None
        return found.geo_precision if found.place.country_code in ("", point.country_code) else None

    def _point_place(self, row: Row, point: Point) -> Place:
        country = _country(row)
        new = place_at(point, row.get("toponym", "").strip(), country.code if country else "")
        return self._place_of(new.place_id) or new

    def _country_instead(self, toponym: str, country: StatedCountry | None) -> "_Choice | None":
        """The country that the row states, where it names nothing more, or nothing that is known there."""
        place = country.place(self._sources.gazetteer) if country else None
        if place is None:
            return None
        reason = reasons.by_country(toponym, place.name) if toponym else reasons.COUNTRY_ALONE
        return _Choice(place, reason, PlaceBasis.STOPGAP if toponym else PlaceBasis.RULE, reason=reason)

    def _refuse(self, number: int, row: Row, notes: Sequence[tuple[str, Note]]) -> Place | None:
        """None: the row is left without a place, and its place_reason says why."""
        self.filled.refused += [CellNote(number, column, note) for column, note in notes]
        if not cells.is_reviewed(row):
            self.filled.decided_again += bool(row.get("place_id", "").strip())
            row |= {"place_id": "", "place_basis": ""}
            cells.give_reason(row, reasons.NO_COUNTRY if notes[0][0] == "country" else reasons.NO_POINT)
        return None

    # --- who chose the place that stands there

    def _is_stopgap(self, row: Row) -> bool:
        """True if the program, which read the whole article, knew no such place, and nobody has added it since."""
        if place_basis.basis_of(row) not in _STOPGAPS or _country(row) or not self._is_as_first_written(row):
            return False
        found = self._resolve(row)
        return found is None or found.name_kind != "own"

    def _is_outdated(self, row: Row, place_id: str) -> bool:
        """True if the program chose the place for another toponym than the row has now, or until a better is known."""
        place, toponym, basis = self._place_of(place_id), row.get("toponym", "").strip(), place_basis.basis_of(row)
        if cells.is_reviewed(row):
            return False
        if basis is PlaceBasis.COORDINATES or (place and self._is_not_of_its_country(row, place)):
            return True  # the row gives no coordinates any more, or states another country
        if basis in _STOPGAPS:
            return bool(place and toponym) and not self._is_typed_over(row, place_id, basis)
        if place is None or not toponym or self._is_as_first_written(row) or not self._is_reason_of(row, place):
            return False
        return self._has_better(row, place, toponym)

    def _is_not_of_its_country(self, row: Row, place: Place) -> bool:
        """True if the place lies in another country than the row states, or is all of it for want of a better."""
        country, basis = _country(row), place_basis.basis_of(row)
        return country is not None and (basis is PlaceBasis.STOPGAP or not lies_in_one(place, country.codes))

    def _has_better(self, row: Row, place: Place, toponym: str) -> bool:
        """True if the toponym, which is another than the place was chosen for, does not mean it."""
        found = self._resolve(row)
        if found is None:
            return not place_basis.is_online(place.place_id)  # what was found online, the gazetteer need not know
        if place_basis.is_online(found.place.place_id) or place_basis.may_mean(place, toponym, found):
            return False
        return not self._is_rule_for(row, found)

    def _is_as_first_written(self, row: Row) -> bool:
        """True if the event_id, which comes from the toponym as first written, still follows from the row."""
        return row["event_id"].partition("-")[0] == self._id_of({**row, "event_id": ""})

    def _id_of(self, row: Row) -> str:
        article = self._sources.articles.get(row.get("article_id", "").strip())
        return row_event_id(row, article.sha256 if article else "")

    def _places(self) -> Iterable[Place]:
        return [*self._sources.places.values(), *self.filled.new_places.values()]

    def _place_of(self, place_id: str) -> Place | None:
        places = (self._sources.places.get(place_id), self.filled.new_places.get(place_id))
        return next(filter(None, places), None) or self._sources.gazetteer.place(place_id)

    def _is_reason_of(self, row: Row, place: Place) -> bool:
        """True if the row's reason is one that the program gives the place."""
        reason, gazetteer = row.get("place_reason", "").strip(), self._sources.gazetteer
        return place_basis.is_reason_of(reason, place, gazetteer, is_own=self._is_own(place))

    def _is_reason_of_another(self, row: Row, place: Place) -> bool:
        """True if the row's reason is one that the program gives another place, and not this one."""
        reason, found = row.get("place_reason", "").strip(), self._resolve(row)
        other = found.place if found else None
        return self._reasons.is_reason_of_another(reason, place, other, is_own=self._is_own(place))

    def _is_own(self, place: Place) -> bool:
        return place.place_id in self._sources.places and _is_own(place, self._sources.gazetteer)

    def _is_rule_for(self, row: Row, found: Resolution) -> bool:
        """True if the row's reason is that of the place its toponym means now, whatever place stands in the row."""
        reason = row.get("place_reason", "").strip()
        return reason in (found.reason, place_basis.reason_for(found.place, found.reason, self._sources.gazetteer))

    def _place_by_id(self, number: int, row: Row, place_id: str) -> Place | None:
        """The place the row itself names; its row in places.csv is made if it is missing."""
        place = self._sources.places.get(place_id) or self.filled.new_places.get(place_id)
        if place is None and is_point_id(place_id) and (point := point_of(place_id)):
            place = self._add_place(self._point_place(row, Point(*point)), _OF_THE_ROWS)
        if place is None:
            # Asking online again makes sense only for what an online geocoder has given.
            found = self._search(row, may_ask=place_basis.is_online(place_id))
            same, rule = (
                (found.place, found.rule) if found and found.place.place_id == place_id else (None, reasons.NAMED)
            )
            if known := same or self._sources.gazetteer.place(place_id):
                place = self._add_place(known, rule)
        if place is None:
            self.filled.unknown.append(UnknownPlace(number, place_id))
        elif not row.get("place_reason", "").strip():
            row |= {"place_reason": reasons.NAMED, "place_basis": PlaceBasis.PERSON.value}
        elif not cells.is_reviewed(row) and self._is_corrected(row, place):
            cells.derive_precision(row, place)
            row |= {"place_reason": reasons.NAMED, "place_basis": PlaceBasis.PERSON.value}
        elif not cells.is_reviewed(row) and (basis := place_basis.basis_of(row)):
            row["place_basis"] = basis.value
        return place

    def _is_corrected(self, row: Row, place: Place) -> bool:
        """True if the program chose another place and a person wrote this one over it."""
        basis = place_basis.basis_of(row)
        if basis is PlaceBasis.PERSON:
            return False
        found = self._resolve(row)
        if found and found.place.place_id == place.place_id:
            return False
        if basis is None or row["place_reason"].strip() == reasons.NAMESAKE:
            return True  # the program had left it without a place
        is_typed_over = self._is_typed_over(row, place.place_id, basis)
        return is_typed_over or (found is not None and self._is_rule_for(row, found))

    def _add_place(self, place: Place, reason: str) -> Place:
        if place.place_id in self._sources.places:
            return self._sources.places[place.place_id]
        note = f"{reason}. {place.note}" if place.note else reason
        return self.filled.new_places.setdefault(place.place_id, replace(place, note=note))

    def _search(self, row: Row, *, may_ask: bool = True) -> "_Choice | None":
        """The place the row's words mean and the rule that chose it: offline, then, where allowed, online."""
        if resolution := self._resolve(row):
            return _Choice(resolution.place, resolution.reason, resolution.basis, resolution.geo_precision)
        toponym, country = row.get("toponym", "").strip(), _country(row)
        if self._ask is None or not may_ask or not toponym:
            return None
        try:
            votes = dict.fromkeys(country.codes, 1.0) if country else self._context(row, toponym).countries
            place = self._ask(toponym, votes)
        except GeocodingError as error:
            # The next names would only wait for the same trouble.
            self._ask, self.filled.trouble = None, str(error)
            return None
        if place is None or (country and not lies_in_one(place, country.codes)):
            return None
        return _Choice(place, reasons.by_answer(self._sources.server), PlaceBasis.ONLINE)

    def _resolve(self, row: Row) -> Resolution | None:
        """What the row's toponym means, offline."""
        toponym, country = row.get("toponym", "").strip(), _country(row)
        if not toponym:
            return None
        context = self._context(row, toponym)
        if country:
            return resolve_in(country, toponym, context, self._sources.gazetteer, self._own)
        return resolve_name(toponym, context, self._sources.gazetteer, self._own)

    def _context(self, row: Row, toponym: str) -> Context:
        article_id = row.get("article_id", "").strip()
        words = "\n".join(filter(None, (row.get("passage", ""), row.get("title", ""))))
        return Context(
            text=words,
            countries=self._articles.votes(article_id, toponym, words),
            neighbours=tuple(self._neighbours.get(article_id, {}).values())[-_NEIGHBOURS:],
        )


@dataclass(frozen=True, slots=True)
class _Choice:
    place: Place
    rule: str
    """The note of its row in places.csv, if that has to be made."""
    basis: PlaceBasis
    precision: GeoPrecision | None = None
    """None: that of the place."""
    reason: str = ""
    """What to write into place_reason; empty: the rule, with the name of the place where that needs it."""


def _country(row: Row) -> StatedCountry | None:
    """The country that the row states; None if it states none, or one that is not known."""
    return stated_country(row.get("country", ""))
