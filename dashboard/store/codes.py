"""Small integers for columns with few values, so that a million events fit into memory and are counted quickly.

Each member of the model's enumerations is coded by its index. Everything that decides how an event is drawn and counted
is packed into one more number, its group: placement, manner, type, whether it is pending, and how it is dated. Queries
write that number (`GROUP_SQL`) and group by it; `unpack_group` takes it apart again.

The group is a number in a mixed radix, most significant digit first:

==========  ====  ==========================================================================
digit       base  values
==========  ====  ==========================================================================
placement      4  `Placement`: 0 off the map, 1 dot, 2 ring, 3 area
manner         3  `MANNERS`: 0 act, 1 named, 2 background
type           9  `TYPES`: 0 battle … 7 statement, 8 other
pending        2  0 reviewed, 1 pending
dating         3  `Dating`: 0 day, 1 interval, 2 undated
==========  ====  ==========================================================================

Worked example: a pending (1) threat (manner 1) of type statement (7), near a town (2), dated to an interval (1), has
group (((2 * 3 + 1) * 9 + 7) * 2 + 1) * 3 + 1 = 424. Back: 424 = 141 * 3 + 1 (interval), 141 = 70 * 2 + 1 (pending),
70 = 7 * 9 + 7 (statement), 7 = 2 * 3 + 1 (ring, named). Therefore all groups of one placement, and of one placement and
manner, are a contiguous range.
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


class Placement(IntEnum):
    """How an event is placed: exactly one of off the map (in the tray), a dot, a ring or an area."""

    OFF = 0
    DOT = 1
    RING = 2
    AREA = 3


class Dating(IntEnum):
    """How an event is dated: to a day, to an interval (which a period may cover in part), or not at all."""

    DAY = 0
    INTERVAL = 1
    UNDATED = 2


SHAPE_OF_PLACEMENT = {Placement.DOT: Shape.DOT, Placement.RING: Shape.RING, Placement.AREA: Shape.AREA}
PLACEMENTS_OF_SHAPE = {shape: (where,) for where, shape in SHAPE_OF_PLACEMENT.items()} | {
    Shape.CLUSTER: (Placement.DOT, Placement.RING), Shape.AREAS: (Placement.AREA,),
}  # fmt: skip
"""The placements that a mark of each shape counts."""

_SIZES = (len(Placement), len(MANNERS), len(TYPES), 2, len(Dating))
GROUPS = 1
for _size in _SIZES:
    GROUPS *= _size
"""Number of groups."""
GROUPS_OF_A_MANNER = len(TYPES) * 2 * len(Dating)
GROUPS_OF_A_PLACEMENT = len(MANNERS) * GROUPS_OF_A_MANNER


def unpack_group(group: int) -> tuple[Placement, Manner, EventType, bool, Dating]:
    """Placement, manner, type, whether it is pending, and dating of a group."""
    rest, dating = divmod(group, len(Dating))
    rest, pending = divmod(rest, 2)
    rest, event_type = divmod(rest, len(TYPES))
    placement, manner = divmod(rest, len(MANNERS))
    return Placement(placement), MANNERS[manner], TYPES[event_type], bool(pending), Dating(dating)


MEANING_OF_GROUP = tuple(unpack_group(group) for group in range(GROUPS))


def group_range(placement: Placement, manner: Manner) -> tuple[int, int]:
    """The first and the last group of a placement and manner; those between have the same two digits."""
    first = placement * GROUPS_OF_A_PLACEMENT + MANNERS.index(manner) * GROUPS_OF_A_MANNER
    return first, first + GROUPS_OF_A_MANNER - 1


def _sql_list(members: list[GeoPrecision] | list[Assertion]) -> str:
    """Constants of our own enumerations as an SQL list; never for data."""
    return "(" + ", ".join(f"'{member}'" for member in members) + ")"


_PLACEMENT = f"""CASE
    WHEN latitude IS NULL OR geo_precision IN {_sql_list([p for p in PRECISIONS if p.is_off_map])} THEN 0
    WHEN geo_precision IN {_sql_list([p for p in PRECISIONS if p.is_area])} THEN 3
    WHEN geo_precision = '{GeoPrecision.NEAR}' THEN 2 ELSE 1 END"""
_MANNER = f"""CASE WHEN assertion IN {_sql_list([a for a in ASSERTIONS if a.is_act])} THEN 0
    WHEN assertion = '{Assertion.BACKGROUND}' THEN 2 ELSE 1 END"""
_DATING = "CASE WHEN date_start IS NULL THEN 2 WHEN date_start = date_end THEN 0 ELSE 1 END"


def code_of(column: str, members: tuple[StrEnum, ...]) -> str:
    """SQL: the code of the member that a text column names; NULL if it names none."""
    cases = " ".join(f"WHEN '{member}' THEN {number}" for number, member in enumerate(members))
    return f"CASE {column} {cases} END"


GROUP_SQL = f"""(((({_PLACEMENT}) * {len(MANNERS)} + ({_MANNER})) * {len(TYPES)} + {code_of("event_type", TYPES)}) * 2
    + CASE WHEN status = '{Status.PENDING}' THEN 1 ELSE 0 END) * {len(Dating)} + {_DATING}"""
"""SQL: the group of a row with text columns, as in events.csv."""
