"""Sound without any header, read because the office says what its files of this name hold.

Nothing in such a file tells what it is. It is telephone sound of 8 kHz with one channel, as
exchanges and recording boxes write it, and its length follows from its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.audio.codeccontext import AudioCodecContext

RATE = 8000
"""Hz."""


@dataclass(frozen=True, slots=True)
class Format:
    extensions: frozenset[str]
    codec: str
    """FFmpeg's name."""
    bits: int
    """Of one sample."""

    def seconds(self, size: int) -> float:
        return round(size * 8 / self.bits / RATE, 3)


_AT_ONCE = 1 << 16
"""Bytes that are decoded at once."""

FORMATS = {
    "alaw": Format(frozenset(("alaw", "al")), "pcm_alaw", 8),
    "ulaw": Format(frozenset(("ulaw", "ul")), "pcm_mulaw", 8),
    "vox": Format(frozenset(("vox",)), "adpcm_ima_oki", 4),
}
"""By the name in `[inbox] raw_audio`, which is also the container that a probe tells."""

_MAGIC = (
    b"RIFF", b"ID3", b"OggS", b"fLaC", b"FORM", b".snd", b"caff", b"riff", b"wvpk", b"TTA1",
    b"MAC ", b"\x1aE\xdf\xa3", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"#!AMR", b"#!SILK", b"\x02#!SILK",
)  # fmt: skip


def named(extension: str, head: bytes, allowed: frozenset[str]) -> str | None:
    """Which of the `allowed` formats a file is by its extension; `None` where its `head` objects.

    Only a magic number objects: raw sound can look like almost any frame of speech.
    """
    if head.startswith(_MAGIC) or head[4:8] == b"ftyp":
        return None
    for name in allowed & FORMATS.keys():
        if extension in FORMATS[name].extensions:
            return name
    return None


def pieces(file: BinaryIO, name: str) -> Iterator[bytes]:
    """16-bit mono PCM at 8 kHz."""
    decoder = av.CodecContext.create(FORMATS[name].codec, "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.sample_rate = RATE
    decoder.layout = "mono"
    while data := file.read(_AT_ONCE):
        for frame in decoder.decode(av.Packet(data)):
            yield bytes(frame.planes[0])[: frame.samples * 2]
