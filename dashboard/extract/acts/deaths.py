"""How many people a sentence says were killed: a low and a high figure, and the words that say so."""

import re
from dataclasses import dataclass

from dashboard.extract.text.word_lists import word_list
from dashboard.project.reading.number_cells import DEATHS_LIMIT

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_SMALL = {word: value for value, word in enumerate(_UNITS.split())}
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * value for value, word in enumerate(_ROUND.split(), 2)}
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_LIMIT = 1500
"""How many characters of a sentence are read."""

_SIX = "half a dozen"
_WORD = "|".join([*_SMALL, *_TENS, *_SCALES])
_SPELT = rf"(?:{_SIX}\b|(?:a (?:hundred|thousand|dozen)|{_WORD})\b(?:[- ](?:and )?(?:{_WORD})\b){{0,5}}+)"
_DIGITS = r"(?:\d{1,3}(?:[,\u202f\u00a0]\d{3})++|\d{1,8})(?![\d.,]\d)"
_NUMBER = rf"(?:{_DIGITS}(?: (?:dozen|hundred|thousand|million)\b)?|{_SPELT})"
_VAGUE = (
    r"(?:(?:dozens|scores|hundreds|thousands|tens)(?: of (?:thousands|hundreds))?|several|many|numerous|countless|some|"
    r"a number|a few|a handful)"
)
_BOUNDS = (
    "at least|more than|over|upwards of|no fewer than|not less than|a minimum of|as many as|up to|at most|fewer than|"
    "less than|about|around|some|nearly|almost|an estimated|roughly|approximately|another|a further|all"
)
_COUNT = (
    rf"(?<!no )(?P<count>(?:(?:{_BOUNDS})\s+)?"
    rf"(?:between\s+(?P<from>{_NUMBER})\s+and\s+(?P<to>{_NUMBER})"
    rf"|(?P<one>{_NUMBER})\s*(?:-|–|to|or)\s*(?P<other>{_NUMBER})|(?P<single>{_NUMBER})|(?P<vague>{_VAGUE}))\b)"
)
_HURT = r"(?:wound|injur|hurt|missing|arrest|detain|displac|maim)"
_WHO = rf"(?P<who>(?:(?!{_HURT}|(?:killed|died|dead)\b)(?:(?!\d)|(?<=and ))[^\s,.;:()]+\s+){{0,8}}?)"
_DIE = (
    "killed|slain|massacred|murdered|executed|shot dead|beheaded|martyred|assassinated|slaughtered|gunned down|"
    "burned to death|dead"
)
_BE = (
    r"(?:(?:were|was|are|is|have|has|had|been|being|reportedly|also|confirmed|believed|feared|to|be|both|all)\s+){0,5}"
)
_ASIDE = r"(?:[^\s,.;:()]+,\s[^,.;]{1,80},\s+)?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_COUNT}\s+{_WHO}{_ASIDE}{_BE}(?:{_DIE}|died|dies?|perished|lost their lives|lost (?:his|her|its) life)\b",
        rf"\b(?P<before>{_DIE}|killing|kills|killings? of|claim(?:ed|ing)(?: the lives of)?|left|leaving|"
        r"leaves|deaths? of|massacre of|murder of|death toll (?:\w+ ){0,4}?(?:to|at|of|was|is|reached)|"
        r"toll (?:\w+ ){1,3}?(?:to|at))\s+"
        rf"{_COUNT}(?P<who>(?:\s+(?!{_HURT})[^\s,.;:()]+){{0,6}})",
        rf"\b{_COUNT}\s+(?P<who>(?:\w+\s+){{0,2}}?)(?:deaths|fatalities|bodies|dead|corpses)\b",
    )
)
_NO_DEATHS = re.compile(
    r"\b(?:no ?one|nobody|none|no (?:\w+ ){0,2}?(?:people|civilians|soldiers))\s+(?:\w+\s+){0,4}?(?:killed|died|dead)\b"
    r"|\b(?:no|without(?: any)?) (?:\w+ ){0,2}?(?:casualties|deaths|fatalities|loss of life)\b",
    re.IGNORECASE,
)
_NOT_PEOPLE = re.compile(
    rf"(?:\s+(?!(?:dead|killed|died|and)\b)\w+){{0,3}}?\s+(?:{_HURT}\w*|homeless|stranded)\b|\s+(?:january|february|march|"
    r"april|may|june|july|august|september|october|november|december|hours?|days?|weeks?|months?|years?|km|kilomet\w+|"
    r"miles|percent|cattle|cows|goats|sheep|livestock)\b",
    re.IGNORECASE,
)
_DAY_OF_MONTH = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|"
    r"aug|sept?|oct|nov|dec)\.?\s\Z",
    re.IGNORECASE,
)
_LEFT = re.compile(r"(?:left|leaving|leaves|claim\w+)\b(?! the lives)", re.IGNORECASE)
_LOWER = re.compile(r"(?:at least|more than|over|upwards of|no fewer than|not less than|a minimum of)\b", re.IGNORECASE)
_UPPER = re.compile(r"(?:as many as|up to|at most|fewer than|less than)\b", re.IGNORECASE)
_AND_MORE = re.compile(rf"\band (?:(?P<more>{_NUMBER})|an?)\s+(?!half|dozen)[a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Deaths:
    """The figures given, and their words. None where there is no figure: "dozens", or the top of "at least 12"."""

    low: int | None
    high: int | None
    words: str


def deaths(sentence: str) -> Deaths | None:
    """The deaths reported in a sentence or paragraph; None if it reports none. "Nobody was killed" is 0.

    Only people killed count: not the wounded, the missing, the displaced, the arrested. "At least 12" is low 12
    and no high, "up to 40" is high 40 and no low. Of several figures the first counts, before words like "dozens".
    """
    text = sentence[:_LIMIT]
    lower = text.lower()
    if not any(stem in lower for stem in word_list("death_stems")):
        return None
    matches = [match for form in _FORMS for match in form.finditer(text) if _counts_dead(match, text)]
    if not matches:
        none = _NO_DEATHS.search(text)
        return Deaths(0, 0, none.group()) if none else None
    first = min(matches, key=lambda match: (match["vague"] is not None, match.start()))
    low, high = _figures(first)
    return Deaths(low, high, _wording(first, text))


def _wording(match: re.Match[str], text: str) -> str:
    """The words from the count or the verb to the end of who died; words that only follow a verb are left out."""
    end = match.end("count") if match.groupdict().get("before") else match.end()
    return text[match.start() : end].strip()


def _counts_dead(match: re.Match[str], text: str) -> bool:
    """Whether the number counts dead people: "leaving 12 wounded" and "killed 12 hours later" do not."""
    is_day = len(match["count"]) <= 2 and _DAY_OF_MONTH.search(text, 0, match.start("count"))
    before = match.groupdict().get("before")
    if is_day or (not before and match["who"].strip().lower() in {"and", "or"}):
        return False  # "on July 21 and killed"
    if before and _LEFT.match(before) and " dead" not in match["who"] and "lives" not in match["who"]:
        return False
    return not _NOT_PEOPLE.match(text, match.end("count"))


def _figures(match: re.Match[str]) -> tuple[int | None, int | None]:
    if match["vague"]:
        return None, None
    first, last = (match["from"] or match["one"]), (match["to"] or match["other"])
    if first and last:
        low, high = sorted((_number_from(first), _number_from(last)))
        return (None, None) if high > DEATHS_LIMIT else (low, high)
    value = _number_from(match["single"]) + _additional_deaths(match["who"])
    if value > DEATHS_LIMIT:  # a misreading, or the toll of a whole war: no cell may hold it
        return None, None
    if _LOWER.match(match["count"]):
        return value, None
    return (None, value) if _UPPER.match(match["count"]) else (value, value)


def _additional_deaths(who: str) -> int:
    """What "two soldiers and a policeman" adds to the two."""
    return sum(_number_from(match["more"]) if match["more"] else 1 for match in _AND_MORE.finditer(who))


def _number_from(number: str) -> int:
    """The value of a number in digits or words: "1,200", "twenty-three", "a hundred and five", "2 thousand"."""
    if number.lower().startswith(_SIX):
        return 6
    total = current = 0
    for word in re.findall(r"\d+|[a-z]+", re.sub(r"(?<=\d)[,\u202f\u00a0](?=\d)", "", number.lower())):
        if word.isdigit():
            current += int(word)
        elif word == "hundred":
            current = max(1, current) * 100
        elif word in _SCALES:
            total, current = total + max(1, current) * _SCALES[word], 0
        else:
            current += _SMALL.get(word, _TENS.get(word, 0))
    return total + current
