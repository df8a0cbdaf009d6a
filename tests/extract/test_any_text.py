"""Sentences nobody wrote: whatever words come, in whatever order, the rules end, and what they write can be read again.

Derandomised, so that a run is like the last. More of it by hand:
CONFLICTMAP_TEXTS=50000 pytest tests/extract/test_any_text.py
"""

import hashlib
import os
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.errors import Severity
from dashboard.extract.dates.find import find_dates
from dashboard.extract.dates.lexer import MONTHS, WEEKDAYS
from dashboard.extract.places.recognise import toponyms_at
from dashboard.extract.text.word_lists import word_list
from dashboard.gazetteer.index import Gazetteer
from dashboard.geocode.article.context import ArticleContext
from dashboard.ingest.read_article import events_from_article
from dashboard.model import Article
from dashboard.project.reading.csv_text import DataRow
from dashboard.project.reading.event_rows import References, read_event
from dashboard.project.reading.rows import RowReader
from dashboard.tables import event_row

TEXTS = int(os.environ.pop("CONFLICTMAP_TEXTS", "0"))  # before the tests' own settings take it away


def bounded(texts):
    return settings(
        max_examples=TEXTS or texts,
        derandomize=not TEXTS,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def words(text):
    return st.sampled_from(text.split("|"))


def one_of(*parts):
    return st.one_of(*(words(part) if isinstance(part, str) else part for part in parts))


def phrase(*parts):
    """The parts one after the other, between blanks; a part is words to choose from, or such a phrase."""
    made = (words(part) if isinstance(part, str) else part for part in parts)
    return st.tuples(*made).map(lambda chosen: " ".join(filter(None, chosen)))


ODD_NUMBERS = words(
    "0|00|²|½|٣|१२|Ⅻ|1e9|-1|31|32|99|100|999|9999|10000|10²|1,000|1.000|3,5|12,34,56|٢٠٢٥|４|99999999999999999999"
)
NUMBERS = one_of(
    st.integers(0, 10_000).map(str),
    ODD_NUMBERS,
    "one|two|twelve|twenty-one|ninety nine|twenty or 30|twenty to thirty|half a dozen|"
    "six million|a dozen|dozens|hundreds of|no|several|a few",
)
ORDINALS = words("1st|2nd|3rd|11th|29th|30th|31st|32nd|0th|first|second|fifth|tenth|last|twenty-first")
YEARS = one_of(
    "0000|0001|1|99|476|1066|1699|1700|1900|1984|2001|2024|2025|2100|2199|2200|2201|9999|10000|'98|1990s|90s|٢٠٢٥",
    st.integers(1, 2300).map(str),
)
UNITS = words(
    "second|minutes|hour|hours|day|days|night|nights|week|weeks|weekend|fortnight|month|"
    "months|quarter|quarters|half|year|years|decade|decades|century|centuries|millennium|"
    "spring|winter|morning|Ramadan"
)
STEPS = words(
    "the past|the last|last|past|this past|next|the next|the coming|previous|the previous|"
    "prior|preceding|the following|following|this|the same|that|early|late|mid|the end of|"
    "the beginning of|the middle of|recent|every|each|earlier this|later that|the first|"
    "the second half of|the 21st"
)
MONTH_NAMES = st.sampled_from(sorted({name.title() for name in MONTHS} | {"Sept.", "Dec.", "MAY", "march"}))
WEEKDAY_NAMES = st.sampled_from(sorted({name.title() for name in WEEKDAYS} | {"Mondays", "FRIDAY"}))
FEASTS = words(
    "Easter|Good Friday|Good Frıday|NEW YEAR'S|Christmas Eve|New Year’s Day|Thanksgiving|"
    "Labor Day|9/11|October 7|today|tonight|yesterday|tomorrow|overnight"
)
DIGITS = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 2300), words("-|/|.")).map(
    lambda one: one[3].join((f"{one[2]:04}", f"{one[0]:02}", f"{one[1]:02}") if one[0] % 2 else map(str, one[:3]))
)
DATES = st.one_of(
    phrase(
        "|on|by|until|since|from|in|before|after",
        WEEKDAY_NAMES,
        "|,|last week|next week",
        MONTH_NAMES,
        NUMBERS,
        "|,|-",
        YEARS,
    ),
    phrase("|on|in|since|the", ORDINALS, "|of", MONTH_NAMES, "|,|of|last", one_of(YEARS, "year|month|")),
    phrase(
        "|in|over|during|for|within|throughout", STEPS, "|few|two|99|9999|couple of|half", UNITS, "|ago|of 2025|earlier"
    ),
    phrase(
        "|about|more than|some", NUMBERS, UNITS, "ago|earlier|later|before|after|of fighting|and a half ago|from now"
    ),
    phrase("from|between", MONTH_NAMES, NUMBERS, "to|and|-|until|–", MONTH_NAMES, NUMBERS, "|,", YEARS),
    phrase("the day|the night|the week|a year", "before|after|of", one_of(FEASTS, STEPS, YEARS)),
    phrase(STEPS, one_of(FEASTS, MONTH_NAMES, WEEKDAY_NAMES, UNITS), one_of("|of|'s", STEPS)),
    phrase(
        "|on|in|the|since",
        one_of(DIGITS, YEARS, YEARS.map(lambda year: f"{year}-12"), FEASTS, "19980213|891102|2025-10-29T10:15:00Z"),
    ),
)
TITLES = st.sampled_from([*sorted(word_list("titles"))[:40], "Gen.", "Lt. Col.", "President", "ministry"])
NAMES = words(
    "Ana Ruiz|Ruiz|al-Shabaab|the Taliban|Reuters|O’Neill|‘Abd al-Malik|Ö|X|U.N.|de|"
    "of Aleppo|Ali bin|李|محمد|İsmail Şahin|ﬁ|ẞ|the mayor of Boston|M23|F-16"
)
SPEAKERS = st.one_of(
    phrase(
        '|the|a|that|which|this|his|“|"',
        one_of(TITLES, "report|sources|residents|which|that|whom|officials|agency|“|,|."),
        one_of("", NAMES),
    ),
    phrase(NAMES, "|,|, who leads the mission,|of|and", one_of("", TITLES)),
    words("he|she|they|it|which|that|who|we||the|a spokesman|witnesses|.|to|as|in"),
)
SAYING = st.sampled_from(sorted(word_list("speech_verbs") | word_list("statement_verbs"))[:150])
PLACES = words(
    "Kabul|Kharkiv|Kandahar and Kabul|the Durand Line|Kashmir|St. Louis|"
    "Goma, DR Congo (Zaire)|the town of Nowhere|U.S.|Tora Bora|Al-Fashir|Xyzzyville|Kabul’s|"
    "north of Kyiv|near Gaza City|the|Ivory Coast|New York, Geneva and|Korea (North)|Ἀθῆναι|"
    "कीव"
)
ACTS = words(
    "killed|a bomb exploded|soldiers shelled|was attacked|clashes broke out|held talks|"
    "signed a ceasefire|could attack|protested|rioted|kidnapped|will strike|denied attacking|"
    "were shot dead|agreed on a truce|threatened to bomb|no one was hurt|died|bombing|talks"
)
CLAUSES = st.one_of(
    phrase(
        one_of(NAMES, NUMBERS, "people|soldiers|civilians"),
        ACTS,
        NUMBERS,
        "people|civilians|soldiers||children",
        "in|near|at|outside|to|of|",
        PLACES,
        one_of("", DATES),
    ),
    phrase(
        one_of(DATES, PLACES), ACTS, "in|on|near|,", PLACES, "|killing|wounding|in which", NUMBERS, "|people|died|dead"
    ),
    phrase(
        "according to|a report according to|According to|as told by|quoting",
        SPEAKERS,
        one_of("", ",|that|which"),
        one_of("", ACTS),
    ),
    phrase(SPEAKERS, SAYING, one_of("", 'that|:|,|“|"|on'), one_of("", ACTS, DATES), one_of("", PLACES)),
    phrase(words('“|"|«|‘|('), ACTS, PLACES, words(',”|"|»|’|)|,"|'), SAYING, SPEAKERS),
    DATES,
    SPEAKERS,
)
NOISE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
    st.text("aA1 .,;:'’\"“”()-–—\n\t²٣½…|$%/\\", max_size=40),
    words(
        "\n\n|\n|\r\n|. | – |...|; |(|)|“|”|\"|'|\u2028|\u200b|\ufeff|\xa0|\x85|• |* |# |Read: |"
        "KABUL, Oct 29 (Reuters) - |e.g. |vs. |U.S. |No. |http://a.test/2025/10/29 |@x "
    ),
)
TEXT = st.lists(st.one_of(CLAUSES, CLAUSES, CLAUSES, NOISE), min_size=1, max_size=7).flatmap(
    lambda parts: st.sampled_from((" ", ", ", ". ", ".\n\n", "; ", "")).map(lambda glue: glue.join(parts) + ".")
)
DAYS = st.one_of(
    st.none(),
    st.sampled_from([date(1700, 1, 1), date(2200, 12, 31), date(2024, 2, 29), date(2025, 10, 29)]),
    st.dates(date(1700, 1, 1), date(2200, 12, 31)),
)


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.open()


