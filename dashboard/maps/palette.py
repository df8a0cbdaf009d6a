"""The look of each type of event, shared by map, legend, histogram and cards."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from dashboard.model import EventType

PAPER: Final = "#f2ede3"
"""Land on the map in the light theme, as conflictmap_base.js draws it; `TypeStyle.line` is legible on it."""

_DARK_INK = "#1d1b17"
_LIGHT_INK = "#ffffff"


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """The letter and colours of a type, each colour as ``#rrggbb``."""

    letter: str
    colour: str
    """Fills symbols and bars."""
    ink: str
    """The letter on `colour`: at least 4.5 to 1."""
    line: str
    """Letters and edges on paper: the same hue, at least 4.5 to 1 against `PAPER`."""


# After Okabe and Ito (2008), with vermilion and yellow kept apart from olive for eyes without red cones. In any
# simulated kind of colour blindness two types differ by at least 16 (CIE 1976 distance); the letter does the rest.
TYPE_STYLE: Final = MappingProxyType(
    {
        EventType.BATTLE: TypeStyle("B", "#d95f0e", _DARK_INK, "#b04800"),
        EventType.EXPLOSION: TypeStyle("X", "#cc79a7", _DARK_INK, "#9b4276"),
        EventType.CIVILIANS: TypeStyle("C", "#2b2b33", _LIGHT_INK, "#2b2b33"),
        EventType.PROTEST: TypeStyle("P", "#e69f00", _DARK_INK, "#855a00"),
        EventType.RIOT: TypeStyle("R", "#f0e442", _DARK_INK, "#6b6500"),
        EventType.AGREEMENT: TypeStyle("A", "#009e73", _DARK_INK, "#00704f"),
        EventType.TALKS: TypeStyle("T", "#0072b2", _LIGHT_INK, "#00629b"),
        EventType.STATEMENT: TypeStyle("S", "#5c5000", _LIGHT_INK, "#5c5000"),
        EventType.OTHER: TypeStyle("O", "#c4c0b8", _DARK_INK, "#636059"),
    }
)
