"""Counts, dates and precisions in plain words. Pure functions without Streamlit or HTML."""

import calendar
from datetime import date

from dashboard.errors import counted
from dashboard.filters import Filters
from dashboard.marks import Manner
from dashboard.model import Article, Assertion, DateBasis, DatePrecision, Event, GeoPrecision, Place
from dashboard.passages import span_of
from dashboard.store.summary import Span, Summary

PRECISION_WORDS = {
    GeoPrecision.EXACT: "exact place",
    GeoPrecision.SETTLEMENT: "town or city",
    GeoPrecision.NEAR: "near this place",
    GeoPrecision.ADMIN2: "district",
    GeoPrecision.ADMIN1: "province",
    GeoPrecision.REGION: "region",
    GeoPrecision.COUNTRY: "whole country",
    GeoPrecision.SEA: "at sea",
    GeoPrecision.UNLOCATED: "no place given",
}

_BASIS_WORDS = {
    DateBasis.STATED: "stated",
    DateBasis.WEEKDAY: "a weekday, counted from the day of publication",
    DateBasis.INFERRED: "not stated; between the nearest dated events",
    DateBasis.INHERITED: "taken from the paragraph",
    DateBasis.PUBLICATION: "no date in the words; the day of publication",
}

_SPEAKER_WORDS = {
    Assertion.REPORTED: ("Reported by", "Said by"),
    Assertion.CLAIMED: ("Claimed in", "Claimed by"),
    Assertion.DENIED: ("Denied in", "Denied by"),
    Assertion.THREATENED: ("Threatened in", "Threatened by"),
    Assertion.PLANNED: ("Planned, according to", "Planned, says"),
    Assertion.BACKGROUND: ("Background, told by", "Background, told by"),
}


def day_in_words(value: date) -> str:
    """'9 October 2025'."""
    return f"{value.day} {calendar.month_name[value.month]} {value.year}"


def days_in_words(first: date, last: date, to: str = "–") -> str:
    """'11–19 October 2025', '28 September – 3 October 2025', with "to": '11 to 19 October 2025'; a day as itself."""
    if first == last:
        return day_in_words(first)
    wide = f" {to} "
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{to if to == '–' else wide}{day_in_words(last)}"
    start = f"{first.day} {calendar.month_name[first.month]}"
    return f"{start if first.year == last.year else day_in_words(first)}{wide}{day_in_words(last)}"


def date_in_words(event: Event) -> str:
    """The event's date, no more exact than the source gives it."""
    if event.date_start is None or event.date_end is None:
        return "date not known"
    first, last = event.date_start, event.date_end
    if event.date_precision is DatePrecision.YEAR and (first.year, first.month, last.month) == (last.year, 1, 12):
        return f"in {first.year}"
    if event.date_precision is DatePrecision.MONTH and (first.year, first.month) == (last.year, last.month):
        return f"in {calendar.month_name[first.month]} {first.year}"
    if first == last:
        return day_in_words(first)
    return f"some time from {days_in_words(first, last, 'to')}"


def is_named_only(event: Event) -> bool:
    """True if a threat, a plan or a denial names the place, but nothing is said to have happened there."""
    return Manner.of(event.assertion) is Manner.NAMED


def place_in_words(event: Event, place: Place | None) -> str:
    """The event's place, and how exactly it is known."""
    if place is None:
        return f"“{event.toponym}”, not placed" if event.toponym else PRECISION_WORDS[GeoPrecision.UNLOCATED]
    if is_named_only(event):
        return f"names {place.name}; nothing is said to have happened there"
    if event.geo_precision in (GeoPrecision.EXACT, GeoPrecision.SETTLEMENT):
        return place.name
    if event.geo_precision is GeoPrecision.NEAR:
        return f"near {place.name}"
    return f"{place.name} ({PRECISION_WORDS[event.geo_precision]})"


def speaker(event: Event) -> tuple[str, str]:
    """A verb phrase and the speaker ('' means the publisher itself), in the same words for every side."""
    own, quoted = _SPEAKER_WORDS[event.assertion]
    return (quoted, event.claimed_by) if event.claimed_by else (own, "")


def date_reading(event: Event) -> str:
    """How the date was read."""
    parts = [f"“{event.date_text}”"] if event.date_text else []
    if event.date_basis:
        parts.append(_BASIS_WORDS[event.date_basis])
    if event.date_reason:
        parts.append(event.date_reason)
    return "; ".join(parts)


def deaths_in_words(event: Event) -> str:
    """Deaths in the source's words, with a number only if it gives one; '' if it says nothing."""
    low, high = event.fatalities_low, event.fatalities_high
    figure = ""
    if low is not None and high is not None:
        figure = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    elif low is not None:
        figure = f"at least {low:,}"
    elif high is not None:
        figure = f"at most {high:,}"
    words = f"“{event.fatalities_text}”" if event.fatalities_text else ""
    if figure and words:
        return f"{figure} ({words})"
    return figure or (f"{words}; no figure given" if words else "")


def doubt_in_words(event: Event, article: Article) -> str:
    """Why the passage does not match the stored article; '' if it does."""
    if event.char_start is not None and span_of(event, article) is None:
        return "the stored article has other words where this passage should stand"
    return "the stored article is not the text that was read: its sha256 is another" if article.has_changed else ""


def headline(filters: Filters, span: Span | None) -> str:
    """The period in view, as a headline."""
    first = filters.date_from or (span[0] if span else None)
    last = filters.date_to or (span[1] if span else None)
    if first is None or last is None:
        return "Undated events" if span is None else "All dates"
    return days_in_words(first, last)


def sentence_of_counts(summary: Summary) -> tuple[str, list[str]]:
    """The sentence under the headline: the leading count, and the parts after it.

    The parts on the map, as areas and off the map add up to the count; the other parts do not.
    """
    first = f"{summary.matched:,} of {counted(summary.total, 'event')}"
    parts = []
    areas = "as an area" if summary.as_areas == 1 else "as areas"
    places = [(summary.on_map, "on the map"), (summary.as_areas, areas), (summary.off_map, "off the map")]
    shares = ", ".join(f"{n:,} {words}" for n, words in places if n)
    if shares:
        parts.append(shares)
    if summary.partial:
        parts.append(f"{summary.partial:,} dated only partly inside this period")
    if summary.undated:
        parts.append(f"{summary.undated:,} undated")
    if summary.outside:
        parts.append(f"{summary.outside:,} outside this period")
    return first, parts
