"""Place names and where they lie, for articles in JSON lines: the form other programs exchange and score.

In: one object a line with ``doc_id``, ``text`` and, where the names are given, ``toponyms`` with ``start`` and
``end``. Out: one object for each name. Offsets count code points of the text, end exclusive.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from dashboard.errors import DataError, shown
from dashboard.extract.recogniser import Recogniser
from dashboard.extract.toponyms import recognise, toponyms_at
from dashboard.gazetteer import Gazetteer
from dashboard.geocode.article import resolve_article
from dashboard.model import ToponymRole


def geoparse_lines(
    lines: Iterable[str], gazetteer: Gazetteer, recogniser: Recogniser | None = None, *, given_spans: bool = False
) -> Iterator[dict[str, Any]]:
    """``doc_id``, ``start``, ``end``, ``text``, ``lat`` and ``lon`` (None: found, not resolved) of every name.

    Names that stand for a government or within another name count; demonyms do not. ``given_spans``: resolve
    each line's own ``toponyms`` and recognise nothing. Raises DataError for a line that is not of the form.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield from _of_document(_read(line, number, given_spans), gazetteer, recogniser, given_spans)


def _of_document(
    document: dict[str, Any], gazetteer: Gazetteer, recogniser: Recogniser | None, given_spans: bool
) -> Iterator[dict[str, Any]]:
    text = document["text"]
    if given_spans:
        spans = [(one["start"], one["end"]) for one in document["toponyms"]]
        toponyms = toponyms_at(text, spans, gazetteer, recogniser)
    else:
        toponyms = recognise(text, gazetteer, recogniser)
    for one, found in zip(toponyms, resolve_article(toponyms, text, gazetteer), strict=True):
        if one.role is not ToponymRole.DEMONYM:
            lat, lon = (found.place.latitude, found.place.longitude) if found else (None, None)
            where = {"start": one.start, "end": one.end, "text": one.text, "lat": lat, "lon": lon}
            yield {"doc_id": document["doc_id"], **where}


def _read(line: str, number: int, given_spans: bool) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise DataError(f"line {number}: expected one JSON object a line, got {shown(line)}.") from None
    if not isinstance(document, dict) or not isinstance(document.get("text"), str) or "doc_id" not in document:
        raise DataError(f"line {number}: expected an object with doc_id and text, got {shown(line)}.")
    if given_spans and not _has_spans(document.get("toponyms")):
        raise DataError(f"line {number}: expected toponyms with start and end as whole numbers, got {shown(line)}.")
    return document


def _has_spans(toponyms: Any) -> bool:
    return isinstance(toponyms, list) and all(
        isinstance(one, dict) and type(one.get("start")) is int and type(one.get("end")) is int for one in toponyms
    )
