"""The output of `conflictmap check`: a line for each problem, and a sentence on what loaded."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from dashboard.cli.options import PROBLEMS_SHOWN
from dashboard.errors import Problems, counted, grouped_problems, problem_line
from dashboard.ingest.check import check_parquet, check_project, compared_with_kept
from dashboard.project.read import Project
from dashboard.store.sources.parquet_files import is_parquet


def check_and_print(data: Path, *, as_json: bool, log_head: str) -> Problems:
    """Check a project's folder or Parquet; print and return the problems.

    ``log_head`` is a hash of the project's log that was kept elsewhere; "" for none.
    """
    total = None
    if is_parquet(data):
        total, project, problems = check_parquet(data)
    else:
        project, problems = check_project(data)
    if log_head:
        comparison = compared_with_kept(data, log_head)
        if isinstance(comparison, str):
            click.echo(comparison, err=as_json)
        else:
            problems.append(comparison)
    if as_json:
        click.echo(json.dumps([asdict(problem) for problem in (*problems, *problems.of_more())], indent=2))
    else:
        _show_problems(problems)
        click.echo(_summary(project, problems.total, total))
    return problems


def _show_problems(problems: Problems) -> None:
    """Print a line for each distinct problem, however many rows have it; beyond `PROBLEMS_SHOWN`, counts by code."""
    distinct = grouped_problems(problems)
    for problem, more in distinct[:PROBLEMS_SHOWN]:
        click.echo(f"{problem.severity.value}: {problem_line(problem, more)} [{problem.code}]")
    rest = Counter[str]()
    for problem, more in distinct[PROBLEMS_SHOWN:]:
        rest[problem.code] += 1 + more
    for (_, code, _), number in problems.more.items():
        rest[code] += number
    if rest:
        counts = ", ".join(f"{count:,} {code}" for code, count in rest.most_common())
        click.echo(f"… and {rest.total():,} more: {counts}")


def _summary(project: Project, problems: int, of_parquet: int | None) -> str:
    """One sentence on what loaded and what did not, and one on events that are not placed yet."""
    if of_parquet is None:
        loaded = {"event": len(project.events), "place": len(project.places), "article": len(project.articles)}
        left_out = {kind: project.left_out.get(f"{kind}s.csv", 0) for kind in loaded}
    else:
        loaded, left_out = {"event": of_parquet}, {"event": sum(project.left_out.values())}
    if problems:
        parts = [f"{lost:,} of {counted(lost + loaded[kind], kind)}" for kind, lost in left_out.items() if lost]
        parts += project.unread
        sentence = f"{counted(problems, 'problem')}; {' and '.join(parts) or 'no row'} left out."
    else:
        sentence = f"{', '.join(counted(count, kind) for kind, count in loaded.items())}: no problems."
    if project.unplaced:
        sentence += f" {counted(project.unplaced, 'event')} not yet placed: conflictmap geocode"
    return sentence
