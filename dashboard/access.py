"""Who may ask for the page: where it listens, the names it answers to, and what is asked before others may reach it.

A browser that was led here under a foreign name (DNS rebinding) sends that name as Host, and takes what comes back for
that site's own. A bare IP address cannot be rebound: it is answered where the page listens at every address.
"""

import ipaddress
import re
from dataclasses import dataclass

from dashboard.errors import SettingsError, shown
from dashboard.settings import Settings

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
"""The names under which a browser on this machine asks for the page."""
EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - to be recognised
_HOST = re.compile(r"(?:\[(?P<ip>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::[0-9]{0,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the page listens, and the names of hosts under which it answers besides this machine's own."""

    address: str = "127.0.0.1"
    """An IP address or a name of this machine; one of `EVERY_ADDRESS`: all it has."""
    names: tuple[str, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """All names that are answered, each once."""
        own = () if self.address in EVERY_ADDRESS else (self.address,)
        return tuple(dict.fromkeys(name.casefold() for name in (*THIS_MACHINE, *own, *self.names)))

    @property
    def is_local(self) -> bool:
        """True if nobody on another machine is meant to reach the page, itself or through a proxy."""
        return all(is_loopback(name) for name in (self.address, *self.hosts))

    def answers(self, host: str) -> bool:
        """Whether a request with this Host header, which may name a port, is answered."""
        name = host_name(host)
        return name in self.hosts or (self.address in EVERY_ADDRESS and is_ip(name))


def host_name(host: str) -> str:
    """The name in a Host header, without the port and in small letters; "" if it is none."""
    found = _HOST.fullmatch(host)
    return (found["ip"] or found["name"]).casefold().removesuffix(".") if found else ""


def is_ip(name: str) -> bool:
    """True for an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """True for what only this machine reaches."""
    return name.casefold() == "localhost" or (is_ip(name) and ipaddress.ip_address(name).is_loopback)


def check_access(access: Access, settings: Settings, how: str) -> None:
    """Refuse to serve others without a sign-in, unless that was said to be meant and nothing can be changed.

    ``how`` tells, at the end of the sentence, what to write to have it all the same.

    Raises
    ------
    SettingsError
        It was not said, or a name is no host's name.
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
