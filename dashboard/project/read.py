"""Reading a project: a folder with articles.csv, articles/<article_id>.txt, places.csv and events.csv.

Reading never raises for the content of a file: whatever is wrong is reported as a `Problem` and left out.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from dashboard.errors import Problem, ProblemKind, Problems, Severity
from dashboard.model import Article, Event, Place
from dashboard.project.disk.atomic_files import file_stamp
from dashboard.project.disk.regular_files import FOLDER, kind_at
from dashboard.project.enclosure import ARTICLES, TABLE_FILES, foreign_entries
from dashboard.project.reading.cross_checks import ReadRow, warn_of_twins, without_duplicate_ids
from dashboard.project.reading.csv_text import CsvText, read_csv
from dashboard.project.reading.event_rows import References, read_event
from dashboard.project.reading.file_kinds import folder_problem, read_bytes
from dashboard.project.reading.rows import RowReader, read_article, read_place
from dashboard.tables import COLUMNS, EITHER, OPTIONAL, REQUIRED

T = TypeVar("T")

ARTICLE_LIMIT_BYTES = 20_000_000
ATTEMPTS = 3
"""How often to read a project whose files are being saved meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Everything that could be read of a project, and what could not.

    An event's ``place_id`` or ``article_id`` may be empty or name something that did not load (each has a problem), so
    look it up with ``get``. Such an event is ``unlocated``, or has a passage that cannot be verified.
    """

    folder: Path
    articles: Mapping[str, Article] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Problems of rows only up to `PROBLEMS_KEPT`."""
    more_problems: Mapping[ProblemKind, int] = field(default_factory=dict)
    """Number of further problems of rows, by kind."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Rows that did not load, per file; only files with some. The rows of `unread` files cannot be counted."""
    lost_places: Mapping[str, int] = field(default_factory=dict)
    """Places listed in places.csv that did not load, with the number of their row."""
    unread: tuple[str, ...] = ()
    """Files left out entirely: unreadable, not a table, or missing though required; or the folder itself, if it cannot
    be entered. Each has a problem that says why."""
    unplaced: int = 0
    """Number of events that `conflictmap geocode` may give a place. Those it cannot place have a problem instead."""
    version: str = ""

    @property
    def all_problems(self) -> Problems:
        """The problems, including those that are only counted; a new list each time."""
        return Problems(self.problems, self.more_problems)

    @property
    def is_empty(self) -> bool:
        """Nothing loaded and nothing left out: a new folder."""
        nothing = not (self.articles or self.places or self.events or self.left_out or self.unread)
        return nothing and all(problem.code in ("folder.missing", "file.missing") for problem in self.problems)


def project_version(folder: Path) -> str:
    """Changes whenever a file of the project is saved. Looks at times and sizes only; opens no file."""
    seen = hashlib.sha256()
    for name in COLUMNS:
        seen.update(file_stamp(folder / f"{name}.csv") + b";")
    for name, stamp in _article_stamps(folder / ARTICLES):
        seen.update(os.fsencode(name) + b"\0" + stamp + b";")
    return seen.hexdigest()[:16]


def _article_stamps(folder: Path) -> list[tuple[str, bytes]]:
    try:
        if kind_at(folder) != FOLDER:
            return []
        with os.scandir(folder) as entries:
            return sorted((entry.name, file_stamp(entry)) for entry in entries if entry.name.endswith(".txt"))
    except (OSError, ValueError):
        return []


def read_project(folder: Path) -> Project:
    """Read everything. A missing, empty or inaccessible folder gives a project without rows and with a problem."""
    project = Project(folder=folder)
    for _ in range(ATTEMPTS):
        version = project_version(folder)
        project = _ProjectReader(folder).project(version)
        if project_version(folder) == version:
            break
    return project


