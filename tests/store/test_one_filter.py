"""`Filters.admits` asks of one event what the stores ask of a whole table: both, and plain Python, must agree."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.filters import Filters
from dashboard.model import Article
from dashboard.project.read import Project
from dashboard.store.search.words import find_in
from tests.support.made_events import answered, made_events, made_filters, made_places, passes, store_of

PAPERS = ("The Paper", "Das Blatt", "")


def made_project(chance):
    places = made_places(chance)
    articles = {
        f"a{n}": Article(article_id=f"a{n}", title="", text="", sha256="", publisher=paper)
        for n, paper in enumerate(PAPERS)
    }
    events = [
        replace(event, article_id=chance.choice(["", "gone", *articles])) for event in made_events(chance, 400, places)
    ]
    return Project(folder=Path(), articles=articles, places=places, events=tuple(events), version="1")


def publisher_of(project, event):
    return project.articles[event.article_id].publisher if event.article_id in project.articles else ""


@pytest.mark.parametrize("kind", ["project", "parquet", "cube"])
def test_the_stores_list_and_count_what_the_filters_admit(kind):
    chance = random.Random(11)
    project = made_project(chance)
    store = store_of(kind, project)
    texts = tuple(f"{event.title} {event.passage} {event.actor1} {event.actor2}" for event in project.events)
    seen = 0
    for _ in range(80):
        papers = tuple(chance.sample(PAPERS[:2], chance.choice([0, 0, 0, 1])))
        filters = answered(replace(made_filters(chance), publishers=papers), store)
        found = find_in(texts, filters.words) if filters.words else range(len(texts))
        admitted = {
            event.event_id for number, event in enumerate(project.events)
            if number in found and filters.admits(event, publisher_of(project, event))
        }  # fmt: skip
        by_hand = {
            event.event_id for event in project.events
            if passes(event, filters) and (not filters.publishers or publisher_of(project, event) in filters.publishers)
        }  # fmt: skip
        assert admitted == by_hand
        assert {event.event_id for event in store.events(filters, limit=1000)} == admitted
        assert store.summarise(filters).matched == store.count(filters) == len(admitted)
        seen += len(admitted)
    assert seen > 500, "or the filters were so narrow that nothing was compared"


def test_nobody_can_ask_for_an_empty_name():
    project = made_project(random.Random(3))
    store = store_of("project", project)
    for filters in (Filters(actors=("",)), Filters(publishers=("",)), Filters(place_ids=("",))):
        assert not store.count(filters)
        assert not any(filters.admits(event, publisher_of(project, event)) for event in project.events)
