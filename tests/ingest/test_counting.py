"""The quick ways of counting find what a walk over every packet finds, or are not taken."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import av
import pytest

from config.settings import Inbox
from config.values import RAW_FORMATS
from ingest import demux
from ingest.inbox import Kind, kind
from ingest.probe import Probe, State, probe
from ingest.raw import FORMATS

AUDIO = Path(__file__).parents[1] / "audio"
QUICK = sorted(
    path
    for path in AUDIO.rglob("*")
    if path.suffix in {".m4a", ".3gp", ".mp3", ".gsm"} and path.stat().st_size > 1000
)
WAVS = ["wav_gsm610_wav49.wav", "wav_ms_adpcm.wav", "wav_ima_adpcm.wav", "asterisk.WAV"]


def walked(path: Path) -> float:
    """Seconds of all packets, one by one."""
    with av.open(path) as container:
        stream = container.streams.audio[0]
        ticks = 0
        try:
            for packet in container.demux(stream):
                ticks += packet.duration or 0 if packet.size else 0
        except av.FFmpegError:
            pass
        assert stream.time_base
        return float(ticks * stream.time_base)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def keys(found: Probe) -> list[str]:
    return [note.key.removeprefix("sound.") for note in found.notes]


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.name)
def test_quick_counting_agrees_with_every_packet(path: Path) -> None:
    with path.open("rb") as file:
        found = demux.count(file, path.stat().st_size)
    if found is None:
        pytest.skip("not what its extension says")
    assert found.seconds == pytest.approx(walked(path), abs=0.15)  # the encoder's delay


@pytest.mark.parametrize("name", WAVS)
def test_blocks_of_a_wav_agree_with_every_packet(name: str) -> None:
    path = AUDIO / "formats" / name
    assert probe(path).duration_seconds == pytest.approx(walked(path), abs=0.05)


def test_an_mp3_is_counted_to_the_frame(tmp_path: Path) -> None:
    """The tag behind it is no frame."""
    data = (AUDIO / "formats/mp3_vbr_44k_noxing.mp3").read_bytes()
    tagged = write(tmp_path / "a.mp3", data + b"TAG" + bytes(125))
    assert probe(tagged).duration_seconds == pytest.approx(767 * 1152 / 44_100, abs=0.001)


@pytest.mark.parametrize(
    ("after", "more"),
    [
        (b"APETAGEX" + bytes(24), 0.0),
        (bytes(300), 0.0),
        (b"x" * 100, 0.0),
        ((AUDIO / "formats/mp3_cbr16_8k_xing.mp3").read_bytes(), 20.1),
    ],
)
def test_an_mp3_with_something_else_behind_it_is_walked(
    tmp_path: Path, after: bytes, more: float
) -> None:
    data = (AUDIO / "formats/mp3_cbr32_16k_noxing.mp3").read_bytes()
    found = probe(write(tmp_path / "a.mp3", data + after))
    assert found.duration_seconds == pytest.approx(20.088 + more, abs=0.6)


def test_the_older_layer_under_the_name_of_mp3_is_walked(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    with (
        av.open(AUDIO / "formats/wav_pcm16_8k.wav") as source,
        av.open(path, "w", "mp2") as target,
    ):
        stream = target.add_stream("mp2", rate=16_000)
        resampler = av.AudioResampler("s16", "mono", 16_000, 1152)
        for frame in source.decode(audio=0):
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))
    assert probe(path).duration_seconds == pytest.approx(20, abs=0.1)


def test_a_hole_in_an_mp3_is_not_counted_as_sound(tmp_path: Path) -> None:
    """Its size and the encoder's mark still agree: only a walk sees it."""
    data = bytearray((AUDIO / "formats/mp3_vbr_44k_xing.mp3").read_bytes())
    data[len(data) // 4 : len(data) // 2] = bytes(len(data) // 2 - len(data) // 4)
    found = probe(write(tmp_path / "a.mp3", bytes(data)))
    assert found.state is State.TRUNCATED
    assert found.duration_seconds == pytest.approx(15, abs=0.7)


def test_an_index_that_points_beyond_the_file_is_not_believed(tmp_path: Path) -> None:
    data = bytearray((AUDIO / "formats/m4a_faststart.m4a").read_bytes())
    at = data.index(b"stco") + 12
    start = int.from_bytes(data[at : at + 4], "big")
    data[at : at + 4] = struct.pack(">I", start + (len(data) - start) // 2)
    found = probe(write(tmp_path / "a.m4a", bytes(data)))
    assert found.state is State.TRUNCATED
    assert found.duration_seconds == pytest.approx(10, abs=1)


@pytest.mark.parametrize("box", [b"mdhd", b"elst", b"stts"])
def test_a_length_in_an_mp4s_head_is_not_believed(tmp_path: Path, box: bytes) -> None:
    """The head may say anything of the whole; each packet has its own length."""
    data = bytearray((AUDIO / "formats/m4a_moov_end.m4a").read_bytes())
    at = data.index(box) + {b"mdhd": 20, b"elst": 12, b"stts": 12}[box]
    data[at : at + 4] = struct.pack(">I", 100)
    path = write(tmp_path / "a.m4a", bytes(data))
    assert probe(path).duration_seconds == pytest.approx(walked(path), abs=0.2)


def test_damaged_files_are_counted_alike_in_both_ways(tmp_path: Path) -> None:
    chance = random.Random(5)
    agreed = 0
    for number in range(150):
        source = QUICK[number % len(QUICK)]
        data = bytearray(source.read_bytes())
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if number % 3 == 0:
            data = data[: chance.randrange(len(data) // 2, len(data))]
        path = write(tmp_path / "a", bytes(data))
        with path.open("rb") as file:
            found = demux.count(file, len(data))
        if found is not None and found.packets and found.codec:
            assert found.seconds == pytest.approx(walked(path), abs=0.3)
            agreed += 1
    assert agreed > 50


@pytest.mark.parametrize(("channels", "block"), [(1, 0), (1, 7), (0, 256)])
@pytest.mark.parametrize("tag", [2, 17, 49])
def test_a_wav_of_impossible_blocks_has_no_impossible_length(
    tmp_path: Path, tag: int, channels: int, block: int
) -> None:
    form = struct.pack("<HHIIHHHH", tag, channels, 8000, 1625, block, 0, 2, 320)
    head = struct.pack("<4sI4s4sI", b"RIFF", 0, b"WAVE", b"fmt ", len(form)) + form
    found = probe(write(tmp_path / "a.wav", head + b"data" + struct.pack("<I", 900) + b"a" * 900))
    assert (found.duration_seconds or 0) < 10


# Sound without a header


def test_the_settings_know_what_can_be_read() -> None:
    assert set(RAW_FORMATS) == FORMATS.keys()
    assert Inbox(Path(), 1, 1, "auto", 1).raw_audio == ()
    for form in FORMATS.values():
        assert all(kind(f"a.{extension}") is Kind.RECORDING for extension in form.extensions)


@pytest.mark.parametrize(
    ("name", "raw", "codec", "extension"),
    [
        ("raw_alaw.alaw", "alaw", "pcm_alaw", "al"),
        ("raw_ulaw.ulaw", "ulaw", "pcm_mulaw", "UL"),
        ("raw_dialogic.vox", "vox", "adpcm_ima_oki", "VOX"),
    ],
)
def test_raw_sound_is_what_the_office_says(
    tmp_path: Path, name: str, raw: str, codec: str, extension: str
) -> None:
    path = AUDIO / "formats" / name
    for each in (path, write(tmp_path / f"a.{extension}", path.read_bytes())):
        found = probe(each, frozenset((raw,)))
        assert (found.state, found.container, found.codec, found.duration_seconds) == (
            State.COMPLETE, raw, codec, 20.0,
        )  # fmt: skip
        assert keys(found) == ["raw_by_name"]
        for others in (frozenset[str](), FORMATS.keys() - {raw}):
            assert keys(probe(each, frozenset(others))) == ["raw_audio"]


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("formats/wav_alaw_8k.wav", "wav"), ("formats/m4a_faststart.m4a", "mp4"),
        ("formats/ogg_opus.opus", "ogg"), ("formats/amr_nb_122.amr", "amr"),
        ("formats/wechat_ios_silk.aud", "silk"), ("broken/html_named.mp3", None),
    ],
)  # fmt: skip
def test_what_says_itself_what_it_is_goes_before_the_office(
    tmp_path: Path, name: str, container: str | None
) -> None:
    path = write(tmp_path / "a.vox", (AUDIO / name).read_bytes())
    assert probe(path, frozenset(FORMATS)).container == container


def test_raw_sound_that_looks_like_frames_of_speech_is_raw(tmp_path: Path) -> None:
    """A still line in Dialogic's format is AMR's frames of comfort noise to the byte."""
    path = write(tmp_path / "a.vox", b"\x08" * 8000)
    assert probe(path).container == "amr"
    assert probe(path, frozenset(("vox",))).duration_seconds == 2.0


def test_raw_sound_that_gives_way_to_zeros_is_truncated(tmp_path: Path) -> None:
    data = (AUDIO / "formats/raw_ulaw.ulaw").read_bytes()
    found = probe(write(tmp_path / "a.ul", data + bytes(50_000)), frozenset(("ulaw",)))
    assert (found.state, keys(found)) == (State.TRUNCATED, ["raw_by_name", "zero_tail"])
    assert probe(write(tmp_path / "b.ul", b""), frozenset(("ulaw",))).state is State.EMPTY
