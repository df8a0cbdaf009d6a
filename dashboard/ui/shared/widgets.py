"""What every page needs: the opened project, the style sheet, notes in plain text."""

import atexit
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard.errors import DashboardError, DataError, counted, told_line, told_once
from dashboard.gazetteer.index import Gazetteer
from dashboard.maps.palette import TYPE_STYLE
from dashboard.model import EventType
from dashboard.project.commit import settle
from dashboard.project.open_tables import Desk
from dashboard.review.candidates import PlaceFinder
from dashboard.safetext import display_text, escape_markdown
from dashboard.settings import Settings
from dashboard.store.opening import data_version, open_store
from dashboard.store.sources.parquet_files import is_parquet
from dashboard.store.store import Store

PROBLEMS_SHOWN = 20
_OF_A_CUBE = {
    "cube.old": "The counts are older than the events",
    "cube.alone": "The events are not where they were: no passages",
}
"""What a reader has to know of counts before looking at them, by the code of the problem."""
# Else DuckDB's bindings report everything that is still frozen at the end as a leak.
atexit.register(gc.unfreeze)


def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment()


def store() -> Store:
    """The project's store in its newest version: a saved file shows at the next interaction."""
    folder = settings().data
    with suppress(DashboardError):  # who may not write still reads; `conflictmap check` names what is unfinished
        settle(folder)
    return _store(str(folder), data_version(folder))


def is_reviewable() -> bool:
    """True where decisions can be made; see `only_read`."""
    return not only_read()


def only_read() -> str:
    """Why nothing can be changed here, as a sentence; "" for a project's folder that can be written to."""
    if settings().read_only:
        return "This page is read-only: no article is added on it, and nothing is decided."
    if is_parquet(settings().data):
        return "This data is Parquet, which is only read. Decisions are made in a project's folder, on its CSV files."
    return ""


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


def chooser(desk: Desk) -> PlaceFinder:
    """What there is to find places with, for the places of the project as they stand on the desk."""
    return _chooser(desk, str(desk.folder), desk.stamp[1])


@st.cache_resource(max_entries=2, show_spinner=False)
def _chooser(_desk: Desk, folder: str, stamp: bytes) -> PlaceFinder:
    del folder, stamp  # what it is remembered by
    return PlaceFinder.of(_desk.places, gazetteer())


@lru_cache(maxsize=1)
def _style() -> str:
    sheet = "".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in ("style.css", "review.css"))
    for kind, look in TYPE_STYLE.items():
        sheet += (
            f".badge.type-{kind} {{ background: {look.colour}; color: {look.ink}; border-color: {look.colour}; }}\n"
        )
        sheet += f".badge.hollow.type-{kind} {{ color: {_ink(kind)}; }}\n"
    return sheet


def _ink(kind: EventType) -> str:
    """Of an event type's letter on the page's own ground, as CSS."""
    look = TYPE_STYLE[kind]
    return f"light-dark({look.line}, color-mix(in srgb, {look.colour} 52%, white))"


def style() -> None:
    """Put the style sheet into the page. It is made of constants; no data reaches it."""
    st.html(f"<style>{_style()}</style>")


def switch_style(keys: Mapping[EventType, str]) -> None:
    """Let the checkboxes of these keys look like the badges of their event types."""
    sheet = ""
    for kind, key in keys.items():
        look, box = TYPE_STYLE[kind], f".st-key-{key} label > div:first-of-type"
        sheet += f"{box} {{ border-color: {look.colour} !important; }}\n"
        sheet += f"{box}::after {{ content: '{look.letter}'; color: {_ink(kind)}; }}\n"
        on = f".st-key-{key} label[data-selected] > div:first-of-type"
        sheet += f"{on} {{ background: {look.colour} !important; }} {on}::after {{ color: {look.ink}; }}\n"
    st.html(f"<style>{sheet}</style>")


def badge(kind: EventType, *, hollow: bool = False) -> str:
    """The round badge with the letter of an event type, as HTML."""
    classes = f"badge{' hollow' if hollow else ''} type-{kind}"
    return f"<span class='{classes}' aria-hidden='true'>{TYPE_STYLE[kind].letter}</span>"


def html_text(text: str) -> str:
    """Text from outside for `st.html`: cleaned for display and escaped."""
    return escape(display_text(text))


def say(page: str, text: str) -> None:
    """Keep what came of an action, for the page to show until the next one; for callbacks."""
    st.session_state["said"] = (page, text)


def show_said(page: str) -> None:
    """Show what came of the last action on this page."""
    where, text = st.session_state.get("said", ("", ""))
    if where == page and text:
        st.html(f"<p class='said' role='status'>{html_text(text)}</p>")


@contextmanager
def what_is_missing_is_told() -> Iterator[None]:
    """Where a part of the page needs files that went or changed: say so there, and let the rest of the page stand."""
    try:
        yield
    except DataError as error:
        st.error(escape_markdown(str(error)))


def show_problems(opened: Store) -> None:
    """Say how many rows were left out and which problems the files have, if any."""
    project = opened.project
    if not project.problems:
        return
    parts = [f"{escape_markdown(name)} could not be read" for name in project.unread]
    parts += [words for code, words in _OF_A_CUBE.items() if any(problem.code == code for problem in project.problems)]
    left_out = sum(project.left_out.values())
    if left_out or not parts:
        parts.append(f"{counted(left_out, 'row was', 'rows were')} left out" if left_out else "No row was left out")
    told = told_once(project.problems)
    parts.append(f"{counted(project.all_problems.total, 'note')} on the files")
    with st.expander(" · ".join(parts), icon=":material/warning:", expanded=bool(project.unread)):
        items = "".join(f"<li>{html_text(told_line(problem, more))}</li>" for problem, more in told[:PROBLEMS_SHOWN])
        rest = project.all_problems.total - sum(1 + more for _, more in told[:PROBLEMS_SHOWN])
        more = f"<p>and {rest:,} more. <code>conflictmap check</code> lists them all.</p>" if rest > 0 else ""
        st.html(f"<ul class='problems'>{items}</ul>{more}")
