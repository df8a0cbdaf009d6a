"""`conflictmap geocode`: a place for every row of events.csv that names one, and places.csv with every place used."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol

from dashboard.errors import DataError, Problem, Problems, RulesError, Severity, counted, shown
from dashboard.extract.places.ner import Recogniser
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode import reasons
from dashboard.geocode.article.placement import ArticleNames
from dashboard.geocode.own_places import OwnPlaces
from dashboard.geocode.rows.answers import Ask, PlaceSources
from dashboard.geocode.rows.fill import fill
from dashboard.geocode.rows.filled import CellNote, Filled, UnknownPlace, Unresolved
from dashboard.ingest.find_places import suggestions
from dashboard.ingest.missing_places import with_missing_places
from dashboard.ingest.read_article import attempt, names_of_article, placements_in
from dashboard.model import Article, Place
from dashboard.project.commit import update_table
from dashboard.project.read import Project, project_version, read_project
from dashboard.project.reading.csv_text import read_csv
from dashboard.project.reading.event_rows import STOPGAP_CODE
from dashboard.store.sources.parquet_files import refuse_parquet
from dashboard.tables import COLUMNS, EventRow, Row, no_place_reason

Progress = Callable[[int, int], None]
"""Called with the rows done and the rows there are."""


class Online(Protocol):
    """An online geocoder with manners, such as `dashboard.geocode.online.geocoder.OnlineGeocoder`."""

    server: str

    def find(self, name: str, countries: Mapping[str, float] | None = None) -> Place | None:
        """The likeliest place; None if there is none. Raises `GeocodingError` if the service fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocodeReport:
    """What the geocoding step did and what it could not do."""

    events: int
    places: int
    """Different places the events use."""
    placed: int
    """Events that got a place in this run."""
    decided_again: int
    """Events whose place was chosen for a toponym that a person has changed since."""
    nameless: int
    """Events that say nothing of a place: there is nothing to look up."""
    not_found: int
    """Events whose name or place_id is known nowhere, or whose own coordinates or country cannot be used."""
    kept_unlocated: int
    """Events with a name that a person has left without a place."""
    problems: Problems
    """Names without a place (``place.not_found``) and ids without one (``place.unknown``), each with a hint."""
    doubts: Problems
    """What a person should look at of events that have a place: only their country is known, or it is another one."""
    written: tuple[str, ...]
    """Files that were written; empty if nothing changed."""
    left_out: Mapping[str, int]
    """Rows that cannot be read, per file."""
    trouble: str = ""
    """Why the online geocoder was no longer asked."""
    converted: tuple[str, ...] = ()
    """What is different now about the form of the files written, a sentence each."""

    @property
    def is_complete(self) -> bool:
        """Every name has its place and every row could be read."""
        return not (self.problems or self.left_out or self.trouble or self._by_country)

    def summary(self) -> str:
        """One true sentence for people."""
        parts = [f"{counted(self.places, 'place')} for {counted(self.events - self._placeless, 'event')}"]
        if self.nameless:
            parts.append(f"{counted(self.nameless, 'event has', 'events have')} no place name")
        if self.kept_unlocated:
            parts.append(
                f"{counted(self.kept_unlocated, 'event was', 'events were')} left without a place by a reviewer"
            )
        if self.placed:
            parts.append(f"{counted(self.placed, 'event')} newly placed")
        if self.decided_again:
            parts.append(f"{counted(self.decided_again, 'event')} placed again for a changed toponym, country or point")
        if self._by_country:
            parts.append(f"{counted(self._by_country, 'event')} placed by the country alone")
        parts.append(f"{' and '.join(self.written)} written" if self.written else "nothing changed")
        return " ".join([f"{'; '.join(parts)}.", *self.converted])

    @property
    def _by_country(self) -> int:
        """Events whose name is not known in the country that they state, which stands for it."""
        kept = sum(doubt.code == STOPGAP_CODE for doubt in self.doubts)
        return kept + sum(number for (_, code, _), number in self.doubts.more.items() if code == STOPGAP_CODE)

    @property
    def _placeless(self) -> int:
        return self.nameless + self.kept_unlocated + self.not_found


