"""Commands of the daemon: run, service, which has it started, and what status and notify tell."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from commands.advice import settings_problems
from commands.exit_codes import FAILED
from commands.invocation import Invocation
from commands.logs import log_from
from commands.options import command, formats
from commands.screen import end_with, on_stderr

if TYPE_CHECKING:
    from archive.catalogue.database import Catalogue
    from config.language import Message
    from config.settings import Settings
_JSON = ("--format", "json")


@command("run")
@click.option("--service", "served", is_flag=True, help="Say all in the log file, for a service.")
@click.pass_obj
def run(invocation: Invocation, *, served: bool) -> None:
    """Be the daemon: passes on events and scans, the mirror's retries, the nightly report.

    Ends cleanly on Ctrl-C or SIGTERM.
    """
    import signal

    from archive.errors import ArchiveError
    from audit.report import known_findings, write_nightly
    from audit.summary import in_short
    from config.language import Message
    from ingest import postman
    from ingest.daemon import Surroundings, serve
    from ingest.inbox_pass import Clock

    stop, wake = Event(), Event()

    def end() -> None:
        stop.set()
        wake.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        # In a thread: the handler may interrupt this one while it holds the events' own locks.
        signal.signal(number, lambda *_: Thread(target=end).start())
    tell = _tell_log(invocation) if served else _tell_screen(invocation)
    settings = invocation.settings
    clock = Clock.of_computer(settings.office.timezone)
    try:
        with postman.at_work(settings, clock.now, tell, partial(in_short, settings)) as post:

            def write(catalogue: Catalogue, due: date, now: datetime) -> Sequence[date]:
                written = write_nightly(catalogue, settings, due, now)
                post.look()
                return written

            given = Surroundings(
                clock,
                report=write,
                tell=tell,
                known=partial(known_findings, settings),
                post=post.announce,
                verify=myself(
                    settings, "verify", "--slice", f"next/{settings.verify.slices}", *_JSON
                ),
                stop=stop.is_set,
            )
            serve(settings, given, stop, wake)
    except ArchiveError as error:
        if not served:
            raise
        tell(error.message)
        sys.exit(FAILED)
    tell(Message.of("cli.stopped"))


@command("status")
@formats("text", "json")
@click.pass_obj
def status(invocation: Invocation, form: str) -> None:
    """Say what the daemon does now, what waits and since when, and what went wrong last.

    Ends with 1 where no daemon runs, with 3 where something needs a person.
    """
    from ingest.status_told import tell_status

    now = invocation.now()
    end_with(tell_status(invocation.settings, invocation.words, now, form))


@command("service")
@click.argument("what", type=click.Choice(["install", "remove", "status"]))
@click.option("--name", default="callvault", help="Where a computer has several, one each.")
@click.pass_obj
def service(invocation: Invocation, what: str, name: str) -> None:
    """Have the system start the daemon (install), or not any more (remove), or say whether it does.

    Windows: a task of the Task Scheduler, when you log on. Linux: a unit of systemd for your user.
    macOS: a launchd agent. None of them needs an administrator.
    """
    from ingest.service_told import tell_service

    program = myself(invocation.settings, "run", "--service")
    end_with(tell_service(invocation.settings, invocation.words, what, name, program))


@command("notify")
@click.option("--test", is_flag=True, help="Send a test message through each channel now.")
@formats("text", "json")
@click.pass_obj
def notify(invocation: Invocation, form: str, *, test: bool) -> None:
    """Say which messages are owed to which channels, or try the channels (--test).

    The daemon sends the nightly report and alarms to the channels of [notify] urls_file.
    """
    from ingest.notify_told import tell_owed, tell_test

    settings, words = invocation.settings, invocation.words
    if test:
        now = invocation.now()
        end_with(tell_test(settings, words, now, form))
    end_with(tell_owed(settings, words, form))


def myself(settings: Settings, *arguments: str) -> list[str]:
    """The command line of another callvault with the same settings, wherever it is started."""
    program, config = Path(__file__).absolute().parents[1] / "cli.py", settings.source.absolute()
    return [sys.executable, str(program), "--config", str(config), *arguments]


def _tell_screen(invocation: Invocation) -> Callable[[Message], None]:
    words = invocation.words
    log_from("INFO")
    return lambda said: on_stderr(words.say(said))


def _tell_log(invocation: Invocation) -> Callable[[Message], None]:
    """Nobody sees the screen of what a service started: wrong settings are in the log, too."""
    import logging

    from config.load import SettingsError
    from config.settings import Log
    from ingest.log_file import LogFile, Written

    try:
        settings = invocation.settings
    except SettingsError as error:
        if invocation.config is not None:
            log_from("INFO", LogFile(Log(invocation.config.with_name(Log().file.name))))
            for line in settings_problems(error):
                logging.getLogger("callvault").error("%s", line)  # noqa: TRY400  it is all that counts
        raise
    log_from("INFO", LogFile(settings.log))
    return Written(settings)
