"""What a press sets going is carried out to its end, even if the reader presses again meanwhile."""

from collections.abc import Callable
from typing import Any

from streamlit.runtime.scriptrunner import RerunException


def to_the_end(step: Callable[[], Any]) -> None:
    """Take a step of a callback to its end, and then the step that it returns, until one returns None.

    Streamlit ends a run, and a callback with it, at any look into the session as soon as the next run is asked for: a
    key that is held down would end what its first press began, between the file and the page. A step that was ended is
    taken anew, so what may be done only once stands in a step that looks into the session before it or not at all,
    and no step asks for a run itself. When all are done, the next run comes.
    """
    ended: RerunException | None = None
    following: Callable[[], Any] | None = step
    while following:
        try:
            following = following()
        except RerunException as next_run:
            ended = next_run
    if ended:
        raise ended
