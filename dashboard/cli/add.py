"""The command `conflictmap add`: one article, a folder of them, or JSON lines, here or on a cluster."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import click

from dashboard.cli.options import PROBLEMS_SHOWN, progress_bar
from dashboard.errors import left_out_line
from dashboard.extract.places.ner import lazy_recogniser
from dashboard.gazetteer.index import Gazetteer
from dashboard.ingest.add import AddReport, add_articles
from dashboard.ingest.sources import (
    ARTICLE_LIMIT,
    ArticleSource,
    published_from,
    sources_in_folder,
    sources_in_lines,
)
from dashboard.project.disk.atomic_files import reason
from dashboard.project.sample import is_project
from dashboard.safetext import display_text


@dataclass(frozen=True, slots=True)
class GivenArticles:
    """What to add: exactly one of the three is not None."""

    file: IO[bytes] | None
    folder: Path | None
    jsonl: Path | None
    """A file, a folder of .jsonl files, or - for standard input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The cluster on which Spark reads many articles, and the folder for their Parquet."""

    url: str
    out: Path


def add_from(project: Path, given: GivenArticles, about: ArticleSource, *, rules_only: bool) -> None:
    """Add the given articles, show progress and outcome, and end with exit code 1 if one was refused."""
    if sum(one is not None for one in (given.file, given.folder, given.jsonl)) != 1:
        raise click.UsageError("Give one of FILE, --folder DIR and --jsonl FILE.")
    published_from(about.published, "--published")
    sources, total = _sources(given, about)
    recogniser = None if rules_only else lazy_recogniser()
    gazetteer = Gazetteer.open()
    with progress_bar("Reading articles", at_least=2) as show:
        report = add_articles(project, sources, gazetteer, recogniser, lambda done: show(done, total))
    _print_report(report, project)
    sys.exit(int(bool(report.problems)))


def _sources(given: GivenArticles, about: ArticleSource) -> tuple[Iterable[ArticleSource | str], int]:
    """The articles and their number; 0 if it is not known in advance."""
    if given.folder:
        return sources_in_folder(given.folder, about)
    if given.jsonl and str(given.jsonl) == "-":
        return sources_in_lines(sys.stdin.buffer, about), 0
    if given.jsonl:
        files = jsonl_files(given.jsonl)
        total = sum(bool(line.strip()) for line in _lines(files))
        return _sources_in(files, about), total
    assert given.file is not None
    name = getattr(given.file, "name", "<stdin>")
    name = "standard input" if name == "<stdin>" else Path(name).name
    return [replace(about, data=given.file.read(4 * ARTICLE_LIMIT + 1), name=name)], 1


def _sources_in(files: list[Path], about: ArticleSource) -> Iterator[ArticleSource | str]:
    for file in files:
        try:
            with file.open("rb") as lines:
                yield from sources_in_lines(lines, about, file.name if len(files) > 1 else "")
        except OSError as error:
            yield f"{file} cannot be read to its end: {reason(error)}."


def _lines(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        with suppress(OSError), file.open("rb") as lines:  # the problem is reported when its articles are added
            yield from lines


def jsonl_files(path: Path) -> list[Path]:
    """The files of JSON lines that a path names. Raises UsageError if a folder holds none."""
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.suffix == ".jsonl" and file.is_file())
    if not files:
        raise click.UsageError(f"{path} holds no .jsonl file: there is nothing to add.")
    return files


def add_on_cluster(given: GivenArticles, about: ArticleSource, cluster: Cluster, *, rules_only: bool) -> None:
    """Add the given articles with Spark, and end with exit code 1 if one was refused."""
    from dashboard.ingest.on_cluster import add_with_spark  # noqa: PLC0415 - an extra that few have

    if not given.jsonl or given.file or given.folder or str(given.jsonl) == "-":
        raise click.UsageError("--engine spark reads --jsonl FILE or --jsonl FOLDER, and nothing else.")
    if is_project(cluster.out):
        raise click.UsageError(f"--out {cluster.out} is a project's folder, and Parquet needs one of its own.")
    published_from(about.published, "--published")
    files = [file.absolute() for file in jsonl_files(given.jsonl)]
    report = add_with_spark(files, about, cluster.out.absolute(), url=cluster.url, rules_only=rules_only)
    _print_report(report, cluster.out)
    sys.exit(int(bool(report.problems)))


def _print_report(report: AddReport, project: Path) -> None:
    for problem in report.problems[:PROBLEMS_SHOWN]:
        click.echo(display_text(problem), err=True)
    if (rest := report.problems.total - PROBLEMS_SHOWN) > 0:
        uncounted = ", ".join(f"{count:,} {kind.value}" for kind, count in report.problems.more.most_common())
        click.echo(f"… and {rest:,} more{f'; only counted: {uncounted}' if uncounted else ''}.", err=True)
    for file, rows in report.left_out.items():
        click.echo(left_out_line(file, rows), err=True)
    click.echo(display_text(report.summary()))
    if report.events:
        click.echo(display_text(f"See them: conflictmap --data {project} run"))
