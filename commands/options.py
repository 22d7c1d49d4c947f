"""How a command is made, and the options and arguments that several of them take."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from commands.exit_codes import EXIT

_FIRST, _LAST = date(1970, 1, 1), date(2999, 12, 31)


class _Day(click.DateTime):
    """A day, or a month by its first one; far from where dates end, for years are counted on."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        said: datetime = super().convert(value, param, ctx)
        if not _FIRST <= said.date() <= _LAST:
            self.fail(f"{value!r} does not lie from {_FIRST} to {_LAST}.", param, ctx)
        return said


class Place(click.Path):
    """A file or folder; an empty name, such as of a script's variable that is not set, is none."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        if value == "":
            self.fail("the name is empty; name a file or folder.", param, ctx)
        return super().convert(value, param, ctx)


DAY = _Day(formats=["%Y-%m-%d"])
MONTH = _Day(formats=["%Y-%m"])
FILE = Place(path_type=Path, dir_okay=False)


class _Text(click.types.StringParamType):
    """What is typed; bytes that are no text become the escapes that a file's name has here."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        said: str = super().convert(value, param, ctx)
        return said.encode("utf-8", "backslashreplace").decode()


class _SomeText(_Text):
    """What is to restrict a question: an empty one would ask for everything."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value.strip():
            self.fail("it is empty; leave it out, or say what is meant.", param, ctx)
        return super().convert(value.strip(), param, ctx)


TEXT = _Text()
SOME_TEXT = _SomeText()


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command of its own, which takes `--config` before or after its name."""

    def take(ctx: click.Context, _param: click.Parameter, config: Path | None) -> None:
        if config is not None:
            ctx.obj.config = config

    option = click.option(
        "--config", type=FILE, callback=take, expose_value=False, help="Settings file."
    )
    return lambda function: click.command(name, epilog=EXIT)(option(function))


def formats(*forms: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """What a command can write; the first is for people, and the default."""
    return click.option("--format", "form", type=click.Choice(forms), default=forms[0])


full_numbers = click.option(
    "--full", is_flag=True, help="Show numbers whole, not as 138****5678; that is written down."
)
_STATUSES = ("filed", "held", "ambiguous", "unmatched", "damaged", "silent", "mirrored", "disposed")
_ASKED = (
    click.argument("words", type=SOME_TEXT, nargs=-1),
    click.option(
        "--customer", type=SOME_TEXT, help="Part of the customer's name, or how it sounds."
    ),
    click.option("--phone", type=SOME_TEXT, help="Digits of a number, such as its last four."),
    click.option("--collector", type=SOME_TEXT, help="Part of the collector's name."),
    click.option("--department", type=SOME_TEXT, help="Part of the department's name."),
    click.option("--grade", type=SOME_TEXT, help="The customer's grade in the row, such as A."),
    click.option("--reached/--not-reached", default=None, help="What the row says of the call."),
    click.option("--file", type=SOME_TEXT, help="Part of the file's name as it was handed over."),
    click.option("--note", type=SOME_TEXT, help="Part of any cell of the row, such as a promise."),
    click.option("--shortest", type=click.FloatRange(min=0), help="Seconds at least."),
    click.option("--longest", type=click.FloatRange(min=0), help="Seconds at most."),
    click.option("--from", "first", type=DAY, help="First day of the call."),
    click.option("--to", "last", type=DAY, help="Last day of the call."),
    click.option("--status", type=click.Choice(_STATUSES)),
)


def asks(function: Callable[..., None]) -> Callable[..., None]:
    """The options by which recordings are found."""
    for one in reversed(_ASKED):
        function = one(function)
    return function


def date_of(said: datetime | None) -> date | None:
    """The day that was asked for: click knows moments alone."""
    return said and said.date()


def in_order(first: date | None, last: date | None) -> None:
    """Raises UsageError where a span ends before it begins: nothing would be found in it."""
    if first and last and first > last:
        raise click.UsageError("--from lies after --to")


def dates_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, with days where click has moments. Raises UsageError as `in_order`."""
    in_order(asked["first"], asked["last"])
    return {name: date_of(one) if isinstance(one, datetime) else one for name, one in asked.items()}
