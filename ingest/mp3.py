"""MP3 frames, walked header by header: far quicker than a demuxer, and as true.

Only a file whose every byte belongs to a frame is walked; what is odd is left to the demuxer.
Source: ISO 11172-3 and 13818-3, section 2.4.2.3, and the unofficial MPEG-2.5.
"""

from __future__ import annotations

from functools import cache

_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""By the bits for the version: MPEG-1, MPEG-2, MPEG-2.5."""
_KBITS = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Of MPEG-1 and of the others, from bit rate 1 on."""
_TAG = 128
"""Bytes of an ID3v1 tag."""


def walk(data: bytes) -> tuple[int, float] | None:
    """How many frames `data` is and their seconds; `None` unless frames of one kind fill it.

    An ID3v1 tag may follow the last one.
    """
    if len(data) >= _TAG and data[-_TAG:].startswith(b"TAG"):
        data = data[:-_TAG]
    if len(data) < 4 or data[1] & 0xE6 != 0xE2:
        return None
    kind = data[1] & 0xFE, data[2] & 0x0C
    sizes = _sizes(*kind)
    at, count, end = 0, 0, len(data) - 3
    while at < end:
        size = sizes[data[at + 2]]
        if data[at] != 0xFF or data[at + 1] & 0xFE != kind[0] or not size:
            return None
        at += size
        count += 1
    if at != len(data):
        return None
    version = kind[0] >> 3 & 3
    samples = 1152 if version == 3 else 576
    return count, count * samples / _RATES[version][kind[1] >> 2]


@cache
def _sizes(second: int, rate: int) -> tuple[int, ...]:
    """Bytes of a frame by its header's third byte; 0 where none of this kind begins so."""
    return tuple(_size(second >> 3 & 3, rate, third) for third in range(256))


def _size(version: int, rate: int, third: int) -> int:
    kbits = third >> 4
    if version == 1 or rate == 0x0C or third & 0x0C != rate or not 0 < kbits < 15:
        return 0
    per_frame = 144_000 if version == 3 else 72_000
    bits = _KBITS[version == 3][kbits - 1]
    return per_frame * bits // _RATES[version][rate >> 2] + (third >> 1 & 1)
