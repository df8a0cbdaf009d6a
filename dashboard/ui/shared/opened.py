"""The project that is open: its settings, store and gazetteer, and whether it may be changed."""

import atexit
import gc
from contextlib import suppress
from pathlib import Path

import streamlit as st

from dashboard.errors import DashboardError
from dashboard.gazetteer.index import Gazetteer
from dashboard.project.commit import settle
from dashboard.project.open_tables import OpenTables
from dashboard.review.candidates import PlaceFinder
from dashboard.settings import Settings
from dashboard.store.opening import data_version, open_store
from dashboard.store.sources.parquet_files import is_parquet
from dashboard.store.store import Store

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


def chooser(tables: OpenTables) -> PlaceFinder:
    """The finder of places, which knows those of the project as the open tables have them."""
    return _chooser(tables, str(tables.folder), tables.stamp[1])


@st.cache_resource(max_entries=2, show_spinner=False)
def _chooser(_tables: OpenTables, folder: str, stamp: bytes) -> PlaceFinder:
    del folder, stamp  # what it is remembered by
    return PlaceFinder.of(_tables.places, gazetteer())