class _ProjectReader:
    """One pass over the files of a project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems = Problems()
        self.left_out: dict[str, int] = {}
        self.unread: list[str] = []
        self.unplaced = 0
        self.foreign_articles = set[str]()
        """Texts of articles that are links or not files; each is reported with its row."""

    def project(self, version: str) -> Project:
        if problem := folder_problem(self.folder):
            unread = () if problem.code == "folder.missing" else (str(self.folder),)
            return Project(folder=self.folder, problems=(problem,), unread=unread, version=version)
        articles, lost = self._articles()
        places, lost_places = self._places()
        is_lost = "places.csv" in self.unread or ("places.csv" in self.left_out and not (places or lost_places))
        references = References(articles, places, lost, lost_places, has_places=not is_lost)
        events = self._events(references)
        reported = {*TABLE_FILES, *self.foreign_articles}
        self.problems += [problem for problem in foreign_entries(self.folder) if problem.file not in reported]
        return Project(
            folder=self.folder, articles=articles, places=places, events=events, problems=tuple(self.problems),
            more_problems=dict(self.problems.more), left_out=self.left_out, lost_places=lost_places,
            unread=tuple(self.unread),
            unplaced=self.unplaced, version=version,
        )  # fmt: skip

    def _articles(self) -> tuple[dict[str, Article], set[str]]:
        """The articles, and the ids of those listed in articles.csv that did not load."""
        named: set[str] = set()

        def load(reader: RowReader) -> Article | None:
            article_id = reader.cells.get("article_id", "").strip()
            named.add(article_id)
            before = len(reader.problems)
            article = load_article(reader, self.folder)
            if any(problem.code in ("file.symlink", "file.not_text") for problem in reader.problems[before:]):
                self.foreign_articles.add(f"{ARTICLES}/{article_id}.txt")
            return article

        articles = self._table("articles", load, "article_id")
        return articles, named - articles.keys()

    def _places(self) -> tuple[dict[str, Place], dict[str, int]]:
        """The places, and the row numbers of those listed in places.csv that did not load."""
        rows: dict[str, int] = {}

        def load(reader: RowReader) -> Place | None:
            rows.setdefault(reader.cells.get("place_id", "").strip(), reader.row.number)
            return read_place(reader)

        places = self._table("places", load, "place_id")
        return places, {place_id: number for place_id, number in rows.items() if place_id not in places}

    def _events(self, references: References) -> tuple[Event, ...]:
        def compare(read: list[ReadRow[Event]]) -> None:
            warn_of_twins(read)
            self.unplaced = sum(references.awaits_geocoding(event, reader.cells) for reader, event in read)

        return tuple(self._table("events", lambda reader: read_event(reader, references), "event_id", compare).values())

    def _table(
        self, name: str, read: Callable[[RowReader], T | None], id_column: str,
        compare: Callable[[list[ReadRow[T]]], None] | None = None,
    ) -> dict[str, T]:  # fmt: skip
        """The objects of one file by their id, in the file's order; its problems in the order of its lines."""
        text = read_csv(self.folder / f"{name}.csv", self.folder, COLUMNS[name])
        rows = [row for row in text.rows if any(row.cells.values())]
        loaded: list[ReadRow[T]] = []
        if self._can_read_rows(name, text):
            readers = [RowReader(text.file, row, text.problems) for row in rows]
            read_rows = [(reader, item) for reader in readers if (item := read(reader)) is not None]
            loaded = without_duplicate_ids(read_rows, id_column)
        if compare:
            compare(loaded)
        if missing := len(rows) - len(loaded) + text.left_out:
            self.left_out[text.file] = missing
        self.problems.add(sorted(text.problems, key=lambda problem: problem.line or 0))
        self.problems.more.update(text.problems.more)
        return {getattr(item, id_column): item for _, item in loaded}

    def _can_read_rows(self, name: str, text: CsvText) -> bool:
        """Report missing columns; False if no row can be read without them."""
        if not text.columns:
            self._leave_out_whole(name, text)
            return False
        there = set(text.columns)
        pairs = EITHER if name == "events" else ()
        lost = [pair for pair in (*((c,) for c in REQUIRED[name]), *pairs) if there.isdisjoint(pair)]
        for pair in lost:
            _report_missing(text, " or ".join(pair), pair[0], "No row can be read without it.")
        if name == "events" and "event_id" in there:
            known_lost = {column for pair in lost for column in pair} | OPTIONAL
            for column in COLUMNS["events"]:
                if column not in there and column not in known_lost:
                    _report_missing(text, column, column, "It is read as empty. A file with event_id has every column.")
        return not lost

    def _leave_out_whole(self, name: str, text: CsvText) -> None:
        """Record that nothing was read. Articles and places are optional, and so are events until there is a place."""
        there = [table for table in COLUMNS if os.path.lexists(self.folder / f"{table}.csv")]
        severity = Severity.ERROR
        if name in there:
            self.unread.append(text.file)
            return
        if name != "events":
            text.problems.clear()
            return
        if not there:
            hint = "Start from the sample: conflictmap run --sample"
        elif there == ["articles"]:
            hint, severity = "Articles alone put nothing on the map: write the events they tell.", Severity.WARNING
        else:
            self.unread.append(text.file)
            hint = "places.csv is there: was this file moved, renamed or deleted?"
        text.problems[:] = [replace(text.problems[0], hint=hint, severity=severity)]


def _report_missing(text: CsvText, names: str, column: str, hint: str) -> None:
    text.report("header.missing_column", f"the column {names} is missing.", hint=hint, line=1, column=column)


def load_article(reader: RowReader, folder: Path) -> Article | None:
    """The article of a row with its text; None, with a problem reported, if it cannot be loaded."""
    values = read_article(reader)
    if values is None:
        return None
    path = folder / ARTICLES / f"{values['article_id']}.txt"
    data, problem = read_bytes(path, folder, ARTICLE_LIMIT_BYTES)
    if problem:
        reader.report("article_id", problem.code, f"{problem.file}: {problem.message}", problem.hint)
        return None
    name = f"{ARTICLES}/{path.name}"
    found = hashlib.sha256(data).hexdigest()
    if found != values["sha256"]:
        reader.report("sha256", "article.changed", f"{name} is not the text that was stored: its sha256 is {found}.",
                    "Restore the file; to read the new text, add it as a new article.")  # fmt: skip
        return None
    if b"\0" in data or data.startswith(b"%PDF"):
        reader.report(
            "article_id", "article.not_text", f"{name} is no plain text.", "Copy the words out of the document."
        )
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{name}, line {line}: byte {data[error.start]:#04x} is not UTF-8."
        reader.report("article_id", "article.encoding", message, "Save the article as plain UTF-8 text.")
        return None
    if values["problem"]:
        reader.report("problem", "article.rules_failed", values["problem"], "Add it again once the rules are mended.")
    return Article(text=text, **values)
