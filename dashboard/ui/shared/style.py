"""The style sheet of every page, built from constants: no data reaches it."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import streamlit as st

from dashboard.maps.palette import TYPE_STYLE
from dashboard.model import EventType


@lru_cache(maxsize=1)
def _sheet() -> str:
    sheet = "".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("style.css", "review.css"))
    for kind, look in TYPE_STYLE.items():
        sheet += (
            f".badge.type-{kind} {{ background: {look.colour}; color: {look.ink}; border-color: {look.colour}; }}\n"
        )
        sheet += f".badge.hollow.type-{kind} {{ color: {_ink(kind)}; }}\n"
    return sheet


def _ink(kind: EventType) -> str:
    """The colour of an event type's letter on the page's background, as CSS."""
    look = TYPE_STYLE[kind]
    return f"light-dark({look.line}, color-mix(in srgb, {look.colour} 52%, white))"


def add_style_sheet() -> None:
    """Add the style sheet to the page."""
    st.html(f"<style>{_sheet()}</style>")


def style_switches(keys: Mapping[EventType, str]) -> None:
    """Style the checkboxes with these keys as the badges of their event types."""
    sheet = ""
    for kind, key in keys.items():
        look, box = TYPE_STYLE[kind], f".st-key-{key} label > div:first-of-type"
        sheet += f"{box} {{ border-color: {look.colour} !important; }}\n"
        sheet += f"{box}::after {{ content: '{look.letter}'; color: {_ink(kind)}; }}\n"
        on = f".st-key-{key} label[data-selected] > div:first-of-type"
        sheet += f"{on} {{ background: {look.colour} !important; }} {on}::after {{ color: {look.ink}; }}\n"
    st.html(f"<style>{sheet}</style>")
