"""Bars that show a person how far a long pass has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from config.language import Words

if TYPE_CHECKING:
    from rich.progress import TaskID


@contextmanager
def bars(words: Words, stream: TextIO) -> Iterator[Callable[[str, int, int], None]]:
    """Draws where `stream` is a terminal, and leaves nothing there at the end.

    What is yielded is told a step's name, how many more are done, and of how many.
    """
    if not stream.isatty():
        yield lambda _step, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.0f}/s" if task.speed else "")

    columns = (
        *("{task.description}", BarColumn(), MofNCompleteColumn()),
        *(Rate(), TimeRemainingColumn()),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as shown:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = shown.add_task(words(f"cli.step_{step}"), total=total)
            shown.update(tasks[step], advance=done, total=total)

        yield tell
