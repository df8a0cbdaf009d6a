"""The patterns of phrases that tell dates, over the letters of lexer.py, and where each one is believed.

At each word the longest pattern that is accepted wins, and of two as long the one that stands first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dashboard.extract.dates import absolute, relative
from dashboard.extract.dates.readings import Found, Read
from dashboard.extract.text.word_lists import word_list

Accept = Callable[[Found], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """``starts``: the letters a match may begin with; others are not tried. ``joins``: may be an end of "from … to"."""

    pattern: re.Pattern[str]
    starts: str
    read: Read
    accept: Accept
    joins: bool


def _anywhere(found: Found) -> bool:
    return True


def is_name(found: Found) -> bool:
    """True for "the March 23 Movement" and "Black September": the words are a name, and no part of them is a date."""
    last = found.words.letter(found.match.end() - 1)
    heads = found.letter_after == "A" and last in "MmWdoSH" and found.word_after in word_list("dates_name_heads")
    before = found.words.word(found.match.start() - 1)
    return heads or (before[:1].isupper() and found.word_before in word_list("dates_name_starts"))


def _uncounted(found: Found) -> bool:
    """Nothing counted follows a plain number: "in May 12 people died" tells a month."""
    last = found.words.letter(found.match.end() - 1)
    return not (last in "dY" and found.word_after in word_list("dates_counted"))


def _year_of_it(found: Found) -> bool:
    """Where the year is told as "last year": that the unit is a year."""
    return _uncounted(found) and (not found.has("whichunit") or found.word("whichunit") == "year")


def _counts(found: Found) -> bool:
    """True if the four digits count something or are an hour: "2000 fighters", "1945 GMT", "at least 2000".

    After "in" at the start of a clause a year stands even before what could be counted: "In 2017 militants".
    """
    if found.word_after in word_list("dates_clock") or found.word_before in word_list("dates_counting"):
        return True
    if found.word_after not in word_list("dates_counted"):
        return False
    year, opens = found.number("year"), found.words.letter(found.match.start() - 2) in "|.,("
    return not (opens and found.word_before == "in" and 1900 < year < 2100 and year % 100)


def _bare_year(found: Found) -> bool:
    """Four digits alone are a year after "in" or "since", in brackets, or before what a year has: a war, a treaty."""
    if not 1500 <= found.number("year") <= 2100 or _counts(found):
        return False
    before, after = found.letter_before, found.letter_after
    is_led = found.has("part") or found.word_before in word_list("dates_before_year")
    bracketed = before == "(" or after == ")"
    second = before == "&" and found.words.letter(found.match.start() - 2) == "Y"  # "in 1968 and 1969"
    begins = before in "|." and found.word_after in word_list("dates_year_verbs")
    owned = before in "Da" or found.word_before in ("its", "their", "his", "her", "s")
    return is_led or bracketed or second or begins or (owned and after in "xAuS-")


def _year_range(found: Found) -> bool:
    both = found.words.lower(found.match.start() + 1) != "and" or found.word_before == "between"
    return both and not _counts(found) and found.number("year") >= 1500


def _short_range(found: Found) -> bool:
    """Such as "2011-12": the two digits count on from the year's own."""
    later = found.words.word(found.match.end() - 1)
    return len(later) == 2 and int(later) > found.number("year") % 100 and _year_range(found)


def _bare_month(found: Found) -> bool:
    """A month alone: "in May", but not the verb and not the person."""
    if not _uncounted(found):
        return False
    if found.has("part") or found.has("step"):
        return True
    if found.words.letters[found.match.start("month")] == "M":
        return True
    word_after, before = found.word_after, found.letter_before
    if found.letter_after == "A" and found.word_before != "in":
        return False
    if before == "D":
        return found.letter_after == "x" and word_after not in ("on", "through", "against", "into", "across")
    return (before in "JIF>&" and found.word_before not in ("on", "at", "for")) or found.word_before in (
        "before",
        "after",
    )


def _decade(found: Found) -> bool:
    """Two digits need an article or an apostrophe: "the 90s", and not "a man in his 40s"."""
    written = found.word("decade")
    return len(written) > 3 or not written[0].isdigit() or found.words.letter(found.match.start()) == "D"


def _overnight(found: Found) -> bool:
    return found.words.lower(found.match.start()) == "overnight"


def _is_of_a_day(found: Found) -> bool:
    """A day can be counted from "yesterday" and "tomorrow", but not from "overnight"."""
    return found.word("day") in relative.DEICTIC


def _short_weekday(found: Found) -> bool:
    return found.word_before == "on"


def _bare_season(found: Found) -> bool:
    if found.has("step") or found.has("part"):
        return _uncounted(found)
    return found.letter_before in "JI" and found.letter_after not in "AF" and _uncounted(found)


def _on_the_day(found: Found) -> bool:
    return found.word_before in ("on", "by", "until", "since") and found.letter_after in ".,|)&"


def _unit_is(*units: str) -> Accept:
    return lambda found: found.word("unit") in units and _year_of_it(found)


