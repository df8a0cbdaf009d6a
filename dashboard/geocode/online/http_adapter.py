"""The only way out to an online geocoder, built for servers that are slow, broken or not what they say."""

import json
import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderTimedOut, GeocoderUnavailable

_MAX_ANSWER_BYTES = 1_000_000


class HttpAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy is untyped
    """Follows no redirect, reads at most a megabyte, and counts the whole answer's time.

    geopy's own adapters try a lost connection three times without a pause and read as long as bytes drip in.
    """

    def __init__(self, *, proxies: dict[str, str] | None, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        handlers = (HTTPSHandler(context=ssl_context), ProxyHandler(proxies), _NoRedirect())
        self._open = build_opener(*handlers).open

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """The parsed answer. Raises geopy's errors, `GeocoderParseError` if it is no JSON."""
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError("the answer is no JSON") from error

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """The answer's text. Raises geopy's errors, one for each kind of trouble."""
        ends = time.monotonic() + timeout
        try:
            with self._open(Request(url, headers=dict(headers)), timeout=timeout) as answer:  # noqa: S310  # _checked_url
                return _read(answer, ends).decode("utf-8", errors="replace")
        except HTTPError as error:
            lower = {name.lower(): value for name, value in error.headers.items()}
            raise AdapterHTTPError(str(error), status_code=error.code, headers=lower, text="") from error
        except TimeoutError as error:
            raise GeocoderTimedOut("no answer in time") from error
        except URLError as error:
            kind = GeocoderTimedOut if isinstance(error.reason, TimeoutError) else GeocoderUnavailable
            raise kind(str(error.reason)) from error
        except (OSError, HTTPException) as error:
            raise GeocoderUnavailable(str(error)) from error


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would send the name to a host nobody opted into."""

    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        return None


def _read(answer: HTTPResponse, ends: float) -> bytes:
    parts: list[bytes] = []
    while part := answer.read1(65_536):
        parts.append(part)
        if time.monotonic() > ends:
            raise GeocoderTimedOut("no answer in time")
        if sum(map(len, parts)) > _MAX_ANSWER_BYTES:
            raise GeocoderParseError("the answer is longer than a megabyte")
    return b"".join(parts)
