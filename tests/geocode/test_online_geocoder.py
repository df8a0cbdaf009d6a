"""The online geocoder against a real HTTP server on this machine that speaks Nominatim's JSON."""

import subprocess
import sys
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from geopy.exc import GeocoderServiceError
from geopy.location import Location

from dashboard.errors import GeocodingError, SettingsError
from dashboard.geocode.online.cache import Clock
from dashboard.geocode.online.geocoder import Manners, OnlineGeocoder, Service, online_geocoder
from dashboard.settings import Settings
from tests.support.nominatim_server import CHAMAN_IR, CHAMAN_PK, SPIN_BOLDAK, answer, running, text


@pytest.fixture
def server():
    with running() as stand:
        yield stand


@dataclass
class Hours:
    """A clock that goes on only by being slept on or set."""

    at: float = 1_800_000_000.0
    slept: list = field(default_factory=list)

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.at += seconds

    def clock(self):
        return Clock(now=lambda: self.at, sleep=self.sleep)


@pytest.fixture
def hours():
    return Hours()


@pytest.fixture
def geocoder(server, tmp_path, hours):
    return online_geocoder(server.settings(), tmp_path / "cache.sqlite", clock=hours.clock())


def test_a_found_place_carries_its_source_and_is_asked_for_only_once(server, geocoder):
    server.answers["Spin Boldak"] = [answer(SPIN_BOLDAK)]
    first = geocoder.find("Spin Boldak")
    again = geocoder.find("  spin   BOLDAK ")
    assert first == again
    assert len(server.asked) == 1
    assert (first.place_id, first.name, first.feature_code) == ("osm:node250867023", "Spin Boldak", "PPL")
    assert (first.latitude, first.longitude) == pytest.approx((31.0049, 66.4003))
    assert (first.country_code, first.admin1_name) == ("AF", "Kandahar Province")
    assert first.source == f"© OpenStreetMap contributors (ODbL) via 127.0.0.1:{server.port}/nominatim"


def test_the_request_says_who_asks_and_asks_for_one_page_of_english_names(server, geocoder):
    geocoder.find("Spin Boldak")
    _, _, headers, path = server.asked[0]
    assert headers["User-Agent"] == "conflict-map-dashboard/0.1.0 (desk@example.org)"
    query = parse_qs(urlsplit(path).query)
    assert urlsplit(path).path == "/nominatim/search"
    assert (query["limit"], query["accept-language"], query["addressdetails"]) == (["10"], ["en"], ["1"])


def test_the_country_spoken_of_chooses_among_the_answers(server, geocoder):
    server.answers["Chaman"] = [answer(CHAMAN_IR, CHAMAN_PK)]
    assert geocoder.find("Chaman").country_code == "IR"
    assert geocoder.find("Chaman", {"PK": 2.0}).country_code == "PK"
    assert len(server.asked) == 1


def test_not_found_is_kept_for_a_week_and_found_for_ninety_days(server, geocoder, hours):
    server.answers["Spin Boldak"] = [answer(SPIN_BOLDAK)]
    assert geocoder.find("Nowhere") is None
    assert geocoder.find("Spin Boldak") is not None
    hours.at += 6 * 86_400
    assert geocoder.find("Nowhere") is None
    assert len(server.asked) == 2
    hours.at += 2 * 86_400
    assert geocoder.find("Nowhere") is None
    assert [name for name, *_ in server.asked] == ["Nowhere", "Spin Boldak", "Nowhere"]
    hours.at += 81 * 86_400
    assert geocoder.find("Spin Boldak") is not None
    assert len(server.asked) == 3
    hours.at += 2 * 86_400
    assert geocoder.find("Spin Boldak") is not None
    assert len(server.asked) == 4


def test_too_many_requests_are_answered_by_waiting_as_long_as_asked(server, geocoder, hours):
    server.answers["Chaman"] = [text(b"slow down", 429, **{"Retry-After": "7"}), answer(CHAMAN_PK)]
    assert geocoder.find("Chaman").country_code == "PK"
    assert max(hours.slept) == pytest.approx(7)
    assert len(server.asked) == 2


