"""Event loops that hold no open files until they run.

Streamlit creates one for every session, with three open files, and keeps it as long as the reader may come back
(`disconnectedSessionTTL`), although nothing runs it. With a low limit of open files, that would keep new readers out.
"""

import asyncio
import selectors
from typing import Any


class IdleLoop(asyncio.SelectorEventLoop):
    """A loop that waits with `poll`, which needs no file, and opens its two sockets only when it runs."""

    _is_awake = False

    def __init__(self) -> None:
        super().__init__(selectors.PollSelector())

    def run_forever(self) -> None:
        """See `asyncio.loop.run_forever`."""
        if not self._is_awake:
            self._is_awake = True
            self._make_self_pipe()
        super().run_forever()

    def _make_self_pipe(self) -> None:
        if self._is_awake:
            super()._make_self_pipe()  # type: ignore[misc]
        else:
            self._ssock = self._csock = None

    def _close_self_pipe(self) -> None:
        if self._is_awake:
            super()._close_self_pipe()  # type: ignore[misc]


class _Policy(asyncio.DefaultEventLoopPolicy):
    """Creates ordinary loops, except while another loop runs: those are kept by sessions."""

    def new_event_loop(self) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super().new_event_loop()
        return IdleLoop()


def keep_no_files_open() -> None:
    """Use such loops for the sessions of this process from now on."""
    if hasattr(selectors, "PollSelector") and not isinstance(asyncio.get_event_loop_policy(), _Policy):
        asyncio.set_event_loop_policy(_Policy())
