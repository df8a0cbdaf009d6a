"""Counts of the whole world's events by cell and group, for any period, without scanning all events.

The events of each cell and group are stored together, sorted by day. Those of a period are then a contiguous range,
found by two binary searches whatever the number of events. Only events that may extend beyond an end of the period are
examined one by one.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.filters import Filters
from dashboard.geo import DETAIL
from dashboard.model import Status
from dashboard.store.codes import ASSERTIONS, CODES, GROUPS, PRECISIONS, STATUSES, Dating
from dashboard.store.counting.groups import TYPE_OF, Answer, Groups, Integers, Mask, z_curve
from dashboard.store.load import MORTON

NOWHERE = -1
"""The cell and the spot of events without coordinates."""
LEVEL = 5
"""The finest level of cells that is counted."""
CACHED_FILTERS = 8
"""Number of sets of filters to cache: a moving slider repeats the same filters with new periods."""
CACHED_DAYS = 4
"""Number of days to cache for each set of filters, with the rows at which the events from that day on begin."""
_CELLS = (1 << 2 * LEVEL) + 1
"""Number of cells of `LEVEL`, plus one for `NOWHERE`."""
ROWS = f"""SELECT grp, CASE WHEN x IS NULL THEN {NOWHERE} ELSE ({MORTON}) >> {2 * (DETAIL - LEVEL)} END::SMALLINT AS z,
    (since - DATE '1970-01-01')::INTEGER AS since, (until - DATE '1970-01-01')::INTEGER AS until, spot,
    geo_precision, assertion, status FROM events"""
"""SQL: the input of `DayIndex`, with days as integers since 1970, sorted by date as `load` does."""
# What distinguishes events besides cell and group.
_CATEGORIES = {"geo_precision": PRECISIONS, "assertion": ASSERTIONS, "status": STATUSES}
_EPOCH = date(1970, 1, 1).toordinal()
_NO_SPOT = np.iinfo(np.int32).max
_Array = npt.NDArray[Any]
_Find = Callable[[int], _Array]
Members = tuple[StrEnum, ...]


class _PeriodCounts(NamedTuple):
    """Counts of a period, one row per line; see `Groups`. Where ``n`` is 0, ``low`` is above ``high``."""

    n: _Array
    partial: _Array
    low: _Array
    high: _Array


class _SortedEvents:
    """Events sorted by line and first day: those of a line that begin in a period are a contiguous range."""

    def __init__(self, line: _Array, lines: int, day: _Array, spot: _Array) -> None:
        self._days, rank = np.unique(day, return_inverse=True)
        self._wide = len(self._days) + 1
        kind: type[np.signedinteger[Any]] = np.int32 if lines * self._wide < np.iinfo(np.int32).max else np.int64
        self._key = line.astype(kind) * self._wide + rank.astype(kind)
        self._spot, self._next = spot, _next_other(spot)

    def finder(self, lines: _Array) -> _Find:
        """A function from a day to the rows at which the events from that day on begin, one for each of these lines.

        Its last results are cached: a slider moves one end of the period, and the other stays.
        """
        lines = lines.astype(self._key.dtype) * self._wide  # NumPy would copy all keys if the types differed

        @lru_cache(CACHED_DAYS)
        def rows(rank: int) -> _Array:
            return np.searchsorted(self._key, lines + rank).astype(np.int32)

        return lambda day: rows(_days_before(self._days, day))

    def between(self, first: int, last: int, find: _Find) -> _PeriodCounts:
        """Count the events that begin between two days on the lines of the `finder`."""
        start, end = find(first), find(last + 1)
        some = np.flatnonzero(end > start)
        begin, stop = start[some], end[some]
        # All are at one spot exactly if the first event elsewhere comes after the range.
        one, other = self._spot[begin], self._spot[np.minimum(self._next[begin], stop - 1)]
        low, high = np.full(len(start), _NO_SPOT), np.full(len(start), -1, np.int32)
        low[some], high[some] = np.minimum(one, other), np.maximum(one, other)
        return _PeriodCounts(end - start, np.zeros_like(start), low, high)


def _days_before(days: _Array, day: int) -> int:
    """Number of the sorted days that are before a day."""
    limits = np.iinfo(days.dtype)
    return int(np.searchsorted(days, days.dtype.type(min(max(day, limits.min), limits.max))))


def _next_other(spot: _Array) -> _Array:
    """For each row the index of the next row with another spot, or the number of rows."""
    changes = np.flatnonzero(spot[1:] != spot[:-1]) + 1
    ends = np.append(changes, len(spot)).astype(np.int32)
    return np.repeat(ends, np.diff(ends, prepend=np.int32(0)))


class _SeveralDayEvents:
    """Events that lasted several days.

    Those that begin in a period are a contiguous range as well. Those that extend beyond one of its ends are searched
    one by one, among the events that begin near enough to that end.
    """

    def __init__(self, line: _Array, lines: int, since: _Array, until: _Array, spot: _Array) -> None:
        order = np.lexsort((since, line))
        self._begun = _SortedEvents(line[order], lines, since[order], spot[order])
        order = np.argsort(since, kind="stable")
        self._line, self._since, self._until, self._spot = (column[order] for column in (line, since, until, spot))
        self._line_count, self._longest = lines, int((until - since).max(initial=0))
        self.finder = self._begun.finder

    def between(self, first: int, last: int, lines: _Array, find: _Find) -> _PeriodCounts:
        """Count the events that overlap a period on some of the lines, those of the `finder`."""
        n, partial, low, high = self._begun.between(first, last, find)
        reaches_in = self._rows_beginning(first - self._longest, first, lambda rows: self._until[rows] >= first)
        reaches_out = self._rows_beginning(
            max(first, last + 1 - self._longest), last + 1, lambda rows: self._until[rows] > last
        )  # fmt: skip
        earlier = self._count_by_line(reaches_in)[lines]
        reached_low, reached_high = np.full(self._line_count, _NO_SPOT), np.full(self._line_count, -1)
        np.minimum.at(reached_low, self._line[reaches_in], self._spot[reaches_in])
        np.maximum.at(reached_high, self._line[reaches_in], self._spot[reaches_in])
        return _PeriodCounts(
            n + earlier, partial + earlier + self._count_by_line(reaches_out)[lines],
            np.minimum(low, reached_low[lines]), np.maximum(high, reached_high[lines]),
        )  # fmt: skip

    def _rows_beginning(self, first: int, stop: int, chosen: Callable[[slice], _Array]) -> _Array:
        """The chosen rows of the events that begin from the first day on and before ``stop``."""
        rows = slice(_days_before(self._since, first), _days_before(self._since, stop))
        return np.flatnonzero(chosen(rows)) + rows.start

    def _count_by_line(self, rows: _Array) -> _Array:
        return np.bincount(self._line[rows], minlength=self._line_count)


def _count_all(starts: _Array, spot: _Array) -> _PeriodCounts:
    """Count all events of lines that begin at these rows."""
    if not len(starts):
        return _PeriodCounts(*np.zeros((4, 0), np.int64))
    n = np.diff(starts, append=len(spot))
    return _PeriodCounts(n, np.zeros_like(n), np.minimum.reduceat(spot, starts), np.maximum.reduceat(spot, starts))


class DayIndex:
    """Counts of events by cell and group, in any period."""

    def __init__(self, rows: Answer) -> None:
        """``rows`` is the result of `ROWS`."""
        line, several, undated = self._assign_lines(rows)
        since, until, spot = (np.asarray(rows[name]) for name in ("since", "until", "spot"))
        order = np.argsort(line, kind="stable")  # a radix sort, for 16 bits
        starts = np.searchsorted(line, np.arange(len(self._group) + 1), sorter=order)
        self._parts = (slice(several), slice(several, undated), slice(undated, None))
        of_a_day, of_several_days, always = np.split(order, (starts[several], starts[undated]))
        self._of_a_day = _SortedEvents(line[of_a_day], several, since[of_a_day], spot[of_a_day])
        columns = (column[of_several_days] for column in (since, until, spot))
        self._of_several_days = _SeveralDayEvents(
            line[of_several_days].astype(np.int32) - several, undated - several, *columns
        )
        self._undated = _count_all(starts[undated:-1] - starts[undated], spot[always])
        self._cached_selection = lru_cache(CACHED_FILTERS)(self._select_lines)

    def _assign_lines(self, rows: Answer) -> tuple[_Array, int, int]:
        """The line of each event, and the first lines of events of several days and of undated events.

        Lines are sorted by dating, group and cell; a line holds the events that no filter here can distinguish.
        """
        group, z = np.asarray(rows["grp"]), np.asarray(rows["z"])
        place, places = _ranks(
            (group % len(Dating) * np.int32(GROUPS) + group) * np.int32(_CELLS) + (z - np.int32(NOWHERE))
        )
        kind = np.zeros(len(group), np.uint16)
        for name, members in _CATEGORIES.items():
            kind = kind * np.uint16(len(members)) + rows[name]
        kind, kinds = _ranks(kind)
        line, pairs = _ranks(place.astype(np.int32) * np.int32(len(kinds)) + kind)
        rest, cell = np.divmod(places[pairs // max(len(kinds), 1)], _CELLS)
        self._group, self._z = rest % GROUPS, cell + NOWHERE
        codes = kinds[pairs % max(len(kinds), 1)]
        self._of: dict[str, _Array] = {"event_type": TYPE_OF[self._group]}
        for name, members in reversed(_CATEGORIES.items()):
            codes, self._of[name] = np.divmod(codes, len(members))
        several, undated = np.searchsorted(rest // GROUPS, (Dating.INTERVAL, Dating.UNDATED)).tolist()
        return line, several, undated

    @staticmethod
    def can_answer(filters: Filters) -> bool:
        """True if the filters only use what the index knows."""
        asked = Filters(
            date_from=filters.date_from, date_to=filters.date_to, types=filters.types,
            precisions=filters.precisions, assertions=filters.assertions, statuses=filters.statuses,
        )  # fmt: skip
        return asked == filters

    def count(self, filters: Filters, level: int) -> Groups:
        """Count the events that pass the filters, by cell of a level up to `LEVEL`."""
        first = filters.date_from.toordinal() - _EPOCH if filters.date_from else np.iinfo(np.int32).min
        last = filters.date_to.toordinal() - _EPOCH if filters.date_to else np.iinfo(np.int32).max
        lines = self._cached_selection(filters.types, filters.precisions, filters.assertions, filters.statuses, level)
        if not len(lines.starts):
            return Groups.empty()
        parts = (
            self._of_a_day.between(first, last, lines.find_of_a_day),
            self._of_several_days.between(first, last, lines.of_several_days, lines.find_of_several_days),
            _PeriodCounts(*(column[lines.undated] for column in self._undated)),
        )
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        added = (np.add, np.add, np.minimum, np.maximum)
        n, partial, low, high = (how.reduceat(column, lines.starts) for how, column in zip(added, columns, strict=True))
        some = np.flatnonzero(n)
        return Groups(
            place=lines.place[some], group=lines.group[some], n=n[some], partial=partial[some], low=low[some],
            high=high[some],
        )  # fmt: skip

    def _select_lines(
        self, types: Members, precisions: Members, assertions: Members, statuses: Members, level: int
    ) -> "_LineSelection":
        """The lines that pass the filters, whatever the period, and how they add up to groups."""
        chosen = {"event_type": types, "geo_precision": precisions, "assertion": assertions, "status": statuses}
        passes: Mask = np.ones(len(self._group), bool)
        if not statuses:
            passes &= self._of["status"] != CODES[Status.REJECTED]
        for name, members in chosen.items():
            if members:
                passes &= np.isin(self._of[name], [CODES[member] for member in members])
        group, z = self._group[passes], self._z[passes] >> 2 * (LEVEL - level)
        starts = _group_starts(group, z)
        of_a_day, several, undated = (np.flatnonzero(passes[part]) for part in self._parts)
        return _LineSelection(
            self._of_a_day.finder(of_a_day), several, self._of_several_days.finder(several), undated, starts,
            _PLACES[z[starts]], group[starts],
        )  # fmt: skip


class _LineSelection(NamedTuple):
    """Selected lines by their index in each part, and the groups that they add up to, with their first lines."""

    find_of_a_day: _Find
    of_several_days: _Array
    find_of_several_days: _Find
    undated: _Array
    starts: _Array
    place: _Array
    group: _Array


def _ranks(code: _Array) -> tuple[_Array, _Array]:
    """The rank of each code among the codes that occur, in the smallest type, and these codes."""
    counts = np.bincount(code)
    codes = np.flatnonzero(counts)
    ranks = (np.cumsum(counts > 0) - 1).astype(np.min_scalar_type(max(len(codes) - 1, 0)))
    return ranks[code], codes


def _group_starts(group: _Array, z: _Array) -> _Array:
    """The rows at which a new group or cell begins."""
    begins = np.ones(len(group), bool)
    begins[1:] = (group[1:] != group[:-1]) | (z[1:] != z[:-1])
    return np.flatnonzero(begins)


def _places() -> Integers:
    """The number (see `groups.cell_of`) of each cell of `LEVEL`, in the order of the Z-curve; `NOWHERE` is last."""
    row, column = np.divmod(np.arange(1 << 2 * LEVEL), 1 << LEVEL)
    places = np.full(len(row) + 1, NOWHERE)
    places[z_curve(column, row)] = row << DETAIL | column
    return places


_PLACES = _places()
