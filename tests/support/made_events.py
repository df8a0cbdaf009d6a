"""Made events by the thousand, and what plain Python says of them: the measure for every store."""

import functools
import math
import random
import tempfile
from collections import defaultdict
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from dashboard.filters import Filters
from dashboard.marks import Manner
from dashboard.model import Assertion, DatePrecision, Event, EventType, GeoPrecision, Place, Status
from dashboard.project.read import Project
from dashboard.store.cube.make import make_cube
from dashboard.store.database import connect
from dashboard.store.event_table import EventTable
from dashboard.store.opening import open_store
from dashboard.store.sources.project import ProjectRows
from dashboard.store.store import Store
from dashboard.store.summary import Grain
from dashboard.tables import EVENT_COLUMNS

FIRST = date(2024, 1, 1)
AREAS = (GeoPrecision.ADMIN1, GeoPrecision.ADMIN2, GeoPrecision.REGION)
POINTS = (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT, GeoPrecision.NEAR, GeoPrecision.COUNTRY, GeoPrecision.SEA)
CORNERS = ((0.0, 179.9999), (0.0, -179.9999), (89.5, 10.0), (-89.9, -120.0), (85.2, 180.0), (-12.3, -180.0))
"""Places (latitude, longitude) where maps go wrong: both sides of the date line, and the poles."""


def made_places(chance: random.Random, towns: int = 60) -> dict[str, Place]:
    """Towns in three crowds and alone, provinces around them, and the corners of the map."""
    middles = [(34.5, 69.2), (15.6, 32.5), (-17.8, 178.4)]
    points = [(a + chance.gauss(0, 2), _wrapped(b + chance.gauss(0, 3))) for a, b in chance.choices(middles, k=towns)]
    points += [(chance.uniform(-80, 80), chance.uniform(-180, 180)) for _ in range(15)]
    made = [Place(place_id=f"town:{n}", name=f"Town {n}", latitude=a, longitude=b, feature_code="PPL", radius_km=9.0)
            for n, (a, b) in enumerate([*points, *CORNERS])]  # fmt: skip
    made += [Place(place_id=f"province:{n}", name=f"Province {n}", latitude=a, longitude=b, feature_code="ADM1",
                   radius_km=120.0) for n, (a, b) in enumerate(points[:20])]  # fmt: skip
    return {place.place_id: place for place in made}


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180


def made_events(chance: random.Random, count: int, places: dict[str, Place]) -> list[Event]:
    """Events of every kind at these places and at none."""
    towns = [key for key in places if key.startswith("town:")]
    provinces = [key for key in places if key.startswith("province:")]
    return [_made_event(chance, n, towns, provinces) for n in range(count)]


def _made_event(chance: random.Random, n: int, towns: list[str], provinces: list[str]) -> Event:
    start = FIRST + timedelta(days=chance.randrange(700))
    end = start + timedelta(days=chance.choice([0, 0, 0, 0, 1, 6, 30, 364]))
    dated = chance.random() > 0.03
    is_area = chance.random() < 0.15
    precision = chance.choice(AREAS) if is_area else chance.choices(POINTS, [1, 20, 3, 1, 1])[0]
    place_id = chance.choice(provinces if is_area else towns) if chance.random() > 0.04 else ""
    return Event(
        event_id=f"e{n}", incident_id=f"i{n // 3}", title=f"Event number{n}", event_type=chance.choice(list(EventType)),
        date_start=start if dated else None, date_end=end if dated else None,
        date_precision=DatePrecision.DAYS if dated else DatePrecision.UNKNOWN,
        place_id=place_id, geo_precision=precision if place_id else GeoPrecision.UNLOCATED,
        assertion=chance.choices(list(Assertion), [10, 5, 1, 2, 1, 2])[0],
        status=chance.choices(list(Status), [6, 3, 1, 1])[0],
        actor1=f"Side {chance.randrange(4)}", actor2=chance.choice(["", "Side 1", "Side 9"]),
        passage=chance.choice(["Shells hit the market", "Talks were held in the old town", "Nothing more was said"]),
    )  # fmt: skip


def made_filters(chance: random.Random) -> Filters:
    """A choice of any kind, often of several things at once."""
    first = FIRST + timedelta(days=chance.randrange(-20, 720))
    period = (
        (first, first + timedelta(days=chance.choice([0, 3, 30, 400, 2000]))) if chance.random() < 0.7 else (None, None)
    )

    def some(kind, most=3):
        return tuple(chance.sample(list(kind), chance.randrange(1, most + 1))) if chance.random() < 0.25 else ()

    return Filters(
        date_from=period[0], date_to=period[1], types=some(EventType, 5), precisions=some(GeoPrecision, 6),
        assertions=some(Assertion), statuses=some(Status), actors=some(["Side 0", "Side 1", "Side 9", "Nobody"], 2),
        place_ids=some([f"town:{n}" for n in range(30)], 9),
        words=chance.choice(["", "", "", "", "shell MARKET", "old"]),
    )  # fmt: skip


def passes(event: Event, filters: Filters) -> bool:
    """Whether the event passes the filters, as design and docstrings say it, in plain Python."""
    first, last = filters.date_from or date.min, filters.date_to or date.max
    words = f"{event.title} {event.passage} {event.actor1} {event.actor2}".lower().split()
    return (
        (event.status in filters.statuses if filters.statuses else event.status is not Status.REJECTED)
        and (not filters.types or event.event_type in filters.types)
        and (not filters.precisions or event.geo_precision in filters.precisions)
        and (not filters.assertions or event.assertion in filters.assertions)
        and (not filters.place_ids or event.place_id in filters.place_ids)
        and (not filters.actors or bool({event.actor1, event.actor2} & set(filters.actors)))
        and all(any(w.startswith(asked.lower()) for w in words) for asked in filters.words.split())
        and (event.date_start is None or (event.date_start <= last and event.date_end >= first))
    )


