"""The command line, `conflictmap`: its commands, with a module for each long one.

Arguments go in; sentences, tables and an exit code come out.
Only `python -m dashboard` and the installed command import it; it may import every room but the pages.
"""

from dashboard.cli.commands import main

__all__ = ["main"]
