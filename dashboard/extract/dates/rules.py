"""The patterns of date phrases, over the letters of lexer.py, and the conditions under which each is accepted.

At each word the longest accepted pattern wins; of two equally long, the first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dashboard.extract.dates import absolute, relative
from dashboard.extract.dates.readings import Phrase, Reader
from dashboard.extract.text.word_lists import word_list

Accept = Callable[[Phrase], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """``starts``: the letters a match may begin with; others are not tried. ``joins``: may be an end of "from … to"."""

    pattern: re.Pattern[str]
    starts: str
    read: Reader
    accept: Accept
    joins: bool


def _always(phrase: Phrase) -> bool:
    return True


def is_name(phrase: Phrase) -> bool:
    """Whether the words are a name and not a date: "the March 23 Movement", "Black September"."""
    last = phrase.words.letter(phrase.match.end() - 1)
    heads = phrase.letter_after == "A" and last in "MmWdoSH" and phrase.word_after in word_list("dates_name_heads")
    before = phrase.words.word(phrase.match.start() - 1)
    return heads or (before[:1].isupper() and phrase.word_before in word_list("dates_name_starts"))


def _is_uncounted(phrase: Phrase) -> bool:
    """Whether a final number counts nothing that follows: "in May 12 people died" names only a month."""
    last = phrase.words.letter(phrase.match.end() - 1)
    return not (last in "dY" and phrase.word_after in word_list("dates_counted"))


def _names_year(phrase: Phrase) -> bool:
    """Whether the unit of a relative year ("last year") is a year."""
    return _is_uncounted(phrase) and (not phrase.has("whichunit") or phrase.word("whichunit") == "year")


def _is_count_or_hour(phrase: Phrase) -> bool:
    """Whether the four digits count something or are an hour: "2000 fighters", "1945 GMT", "at least 2000".

    After "in" at the start of a clause they are a year even before something countable: "In 2017 militants".
    """
    if phrase.word_after in word_list("dates_clock") or phrase.word_before in word_list("dates_counting"):
        return True
    if phrase.word_after not in word_list("dates_counted"):
        return False
    year, opens = phrase.number("year"), phrase.words.letter(phrase.match.start() - 2) in "|.,("
    return not (opens and phrase.word_before == "in" and 1900 < year < 2100 and year % 100)


def _is_bare_year(phrase: Phrase) -> bool:
    """Whether four digits alone are a year: after "in" or "since", in brackets, or before "war", "treaty" or such."""
    if not 1500 <= phrase.number("year") <= 2100 or _is_count_or_hour(phrase):
        return False
    before, after = phrase.letter_before, phrase.letter_after
    is_led = phrase.has("part") or phrase.word_before in word_list("dates_before_year")
    bracketed = before == "(" or after == ")"
    second = before == "&" and phrase.words.letter(phrase.match.start() - 2) == "Y"  # "in 1968 and 1969"
    begins = before in "|." and phrase.word_after in word_list("dates_year_verbs")
    owned = before in "Da" or phrase.word_before in ("its", "their", "his", "her", "s")
    return is_led or bracketed or second or begins or (owned and after in "xAuS-")


def _is_year_range(phrase: Phrase) -> bool:
    both = phrase.words.lower(phrase.match.start() + 1) != "and" or phrase.word_before == "between"
    return both and not _is_count_or_hour(phrase) and phrase.number("year") >= 1500


def _is_short_year_range(phrase: Phrase) -> bool:
    """Such as "2011-12": the two digits are greater than the year's own last two."""
    second = phrase.words.word(phrase.match.end() - 1)
    return len(second) == 2 and int(second) > phrase.number("year") % 100 and _is_year_range(phrase)


def _is_bare_month(phrase: Phrase) -> bool:
    """A month alone: "in May", but not the verb and not the person."""
    if not _is_uncounted(phrase):
        return False
    if phrase.has("part") or phrase.has("step"):
        return True
    if phrase.words.letters[phrase.match.start("month")] == "M":
        return True
    word_after, before = phrase.word_after, phrase.letter_before
    if phrase.letter_after == "A" and phrase.word_before != "in":
        return False
    if before == "D":
        return phrase.letter_after == "x" and word_after not in ("on", "through", "against", "into", "across")
    return (before in "JIF>&" and phrase.word_before not in ("on", "at", "for")) or phrase.word_before in (
        "before",
        "after",
    )


