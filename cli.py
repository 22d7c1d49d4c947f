"""The command line: wires the rooms together, shows what they say, and sets the exit code.

Everything heavy is imported where a command needs it, so that `--help` stays quick.
"""

from __future__ import annotations

import json
import locale
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property, partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from archive.catalogue.database import Catalogue
    from config.language import Message, Words
    from config.load import SettingsError
    from config.settings import FolderMirror, Mirror, Settings
    from ingest.desk import Desk, Told

DONE, FAILED, WRONG_USE, NEEDS_A_PERSON = 0, 1, 2, 3
_EXIT = """\b
Exit status:
  0  done
  1  failed
  2  wrong usage or settings
  3  done, but something needs a person
"""
_JSON = ("--format", "json")
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_MONTH = click.DateTime(formats=["%Y-%m"])
_FILE = click.Path(path_type=Path, dir_okay=False)


class _Text(click.types.StringParamType):
    """What is typed; bytes that are no text become the escapes that a file's name has here."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        said: str = super().convert(value, param, ctx)
        return said.encode("utf-8", "backslashreplace").decode()


_TEXT = _Text()


class Invocation:
    """What every command is given: the settings, read once, and the language they ask for."""

    def __init__(self, config: Path | None) -> None:
        self.config = config

    @cached_property
    def settings(self) -> Settings:
        from config.load import find, load

        path = find(self.config, Path.cwd(), Path(click.get_app_dir("callvault")))
        return load(path, os.environ)

    @cached_property
    def words(self) -> Words:
        from config.language import Words

        settings = self.settings_if_any
        return Words(settings.office.language) if settings else _words_without_settings()

    @property
    def settings_if_any(self) -> Settings | None:
        """`None` where no file was named and none is found; a wrong one is an error as ever."""
        from config.load import SettingsError, find

        if self.config is None:
            try:
                find(None, Path.cwd(), Path(click.get_app_dir("callvault")))
            except SettingsError:
                return None
        return self.settings

    @property
    def desk(self) -> Desk:
        """Where people say what is so; the log stays silent but for errors."""
        from ingest.desk import Desk

        _log(logging.ERROR)
        return Desk.of(self.settings, self.words)

    def catalogue(self, *, make: bool = True) -> closing[Catalogue]:
        from archive import presence
        from archive.catalogue.database import open_catalogue

        presence.require(self.settings)
        return closing(open_catalogue(self.settings.catalogue.url, make=make))

    def enter(self, event: str, details: Mapping[str, object]) -> None:
        """Writes down who is about to see what; nothing is shown before."""
        from ingest.logged_on import enter, user

        enter(self.settings, event, details, user(), datetime.now(self.settings.office.timezone))


class _Commands(click.Group):
    """Turns the errors that the rooms raise into advice and an exit code, in one place."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            code = _explain(error, ctx.obj)
            if code is None:
                raise
            ctx.exit(code)


@click.group(cls=_Commands, epilog=_EXIT, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=_FILE,
    envvar="CALLVAULT_CONFIG",
    help="Settings file. Default: callvault.toml here, then in the user's config directory.",
)
@click.version_option(package_name="callvault")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Keep call recordings as evidence: check them against the call-log sheet, file them under
    customer and date, mirror them, and report what is missing.

    \b
    Start with:
      callvault init       write the settings file, then fill in the two paths
      callvault check      see whether everything is fit
      callvault ingest     take in what lies in the inbox
      callvault report     see what is missing
    """  # noqa: D301 - click's own mark, a real backspace
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows would write the local code page into files
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    ctx.obj = Invocation(config)


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command of its own, which takes `--config` before or after its name."""

    def take(ctx: click.Context, _param: click.Parameter, config: Path | None) -> None:
        if config is not None:
            ctx.obj.config = config

    option = click.option(
        "--config", type=_FILE, callback=take, expose_value=False, help="Settings file."
    )
    return lambda function: main.command(name, epilog=_EXIT)(option(function))


