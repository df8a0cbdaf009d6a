"""An article in full, with its passages highlighted in place."""

from collections.abc import Iterable
from itertools import pairwise

import streamlit as st

from dashboard.errors import counted
from dashboard.filters import Filters
from dashboard.model import Article, Event
from dashboard.passages import span_of
from dashboard.safetext import safe_url, url_host
from dashboard.store.queries import of_article
from dashboard.store.store import Store
from dashboard.ui.shared import view_state, wording
from dashboard.ui.shared.escaped import html_text

Spans = Iterable[tuple[int, int]]


def show_article(event: Event, article: Article, store: Store) -> None:
    """Draw the selected event's article instead of the panel."""
    events = store.events(Filters(), scope=of_article(article.article_id), limit=10_000)
    spans = [span for one in events if (span := span_of(one, article))]
    selected = span_of(event, article)
    st.button(
        "Back to the passages",
        icon=":material/arrow_back:",
        type="tertiary",
        on_click=view_state.change_view,
        kwargs={"reading": False},
    )
    with st.container(border=True, key="reader"):
        words = wording.doubt_in_words(event, article)
        doubt = f"<p class='note'><b>Not verified</b>: {html_text(words)}.</p>" if words else ""
        st.html(
            article_head(article, len(set(spans)), selected=bool(selected))
            + doubt
            + article_html(article.text, spans, selected or (0, 0))
        )


def article_html(text: str, spans: Spans, selected: tuple[int, int]) -> str:
    """The whole text, escaped, with every span marked and the selected one highlighted.

    Spans may overlap; the text inside the selected mark is exactly ``text[selected[0]:selected[1]]``.
    """
    every = [*spans, selected]
    edges = sorted({0, len(text), *(edge for span in every for edge in span)})
    parts = []
    for start, end in pairwise(edges):
        # A gap after each paragraph; the line break itself stays.
        piece = html_text(text[start:end]).replace("\n", "\n<span class='gap'></span>")
        if selected[0] <= start and end <= selected[1]:
            # Browsers only scroll to an element with a box of its own, not to one inside a line.
            anchor = "<span class='anchor' id='selected-passage'></span>" if start == selected[0] else ""
            piece = f"{anchor}<mark class='selected'>{piece}</mark>"
        elif any(a <= start and end <= b for a, b in every):
            piece = f"<mark>{piece}</mark>"
        parts.append(piece)
    return f"<div class='article-text' dir='auto' tabindex='0' aria-label='Article text'>{''.join(parts)}</div>"


def article_head(article: Article, passages: int, *, selected: bool = False) -> str:
    """Title, publisher, day and link of an article as HTML, with the number of marked passages."""
    line = [html_text(article.publisher)] if article.publisher else []
    if article.published:
        line.append(wording.day_in_words(article.published))
    link = safe_url(article.url)
    if link:
        line.append(
            f"<a href='{html_text(link)}' target='_blank' rel='noopener noreferrer'>{html_text(url_host(link))}</a>"
        )
    line.append(counted(passages, "passage") + " marked")
    if selected:
        line.append("<a href='#selected-passage'>to the selected one</a>")
    title = f"<h3 class='article-title' dir='auto'>{html_text(article.title)}</h3>"
    return f"{title}<p class='article-line'>{' · '.join(line)}</p>"
