"""Rows of text to events: every check of a row, with all problems reported in one pass."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from dashboard import taxonomy
from dashboard.errors import DataError, Severity, shown
from dashboard.gazetteer.names import fold_name
from dashboard.model import (
    Article,
    Assertion,
    DateBasis,
    DatePrecision,
    Event,
    EventType,
    GeoPrecision,
    Place,
    PlaceBasis,
    Status,
)
from dashboard.project.reading import cells, number_cells
from dashboard.project.reading.cells import DateSpan
from dashboard.project.reading.rows import RowReader
from dashboard.project.reading.stated_cells import is_unknown_country, stated_point, unknown_country_note
from dashboard.tables import (
    EITHER,
    contradicts,
    names_of,
    no_place_reason,
    precision_of,
    precision_read_as,
    row_event_id,
)

OFFSET_LIMIT = 1_000_000_000
STOPGAP_CODE = "place.stopgap"
"""Code of the problem that a whole country stands in for a name that is unknown in it."""
_HINT_OWN_PLACE = "Write place_id yourself, or a row in places.csv with this name, and geocode again."

GAZETTEER_IDS = ("geonames:", "curated:")
"""Prefixes of the ids that `conflictmap geocode` can add to places.csv by itself."""


@dataclass(frozen=True)
class References:
    """What rows of events.csv may refer to. ``left_out``: articles listed in articles.csv that did not load."""

    articles: Mapping[str, Article]
    places: Mapping[str, Place]
    left_out: Collection[str] = ()
    lost_places: Mapping[str, int] = field(default_factory=dict)
    """Places listed in places.csv that did not load, with the number of their row."""
    has_places: bool = True
    """False if places.csv exists but nothing of it could be read: it must be repaired first."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded names of the places."""
        return frozenset(fold_name(name) for place in self.places.values() for name in names_of(place))

    def was_not_found(self, toponym: str, place_reason: str) -> bool:
        """True if geocoding did not find the name, and no place of this name was added since."""
        return place_reason.strip() == no_place_reason(toponym.strip()) and fold_name(toponym) not in self.names

    def awaits_geocoding(self, event: Event, cells: Mapping[str, str]) -> bool:
        """True if `conflictmap geocode` may give the event of these cells its place."""
        if not self.has_places:
            return False
        if event.place_id:
            is_lost = event.place_id not in self.places and event.place_id not in self.lost_places
            return is_lost and event.place_id.startswith(GAZETTEER_IDS)
        stated, country = stated_point(cells), cells.get("country", "")
        if event.status.is_reviewed or stated.is_refused:
            return False
        is_named = bool(event.toponym.strip() or country.strip()) and not is_unknown_country(country)
        return bool(stated.point) or (is_named and not self.was_not_found(event.toponym, event.place_reason))


def read_event(reader: RowReader, references: References) -> Event | None:
    """The event of a row, or None.

    A reference to a missing place or article is reported, but does not leave the row out: it loads without a place on
    the map, or with a passage that cannot be verified.
    """
    values = _values(reader, references)
    if reader.failed:
        return None
    try:
        return Event(**values)
    except DataError as error:  # a contradiction that no check above reports
        reader.report(None, "row.contradiction", str(error))
        return None


def _values(reader: RowReader, references: References) -> dict[str, Any]:
    """The fields of the event, each checked; all problems are reported, not only the first."""
    _check_pairs(reader)
    article_id = reader.value("article_id", cells.parse_id) or ""
    return {
        **_identity(reader, references.articles.get(article_id)),
        **_type_and_assertion(reader),
        **_dates(reader, has_article=bool(article_id)),
        **_place(reader, references),
        **_deaths(reader),
        **_passage(reader, article_id, references),
        "status": reader.choice("status", Status) or Status.PENDING,
        "confidence": reader.value("confidence", number_cells.parse_within, 0, 1),
        **{column: reader.words(column) if reader.cells.get(column) else "" for column in _WORDS},
    }


