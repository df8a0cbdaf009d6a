"""Which countries a name or code means in lists of events: "DR Congo (Zaire)", "Iran (Islamic Republic of)",
"Soviet Union", "AFG". Pure, except that ``countries.csv`` is read once.

Places have today's codes, so a former state means all its successors. This is for names in a country column and after
the name of a place ("Goma, DR Congo"); names in running text are looked up in the gazetteer.
"""

import csv
import re
from functools import cache, lru_cache, reduce
from pathlib import Path

from dashboard.gazetteer.names import fold_name

TABLE = Path(__file__).with_name("countries.csv")
"""``iso2``: today's codes (ISO 3166-1 alpha-2, XK for Kosovo), several for a name that several countries share or
followed. ``iso3``: alpha-3 codes, withdrawn ones too. ``names``: the first is the one we use; then those of UCDP,
ACLED, GTD, the United Nations, the World Bank and ISO. ``also``: what some lists count in, or once was part of it."""

STATES = Path(__file__).with_name("states.txt")
"""A state or province of America, Canada or Australia: its short forms, as written after the name of a town."""

Groups = tuple[frozenset[str], ...]
"""Sets of ISO 3166-1 alpha-2 codes, each wider than the one before: search the first one first."""

_LONGEST = 120
"""Maximum characters: "occupied Palestinian territory, including East Jerusalem" has 60."""
_SMALL_WORDS = frozenset(("the", "of", "and"))
_SHORTENED = {"rep": "republic", "dem": "democratic", "fed": "federal", "st": "saint", "ste": "saint"}
_FORMS_OF_STATE = frozenset(("republic", "kingdom", "islamic", "federal", "socialist"))
"""Words that a country's full name adds to its short one; where two countries differ only in them, the table has
both names."""
_PARTS = re.compile(r"[()\[\]/]")


def countries_named(text: str) -> frozenset[str]:
    """The countries that a name or code may mean, as ISO 3166-1 alpha-2 codes; empty if it names none.

    A place of that country lies in one of them: "Sudan" gives SD and SS, since South Sudan was part of it.
    """
    groups = country_groups(text)
    return groups[-1] if groups else frozenset()


@lru_cache(4096)
def country_groups(text: str, *, codes: bool = True) -> Groups:
    """As `countries_named`, but the likeliest countries first: of "Sudan" SD alone, then SD and SS.

    "X (Y)" and "X/Y" mean X. If Y is something larger, such as a state that X was part of, the rest of Y comes last;
    if several countries share the name X, Y says which one.

    ``codes``: whether "AF" and "AFG" mean Afghanistan.
    """
    if len(text) > _LONGEST:
        return ()
    if groups := _groups_of(text, codes=codes):
        return groups
    parts = [_groups_of(part, codes=codes) for part in _PARTS.split(text) if part.strip()]
    return reduce(_combined, parts) if parts and parts[0] else ()


def country_name(code: str) -> str:
    """Our name of the country with this ISO 3166-1 alpha-2 code; "" for an unassigned code."""
    return _name_by_code().get(code, "")


def state_named(short: str) -> str | None:
    """The state or province with this short form, such as Texas for "TX" and "Tex."; else None."""
    return _states_by_short_form().get(short.replace(".", ""))


def _groups_of(name: str, *, codes: bool) -> Groups:
    by_name = _groups_by_name()
    key = _name_key(name)
    if groups := by_name.get(key):
        return groups
    if codes and (groups := _codes().get(name.strip().upper())):
        return groups
    return by_name.get(" ".join(word for word in key.split() if word not in _FORMS_OF_STATE), ())


def _combined(groups: Groups, others: Groups) -> Groups:
    """What "X (Y)" means, from what X and Y mean."""
    if not others:
        return groups
    both = groups[0] & others[0]
    if both and both != groups[0]:
        return (both,)
    widest = groups[-1] | others[-1]
    return groups if widest == groups[-1] else (*groups, widest)


def _name_key(name: str) -> str:
    """The words of the name in alphabetical order, so that the word order of "Iran, Islamic Republic of" is ignored."""
    words = (_SHORTENED.get(word, word) for word in fold_name(name).split())
    return " ".join(sorted(word for word in words if word not in _SMALL_WORDS))


@cache
def _groups_by_name() -> dict[str, Groups]:
    return {_name_key(name): groups for row, groups in _rows() for name in row["names"].split("|")}


@cache
def _codes() -> dict[str, Groups]:
    """Alpha-2 and alpha-3 codes."""
    result = {code: groups for row, groups in _rows() for code in row["iso3"].split("|") if code}
    return result | {row["iso2"]: groups for row, groups in _rows() if "|" not in row["iso2"]}


@cache
def _rows() -> list[tuple[dict[str, str], Groups]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [(row, _groups(row["iso2"], row["also"])) for row in rows]


def _groups(iso2: str, also: str) -> Groups:
    narrow = frozenset(iso2.split("|"))
    return (narrow, narrow | frozenset(also.split("|"))) if also else (narrow,)


@cache
def _name_by_code() -> dict[str, str]:
    return {row["iso2"]: row["names"].split("|")[0] for row, _ in _rows()}


@cache
def _states_by_short_form() -> dict[str, str]:
    result: dict[str, str] = {}
    for line in STATES.read_text(encoding="utf-8").splitlines():
        name, _, shorts = line.partition(":")
        result |= {short.replace(".", ""): name for short in shorts.split()}
    return result
