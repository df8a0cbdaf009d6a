"""Streamlit's own command, with the data preloaded before the first reader comes.

`python -m dashboard.ui.serving.server run app.py …` is `streamlit run app.py …`, and answers just as soon. Meanwhile it
reads in the background what the first run of the page would read.
"""

import logging
import sys
import threading
import time
from contextlib import suppress

from streamlit import runtime
from streamlit.web.cli import main

from dashboard.errors import DashboardError
from dashboard.ui.serving.loops import keep_no_files_open

# It warns of every thread that uses Streamlit without a session, which is intended here.
_NO_SESSION = "streamlit.runtime.scriptrunner_utils.script_run_context"


def _prepare() -> None:
    """Read the data into the cache of the pages, which report what cannot be read."""
    while not runtime.exists():  # before that, Streamlit takes modules that use it for standalone scripts
        time.sleep(0.02)
    logging.getLogger(_NO_SESSION).setLevel(logging.ERROR)
    # Imports are half of the work. Pages are not imported: their components register with a reader's session.
    from dashboard.filters import Filters  # noqa: PLC0415
    from dashboard.maps import layers  # noqa: F401, PLC0415
    from dashboard.ui.shared import opened  # noqa: PLC0415

    with suppress(DashboardError):
        opened.store().summarise(Filters())


if __name__ == "__main__":
    keep_no_files_open()
    threading.Thread(target=_prepare, daemon=True).start()
    sys.exit(main(prog_name="streamlit"))
