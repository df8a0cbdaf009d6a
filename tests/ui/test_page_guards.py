"""What guards the page against other sites and hostile articles: each test fails once its guard is taken away."""

import http.client
import re
from datetime import date

import pytest
from playwright.sync_api import expect

from dashboard.model import Article, DatePrecision, Event, EventType, GeoPrecision
from dashboard.ui.shared import cards, reader

XSRF = "_streamlit_xsrf"
MEGABYTE = 1024 * 1024
SECRET = "the informant is in Kandahar"


# --- links


def article(url):
    return Article(article_id="a1", title="Title", text="A bomb exploded in Kabul.", sha256="0" * 64, url=url,
                   publisher="Dawn", published=date(2025, 10, 29))  # fmt: skip


EVENT = Event(
    event_id="e1", incident_id="e1", title="", event_type=EventType.EXPLOSION, passage="A bomb exploded in Kabul.",
    article_id="a1", char_start=0, char_end=25, toponym="Kabul", geo_precision=GeoPrecision.UNLOCATED,
    date_precision=DatePrecision.UNKNOWN,
)  # fmt: skip
SHOWN = {
    "card": lambda url: cards.card_html(EVENT, None, article(url)),
    "reader": lambda url: reader.article_head(article(url), 1),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://paper.test/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//paper.test/1",
        "https://bbc.co.uk@evil.test/",
        "https://paper.test/' onclick='alert(1)",
        "",
    ],
)
def test_an_address_that_is_no_plain_web_address_is_no_link(show, url):
    shown = show(url)
    assert "Dawn" in shown
    assert not re.search(r"<a\b|href|javascript|onclick|evil", shown, re.IGNORECASE)


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_a_web_address_is_a_link_that_names_its_host_and_tells_it_nothing(show):
    link = "<a href='https://paper.test/1?a=b&amp;c' target='_blank' rel='noopener noreferrer'>paper.test</a>"
    assert link in show("https://paper.test/1?a=b&c")


# --- uploads and forms of other sites


@pytest.fixture(scope="module")
def server(start_server, tmp_path_factory):
    return start_server(tmp_path_factory.mktemp("guards") / "new")


def put(server, *, token, cookie, length=10):
    """The status of an upload that announces so many bytes, and what is said of it; the session is nobody's."""
    port = int(server.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"X-Xsrftoken": token, "Cookie": f"{XSRF}={cookie}", "Content-Length": str(length), "Origin": server.url}
    connection.request("PUT", "/_stcore/upload_file/nobody/1", b"x" * 10, {k: v for k, v in headers.items() if v})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_a_request_without_the_pages_token_uploads_nothing(server):
    connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=20)
    connection.request("GET", "/_stcore/health")
    (given,) = [value for name, value in connection.getresponse().getheaders() if name.lower() == "set-cookie"]
    connection.close()
    assert "samesite=strict" in given.lower()  # else a form of another site would bring it along
    token = re.search(rf"{XSRF}=([^;]+)", given)[1]
    for theirs, cookie in ((None, token), (token, ""), ("", ""), ("forged", token)):
        assert put(server, token=theirs, cookie=cookie) == (403, "XSRF token missing or invalid")
    assert put(server, token=token, cookie=token)[0] == 400, "with the token it is only the session that is unknown"


def test_a_file_above_the_limit_is_refused_and_one_below_is_taken(server, page, tmp_path):
    page.goto(f"{server.url}/sources")
    files = page.locator("input[type=file]")
    files.wait_for(state="attached", timeout=60_000)
    big, fit = tmp_path / "big.txt", tmp_path / "fit.txt"
    big.write_bytes(b"Clashes in Goma. " * (51 * MEGABYTE // 17))
    fit.write_bytes(b"A bomb exploded in Kabul on Monday.")
    files.set_input_files(big)
    expect(page.get_by_text("File must be 50.0MB or smaller.")).to_be_visible(timeout=60_000)
    page.reload()
    sent = []
    page.on("request", lambda request: request.method == "PUT" and sent.append(request))
    files.wait_for(state="attached", timeout=60_000)
    files.set_input_files(fit)
    expect(page.locator(".article-text")).to_contain_text("A bomb exploded in Kabul", timeout=60_000)
    (request,) = sent
    status = page.evaluate(
        "async ([url, headers, n]) => (await fetch(url, {method: 'PUT', headers, body: 'x'.repeat(n)})).status",
        [request.url, {"X-Xsrftoken": request.headers["x-xsrftoken"], "Content-Type": "text/plain"}, 50 * MEGABYTE + 1],
    )
    assert status == 413, "who does not ask the page asks the server"


# --- errors


def test_an_unforeseen_error_tells_the_reader_nothing_of_what_it_held(serve, page, tmp_path):
    script = tmp_path / "own" / "fails.py"
    script.parent.mkdir()
    script.write_text(f"import streamlit as st\nst.text('before')\nraise ValueError({SECRET!r})\n")
    server = serve(tmp_path, script=script)
    page.goto(server.url)
    shown = page.get_by_test_id("stException")
    shown.wait_for(timeout=60_000)
    words = page.locator("body").inner_text()
    assert "before" in words
    for told in (SECRET, "ValueError", "Traceback", "fails.py"):
        assert told not in words, words
    assert SECRET in server.output(), "who runs the page reads it"
