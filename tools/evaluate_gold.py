"""Gold files for `tools.evaluate`: JSON lines, known by their fields and not by their names.

A document has ``text`` and any of ``toponyms``, ``times`` and ``events``, marked by a person; ``published`` or
``pub_date`` if its day is known. A labelled sentence has ``text`` and ``event``, its PLOVER type.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.errors import DataError, shown

FIELDS = ("toponyms", "times", "events", "event")
OLDER_NAMES = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT"}
"""PLOVER's types that were renamed or merged in 2021."""


@dataclass(frozen=True)
class GoldFile:
    """What one file holds, each kind apart; a list is empty if the file has none of it."""

    name: str
    """For the table: the file's name without its ending."""
    documents: list[dict[str, Any]]
    """With toponyms, times or events."""
    sentences: list[tuple[str, str]]
    """A sentence and its PLOVER type, in today's names."""

    def having(self, name: str) -> list[dict[str, Any]]:
        """The documents in which things of this kind were marked, even if there are none to mark."""
        return [document for document in self.documents if isinstance(document.get(name), list)]


def gold_files(paths: Iterable[Path]) -> list[GoldFile]:
    """The files, and the .jsonl files of the folders that hold something to score; never an empty list.

    Raises DataError for a path that is not there, a line that is no object with a text, or nothing to score.
    """
    found: list[GoldFile] = []
    for path in paths:
        if path.is_dir():
            read = [read_gold(one) for one in sorted(path.glob("*.jsonl"))]
            found += [one for one in read if one.documents or one.sentences]
        else:
            found.append(read_gold(path))
            if not found[-1].documents and not found[-1].sentences:
                raise DataError(f"{path}: expected lines with one of {', '.join(FIELDS)}, found none.")
    if not found:
        raise DataError("expected gold files or folders with .jsonl files to score, found none.")
    return found


def read_gold(path: Path) -> GoldFile:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # not at U+2028, which may stand in a text
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected a file of JSON lines in UTF-8 ({error}).") from None
    rows = [_row(line, path, number) for number, line in enumerate(lines, start=1) if line.strip()]
    return GoldFile(
        name=path.stem,
        documents=[row for row in rows if any(isinstance(row.get(name), list) for name in FIELDS)],
        sentences=[
            (row["text"], OLDER_NAMES.get(row["event"], row["event"]))
            for row in rows
            if isinstance(row.get("event"), str)
        ],
    )


def _row(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        row = None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise DataError(f"{path}, line {number}: expected an object with a text, got {shown(line)}.")
    return row
