"""Has a WAV made of a recording in a process apart: what the recording does to it stays there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.language import Message
from ingest.child import kill, killed_after, start
from ingest.errors import ListenError
from ingest.wav_making import SECONDS

_PROGRAM = Path(__file__).with_name("wav_making.py")
OWN = (sys.executable, "-I", str(_PROGRAM))


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    seconds: float
    gain: float
    """dB that it is louder than the recording."""
    cut: bool
    """The recording goes on where the WAV ends, which can hold no more."""


def make(
    source: Path,
    target: Path,
    raw: Iterable[str],
    *,
    louder: bool = False,
    program: Sequence[str] = OWN,
    seconds: float = SECONDS,
) -> Made:
    """A WAV at `target`, which is not there yet.

    Args:
        source: Has the extension that it was handed over with.
        target: Ends in `.wav`.
        raw: Names of `ingest.raw.FORMATS` that the office's files really are.
        louder: Brings the loudest point just below full scale.
        program: As `ingest.wav_making`.
        seconds: That it may take.

    Raises:
        ListenError: Nothing can be heard in it, or it cannot be decoded.
        OSError: It cannot be read, or the WAV not be written.

    """
    how = "louder" if louder else "plain"
    child = start([*program, str(source), str(target), how, *sorted(raw)])
    with killed_after(child, seconds):
        try:
            said, _ = child.communicate()
        except BaseException:  # such as Ctrl-C, which it does not hear: it would go on writing
            kill(child)
            raise
    if child.returncode or not said.endswith(b"\n"):
        raise ListenError(Message.of("listen.failed", name=source.name))
    answer = json.loads(said)
    if "errno" in answer:
        raise OSError(answer["errno"], answer["strerror"], str(target))
    if not answer["seconds"]:
        raise ListenError(Message.of("listen.nothing", name=source.name))
    return Made(target, answer["seconds"], answer["gain"], answer["cut"])
