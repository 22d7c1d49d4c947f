"""AMR, the speech of phones: its frames, walked one by one.

It says its length nowhere: every frame is 20 ms, so the frames are counted. That is exact where
pauses are left out (DTX) too, and estimates by size or bit rate fail. Source: RFC 4867 section 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FRAME_SECONDS = 0.02
MOST_FRAMES = 2_000_000
"""Eleven hours; a file that goes on is measured to here."""
MOST_BYTES = 64 << 20

AMR_MAGIC = {b"#!AMR\n": "amr_nb", b"#!AMR-WB\n": "amr_wb"}

_SIZES = {
    "amr_nb": (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1),
    "amr_wb": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1),
}
"""Bytes of a frame with its first byte, by frame type; 0 is reserved."""
_SURE = 10
"""Frames in a row that make a file without a header AMR: chance gives one in 10^14."""


@dataclass(frozen=True, slots=True)
class Frames:
    codec: str
    count: int
    cut: bool
    """The last frame is incomplete: the file was longer."""
    unread: int
    """Bytes after the last good frame that are no frame."""
    capped: bool

    @property
    def seconds(self) -> float:
        return round(self.count * FRAME_SECONDS, 2)


def amr(data: bytes) -> Frames | None:
    """The frames of an AMR file that begins with its magic number; `None` for anything else."""
    for magic, codec in AMR_MAGIC.items():
        if data.startswith(magic):
            return _walk(data, len(magic), codec)
    return None


def bare_amr(data: bytes) -> Frames | None:
    """The frames of narrow-band AMR without magic number, as old iOS messengers saved it."""
    sizes = _by_first_byte("amr_nb")
    at = 0
    for _ in range(_SURE):
        if at >= len(data) or not sizes[data[at]]:
            return None
        at += sizes[data[at]]
    return _walk(data, 0, "amr_nb")


def _walk(data: bytes, at: int, codec: str) -> Frames:
    sizes = _by_first_byte(codec)
    count, end = 0, len(data)
    while at < end and count < MOST_FRAMES:
        size = sizes[data[at]]
        if not size or at + size > end:
            break
        at += size
        count += 1
    capped = count >= MOST_FRAMES
    cut = at < end and bool(sizes[data[at]]) and not capped
    return Frames(codec, count, cut, end - at, capped)


def _by_first_byte(codec: str) -> Sequence[int]:
    """The size for each possible first byte, 0 where a frame cannot begin so.

    The first and the last two bits must be 0. A byte that is wholly 0 would be a lost frame of the
    lowest mode; in files it is the zeros of a failed copy.
    """
    sizes = _SIZES[codec]
    return [0 if byte & 0x83 or not byte else sizes[byte >> 3 & 15] for byte in range(256)]
