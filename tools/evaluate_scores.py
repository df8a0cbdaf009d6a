"""The figures of `tools.evaluate`: what counts as found, as near and as right. Pure, and free of the program's code.

Toponyms are scored as geoparsing papers do (Gritta et al. 2018): recognition counts equal or overlapping spans,
resolution counts points within `NEAR_KM`, and end to end a name counts only if both hold.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

NEAR_KM = 161.0
"""A hundred miles: the distance within which the field calls a place right."""
EARTH_RADIUS_KM = 6371.0088
UNSCORED_TYPES = frozenset({"Non_Toponym", "common_noun"})
"""Types of gold rows that are no names of places: finding one is neither right nor wrong."""

Row = dict[str, Any]
"""One thing marked in a text, by a person or the program: ``start`` and ``end`` in code points, and what it means."""


def f1(right: int, found: int, gold: int) -> float | None:
    """The harmonic mean of precision and recall; None if nothing was found and there was nothing to find."""
    return 2 * right / (found + gold) if found + gold else None


def share(right: int, of: int) -> float | None:
    return right / of if of else None


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    here, there = math.radians(latitude), math.radians(other_latitude)
    across = math.radians(other_longitude - longitude)
    half = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def is_near(one: Row, other: Row) -> bool:
    """Within `NEAR_KM`; a row without coordinates is near nothing."""
    if any(row["lat"] is None or row["lon"] is None for row in (one, other)):
        return False
    return distance_km(one["lat"], one["lon"], other["lat"], other["lon"]) <= NEAR_KM


def is_within(one: Row, spans: Collection[Row]) -> bool:
    return any(one["start"] < span["end"] and span["start"] < one["end"] for span in spans)


def is_same_span(one: Row, other: Row) -> bool:
    return bool((one["start"], one["end"]) == (other["start"], other["end"]))


def matched(gold: Sequence[Row], found: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Pairs of a gold row and one found that overlap, each row in one pair: equal spans first, then the longest."""
    pairs = []
    for at, one in enumerate(gold):
        for to, other in enumerate(found):
            shared = min(one["end"], other["end"]) - max(one["start"], other["start"])
            if shared > 0:
                pairs.append((not is_same_span(one, other), -shared, at, to))
    free_gold, free_found, chosen = set(range(len(gold))), set(range(len(found))), []
    for _, _, at, to in sorted(pairs):
        if at in free_gold and to in free_found:
            free_gold.remove(at)
            free_found.remove(to)
            chosen.append((gold[at], found[to]))
    return chosen


def distinct(text: str, found: Sequence[Row]) -> tuple[list[Row], int]:
    """The rows without repeated spans, and how many of them have words that do not stand at their offsets."""
    rows = list({(row["start"], row["end"]): row for row in reversed(found)}.values())
    return rows, sum(text[row["start"] : row["end"]] != row["text"] for row in rows)


@dataclass
class SpanScore:
    """How many names or dates were found where a person marked them, over all documents added."""

    gold: int = 0
    found: int = 0
    exact: int = 0
    lenient: int = 0
    offset_faults: int = 0
    """Found rows whose words do not stand at their offsets: counted as found, never as right."""
    pairs: list[tuple[Row, Row]] = field(default_factory=list)
    """Gold row and found row, of all documents."""

    def add(self, text: str, gold: Sequence[Row], found: Sequence[Row]) -> None:
        scored = [row for row in gold if row.get("type") not in UNSCORED_TYPES]
        dropped = [row for row in gold if row.get("type") in UNSCORED_TYPES]
        rows, faults = distinct(text, found)
        sound = [row for row in rows if text[row["start"] : row["end"]] == row["text"]]
        pairs = matched(scored, sound)
        hits = {id(row) for _, row in pairs}
        ignored = sum(id(row) not in hits and is_within(row, dropped) for row in sound)
        self.gold += len(scored)
        self.found += len(rows) - ignored
        self.lenient += len(pairs)
        self.exact += sum(is_same_span(*pair) for pair in pairs)
        self.offset_faults += faults
        self.pairs += pairs

    @property
    def exact_f1(self) -> float | None:
        return f1(self.exact, self.found, self.gold)

    @property
    def lenient_f1(self) -> float | None:
        return f1(self.lenient, self.found, self.gold)


