"""What stands on the map: marks for events at one place, clusters for those of several places close together.

A view is cut into whole cells of the Web Mercator square, about 64 to 128 pixels wide. What a cell counts is all of
its events, also those a little outside the view, so the number on a badge and the list behind it are the same.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from dashboard.errors import DataError, shown
from dashboard.model import ID_PATTERN, Assertion, EventType

DETAIL = 14
"""The finest level of cells: 2**14 columns and rows, each 2.4 km wide at the equator."""
CELL_LEVELS_BELOW_TILES = 2
"""A map tile of zoom z is 256 pixels wide; cells are two levels finer, so 64 pixels."""
MAX_CELLS = 300
"""Most cells of one view; a larger view is cut more coarsely, so that no screen gets more clusters than it can show."""
UNCLUSTERED = 400
"""Up to so many events in view, nothing is clustered: each place has a mark of its own."""
MAX_LATITUDE = 85.05112877980659
"""Where the square of Web Mercator ends; what lies beyond is drawn at its edge."""

MOST_MEMBERS = UNCLUSTERED
"""Most places, and most cells, that one key names: each place of a view whose places stand apart has its own mark."""
_CELL = r"[0-9]{1,2}-[0-9]{1,5}-[0-9]{1,5}"
_MANNER = r"\.(act|named|background)\."
KEY_PATTERN = re.compile(
    rf"({ID_PATTERN.pattern}){_MANNER}(dot|ring|area)"
    rf"|((?:{_CELL}(?:_{_CELL}){{0,{MOST_MEMBERS - 1}}})?)((?:~{ID_PATTERN.pattern}){{0,{MOST_MEMBERS}}})"
    rf"{_MANNER}(cluster|areas)"
)
"""What a click on a mark reports: a place, or the members of a cluster, manner and shape. Members are cells with ``_``
between them, then places with ``~`` before each: ``5-20-11_5-21-11~geonames:1138958.act.cluster``. Every character is
safe in an address and wherever an id is safe."""
_CELL_PATTERN = re.compile(r"([0-9]{1,2})-([0-9]{1,5})-([0-9]{1,5})")


class Box(NamedTuple):
    """A geographic bounding box in WGS 84 degrees; it crosses the antimeridian where west > east."""

    west: float
    south: float
    east: float
    north: float


class Viewport(NamedTuple):
    """What the reader sees of the map: its box and its zoom, as Leaflet counts (0: the world in 256 pixels)."""

    box: Box
    zoom: float


class Shape(StrEnum):
    """How exactly the mark is drawn: a dot is a known point, a ring a neighbourhood, an area an outline.

    A `cluster` stands for dots and rings of several places, `areas` for several areas: nobody adds them together.
    """

    DOT = "dot"
    RING = "ring"
    AREA = "area"
    CLUSTER = "cluster"
    AREAS = "areas"

    @property
    def is_of_cell(self) -> bool:
        """True if the symbol stands for the places of cells, or for places that would cover each other."""
        return self in (Shape.CLUSTER, Shape.AREAS)


class Manner(StrEnum):
    """How the mark's events are told. Events of different manners never share a mark.

    `act`: reported or claimed to have happened. `named`: the place is only named: threatened, planned or
    denied; nothing is said to have happened there. `background`: history the article recalls.
    """

    ACT = "act"
    NAMED = "named"
    BACKGROUND = "background"

    @classmethod
    def of(cls, assertion: Assertion) -> "Manner":
        """The manner in which an event with this assertion is drawn."""
        if assertion.is_act:
            return cls.ACT
        return cls.BACKGROUND if assertion is Assertion.BACKGROUND else cls.NAMED


class Cell(NamedTuple):
    """One cell of the square: its level, and its column and row counted from the north-west corner."""

    level: int
    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.level}-{self.column}-{self.row}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The cell of a key such as ``5-20-11``; None if the square has no such cell."""
        match = _CELL_PATTERN.fullmatch(text)
        cell = cls(*map(int, match.groups())) if match else None
        fits = cell and cell.level <= DETAIL and max(cell.column, cell.row) < 1 << cell.level
        return cell if fits else None

    @classmethod
    def holding(cls, x: int, y: int, level: int) -> Self:
        """The cell that holds a point, given as its column and row of `DETAIL`."""
        return cls(level, x >> (DETAIL - level), y >> (DETAIL - level))

    def box(self) -> Box:
        """What the cell covers."""
        size = 1 << self.level
        north, south = (latitude_of((self.row + n) / size) for n in (0, 1))
        return Box(self.column / size * 360 - 180, south, (self.column + 1) / size * 360 - 180, north)


