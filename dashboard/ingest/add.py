"""Adding articles to a project: each is stored as it came, and its events are written as pending.

The row in articles.csv is written last: an article that stands there is done, so a run that was killed is taken up
by running it again, and adding an article twice changes nothing.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from dashboard.errors import DataError, counted, path_trouble, shown
from dashboard.extract.events.retellings import alike, telling_words
from dashboard.extract.places.ner import Recogniser
from dashboard.extract.places.recognise import TEXT_LIMIT
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.rows.fill import own_places
from dashboard.ingest.read_article import told_by
from dashboard.model import FIRST_DAY, LAST_DAY, Article, Event
from dashboard.project.commit import update_table
from dashboard.project.disk.atomic_files import reason, replace_file
from dashboard.project.disk.read_only import refuse_if_read_only
from dashboard.project.enclosure import refuse_foreign
from dashboard.project.read import read_project
from dashboard.project.reading.file_kinds import kind_problem
from dashboard.project.reading.rows import article_problems
from dashboard.store.sources.parquet_files import refuse_parquet
from dashboard.tables import Row, article_row, event_row, place_row

ARTICLE_LIMIT = TEXT_LIMIT
"""Characters of one article, some 30,000 words: all of it is read. What is longer is a collection, or no text."""
BATCH = 50
"""Articles that are read before the tables are written once."""
_FIELDS = ("title", "publisher", "url", "published")
_TITLE_LIMIT = 300
_DAY = re.compile(r"(?<=\A[0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*")
"""What follows a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An article to be added. ``data`` is the file's bytes; ``published`` is empty or an ISO date."""

    data: bytes
    title: str = ""
    """Empty: the first line of the text."""
    publisher: str = ""
    url: str = ""
    published: str = ""
    name: str = "the article"
    """What messages call it: a file, or a line of one."""
    left_out: tuple[str, ...] = ()
    """A sentence for each thing said about it that cannot be kept; its text is."""


@dataclass(slots=True)
class AddReport:
    """What came of adding articles."""

    added: int = 0
    known: int = 0
    """Articles that the project had already."""
    events: int = 0
    unplaced: int = 0
    """New events without a place on the map."""
    without_events: int = 0
    refused: int = 0
    """What was no article's text."""
    failed: int = 0
    """Articles that are stored, but that the rules could not read whole."""
    read_again: int = 0
    """Articles that the rules had failed on before, and read now."""
    problems: list[str] = field(default_factory=list)
    """A sentence for each article that was refused or not read, and for each title or address that was left out."""
    article_ids: list[str] = field(default_factory=list)
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Rows that the project has and that cannot be read, per file."""

    def summary(self) -> str:
        """One true sentence for people."""
        parts = [f"{counted(self.added, 'article')} added with {counted(self.events, 'pending event')}"]
        if self.unplaced:
            parts.append(f"{self.unplaced:,} of them without a place")
        if self.without_events:
            parts.append(f"{counted(self.without_events, 'article')} without any event")
        if self.failed:
            parts.append(f"{counted(self.failed, 'article')} stored, but not read whole, as the rules failed")
        if self.read_again:
            parts.append(f"{counted(self.read_again, 'article')} read that the rules had failed on before")
        if self.known:
            parts.append(f"{counted(self.known, 'article')} there already")
        if self.refused:
            parts.append(f"{self.refused:,} refused")
        return f"{'; '.join(parts)}."


# --- articles from outside


def article_from(source: Source) -> Article:
    """The article as it will be stored, without what `kept_of` leaves out.

    Raises `DataError`, with what to do, for what is no article's text and for a day of publication that is none:
    without it every date of the article would be read wrongly, and an article that is stored is not dated again.
    """
    text = _text(source)
    digest = hashlib.sha256(source.data).hexdigest()
    kept = kept_of(source)
    return Article(
        article_id=digest[:12], sha256=digest, text=text,
        title=kept.title or _first_line(text), publisher=kept.publisher, url=kept.url,
        published=published_from(source.published, source.name),
        retrieved_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def kept_of(source: Source) -> Source:
    """The source with the title, publisher and address that articles.csv can hold; the others are empty, and told."""
    told = {"title": _line(source.title), "publisher": _line(source.publisher), "url": _line(source.url)}
    sentences = list(source.left_out)
    for problem in article_problems({"article_id": "-", "sha256": "0" * 64, **told}):
        column = problem.column or ""
        instead = "Its first line stands for it." if column == "title" else "The article is stored without it."
        value = shown(told[column])
        sentences.append(f"{source.name}: its {column} {value} was left out: {problem.message} {instead}")
        told[column] = ""
    kept = replace(source, title=told["title"], publisher=told["publisher"], url=told["url"])
    return replace(kept, left_out=tuple(sentences))


def _text(source: Source) -> str:
    problem = kind_problem(source.name, source.data)
    if problem and problem.code in ("file.not_text", "file.encoding", "file.git_lfs"):
        raise DataError(f"{source.name} {problem.message} Copy the words out of it into a plain text file.")
    if problem and "web page" in problem.message:
        raise DataError(f"{source.name} is a web page's source, not its text. Copy the article's words alone.")
    if b"\0" in source.data:
        raise DataError(f"{source.name} is no plain text: it holds bytes of value 0.")
    try:
        text = source.data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"byte {error.start:,} is {source.data[error.start]:#04x}"
        raise DataError(f"{source.name} is not UTF-8 text ({where}). Save it as plain UTF-8 text.") from error
    if not text.strip("\ufeff \t\r\n"):
        raise DataError(f"{source.name} is empty: there is nothing to add.")
    if len(text) > ARTICLE_LIMIT:
        hint = "Add its articles one by one."
        raise DataError(f"{source.name} has more than {ARTICLE_LIMIT:,} characters, which is the limit. {hint}")
    return text


def published_from(value: str, name: str = "the article") -> date | None:
    """The day of publication; None for an empty value. Raises `DataError` for anything but a day like 2025-10-29.

    A time of day behind it is passed over.
    """
    if not value.strip():
        return None
    try:
        day = date.fromisoformat(_DAY.sub("", value.strip()))
    except ValueError:
        message = f"{name}: published must be a day like 2025-10-29, got {shown(value)}."
        raise DataError(message) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DataError(f"{name}: published must lie between {FIRST_DAY} and {LAST_DAY}, got {shown(value)}.")
    return day


def _line(value: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _first_line(text: str) -> str:
    first = next(line for line in text.strip("\ufeff \t\r\n").splitlines() if line.strip())
    return _line(first)[:_TITLE_LIMIT]


def sources_in_folder(folder: Path, common: Source) -> tuple[Iterator[Source | str], int]:
    """Every text file (.txt, .md) of a folder, by name, and how many there are.

    Publisher and day are those of ``common``; the titles are the first lines. A file that cannot be read comes as a
    sentence that says so.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".txt", ".md") and path.is_file())
    if not files:
        raise DataError(f"{folder} holds no text file (.txt or .md): there is nothing to add.")
    return (_source_in(path, common) for path in files), len(files)


