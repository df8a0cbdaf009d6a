"""From a key on the slider to the painted map, in a real Chromium: ours at any size against pages of the usual kind.

Every round runs all cases one after the other on the same machine; a case keeps its server, and opens its page for the
round. A step of ours shows a period nobody has asked for before, so no answer is remembered.
Run: python benchmarks/page_steps.py
"""

import os
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from playwright.sync_api import sync_playwright

from benchmarks import usual_pages
from benchmarks.made_parquet import make
from benchmarks.report import Row, told
from benchmarks.servers import MARKS, OURS, TEXT, launched, served, step, until_shown, vendored

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
SIZES = {"1k": 1_000, "100k": 100_000, "1M": 1_000_000, "10M": 10_000_000}
EMPTY = "empty page at Streamlit's defaults"
WITH_LIBRARIES = "empty page that imports folium and pandas"
FILTERS = {
    "types": ("&type=battle&type=protest", "event_type IN ('battle', 'protest')"),
    "actor": ("&actor=Actor 7", "'Actor 7' IN (actor1, actor2)"),
    "words": ("&words=river", "true"),
    "precision": ("&precision=near", "geo_precision = 'near'"),
}
"""A filter as the page's address has it, and as SQL."""


@dataclass
class Case:
    """A page, what to watch on it, and the milliseconds of its steps."""

    name: str
    script: Path
    watch: str
    data: Path | None = None
    queries: list = field(default_factory=lambda: [""])
    key: str = "ArrowRight"
    rounds: int = ROUNDS
    taken: list = field(default_factory=list)

    @property
    def is_ours(self):
        return self.script == OURS

    def median(self):
        return statistics.median(self.taken)


def cases(folder, files):
    """Ours at every size and with filters, and the others."""
    made = {}
    for name, source in (("empty", usual_pages.EMPTY), ("cluster", usual_pages.MARKER_CLUSTER),
                         ("fast", usual_pages.FAST_MARKER_CLUSTER), ("pydeck", usual_pages.PYDECK)):  # fmt: skip
        made[name] = source
    yield Case(EMPTY, page(folder, "empty", made["empty"]), TEXT)
    yield Case(WITH_LIBRARIES, page(folder, "libraries", usual_pages.EMPTY_OF_A_MAP), TEXT)
    for size, file in files.items():
        yield Case(f"ours, {size}", OURS, MARKS, file, [f"from={day}" for day in days_of(file)])
    for name, (query, condition) in FILTERS.items():
        days = days_of(files["1M"], condition)
        yield Case(f"ours, 1M, filter on {name}", OURS, MARKS, files["1M"], [f"from={day}{query}" for day in days])
    usual = (("MarkerCluster, 1k", "cluster", 1_000), ("FastMarkerCluster, 10k", "fast", 10_000),
             ("FastMarkerCluster, 50k", "fast", 50_000))  # fmt: skip
    for name, kind, count in usual:
        yield Case(name, page(folder, name, made[kind], count), usual_pages.CLUSTERED, rounds=2)
    yield Case("pydeck, 100k", page(folder, "pydeck", made["pydeck"], 100_000), TEXT, rounds=2)


def page(folder, name, source, count=0):
    """A folder with the page, its events and what it needs of other hosts."""
    place = folder / "".join(letter for letter in name if letter.isalnum())
    place.mkdir()
    (place / "page.py").write_text(source)
    if count:
        make(count, place / "events.parquet")
        (place / "static").symlink_to(folder / "static")
    return place / "page.py"


def days_of(file, condition="true"):
    """Days on which something ended that is drawn: as first day of the period, a step later leaves it out."""
    sql = f"""SELECT DISTINCT date_end FROM '{file}' WHERE date_end BETWEEN '2009-01-01' AND '2020-01-01'
        AND geo_precision <> 'country' AND {condition} ORDER BY 1"""
    days = [str(row[0]) for row in duckdb.sql(sql).fetchall()]
    return days[:: max(1, len(days) // (ROUNDS * 4))]


def measured(all_cases, browser):
    """Fill every case with its times."""
    with ExitStack() as stack:
        for case in all_cases:
            case.url, case.process = stack.enter_context(served(case.script, data=case.data, ours=case.is_ours))
        for round_number in range(max(case.rounds for case in all_cases)):
            for case in all_cases:
                if round_number < case.rounds:
                    one_round(case, round_number, browser)


def one_round(case, round_number, browser):
    """Open the page, step once to warm it up and once for the table, and close it: no two pages share the machine."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    for number in (2 * round_number, 2 * round_number + 1):
        if case.is_ours or number % 2 == 0:
            page.goto(f"{case.url}/?{case.queries[number % len(case.queries)]}")
            until_shown(page, case.watch)
        page.wait_for_timeout(1500)
        taken = step(page, case.watch, case.key)
    case.taken.append(taken)
    page.close()


def rows(folder):
    """The table."""
    files = {name: folder / f"{count}.parquet" for name, count in SIZES.items()}
    for name, file in files.items():
        make(SIZES[name], file)
    vendored(folder)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        found = {case.name: case for case in cases(folder, files)}
        measured(list(found.values()), browser)
        browser.close()
    empty, full, small = (found[name].median() for name in (EMPTY, WITH_LIBRARIES, "ours, 1k"))
    yield Row(f"slider to painted, {EMPTY}", f"{empty:.0f} ms")
    for name, case in found.items():
        if name != EMPTY:
            yield Row(f"slider to painted, {name}", f"{case.median():.0f} ms", "the empty page", case.median() / empty)
    for size in ("1M", "10M"):
        median = found[f"ours, {size}"].median()
        yield Row(f"slider to painted, ours, {size}", f"{median:.0f} ms", WITH_LIBRARIES, median / full)
        yield Row(f"slider to painted, ours, {size}", f"{median:.0f} ms", "ours at 1k", median / small)


def main():
    with tempfile.TemporaryDirectory() as folder:
        told(rows(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
