"""Recordings decoded to 16-bit PCM, piece by piece, whatever they are coded in.

PyAV decodes, and `ingest.silk` what PyAV cannot. What is broken in the middle is passed over.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from ingest import amr, demux, raw, silk, wav

_DECODERS = {"amr_nb": "libopencore_amrnb", "amr_wb": "libopencore_amrwb"}
"""FFmpeg's own decoder of AMR drops pauses (DTX)."""
_LAYOUTS = {1: "mono", 2: "stereo"}


class Form(NamedTuple):
    """How PCM is to be read."""

    rate: int
    """Hz."""
    channels: int
    """One, or two in turns."""


Pieces = Iterator[tuple[Form, bytes]]


def pieces(
    file: BinaryIO,
    container: str,
    form: Callable[[AudioFrame], Form],
    seconds: float,
    most_broken: float = math.inf,
) -> Pieces:
    """What `file` holds, in the form that is chosen by its first frame, all in the same.

    SILK and sound without a header have one form only. SILK is decoded at once, up to `seconds`;
    of all else the caller takes as much as is wanted, also where a WAV's header says there is less.
    `most_broken` packets may fail to decode before it ends. Raises `demux.BROKEN` where it cannot
    be opened, OSError where it cannot be read.
    """
    if container == "silk":
        yield Form(silk.RATE, 1), silk.pcm(file.read(amr.MOST_BYTES), seconds)
    elif container in raw.FORMATS:
        for part in raw.pieces(file, container):
            yield Form(raw.RATE, 1), part
    else:
        bare = container if container in demux.RAW else None
        lying = container == "wav" and wav.lies(file)
        most = 2 * max(demux.MOST_BYTES, os.fstat(file.fileno()).st_size)
        with demux.opened(file, bare, most, to_the_end=lying) as opened:
            yield from _framed(opened, opened.streams.audio[0], form, most_broken)


def _framed(
    container: InputContainer,
    stream: AudioStream,
    form: Callable[[AudioFrame], Form],
    most_broken: float,
) -> Pieces:
    decoder = _decoder(stream)
    if decoder is None:
        return
    same: _SameForm | None = None
    broken = 0
    try:
        for packet in container.demux(stream):
            try:
                for frame in decoder.decode(packet):
                    same = same or _SameForm(form(frame))
                    for part in same.of(frame):
                        yield same.form, part
            except demux.BROKEN:
                broken += 1
            if broken > most_broken:
                break
    except demux.BROKEN:
        pass  # a broken place ends the listening, not the recording


class _SameForm:
    """Brings frames into one form: joined files change theirs, and most calls need no change."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._layout = _LAYOUTS[form.channels]
        self._width = 2 * form.channels
        self._resamplers: dict[tuple[int, str, str], AudioResampler] = {}

    def of(self, frame: AudioFrame) -> Sequence[bytes]:
        told = (frame.sample_rate, frame.format.name, frame.layout.name)
        if told == (self.form.rate, "s16", self._layout):
            return (self._bytes(frame),)
        if told not in self._resamplers:
            self._resamplers[told] = AudioResampler("s16", self._layout, self.form.rate)
        return [self._bytes(part) for part in self._resamplers[told].resample(frame)]

    def _bytes(self, frame: AudioFrame) -> bytes:
        return bytes(frame.planes[0])[: frame.samples * self._width]


def _decoder(stream: AudioStream) -> AudioCodecContext | None:
    given = demux.decoder(stream)
    name = _DECODERS.get(given.codec.canonical_name) if given else None
    if name is None or name not in av.codecs_available:
        return given
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, AudioCodecContext)
    return decoder
