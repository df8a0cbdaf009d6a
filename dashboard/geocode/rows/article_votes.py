"""Which countries the articles of a project speak of, for the rows that come from them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from dashboard.geocode.cues import Names, country_votes
from dashboard.geocode.qualified import resolve_name
from dashboard.geocode.scoring import Context
from dashboard.model import Article
from dashboard.tables import Row


class ArticleVotes:
    """Which countries each article speaks of: by its text, and by the clear ones of its toponyms."""

    def __init__(self, articles: Mapping[str, Article], names: Names, rows: Sequence[Row]) -> None:
        self._articles, self._names = articles, names
        self._texts: dict[str, Counter[str]] = {}
        self._toponyms: dict[str, set[str]] = {}
        self._clear_country = cache(self._country_if_clear)
        self._by_toponyms = cache(self._votes_of_toponyms)
        for row in rows:
            self._toponyms.setdefault(row.get("article_id", "").strip(), set()).add(row.get("toponym", "").strip())

    def votes(self, article_id: str, toponym: str, words: str) -> Mapping[str, float]:
        """Votes by country code. Without an article only the row's own words count."""
        if not article_id:
            return country_votes(words, self._names)
        if article_id not in self._texts:
            article = self._articles.get(article_id)
            self._texts[article_id] = country_votes(article.text if article else words, self._names)
        return self._texts[article_id] + self._by_toponyms(article_id) - Counter([self._clear_country(toponym)])

    def _votes_of_toponyms(self, article_id: str) -> Counter[str]:
        return Counter(code for name in sorted(self._toponyms[article_id]) if (code := self._clear_country(name)))

    def _country_if_clear(self, toponym: str) -> str:
        found = resolve_name(toponym, Context(), self._names) if toponym else None
        return found.place.country_code if found and not found.ambiguous else ""
