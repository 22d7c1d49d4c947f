"""WAV headers: what they promise, and how many bytes of sound the file really holds.

Recorders that lose power leave data sizes of 0 or 0xFFFFFFFF, and sizes that fit nothing. Their
sound is whole; a file cut while it was copied is not. The two are told apart here.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import BinaryIO

_PCM, _MS_ADPCM, _FLOAT, _ALAW, _MULAW, _IMA_ADPCM, _GSM = 1, 2, 3, 6, 7, 17, 49
_EXTENSIBLE = 0xFFFE
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
    """FFmpeg's name; `None` for all that only a demuxer can count."""
    seconds: float | None
    """Of the bytes present; `None` where `codec` is."""
    sampled: bool
    """PCM and G.711: each value stands for itself, and zeros can be sound."""
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
    codec, block, samples, rate = _codec(layout)
    seconds = round(present // block * samples / rate, 3) if codec else None
    return Wav(codec, seconds, codec in _CODECS.values(), promised, present, lying)


def lies(file: BinaryIO) -> bool:
    """Whether its header is wrong about how much sound there is, which is all there."""
    found = read(file, os.fstat(file.fileno()).st_size)
    return found is not None and found.lying


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


def _codec(layout: bytes) -> tuple[str | None, int, int, int]:
    """FFmpeg's name, bytes and samples of a block, and samples a second."""
    tag, channels, rate, _, block, bits = struct.unpack("<HHIIHH", layout[:16])
    if tag == _EXTENSIBLE and len(layout) >= 26:
        tag = struct.unpack("<H", layout[24:26])[0]
    known = (_CODECS.get((tag, bits)), channels * bits // 8, 1)
    if known[0] is None:
        known = _blocks(tag, channels, block)
    codec, block, samples = known
    return (codec if block > 0 and samples > 0 and rate else None), block, samples, rate


def _blocks(tag: int, channels: int, block: int) -> tuple[str | None, int, int]:
    """FFmpeg's name, bytes and samples of a block, of codecs whose blocks are all of one size."""
    if tag == _GSM and channels == 1 and block == 65:
        return "gsm_ms", block, 320
    if tag == _MS_ADPCM and channels:
        return "adpcm_ms", block, (block - 7 * channels) * 2 // channels + 2
    if tag == _IMA_ADPCM and channels:
        return "adpcm_ima_wav", block, (block - 4 * channels) * 2 // channels + 1
    return None, 0, 0
