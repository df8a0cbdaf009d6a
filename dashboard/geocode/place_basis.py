"""Who chose the place that stands in a row: the program, for the toponym it had then, or a person since. Pure.

The column place_basis says so; only of rows written before it was there is that read from their reasons. Who types
another place_id over the program's in an editor leaves its reason as it was: where that describes another place than
the one that stands there, a person has written the place_id.
"""

import re

from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.cues import variants
from dashboard.geocode.resolve import Resolution, kind_of
from dashboard.model import Candidate, Place, PlaceBasis
from dashboard.tables import Row, no_place_reason

NAMED = "named in events.csv"
"""The reason of a place that a person named by its id."""
OWN = "named in places.csv"
NAMESAKE = "only a place of this name far away is known, in a country the article does not speak of"
COORDINATES = "the row's own coordinates"
COUNTRY_ALONE = "the country, which is all that the row names"
NO_COUNTRY = "no place, as the country that the row states is not known"
NO_POINT = "no place by the row's own coordinates, which cannot be used"
_BY_AREA = "in no gazetteer; the text puts it in "

_CURATED, _ONLY = "curated name", "the only place of this name"
_ONLINE_IDS = ("osm:", "online:")
_ANSWER = re.compile(r"answer of .+, to be reviewed$")
_RANK = re.compile(r"; first of \d+ candidates$")
_RULES = re.compile(
    rf"(?:^|: )(?:{_CURATED}|{re.escape(OWN)}|{_ONLY}|{_ANSWER.pattern[:-1]}|no place .+|{_BY_AREA}.+|{NAMESAKE}"
    rf"|{COORDINATES}|{COUNTRY_ALONE})$"
    rf"|, because the text says '.+'$|{_RANK.pattern}"
)
_DETOURS = re.compile(r"^(?:the name is not known, but holds '.+?'|'.+?' in [^:]+): ")
"""What goes before the rule where the words were no name themselves."""
_BY_HEAD = "the name is not known, but holds "
_NO_PLACE = re.compile("no place ")
_BY_ARTICLE = re.compile(
    r"in the country the article speaks of|nearest to the article's other places|holds the place named beside it"
    r"|, which (?:is named beside it|the article names)$"
)


def by_area(name: str) -> str:
    """The reason of a place that only holds the one that is meant."""
    return f"{_BY_AREA}{name}"


def by_country(toponym: str, country: str) -> str:
    """The reason of a country that stands for a place in it which is not known."""
    return f"{no_place_reason(toponym, country)}; the whole country stands for it"


def basis_of(row: Row) -> PlaceBasis | None:
    """Who or what chose the row's place; None if nothing says so, as where a person wrote the place_id alone."""
    written = row.get("place_basis", "").strip().casefold()
    if written in set(PlaceBasis):
        return PlaceBasis(written)
    return _basis_by_reason(row.get("place_reason", "").strip(), row.get("place_id", "").strip())


def _basis_by_reason(reason: str, place_id: str) -> PlaceBasis | None:
    """What the reasons of rows say that were written before there was the column."""
    core = _core(reason)
    if reason == NAMESAKE:
        return PlaceBasis.STOPGAP
    if not (reason and place_id) or _NO_PLACE.match(reason):
        return None
    if core.startswith(_BY_AREA) or _BY_HEAD in reason:
        return PlaceBasis.WITHIN
    if not is_rule(reason):
        return PlaceBasis.PERSON
    if is_online(place_id) or _ANSWER.search(core):
        return PlaceBasis.ONLINE
    exact = {OWN: PlaceBasis.OWN, _CURATED: PlaceBasis.CURATED, COORDINATES: PlaceBasis.COORDINATES}
    by_article = PlaceBasis.CONTEXT if _BY_ARTICLE.search(core) else PlaceBasis.RULE
    return next((basis for ending, basis in exact.items() if core.endswith(ending)), by_article)


def is_online(place_id: str) -> bool:
    """True for ids that an online geocoder gave."""
    return place_id.startswith(_ONLINE_IDS)


def is_rule(reason: str) -> bool:
    """True if the program wrote the reason, False for a person's own words."""
    return bool(_RULES.search(reason))


def told(place: Place, rule: str, gazetteer: Gazetteer) -> str:
    """The reason for a row: the rule, with the place's name where the rule would fit other places as well."""
    core = _core(rule)
    tells_which = (
        core == OWN
        or core.startswith(_BY_AREA)
        or _ANSWER.match(core)
        or (core == _description(place, gazetteer) and "population" in core)
    )
    return rule if tells_which else f"{place.name}: {rule}"


def describes(reason: str, place: Place, gazetteer: Gazetteer, *, is_own: bool) -> bool | None:
    """True if the program's reason is that of this place, False if it is another's, None if it may be anyone's.

    ``is_own``: the place is one that a person wrote into places.csv or changed there.
    """
    bare = reason.removeprefix(f"{place.name}: ")
    core = _core(bare)
    if core == OWN:
        return is_own
    if core == COUNTRY_ALONE:
        return place.feature_code.startswith("PCL")
    if _ANSWER.match(core):
        return is_online(place.place_id)
    if core == _ONLY or core.startswith(("nearest to ", "holds the place ")):
        return True if bare != reason else None
    return core == _description(place, gazetteer) or _fits(core, place, gazetteer)


def _fits(core: str, place: Place, gazetteer: Gazetteer) -> bool:
    if core.startswith(_BY_AREA):
        return core == by_area(place.name)
    if country := re.fullmatch(r"in the country the article speaks of \((.*)\)", core):
        return country[1] == place.country_code
    if kind := re.match(r"(.+), because the text says ", core):
        return kind[1] == kind_of(place.feature_code)
    if within := re.fullmatch(r"in (.+), which (?:is named beside it|the article names)", core):
        return within[1] in (place.admin1_name, gazetteer.country_name(place.country_code))
    known = _as_candidate(place, gazetteer) if core == _CURATED else None
    return known is not None and known.name_kind == "curated"


def _core(rule: str) -> str:
    while _DETOURS.match(rule):
        rule = _DETOURS.sub("", rule, count=1)
    return _RANK.sub("", rule)


def _description(place: Place, gazetteer: Gazetteer) -> str:
    known = _as_candidate(place, gazetteer)
    return known.reason.split(";")[0] if known else ""


def _as_candidate(place: Place, gazetteer: Gazetteer) -> Candidate | None:
    """The place as the gazetteer gives it for its own name."""
    original = gazetteer.place(place.place_id)
    if original is None:
        return None
    return next((one for one in gazetteer.candidates(original.name) if one.place.place_id == place.place_id), None)


def bears(place: Place, toponym: str, found: Resolution) -> bool:
    """True if the toponym may mean the place as well as the one it was resolved to: the place was a candidate, and
    no word of the toponym ("Kandahar province") speaks against its kind.
    """
    if all(one.place.place_id != place.place_id for one in found.candidates):
        return False
    kinds = [cue for _, cue in variants(toponym) if cue and cue.fits(found.place.feature_code)]
    return all(cue.fits(place.feature_code) for cue in kinds)
