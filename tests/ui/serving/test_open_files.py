"""Readers who come and go leave no open file behind, so that the next ones find room."""

import asyncio
import os
import resource
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from dashboard.cli.serve import APP
from dashboard.ui.serving.loops import IdleLoop

LIMIT = 150
SESSIONS = 60
"""Three files each would be more than the limit; Streamlit keeps a session for two minutes after its reader went."""


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def come_and_go(port: int) -> None:
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with connect(address, origin=f"http://127.0.0.1:{port}", max_size=None) as socket:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        await socket.send(asked.SerializeToString())
        await socket.recv()


async def all_of(port: int) -> int:
    """How many sessions were refused."""
    refused = 0
    for _ in range(SESSIONS):
        try:
            await come_and_go(port)
        except (OSError, WebSocketException):
            refused += 1
    return refused


def answers(port: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).read() == b"ok"
    except OSError:
        return False


@pytest.fixture
def server(tmp_path, free_port):
    command = [sys.executable, "-m", "dashboard.ui.serving.server", "run", str(APP), "--server.port", str(free_port)]
    process = subprocess.Popen(
        command, cwd=APP.parent, env={**os.environ, "CONFLICTMAP_DATA": str(tmp_path)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
    while process.poll() is None and not answers(free_port):
        time.sleep(0.1)
    yield process
    process.terminate()
    process.wait(timeout=20)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts the files in /proc")
def test_readers_who_went_leave_room_for_others(server, free_port, in_a_thread):
    in_a_thread(asyncio.run, come_and_go(free_port))
    before = open_files(server.pid)
    assert in_a_thread(asyncio.run, all_of(free_port)) == 0
    assert open_files(server.pid) - before < SESSIONS / 2


def test_a_loop_that_nobody_runs_has_no_file_and_one_that_runs_works(in_a_thread):
    before = open_files(os.getpid())
    loop = IdleLoop()
    assert open_files(os.getpid()) == before

    async def told_from_elsewhere() -> str:
        done = asyncio.get_running_loop().create_future()
        await asyncio.to_thread(lambda: loop.call_soon_threadsafe(done.set_result, "heard"))
        return await done

    assert in_a_thread(loop.run_until_complete, told_from_elsewhere()) == "heard"
    in_a_thread(loop.run_until_complete, loop.shutdown_default_executor())
    loop.close()
    IdleLoop().close()
    assert open_files(os.getpid()) == before
