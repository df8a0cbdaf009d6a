"""docs/architecture.md says what the contracts and the program say; decisions are numbered, whole and listed."""

import re

import pytest

from tests.support import architecture_page, dates_page
from tests.support.architecture_page import contracts_of, picture
from tests.support.worked_example import REPOSITORY

DECISIONS = sorted((REPOSITORY / "docs" / "decisions").glob("[0-9]*.md"))
PARTS = [(page, name) for page in (architecture_page, dates_page) for name in page.PAGE.makers]

CONTRACTS = """
[[tool.importlinter.contracts]]
name = "Imports point down"
type = "layers"
layers = ["app", "store | (imports)", "errors"]

[[tool.importlinter.contracts]]
name = "Only the page knows Streamlit"
type = "forbidden"

[[tool.importlinter.contracts]]
name = "Inside store"
type = "layers"
layers = ["opening", "cube | spark"]
"""


@pytest.mark.parametrize(("page", "part"), PARTS, ids=lambda one: getattr(one, "__name__", one))
def test_what_is_made_in_the_pages_is_what_the_program_makes_today(page, part):
    hint = f"Bring it up to date: .venv/bin/python -m {page.__name__} --write"
    assert page.PAGE.written(part) == page.PAGE.makers[part](), hint


def test_the_picture_is_the_contracts_of_layers_and_no_other():
    drawn = [
        "```text",
        "┌───────────────────┐",
        "│ app               │",
        "├───────────────────┤",
        "│ store | (imports) │",
        "├───────────────────┤",
        "│ errors            │",
        "└───────────────────┘",
        "",
        "store  opening → cube | spark",
        "```",
    ]
    assert picture(contracts_of(CONTRACTS)) == "\n".join(drawn)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"store | (imports)"', '"store"'),
        ('"errors"]', '"errors", "model"]'),
        ('"opening", ', ""),
        ("Inside store", "Inside ui"),
    ],
)
def test_another_contract_is_another_picture(old, new):
    assert old in CONTRACTS
    assert picture(contracts_of(CONTRACTS.replace(old, new))) != picture(contracts_of(CONTRACTS))


def test_decisions_are_numbered_without_a_gap_and_listed_in_order():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", (DECISIONS[0].parent / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = [path.read_text("utf-8").splitlines()[0].removeprefix("# ") for path in DECISIONS]
    assert listed == list(zip(titles, [path.name for path in DECISIONS], strict=True))
    assert len(DECISIONS) >= 24


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_one_page_with_its_four_parts(path):
    text = path.read_text("utf-8")
    parted = re.findall(r"^## (.+)\n\n\S", text, re.MULTILINE)
    assert parted == ["Context", "Decision", "What decided it", "Consequences"]
    assert text.startswith(f"# {path.name[:4]}. ")
    assert len(text.splitlines()) <= 60
