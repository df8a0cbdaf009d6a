"""Who may request the page: where it listens, which host names it answers to, and when others may reach it.

A browser that reaches the page under a foreign name (DNS rebinding) sends that name as Host, and treats the response as
that site's own. A bare IP address cannot be rebound: it is answered if the page listens on every address.
"""

import ipaddress
import re
from dataclasses import dataclass

from dashboard.errors import SettingsError, shown
from dashboard.settings import Settings

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
"""The host names by which a browser on this machine requests the page."""
EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - to be recognised
_HOST = re.compile(r"(?:\[(?P<ip>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{0,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the page listens, and the host names it answers to besides this machine's own."""

    address: str = "127.0.0.1"
    """An IP address or a name of this machine; any of `EVERY_ADDRESS` means all its addresses."""
    names: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """All host names that are answered, each once."""
        own = () if self.address in EVERY_ADDRESS else (self.address,)
        return tuple(dict.fromkeys(name.casefold() for name in (*THIS_MACHINE, *own, *self.names)))

    @property
    def is_local(self) -> bool:
        """True if nobody on another machine is meant to reach the page, directly or through a proxy."""
        return all(is_loopback(name) for name in (self.address, *self.hosts))

    def answers(self, host: str) -> bool:
        """Whether a request with this Host header, with or without a port, is answered."""
        name = host_name(host)
        return name in self.hosts or (self.address in EVERY_ADDRESS and is_ip(name))


def host_name(host: str) -> str:
    """The name in a Host header, without the port and in lower case; "" if it is invalid."""
    match = _HOST.fullmatch(host)
    return (match["ip"] or match["name"]).casefold().removesuffix(".") if match else ""


def is_ip(name: str) -> bool:
    """True for an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """True for a name or address that only this machine can reach."""
    return name.casefold() == "localhost" or (is_ip(name) and ipaddress.ip_address(name).is_loopback)


def check_access(access: Access, settings: Settings, how: str) -> None:
    """Refuse to serve others without a sign-in, unless that was explicitly requested and nothing can be changed.

    ``how`` completes the message: how to request it.

    Raises
    ------
    SettingsError
        It was not requested, or a name is not a valid host name.
    """
    for name in access.names:
        if not name or host_name(f"[{name}]" if ":" in name else name) != name.casefold():
            raise SettingsError(f"The name of a host looks like map.example.org, without a port; got {shown(name)}.")
    if access.is_local or (settings.without_sign_in and settings.read_only):
        return
    place = "every address of this machine" if access.address in EVERY_ADDRESS else access.address
    if is_loopback(access.address):
        place = next(name for name in access.hosts if not is_loopback(name))
    raise SettingsError(
        f"The page would be open to others at {place}, and it has no sign-in: whoever reaches it reads all of the "
        f"project. If that is meant, and nobody is to change anything: {how}"
    )
