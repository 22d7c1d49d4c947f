"""What a command shows on stdout and stderr, and what a person types there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from config.language import Words
    from ingest.desk import Told


def end_with(told: Told) -> NoReturn:
    click.echo(told.output, nl=False)
    for note in told.notes:
        on_stderr(note)
    sys.exit(told.exit_code)


def on_stderr(text: str) -> None:
    """Names in it that others gave to files and folders cannot move the screen."""
    from config.visible import visible

    click.echo("\n".join(map(visible, text.split("\n"))), err=True)


def print_json(told: object) -> None:
    import json

    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def screen_width() -> int:
    from shutil import get_terminal_size

    return get_terminal_size((120, 40)).columns


def coloured() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def one_key(prompt: str) -> str:
    """One key; of what is piped in, a line each."""
    click.echo(prompt, nl=False)
    said = click.getchar() if sys.stdin.isatty() else sys.stdin.readline()
    click.echo()
    return said


def typed(prompt: str) -> str:
    """What a person types at a prompt, which stands on stderr: stdout has what the command says."""
    click.echo(prompt, nl=False, err=True)
    return sys.stdin.readline()


def enter_pressed() -> bool:
    """Waits until Enter is pressed; False where nobody sits there to press it."""
    if not sys.stdin.isatty():
        return False
    with suppress(KeyboardInterrupt):  # they have heard enough
        sys.stdin.readline()
    return True


@contextmanager
def writing(path: Path, words: Words) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = words("cli.cannot_write", path=path, error=error.strerror or error)
        raise click.ClickException(said) from error
