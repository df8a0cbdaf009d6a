"""The sources page: reading articles with their passages marked, and adding articles."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard.errors import DashboardError, counted
from dashboard.extract.places.ner import Recogniser, load_recogniser
from dashboard.filters import Filters
from dashboard.geocode.own_places import own_places
from dashboard.ingest.add import add_article
from dashboard.ingest.read_article import ArticleReading, reading_of
from dashboard.ingest.sources import ArticleSource, article_from, storable
from dashboard.model import Article, Event, Place
from dashboard.safetext import display_text, escape_markdown
from dashboard.store.queries import of_article
from dashboard.store.sources.parquet_files import is_parquet
from dashboard.store.store import Store
from dashboard.ui.shared import cards, opened, reader, style, view_state, wording

EVENTS_SHOWN = 200
_ONLY_READ = (
    "The events on this map are only read, from Parquet. An article opens from each of its passages on the map, if the "
    "articles stand beside the events. “conflictmap add” adds articles; the README tells how."
)
_ADDED, _FORM = "sources_added", "sources_form"


def show_sources_page() -> None:
    """Draw the page."""
    style.add_style_sheet()
    view_state.renew_widgets(*view_state.GROUPS)  # Streamlit forgets the widgets of the page that was left
    store = opened.store()
    st.html("<h1 class='headline'>Sources</h1>")
    said, *problems = st.session_state.pop(_ADDED, [""])
    if said:
        st.success(escape_markdown(said))
    for problem in problems:
        st.warning(escape_markdown(problem))
    if is_parquet(opened.settings().data):
        st.info(_ONLY_READ)
        return
    articles = sorted(store.project.articles.values(), key=lambda a: (a.published or date.min, a.title), reverse=True)
    failed = sum(bool(article.problem) for article in articles)
    but = f" <b>{counted(failed, 'article')}</b> could not be read whole: the list says which." if failed else ""
    st.html(f"<p class='sentence'><b>{counted(len(articles), 'article')}</b>, each with its passages marked.{but}</p>")
    read, add = st.columns([0.55, 0.45], gap="large")
    with add:
        if why := opened.why_read_only():
            st.info(why)
        source = None if why else _form()
        draft = _read_draft(source, store) if source else None
    with read:
        if draft:
            _preview(store, *draft)
        else:
            _read(store, articles)


def _read(store: Store, articles: list[Article]) -> None:
    if not articles:
        st.info("No article yet." if opened.why_read_only() else
                "No article yet. Paste one on this page, or run: conflictmap add FILE")  # fmt: skip
        return
    labels = {a.article_id: _label(a) for a in articles}
    asked = st.query_params.get("read", "")
    index = list(labels).index(asked) if asked in labels else 0
    chosen = st.selectbox(
        "Article", list(labels), index=index, format_func=lambda key: labels[key], key=f"read-{asked}"
    )
    article = store.article(chosen)
    if article:
        events = store.events(Filters(), scope=of_article(article.article_id), limit=EVENTS_SHOWN)
        if article.problem:
            st.warning(escape_markdown(f"{article.problem} Add it again once the rules are mended."))
        _marked(article, events)


def _label(article: Article) -> str:
    """Title, day and id, which distinguishes articles of the same title."""
    day = f", {wording.day_in_words(article.published)}" if article.published else ""
    mark = "⚠ not read whole: " if article.problem else ""
    return f"{mark}{display_text(article.title)[:90]}{day} ({article.article_id})"


def _marked(article: Article, events: list[Event]) -> None:
    spans = [(e.char_start, e.char_end) for e in events if e.char_start is not None and e.char_end is not None]
    with st.container(border=True):
        st.html(reader.article_head(article, len(set(spans))) + reader.article_html(article.text, spans, (0, 0)))


def _form() -> ArticleSource | None:
    """Draw the fields of a new article; None without a text."""
    st.subheader("Add an article", anchor=False)
    # A new form after each saved article, so that the next one is empty.
    number = st.session_state.setdefault(_FORM, 0)
    file = st.file_uploader("A text file", type=["txt", "md"], key=f"file-{number}")
    pasted = st.text_area("or its text, pasted", height=180, key=f"text-{number}", disabled=file is not None)
    title = st.text_input("Title (empty: the first line)", max_chars=300, key=f"title-{number}")
    publisher = st.text_input("Publisher", max_chars=200, key=f"publisher-{number}")
    url = st.text_input("Address", placeholder="https://…", max_chars=2000, key=f"url-{number}")
    published = st.text_input("Published", placeholder="2025-10-29", max_chars=10, key=f"published-{number}")
    data = file.getvalue() if file else pasted.encode("utf-8", "ignore")
    if not data.strip():
        return None
    return ArticleSource(data=data, title=title, publisher=publisher, url=url, published=published)


def _read_draft(source: ArticleSource, store: Store) -> tuple[Article, list[Event]] | None:
    """The article and events that would be stored, with the button to do so; None, with a message, if invalid."""
    try:
        article = article_from(source)
        reading = _read_events(source.data, source.published, store.project.places, store.version())
    except DashboardError as error:
        st.error(escape_markdown(str(error)))
        return None
    for sentence in (*storable(source).left_out, reading.problem):
        if sentence:
            st.warning(escape_markdown(sentence))
    if not article.published:
        st.warning("Without the day of publication, weekdays and days without a year stay unread.")
    st.button("Save the article and its events", type="primary", on_click=_save, args=(source,))
    st.caption(f"{counted(len(reading.events), 'event')} found, saved as pending: somebody has to look at each.")
    return article, list(reading.events)


def _preview(store: Store, article: Article, events: list[Event]) -> None:
    _marked(article, events)
    for event in events[:EVENTS_SHOWN]:
        st.html(f"<div class='cardframe'>{cards.card_html(event, _place(store, event), article)}</div>")


def _place(store: Store, event: Event) -> Place | None:
    return (store.place(event.place_id) or opened.gazetteer().place(event.place_id)) if event.place_id else None


def _save(source: ArticleSource) -> None:
    try:
        report = add_article(opened.settings().data, source, opened.gazetteer(), _recogniser())
    except DashboardError as error:
        st.session_state[_ADDED] = ["", f"Not saved. {error}"]
        return
    st.session_state[_ADDED] = [report.summary(), *report.problems]
    st.session_state[_FORM] += 1


@st.cache_resource(show_spinner="Loading the recogniser of names …")
def _recogniser() -> Recogniser | None:
    return load_recogniser()


@st.cache_data(max_entries=5, show_spinner="Reading the article …")
def _read_events(data: bytes, published: str, _places: Mapping[str, Place], version: str) -> ArticleReading:
    """The events of a text; cached, because the page runs again with every field that is filled.

    ``version`` is the project's, because its places decide what some names mean.
    """
    del version
    article = article_from(ArticleSource(data=data, published=published))
    return reading_of(article, opened.gazetteer(), _recogniser(), own_places(_places, opened.gazetteer()))
