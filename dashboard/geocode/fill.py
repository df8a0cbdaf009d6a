"""Filling what is empty in rows of events.csv, and the rows of places.csv they need. Pure but for the online answer.

Only empty cells are filled. What a person has reviewed keeps its place, even if it is none.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from dashboard.errors import GeocodingError
from dashboard.gazetteer import Gazetteer
from dashboard.geocode.cues import Names, country_votes
from dashboard.geocode.evidence import Context
from dashboard.geocode.resolve import OwnPlaces, Resolution, precision_for, resolve
from dashboard.model import Article, DatePrecision, Place, Status
from dashboard.reading import cells
from dashboard.tables import Row, place_row, row_event_id

_NEIGHBOURS = 20
"""Places of the same article that count, the last found."""

NOT_FOUND = "no place of this name in the gazetteer"
NAMED = "named in events.csv"
"""The rule of a place that the row names by its id and the words alone would not give."""

Ask = Callable[[str, Mapping[str, float]], Place | None]
"""An online geocoder: name and votes by country code in, the likeliest place or None out."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A row whose words name no known place. ``row`` counts data rows from 1."""

    row: int
    toponym: str


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """A row with a place_id that stands neither in places.csv nor in the gazetteer."""

    row: int
    place_id: str


@dataclass(slots=True)
class Filled:
    """The rows with their empty cells filled, and what came of it."""

    rows: list[Row] = field(default_factory=list)
    new_places: dict[str, Place] = field(default_factory=dict)
    """To be added to places.csv, by id; their note says the rule that chose them."""
    placed: int = 0
    """Rows that had no place and have one now."""
    unresolved: list[Unresolved] = field(default_factory=list)
    unknown: list[UnknownPlace] = field(default_factory=list)
    trouble: str = ""
    """Why the online geocoder was no longer asked; empty if all went well."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to find places with."""

    gazetteer: Gazetteer
    places: Mapping[str, Place]
    """places.csv as it stands."""
    articles: Mapping[str, Article]
    ask: Ask | None = None
    server: str = ""


def fill(rows: Sequence[Row], known: Known, progress: Callable[[int, int], None] | None = None) -> Filled:
    """Fill ids, dates and places of all rows, in their order.

    ``progress`` is called after each row with the rows done and the rows there are.
    """
    filler = _Filler(known, rows)
    for number, row in enumerate(rows, start=1):
        filler.fill(number, row)
        if progress:
            progress(number, len(rows))
    return filler.filled


def own_places(places: Mapping[str, Place], gazetteer: Gazetteer) -> OwnPlaces:
    """The places of places.csv that a person wrote or changed: those the gazetteer does not give just so.

    The note does not count, since it holds the rule of the row that brought the place.
    """
    return OwnPlaces(
        place for place in places.values() if _cells_of(place) != _cells_of(gazetteer.place(place.place_id))
    )


def _cells_of(place: Place | None) -> Row | None:
    return place_row(replace(place, note="")) if place else None


