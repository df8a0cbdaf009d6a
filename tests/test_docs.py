"""README and program say the same: commands, settings, make targets, files named."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from dashboard.cli.commands import main
from dashboard.settings import VARIABLES

REPOSITORY = Path(__file__).parent.parent
README = REPOSITORY / "README.md"


def commands_of(group, name="conflictmap"):
    for command in group.commands.values():
        path = f"{name} {command.name}"
        yield (path, command)
        if isinstance(command, click.Group):
            yield from commands_of(command, path)


COMMANDS = dict(commands_of(main))
TARGETS = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.fixture(scope="module")
def readme():
    if not README.exists():
        pytest.skip("README.md is not there")
    return README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not isinstance(command, click.Group)])
def test_every_command_is_in_the_readme(readme, name):
    assert name in readme


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_in_its_help(name):
    assert "Example: conflictmap" in (COMMANDS[name].help or "")


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_is_in_the_readme(readme, variable):
    assert f"`{variable}`" in readme


def test_every_make_target_the_readme_names_exists(readme):
    named = set(re.findall(r"\bmake ([a-z]+)\b", " ".join(re.findall(r"`[^`]+`|^ {4}.*$|^make .*$", readme, re.M))))
    assert {"run", "test"} <= named
    assert named <= TARGETS


def test_every_file_the_readme_links_to_exists(readme):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", readme)
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_notice_names_every_table_that_is_delivered_and_every_language_model():
    notice = (REPOSITORY / "NOTICE").read_text("utf-8")
    tables = [path.relative_to(REPOSITORY).as_posix() for path in (REPOSITORY / "dashboard").rglob("*.csv")]
    assert len(tables) >= 4
    assert [name for name in tables if name not in notice] == []
    models = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"][
        "ner"
    ]
    pinned = [re.split(r"[;\s]", model)[0].replace("==", " ") for model in models if "==" in model]
    assert len(pinned) == 2
    assert [model for model in pinned if model not in notice] == []