def _quarter(found: Found) -> bool:
    is_placed = found.has("year") or found.has("which") or found.has("of")
    return found.word("unit") == "quarter" or (found.word("unit") == "half" and is_placed)


def _not_day(found: Found) -> bool:
    return found.word("unit") not in ("day", "century", "decade")


def _year_end(found: Found) -> bool:
    return found.word("unit") in ("year", "month") and found.letter_before in "JI>"


def _at_clause_end(found: Found) -> bool:
    return found.letter_after in ".,|)&'J"


def _only_weekdays(found: Found) -> bool:
    return found.letter_before in "JI&vx"


def _no_share(found: Found) -> bool:
    return not found.word("unit").startswith("quarter")


def _units_alone(found: Found) -> bool:
    return found.word_before in ("in", "for", "within", "after", "over", "lasted") or found.letter_after == "F"


def _of_week(found: Found) -> bool:
    return found.word("whichunit") == "week"


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


NO_DATE = Rule(re.compile(""), "", relative.no_date, _anywhere, joins=False)
"""What stands where `is_name` is true."""


def _rule(starts: str, pattern: str, read: Read, accept: Accept = _uncounted, *, joins: bool = False) -> Rule:
    return Rule(re.compile(pattern), starts, read, accept, joins)


def _day_rules() -> list[Rule]:
    month_starts, day_starts = _PRE_STARTS + "MmWw", _PRE_STARTS + "doOWw"
    before_month = rf"{_PRE}{_WEEKDAY}(?:D(?=[oO]F))?"
    return [
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}{_UNTIL}{_YEAR}", absolute.month_day, _year_of_it),
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}{_UNTIL}", absolute.month_day),
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}{_YEAR}p?", absolute.month_day, _year_of_it, joins=True),
        _rule(month_starts, rf"{_PRE}{_WEEKDAY}{_MONTH}{_DAY}p?", absolute.named_day, joins=True),
        _rule(day_starts, rf"{before_month}{_DAY}{_UNTIL}F?{_MONTH}{_YEAR}", absolute.month_day, _year_of_it),
        _rule(day_starts, rf"{before_month}{_DAY}{_UNTIL}F?{_MONTH}", absolute.month_day),
        _rule(day_starts, rf"{before_month}(?P<day>[doO])F?{_MONTH}{_YEAR}p?", absolute.month_day, _year_of_it,
              joins=True),
        _rule(day_starts, rf"{before_month}(?P<day>[do]|O(?=F))F?{_MONTH}p?", absolute.named_day, joins=True),
        _rule("D", r"D(?P<day>o)", absolute.day_of_month, _on_the_day),
        _rule("WwX", r"(?:[Ww],?)?(?P<date>X)", absolute.digits, _anywhere, joins=True),
        _rule("d", rf"{_DAY}-{_MONTH}-(?P<year>[Y#d])", absolute.month_day, _anywhere),
        _rule("K", r"K", absolute.nine_eleven, _anywhere),
        _rule("TLNH", rf"(?P<step>[TLN])?(?P<feast>H){_YEAR}?", absolute.feast, _year_of_it),
        _rule(_PRE_STARTS + "TLNBfW", rf"{_PRE}(?:D(?=[BfL]))?(?:D?(?P<step>T?L|[TNBf]))?(?P<weekday>W)p?",
              relative.weekday, joins=True),
        _rule("Q", r"QJ?(?P<weekday>W)", relative.weekday, _overnight),
        _rule("w", r"(?P<weekday>w)p?", relative.weekday, _short_weekday),
        _rule("W", r"(?P<weekday>W)p?J?F?(?P<which>[LTN])(?P<whichunit>u)", relative.weekday_of_week, _of_week),
    ]  # fmt: skip


def _month_and_year_rules() -> list[Rule]:
    return [
        _rule("DEb", rf"{_PART}{_MONTH}{_YEAR}", absolute.month, _year_of_it, joins=True),
        _rule("DEb", rf"{_PART}(?P<step>[LTN])?{_MONTH}", absolute.month, _bare_month, joins=True),
        _rule("Mm", rf"{_MONTH}{_YEAR}", absolute.month, _year_of_it, joins=True),
        _rule("TLNMm", rf"(?P<step>T?L|[TN])?{_MONTH}", absolute.month, _bare_month, joins=True),
        _rule("DOoL", rf"D?(?P<number>[OoL])(?P<unit>[ul])F{_MONTH}{_YEAR}?", absolute.piece_of_month,
              _unit_is("week", "half")),
        _rule("DEbS", rf"(?:{_PART}D?|D)?(?P<season>S){_YEAR}", absolute.season, _year_of_it),
        _rule("DEbTLNS", rf"(?:{_PART}D?|D)?(?P<step>T?L|[TN])?(?P<season>S)", absolute.season, _bare_season),
        _rule("DOo", rf"D?(?P<number>[Oo])-?(?P<unit>[ul])(?:{_YEAR}|(?P<of>FDu))?", absolute.quarter, _quarter),
        _rule("jY", r"j?(?P<year>Y)(?:'x)?(?P<number>[Oo])-?(?P<unit>[ul])", absolute.quarter, _quarter),
        _rule("LTN", r"(?P<which>[LTN])(?P<whichunit>u)'x(?P<number>[Oo])-?(?P<unit>[ul])", absolute.quarter, _quarter),
        _rule("DO", rf"D?O(?P<count>[nd])(?P<unit>U){_YEAR}", absolute.first_months, _unit_is("months")),
        _rule("Y", r"(?P<year>Y)[->&](?P<until>Y)", absolute.years, _year_range),
        _rule("Y", r"(?P<year>Y)-(?P<until>[d#])", absolute.years, _short_range),
        _rule("DEbY", rf"(?:{_PART})?(?P<year>Y)", absolute.year, _bare_year, joins=True),
        _rule("juD", r"D?(?:ju?|u)(?P<year>Y)", absolute.year, lambda found: found.has("year")),
        _rule("DEby", rf"(?:D?{_PART})?D?(?P<decade>y)", absolute.decade, _decade),
        _rule("DEboO", rf"(?:{_PART})?D?[oO]-?(?P<unit>u)", relative.vague, _unit_is("century")),
    ]  # fmt: skip


