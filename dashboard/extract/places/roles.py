"""The role of a toponym in its sentence: a place, a government, part of another name, or a people."""

from dashboard.extract.places.gazetteer_names import NameMatch
from dashboard.extract.places.name_evidence import Surroundings
from dashboard.extract.text.word_lists import word_list
from dashboard.model import ToponymRole

_CLOSE = 2
"""Maximum words between a name and the verb it is the subject of: "Islamabad has repeatedly rejected"."""


def role_of(first: int, last: int, match: NameMatch | None, around: Surroundings) -> tuple[ToponymRole, str]:
    """The role and, unless it is a place, the reason."""
    entity = around.entity_at.get(first)
    if entity and not entity.is_place and (entity.first < first or entity.last > last):
        return ToponymRole.PART, f"part of a name recognised as {entity.label}"
    is_seat = match is not None and match.best.place.feature_code in ("PCLI", "PPLC")
    if is_seat and (reason := _government(first, last, around)):
        return ToponymRole.METONYM, reason
    is_union = match is not None and match.best.place.name.endswith(" Union")
    if is_union and around.word(first - (2 if around.word(first - 1) == "the" else 1)) not in word_list("locative"):
        return ToponymRole.METONYM, "an organisation of countries"
    return ToponymRole.PLACE, ""


def _government(first: int, last: int, around: Surroundings) -> str:
    """Why the name stands for a government; "" if it does not."""
    if around.word(first - 1) in word_list("locative") - {"between", "from"}:
        return ""
    after = around.word(last + 1)
    if around.words[last].is_possessive and after in word_list("government_nouns"):
        return f"its {after}"
    at = last + 1
    while at <= last + _CLOSE and around.word(at) in word_list("auxiliaries"):
        at += 1
    is_subject = not around.gap(last).strip() and around.word(first - 1) not in word_list("half_locative")
    if is_subject and around.word(at) in word_list("government_verbs"):
        return f"it '{around.word(at)}'"
    if around.word(first - 1) == "from" and around.word(first - 2) in word_list("given_by_governments"):
        return f"{around.word(first - 2)} from it"
    if around.word(first - 1) in word_list("toward_government"):
        return f"after '{around.word(first - 1)}'"
    return ""
