"""Splits text into words, and gives each word a letter for the part it can play in a date.

The rules in rules.py are patterns over these letters, so "Dec. 6th" and "December 6" look alike to them.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from dashboard.extract.dates.calendar_days import FEASTS, MONTH_NAMES, WEEKDAY_NAMES

LETTERS = {
    "M": "month that is no other word",
    "m": "month that is also another word or a name, or is abbreviated: May, March, June, Dec.",
    "W": "weekday", "w": "abbreviated weekday", "V": "weekdays: Fridays",
    "d": "1 to 31", "o": "1st to 31st", "O": "first to tenth, last",
    "Y": "four digits, 1000 to 2199", "y": "decade: 1990s",
    "#": "another whole number below 10,000", "n": "number in words, from two", "a": "a, an, one",
    "k": "few, several, couple, some, many",
    "u": "day, week, month, year, quarter, decade, century", "U": "days, weeks …", "h": "hour, hours, minutes",
    "e": "weekend", "p": "part of the day", "S": "season",
    "L": "last, past", "B": "previous, prior", "T": "this, current", "N": "next, coming", "f": "following",
    "s": "same", "t": "that", "E": "early, late, mid", "b": "beginning, end, middle", "i": "earlier, later",
    "g": "ago", "r": "before, after", "R": "recent", "+": "more, plus, full, whole …", "z": "long", "Z": "old",
    "v": "every, each", "j": "fiscal", "l": "half",
    "D": "the", "F": "of", "J": "in, on, at", "I": "since, from, by, during …", "&": "and, or",
    ">": "to, until, through",
    "Q": "today, yesterday, tomorrow, tonight, overnight", "X": "date in digits", "H": "feast", "K": "9/11",
    "c": "time of day: 10:30", "-": "hyphen or dash", ",": "comma", "'": "apostrophe", "(": "bracket", ")": "bracket",
    ".": "end of a sentence", "|": "paragraph break",
    "A": "other word with a capital", "x": "anything else",
}  # fmt: skip

NUMBER_WORDS = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "a": 1, "an": 1}
ORDINAL_WORDS = {
    word: value + 1
    for value, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    )
}
MONTHS = {name.casefold(): number + 1 for number, name in enumerate(MONTH_NAMES)}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
WEEKDAYS = {name.casefold(): number for number, name in enumerate(WEEKDAY_NAMES)}
WEEKDAYS |= {name[:3]: number for name, number in WEEKDAYS.items()} | {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

_WHOLE_MONTHS = {"april", "may", "march", "june", "august"}
"""Months that are also other words or names and are not abbreviations: a full stop after them ends the sentence."""
BY_LETTER = {
    "n": " ".join(word for word, value in NUMBER_WORDS.items() if value > 1),
    "O": " ".join(ORDINAL_WORDS), "a": "a an one", "k": "few several couple some many",
    "u": "day week month year quarter decade century fortnight",
    "U": "days weeks months years quarters decades centuries fortnights nights",
    "h": "hour hours minute minutes seconds", "e": "weekend",
    "p": "morning afternoon evening night noon midday midnight dawn dusk daybreak sunrise sunset",
    "S": "spring summer autumn fall winter", "L": "last past", "B": "previous preceding prior", "T": "this current",
    "N": "next coming upcoming", "f": "following", "s": "same", "t": "that", "E": "early late mid",
    "b": "beginning start end middle close", "i": "earlier later", "g": "ago", "r": "before after", "R": "recent",
    "+": "more plus full whole straight consecutive additional other odd", "z": "long", "Z": "old",
    "v": "every each", "j": "fiscal fy", "l": "half", "D": "the", "F": "of", "J": "in on at",
    "I": "since from by during for over between throughout within", "&": "and or", ">": "to until till through thru",
    "Q": "today yesterday tomorrow tonight overnight",
}  # fmt: skip
_LETTER_OF = {word: letter for letter, words in BY_LETTER.items() for word in words.split()}
_MARKS = {
    **dict.fromkeys("-‐‑–", "-"), **dict.fromkeys("'’", "'"), **dict.fromkeys("([", "("), **dict.fromkeys(")]", ")"),
    **dict.fromkeys(".!?;…", "."), ",": ",",
}  # fmt: skip

# ASCII: else "ı" would count as "i", and no calendar has the feast "Good Frıday".
_FEAST = re.compile(rf"(?:{'|'.join(FEASTS)})\b".replace("'", "['’]"), re.IGNORECASE | re.ASCII)
_FEAST_STARTS = {re.split("[ ']", name)[0] for name in FEASTS}
_TOKEN = re.compile(
    r"""(?P<word>[^\W\d_]++)
    |(?=[\d'’])(?:
        (?P<numeric>(?<![\w./-])(?:\d{4}-\d\d-\d\d(?:T\d\d[\d:.]{0,16}(?:Z|[+-]\d\d:?\d\d)?)?
            |\d{4}/\d\d?/\d\d?|\d\d?(?P<mark_between>[-/.])\d\d?(?P=mark_between)(?:\d{4}|\d\d))(?![\w/]|[-.]\d))
        |(?P<known>(?<![\w/])9/11(?![\w/]))
        |(?P<clock>(?<![\w:.])\d\d?:\d\d(?::\d\d)?(?![\w:]))
        |(?P<decade>(?<!\w)(?:\d{3}|['’]?[2-9])0s\b)
        |(?P<ordinal>(?<!\w)\d\d?(?:st|nd|rd|th)\b)
        |(?P<number>\d++(?:[.,]\d++)*+[^\W\d_]*+))
    |(?P<gap>\n[^\S\n]*+\n)
    |(?P<mark>[^\s\w])""",
    re.VERBOSE,
)
_KINDS = {"numeric": "X", "known": "K", "clock": "c", "decade": "y", "gap": "|"}


_PLAIN = frozenset("xA")
"""Letters of words that cannot be part of a date."""
LONGEST_WORD = 16
"""Longer words cannot be part of a date; they are truncated before they are looked up."""


@dataclass(slots=True)
class Words:
    """A text split into words: ``letters`` has one letter of `LETTERS` for each of ``spans`` (offsets)."""

    text: str
    letters: str = ""
    spans: list[tuple[int, int]] = field(default_factory=list)

    def word(self, index: int) -> str:
        """The word as written, or empty beyond either end."""
        if not 0 <= index < len(self.spans):
            return ""
        start, end = self.spans[index]
        return self.text[start:end]

    def lower(self, index: int) -> str:
        """The word in lower case without the full stop of an abbreviation."""
        return self.word(index).casefold().rstrip(".")

    def letter(self, index: int) -> str:
        """The word's letter, or ``|`` beyond either end."""
        return self.letters[index] if 0 <= index < len(self.letters) else "|"


def lex(text: str) -> Words:
    """Split the text into words. Time is linear: no part of the pattern can match in two ways."""
    words = Words(text)
    letters: list[str] = []
    consumed, plain = 0, _PLAIN
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if start < consumed:
            continue  # the rest of a feast's name
        word = match[0]
        if match.lastgroup == "word":
            letter, begins_feast = _word_letter(word[:LONGEST_WORD])
            if letter in plain and not begins_feast:
                letters.append(letter)
                words.spans.append((start, end))
                continue
        else:
            letter, begins_feast = _letter(match), False
        if begins_feast and (feast := _FEAST.match(text, start)):
            letter = "H"
            consumed = end = feast.end()
        if letter in "mw" and text.startswith(".", end) and word.casefold() not in _WHOLE_MONTHS:
            end += 1
        elif word == "." and letters and words.spans[-1][1] > start and _sentence_continues(text, end):
            continue  # the full stop of the abbreviation alone, which is the word's already
        letters.append(letter)
        words.spans.append((start, end))
    words.letters = "".join(letters)
    return words


def _sentence_continues(text: str, index: int) -> bool:
    """Whether the sentence continues after the full stop: a digit, a comma or a small letter follows."""
    rest = text[index : index + 3].lstrip()
    return bool(rest) and (rest[0].isdigit() or rest[0].islower() or rest[0] == ",")


def _letter(match: re.Match[str]) -> str:
    """The letter of a number or a mark."""
    kind = match.lastgroup or ""
    if kind in ("number", "ordinal"):
        return _number_letter(kind, match.string, *match.span())
    return _MARKS.get(match[0], "x") if kind == "mark" else _KINDS[kind]


@lru_cache(maxsize=1 << 14)
def _word_letter(word: str) -> tuple[str, bool]:
    """The word's letter, and whether it may begin a feast's name."""
    lower = word.casefold()
    return _letter_of(word, lower), lower in _FEAST_STARTS


def _letter_of(word: str, lower: str) -> str:
    capital = word[0].isupper()
    if lower in MONTHS and (capital or (len(lower) > 4 and lower not in _WHOLE_MONTHS)):
        return "m" if lower in _WHOLE_MONTHS or len(lower) <= 3 or lower == "sept" else "M"
    if lower in WEEKDAYS and (capital or len(lower) > 5):
        return "W" if len(lower) > 5 else "w"
    if lower.endswith("days") and lower[:-1] in WEEKDAYS:
        return "V"
    return _LETTER_OF.get(lower) or ("A" if capital else "x")


def _number_letter(kind: str, text: str, start: int, end: int) -> str:
    """Numbers joined to letters, slashes, currency or percent signs cannot be part of a date."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    if before.isalnum() or before in ("/", "$", "£", "€", "_", "#") or after in ("/", "%", "_"):
        return "x"
    return _plain_number(kind, text[start:end])


def _plain_number(kind: str, written: str) -> str:
    if kind == "ordinal":
        return "o" if 1 <= int(written[:-2]) <= 31 else "x"
    if len(written) > 4 or not (written.isascii() and written.isdigit()):
        return "x"
    if len(written) == 4:
        return "Y" if 1000 <= int(written) < 2200 else "#"
    return "d" if len(written) <= 2 and 1 <= int(written) <= 31 else "#"
