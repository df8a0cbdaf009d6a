"""Counted groups of events: added up to the numbers of the sentence, and to what each symbol of the map stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from dashboard.geo import DETAIL, Cell
from dashboard.marks import Manner
from dashboard.model import EventType
from dashboard.store.codes import GROUPS, MANNERS, MEANING_OF_GROUP, TYPES, Dating, Where

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Answer = Mapping[str, Any]
"""Columns of an answer of the database, by name: NumPy arrays."""

_WHERE = np.array([int(where) for where, *_ in MEANING_OF_GROUP])
_MANNER = np.array([MANNERS.index(manner) for _, manner, *_ in MEANING_OF_GROUP])
TYPE_OF = np.array([TYPES.index(kind) for _, _, kind, *_ in MEANING_OF_GROUP])
_PENDING = np.array([pending for _, _, _, pending, _ in MEANING_OF_GROUP])
_UNDATED = np.array([dating is Dating.UNDATED for *_, dating in MEANING_OF_GROUP])


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Counted events, a group of them in one place a line: arrays of the same length.

    ``place`` is a cell (see `cell_of`) or a spot; ``n`` the events, ``partial`` those of them with only a part of
    their interval in the period; ``low`` and ``high`` the lowest and highest spot among them.
    """

    place: Integers
    group: Integers
    n: Integers
    partial: Integers
    low: Integers
    high: Integers

    @classmethod
    def by_cell(cls, counted: Answer, straddling: Answer | None) -> Self:
        """Join the answers of `queries.COUNTS_BY_CELL` and `queries.STRADDLING`; places are numbers of cells."""
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
        """Take the answer of `queries.BY_SPOT`; places are spots."""
        spot, group, n, partial = (np.asarray(counted[name], np.int64) for name in ("spot", "grp", "n", "partial"))
        return cls(place=spot, group=group, n=n, partial=partial, low=spot, high=spot)

    @classmethod
    def none(cls) -> Self:
        """No event at all."""
        return cls(**{field.name: np.array([], np.int64) for field in fields(cls)})

    def where(self, mask: Mask) -> Self:
        """Only some of the lines."""
        return type(self)(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})

    def at(self, place: Integers) -> Self:
        """The same groups at other places."""
        return type(self)(place=place, group=self.group, n=self.n, partial=self.partial, low=self.low, high=self.high)

    def and_those(self, others: Self) -> Self:
        """These lines and those of others."""
        both = ((field.name, (getattr(self, field.name), getattr(others, field.name))) for field in fields(self))
        return type(self)(**{name: np.concatenate(pair) for name, pair in both})

    def of_types(self, types: Sequence[EventType]) -> Self:
        """Only the lines of some types; all, if none is named."""
        return self.where(np.isin(TYPE_OF[self.group], [TYPES.index(kind) for kind in types])) if types else self

    @property
    def shapes(self) -> Integers:
        """The `Where` of each line."""
        return _WHERE[self.group]

    @property
    def are_drawn(self) -> Mask:
        """Which lines stand on the map."""
        return np.not_equal(self.shapes, int(Where.OFF))

    def type_counts(self) -> dict[EventType, int]:
        """Events by type, only types that occur."""
        counts = np.bincount(TYPE_OF[self.group], self.n, len(TYPES)).astype(int).tolist()
        return {kind: count for kind, count in zip(TYPES, counts, strict=True) if count}

    def tally(self) -> dict[str, int]:
        """The numbers of the sentence; the names are those of `summary.Summary`."""
        off, area, undated = self.shapes == Where.OFF, self.shapes == Where.AREA, _UNDATED[self.group]
        masks = {"off_map": off, "as_areas": area, "on_map": ~(off | area), "undated": undated}
        counts = {name: int(self.n[mask].sum()) for name, mask in (masks | {"in_tray": off | undated}).items()}
        return {"matched": int(self.n.sum()), "partial": int(self.partial.sum()), **counts}


def cell_of(number: int, level: int) -> Cell:
    """The cell of a level from its number: its row, and in the lowest `DETAIL` bits its column."""
    return Cell(level, number & ((1 << DETAIL) - 1), number >> DETAIL)


def z_curve(x: Integers, y: Integers) -> Integers:
    """The number of a point on the Z-curve (Morton, 1966): the bits of both coordinates in turn."""
    return (_spread(y) << 1) | _spread(x)


def _spread(values: Integers) -> Integers:
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        values = (values | (values << shift)) & mask
    return values


def _cell_numbers(answer: Answer) -> Integers:
    """The numbers of the cells of an answer; -1 for what has no coordinates."""
    column, row = (np.ma.filled(np.ma.asarray(answer[name], np.int64), -1) for name in ("column", "row"))
    return np.where(column < 0, -1, row << DETAIL | column)


class Symbols(NamedTuple):
    """Groups added up to symbols, a symbol a line; ``types`` has a column for each of `TYPES`."""

    line: Integers
    """Which line of this table each line of the groups went into."""
    place: Integers
    manner: Integers
    shape: Integers
    low: Integers
    high: Integers
    types: list[list[int]]
    faded: list[bool]
    pending: list[bool]

    @classmethod
    def of(cls, groups: Groups, shapes: Integers) -> Self:
        """Add up the groups of one place, one manner and one shape."""
        parts = (groups.place * len(MANNERS) + _MANNER[groups.group]) * len(Where) + shapes
        symbol, line = np.unique(parts, return_inverse=True)
        size = len(symbol)
        rest, shape = np.divmod(symbol, len(Where))
        types = np.bincount(line * len(TYPES) + TYPE_OF[groups.group], groups.n, size * len(TYPES)).astype(int)
        sure = np.bincount(line, np.where(_UNDATED[groups.group], 0, groups.n - groups.partial), size)
        low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
        np.minimum.at(low, line, groups.low)
        np.maximum.at(high, line, groups.high)
        return cls(
            line, rest // len(MANNERS), rest % len(MANNERS), shape, low, high,
            types.reshape(size, len(TYPES)).tolist(), (sure == 0).tolist(),
            (np.bincount(line, _PENDING[groups.group], size) > 0).tolist(),
        )  # fmt: skip

    def mark_fields(self, n: int) -> dict[str, Any]:
        """The fields of a `marks.Mark` that follow from what was counted."""
        types = [(kind, count) for kind, count in zip(TYPES, self.types[n], strict=True) if count]
        types.sort(key=lambda pair: -pair[1])
        return {"types": tuple(types), "faded": self.faded[n], "pending": self.pending[n], "manner": self.manner_of(n)}

    def manner_of(self, n: int) -> Manner:
        """The manner of a symbol."""
        return MANNERS[int(self.manner[n])]
