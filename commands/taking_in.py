"""Commands about what is handed over: ingest takes it in, inspect only reads it."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event

import click

from commands.exit_codes import DONE, NEEDS_A_PERSON
from commands.invocation import Invocation
from commands.logs import log_from
from commands.options import Place, command, formats
from commands.screen import coloured, on_stderr, print_json, screen_width


def _moment(_ctx: click.Context, _param: click.Parameter, said: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(said) if said is not None else None
    except ValueError:
        example = "2026-11-16T18:00:00+08:00"
        raise click.BadParameter(f"{said!r} is no ISO time such as {example}") from None


@command("ingest")
@click.option(
    "--as-of", callback=_moment, help='Take this ISO time for "now" (deadlines, settling).'
)
@formats("text", "json")
@click.option("-v", "--verbose", is_flag=True, help="Log each recording's outcome on stderr.")
@click.pass_obj
def ingest(invocation: Invocation, as_of: datetime | None, form: str, verbose: bool) -> None:
    """One pass over the inbox: settle, admit, match, file, mirror.

    Running it again changes nothing where nothing is new.
    """
    from archive import presence
    from audit.progress import bars
    from audit.report import known_findings
    from ingest.inbox_pass import Clock, Steps
    from ingest.session import open_session

    settings, words = invocation.settings, invocation.words
    log_from("INFO" if verbose else "ERROR")
    zone = settings.office.timezone
    clock = Clock.set_to(as_of, zone) if as_of else Clock.of_computer(zone)

    def wait(count: int, seconds: float) -> None:
        on_stderr(words("cli.settling", count=count, seconds=f"{seconds:g}"))
        Event().wait(seconds)

    known = partial(known_findings, settings)
    with open_session(settings, known) as session, bars(words, sys.stderr) as tell:
        presence.remember(settings)
        summary = session.ingest(clock, Steps(tell), wait)
    problems = [words.say(problem) for problem in summary.problems]
    if form == "json":
        print_json(summary.counts | {"problems": problems})
    else:
        click.echo(words("cli.ingested", **summary.counts))
        for problem in problems:
            on_stderr(problem)
    sys.exit(NEEDS_A_PERSON if summary.needs_a_person else DONE)


@command("inspect")
@click.argument("files", nargs=-1, required=True, type=Place(path_type=Path))
@formats("text", "json")
@click.pass_obj
def inspect(invocation: Invocation, files: tuple[Path, ...], form: str) -> None:
    """Say what is read from FILES, recordings or sheets, from which part, and what is wrong.

    Takes nothing in. Works without a settings file, too.
    """
    from ingest.inspection import Reading
    from ingest.inspection_told import Layout, tell

    settings = invocation.settings_if_any
    reading = Reading.of(settings) if settings else Reading()
    layout = Layout(screen_width(), coloured()) if form == "text" else None
    today = datetime.now(reading.timezone).date()
    told = tell(files, reading, invocation.words, today, layout)
    click.echo(told.output, nl=False)
    for complaint in told.complaints:
        on_stderr(complaint)
    sys.exit(told.exit_code)
