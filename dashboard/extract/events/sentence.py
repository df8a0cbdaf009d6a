"""Everything that stands in one sentence of an article: acts, speeches, places and dates, each with its clause."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dashboard.extract.acts.classify import Act, classify, parts_of
from dashboard.extract.acts.speakers import Speech, speeches
from dashboard.extract.dates.find import DateMention, find_dates
from dashboard.extract.events.place_groups import Group, Located, dateline_end, groups, heading_end
from dashboard.extract.text.clauses import ClauseMap, clause_map, left_to
from dashboard.extract.text.sentences import Sentence, SentenceRole, sentences
from dashboard.extract.text.tokens import without_shouting
from dashboard.extract.text.words import words_of
from dashboard.model import DatePrecision, GeoPrecision

_NO_DAY_OF_ACT = re.compile(r"\b(?:since|until|till|by|before|after|than)\s+(?:the\s+)?(?:early|late|mid)?\s*\Z", re.I)
_RECENT = timedelta(days=92)
"""How long "since" may reach back and still say when something happened."""
_NEXT_TO = 3
"""Characters between a name or date and the clause that is about it: "in May, when"."""

_ENTRY = re.compile(
    r"\W{0,3}[0-2]?\d[:.h][0-5]\d\b(?:\s*(?:am|pm|GMT|UTC|CET|EST|ET|local time))*\s*[-–—:|]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """One sentence with all that stands in it; offsets count from its start."""

    sentence: Sentence
    text: str
    """Its words, in small letters where all are capitals."""
    written: str
    """Its words as they stand in the article."""
    article: tuple[str, str]
    """The whole article in small letters where all are capitals, and as it stands."""
    is_entry: bool
    """Part of an entry of a running report, which begins with the time of day."""
    heading_day: DateMention | None
    """The day that the heading above it names."""
    acts: tuple[Act, ...]
    clauses: tuple[int, ...]
    """Of the acts."""
    parts: tuple[int, ...]
    """Where one statement ends and another begins: "…; …", "…, and …"."""
    map: ClauseMap
    said: tuple[Speech, ...]
    groups: tuple[Group, ...]
    group_clauses: tuple[int, ...]
    towns: frozenset[str]
    """Its names of places that are no countries."""
    dates: tuple[DateMention, ...]
    """Their offsets count in the article."""
    date_clauses: tuple[int, ...]

    def as_written(self, words: str) -> str:
        """Words of this sentence or an earlier one with the capitals they have in the article."""
        plain, text = self.article
        if plain is text or not words:
            return words
        at = self.text.find(words)
        at = at + self.sentence.start if at >= 0 else plain.find(words)
        return words if at < 0 else text[at : at + len(words)]

    def groups_left_to(self, number: int) -> list[Group]:
        """The places an act may have: those of its clause, or the one its clause is about ("X, where …")."""
        clause = self.clauses[number]
        opener, at = self.map.opened_by(clause)
        if opener in ("where", "which", "that") and clause not in self.group_clauses:
            return [group for group in self.groups if 0 <= at - group.end <= _NEXT_TO]
        return [self.groups[index] for index in left_to(number, self.clauses, self.group_clauses)]

    def dates_left_to(self, number: int) -> list[DateMention]:
        """The dates an act may have: those of its clause, or the one its clause is about ("in May, when …")."""
        clause = self.clauses[number]
        opener, at = self.map.opened_by(clause)
        if opener == "when" and clause not in self.date_clauses:
            start = self.sentence.start
            beside = [one for one in self.dates if 0 <= at - (one.end - start) <= _NEXT_TO]
            if beside:
                return beside
        if clause < 0 and clause not in self.date_clauses:
            return []
        return [self.dates[index] for index in left_to(number, self.clauses, self.date_clauses)]


def facts_of(text: str, published: date | None, located: Sequence[Located]) -> list[SentenceFacts]:
    """The facts of each sentence of the article's body, in order. ``located`` are its places, in order."""
    found = sentences(text)
    article = _Article(text, found, published, located)
    with_speeches = zip(found, speeches(article.plain, found), strict=True)
    return [article.facts(sentence, said) for sentence, said in with_speeches if sentence.role is SentenceRole.BODY]


