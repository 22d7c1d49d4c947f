"""WAV whose header lies, or has more in it than sound."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ingest.probe import State
from tests.ingest.audio_samples import sample
from tests.ingest.probing import keys, look, write


def riff(fmt: bytes, data: bytes, *, declared: int | None = None, after: bytes = b"") -> bytes:
    size = len(data) if declared is None else declared
    body = struct.pack("<4sI", b"fmt ", len(fmt)) + fmt + struct.pack("<4sI", b"data", size)
    return struct.pack("<4sI4s", b"RIFF", 4 + len(body) + size, b"WAVE") + body + data + after


def pcm(bits: int = 16, rate: int = 8000, channels: int = 1, tag: int = 1) -> bytes:
    block = channels * bits // 8
    return struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)


def test_wav_that_grew_beyond_its_header_is_counted_whole(tmp_path: Path) -> None:
    sound = sample("formats/wav_pcm16_8k.wav")[44:]
    found = look(write(tmp_path / "a.wav", riff(pcm(), sound, declared=16_000)))
    assert (found.state, found.duration_seconds, keys(found)) == ("complete", 20.0, "header_wrong")


def test_chunks_and_padding_after_the_sound_are_no_sound(tmp_path: Path) -> None:
    sound = sample("formats/wav_pcm16_8k.wav")[44:]
    listed = struct.pack("<4sI", b"LIST", 20_000) + b"x" * 20_000
    for after in (listed, b"TAG" + bytes(125), bytes(2000)):
        found = look(write(tmp_path / "a.wav", riff(pcm(), sound, after=after)))
        assert (found.state, found.duration_seconds, keys(found)) == ("complete", 20.0, "")


def test_empty_wav_with_a_list_behind_it_is_empty(tmp_path: Path) -> None:
    found = look(write(tmp_path / "a.wav", riff(pcm(), b"", after=b"LIST\4\0\0\0abcd")))
    assert (found.state, found.duration_seconds) == (State.EMPTY, 0.0)


def test_extensible_wav_names_its_codec(tmp_path: Path) -> None:
    guid = struct.pack("<H", 1) + bytes.fromhex("000000001000800000aa00389b71")
    fmt = pcm(tag=0xFFFE, bits=24, channels=2) + struct.pack("<HHI", 22, 24, 3) + guid
    found = look(write(tmp_path / "a.wav", riff(fmt, bytes([1, 2, 3] * 16_000))))
    assert (found.codec, found.duration_seconds) == ("pcm_s24le", 1.0)


@pytest.mark.parametrize(
    "data",
    [
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEdata\0\0\0\0",
        b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 300,
        riff(pcm(rate=0), b"ab" * 1000),
        riff(pcm(tag=0x7777), b"ab" * 1000),
    ],
)
def test_a_wav_that_cannot_be_understood_is_damaged(tmp_path: Path, data: bytes) -> None:
    found = look(write(tmp_path / "a.wav", data))
    assert (found.state, keys(found)) == (State.DAMAGED, "unreadable")


def test_compressed_wav_whose_header_lies_is_whole(tmp_path: Path) -> None:
    data = bytearray(sample("formats/wav_gsm610_wav49.wav"))
    at = data.index(b"data") + 4
    for size in (0, 0xFFFFFFFF):
        data[at : at + 4] = struct.pack("<I", size)
        found = look(write(tmp_path / "a.wav", bytes(data)))
        assert (found.state, found.duration_seconds, keys(found)) == (
            State.COMPLETE, 20.0, "header_wrong",
        )  # fmt: skip
