"""Commands that look at a mirror or bring back from it: compare, rebuild, restore."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON
from commands.invocation import Invocation
from commands.logs import log_from
from commands.options import DAY, SOME_TEXT, TEXT, Place, command, date_of, formats, in_order
from commands.screen import end_with, on_stderr, screen_width

if TYPE_CHECKING:
    from config.settings import FolderMirror, Mirror


def _mirror(invocation: Invocation, name: str | None) -> Mirror | FolderMirror:
    """The mirror of that name; without one the first."""
    settings, words = invocation.settings, invocation.words
    if settings.mirror is None:
        raise click.UsageError(words("findings.mirror_off"))
    named = {one.name: one for one in (settings.mirror, *settings.further)}
    try:
        return named[name] if name is not None else settings.mirror
    except KeyError:
        known = ", ".join(named)
        raise click.UsageError(words("cli.mirror_unknown", name=name, known=known)) from None


_using = click.option(
    "--using", type=TEXT, metavar="MIRROR", help="One of [[mirrors]] instead of the first mirror."
)


@command("rebuild")
@click.option("--mirror", is_flag=True, help="Bring back from the mirror what the archive lacks.")
@click.option("--using", type=TEXT, metavar="MIRROR", help="As --mirror, from this one.")
@formats("text", "json")
@click.pass_obj
def rebuild(invocation: Invocation, using: str | None, form: str, *, mirror: bool) -> None:
    """Make the catalogue anew from the custody files; the old one is kept aside.

    With --mirror custody files, sheets and recordings that are missing come back from the mirror:
    on a new computer, too. The daemon must be stopped meanwhile.
    """
    from audit.progress import bars
    from ingest.rebuild_told import tell_rebuild

    desk = invocation.desk
    source = _mirror(invocation, using) if mirror or using else None
    with bars(invocation.words, sys.stderr) as tell:
        told = tell_rebuild(desk, form, mirror=source, tell=tell)
    end_with(told)


@command("compare")
@click.option("--prefix", type=TEXT, default="", help="Only paths that begin so.")
@click.option(
    "--customer", type=SOME_TEXT, metavar="NAME|NUMBER", help="Only this customer's folder."
)
@click.option("--all", "everything", is_flag=True, help="List what is equal or owed, too.")
@_using
@formats("text", "json")
@click.pass_obj
def compare(
    invocation: Invocation,
    /,
    prefix: str,
    customer: str | None,
    using: str | None,
    form: str,
    *,
    everything: bool,
) -> None:
    """Hold catalogue, archive and bucket against each other by name and size. Alters nothing.

    \b
    =  in both, and as the catalogue says    *  the sizes differ
    -  only in the archive                   !  an error
    +  only in the bucket                    ~  owed by the mirror, and no difference

    Works while the daemon does.
    """  # noqa: D301 - click's own mark, a real backspace
    from archive.places import require_archive
    from audit import comparison
    from audit.progress import bars

    settings, words = invocation.settings, invocation.words
    log_from("CRITICAL")
    mirror = _mirror(invocation, using)
    if prefix and customer:
        raise click.UsageError(words("compare.one_of_both"))
    require_archive(settings.archive.path)
    with invocation.catalogue(make=False) as catalogue, bars(words, sys.stderr) as tell:
        if customer:
            from ingest.naming import whose

            with catalogue.reading() as tx:
                prefix = f"{whose(tx, customer).customer.folder}/"
        step = partial(tell, "compare")
        done = comparison.compare(catalogue, settings, mirror, prefix, step, everything=everything)
    render = comparison.as_json if form == "json" else comparison.as_text
    click.echo(render(done, words), nl=False)
    if done.stopped is not None:
        on_stderr(words("compare.stopped", why=words.say(done.stopped)))
        sys.exit(FAILED)
    sys.exit(NEEDS_A_PERSON if done.differs else DONE)


@command("restore")
@click.option("--customer", type=SOME_TEXT, metavar="NAME|NUMBER", help="Only this customer's.")
@click.option("--from", "first", type=DAY, help="First day of the call.")
@click.option("--to", "last", type=DAY, help="Last day of the call.")
@_using
@click.argument("folder", type=Place(path_type=Path, file_okay=False), metavar="DEST")
@formats("table", "json")
@click.pass_obj
def restore(
    invocation: Invocation,
    /,
    customer: str | None,
    first: datetime | None,
    last: datetime | None,
    using: str | None,
    folder: Path,
    form: str,
) -> None:
    """Bring recordings back from the mirror into DEST, an empty or new folder.

    They lie there as in the archive, each held against its SHA-256; archive and catalogue stay as
    they are. CUSTOMER as with assign. Run again to go on where it was cut short; nothing in DEST
    is overwritten. Works while the daemon does.
    """
    from audit.progress import bars
    from ingest.restore_told import Asked, tell_restore

    desk, width = invocation.desk, screen_width() if form == "table" else None
    in_order(first, last)
    asked = Asked(customer, date_of(first), date_of(last))
    mirror = _mirror(invocation, using)
    try:
        with bars(invocation.words, sys.stderr) as tell:
            told = tell_restore(desk, mirror, asked, folder, width, tell)
    except KeyboardInterrupt:
        on_stderr(invocation.words("restore.interrupted"))
        sys.exit(FAILED)
    end_with(told)
