"""What the words around a name say about it: its kind ("Kabul province"), what it lies in ("Jalalabad, Nangarhar"),
and which countries the text speaks of. Pure: text and gazetteer in, findings out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dashboard.gazetteer.names import fold_name
from dashboard.gazetteer.peoples import peoples
from dashboard.model import Candidate

_PROVINCE, _DISTRICT, _TOWN, _REGION = ("ADM1",), ("ADM2", "ADM3"), ("PPL",), ("RGN", "ADM1", "ADMD", "AREA")

KINDS: Mapping[str, tuple[str, ...]] = {
    fold_name(word): codes
    for codes, words in (
        (_PROVINCE, "province provinces governorate governorates state states oblast oblasts emirate"),
        (_PROVINCE, "countryside department departments prefecture prefectures canton cantons krai voivodeship wilaya"),
        (_PROVINCE, "провинция провинции провинцию область области صوبہ صوبے ولایت استان محافظة ولاية"),
        (_DISTRICT, "district districts county counties agency tehsil raion rayon район района районе ضلع ولسوالی"),
        (_DISTRICT, "regency regencies"),
        (_TOWN, "city cities town towns village villages город города городе шهر شهر شہر مدينة"),
        (_REGION, "region regions territory territories регион регионе منطقة منطقه"),
    )
    for word in words.split()
}
"""A word beside the name (folded) -> starts of the feature codes it speaks of."""

_CUT_BEFORE_WORDS = """
the north south east west northern southern eastern western central northeast northwest southeast southwest
northeastern northwestern southeastern southwestern upper lower inner outer greater rural old new downtown port
fort camp lake mount mt cape gulf bay of village town city district province area metropolitan coastal mid
"""
_CUT_AFTER_WORDS = """
valley valleys bay delta mountains mountain hills heights plains plateau river lake dam barrage island islands
coast peninsula basin desert forest park airport airfield airbase air base military international regional camp
hospital university central general prison bridge highway road port harbour harbor refinery oilfield field
stadium square mosque cathedral church market museum zoo station north south east west city town village centre
center district province governorate county state region municipality township parish suburbs countryside area
strip crossing border gate complex facility barracks garrison barrier wall station plant power
"""
_CUT_BEFORE, _CUT_AFTER = frozenset(_CUT_BEFORE_WORDS.split()), frozenset(_CUT_AFTER_WORDS.split())
"""Words (folded) that may be cut off an unknown name, before and after, to find a known one in it."""

_WATERS = ("Strait", "Straits", "Gulf", "Bay", "Sea", "Isthmus")
"""With "of" before the name they make another name: the Strait of Hormuz is not Hormuz."""

_NAME_WORDS = r"[^\W\d_][\w'’.-]*(?:\s+[^\W\d_][\w'’.-]*){0,3}"
_LIST_THEN_NAMES = re.compile(rf"(?:\s*,\s*{_NAME_WORDS}){{0,6}}\s*,?\s+(?:and|or|и|و)\s+({_NAME_WORDS})")
_KIND_THEN_LIST = re.compile(
    r"(?s:.*)\b([^\W\d_]+s),?\s+(?:of|including|like|such\s+as)\s+(?:the\s+)?((?:[^.;:()!?\n]+(?:,|\b(?:and|or))\s+)?)$"
)
_BETWEEN_NAMES = frozenset(("and", "or", "the", "al", "el"))
_PARENT_AFTER = re.compile(rf"\s*(?:,|\(|,?\s+in\s+(?:the\s+)?|\s+of\s+)\s*({_NAME_WORDS})")
_PARENT_BEFORE = re.compile(rf"({_NAME_WORDS})['’]s?\s+(?:\w+\s+)?$")
_BEFORE, _AFTER = 80, 300
"""Characters around a name that are looked at."""

_TEXT_LIMIT = 200_000
"""Characters of an article in which countries are counted."""

_PAIR = re.compile(r"(?=\b([A-Z][\w.]{1,30} (?:of )?(?:the )?[A-Z][\w.]{1,30})\b)")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


class Names(Protocol):
    """Anything that knows places by name, such as `dashboard.gazetteer.index.Gazetteer`."""

    def candidates(self, name: str) -> Sequence[Candidate]:
        """The places a name may mean, likeliest first; empty if it names no place."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that tells the kind of place: the word as written, and starts of feature codes that fit."""

    word: str
    codes: tuple[str, ...]

    def fits(self, feature_code: str) -> bool:
        return feature_code.startswith(self.codes)


def variants(toponym: str) -> list[tuple[str, Cue | None]]:
    """The names to try, best first, each with the kind that was cut off it.

    "Khyber Pakhtunkhwa (KP)" is tried whole, then without the brackets, then as KP; "the province of Kandahar"
    and "Kandahar province" end as Kandahar with the cue "province".
    """
    name = " ".join(toponym.split())
    found: dict[str, Cue | None] = {name: None}
    bare = re.sub(r"\s*\([^)]*\)", "", name)
    for start in (name, bare, re.sub(r"^the\s+", "", bare, flags=re.IGNORECASE)):
        found.setdefault(start, None)
        for shorter, cue in _without_kind(start):
            found.setdefault(shorter, cue)
    for inner in re.findall(r"\(([^)]+)\)", name):
        found.setdefault(inner.strip(), None)
    return [(name, cue) for name, cue in found.items() if fold_name(name)]