def formats(*forms: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """What a command can write; the first is for people, and the default."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0])


@command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(directory: Path) -> None:
    """Write a commented callvault.toml into DIRECTORY (default: here). Nothing is overwritten."""
    from config.load import EXAMPLE, FILE

    target, words = directory / FILE, _words_without_settings()
    with _writing(target, words):
        try:
            directory.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as writer:
                writer.write(EXAMPLE.read_bytes())
        except FileExistsError:
            raise click.ClickException(words("cli.init_there", path=target)) from None
    click.echo(words("cli.init_done", path=target))


@command("new-key")
@click.argument("file", type=_FILE)
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
    """Say whether inbox, archive, catalogue, mirror and clock are fit, and what to do if not.

    What the mirror's bucket does is tried the first time, after 30 days and with --probe, below
    `.callvault/selftest` of the bucket; in between, what was found out is told.
    """
    from ingest.bucket_told import Layout, as_dict, as_text
    from ingest.fitness import examine

    settings, words = invocation.settings, invocation.words
    clock = partial(datetime.now, settings.office.timezone)
    checks = list(examine(settings, clock, probe=probe))
    if form == "json":
        told: list[dict[str, object]] = [
            {"part": one.part, "fit": one.fit, "message": words.say(one.message)} for one in checks
        ]
        for one, said in zip(checks, told, strict=True):
            if one.known and settings.mirror:
                said["bucket"] = as_dict(one.known, settings.mirror, words)
        _print_json(told)
    else:
        layout = Layout(words, settings.office.timezone, _width() if _colour() else None)
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
    _log(logging.ERROR)
    clocks = Clocks(lambda: datetime.now(settings.office.timezone), monotonic)
    trials = []
    for one in tried(settings, clocks):
        trials.append(one)
        if form == "text":
            click.echo(line(one, words))
    if form == "json":
        _print_json([as_json(one, words) for one in trials])
    sys.exit(exit_code(trials))


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
    _log(logging.INFO if verbose else logging.ERROR)
    zone = settings.office.timezone
    clock = Clock.set_to(as_of, zone) if as_of else Clock.of_computer(zone)

    def wait(count: int, seconds: float) -> None:
        _tell(words("cli.settling", count=count, seconds=f"{seconds:g}"))
        Event().wait(seconds)

    known = partial(known_findings, settings)
    with open_session(settings, known) as session, bars(words, sys.stderr) as tell:
        presence.remember(settings)
        summary = session.ingest(clock, Steps(tell), wait)
    problems = [words.say(problem) for problem in summary.problems]
    if form == "json":
        _print_json(summary.counts | {"problems": problems})
    else:
        click.echo(words("cli.ingested", **summary.counts))
        for problem in problems:
            _tell(problem)
    sys.exit(NEEDS_A_PERSON if summary.needs_a_person else DONE)


@command("run")
@click.option("--service", "served", is_flag=True, help="Say all in the log file, for a service.")
@click.pass_obj
def run(invocation: Invocation, *, served: bool) -> None:
    """Be the daemon: passes on events and scans, the mirror's retries, the nightly report.

    Ends cleanly on Ctrl-C or SIGTERM.
    """
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
                verify=_myself(
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

    now = datetime.now(invocation.settings.office.timezone)
    _end(tell_status(invocation.settings, invocation.words, now, form))


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

    program = _myself(invocation.settings, "run", "--service")
    _end(tell_service(invocation.settings, invocation.words, what, name, program))


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
        now = datetime.now(settings.office.timezone)
        _end(tell_test(settings, words, now, form))
    _end(tell_owed(settings, words, form))


@command("report")
@click.option("--date", "day", type=_DAY, help="The day to report on. Default: the latest.")
@click.option("--from", "first", type=_DAY, help="First day of a range.")
@click.option("--to", "last", type=_DAY, help="Last day of a range.")
@click.option("--month", type=_MONTH, help="A whole month, such as 2026-11.")
@formats("text", "json", "html", "xlsx")
@click.option("-o", "--output", type=_FILE, help="A file.")
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
    if first and last and first > last:
        raise click.UsageError("--from lies after --to")
    if form == "xlsx" and output is None:
        raise click.UsageError("--format xlsx needs a file: -o report.xlsx")
    settings, words = invocation.settings, invocation.words
    now = datetime.now(settings.office.timezone)
    with invocation.catalogue() as catalogue:
        ends = reports.ends(month.date()) if month else (_date(first), _date(last))
        asked = reports.asked_for(catalogue, _date(day), *ends)
        compiled = reports.compile_days(catalogue, settings, asked.days, now)
        past = reports.calendar_of(catalogue, asked.days if form == "html" else [])
    if not compiled:
        _tell(words("cli.nothing_there" if asked.ranged else "cli.nothing_yet"))
        if not (asked.ranged and form == "json"):
            sys.exit(DONE if asked.ranged else NEEDS_A_PERSON)
    archive = settings.archive.path
    look = reports.Look(_width(), _colour(), asked.ranged, past)
    if output is None:
        click.echo(reports.as_text(compiled, form, archive, look), nl=False)
    else:
        with _writing(output, words):
            reports.write(compiled, form, output, archive, look)
    sys.exit(NEEDS_A_PERSON if reports.needs_a_person(compiled) else DONE)


@command("coverage")
@click.option("--month", type=_MONTH, help="A month, such as 2026-11. Default: the latest.")
@formats("text", "json", "html", "xlsx")
@click.option("-o", "--output", type=_FILE, help="A file.")
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
    now = datetime.now(settings.office.timezone)
    with invocation.catalogue() as catalogue:
        told = coverage_told.compile_month(catalogue, settings, _date(month), now.date())
    if not told.customers:
        _tell(words("coverage.nobody", month=f"{told.month.first:%Y-%m}"))
    how = coverage_told.Telling(settings.office.name, words, now, _width(), _colour())
    if output is None:
        click.echo(coverage_told.as_text(told, form, how), nl=False)
    else:
        with _writing(output, words):
            coverage_told.write(told, form, output, how)
    sys.exit(NEEDS_A_PERSON if told.needs_a_person else DONE)


_STATUSES = ("filed", "held", "ambiguous", "unmatched", "damaged", "silent", "mirrored", "disposed")
_ASKED = (
    click.argument("words", type=_TEXT, nargs=-1),
    click.option("--customer", type=_TEXT, help="Part of the customer's name, or how it sounds."),
    click.option("--phone", type=_TEXT, help="Digits of a number, such as its last four."),
    click.option("--collector", type=_TEXT, help="Part of the collector's name."),
    click.option("--department", type=_TEXT, help="Part of the department's name."),
    click.option("--grade", type=_TEXT, help="The customer's grade in the row, such as A."),
    click.option("--reached/--not-reached", default=None, help="What the row says of the call."),
    click.option("--file", type=_TEXT, help="Part of the file's name as it was handed over."),
    click.option("--note", type=_TEXT, help="Part of any cell of the row, such as a promise."),
    click.option("--shortest", type=click.FloatRange(min=0), help="Seconds at least."),
    click.option("--longest", type=click.FloatRange(min=0), help="Seconds at most."),
    click.option("--from", "first", type=_DAY, help="First day of the call."),
    click.option("--to", "last", type=_DAY, help="Last day of the call."),
    click.option("--status", type=click.Choice(_STATUSES)),
)


_full = click.option(
    "--full", is_flag=True, help="Show numbers whole, not as 138****5678; that is written down."
)


def _asks(function: Callable[..., None]) -> Callable[..., None]:
    """The options by which recordings are found."""
    for one in reversed(_ASKED):
        function = one(function)
    return function


@command("search")
@_asks
@click.option("--limit", type=click.IntRange(min=1), help="Hits of a page. Default: 50.")
@click.option("--page", type=click.IntRange(min=1), default=1, help="Which page of so many.")
@click.option("--open", "opened", is_flag=True, help="Show the first hit in its folder.")
@click.option("--finding", type=_TEXT, help="Of which the report found this: a code or title.")
@click.option("--save", type=_TEXT, metavar="NAME", help="Save this search under a name.")
@click.option("--saved", type=_TEXT, metavar="NAME", help="The search of this name.")
@_full
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
    asked = {name: _date(one) if isinstance(one, datetime) else one for name, one in asked.items()}
    before = saved_searches.recall(settings.source, asked["saved"]) if asked["saved"] else {}
    given = query_of(asked, before)
    if save is not None:
        saved_searches.save(settings.source, save, given.told)
        _tell(words("search.saved", name=save))
    now, look = datetime.now(settings.office.timezone), look_for
    if given.finding:
        from audit.looking_findings import finder

        look = finder(settings, given.finding, now)
    query = meant(given.query, now.date())
    with invocation.catalogue() as catalogue, bars(words, sys.stderr) as tell:
        found = look(catalogue, query, lambda done, total: tell("search", done, total))
    zone, how = settings.office.timezone, (words, _width())
    if found.behind:
        _tell(words("search.behind"))
    if found.since:
        _tell(words("search.found_since", day=found.since))
    invocation.enter("searched", of_search(given.told, found, full=full))
    hits = found.hits if full else without_numbers(found.hits)
    click.echo(render(hits, form, zone, *how, colour=_colour(), page=found.page), nl=False)
    if opened and found.hits:
        click.launch(str(settings.archive.path / found.hits[0].archive_path), locate=True)


@command("export")
@_asks
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
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

    settings, words, by = invocation.settings, invocation.words, invocation.desk.by
    now = datetime.now(settings.office.timezone)
    asked = {name: _date(one) if isinstance(one, datetime) else one for name, one in asked.items()}
    query = meant(query_of(asked | {"limit": 1}).query, now.date())
    wanted = exporting.Wanted(
        query, target, not without_sheets, by, version("callvault"), with_vcons=vcon
    )
    try:
        with invocation.catalogue(make=False) as catalogue, bars(words, sys.stderr) as tell:
            done = exporting.export(catalogue, settings, wanted, now, tell)
    except KeyboardInterrupt:
        _tell(words("export.interrupted"))
        sys.exit(FAILED)
    if done is None:
        _tell(words("export.nothing"))
        sys.exit(NEEDS_A_PERSON)
    said = exporting.as_text(done, target, words)
    click.echo(exporting.as_json(done, target) if form == "json" else said, nl=False)


@command("play")
@click.argument("recording", type=_TEXT)
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

    stage = Stage(sys.platform, found_here, _tell, _enter)
    with as_ctrl_c():
        told = tell_play(invocation.desk, recording, form, stage)
    _end(told)


@command("listen-copy")
@click.argument("recordings", type=_TEXT, nargs=-1, required=True, metavar="RECORDING...")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
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
    _end(told)


@command("verify-export")
@click.argument("package", type=click.Path(path_type=Path), metavar="DIR|ZIP")
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
        _log(logging.ERROR)
        with invocation.catalogue(make=False) as catalogue, catalogue.reading() as tx:
            verified, zone = verifying.verify(package, tx), settings.office.timezone
    said = verifying.as_text(verified, words, zone)
    click.echo(verifying.as_json(verified) if form == "json" else said, nl=False)
    sys.exit(DONE if verified.sound and verified.known else NEEDS_A_PERSON)


@command("inspect")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
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
    layout = Layout(_width(), _colour()) if form == "text" else None
    today = datetime.now(reading.timezone).date()
    told = tell(files, reading, invocation.words, today, layout)
    click.echo(told.output, nl=False)
    for complaint in told.complaints:
        _tell(complaint)
    sys.exit(told.exit_code)


@command("assign")
@click.argument("recording", type=_TEXT)
@click.argument("target", type=_TEXT, metavar="CUSTOMER|SHEET:LINE")
@click.option("--new", is_flag=True, help="A customer whom no sheet has named yet.")
@click.option("--no-remember", is_flag=True, help="Do not take contact and number as confirmed.")
@formats("text", "json")
@click.pass_obj
def assign(
    invocation: Invocation, /, form: str, *, new: bool, no_remember: bool, **named: str
) -> None:
    """Say whose RECORDING is: a customer's, or the call in a LINE of a SHEET.

    RECORDING is its number, the first 6 or more digits of its hash, or its path in the inbox or
    the archive, of which the end is enough. CUSTOMER is a name, a name and last digits, or a
    folder with a / after it. The recording moves there and stays, whatever comes later; its
    contact and number are evidence from then on.
    """
    from ingest.word_told import tell_assign

    _end(tell_assign(invocation.desk, **named, form=form, new=new, remember=not no_remember))


@command("unassign")
@click.argument("recording", type=_TEXT)
@formats("text", "json")
@click.pass_obj
def unassign(invocation: Invocation, recording: str, form: str) -> None:
    """Put RECORDING into holding, where it stays until a person says otherwise."""
    from ingest.word_told import tell_unassign

    _end(tell_unassign(invocation.desk, recording, form))


@command("review")
@click.option("--day", type=_DAY, help="Of this day alone.")
@formats("text", "json")
@click.pass_obj
def review(invocation: Invocation, day: datetime | None, form: str) -> None:
    """Walk through what is held, the best candidates first, one key to confirm.

    1-5 confirm a candidate, s skips, n is nobody's (stays held), u undoes the last, q quits. As
    JSON it only lists.
    """
    from ingest.review import tell_queue, walk

    desk = invocation.desk
    if form == "json":
        _end(tell_queue(desk, _date(day)))
    _end(walk(desk, _date(day), _key, click.echo))


@command("undo")
@click.argument("act", type=_TEXT, required=False, metavar="[ACT|RECORDING]")
@formats("text", "json")
@click.pass_obj
def undo(invocation: Invocation, act: str | None, form: str) -> None:
    """List the last acts; undo the one of this number, or the last decision on a recording.

    Undoing a pass puts what it filed back to where it was, by your word. Undoing an assign or
    unassign brings back what was said before; where nothing was, callvault decides again. An undo
    can be undone.
    """
    from ingest.undo_told import tell_undo

    _end(tell_undo(invocation.desk, act, form))


@command("remembered")
@formats("text", "json")
@click.pass_obj
def remembered(invocation: Invocation, form: str) -> None:
    """List the contacts and numbers that people confirmed to be a customer's."""
    from ingest.word_told import tell_remembered

    _end(tell_remembered(invocation.desk, form))


@command("forget")
@click.argument("ids", nargs=-1, required=True, type=int, metavar="ID...")
@formats("text", "json")
@click.pass_obj
def forget(invocation: Invocation, ids: tuple[int, ...], form: str) -> None:
    """Forget what was confirmed, by its numbers in `callvault remembered`."""
    from ingest.word_told import tell_forget

    _end(tell_forget(invocation.desk, ids, form))


@command("hold")
@click.argument("what", type=click.Choice(["add", "release", "list"]))
@click.argument("customer", type=_TEXT, required=False, metavar="[CUSTOMER]")
@click.option("--reason", type=_TEXT, default="", help="Why, for who reads it later; with add.")
@formats("text", "json")
@click.pass_obj
def hold(
    invocation: Invocation, /, what: str, customer: str | None, reason: str, form: str
) -> None:
    """Put a CUSTOMER under legal hold (add), end that (release), or list all who are (list).

    Nothing of theirs goes then, whatever the rules say: no source in the inbox is deleted, and
    where the mirror's store knows legal holds, it deletes none of their objects. CUSTOMER as with
    assign.
    """
    from ingest.hold_told import tell_add, tell_list, tell_release

    if (what == "list") == (customer is not None):
        raise click.UsageError("name a customer with add and release, and none with list")
    if reason and what != "add":
        raise click.UsageError("--reason goes with add")
    desk = invocation.desk
    if customer is None:
        _end(tell_list(desk, form))
    if what == "add":
        _end(tell_add(desk, customer, reason, form))
    _end(tell_release(desk, customer, form))


@main.group("retention", epilog=_EXIT)
def retention() -> None:
    """List whose recordings need not be kept any more by [retention], or have them disposed of."""


@retention.command("due", epilog=_EXIT)
@click.option("--on", type=_DAY, help="As of this day. Default: today.")
@click.option("--out", type=_FILE, help="Write the list that apply takes.")
@formats("text", "json", "csv")
@click.pass_obj
def retention_due(
    invocation: Invocation, /, on: datetime | None, out: Path | None, form: str
) -> None:
    """List the customers whose files need not be kept any more, and whose are bound all the same.

    Nothing is deleted. What lies in holding is nobody's and never due. CSV is the list itself.
    """
    from ingest.retention_told import tell_due

    _end(tell_due(invocation.desk, _date(on), form, out))


@retention.command("apply", epilog=_EXIT)
@click.argument("signed", type=_FILE, metavar="LIST")
@click.option("--by", type=_TEXT, required=True, help="Who orders it.")
@click.option("--reason", type=_TEXT, required=True, help="Why.")
@click.option("--yes", type=int, metavar="N", help="So many are to go: do not ask.")
@formats("text", "json")
@click.pass_obj
def retention_apply(
    invocation: Invocation, /, signed: Path, by: str, reason: str, yes: int | None, form: str
) -> None:
    """Have the recordings of a LIST disposed of that `retention due --out` wrote.

    Lines may be struck out of it, and nothing else changed. Every recording is looked at again, and
    kept where anything is not as the list says. Their bytes go from all mirrors and the archive,
    for good; nothing undoes it. Their history, hashes and custody stay.
    """
    from ingest.retention_told import Order, tell_apply

    _end(tell_apply(invocation.desk, Order(signed, by, reason, yes), _typed, form))


@command("resolve")
@click.argument("finding", type=_TEXT, required=False, metavar="[FINDING]")
@click.argument("reason", type=_TEXT, nargs=-1, metavar="[REASON]")
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
        _tell(note)


@command("explain")
@click.argument("recording", type=_TEXT)
@formats("text", "json")
@click.pass_obj
def explain(invocation: Invocation, recording: str, form: str) -> None:
    """Say why RECORDING lies where it lies, and what would change that."""
    from ingest.explain_told import tell_explain

    _end(tell_explain(invocation.desk, recording, form))


@command("custody")
@click.argument("recording", required=False)
@click.option(
    "--verify", is_flag=True, help="Check the whole log, its files and the mirror's copies."
)
@_full
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
        _end(tell_check(invocation.desk, form))
    _end(tell_custody(invocation.desk, recording, form, full=full))


@command("history")
@click.argument("customer", type=_TEXT, metavar="CUSTOMER")
@click.option("--from", "first", type=_DAY, help="From this day on.")
@click.option("--to", "last", type=_DAY, help="Up to this day.")
@_full
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
    now = datetime.now(settings.office.timezone)
    asked = history_told.Asked(customer, _date(first), _date(last), now, full)
    with invocation.catalogue(make=False) as catalogue:
        told = history_told.tell(catalogue, settings, words, asked)
    invocation.enter("history_told", history_told.seen(told, asked))
    said = history_told.as_text(told, words, _width(), colour=_colour(), full=full)
    click.echo(history_told.as_json(told, full=full) if form == "json" else said, nl=False)


@command("access")
@click.option("--since", type=_DAY, help="From this day on. Default: the last 30 days.")
@click.option("--by", type=_TEXT, metavar="USER", help="Only what this user saw.")
@formats("table", "json")
@click.pass_obj
def access(invocation: Invocation, since: datetime | None, by: str | None, form: str) -> None:
    """Tell who searched, looked at a history, saw whole numbers, listened or exported.

    USER as the system calls them. What is not in the custody log yet is told as such.
    """
    from audit import access_told

    settings, words = invocation.settings, invocation.words
    now = datetime.now(settings.office.timezone)
    with invocation.catalogue(make=False) as catalogue:
        asked = access_told.Asked(_date(since), by, now)
        told = access_told.accesses(catalogue, settings, asked)
    said = access_told.as_table(told, words, _width(), colour=_colour())
    click.echo(access_told.as_json(told) if form == "json" else said, nl=False)
    for problem in told.problems:
        _tell(words.say(problem))
    sys.exit(NEEDS_A_PERSON if told.problems else DONE)


def _slice(_ctx: click.Context, _param: click.Parameter, said: str) -> tuple[int | None, int]:
    number, _, of = said.partition("/")
    if of.isdecimal() and (number == "next" or number.isdecimal()):
        slices = int(of)
        if number == "next" and slices > 0:
            return None, slices
        if number != "next" and 1 <= int(number) <= slices:
            return int(number), slices
    raise click.BadParameter(f"{said!r} is no slice such as 3/30 or next/30")


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
    from audit import verification
    from audit.progress import bars

    settings, words = invocation.settings, invocation.words
    _log(logging.CRITICAL)
    if mirror and settings.mirror is None:
        raise click.UsageError(words("findings.mirror_off"))
    both = archive == mirror
    places = [Place.ARCHIVE] if archive or both else []
    if settings.mirror is not None and (mirror or both):
        places.append(Place.MIRROR)
    wanted = verification.Wanted(places, Level(level) if level else None, *part, restart)
    now = partial(datetime.now, settings.office.timezone)
    verification.see_archive(settings)
    try:
        with (
            verifying(settings.archive.path),
            invocation.catalogue(make=False) as catalogue,
            bars(words, sys.stderr) as tell,
        ):
            verified = verification.verify(catalogue, settings, wanted, now, tell)
    except KeyboardInterrupt:
        _tell(words("verify.interrupted"))
        sys.exit(FAILED)
    if settings.mirror is None:
        _tell(words("verify.mirror_off"))
    render = verification.as_json if form == "json" else verification.as_text
    click.echo(render(verified, words, settings.office.timezone), nl=False)
    for why in verified.stopped:
        _tell(words.say(why))
    if verified.stopped:
        sys.exit(FAILED)
    sys.exit(NEEDS_A_PERSON if verified.discoveries else DONE)


@command("repair")
@click.argument("recordings", nargs=-1, metavar="[RECORDING]...")
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
    from audit import repairing, repairs, verification
    from ingest.naming import recording_named

    settings, words, roots = invocation.settings, invocation.words, invocation.desk.roots
    now = partial(datetime.now, settings.office.timezone)
    verification.see_archive(settings)
    with locked(settings.archive.path), invocation.catalogue(make=False) as catalogue:
        with catalogue.reading() as tx:
            named = {recording_named(tx, one, roots).id for one in recordings}
        done = repairing.repair(catalogue, settings, named or None, now, dry_run=dry_run)
    render = repairs.as_json if form == "json" else repairs.as_text
    if form == "json" or done.every or not done.stopped:
        click.echo(render(done.every, words), nl=False)
    for why in done.stopped:
        _tell(words.say(why))
    if done.stopped:
        sys.exit(FAILED)
    undone = any(one.outcome in repairs.UNDONE for one in done.every)
    sys.exit(NEEDS_A_PERSON if undone else DONE)


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
    "--using", type=_TEXT, metavar="MIRROR", help="One of [[mirrors]] instead of the first mirror."
)


