"""What the tests share: a settings-free environment, a copy of the sample, the real server and a real browser."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dashboard.project.sample import copy_sample

REPOSITORY = Path(__file__).parent.parent
APP = REPOSITORY / "dashboard" / "app.py"
OWN_HOSTS = {"127.0.0.1", "localhost", "::1", ""}
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CONFLICTMAP_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The network is cut for the browser: nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

# Runs in the server's process before anything else. An audit hook also sees calls that bypass `socket.getaddrinfo`.
RECORDER = """
import os, sys

def _record(event, args):
    if event.startswith(("socket.getaddrinfo", "socket.gethostby", "socket.connect")):
        asked = args[1] if event == "socket.connect" else args[0]
        _write(asked[0] if isinstance(asked, tuple) else asked)

def _write(name):
    with open(os.environ["CONFLICTMAP_TEST_NETWORK_LOG"], "a") as log:
        log.write(f"{name}\\n")

_write("localhost")
sys.addaudithook(_record)
"""


# Measured: together these take most of the time of the tests without a browser.
SLOW_FILES = {
    "tests/test_architecture.py",  # copies the program and looks at its imports, ten times
    "tests/test_packaging.py",  # builds and installs the wheel
    "tests/cli/test_serve.py",  # starts and stops the program
    "tests/extract/test_any_text.py",  # all rules on made-up texts
    "tests/gazetteer/test_assets.py",  # every outline of the base map
    "tests/gazetteer/test_seats.py",  # every capital and seat of a province
    "tests/geocode/test_corrections.py",  # whole projects, geocoded again and again
    "tests/geocode/test_online_geocoder.py",  # waits, as the rules of the public server demand
    "tests/ingest/test_check.py",  # tens of thousands of problems
    "tests/project/test_csv_files.py",  # writers at once, killed writers, and damage of every kind
    "tests/project/test_foreign_folder.py",  # every command on every kind of planted file
    "tests/project/test_read_only.py",  # every verb, refused
    "tests/project/test_saving.py",  # kills the program and fails the disk at every step
    "tests/store/test_clusters.py",  # every store against plain Python, over thousands of made-up events
    "tests/store/test_cube.py",  # likewise
    "tests/store/test_one_filter.py",  # likewise
    "tests/store/test_opening.py",  # stores under every odd name
    "tests/store/sources/test_parquet.py",  # sets of Parquet, written and read
    "tests/store/sources/test_parquet_guards.py",  # likewise, with every kind of damage
    "tests/store/test_queries.py",  # every query, on every store
    "tests/store/test_spark.py",  # Java
    "tests/store/test_store.py",  # every store against plain Python
    "tests/ui/serving/test_access.py",  # starts the program in every way
    "tests/ui/serving/test_open_files.py",  # a server with few files, and readers who come and go
    "tests/ui/test_clicks.py",  # runs of a whole page
    "tests/ui/test_review_pages.py",  # a run of a whole page for each test, and more
    "tests/ui/test_ui.py",  # likewise
}
SLOW_FIXTURES = {"serve", "start_server"}
"""A server of a test's own starts in seconds."""


def pytest_collection_modifyitems(items):
    """Mark what `-m "not browser"` and `-m "not slow"` leave out: by the fixtures a test asks for, and by file."""
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
        if SLOW_FIXTURES & set(item.fixturenames) or item.path.relative_to(REPOSITORY).as_posix() in SLOW_FILES:
            item.add_marker(pytest.mark.slow)
    # The longest files first, so that in the end no process waits long for another.
    first = {item.path for item in items if item.path.name == "test_spark.py"}
    second = {item.path for item in items if "browser" in item.fixturenames}
    items.sort(key=lambda item: (item.path not in first, item.path not in second))


@pytest.fixture(autouse=True)
def own_settings(monkeypatch, tmp_path):
    """No test reads the settings or the data of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("CONFLICTMAP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CONFLICTMAP_DATA", str(tmp_path / "data"))


@pytest.fixture
def sample_project(tmp_path):
    """A copy of the sample that the test may change."""
    project = tmp_path / "project"
    copy_sample(project)
    return project


@dataclass
class Server:
    """A running page. `url` has no slash at its end."""

    url: str
    process: subprocess.Popen
    log: Path
    network_log: Path

    def output(self):
        return self.log.read_text(errors="replace")

    def foreign_names(self):
        """Every name the process looked up and every address it connected to, without this machine's own."""
        return [name for name in self.network_log.read_text().splitlines() if name not in OWN_HOSTS | {"None"}]

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def port_from_the_system():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def free_port():
    """A port nobody listens on."""
    return port_from_the_system()


