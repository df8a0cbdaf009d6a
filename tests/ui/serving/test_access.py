"""Who may ask for the page, however it was started: real servers, asked as a browser and as a hostile site asks."""

import asyncio
import http.client
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import partial

import pytest
from click.testing import CliRunner

from dashboard.access import Access
from dashboard.cli.commands import main
from dashboard.ui.serving.guard import Guard
from tests.conftest import APP, server_environment

OPEN = ("--without-sign-in", "--read-only")
SAID = {"CONFLICTMAP_WITHOUT_SIGN_IN": "yes", "CONFLICTMAP_READ_ONLY": "yes"}
EVERYWHERE = {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
ROUTES = (
    "/",
    "/review",
    "/_stcore/health",
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/app/static/conflictmap.js",
    "/component/streamlit_folium.st_folium/index.html",
    "/static/nothing.js",
)
WEB_SOCKET = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}  # fmt: skip


@pytest.mark.parametrize(
    ("access", "answered", "refused"),
    [
        (
            Access(),
            ["localhost", "LOCALHOST:8501", "127.0.0.1:80", "[::1]:8501", "localhost.:8501"],
            ["", "evil.test", "localhost.evil.test", "127.0.0.2", "192.0.2.7", "evil.test:8501", "localhost:x",
             "localhost@evil.test", "evil.test/localhost", "localhost, evil.test", "[::1", "::1", "*"],
        ),
        (Access(address="192.0.2.7"), ["192.0.2.7:8501", "localhost"], ["192.0.2.8", "map.example.org"]),
        (Access(address="0.0.0.0"), ["192.0.2.7", "[2001:db8::7]:8501"], ["evil.test", "192.0.2.7.evil.test"]),
        (Access(names=("Map.example.org",)), ["map.example.org", "map.example.org:443"], ["example.org", "192.0.2.7"]),
    ],
    ids=["this machine", "one address", "every address", "a name behind a proxy"],
)  # fmt: skip
def test_a_host_header_is_answered_under_the_pages_own_names_alone(access, answered, refused):
    assert [host for host in answered if not access.answers(host)] == []
    assert [host for host in refused if access.answers(host)] == []


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--address", "0.0.0.0"], "every address of this machine"),
        (["--address", "::", "--read-only"], "every address of this machine"),
        (["--address", "192.0.2.7", "--without-sign-in"], "192.0.2.7"),
        (["--host-name", "map.example.org"], "map.example.org"),
    ],
)
def test_others_are_not_let_in_unless_it_is_said_and_nothing_can_be_changed(options, named, tmp_path):
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "new"), "run", "--sample", *options])
    assert result.exit_code == 2
    assert f"open to others at {named}, and it has no sign-in" in result.output
    assert f"conflictmap run {' '.join(options[:2])} --without-sign-in --read-only" in result.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["*", "*.example.org", "map.example.org:443", "http://map.example.org", ""])
def test_a_host_name_that_is_none_is_named(name):
    result = CliRunner().invoke(main, ["run", "--host-name", name, *OPEN])
    assert result.exit_code == 2
    assert f"The name of a host looks like map.example.org, without a port; got '{name}'" in result.output


def test_an_address_that_this_machine_has_not_is_a_sentence():
    result = CliRunner().invoke(main, ["run", "--address", "192.0.2.7", *OPEN])
    assert result.exit_code == 1
    assert "cannot listen at '192.0.2.7'" in result.output


