"""Check that a project's folder holds only plain files of its own, and nothing that leads elsewhere.

A project may come from a stranger. A link in it could make the program write to, empty or remove a file outside. So
all names that the program uses there are checked before anything is locked, finished, removed or written.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from dashboard.errors import DataError, Problem, shown
from dashboard.project import audit_log
from dashboard.project.disk.atomic_files import TEMPORARY_PREFIX, reason
from dashboard.project.disk.regular_files import FILE, FOLDER, LINK, has_other_names, kind_at
from dashboard.project.reading.file_kinds import LINK_HINT, folder_problem, link_message
from dashboard.tables import COLUMNS

LOCK, ARTICLES = ".lock", "articles"
TABLE_FILES = tuple(f"{name}.csv" for name in COLUMNS)


def foreign_entries(folder: Path) -> Iterator[Problem]:
    """Every entry under one of the program's names that is not a plain file (or, for the articles, not a folder)."""
    if folder_problem(folder):
        return  # nothing can be checked
    try:
        for name in (*TABLE_FILES, audit_log.FILE, LOCK):
            yield from _problem_unless(FILE, folder, name)
        for name in (audit_log.FILE, LOCK):  # written in place, while the others are replaced
            if has_other_names(folder / name):
                message = "has a second name elsewhere on the disk (a hard link), which would be written too."
                yield _problem(name, message, "Remove it, or put a copy in its place.")
        yield from _foreign_temporaries(folder, "")
        yield from _problem_unless(FOLDER, folder, ARTICLES)
        if kind_at(folder / ARTICLES) == FOLDER:
            yield from _foreign_temporaries(folder, ARTICLES)
    except OSError as error:
        yield Problem(file=str(folder), code="folder.unreadable", message=f"cannot be looked into: {reason(error)}.")


def why_closed(folder: Path) -> str:
    """A sentence that says why nothing may be written to the folder; "" if nothing in it leads elsewhere."""
    problem = next(foreign_entries(folder), None)
    if problem is None:
        return ""
    return f"Nothing is written to {folder}: {problem.file} {problem.message} {problem.hint}".strip()


def refuse_foreign(folder: Path) -> None:
    """Raise `DataError` if something in the folder leads elsewhere; see `why_closed`."""
    if sentence := why_closed(folder):
        raise DataError(sentence)


def _foreign_temporaries(folder: Path, below: str) -> Iterator[Problem]:
    """Problems of temporary files and, in the folder of articles, of texts that are not plain files."""
    with os.scandir(folder / below) as entries:
        names = sorted(
            entry.name for entry in entries
            if not entry.is_file(follow_symlinks=False)
            and (entry.name.startswith(TEMPORARY_PREFIX) or (below and entry.name.casefold().endswith(".txt")))
        )  # fmt: skip
    for name in names:
        yield from _problem_unless(FILE, folder, f"{below}/{name}" if below else name)


def _problem_unless(wanted: str, folder: Path, name: str) -> Iterator[Problem]:
    kind = kind_at(folder / name)
    if kind == LINK:
        yield _problem(name, link_message(folder / name, folder), LINK_HINT, code="file.symlink")
    elif kind not in ("", wanted):
        yield _problem(name, f"is a {kind}, and must be a {wanted}.", "Remove it.")


def _problem(name: str, message: str, hint: str, code: str = "file.not_text") -> Problem:
    return Problem(file=shown(name)[1:-1], code=code, message=message, hint=hint)
