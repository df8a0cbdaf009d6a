"""The opened project: its settings, store and gazetteer, and whether it may be changed."""

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

# Otherwise DuckDB's bindings report everything that is still frozen at exit as a leak.
atexit.register(gc.unfreeze)


def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_environment()


def store() -> Store:
    """The project's store in its newest version: a saved file shows at the next interaction."""
    folder = settings().data
    with suppress(DashboardError):  # reading needs no write access; `conflictmap check` reports the rest
        settle(folder)
    return _store(str(folder), data_version(folder))


def is_reviewable() -> bool:
    """True if decisions can be made; see `why_read_only`."""
    return not why_read_only()


def why_read_only() -> str:
    """Why nothing can be changed here, as a sentence; "" for a project's folder that can be written to."""
    if settings().read_only:
        return "This page is read-only: no article is added on it, and nothing is decided."
    if is_parquet(settings().data):
        return "This data is Parquet, which is only read. Decisions are made in a project's folder, on its CSV files."
    return ""


@st.cache_resource(max_entries=2, show_spinner="Reading the data …")
def _store(folder: str, version: str) -> Store:
    opened = open_store(Path(folder), gazetteer().outline_box)
    # The data lives as long as the process; unfrozen, the garbage collector would scan it in every run.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    return opened


@st.cache_resource
def gazetteer() -> Gazetteer:
    """The embedded gazetteer; used here only for outlines and the names of countries."""
    return Gazetteer.open()


def place_finder(tables: OpenTables) -> PlaceFinder:
    """The finder of places, for the project's places in the open tables."""
    return _place_finder(tables, str(tables.folder), tables.stamp[1])


@st.cache_resource(max_entries=2, show_spinner=False)
def _place_finder(_tables: OpenTables, folder: str, stamp: bytes) -> PlaceFinder:
    del folder, stamp  # the key of the cache
    return PlaceFinder.of(_tables.places, gazetteer())