def _source_in(path: Path, common: Source) -> Source | str:
    """At most a little more than the longest article, so that a huge file costs nothing."""
    try:
        with path.open("rb") as file:
            return replace(common, data=file.read(4 * ARTICLE_LIMIT + 1), name=path.name)
    except OSError as error:
        return f"{path.name} cannot be read: {reason(error)}."


def sources_in_lines(lines: Iterable[bytes], common: Source, file: str = "") -> Iterator[Source | str]:
    """The articles of JSON lines: objects with text, and where known title, publisher, url and published.

    A line that is no such object comes as a sentence that says so; it names the ``file``, if there are several.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield source_of(line, f"{file}, line {number}" if file else f"line {number}", common)


def source_of(line: bytes, name: str, common: Source) -> Source | str:
    """The article of one JSON line, called ``name`` in messages; or a sentence that says why it is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return f"{name}: expected one JSON object with text, got {shown(line[:200].decode('utf-8', 'replace'))}."
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return f"{name}: expected an object with text, got {shown(line[:200].decode('utf-8', 'replace'))}."
    known = {key: value[key] for key in _FIELDS if isinstance(value.get(key), str) and value[key]}
    odd = [key for key in _FIELDS if value.get(key) is not None and not isinstance(value[key], str)]
    if "published" in odd:
        odd.remove("published")
        known["published"] = json.dumps(value["published"])  # refused by its value, if it is no day
    left_out = [f"{name}: its {key} was left out: it is no text, but {shown(json.dumps(value[key]))}." for key in odd]
    try:
        data = value["text"].encode("utf-8")
    except UnicodeEncodeError:
        return f"{name}: the text holds half of a surrogate pair, which is no text."
    return replace(common, data=data, name=name, left_out=tuple(left_out), **known)


# --- storing


def add_article(folder: Path, source: Source, gazetteer: Gazetteer, recogniser: Recogniser | None = None) -> AddReport:
    """Store one article with its events. Raises `DataError` if it is no article's text."""
    report = add_articles(folder, [source], gazetteer, recogniser)
    if report.refused:
        raise DataError(report.problems[0])
    return report


def add_articles(
    folder: Path,
    sources: Iterable[Source | str],
    gazetteer: Gazetteer,
    recogniser: Recogniser | None = None,
    progress: Callable[[int], None] | None = None,
) -> AddReport:
    """Store articles with their events; what is no text is told in the report and left out.

    An article that the rules fail on is stored with its problem; added again, it is read again.
    The folder is made if it is missing. ``progress`` is called with the number of articles done since the last call.
    """
    refuse_if_read_only()
    refuse_parquet(folder)
    refuse_foreign(folder)
    _make(folder / "articles")
    project = read_project(folder)
    own = own_places(project.places, gazetteer)
    report, waiting = AddReport(left_out=project.left_out), iter(sources)
    done = {article_id for article_id, article in project.articles.items() if not article.problem}
    while batch := list(islice(waiting, BATCH)):
        fresh: dict[str, _Read] = {}
        for source in batch:
            article = admitted(source, report)
            if article is None:
                continue
            report.article_ids.append(article.article_id)
            if article.article_id in done or article.article_id in fresh:
                report.known += 1
                continue
            told = told_by(article, gazetteer, recogniser, own)
            if told.problem:
                report.failed += 1
                report.problems.append(f"{source if isinstance(source, str) else source.name}: {told.problem}")
            fresh[article.article_id] = _Read(replace(article, problem=told.problem), told.events)
        _store(folder, fresh, gazetteer, report)
        done |= fresh.keys()
        if progress:
            progress(len(batch))
    return report


