"""What a press sets going is carried out to its end, even if the reader presses again meanwhile."""

from collections.abc import Callable

from streamlit.runtime.scriptrunner import RerunException


def to_the_end(*steps: Callable[[], object]) -> None:
    """Take the steps of a callback one after the other, each to its end; then give way to the next run.

    Streamlit ends a run, and a callback with it, at any look into the session as soon as the next run is asked for: a
    key that is held down would end what its first press began, between the file and the page. A step that was ended is
    taken anew, so what may be done only once stands in a step that looks into the session before it or not at all,
    and no step asks for a run itself.
    """
    ended: RerunException | None = None
    for step in steps:
        while True:
            try:
                step()
            except RerunException as next_run:
                ended = next_run
            else:
                break
    if ended:
        raise ended