def test_a_pause_longer_than_the_budget_stops_all_requests_until_it_is_over(server, geocoder, hours):
    server.answers["Chaman"] = [text(b"", 503, **{"Retry-After": "3600"}), answer(CHAMAN_PK)]
    with pytest.raises(GeocodingError, match="not asked any more for 60 minutes, because it answered with status 503"):
        geocoder.find("Chaman")
    hours.at += 3500
    with pytest.raises(GeocodingError, match="left alone for 2 more minutes"):
        geocoder.find("Spin Boldak")
    assert len(server.asked) == 1
    hours.at += 200
    assert geocoder.find("Chaman") is not None


@pytest.mark.parametrize(
    ("reply", "tries", "words"),
    [
        (text(b"", 500), 3, "status 500"),
        (text(b"", 429), 3, r"status 429 \(too many requests\)"),
        (text(b"", 403), 1, r"status 403 \(it refuses this program or this address\)"),
        (text(b"<html>hello</html>"), 3, "could not be understood"),
        (text(b"[1, 2]"), 3, "could not be understood"),
        (text(b'[{"name": "no point"}]'), 3, "could not be understood"),
        (answer({**SPIN_BOLDAK, "lat": "nan"}), 3, "could not be understood"),
        (text(b"[" * 100_000), 3, "could not be understood"),
        (text(b'"' + b"x" * 1_100_000 + b'"'), 3, "could not be understood"),
        (text(b"", 302, Location="http://127.0.0.1:9/elsewhere"), 3, "status 302"),
    ],
)
def test_failures_are_tried_at_most_thrice_then_the_server_is_left_alone(server, geocoder, hours, reply, tries, words):
    server.answers["Chaman"] = [reply]
    with pytest.raises(GeocodingError, match=f"15 minutes, because .*{words}"):
        geocoder.find("Chaman")
    assert len(server.asked) == tries
    with pytest.raises(GeocodingError, match="left alone"):
        geocoder.find("Spin Boldak")
    assert len(server.asked) == tries
    hours.at += 901
    server.answers["Chaman"] = [answer(CHAMAN_PK)]
    assert geocoder.find("Chaman").country_code == "PK", "the failure was not kept as an answer"


def test_a_slow_answer_counts_as_none(server, tmp_path, hours):
    manners = Manners(timeout_seconds=0.2)
    geocoder = online_geocoder(server.settings(), tmp_path / "c.sqlite", manners=manners, clock=hours.clock())
    server.answers["Chaman"] = [answer(CHAMAN_PK, delay=1.0)]
    with pytest.raises(GeocodingError, match="did not answer in time"):
        geocoder.find("Chaman")
    assert len(server.asked) == 3


def test_a_server_that_is_not_there_is_named(tmp_path, hours):
    settings = Settings(nominatim_url="http://127.0.0.1:9")
    with pytest.raises(GeocodingError, match=r"^127\.0\.0\.1:9 is not asked any more .* could not be reached"):
        online_geocoder(settings, tmp_path / "c.sqlite", clock=hours.clock()).find("Chaman")


def test_abbreviations_never_leave_the_machine(server, geocoder):
    for name in ("KP", "K.P.", "UN", "AJK"):
        assert geocoder.find(name) is None
    assert server.asked == []


def test_places_from_outside_are_cleaned_and_what_is_no_place_is_left_out(server, geocoder):
    strange = {
        "osm_type": "../../etc",
        "osm_id": "7; drop",
        "lat": "1",
        "lon": "2",
        "display_name": "A\u202eb\u0000\n c" + "x" * 500,
        "address": ["not", "a", "table"],
        "boundingbox": "?",
    }
    server.answers["Odd"] = [answer({**SPIN_BOLDAK, "name": "", "display_name": " , x"}, strange)]
    (place,) = geocoder.find_all("Odd")
    assert place.place_id.startswith("online:")
    assert place.name.startswith("Ab cxxx")
    assert len(place.name) == 120
    assert (place.country_code, place.radius_km) == ("", None)


