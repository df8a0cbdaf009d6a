"""How many independent sources tell of something: two prints of one agency's report are one."""

from dashboard.model import Article
from dashboard.review.incidents import independent_sources


def article(text):
    return Article(article_id="a1", title="", text=text, sha256="")


WIRE = (
    "Two soldiers were killed on Monday when a roadside bomb hit their convoy outside the town, officials said. "
    "No group claimed the attack. The army sent reinforcements to the area and closed the main road to the border."
)


def test_two_prints_of_one_report_are_one_source_and_another_report_is_a_second():
    reprint = WIRE.replace("officials said", "police said") + " Reporting by our staff."
    other = "A mine killed two soldiers near the town, a local journalist who reached the place said on Tuesday."
    assert independent_sources([article(WIRE), article(reprint)]) == 1
    assert independent_sources([article(WIRE), article(other), article(reprint)]) == 2
    assert independent_sources([article(""), article("")]) == 1
    assert independent_sources([]) == 0
