"""The articles of a set of events: read by their ids, and compared with what stands beside them."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from dashboard.errors import Problem, shown
from dashboard.model import ID_PATTERN, Article
from dashboard.project.read import ARTICLE_LIMIT_BYTES
from dashboard.project.reading.rows import TITLE_LIMIT
from dashboard.store.sources.parquet_cells import ARTICLE_KINDS, read_day, read_raw
from dashboard.store.sources.parquet_files import article_files
from dashboard.store.sources.parquet_sql import FileSet, first_line, parquet

_WORDS = ("title", "publisher", "language")


class StoredArticles:
    """The files with the articles of a set; none if it comes without. ``problems`` tells of those that are damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._damaged: dict[str, Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Files that could not be read so far."""
        return tuple(self._damaged.values())

    def of(self, db: duckdb.DuckDBPyConnection, article_ids: Collection[str]) -> Mapping[str, Article]:
        """These articles by their ids. What cannot be read is told, and is not among them."""
        files = [str(file) for file in article_files(self._path) if str(file) not in self._damaged]
        for odd in [file for file in files if not Path(file).is_file()]:  # a pipe would be waited for
            self._tell(odd, "it is no file")
            files.remove(odd)
        if not files:
            return {}
        try:
            return dict(self._read(db, files, article_ids))
        except duckdb.Error:
            return {key: article for file in files for key, article in self._of_one(db, file, article_ids)}

    def _of_one(
        self, db: duckdb.DuckDBPyConnection, file: str, article_ids: Collection[str]
    ) -> list[tuple[str, Article]]:
        try:
            return list(self._read(db, [file], article_ids))
        except duckdb.Error as error:
            self._tell(file, first_line(error))
            return []

    def _tell(self, file: str, why: str) -> None:
        hint = "Write it again; until then its articles cannot be opened."
        message = f"cannot be read: {why}."
        self._damaged[file] = Problem(file=Path(file).name, code="file.unreadable", message=message, hint=hint)

    def _read(
        self, db: duckdb.DuckDBPyConnection, files: list[str], article_ids: Collection[str]
    ) -> Iterator[tuple[str, Article]]:
        own = FileSet(files, ARTICLE_KINDS).described(db).cells.own
        columns = ", ".join(read_raw(name, kind, own.get(name)) for name, kind in ARTICLE_KINDS.items())
        asked = f"SELECT {columns} FROM {parquet(files)}"
        days = read_day("published", own.get("published"))
        names = ", ".join(name for name in ARTICLE_KINDS if name != "published")
        sql = f"SELECT {names}, {days} AS published FROM ({asked}) WHERE article_id IN (SELECT unnest($ids))"
        answer = db.cursor().execute(sql, {"ids": list(article_ids)})
        found = [column[0] for column in answer.description or ()]
        for row in answer.fetchall():
            article = _article(dict(zip(found, row, strict=True)))
            if article:
                yield article.article_id, article


def _article(cells: dict[str, Any]) -> Article | None:
    """The article of a row; None where there is no text that could be shown."""
    text = cells["text"].encode("utf-8", "surrogatepass")
    if not cells["text"] or len(text) > ARTICLE_LIMIT_BYTES or not ID_PATTERN.fullmatch(cells["article_id"]):
        return None
    told = cells["sha256"].strip().lower()
    words = {name: cells[name][:TITLE_LIMIT] for name in _WORDS}
    return Article(**cells | words, has_changed=bool(told) and hashlib.sha256(text).hexdigest() != told)


def articles_not_read(path: Path) -> list[Problem]:
    """The articles beside a set of events that the rules failed on, and have not read since."""
    files = article_files(path)
    if not files:
        return []
    if odd := next((file for file in files if not file.is_file()), None):
        return [Problem(file=odd.name, code="article.unreadable", message="is no file.", hint="Remove it.")]
    with duckdb.connect() as db:
        try:
            if "problem" not in db.sql(f"SELECT * FROM {parquet(files)}").columns:
                return []  # written before there was such a column
            rows = db.sql(
                f"SELECT article_id, any_value(title), max(problem) FROM {parquet(files)}"
                " GROUP BY article_id HAVING bool_and(coalesce(problem, '') <> '') ORDER BY article_id"
            ).fetchall()
        except duckdb.Error as error:
            return [Problem(file=path.name, code="article.unreadable", message=first_line(error))]
    hint = "Add it again once the rules are mended."
    return [
        Problem(file=f"{path.name}/articles", code="article.rules_failed", hint=hint,
                message=f"{article_id} ({shown(title)}): {problem}")
        for article_id, title, problem in rows
    ]  # fmt: skip
