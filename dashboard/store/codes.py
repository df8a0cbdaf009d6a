"""Small numbers for what has few values, so that a million events fit into memory and are counted in milliseconds.

Every enumeration of the model is a number: its place in the enumeration. What decides how an event is drawn and
counted is packed into one more number, its group: shape, manner, type, whether somebody has reviewed it, and whether
its date is a day, an interval or unknown. Queries group by it, and `unpacked` takes it apart.

Its digits, the most significant first; each stands for as many values as its base:

==========  ====  ==========================================================================
digit       base  values
==========  ====  ==========================================================================
shape          4  `Where`: 0 off the map, 1 dot, 2 ring, 3 area
manner         3  `MANNERS`: 0 act, 1 named, 2 background
type           9  `TYPES`: 0 battle … 7 statement, 8 other
pending        2  0 reviewed, 1 pending
dating         3  `Dating`: 0 day, 1 interval, 2 undated
==========  ====  ==========================================================================

A pending threat (manner 1) of type statement (7), somewhere near a town (2), within some days (1), is of group
(((2 * 3 + 1) * 9 + 7) * 2 + 1) * 3 + 1 = 424. So all groups of one shape, and of one shape and manner, are a range.
"""

from enum import IntEnum, StrEnum

from dashboard.marks import Manner, Shape
from dashboard.model import Assertion, EventType, GeoPrecision, Status

TYPES = tuple(EventType)
PRECISIONS = tuple(GeoPrecision)
ASSERTIONS = tuple(Assertion)
STATUSES = tuple(Status)
MANNERS = tuple(Manner)

CODES: dict[StrEnum, int] = {
    member: number for kind in (TYPES, PRECISIONS, ASSERTIONS, STATUSES) for number, member in enumerate(kind)
}
"""The number of each member of the enumerations."""


class Where(IntEnum):
    """Where an event stands: each is exactly one of off the map (in the tray), a dot, a ring, an area."""

    OFF = 0
    DOT = 1
    RING = 2
    AREA = 3


class Dating(IntEnum):
    """How an event is dated: to one day, to an interval (so that only a part may lie in a period), or not at all."""

    DAY = 0
    INTERVAL = 1
    UNDATED = 2


SHAPES = {Where.DOT: Shape.DOT, Where.RING: Shape.RING, Where.AREA: Shape.AREA}
WHERES = {shape: (where,) for where, shape in SHAPES.items()} | {
    Shape.CLUSTER: (Where.DOT, Where.RING), Shape.AREAS: (Where.AREA,),
}  # fmt: skip
"""What a mark of each shape counts."""

_SIZES = (len(Where), len(MANNERS), len(TYPES), 2, len(Dating))
GROUPS = 1
for _size in _SIZES:
    GROUPS *= _size
"""How many groups there are."""
GROUPS_OF_A_MANNER = len(TYPES) * 2 * len(Dating)
GROUPS_OF_A_SHAPE = len(MANNERS) * GROUPS_OF_A_MANNER


def unpacked(group: int) -> tuple[Where, Manner, EventType, bool, Dating]:
    """Shape, manner, type, whether it is pending, and dating of a group."""
    rest, dating = divmod(group, len(Dating))
    rest, pending = divmod(rest, 2)
    rest, event_type = divmod(rest, len(TYPES))
    where, manner = divmod(rest, len(MANNERS))
    return Where(where), MANNERS[manner], TYPES[event_type], bool(pending), Dating(dating)


MEANING_OF_GROUP = tuple(unpacked(group) for group in range(GROUPS))


def groups_of(where: Where, manner: Manner) -> tuple[int, int]:
    """The first and the last group of a shape and manner: they stand next to each other."""
    first = where * GROUPS_OF_A_SHAPE + MANNERS.index(manner) * GROUPS_OF_A_MANNER
    return first, first + GROUPS_OF_A_MANNER - 1


def _listed(members: list[GeoPrecision] | list[Assertion]) -> str:
    """Constants of our own enumerations as an SQL list; never called with data."""
    return "(" + ", ".join(f"'{member}'" for member in members) + ")"


_WHERE = f"""CASE WHEN latitude IS NULL OR geo_precision IN {_listed([p for p in PRECISIONS if p.is_off_map])} THEN 0
    WHEN geo_precision IN {_listed([p for p in PRECISIONS if p.is_area])} THEN 3
    WHEN geo_precision = '{GeoPrecision.NEAR}' THEN 2 ELSE 1 END"""
_MANNER = f"""CASE WHEN assertion IN {_listed([a for a in ASSERTIONS if a.is_act])} THEN 0
    WHEN assertion = '{Assertion.BACKGROUND}' THEN 2 ELSE 1 END"""
_DATING = "CASE WHEN date_start IS NULL THEN 2 WHEN date_start = date_end THEN 0 ELSE 1 END"


def code_of(column: str, members: tuple[StrEnum, ...]) -> str:
    """SQL: the number of the member that a column of text names; NULL if it names none."""
    cases = " ".join(f"WHEN '{member}' THEN {number}" for number, member in enumerate(members))
    return f"CASE {column} {cases} END"


GROUP = f"""(((({_WHERE}) * {len(MANNERS)} + ({_MANNER})) * {len(TYPES)} + {code_of("event_type", TYPES)}) * 2
    + CASE WHEN status = '{Status.PENDING}' THEN 1 ELSE 0 END) * {len(Dating)} + {_DATING}"""
"""SQL: the group of a row whose columns are text, as those of events.csv are."""
