"""Signs that a file ends too early, or what its head promises, where FFmpeg keeps silent."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_TAIL = 4096
_MOST_BOXES = 100_000
_OGG_LONGEST_PAGE = 65_307
_MARK_AT_MOST = 200
"""Bytes of the first MP3 frame in which an encoder's mark stands."""
_ASF_PROPERTIES = bytes.fromhex("A1DCAB8C47A9CF118EE400C00C205365")


@dataclass(frozen=True, slots=True)
class Boxes:
    """The outermost boxes of an MP4 file."""

    has_index: bool
    """There is a `moov`; without it the sound cannot be found."""
    last: bytes
    cut: bool
    """The last box is longer than the file."""
    fragmented: bool
    """The sound lies in fragments, each with an index of its own."""


def mp4_boxes(file: BinaryIO, size: int) -> Boxes:
    found = list(_boxes(file, size))
    kinds = {kind for kind, _ in found}
    last, end = found[-1] if found else (b"", 0)
    return Boxes(b"moov" in kinds, last, end > size, b"moof" in kinds)


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """The kind and end of each box; padding of zeros is no box."""
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8 or not head[4:8].strip(b"\0"):
            return
        length, kind = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            length = struct.unpack(">8xQ", head)[0]
        elif length == 0:  # to the end of the file
            length = size - at
        if length < 8:
            return
        at += length
        yield kind, at
        if at >= size:
            return


def ogg_cut(file: BinaryIO, size: int) -> bool:
    """Whether the last page of an Ogg file is incomplete."""
    start = max(0, size - _OGG_LONGEST_PAGE)
    file.seek(start)
    data = file.read(_OGG_LONGEST_PAGE)
    at = data.rfind(b"OggS\0")
    if at < 0:
        return False
    head = data[at : at + 27]
    lacing = data[at + 27 : at + 27 + head[26]] if len(head) == 27 else b""
    return len(head) < 27 or at + 27 + head[26] + sum(lacing) > len(data)


def mp3_frames(file: BinaryIO) -> int | None:
    """How many frames the encoder's mark (Xing, Info, VBRI) promises; `None` without a mark.

    FFmpeg trusts the mark only where the file's size agrees, and else estimates.
    """
    file.seek(after_id3(file))
    first = file.read(_MARK_AT_MOST)
    for mark, offset in ((b"Xing", 8), (b"Info", 8), (b"VBRI", 14)):
        at = first.find(mark)
        if at >= 0 and (mark == b"VBRI" or first[at + 7 : at + 8] > b"\0"):
            return int.from_bytes(first[at + offset : at + offset + 4], "big") or None
    return None


def after_id3(file: BinaryIO) -> int:
    """Where an MP3's first frame should be: after its ID3v2 tag, if it begins with one."""
    file.seek(0)
    head = file.read(10)
    if not head.startswith(b"ID3") or len(head) < 10:
        return 0
    a, b, c, d = (byte & 0x7F for byte in head[6:10])
    return 10 + (a << 21 | b << 14 | c << 7 | d)


def asf_seconds(head: bytes) -> float | None:
    """The play length that the head of an ASF file (WMA) states, without the pre-roll."""
    at = head.find(_ASF_PROPERTIES)
    if at < 0 or len(head) < at + 88:
        return None
    played, preroll = struct.unpack_from("<Q8xQ", head, at + 64)  # in 100 ns and in ms
    return float(played / 1e7 - preroll / 1e3)


def zero_tail(file: BinaryIO, size: int) -> bool:
    """Whether the file ends in zeros, as when a copy into space set aside for it broke off.

    No frame of compressed sound has so many zeros in a row.
    """
    if size <= 2 * _TAIL:
        return False
    file.seek(size - _TAIL)
    return not file.read(_TAIL).strip(b"\0")
