"""Settings from the environment and from the command line, and the ones that cannot be used."""

from pathlib import Path

import pytest

from dashboard.errors import SettingsError
from dashboard.settings import VARIABLES, Settings


def test_with_no_variable_set_nothing_may_be_asked():
    settings = Settings.from_environment({})
    assert (settings.data, settings.geocoder, settings.contact) == (Path("data"), "none", "")


def test_every_variable_listed_is_read_and_an_empty_one_counts_as_unset():
    values = {
        "CONFLICTMAP_DATA": "/srv/map",
        "CONFLICTMAP_GEOCODER": "nominatim",
        "CONFLICTMAP_NOMINATIM_URL": "http://127.0.0.1:8080",
        "CONFLICTMAP_CONTACT": "desk@example.org",
        "CONFLICTMAP_REVIEWER": "Ana",
        "CONFLICTMAP_READ_ONLY": "yes",
        "CONFLICTMAP_WITHOUT_SIGN_IN": "Yes",
    }
    assert set(values) == set(VARIABLES)
    assert Settings.from_environment(values) == Settings(
        data=Path("/srv/map"),
        geocoder="nominatim",
        nominatim_url="http://127.0.0.1:8080",
        contact="desk@example.org",
        reviewer="Ana",
        read_only=True,
        without_sign_in=True,
    )
    assert Settings.from_environment(dict.fromkeys(VARIABLES, "")) == Settings()


def test_the_command_lines_folder_goes_before_the_environments():
    environment = {"CONFLICTMAP_DATA": "/srv/map"}
    assert Settings.from_environment(environment, data=Path("mine")).data == Path("mine")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CONFLICTMAP_GEOCODER", "google"),
        ("CONFLICTMAP_NOMINATIM_URL", "file:///etc/passwd"),
        ("CONFLICTMAP_READ_ONLY", "1"),  # who meant yes must not get a page that writes
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_value(variable, value):
    with pytest.raises(SettingsError, match=f"{variable}.*{value}"):
        Settings.from_environment({variable: value})