def _check_pairs(reader: RowReader) -> None:
    for one, other, *rare in EITHER:
        if any(reader.cells.get(column, "").strip() for column in (one, other, *rare)):
            continue
        hint = "Fill one of them."
        if one == "toponym":
            if reader.cells.get("geo_precision", "").strip().casefold() == GeoPrecision.UNLOCATED:
                continue  # the source names no place, and the row says so
            if reader.cells.get("longitude", "").strip():
                continue  # reported with the place
            hint = "Fill one of them, or write geo_precision unlocated."
        reader.report(one, "cell.required", f"{one} and {other} are both empty.", hint)


_WORDS = (
    "title", "date_text", "actor1", "actor2", "claimed_by", "fatalities_text", "place_reason", "date_reason",
    "reviewed_by", "reviewed_at", "review_note", "source_dataset", "source_row_id",
)  # fmt: skip


def _identity(reader: RowReader, article: Article | None) -> dict[str, Any]:
    written = reader.value("event_id", cells.parse_id)
    computed = row_event_id(reader.cells, article.sha256 if article else "") if written is None else written
    return {"event_id": computed, "incident_id": reader.value("incident_id", cells.parse_id) or ""}


def _type_and_assertion(reader: RowReader) -> dict[str, Any]:
    event_type = reader.choice("event_type", EventType) or EventType.OTHER
    sub_type = reader.words("sub_event_type").strip()
    if sub_type and not taxonomy.is_sub_type(event_type, sub_type):
        spelt = taxonomy.spelling_of(event_type, sub_type)
        if spelt:
            reader.report("sub_event_type", "enum.normalised", f"{shown(sub_type)} was read as '{spelt}'.", "",
                        Severity.FIXED)  # fmt: skip
            sub_type = spelt
        else:
            allowed = ", ".join(taxonomy.sub_types(event_type))
            reader.report("sub_event_type", "enum.sub_type", f"{shown(sub_type)} is no sub-type of {event_type.value}.",
                        f"Known are: {allowed}.", Severity.WARNING)  # fmt: skip
    assertion = reader.choice("assertion", Assertion) or Assertion.REPORTED
    return {"event_type": event_type, "sub_event_type": sub_type, "assertion": assertion}


def _dates(reader: RowReader, *, has_article: bool) -> dict[str, Any]:
    precision: DatePrecision | None = reader.choice("date_precision", DatePrecision)
    basis: DateBasis | None = reader.choice("date_basis", DateBasis)
    first = reader.value("date_start", cells.parse_span)
    same = reader.cells.get("date_end") == reader.cells.get("date_start")  # whose problems are already reported
    last = first if same else reader.value("date_end", cells.parse_span)
    if first is None:
        return _no_dates(reader, last, precision, basis)
    first = cells.as_wide_as_stated(first, last, precision)
    start, end = first.start, (last or first).end
    if end < start:
        reader.report("date_end", "date.order", f"{end} is before date_start {start}.")
    precision = precision or _precision_of_dates(first, last)
    _check_precision(reader, start, end, precision)
    if has_article and basis is None:
        hint = f"Say how it was read: {', '.join(basis.value for basis in DateBasis)}."
        reader.report("date_basis", "date.basis", "empty, though there is a date.", hint, Severity.WARNING)
    return {"date_start": start, "date_end": end, "date_precision": precision, "date_basis": basis}


def _no_dates(
    reader: RowReader, last: DateSpan | None, precision: DatePrecision | None, basis: DateBasis | None
) -> dict[str, Any]:
    if last is not None and not reader.cells.get("date_start", "").strip():
        reader.report("date_start", "cell.required", "empty, though date_end is filled.", "Fill both, or neither.")
    elif precision not in (None, DatePrecision.UNKNOWN) and not reader.cells.get("date_start", "").strip():
        reader.report("date_precision", "date.precision", f"'{precision}', though there is no date.",
                    "Write unknown, or fill date_start.")  # fmt: skip
    return {"date_basis": basis}


def _precision_of_dates(first: DateSpan, last: DateSpan | None) -> DatePrecision:
    """The precision of dates that state none: that of the cell if there is one date, otherwise days."""
    if last is None or (last.start, last.end) == (first.start, first.end):
        return first.precision
    return DatePrecision.DAYS


