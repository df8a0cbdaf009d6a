"""The guard before every route of the server: which requests are answered, and what other sites may do.

Streamlit only checks the Host of WebSockets, lets every site read the static files, and does not restrict framing.
"""

from functools import partial
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from dashboard.access import EVERY_ADDRESS, Access, check_access, is_ip, is_loopback
from dashboard.project.disk.read_only import forbid_writing
from dashboard.settings import Settings

READ_ONLY = "This page is read-only."
_HOW = "set CONFLICTMAP_READ_ONLY=yes and CONFLICTMAP_WITHOUT_SIGN_IN=yes, or: conflictmap run --help"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
"""Methods of safe requests; other sites may send them, but cannot read the response."""
_CROSS_SITE_HEADERS = (b"access-control-", b"x-frame-options")
"""Streamlit's headers for other sites, which are replaced."""
_NO_FRAMES = [(b"content-security-policy", b"frame-ancestors 'self'"), (b"x-frame-options", b"SAMEORIGIN")]


def enter() -> Access:
    """Check how the server is configured, and forbid writing if it is read-only; return who may access it.

    Raises
    ------
    SettingsError
        Others could reach the page without explicit permission.
    """
    settings = Settings.from_environment()
    access = Access(address=config.get_option("server.address") or "", names=tuple(_allowed_hosts()))
    check_access(access, settings, _HOW)
    if settings.read_only:
        forbid_writing(READ_ONLY)
    if access.address in EVERY_ADDRESS:  # Streamlit cannot allow any IP address; the guard checks first
        config.set_option("server.allowedHosts", ["*"])
    return access


def _allowed_hosts() -> list[str]:
    return [name.strip().strip("[]") for name in config.get_option("server.allowedHosts")]


class Guard:
    """ASGI middleware: only answers requests under the page's own names; other sites may neither frame nor read it."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif refusal := self._refusal(scope):
            await _refuse(scope["type"], send, *refusal)
        else:
            await self._app(scope, receive, partial(_send, send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """The status and message for a request that is refused; None for one that is answered."""
        hosts, origins = _headers(scope, b"host"), _headers(scope, b"origin")
        if len(hosts) != 1 or not self._access.answers(hosts[0]):
            return 421, "The map is not here under this name. Whoever runs it can add one: --host-name NAME"
        # Otherwise Streamlit would ask an external service whether a foreign origin is this machine.
        if scope.get("method") not in _SAFE_METHODS and any(_without_scheme(one) != hosts[0] for one in origins):
            return 403, "Another site may not use the map."
        if self._access.is_local and not _came_to_this_machine(scope):
            return 403, "The map has no sign-in, and is for this machine alone. Start it with: conflictmap run --help"
        return None


def _headers(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _without_scheme(origin: str) -> str:
    return origin.partition("://")[2]


def _came_to_this_machine(scope: Scope) -> bool:
    """False for a request that arrived at an address reachable by others, whatever the configuration says."""
    server: tuple[str, int | None] | None = scope.get("server")
    return server is None or not is_ip(server[0]) or is_loopback(server[0])


async def _send(send: Send, message: Message) -> None:
    if message["type"] in ("http.response.start", "websocket.http.response.start"):
        kept = [
            (key, value) for key, value in message.get("headers", ()) if not key.lower().startswith(_CROSS_SITE_HEADERS)
        ]
        message = {**message, "headers": [*kept, *_NO_FRAMES]}
    await send(message)


async def _refuse(kind: str, send: Send, status: int, sentence: str) -> None:
    prefix = "websocket.http" if kind == "websocket" else "http"
    headers: list[Any] = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await _send(send, {"type": f"{prefix}.response.start", "status": status, "headers": headers})
    await send({"type": f"{prefix}.response.body", "body": f"{sentence}\n".encode()})
