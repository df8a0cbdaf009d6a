"""Many readers at once: each moves the slider about once a second over a million events; how long the server takes.

The clients speak to the real server as a browser does, without drawing, on the same machine. Measured from the message
that a slider was moved to the message with the map, and to the end of the run, which includes the pause that leaves the
browser to the map. Run: python benchmarks/sessions.py
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from benchmarks.made_parquet import make
from benchmarks.report import Row, told
from benchmarks.servers import OURS, resident_mb, served

EVENTS = int(os.environ.get("BENCH_EVENTS", "1000000"))
SESSIONS = tuple(int(n) for n in os.environ.get("BENCH_SESSIONS", "1 5 20 50").split())
SECONDS = int(os.environ.get("BENCH_SECONDS", "20"))
DAY = 86_400_000_000
"""The slider's unit is a microsecond."""
FILTERS = {"period": "", "period and types": "?type=battle&type=protest", "an actor": "?actor=Actor 7"}


class Session:
    """A reader: one connection, its slider, and the seconds of every move."""

    def __init__(self, socket, query, chance):
        self.socket, self.query, self.chance = socket, query, chance
        self.slider = None
        self.to_map, self.to_end = [], []

    async def run(self, values=None):
        """Ask for a run, with the slider at these values; returns seconds until the map and until the end."""
        ask = BackMsg()
        ask.rerun_script.query_string = self.query
        if values:
            state = ask.rerun_script.widget_states.widgets.add()
            state.id, state.double_array_value.data[:] = self.slider.id, values
        start, at_map = time.perf_counter(), None
        await self.socket.send(ask.SerializeToString())
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            kind = message.WhichOneof("type")
            if kind == "delta":
                element = message.delta.new_element
                if element.WhichOneof("type") == "component_instance" and at_map is None:
                    at_map = time.perf_counter() - start
                elif element.WhichOneof("type") == "slider":
                    self.slider = element.slider
            elif kind == "script_finished":
                return at_map, time.perf_counter() - start

    async def move_about(self, seconds):
        """Move the slider once a second, for so long."""
        await asyncio.sleep(self.chance.random())
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            low, high = self.slider.min, self.slider.max
            days = int((high - low) / DAY)
            first = self.chance.randrange(int(days * 0.7))
            last = self.chance.randrange(first + 1, days)
            at_map, at_end = await self.run([low + first * DAY, low + last * DAY])
            self.to_map.append(at_map)
            self.to_end.append(at_end)
            await asyncio.sleep(max(0.0, began + 1 - time.monotonic()))


async def many(url, count, query, seconds):
    """So many readers at once; the seconds of all their moves, to the map and to the end."""
    address = url.replace("http://", "ws://") + "/_stcore/stream"
    sockets = [await connect(address, subprotocols=["streamlit"], max_size=None, origin=url) for _ in range(count)]
    sessions = [Session(socket, query, random.Random(n)) for n, socket in enumerate(sockets)]
    for session in sessions:
        await session.run()
    await asyncio.gather(*(session.move_about(seconds) for session in sessions))
    for socket in sockets:
        await socket.close()
    return [[taken for session in sessions for taken in getattr(session, name)] for name in ("to_map", "to_end")]


def share(taken, part):
    """The time that this part of the moves did not exceed, in milliseconds."""
    return sorted(taken)[min(int(len(taken) * part), len(taken) - 1)] * 1000


def rows(folder):
    """The table."""
    file = folder / "events.parquet"
    make(EVENTS, file)
    with served(OURS, data=file, ours=True) as (url, process):
        asyncio.run(many(url, 1, "", 3))
        alone = resident_mb(process)
        first = {}
        for name, query in FILTERS.items():
            for count in SESSIONS:
                to_map, to_end = asyncio.run(many(url, count, query, SECONDS))
                first.setdefault(name, share(to_map, 0.95))
                said = f"{share(to_map, 0.5):.0f} / {share(to_map, 0.95):.0f} ms"
                yield Row(
                    f"{count} sessions, {name}: to the map, median / p95",
                    said,
                    f"one session's p95; to the end {share(to_end, 0.5):.0f} / {share(to_end, 0.95):.0f} ms",
                    share(to_map, 0.95) / first[name],
                )
        kept = resident_mb(process) - alone
        yield Row("memory after all sessions have gone, beyond one", f"{kept:.0f} MB")


def main():
    with tempfile.TemporaryDirectory() as folder:
        told(rows(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
