"""What many readers look up, kept in memory."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

MOST = 20_000
"""Maximum number of entries of one kind."""
Key = TypeVar("Key")
Made = TypeVar("Made")


class Kept(Generic[Key, Made]):
    """Cache lookups, so that concurrent readers pay for each only once."""

    def __init__(self, ask: Callable[[list[Key]], Iterable[tuple[Any, ...]]], make: Callable[..., Made]) -> None:
        """``ask`` gives a row for each key there is, the key first; ``make`` makes of it what is kept."""
        self._ask, self._make = ask, make
        self._known: dict[Key, Made] = {}

    def of(self, keys: Sequence[Key]) -> Mapping[Key, Made]:
        """What there is for these keys and others."""
        known = self._known
        fresh = [key for key in keys if key not in known]
        if fresh and len(known) > MOST:
            known = self._known = {}  # whoever still reads the old one keeps it
            fresh = list(keys)
        if fresh:
            known.update((row[0], self._make(*row)) for row in self._ask(fresh))
        return known