def test_a_run_sends_no_more_than_its_limit_of_names(server, tmp_path, hours):
    manners = Manners(lookups=2)
    geocoder = online_geocoder(server.settings(), tmp_path / "c.sqlite", manners=manners, clock=hours.clock())
    geocoder.find("Alpha")
    geocoder.find("Bravo")
    with pytest.raises(GeocodingError, match=r"2 names were sent .* the limit"):
        geocoder.find("Charlie")
    assert geocoder.find("Alpha") is None, "stored answers cost nothing"
    assert len(server.asked) == 2


ASK_FOUR = """
import sys
from pathlib import Path
from dashboard.geocode.online.geocoder import online_geocoder
from dashboard.settings import Settings
geocoder = online_geocoder(Settings(nominatim_url=sys.argv[1]), Path(sys.argv[2]))
for number in range(2):
    geocoder.find(f"{sys.argv[3]} {number}")
geocoder.find("The same")
"""


def test_two_processes_together_keep_to_one_request_a_second(server, tmp_path):
    url, cache = f"http://127.0.0.1:{server.port}", str(tmp_path / "shared.sqlite")
    server.answers["One 0"] = [answer(delay=0.4)]
    processes = [subprocess.Popen([sys.executable, "-c", ASK_FOUR, url, cache, name]) for name in ("One", "Two")]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    times = sorted(at for _, at, *_ in server.asked)
    assert len(times) == 5, "four names of their own, and the one they share only once"
    assert min(later - earlier for earlier, later in pairwise(times)) >= 1.0


def test_any_geopy_geocoder_can_stand_behind(tmp_path, hours):
    class Island:
        def geocode(self, query, *, exactly_one, timeout):
            assert not exactly_one
            assert timeout == 10
            if query == "Trouble":
                raise GeocoderServiceError("out of order")
            return [Location("Socotra, Yemen", (12.5, 53.9), {"id": 1})] if query == "Socotra" else None

    geocoder = OnlineGeocoder(Island(), Service("island.example"), tmp_path / "c.sqlite", clock=hours.clock())
    place = geocoder.find("Socotra")
    assert (place.name, place.latitude, place.source) == ("Socotra", 12.5, "via island.example")
    assert geocoder.find("Atlantis") is None
    with pytest.raises(GeocodingError, match=r"could not be reached \('out of order'\)"):
        geocoder.find("Trouble")


def test_the_public_server_is_not_asked_without_a_contact(tmp_path):
    with pytest.raises(SettingsError, match="Set CONFLICTMAP_CONTACT to your e-mail or web address"):
        online_geocoder(Settings(), tmp_path / "c.sqlite")
    with pytest.raises(SettingsError, match="must be an e-mail or web address"):
        online_geocoder(Settings(contact="me@example.org\r\nHost: x"), tmp_path / "c.sqlite")


@pytest.mark.parametrize(
    "url", ["https://", "http://user:pw@host", "http://host?x=1", "http://host:99999", "http://h:0"]
)
def test_an_address_that_cannot_be_asked_is_refused(server, tmp_path, url):
    with pytest.raises(SettingsError, match="must look like https://host"):
        online_geocoder(replace(server.settings(), nominatim_url=url), tmp_path / "c.sqlite")


def test_a_cache_that_is_no_cache_is_named(server, tmp_path):
    (tmp_path / "c.sqlite").write_bytes(b"this is no database, and longer than a header of one hundred bytes" * 3)
    with pytest.raises(GeocodingError, match=r"c\.sqlite cannot be used .* Delete it"):
        online_geocoder(server.settings(), tmp_path / "c.sqlite").find("Chaman")


def test_the_cache_is_for_its_owner_only(server, geocoder, tmp_path: Path):
    geocoder.find("Chaman")
    assert (tmp_path / "cache.sqlite").stat().st_mode & 0o077 == 0
