"""`python -m dashboard` is `conflictmap`."""

from dashboard.cli import main

main(prog_name="conflictmap")
