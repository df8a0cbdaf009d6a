"""`conflictmap places find`: the places a name may mean, and names with a similar spelling."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.gazetteer.index import Gazetteer
from dashboard.gazetteer.kinds import kind_of
from dashboard.gazetteer.names import fold_name, stop_words
from dashboard.geocode import Context, resolve
from dashboard.geocode.own_places import own_places
from dashboard.model import Candidate
from dashboard.project.read import read_project

SUGGESTIONS = 3
_ABBREVIATION = re.compile(r"(?:[A-Z]\.?){2,4}")


def find_places(folder: Path, name: str, words: str, gazetteer: Gazetteer) -> list[dict[str, Any]]:
    """The places a name may mean, likeliest first, as plain values; empty if there are none.

    ``words`` are those around the name; they and the project's own places.csv count as in geocoding.
    """
    own = own_places(read_project(folder).places, gazetteer)
    resolution = resolve(name, Context.of_words(words, gazetteer), gazetteer, own)
    if resolution is None:
        return []
    first, *others = resolution.candidates
    return [_as_values(replace(first, reason=resolution.reason)), *map(_as_values, others)]


def _as_values(candidate: Candidate) -> dict[str, Any]:
    place = candidate.place
    columns = ("place_id", "name", "country_code", "admin1_name", "feature_code", "latitude", "longitude", "population")
    more = {"kind": kind_of(place.feature_code), "score": candidate.score, "reason": candidate.reason}
    return {key: getattr(place, key) for key in columns} | more


def suggestions(name: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Names with a similar spelling, with their countries, for a person to choose from.

    Empty for everyday words (said, spring), and for abbreviations, which resemble anything.
    """
    if _ABBREVIATION.fullmatch(name.strip()) or fold_name(name) in stop_words():
        return ()
    places = (candidate.place for candidate in gazetteer.suggest(name))
    labels = dict.fromkeys(
        f"{place.name}{f' ({place.country_code})' if place.country_code else ''}" for place in places
    )
    return tuple(labels)[:SUGGESTIONS]
