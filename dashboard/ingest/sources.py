"""Articles from outside: their text and details, checked before anything is stored.

They come one by one, as the text files of a folder, or as JSON lines.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.errors import DataError, shown
from dashboard.extract.places.recognise import TEXT_LIMIT
from dashboard.model import FIRST_DAY, LAST_DAY, Article
from dashboard.project.disk.atomic_files import reason
from dashboard.project.reading.file_kinds import kind_problem
from dashboard.project.reading.rows import article_problems

ARTICLE_LIMIT = TEXT_LIMIT
"""Maximum characters of an article, some 30,000 words. Anything longer is a collection, or not a text."""
_FIELDS = ("title", "publisher", "url", "published")
_TITLE_LIMIT = 300
_DAY = re.compile(r"(?<=\A[0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*")
"""The time of day after a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSource:
    """An article to be added. ``data`` is the file's bytes; ``published`` is empty or an ISO date."""

    data: bytes
    title: str = ""
    """Empty: the first line of the text."""
    publisher: str = ""
    url: str = ""
    published: str = ""
    name: str = "the article"
    """Its name in messages: a file, or a line of one."""
    left_out: tuple[str, ...] = ()
    """A sentence for each detail that cannot be stored; the text still is."""


# --- one article


def article_from(source: ArticleSource) -> Article:
    """The article as it will be stored, without what `storable` leaves out.

    Raises `DataError`, with what to do, if it is not the text of an article or its day of publication is not a date:
    with a wrong day every date in the article would be misread, and a stored article is not dated again.
    """
    text = _text(source)
    digest = hashlib.sha256(source.data).hexdigest()
    details = storable(source)
    return Article(
        article_id=digest[:12], sha256=digest, text=text,
        title=details.title or _first_line(text), publisher=details.publisher, url=details.url,
        published=published_from(source.published, source.name),
        retrieved_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip


def storable(source: ArticleSource) -> ArticleSource:
    """The source with only the title, publisher and address that articles.csv can hold.

    Any other value is emptied and named in ``left_out``.
    """
    details = {"title": _line(source.title), "publisher": _line(source.publisher), "url": _line(source.url)}
    sentences = list(source.left_out)
    for problem in article_problems({"article_id": "-", "sha256": "0" * 64, **details}):
        column = problem.column or ""
        instead = "Its first line stands for it." if column == "title" else "The article is stored without it."
        value = shown(details[column])
        sentences.append(f"{source.name}: its {column} {value} was left out: {problem.message} {instead}")
        details[column] = ""
    return replace(
        source, title=details["title"], publisher=details["publisher"], url=details["url"], left_out=tuple(sentences)
    )


def _text(source: ArticleSource) -> str:
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

    A time of day after it is ignored.
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


# --- many at once


def sources_in_folder(folder: Path, common: ArticleSource) -> tuple[Iterator[ArticleSource | str], int]:
    """Every text file (.txt, .md) of a folder, by name, and how many there are.

    Publisher and day are those of ``common``; the titles are the first lines. A file that cannot be read is replaced by
    a sentence that says so.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".txt", ".md") and path.is_file())
    if not files:
        raise DataError(f"{folder} holds no text file (.txt or .md): there is nothing to add.")
    return (_source_in(path, common) for path in files), len(files)


def _source_in(path: Path, common: ArticleSource) -> ArticleSource | str:
    """Read at most slightly more than the longest article, so that a huge file costs nothing."""
    try:
        with path.open("rb") as file:
            return replace(common, data=file.read(4 * ARTICLE_LIMIT + 1), name=path.name)
    except OSError as error:
        return f"{path.name} cannot be read: {reason(error)}."


def sources_in_lines(lines: Iterable[bytes], common: ArticleSource, file: str = "") -> Iterator[ArticleSource | str]:
    """The articles of JSON lines: objects with text, and where known title, publisher, url and published.

    Any other line is replaced by a sentence that says so; it names the ``file``, if there are several.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield source_in_line(line, f"{file}, line {number}" if file else f"line {number}", common)


def source_in_line(line: bytes, name: str, common: ArticleSource) -> ArticleSource | str:
    """The article in one JSON line, called ``name`` in messages; or a sentence that says why there is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return f"{name}: expected one JSON object with text, got {shown(line[:200].decode('utf-8', 'replace'))}."
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        return f"{name}: expected an object with text, got {shown(line[:200].decode('utf-8', 'replace'))}."
    details = {key: value[key] for key in _FIELDS if isinstance(value.get(key), str) and value[key]}
    not_text = [key for key in _FIELDS if value.get(key) is not None and not isinstance(value[key], str)]
    if "published" in not_text:
        not_text.remove("published")
        details["published"] = json.dumps(value["published"])  # refused later, if it is not a date
    left_out = [
        f"{name}: its {key} was left out: it is no text, but {shown(json.dumps(value[key]))}." for key in not_text
    ]
    try:
        data = value["text"].encode("utf-8")
    except UnicodeEncodeError:
        return f"{name}: the text holds half of a surrogate pair, which is no text."
    return replace(common, data=data, name=name, left_out=tuple(left_out), **details)