def _is_decade(phrase: Phrase) -> bool:
    """Two digits need an article or an apostrophe: "the 90s", and not "a man in his 40s"."""
    written = phrase.word("decade")
    return len(written) > 3 or not written[0].isdigit() or phrase.words.letter(phrase.match.start()) == "D"


def _is_overnight(phrase: Phrase) -> bool:
    return phrase.words.lower(phrase.match.start()) == "overnight"


def _is_countable_day(phrase: Phrase) -> bool:
    """A day can be counted from "yesterday" and "tomorrow", but not from "overnight"."""
    return phrase.word("day") in relative.DEICTIC


def _is_short_weekday(phrase: Phrase) -> bool:
    return phrase.word_before == "on"


def _is_bare_season(phrase: Phrase) -> bool:
    if phrase.has("step") or phrase.has("part"):
        return _is_uncounted(phrase)
    return phrase.letter_before in "JI" and phrase.letter_after not in "AF" and _is_uncounted(phrase)


def _is_day_of_month(phrase: Phrase) -> bool:
    return phrase.word_before in ("on", "by", "until", "since") and phrase.letter_after in ".,|)&"


def _unit_is(*units: str) -> Accept:
    return lambda phrase: phrase.word("unit") in units and _names_year(phrase)


def _is_quarter(phrase: Phrase) -> bool:
    is_placed = phrase.has("year") or phrase.has("which") or phrase.has("of")
    return phrase.word("unit") == "quarter" or (phrase.word("unit") == "half" and is_placed)


def _is_week_to_year(phrase: Phrase) -> bool:
    return phrase.word("unit") not in ("day", "century", "decade")


def _is_end_of_unit(phrase: Phrase) -> bool:
    return phrase.word("unit") in ("year", "month") and phrase.letter_before in "JI>"


def _ends_clause(phrase: Phrase) -> bool:
    return phrase.letter_after in ".,|)&'J"


def _is_weekdays_alone(phrase: Phrase) -> bool:
    return phrase.letter_before in "JI&vx"


def _is_not_share(phrase: Phrase) -> bool:
    return not phrase.word("unit").startswith("quarter")


def _is_length_of_time(phrase: Phrase) -> bool:
    return phrase.word_before in ("in", "for", "within", "after", "over", "lasted") or phrase.letter_after == "F"


def _is_of_week(phrase: Phrase) -> bool:
    return phrase.word("whichunit") == "week"


_YEAR = r"(?:,?F?(?P<year>Y)|,?F?(?P<which>[LTN])(?P<whichunit>u))"
_WEEKDAY = r"(?:(?P<weekday>[Ww]),?D?)?"
_PRE = r"(?:[Ei]J?|Dp[FJ])?"
_PRE_STARTS = "EiD"
_MONTH = r"(?P<month>[Mm])"
_DAY, _UNTIL = r"(?P<day>[do])", r"(?:[->]|,?&)(?P<until>[do])"
_NUMBER = r"(?:n-?n|[nd#](?:[&>-][nd#])?|a(?!U))"
_COUNT = rf"(?P<count>{_NUMBER})(?:-?\+)?"
_PART = r"D?(?P<part>[Eb])[-JF]?"
_SOME = r"(?:a?kF?)"
_ORDER = r"(?P<step>T?L|[TNB])"
_HALF = r"(?:&al)?"


NO_DATE = Rule(re.compile(""), "", relative.not_a_date, _always, joins=False)
"""Replaces the rule where `is_name` is true."""


def _rule(starts: str, pattern: str, read: Reader, accept: Accept = _is_uncounted, *, joins: bool = False) -> Rule:
    return Rule(re.compile(pattern), starts, read, accept, joins)


