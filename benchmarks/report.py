"""What a benchmark found: rows of a table, each with a ratio to what it is measured against in the same run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measurement. ``ratio`` is it divided by its rival, or None where it stands alone."""

    measure: str
    value: str
    against: str = ""
    ratio: float | None = None

    def __str__(self):
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return f"{self.measure:62}  {self.value:>14}  {ratio:>8}  {self.against}"

    def markdown(self):
        """The row of a table in Markdown."""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        return f"| {self.measure} | {self.value} | {ratio} | {self.against} |"


def told(rows):
    """Print rows as they come, and collect them."""
    collected = []
    for row in rows:
        print(row, flush=True)
        collected.append(row)
    return collected
