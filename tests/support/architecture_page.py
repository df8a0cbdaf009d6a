"""The parts of docs/architecture.md that are made: the picture of the packages, and the worked example.

python -m tests.support.architecture_page            print them
python -m tests.support.architecture_page --write    put them into the page, between their marks
"""

import re
import tomllib

from tests.support.worked_example import REPOSITORY, worked_example

PAGE = REPOSITORY / "docs" / "architecture.md"


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


def parts():
    """What belongs between the marks of each name."""
    pyproject = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    return {"packages": picture(contracts_of(pyproject)), "example": worked_example()}


def written(name):
    """What stands in the page between the marks of this name."""
    return re.search(_between(name), PAGE.read_text("utf-8"), re.DOTALL)[0].strip()


def _between(name):
    return rf"(?<=<!-- begin {name} -->).*(?=<!-- end {name} -->)"


def main():
    page = PAGE.read_text("utf-8")
    for name, part in parts().items():
        page = re.sub(_between(name), lambda _, part=part: f"\n\n{part}\n\n", page, flags=re.DOTALL)
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
