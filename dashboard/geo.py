"""Geometry of the map: boxes and views in degrees, the Web Mercator square with its cells, and distances.

A view is divided into whole cells of the square, about 64 to 128 pixels wide.
"""

import math
import re
from typing import NamedTuple, Protocol, Self

DETAIL = 14
"""The finest level of cells: 2**14 columns and rows, each 2.4 km wide at the equator."""
CELL_LEVELS_BELOW_TILES = 2
"""A map tile of zoom z is 256 pixels wide; cells are two levels finer, so 64 pixels."""
MAX_CELLS = 300
"""Maximum cells of one view; a larger view is divided more coarsely, so that no screen gets too many clusters."""
MAX_LATITUDE = 85.05112877980659
"""The edge of the Web Mercator square; anything beyond is drawn at the edge."""
MAP_SIZE = (845, 486)
"""Pixels of a typical map, until the browser reports what is in view."""
EARTH_RADIUS_KM = 6371.0
_CELL_PATTERN = re.compile(r"([0-9]{1,2})-([0-9]{1,5})-([0-9]{1,5})")


class HasCoordinates(Protocol):
    """Anything at one point on Earth, in WGS 84 degrees."""

    @property
    def latitude(self) -> float:
        """Degrees north of the equator."""

    @property
    def longitude(self) -> float:
        """Degrees east of Greenwich."""


class Box(NamedTuple):
    """A geographic bounding box in WGS 84 degrees; it crosses the antimeridian where west > east."""

    west: float
    south: float
    east: float
    north: float


class Viewport(NamedTuple):
    """The visible part of the map: its box and its zoom, as in Leaflet (0: the world in 256 pixels)."""

    box: Box
    zoom: float


class Cell(NamedTuple):
    """One cell of the square: its level, and its column and row counted from the north-west corner."""

    level: int
    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.level}-{self.column}-{self.row}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The cell of a key such as ``5-20-11``; None if there is no such cell."""
        match = _CELL_PATTERN.fullmatch(text)
        cell = cls(*map(int, match.groups())) if match else None
        fits = cell and cell.level <= DETAIL and max(cell.column, cell.row) < 1 << cell.level
        return cell if fits else None

    @classmethod
    def holding(cls, x: int, y: int, level: int) -> Self:
        """The cell that holds a point, given as its column and row of `DETAIL`."""
        return cls(level, x >> (DETAIL - level), y >> (DETAIL - level))

    def box(self) -> Box:
        """The box that the cell covers."""
        size = 1 << self.level
        north, south = (latitude_of((self.row + n) / size) for n in (0, 1))
        return Box(self.column / size * 360 - 180, south, (self.column + 1) / size * 360 - 180, north)


class Grid(NamedTuple):
    """The whole cells that cover a view. Column numbers continue across the antimeridian."""

    level: int
    column: int
    row: int
    columns: int
    rows: int

    def cell(self, index: int) -> Cell:
        """The cell at an index, which runs through the first row, then the second …"""
        row, column = divmod(index, self.columns)
        return Cell(self.level, (self.column + column) & ((1 << self.level) - 1), self.row + row)


def grid_of(viewport: Viewport) -> Grid:
    """The cells of a view and a ring of one cell around it, so that the marks are already there after a small pan."""
    box = viewport.box
    level = min(max(math.floor(viewport.zoom) + CELL_LEVELS_BELOW_TILES, 0), DETAIL)
    while True:
        grid = _grid_at_level(box, level)
        if grid.columns * grid.rows <= MAX_CELLS or level == 0:
            return grid
        level -= 1


def _grid_at_level(box: Box, level: int) -> Grid:
    size = 1 << level
    west = math.floor((box.west + 180) / 360 * size) - 1
    east = math.floor(((box.east if box.east >= box.west else box.east + 360) + 180) / 360 * size) + 1
    north = max(math.floor(mercator(box.north) * size) - 1, 0)
    south = min(math.floor(mercator(box.south) * size) + 1, size - 1)
    if east - west + 1 >= size:
        west, east = 0, size - 1
    return Grid(level, west % size, north, east - west + 1, max(south - north + 1, 1))


def mercator(latitude: float) -> float:
    """A latitude as its share of the Web Mercator square from the north edge: 0 to 1, the equator at 0.5."""
    sine = math.sin(math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, latitude))))
    return min(max(0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi), 0.0), 1.0)


def latitude_of(share: float) -> float:
    """Inverse of `mercator`, in degrees."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))


def viewport_around(box: Box) -> Viewport:
    """The approximate view of a map that is fitted to a box."""
    latitude, longitude, zoom = centre_and_zoom(box, MAP_SIZE, closest=8.0)
    return viewport_at(latitude, longitude, max(zoom, 1.0))


def centre_and_zoom(box: Box, size: tuple[float, float], *, closest: float) -> tuple[float, float, float]:
    """Latitude, longitude and zoom, at most ``closest``, at which a map of this size in pixels shows a whole box."""
    wide = ((box.east - box.west) % 360) / 360
    high = mercator(box.south) - mercator(box.north)
    room = ((max(size[0] - 166, 100), wide), (max(size[1] - 92, 100), high))  # without the margins of the map
    zooms = [math.log2(pixels / 256 / share) for pixels, share in room if share > 0]
    middle = latitude_of((mercator(box.south) + mercator(box.north)) / 2)
    return middle, wrapped(box.west + wide * 180), min([*zooms, closest])


def size_in_pixels(viewport: Viewport) -> tuple[float, float]:
    """Width and height in pixels of a map with this view; for a view of the whole globe, those of the globe."""
    box, world = viewport.box, 256 * 2**viewport.zoom
    wide = (box.east - box.west) % 360 / 360 or 1.0
    return wide * world, (mercator(box.south) - mercator(box.north)) * world


def viewport_at(latitude: float, longitude: float, zoom: float) -> Viewport:
    """The approximate view of a map centred on a point."""
    half_wide, half_high = (pixels / 2 / 256 / 2**zoom for pixels in MAP_SIZE)
    middle = mercator(latitude)
    south, north = (latitude_of(min(max(middle + side * half_high, 0.0), 1.0)) for side in (1, -1))
    if half_wide >= 0.5:
        return Viewport(Box(-180, south, 180, north), zoom)
    west, east = (wrapped(longitude + side * half_wide * 360) for side in (-1, 1))
    return Viewport(Box(west, south, east, north), zoom)


def wrapped(longitude: float) -> float:
    """The same meridian between -180 and 180 degrees."""
    return (longitude + 180) % 360 - 180


def distance_km(first: HasCoordinates, second: HasCoordinates) -> float:
    """Great-circle distance on a sphere."""
    lat1, lat2 = math.radians(first.latitude), math.radians(second.latitude)
    dlon = math.radians(second.longitude - first.longitude)
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))
