"""Adding to places.csv what rows of events.csv name and it does not have."""

from collections.abc import Mapping

from dashboard.model import Place
from dashboard.tables import Row, place_row


def with_missing_places(rows: list[Row], places: Mapping[str, Place]) -> list[Row]:
    """The rows of places.csv with those of missing places, by id.

    If a person keeps the rows in another order, the new ones follow them.
    """
    existing_ids = [row["place_id"].strip() for row in rows]
    added = [place_row(place) for place_id, place in sorted(places.items()) if place_id not in existing_ids]
    if existing_ids == sorted(existing_ids):
        return sorted([*rows, *added], key=lambda row: row["place_id"].strip())
    return [*rows, *added]
