"""A real HTTP server on this machine that answers as Nominatim does, and as a Nominatim in trouble does."""

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from dashboard.settings import Settings

SPIN_BOLDAK = {
    "place_id": 1,
    "osm_type": "node",
    "osm_id": 250867023,
    "lat": "31.0049",
    "lon": "66.4003",
    "addresstype": "town",
    "name": "Spin Boldak",
    "display_name": "Spin Boldak, Kandahar Province, Afghanistan",
    "address": {"state": "Kandahar Province", "country_code": "af"},
    "boundingbox": ["30.9", "31.1", "66.3", "66.5"],
}
CHAMAN_IR = {**SPIN_BOLDAK, "osm_id": 7, "address": {"country_code": "ir"}, "name": "Chaman"}
CHAMAN_PK = {**SPIN_BOLDAK, "osm_id": 8, "address": {"country_code": "pk"}, "name": "Chaman"}


@dataclass
class Server:
    """Answers each name with what is set for it (`answer` or `text`; the last one for ever), and keeps what it was
    asked: name, time of receipt, headers, path.
    """

    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    port: int = 0

    def settings(self, **changes):
        return Settings(nominatim_url=f"http://127.0.0.1:{self.port}/nominatim", contact="desk@example.org", **changes)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        stand = self.server.stand
        query = parse_qs(urlsplit(self.path).query).get("q", [""])[0]
        stand.asked.append((query, time.time(), dict(self.headers), self.path))
        answers = stand.answers.get(query, [(200, {}, b"[]", 0)])
        status, headers, body, delay = answers.pop(0) if len(answers) > 1 else answers[0]
        time.sleep(delay)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


def answer(*places, status=200, delay=0.0, **headers):
    return status, headers, json.dumps(places).encode(), delay


def text(body, status=200, **headers):
    return status, headers, body, 0.0


@contextmanager
def running():
    """The server on a free port, for as long as the block runs."""
    stand = Server()
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.stand = stand
    stand.port = httpd.server_port
    threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
    yield stand
    httpd.shutdown()
    httpd.server_close()
