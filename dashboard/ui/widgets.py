"""What every page needs: the opened project, the style sheet, notes in plain text."""

import atexit
import gc
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.errors import counted
from dashboard.gazetteer import Gazetteer
from dashboard.model import EventType
from dashboard.palette import TYPE_STYLE
from dashboard.safetext import display_text, escape_markdown
from dashboard.settings import Settings
from dashboard.store.columnar import Store
from dashboard.store.opening import data_version, open_store

PROBLEMS_SHOWN = 20
# Else DuckDB's bindings report everything that is still frozen at the end as a leak.
atexit.register(gc.unfreeze)


def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment()


def store() -> Store:
    """The project's store in its newest version: a saved file shows at the next interaction."""
    folder = settings().data
    return _store(str(folder), data_version(folder))


@st.cache_resource(max_entries=2, show_spinner="Reading the data …")
def _store(folder: str, version: str) -> Store:
    opened = open_store(Path(folder), gazetteer().outline_box)
    # What was just read lives as long as the process; without this every rerun walks it again looking for garbage.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    return opened


@st.cache_resource
def gazetteer() -> Gazetteer:
    """The embedded gazetteer; here only for outlines and the names of countries."""
    return Gazetteer.open()


@lru_cache(maxsize=1)
def _style() -> str:
    sheet = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    for kind, look in TYPE_STYLE.items():
        sheet += (
            f".badge.type-{kind} {{ background: {look.colour}; color: {look.ink}; border-color: {look.colour}; }}\n"
        )
        light, dark = look.line, f"color-mix(in srgb, {look.colour} 52%, white)"
        sheet += f".badge.hollow.type-{kind} {{ color: light-dark({light}, {dark}); }}\n"
        box = f"[class*='st-key-w_type_{kind}'] label > div:first-of-type"
        sheet += f"{box}::after {{ content: '{look.letter}'; color: light-dark({light}, {dark}); }}\n"
        sheet += f"{box} {{ border-color: {look.colour} !important; }}\n"
        on = f"[class*='st-key-w_type_{kind}'] label[data-selected] > div:first-of-type"
        sheet += f"{on} {{ background: {look.colour} !important; }} {on}::after {{ color: {look.ink}; }}\n"
    return sheet


def style() -> None:
    """Put the style sheet into the page. It is made of constants; no data reaches it."""
    st.html(f"<style>{_style()}</style>")


def badge(kind: EventType, *, hollow: bool = False) -> str:
    """The round badge with the letter of an event type, as HTML."""
    classes = f"badge{' hollow' if hollow else ''} type-{kind}"
    return f"<span class='{classes}' aria-hidden='true'>{TYPE_STYLE[kind].letter}</span>"


def html_text(text: str) -> str:
    """Text from outside for `st.html`: cleaned for display and escaped."""
    return escape(display_text(text))


def show_problems(opened: Store) -> None:
    """Say how many rows were left out and which problems the files have, if any."""
    project = opened.project
    if not project.problems:
        return
    parts = [f"{escape_markdown(name)} could not be read" for name in project.unread]
    left_out = sum(project.left_out.values())
    if left_out or not parts:
        parts.append(f"{counted(left_out, 'row was', 'rows were')} left out" if left_out else "No row was left out")
    parts.append(f"{counted(len(project.problems), 'note')} on the files")
    with st.expander(" · ".join(parts), icon=":material/warning:", expanded=bool(project.unread)):
        items = "".join(f"<li>{html_text(str(problem))}</li>" for problem in project.problems[:PROBLEMS_SHOWN])
        rest = len(project.problems) - PROBLEMS_SHOWN
        more = f"<p>and {rest:,} more. <code>conflictmap check</code> lists them all.</p>" if rest > 0 else ""
        st.html(f"<ul class='problems'>{items}</ul>{more}")
