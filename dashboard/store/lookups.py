"""A cache for what many readers look up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

MAX_ENTRIES = 20_000
"""Maximum number of entries of one cache."""
Key = TypeVar("Key")
Value = TypeVar("Value")


class LookupCache(Generic[Key, Value]):
    """Cache lookups, so that concurrent readers pay for each only once."""

    def __init__(self, ask: Callable[[list[Key]], Iterable[tuple[Any, ...]]], make: Callable[..., Value]) -> None:
        """``ask`` returns a row for each existing key, the key first; ``make`` turns its columns into the value."""
        self._ask, self._make = ask, make
        self._entries: dict[Key, Value] = {}

    def lookup(self, keys: Sequence[Key]) -> Mapping[Key, Value]:
        """The values of these keys, as far as they exist; others may be included."""
        entries = self._entries
        missing = [key for key in keys if key not in entries]
        if missing and len(entries) > MAX_ENTRIES:
            entries = self._entries = {}  # readers of the old mapping keep it
            missing = list(keys)
        if missing:
            entries.update((row[0], self._make(*row)) for row in self._ask(missing))
        return entries
