"""The program's data: articles, places and events. Frozen, and validated on construction.

An existing object is valid: each class raises `DataError` for values that contradict each other.
Coordinates are WGS 84 decimal degrees in separate, named fields; distances are kilometres; offsets count
Unicode code points of the article's text. None always means "unknown" or "not stated", never zero.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dashboard.errors import DataError, shown

ID_PATTERN = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""Every id in every file. The alphabet is safe in URLs, file names, HTML, JavaScript and Jinja."""


FIRST_DAY, LAST_DAY = date(1700, 1, 1), date(2200, 12, 31)
"""Days outside these are treated as typing errors: sliders and calendars of browsers reach little further."""


class EventType(StrEnum):
    """The nine kinds of event; sub-types and their ACLED and PLOVER codes are in taxonomy.csv."""

    BATTLE = "battle"
    EXPLOSION = "explosion"
    CIVILIANS = "civilians"
    PROTEST = "protest"
    RIOT = "riot"
    AGREEMENT = "agreement"
    TALKS = "talks"
    STATEMENT = "statement"
    OTHER = "other"


class GeoPrecision(StrEnum):
    """How exactly the source says where: from a point to nowhere at all.

    `region` is an area that is not an administrative unit (Waziristan, a border, a mountain range).
    """

    EXACT = "exact"
    SETTLEMENT = "settlement"
    NEAR = "near"
    ADMIN2 = "admin2"
    ADMIN1 = "admin1"
    REGION = "region"
    COUNTRY = "country"
    SEA = "sea"
    UNLOCATED = "unlocated"

    @property
    def is_area(self) -> bool:
        """Drawn as an outline or ring, never as a dot."""
        return self in (GeoPrecision.ADMIN1, GeoPrecision.ADMIN2, GeoPrecision.REGION)

    @property
    def is_off_map(self) -> bool:
        """Too wide or unknown to draw: listed in the tray next to the map."""
        return self in (GeoPrecision.COUNTRY, GeoPrecision.SEA, GeoPrecision.UNLOCATED)


class PlaceBasis(StrEnum):
    """Who or what chose the place of a row, or left it without one.

    `own`: a row of places.csv by its name; `coordinates`: the row's own; `curated`: our own table; `rule`: the name
    alone; `context`: the article around it; `within`: only the area of the place is known; `stopgap`: no place that
    may be meant is known, so its country is used instead, or none.
    """

    PERSON = "person"
    OWN = "own"
    COORDINATES = "coordinates"
    CURATED = "curated"
    RULE = "rule"
    CONTEXT = "context"
    WITHIN = "within"
    STOPGAP = "stopgap"
    ONLINE = "online"


class DatePrecision(StrEnum):
    """How exactly the source gives the date."""

    DAY = "day"
    DAYS = "days"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class DateBasis(StrEnum):
    """How the date was read from the words.

    `weekday`: "on Tuesday"; `inferred`: between the nearest dated events; `inherited`: from the paragraph;
    `publication`: the day the article appeared.
    """

    STATED = "stated"
    WEEKDAY = "weekday"
    INFERRED = "inferred"
    INHERITED = "inherited"
    PUBLICATION = "publication"


class Assertion(StrEnum):
    """How the source presents the event: as fact, as a claim, as denied, as threatened …"""

    REPORTED = "reported"
    CLAIMED = "claimed"
    DENIED = "denied"
    THREATENED = "threatened"
    PLANNED = "planned"
    BACKGROUND = "background"

    @property
    def is_act(self) -> bool:
        """True if the row says that something happened here at the time reported on."""
        return self in (Assertion.REPORTED, Assertion.CLAIMED)


