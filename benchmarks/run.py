"""Run every benchmark, each in a process of its own, and write what they print to latest.md: ``make bench``."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parent
BENCHMARKS = ("gazetteer", "articles", "engines", "page_use", "cube", "page_steps", "sessions", "review", "spark")
"""In this order; `make bench ONLY="articles engines"` runs some."""


def machine():
    """What was measured on, in one line."""
    cpu = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), "")
    return f"{cpu or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _lines(path):
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def run(name):
    """What a benchmark prints, shown as it comes; and whether it ended well."""
    command = [sys.executable, "-W", "ignore", str(FOLDER / f"{name}.py")]
    environment = os.environ | {"PYTHONPATH": str(FOLDER.parent)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    printed = []
    for line in process.stdout:
        print(line, end="", flush=True)
        printed.append(line)
    return "".join(printed), process.wait() == 0


def main():
    """Run them, write the file, and end with 1 if one failed."""
    chosen = sys.argv[1:] or BENCHMARKS
    parts, failed = [f"# Benchmarks\n\n{datetime.now(UTC):%Y-%m-%d}; {machine()}.\n"], []
    for name in chosen:
        print(f"\n== {name}", flush=True)
        printed, is_good = run(name)
        first = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()[0].strip('"')
        parts.append(f"## {name}\n\n{first}\n\n```text\n{printed.rstrip()}\n```\n")
        failed += [] if is_good else [name]
    (FOLDER / "latest.md").write_text("\n".join(parts), encoding="utf-8")
    return f"failed: {', '.join(failed)}" if failed else 0


if __name__ == "__main__":
    sys.exit(main())