class Grid(NamedTuple):
    """The whole cells that cover a view. Columns are counted on around the antimeridian."""

    level: int
    column: int
    row: int
    columns: int
    rows: int

    def cell(self, index: int) -> Cell:
        """The cell of an index, which counts the columns of the first row, then those of the second …"""
        row, column = divmod(index, self.columns)
        return Cell(self.level, (self.column + column) & ((1 << self.level) - 1), self.row + row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One symbol on the map, and how many events of which types it stands for."""

    key: str
    """What a click reports; see `KEY_PATTERN`."""
    place_id: str
    """Empty for the mark of a cell."""
    label: str
    """The place's name: raw text, to be escaped by whoever draws it. Empty for the mark of a cell."""
    latitude: float
    longitude: float
    shape: Shape
    manner: Manner
    types: tuple[tuple[EventType, int], ...]
    """Events by type, most frequent first; never empty."""
    radius_km: float | None = None
    faded: bool = False
    """True if no event of it is sure to lie in the chosen period: undated, or only a part of its interval inside."""
    pending: bool = False
    """True if at least one of the events has not been reviewed."""

    @property
    def count(self) -> int:
        """The number on the badge: exactly the events behind the mark."""
        return sum(n for _, n in self.types)


class Key(NamedTuple):
    """A mark's key, taken apart: the places and cells it stands for (all cells of one level), manner and shape."""

    place_ids: tuple[str, ...]
    cells: tuple[Cell, ...]
    manner: Manner
    shape: Shape

    @classmethod
    def parse(cls, key: str) -> Self:
        """Take a key apart. Raises `DataError` for what is no key of a mark."""
        match = KEY_PATTERN.fullmatch(key)
        if match and match[1]:
            return cls((match[1],), (), Manner(match[2]), Shape(match[3]))
        if match and (match[4] or match[5]):
            cells = [Cell.parse(text) for text in match[4].split("_")] if match[4] else []
            known = tuple(cell for cell in cells if cell)
            if len(known) == len(cells) and len({cell.level for cell in known}) <= 1:
                return cls(tuple(match[5].split("~")[1:]), known, Manner(match[6]), Shape(match[7]))
        raise DataError(f"The key of a mark must be place_id.manner.shape, got {shown(key)}.")


def grid_of(viewport: Viewport) -> Grid:
    """The cells of a view and a ring of one cell around it, so that a small pan meets marks that are there already."""
    box = viewport.box
    level = min(max(math.floor(viewport.zoom) + CELL_LEVELS_BELOW_TILES, 0), DETAIL)
    while True:
        grid = _grid(box, level)
        if grid.columns * grid.rows <= MAX_CELLS or level == 0:
            return grid
        level -= 1


def _grid(box: Box, level: int) -> Grid:
    size = 1 << level
    west = math.floor((box.west + 180) / 360 * size) - 1
    east = math.floor(((box.east if box.east >= box.west else box.east + 360) + 180) / 360 * size) + 1
    north = max(math.floor(mercator(box.north) * size) - 1, 0)
    south = min(math.floor(mercator(box.south) * size) + 1, size - 1)
    if east - west + 1 >= size:
        west, east = 0, size - 1
    return Grid(level, west % size, north, east - west + 1, max(south - north + 1, 1))


def mercator(latitude: float) -> float:
    """How far south of its north edge the square of Web Mercator holds a latitude: 0 to 1, the equator at 0.5."""
    sine = math.sin(math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, latitude))))
    return min(max(0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi), 0.0), 1.0)


def latitude_of(share: float) -> float:
    """Inverse of `mercator`, in degrees."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))


MAP_SIZE = (845, 486)
"""Pixels of a usual map, for the time until the browser says what is in view."""


def around(box: Box) -> Viewport:
    """About what a map shows when it is fitted to a box."""
    latitude, longitude, zoom = fitted(box, MAP_SIZE, closest=8.0)
    return viewport_at(latitude, longitude, max(zoom, 1.0))


def fitted(box: Box, size: tuple[float, float], *, closest: float) -> tuple[float, float, float]:
    """Latitude, longitude and zoom, ``closest`` at most, at which a map of this size in pixels shows a whole box."""
    wide = ((box.east - box.west) % 360) / 360
    high = mercator(box.south) - mercator(box.north)
    room = ((max(size[0] - 166, 100), wide), (max(size[1] - 92, 100), high))  # what the map leaves free at its edges
    zooms = [math.log2(pixels / 256 / share) for pixels, share in room if share > 0]
    middle = latitude_of((mercator(box.south) + mercator(box.north)) / 2)
    return middle, _wrapped(box.west + wide * 180), min([*zooms, closest])


def size_of(viewport: Viewport) -> tuple[float, float]:
    """Width and height in pixels of the map that shows a view; of one that shows the whole globe, of the globe."""
    box, world = viewport.box, 256 * 2**viewport.zoom
    wide = (box.east - box.west) % 360 / 360 or 1.0
    return wide * world, (mercator(box.south) - mercator(box.north)) * world


def viewport_at(latitude: float, longitude: float, zoom: float) -> Viewport:
    """About what a map shows whose middle is a point."""
    half_wide, half_high = (pixels / 2 / 256 / 2**zoom for pixels in MAP_SIZE)
    middle = mercator(latitude)
    south, north = (latitude_of(min(max(middle + side * half_high, 0.0), 1.0)) for side in (1, -1))
    if half_wide >= 0.5:
        return Viewport(Box(-180, south, 180, north), zoom)
    west, east = (_wrapped(longitude + side * half_wide * 360) for side in (-1, 1))
    return Viewport(Box(west, south, east, north), zoom)


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180