@command("rebuild")
@click.option("--mirror", is_flag=True, help="Bring back from the mirror what the archive lacks.")
@click.option("--using", type=_TEXT, metavar="MIRROR", help="As --mirror, from this one.")
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
    _end(told)


@command("compare")
@click.option("--prefix", type=_TEXT, default="", help="Only paths that begin so.")
@click.option("--customer", type=_TEXT, metavar="NAME|NUMBER", help="Only this customer's folder.")
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
    from audit import comparison, verification
    from audit.progress import bars

    settings, words = invocation.settings, invocation.words
    _log(logging.CRITICAL)
    mirror = _mirror(invocation, using)
    if prefix and customer:
        raise click.UsageError(words("compare.one_of_both"))
    verification.see_archive(settings)
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
        _tell(words("compare.stopped", why=words.say(done.stopped)))
        sys.exit(FAILED)
    sys.exit(NEEDS_A_PERSON if done.differs else DONE)


@command("restore")
@click.option("--customer", type=_TEXT, metavar="NAME|NUMBER", help="Only this customer's.")
@click.option("--from", "first", type=_DAY, help="First day of the call.")
@click.option("--to", "last", type=_DAY, help="Last day of the call.")
@_using
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DEST")
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

    desk, width = invocation.desk, _width() if form == "table" else None
    asked = Asked(customer, _date(first), _date(last))
    mirror = _mirror(invocation, using)
    try:
        with bars(invocation.words, sys.stderr) as tell:
            told = tell_restore(desk, mirror, asked, folder, width, tell)
    except KeyboardInterrupt:
        _tell(invocation.words("restore.interrupted"))
        sys.exit(FAILED)
    _end(told)


