"""Recordings of their own out of the few in `tests/audio`: equal bytes would be duplicates."""

from pathlib import Path

AUDIO = Path(__file__).parents[1] / "audio"
_AMR_HEAD = 6
_AMR_FRAME = 32
"""Bytes of a frame of 20 ms at 12.2 kbit/s."""


def call(name: str) -> bytes:
    """One of the clean calls, such as `15.mp3` of 15 seconds."""
    return (AUDIO / "calls" / name).read_bytes()


def tagged_mp3(sound: bytes, comment: str) -> bytes:
    """The same sound with an ID3v1 tag behind it that holds only a comment."""
    fields = b"".join(b"\0" * length for length in (30, 30, 30, 4))  # title, artist, album, year
    return sound + b"TAG" + fields + comment.encode("ascii").ljust(30, b"\0") + b"\xff"


def padded_m4a(sound: bytes, padding: int) -> bytes:
    """The same sound with a box of free space behind it, which players pass over."""
    return sound + (8 + padding).to_bytes(4, "big") + b"free" + b"\0" * padding


def shortened_amr(sound: bytes, frames: int) -> bytes:
    """The sound without its first frames."""
    return sound[:_AMR_HEAD] + sound[_AMR_HEAD + frames * _AMR_FRAME :]
