"""A program of its own that makes a WAV of a recording for people's ears, and tells of it in JSON.

WAV is written by Python itself; for MP3 pydub would start an ffmpeg program, which few computers of
an office have. The rate and two channels stay as they were recorded: each may hold one speaker.
In a process apart, with limits, for the reason that `ingest.probing` gives; started by its path,
by `ingest.wav_maker`.
"""

from __future__ import annotations

import errno
import faulthandler
import json
import math
import os
import sys
import warnings
import wave
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

    from ingest.decoding import Form

SECONDS = 600.0
"""That a recording may take. An hour of speech takes some ten; disks can be slow."""
_RATES = (8_000, 48_000)
"""Hz, the least and the most: what every browser plays."""
_MOST_BYTES = 4_000_000_000
"""A WAV can tell no more; it is 69 hours of a telephone's sound, and 5 of the largest form."""
_MOST_SECONDS = 4 * 3600.0
"""Of SILK, which is decoded at once, in memory."""
_BELOW_FULL = 1.0
"""dB that the loudest point of a recording stays below full scale when it is made louder."""
_MOST_GAIN = 30.0
"""dB. What needs more is nobody's voice."""
_AT_ONCE = 1 << 16
"""Frames."""


def main(source: Path, target: Path, raw: frozenset[str], *, louder: bool) -> None:
    from ingest.probing import bound

    bound()
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library prints is no answer
    faulthandler.dump_traceback_later(SECONDS, exit=True, file=nowhere)
    os.write(answers, json.dumps(made(source, target, raw, louder=louder)).encode("ascii") + b"\n")


def made(source: Path, target: Path, raw: frozenset[str], *, louder: bool) -> dict[str, Any]:
    """What was made at `target`; `seconds` are 0 where nothing can be heard, and nothing is made.

    `source` has the extension that the office's `raw` formats are known by. What the disk said is
    an answer, too.
    """
    from ingest import demux
    from ingest.decoding import pieces
    from ingest.probe import State, probe

    try:
        found = probe(source, raw)
        if found.container is None or found.state is State.EMPTY:
            return {"seconds": 0.0}
        try:
            with source.open("rb") as file:
                heard = pieces(file, found.container, _form, _MOST_SECONDS)
                written = _Writing(target).write(heard)
        except demux.BROKEN:
            return {"seconds": 0.0}
        gain = _gain(written.peak) if louder else 0.0
        if gain > 0 and written.seconds:
            _raise(target, gain)
    except OSError as error:
        return {"errno": error.errno or errno.EIO, "strerror": error.strerror or ""}
    return {"seconds": written.seconds, "cut": written.cut, "gain": gain}


def _form(frame: AudioFrame) -> Form:
    from ingest.decoding import Form

    least, most = _RATES
    channels = 2 if frame.layout.nb_channels >= 2 else 1
    return Form(min(max(frame.sample_rate, least), most), channels)


class _Writing:
    """A WAV that is being written, of which the loudest point is noted."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._bytes = 0
        self.seconds = 0.0
        self.peak = 0
        """Of 32,768."""
        self.cut = False
        """There was more than a WAV can hold."""

    def write(self, heard: Iterable[tuple[Form, bytes]]) -> _Writing:
        heard = iter(heard)
        first = next(heard, None)
        if first is None:
            return self
        form = first[0]
        with _opened(self._target, form) as writer:
            for piece in self._within(first[1], heard):
                self.peak = max(self.peak, _segment(piece, form).max)
                writer.writeframesraw(piece)
        self.seconds = round(self._bytes / (2 * form.channels * form.rate), 3)
        return self

    def _within(self, first: bytes, heard: Iterator[tuple[Form, bytes]]) -> Iterator[bytes]:
        piece: bytes | None = first
        while piece is not None:
            if self._bytes + len(piece) > _MOST_BYTES:
                self.cut = True
                return
            self._bytes += len(piece)
            yield piece
            piece = next((data for _, data in heard), None)


@contextmanager
def _opened(target: Path, form: Form) -> Iterator[wave.Wave_write]:
    with target.open("xb") as file:
        with wave.open(file, "wb") as writer:
            writer.setnchannels(form.channels)
            writer.setsampwidth(2)
            writer.setframerate(form.rate)
            yield writer
        file.flush()
        os.fsync(file.fileno())


def _gain(peak: int) -> float:
    """By how many dB the loudest point is below where it may be, up to a limit."""
    if not peak:
        return 0.0
    return max(0.0, min(_MOST_GAIN, round(-_BELOW_FULL - 20 * math.log10(peak / 32768), 1)))


def _raise(target: Path, gain: float) -> None:
    """Makes what was written louder."""
    from ingest.decoding import Form

    plain = target.with_suffix(".plain")
    target.rename(plain)
    with plain.open("rb") as file, wave.open(file, "rb") as reader:
        form = Form(reader.getframerate(), reader.getnchannels())
        with _opened(target, form) as writer:
            while piece := reader.readframes(_AT_ONCE):
                writer.writeframesraw(_segment(piece, form).apply_gain(gain).raw_data)
    plain.unlink()


def _segment(piece: bytes, form: Form) -> Any:
    with warnings.catch_warnings():
        # It looks for an ffmpeg program, which it does not need here, and uses audioop.
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment(piece, sample_width=2, frame_rate=form.rate, channels=form.channels)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    _source, _target, _louder, *_raw = sys.argv[1:]
    main(Path(_source), Path(_target), frozenset(_raw), louder=_louder == "louder")
