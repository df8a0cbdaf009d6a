"""The command line, `conflictmap`. Exit codes: 0 all well, 1 problems in the data, 2 wrong use."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from dashboard import __version__
from dashboard.access import Access, check_access, is_loopback
from dashboard.cli.options import (
    PROBLEMS_SHOWN,
    SentenceGroup,
    master_url,
    prepare_streams,
    progress_bar,
    refuse_data,
    show_tracebacks,
    spark_option,
)
from dashboard.cli.serve import check_port, serve
from dashboard.errors import Problems, Severity, counted, grouped_problems, left_out_line, problem_line, shown
from dashboard.project.disk.read_only import forbid_writing
from dashboard.project.enclosure import why_closed
from dashboard.project.sample import copy_sample, is_project
from dashboard.safetext import display_text
from dashboard.settings import Settings
from dashboard.store.sources.parquet_files import is_parquet

if TYPE_CHECKING:
    from dashboard.geocode.online.geocoder import OnlineGeocoder


@click.group(cls=SentenceGroup)
@click.version_option(__version__, prog_name="conflictmap")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder of the project. Default: CONFLICTMAP_DATA, else ./data."
)
@click.option("--debug", is_flag=True, help="Print the tracebacks of what is told as a sentence; for developers.")
@click.pass_context
def main(ctx: click.Context, data: Path | None, debug: bool) -> None:
    """Map the events that news articles report, with the sentence behind every marker.

    Example: conflictmap --data my-project run
    """
    prepare_streams()
    if debug:
        show_tracebacks(ctx)
    ctx.obj = Settings.from_environment(data=data)
    if ctx.obj.read_only:
        forbid_writing("CONFLICTMAP_READ_ONLY is set.")


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Where the page listens.")
@click.option("--sample", is_flag=True, help="Put the sample project into the folder first, if it holds none.")
@click.option("--browser/--no-browser", default=False, show_default=True, help="Open the page once it answers.")
@click.option("--read-only", is_flag=True, help="Show only: nothing in the project is changed.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Where it listens; 0.0.0.0: everywhere.")
@click.option("--host-name", "names", multiple=True, metavar="NAME", help="Answer under this name too; repeatable.")
@click.option("--without-sign-in", is_flag=True, help="Let everybody who reaches it read the project.")
@click.pass_obj
def run(settings: Settings, /, port: int, sample: bool, browser: bool, **given: Any) -> None:
    """Show the map in a browser, from this machine alone unless you say otherwise.

    There is no sign-in yet. At another --address, or under another --host-name (behind a proxy, which has to hand on
    Host as it came), it runs only with --without-sign-in and --read-only.

    Example: conflictmap run --sample
    """
    guards = {name: given[name] or getattr(settings, name) for name in ("read_only", "without_sign_in")}
    settings = replace(settings, **guards)  # what the environment says is not taken back
    access = Access(address=given["address"] or Access().address, names=given["names"])
    check_access(access, settings, f"conflictmap run {_typed_options(access)} --without-sign-in --read-only")
    if sample and given["read_only"]:
        raise click.UsageError("--sample is written into the folder, and --read-only writes nothing: leave one out.")
    check_port(port, access)  # before anything is copied
    if not is_parquet(settings.data):
        if not is_project(settings.data) and (sample or not settings.read_only):
            _offer_sample(settings.data, without_asking=sample)
        if sentence := why_closed(settings.data):
            _complain(sentence)

    def ready(url: str) -> None:
        how = ", read-only" if settings.read_only else ""
        others = "" if access.is_local else ", for everybody who reaches this machine"
        click.echo(f"The map of {settings.data} is at {url}{how}{others} (Ctrl-C ends it)")
        if browser:
            click.launch(url)

    sys.exit(serve(settings, access, port=port, ready=ready))


def _typed_options(access: Access) -> str:
    """The options that would open the page to others, as they were typed."""
    address = [] if is_loopback(access.address) else [f"--address {access.address}"]
    return " ".join([*address, *(f"--host-name {name}" for name in access.names)])


def _hash(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """The value of --log-head; "" if it is not given."""
    if value is not None and not re.fullmatch("[0-9a-f]{64}", value.strip().lower()):
        raise click.BadParameter(f"{shown(value)} is no hash of 64 hexadecimal digits. See: conflictmap log head")
    return (value or "").strip().lower()


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the problems as a JSON list of objects.")
@click.option("--log-head", "kept", metavar="HASH", callback=_hash, help="What `log head` printed: is it still there?")
@click.pass_obj
def check(settings: Settings, as_json: bool, kept: str) -> None:
    """Read every file of the project and say what is wrong with it, where, and what to do.

    Articles are compared with the text that was stored, events with what the audit log says of them. Exit code 1 if
    there is an error (a row or file that cannot be used), 0 if there are only warnings and repairs.

    Example: conflictmap --data my-project check
    """
    from dashboard.cli.check import check_and_print  # noqa: PLC0415 - other commands need not wait for it

    if kept and is_parquet(settings.data):
        raise click.UsageError("--log-head is for a project's folder: Parquet has no log of changes.")
    sys.exit(int(check_and_print(settings.data, as_json=as_json, log_head=kept).has_errors))


def _offer_sample(folder: Path, *, without_asking: bool) -> None:
    """Copy the sample into a folder that holds no project, if the person wants it; else say how to get it."""
    question = f"{folder} holds no events yet. Put the sample project there?"
    if without_asking or (sys.stdin.isatty() and click.confirm(question, default=True)):
        copy_sample(folder)
        click.echo(f"The sample project is in {folder}")
    else:
        click.echo(f"{folder} holds no events yet, the page will be empty. Sample: conflictmap run --sample")


@main.command()
@click.option("--online", is_flag=True, help="Send names unknown here to Nominatim. They leave this machine.")
@click.option(
    "--rules-only", is_flag=True, help="Do without spaCy, even if it is installed, as `add --rules-only` does."
)
@click.pass_obj
def geocode(settings: Settings, online: bool, rules_only: bool) -> None:
    """Give every place name in events.csv a place, and write places.csv. Works without the internet.

    What you or a reviewer wrote stays. If you correct a toponym, its place is decided again; a place_id that you
    correct is kept. Coordinates in events.csv are the place, and a country beside the name is heeded. Exit code 1 if
    a name was not found, or coordinates or a country cannot be used.

    Example: conflictmap --data my-project geocode
    """
    from dashboard.extract.places.ner import lazy_recogniser  # noqa: PLC0415 - other commands need not wait for it
    from dashboard.gazetteer.index import Gazetteer  # noqa: PLC0415
    from dashboard.ingest.geocode import geocode_events  # noqa: PLC0415

    behind = _online_geocoder(settings) if online or settings.geocoder != "none" else None
    with progress_bar("Looking up places", at_least=500) as show_progress:
        recogniser = None if rules_only else lazy_recogniser()
        report = geocode_events(settings.data, Gazetteer.open(), behind, show_progress, recogniser)
    problems = Problems((*report.problems, *report.doubts), report.problems.more + report.doubts.more)
    distinct = grouped_problems(problems)
    for problem, more in distinct[:PROBLEMS_SHOWN]:
        _complain(problem_line(problem, more))
    if rest := problems.total - sum(1 + more for _, more in distinct[:PROBLEMS_SHOWN]):
        _complain(
            f"… and {counted(rest, 'more row')} of which the same or other things are said; see: conflictmap check"
        )
    for file, rows in report.left_out.items():
        _complain(left_out_line(file, rows))
    if report.trouble:
        _complain(report.trouble)
    click.echo(report.summary())
    sys.exit(0 if report.is_complete else 1)


@main.group()
def log() -> None:
    """Look at the project's log of changes, audit.jsonl.

    Example: conflictmap --data my-project log head
    """


@log.command()
@click.pass_obj
def head(settings: Settings) -> None:
    """Print the hash of the log's last line, to keep where nobody can change it together with the log.

    Later `conflictmap check --log-head HASH` says whether the log is still the same, has grown, or was rewritten. Exit
    code 1 if there is no log, or if it is not whole.

    Example: conflictmap --data my-project log head
    """
    from dashboard.project import audit_log  # noqa: PLC0415 - other commands need not wait for it

    last = audit_log.last_line(settings.data)
    if last is None:
        raise click.ClickException(
            f"{settings.data} has no log yet: the first decision or step of the program opens it."
        )
    click.echo(last.hash)


@main.group()
def places() -> None:
    """Look places up in the embedded gazetteer and in your places.csv.

    Example: conflictmap places find Kandahar
    """


@places.command()
@click.argument("name")
@click.option("--context", default="", help="The words around the name, such as 'fighting in Kandahar province'.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, for programs.")
@click.pass_obj
def find(settings: Settings, name: str, context: str, as_json: bool) -> None:
    """Show the places a name may mean, the likeliest first, and why. Exit code 1 if there is none.

    Example: conflictmap places find Jalalabad --context "in Jalalabad, Nangarhar"
    """
    from dashboard.gazetteer.index import Gazetteer  # noqa: PLC0415 - other commands need not wait for it
    from dashboard.ingest.find_places import find_places, suggestions  # noqa: PLC0415

    if not name.strip():
        raise click.UsageError("NAME is empty: give the name of a place.")
    gazetteer = Gazetteer.open()
    found = find_places(settings.data, name, context, gazetteer)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif found:
        _show_places(found)
    if not found:
        near = suggestions(name, gazetteer)
        hint = f"Did you mean {' or '.join(near)}?" if near else "Add it to places.csv with its coordinates."
        raise click.ClickException(display_text(f"no place of the name {shown(name)} is known. {hint}"))


def _show_places(found: list[dict[str, Any]]) -> None:
    header = ("place_id", "name", "country", "kind", "population", "score", "why")
    rows = [header]
    for one in found:
        kind = f"{one['kind']} ({one['feature_code']})" if one["feature_code"] else ""
        population = f"{one['population']:,}" if one["population"] else ""
        place = (one["place_id"], one["name"], one["country_code"])
        rows.append((*place, kind, population, f"{one['score']:.2f}", one["reason"]))
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(display_text(line.rstrip()))


@main.command()
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Add every .txt and .md.")
@click.option(
    "--jsonl",
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
    metavar="FILE|FOLDER",
    help="Add each line's object: text, title, publisher, url, published.",
)
@click.option("--title", default="", help="Default: the first line of the text.")
@click.option("--publisher", default="", help="Who published it.")
@click.option("--url", default="", help="Where it stands; the program never opens it.")
@click.option("--published", default="", metavar="YYYY-MM-DD", help="Its day; without it “on Tuesday” stays undated.")
@click.option("--rules-only", is_flag=True, help="Do without spaCy, even if it is installed.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", help="spark: --jsonl, many at once.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="spark: the folder of Parquet to add to.")
@spark_option
@click.pass_obj
def add(
    settings: Settings, /, rules_only: bool, engine: str, out: Path | None, master: str | None, **given: Any
) -> None:
    """Store articles and put the events they tell of on the map, pending until somebody reviews them.

    FILE is plain text; - reads what is piped in. Adding an article twice changes nothing, and a run that was broken
    off goes on where it stood. Exit code 1 if an article was refused, or something about one could not be read.

    Example: conflictmap --data my-project add article.txt --publisher Dawn --published 2025-10-29
    """
    from dashboard.cli.add import Cluster, GivenArticles, add_from, add_on_cluster  # noqa: PLC0415
    from dashboard.ingest.sources import ArticleSource  # noqa: PLC0415 - other commands need not wait for it

    articles = GivenArticles(given.pop("file"), given.pop("folder"), given.pop("jsonl"))
    about = ArticleSource(data=b"", **given)
    cluster = master_url(engine, master)
    if (engine == "spark") != (out is not None):
        raise click.UsageError("--engine spark and --out FOLDER go together.")
    if articles.file is None and (about.title or about.url):
        raise click.UsageError("--title and --url are those of one article, FILE; the others have their own.")
    if out:
        refuse_data("--engine spark reads no project and writes to --out.")
        add_on_cluster(articles, about, Cluster(url=cluster, out=out), rules_only=rules_only)
    else:
        add_from(settings.data, articles, about, rules_only=rules_only)


@main.command()
@click.argument("events", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder of the cube.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", help="What counts them.")
@spark_option
def summarise(events: Path, out: Path, engine: str, master: str | None) -> None:
    """Count the events of Parquet beforehand, so that a map of more than the memory holds opens at once.

    EVENTS is a file, a folder or a pattern. The cube replaces the one that is there; the events stay where they are,
    and their passages are read from there. Exit code 1 if something of them could not be counted.

    Example: conflictmap summarise events/ --out cube/
    """
    from functools import partial  # noqa: PLC0415 - as what follows

    from dashboard.store.cube.make import DuckDB, make_cube  # noqa: PLC0415 - other commands need not wait for it
    from dashboard.store.spark.cube import on_cluster  # noqa: PLC0415

    refuse_data("summarise reads EVENTS and writes to --out.")
    cluster = master_url(engine, master)
    report = make_cube(events, out, partial(on_cluster, cluster) if engine == "spark" else DuckDB)
    for problem in report.problems:
        _complain(str(problem))
    click.echo(f"Counted {counted(report.events, 'event')}: {_size(report.size)} in {out}")
    click.echo(display_text(f"See them: conflictmap --data {out} run"))
    sys.exit(int(any(problem.severity is Severity.ERROR for problem in report.problems)))


@main.command()
@click.option("--jsonl", type=click.File("rb"), required=True, help="A file, or - for what is piped in.")
@click.option("--given-spans", is_flag=True, help="Resolve each line's own toponyms; recognise none.")
@click.option("--rules-only", is_flag=True, help="Do without spaCy, even if it is installed.")
def geoparse(jsonl: IO[bytes], given_spans: bool, rules_only: bool) -> None:
    """Find the place names in texts and where they lie, and print one JSON object for each.

    Each line holds an object with doc_id and text; with --given-spans also toponyms, each with start and end.
    Exit code 1 if a line could not be read; it is named, and the others are printed.

    Example: conflictmap geoparse --jsonl articles.jsonl > places.jsonl
    """
    from dashboard.extract.places.ner import load_recogniser  # noqa: PLC0415 - other commands need not wait for it
    from dashboard.gazetteer.index import Gazetteer  # noqa: PLC0415
    from dashboard.ingest.geoparse_lines import geoparse_lines  # noqa: PLC0415

    refuse_data("geoparse reads no project.")
    recogniser = None if rules_only else load_recogniser()
    problems = list[str]()
    for found in geoparse_lines(
        jsonl, Gazetteer.open(), recogniser, given_spans=given_spans, tell=lambda one: _note(one, problems)
    ):
        click.echo(json.dumps(found, ensure_ascii=False))
    sys.exit(int(bool(problems)))


def _note(problem: str, problems: list[str]) -> None:
    problems.append(problem)
    _complain(problem)


def _size(of_bytes: int) -> str:
    return f"{of_bytes / 1e6:,.1f} MB" if of_bytes >= 1e6 else f"{of_bytes / 1e3:,.1f} kB"


def _online_geocoder(settings: Settings) -> "OnlineGeocoder":
    from dashboard.geocode.online.geocoder import online_geocoder  # noqa: PLC0415 - geopy only for those who opted in

    geocoder = online_geocoder(settings)
    click.echo(f"Names unknown here are sent to {geocoder.server}.", err=True)
    return geocoder


def _complain(sentence: str) -> None:
    click.echo(display_text(sentence), err=True)


if __name__ == "__main__":
    main()
