"""Everything found in one sentence of an article: acts, speeches, places and dates, each with its clause."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dashboard.extract.acts.classify import Act, classify, parts_of
from dashboard.extract.acts.speakers import Speech, speeches
from dashboard.extract.dates.find import DateMention, find_dates
from dashboard.extract.events.place_groups import PlaceGroup, dateline_end, heading_end, place_groups
from dashboard.extract.events.statements import LocatedToponym
from dashboard.extract.text.clauses import ClauseMap, clause_map, indices_for_act
from dashboard.extract.text.sentences import Sentence, SentenceRole, sentences
from dashboard.extract.text.tokens import without_shouting
from dashboard.extract.text.words import words_of
from dashboard.model import DatePrecision, GeoPrecision

_NO_DAY_OF_ACT = re.compile(r"\b(?:since|until|till|by|before|after|than)\s+(?:the\s+)?(?:early|late|mid)?\s*\Z", re.I)
_RECENT = timedelta(days=92)
"""How far back "since" may reach and still say when something happened."""
_NEXT_TO = 3
"""Characters between a name or date and the clause that is about it: "in May, when"."""

_ENTRY = re.compile(
    r"\W{0,3}[0-2]?\d[:.h][0-5]\d\b(?:\s*(?:am|pm|GMT|UTC|CET|EST|ET|local time))*\s*[-–—:|]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """One sentence with everything found in it; offsets count from its start."""

    sentence: Sentence
    text: str
    """Its words; text written all in capitals is lowered."""
    written: str
    """Its words exactly as the article has them."""
    article: tuple[str, str]
    """The whole article twice: with text in capitals lowered, and exactly as written."""
    is_entry: bool
    """Part of an entry of a running report, which begins with the time of day."""
    heading_day: DateMention | None
    """The day named in the heading above it."""
    acts: tuple[Act, ...]
    act_clauses: tuple[int, ...]
    """The clause of each act."""
    parts: tuple[int, ...]
    """Where one statement ends and another begins: "…; …", "…, and …"."""
    clause_map: ClauseMap
    speeches: tuple[Speech, ...]
    groups: tuple[PlaceGroup, ...]
    group_clauses: tuple[int, ...]
    towns: frozenset[str]
    """The names of its places, without countries."""
    dates: tuple[DateMention, ...]
    """Their offsets count from the start of the article."""
    date_clauses: tuple[int, ...]

    def as_written(self, words: str) -> str:
        """Words of this sentence or an earlier one, with the article's own capitals."""
        plain, text = self.article
        if plain is text or not words:
            return words
        at = self.text.find(words)
        at = at + self.sentence.start if at >= 0 else plain.find(words)
        return words if at < 0 else text[at : at + len(words)]

    def groups_left_to(self, number: int) -> list[PlaceGroup]:
        """The places open to an act: those of its clause, or the one its clause is about ("X, where …")."""
        clause = self.act_clauses[number]
        opener, at = self.clause_map.opener_of(clause)
        if opener in ("where", "which", "that") and clause not in self.group_clauses:
            return [group for group in self.groups if 0 <= at - group.end <= _NEXT_TO]
        return [self.groups[index] for index in indices_for_act(number, self.act_clauses, self.group_clauses)]

    def dates_left_to(self, number: int) -> list[DateMention]:
        """The dates open to an act: those of its clause, or the one its clause is about ("in May, when …")."""
        clause = self.act_clauses[number]
        opener, at = self.clause_map.opener_of(clause)
        if opener == "when" and clause not in self.date_clauses:
            start = self.sentence.start
            beside = [one for one in self.dates if 0 <= at - (one.end - start) <= _NEXT_TO]
            if beside:
                return beside
        if clause < 0 and clause not in self.date_clauses:
            return []
        return [self.dates[index] for index in indices_for_act(number, self.act_clauses, self.date_clauses)]


def facts_of(text: str, published: date | None, located: Sequence[LocatedToponym]) -> list[SentenceFacts]:
    """The facts of each sentence in the body of the article. ``located`` are its places. Both are in order."""
    in_order = sentences(text)
    article = _ArticleFacts(text, in_order, published, located)
    with_speeches = zip(in_order, speeches(article.plain, in_order), strict=True)
    return [article.facts(sentence, spoken) for sentence, spoken in with_speeches if sentence.role is SentenceRole.BODY]


