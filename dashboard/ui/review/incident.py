"""An event's incident: its other accounts, their disagreements, and joining and splitting."""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape

import streamlit as st

from dashboard.errors import DashboardError, counted
from dashboard.model import Event, Place
from dashboard.project.commit import RowChange
from dashboard.project.open_tables import OpenTables
from dashboard.review.incidents import (
    Account,
    Matter,
    disagreements,
    event_parted,
    incident_of,
    incidents_joined,
    independent_sources,
    members,
    similar_events,
)
from dashboard.review.save import save_changes
from dashboard.ui.review import reviewer, session
from dashboard.ui.shared import escaped, notices, opened, wording
from dashboard.ui.shared.escaped import html_text
from dashboard.ui.shared.uninterrupted import unless_repeated

QUOTE_CHARACTERS = 220
ROWS_SHOWN = 20
"""Maximum number of rows of an incident; further rows are only counted."""


def show_incident(event: Event, tables: OpenTables) -> None:
    """Draw the other rows of the event's incident, and events that may be the same."""
    incident = members(tables, incident_of(tables, event.event_id))
    ids = [one for one in incident if one != event.event_id and one not in tables.unreadable]
    others = [other for event_id in ids[:ROWS_SHOWN] if (other := tables.event(event_id))]
    perhaps = similar_events(tables, event)
    if not (others or perhaps):
        return
    title = f"The same incident: {counted(len(ids), 'other row')}" if others else "Perhaps the same incident"
    with st.expander(title, expanded=bool(perhaps or others), key=f"incident-{event.event_id}"):
        if others and (summary := summary_html([event, *others], tables)):  # Streamlit refuses to draw nothing
            st.html(summary)
        for other in others:
            _row(other, tables, "Not the same: part them", _part)
        for other in perhaps:
            _row(other, tables, "The same: join them", _join, event.event_id)


def summary_html(events: Sequence[Event], tables: OpenTables) -> str:
    """The number of independent sources of an incident, and their disagreements, as HTML; "" if neither is known."""
    articles = [article for key in dict.fromkeys(e.article_id for e in events) if (article := tables.article(key))]
    publishers = len({article.publisher or article.article_id for article in articles})
    sources = f"{counted(publishers, 'publisher')}, {counted(independent_sources(articles), 'independent source')}"
    head = f"<p class='panelhead'>Told by {sources}.</p>" if articles else ""
    return head + disagreements_html(events, tables.places.get, lambda key: tables.publishers.get(key, ""))


def disagreements_html(
    events: Sequence[Event], place_of: Callable[[str], Place | None], publisher_of: Callable[[str], str]
) -> str:
    """The disagreements between the accounts of an incident, in the words of each side, as HTML; "" without any."""
    lines = []
    for matter, sides in disagreements([Account(event, place_of(event.place_id)) for event in events]).items():
        each = "; ".join(
            f"{html_text(_claim(matter, side))} ({html_text(_source_words(side, publisher_of))})" for side in sides
        )
        lines.append(f"<li><b>They disagree about {escape(matter.value)}</b> {each}</li>")
    return f"<ul class='disputes'>{''.join(lines)}</ul>" if lines else ""


def _claim(matter: Matter, side: Account) -> str:
    event = side.event
    match matter:
        case Matter.PLACE:
            return wording.place_in_words(event, side.place)
        case Matter.DATE:
            return wording.date_in_words(event)
        case Matter.ACTOR:
            return " and ".join(filter(None, (event.actor1, event.actor2)))
        case Matter.DEATHS:
            return wording.deaths_in_words(event)
        case Matter.WHETHER:
            return event.assertion.value


def _source_words(side: Account, publisher_of: Callable[[str], str]) -> str:
    said = filter(None, (side.event.claimed_by, publisher_of(side.event.article_id)))
    return ", in ".join(said) or "no source named"


def _row(event: Event, tables: OpenTables, word: str, act: Callable[..., None], *args: str) -> None:
    publisher = tables.publishers.get(event.article_id, "")
    line = " · ".join(filter(None, (wording.date_in_words(event), event.title, publisher, event.status.value)))
    with st.container(key=f"actions-told-{event.event_id}"):
        st.html(
            f"<p class='told'>{escaped.badge(event.event_type)} <b>{html_text(line)}</b><br>"
            f"<span dir='auto'>{html_text(event.passage[:QUOTE_CHARACTERS])}</span></p>"
        )
        if reviewer.name():
            st.button(
                word, key=f"incident-{word[:3]}-{event.event_id}", type="tertiary",
                on_click=act, args=(event.event_id, *args),
            )  # fmt: skip


def _part(event_id: str) -> None:
    _save(lambda tables: event_parted(tables, event_id), "split incident", "It is an incident of its own now.")


def _join(other_id: str, event_id: str) -> None:
    _save(lambda tables: incidents_joined(tables, event_id, other_id), "merge incidents", "They are one incident now.")


def _save(plan: Callable[[OpenTables], list[RowChange]], action: str, said: str) -> None:
    def save() -> Callable[[], object]:
        folder, name = opened.settings().data, reviewer.name()
        try:
            save_changes(folder, plan(OpenTables(folder)), name, action)
        except DashboardError as error:
            return partial(notices.keep_outcome, "review", str(error))
        return partial(_show_saved, said)

    unless_repeated(save)


def _show_saved(said: str) -> None:
    session.go_to(session.event_id())  # the reviewer's own change of the row
    notices.keep_outcome("review", said)
