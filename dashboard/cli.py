"""The command line, `conflictmap`. Exit codes: 0 all well, 1 problems in the data, 2 wrong use."""

from pathlib import Path
from typing import Any

import click

from dashboard import __version__
from dashboard.errors import DashboardError
from dashboard.settings import Settings


class _Group(click.Group):
    """Prints the errors meant for people as one sentence; every other exception is a bug and keeps its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DashboardError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
@click.version_option(__version__, prog_name="conflictmap")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of the project. Default: CONFLICTMAP_DATA, else ./data."
)
@click.pass_context
def main(ctx: click.Context, data: Path | None) -> None:
    """Map the events that news articles report, with the sentence behind every marker.

    Example: conflictmap --data my-project run
    """
    ctx.obj = Settings.from_environment(data=data)


if __name__ == "__main__":
    main()
