"""The whole world's events, counted by cell and group for any period without looking at every one of them.

The events of each cell and group stand together in the order of their days. Those of a period are then a stretch, found
by two binary searches whatever the number of events; only events that lasted several days are looked at one by one,
because a stretch of their first days is none of their last days.
"""

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.cluster import DETAIL
from dashboard.store.codes import GROUPS, Dating
from dashboard.store.counting import Answer, Groups, Integers, z_curve
from dashboard.store.loading import MORTON

NOWHERE = -1
"""The cell and the spot of what has no coordinates."""
LEVEL = 5
"""The finest level of cells that is counted."""
_CELLS = (1 << 2 * LEVEL) + 1
ROWS = f"""SELECT grp, CASE WHEN x IS NULL THEN {NOWHERE} ELSE ({MORTON}) >> {2 * (DETAIL - LEVEL)} END::SMALLINT AS z,
    (since - DATE '1970-01-01')::INTEGER AS since, (until - DATE '1970-01-01')::INTEGER AS until, spot
    FROM {{events}} WHERE {{conditions}}"""
"""SQL: the events as `DayIndex` takes them, days as whole numbers from 1970 on, in the order of `loading`: by date."""
_EPOCH = date(1970, 1, 1).toordinal()
_NO_SPOT = np.iinfo(np.int32).max
_Array = npt.NDArray[Any]


class _Counts(NamedTuple):
    """What lies in a period, a line for each cell and group; see `Groups`. Where ``n`` is 0, the spots mean nothing."""

    n: _Array
    partial: _Array
    low: _Array
    high: _Array


class _OfADay:
    """Events that took place on one day, sorted by line and day."""

    def __init__(self, line: _Array, lines: int, day: _Array, spot: _Array) -> None:
        self._days, rank = np.unique(day, return_inverse=True)
        wide = len(self._days) + 1
        # NumPy copies the whole array at each search if what is searched for has another type.
        kind: type[np.signedinteger[Any]] = np.int32 if lines * wide < np.iinfo(np.int32).max else np.int64
        self._key = line.astype(kind) * wide + rank.astype(kind)
        self._lines = np.arange(lines, dtype=kind) * wide
        self._spot, self._next = spot, _next_other(spot)

    def between(self, first: int, last: int) -> _Counts:
        """Count what lies between two days."""
        ranks = np.searchsorted(self._days, (first, last + 1)).astype(self._lines.dtype)
        start, end = (np.searchsorted(self._key, self._lines + rank) for rank in ranks)
        some = end > start
        one, other = np.full((2, len(some)), NOWHERE)
        # All are at one spot exactly if the first that is elsewhere comes after the stretch.
        one[some] = self._spot[start[some]]
        other[some] = self._spot[np.minimum(self._next[start[some]], end[some] - 1)]
        return _Counts(end - start, np.zeros_like(start), np.minimum(one, other), np.maximum(one, other))


def _next_other(spot: _Array) -> _Array:
    """For each row the number of the next row with another spot, or how many rows there are."""
    changes = np.flatnonzero(spot[1:] != spot[:-1]) + 1
    ends = np.append(changes, len(spot)).astype(np.int32)
    return np.repeat(ends, np.diff(ends, prepend=np.int32(0)))


class _OfSeveralDays:
    """Events that lasted from one day to another, sorted by line."""

    def __init__(self, starts: _Array, since: _Array, until: _Array, spot: _Array) -> None:
        self._starts, self._since, self._until, self._spot = starts, since, until, spot

    def between(self, first: int, last: int) -> _Counts:
        """Count what touches the time between two days."""
        if not len(self._starts):
            return _Counts(*np.zeros((4, 0), np.int64))
        touches = (self._since <= last) & (self._until >= first)
        partly = touches & ((self._since < first) | (self._until > last))
        low, high = np.where(touches, self._spot, _NO_SPOT), np.where(touches, self._spot, -1)
        n, partial = (np.add.reduceat(mask, self._starts, dtype=np.int64) for mask in (touches, partly))
        return _Counts(n, partial, np.minimum.reduceat(low, self._starts), np.maximum.reduceat(high, self._starts))


class DayIndex:
    """Counts of every cell and group in any period, of the events it is made of."""

    def __init__(self, rows: Answer) -> None:
        """``rows`` is the answer of `ROWS`."""
        group, z, since, until, spot = (np.asarray(rows[name]) for name in ("grp", "z", "since", "until", "spot"))
        code = (group % len(Dating) * np.int32(GROUPS) + group) * np.int32(_CELLS) + (z - NOWHERE)
        line, codes = _ranked(code)
        rest, cell = np.divmod(codes, _CELLS)
        self._group, self._z = rest % GROUPS, cell + NOWHERE
        several, undated = np.searchsorted(rest // GROUPS, (Dating.INTERVAL, Dating.UNDATED))
        order = np.argsort(line, kind="stable")  # of 16 bits this is a radix sort
        starts = np.searchsorted(line, np.arange(len(codes) + 1), sorter=order)
        first, last = starts[several], starts[undated]
        of_a_day, of_several_days, always = np.split(order, (first, last))
        self._of_a_day = _OfADay(line[of_a_day], int(several), since[of_a_day], spot[of_a_day])
        columns = (column[of_several_days] for column in (since, until, spot))
        self._of_several_days = _OfSeveralDays(starts[several:undated] - first, *columns)
        whenever = np.zeros(len(always), np.int8)
        self._undated = _OfSeveralDays(starts[undated:-1] - last, whenever, whenever, spot[always]).between(0, 0)

    def counted(self, date_from: date | None, date_to: date | None, level: int) -> Groups:
        """The events of a period, its ends included, by cell of a level up to `LEVEL`; None is no bound."""
        first = date_from.toordinal() - _EPOCH if date_from else np.iinfo(np.int32).min
        last = date_to.toordinal() - _EPOCH if date_to else np.iinfo(np.int32).max
        parts = (self._of_a_day.between(first, last), self._of_several_days.between(first, last), self._undated)
        n, partial, low, high = (np.concatenate(column) for column in zip(*parts, strict=True))
        there = n > 0
        group, z = self._group[there], self._z[there] >> 2 * (LEVEL - level)
        starts = _starts(group, z)
        if not len(starts):
            return Groups.none()
        return Groups(
            place=_PLACES[z[starts]], group=group[starts],
            n=np.add.reduceat(n[there], starts), partial=np.add.reduceat(partial[there], starts),
            low=np.minimum.reduceat(low[there], starts), high=np.maximum.reduceat(high[there], starts),
        )  # fmt: skip


def _ranked(code: _Array) -> tuple[_Array, _Array]:
    """The rank of each code among those that occur, in the smallest type, and these codes."""
    counts = np.bincount(code)
    codes = np.flatnonzero(counts)
    ranks = (np.cumsum(counts > 0) - 1).astype(np.min_scalar_type(max(len(codes) - 1, 0)))
    return ranks[code], codes


def _starts(group: _Array, z: _Array) -> _Array:
    """The rows with which another group or cell begins."""
    begins = np.ones(len(group), bool)
    begins[1:] = (group[1:] != group[:-1]) | (z[1:] != z[:-1])
    return np.flatnonzero(begins)


def _places() -> Integers:
    """The `cell_number` of the cells of `LEVEL` and above, by their number on the Z-curve; `NOWHERE` stands last."""
    row, column = np.divmod(np.arange(1 << 2 * LEVEL), 1 << LEVEL)
    places = np.full(len(row) + 1, NOWHERE)
    places[z_curve(column, row)] = row << DETAIL | column
    return places


_PLACES = _places()
