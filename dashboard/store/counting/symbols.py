"""From counted groups to marks: one for each place, or one cluster for the crowded places of a cell."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dashboard.geo import DETAIL, Box, Cell, Grid, latitude_of, mercator
from dashboard.marks import Mark, Shape
from dashboard.store.codes import SHAPE_OF_PLACEMENT, Placement
from dashboard.store.counting.groups import Answer, Groups, Integers, Mask, Symbols, cell_of, z_curve

Outline = tuple[float, float, float, float]
"""West, south, east and north of an area, in degrees."""
OutlineBox = Callable[[str], Outline | None]
"""Returns the box of a place_id's outline; None without an outline."""


class Spot(NamedTuple):
    """A point of the map with its place. Coordinates are WGS 84 degrees."""

    spot: int
    key: str
    place_id: str
    name: str
    latitude: float
    longitude: float
    radius_km: float | None


class EventPosition(NamedTuple):
    """Where an event is counted: its group, its column and row of `DETAIL`, and the key of its spot.

    For an event off the map, only the group is meaningful.
    """

    group: int
    x: int
    y: int
    spot_key: str


Spots = Callable[[Sequence[int]], Mapping[int, Spot]]
"""Returns the spots with these numbers."""


class SpotIndex:
    """The positions of all spots, and the bounds of the areas."""

    def __init__(self, spots: Answer, areas: Sequence[Spot], outline_box: OutlineBox) -> None:
        """``spots`` is the result of `queries.CENTRES`, in the order of the spots, which is that of the Z-curve."""
        self._x, self._y = np.asarray(spots["x"], np.int64), np.asarray(spots["y"], np.int64)
        self._z = z_curve(self._x, self._y)
        east = np.asarray(spots["longitude"], float) / 360 + 0.5
        south = np.array([mercator(latitude) for latitude in spots["latitude"]])
        weight = np.asarray(spots["dots"], float) + np.asarray(spots["areas"], float)
        self._sums = [
            np.concatenate([[0.0], np.cumsum(share * weight)]) for share in (east, south, np.ones(len(weight)))
        ]
        self._areas = np.array([area.spot for area in areas], np.int64)
        boxes = [_area_bounds(area, outline_box(area.place_id)) for area in areas]
        self._west, self._south, self._east, self._north = np.array(boxes, np.int64).reshape(-1, 4).T

    def areas_from_outside(self, grid: Grid) -> list[int]:
        """The spots of areas that extend into the grid although their own point is outside."""
        shift, size = DETAIL - grid.level, 1 << grid.level
        column, wide = ((self._west >> shift) - grid.column) % size, (self._east >> shift) - (self._west >> shift)
        beside = (column >= grid.columns) & (column + wide < size)
        apart = (self._south >> shift < grid.row) | (self._north >> shift >= grid.row + grid.rows)
        reach = self._areas[~(beside | apart)]
        outside = ~in_grid((self._y[reach] >> shift) << DETAIL | (self._x[reach] >> shift), grid)
        spots: list[int] = reach[outside].tolist()
        return spots

    def centres(self, cells: Sequence[Cell]) -> list[tuple[float, float]]:
        """Mean latitude and longitude of the events of cells of one level, in the map's projection.

        Filters are ignored, so that a cluster does not move while filters change, and clusters of several manners in
        one cell are at the same point.
        """
        if not cells:
            return []
        shift = 2 * (DETAIL - cells[0].level)
        first = z_curve(*(np.array([getattr(cell, name) for cell in cells]) for name in ("column", "row"))) << shift
        start, end = np.searchsorted(self._z, first), np.searchsorted(self._z, first + (1 << shift))
        east, south, weight = (sums[end] - sums[start] for sums in self._sums)
        return [(latitude_of(y), x * 360 - 180) for x, y in zip(east / weight, south / weight, strict=True)]


