"""Who chose the place that stands in a row: the program, for the toponym it had then, or a person since. Pure.

The column place_basis says so. One thing it cannot say: who types another place_id over the program's in an editor
leaves both place_basis and place_reason as they were. That shows where the reason is the one which the program gives
another place. Such reasons are made here and compared whole; none is recognised by its words.
"""

from collections.abc import Callable, Iterable, Iterator

from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.kinds import kind_of
from dashboard.geocode import reasons
from dashboard.geocode.cues import variants
from dashboard.geocode.old_reasons import basis_by_reason
from dashboard.geocode.resolve import Resolution
from dashboard.model import Candidate, Place, PlaceBasis
from dashboard.tables import Row

_ONLINE_IDS = ("osm:", "online:")
_NAMES_NO_PLACE = frozenset({reasons.ONLY, reasons.NEAREST, reasons.HOLDS})
"""Reasons that may be any place's, unless its name goes before them."""
_QUOTE = "'"
_OLD_WORDS = {"settlement": "town"}
"""Kind of a place -> what versions before called it there."""


def basis_of(row: Row) -> PlaceBasis | None:
    """Who or what chose the row's place; None if nothing says so, as where a person wrote the place_id alone.

    Only of rows whose place_basis is empty, in files from before that column, is it read from the reason.
    """
    written = row.get("place_basis", "").strip().casefold()
    if written in set(PlaceBasis):
        return PlaceBasis(written)
    place_id = row.get("place_id", "").strip()
    return basis_by_reason(row.get("place_reason", "").strip(), place_id, is_online=is_online(place_id))


def is_online(place_id: str) -> bool:
    """True for ids that an online geocoder gave."""
    return place_id.startswith(_ONLINE_IDS)


def reason_for(place: Place, rule: str, gazetteer: Gazetteer) -> str:
    """The reason for a row: the rule, with the place's name where the rule would fit other places as well."""
    core = _core(rule)
    description = _description(place, gazetteer)
    says_which = (
        core in (reasons.OWN, reasons.by_area(place.name))
        or reasons.is_answer(core)
        or (core == description and "population" in description)
    )
    return rule if says_which else f"{place.name}: {rule}"


def is_reason_of(reason: str, place: Place, gazetteer: Gazetteer, *, is_own: bool) -> bool:
    """True if the program gives this reason to this place; False also where it may be any place's.

    ``is_own``: the place is one that a person wrote into places.csv or changed there.
    """
    bare = reason.removeprefix(f"{place.name}: ")
    if _name_before(bare):
        return False
    core = _core(bare)
    if core == reasons.OWN:
        return is_own
    if reasons.is_answer(core):
        return is_online(place.place_id)
    if core in _NAMES_NO_PLACE:
        return bare != reason
    return core in _sentences(place, gazetteer)


def is_any_places(reason: str) -> bool:
    """True for a reason that may be any place's, as it names none."""
    return _core(reason) in _NAMES_NO_PLACE and not _name_before(reason)


class ReasonsOfPlaces:
    """The reasons that the program may give any of a project's places, made when they are first needed."""

    def __init__(self, places: Callable[[], Iterable[Place]], gazetteer: Gazetteer) -> None:
        self._places, self._gazetteer = places, gazetteer
        self._known: set[str] = set()
        self._names: set[str] = set()
        self._sentences: set[str] = {reasons.OWN}

    def is_reason_of_another(self, reason: str, place: Place, found: Place | None) -> bool | None:
        """True if the program chose another place of the project, or ``found``, for a reason that is not that of
        ``place``. None if the reason is that of none of them: its place may have left places.csv, or a person wrote it.
        """
        bare = reason.removeprefix(f"{place.name}: ")
        core, name = _core(bare), _name_before(bare)
        if reasons.is_answer(core):
            return True
        if core in _NAMES_NO_PLACE and not name:
            return False
        self._learn([*self._places(), *([found] if found else [])])
        is_known = core in _NAMES_NO_PLACE or core in self._sentences
        return True if is_known and (not name or name in self._names) else None

    def _learn(self, places: Iterable[Place]) -> None:
        for place in places:
            if place.place_id not in self._known:
                self._known.add(place.place_id)
                self._names.add(place.name)
                self._sentences.update(_sentences(place, self._gazetteer))


def _sentences(place: Place, gazetteer: Gazetteer) -> Iterator[str]:
    """What the program may say of this place, without the name before it and the rank behind it."""
    yield reasons.by_area(place.name)
    kind = kind_of(place.feature_code)  # it goes before "because the text says"
    yield kind
    if kind in _OLD_WORDS:
        yield _OLD_WORDS[kind]
    if place.country_code:
        yield reasons.in_spoken_country(place.country_code)
    for area in filter(None, (place.admin1_name, gazetteer.country_name(place.country_code))):
        yield reasons.beside_parent(area)
        yield reasons.in_named_province(area)
    if place.feature_code.startswith("PCL"):
        yield reasons.COUNTRY_ALONE
    if candidate := _as_candidate(place, gazetteer):
        yield _described(candidate)
        if candidate.name_kind == "curated":
            yield reasons.CURATED


def _core(reason: str) -> str:
    """The rule of a reason, without what was looked up instead of the toponym before it and the rank behind it."""
    without_rank = reason.rpartition(reasons.RANK)[0] or reason
    without_cue = without_rank.partition(reasons.BY_KIND)[0]
    return without_cue.rpartition(": ")[2]


def _name_before(reason: str) -> str:
    """The name of a place that a reason begins with; "" if it begins with the rule, or with what was looked up."""
    before, colon, _ = reason.partition(": ")
    return "" if not colon or before.startswith((_QUOTE, reasons.BY_HEAD)) else before


def _description(place: Place, gazetteer: Gazetteer) -> str:
    candidate = _as_candidate(place, gazetteer)
    return _described(candidate) if candidate else ""


def _described(candidate: Candidate) -> str:
    return candidate.reason.split(";")[0]


def _as_candidate(place: Place, gazetteer: Gazetteer) -> Candidate | None:
    """The place as the gazetteer gives it for its own name."""
    original = gazetteer.place(place.place_id)
    if original is None:
        return None
    return next((one for one in gazetteer.candidates(original.name) if one.place.place_id == place.place_id), None)


def may_mean(place: Place, toponym: str, found: Resolution) -> bool:
    """True if the toponym may mean the place as well as the one it was resolved to: the place was a candidate, and
    no word of the toponym ("Kandahar province") speaks against its kind.
    """
    if all(one.place.place_id != place.place_id for one in found.candidates):
        return False
    kinds = [cue for _, cue in variants(toponym) if cue and cue.fits(found.place.feature_code)]
    return all(cue.fits(place.feature_code) for cue in kinds)