def is_partial(event: Event, filters: Filters) -> bool:
    """Whether the event has a date of which only a part lies in the period."""
    first, last = filters.date_from or date.min, filters.date_to or date.max
    return event.date_start is not None and (event.date_start < first or event.date_end > last)


def shape_of(event: Event, places: dict[str, Place]) -> str:
    """off, dot, ring or area."""
    if event.place_id not in places or event.geo_precision.is_off_map:
        return "off"
    if event.geo_precision.is_area:
        return "area"
    return "ring" if event.geo_precision is GeoPrecision.NEAR else "dot"


def cell_of(place: Place, level: int) -> tuple[int, int, int]:
    """Level, column and row of the cell that holds a place, by the textbook formula of Web Mercator."""
    size = 2**level
    latitude = math.radians(max(-85.0511287798, min(85.0511287798, place.latitude)))
    column = (place.longitude + 180) / 360 * size
    row = (1 - math.log(math.tan(latitude) + 1 / math.cos(latitude)) / math.pi) / 2 * size
    return level, min(max(int(column), 0), size - 1), min(max(int(row), 0), size - 1)


def keyed(events: list[Event], places: dict[str, Place], level: int | None) -> dict[str, set[str]]:
    """The ids of the events behind every key a mark may have: of a place, and of a cell of this level."""
    found = defaultdict(set)
    for event in events:
        shape, manner = shape_of(event, places), Manner.of(event.assertion)
        if shape != "off":
            found[f"{event.place_id}.{manner}.{shape}"].add(event.event_id)
            if level is not None:
                cell = "-".join(map(str, cell_of(places[event.place_id], level)))
                found[f"{cell}.{manner}.{'areas' if shape == 'area' else 'cluster'}"].add(event.event_id)
    return found


def is_seen(place: Place, box) -> bool:
    """Whether a place lies in a box, which may cross the antimeridian."""
    lies = (place.longitude - box.west) % 360 <= (box.east - box.west) % 360 or box.east - box.west >= 360
    return lies and box.south <= place.latitude <= box.north


def bars_of(events: list[Event], span: tuple[date, date], grain: Grain) -> dict[tuple[date, EventType], list[float]]:
    """First day and type of every bar -> events that lie in it for sure, and shares of others, day by day."""
    found = defaultdict(lambda: [0, 0.0])
    for event in events:
        if event.date_start is None or event.assertion is Assertion.BACKGROUND:
            continue
        days = [event.date_start + timedelta(days=n) for n in range((event.date_end - event.date_start).days + 1)]
        starts = {grain.start(day) for day in days}
        for day in days:
            if len(starts) == 1:
                found[grain.start(day), event.event_type][0] += 1 / len(days)
            else:
                found[grain.start(day), event.event_type][1] += 1 / len(days)
    shown = (grain.start(span[0]), grain.start(span[1]))
    return {key: counts for key, counts in found.items() if shown[0] <= key[0] <= shown[1]}


def write_parquet(folder: Path, events, places: dict[str, Place], articles=None) -> Path:
    """The events as Parquet with their places' columns, a folder for each month as Spark writes them."""
    rows = []
    for event in events:
        place, article = places.get(event.place_id), (articles or {}).get(event.article_id)
        of_place = {name: getattr(place, name, None) for name in ("latitude", "longitude", "radius_km")}
        of_place |= {name: getattr(place, name, "") for name in ("feature_code", "country_code")}
        month = f"{event.date_end:%Y-%m}" if event.date_end else "undated"
        rows.append(
            asdict(event) | of_place | {"place_name": place.name if place else "", "month": month}
            | {"publisher": article.publisher if article else ""}
        )  # fmt: skip
    kinds = dict.fromkeys(("date_start", "date_end"), "DATE")
    kinds |= dict.fromkeys(("latitude", "longitude", "radius_km", "confidence"), "DOUBLE")
    kinds |= dict.fromkeys(("char_start", "char_end", "fatalities_low", "fatalities_high"), "INTEGER")
    columns = [*EVENT_COLUMNS, "latitude", "longitude", "radius_km", "feature_code", "country_code", "place_name",
               "publisher", "month"]  # fmt: skip
    db = connect()
    typed = [f"{name} {kinds.get(name, 'VARCHAR')}" for name in columns]
    db.execute(f"CREATE TABLE made ({', '.join(typed)})")
    db.register("rows", pd.DataFrame(rows, columns=columns, dtype=object))
    db.execute("INSERT INTO made SELECT * FROM rows")
    if rows:
        db.execute(f"COPY made TO '{folder}' (FORMAT parquet, PARTITION_BY (month))")
    else:
        (folder / "month=undated").mkdir(parents=True)
        db.execute(f"COPY made TO '{folder}/month=undated/none.parquet' (FORMAT parquet)")
    return folder


def store_of(kind: str, project: Project) -> Store:
    """A store over the same rows: of the ``project`` itself, of ``parquet``, or of a ``cube`` counted from it."""
    if kind == "project":
        return Store(EventTable(ProjectRows(project)))
    folder = Path(tempfile.mkdtemp(dir=_scratch()))
    events = write_parquet(folder / "events", project.events, project.places, project.articles)
    if kind == "cube":
        make_cube(events, folder / "cube")
    return open_store(folder / "cube" if kind == "cube" else events, lambda _: None)


@functools.cache
def _folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory()


def _scratch() -> str:
    """A folder that goes with the process."""
    return _folder().name


def answered(filters: Filters, store: Store) -> Filters:
    """The filters without those that the store does not answer."""
    empty = Filters()
    return replace(filters, **{field: getattr(empty, field) for field in store.unsupported_filters})