def _area_bounds(area: Spot, outline: Outline | None) -> tuple[int, int, int, int]:
    """West, south, east and north end of an area in columns and rows of `DETAIL`; rows count from the north."""
    around = (area.radius_km or 0) / 111.2
    west, south = area.longitude - around, max(area.latitude - around, -90)
    east, north = area.longitude + around, min(area.latitude + around, 90)
    west, south, east, north = outline or (west, south, east, north)
    side = 1 << DETAIL
    east = east if east >= west else east + 360
    columns = (int(np.floor((longitude / 360 + 0.5) * side)) for longitude in (west, east))
    rows = (int(np.floor(mercator(latitude) * side)) for latitude in (north, south))
    (first, last), (top, bottom) = columns, rows
    return first, bottom, last, top


def marks_by_spot(groups: Groups, spots: Spots) -> list[Mark]:
    """A mark for each spot, manner and placement; the places of the groups are spots."""
    symbols = Symbols.of(groups, groups.placements)
    spot_of = spots(symbols.place.tolist())
    marks = []
    for n, place in enumerate(symbols.place.tolist()):
        spot, shape = spot_of[place], SHAPE_OF_PLACEMENT[Placement(symbols.placement[n])]
        mark = Mark(
            key=f"{spot.key}.{symbols.manner_of(n)}.{shape}",
            place_id=spot.place_id,
            label=spot.name,
            shape=shape,
            latitude=spot.latitude,
            longitude=spot.longitude,
            radius_km=spot.radius_km,
            **symbols.mark_fields(n),
        )
        marks.append(mark)
    return marks


def in_grid(cells: Integers, grid: Grid) -> Mask:
    """Which of the cells with these numbers are in the grid."""
    column, row = cells & ((1 << DETAIL) - 1), cells >> DETAIL
    beside = (column - grid.column) & ((1 << grid.level) - 1)
    return (cells >= 0) & (beside < grid.columns) & (row >= grid.row) & (row < grid.row + grid.rows)


def marks_by_cell(groups: Groups, level: int, points: SpotIndex, spots: Spots) -> list[Mark]:
    """Marks of groups counted by cell: a spot alone in its cell is its own mark, others form the cell's cluster."""
    symbols = Symbols.of(groups, np.where(groups.placements == Placement.AREA, int(Placement.AREA), int(Placement.DOT)))
    alone: Mask = symbols.low == symbols.high
    themselves = groups.where(alone[symbols.line])
    marks = marks_by_spot(themselves.with_place(themselves.low), spots)
    for where, shape in ((Placement.DOT, Shape.CLUSTER), (Placement.AREA, Shape.AREAS)):
        lines = np.flatnonzero(~alone & (symbols.placement == where)).tolist()
        cells = [cell_of(int(symbols.place[n]), level) for n in lines]
        for n, cell, (latitude, longitude) in zip(lines, cells, points.centres(cells), strict=True):
            mark = Mark(
                key=f"{cell}.{symbols.manner_of(n)}.{shape}", place_id="", label="", shape=shape,
                latitude=latitude, longitude=longitude, **symbols.mark_fields(n),
            )  # fmt: skip
            marks.append(mark)
    return marks


def box_of_strips(strips: Sequence[int], top: int, bottom: int, level: int = 10) -> Box:
    """The box of events, from their strips of longitude (columns of a level) and their rows of `DETAIL`.

    It takes the short way around the globe; across the antimeridian, west is greater than east.
    """
    ordered, size = sorted(strips), 1 << level
    around = zip(ordered, [*ordered[1:], ordered[0] + size], strict=True)
    _, widest = max((after - before, n) for n, (before, after) in enumerate(around))
    west, east = ordered[(widest + 1) % len(ordered)], ordered[widest]
    north, south = (latitude_of(row / (1 << DETAIL)) for row in (top, bottom + 1))
    return Box(west / size * 360 - 180, south, (east + 1) / size * 360 - 180, north)
