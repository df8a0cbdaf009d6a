"""Measure what the program reads out of articles against texts that people marked: `make evaluate`.

Prints one table, a column for each gold file. The recogniser is the best spaCy pipeline that is installed, or none
with --no-ner. Without files it reads the made-up reports in tests/samples/gold.jsonl.
"""

import argparse
import hashlib
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from dashboard.errors import DashboardError, DataError, RulesError, shown
from dashboard.extract.acts.classify import plover_of
from dashboard.extract.dates.find import DateMention, find_dates
from dashboard.extract.places.ner import PIPELINES, Recogniser, load_recogniser
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest.geoparse_lines import geoparse_lines
from dashboard.ingest.read_article import attempt, reading_of
from dashboard.model import Article, Event
from tools.evaluate_gold import GoldFile, gold_files
from tools.evaluate_scores import DateScore, EventScore, PlaceScore, Row, f1, macro_f1, share

T = TypeVar("T")

OWN_GOLD = Path(__file__).parents[1] / "tests" / "samples" / "gold.jsonl"

FAILED = "texts that the rules failed on"
Figures = dict[str, float | int | None]
"""By the words of the table's first column; None: the file has nothing to measure it by."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="make evaluate", description=__doc__)
    parser.add_argument("gold", nargs="*", type=Path, default=[OWN_GOLD], help="JSON lines, or folders of them")
    parser.add_argument("--no-ner", action="store_true", help="gazetteer and rules alone")
    options = parser.parse_args(arguments)
    recogniser = None if options.no_ner else load_recogniser()
    try:
        columns = {one.name: measure(one, Gazetteer.open(), recogniser) for one in gold_files(options.gold)}
    except DashboardError as error:
        parser.error(str(error))
    print(f"Recogniser: {_pipeline() if recogniser else 'none, gazetteer and rules alone'}\n")
    print(table(columns))
    if any(figures[FAILED] for figures in columns.values()):
        sys.exit(1)


def _pipeline() -> str:
    return next(package for package in PIPELINES if importlib.util.find_spec(package) is not None)


def measure(gold: GoldFile, gazetteer: Gazetteer, recogniser: Recogniser | None) -> Figures:
    """Every figure the file can tell. What the rules fail on counts as read and empty, and is told on stderr."""
    failures = _Failures(gold.name)
    remembering = cache(recogniser) if recogniser else None  # the figures ask for the same texts again
    events, per_second, faults = _events(gold, gazetteer, recogniser, failures)
    places, figures = _places(gold, gazetteer, remembering, failures)
    dates, date_figures = _dates(gold, failures)
    faults += places.offset_faults + dates.offset_faults
    return {
        "documents or sentences": len(gold.documents) or len(gold.sentences),
        **figures,
        **date_figures,
        **_types(gold, failures),
        **events,
        "offset faults": faults if gold.documents else None,
        FAILED: len(failures.texts),
        "documents a second of processor time": per_second,
    }


class _Failures:
    """The texts of a file that the rules failed on."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.texts: set[str] = set()

    def tell(self, text: str, problem: str) -> None:
        if text not in self.texts:
            print(f"{self._name}: {shown(text)}: {problem}", file=sys.stderr)
        self.texts.add(text)

    def attempt(self, text: str, read: Callable[[], T], otherwise: T) -> T:
        try:
            return attempt(read)
        except RulesError as error:
            self.tell(text, str(error))
            return otherwise


def _places(
    gold: GoldFile, gazetteer: Gazetteer, recogniser: Recogniser | None, failures: _Failures
) -> tuple[PlaceScore, Figures]:
    own, given = PlaceScore(), PlaceScore()
    for document in gold.having("toponyms"):
        marked = document["toponyms"]
        text = document["text"]
        line, tell = json.dumps({"doc_id": "", "text": text, "toponyms": marked}), partial(failures.tell, text)
        own.add(text, marked, list(geoparse_lines([line], gazetteer, recogniser, tell=tell)))
        given.add(text, marked, list(geoparse_lines([line], gazetteer, recogniser, given_spans=True, tell=tell)))
    return own, {
        "toponyms marked": own.gold or None,
        "toponyms found, exact F1": own.exact_f1,
        "toponyms found, lenient F1": own.lenient_f1,
        "within 161 km, spans given": given.accuracy,
        "found and within 161 km, F1": own.end_to_end_f1,
    }


