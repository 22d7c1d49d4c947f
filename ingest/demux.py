"""FFmpeg's demuxers through PyAV: opens a recording, and counts its packets without decoding.

Packets are walked one by one only where nothing quicker is as true: an MP4 whose index points into
the file throughout, an MP3 that is frames from end to end, and GSM's equal frames need no walk.

Recordings come from strangers' machines. FFmpeg therefore sees an open file without a name, so it
judges contents alone; only demuxers of sound that recorders write, so no playlist that names other
files; no protocol at all, so nothing is fetched; and never more bytes and packets than a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO, TypeAlias

import av
import av.logging
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from ingest import endings, mp3

av.logging.set_level(None)  # FFmpeg's own complaints would go to the daemon's stderr

BROKEN = (av.FFmpegError, ArithmeticError, EOFError, LookupError, RuntimeError, ValueError)
"""What PyAV raises for contents it cannot read. Errors of the disk (OSError) are not among them."""

RAW = frozenset(("g722", "g729", "gsm"))
"""Codecs that are read without any header, if the extension says that it is they."""

_CONTAINERS = {
    "aac": "aac",
    "ac3": "ac3",
    "aiff": "aiff",
    "amr": "amr",
    "amrnb": "amr",
    "amrwb": "amr",
    "ape": "ape",
    "asf": "asf",
    "au": "au",
    "avi": "avi",
    "caf": "caf",
    "flac": "flac",
    "g722": "g722",
    "g729": "g729",
    "gsm": "gsm",
    "matroska,webm": "matroska",
    "mov,mp4,m4a,3gp,3g2,mj2": "mp4",
    "mp3": "mp3",
    "mpeg": "mpeg",
    "mpegts": "mpegts",
    "ogg": "ogg",
    "tta": "tta",
    "w64": "w64",
    "wav": "wav",
    "wv": "wv",
}
_OPTIONS = {
    "format_whitelist": ",".join(name.split(",")[0] for name in _CONTAINERS),
    "protocol_whitelist": "none",
}
_MOST_AT_ONCE = 64 << 20
"""Bytes of a file that is read whole."""
_GSM_FRAME = 33
"""Bytes; one is 20 ms, which is a tick."""
MOST_PACKETS = 2_000_000
"""Eleven hours of 20 ms; walked in about eight seconds."""
MOST_BYTES = 512 << 20
"""Of files that are counted whole; reading ends at twice as many, since some are read twice."""


class _Nameless:
    """An open file that gives neither its name nor more than a number of bytes."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self.left = most
        self.tell = file.tell  # without it PyAV does not seek

    def read(self, size: int) -> bytes:
        data = self._file.read(min(size, max(0, self.left)))
        self.left -= len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._file.seek(offset, whence)
        except (OSError, ValueError):  # damaged sizes point before the file's beginning
            return -1


_Packet: TypeAlias = "Packet[AudioStream]"


@dataclass(frozen=True, slots=True)
class Counted:
    container: str
    codec: str | None
    """FFmpeg's name; `None` where the container holds no sound, or none that FFmpeg knows."""
    seconds: float
    header_seconds: float | None
    """What the file's head or FFmpeg's estimate says."""
    packets: int

    @property
    def capped(self) -> bool:
        """Counting stopped at the limit."""
        return self.packets >= MOST_PACKETS


