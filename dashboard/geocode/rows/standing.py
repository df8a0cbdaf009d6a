"""The place that stands in a row already: who chose it, and whether it is to be decided again.

`place_basis` says who chose it. One thing it cannot say: who types another place_id over the program's in an editor
leaves the column as it was. That shows where the row's reason is the one that the program gives another place, or the
place is none that the row's toponym may mean in its context, so that the program cannot have chosen it.
"""

from functools import lru_cache

from dashboard.geocode import place_basis
from dashboard.geocode.article.placement import Placement
from dashboard.geocode.place_basis import ReasonsOfPlaces
from dashboard.geocode.rows import cells
from dashboard.geocode.rows.answers import PlaceSources, RowAnswers, country_of
from dashboard.geocode.rows.known_places import KnownPlaces
from dashboard.geocode.stated_country import lies_in_one
from dashboard.model import Place, PlaceBasis
from dashboard.tables import EventRow, Row, is_point_id, row_event_id

_FOR_WANT_OF_BETTER = (PlaceBasis.WITHIN, PlaceBasis.STOPGAP)
"""What a person's own place would be better than."""
_REASONS_KEPT = 10_000
"""Many rows have the same name and place."""


class StandingPlaces:
    """Whether the places that stand in the rows of one project are to stay."""

    def __init__(self, sources: PlaceSources, answers: RowAnswers, known: KnownPlaces) -> None:
        self._articles, self._gazetteer = sources.articles, sources.gazetteer
        self._answers, self._known = answers, known
        self._reasons = ReasonsOfPlaces(known.all_of_project, sources.gazetteer)
        self._may_be_namesakes = lru_cache(_REASONS_KEPT)(self._reason_may_be_a_namesakes)

    def is_persons(self, row: Row, place_id: str) -> bool:
        """True if a person has chosen the place: then what else the row says about it has been answered."""
        basis = place_basis.basis_of(row)
        if cells.is_reviewed(row) or basis is PlaceBasis.PERSON:
            return True
        if basis is None:
            return not is_point_id(place_id)
        return EventRow(row).states_place and self._is_typed_over(row, place_id, basis)

    def is_answered(self, row: Row) -> bool:
        """True if the program knew no such place, or only what holds it, and would say so again: the row has the
        words it had, and no place of a person's bears its name.
        """
        basis = place_basis.basis_of(row)
        if basis not in _FOR_WANT_OF_BETTER or country_of(row) or not self._is_as_first_written(row):
            return False
        is_emptied = basis is PlaceBasis.WITHIN and not EventRow(row).place_id
        return not is_emptied and all(one.name_kind != "own" for one in self._answers.candidates(EventRow(row).toponym))

    def is_outdated(self, row: Row, place_id: str) -> bool:
        """True if the program chose the place for another toponym than the row has now, or until a better is known."""
        place, toponym, basis = self._known.place(place_id), EventRow(row).toponym, place_basis.basis_of(row)
        if cells.is_reviewed(row):
            return False
        if basis is PlaceBasis.COORDINATES or (place and _is_not_of_its_country(row, place)):
            return True  # the row gives no coordinates any more, or states another country
        if basis in _FOR_WANT_OF_BETTER:
            is_open = bool(place and toponym) and not self._is_typed_over(row, place_id, basis)
            return is_open and (self._has_its_article(row) or self._answers.placement(row).place is not None)
        if place is None or not toponym or self._is_as_first_written(row) or not self._is_reason_of(row, place):
            return False
        return self._has_better(row, place)

    def is_corrected(self, row: Row, place: Place) -> bool:
        """True if the program chose another place and a person wrote this one over it."""
        basis = place_basis.basis_of(row)
        if basis is PlaceBasis.PERSON or self._is_reason_of_no_other(row, place):
            return False
        found = self._answers.placement(row)
        if found.place and found.place.place_id == place.place_id:
            return False
        if basis is None or self._is_typed_over(row, place.place_id, basis):
            return True  # also where the program had left it without a place
        return self._is_rule_for(row, found)

    def gives_reason(self, row: Row, place: Place) -> bool:
        """True if the row's reason is one the program gave, to whatever place; else a person's own words may stand
        there.
        """
        if place_basis.basis_of(row) in (None, PlaceBasis.STOPGAP) or self._is_reason_of(row, place, surely=False):
            return True
        found, reason = self._answers.placement(row), EventRow(row).cell("place_reason")
        is_anothers = self._reasons.is_reason_of_another(reason, place, found.place)
        return is_anothers is not None or self._is_rule_for(row, found)

    def _is_typed_over(self, row: Row, place_id: str, basis: PlaceBasis) -> bool:
        """True if a person has written another place_id over the one that was chosen on this basis."""
        if basis is PlaceBasis.COORDINATES:
            return not is_point_id(place_id)
        place = self._known.place(place_id)
        if place is None:
            return False
        if basis is PlaceBasis.STOPGAP:  # no place was chosen, or the country that the row stated
            return not place.feature_code.startswith("PCL") or self._is_left_empty(row)
        return self._is_of_another_place(row, place)

    def _is_left_empty(self, row: Row) -> bool:
        """True if its article leaves the row without a place, as the only one of its name lies far away."""
        return country_of(row) is None and self._answers.placement(row).basis is PlaceBasis.STOPGAP

    def _is_of_another_place(self, row: Row, place: Place) -> bool:
        """True if the program gave the row's reason to another place, or cannot have chosen this one."""
        if self._is_reason_of(row, place):
            return False
        found, reason = self._answers.placement(row), EventRow(row).cell("place_reason")
        is_anothers = self._reasons.is_reason_of_another(reason, place, found.place)
        return not _may_choose(found, place) if is_anothers is None else is_anothers

    def _is_reason_of_no_other(self, row: Row, place: Place) -> bool:
        """True if the program gives the row's reason to this place, and to none that has a name of it or its row."""
        typed = EventRow(row)
        return self._is_reason_of(row, place, surely=False) and not self._may_be_namesakes(
            typed.cell("place_reason"), typed.toponym, place.place_id, place.name
        )

    def _reason_may_be_a_namesakes(self, reason: str, toponym: str, place_id: str, name: str) -> bool:
        namesakes = [*self._answers.candidates(toponym), *self._gazetteer.candidates(name)]
        others = {one.place.place_id: one.place for one in namesakes if one.place.place_id != place_id}
        return any(self._is_of(reason, other, surely=False) for other in others.values())

    def _has_better(self, row: Row, place: Place) -> bool:
        """True if the toponym, which is another than the place was chosen for, does not mean it."""
        found = self._answers.placement(row)
        if found.place is None or found.resolution is None:
            return not place_basis.is_online(place.place_id)  # what was found online, the gazetteer need not know
        if place_basis.is_online(found.place.place_id):
            return False
        means_it = place_basis.may_mean(place, EventRow(row).toponym, found.resolution)
        return not means_it and not self._is_rule_for(row, found)

    def _has_its_article(self, row: Row) -> bool:
        """False for a row read from an article that is not there: it alone knew what holds the place."""
        article_id = EventRow(row).article_id
        return not article_id or article_id in self._articles

    def _is_as_first_written(self, row: Row) -> bool:
        """True if the event_id, which comes from the toponym as first written, still follows from the row."""
        article = self._articles.get(EventRow(row).article_id)
        written = row_event_id({**row, "event_id": ""}, article.sha256 if article else "")
        return row["event_id"].partition("-")[0] == written

    def _is_reason_of(self, row: Row, place: Place, *, surely: bool = True) -> bool:
        """True if the row's reason is one that the program gives the place; not surely: if it may be."""
        return self._is_of(EventRow(row).cell("place_reason"), place, surely=surely)

    def _is_of(self, reason: str, place: Place, *, surely: bool) -> bool:
        if place_basis.is_reason_of(reason, place, self._gazetteer, is_own=self._known.is_own(place)):
            return True
        return not surely and place_basis.is_any_places(reason)

    def _is_rule_for(self, row: Row, found: Placement) -> bool:
        """True if the row's reason is that of the place its toponym means now, whatever place stands in the row."""
        if found.place is None:
            return False
        reason = EventRow(row).cell("place_reason")
        return reason in (found.reason, place_basis.reason_for(found.place, found.reason, self._gazetteer))


def _is_not_of_its_country(row: Row, place: Place) -> bool:
    """True if the place lies in another country than the row states, or is all of it for want of a better."""
    country, basis = country_of(row), place_basis.basis_of(row)
    return country is not None and (basis is PlaceBasis.STOPGAP or not lies_in_one(place, country.codes))


def _may_choose(found: Placement, place: Place) -> bool:
    """True if the place is one of those that the row's toponym may mean, or that hold what it means."""
    weighed = found.resolution.candidates if found.resolution else ()
    return any(one.place.place_id == place.place_id for one in weighed)
