"""Kill a program that saves decisions, again and again, and count what was lost: ``python -m tools.kills 500``.

Each round starts a writer, which changes an event and its place in one go and prints a number once that is saved, and
kills it (SIGKILL) at a random moment. Then everything it printed must stand in the tables and in the audit log, and
nothing may be there that was never decided.
"""

import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from dashboard.model import Event, EventType, GeoPrecision, Place
from dashboard.project import audit_log
from dashboard.project.commit import Entry, RowChange, commit, settle
from dashboard.project.read import read_project
from dashboard.project.reading.csv_records import format_csv
from dashboard.project.table_text import read_table
from dashboard.tables import EVENT_COLUMNS, PLACE_COLUMNS, Row, event_row, place_row, row_version

EVENTS, PLACES = 2_000, 500
"""Every writer changes an event and a place of its own, so that no cell grows beyond what may be read."""


@dataclass(slots=True)
class Tally:
    """What came of the kills."""

    kills: int = 0
    acknowledged: int = 0
    finished: int = 0
    """Changes that were not acknowledged yet, but stood in the log, and were finished by the next program."""
    lost: int = 0
    invented: int = 0
    torn: int = 0
    """Times that a table, the log or both together were not whole."""

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing invented, nothing torn."""
        return not (self.lost or self.invented or self.torn)


def make_project(folder: Path) -> None:
    """A project of many events, so that writing takes a while."""
    places = [
        Place(place_id=f"local:camp-{n}", name=f"Camp {n}", latitude=34.1, longitude=71.2, radius_km=5)
        for n in range(PLACES)
    ]
    events = [
        Event(event_id=f"e{n}", title=f"{n} " * 80, event_type=EventType.BATTLE, toponym="the camp",
              place_id=f"local:camp-{n % PLACES}", geo_precision=GeoPrecision.NEAR)
        for n in range(EVENTS)
    ]  # fmt: skip
    _write(folder / "places.csv", PLACE_COLUMNS, list(map(place_row, places)))
    _write(folder / "events.csv", EVENT_COLUMNS, [event_row(event) for event in events])


def _write(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    path.write_text(format_csv(columns, [[row[column] for column in columns] for row in rows]), "utf-8", newline="")


def write(folder: Path, writer: int) -> None:
    """Save decisions until the end, and print each once it is saved."""
    place, event, name = f"local:camp-{writer % PLACES}", f"e{writer % PLACES}", f"w{writer}"
    print("ready", flush=True)
    for number in count():
        note = f"{name}.{number} "
        changes = [_noted(folder, "places", place, "note", note), _noted(folder, "events", event, "review_note", note)]
        commit(folder, changes, Entry(who=name, action="correct", note=note))
        print(note, flush=True)


def _noted(folder: Path, table: str, row_id: str, column: str, note: str) -> RowChange:
    row = read_table(folder, table).rows[row_id]
    return RowChange(table=table, row_id=row_id, before=row, after=row | {column: row[column] + note})


def run(folder: Path, kills: int, chance: random.Random) -> Tally:
    """Kill so many writers, one after the other, and look after each."""
    tally, acknowledged = Tally(), list[str]()
    for number in range(kills):
        writer = subprocess.Popen(
            [sys.executable, "-m", "tools.kills", "--write", str(folder), str(number)],
            stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        assert writer.stdout
        writer.stdout.readline()
        if not number:  # on a busy machine none of the others may come so far
            acknowledged += writer.stdout.readline().split()
        time.sleep(chance.uniform(0.0, 0.15))
        writer.kill()
        acknowledged += writer.communicate()[0].split()
        tally.kills += 1
        tally.acknowledged = len(acknowledged)
        _look(folder, acknowledged, tally)
    return tally


def _look(folder: Path, acknowledged: list[str], tally: Tally) -> None:
    """What the next program finds."""
    settle(folder)
    project = read_project(folder)
    notes = sorted(note for event in project.events for note in event.review_note.split())
    places = sorted(note for place in project.places.values() for note in place.note.split())
    lines = list(audit_log.walk(folder))
    logged = sorted(line.note.strip() for line in lines if isinstance(line, audit_log.Line))
    is_whole = len(project.events) == EVENTS and not project.problems and len(logged) == len(lines)
    tally.torn += not (is_whole and notes == places == logged and _is_as_logged(folder))
    tally.lost += len(set(acknowledged) - set(notes))
    tally.finished = len(set(notes) - set(acknowledged))
    tally.invented += max(0, tally.finished - tally.kills)  # at most the one that was under way


def _is_as_logged(folder: Path) -> bool:
    last = {
        (change.table, change.row_id): change.after for line in audit_log.history(folder) for change in line.changes
    }
    return all(
        row_version(read_table(folder, table).rows[row_id]) == version for (table, row_id), version in last.items()
    )


def main() -> None:
    """Kill as many writers as asked for, 500 unless told otherwise, and print the tally."""
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
        return
    kills, began = int(sys.argv[1]) if len(sys.argv) > 1 else 500, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        make_project(Path(folder))
        tally = run(Path(folder), kills, random.Random(5))
    print(
        f"{tally.kills} kills in {time.monotonic() - began:.0f} s: {tally.acknowledged:,} acknowledged changes, "
        f"{tally.lost} lost, {tally.invented} invented, {tally.torn} torn; {tally.finished} finished by the next one"
    )
    sys.exit(not tally.is_clean)


if __name__ == "__main__":
    main()
