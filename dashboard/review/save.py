"""A person's name under a change: nobody decides without one, and what was shown is saved or refused, never altered."""

from collections.abc import Sequence
from pathlib import Path

from dashboard.errors import DataError, shown
from dashboard.gazetteer.names import fold_name
from dashboard.project.audit_log import PROGRAM
from dashboard.project.commit import Entry, RowChange, commit
from dashboard.project.reading.rows import TITLE_LIMIT
from dashboard.tables import NAMES_SEPARATOR


def save_changes(folder: Path, changes: Sequence[RowChange], who: str, action: str) -> int:
    """Save what was shown, if every row is still as it was shown; return the line of the audit log.

    Raises
    ------
    DataError
        Nothing would change, or nobody has said a name.
    RowConflictError
        A row has changed since. Nothing is saved.
    """
    if not changes:
        raise DataError("That would change nothing.")
    return commit(folder, changes, Entry(who=checked_reviewer(who), action=action))


def checked_reviewer(name: str) -> str:
    """The name of a person who decides. Raises `DataError` for one that is no line of text, or the program's own."""
    name = checked_name(name, "reviewer's name")
    if name.casefold() == PROGRAM:
        raise DataError(f"The name {shown(name)} stands for what the program does by itself. Say your own.")
    return name


def checked_name(name: str, what: str) -> str:
    """The name without spaces around it. Raises `DataError` for one that is empty, too long or no line of text."""
    name = name.strip()
    if not fold_name(name) or len(name) > TITLE_LIMIT or not name.isprintable() or NAMES_SEPARATOR in name:
        allowed = (
            f"one line of at most {TITLE_LIMIT} characters, with a letter or digit and without {NAMES_SEPARATOR!r}"
        )
        raise DataError(f"The {what} must be {allowed}, got {shown(name)}.")
    return name
