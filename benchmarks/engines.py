"""Filtering and grouping ten million events: our store against pandas, polars and a plain reading of the memory.

All answer the same question in one process, in turns, each with another period: of the events that pass the filters,
how many are in each cell of the map, by type. Ours answers more: see `Store.summarise`. The floor reads as many bytes
as the question has columns, with one core, and does nothing with them. Then, in processes of their own: how long it
takes to open the events, and the memory that they need. Run: python benchmarks/engines.py
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import polars

from benchmarks.made_parquet import make
from benchmarks.report import Row, told
from dashboard.filters import Filters
from dashboard.geo import Box, Viewport
from dashboard.model import Assertion, EventType, GeoPrecision
from dashboard.store.opening import open_store

ROUNDS, WORLD, SHIFT = 9, Viewport(Box(-180, -85, 180, 85), 2), 10
TYPES, PRECISIONS = ("battle", "explosion", "civilians", "protest"), ("settlement", "near", "admin1")
COLUMNS = """SELECT ((longitude / 360 + 0.5) * 16384)::SMALLINT AS x, ((0.5 - latitude / 180) * 16384)::SMALLINT AS y,
    (date_start - DATE '1970-01-01')::INTEGER AS since, (date_end - DATE '1970-01-01')::INTEGER AS until,
    list_position({types}, event_type)::UTINYINT AS type,
    list_position({precisions}, geo_precision)::UTINYINT AS precision, (assertion = 'claimed')::UTINYINT AS claimed
    FROM '{file}'"""
"""What the question needs, as narrow as it can be: dates as days, names as numbers."""

OPENED = """
import json, sys, time
from pathlib import Path
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
from dashboard.store.opening import open_store
from dashboard.filters import Filters
open_store(Path(sys.argv[1]), lambda _: None).summarise(Filters())
before, start = resident(), time.perf_counter()
store = open_store(Path(sys.argv[2]), lambda _: None)
seconds = time.perf_counter() - start
store.summarise(Filters())
print(json.dumps({"seconds": seconds, "bytes": resident() - before}))
"""


def periods():
    """A first and a last day for every round."""
    for number in range(ROUNDS):
        yield date(2009, 1, 1) + timedelta(days=37 * number), date(2023, 1, 1) + timedelta(days=11 * number)


def day_number(day):
    return (day - date(1970, 1, 1)).days


def pandas_groups(frame, first, last, every):
    rows = frame[(frame["until"] >= day_number(first)) & (frame["since"] <= day_number(last))]
    if every:
        rows = rows[rows["type"].isin([1, 2, 3, 4]) & rows["precision"].isin([1, 2, 3]) & (rows["claimed"] == 1)]
    return len(rows.groupby([rows["x"].to_numpy() >> SHIFT, rows["y"].to_numpy() >> SHIFT, "type"]).size())


def polars_groups(frame, first, last, every):
    column = polars.col
    rows = frame.lazy().filter(column("until") >= day_number(first), column("since") <= day_number(last))
    if every:
        rows = rows.filter(column("type").is_in([1, 2, 3, 4]), column("precision").is_in([1, 2, 3]),
                           column("claimed") == 1)  # fmt: skip
    cells = (column("x") // (1 << SHIFT)).alias("column"), (column("y") // (1 << SHIFT)).alias("row")
    return rows.group_by(*cells, "type").len().collect().height


def our_groups(store, first, last, every):
    filters = Filters(date_from=first, date_to=last)
    if every:
        filters = Filters(
            date_from=first, date_to=last, types=tuple(map(EventType, TYPES)), assertions=(Assertion.CLAIMED,),
            precisions=tuple(map(GeoPrecision, PRECISIONS)),
        )  # fmt: skip
    return store.summarise(filters, WORLD).matched


def floor(columns):
    """Read every byte of the columns once."""
    return [int(np.bitwise_or.reduce(column.view(np.uint8)[: column.nbytes // 8 * 8].view(np.uint64)))
            for column in columns]  # fmt: skip


def median_ms(ask):
    times = []
    for first, last in periods():
        start = time.perf_counter()
        ask(first, last)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def asked(file):
    """Rows on the questions, with the filters of a period and with all of them."""
    sql = COLUMNS.format(file=file, types=list(TYPES), precisions=list(PRECISIONS))
    columns = duckdb.sql(sql).fetchnumpy()
    frame = duckdb.sql(sql).pl()
    table = duckdb.sql(sql).df()
    store = open_store(file, lambda _: None)
    our_groups(store, date(2008, 1, 1), date(2024, 1, 1), every=False)  # what follows every filter but the period
    flat = [np.ascontiguousarray(column) for column in columns.values()]
    least = median_ms(lambda *_: floor(flat))
    yield Row("10M events, reading the memory once", f"{least:.1f} ms")
    for every, name in ((False, "by period"), (True, "by all filters")):
        slow = median_ms(lambda first, last, every=every: pandas_groups(table, first, last, every))
        yield Row(f"filter and group 10M {name}, pandas", f"{slow:.0f} ms")
        polar = median_ms(lambda first, last, every=every: polars_groups(frame, first, last, every))
        yield Row(f"filter and group 10M {name}, polars", f"{polar:.1f} ms", "pandas", polar / slow)
        ours = median_ms(lambda first, last, every=every: our_groups(store, first, last, every))
        yield Row(f"filter and group 10M {name}, ours", f"{ours:.1f} ms", "pandas", ours / slow)
        yield Row(f"filter and group 10M {name}, ours", f"{ours:.1f} ms", "reading the memory", ours / least)


def opened(small, file, count):
    """Rows on opening so many events, beyond what the program needs with a thousand."""
    command = [sys.executable, "-c", OPENED, str(small), str(file)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    yield Row(f"open {count:,} events", f"{found['seconds']:.2f} s")
    yield Row(f"memory of {count:,} events, each", f"{found['bytes'] / count:.0f} bytes")


def rows(folder):
    """The table."""
    files = {count: folder / f"{count}.parquet" for count in (1_000, 1_000_000, 10_000_000)}
    for count, file in files.items():
        make(count, file)
    yield from opened(files[1_000], files[1_000_000], 1_000_000)
    yield from opened(files[1_000], files[10_000_000], 10_000_000)
    yield from asked(files[10_000_000])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        told(rows(Path(scratch)))