def heads(toponym: str) -> list[str]:
    """Known names that a longer, unknown one may hold, best first: Kandahar of "Kandahar Airfield", Ghouta of
    "southern Ghouta". Only words that name a kind of place or a direction are cut off.
    """
    words = toponym.replace("-", " ").split()
    saint = ["Saint" if word in ("St", "St.") else word for word in words]
    found = [" ".join(saint)] if saint != words else []
    while len(words) > 1 and fold_name(words[0]) in _CUT_BEFORE:
        words = words[1:]
        found.append(" ".join(words))
    while len(words) > 1 and fold_name(words[-1]) in _CUT_AFTER:
        words = words[:-1]
        found.append(" ".join(words))
    return [name for name in found if len(name) > 2]


def _without_kind(name: str) -> Iterable[tuple[str, Cue]]:
    first, _, rest = name.partition(" ")
    head, _, last = name.rpartition(" ")
    if head and (codes := KINDS.get(fold_name(last))):
        yield head, Cue(last, codes)
    if rest and (codes := KINDS.get(fold_name(first))):
        yield re.sub(r"^of\s+", "", rest), Cue(first, codes)


def surroundings(toponym: str, text: str) -> tuple[str, str] | None:
    """The text right before and after the name's first occurrence as a word of its own; None if it does not occur.

    Only so much of it as can bear on the name, so that no pattern ever runs over a long hostile text.
    """
    if not toponym.strip():
        return None
    match = re.search(rf"(?<!\w){re.escape(toponym.strip())}(?!\w)", text)
    if match is None:
        return None
    return text[max(match.start() - _BEFORE, 0) : match.start()], text[match.end() : match.end() + _AFTER]


def kind_beside(before: str, after: str) -> Cue | None:
    """The kind the neighbouring words give: "… province", "province of …", "Kandahar and Helmand provinces"."""
    following = _WORD.match(after.lstrip()) if after[:1].isspace() else None
    if following and (codes := KINDS.get(fold_name(following[0]))):
        return Cue(following[0], codes)
    if preceding := re.search(r"([^\W\d_]+)\s+(?:of\s+)?(?:the\s+)?$", before):
        word, codes = preceding[1], KINDS.get(fold_name(preceding[1]), ())
        # "Two cities of Kandahar" speaks of Kandahar; so does "city, Kandahar" in English without "of".
        if codes and (" of " in preceding[0] or not word.isascii()):
            return Cue(word, codes)
    return _kind_of_list(before, after)


def _kind_of_list(before: str, after: str) -> Cue | None:
    """The kind that a list of names shares: "Kandahar and Helmand provinces fell", "provinces such as Helmand, …"."""
    if listed := _LIST_THEN_NAMES.match(after):
        words = listed[1].split()
        at = next((at for at, word in enumerate(words) if at and word.endswith("s") and fold_name(word) in KINDS), 0)
        if at and _are_names(words[:at]):
            return Cue(words[at], KINDS[fold_name(words[at])])
    if (listed := _KIND_THEN_LIST.match(before)) and (codes := KINDS.get(fold_name(listed[1]))):
        others = [word for word in _WORD.findall(listed[2]) if word not in _BETWEEN_NAMES]
        return Cue(listed[1], codes) if _are_names(others) else None
    return None


def _are_names(words: Sequence[str]) -> bool:
    """False where a word is written small or ends a sentence. Arabic has no small letters."""
    return not any(word[0].islower() or word.endswith(".") for word in words)


def water_name(toponym: str, before: str) -> str | None:
    """The longer name if the text has "Strait of Hormuz" where only "Hormuz" was marked; None if not."""
    match = re.search(rf"\b({'|'.join(_WATERS)})\s+of\s+(?:the\s+)?$", before, flags=re.IGNORECASE)
    return f"{match[1]} of {toponym}" if match else None


def parents_beside(before: str, after: str, gazetteer: Names) -> tuple[Candidate, ...]:
    """Countries and provinces named right beside: "…, Nangarhar", "… in Pakistan", "Nangarhar's …"."""
    groups = [match[1] for match in (_PARENT_AFTER.match(after), _PARENT_BEFORE.search(before)) if match]
    return tuple(
        candidate
        for group in groups
        for name in _runs(group)
        for candidate in gazetteer.candidates(name)
        if candidate.place.feature_code.startswith(("PCL", "ADM1"))
    )


def country_votes(text: str, gazetteer: Names) -> Counter[str]:
    """How often each country is spoken of, by country code: its name or its people ("Pakistani", "Afghan")."""
    votes: Counter[str] = Counter()
    text = text[:_TEXT_LIMIT]
    words = [word for word in _WORD.findall(text) if not word[0].islower()]
    for word, count in Counter(words).items():
        if code := _country_of(re.sub(r"['’]s?$", "", word), gazetteer):
            votes[code] += count
    for pair, count in Counter(_PAIR.findall(text)).items():
        if code := _country_named(pair, gazetteer):
            is_counted = any(word in peoples() and _country_of(word, gazetteer) == code for word in pair.split())
            votes[code] += 0 if is_counted else count  # "Saudi" of Saudi Arabia
    return votes


def _country_of(word: str, gazetteer: Names) -> str | None:
    """The country that the word names, or whose people it is."""
    return _country_named(peoples().get(word, word), gazetteer)


def _country_named(name: str, gazetteer: Names) -> str | None:
    if len(name) < 3 and not name.isupper():
        return None
    best = next(iter(gazetteer.candidates(name)), None)
    return best.place.country_code if best and best.place.feature_code.startswith("PCL") else None


def _runs(words: str) -> list[str]:
    """The first one to four words, longest first."""
    parts = words.split()
    return [" ".join(parts[:end]).strip(".'’-") for end in range(len(parts), 0, -1)]