def _day_rules() -> list[Rule]:
    month_starts, day_starts = _PRE_STARTS + "MmWw", _PRE_STARTS + "doOWw"
    before_month = rf"{_PRE}{_WEEKDAY}(?:D(?=[oO]F))?"
    return [
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}{_UNTIL}{_YEAR}", absolute.month_day, _names_year),
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}{_UNTIL}", absolute.month_day),
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}{_YEAR}p?", absolute.month_day, _names_year, joins=True),
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}p?", absolute.named_day, joins=True),
        _rule(day_starts, rf"{before_month}{_DAY}{_UNTIL}F?{_MONTH}{_YEAR}", absolute.month_day, _names_year),
        _rule(day_starts, rf"{before_month}{_DAY}{_UNTIL}F?{_MONTH}", absolute.month_day),
        _rule(day_starts, rf"{before_month}(?P<day>[doO])F?{_MONTH}{_YEAR}p?", absolute.month_day, _names_year,
              joins=True),
        _rule(day_starts, rf"{before_month}(?P<day>[do]|O(?=F))F?{_MONTH}p?", absolute.named_day, joins=True),
        _rule("D", r"D(?P<day>o)", absolute.day_of_month, _is_day_of_month),
        _rule("WwX", r"(?:[Ww],?)?(?P<date>X)", absolute.numeric_date, _always, joins=True),
        _rule("d", rf"{_DAY}-{_MONTH}-(?P<year>[Y#d])", absolute.month_day, _always),
        _rule("K", r"K", absolute.nine_eleven, _always),
        _rule("TLNH", rf"(?P<step>[TLN])?(?P<feast>H){_YEAR}?", absolute.feast, _names_year),
        _rule(_PRE_STARTS + "TLNBfW", rf"{_PRE}(?:D(?=[BfL]))?(?:D?(?P<step>T?L|[TNBf]))?(?P<weekday>W)p?",
              relative.weekday, joins=True),
        _rule("Q", r"QJ?(?P<weekday>W)", relative.weekday, _is_overnight),
        _rule("w", r"(?P<weekday>w)p?", relative.weekday, _is_short_weekday),
        _rule("W", r"(?P<weekday>W)p?J?F?(?P<which>[LTN])(?P<whichunit>u)", relative.weekday_of_week, _is_of_week),
    ]  # fmt: skip


def _month_and_year_rules() -> list[Rule]:
    return [
        _rule("DEb", rf"{_PART}{_MONTH}{_YEAR}", absolute.month, _names_year, joins=True),
        _rule("DEb", rf"{_PART}(?P<step>[LTN])?{_MONTH}", absolute.month, _is_bare_month, joins=True),
        _rule("Mm", rf"{_MONTH}{_YEAR}", absolute.month, _names_year, joins=True),
        _rule("TLNMm", rf"(?P<step>T?L|[TN])?{_MONTH}", absolute.month, _is_bare_month, joins=True),
        _rule("DOoL", rf"D?(?P<number>[OoL])(?P<unit>[ul])F{_MONTH}{_YEAR}?", absolute.piece_of_month,
              _unit_is("week", "half")),
        _rule("DEbS", rf"(?:{_PART}D?|D)?(?P<season>S){_YEAR}", absolute.season, _names_year),
        _rule("DEbTLNS", rf"(?:{_PART}D?|D)?(?P<step>T?L|[TN])?(?P<season>S)", absolute.season, _is_bare_season),
        _rule("DOo", rf"D?(?P<number>[Oo])-?(?P<unit>[ul])(?:{_YEAR}|(?P<of>FDu))?", absolute.quarter, _is_quarter),
        _rule("jY", r"j?(?P<year>Y)(?:'x)?(?P<number>[Oo])-?(?P<unit>[ul])", absolute.quarter, _is_quarter),
        _rule("LTN", r"(?P<which>[LTN])(?P<whichunit>u)'x(?P<number>[Oo])-?(?P<unit>[ul])", absolute.quarter,
              _is_quarter),
        _rule("DO", rf"D?O(?P<count>[nd])(?P<unit>U){_YEAR}", absolute.first_months, _unit_is("months")),
        _rule("Y", r"(?P<year>Y)[->&](?P<until>Y)", absolute.years, _is_year_range),
        _rule("Y", r"(?P<year>Y)-(?P<until>[d#])", absolute.years, _is_short_year_range),
        _rule("DEbY", rf"(?:{_PART})?(?P<year>Y)", absolute.year, _is_bare_year, joins=True),
        _rule("juD", r"D?(?:ju?|u)(?P<year>Y)", absolute.year, lambda phrase: phrase.has("year")),
        _rule("DEby", rf"(?:D?{_PART})?D?(?P<decade>y)", absolute.decade, _is_decade),
        _rule("DEboO", rf"(?:{_PART})?D?[oO]-?(?P<unit>u)", relative.vague_period, _unit_is("century")),
    ]  # fmt: skip


