"""Where the signs of a map stand, measured from outside: boxes on the screen beside true points of the test's own."""

import csv
from pathlib import Path

from dashboard.tables import COLUMNS

MEASURE = Path(__file__).with_suffix(".js").read_text("utf-8")


def frame_of(page):
    """The frame that holds the map."""
    return next(frame for frame in page.frames if "streamlit_folium" in frame.url)


def measured(page, places, zooms, centre=None):
    """What is wrong with the signs at these zooms, what was seen, and the sums of all badges."""
    return frame_of(page).evaluate(MEASURE, {"places": places, "zooms": list(zooms), "centre": centre})


def write_project(folder: Path, places: dict, events: list[dict]) -> Path:
    """A project of events at places (name -> latitude, longitude, feature code) with what the rows need beside."""
    folder.mkdir(exist_ok=True)
    of_places = [
        {"place_id": key, "name": key.partition(":")[2], "latitude": lat, "longitude": lng, "feature_code": code,
         "country_code": "XX", "radius_km": 9, "source": "made"}
        for key, (lat, lng, code) in places.items()
    ]  # fmt: skip
    common = {"date_start": "2025-10-13", "date_end": "2025-10-13", "date_precision": "day", "status": "pending"}
    of_events = [common | {"event_id": f"made:{n}", "title": f"Event {n}"} | event for n, event in enumerate(events)]
    for table, rows in (("places", of_places), ("events", of_events)):
        file = folder / f"{table}.csv"
        columns = file.read_text("utf-8").split("\n")[0].strip().split(",") if file.exists() else []
        with file.open("a", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, columns or COLUMNS[table], restval="")
            if not columns:
                writer.writeheader()
            writer.writerows(rows)
    return folder