def opened(
    file: BinaryIO,
    raw: str | None = None,
    most: int | None = None,
    *,
    to_the_end: bool = False,
) -> InputContainer:
    """A container over `file` from its beginning; close it (`with`).

    Args:
        file: Stays open when the container is closed.
        raw: A name of `RAW` where the contents cannot tell.
        most: Bytes that will be read at most, else twice `MOST_BYTES`; after them the file seems
            to end.
        to_the_end: What a WAV's header says of its length does not count.

    Raises:
        BROKEN: The contents are nothing that can be read.

    """
    file.seek(0)
    options = _OPTIONS | ({"ignore_length": "1"} if to_the_end else {})
    return av.open(
        _Nameless(file, most or 2 * MOST_BYTES),
        "r",
        format=raw,
        options=options,
        metadata_errors="replace",
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    packets: int
    held: int
    """Ticks that the packets last."""
    end: int
    """Tick at which the last one ends."""


def count(file: BinaryIO, size: int, raw: str | None = None) -> Counted | None:
    """The true length of a recording of `size` bytes; `None` where it cannot be opened.

    Packets up to the first error count: what comes after it, no player reaches either.
    """
    try:
        with opened(file, raw) as container:
            name = _CONTAINERS[container.format.name]
            if not container.streams.audio:
                return Counted(name, None, 0.0, None, 0)
            stream = container.streams.audio[0]
            packets = container.demux(stream)
            first = _first(packets)
            walk = _quick(stream, name, first, file, size) or _walked(chain(first, packets))
            return _counted(stream, name, walk)
    except BROKEN:
        return None


def _counted(stream: AudioStream, name: str, walk: _Walk) -> Counted:
    tick = float(stream.time_base or 0)
    delay = max(0, stream.start_time or 0)  # what the encoder put before the first sample
    length = _length(walk.held, walk.end - delay, tick)
    header = stream.duration * tick if stream.duration else None
    known = decoder(stream)
    codec = known.codec.canonical_name if known else None
    return Counted(name, codec, length, header, walk.packets)


def _first(packets: Iterator[_Packet]) -> list[_Packet]:
    try:
        return list(islice(packets, 1))
    except BROKEN:
        return []


def _walked(packets: Iterable[_Packet]) -> _Walk:
    held = end = count = 0
    try:
        for packet in packets:
            if packet.size:
                count += 1
                held += packet.duration or 0
                if packet.pts is not None:
                    end = max(end, packet.pts + (packet.duration or 0))
            if count >= MOST_PACKETS:
                break
    except BROKEN:
        pass  # the packets so far are the recording
    return _Walk(count, held, end)


def _quick(
    stream: AudioStream, name: str, first: list[_Packet], file: BinaryIO, size: int
) -> _Walk | None:
    """What a walk would find, where that can be known without one."""
    found, at = None, file.tell()
    if name == "mp4" and size <= MOST_BYTES and not endings.mp4_boxes(file, size).fragmented:
        found = _indexed(stream, size)
    elif name == "mp3" and size <= _MOST_AT_ONCE and first:
        found = _framed(stream, first[0].pos, file)
    elif name == "gsm" and size <= MOST_BYTES:
        frames = size // _GSM_FRAME
        found = _Walk(frames, frames, frames)
    file.seek(at)  # FFmpeg goes on from there
    return found if found and 0 < found.packets < MOST_PACKETS else None


def _indexed(stream: AudioStream, size: int) -> _Walk | None:
    """From an index all of whose entries lie in the file."""
    entries = stream.index_entries
    if not 0 < len(entries) == stream.frames:  # an edit list leaves some out
        return None
    if any(one.size <= 0 or one.pos + one.size > size for one in entries):
        return None
    begin, before, last = (entries[at].timestamp for at in (0, max(0, len(entries) - 2), -1))
    end = last + (last - before)
    if last < (stream.duration or 0) < end:  # the last packet is not full
        end = stream.duration or 0
    return _Walk(len(entries), end - begin, end) if last > before else None


def _framed(stream: AudioStream, start: int | None, file: BinaryIO) -> _Walk | None:
    """From frames that fill the file from `start` on."""
    if start is None or not stream.time_base:
        return None
    file.seek(start)
    found = mp3.walk(file.read())
    if found is None:
        return None
    frames, seconds = found
    held = round(seconds / stream.time_base)
    return _Walk(frames, held, held)


def decoder(stream: AudioStream) -> AudioCodecContext | None:
    """The decoder that FFmpeg chose; `None` for a codec that it does not know (PyAV's types
    forget that case).
    """
    return stream.codec_context


def _length(held: int, span: int, tick: float) -> float:
    """Seconds from the packets' durations and from their time stamps.

    The stamps know of an encoder's delay (MP3, AAC) and of packets that overlap (Vorbis); but
    joined files start them anew and damage makes them wild: then the durations speak.
    """
    trusted = not held or abs(span - held) * tick <= max(0.5, held * tick / 10)
    return round(max(0.0, (span if trusted else held) * tick), 3)