def _relative_rules() -> list[Rule]:
    return [
        _rule("EiQ", r"[Ei]?(?P<day>Q)p?", relative.deictic, _always),
        _rule("TL", r"(?P<step>[TL])p", relative.part_of_day, _always),
        _rule("D", r"Du(?P<side>r)(?P<day>Q)", relative.day_beyond, _is_countable_day),
        _rule("ndaOk#", rf"{_COUNT}-?(?P<unit>[uUh]){_HALF}-?g", relative.time_ago, _always),
        _rule("akUh", rf"{_SOME}?(?P<unit>[Uh])g", relative.time_ago, _always),
        _rule("DTLNBe", rf"D?{_ORDER}?e", relative.weekend, _always),
        _rule("TLNBDEb", rf"(?:{_PART})?(?P<step>[TLNB])(?P<unit>u)", relative.stepped_unit, _is_week_to_year),
        _rule("D", r"D(?P<step>[TB])(?P<unit>u)", relative.stepped_unit, _is_week_to_year),
        _rule("Db", r"D?(?P<part>b)FD(?P<unit>u)", relative.stepped_unit, _is_week_to_year),
        _rule("l", r"lD?a?-?ug", relative.vague_period, _always),
        _rule("Du", r"D?(?P<unit>u)-?[gi]", relative.unit_before, _is_week_to_year),
        _rule("uE", r"(?P<unit>u)-?(?P<part>b)", relative.stepped_unit, _is_end_of_unit),
        _rule("i", r"(?P<side>i)JD?(?P<unit>u)", relative.earlier_this, _unit_is("week", "month", "year")),
        _rule("i", r"(?P<side>i)T(?P<unit>u)", relative.earlier_this, _unit_is("week", "month", "year", "quarter")),
        _rule("nda#k", rf"{_COUNT}-?(?P<unit>[uUh]){_HALF}-?(?P<side>i)", relative.later_or_earlier, _always),
        _rule("akUh", rf"{_SOME}?(?P<unit>[Uh])i", relative.later_or_earlier, _always),
        _rule("DBfst", r"(?:D(?P<step>[fNBs])|t)s?(?P<unit>[up])", relative.following_unit, _always),
        _rule("iE", r"(?:i|E(?=J))(?:J?(?:D(?P<step>[fNBs])?|t)s?)(?P<unit>[up])", relative.following_unit, _always),
        _rule("D", r"D(?P<unit>[up])(?P<side>r)", relative.day_before, _ends_clause),
        _rule("D", r"D(?P<unit>p)", relative.following_unit, lambda phrase: phrase.word_before in ("in", "during")),
    ]


def _other_rules() -> list[Rule]:
    ordered = r"(?:D?(?:(?P<past>T?L|R)|[NB]|f))?"
    return [
        _rule("ndaO#", rf"{_NUMBER}-?[uU]-?Z", relative.not_a_date, _always),
        _rule("DTLRNBfnda#", rf"{ordered}{_COUNT}-?(?P<unit>[uUh]){_HALF}(?:-z)?", relative.duration, _is_not_share),
        _rule("DT", r"(?:D(?P<past>L)|(?P<past2>TL))(?P<unit>u)", relative.duration, _always),
        _rule("ak", r"a?kF?[Uh]", relative.duration, _always),
        _rule("D", r"DOu", relative.vague_period, lambda phrase: phrase.letter_after == "F"),
        _rule("uU", r"[uU]-z", relative.duration, _always),
        _rule("U", r"U", relative.duration, _is_length_of_time),
        _rule("DTLRNB", r"D?(?:T?L|[RNB])k?U(?:&U)?", relative.vague_period, _always),
        _rule("v", r"v(?:\+|[nOd])?[WwuUMpe]", relative.recurring_time, _always),
        _rule("V", r"Vp?", relative.recurring_time, _is_weekdays_alone),
    ]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules to try at a word of one letter, in their order. ``any`` matches where at least one of them does."""

    any: re.Pattern[str]
    each: tuple[Rule, ...]


def _rules(rules: list[Rule]) -> Rules:
    nameless = (re.sub(r"\(\?P<\w+>", "(?:", rule.pattern.pattern) for rule in rules)
    return Rules(re.compile("|".join(nameless)), tuple(rules))


@cache
def rules_by_letter() -> dict[str, Rules]:
    """The rules in their order, by each letter that a match may begin with."""
    rules = [*_day_rules(), *_month_and_year_rules(), *_relative_rules(), *_other_rules()]
    letters = {letter for rule in rules for letter in rule.starts}
    return {letter: _rules([rule for rule in rules if letter in rule.starts]) for letter in letters}
