"""The word lists of the rules in this folder, from the text files beside this file."""

from functools import cache
from pathlib import Path

WORD_LISTS = Path(__file__).with_name("word_lists.txt")
TOPONYM_WORDS = Path(__file__).with_name("toponym_words.txt")


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of one list, in lower case. Raises KeyError for a name the file does not have."""
    return _lists()[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists: dict[str, list[str]] = {}
    name = ""
    for line in (
        line for file in (WORD_LISTS, TOPONYM_WORDS) for line in file.read_text(encoding="utf-8").splitlines()
    ):
        if line.startswith("["):
            name = line.strip(" []")
            lists[name] = []
        elif line.strip() and not line.startswith("#"):
            lists[name] += [word.strip() for word in line.split(",") if word.strip()]
    return {name: frozenset(words) for name, words in lists.items()}