class Status(StrEnum):
    """What a person decided about the row. The program itself only writes `pending`."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    REJECTED = "rejected"

    @property
    def is_reviewed(self) -> bool:
        """A person has decided, so automatic steps must not change the row."""
        return self is not Status.PENDING


def check_id(value: str, name: str) -> None:
    """Raise `DataError` unless the value is a permitted id."""
    if not ID_PATTERN.fullmatch(value):
        raise DataError(f"{name} must be 1 to 64 letters, digits or . _ : -, got {shown(value)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A stored article. ``text`` is the file's content, unchanged; ``sha256`` is of the file's bytes."""

    article_id: str
    title: str
    text: str
    sha256: str
    publisher: str = ""
    url: str = ""
    published: date | None = None
    language: str = ""
    retrieved_at: str = ""
    """UTC, ISO 8601."""
    has_changed: bool = False
    """True if the text does not match the sha256."""
    problem: str = ""
    """A sentence on why its events may be missing: the rules failed on it. Empty if it was fully read."""

    def __post_init__(self) -> None:
        check_id(self.article_id, "article_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One gazetteer entry: a point, and how far the name reaches from it."""

    place_id: str
    """``geonames:1138336``, ``curated:tora-bora``, or ``local:…`` for a place a person wrote down."""
    name: str
    latitude: float
    longitude: float
    feature_code: str = ""
    """GeoNames feature code: PPL, PPLC, ADM1, PCLI, MTS, PASS … Empty if unknown."""
    country_code: str = ""
    """ISO 3166-1 alpha-2. Empty where no single country holds the place."""
    admin1_name: str = ""
    alternate_names: tuple[str, ...] = ()
    radius_km: float | None = None
    """How far the name reaches: the radius of the ring for places that are not points. None: unknown."""
    source: str = ""
    note: str = ""
    population: int | None = None

    def __post_init__(self) -> None:
        check_id(self.place_id, "place_id")
        if not -90 <= self.latitude <= 90:
            raise DataError(f"latitude must be between -90 and 90, got {self.latitude!r}.")
        if not -180 <= self.longitude <= 180:
            raise DataError(f"longitude must be between -180 and 180, got {self.longitude!r}.")
        if self.radius_km is not None and not 0 < self.radius_km <= 20_038:
            raise DataError(f"radius_km must be above 0 and at most 20038 (half way round), got {self.radius_km!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One incident at one place, as stated by one passage of one article.

    The fields are the columns of events.csv, in its order. ``passage`` is
    ``article.text[char_start:char_end]``; both offsets are None when no article is stored.
    ``date_start`` and ``date_end`` are both set, or both None when the date is unknown.
    """

    event_id: str
    incident_id: str = ""
    title: str = ""
    event_type: EventType = EventType.OTHER
    sub_event_type: str = ""
    date_start: date | None = None
    date_end: date | None = None
    date_precision: DatePrecision = DatePrecision.UNKNOWN
    date_text: str = ""
    date_basis: DateBasis | None = None
    toponym: str = ""
    place_id: str = ""
    place_basis: PlaceBasis | None = None
    geo_precision: GeoPrecision = GeoPrecision.UNLOCATED
    actor1: str = ""
    actor2: str = ""
    claimed_by: str = ""
    assertion: Assertion = Assertion.REPORTED
    fatalities_low: int | None = None
    fatalities_high: int | None = None
    fatalities_text: str = ""
    article_id: str = ""
    char_start: int | None = None
    char_end: int | None = None
    passage: str = ""
    confidence: float | None = None
    place_reason: str = ""
    date_reason: str = ""
    status: Status = Status.PENDING
    reviewed_by: str = ""
    reviewed_at: str = ""
    review_note: str = ""
    source_dataset: str = ""
    source_row_id: str = ""

    def __post_init__(self) -> None:
        check_id(self.event_id, "event_id")
        if self.incident_id:
            check_id(self.incident_id, "incident_id")
        if self.place_id:
            check_id(self.place_id, "place_id")
        self._check_dates()
        self._check_offsets()
        self._check_deaths()

    def _check_dates(self) -> None:
        if (self.date_start is None) != (self.date_end is None):
            raise DataError("date_start and date_end must both be filled, or both be empty.")
        if self.date_start and self.date_end and self.date_end < self.date_start:
            raise DataError(f"date_end {self.date_end} is before date_start {self.date_start}.")
        if (self.date_start is None) != (self.date_precision is DatePrecision.UNKNOWN):
            raise DataError(f"date_precision is {self.date_precision.value} but the dates are {self.date_start}.")

    def _check_offsets(self) -> None:
        if (self.char_start is None) != (self.char_end is None):
            raise DataError("char_start and char_end must both be filled, or both be empty.")
        if self.char_start is not None and self.char_end is not None:
            if not 0 <= self.char_start < self.char_end:
                raise DataError(f"char_start {self.char_start} must lie before char_end {self.char_end}.")
            if self.char_end - self.char_start != len(self.passage):
                raise DataError(
                    f"the passage has {len(self.passage)} characters but char_start {self.char_start} to "
                    f"char_end {self.char_end} spans {self.char_end - self.char_start}."
                )

    def _check_deaths(self) -> None:
        low, high = self.fatalities_low, self.fatalities_high
        if (low is not None and low < 0) or (high is not None and high < 0):
            raise DataError(f"deaths cannot be below 0, got {low} to {high}.")
        if low is not None and high is not None and high < low:
            raise DataError(f"fatalities_high {high} is below fatalities_low {low}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One place that a name may mean, with its score and the reason in words."""

    place: Place
    score: float
    """Higher is likelier. Comparable only between candidates for one name."""
    reason: str
    name_kind: str
    """The kind of this name in the gazetteer: ``own``, ``curated``, ``primary`` or ``alternate``."""


class ToponymRole(StrEnum):
    """The role of the name of a place in its sentence."""

    PLACE = "place"
    METONYM = "metonym"
    """Means its government ("Islamabad rejected"): a toponym, but not the place of an event."""
    PART = "part"
    """Part of another name ("the Kabul Times"): a toponym, but not the place of an event."""
    DEMONYM = "demonym"
    """A people or a language ("Afghan"): indicates a country, but is not a toponym."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toponym:
    """The name of a place as written in an article: ``article.text[start:end] == text``."""

    text: str
    start: int
    end: int
    """Exclusive; both count code points."""
    role: ToponymRole = ToponymRole.PLACE
    name: str = ""
    """What to look up instead of the text: the long form of an abbreviation, or the name of a country."""
    reason: str = ""
    """Why it was recognised as a place, in words."""

    @property
    def is_place(self) -> bool:
        """Events may have happened there."""
        return self.role is ToponymRole.PLACE
