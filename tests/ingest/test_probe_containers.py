"""Containers: rarer ones, and such whose tables are wrong or missing."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import pytest

from ingest import endings
from ingest.probe import Probe, State
from ingest.sound import listen
from tests.ingest.audio_samples import AUDIO, sample
from tests.ingest.probing import keys, look, near, write


def encode(path: Path, form: str, codec: str, rate: int) -> Path:
    """The 8 kHz speech sample in another container."""
    with av.open(AUDIO / "formats/wav_pcm16_8k.wav") as source, av.open(path, "w", form) as target:
        stream = target.add_stream(codec, rate=rate)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        resampler = av.AudioResampler("s16", "mono", rate, stream.frame_size or 0)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "form", "codec", "rate", "cut"),
    [
        ("a.flac", "flac", "flac", 8000, "truncated"),
        ("a.aiff", "aiff", "pcm_s16be", 8000, "truncated"),
        ("a.au", "au", "pcm_mulaw", 8000, "truncated"),
        ("a.caf", "caf", "pcm_s16be", 8000, None),
        ("a.mka", "matroska", "pcm_s16le", 8000, None),
        ("a.mov", "mov", "pcm_s16le", 8000, "no_index"),
        ("a.w64", "w64", "pcm_s16le", 8000, None),
    ],
)
def test_rarer_containers(
    tmp_path: Path, name: str, form: str, codec: str, rate: int, cut: str | None
) -> None:
    path = encode(tmp_path / name, form, codec, rate)
    found = look(path)
    assert (found.state, found.container, found.codec, keys(found)) == (
        State.COMPLETE, form, codec, "",
    )  # fmt: skip
    assert near(found.duration_seconds, 20)
    data = path.read_bytes()
    assert keys(look(write(path, data[: len(data) // 2]))) == (cut or "")


def test_a_film_without_sound_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with av.open(path, "w") as target:
        stream = target.add_stream("mpeg4", rate=5)
        assert isinstance(stream, av.VideoStream)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p"
        target.mux(stream.encode(av.VideoFrame(16, 16, "yuv420p")))
        target.mux(stream.encode(None))
    found = look(path)
    assert (found.state, found.container, found.codec) == (State.EMPTY, "mp4", None)


def test_an_mp4_of_an_unknown_codec_is_damaged(tmp_path: Path) -> None:
    data = sample("formats/3gp_amrnb.3gp").replace(b"samr", b"zzzz")
    path = write(tmp_path / "a.3gp", data)
    found = look(path)
    assert (found.state, keys(found)) == (State.DAMAGED, "unreadable")
    assert listen(path, Probe(State.COMPLETE, "3gp", "amr_nb", 20.0, (), ())) is None


def test_time_stamps_beyond_belief_are_damage(tmp_path: Path) -> None:
    data = sample("formats/m4a_faststart.m4a")
    at = data.index(b"stts") + 16
    wild = data[:at] + struct.pack(">I", 2**30) + data[at + 4 :]
    assert look(write(tmp_path / "a.m4a", wild)).state is State.DAMAGED


def test_sizes_that_point_before_the_file_are_damage(tmp_path: Path) -> None:
    data = bytearray(sample("formats/wma_v2.wma"))
    described = data.index(bytes.fromhex("4052d1861d31d011a3a400a0c90348f6"))
    data[described + 16 : described + 24] = struct.pack("<q", 2**63 - 1)
    assert look(write(tmp_path / "a.wma", bytes(data))).state is State.DAMAGED


def test_a_wma_without_its_properties_is_damaged_and_not_empty(tmp_path: Path) -> None:
    properties = bytes.fromhex("a1dcab8c47a9cf11")
    wma = sample("formats/wma_v2.wma").replace(properties, bytes(8))
    assert look(write(tmp_path / "a.wma", wma)).state is State.DAMAGED
    assert endings.asf_seconds(properties) is None


def test_an_mp4_of_which_only_the_head_was_copied_is_empty(tmp_path: Path) -> None:
    data = sample("formats/m4a_faststart.m4a")
    found = look(write(tmp_path / "a.m4a", data[: data.index(b"mdat") + 4]))
    assert (found.state, found.codec, keys(found)) == (State.EMPTY, "aac", "no_sound")


def test_what_follows_an_ogg_at_length_is_ignored(tmp_path: Path) -> None:
    found = look(write(tmp_path / "a.opus", sample("formats/ogg_opus.opus") + b"x" * 70_000))
    assert (found.state, keys(found)) == (State.COMPLETE, "")