def _relative_rules() -> list[Rule]:
    return [
        _rule("EiQ", r"[Ei]?(?P<day>Q)p?", relative.deictic, _anywhere),
        _rule("TL", r"(?P<step>[TL])p", relative.part_of_day, _anywhere),
        _rule("D", r"Du(?P<side>r)(?P<day>Q)", relative.day_beyond, _is_of_a_day),
        _rule("ndaOk#", rf"{_COUNT}-?(?P<unit>[uUh]){_HALF}-?g", relative.ago, _anywhere),
        _rule("akUh", rf"{_SOME}?(?P<unit>[Uh])g", relative.ago, _anywhere),
        _rule("DTLNBe", rf"D?{_ORDER}?e", relative.weekend, _anywhere),
        _rule("TLNBDEb", rf"(?:{_PART})?(?P<step>[TLNB])(?P<unit>u)", relative.stepped_unit, _not_day),
        _rule("D", r"D(?P<step>[TB])(?P<unit>u)", relative.stepped_unit, _not_day),
        _rule("Db", r"D?(?P<part>b)FD(?P<unit>u)", relative.stepped_unit, _not_day),
        _rule("l", r"lD?a?-?ug", relative.vague, _anywhere),
        _rule("Du", r"D?(?P<unit>u)-?[gi]", relative.unit_before, _not_day),
        _rule("uE", r"(?P<unit>u)-?(?P<part>b)", relative.stepped_unit, _year_end),
        _rule("i", r"(?P<side>i)JD?(?P<unit>u)", relative.earlier_this, _unit_is("week", "month", "year")),
        _rule("i", r"(?P<side>i)T(?P<unit>u)", relative.earlier_this, _unit_is("week", "month", "year", "quarter")),
        _rule("nda#k", rf"{_COUNT}-?(?P<unit>[uUh]){_HALF}-?(?P<side>i)", relative.later, _anywhere),
        _rule("akUh", rf"{_SOME}?(?P<unit>[Uh])i", relative.later, _anywhere),
        _rule("DBfst", r"(?:D(?P<step>[fNBs])|t)s?(?P<unit>[up])", relative.next_after, _anywhere),
        _rule("iE", r"(?:i|E(?=J))(?:J?(?:D(?P<step>[fNBs])?|t)s?)(?P<unit>[up])", relative.next_after, _anywhere),
        _rule("D", r"D(?P<unit>[up])(?P<side>r)", relative.day_before, _at_clause_end),
        _rule("D", r"D(?P<unit>p)", relative.next_after, lambda found: found.word_before in ("in", "during")),
    ]


def _other_rules() -> list[Rule]:
    ordered = r"(?:D?(?:(?P<past>T?L|R)|[NB]|f))?"
    return [
        _rule("ndaO#", rf"{_NUMBER}-?[uU]-?Z", relative.no_date, _anywhere),
        _rule("DTLRNBfnda#", rf"{ordered}{_COUNT}-?(?P<unit>[uUh]){_HALF}(?:-z)?", relative.duration, _no_share),
        _rule("DT", r"(?:D(?P<past>L)|(?P<past2>TL))(?P<unit>u)", relative.duration, _anywhere),
        _rule("ak", r"a?kF?[Uh]", relative.duration, _anywhere),
        _rule("D", r"DOu", relative.vague, lambda found: found.letter_after == "F"),
        _rule("uU", r"[uU]-z", relative.duration, _anywhere),
        _rule("U", r"U", relative.duration, _units_alone),
        _rule("DTLRNB", r"D?(?:T?L|[RNB])k?U(?:&U)?", relative.vague, _anywhere),
        _rule("v", r"v(?:\+|[nOd])?[WwuUMpe]", relative.recurring, _anywhere),
        _rule("V", r"Vp?", relative.recurring, _only_weekdays),
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
    rules = [*_day_rules(), *_month_and_year_rules(), *_relative_rules(), *_other_rules()]
    letters = {letter for rule in rules for letter in rule.starts}
    return {letter: _rules([rule for rule in rules if letter in rule.starts]) for letter in letters}
