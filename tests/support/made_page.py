"""Pages of the documentation with parts that the program makes, between marks such as ``<!-- begin letters -->``."""

import re
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class MadePage:
    """A page, and for each name between its marks a function that makes the part."""

    path: object
    makers: object

    def parts(self):
        """What belongs between the marks of each name."""
        return {name: make() for name, make in self.makers.items()}

    def written(self, name):
        """What stands in the page between the marks of this name."""
        return re.search(_between(name), self.path.read_text("utf-8"), re.DOTALL)[0].strip()

    def write(self):
        page = self.path.read_text("utf-8")
        for name, part in self.parts().items():
            page = re.sub(_between(name), lambda _, part=part: f"\n\n{part}\n\n", page, flags=re.DOTALL)
        self.path.write_text(page, "utf-8")

    def main(self):
        if "--write" in sys.argv:
            self.write()
        else:
            sys.stdout.write("\n\n".join(self.parts().values()))


def _between(name):
    return rf"(?<=<!-- begin {name} -->).*(?=<!-- end {name} -->)"