def _check_precision(reader: RowReader, start: date, end: date, precision: DatePrecision) -> None:
    if precision is DatePrecision.UNKNOWN:
        reader.report("date_precision", "date.precision", f"'unknown', though date_start is {start}.",
                    "Leave the dates empty, or say how exact they are.")  # fmt: skip
    elif precision is DatePrecision.DAY and end > start:
        reader.report("date_precision", "date.precision", f"'day', though the dates run from {start} to {end}.",
                    "Write days.")  # fmt: skip
    elif precision in (DatePrecision.MONTH, DatePrecision.YEAR) and start == end:
        reader.report("date_end", "date.precision", f"a single day, though date_precision is '{precision}'.",
                    "Give the whole interval: nobody said which day.", Severity.WARNING)  # fmt: skip


def _place(reader: RowReader, references: References) -> dict[str, Any]:
    """Place and precision; a row without a known place is unlocated, whatever it says."""
    place_id, toponym = reader.value("place_id", cells.parse_id) or "", reader.words("toponym")
    stated: GeoPrecision | None = reader.choice("geo_precision", GeoPrecision)
    basis: PlaceBasis | None = reader.choice("place_basis", PlaceBasis)
    place = references.places.get(place_id)
    if basis is not PlaceBasis.PERSON:  # choosing another place by hand has settled them
        _report_stated(reader, has_place=place is not None)
    if place is None:
        _report_no_place(reader, place_id, toponym, references)
    precision = precision_read_as(stated, place, basis)
    if place and stated and contradicts(stated, place):
        _warn_of_contradiction(reader, place, stated, precision)
    if place and basis is PlaceBasis.STOPGAP:
        message = f"{no_place_reason(toponym.strip(), place.name)}, so the whole country stands for it."
        reader.report("toponym", STOPGAP_CODE, message, _HINT_OWN_PLACE, Severity.WARNING)
    return {"toponym": toponym, "place_id": place_id, "place_basis": basis, "geo_precision": precision}


def _report_stated(reader: RowReader, *, has_place: bool) -> None:
    """Report errors in the row's own coordinates and country; they do not leave the row out."""
    country = reader.words("country", fails=False) if reader.cells.get("country") else ""
    for column, note in stated_point(reader.cells).notes:
        consequence = " The row has no place by them." if note.severity is Severity.ERROR else ""
        reader.report_only(column, note.code, f"{note.message}{consequence}", note.hint, note.severity)
    if is_unknown_country(country):
        note = unknown_country_note(country)
        consequence, severity = (
            ("", Severity.WARNING) if has_place else (" The row has no place by its name.", Severity.ERROR)
        )
        reader.report_only("country", note.code, f"{note.message}{consequence}", note.hint, severity)


def _warn_of_contradiction(reader: RowReader, place: Place, stated: GeoPrecision, read_as: GeoPrecision) -> None:
    """Warn that the row states a precision that its place cannot have."""
    expected = precision_of(place.feature_code, place.radius_km)
    message = f"'{stated}', though {shown(place.name)} is '{expected}' ({place.feature_code or 'no code'})"
    message += f"; it is read as '{read_as}'." if read_as is not stated else "."
    hint = "Leave it empty: it follows from the place."
    reader.report("geo_precision", "precision.contradiction", message, hint, Severity.WARNING)


def _report_no_place(reader: RowReader, place_id: str, toponym: str, references: References) -> None:
    """Report why the row has no place, and what to do; nothing if geocoding has not looked yet."""
    consequence = "the row is loaded without a place"
    if not place_id:
        if references.was_not_found(toponym, reader.cells.get("place_reason", "")):
            message = f"{no_place_reason(toponym.strip())}."
            reader.report("toponym", "place.not_found", message, _HINT_OWN_PLACE, Severity.WARNING)
    elif number := references.lost_places.get(place_id):
        message = f"{shown(place_id)} stands in row {number} of places.csv, which is left out; {consequence}."
        reader.report_only("place_id", "place.left_out", message, f"Mend row {number} of places.csv.")
    elif not references.has_places:
        message = f"{shown(place_id)} cannot be looked up, as places.csv is left out; {consequence}."
        reader.report_only("place_id", "place.left_out", message, "Mend places.csv.")
    else:
        added = "Add it with: conflictmap geocode" if place_id.startswith(GAZETTEER_IDS) else ""
        hint = " ".join(filter(None, (_did_you_mean(place_id, references.places), added)))
        _report_unknown(reader, "place_id", place_id, consequence, hint)


