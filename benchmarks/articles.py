"""Articles a second and memory on one core: names placed, whole events, with the recogniser and without, beside
spaCy's recogniser alone.

Reads the marked texts of the tests, or those of a file of JSON lines with ``text``. Each side is a process of its own.
Run: python benchmarks/articles.py [FILE]
"""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.report import Row, told

GOLD = Path(__file__).parent.parent / "tests" / "samples" / "gold.jsonl"
ROUNDS = 3

COMMON = """
import datetime, json, resource, sys, time
texts = [json.loads(line)["text"] for line in open(sys.argv[1], encoding="utf-8") if line.strip()]
texts *= max(1, 200 // len(texts))
def resident_mb():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
def measure(read):
    for text in texts[:40]:
        read(text)
    best = 0
    for _ in range(int(sys.argv[2])):
        start = time.process_time()
        for text in texts:
            read(text)
        best = max(best, len(texts) / (time.process_time() - start))
    return {"rate": best, "mb": resident_mb(), "characters": sum(map(len, texts)) / len(texts)}
"""
SPACY = """
from dashboard.extract.places.ner import load_recogniser
print(json.dumps(measure(load_recogniser())))
"""
OURS = """
from dashboard.extract.places.ner import load_recogniser
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest.geoparse_lines import geoparse_lines
from dashboard.model import Article
from dashboard.ingest.read_article import events_from_article
gazetteer, recogniser = Gazetteer.open(), load_recogniser() if sys.argv[4] == "ner" else None
def place(text):
    return list(geoparse_lines([json.dumps({"doc_id": "", "text": text})], gazetteer, recogniser))
def events(text):
    article = Article(article_id="a", title="", publisher="", url="", published=datetime.date(2025, 1, 2), text=text,
                      sha256="")
    return events_from_article(article, gazetteer, recogniser)
print(json.dumps(measure(place if sys.argv[3] == "places" else events)))
"""


def measured(file, code, *arguments):
    """What one process found: articles a second of its own processor time, its memory, the length of an article."""
    command = [sys.executable, "-c", COMMON + code, str(file), str(ROUNDS), *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def rows(file):
    """The table."""
    plain = measured(file, SPACY)
    yield Row("characters of an article, mean", f"{plain['characters']:.0f}")
    yield Row("spaCy's recogniser alone, names found", f"{plain['rate']:.0f} articles/s")
    yield Row("spaCy's recogniser alone, memory", f"{plain['mb']:.0f} MB")
    for words, what, how in (
        ("names placed, rules and gazetteer", "places", "rules"),
        ("whole events, rules and gazetteer", "events", "rules"),
        ("names placed, with spaCy", "places", "ner"),
        ("whole events, with spaCy", "events", "ner"),
    ):
        found = measured(file, OURS, what, how)
        yield Row(words, f"{found['rate']:.0f} articles/s", "spaCy alone", found["rate"] / plain["rate"])
        yield Row(f"{words}, memory", f"{found['mb']:.0f} MB", "spaCy alone", found["mb"] / plain["mb"])


if __name__ == "__main__":
    told(rows(Path(sys.argv[1]) if len(sys.argv) > 1 else GOLD))