STARTS = {
    "conflictmap run": {"by": "conflictmap"},
    "conflictmap run, every address": {"by": "conflictmap", "options": ("--address", "0.0.0.0", *OPEN)},
    "conflictmap run, whatever Streamlit is told": {"by": "conflictmap", "env": EVERYWHERE},
    "streamlit run": {},
    "streamlit run, every address": {"options": ("--server.address", "0.0.0.0"), "env": SAID},
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_no_other_site_reads_frames_or_steers_the_page(serve, sample_project, start):
    server = serve(sample_project, **start)
    port = int(server.url.rpartition(":")[2])
    for route in ROUTES:
        status, headers, _ = ask(port, route, Host=f"localhost:{port}", Origin=server.url)
        assert status in (200, 404), route
        assert headers.get("content-security-policy") == "frame-ancestors 'self'", route
        assert headers.get("x-frame-options") == "SAMEORIGIN", route
        assert not [name for name in headers if name.startswith("access-control-")], route
        for host in ("rebind.example", f"rebind.example:{port}", "localhost.rebind.example", ""):
            status, headers, body = ask(port, route, Host=host)
            assert (status, body.startswith(b"The map is not here under this name.")) == (421, True), (route, host)
            assert headers.get("x-frame-options") == "SAMEORIGIN"
    stream = "/_stcore/stream"
    own = f"127.0.0.1:{port}"
    assert ask(port, stream, Host=own, Origin=f"http://{own}", **WEB_SOCKET)[0] == 101
    assert ask(port, stream, Host=own, **WEB_SOCKET)[0] == 101
    status, _, body = ask(port, stream, Host="rebind.example", Origin="http://rebind.example", **WEB_SOCKET)
    assert (status, body[:11]) == (421, b"The map is ")
    for origin in ("https://evil.test", "null", f"http://localhost:{port + 1}", "http://192.0.2.7"):
        assert ask(port, stream, Host=own, Origin=origin, **WEB_SOCKET)[0] == 403, origin
        assert ask(port, "/_stcore/upload_file/a/b", method="PUT", Host=own, Origin=origin)[0] == 403, origin
    assert server.foreign_names() == []


def ask(port, path, *, method="GET", **headers):
    """Status, headers in small letters, and body of an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    body = b"" if answer.status == 101 else answer.read()
    connection.close()
    return answer.status, found, body


@pytest.mark.parametrize(
    ("options", "env"),
    [
        (("--server.address", "0.0.0.0"), {}),
        ((), EVERYWHERE),
        ((), EVERYWHERE | {"CONFLICTMAP_READ_ONLY": "yes"}),
        (("--server.address", ""), {}),
        (("--server.allowedHosts", "map.example.org"), {}),
    ],
)
def test_streamlit_run_does_not_open_the_page_to_others_by_itself(sample_project, tmp_path, free_port, options, env):
    folder = tmp_path / "server"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(free_port), *options],
        env=server_environment(folder, sample_project, env),
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Error: The page would be open to others at" in done.stderr
    assert "Traceback" not in done.stderr
    assert set((folder / "network.txt").read_text().split()) <= {"localhost", "None"}
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.1", free_port))


def test_another_server_that_listens_elsewhere_shows_nothing_there(in_a_thread):
    """`uvicorn dashboard.app:app --host 0.0.0.0`: no configuration says so, the request itself does."""

    async def page(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"the project"})

    def status(server):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "headers": [(b"host", b"localhost")], "server": server}
        in_a_thread(asyncio.run, Guard(page, Access())(scope, None, send))
        return sent[0]["status"]

    assert [status((address, 80)) for address in ("127.0.0.1", "::1", "127.0.0.9")] == [200, 200, 200]
    assert [status((address, 80)) for address in ("192.168.0.7", "2001:db8::7")] == [403, 403]


def test_it_still_ends_well_at_every_address(sample_project, tmp_path, free_port):
    command = [sys.executable, "-m", "dashboard", "--data", str(sample_project), "run", "--port", str(free_port)]
    process = subprocess.Popen(
        [*command, "--address", "0.0.0.0", *OPEN], cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )
    said = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert f"http://127.0.0.1:{free_port}, read-only, for everybody who reaches this machine" in said


def test_another_site_cannot_frame_the_page(serve, sample_project, page, tmp_path):
    """Another port is another site. That the page frames its own map all other tests in a browser see."""
    page_server = serve(sample_project)
    (tmp_path / "site").mkdir()
    frame = f"<p>theirs</p><iframe src='{page_server.url}'></iframe>"
    (tmp_path / "site" / "index.html").write_text(frame)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "site")) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(f"http://127.0.0.1:{site.server_port}/")
        page.get_by_text("theirs").wait_for()
        site.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass
