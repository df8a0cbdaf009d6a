"""Filling what is empty in rows of events.csv, and the rows of places.csv they need. Pure but for the online answer.

What a person wrote stays; what the reader of the file derives anew each time (the end of a date, the precision of
a place) is left empty. What the program chose for a toponym that was corrected since is decided again. What a person
has reviewed keeps its place, even if it is none.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from dashboard.errors import GeocodingError
from dashboard.gazetteer import Gazetteer
from dashboard.geocode import chosen
from dashboard.geocode.cues import Names, country_votes
from dashboard.geocode.evidence import Context
from dashboard.geocode.qualified import resolve_name
from dashboard.geocode.resolve import OwnPlaces, Resolution
from dashboard.model import Article, GeoPrecision, Place, Status
from dashboard.tables import Row, contradicts, no_place_reason, place_row, precision_of, row_event_id

_NEIGHBOURS = 20
"""Places of the same article that count, the last found."""

NOT_FOUND = "no place of this name in the gazetteer"
"""The reason of an extracted row without a place, until the geocoding step looks for it."""

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
    decided_again: int = 0
    """Rows whose place was chosen for a toponym they no longer have, so that it was taken back."""
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
    return OwnPlaces(place for place in places.values() if _is_own(place, gazetteer))


def _is_own(place: Place, gazetteer: Gazetteer) -> bool:
    return _cells_of(place) != _cells_of(gazetteer.place(place.place_id))


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
        changed = {**row, **self._identity(row)}
        place = self._place(number, changed)
        self.filled.rows.append(changed)
        if place and (article_id := row.get("article_id", "").strip()):
            self._neighbours.setdefault(article_id, {})[place.place_id] = place

    def _identity(self, row: Row) -> Row:
        """The ids that are missing. Two rows of the same words are two: the second gets "-2"."""
        event_id = row.get("event_id", "").strip()
        if not event_id:
            base = self._id_of(row)
            numbers = (base if n == 1 else f"{base}-{n}" for n in range(1, len(self._ids) + 3))
            event_id = next(number for number in numbers if not self._ids[number])
            self._ids[event_id] += 1
        return {"event_id": event_id, "incident_id": row.get("incident_id", "").strip() or event_id}

    def _place(self, number: int, row: Row) -> Place | None:
        place_id, toponym = row.get("place_id", "").strip(), row.get("toponym", "").strip()
        if self._is_stopgap(row):
            if not place_id:
                self.filled.unresolved.append(Unresolved(number, toponym))
            return self._named(number, row, place_id) if place_id else None
        if place_id and not self._is_outdated(row, place_id):
            return self._named(number, row, place_id)
        if place_id:
            self.filled.decided_again += 1
            row |= {"place_id": "", "geo_precision": "", "place_reason": ""}
        if not toponym or _keeps_no_place(row):
            return None
        found = self._found(row)
        if found is None:
            self.filled.unresolved.append(Unresolved(number, toponym))
            if not _is_reviewed(row):
                _give_reason(row, no_place_reason(toponym))
            return None
        row["place_id"] = found.place.place_id
        _derive_precision(row, found.place, found.precision)
        _give_reason(row, chosen.told(found.place, found.rule, self._known.gazetteer))
        self.filled.placed += not place_id
        return self._kept(found.place, found.rule)

    def _is_stopgap(self, row: Row) -> bool:
        """True if the program, which read the whole article, knew no such place, and nobody has added it since."""
        if not chosen.is_stopgap(row.get("place_reason", "").strip()) or not self._is_as_first_written(row):
            return False
        found = self._resolved(row)
        return found is None or found.name_kind != "own"

    def _is_outdated(self, row: Row, place_id: str) -> bool:
        """True if the program chose the place for another toponym than the row has now, or until a better is known."""
        place, toponym = self._place_of(place_id), row.get("toponym", "").strip()
        if chosen.is_stopgap(row.get("place_reason", "").strip()) and not _is_reviewed(row):
            return bool(place and toponym and self._describes(row, place))
        if place is None or not toponym or _is_reviewed(row) or self._is_as_first_written(row):
            return False
        if not self._describes(row, place):
            return False
        found = self._resolved(row)
        if found is None:
            return not chosen.is_online(place_id)  # what was found online, the gazetteer need not know
        if chosen.is_online(found.place.place_id) or chosen.bears(place, toponym, found):
            return False
        return not self._is_rule_for(row, found)

    def _is_as_first_written(self, row: Row) -> bool:
        """True if the event_id, which comes from the toponym as first written, still follows from the row."""
        return row["event_id"].partition("-")[0] == self._id_of({**row, "event_id": ""})

    def _id_of(self, row: Row) -> str:
        article = self._known.articles.get(row.get("article_id", "").strip())
        return row_event_id(row, article.sha256 if article else "")

    def _place_of(self, place_id: str) -> Place | None:
        places = (self._known.places.get(place_id), self.filled.new_places.get(place_id))
        return next(filter(None, places), None) or self._known.gazetteer.place(place_id)

    def _describes(self, row: Row, place: Place) -> bool | None:
        reason, gazetteer = row.get("place_reason", "").strip(), self._known.gazetteer
        is_own = place.place_id in self._known.places and _is_own(place, gazetteer)
        return chosen.describes(reason, place, gazetteer, is_own=is_own)

    def _is_rule_for(self, row: Row, found: Resolution) -> bool:
        """True if the row's reason is that of the place its toponym means now, whatever place stands in the row."""
        reason = row.get("place_reason", "").strip()
        return reason in (found.reason, chosen.told(found.place, found.reason, self._known.gazetteer))

    def _named(self, number: int, row: Row, place_id: str) -> Place | None:
        """The place the row itself names; its row in places.csv is made if it is missing."""
        place = self._known.places.get(place_id) or self.filled.new_places.get(place_id)
        if place is None:
            # Asking online again makes sense only for what an online geocoder has given.
            found = self._found(row, may_ask=chosen.is_online(place_id))
            same, rule = (
                (found.place, found.rule) if found and found.place.place_id == place_id else (None, chosen.NAMED)
            )
            if known := same or self._known.gazetteer.place(place_id):
                place = self._kept(known, rule)
        if place is None:
            self.filled.unknown.append(UnknownPlace(number, place_id))
        elif not row.get("place_reason", "").strip():
            row["place_reason"] = chosen.NAMED
        elif not _is_reviewed(row) and self._is_corrected(row, place):
            _derive_precision(row, place)
            row["place_reason"] = chosen.NAMED
        return place

    def _is_corrected(self, row: Row, place: Place) -> bool:
        """True if the program chose another place and a person wrote this one over it."""
        if not chosen.is_rule(row["place_reason"].strip()):
            return False
        found = self._resolved(row)
        if found and found.place.place_id == place.place_id:
            return False
        return self._describes(row, place) is False or (found is not None and self._is_rule_for(row, found))

    def _kept(self, place: Place, reason: str) -> Place:
        if place.place_id in self._known.places:
            return self._known.places[place.place_id]
        note = f"{reason}. {place.note}" if place.note else reason
        return self.filled.new_places.setdefault(place.place_id, replace(place, note=note))

    def _found(self, row: Row, *, may_ask: bool = True) -> "_Found | None":
        """The place the row's words mean and the rule that chose it: offline, then, where allowed, online."""
        if resolution := self._resolved(row):
            return _Found(resolution.place, resolution.reason, resolution.geo_precision)
        toponym = row.get("toponym", "").strip()
        if self._ask is None or not may_ask or not toponym:
            return None
        try:
            place = self._ask(toponym, self._context(row, toponym).countries)
        except GeocodingError as error:
            # The next names would only wait for the same trouble.
            self._ask, self.filled.trouble = None, str(error)
            return None
        return _Found(place, f"answer of {self._known.server}, to be reviewed") if place else None

    def _resolved(self, row: Row) -> Resolution | None:
        """What the row's toponym means, offline."""
        toponym = row.get("toponym", "").strip()
        return resolve_name(toponym, self._context(row, toponym), self._names, self._own) if toponym else None

    def _context(self, row: Row, toponym: str) -> Context:
        article_id = row.get("article_id", "").strip()
        words = "\n".join(filter(None, (row.get("passage", ""), row.get("title", ""))))
        return Context(
            text=words,
            countries=self._articles.votes(article_id, toponym, words),
            neighbours=tuple(self._neighbours.get(article_id, {}).values())[-_NEIGHBOURS:],
        )


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    rule: str
    precision: GeoPrecision | None = None
    """None: that of the place."""


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
        found = resolve_name(toponym, Context(), self._names) if toponym else None
        return found.place.country_code if found and not found.ambiguous else ""


def _is_reviewed(row: Row) -> bool:
    status = row.get("status", "").strip().casefold()
    return status in {kind.value for kind in Status if kind.is_reviewed}


def _keeps_no_place(row: Row) -> bool:
    """A person looked and left the row without a place."""
    return _is_reviewed(row) and bool(row.get("geo_precision", "").strip())


def _derive_precision(row: Row, place: Place, found: GeoPrecision | None = None) -> None:
    """Leave the precision to the place, but for what the words alone tell (Kandahar Airfield is near Kandahar).

    What a person wrote stays, unless the place cannot be so.
    """
    derived = precision_of(place.feature_code, place.radius_km)
    written = row.get("geo_precision", "").strip().casefold()
    is_ours = written == GeoPrecision.NEAR and chosen.is_by_head(row.get("place_reason", ""))
    if is_ours or (written in set(GeoPrecision) and contradicts(GeoPrecision(written), place)):
        row["geo_precision"] = ""
    if found not in (None, derived) and not row.get("geo_precision", "").strip():
        row["geo_precision"] = found.value


def _give_reason(row: Row, reason: str) -> None:
    """Write why, unless a person's own words stand there."""
    before = row.get("place_reason", "").strip()
    if not before or chosen.is_rule(before):
        row["place_reason"] = reason
