"""The command `conflictmap add`: one article, a folder of them, or JSON lines."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import click

from dashboard.adding import (
    ARTICLE_LIMIT,
    AddReport,
    Source,
    add_articles,
    published_from,
    sources_in_folder,
    sources_in_lines,
)
from dashboard.extract.recogniser import lazy_recogniser
from dashboard.gazetteer import Gazetteer
from dashboard.safetext import display_text

PROBLEMS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Given:
    """What to add: one of the three is not None."""

    file: IO[bytes] | None
    folder: Path | None
    jsonl: IO[bytes] | None


def add_from(project: Path, given: Given, about: Source, *, rules_only: bool) -> None:
    """Add what was given, show how far it is, say what came of it, and end with exit code 1 if one was refused."""
    if sum(one is not None for one in (given.file, given.folder, given.jsonl)) != 1:
        raise click.UsageError("Give one of FILE, --folder DIR and --jsonl FILE.")
    published_from(about.published, "--published")
    sources, total = _sources(given, about)
    recogniser = None if rules_only else lazy_recogniser()
    gazetteer = Gazetteer.open()
    hidden = total < 2 or not sys.stderr.isatty()
    with click.progressbar(length=total, label="Reading articles", file=sys.stderr, hidden=hidden) as bar:
        report = add_articles(project, sources, gazetteer, recogniser, bar.update)
    _tell(report, project)
    sys.exit(int(bool(report.problems)))


def _sources(given: Given, about: Source) -> tuple[Iterable[Source | str], int]:
    """The articles, and how many there are; 0 if that cannot be known beforehand."""
    if given.folder:
        return sources_in_folder(given.folder, about)
    if given.jsonl:
        total = sum(bool(line.strip()) for line in given.jsonl) if given.jsonl.seekable() else 0
        if total:
            given.jsonl.seek(0)
        return sources_in_lines(given.jsonl, about), total
    assert given.file is not None
    name = getattr(given.file, "name", "<stdin>")
    name = "standard input" if name == "<stdin>" else Path(name).name
    return [replace(about, data=given.file.read(4 * ARTICLE_LIMIT + 1), name=name)], 1


def _tell(report: AddReport, project: Path) -> None:
    for problem in report.problems[:PROBLEMS_SHOWN]:
        click.echo(display_text(problem), err=True)
    if len(report.problems) > PROBLEMS_SHOWN:
        click.echo(f"… and {len(report.problems) - PROBLEMS_SHOWN:,} more.", err=True)
    click.echo(display_text(report.summary()))
    if report.events:
        click.echo(display_text(f"See them: conflictmap --data {project} run"))
