"""Several programs that save into one project at once, and what is lost: ``python -m tools.writers 8 200``.

Every writer changes a row of its own and one that all share, by turns. A change refused because the row has changed
since is counted as shown, and made again on the row as it is then. In between somebody edits events.csv by hand, once
on a row that nobody else touches and once on the shared one, and `conflictmap add` brings an article.
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from dashboard.errors import ConflictError
from dashboard.project import audit_log
from dashboard.project.commit import Entry, RowChange, commit
from dashboard.project.open_tables import OpenTables
from dashboard.project.read import read_project
from dashboard.project.table_text import read_table
from dashboard.tables import row_version
from tools.kills import make_project

REPOSITORY = Path(__file__).parents[1]
SHARED, BY_HAND = "e0", "e1"
ARTICLE = "A missile hit a school in Kharkiv on Monday, killing two teachers, the mayor said.\n"


@dataclass(slots=True)
class Tally:
    """What came of it."""

    acknowledged: int = 0
    lost: int = 0
    shown: int = 0
    """Conflicts that a writer was told of."""
    imported: int = 0
    """Events that came with the article."""
    hand_edits: int = 0
    """Of two, those that stand in the final file."""
    log_is_whole: bool = False
    """The chain verifies, and every row stands as the log left it."""


def write(folder: Path, name: str, edits: int) -> None:
    """Make so many edits, and print each once it is saved, and each conflict as ``shown``."""
    own = f"e{int(name[1:]) + 2}"
    for number in range(edits):
        note = f"{name}.{number} "
        while not _saved(folder, own if number % 2 else SHARED, name, note):
            print("shown", flush=True)
        print(note, flush=True)


def _saved(folder: Path, event_id: str, name: str, note: str) -> bool:
    try:
        row = read_table(folder, "events").rows[event_id]
        after = row | {"review_note": row["review_note"] + note, "reviewed_by": name}
        commit(
            folder,
            [RowChange(table="events", row_id=event_id, before=row, after=after)],
            Entry(who=name, action="correct"),
        )
    except ConflictError:
        return False
    return True


def edit_by_hand(folder: Path) -> None:
    """As an editor does: read the file, change two titles, write it. Nobody saves in that moment."""
    path = folder / "events.csv"
    with FileLock(folder / ".lock"):
        text = path.read_text("utf-8")
        for event_id in (SHARED, BY_HAND):
            start = text.index(f"\n{event_id},") + 1
            end = text.index("\n", start)
            cells = text[start:end].split(",")
            cells[2] = "edited by hand"
            text = text[:start] + ",".join(cells) + text[end:]
        path.write_text(text, "utf-8")


def run(folder: Path, writers: int, edits: int) -> Tally:
    """Let them all write; edit by hand and add an article meanwhile; then look what stands there."""
    make_project(folder)
    command = [sys.executable, "-m", "tools.writers", "--write", str(folder)]
    processes = [
        subprocess.Popen([*command, f"w{number}", str(edits)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
        for number in range(writers)
    ]
    first = [process.stdout.readline() for process in processes if process.stdout]  # all of them are at work
    edit_by_hand(folder)
    add = [sys.executable, "-m", "dashboard", "--data", str(folder), "add", "-", "--rules-only"]
    subprocess.run(add, input=ARTICLE.encode(), capture_output=True, cwd=REPOSITORY, check=True)
    said = [*first, *(process.communicate()[0] for process in processes)]
    return _tally(folder, " ".join(said).split())


def _tally(folder: Path, said: list[str]) -> Tally:
    rows, project = OpenTables(folder).events.rows, read_project(folder)
    notes = {note for row in rows.values() for note in row["review_note"].split()}
    acknowledged = [word for word in said if word != "shown"]
    lines = list(audit_log.walk(folder))
    last = {(c.table, c.row_id): c.after for line in audit_log.history(folder) for c in line.changes}
    as_logged = all(
        row_version(read_table(folder, table).rows[row_id]) == version or row_id in (SHARED, BY_HAND)
        for (table, row_id), version in last.items()
    )
    return Tally(
        acknowledged=len(acknowledged),
        lost=len(set(acknowledged) - notes),
        shown=said.count("shown"),
        imported=sum(event.article_id != "" for event in project.events),
        hand_edits=sum(rows[event_id]["title"] == "edited by hand" for event_id in (SHARED, BY_HAND)),
        log_is_whole=as_logged and all(isinstance(line, audit_log.Line) for line in lines),
    )


def main() -> None:
    """Run as many writers with as many edits as asked for, 8 with 200 unless told otherwise, and print the tally."""
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
        return
    given = [int(word) for word in sys.argv[1:3]]
    writers, edits = given if len(given) == 2 else (8, 200)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = run(Path(folder), writers, edits)
    print(f"{writers} writers with {edits} edits each, in {time.monotonic() - began:.0f} s: {tally}")
    sys.exit(bool(tally.lost) or not tally.log_is_whole)


if __name__ == "__main__":
    main()
