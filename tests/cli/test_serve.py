"""`conflictmap run`: the page as a process, and how it is told to start and stop."""

import http.client
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import tomllib
import urllib.error
import urllib.request

import pytest
import streamlit
from click.testing import CliRunner

from dashboard.cli.commands import main
from dashboard.cli.serve import APP
from dashboard.project.sample import TABLES, copy_sample, sample_folder


@pytest.fixture
def start(tmp_path, free_port):
    """`start(*options, data=…)` runs the command in an empty folder, and returns its process once it is announced."""
    processes = []

    def run(*options, stdin=subprocess.DEVNULL, data=None):
        command = [sys.executable, "-m", "dashboard", *(["--data", str(data)] if data else [])]
        process = subprocess.Popen(
            [*command, "run", "--port", str(free_port), *options],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name != "CONFLICTMAP_DATA"},
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        reaper = threading.Timer(90, process.terminate)  # a server that never answers must not hold up the tests
        reaper.start()
        process.said = ""
        while "http://" not in process.said and (line := process.stdout.readline()):
            process.said += line
        reaper.cancel()
        return process

    yield run
    for process in processes:
        process.terminate()
        process.wait(timeout=20)


def address_in(text):
    return next(word for word in text.split() if word.startswith("http://"))


def refused(address):
    with pytest.raises(urllib.error.URLError) as caught:
        urllib.request.urlopen(address, timeout=5)
    return caught.value


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_stops_the_page_too_and_ends_well(start, how):
    process = start()
    address = address_in(process.said)
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
        assert answer.read() == b"ok"
    process.send_signal(how)
    assert process.wait(timeout=20) == 0
    assert isinstance(refused(address).reason, ConnectionRefusedError)


def test_it_stops_even_if_nobody_reads_what_it_prints(start):
    process = start()
    process.stdout.close()  # as a closed terminal does
    process.send_signal(signal.SIGHUP)
    assert process.wait(timeout=60) == 0
    assert isinstance(refused(address_in(process.said)).reason, ConnectionRefusedError)


def test_a_taken_port_is_a_sentence_that_names_a_free_one():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = CliRunner().invoke(main, ["run", "--port", str(port)])
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: Port {port} is taken. Choose another: conflictmap run --port ")
    assert int(result.output.split()[-1]) > port


def test_an_impossible_port_is_wrong_use():
    assert CliRunner().invoke(main, ["run", "--port", "70000"]).exit_code == 2


def test_without_data_and_without_a_terminal_it_says_how_to_get_the_sample_and_starts(start, tmp_path):
    process = start()
    assert "conflictmap run --sample" in process.said
    assert not (tmp_path / "data").exists()


def test_parquet_is_opened_as_it_is_and_no_sample_is_offered(start, tmp_path):
    from benchmarks.made_parquet import make

    make(100, tmp_path / "events.parquet")
    process = start(data=tmp_path / "events.parquet")
    assert "The map of" in process.said
    assert "sample" not in process.said
    assert [path.name for path in tmp_path.iterdir()] == ["events.parquet"]


def test_sample_puts_the_sample_there_without_asking(start, tmp_path):
    start("--sample")
    for table in TABLES:
        assert (tmp_path / "data" / table).read_bytes() == (sample_folder() / table).read_bytes()
    assert list((tmp_path / "data" / "articles").glob("*.txt"))


@pytest.mark.parametrize(("answer", "copied"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_it_asks(start, tmp_path, answer, copied):
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    process = start(stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert "Put the sample project there?" in process.said
    assert (tmp_path / "data" / "events.csv").exists() == copied


def options_in(table, prefix=""):
    for name, value in table.items():
        if isinstance(value, dict):
            yield from options_in(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def test_streamlit_knows_every_option_set_and_no_font_is_a_url():
    with (APP.parent / ".streamlit" / "config.toml").open("rb") as file:
        options = dict(options_in(tomllib.load(file)))
    assert set(options) <= set(streamlit.config.get_config_options())
    assert not [name for name, value in options.items() if "://" in str(value)]


def test_the_configuration_beside_the_page_goes_before_the_readers_own(start_server, tmp_path):
    mine = tmp_path / ".streamlit"
    mine.mkdir()
    (mine / "config.toml").write_text('[server]\naddress = "0.0.0.0"\nallowedHosts = ["*"]\n')
    server = start_server(tmp_path, env={"HOME": str(tmp_path)})
    port = int(server.url.rpartition(":")[2])
    assert [shake_hands(port, host) for host in (f"127.0.0.1:{port}", f"localhost:{port}")] == [101, 101]
    assert shake_hands(port, "rebind.example") == 421
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", port))  # would answer if the page listened on every address
    with urllib.request.urlopen(f"{server.url}/_stcore/host-config", timeout=5) as answer:
        assert json.load(answer)["allowedOrigins"] == []  # by default every app of a certain host may steer the page


def shake_hands(port, host):
    """The status with which the page's WebSocket answers a browser that reached it under this name."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Host": host, "Origin": f"http://{host}", "Connection": "Upgrade", "Upgrade": "websocket"}
    key = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    connection.request("GET", "/_stcore/stream", headers=headers | key)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_sample_is_never_copied_over_somebodys_file(tmp_path):
    (tmp_path / "places.csv").write_text("mine")
    with pytest.raises(ValueError, match=r"places\.csv is already there"):
        copy_sample(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["places.csv"]
    assert (tmp_path / "places.csv").read_text() == "mine"


def test_the_recorder_of_the_tests_sees_a_name_looked_up_by_the_page(serve, page, tmp_path):
    script = tmp_path / "own" / "asks.py"
    script.parent.mkdir()
    script.write_text(
        "import contextlib, socket, streamlit as st\n"
        "with contextlib.suppress(OSError): socket.getaddrinfo('example.invalid', 80)\n"
        "st.text('asked')\n"
    )
    server = serve(tmp_path, script=script)
    page.goto(server.url)
    page.get_by_text("asked").wait_for()
    page.evaluate("fetch('https://example.invalid/beacon').catch(() => null)")
    assert server.foreign_names() == ["example.invalid"]
    assert page.foreign_requests == ["https://example.invalid/beacon"]