def geocode_events(
    folder: Path,
    gazetteer: Gazetteer,
    online: Online | None = None,
    progress: Progress | None = None,
    recogniser: Recogniser | None = None,
) -> GeocodeReport:
    """Give every event of the project that names a place its place, and places.csv a row for every place used.

    What a person wrote stays; rows of places.csv are added, never changed. Doing it twice changes nothing. A name that
    an article gave is placed as `add` places it, if that had the same ``recogniser``.

    Raises
    ------
    DataError
        There is no events.csv, or a file cannot be read whole or written.
    """
    refuse_parquet(folder)
    project = read_project(folder)
    if missing := [one for one in project.problems if one.code.startswith("folder.") or _is_without_events(one)]:
        raise DataError(str(missing[0]))
    known = PlaceSources(
        gazetteer,
        project.places,
        project.articles,
        partial(_names, gazetteer, recogniser),
        partial(_names_in_passages, gazetteer),
    )
    trouble = ""
    if online:
        known = replace(known, server=online.server)
        answers, trouble = _asked_beforehand(folder, known, online)
        known = replace(known, ask=answers)
    filled, before, written = Filled(), list[Row](), list[str]()

    def fill_events(rows: list[Row]) -> list[Row]:
        nonlocal filled, project, before
        if project_version(folder) != project.version:  # somebody saved a place since, which the rows may name
            project = read_project(folder)
        now = replace(known, places=project.places, articles=project.articles)
        filled, before = fill(rows, now, progress), rows
        written.extend(["events.csv"] * (filled.rows != rows))
        return filled.rows

    def add_places(rows: list[Row]) -> list[Row]:
        merged = with_missing_places(rows, filled.new_places)
        written.extend(["places.csv"] * (merged != rows))
        return merged

    # Events first: should the program be killed in between, the next run adds the places they name.
    update_table(folder, "events", fill_events)
    update_table(folder, "places", add_places)
    problems, doubts = _problems(folder, filled, gazetteer, project.lost_places)
    # Rows that could not be told apart, for want of an id, can be read now.
    after = read_project(folder) if project.left_out and written else project
    if after.left_out.get("events.csv"):
        filled = _of_loaded(filled, before, after)
    return _report(
        filled, problems, doubts=doubts, written=tuple(written), left_out=after.left_out, trouble=trouble,
        converted=tuple(filter(None, (_conversion(file, project.problems) for file in written))),
    )  # fmt: skip


def _names(
    gazetteer: Gazetteer, recogniser: Recogniser | None, article: Article, own: OwnPlaces
) -> ArticleNames | None:
    """The names of an article; None for one that the rules fail on, as `add` has noted in articles.csv."""
    try:
        return attempt(lambda: names_of_article(article, gazetteer, recogniser, own))
    except RulesError:
        return None


def _names_in_passages(gazetteer: Gazetteer, text: str, own: OwnPlaces) -> ArticleNames | None:
    """The names in what rows quote of an article that is not stored; by the rules alone, as there may be many."""
    try:
        return attempt(lambda: ArticleNames(placements_in(text, gazetteer, None, own), {}))
    except RulesError:
        return None


def _of_loaded(filled: Filled, before: list[Row], project: Project) -> Filled:
    """What came of the rows that load, and those without a name; the others are on no map, whatever was found."""
    loaded = {event.event_id for event in project.events}
    numbered = list(enumerate(filled.rows, start=1))
    there = {number for number, row in numbered if row["event_id"] in loaded or not EventRow(row).names_place}
    placed = {n for n in there if filled.rows[n - 1]["place_id"] and not EventRow(before[n - 1]).place_id}
    return replace(
        filled, rows=[filled.rows[number - 1] for number in sorted(there)], placed=len(placed),
        unresolved=[one for one in filled.unresolved if one.row in there],
        unknown=[one for one in filled.unknown if one.row in there],
        refused=[one for one in filled.refused if one.row in there],
        doubts=[one for one in filled.doubts if one.row in there],
    )  # fmt: skip


def _is_without_events(problem: Problem) -> bool:
    return (problem.file, problem.code, problem.severity) == ("events.csv", "file.missing", Severity.ERROR)


def _conversion(file: str, before: tuple[Problem, ...]) -> str:
    """What a person's other programs may notice about a file that was written; empty if it had our form already."""
    codes = {problem.code for problem in before if problem.file == file}
    changes = ["with commas between the columns"] * ("dialect.separator" in codes)
    changes += ["without the byte order mark it began with"] * ("file.bom" in codes)
    return f"{file} is now written {' and '.join(changes)}." if changes else ""


class _Asked:
    """What an online geocoder answered before the project was locked: nobody should wait for a slow server."""

    def __init__(self, online: Online) -> None:
        self._online = online
        self._answers: dict[tuple[str, tuple[tuple[str, float], ...]], Place | None] = {}

    def ask(self, name: str, countries: Mapping[str, float]) -> Place | None:
        """Ask, and remember the answer."""
        place = self._online.find(name, countries)
        self._answers[name, tuple(sorted(countries.items()))] = place
        return place

    def remember(self, name: str, countries: Mapping[str, float]) -> Place | None:
        """The answer given before; None also if the name was not asked."""
        return self._answers.get((name, tuple(sorted(countries.items()))))


def _asked_beforehand(folder: Path, known: PlaceSources, online: Online) -> tuple[Ask, str]:
    """The online answers for the rows as they stand, and what went wrong if asking had to stop."""
    asked, rows = _Asked(online), list[Row]()

    def look(before: list[Row]) -> list[Row]:
        rows.extend(before)
        return before

    update_table(folder, "events", look)
    return asked.remember, fill(rows, replace(known, ask=asked.ask)).trouble


def _report(filled: Filled, problems: Problems, **rest: Any) -> GeocodeReport:
    rows = [EventRow(row) for row in filled.rows if any(row.values())]
    placeless = [row for row in rows if not row.place_id]
    nameless = sum(not row.names_place for row in placeless)
    refused = len({noted.row for noted in filled.refused})
    unknown = {missing.place_id for missing in filled.unknown}
    return GeocodeReport(
        events=len(rows),
        places=len({row.place_id for row in rows} - {""} - unknown),
        decided_again=filled.decided_again,
        placed=filled.placed,
        nameless=nameless,
        not_found=len(filled.unresolved) + len(filled.unknown) + refused,
        kept_unlocated=len(placeless) - nameless - len(filled.unresolved) - refused,
        problems=problems,
        **rest,
    )


def _problems(
    folder: Path, filled: Filled, gazetteer: Gazetteer, lost_places: Mapping[str, int]
) -> tuple[Problems, Problems]:
    """Why rows have no place, and what is doubtful about those that have one."""
    hint = lru_cache(maxsize=None)(lambda toponym: _hint(toponym, gazetteer))  # many rows have the same name
    missing: list[Unresolved | UnknownPlace | CellNote] = [*filled.unresolved, *filled.unknown, *filled.refused]
    if not (missing or filled.doubts):
        return Problems(), Problems()
    rows = read_csv(folder / "events.csv", folder, COLUMNS["events"]).rows

    def problem_of(one: Unresolved | UnknownPlace | CellNote) -> Problem:
        if isinstance(one, Unresolved):
            return _no_place(one, hint(one.toponym))
        if isinstance(one, UnknownPlace):
            return _no_such_id(one, lost_places.get(one.place_id))
        return _problem_of_note(one)

    def in_file(found: Iterable[Unresolved | UnknownPlace | CellNote]) -> Problems:
        # `row` counts among the rows that could be read; people count them in the file.
        return Problems(
            replace(problem_of(one), row=rows[one.row - 1].number, line=rows[one.row - 1].line)
            for one in sorted(found, key=lambda one: one.row)
        )

    return in_file(missing), in_file(filled.doubts)


def _problem_of_note(noted: CellNote) -> Problem:
    note = noted.note
    return replace(_problem(noted.row, noted.column, note.code, note.message, note.hint), severity=note.severity)


def _no_place(missing: Unresolved, hint: str) -> Problem:
    if not missing.is_namesake:
        return _problem(missing.row, "toponym", "place.not_found", f"{no_place_reason(missing.toponym)}.", hint)
    message = f"{shown(missing.toponym)}: {reasons.NAMESAKE}."
    return _problem(missing.row, "toponym", "place.namesake", message, "If it is meant, write its place_id.")


def _hint(toponym: str, gazetteer: Gazetteer) -> str:
    near = suggestions(toponym, gazetteer)
    return f"Did you mean {' or '.join(near)}?" if near else "Add it to places.csv with its coordinates."


def _no_such_id(missing: UnknownPlace, lost_row: int | None) -> Problem:
    if lost_row:
        message = f"{shown(missing.place_id)} stands in row {lost_row} of places.csv, which cannot be read."
        return _problem(missing.row, "place_id", "place.left_out", message, f"Mend row {lost_row} of places.csv.")
    message = f"{shown(missing.place_id)} is neither in places.csv nor in the gazetteer."
    online = missing.place_id.startswith(("osm:", "online:"))
    hint = "An online geocoder gave it: run with --online." if online else "Find it: conflictmap places find NAME"
    return _problem(missing.row, "place_id", "place.unknown", message, hint)


def _problem(row: int, column: str, code: str, message: str, hint: str) -> Problem:
    return Problem(file="events.csv", code=code, row=row, column=column, message=message, hint=hint)
