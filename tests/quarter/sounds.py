"""Small recordings, each with bytes of its own, out of the few in `tests/audio`."""

from __future__ import annotations

from functools import cache
from itertools import count
from random import Random

from tests.sample.sound import call, padded_m4a, tagged_mp3

_AMR_HEAD, _AMR_FRAME = 6, 32
_WAV_HEAD = 44
_RATE = 8000
"""Samples a second, of two bytes."""


@cache
def _clip(name: str) -> bytes:
    return call(name)


class Sounds:
    """Every one is another one: it carries a number that no other has."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._numbers = count(1)

    def sound(self, ending: str) -> bytes:
        """Speech of about a second or some more, whole and heard."""
        if ending == "amr":
            return self._amr()
        if ending == "mp3":
            return tagged_mp3(_clip("8.mp3"), f"quarter {next(self._numbers)}")
        if ending == "m4a":
            return padded_m4a(_clip("8.m4a"), next(self._numbers))
        return self._wav(self._speech())

    def silent(self) -> bytes:
        return self._wav(bytes(_RATE * 2))

    def lying(self) -> bytes:
        """Plays, and its header says that there is nothing."""
        return self._wav(self._speech(), stated=self._rng.choice((0, 0xFFFFFFFF)))

    def empty(self) -> bytes:
        """A header and no sound."""
        return self._wav(b"")

    def cut(self) -> bytes:
        """An M4A of which the end is missing."""
        whole = self.sound("m4a")
        return whole[: self._rng.randrange(len(whole) // 4, len(whole) * 3 // 4)]

    def page(self) -> bytes:
        """What a cloud disk gives where a recording has expired."""
        return f"<!DOCTYPE html><html>{next(self._numbers)}</html>".encode()

    def zeros(self) -> bytes:
        """What a phone leaves that ran out of power."""
        return bytes(20_000 + next(self._numbers))

    def _amr(self) -> bytes:
        """Frames from the middle, after as many pauses as make it unique."""
        clip = _clip("8.amr")
        frames = [clip[at : at + _AMR_FRAME] for at in range(_AMR_HEAD, len(clip), _AMR_FRAME)]
        order = next(self._numbers)
        first = order % (len(frames) - 100)
        taken = frames[first : first + 60 + order // (len(frames) - 100)]
        return clip[:_AMR_HEAD] + b"".join(taken)

    def _speech(self) -> bytes:
        samples = _clip("8.pcm.wav")[_WAV_HEAD:]
        at = self._rng.randrange(len(samples) // 4, len(samples) // 2) & ~1
        return samples[at : at + _RATE * 2]

    def _wav(self, samples: bytes, stated: int | None = None) -> bytes:
        note = f"{next(self._numbers):08}".encode()
        form = b"fmt " + (16).to_bytes(4, "little") + b"\1\0\1\0"
        form += _RATE.to_bytes(4, "little") + (_RATE * 2).to_bytes(4, "little") + b"\2\0\x10\0"
        said = b"LIST" + (20).to_bytes(4, "little") + b"INFOICMT" + (8).to_bytes(4, "little") + note
        length = len(samples) if stated is None else stated
        body = b"WAVE" + form + said + b"data" + length.to_bytes(4, "little") + samples
        return b"RIFF" + len(body).to_bytes(4, "little") + body
