"""Settings: read once at the entry points (command line, page) and passed down as an argument.

Every environment variable the program knows starts with ``CONFLICTMAP_`` and is listed in `VARIABLES`,
which the README's table is tested against.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.errors import SettingsError

VARIABLES = {
    "CONFLICTMAP_DATA": "folder of the project (articles.csv, events.csv, places.csv); default: data",
    "CONFLICTMAP_GEOCODER": "an online geocoder behind the embedded gazetteer: none (default) or nominatim",
    "CONFLICTMAP_NOMINATIM_URL": "the Nominatim server to ask; default: https://nominatim.openstreetmap.org",
    "CONFLICTMAP_CONTACT": "your e-mail or web address, sent to the geocoder as its rules demand",
    "CONFLICTMAP_REVIEWER": "your name as a reviewer; without it the page asks once",
    "CONFLICTMAP_READ_ONLY": "yes: nothing in the project is changed, as with --read-only",
    "CONFLICTMAP_WITHOUT_SIGN_IN": "yes: others may reach a read-only page, as with --without-sign-in",
}


def cache_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder for this program; anything lost there is recreated."""
    env = os.environ if environment is None else environment
    base = env.get("XDG_CACHE_HOME") or env.get("LOCALAPPDATA") or str(Path.home() / ".cache")
    return Path(base) / "conflict-map-dashboard"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the data is, and which hosts may be queried: none by default."""

    data: Path = Path("data")
    geocoder: str = "none"
    nominatim_url: str = "https://nominatim.openstreetmap.org"
    contact: str = ""
    reviewer: str = ""
    read_only: bool = False
    without_sign_in: bool = False
    """Whether everybody who can reach the page is explicitly allowed to read it."""

    def __post_init__(self) -> None:
        if self.geocoder not in ("none", "nominatim"):
            raise SettingsError(f"CONFLICTMAP_GEOCODER must be none or nominatim, got {self.geocoder!r}.")
        if not self.nominatim_url.startswith(("http://", "https://")):
            raise SettingsError(
                f"CONFLICTMAP_NOMINATIM_URL must start with http:// or https://, got {self.nominatim_url!r}."
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None, *, data: Path | None = None) -> "Settings":
        """Read the environment; ``data``, the command line's ``--data``, takes precedence over CONFLICTMAP_DATA."""
        env = os.environ if environment is None else environment
        return cls(
            data=data or Path(env.get("CONFLICTMAP_DATA") or cls.data),
            geocoder=env.get("CONFLICTMAP_GEOCODER") or cls.geocoder,
            nominatim_url=env.get("CONFLICTMAP_NOMINATIM_URL") or cls.nominatim_url,
            contact=env.get("CONFLICTMAP_CONTACT") or cls.contact,
            reviewer=env.get("CONFLICTMAP_REVIEWER") or cls.reviewer,
            read_only=_is_yes(env, "CONFLICTMAP_READ_ONLY"),
            without_sign_in=_is_yes(env, "CONFLICTMAP_WITHOUT_SIGN_IN"),
        )


def _is_yes(env: Mapping[str, str], name: str) -> bool:
    """Accept only yes, no and nothing: nobody should have to guess whether a safeguard of the project is on."""
    value = (env.get(name) or "no").strip().casefold()
    if value not in ("yes", "no"):
        raise SettingsError(f"{name} must be yes or no, got {env[name]!r}.")
    return value == "yes"
