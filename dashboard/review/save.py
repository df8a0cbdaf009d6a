"""Saving changes under a person's name; what was shown is saved exactly or refused."""

from collections.abc import Sequence
from pathlib import Path

from dashboard.errors import DataError, shown
from dashboard.gazetteer.names import fold_name
from dashboard.project.audit_log import PROGRAM
from dashboard.project.commit import Entry, RowChange, commit
from dashboard.project.reading.rows import TITLE_LIMIT
from dashboard.tables import NAMES_SEPARATOR


def save_changes(folder: Path, changes: Sequence[RowChange], who: str, action: str) -> int:
    """Save changes if every row is still as it was shown; return the number of the line in the audit log.

    Raises
    ------
    DataError
        Nothing would change, or the name is missing.
    RowConflictError
        A row has changed since. Nothing is saved.
    """
    if not changes:
        raise DataError("That would change nothing.")
    return commit(folder, changes, Entry(who=checked_reviewer(who), action=action))


def checked_reviewer(name: str) -> str:
    """The name of a reviewer. Raises `DataError` if it is not a valid name, or is the program's own."""
    name = checked_name(name, "reviewer's name")
    if name.casefold() == PROGRAM:
        raise DataError(f"The name {shown(name)} stands for what the program does by itself. Say your own.")
    return name


def checked_name(name: str, what: str) -> str:
    """The name without surrounding spaces. Raises `DataError` if it is empty, too long or not a single line."""
    name = name.strip()
    if not fold_name(name) or len(name) > TITLE_LIMIT or not name.isprintable() or NAMES_SEPARATOR in name:
        allowed = (
            f"one line of at most {TITLE_LIMIT} characters, with a letter or digit and without {NAMES_SEPARATOR!r}"
        )
        raise DataError(f"The {what} must be {allowed}, got {shown(name)}.")
    return name
