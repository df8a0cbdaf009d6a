"""Toponyms and their coordinates for articles in JSON lines: the form that other programs exchange and score.

In: one object a line with ``doc_id``, ``text`` and, where the names are given, ``toponyms`` with ``start`` and
``end``. Out: one object for each name. Offsets count code points of the text, end exclusive.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from dashboard.errors import DataError, RulesError, shown
from dashboard.extract.places.ner import Recogniser
from dashboard.extract.places.recognise import recognise, toponyms_at
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.article.context import ArticleContext
from dashboard.ingest.read_article import attempt
from dashboard.model import ToponymRole


def geoparse_lines(
    lines: Iterable[bytes | str], gazetteer: Gazetteer, recogniser: Recogniser | None = None, *,
    given_spans: bool = False, tell: Callable[[str], None] | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """``doc_id``, ``start``, ``end``, ``text``, ``lat`` and ``lon`` (None if unresolved) of every toponym.

    Names that mean a government or are part of another name count; demonyms do not. ``given_spans``: resolve each
    line's own ``toponyms`` and recognise nothing. ``tell`` receives a sentence for each line that is malformed or that
    the rules fail on, and the other lines are read; without it such a line raises DataError.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield from _names_in_line(line, number, gazetteer, recogniser, given_spans)
            except DataError as error:
                if tell is None:
                    raise
                tell(str(error))


def _names_in_line(
    line: bytes | str, number: int, gazetteer: Gazetteer, recogniser: Recogniser | None, given_spans: bool
) -> list[dict[str, Any]]:
    document = _read_document(line, number, given_spans)
    try:
        return attempt(lambda: list(_names_in_document(document, gazetteer, recogniser, given_spans)))
    except RulesError as error:
        raise DataError(f"line {number}: {error}") from error


def _names_in_document(
    document: dict[str, Any], gazetteer: Gazetteer, recogniser: Recogniser | None, given_spans: bool
) -> Iterator[dict[str, Any]]:
    text = document["text"]
    if given_spans:
        spans = [(toponym["start"], toponym["end"]) for toponym in document["toponyms"]]
        toponyms = toponyms_at(text, spans, gazetteer, recogniser)
    else:
        toponyms = recognise(text, gazetteer, recogniser)
    for one, found in zip(toponyms, ArticleContext(toponyms, text, gazetteer).resolutions, strict=True):
        if one.role is not ToponymRole.DEMONYM:
            lat, lon = (found.place.latitude, found.place.longitude) if found else (None, None)
            where = {"start": one.start, "end": one.end, "text": one.text, "lat": lat, "lon": lon}
            yield {"doc_id": document["doc_id"], **where}


def _read_document(data: bytes | str, number: int, given_spans: bool) -> dict[str, Any]:
    line = data if isinstance(data, str) else data[:1000].decode("utf-8", "replace")
    try:
        document = json.loads(data)
    except UnicodeDecodeError as error:
        byte = f"byte {error.start + 1:,} is {error.object[error.start]:#04x}, which is not UTF-8"
        raise DataError(f"line {number}: expected one JSON object a line, but {byte}.") from None
    except (ValueError, RecursionError):
        raise DataError(f"line {number}: expected one JSON object a line, got {shown(line)}.") from None
    if not isinstance(document, dict) or not isinstance(document.get("text"), str) or "doc_id" not in document:
        raise DataError(f"line {number}: expected an object with doc_id and text, got {shown(line)}.")
    if given_spans and not _has_spans(document.get("toponyms")):
        raise DataError(f"line {number}: expected toponyms with start and end as whole numbers, got {shown(line)}.")
    if given_spans:
        _refuse_spans_outside(document, number)
    return document


def _has_spans(toponyms: Any) -> bool:
    return isinstance(toponyms, list) and all(
        isinstance(span, dict) and type(span.get("start")) is int and type(span.get("end")) is int for span in toponyms
    )


def _refuse_spans_outside(document: dict[str, Any], number: int) -> None:
    length = len(document["text"])
    for span in document["toponyms"]:
        if not 0 <= span["start"] < span["end"] <= length:
            got = f"got {span['start']} to {span['end']}"
            raise DataError(f"line {number}: a toponym must lie within its text of {length:,} characters, {got}.")