def article_of(text, published):
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Article(article_id=sha256[:12], title="", text=text, sha256=sha256, published=published)


@bounded(1200)
@given(text=TEXT, published=DAYS)
def test_the_rules_end_in_events_that_can_be_stored_and_read_again(gazetteer, text, published):
    article = article_of(text, published)
    events = events_from_article(article, gazetteer)
    known = References(
        {article.article_id: article}, {e.place_id: gazetteer.place(e.place_id) for e in events if e.place_id}
    )
    for number, event in enumerate(events, start=1):
        problems = []
        row = DataRow(number, number + 1, event_row(event), number)
        read = read_event(RowReader("events.csv", row, problems), known)
        assert [str(one) for one in problems if one.severity is Severity.ERROR] == []
        assert read == event


@bounded(1500)
@given(words=st.one_of(DATES, NOISE, phrase(DATES, NOISE)), published=DAYS)
def test_every_phrase_about_time_is_read_or_said_to_be_none(words, published):
    for mention in find_dates(words, published):
        assert (mention.first is None) == (mention.last is None)
        assert mention.first is None or mention.first <= mention.last
        assert mention.within is None or mention.within[0] <= mention.within[1]


@bounded(300)
@given(text=TEXT, spans=st.lists(st.tuples(st.integers(0, 300), st.integers(1, 300)), max_size=5))
def test_given_spans_are_resolved_whatever_they_are(gazetteer, text, spans):
    spans = [(start % len(text), min(start % len(text) + long, len(text))) for start, long in spans]
    toponyms = toponyms_at(text, spans, gazetteer)
    assert {(one.start, one.end) for one in toponyms} >= set(spans)
    assert len(ArticleContext(toponyms, text, gazetteer).resolutions) == len(toponyms)
