"""The days under the bars: readable at every width, whatever the span of the events."""

import pytest
from playwright.sync_api import expect

SPANS = {
    "a week": [f"2024-05-{day:02}" for day in range(1, 8)],
    "a year": [f"2023-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 11, 21)] + ["2023-12-31"],
    "two centuries": ["1850-03-01", "1919-05-06", "1979-12-24", "2025-10-19"],
}
WIDTHS = (320, 390, 768, 1440, 1920)


@pytest.fixture(scope="module")
def urls(start_server, tmp_path_factory):
    servers = []
    for days in SPANS.values():
        folder = tmp_path_factory.mktemp("span")
        rows = "".join(f"Event {n},Kabul,{day}\n" for n, day in enumerate(days))
        (folder / "events.csv").write_text("title,toponym,date_start\n" + rows)
        servers.append(start_server(folder))
    yield dict(zip(SPANS, (server.url for server in servers), strict=True))
    for server in servers:
        server.stop()


def shown_days(page):
    """Left and right edge of every day that is shown, in pixels, from left to right, and its words."""
    return page.locator(".days span").evaluate_all(
        """(spans) => spans.map((span) => [span.getBoundingClientRect(), span.textContent])
            .filter(([box]) => box.height > 0).map(([box, words]) => [box.left, box.right, words])"""
    )


@pytest.mark.parametrize("span", SPANS)
def test_days_under_the_bars_never_overlap_and_never_vanish(span, urls, page):
    page.goto(urls[span])
    expect(page.locator(".days span").first).to_be_attached(timeout=60_000)
    shown = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("window.innerWidth === " + str(width))
        shown[width] = shown_days(page)
        edges = [edge for left, right, _ in shown[width] for edge in (left, right)]
        assert edges == sorted(edges), (width, shown[width])
        assert edges[0] >= 0
        assert edges[-1] <= width
        assert len(shown[width]) >= 2
    assert len(shown[1920]) == page.locator(".days span").count()  # a wide screen leaves out none
