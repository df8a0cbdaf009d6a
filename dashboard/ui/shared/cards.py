"""Cards: an event's sentence, its speaker, and how certain its place and date are."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.model import Article, Event, Place
from dashboard.passages import Stretch, marked_passage, span_of, surrounding_text
from dashboard.safetext import safe_url, url_host
from dashboard.store.store import Store
from dashboard.taxonomy import title_of
from dashboard.ui.shared import wording
from dashboard.ui.shared.escaped import badge, html_text
from dashboard.ui.shared.html_buttons import button_html
from dashboard.ui.shared.opened import gazetteer, is_reviewable


def show_cards(events: Sequence[Event], store: Store, *, selected: bool = False) -> None:
    """Draw a list of cards with their buttons, as one piece of HTML; see `html_buttons`."""
    if not events:
        return
    places = store.places(event.place_id for event in events)
    articles = store.articles(event.article_id for event in events)
    st.html(
        "".join(
            _with_buttons(event, places.get(event.place_id), articles.get(event.article_id), selected=selected)
            for event in events
        )
    )


def _with_buttons(event: Event, place: Place | None, article: Article | None, *, selected: bool) -> str:
    buttons = []
    if article and event.char_start is not None:
        buttons.append(button_html("Read in the article", "read", event.event_id))
    if not selected and place and not event.geo_precision.is_off_map:
        buttons.append(button_html("Show on the map", "show", event.event_id))
    if selected or event.geo_precision.is_off_map:  # on every card it would be sent again at each step of the slider
        words = "Review again" if event.status.is_reviewed else "Review"
        buttons += [button_html(words, "review", event.event_id)] if is_reviewable() else []
    row = f"<div class='actions'>{''.join(buttons)}</div>" if buttons else ""
    return f"<div class='cardframe{' selected' if selected else ''}'>{card_html(event, place, article)}{row}</div>"


def card_html(event: Event, place: Place | None, article: Article | None) -> str:
    """A card as HTML; all external text is escaped."""
    named = " named" if wording.is_named_only(event) else ""
    head = (
        badge(event.event_type, hollow=wording.is_named_only(event))
        + f"<span class='kind'>{html_text(title_of(event.event_type, event.sub_event_type))}</span>"
        f"<span class='when'>{html_text(wording.date_in_words(event))}</span>"
        f"<span class='where{named}'>{html_text(wording.place_in_words(event, place))}</span>"
    )
    lines = [
        _speaker_line(event, article),
        _doubt_line(event, article),
        _place_line(event, place),
        _date_line(event),
        _deaths_line(event),
        _status_line(event),
    ]
    facts = "".join(f"<li>{line}</li>" for line in lines if line)
    return (
        f"<article class='card'><header>{head}</header>{_quote(event, article)}<ul class='facts'>{facts}</ul></article>"
    )


def stretches_html(stretches: list[Stretch]) -> str:
    """Marked text as HTML; place, date and actor differ in shape, not only in colour."""
    parts = []
    for stretch in stretches:
        text = html_text(stretch.text)
        parts.append(f"<span class='mark-{stretch.role}'>{text}</span>" if stretch.role else text)
    return "".join(parts)


def _quote(event: Event, article: Article | None) -> str:
    if not event.passage:
        missing = f"coded summary by {event.source_dataset}" if event.source_dataset else "no article stored"
        return f"<p class='quote' dir='auto'>{html_text(event.title)}</p><p class='note'>{html_text(missing)}</p>"
    before, after = "", ""
    if article and (span := span_of(event, article)):
        before, after = surrounding_text(article, *span)
    context = [f"<span class='context'>{html_text(text)}</span>" if text else "" for text in (before, after)]
    quote = f"{context[0]} {stretches_html(marked_passage(event))} {context[1]}".strip()
    return f"<blockquote class='quote' dir='auto'>{quote}</blockquote>"


def _speaker_line(event: Event, article: Article | None) -> str:
    verb, speaker = wording.speaker(event)
    publisher = article.publisher if article else ""
    if article is None:
        said = [f"<b>{escape(verb)}</b> {html_text(speaker)}"] if speaker else []
        return " · ".join([*said, "no article stored"] if event.passage else said)
    line = f"<b>{escape(verb)}</b> {html_text(speaker or publisher or 'the article')}"
    if speaker and publisher:
        line += f" · in {html_text(publisher)}"
    if article.published:
        line += f" · {wording.day_in_words(article.published)}"
    link = safe_url(article.url)
    if link:
        host = html_text(url_host(link))
        line += f" · <a href='{escape(link)}' target='_blank' rel='noopener noreferrer'>{host}</a>"
    return line


def _doubt_line(event: Event, article: Article | None) -> str:
    words = wording.doubt_in_words(event, article) if article else ""
    return f"<b>Not verified</b> {html_text(words)}" if words else ""


def _place_line(event: Event, place: Place | None) -> str:
    reason = html_text(event.place_reason)
    if place is None:
        return f"<b>Placed</b> {reason}" if reason else ""
    country = gazetteer().country_name(place.country_code)
    name = ", ".join(dict.fromkeys(part for part in (place.name, country) if part))
    words = f"“{html_text(event.toponym)}” → " if event.toponym and event.toponym != place.name else ""
    return f"<b>Placed</b> {words}{html_text(name)}{f'; {reason}' if reason else ''}"


def _date_line(event: Event) -> str:
    words = wording.date_reading(event)
    return f"<b>Dated</b> {html_text(words)}" if words else ""


def _deaths_line(event: Event) -> str:
    words = wording.deaths_in_words(event)
    return f"<b>Deaths</b> {html_text(words)}" if words else ""


def _status_line(event: Event) -> str:
    if not event.status.is_reviewed:
        # A program is never completely sure, whatever its score.
        found = (
            f"; found by the program, {min(event.confidence, 0.95):.0%} sure" if event.confidence is not None else ""
        )
        return f"<b>Not reviewed yet</b>{found}"
    by = f" by {html_text(event.reviewed_by)}" if event.reviewed_by else ""
    return f"<b>{event.status.value.capitalize()}</b>{by}"
