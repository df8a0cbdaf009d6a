"""Event loops that hold no open file until somebody runs them.

Streamlit makes one for every session, with three open files, and keeps it for as long as the reader may come back
(`disconnectedSessionTTL`), though nothing runs it. Where few files may be open, that keeps new readers out.
"""

import asyncio
import selectors
from typing import Any


class IdleLoop(asyncio.SelectorEventLoop):
    """A loop that waits by `poll`, which needs no file, and has its two sockets only once it runs."""

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
    """Gives loops of the usual kind, but for those that are made while another runs: these are to be kept."""

    def new_event_loop(self) -> Any:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super().new_event_loop()
        return IdleLoop()


def keep_no_files_open() -> None:
    """Let the sessions of this process have such loops from now on."""
    if hasattr(selectors, "PollSelector") and not isinstance(asyncio.get_event_loop_policy(), _Policy):
        asyncio.set_event_loop_policy(_Policy())
