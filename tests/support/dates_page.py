"""The parts of docs/dates.md that are made: the letters of words, and what reads which phrases.

python -m tests.support.dates_page            print them
python -m tests.support.dates_page --write    put them into the page, between their marks
"""

import csv
from collections import defaultdict

from dashboard.extract.dates import find
from dashboard.extract.dates.lexer import BY_LETTER, LETTERS, lex
from tests.support.made_page import MadePage
from tests.support.worked_example import REPOSITORY

SAMPLES = REPOSITORY / "tests" / "samples" / "dates.csv"
EXAMPLES = 4
WORDS = 6


def letters():
    """A table of every letter: what it stands for, and some of the words that have it."""
    lines = ["| letter | stands for | for example |", "|---|---|---|"]
    for letter, meaning in LETTERS.items():
        words = BY_LETTER.get(letter, "").split()
        more = " …" if len(words) > WORDS else ""
        lines.append(f"| `{letter.replace('|', '&#124;')}` | {meaning} | {', '.join(words[:WORDS])}{more} |")
    return "\n".join(lines)


def readings():
    """A table of every function that reads a phrase, with phrases of the samples that it reads."""
    phrases = defaultdict(list)
    for row in csv.DictReader(SAMPLES.open(encoding="utf-8", newline="")):
        words = lex(row["sentence"])
        for match in find._rule_matches(words):
            start, end = words.spans[match.start][0], words.spans[match.end - 1][1]
            if row["sentence"][start:end] == row["phrase"]:
                read = match.rule.read
                phrases[f"{read.__module__.rpartition('.')[2]}.{read.__name__}"].append(row["phrase"])
    lines = ["| read by | phrases |", "|---|---|"]
    for name, read in sorted(phrases.items()):
        shortest = sorted(dict.fromkeys(read), key=len)[:EXAMPLES]
        lines.append(f"| `{name}` | {'; '.join(phrase.replace('|', '&#124;') for phrase in shortest)} |")
    return "\n".join(lines)


PAGE = MadePage(REPOSITORY / "docs" / "dates.md", {"letters": letters, "readings": readings})

if __name__ == "__main__":
    PAGE.main()
