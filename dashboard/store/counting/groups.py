"""Counted groups of events, summed up to the numbers of the sentence and to the symbols of the map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dashboard.geo import DETAIL, Cell
from dashboard.marks import Manner
from dashboard.model import EventType
from dashboard.store.codes import GROUPS, MANNERS, MEANING_OF_GROUP, TYPES, Dating, Placement

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Answer = Mapping[str, Any]
"""Columns of a database result by name, as NumPy arrays."""

_PLACEMENT = np.array([int(where) for where, *_ in MEANING_OF_GROUP])
_MANNER = np.array([MANNERS.index(manner) for _, manner, *_ in MEANING_OF_GROUP])
TYPE_OF = np.array([TYPES.index(kind) for _, _, kind, *_ in MEANING_OF_GROUP])
_PENDING = np.array([pending for _, _, _, pending, _ in MEANING_OF_GROUP])
_UNDATED = np.array([dating is Dating.UNDATED for *_, dating in MEANING_OF_GROUP])


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Counted events as arrays of the same length: one line per group and place.

    ``place`` is a cell (see `cell_of`) or a spot; ``n`` the number of events, ``partial`` that of events with only a
    part of their interval in the period; ``low`` and ``high`` the lowest and highest spot among them.
    """

    place: Integers
    group: Integers
    n: Integers
    partial: Integers
    low: Integers
    high: Integers

    @classmethod
    def by_cell(cls, counted: Answer, straddling: Answer | None) -> Self:
        """Join the results of `queries.COUNTS_BY_CELL` and `queries.STRADDLING`; places are numbers of cells."""
        place, group = _cell_numbers(counted), np.asarray(counted["grp"], np.int64)
        partial = np.zeros(len(place), np.int64)
        if straddling and len(straddling["n"]):
            key = place * GROUPS + group
            order = np.argsort(key)
            asked = _cell_numbers(straddling) * GROUPS + np.asarray(straddling["grp"], np.int64)
            partial[order[np.searchsorted(key, asked, sorter=order)]] = straddling["n"]
        n, low, high = (np.asarray(counted[name], np.int64) for name in ("n", "low", "high"))
        return cls(place=place, group=group, n=n, partial=partial, low=low, high=high)

    @classmethod
    def by_spot(cls, counted: Answer) -> Self:
        """From the result of `queries.COUNTS_BY_SPOT`; places are spots."""
        spot, group, n, partial = (np.asarray(counted[name], np.int64) for name in ("spot", "grp", "n", "partial"))
        return cls(place=spot, group=group, n=n, partial=partial, low=spot, high=spot)

    @classmethod
    def empty(cls) -> Self:
        """No lines."""
        return cls(**{field.name: np.array([], np.int64) for field in fields(cls)})

    def where(self, mask: Mask) -> Self:
        """The lines selected by the mask."""
        return type(self)(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})

    def with_place(self, place: Integers) -> Self:
        """The same groups at other places."""
        return type(self)(place=place, group=self.group, n=self.n, partial=self.partial, low=self.low, high=self.high)

    def concatenated(self, others: Self) -> Self:
        """These lines followed by those of others."""
        both = ((field.name, (getattr(self, field.name), getattr(others, field.name))) for field in fields(self))
        return type(self)(**{name: np.concatenate(pair) for name, pair in both})

    def of_types(self, types: Sequence[EventType]) -> Self:
        """The lines of these types; all lines if there are no types."""
        return self.where(np.isin(TYPE_OF[self.group], [TYPES.index(kind) for kind in types])) if types else self

    @property
    def placements(self) -> Integers:
        """The `Placement` of each line."""
        return _PLACEMENT[self.group]

    @property
    def are_drawn(self) -> Mask:
        """Which lines are drawn on the map."""
        return np.not_equal(self.placements, int(Placement.OFF))

    def type_counts(self) -> dict[EventType, int]:
        """Number of events by type, for types that occur."""
        counts = np.bincount(TYPE_OF[self.group], self.n, len(TYPES)).astype(int).tolist()
        return {kind: count for kind, count in zip(TYPES, counts, strict=True) if count}

    def tally(self) -> dict[str, int]:
        """The numbers of the sentence, under the names of `summary.Summary`."""
        off, area, undated = self.placements == Placement.OFF, self.placements == Placement.AREA, _UNDATED[self.group]
        masks = {"off_map": off, "as_areas": area, "on_map": ~(off | area), "undated": undated}
        counts = {name: int(self.n[mask].sum()) for name, mask in (masks | {"in_tray": off | undated}).items()}
        return {"matched": int(self.n.sum()), "partial": int(self.partial.sum()), **counts}


def cell_of(number: int, level: int) -> Cell:
    """The cell of a level from its number: its row, and in the lowest `DETAIL` bits its column."""
    return Cell(level, number & ((1 << DETAIL) - 1), number >> DETAIL)


def z_curve(x: Integers, y: Integers) -> Integers:
    """The number of a point on the Z-curve (Morton, 1966): the interleaved bits of both coordinates."""
    return (_spread_bits(y) << 1) | _spread_bits(x)


def _spread_bits(values: Integers) -> Integers:
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | (values << shift)) & mask
    return values


def _cell_numbers(answer: Answer) -> Integers:
    """The numbers of the cells of a result; -1 without coordinates."""
    column, row = (np.ma.filled(np.ma.asarray(answer[name], np.int64), -1) for name in ("column", "row"))
    return np.where(column < 0, -1, row << DETAIL | column)


class Symbols(NamedTuple):
    """Groups summed up to symbols, one per line; ``types`` has a column for each of `TYPES`."""

    line: Integers
    """For each line of the groups, the index of its symbol."""
    place: Integers
    manner: Integers
    placement: Integers
    low: Integers
    high: Integers
    types: list[list[int]]
    faded: list[bool]
    pending: list[bool]

    @classmethod
    def of(cls, groups: Groups, placements: Integers) -> Self:
        """Sum up the groups of the same place, manner and placement."""
        parts = (groups.place * len(MANNERS) + _MANNER[groups.group]) * len(Placement) + placements
        symbol, line = np.unique(parts, return_inverse=True)
        size = len(symbol)
        rest, placement = np.divmod(symbol, len(Placement))
        types = np.bincount(line * len(TYPES) + TYPE_OF[groups.group], groups.n, size * len(TYPES)).astype(int)
        sure = np.bincount(line, np.where(_UNDATED[groups.group], 0, groups.n - groups.partial), size)
        low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
        np.minimum.at(low, line, groups.low)
        np.maximum.at(high, line, groups.high)
        return cls(
            line, rest // len(MANNERS), rest % len(MANNERS), placement, low, high,
            types.reshape(size, len(TYPES)).tolist(), (sure == 0).tolist(),
            (np.bincount(line, _PENDING[groups.group], size) > 0).tolist(),
        )  # fmt: skip

    def mark_fields(self, n: int) -> dict[str, Any]:
        """The fields of a `marks.Mark` that follow from the counts."""
        types = [(kind, count) for kind, count in zip(TYPES, self.types[n], strict=True) if count]
        types.sort(key=lambda pair: -pair[1])
        return {"types": tuple(types), "faded": self.faded[n], "pending": self.pending[n], "manner": self.manner_of(n)}

    def manner_of(self, n: int) -> Manner:
        """The manner of a symbol."""
        return MANNERS[int(self.manner[n])]