@dataclass(frozen=True, slots=True)
class _Read:
    """An article that is new to the project, with its events."""

    article: Article
    events: Sequence[Event]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise DataError(f"{folder} cannot be made: {path_trouble(error)}. Name another folder with --data.") from error


def admitted(source: Source | str, report: AddReport) -> Article | None:
    """The article, or None; the reason, and what was left out of what was said about it, is told in the report."""
    try:
        if isinstance(source, str):
            raise DataError(source)
        article = article_from(source)
    except DataError as error:
        report.refused += 1
        report.problems.append(str(error))
        return None
    report.problems += kept_of(source).left_out
    return article


def _store(folder: Path, fresh: Mapping[str, _Read], gazetteer: Gazetteer, report: AddReport) -> None:
    """Texts, places, events and, last, the rows of articles.csv."""
    if not fresh:
        return
    for article_id, read in fresh.items():
        # UTF-8 there and back is the same: the bytes, and so the sha256, are those that came.
        replace_file(folder / "articles" / f"{article_id}.txt", read.article.text.encode("utf-8"))
    events = [event for read in fresh.values() for event in read.events]
    used = {event.place_id: event.place_reason for event in events if event.place_id}
    update_table(folder, "places", lambda rows: _with_places(rows, used, gazetteer))
    update_table(folder, "events", lambda rows: _with_events(rows, events, report))
    update_table(folder, "articles", lambda rows: _with_articles(rows, fresh, report))
    report.without_events += sum(not (read.events or read.article.problem) for read in fresh.values())


def _with_articles(rows: list[Row], fresh: Mapping[str, _Read], report: AddReport) -> list[Row]:
    """The rows, each with what came of reading its article anew, and those of articles that are new."""
    there = {row["article_id"].strip() for row in rows}
    again = [fresh.get(row["article_id"].strip()) for row in rows]
    told = [row | {"problem": read.article.problem} if read else row for row, read in zip(rows, again, strict=True)]
    cleared = sum(bool(old["problem"]) and not new["problem"] for old, new in zip(rows, told, strict=True))
    report.read_again += cleared
    report.known += sum(read is not None and not read.article.problem for read in again) - cleared
    report.added += len(fresh.keys() - there)
    return [*told, *(article_row(read.article) for key, read in fresh.items() if key not in there)]


def _with_places(rows: list[Row], used: Mapping[str, str], gazetteer: Gazetteer) -> list[Row]:
    """The rows and those of places that are missing, each with the rule that chose it as its note."""
    there = {row["place_id"].strip() for row in rows}
    made = list(rows)
    for place_id, rule in sorted(used.items()):
        place = gazetteer.place(place_id) if place_id not in there else None
        if place:
            made.append(place_row(replace(place, note=f"{rule}. {place.note}" if place.note else rule)))
    in_order = [row["place_id"] for row in rows] == sorted(row["place_id"] for row in rows)
    return sorted(made, key=lambda row: row["place_id"]) if in_order else made


def _with_events(rows: list[Row], events: Sequence[Event], report: AddReport) -> list[Row]:
    """The rows and the events that are new; rows that are there, reviewed or not, stay as they are."""
    there = {row["event_id"].strip() for row in rows}
    known = _Known(rows)
    made = list(rows)
    for event in events:
        if event.event_id not in there:
            made.append(event_row(known.joined(event)))
            report.events += 1
            report.unplaced += not event.place_id
    return made


class _Known:
    """The incidents of the project, by type, place and days, to find again in another article."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._told: dict[tuple[str, ...], list[tuple[str, str, frozenset[str]]]] = {}
        self._renamed: dict[str, str] = {}
        for row in rows:
            self._keep(row)

    def _keep(self, row: Row) -> None:
        key = tuple(row[name].strip() for name in ("event_type", "place_id", "date_start", "date_end"))
        if all(key):
            told = row["incident_id"].strip() or row["event_id"].strip(), row["article_id"].strip()
            self._told.setdefault(key, []).append((*told, telling_words(row["passage"])))

    def joined(self, event: Event) -> Event:
        """The event, as part of the incident that another article tells in similar words."""
        row = event_row(event)
        key = tuple(row[name] for name in ("event_type", "place_id", "date_start", "date_end"))
        words = telling_words(event.passage)
        again = (
            incident
            for incident, article, others in self._told.get(key, ())
            if article != event.article_id and alike(words, others)
        )
        same = next(again, self._renamed.get(event.incident_id, ""))
        if same:
            self._renamed[event.incident_id] = same
        event = replace(event, incident_id=same or event.incident_id)
        self._keep(event_row(event))
        return event
