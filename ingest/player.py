"""The program that plays a recording: which one it is on this computer, and started.

Those are preferred whose end tells that the listening is over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.language import Message
from ingest.errors import ListenError

_GRACE = 2.0
"""Seconds for a player to end once it was told to."""
_STDERR = 2
"""What a player says is no output of ours."""


@dataclass(frozen=True, slots=True)
class Player:
    name: str
    program: tuple[str, ...]
    """Before the file's name; empty: whatever Windows has registered for it."""
    waits: bool
    """It ends when the listening does. Others hand the file over to a window, and end at once."""


_WITH_ARGUMENTS = {
    "mpv": ("--no-video", "--no-ytdl"),
    "ffplay": (
        *("-nodisp", "-autoexit", "-hide_banner", "-loglevel", "error"),
        *("-protocol_whitelist", "file"),  # a list of other files is no recording
    ),
    "vlc": ("--play-and-exit", "--no-one-instance"),
}
"""Best first: mpv can be paused and wound back by keys, ffplay without a window only be ended."""


def pick(system: str, which: Callable[[str], str | None]) -> Player | None:
    """The player for `system`, as `sys.platform` names it; `None` where there is none. Pure.

    `which` tells where a program lies, as `shutil.which` does.
    """
    for name, arguments in _WITH_ARGUMENTS.items():
        if found := which(name):
            return Player(name, (found, *arguments), waits=True)
    if system == "win32":
        return Player("Windows", (), waits=False)
    if system == "darwin":
        found = which("afplay")
        return Player("afplay", (found,), waits=True) if found else None
    found = which("xdg-open")
    return Player("xdg-open", (found,), waits=False) if found else None


def found_here(name: str) -> str | None:
    """Where a program lies, but for the folder in which the command is run: Windows looks there
    first, and what lies beside recordings may have come with them.
    """
    found = shutil.which(name)
    return None if found and Path(found).absolute().parent == Path.cwd() else found


def play(player: Player, file: Path) -> None:
    """Ends when the player does; Ctrl-C ends the listening. ListenError where it does not play."""
    try:
        code = _started(player, file)
    except OSError as error:
        raise _refused(player, error.strerror or str(error)) from error
    if code:
        raise _refused(player, f"exit {code}")


def _started(player: Player, file: Path) -> int:
    if sys.platform == "win32" and not player.program:
        os.startfile(file)  # noqa: S606  # the program is the person's own choice
        return 0
    process = subprocess.Popen([*player.program, str(file)], stdout=_STDERR)
    try:
        return process.wait()
    except KeyboardInterrupt:  # which a player in the same terminal was sent, too
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        process.kill()
        process.wait()
        return 0


def _refused(player: Player, why: str) -> ListenError:
    return ListenError(Message.of("listen.player_failed", player=player.name, why=why))
