"""`python -m dashboard` is `conflictmap`."""

from dashboard.cli.commands import main

main(prog_name="conflictmap")
