"""What there is to choose for a row: the point it states, the place its name means, or what stands for that."""

from dataclasses import dataclass

from dashboard.errors import GeocodingError
from dashboard.geocode import reasons
from dashboard.geocode.rows.answers import PlaceSources, RowAnswers, country_of
from dashboard.geocode.rows.known_places import KnownPlaces
from dashboard.geocode.rows.stated_place import place_at
from dashboard.geocode.stated_country import lies_in_one
from dashboard.model import GeoPrecision, Place, PlaceBasis
from dashboard.project.reading.stated_cells import Point
from dashboard.tables import EventRow, Row

_OF_THE_ROWS = "coordinates in events.csv"
"""The note of places that rows' own coordinates make."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place for a row, or the reason to leave it without one."""

    place: Place | None
    rule: str
    """The note of its row in places.csv, if that has to be made."""
    basis: PlaceBasis
    precision: GeoPrecision | None = None
    """None: that of the place."""
    reason: str = ""
    """What to write into place_reason; empty: the rule, with the name of the place where that needs it."""


class RowChoices:
    """The choices for the rows of one run."""

    def __init__(self, sources: PlaceSources, answers: RowAnswers, known: KnownPlaces) -> None:
        self._gazetteer, self._server, self._ask = sources.gazetteer, sources.server, sources.ask
        self._answers, self._known = answers, known
        self.trouble = ""
        """Why the online geocoder was no longer asked; empty if all went well."""

    def at_point(self, row: Row, point: Point) -> Choice:
        """The place at the row's own coordinates; its name is the label there, and is not looked up."""
        country = country_of(row)
        new = place_at(point, EventRow(row).toponym, country.code if country else "")
        place = self._known.place(new.place_id) or new
        precision = self._named_area(row, place)
        return Choice(place, _OF_THE_ROWS, PlaceBasis.COORDINATES, precision, reasons.COORDINATES)

    def by_name(self, row: Row, *, may_ask: bool = True) -> Choice | None:
        """The place the row's words mean and the rule that chose it: offline, then, where allowed, online.

        None where no place has the name, and a choice without a place where the only one of it is not meant.
        """
        answer = self._answers.placement(row)
        if answer.basis:
            return Choice(answer.place, answer.reason, answer.basis, answer.geo_precision)
        place = self._answer_online(row) if may_ask else None
        return Choice(place, reasons.by_answer(self._server), PlaceBasis.ONLINE) if place else None

    def country_instead(self, row: Row) -> Choice | None:
        """The country that the row states, where it names nothing more, or nothing that is known there."""
        country, toponym = country_of(row), EventRow(row).toponym
        place = country.place(self._gazetteer) if country else None
        if place is None:
            return None
        reason = reasons.by_country(toponym, place.name) if toponym else reasons.COUNTRY_ALONE
        return Choice(place, reason, PlaceBasis.STOPGAP if toponym else PlaceBasis.RULE, reason=reason)

    def _named_area(self, row: Row, point: Place) -> GeoPrecision | None:
        """How coarse the row's name is, if it is that of an area: the coordinates of a province are its middle.

        None if the name is that of a settlement, is known nowhere, or is a namesake in another country.
        """
        found = self._answers.by_words(row)
        if found.place is None or found.geo_precision in (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT):
            return None
        return found.geo_precision if found.place.country_code in ("", point.country_code) else None

    def _answer_online(self, row: Row) -> Place | None:
        """The online geocoder's answer, in the country that the row states."""
        toponym, country = EventRow(row).toponym, country_of(row)
        if self._ask is None or not toponym:
            return None
        try:
            place = self._ask(toponym, self._answers.countries(row))
        except GeocodingError as error:
            # The next names would only wait for the same trouble.
            self._ask, self.trouble = None, str(error)
            return None
        return None if place and country and not lies_in_one(place, country.codes) else place
