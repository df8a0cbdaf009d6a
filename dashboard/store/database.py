"""DuckDB in memory, and the one way to ask it about the events that pass some filters."""

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
"""Gives the table whose rows are asked for some filters and a scope."""
Guard = Callable[[], AbstractContextManager[None]]
"""Stands around every question, to let errors of the database be errors for people."""
# Extensions would be fetched from the network; nothing here needs one.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_SETTINGS = (
    "SET enable_progress_bar = false",  # else one stands in the output of a `python -c`
    "SET allocator_background_threads = true",
    "SET allocator_flush_threshold = '1MB'",
    "SET allocator_bulk_deallocation_flush_threshold = '1MB'",
)
"""The allocator gives back what loading needed for a moment; else it would stay with the process."""


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that fetches nothing from the network."""
    db = duckdb.connect(config=_CONFIG)
    for setting in _SETTINGS:
        db.execute(setting)
    return db


class Database:
    """The tables of one store. Safe to share between threads, once they are made."""

    def __init__(self, counting: Counting, relation: Relation, guard: Guard = nullcontext) -> None:
        """``counting`` says what a row of the relation stands for."""
        self.connection = connect()
        self._counting, self._relation, self._guard = counting, relation, guard

    def guarded_by(self, guard: Guard) -> Self:
        """The same database with another guard."""
        other = copy(self)
        other._guard = guard
        return other

    def rows(self, sql: str, *asked: Any, **parts: Any) -> list[tuple[Any, ...]]:
        """The answer to a question, row by row; see `_ask` for the arguments."""
        with self._guard():
            return self._ask(sql, *asked, **parts).fetchall()

    def columns(self, sql: str, *asked: Any, **parts: Any) -> Answer:
        """The answer to a question, column by column; see `_ask` for the arguments."""
        with self._guard():
            return self._ask(sql, *asked, **parts).fetchnumpy()

    def _ask(
        self, sql: str, filters: Filters | None = None, scope: Scope = ALL, values: Params | None = None, **parts: str
    ) -> duckdb.DuckDBPyConnection:
        """Ask a question; if it is about events, about those that pass the filters and lie in the scope."""
        params = scope.values | (values or {})
        if filters is not None:
            if "events" not in parts:
                parts["events"] = self._relation(filters, scope)
            where, chosen = queries.conditions(filters, self._numbers)
            sql = sql.format(conditions=where, scope=scope.condition, **self._counting._asdict(), **parts)
            params |= chosen
        # A cursor per question: a DuckDB connection is not to be shared between threads.
        return self.connection.cursor().execute(sql, queries.only_used(sql, params))

    def _numbers(self, table: str, names: Sequence[str]) -> list[int]:
        return [number for (number,) in self._ask(queries.NUMBERS[table], values={"names": list(names)}).fetchall()]