def _key(prompt: str) -> str:
    """One key; of what is piped in, a line each."""
    click.echo(prompt, nl=False)
    said = click.getchar() if sys.stdin.isatty() else sys.stdin.readline()
    click.echo()
    return said


def _typed(prompt: str) -> str:
    """What a person types at a prompt, which stands on stderr: stdout has what the command says."""
    click.echo(prompt, nl=False, err=True)
    return sys.stdin.readline()


def _enter() -> bool:
    """Waits until Enter is pressed; False where nobody sits there to press it."""
    if not sys.stdin.isatty():
        return False
    with suppress(KeyboardInterrupt):  # they have heard enough
        sys.stdin.readline()
    return True


def _end(told: Told) -> NoReturn:
    click.echo(told.output, nl=False)
    for note in told.notes:
        _tell(note)
    sys.exit(told.exit_code)


def _date(said: datetime | None) -> date | None:
    return said and said.date()


def _explain(error: Exception, invocation: Invocation) -> int | None:
    """Says what to do about an error that a room raised; `None` for one that nobody foresaw."""
    from archive.errors import ArchiveError
    from audit.errors import AuditError
    from config.load import SettingsError
    from ingest.errors import InboxError, WordError

    if isinstance(error, SettingsError):
        for line in _settings_problems(error):
            _tell(line)
        return WRONG_USE
    if isinstance(error, (WordError, AuditError)):
        _tell(invocation.words.say(error.message))
        return WRONG_USE
    if isinstance(error, (ArchiveError, InboxError)):
        _tell(invocation.words.say(error.message))
        return FAILED
    if isinstance(error, OSError):  # its text would name files, and so customers
        _tell(invocation.words("cli.refused", error=error.strerror or type(error).__name__))
        return FAILED
    return None