@dataclass
class PlaceScore(SpanScore):
    """How many names were put where they lie; a name found and not resolved is wrong."""

    gold_placed: int = 0
    """Gold names that have coordinates."""

    def add(self, text: str, gold: Sequence[Row], found: Sequence[Row]) -> None:
        super().add(text, gold, found)
        scored = [row for row in gold if row.get("type") not in UNSCORED_TYPES]
        self.gold_placed += sum(row["lat"] is not None for row in scored)

    @property
    def near(self) -> int:
        return sum(is_near(*pair) for pair in self.pairs)

    @property
    def accuracy(self) -> float | None:
        """Of the gold names that were matched and have coordinates."""
        return share(self.near, sum(gold["lat"] is not None for gold, _ in self.pairs))

    @property
    def end_to_end_f1(self) -> float | None:
        """Found and near. What was matched to a name without coordinates is neither right nor wrong."""
        if not self.gold_placed:
            return None
        unplaced = sum(gold["lat"] is None for gold, _ in self.pairs)
        return f1(self.near, self.found - unplaced, self.gold_placed)


@dataclass
class DateScore(SpanScore):
    """Dates found, and which days they were read as."""

    gold_intervals: int = 0
    """Gold times that say which days are meant (``first`` and ``last``; both None: none can be told)."""

    def add(self, text: str, gold: Sequence[Row], found: Sequence[Row]) -> None:
        super().add(text, gold, found)
        self.gold_intervals += sum("first" in row for row in gold)

    @property
    def interval_accuracy(self) -> float | None:
        """Of all gold times that say their days, found or not."""
        right = sum(
            (gold["first"], gold["last"]) == (found["first"], found["last"])
            for gold, found in self.pairs
            if "first" in gold
        )
        return share(right, self.gold_intervals)


@dataclass
class EventScore:
    """Events found: the same type, place, interval and assertion, each gold event once."""

    gold: int = 0
    found: int = 0
    whole: int = 0
    placed: int = 0
    """Right in type and place alone."""
    named: int = 0
    """Right in all but where the named place lies, which no gazetteer tells of every village."""

    def add(self, gold: Sequence[Row], found: Sequence[Row]) -> None:
        """``found`` events have ``lat`` and ``lon`` of their place, ``gold`` events those of their toponym."""
        self.gold += len(gold)
        self.found += len(found)
        self.whole += _paired(gold, found, _ALL, _is_there)
        self.placed += _paired(gold, found, ("event_type",), _is_there)
        self.named += _paired(gold, found, _ALL, _is_named)


_ALL = ("event_type", "date_start", "date_end", "assertion")


def _paired(
    gold: Sequence[Row], found: Sequence[Row], names: Sequence[str], same_place: Callable[[Row, Row], bool]
) -> int:
    free = list(found)
    for one in gold:
        alike = (row for row in free if all(one[name] == row[name] for name in names))
        fit = next((row for row in alike if same_place(one, row)), None)
        if fit is not None:
            free.remove(fit)
    return len(found) - len(free)


def _is_named(gold: Row, found: Row) -> bool:
    return bool(gold["toponym"].casefold() == found["toponym"].casefold())


def _is_there(gold: Row, found: Row) -> bool:
    """The same words and, where the gold has a point, near it."""
    return _is_named(gold, found) and (gold["lat"] is None or is_near(gold, found))


def macro_f1(gold: Sequence[str], found: Sequence[str | None]) -> float | None:
    """The mean of the F1 of every type that the gold has, rare ones weighing as much as common ones."""
    right = Counter(one for one, other in zip(gold, found, strict=True) if one == other)
    meant, said = Counter(gold), Counter(found)
    scores = [2 * right[kind] / (meant[kind] + said[kind]) for kind in meant]
    return sum(scores) / len(scores) if scores else None
