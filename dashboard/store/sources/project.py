"""A project's CSV files as rows for counting: read completely, because people's own tables are small."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashboard.model import Article, Event
from dashboard.project.read import Project
from dashboard.store.load import SOURCE
from dashboard.store.search.words import SEARCHED, Batches
from dashboard.tables import PLACE_IN_EVENTS

_BATCH = 5000
_OF_EVENT = ("event_id", "incident_id", "article_id", "event_type", "geo_precision", "assertion", "status",
             "actor1", "actor2", "place_id", "date_start", "date_end")  # fmt: skip


class ProjectRows:
    """The rows of a project read from its folder; see `store.event_table.Rows`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.version = project.version

    @property
    def project(self) -> Project:
        """The project as it was read."""
        return self._project

    def make_source(self, db: duckdb.DuckDBPyConnection) -> None:
        """Offer the rows as the relation ``source``."""
        columns = ", ".join(f"{name} {kind}" for name, kind in SOURCE.items())
        db.execute(f"CREATE TEMP TABLE source ({columns})")
        db.register("loaded", self._frame())
        db.execute("INSERT INTO source BY NAME SELECT * FROM loaded")
        db.unregister("loaded")

    def check_across_rows(self, db: duckdb.DuckDBPyConnection) -> None:
        """Do nothing: rows were compared with each other when they were read."""

    def _frame(self) -> pd.DataFrame:
        """One row per event, joined with its place and its article."""
        events = self._project.events
        places = [self._project.places.get(event.place_id) for event in events]
        articles = [self._project.articles.get(event.article_id) for event in events]
        columns: dict[str, list[Any]] = {name: [getattr(event, name) for event in events] for name in _OF_EVENT}
        for name in PLACE_IN_EVENTS:
            empty = None if SOURCE[name] == "DOUBLE" else ""
            field = "name" if name == "place_name" else name
            columns[name] = [getattr(place, field) if place else empty for place in places]
        columns["publisher"] = [article.publisher if article else "" for article in articles]
        columns["file"], columns["row"] = [0] * len(events), list(range(len(events)))
        return pd.DataFrame(columns, columns=list(SOURCE), dtype=object)

    def events(self, places: Sequence[tuple[int, int]]) -> list[Event]:
        """The events at these (file, row) positions, in this order."""
        return [self._project.events[row] for _, row in places]

    def articles(self, article_ids: Collection[str]) -> Mapping[str, Article]:
        """All stored articles, by their ids."""
        del article_ids
        return self._project.articles

    def words(self) -> Batches:
        """The searchable text of every event, by its row."""
        numbered = list(enumerate(self._project.events))
        for start in range(0, len(numbered), _BATCH):
            yield [(number, self._text(event)) for number, event in numbered[start : start + _BATCH]]

    def words_file(self) -> Path | None:
        """None: a project is indexed in memory."""
        return None

    def _text(self, event: Event) -> str:
        place, article = self._project.places.get(event.place_id), self._project.articles.get(event.article_id)
        beside = {"place_name": place.name if place else "", "publisher": article.publisher if article else ""}
        return " ".join(filter(None, (beside[name] if name in beside else getattr(event, name) for name in SEARCHED)))
