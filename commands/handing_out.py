"""Commands that hand recordings out: export, verify-export, play, listen-copy."""

from __future__ import annotations

import sys
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import click

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON
from commands.invocation import Invocation
from commands.logs import log_from
from commands.options import TEXT, Place, asks, command, dates_of, formats
from commands.screen import end_with, enter_pressed, on_stderr


@command("export")
@asks
@click.option(
    "-o",
    "--output",
    "target",
    type=Place(path_type=Path),
    required=True,
    metavar="DIR|ZIP",
    help="A new or empty folder, or a new file whose name ends in .zip.",
)
@click.option("--without-sheets", is_flag=True, help="Leave out the sheets as they were handed in.")
@click.option("--vcon", is_flag=True, help="Add each recorded call as a vCon, for other programs.")
@formats("text", "json")
@click.pass_obj
def export(
    invocation: Invocation,
    /,
    form: str,
    target: Path,
    *,
    without_sheets: bool,
    vcon: bool,
    **asked: Any,
) -> None:
    """Make a package of recordings for a court: found by WORDS and options, as with search, but by
    how names are written alone, not by how they sound.

    With them go their calls as they were handed in, those that have no recording too, the sheets,
    findings, custody with proofs and time stamps, a report to print, and how to verify it all.
    The same query gives the same bytes. Works while the daemon does.
    """
    from importlib.metadata import version

    from audit import export as exporting
    from audit.looking import meant, query_of
    from audit.progress import bars
    from ingest.hanging_up import as_ctrl_c

    settings, words, by = invocation.settings, invocation.words, invocation.desk.by
    now = invocation.now()
    asked = dates_of(asked)
    query = meant(query_of(asked | {"limit": 1}).query, now.date())
    wanted = exporting.Wanted(
        query, target, not without_sheets, by, version("callvault"), with_vcons=vcon
    )
    try:
        with (
            as_ctrl_c(),
            invocation.catalogue(make=False) as catalogue,
            bars(words, sys.stderr) as tell,
        ):
            done = exporting.export(catalogue, settings, wanted, now, tell)
    except KeyboardInterrupt:
        on_stderr(words("export.interrupted"))
        sys.exit(FAILED)
    if isinstance(done, exporting.Nothing):
        on_stderr(words("export.nothing"))
        if done.undecided:
            on_stderr(words("export.nothing_undecided", count=done.undecided))
        sys.exit(NEEDS_A_PERSON)
    said = exporting.as_text(done, target, words)
    click.echo(exporting.as_json(done, target) if form == "json" else said, nl=False)


@command("verify-export")
@click.argument("package", type=Place(path_type=Path), metavar="DIR|ZIP")
@formats("text", "json")
@click.pass_obj
def verify_export(invocation: Invocation, package: Path, form: str) -> None:
    """Check a package that `export` made: every file, that none is too many, custody, proofs.

    With a settings file, also whether this office's custody log knows of it; works without one.
    """
    from audit import verify_export as verifying

    settings, words = invocation.settings_if_any, invocation.words
    zone: tzinfo
    if settings is None:
        verified, zone = verifying.verify(package, None), UTC
    else:
        log_from("ERROR")
        with invocation.catalogue(make=False) as catalogue, catalogue.reading() as tx:
            verified, zone = verifying.verify(package, tx), settings.office.timezone
    said = verifying.as_text(verified, words, zone)
    click.echo(verifying.as_json(verified) if form == "json" else said, nl=False)
    sys.exit(DONE if verified.sound and verified.known else NEEDS_A_PERSON)


@command("play")
@click.argument("recording", type=TEXT)
@formats("text", "json")
@click.pass_obj
def play(invocation: Invocation, recording: str, form: str) -> None:
    """Play RECORDING with what this computer has: mpv, ffplay, VLC, or what the system opens.

    RECORDING as with assign. Its bytes are held against its SHA-256 first. That you listened is
    written into the custody log. Works while the daemon does.
    """
    from ingest.hanging_up import as_ctrl_c
    from ingest.listen_told import Stage, tell_play
    from ingest.player import found_here

    stage = Stage(sys.platform, found_here, on_stderr, enter_pressed)
    with as_ctrl_c():
        told = tell_play(invocation.desk, recording, form, stage)
    end_with(told)


@command("listen-copy")
@click.argument("recordings", type=TEXT, nargs=-1, required=True, metavar="RECORDING...")
@click.option(
    "-o",
    "--output",
    "folder",
    type=Place(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="A folder outside of archive and inbox; made where it is missing.",
)
@click.option("--louder", is_flag=True, help="Make quiet ones louder, up to 30 dB.")
@formats("text", "json")
@click.pass_obj
def listen_copy(
    invocation: Invocation, /, recordings: tuple[str, ...], folder: Path, form: str, *, louder: bool
) -> None:
    """Make a WAV of each RECORDING that any player and browser plays; for ears, not as evidence.

    The recording itself stays as it is. Nothing is overwritten. That you took a copy is written
    into the custody log. RECORDING as with assign. Works while the daemon does.
    """
    from ingest.hanging_up import as_ctrl_c
    from ingest.listen_told import tell_copies

    with as_ctrl_c():
        told = tell_copies(invocation.desk, recordings, folder, form, louder=louder)
    end_with(told)