class _Filler:
    """One pass over the rows."""

    def __init__(self, known: Known, rows: Sequence[Row]) -> None:
        self.filled = Filled()
        self._known = known
        self._names = _Remembered(known.gazetteer)
        self._ask = known.ask
        self._own = own_places(known.places, known.gazetteer)
        self._articles = _Articles(known.articles, self._names, rows)
        self._neighbours: dict[str, dict[str, Place]] = {}
        self._ids = Counter(row.get("event_id", "").strip() for row in rows)

    def fill(self, number: int, row: Row) -> None:
        if not any(row.values()):
            self.filled.rows.append(row)
            return
        changed = {**row, **self._identity(row), **_dates(row)}
        place = self._place(number, changed)
        self.filled.rows.append(changed)
        if place and (article_id := row.get("article_id", "").strip()):
            self._neighbours.setdefault(article_id, {})[place.place_id] = place

    def _identity(self, row: Row) -> Row:
        """The ids that are missing. Two rows of the same words are two: the second gets "-2"."""
        event_id = row.get("event_id", "").strip()
        if not event_id:
            article = self._known.articles.get(row.get("article_id", "").strip())
            base = row_event_id(row, article.sha256 if article else "")
            numbers = (base if n == 1 else f"{base}-{n}" for n in range(1, len(self._ids) + 3))
            event_id = next(number for number in numbers if not self._ids[number])
            self._ids[event_id] += 1
        return {"event_id": event_id, "incident_id": row.get("incident_id", "").strip() or event_id}

    def _place(self, number: int, row: Row) -> Place | None:
        place_id, toponym = row.get("place_id", "").strip(), row.get("toponym", "").strip()
        if place_id:
            return self._named(number, row, place_id)
        if not toponym or _keeps_no_place(row):
            return None
        found = self._found(row)
        if found is None:
            self.filled.unresolved.append(Unresolved(number, toponym))
            if not _is_reviewed(row):
                row |= {"geo_precision": "unlocated", "place_reason": NOT_FOUND}
            return None
        place, reason = found
        precision = row.get("geo_precision", "").strip()
        if precision in ("", "unlocated"):
            precision = precision_for(place).value
        row |= {"place_id": place.place_id, "geo_precision": precision}
        if row.get("place_reason", "").strip() in ("", NOT_FOUND):
            row["place_reason"] = reason
        self.filled.placed += 1
        return self._kept(place, reason)

    def _named(self, number: int, row: Row, place_id: str) -> Place | None:
        """The place the row itself names; its row in places.csv is made if it is missing."""
        place = self._known.places.get(place_id) or self.filled.new_places.get(place_id)
        lacks_reason = not row.get("place_reason", "").strip()
        if place is None or lacks_reason:
            # Asking online again makes sense only for what an online geocoder has given.
            found = self._found(row, may_ask=place is None and place_id.startswith(("osm:", "online:")))
            same, rule = found if found and found[0].place_id == place_id else (None, NAMED)
            row |= {"place_reason": rule} if lacks_reason else {}
            if place is None and (known := same or self._known.gazetteer.place(place_id)):
                place = self._kept(known, rule)
        if place is None:
            self.filled.unknown.append(UnknownPlace(number, place_id))
        else:
            row["geo_precision"] = row.get("geo_precision", "").strip() or precision_for(place).value
        return place

    def _kept(self, place: Place, reason: str) -> Place:
        if place.place_id in self._known.places:
            return self._known.places[place.place_id]
        note = f"{reason}. {place.note}" if place.note else reason
        return self.filled.new_places.setdefault(place.place_id, replace(place, note=note))

    def _found(self, row: Row, *, may_ask: bool = True) -> tuple[Place, str] | None:
        """The place the row's words mean and the rule that chose it: offline, then, where allowed, online."""
        toponym = row.get("toponym", "").strip()
        if not toponym:
            return None
        context = self._context(row, toponym)
        resolution: Resolution | None = resolve(toponym, context, self._names, self._own)
        if resolution:
            return resolution.place, resolution.reason
        if self._ask is None or not may_ask:
            return None
        try:
            place = self._ask(toponym, context.countries)
        except GeocodingError as error:
            # The next names would only wait for the same trouble.
            self._ask, self.filled.trouble = None, str(error)
            return None
        return (place, f"answer of {self._known.server}, to be reviewed") if place else None

    def _context(self, row: Row, toponym: str) -> Context:
        article_id = row.get("article_id", "").strip()
        words = "\n".join(filter(None, (row.get("passage", ""), row.get("title", ""))))
        return Context(
            text=words,
            countries=self._articles.votes(article_id, toponym, words),
            neighbours=tuple(self._neighbours.get(article_id, {}).values())[-_NEIGHBOURS:],
        )


class _Remembered:
    """The gazetteer for one pass over the rows: articles say the same names again and again."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.candidates = lru_cache(4096)(gazetteer.candidates)


class _Articles:
    """Which countries each article speaks of: by its text, and by the clear ones of its toponyms."""

    def __init__(self, articles: Mapping[str, Article], names: Names, rows: Sequence[Row]) -> None:
        self._articles, self._names = articles, names
        self._texts: dict[str, Counter[str]] = {}
        self._toponyms: dict[str, set[str]] = {}
        self._clear_country = cache(self._country_if_clear)
        self._by_toponyms = cache(self._votes_of_toponyms)
        for row in rows:
            self._toponyms.setdefault(row.get("article_id", "").strip(), set()).add(row.get("toponym", "").strip())

    def votes(self, article_id: str, toponym: str, words: str) -> Mapping[str, float]:
        """Votes by country code. Without an article only the row's own words count."""
        if not article_id:
            return country_votes(words, self._names)
        if article_id not in self._texts:
            article = self._articles.get(article_id)
            self._texts[article_id] = country_votes(article.text if article else words, self._names)
        return self._texts[article_id] + self._by_toponyms(article_id) - Counter([self._clear_country(toponym)])

    def _votes_of_toponyms(self, article_id: str) -> Counter[str]:
        return Counter(code for name in sorted(self._toponyms[article_id]) if (code := self._clear_country(name)))

    def _country_if_clear(self, toponym: str) -> str:
        found = resolve(toponym, Context(), self._names) if toponym else None
        return found.place.country_code if found and not found.ambiguous else ""


def _is_reviewed(row: Row) -> bool:
    status = row.get("status", "").strip().casefold()
    return status in {kind.value for kind in Status if kind.is_reviewed}


def _keeps_no_place(row: Row) -> bool:
    """A person looked and left the row without a place."""
    return _is_reviewed(row) and bool(row.get("geo_precision", "").strip())


def _dates(row: Row) -> Row:
    """The end and the grain of a date of which only the start was written."""
    start, end = row.get("date_start", "").strip(), row.get("date_end", "").strip()
    first = cells.parse_span(start).value if start else None
    last = cells.parse_span(end).value if end else None
    if first is None or (end and last is None):
        return {}
    grain = row.get("date_precision", "").strip()
    if grain in (DatePrecision.MONTH, DatePrecision.YEAR) and last is None:
        first = cells.widened(first, DatePrecision(grain))
    if not grain:
        same = last is None or (last.start, last.end) == (first.start, first.end)
        grain = first.precision.value if same else DatePrecision.DAYS.value
    return {"date_end": end or first.end.isoformat(), "date_precision": grain}
