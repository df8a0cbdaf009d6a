"""A cube beside the events it counts: its size, how soon it opens, what it keeps in memory, and how fast it answers.

The made events are spread over 20 years, 20,000 towns and eight types, so that few share place, day and kind: a cube of
real events, which crowd, is smaller. Run: python benchmarks/cube.py
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks.made_parquet import ROW_GROUP, make
from benchmarks.report import Row, told
from dashboard.filters import Filters
from dashboard.geo import viewport_at
from dashboard.store.cube.make import make_cube
from dashboard.store.opening import open_store
from dashboard.store.queries import of_mark

SIZES = tuple(int(n) for n in os.environ.get("BENCH_EVENTS", "1000000 10000000").split())
QUESTIONS = 30
ANSWERS = {
    "until it is open": "{:.1f} s",
    "memory": "{:.0f} MB",
    "counting the world": "{:.0f} ms",
    "counting a view of zoom 7": "{:.0f} ms",
    "page of a mark's list": "{:.0f} ms",
}


def resident_mb():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def answered(path):
    """Print seconds to open, megabytes kept, and the median milliseconds of three kinds of question."""
    before, start = resident_mb(), time.perf_counter()
    store = open_store(Path(path), lambda _: None)
    opened, kept = time.perf_counter() - start, resident_mb() - before
    chance = random.Random(5)
    places = [(mark.latitude, mark.longitude) for mark in store.summarise(Filters()).marks]
    taken = {"world": [], "near": [], "page": []}
    for _ in range(QUESTIONS):
        first = date(2006, 1, 1) + timedelta(days=chance.randrange(5000))
        filters = Filters(date_from=first, date_to=first + timedelta(days=chance.choice([30, 400, 2000])))
        for kind, view in (("world", None), ("near", viewport_at(*chance.choice(places), 7))):
            start = time.perf_counter()
            summary = store.summarise(filters, view)
            taken[kind].append(time.perf_counter() - start)
        if summary.marks:
            key = chance.choice(summary.marks).key
            start = time.perf_counter()
            store.events(filters, scope=of_mark(key))
            taken["page"].append(time.perf_counter() - start)
    print(opened, kept, *(statistics.median(times) * 1000 for times in taken.values()))


def asked(path):
    """The same in a process of its own."""
    printed = subprocess.check_output([sys.executable, __file__, str(path)], text=True, env=os.environ)
    return [float(number) for number in printed.split()]


def rows(folder):
    """The table."""
    for size in SIZES:
        file, cube = folder / f"{size}.parquet", folder / f"cube{size}"
        make(size, file)
        start = time.perf_counter()
        made = make_cube(file, cube)
        seconds = time.perf_counter() - start
        name = f"{size / 1e6:g}M events"
        yield Row(f"{name}: counting them", f"{seconds:.1f} s", "a second for a million", seconds / (size / 1e6))
        yield Row(
            f"{name}: size of the counts", f"{made.size / 1e6:.0f} MB", "the events", made.size / file.stat().st_size
        )
        yield Row(f"{name}: rows of single places", f"{made.rows:,}", "the events", made.rows / size)
        ours, theirs = asked(cube), asked(file)
        named = (
            "until it is open",
            "memory",
            "counting the world",
            "counting a view of zoom 7",
            "page of a mark's list",
        )
        for what, unit, one, other in zip(named, ("s", "MB", "ms", "ms", "ms"), ours, theirs, strict=True):
            yield Row(
                f"{name}: {what}", f"{one:.{1 if unit == 's' else 0}f} {unit}", "the events, opened whole", one / other
            )

    yield from repeated(folder)


def repeated(folder):
    """Ten times as many events at the same places on the same days: how far the size depends on their number."""
    once, often = (folder / f"{SIZES[0]}.parquet", folder / "often.parquet")
    changed = "printf('%s.%d', event_id, n) AS event_id, printf('%s.%d', incident_id, n) AS incident_id"
    events = f"SELECT * EXCLUDE (n) REPLACE ({changed}) FROM '{once}', range(10) t(n) ORDER BY date_end"
    duckdb.sql(f"COPY ({events}) TO '{often}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})")
    few, many = make_cube(once, folder / "few"), make_cube(often, folder / "many")
    yield Row(
        f"each of {SIZES[0] / 1e6:g}M events ten times: size of the counts", f"{many.size / 1e6:.0f} MB",
        "the counts of one time", many.size / few.size,
    )  # fmt: skip


def main():
    if len(sys.argv) > 1:
        answered(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        told(rows(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