def _report_unknown(reader: RowReader, column: str, value: str, consequence: str, hint: str) -> None:
    """Report a reference to something missing: an error that does not leave the row out."""
    kind = column.removesuffix("_id")
    reader.report_only(column, f"{kind}.unknown", f"{shown(value)} is not in {kind}s.csv; {consequence}.", hint)


def _did_you_mean(value: str, there: Collection[str]) -> str:
    close = cells.similar_ids(value, there)
    return f"Did you mean {' or '.join(close)}?" if close else ""


def _deaths(reader: RowReader) -> dict[str, Any]:
    low, high = (
        reader.value(column, number_cells.parse_integer, number_cells.DEATHS_LIMIT, "fatalities_text")
        for column in ("fatalities_low", "fatalities_high")
    )
    if low is not None and high is not None and high < low:
        reader.report("fatalities_high", "number.order", f"{high} is below fatalities_low {low}.")
    if low == 0 and not high and not reader.cells.get("fatalities_text", "").strip():
        hint = "Leave it empty if the source does not say; put its words in fatalities_text if it does."
        reader.report("fatalities_low", "deaths.zero", "0 says that nobody died.", hint, Severity.WARNING)
    return {"fatalities_low": low, "fatalities_high": high}


def _passage(reader: RowReader, article_id: str, references: References) -> dict[str, Any]:
    article = references.articles.get(article_id)
    start, end = (
        reader.value(column, number_cells.parse_integer, OFFSET_LIMIT) for column in ("char_start", "char_end")
    )
    passage = reader.words("passage", checked=article is None)
    values = {"article_id": article_id, "passage": passage, "char_start": start, "char_end": end}
    if not article_id:
        if start is not None or end is not None:
            message = "empty, though there are offsets; they are not used."
            reader.report("article_id", "offset.no_article", message, "", Severity.WARNING)
        return {**values, "char_start": None, "char_end": None}
    if article:
        _verify(reader, article, start, end, passage)
        return values
    if article_id in references.left_out:
        message = f"article {article_id} is left out, so the passage cannot be verified."
        reader.report("article_id", "article.left_out", message, "", Severity.WARNING)
    else:
        _report_unknown(
            reader,
            "article_id",
            article_id,
            "the passage cannot be verified",
            _did_you_mean(article_id, references.articles),
        )
    _check_length(reader, start, end, passage)
    return values


def _check_length(reader: RowReader, start: int | None, end: int | None, passage: str) -> None:
    """Check what can be checked of offsets into a missing article."""
    if start is not None and end is not None and (start >= end or end - start != len(passage)):
        message = f"{start} to {end} does not fit a passage of {len(passage)} characters."
        reader.report("char_start", "offset.length", message)


def _verify(reader: RowReader, article: Article, start: int | None, end: int | None, passage: str) -> None:
    """Check that the passage is exactly the article's text between the offsets."""
    if start is None or end is None:
        if not reader.failed:
            column = "char_start" if start is None else "char_end"
            reader.report(
                column, "cell.required", "empty, though article_id is filled.", _passage_hint(passage, article.text)
            )
    elif not passage or article.text[start:end] != passage:
        found = shown(article.text[start:end]) if start < len(article.text) else "nothing"
        reader.report("char_start", "offset.mismatch",
                    f"characters {start} to {end} of {article.article_id} are not the passage but {found}.",
                    _passage_hint(passage, article.text))  # fmt: skip


def _passage_hint(passage: str, text: str) -> str:
    """A hint at where the passage is in the article, if it is there once."""
    at = text.find(passage) if passage else -1
    if at < 0:
        return "The passage is not in the article."
    if text.find(passage, at + 1) >= 0:
        return "The passage is in the article more than once."
    return f"The passage stands at {at} to {at + len(passage)}."
