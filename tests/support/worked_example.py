"""The worked example of docs/architecture.md: the Doha event of the sample at each step, made by running the program.

No language model is asked, so that it is the same in every environment.
"""

import html
import re
from pathlib import Path

from dashboard.extract.events.find import find_statements
from dashboard.extract.events.statements import LocatedToponym
from dashboard.extract.places.recognise import recognise
from dashboard.extract.text.sentences import sentences
from dashboard.filters import Filters
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.article.context import ArticleContext
from dashboard.ingest.read_article import events_from_article
from dashboard.project.read import read_project
from dashboard.store.opening import open_store
from dashboard.tables import event_row
from dashboard.ui.shared.cards import card_html

REPOSITORY = Path(__file__).parents[2]
DOHA, MENTIONED_AT = "geonames:290030", 1133


def table(header, rows):
    """A table of Markdown; cells that hold a bar would break it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines)


def sentence_step(article):
    [it] = [one for one in sentences(article.text) if one.start <= MENTIONED_AT < one.end]
    words = article.text[it.start : it.end]
    return it, table(("start", "end", "paragraph", "text"), [(it.start, it.end, it.paragraph, words)])


def toponym_step(toponyms, sentence):
    inside = [one for one in toponyms if sentence.start <= one.start < sentence.end]
    return table(
        ("text", "start", "end", "role", "reason"),
        [(one.text, one.start, one.end, one.role.value, one.reason) for one in inside],
    )


def place_step(found):
    rows = [
        (one.place.place_id, one.score, one.reason, "chosen" if one.place == found.place else "")
        for one in found.candidates
    ]
    chosen = (("place_basis", found.basis.value), ("geo_precision", found.geo_precision.value))
    chosen += (("place_reason", found.reason),)
    return "\n\n".join((table(("place_id", "score", "reason", ""), rows), table(("cell", "value"), chosen)))


def statement_step(article, toponyms, resolutions):
    located = [
        LocatedToponym(toponym, found.geo_precision, found.place.place_id)
        for toponym, found in zip(toponyms, resolutions, strict=True)
        if toponym.is_place and found
    ]
    every = find_statements(article.text, article.published, located)
    [it] = [one for one in every if one.where and one.where.toponym.start == MENTIONED_AT]
    rows = [
        ("act", f"{it.act.event_type.value}, {it.act.sub_event_type}; score {it.act.score}"),
        ("rule that found it", f"`{it.act.why}`"),
        ("where", f"{it.where.toponym.text}, after “{it.preposition}”"),
        ("when", f"{it.when.first}, from “{it.when.words}”: {it.when.basis.value}; {it.when.reason}"),
        ("who", " and ".join(it.actors)),
    ]
    return table(("part", "value"), rows)


def row_step(event):
    return table(("column", "cell"), [(name, cell) for name, cell in event_row(event).items() if cell])


def mark_step(store):
    [mark] = [one for one in store.summarise(Filters()).marks if one.place_id == DOHA]
    names = ("key", "label", "latitude", "longitude", "shape", "manner")
    rows = [(name, getattr(mark, name)) for name in names]
    rows += [("types", ", ".join(f"{kind.value}: {count}" for kind, count in mark.types)), ("pending", mark.pending)]
    return table(("field", "value"), rows)


def card_step(event, store):
    """The text of the card without its markup, one line for each piece."""
    markup = card_html(event, store.place(event.place_id), store.article(event.article_id))
    lines = re.sub(r"</(?:header|blockquote|li)>", "\n", markup)
    lines = re.sub(r"(<span class='(?:kind|when|where)[^>]*>)", r" · \1", lines)
    text = html.unescape(re.sub(r"<[^>]+>", "", lines))
    return "\n".join(["```text", *(" ".join(line.split()) for line in text.splitlines() if line.strip()), "```"])


def worked_example():
    """All steps, as they stand in the page."""
    data = REPOSITORY / "data"
    [article] = read_project(data).articles.values()
    gazetteer = Gazetteer.open()
    toponyms = recognise(article.text, gazetteer)
    resolutions = ArticleContext(toponyms, article.text, gazetteer).resolutions
    sentence, sentence_table = sentence_step(article)
    [doha] = [place for one, place in zip(toponyms, resolutions, strict=True) if one.start == MENTIONED_AT]
    [event] = [one for one in events_from_article(article, gazetteer) if one.place_id == DOHA]
    store = open_store(data, gazetteer.outline_box)
    steps = {
        "1. The sentence": sentence_table,
        "2. The toponyms in it": toponym_step(toponyms, sentence),
        "3. The candidates for Doha, and the place": place_step(doha),
        "4. The statement": statement_step(article, toponyms, resolutions),
        "5. The row of events.csv": row_step(event),
        "6. The mark on the map": mark_step(store),
        "7. The card": card_step(store.event(event.event_id), store),
    }
    return "\n\n".join(f"#### {title}\n\n{shown}" for title, shown in steps.items())
