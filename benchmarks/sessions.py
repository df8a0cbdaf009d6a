"""Many readers at once: each moves the slider about once a second over a million events; how long the server takes.

The clients speak to the real server as a browser does, without drawing, on the same machine; like a browser they keep
large pieces of the page and name them in each request, so that they are not sent again. A move comes when its second
has come, even if the last one was not yet answered whole, and is measured from when it was due. Measured to the message
with the map, and to the end of the run, which includes the pause that leaves the browser to the map; the share of runs
that ended before the next move is told with it. Run: python benchmarks/sessions.py
"""

import asyncio
import os
import random
import sys
import tempfile
from contextlib import suppress
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
MAP, END = "component_instance", "script_finished"
KEPT_RUNS = 2
"""A browser forgets what has not come for so many runs."""
FILTERS = {"period": "", "period and types": "?type=battle&type=protest", "an actor": "?actor=Actor 7"}


class Session:
    """A reader: one connection, its slider, and the seconds of every move."""

    def __init__(self, socket, query, chance):
        self.socket, self.query, self.chance = socket, query, chance
        self.slider = None
        self.runs = 0
        self.kept = {}  # hash -> message and the run in which it came last
        self.to_map, self.to_end = [], []

    async def ask(self, values=None):
        """Ask for a run, with the slider at these values."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        self.runs += 1
        lately = (key for key, (_, run) in self.kept.items() if run >= self.runs - KEPT_RUNS)
        message.rerun_script.cached_message_hashes.extend(lately)
        if values:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.double_array_value.data[:] = self.slider.id, values
        await self.socket.send(message.SerializeToString())

    async def until(self, what):
        """Take messages until one of this kind: a piece of the page, or the end of a whole run."""
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            if message.HasField("ref_hash"):
                message, _ = self.kept[message.ref_hash]
            if message.metadata.cacheable:
                self.kept[message.hash] = message, self.runs
            kind = message.WhichOneof("type")
            if kind == "delta":
                kind = message.delta.new_element.WhichOneof("type")
            if kind == "slider":
                self.slider = message.delta.new_element.slider
            if kind == what and (what != END or message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY):
                return

    async def move_about(self, seconds):
        """Move the slider once a second, for so long, whether or not the passages of the last move have come."""
        clock = asyncio.get_running_loop()
        due = clock.time() + self.chance.random()
        for _ in range(seconds):
            await asyncio.sleep(due - clock.time())
            low, high = self.slider.min, self.slider.max
            days = int((high - low) / DAY)
            first = self.chance.randrange(int(days * 0.7))
            last = self.chance.randrange(first + 1, days)
            await self.ask([low + first * DAY, low + last * DAY])
            await self.until(MAP)
            self.to_map.append(clock.time() - due)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due + 1):
                    await self.until(END)
                    self.to_end.append(clock.time() - due)
            due += 1


async def many(url, count, query, seconds):
    """So many readers at once; the seconds of all their moves, to the map and to the end."""
    address = url.replace("http://", "ws://") + "/_stcore/stream"
    sockets = [await connect(address, subprotocols=["streamlit"], max_size=None, origin=url) for _ in range(count)]
    sessions = [Session(socket, query, random.Random(n)) for n, socket in enumerate(sockets)]
    for session in sessions:
        await session.ask()
        await session.until(END)
    await asyncio.gather(*(session.move_about(seconds) for session in sessions))
    for socket in sockets:
        await socket.close()
    return [[taken for session in sessions for taken in getattr(session, name)] for name in ("to_map", "to_end")]


def share(taken, part):
    """The time that this part of the moves did not exceed, in milliseconds."""
    return sorted(taken)[min(int(len(taken) * part), len(taken) - 1)] * 1000


def told_of(to_end, moves):
    """The runs that ended before the next move came."""
    if not to_end:
        return "none to its end before the next move"
    times = f"{share(to_end, 0.5):.0f} / {share(to_end, 0.95):.0f} ms"
    return f"{len(to_end) / moves:.0%} to their end before the next move, {times}"


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
                    f"one session's p95; {told_of(to_end, len(to_map))}",
                    share(to_map, 0.95) / first[name],
                )
        kept = resident_mb(process) - alone
        yield Row("memory after all sessions have gone, beyond one", f"{kept:.0f} MB")


def main():
    with tempfile.TemporaryDirectory() as folder:
        told(rows(Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
