"""How loud a recording is, and whether anybody can be heard in it at all.

PyAV decodes the beginning to PCM, and `ingest.silk` what PyAV cannot; pydub, which would need an
ffmpeg program for anything but PCM, only judges that.

The threshold was measured on the loudest half second of each sample (speech and silence, in every
codec we know): speech reaches -18 to -28 dBFS, its own pauses -29 to -44, a silent line -90, and
A-law cannot express anything between silence at -72 and nothing. A call recorded 25 dB too quietly
is still heard, and an open line with nobody on it is not.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from ingest import amr, demux, raw, silk
from ingest.probe import Probe, State

with warnings.catch_warnings():
    # It looks for an ffmpeg program, which it does not need here, and uses audioop.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_nonsilent

SILENCE_DBFS = -55.0
_STRETCH_MS = 500
"""Sound shorter than this is a click, not a voice."""
_STEP_MS = 100
_RATE = raw.RATE
"""Hz. Telephone speech has nothing above 4 kHz, and an odd rate costs no memory this way."""
_AS_IT_IS = (_RATE, "s16", "mono")
"""What most calls decode to: it needs no resampler."""
_MOST_BROKEN = 100
"""Packets that may fail to decode before we give up."""
_DECODERS = {"amr_nb": "libopencore_amrnb", "amr_wb": "libopencore_amrwb"}
"""FFmpeg's own decoder of AMR drops pauses (DTX)."""


@dataclass(frozen=True, slots=True)
class Level:
    dbfs: float | None
    """Mean level below full scale; `None` for digital silence, which has none."""
    silent: bool
    """No half second is louder than `SILENCE_DBFS`."""


def listen(path: Path, probe: Probe, seconds: float = 120.0) -> Level | None:
    """The level of the first `seconds`; `None` where nothing can be decoded.

    Raises:
        OSError: The file cannot be opened or read.

    """
    if probe.state is State.EMPTY or probe.container is None:
        return None
    rate = silk.RATE if probe.container == "silk" else _RATE
    with path.open("rb") as file:
        try:
            pcm = _decoded(file, probe.container, seconds)
        except demux.BROKEN:
            return None
    if not pcm:
        return None
    segment = AudioSegment(data=pcm, sample_width=2, frame_rate=rate, channels=1)
    return _level(segment.remove_dc_offset())


def _level(segment: AudioSegment) -> Level:
    stretch = max(1, min(_STRETCH_MS, len(segment)))
    heard = detect_nonsilent(segment, stretch, SILENCE_DBFS, _STEP_MS)
    dbfs = float(segment.dBFS)
    return Level(round(dbfs, 1) if math.isfinite(dbfs) else None, not heard)


def _decoded(file: BinaryIO, container: str, seconds: float) -> bytes:
    """The first `seconds` as 16-bit mono PCM; empty where nothing can be decoded."""
    if container == "silk":
        return silk.pcm(file.read(amr.MOST_BYTES), seconds)
    if container in raw.FORMATS:
        return raw.pcm(file.read(raw.FORMATS[container].size(seconds)), container)
    with demux.opened(file, container if container in demux.RAW else None) as opened:
        return _pcm(opened, opened.streams.audio[0], int(seconds * _RATE) * 2)


def _pcm(container: InputContainer, stream: AudioStream, most: int) -> bytes:
    decoder = _decoder(stream)
    if decoder is None:
        return b""
    resamplers: dict[tuple[int, str, str], AudioResampler] = {}  # joined files change their form
    pcm, broken = bytearray(), 0
    try:
        for packet in container.demux(stream):
            try:
                for frame in decoder.decode(packet):
                    form = (frame.sample_rate, frame.format.name, frame.layout.name)
                    if form == _AS_IT_IS:
                        pcm += bytes(frame.planes[0])[: frame.samples * 2]
                        continue
                    if form not in resamplers:
                        resamplers[form] = AudioResampler("s16", "mono", _RATE)
                    for part in resamplers[form].resample(frame):
                        pcm += bytes(part.planes[0])[: part.samples * 2]
            except demux.BROKEN:
                broken += 1
            if len(pcm) >= most or broken > _MOST_BROKEN:
                break
    except demux.BROKEN:
        pass  # a broken place ends the listening, not the recording
    return bytes(pcm[:most])


def _decoder(stream: AudioStream) -> AudioCodecContext | None:
    given = demux.decoder(stream)
    name = _DECODERS.get(given.codec.canonical_name) if given else None
    if name is None or name not in av.codecs_available:
        return given
    decoder = av.CodecContext.create(name, "r")
    assert isinstance(decoder, AudioCodecContext)
    return decoder
