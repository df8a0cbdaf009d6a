"""An online geocoder behind the embedded gazetteer: asked only when a person opts in, slowly, and once a name.

Whoever runs the server learns every name it is asked. So nothing here runs by default, names that an
abbreviation would twist are never sent, and what was answered is not asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from geopy.adapters import AdapterHTTPError, get_retry_after
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderTimedOut,
    GeopyError,
)
from geopy.geocoders import Nominatim

from dashboard import __version__
from dashboard.errors import GeocodingError, SettingsError, shown
from dashboard.geocode.online.answers import places_of
from dashboard.geocode.online.cache import LONGEST_PAUSE_SECONDS, AnswerCache, Clock, Gate, default_cache_path
from dashboard.geocode.online.http_adapter import HttpAdapter
from dashboard.geocode.resolve import NAME_LIMIT
from dashboard.model import Place
from dashboard.settings import Settings

PUBLIC_HOST = "nominatim.openstreetmap.org"
OSM_CREDIT = "© OpenStreetMap contributors (ODbL)"
_LANGUAGE = "en"
_RETRY_SECONDS = (5.0, 20.0)
"""Before the second and the third try, if the server names no time itself."""

_REFUSED = (GeocoderInsufficientPrivileges, GeocoderAuthenticationFailure)
"""Asking again would not help: the server does not want us (Nominatim blocks with 403)."""


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How a server is treated.

    The rules of nominatim.openstreetmap.org are an absolute maximum of one request a second for the whole
    application, no bulk work, and leaving when told to: https://operations.osmfoundation.org/policies/nominatim/
    """

    pause_seconds: float = 1.1
    timeout_seconds: float = 10.0
    tries: int = 3
    budget_seconds: float = 60.0
    """For one name: waiting for the turn, all tries and the pauses between them."""
    closed_seconds: float = 900.0
    """How long the server is left alone after the last try failed."""
    lookups: int = 50
    """Names one run may send: more would be bulk work, which needs a server of one's own."""


class Geocodes(Protocol):
    """Any geopy geocoder: raises on trouble, answers None or nothing when there is no such place."""

    def geocode(self, query: str, *, exactly_one: bool, timeout: float) -> Any:
        """A list of geopy Locations when ``exactly_one`` is False."""


@dataclass(frozen=True)
class Service:
    """Who answers: the name used in the cache and towards people, and the credit its licence asks for."""

    name: str
    credit: str = ""