def answers(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as response:
        return response.read() == b"ok"
    return False


def wait_until_it_answers(server, seconds=60):
    deadline = time.monotonic() + seconds
    while not answers(server.url):
        if server.process.poll() is not None or time.monotonic() > deadline:
            server.stop()
            pytest.fail(f"The server does not answer at {server.url}. It printed:\n{server.output()}")
        time.sleep(0.1)


def server_environment(folder, data, env):
    (folder / "sitecustomize.py").write_text(RECORDER)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CONFLICTMAP_", "STREAMLIT_"))}
    own = {
        "CONFLICTMAP_DATA": str(data),
        "CONFLICTMAP_TEST_NETWORK_LOG": str(folder / "network.txt"),
        "PYTHONPATH": os.pathsep.join([str(folder), str(REPOSITORY)]),
    }
    return clean | own | (env or {})


def give_it_the_pages_config(script):
    """A script of a test's own gets the configuration and the static folder that stand beside the real page."""
    for name in (".streamlit", "static"):
        if not (script.parent / name).exists():
            shutil.copytree(APP.parent / name, script.parent / name)


@pytest.fixture(scope="session")
def start_server(tmp_path_factory):
    """`start_server(data, script=…, env=…)` runs the page on a free port; all are stopped when the session ends.

    ``by`` is the command, streamlit or conflictmap, and ``options`` are added to it. For fixtures of a wider scope than
    one test; a test asks for `serve`.
    """
    servers = []

    def start(data, *, script=APP, env=None, by="streamlit", options=()):
        if Path(script) != APP:
            give_it_the_pages_config(Path(script))
        folder, port = tmp_path_factory.mktemp("server"), port_from_the_system()
        log = folder / "output.txt"
        command = {
            "streamlit": ["streamlit", "run", str(script), "--server.port", str(port)],
            "conflictmap": ["dashboard", "--data", str(data), "run", "--port", str(port)],
        }[by]
        process = subprocess.Popen(
            [sys.executable, "-m", *command, *options],
            env=server_environment(folder, data, env),
            stdin=subprocess.DEVNULL,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
            cwd=folder,
        )
        server = Server(f"http://127.0.0.1:{port}", process, log, folder / "network.txt")
        servers.append(server)
        wait_until_it_answers(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def serve(start_server):
    """`serve(data, …)`, as `start_server`, runs the page on the given project folder until the test ends."""
    servers = []

    def start(data, **options):
        servers.append(start_server(data, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def in_a_thread():
    """`in_a_thread(function, …)` for what runs an event loop: in the tests' own thread the browser's is running."""

    def call(function, *arguments):
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(function, *arguments).result()

    return call


@pytest.fixture(scope="session")
def browser():
    """One Chromium for each process of the test run."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=60_000)  # of a page that is slow because others use the machine
    if CHROMIUM is None:
        pytest.fail("No Chromium found. `make test` finds or installs one; CONFLICTMAP_CHROMIUM names another.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def profile(browser):
    """What all pages share, as the tabs of one reader do: the page's scripts are fetched and compiled once."""
    return browser.new_context()


@pytest.fixture
def new_page(profile):
    """`new_page(viewport=…)` opens a page that asks nobody but this machine.

    What it tried to ask elsewhere stands in `page.foreign_requests`, errors of its scripts in `page.console_errors`.
    """
    pages = []

    def open_page(viewport=None):
        page = profile.new_page()
        pages.append(page)
        page.set_viewport_size(viewport or {"width": 1440, "height": 900})
        page.foreign_requests, page.console_errors = [], []

        # To answer requests here would turn the browser's cache off; the flag above has cut the network.
        def note(asked):
            address = urlsplit(asked.url)
            if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in OWN_HOSTS:
                page.foreign_requests.append(asked.url)

        page.on("request", note)
        page.on("websocket", note)
        page.on(
            "console", lambda message: page.console_errors.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: page.console_errors.append(str(error)))
        return page

    yield open_page
    for page in pages:
        page.close()
    profile.clear_cookies()


@pytest.fixture
def page(new_page):
    """A page of 1440 by 900 pixels; see `new_page`."""
    return new_page()
