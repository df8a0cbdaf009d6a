"""The articles of a set of events: read by their ids, and verified against their digests."""

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
    """The articles of a set of events, if it comes with any. ``problems`` lists damaged files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._damaged: dict[str, Problem] = {}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of files that could not be read so far."""
        return tuple(self._damaged.values())

    def articles(self, db: duckdb.DuckDBPyConnection, article_ids: Collection[str]) -> Mapping[str, Article]:
        """These articles by their ids. Those that cannot be read are reported and left out."""
        files = [str(file) for file in article_files(self._path) if str(file) not in self._damaged]
        for odd in [file for file in files if not Path(file).is_file()]:  # opening a pipe would block
            self._report(odd, "it is no file")
            files.remove(odd)
        if not files:
            return {}
        try:
            return dict(self._read(db, files, article_ids))
        except duckdb.Error:
            return {key: article for file in files for key, article in self._read_one_file(db, file, article_ids)}

    def _read_one_file(
        self, db: duckdb.DuckDBPyConnection, file: str, article_ids: Collection[str]
    ) -> list[tuple[str, Article]]:
        try:
            return list(self._read(db, [file], article_ids))
        except duckdb.Error as error:
            self._report(file, first_line(error))
            return []

    def _report(self, file: str, why: str) -> None:
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
    """The article of a row; None without a text that can be shown."""
    text = cells["text"].encode("utf-8", "surrogatepass")
    if not cells["text"] or len(text) > ARTICLE_LIMIT_BYTES or not ID_PATTERN.fullmatch(cells["article_id"]):
        return None
    stored_digest = cells["sha256"].strip().lower()
    words = {name: cells[name][:TITLE_LIMIT] for name in _WORDS}
    return Article(
        **cells | words, has_changed=bool(stored_digest) and hashlib.sha256(text).hexdigest() != stored_digest
    )


def articles_not_read(path: Path) -> list[Problem]:
    """Problems for the articles of a set of events on which the rules failed, and that were not read since."""
    files = article_files(path)
    if not files:
        return []
    if odd := next((file for file in files if not file.is_file()), None):
        return [Problem(file=odd.name, code="article.unreadable", message="is no file.", hint="Remove it.")]
    with duckdb.connect() as db:
        try:
            if "problem" not in db.sql(f"SELECT * FROM {parquet(files)}").columns:
                return []  # written before this column existed
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
