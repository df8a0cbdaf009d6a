"""A million events in a real Chromium: opening, moving the map, reading a passage, and what two minutes of it cost.

Run: python benchmarks/page_use.py
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.made_parquet import make
from benchmarks.report import Row, told
from benchmarks.servers import MARKS, OURS, launched, resident_mb, served, step, until_painted, until_shown

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "8"))
HEAP_STEPS = 120
PASSAGES = """[...document.querySelectorAll(".st-key-panel blockquote")].map((one) => one.textContent).join()"""
HEAP = "() => { gc(); gc(); return performance.memory.usedJSHeapSize / 1e6; }"


def opened(page, url):
    """Seconds from the address to the painted map."""
    start = time.perf_counter()
    page.goto(f"{url}/?from=2012-01-01")
    until_shown(page, MARKS)
    return time.perf_counter() - start


def pan(page, number):
    """Milliseconds from letting go of the map until the marks of the new view are painted."""
    frame = page.locator("iframe[title*='streamlit_folium']").bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    side = 1 if number % 2 else -1
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(1, 6):
        page.mouse.move(x + side * part * 60, y)
    page.wait_for_timeout(200)
    return until_painted(page, MARKS, page.mouse.up)


def press_a_mark(page, number):
    """Milliseconds from a key on another mark until its passages stand in the panel."""
    marks = page.frame_locator("iframe[title*='streamlit_folium']").locator(".cm-mark")
    marks.nth(number % marks.count()).focus()  # a cluster's events come apart, so that there may be fewer marks
    return until_painted(page, PASSAGES, lambda: page.keyboard.press("Enter"))


def zoomed_in(page):
    """Two levels closer, so that moving the map shows what was not counted yet."""
    for _ in range(3):
        zoom_in = page.frame_locator("iframe[title*='streamlit_folium']").locator(".leaflet-control-zoom-in")
        until_painted(page, MARKS, zoom_in.click)
        page.wait_for_timeout(1500)


def median(act, page):
    times = []
    for number in range(ROUNDS):
        page.wait_for_timeout(1500)
        times.append(act(page, number))
    return statistics.median(times)


def heap_growth(page):
    """Megabytes that the page holds after many steps, beyond what it held after ten."""
    for _ in range(10):
        step(page, MARKS)
    page.wait_for_timeout(2000)
    before = page.evaluate(HEAP)
    for _ in range(HEAP_STEPS):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
    page.wait_for_timeout(2000)
    return page.evaluate(HEAP) - before


def rows(folder):
    """The table."""
    file = folder / "events.parquet"
    make(1_000_000, file)
    with served(OURS, data=file, ours=True) as (url, process), sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        yield Row("1M events, server just up: from the address to the map", f"{opened(page, url):.1f} s")
        page.wait_for_timeout(3000)
        slider = statistics.median(_step(page) for _ in range(ROUNDS))
        yield Row("1M events, slider to painted", f"{slider:.0f} ms")
        passage = median(press_a_mark, page)
        yield Row("1M events, press of a mark to passages", f"{passage:.0f} ms", "the slider", passage / slider)
        grown = heap_growth(page)
        yield Row(f"memory of the browser's page after {HEAP_STEPS} steps", f"{grown:+.1f} MB")
        yield Row("memory of the server after that", f"{resident_mb(process):.0f} MB")
        zoomed_in(page)
        panned = median(pan, page)
        yield Row("1M events, map let go to repainted", f"{panned:.0f} ms", "the slider", panned / slider)
        yield Row("the same, beyond the slider", f"{panned - slider:.0f} ms")
        again = browser.new_page(viewport={"width": 1440, "height": 900})
        yield Row("1M events, the next reader: from the address to the map", f"{opened(again, url):.1f} s")
        browser.close()


def _step(page):
    page.wait_for_timeout(1200)
    return step(page, MARKS)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        told(rows(Path(scratch)))
