"""The names of peoples and the adjectives of countries: which country "Afghan", "British" or "Turks" refers to."""

from functools import cache
from pathlib import Path

PEOPLES = Path(__file__).with_name("peoples.txt")
"""Country: its people and its adjectives. "-": peoples of no single country."""


@cache
def peoples() -> dict[str, str]:
    """People or adjective as written -> the name of its country; "" for peoples of no single country."""
    result: dict[str, str] = {}
    for line in PEOPLES.read_text(encoding="utf-8").splitlines():
        country, _, names = line.partition(":")
        result |= {name: country.strip("- ") for name in names.split()}
    return result
