"""Sound for recordings: as many different calls of a second as are wanted."""

from __future__ import annotations

from random import Random

_RATE = 8000


def of(number: int) -> bytes:
    """A WAV of one second of A-law noise, a different one for each number."""
    sound = Random(number).randbytes(_RATE)
    form = b"fmt " + (18).to_bytes(4, "little")
    form += (6).to_bytes(2, "little") + (1).to_bytes(2, "little")  # A-law, mono
    form += _RATE.to_bytes(4, "little") * 2 + (1).to_bytes(2, "little")
    form += (8).to_bytes(2, "little") + (0).to_bytes(2, "little")
    body = b"WAVE" + form + b"data" + len(sound).to_bytes(4, "little") + sound
    return b"RIFF" + len(body).to_bytes(4, "little") + body