class OnlineGeocoder:
    """A geopy geocoder with manners and a memory."""

    def __init__(
        self,
        geocoder: Geocodes,
        service: Service,
        cache_path: Path,
        manners: Manners | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.server = service.name
        self._geocoder = geocoder
        self._source = f"{service.credit} via {service.name}".strip()
        self._manners = manners or Manners()
        self._clock = clock or Clock()
        self._cache = AnswerCache(cache_path, self._clock)
        self._gate = Gate(cache_path, self._manners.pause_seconds, self._clock)
        self._lookups_left = self._manners.lookups

    def find(self, name: str, countries: Mapping[str, float] | None = None) -> Place | None:
        """The likeliest place of this name, or None if the service knows none.

        ``countries`` are votes by country code: an answer in the country most spoken of goes first,
        else the service's own order holds.

        Raises
        ------
        GeocodingError
            The service failed, or is being left alone after failing. Never stored as "not found".
        """
        votes = countries or {}
        places = () if is_abbreviation(name) or len(name) > NAME_LIMIT else self.find_all(" ".join(name.split()))
        return max(places, key=lambda place: votes.get(place.country_code, 0.0), default=None)

    def find_all(self, name: str) -> tuple[Place, ...]:
        """All places the service gives for the name, in its order; from the cache if it was asked of late."""
        stored = self._cache.get(self.server, name, _LANGUAGE)
        if stored is not None:
            return stored
        self._gate.refuse_if_closed(self.server)
        if self._lookups_left <= 0:
            raise GeocodingError(
                f"{self._manners.lookups} names were sent to {self.server} in this run, which is the limit. "
                "Run the command again for the rest, or set CONFLICTMAP_NOMINATIM_URL to a server of your own."
            )
        self._lookups_left -= 1
        places = self._ask(name)
        self._cache.put(self.server, name, _LANGUAGE, places)
        return places

    def _ask(self, name: str) -> tuple[Place, ...]:
        ends = self._clock.now() + self._manners.budget_seconds
        for attempt in range(self._manners.tries):
            try:
                with self._gate.turn(self.server, ends - self._clock.now()):
                    # Another process may have asked the same while this one waited.
                    stored = self._cache.get(self.server, name, _LANGUAGE)
                    return self._request(name) if stored is None else stored
            except GeocoderQueryError as error:
                raise GeocodingError(f"{self.server} does not take {shown(name)} as a question.") from error
            except GeopyError as error:
                failure = error
            pause = _retry_after(failure)
            if pause is None:
                pause = _RETRY_SECONDS[min(attempt, len(_RETRY_SECONDS) - 1)]
            last = attempt + 1 == self._manners.tries or isinstance(failure, _REFUSED)
            if last or self._clock.now() + pause >= ends:
                break
            self._gate.postpone(self.server, pause)
        raise self._closed(failure)

    def _request(self, name: str) -> tuple[Place, ...]:
        try:
            found = self._geocoder.geocode(name, exactly_one=False, timeout=self._manners.timeout_seconds)
        except GeopyError:
            raise
        except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
            # geopy reads an answer of another shape than it expects without a check.
            raise GeocoderParseError("the answer has another shape than expected") from error
        return places_of(found or (), self._source)

    def _closed(self, failure: GeopyError) -> GeocodingError:
        why = _in_words(failure)
        seconds = min(max(self._manners.closed_seconds, _retry_after(failure) or 0.0), LONGEST_PAUSE_SECONDS)
        self._gate.close(self.server, seconds, why)
        error = GeocodingError(
            f"{self.server} is not asked any more for {round(seconds / 60)} minutes, because {why}. "
            "Names the embedded gazetteer knows are placed all the same."
        )
        error.__cause__ = failure
        return error


def online_geocoder(
    settings: Settings,
    cache_path: Path | None = None,
    *,
    adapter_factory: Any = None,
    manners: Manners | None = None,
    clock: Clock | None = None,
) -> OnlineGeocoder:
    """Nominatim, the public server or one's own (CONFLICTMAP_NOMINATIM_URL). Calling this is the opt-in.

    Raises
    ------
    SettingsError
        The address cannot be used, or the public server is to be asked without CONFLICTMAP_CONTACT.
    """
    url = _checked_url(settings.nominatim_url)
    manners = manners or Manners()
    nominatim = Nominatim(
        domain=f"{url.netloc}{url.path}",
        scheme=url.scheme,
        user_agent=_user_agent(settings.contact, url),
        timeout=manners.timeout_seconds,
        adapter_factory=adapter_factory or HttpAdapter,
    )
    service = Service(f"{url.netloc}{url.path}", OSM_CREDIT)
    return OnlineGeocoder(_InEnglish(nominatim), service, cache_path or default_cache_path(), manners, clock)


@dataclass(frozen=True)
class _InEnglish:
    """Nominatim asked for what we store: English names and the address the place lies in."""

    nominatim: Any

    def geocode(self, query: str, *, exactly_one: bool, timeout: float) -> Any:
        return self.nominatim.geocode(
            query, exactly_one=exactly_one, timeout=timeout, limit=10, addressdetails=True, language=_LANGUAGE
        )


def is_abbreviation(name: str) -> bool:
    """True for names such as KP and U.A.E., which a server may read as the code of another country.

    Nominatim answers KP with North Korea.
    """
    letters = name.replace(".", "").strip()
    return len(letters) <= 3 and letters.isascii() and letters.upper() == letters


def _retry_after(failure: BaseException) -> float | None:
    """Seconds the server asked us to wait, whatever the status; None if it did not say."""
    cause = failure.__cause__
    seconds = get_retry_after(cause.headers) if isinstance(cause, AdapterHTTPError) else None
    return None if seconds is None else float(seconds)


def _in_words(failure: GeopyError) -> str:
    cause = failure.__cause__
    if isinstance(cause, AdapterHTTPError):
        return f"it answered with status {cause.status_code}{_HINTS.get(cause.status_code, '')}"
    if isinstance(failure, GeocoderTimedOut):
        return "it did not answer in time"
    if isinstance(failure, GeocoderParseError):
        return "its answer could not be understood"
    return f"it could not be reached ({shown(str(failure))})"


_HINTS = {
    403: " (it refuses this program or this address)",
    429: " (too many requests)",
}


def _checked_url(address: str) -> SplitResult:
    url = urlsplit(address.rstrip("/"))
    try:
        usable = bool(url.hostname) and url.port != 0 and url.scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable or url.username is not None or url.query or url.fragment:
        raise SettingsError(
            f"CONFLICTMAP_NOMINATIM_URL must look like https://host or http://host:port/path, got {shown(address)}."
        )
    return url


def _user_agent(contact: str, url: SplitResult) -> str:
    """Name, version and contact, as the server's rules demand: they block programs they cannot write to."""
    contact = contact.strip()
    if not contact and url.hostname == PUBLIC_HOST:
        raise SettingsError(
            f"{PUBLIC_HOST} wants to know whom to write to. Set CONFLICTMAP_CONTACT to your e-mail or web address."
        )
    if not (contact.isascii() and contact.isprintable()) or len(contact) > 200:
        raise SettingsError(f"CONFLICTMAP_CONTACT must be an e-mail or web address, got {shown(contact)}.")
    return f"conflict-map-dashboard/{__version__}{f' ({contact})' if contact else ''}"
