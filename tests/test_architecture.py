"""Who may import whom, and that importing does nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"

# Imports every module but the two that are entrances, and prints what else than Python code of ours was opened,
# what was opened for writing and what was connected to.
IMPORT_ALL = """
import importlib, os, pkgutil, sys

home = os.path.join(sys.argv[1], "dashboard")

def watch(event, args):
    if event == "open":
        path, mode, flags = args
        if isinstance(path, int):
            return
        path = os.path.abspath(os.fsdecode(path))
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and path != os.devnull
        ours = path.startswith((home, os.path.join(sys.argv[1], "data"))) and not path.endswith((".py", ".pyc"))
        if writes or ours:
            print("open", path)
    elif event.startswith(("socket.connect", "socket.getaddrinfo", "subprocess.Popen")):
        print(event, args)

import click, duckdb, filelock, folium, geopy, marisa_trie, numpy, pandas, streamlit, streamlit_folium
sys.addaudithook(watch)
for module in pkgutil.walk_packages([home], "dashboard."):
    if module.name not in ("dashboard.app", "dashboard.__main__"):
        importlib.import_module(module.name)
"""


def lint_imports(folder):
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_imports_point_down():
    result = lint_imports(REPOSITORY)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("filters.py", "import folium", "Only maps draws with folium"),
        ("safetext.py", "import streamlit", "Only the page knows Streamlit"),
        ("geocode/resolve.py", "import geopy", "Only geocode.online knows geopy"),
        ("marks.py", "import duckdb", "Only the store knows its engines"),
        ("model.py", "import dashboard.filters", "Imports point down"),
        ("newcomer.py", "", "Imports point down"),
        ("extract/text/tokens.py", "import dashboard.extract.dates.lexer", "Inside extract"),
        ("store/newcomer.py", "", "Inside store"),
    ],
)
def test_a_forbidden_import_or_a_module_without_a_place_is_found(tmp_path, module, line, contract):
    shutil.copytree(REPOSITORY / "dashboard", tmp_path / "dashboard", ignore=shutil.ignore_patterns("assets", "static"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    with (tmp_path / "dashboard" / module).open("a") as code:
        code.write(f"\n{line}\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert f"{contract} BROKEN" in result.stdout or "newcomer" in result.stdout + result.stderr


def test_importing_opens_no_file_of_ours_writes_nothing_and_connects_nowhere():
    result = subprocess.run(
        [sys.executable, "-B", "-c", IMPORT_ALL, str(REPOSITORY)],
        capture_output=True,
        text=True,
        check=False,
        cwd=REPOSITORY,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
