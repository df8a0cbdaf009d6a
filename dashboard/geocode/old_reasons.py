"""Who chose a place, read from the reason: for rows whose place_basis is empty, as in files from before that column.

Those files have no other trace of it, and who opens one must not lose a person's choice, nor have the program's frozen
as if it were one. `place_basis.basis_of` asks here where the column is empty, and `rows.cells` whether such a row's
place_reason holds a person's own words. Pure.
"""

import re

from dashboard.geocode import reasons
from dashboard.model import PlaceBasis

_ANSWER = r"answer of .+, to be reviewed"
_RULES = re.compile(
    rf"(?:^|: )(?:{reasons.CURATED}|{re.escape(reasons.OWN)}|{reasons.ONLY}|{_ANSWER}|no place .+|{reasons.BY_AREA}.+"
    rf"|{reasons.NAMESAKE}|{reasons.COORDINATES}|{reasons.COUNTRY_ALONE})$"
    r"|, because the text says '.+'$|; first of \d+ candidates$"
)
_DETOURS = re.compile(r"^(?:the name is not known, but holds '.+?'|'.+?' in [^:]+): ")
"""What goes before the rule where the words were no name themselves."""
_BY_ARTICLE = re.compile(
    rf"in the country the article speaks of|{reasons.NEAREST}|{reasons.HOLDS}"
    r"|, which (?:is named beside it|the article names)(?:; first of \d+ candidates)?$"
)
_BY_ENDING = {
    reasons.OWN: PlaceBasis.OWN,
    reasons.CURATED: PlaceBasis.CURATED,
    reasons.COORDINATES: PlaceBasis.COORDINATES,
}


def basis_by_reason(reason: str, place_id: str, *, is_online: bool) -> PlaceBasis | None:
    """Who or what chose the place; None without a place or a reason. ``is_online``: the id is a geocoder's."""
    if reason == reasons.NAMESAKE:
        return PlaceBasis.STOPGAP
    if not (reason and place_id) or reason.startswith("no place "):
        return None
    rule = reason
    while _DETOURS.match(rule):
        rule = _DETOURS.sub("", rule, count=1)
    if rule.startswith(reasons.BY_AREA) or reasons.BY_HEAD in reason:
        return PlaceBasis.WITHIN
    if not is_programs(reason):
        return PlaceBasis.PERSON
    if is_online or re.search(rf"{_ANSWER}$", rule):
        return PlaceBasis.ONLINE
    by_article = PlaceBasis.CONTEXT if _BY_ARTICLE.search(rule) else PlaceBasis.RULE
    return next((basis for ending, basis in _BY_ENDING.items() if rule.endswith(ending)), by_article)


def is_programs(reason: str) -> bool:
    """True if the program wrote the reason, False for a person's own words."""
    return bool(_RULES.search(reason))
