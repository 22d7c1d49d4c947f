"""SILK v3, the voice messages of WeChat and QQ: its frames counted, and decoded for listening.

Sources: the decoder of the SILK SDK (frame lengths, end mark), Tencent's leading byte.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from itertools import groupby

from ingest import amr
from ingest.amr import FRAME_SECONDS, Frames

RATE = 24_000
"""Hz. SILK's highest: asked for less, its decoder writes beyond its buffer when a frame is of a
higher rate than the one before."""
_MAGIC = (b"#!SILK_V3", b"\x02#!SILK_V3")
_FRAME = round(FRAME_SECONDS * RATE) * 2
"""Bytes of a frame's PCM."""
_LONGEST = 0x7FFF
"""Bytes of a frame; greater lengths are negative, and -1 marks the end."""


def walk(data: bytes) -> Frames | None:
    """The frames of a SILK v3 file, with or without Tencent's leading byte; `None` if it is none.

    Empty frames are pauses within speech; after the last spoken frame they count for nothing.
    """
    if not data.startswith(_MAGIC):
        return None
    at = end = _start(data)
    count = spoken = 0
    cut = False
    while at + 2 <= len(data) and count < amr.MOST_FRAMES:
        length = data[at] | data[at + 1] << 8
        if length > _LONGEST:
            end = at + 2 if length == 0xFFFF else end
            break
        at += 2 + length
        if at > len(data):
            cut = True
            break
        count += 1
        if length:
            spoken, end = count, at
    return Frames("silk", spoken, cut, len(data) - end, count >= amr.MOST_FRAMES)


def pcm(data: bytes, seconds: float) -> bytes:
    """The first `seconds` as 16-bit mono PCM at 24 kHz, up to the first frame that is damaged.

    Pauses that were left out are silence where they were.
    """
    import pysilk

    frames = list(_frames(data, round(seconds / FRAME_SECONDS)))
    speech = b"".join(frame for frame in frames if len(frame) > 2)
    sound = io.BytesIO()
    with contextlib.suppress(pysilk.SilkError):  # what was decoded before stands
        pysilk.decode(io.BytesIO(_MAGIC[0] + speech), sound, RATE)
    return b"".join(_with_pauses(frames, sound.getbuffer()))


def _with_pauses(frames: Iterable[bytes], speech: memoryview) -> Iterator[bytes | memoryview]:
    """`speech` is of the frames that have some, as far as it goes; hours of it are not copied."""
    at = 0
    for spoken, some in groupby(frames, key=lambda frame: len(frame) > 2):
        length = sum(_FRAME for _ in some)
        if at >= len(speech):
            return
        if spoken:
            yield speech[at : at + length]
            at += length
        else:
            yield bytes(length)
    yield speech[at:]  # of a coder that has more than 20 ms in a frame


def _start(data: bytes) -> int:
    return data.index(b"V3") + 2


def _frames(data: bytes, most: int) -> Iterator[bytes]:
    """Each whole frame with its length before it."""
    at = _start(data)
    for _ in range(most):
        length = int.from_bytes(data[at : at + 2], "little")
        end = at + 2 + length
        if at + 2 > len(data) or length > _LONGEST or end > len(data):
            return
        yield data[at:end]
        at = end