class _ArticleFacts:
    """What each sentence needs from the whole article: its places and dates, in order, and what its headings say."""

    def __init__(
        self, text: str, sentences: Sequence[Sentence], published: date | None, located: Sequence[LocatedToponym]
    ) -> None:
        self.text, self.plain = text, without_shouting(text)
        self._places, self._place_starts = located, [one.toponym.start for one in located]
        found_dates = (_date_of_acts(text, one, published) for one in find_dates(text, published))
        self._dates = [one for one in found_dates if one]
        self._date_starts = [one.start for one in self._dates]
        self._days_of_headings = _heading_days(sentences, self._dates)
        headings = [one.start for one in sentences if heading_end(self.plain[one.start : one.end])]
        self._entry_places = frozenset(headings if len(headings) > 1 else ())
        """Starts of the sentences that open with the place of an entry of a digest: "BOUAR – …"."""
        self._entries = {one.paragraph for one in sentences if _ENTRY.match(text, one.start)}

    def facts(self, sentence: Sentence, speeches: tuple[Speech, ...]) -> SentenceFacts:
        """The facts of one of the sentences."""
        start, end = sentence.start, sentence.end
        words = self.plain[start:end]
        places = self._places[_slice_within(self._place_starts, sentence)]
        acts = tuple(classify(words, [(one.toponym.start - start, one.toponym.end - start) for one in places]))
        clauses = clause_map(words) if acts else ClauseMap(((len(words), 0),), {})
        dateline = 0 if start in self._entry_places else dateline_end(words)
        groups_here = tuple(place_groups(words, places, start, clauses, dateline)) if acts else ()
        dates = [
            one for one in self._dates[_slice_within(self._date_starts, sentence)] if one.start >= start + dateline
        ]
        return SentenceFacts(
            sentence=sentence, text=words, written=words if self.plain is self.text else self.text[start:end],
            article=(self.plain, self.text),
            is_entry=sentence.paragraph in self._entries, heading_day=self._days_of_headings.get(start),
            acts=acts, clause_map=clauses, speeches=speeches, groups=groups_here, dates=tuple(dates),
            towns=frozenset(one.toponym.text for one in places if one.precision is not GeoPrecision.COUNTRY),
            act_clauses=tuple(clauses.clause_at(act.at) for act in acts),
            parts=tuple(parts_of(words_of(words))) if acts else (),
            group_clauses=tuple(clauses.clause_at(group.start) for group in groups_here),
            date_clauses=tuple(clauses.clause_at(one.start - start) for one in dates),
        )  # fmt: skip


def _heading_days(sentences: Sequence[Sentence], mentions: Sequence[DateMention]) -> dict[int, DateMention]:
    """The day in the heading above each sentence, by the sentence's start: "Situation report, 16 May"."""
    days: dict[int, DateMention] = {}
    last: DateMention | None = None
    starts = [mention.start for mention in mentions]
    for sentence in sentences:
        if sentence.role is SentenceRole.HEADLINE:
            days_here = [
                mention
                for mention in mentions[_slice_within(starts, sentence)]
                if mention.precision is DatePrecision.DAY
            ]
            last = days_here[-1] if days_here else last
        elif last:
            days[sentence.start] = last
    return days


def _slice_within(starts: Sequence[int], sentence: Sentence) -> slice:
    return slice(bisect_left(starts, sentence.start), bisect_left(starts, sentence.end))


def _date_of_acts(text: str, mention: DateMention, published: date | None) -> DateMention | None:
    """The phrase if it can date an act, else None: "until Friday" and "since 2014" mean other days.

    "Since Wednesday" means some time between then and publication, if that is recent.
    """
    before = _NO_DAY_OF_ACT.search(text, max(0, mention.start - 16), mention.start)
    if before is None:
        return mention
    is_since = before[0].lower().startswith("since") and mention.first is not None and published is not None
    if not is_since or mention.first is None or published is None:
        return None
    is_recent = timedelta() <= published - mention.first <= _RECENT
    return replace(mention, first=None, last=None, within=(mention.first, published)) if is_recent else None
