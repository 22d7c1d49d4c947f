"""Commands that look something up: search, history, explain, custody, and access: who did so."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click

from commands.exit_codes import DONE, NEEDS_A_PERSON
from commands.invocation import Invocation
from commands.options import (
    DAY,
    SOME_TEXT,
    TEXT,
    asks,
    command,
    date_of,
    dates_of,
    formats,
    full_numbers,
    in_order,
)
from commands.screen import coloured, end_with, on_stderr, screen_width


@command("search")
@asks
@click.option("--limit", type=click.IntRange(1, 1_000_000), help="Hits of a page. Default: 50.")
@click.option("--page", type=click.IntRange(1, 1_000_000), default=1, help="Which page of so many.")
@click.option("--open", "opened", is_flag=True, help="Show the first hit in its folder.")
@click.option("--finding", type=TEXT, help="Of which the report found this: a code or title.")
@click.option("--save", type=SOME_TEXT, metavar="NAME", help="Save this search under a name.")
@click.option("--saved", type=SOME_TEXT, metavar="NAME", help="The search of this name.")
@full_numbers
@formats("table", "json", "csv")
@click.pass_obj
def search(
    invocation: Invocation,
    /,
    form: str,
    *,
    save: str | None,
    opened: bool,
    full: bool,
    **asked: Any,
) -> None:
    """Find recordings by WORDS and by what the options say, of which all must hold.

    WORDS are parts of names or numbers, names as they sound (zhangwei, zw), days, months or spans
    (2026-11, 上个月, last month, 2026-11-03..2026-11-09), and, of what is in holding, parts of file
    names. The newest come first. Nothing found is no error. --file and --note, which no index
    knows, take long in a large archive unless another option leaves little to look through. Who
    searched for what is written down.
    """
    from audit import saved_searches
    from audit.access_entries import of_search
    from audit.looking import look_for, meant, query_of
    from audit.progress import bars
    from audit.search import render, without_numbers

    settings, words = invocation.settings, invocation.words
    asked = dates_of(asked)
    before = saved_searches.recall(settings.source, asked["saved"]) if asked["saved"] else {}
    given = query_of(asked, before)
    in_order(given.query.first, given.query.last)
    if save is not None:
        saved_searches.save(settings.source, save, given.told)
        on_stderr(words("search.saved", name=save))
    now, look = invocation.now(), look_for
    if given.finding is not None:
        from audit.looking_findings import finder

        look = finder(settings, given.finding, now)
    query = meant(given.query, now.date())
    with invocation.catalogue() as catalogue, bars(words, sys.stderr) as tell:
        found = look(catalogue, query, lambda done, total: tell("search", done, total))
    zone, how = settings.office.timezone, (words, screen_width())
    if found.behind:
        on_stderr(words("search.behind"))
    if found.since:
        on_stderr(words("search.found_since", day=found.since))
    invocation.enter("searched", of_search(given.told, found, full=full))
    hits = found.hits if full else without_numbers(found.hits)
    click.echo(render(hits, form, zone, *how, colour=coloured(), page=found.page), nl=False)
    if opened and found.hits:
        click.launch(str(settings.archive.path / found.hits[0].archive_path), locate=True)


@command("history")
@click.argument("customer", type=TEXT, metavar="CUSTOMER")
@click.option("--from", "first", type=DAY, help="From this day on.")
@click.option("--to", "last", type=DAY, help="Up to this day.")
@full_numbers
@formats("text", "json")
@click.pass_obj
def history(
    invocation: Invocation,
    customer: str,
    first: datetime | None,
    last: datetime | None,
    form: str,
    *,
    full: bool,
) -> None:
    """Tell all that happened to a CUSTOMER, the newest last: calls, recordings, findings, promises,
    legal holds, and what people did.

    CUSTOMER is a name, a name and last digits, a whole number, or a folder with a / after it.
    Customers of one name are told apart. Who looked is written down.
    """
    from audit import history_told

    settings, words = invocation.settings, invocation.words
    in_order(first, last)
    now = invocation.now()
    asked = history_told.Asked(customer, date_of(first), date_of(last), now, full)
    with invocation.catalogue(make=False) as catalogue:
        told = history_told.tell(catalogue, settings, words, asked)
    invocation.enter("history_told", history_told.seen(told, asked))
    said = history_told.as_text(told, words, screen_width(), colour=coloured(), full=full)
    click.echo(history_told.as_json(told, full=full) if form == "json" else said, nl=False)


@command("explain")
@click.argument("recording", type=TEXT)
@formats("text", "json")
@click.pass_obj
def explain(invocation: Invocation, recording: str, form: str) -> None:
    """Say why RECORDING lies where it lies, and what would change that."""
    from ingest.explain_told import tell_explain

    end_with(tell_explain(invocation.desk, recording, form))


@command("custody")
@click.argument("recording", type=TEXT, required=False)
@click.option(
    "--verify", is_flag=True, help="Check the whole log, its files and the mirror's copies."
)
@full_numbers
@formats("text", "json")
@click.pass_obj
def custody(
    invocation: Invocation, recording: str | None, form: str, *, verify: bool, full: bool
) -> None:
    """Tell the history of RECORDING, or look whether the custody log was touched (--verify)."""
    from ingest.custody_told import tell_check, tell_custody

    if verify == (recording is not None):
        raise click.UsageError("name a recording, or give --verify")
    if recording is None:
        end_with(tell_check(invocation.desk, form))
    end_with(tell_custody(invocation.desk, recording, form, full=full))


@command("access")
@click.option("--since", type=DAY, help="From this day on. Default: the last 30 days.")
@click.option("--by", type=TEXT, metavar="USER", help="Only what this user saw.")
@formats("table", "json")
@click.pass_obj
def access(invocation: Invocation, since: datetime | None, by: str | None, form: str) -> None:
    """Tell who searched, looked at a history, saw whole numbers, listened or exported.

    USER as the system calls them. What is not in the custody log yet is told as such.
    """
    from audit import access_told

    settings, words = invocation.settings, invocation.words
    now = invocation.now()
    with invocation.catalogue(make=False) as catalogue:
        asked = access_told.Asked(date_of(since), by, now)
        told = access_told.accesses(catalogue, settings, asked)
    said = access_told.as_table(told, words, screen_width(), colour=coloured())
    click.echo(access_told.as_json(told) if form == "json" else said, nl=False)
    for problem in told.problems:
        on_stderr(words.say(problem))
    sys.exit(NEEDS_A_PERSON if told.problems else DONE)
