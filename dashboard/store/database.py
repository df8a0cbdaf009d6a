"""DuckDB in memory, and the one way to query it for the events that pass some filters."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from typing import Any, Self

import duckdb

from dashboard.filters import Filters
from dashboard.store import queries
from dashboard.store.counting.groups import Answer
from dashboard.store.queries import ALL, Counting, Params, Scope

Relation = Callable[[Filters, Scope], str]
"""Chooses the table to query for some filters and a scope."""
ErrorContext = Callable[[], AbstractContextManager[None]]
"""Wraps every query, to turn errors of the database into errors for people."""
# Extensions would be fetched from the network; nothing here needs one.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_SETTINGS = (
    "SET enable_progress_bar = false",  # otherwise it appears in the output of `python -c`
    "SET allocator_background_threads = true",
    "SET allocator_flush_threshold = '1MB'",
    "SET allocator_bulk_deallocation_flush_threshold = '1MB'",
)
"""Makes the allocator return memory that was only needed for loading."""


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that fetches nothing from the network."""
    db = duckdb.connect(config=_CONFIG)
    for setting in _SETTINGS:
        db.execute(setting)
    return db


class Database:
    """The tables of one store. Safe to share between threads, once they are loaded."""

    def __init__(self, counting: Counting, relation: Relation, errors: ErrorContext = nullcontext) -> None:
        """``counting`` defines what a row of the relation stands for."""
        self.connection = connect()
        self._counting, self._relation, self._errors = counting, relation, errors

    def with_errors(self, errors: ErrorContext) -> Self:
        """The same database with another error context."""
        other = copy(self)
        other._errors = errors
        return other

    def rows(self, sql: str, *asked: Any, **parts: Any) -> list[tuple[Any, ...]]:
        """The result of a query, row by row; see `filled` for the arguments."""
        with self._errors():
            return self._ask(sql, *asked, **parts).fetchall()

    def columns(self, sql: str, *asked: Any, **parts: Any) -> Answer:
        """The result of a query, column by column; see `filled` for the arguments."""
        with self._errors():
            return self._ask(sql, *asked, **parts).fetchnumpy()

    def filled(
        self, sql: str, filters: Filters | None = None, scope: Scope = ALL, values: Params | None = None, **parts: str
    ) -> tuple[str, Params]:
        """The text of a query with its placeholders filled in (see `queries`), and the parameters it uses.

        With ``filters``, the query is about the events that pass them and lie in the scope; without, the text is final.
        """
        params = scope.values | (values or {})
        if filters is not None:
            if "events" not in parts:
                parts["events"] = self._relation(filters, scope)
            conditions, chosen = queries.conditions(filters, self._numbers)
            sql = sql.format(conditions=conditions, scope=scope.condition, **self._counting._asdict(), **parts)
            params |= chosen
        return sql, queries.only_used(sql, params)

    def _ask(self, *asked: Any, **parts: Any) -> duckdb.DuckDBPyConnection:
        # A cursor per query: a DuckDB connection must not be shared between threads.
        return self.connection.cursor().execute(*self.filled(*asked, **parts))

    def _numbers(self, table: str, names: Sequence[str]) -> list[int]:
        return [
            number for (number,) in self._ask(queries.NAME_NUMBERS[table], values={"names": list(names)}).fetchall()
        ]
