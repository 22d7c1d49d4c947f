"""Commands that set up and say whether all is fit: init, new-key, check, selftest."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from commands.exit_codes import DONE, NEEDS_A_PERSON
from commands.invocation import Invocation, words_without_settings
from commands.logs import log_from
from commands.options import FILE, Place, command, formats
from commands.screen import coloured, print_json, screen_width, writing


@command("init")
@click.argument("directory", type=Place(path_type=Path, file_okay=False), default=".")
def init(directory: Path) -> None:
    """Write a commented callvault.toml into DIRECTORY (default: here). Nothing is overwritten."""
    from config import load

    target, words = directory / load.FILE, words_without_settings()
    with writing(target, words):
        try:
            directory.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as writer:
                writer.write(load.EXAMPLE.read_bytes())
        except FileExistsError:
            raise click.ClickException(words("cli.init_there", path=target)) from None
    click.echo(words("cli.init_done", path=target))


@command("new-key")
@click.argument("file", type=FILE)
@click.pass_obj
def new_key(invocation: Invocation, file: Path) -> None:
    """Write a new key for an encrypted mirror into FILE. Nothing is overwritten.

    FILE must not lie in the inbox, the archive or a mirror's folder. Name it with key_file in the
    settings of a mirror that is new, too.
    """
    from secrets import token_bytes

    from archive.key_file import make
    from config.settings import FolderMirror

    settings = invocation.settings_if_any
    places = [settings.archive.path, settings.inbox.path] if settings else []
    further = settings.further if settings else ()
    places += [one.folder for one in further if isinstance(one, FolderMirror)]
    make(file, token_bytes, places)
    click.echo(invocation.words("cli.key_made", path=file.absolute()))


@command("check")
@click.option("--probe", is_flag=True, help="Try anew what the mirror's bucket does.")
@formats("text", "json")
@click.pass_obj
def check(invocation: Invocation, probe: bool, form: str) -> None:
    """Say whether inbox, archive, catalogue, reports, mirror and clock are fit, with remedies.

    What the mirror's bucket does is tried the first time, after 30 days and with --probe, below
    `.callvault/selftest` of the bucket; in between, what was found out is told.
    """
    from ingest.bucket_told import Layout, as_dict, as_text
    from ingest.fitness import examine

    settings, words = invocation.settings, invocation.words
    checks = list(examine(settings, invocation.now, probe=probe))
    if form == "json":
        told: list[dict[str, object]] = [
            {"part": one.part, "fit": one.fit, "message": words.say(one.message)} for one in checks
        ]
        for one, said in zip(checks, told, strict=True):
            if one.known and settings.mirror:
                said["bucket"] = as_dict(one.known, settings.mirror, words)
        print_json(told)
    else:
        layout = Layout(words, settings.office.timezone, screen_width() if coloured() else None)
        for one in checks:
            mark = click.style("✓", fg="green") if one.fit else click.style("✗", fg="red")
            click.echo(f"{mark} {words(f'check.{one.part}')}: {words.say(one.message)}")
            if one.known and settings.mirror:
                click.echo(as_text(one.known, settings.mirror, layout), nl=False)
    sys.exit(DONE if all(one.fit for one in checks) else NEEDS_A_PERSON)


@command("selftest")
@formats("text", "json")
@click.pass_obj
def selftest(invocation: Invocation, form: str) -> None:
    """Try on your own disk and bucket what callvault relies on; takes some seconds.

    Works below `.callvault/selftest` in archive and bucket, removes that again, and may run beside
    the daemon. Ends with 1 where a must is missing, with 3 where something should be looked at.
    """
    from time import monotonic

    from ingest.selftest import Clocks, as_json, exit_code, line, tried

    settings, words = invocation.settings, invocation.words
    log_from("ERROR")
    clocks = Clocks(invocation.now, monotonic)
    trials = []
    for one in tried(settings, clocks):
        trials.append(one)
        if form == "text":
            click.echo(line(one, words))
    if form == "json":
        print_json([as_json(one, words) for one in trials])
    sys.exit(exit_code(trials))