class _Article:
    """What the sentences of an article are read with: its places and dates, in order, and what its headings say."""

    def __init__(
        self, text: str, found: Sequence[Sentence], published: date | None, located: Sequence[Located]
    ) -> None:
        self.text, self.plain = text, without_shouting(text)
        self._places, self._place_starts = located, [one.toponym.start for one in located]
        found_dates = (_date_of_acts(text, one, published) for one in find_dates(text, published))
        self._dates = [one for one in found_dates if one]
        self._date_starts = [one.start for one in self._dates]
        self._headed = _heading_days(found, self._dates)
        headings = [one.start for one in found if heading_end(self.plain[one.start : one.end])]
        self._entry_places = frozenset(headings if len(headings) > 1 else ())
        """Starts of the sentences that open with the place of an entry of a digest: "BOUAR – …"."""
        self._entries = {one.paragraph for one in found if _ENTRY.match(text, one.start)}

    def facts(self, sentence: Sentence, said: tuple[Speech, ...]) -> SentenceFacts:
        start, end = sentence.start, sentence.end
        words = self.plain[start:end]
        places = self._places[_within(self._place_starts, sentence)]
        acts = tuple(classify(words, [(one.toponym.start - start, one.toponym.end - start) for one in places]))
        clauses = clause_map(words) if acts else ClauseMap(((len(words), 0),), {})
        dateline = 0 if start in self._entry_places else dateline_end(words)
        here = tuple(groups(words, places, start, clauses, dateline)) if acts else ()
        dates = [one for one in self._dates[_within(self._date_starts, sentence)] if one.start >= start + dateline]
        return SentenceFacts(
            sentence=sentence, text=words, written=words if self.plain is self.text else self.text[start:end],
            article=(self.plain, self.text),
            is_entry=sentence.paragraph in self._entries, heading_day=self._headed.get(start),
            acts=acts, map=clauses, said=said, groups=here, dates=tuple(dates),
            towns=frozenset(one.toponym.text for one in places if one.precision is not GeoPrecision.COUNTRY),
            clauses=tuple(clauses.at(act.at) for act in acts),
            parts=tuple(parts_of(words_of(words))) if acts else (),
            group_clauses=tuple(clauses.at(group.start) for group in here),
            date_clauses=tuple(clauses.at(one.start - start) for one in dates),
        )  # fmt: skip


def _heading_days(found: Sequence[Sentence], mentions: Sequence[DateMention]) -> dict[int, DateMention]:
    """For each sentence, by its start, the day in the heading above it: "Situation report, 16 May"."""
    days: dict[int, DateMention] = {}
    last: DateMention | None = None
    starts = [one.start for one in mentions]
    for sentence in found:
        if sentence.role is SentenceRole.HEADLINE:
            here = [one for one in mentions[_within(starts, sentence)] if one.precision is DatePrecision.DAY]
            last = here[-1] if here else last
        elif last:
            days[sentence.start] = last
    return days


def _within(starts: Sequence[int], sentence: Sentence) -> slice:
    return slice(bisect_left(starts, sentence.start), bisect_left(starts, sentence.end))


def _date_of_acts(text: str, mention: DateMention, published: date | None) -> DateMention | None:
    """The phrase as one that can date an act, or None: "until Friday" and "since 2014" tell of other days.

    "Since Wednesday" is some time from then to publication, if that is not long.
    """
    before = _NO_DAY_OF_ACT.search(text, max(0, mention.start - 16), mention.start)
    if before is None:
        return mention
    is_since = before[0].lower().startswith("since") and mention.first is not None and published is not None
    if not is_since or mention.first is None or published is None:
        return None
    is_recent = timedelta() <= published - mention.first <= _RECENT
    return replace(mention, first=None, last=None, within=(mention.first, published)) if is_recent else None