def _dates(gold: GoldFile, failures: _Failures) -> tuple[DateScore, Figures]:
    score, none = DateScore(), list[DateMention]()
    for document in gold.having("times"):
        text, day = document["text"], _published(document)
        found = [
            {"start": one.start, "end": one.end, "text": one.text, "first": _iso(one.first), "last": _iso(one.last)}
            for one in failures.attempt(text, partial(find_dates, text, day), none)
        ]
        score.add(document["text"], document["times"], found)
    return score, {
        "dates marked": score.gold or None,
        "dates found, exact F1": score.exact_f1,
        "dates found, lenient F1": score.lenient_f1,
        "dates read as the right days": score.interval_accuracy,
    }


def _types(gold: GoldFile, failures: _Failures) -> Figures:
    meant = [kind for _, kind in gold.sentences]
    said = [failures.attempt(text, partial(plover_of, text), None) for text, _ in gold.sentences]
    return {
        "event types, macro-F1": macro_f1(meant, said),
        "event types, accuracy": share(sum(a == b for a, b in zip(meant, said, strict=True)), len(meant)),
    }


def _events(
    gold: GoldFile, gazetteer: Gazetteer, recogniser: Recogniser | None, failures: _Failures
) -> tuple[Figures, float | None, int]:
    """The figures of the events, the articles read whole in a second, and passages that are not their article's."""
    articles = [_article(document) for document in gold.documents]
    for article in articles[:1]:
        reading_of(article, gazetteer, recogniser)  # what is loaded when first asked for is no reading
    began = time.process_time()
    read = [reading_of(article, gazetteer, recogniser) for article in articles]
    seconds = time.process_time() - began
    for article, told in zip(articles, read, strict=True):
        if told.problem:
            failures.tell(article.text, told.problem)
    score, faults = EventScore(), 0
    for document, article, told in zip(gold.documents, articles, read, strict=True):
        found = told.events
        faults += sum(article.text[one.char_start : one.char_end] != one.passage for one in found)
        if isinstance(document.get("events"), list):
            score.add(_gold_events(document), [_event(one, gazetteer) for one in found])
    figures: Figures = {
        "events marked": score.gold or None,
        "events found: type and place, F1": f1(score.placed, score.found, score.gold),
        "events found: type, place, days, assertion, F1": f1(score.whole, score.found, score.gold),
        "events found: the same, the place by name, F1": f1(score.named, score.found, score.gold),
        "events found: type, place, days, assertion, precision": share(score.whole, score.found),
        "events found: type, place, days, assertion, recall": share(score.whole, score.gold),
    }
    return figures, len(articles) / seconds if articles else None, faults


def _article(document: dict[str, Any]) -> Article:
    text = document["text"]
    sha256 = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Article(article_id=sha256[:12], title="", text=text, sha256=sha256, published=_published(document))


def _published(document: dict[str, Any]) -> date | None:
    day = document.get("published") or document.get("pub_date")
    try:
        return date.fromisoformat(str(day)[:10]) if day else None
    except ValueError:
        raise DataError(f"published must be a day such as 2025-10-29, got {shown(str(day))}.") from None


def _gold_events(document: dict[str, Any]) -> list[Row]:
    points = {one["text"]: one for one in document.get("toponyms", [])}
    unknown = {"lat": None, "lon": None}
    places = [points.get(event["toponym"], unknown) for event in document["events"]]
    return [
        {**event, "lat": place["lat"], "lon": place["lon"]}
        for event, place in zip(document["events"], places, strict=True)
    ]


def _event(event: Event, gazetteer: Gazetteer) -> Row:
    place = gazetteer.place(event.place_id) if event.place_id else None
    return {
        "event_type": event.event_type, "toponym": event.toponym, "assertion": event.assertion,
        "date_start": _iso(event.date_start), "date_end": _iso(event.date_end),
        "lat": place.latitude if place else None, "lon": place.longitude if place else None,
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def table(columns: dict[str, Figures]) -> str:
    """The figures side by side, a line for each; shares with three decimals, "–" where there is nothing to measure."""
    names = list(next(iter(columns.values())))
    wide = max(len(name) for name in names)
    rows = [["", *columns], *([name, *(_shown(figures[name]) for figures in columns.values())] for name in names)]
    widths = [wide, *(max(len(row[at]) for row in rows) for at in range(1, len(columns) + 1))]
    lines = [
        row[0].ljust(wide) + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in [lines[0], "-" * len(lines[0]), *lines[1:]])


def _shown(figure: float | None) -> str:
    if figure is None:
        return "–"
    if isinstance(figure, int):
        return str(figure)
    return f"{figure:.0f}" if figure > 1 else f"{figure:.3f}"


if __name__ == "__main__":
    main()
