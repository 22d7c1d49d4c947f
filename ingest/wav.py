"""WAV headers: what they promise, and how many bytes of sound the file really holds.

Recorders that lose power leave data sizes of 0 or 0xFFFFFFFF, and sizes that fit nothing. Their
sound is whole; a file cut while it was copied is not. The two are told apart here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_CODECS = {
    (_PCM, 8): "pcm_u8",
    (_PCM, 16): "pcm_s16le",
    (_PCM, 24): "pcm_s24le",
    (_PCM, 32): "pcm_s32le",
    (_FLOAT, 32): "pcm_f32le",
    (_FLOAT, 64): "pcm_f64le",
    (_ALAW, 8): "pcm_alaw",
    (_MULAW, 8): "pcm_mulaw",
}
_PLACEHOLDER = 0x7FFFF000
"""Sizes from here on are what a recorder writes before it knows: no call lasts that long."""
_CHUNKS_AFTER = frozenset((b"LIST", b"id3 ", b"ID3 ", b"bext", b"fact", b"cue ", b"JUNK", b"iXML"))
_MOST_CHUNKS = 200
_PADDING = 4096
"""Bytes after the data that need no explanation: sector padding, an ID3v1 tag."""


@dataclass(frozen=True, slots=True)
class Wav:
    codec: str | None
    """FFmpeg's name for PCM and G.711; `None` for all that only a demuxer can count."""
    seconds: float | None
    """Of the bytes present; `None` where `codec` is."""
    promised: int
    """Bytes of sound by the header; equal to `present` where the header is a placeholder."""
    present: int
    lying: bool
    """The header is wrong about a file that is whole."""


def read(file: BinaryIO, size: int) -> Wav | None:
    """The WAV in `file` of `size` bytes; `None` where no format or no data chunk can be found."""
    file.seek(0)
    riff_end = 8 + struct.unpack("<4xI4x", file.read(12).ljust(12, b"\0"))[0]
    found = _chunks(file)
    if found is None:
        return None
    layout, start, declared = found
    rest = max(0, size - start)
    present, lying = _present(file, start, declared, rest, riff_end)
    promised = present if lying else declared
    codec, per_second = _codec(layout)
    seconds = round(present / per_second, 3) if codec else None
    return Wav(codec, seconds, promised, present, lying)


def _chunks(file: BinaryIO) -> tuple[bytes, int, int] | None:
    """The format chunk, where the data begins, and how many bytes the header gives it."""
    layout, at = b"", 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return None
        kind, length = struct.unpack("<4sI", head)
        if kind == b"data":
            return (layout, at + 8, length) if len(layout) >= 16 else None
        if kind == b"fmt ":
            layout = file.read(min(length, 40))
        at += 8 + length + length % 2
    return None


def _present(
    file: BinaryIO, start: int, declared: int, rest: int, riff_end: int
) -> tuple[int, bool]:
    """Bytes of sound in the `rest` of the file after `start`, and whether the header lies.

    A copy that broke off leaves both sizes of the header as they were, and they agree with each
    other. Where they disagree, or hold a placeholder, the recorder never wrote them to the end.
    """
    if declared <= rest:
        surplus = rest - declared
        padding = 0 if declared == 0 else max(_PADDING, declared // 100)
        if surplus <= padding or _chunk_follows(file, start + declared + declared % 2):
            return declared, False
        return rest, True
    agreeing = riff_end - (start + declared) in {0, 1}
    return rest, rest > 0 and (declared >= _PLACEHOLDER or not agreeing)


def _chunk_follows(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    return file.read(4) in _CHUNKS_AFTER


def _codec(layout: bytes) -> tuple[str | None, int]:
    """FFmpeg's name and the bytes a second, for what is counted by bytes."""
    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", layout[:16])
    if tag == _EXTENSIBLE and len(layout) >= 26:
        tag = struct.unpack("<H", layout[24:26])[0]
    per_second = rate * channels * bits // 8
    return (_CODECS.get((tag, bits)) if per_second else None), per_second
