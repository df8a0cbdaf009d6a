"""The parts of docs/architecture.md that are made: the picture of the packages, and the worked example.

python -m tests.support.architecture_page            print them
python -m tests.support.architecture_page --write    put them into the page, between their marks
"""

import tomllib

from tests.support.made_page import MadePage
from tests.support.worked_example import REPOSITORY, worked_example


def layers(contracts):
    """Name of each contract of layers, and its layers from the top."""
    return {contract["name"]: contract["layers"] for contract in contracts if contract["type"] == "layers"}


def picture(contracts):
    """The layers of the whole program as boxes, and below them those inside each package, a line each."""
    drawn = layers(contracts)
    whole = drawn.pop("Imports point down")
    width = max(map(len, whole))
    rows = [f"│ {layer:<{width}} │" for layer in whole]
    line = "─" * (width + 2)
    boxes = [f"┌{line}┐", f"\n├{line}┤\n".join(rows), f"└{line}┘"]
    inside = {name.removeprefix("Inside "): " → ".join(inner) for name, inner in drawn.items()}
    longest = max(map(len, inside))
    lines = [f"{name:<{longest}}  {inner}" for name, inner in inside.items()]
    return "\n".join(["```text", *boxes, "", *lines, "```"])


def contracts_of(text):
    """The import contracts of a pyproject.toml."""
    return tomllib.loads(text)["tool"]["importlinter"]["contracts"]


def packages():
    """The picture of today's contracts."""
    return picture(contracts_of((REPOSITORY / "pyproject.toml").read_text("utf-8")))


PAGE = MadePage(REPOSITORY / "docs" / "architecture.md", {"packages": packages, "example": worked_example})

if __name__ == "__main__":
    PAGE.main()
