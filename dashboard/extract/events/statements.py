"""What goes into finding the events of an article, toponyms with their places, and what comes out, statements."""

from dataclasses import dataclass, field
from datetime import date

from dashboard.extract.acts.attribution import Attribution
from dashboard.extract.acts.classify import Act
from dashboard.extract.acts.deaths import Deaths
from dashboard.model import DateBasis, DatePrecision, GeoPrecision, Toponym


@dataclass(frozen=True, slots=True)
class LocatedToponym:
    """A toponym with the precision and id of its place: `unlocated` and no id if no known place has the name."""

    toponym: Toponym
    precision: GeoPrecision
    place_id: str = ""


@dataclass(frozen=True, slots=True)
class ActDate:
    """The days of an act, and how they were read. Both are None if the date is unknown; the reason then says why."""

    first: date | None = None
    last: date | None = None
    precision: DatePrecision = DatePrecision.UNKNOWN
    basis: DateBasis | None = None
    words: str = ""
    reason: str = "the article gives no date for it"

    @property
    def is_own(self) -> bool:
        """Whether the sentence itself states it."""
        return self.basis in (DateBasis.STATED, DateBasis.WEEKDAY)


@dataclass(frozen=True, slots=True)
class Statement:
    """One act at one place, as one sentence describes it."""

    act: Act
    start: int
    end: int
    """Start and end of the sentence in the article; its words are ``passage``."""
    passage: str
    paragraph: int
    attribution: Attribution
    when: ActDate
    where: LocatedToponym | None
    within: LocatedToponym | None = None
    """The area that the text puts the place in."""
    preposition: str = ""
    deaths: Deaths | None = None
    actors: tuple[str, str] = ("", "")
    act_number: int = -1
    """Shared by the statements of one act at several places."""
    incident: int = -1
    words: frozenset[str] = field(default=frozenset())

    @property
    def place(self) -> str:
        """A key that distinguishes places: the id, or the name if no known place has it; empty without a place."""
        return (self.where.place_id or self.where.toponym.text.casefold()) if self.where else ""
