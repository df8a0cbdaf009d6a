"""Documents and program say the same: commands, settings, make targets, links, files named."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from dashboard.cli.commands import main
from dashboard.settings import VARIABLES
from tests.conftest import SLOW_FILES

REPOSITORY = Path(__file__).parent.parent
README = REPOSITORY / "README.md"
DOCUMENTS = sorted(
    path
    for folder in ("*.md", "docs/**/*.md", ".github/**/*.md", "benchmarks/*.md")
    for path in REPOSITORY.glob(folder)
)
RESERVED = ("dashboard/imports", "dashboard/export")
"""Packages that the contract of imports keeps free, and CONTRIBUTING.md describes."""


def commands_of(group, name="conflictmap"):
    for command in group.commands.values():
        path = f"{name} {command.name}"
        yield (path, command)
        if isinstance(command, click.Group):
            yield from commands_of(command, path)


COMMANDS = dict(commands_of(main))
TARGETS = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


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


def in_code(text):
    """What stands in back quotes, in indented and in fenced lines."""
    return " ".join(re.findall(r"`[^`]+`|^ {4}.*$|^make .*$", text, re.M))


def targets_named(text):
    named = re.findall(r"\bmake ((?:[a-z-]+ ?)+)", in_code(text))
    return {target for targets in named for target in targets.split()}


def test_make_targets_are_found_with_hyphens_and_several_in_a_line():
    assert targets_named("`make lint test-fast`, to make sure\n\n    make run\n") == {"lint", "test-fast", "run"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_make_target_a_document_names_exists(path):
    assert targets_named(path.read_text("utf-8")) <= TARGETS


def test_the_most_needed_make_targets_are_named(readme):
    assert {"run", "test"} <= targets_named(readme)
    contributing = (REPOSITORY / "CONTRIBUTING.md").read_text("utf-8")
    assert {"test", "test-fast", "lint", "types", "imports", "assets"} <= targets_named(contributing)


def test_make_help_lists_every_target_that_says_what_it_does():
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    described = re.findall(r"^([\w-]+):.*## (.+)$", makefile, re.MULTILINE)
    listed = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert [re.split(r"\t", line.removeprefix("  make ")) for line in listed.splitlines() if "\t" in line] == [
        list(target) for target in described
    ]
    assert "test-fast" in dict(described)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_file_a_document_links_to_exists(path):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_file_of_ours_a_document_names_exists(path):
    named = re.findall(r"(?:dashboard|tests|tools|docs|benchmarks)/[\w./-]*\w", in_code(path.read_text("utf-8")))
    missing = [name for name in named if not (REPOSITORY / name).exists()]
    assert [name for name in missing if not name.startswith(RESERVED)] == []


def test_what_the_fast_suite_leaves_out_is_there():
    assert [name for name in SLOW_FILES if not (REPOSITORY / name).is_file()] == []


def test_hooks_before_a_commit_fetch_nothing_and_call_the_tools_of_the_environment():
    hooks = (REPOSITORY / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (\S+)", hooks) == ["local"]
    assert set(re.findall(r"language: (\S+)", hooks)) == {"system"}
    assert re.findall(r"entry: (\S+)", hooks) == [".venv/bin/ruff", ".venv/bin/ruff", ".venv/bin/mypy"]


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


CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", re.findall(r'python -c "(.+)"', CONTRIBUTING))
def test_a_line_of_python_in_a_recipe_prints_what_is_said(line):
    printed = subprocess.run([sys.executable, "-c", line], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    said = re.search(rf"{re.escape(line)}\"\n\nprints `(.+)`", CONTRIBUTING)
    assert printed.stdout.strip() == said[1]


STEPS = [step for step in re.split(r"\n(?=\d\. |\n)", CONTRIBUTING) if re.match(r"\d\. ", step)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[:40])
def test_the_names_a_recipe_gives_are_in_the_files_it_gives(step):
    files = [path for name in re.findall(r"`(dashboard/[\w/]+\.py)`", step) if (path := REPOSITORY / name).is_file()]
    code = " ".join(path.read_text("utf-8") for path in files)
    names = re.findall(r"`(?:return )?(_\w+|[A-Z][A-Z_]+)(?:`|\()", step)
    assert [name for name in names if files and not re.search(rf"^(def |class )?{name}\b", code, re.M)] == []
    assert not names or files, f"no file is named for {names}"
