"""The sentences of place_reason that the program writes, for people to read. What chose a place is in place_basis."""

from dataclasses import replace

from dashboard.model import Place
from dashboard.tables import no_place_reason

NAMED = "named in events.csv"
"""The reason of a place that a person named by its id."""
OWN = "named in places.csv"
CURATED = "curated name"
ONLY = "the only place of this name"
NEAREST = "nearest to the article's other places"
HOLDS = "holds the place named beside it"
NAMESAKE = "only a place of this name far away is known, in a country the article does not speak of"
COORDINATES = "the row's own coordinates"
COUNTRY_ALONE = "the country, which is all that the row names"
NOT_FOUND = "no place of this name in the gazetteer"
"""The reason of an extracted row without a place, until the geocoding step looks for it."""
NO_COUNTRY = "no place, as the country that the row states is not known"
NO_POINT = "no place by the row's own coordinates, which cannot be used"

BY_AREA = "in no gazetteer; the text puts it in "
BY_HEAD = "the name is not known, but holds "
BY_KIND = ", because the text says "
RANK = "; first of "
"""How the end of a reason begins that counts the candidates."""
_ANSWER, _TO_BE_REVIEWED = "answer of ", ", to be reviewed"


def by_area(name: str) -> str:
    """The reason of a place that only holds the one that is meant."""
    return f"{BY_AREA}{name}"


def by_country(toponym: str, country: str) -> str:
    """The reason of a country that stands for a place in it which is not known."""
    return f"{no_place_reason(toponym, country)}; the whole country stands for it"


def in_spoken_country(country_code: str) -> str:
    """The reason of a place that the article's country decides for."""
    return f"in the country the article speaks of ({country_code})"


def beside_parent(parent: str) -> str:
    """The reason of a place in a country or province that is named beside it."""
    return f"in {parent}, which is named beside it"


def in_named_province(province: str) -> str:
    """The reason of a place in a province that the article names elsewhere."""
    return f"in {province}, which the article names"


def by_answer(server: str) -> str:
    """The reason of a place that an online geocoder gave."""
    return f"{_ANSWER}{server}{_TO_BE_REVIEWED}"


def is_answer(reason: str) -> bool:
    """True for a reason that `by_answer` made."""
    return reason.startswith(_ANSWER) and reason.endswith(_TO_BE_REVIEWED)


def with_rule(place: Place, rule: str) -> Place:
    """The place for places.csv, with the rule that chose it before its note."""
    return replace(place, note=f"{rule}. {place.note}" if place.note else rule)
