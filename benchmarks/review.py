"""What a decision costs in a project of 20,000 events: ours against reading and writing the file with the csv module.

Ours holds the lock, looks whether the row has changed, waits for the disk, adds a line to the audit log and never
leaves half a file; the other does none of that. Both change one row, in turns, on this machine. Then: how long it takes
to have the next event to review with its candidates, if nobody has saved the file since, and if another program has.
Run by `make bench`.
"""

import csv
import os
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from dashboard.filters import Filters
from dashboard.gazetteer.index import Gazetteer
from dashboard.model import DatePrecision, Event, EventType
from dashboard.project.open_tables import OpenTables
from dashboard.project.reading.csv_records import format_csv
from dashboard.review.candidates import PlaceFinder
from dashboard.review.decide import Decision, Verdict, review_event
from dashboard.review.waiting import queue_of
from dashboard.tables import EVENT_COLUMNS, event_row

EVENTS, ROUNDS = 20_000, 30
PASSAGE = (
    "A 48-hour ceasefire was agreed upon at the behest of the Afghan Taliban regime after Pakistan's “precision "
    "strikes” against the Taliban and terrorist hideouts in {place}, officials said on {day}, report number {number}."
)
PLACES = ("Kandahar", "Kabul", "Quetta", "Hyderabad", "Herat", "Jalalabad", "Peshawar")


def make_project(folder):
    rows = []
    for number in range(EVENTS):
        day = date(2015, 1, 1) + timedelta(days=number % 3650)
        place = PLACES[number % len(PLACES)]
        event = Event(
            event_id=f"{number:012x}", title=f"Strikes in {place}", event_type=EventType.EXPLOSION, toponym=place,
            date_start=day, date_end=day, date_precision=DatePrecision.DAY, confidence=number % 100 / 100,
            passage=PASSAGE.format(place=place, day=day, number=number), place_reason="not placed yet",
        )  # fmt: skip
        rows.append([event_row(event)[column] for column in EVENT_COLUMNS])
    (folder / "events.csv").write_text(format_csv(EVENT_COLUMNS, rows), "utf-8", newline="")


def plain(path, event_id):
    """What one would write oneself."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["event_id"] == event_id:
            row["status"] = "confirmed"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def seconds(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def next_event(folder, gazetteer):
    tables = OpenTables(folder)
    event = tables.event(next(queue_of(tables, Filters()).in_turn()))
    PlaceFinder.of(tables.places, gazetteer).for_event(event, None)


def decide(folder, event_id):
    base = OpenTables(folder).row("events", event_id)
    review_event(folder, Decision(event_id=event_id, verdict=Verdict.CONFIRM, reviewer="Ana", base=base))


def main():
    gazetteer = Gazetteer.open()
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as other:
        for folder in (ours, other):
            make_project(Path(folder))
        next_event(Path(ours), gazetteer)
        saves, plains, warm, cold = [], [], [], []
        for number in range(ROUNDS):
            event_id = f"{number * 601:012x}"
            saves.append(seconds(lambda: decide(Path(ours), event_id)))  # noqa: B023 - called at once
            plains.append(seconds(lambda: plain(Path(other) / "events.csv", event_id)))  # noqa: B023
            warm.append(seconds(lambda: next_event(Path(ours), gazetteer)))
        for _ in range(5):
            os.utime(Path(ours) / "events.csv")
            cold.append(seconds(lambda: next_event(Path(ours), gazetteer)))
    ms = {name: statistics.median(times) * 1000 for name, times in
          {"saves": saves, "plains": plains, "warm": warm, "cold": cold}.items()}  # fmt: skip
    print(f"saving one decision among {EVENTS:,} events: {ms['saves']:.0f} ms (median of {ROUNDS})")
    print(f"the csv module, without lock, log and fsync: {ms['plains']:.0f} ms")
    print(f"ratio: {ms['saves'] / ms['plains']:.2f}")
    print(f"the next event to review: {ms['warm']:.0f} ms; after another program saved the file: {ms['cold']:.0f} ms")


if __name__ == "__main__":
    main()
