"""Pages of our own and of the usual kind, served for a benchmark, and the time until a browser has painted a step."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
OURS = REPOSITORY / "dashboard" / "app.py"
DEFAULTS = ["--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"]
BROWSER_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--enable-precise-memory-info", "--js-flags=--expose-gc",
]  # fmt: skip

UNTIL_CHANGED = """async (watch) => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const look = () => { try { return eval(watch); } catch { return ""; } };
    const before = look();
    const start = performance.now();
    const waits = () => { const now = look(); return now === before || now === ""; };
    while (waits() && performance.now() - start < 60000) await frame();
    await frame();
    return performance.now() - start;
}"""
"""Milliseconds until what is watched has changed and a frame has passed."""

FRAME = """document.querySelector("iframe[title*=streamlit_folium]").contentDocument"""
MARKS = f"""[...{FRAME}.querySelectorAll(".cm-mark")].map((mark) =>
    mark.getAttribute("aria-label") + mark.dataset.key + mark.querySelector(".cm-body").className).join()"""
TEXT = """document.querySelector("[data-testid=stText]").textContent"""


@contextmanager
def served(script, *, data=None, ours=False):
    """Run a Streamlit page on a free port; gives its address and its process."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    streamlit = "dashboard.ui.serving.server" if ours else "streamlit"  # as `conflictmap run` does
    command = [sys.executable, "-m", streamlit, "run", str(script), "--server.port", str(port)]
    environment = os.environ | {"CONFLICTMAP_DATA": str(data or ""), "PYTHONPATH": str(REPOSITORY)}
    with tempfile.TemporaryFile() as output:
        extra = [] if ours else [*DEFAULTS, "--server.enableStaticServing", "true"]
        process = subprocess.Popen([*command, *extra], env=environment, stdout=output, stderr=output, cwd=script.parent)
        try:
            url = f"http://127.0.0.1:{port}"
            while not _answers(url):
                time.sleep(0.05)
            yield url, process
        finally:
            process.terminate()
            process.wait()


def _answers(url):
    try:
        return urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).read() == b"ok"
    except OSError:
        return False


def until_shown(page, watch, seconds=300):
    """Wait until there is something to watch."""
    page.wait_for_function(
        f"() => {{ try {{ return ({watch}).length > 0 }} catch {{ return false }} }}", timeout=seconds * 1000
    )


def step(page, watch, key="ArrowRight"):
    """Milliseconds of one step of the slider's first thumb: from the key to the painted frame."""
    page.get_by_role("slider").first.focus()
    return until_painted(page, watch, lambda: page.keyboard.press(key))


def until_painted(page, watch, act):
    """Milliseconds from an act of the reader until what is watched has changed and stands on the screen."""
    page.evaluate(f"() => {{ window.waited = ({UNTIL_CHANGED})({watch!r}); }}")
    act()
    return page.evaluate("() => window.waited")


def launched(playwright):
    """The Chromium of the tests."""
    chromium = os.environ.get("CONFLICTMAP_CHROMIUM") or shutil.which("chromium")
    return playwright.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)


def resident_mb(process):
    """Resident memory of a process in megabytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1000


def vendored(folder):
    """Fetch what folium asks of other hosts, so that the pages of the usual kind draw without the internet."""
    static = folder / "static"
    static.mkdir(exist_ok=True)
    for name in ("leaflet@1.9.4", "leaflet.markercluster@1.5.3", "jquery@3.7.1"):
        subprocess.run(["npm", "pack", name], cwd=folder, check=True, capture_output=True)
    for archive in folder.glob("*.tgz"):
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                if member.name.startswith("package/dist/") and member.isfile():
                    member.name = Path(member.name).name
                    tar.extract(member, static, filter="data")
