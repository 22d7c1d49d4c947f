"""How loud a recording is, and whether anybody can be heard in it at all.

`ingest.decoding` decodes the beginning to PCM; pydub, which would need an ffmpeg program for
anything but PCM, only judges that.

The threshold was measured on the loudest half second of each sample (speech and silence, in every
codec we know): speech reaches -18 to -28 dBFS, its own pauses -29 to -44, a silent line -90, and
A-law cannot express anything between silence at -72 and nothing. A call recorded 25 dB too quietly
is still heard, and an open line with nobody on it is not.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest import demux, raw
from ingest.decoding import Form, pieces
from ingest.probe import Probe, State

with warnings.catch_warnings():
    # It looks for an ffmpeg program, which it does not need here, and uses audioop.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_nonsilent

SILENCE_DBFS = -55.0
_STRETCH_MS = 500
"""Sound shorter than this is a click, not a voice."""
_STEP_MS = 100
_MOST_BROKEN = 100
"""Packets that may fail to decode before we give up."""
_TELEPHONE = Form(raw.RATE, 1)
"""Telephone speech has nothing above 4 kHz, and an odd rate costs no memory this way."""


@dataclass(frozen=True, slots=True)
class Level:
    dbfs: float | None
    """Mean level below full scale of what was listened to; `None` for digital silence, which has
    none."""
    silent: bool
    """No half second is louder than `SILENCE_DBFS`."""


def listen(path: Path, probe: Probe, lengths: Sequence[float] = (2.0, 10.0, 120.0)) -> Level | None:
    """The level of the beginning; `None` where nothing can be decoded.

    Nearly every call is heard within seconds, and decoding is what a pass spends most on: so many
    seconds are listened to as it takes to hear half a second of sound, by ever greater `lengths`.

    Raises:
        OSError: The file cannot be opened or read.

    """
    if probe.state is State.EMPTY or probe.container is None:
        return None
    level = None
    with path.open("rb") as file:
        for length in lengths:
            file.seek(0)
            try:
                form, pcm = _beginning(file, probe.container, length)
            except demux.BROKEN:
                return None
            level = _level(form, pcm) if pcm else None
            if level is not None and not level.silent:
                break
    return level


def _level(form: Form, pcm: bytes) -> Level:
    whole = AudioSegment(data=pcm, sample_width=2, frame_rate=form.rate, channels=1)
    segment = whole.remove_dc_offset()
    stretch = max(1, min(_STRETCH_MS, len(segment)))
    heard = detect_nonsilent(segment, stretch, SILENCE_DBFS, _STEP_MS)
    dbfs = float(segment.dBFS)
    return Level(round(dbfs, 1) if math.isfinite(dbfs) else None, not heard)


def _beginning(file: BinaryIO, container: str, seconds: float) -> tuple[Form, bytes]:
    """The first `seconds` as 16-bit mono PCM; empty where nothing can be decoded."""
    form, pcm = _TELEPHONE, bytearray()
    for form, piece in pieces(file, container, _as_telephones, seconds, _MOST_BROKEN):
        pcm += piece
        if len(pcm) >= int(seconds * form.rate) * 2:
            break
    return form, bytes(pcm[: int(seconds * form.rate) * 2])


def _as_telephones(_: object) -> Form:
    return _TELEPHONE
