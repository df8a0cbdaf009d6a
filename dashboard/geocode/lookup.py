"""The places that may bear a name, before anything is weighed: by the name, its forms, or a known name it holds."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from dashboard.gazetteer.names import fold_name
from dashboard.geocode.cues import Cue, Names, heads, kind_beside, surroundings, variants, water_name
from dashboard.geocode.own_places import OwnPlaces
from dashboard.geocode.scoring import Context
from dashboard.model import Candidate, Place

_IN_IRAN_TOO = {fold_name(name) for name in ("Balochistan", "Baluchistan", "Baluchestan", "بلوچستان", "Белуджистан")}
_SPEAKS_OF_IRAN = re.compile(r"\bIran|\bSistan|ایران|سیستان|Иран|Систан")
_SPEAKS_OF_PAKISTAN = re.compile(r"\bPakistan|پاکستان|Пакистан")


@dataclass(frozen=True, slots=True)
class Meanings:
    """The places that a name may mean if it is read in one way, and the kind that the words beside it tell."""

    candidates: list[Candidate]
    cue: Cue | None
    around: tuple[str, str]
    """The words right before and after the name."""
    head: str = ""
    """The name that was known, where it is only held by the longer one that was asked for."""
    says_where: bool = False
    """The name itself says what it lies in, so that nothing is looked for beside it."""
    detour: Callable[[Place], str] | None = None
    """From the place that is chosen to how its name was found, where another was asked for."""
    rule: str = ""
    """Why it is the only one, where the place just holds what is meant."""

    def in_areas(self, detour: Callable[[Place], str] | None = None) -> "Meanings":
        """The same of a name that says itself what it lies in."""
        return replace(self, says_where=True, detour=detour)


def meanings_by_name(toponym: str, context: Context, gazetteer: Names, own: OwnPlaces) -> Meanings | None:
    """What the whole name may mean, else a known name it holds; None if no place has any of them.

    Of the context only the words around it count.
    """
    around = context.around or surroundings(toponym, context.text) or ("", "")

    def candidates_of(name: str) -> list[Candidate]:
        return [*own.candidates(name), *gazetteer.candidates(name)]

    for name, cut_off in _names(toponym, context.text, around[0]):
        if candidates := candidates_of(name):
            return Meanings(_once_each(candidates), cut_off or kind_beside(*around), around)
    for head in heads(toponym):
        if candidates := candidates_of(head):
            return Meanings(_once_each(candidates), None, around, head)
    return None


def _names(toponym: str, text: str, before: str) -> list[tuple[str, Cue | None]]:
    if water := water_name(toponym, before):
        return [(water, None)]
    names = variants(toponym)
    if fold_name(toponym) in _IN_IRAN_TOO and _means_iran(text):
        names.insert(0, ("Sistan and Baluchestan", None))
    return names


def _means_iran(text: str) -> bool:
    """Balochistan is Pakistan's province unless the passage speaks of Iran alone."""
    return bool(_SPEAKS_OF_IRAN.search(text)) and not _SPEAKS_OF_PAKISTAN.search(text)


def _once_each(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The first candidate of each place: a person's corrected row hides the gazetteer's of the same id."""
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        found.setdefault(candidate.place.place_id, candidate)
    return list(found.values())
