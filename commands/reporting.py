"""Commands that tell what is missing: report, coverage, and resolve, which answers a finding."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from commands.exit_codes import DONE, NEEDS_A_PERSON
from commands.invocation import Invocation
from commands.options import DAY, FILE, MONTH, TEXT, command, date_of, formats, in_order
from commands.screen import coloured, on_stderr, screen_width, writing


@command("report")
@click.option("--date", "day", type=DAY, help="The day to report on. Default: the latest.")
@click.option("--from", "first", type=DAY, help="First day of a range.")
@click.option("--to", "last", type=DAY, help="Last day of a range.")
@click.option("--month", type=MONTH, help="A whole month, such as 2026-11.")
@formats("text", "json", "html", "xlsx")
@click.option("-o", "--output", type=FILE, help="A file.")
@click.pass_obj
def report(
    invocation: Invocation,
    day: datetime | None,
    first: datetime | None,
    last: datetime | None,
    month: datetime | None,
    form: str,
    output: Path | None,
) -> None:
    """Reconcile a day: which calls have no recording, what is held, late, damaged or missing."""
    from audit import report as reports

    if (bool(day), bool(first or last), bool(month)).count(True) > 1:
        raise click.UsageError("give either --date, or --from and --to, or --month")
    in_order(first, last)
    if form == "xlsx" and output is None:
        raise click.UsageError("--format xlsx needs a file: -o report.xlsx")
    settings, words = invocation.settings, invocation.words
    now = invocation.now()
    with invocation.catalogue() as catalogue:
        ends = reports.ends(month.date()) if month else (date_of(first), date_of(last))
        asked = reports.asked_for(catalogue, date_of(day), *ends)
        compiled = reports.compile_days(catalogue, settings, asked.days, now)
        past = reports.calendar_of(catalogue, asked.days if form == "html" else [])
    if not compiled:
        on_stderr(words("cli.nothing_there" if asked.ranged else "cli.nothing_yet"))
        if not (asked.ranged and form == "json"):
            sys.exit(DONE if asked.ranged else NEEDS_A_PERSON)
    archive = settings.archive.path
    look = reports.Look(screen_width(), coloured(), asked.ranged, past)
    if output is None:
        click.echo(reports.as_text(compiled, form, archive, look), nl=False)
    else:
        with writing(output, words):
            reports.write(compiled, form, output, archive, look)
    sys.exit(NEEDS_A_PERSON if reports.needs_a_person(compiled) else DONE)


@command("coverage")
@click.option("--month", type=MONTH, help="A month, such as 2026-11. Default: the latest.")
@formats("text", "json", "html", "xlsx")
@click.option("-o", "--output", type=FILE, help="A file.")
@click.pass_obj
def coverage(
    invocation: Invocation, month: datetime | None, form: str, output: Path | None
) -> None:
    """Say whom the office called in a month, against its plan: by grade, and who was not called.

    The plan stands in the settings under [coverage].
    """
    from audit import coverage_told

    if form == "xlsx" and output is None:
        raise click.UsageError("--format xlsx needs a file: -o coverage.xlsx")
    settings, words = invocation.settings, invocation.words
    now = invocation.now()
    with invocation.catalogue() as catalogue:
        told = coverage_told.compile_month(catalogue, settings, date_of(month), now.date())
    if not told.customers:
        on_stderr(words("coverage.nobody", month=f"{told.month.first:%Y-%m}"))
    how = coverage_told.Telling(settings.office.name, words, now, screen_width(), coloured())
    if output is None:
        click.echo(coverage_told.as_text(told, form, how), nl=False)
    else:
        with writing(output, words):
            coverage_told.write(told, form, output, how)
    sys.exit(NEEDS_A_PERSON if told.needs_a_person else DONE)


@command("resolve")
@click.argument("finding", type=TEXT, required=False, metavar="[FINDING]")
@click.argument("reason", type=TEXT, nargs=-1, metavar="[REASON]")
@click.option("--undo", is_flag=True, help="Take back what was said of FINDING.")
@formats("text", "json")
@click.pass_obj
def resolve(
    invocation: Invocation,
    /,
    finding: str | None,
    reason: tuple[str, ...],
    form: str,
    *,
    undo: bool,
) -> None:
    """Give a REASON for a FINDING of a report, which is then no more to be acted on.

    FINDING is its id, such as 261116-3f9a2c1b, of which an unambiguous beginning is enough. It
    stays in the report, with the reason, who gave it and when. Without arguments: list all reasons
    that were given. They can also be filled into the Excel report, which goes into the inbox.
    """
    from audit import resolving

    if undo and (finding is None or reason):
        raise click.UsageError("--undo goes with a finding alone")
    if not undo and (finding is None) == bool(reason):
        raise click.UsageError("name a finding and a reason, or neither")
    settings, words, desk = invocation.settings, invocation.words, invocation.desk
    speaker = resolving.Speaker(desk.by, desk.clock.now())
    with invocation.catalogue() as catalogue:
        said = None if undo else " ".join(reason)
        told = resolving.do(catalogue, settings, finding, said, speaker)
    render = resolving.as_json if form == "json" else resolving.as_text
    click.echo(render(told, words, settings.office.timezone), nl=False)
    for note in desk.notes(desk.follow()) if finding is not None else ():
        on_stderr(note)
