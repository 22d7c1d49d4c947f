"""Commands on whether every copy is still what it was: verify, and repair."""

from __future__ import annotations

import re
import sys

import click

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON
from commands.invocation import Invocation
from commands.logs import log_from
from commands.options import TEXT, command, formats
from commands.screen import on_stderr


def _slice(_ctx: click.Context, _param: click.Parameter, said: str) -> tuple[int | None, int]:
    if found := re.fullmatch(r"(next|\d{1,5})/(\d{1,5})", said):
        number, slices = None if found[1] == "next" else int(found[1]), int(found[2])
        if 1 <= (number or 1) <= slices and number != 0:
            return number, slices
    raise click.BadParameter(f"{said!r} is no slice such as 3/30 or next/30, of at most 99999")


@command("verify")
@click.option(
    "--level",
    type=click.Choice(["presence", "size", "contents"]),
    help="Default: contents in the archive, size (and the store's checksum) in the mirror.",
)
@click.option(
    "--slice",
    "part",
    default="1/1",
    show_default=True,
    callback=_slice,
    metavar="N/T",
    help="Only part N of T; next/T takes the part whose turn it is.",
)
@click.option("--archive", is_flag=True, help="Only the files of the archive.")
@click.option("--mirror", is_flag=True, help="Only the objects of the mirror.")
@click.option("--restart", is_flag=True, help="Do not go on where a run was cut short.")
@formats("text", "json")
@click.pass_obj
def verify(
    invocation: Invocation,
    /,
    level: str | None,
    part: tuple[int | None, int],
    form: str,
    *,
    archive: bool,
    mirror: bool,
    restart: bool,
) -> None:
    """Look whether every file and object is what the catalogue says. Repairs nothing.

    Goes on where it was cut short. Works while the daemon does.
    """
    from archive.fixity import Level, Place
    from archive.lock import verifying
    from archive.places import require_archive
    from audit import verification
    from audit.progress import bars

    settings, words = invocation.settings, invocation.words
    log_from("CRITICAL")
    if mirror and settings.mirror is None:
        raise click.UsageError(words("findings.mirror_off"))
    both = archive == mirror
    places = [Place.ARCHIVE] if archive or both else []
    if settings.mirror is not None and (mirror or both):
        places.append(Place.MIRROR)
    wanted = verification.Wanted(places, Level(level) if level else None, *part, restart)
    require_archive(settings.archive.path)
    try:
        with (
            verifying(settings.archive.path),
            invocation.catalogue(make=False) as catalogue,
            bars(words, sys.stderr) as tell,
        ):
            verified = verification.verify(catalogue, settings, wanted, invocation.now, tell)
    except KeyboardInterrupt:
        on_stderr(words("verify.interrupted"))
        sys.exit(FAILED)
    if settings.mirror is None:
        on_stderr(words("verify.mirror_off"))
    render = verification.as_json if form == "json" else verification.as_text
    click.echo(render(verified, words, settings.office.timezone), nl=False)
    for why in verified.stopped:
        on_stderr(words.say(why))
    if verified.stopped:
        sys.exit(FAILED)
    sys.exit(NEEDS_A_PERSON if verified.discoveries else DONE)


@command("repair")
@click.argument("recordings", type=TEXT, nargs=-1, metavar="[RECORDING]...")
@click.option("--dry-run", is_flag=True, help="Only say what can be repaired, and from where.")
@formats("text", "json")
@click.pass_obj
def repair(
    invocation: Invocation, recordings: tuple[str, ...], form: str, *, dry_run: bool
) -> None:
    """Restore what verify found bad from a good copy; the bad one is kept aside.

    Without a RECORDING: everything that is known to be bad. RECORDING as with assign. The daemon
    must be stopped meanwhile.
    """
    from archive.lock import locked
    from archive.places import require_archive
    from audit import repairing, repairs
    from ingest.naming import recording_named

    settings, words, roots = invocation.settings, invocation.words, invocation.desk.roots
    require_archive(settings.archive.path)
    with locked(settings.archive.path), invocation.catalogue(make=False) as catalogue:
        with catalogue.reading() as tx:
            named = {recording_named(tx, one, roots).id for one in recordings}
        now = invocation.now
        done = repairing.repair(catalogue, settings, named or None, now, dry_run=dry_run)
    render = repairs.as_json if form == "json" else repairs.as_text
    if form == "json" or done.every or not done.stopped:
        click.echo(render(done.every, words), nl=False)
    for why in done.stopped:
        on_stderr(words.say(why))
    if done.stopped:
        sys.exit(FAILED)
    undone = any(one.outcome in repairs.UNDONE for one in done.every)
    sys.exit(NEEDS_A_PERSON if undone else DONE)