def _settings_problems(error: SettingsError) -> Iterator[str]:
    words = _words_without_settings()
    for problem in error.problems:
        where = f"{problem.file}:{problem.line}" if problem.line else problem.file
        yield f"{where}: {words.say(problem.message)}"


@contextmanager
def _writing(path: Path, words: Words) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = words("cli.cannot_write", path=path, error=error.strerror or error)
        raise click.ClickException(said) from error


def _words_without_settings() -> Words:
    """Chinese where the system speaks Chinese."""
    from config.language import Words

    said = os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return Words("zh" if said.lower().startswith(("zh", "chinese")) else "en")


def _myself(settings: Settings, *arguments: str) -> list[str]:
    """The command line of another callvault with the same settings, wherever it is started."""
    config = str(settings.source.absolute())
    return [sys.executable, str(Path(__file__).absolute()), "--config", config, *arguments]


def _tell_screen(invocation: Invocation) -> Callable[[Message], None]:
    words = invocation.words
    _log(logging.INFO)
    return lambda said: _tell(words.say(said))


def _tell_log(invocation: Invocation) -> Callable[[Message], None]:
    """Nobody sees the screen of what a service started: wrong settings are in the log, too."""
    from config.load import SettingsError
    from config.settings import Log
    from ingest.log_file import LogFile, Written

    try:
        settings = invocation.settings
    except SettingsError as error:
        if invocation.config is not None:
            _log(logging.INFO, LogFile(Log(invocation.config.with_name(Log().file.name))))
            for line in _settings_problems(error):
                logging.getLogger("callvault").error("%s", line)  # noqa: TRY400  it is all that counts
        raise
    _log(logging.INFO, LogFile(settings.log))
    return Written(settings)


def _log(level: int, handler: logging.Handler | None = None) -> None:
    """On stderr, or where `handler` writes."""
    from ingest.discretion import DiscreetFormatter
    from ingest.log_file import FORM

    if handler is None:
        handler = logging.StreamHandler()
        handler.setFormatter(DiscreetFormatter(FORM))
    logging.basicConfig(level=level, handlers=[handler])
    for noisy in ("boto3", "botocore", "s3transfer", "urllib3", "alembic", "watchdog"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _print_json(told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _tell(text: str) -> None:
    """On stderr; names in it that others gave to files and folders cannot move the screen."""
    from config.visible import visible

    click.echo("\n".join(map(visible, text.split("\n"))), err=True)


def _width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((120, 40)).columns


def _colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


if __name__ == "__main__":
    main()
