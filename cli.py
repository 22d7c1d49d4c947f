"""The command line: `callvault` itself, which hands over to the commands in `commands/`.

A command's module is imported when it is asked for, and everything heavy where the command needs
it, so that `--help` stays quick.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections import UserDict
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from commands.advice import advise
from commands.exit_codes import EXIT
from commands.invocation import Invocation
from commands.options import FILE

_MODULES = {
    "setting_up": ("init", "new-key", "check", "selftest"),
    "taking_in": ("ingest", "inspect"),
    "daemon": ("run", "service", "status", "notify"),
    "reporting": ("report", "coverage", "resolve"),
    "looking_up": ("search", "history", "explain", "custody", "access"),
    "handing_out": ("export", "verify-export", "play", "listen-copy"),
    "people": ("assign", "unassign", "review", "undo", "remembered", "forget"),
    "retention": ("hold", "retention"),
    "copies": ("verify", "repair"),
    "mirrors": ("compare", "rebuild", "restore"),
}
"""Which module of `commands/` has which commands."""


_GARBAGE = (50_000, 10, 10)
"""When Python looks for cycles: with its own 700, a tenth of a command's start and a quarter of
`compare` are spent on finding none (`make bench-compare`).
"""


class _Commands(UserDict[str, Any]):
    """The commands by their names, whose values are their modules until one is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"commands.{self.data[name]}")
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command


class _Callvault(click.Group):
    """Turns the errors that the rooms raise into advice and an exit code, in one place."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if isinstance(error, BrokenPipeError) and _reader_is_gone():
                raise  # click ends quietly then, as `callvault search | head` should
            code = advise(error, ctx.obj)
            if code is None:
                raise
            ctx.exit(code)


def _reader_is_gone() -> bool:
    """Whether it was our own output that could not be written, and not a pipe or socket of ours."""
    try:
        sys.stdout.write("\n")  # what could not be written is forgotten, so flushing tells nothing
        sys.stdout.flush()
    except OSError:
        return True
    return False


@click.group(
    cls=_Callvault,
    commands=_Commands({name: module for module, names in _MODULES.items() for name in names}),
    epilog=EXIT,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--config",
    type=FILE,
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
    gc.set_threshold(*_GARBAGE)
    # What is left in the end goes with the process; Python would look all through it for cycles.
    atexit.register(gc.freeze)
    ctx.obj = Invocation(config)


if __name__ == "__main__":
    main()
