"""Shared by the commands of `conflictmap`: errors as sentences, a progress bar, related options."""

import errno
import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from dashboard.errors import DashboardError, SettingsError
from dashboard.safetext import display_text

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

PROBLEMS_SHOWN = 100
"""Maximum number of problems that a command prints; it counts the rest."""

_log = logging.getLogger(__name__)


class WrongUse(click.ClickException):
    exit_code = 2


class SentenceGroup(click.Group):
    """Prints errors meant for people as one sentence; every other exception is a bug and keeps its traceback.

    Errors of the system (a full disk, a missing file, no permission) are not bugs: its words become the sentence.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DashboardError as error:
            kind = WrongUse if isinstance(error, SettingsError) else click.ClickException
            raise kind(display_text(str(error))) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # the reader of the output is gone: click ends quietly
            _log.debug("the system refused", exc_info=True)
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(display_text(f"{where}{error.strerror or error}.")) from error


def prepare_streams() -> None:
    """Prevent characters that a terminal cannot show, or a closed input, from ending a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdin is None:  # closed by the caller
        sys.stdin = io.TextIOWrapper(io.BytesIO())


def show_tracebacks(ctx: click.Context) -> None:
    """Print log messages, with tracebacks, until the command ends."""
    logger, handler = logging.getLogger("dashboard"), logging.StreamHandler()
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    ctx.call_on_close(lambda: logger.removeHandler(handler))


@contextmanager
def progress_bar(label: str, at_least: int) -> Iterator[Callable[[int, int], None]]:
    """A function of the steps done and their total, which draws a bar on the terminal.

    Nothing is drawn for fewer than ``at_least`` steps, or without a terminal.
    """
    with ExitStack() as stack:  # however the work ends, the bar must restore the cursor
        bar: ProgressBar[int] | None = None
        drawn = 0

        def show(done: int, total: int) -> None:
            nonlocal bar, drawn
            if bar is None:
                is_hidden = total < at_least or not sys.stderr.isatty()
                new = click.progressbar(length=total, label=label, file=sys.stderr, hidden=is_hidden)
                bar = stack.enter_context(new)
            if done == total or done - drawn >= total // 200:  # drawing every row would take longer than the work
                bar.update(done - drawn)
                drawn = done

        yield show


def refuse_data(why: str) -> None:
    """Refuse a --data that would have no effect."""
    above = click.get_current_context().parent
    if above and above.get_parameter_source("data") is ParameterSource.COMMANDLINE:
        raise click.UsageError(f"--data has no effect here: {why}")


def master_url(engine: str, url: str | None) -> str:
    """The master URL for --engine spark; refuses one that would not be used."""
    if url and engine != "spark":
        raise click.UsageError("--spark URL goes with --engine spark.")
    return url or "local[*]"


spark_option = click.option(
    "--spark", "master", metavar="URL", help="With --engine spark: the master. Default: this machine."
)
