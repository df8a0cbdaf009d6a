"""How long a step of the slider takes until the map shows it, against an empty Streamlit page at its defaults.

Both pages run on this machine, one after the other in every round, in the same Chromium. A step is one press of an
arrow key. Ours counts until the marks on the map have changed and a frame has passed, the empty page until it shows
the slider's new value. Run by `make bench`.
"""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

REPOSITORY = Path(__file__).parent.parent
ROUNDS, STEPS = 3, 6
EMPTY = """
import datetime, streamlit as st
day = datetime.date
chosen = st.slider("Period", day(2025, 10, 11), day(2025, 10, 29), (day(2025, 10, 11), day(2025, 10, 29)))
st.text(f"from {chosen[0]}")
"""
UNTIL_CHANGED = """async (watch) => {
    const until = () => new Promise((done) => requestAnimationFrame(done));
    const before = eval(watch);
    const start = performance.now();
    while (eval(watch) === before && performance.now() - start < 20000) await until();
    await until();
    return performance.now() - start;
}"""
MARKS = """[...document.querySelector("iframe[title*=streamlit_folium]").contentDocument.querySelectorAll(".cm-mark")]
    .map((mark) => mark.dataset.key + mark.querySelector(".cm-body").className).sort().join()"""
TEXT = """document.querySelector("[data-testid=stText]").textContent"""


@contextmanager
def serve(script, settings):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    environment = os.environ | {"CONFLICTMAP_DATA": str(REPOSITORY / "data")}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([*command, *settings], env=environment, stdout=output, stderr=output, cwd=REPOSITORY)
        try:
            url = f"http://127.0.0.1:{port}"
            while True:
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).read()
                    break
                except OSError:
                    time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait()


def steps(page, watch):
    """Milliseconds of each step: the start of the period a day later or earlier, so that the marks change."""
    thumb = page.get_by_role("slider", name=re.compile("start"))
    thumb.focus()
    taken = []
    for number in range(STEPS):
        # Over the edge of 11 October and back: the provinces' clashes leave the period and return.
        page.evaluate(f"() => {{ window.waited = ({UNTIL_CHANGED})({watch!r}); }}")
        page.keyboard.press("ArrowRight" if number % 2 == 0 else "ArrowLeft")
        taken.append(page.evaluate("() => window.waited"))
        page.wait_for_timeout(300)
    return taken


def main():
    chromium = os.environ.get("CONFLICTMAP_CHROMIUM") or shutil.which("chromium")
    ours, empty, opened = [], [], []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(folder) / "empty.py"
        script.write_text(EMPTY)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        defaults = ["--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"]
        for _ in range(ROUNDS):
            pages = ((REPOSITORY / "dashboard" / "app.py", [], MARKS, ours), (script, defaults, TEXT, empty))
            for app, settings, watch, taken in pages:
                with serve(app, settings) as url:
                    page = browser.new_page(viewport={"width": 1440, "height": 900})
                    begin = time.perf_counter()
                    page.goto(url)
                    page.wait_for_function(
                        f"() => {{ try {{ return ({watch}).length > 0 }} catch {{ return false }} }}"
                    )
                    if taken is ours:
                        opened.append(time.perf_counter() - begin)
                    page.wait_for_timeout(1500)
                    taken.extend(steps(page, watch)[1:])
                    page.close()
        browser.close()
    print(f"first page of a new server until its markers stand: {statistics.median(opened):.1f} s (median of {ROUNDS})")
    print(f"slider to markers, sample: {statistics.median(ours):.0f} ms (median of {len(ours)})")
    print(f"slider to text, empty page at its defaults: {statistics.median(empty):.0f} ms (of {len(empty)})")
    print(f"ratio: {statistics.median(ours) / statistics.median(empty):.2f}")


if __name__ == "__main__":
    main()
