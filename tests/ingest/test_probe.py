from __future__ import annotations

import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import av
import pytest
from mutagen.asf import ASF
from mutagen.id3 import COMM, ID3, TIT2, TPE1, TXXX, Encoding
from mutagen.mp4 import MP4

from config.language import LANGUAGES, Words, sentences
from ingest import amr, demux, endings
from ingest.probe import Probe, State, probe
from ingest.sound import listen

AUDIO = Path(__file__).parents[1] / "audio"

# Every sample: state, container, codec, true seconds, notes.
SAMPLES: list[tuple[str, str, str | None, str | None, float | None, str]] = [
    ("formats/3gp_amrnb.3gp", "complete", "3gp", "amr_nb", 20.0, ""),
    ("formats/3gp_amrwb.3gp", "complete", "3gp", "amr_wb", 20.0, ""),
    ("formats/aac_adts.aac", "complete", "aac", "aac", 20.0, ""),
    ("formats/amr_dtx_60s.amr", "complete", "amr", "amr_nb", 60.02, ""),
    ("formats/amr_nb_122.amr", "complete", "amr", "amr_nb", 20.0, ""),
    ("formats/amr_nb_475.amr", "complete", "amr", "amr_nb", 20.0, ""),
    ("formats/amr_wb_2385.awb", "complete", "amr", "amr_wb", 20.0, ""),
    ("formats/amr_wb_named.amr", "complete", "amr", "amr_wb", 20.0, ""),
    ("formats/asterisk.WAV", "complete", "wav", "gsm_ms", 20.0, ""),
    ("formats/bcr_opus.oga", "complete", "ogg", "opus", 20.0, ""),
    ("formats/m4a_faststart.m4a", "complete", "mp4", "aac", 20.0, ""),
    ("formats/m4a_fragmented.m4a", "complete", "mp4", "aac", 20.0, ""),
    ("formats/m4a_moov_end.m4a", "complete", "mp4", "aac", 20.0, ""),
    ("formats/mp3_cbr16_8k_xing.mp3", "complete", "mp3", "mp3", 20.0, ""),
    ("formats/mp3_cbr32_16k_noxing.mp3", "complete", "mp3", "mp3", 20.0, ""),
    ("formats/mp3_vbr_44k_noxing.mp3", "complete", "mp3", "mp3", 20.0, ""),
    ("formats/mp3_vbr_44k_xing.mp3", "complete", "mp3", "mp3", 20.0, ""),
    ("formats/ogg_opus.opus", "complete", "ogg", "opus", 20.0, ""),
    ("formats/ogg_speex.spx", "complete", "ogg", "speex", 20.0, ""),
    ("formats/ogg_vorbis.ogg", "complete", "ogg", "vorbis", 20.0, ""),
    ("formats/plain_silk_v3.silk", "complete", "silk", "silk", 20.0, ""),
    ("formats/raw_alaw.alaw", "damaged", None, None, None, "raw_audio"),
    ("formats/raw_dialogic.vox", "damaged", None, None, None, "raw_audio"),
    ("formats/raw_g722.g722", "complete", "g722", "adpcm_g722", 20.0, "raw_by_name"),
    ("formats/raw_g729.g729", "complete", "g729", "g729", 20.0, "raw_by_name"),
    ("formats/raw_gsm.gsm", "complete", "gsm", "gsm", 20.0, ""),
    ("formats/raw_ulaw.ulaw", "damaged", None, None, None, "raw_audio"),
    ("formats/wav_alaw_8k.wav", "complete", "wav", "pcm_alaw", 20.0, ""),
    ("formats/wav_g726_32k.wav", "complete", "wav", "adpcm_g726", 20.0, ""),
    ("formats/wav_gsm610_wav49.wav", "complete", "wav", "gsm_ms", 20.0, ""),
    ("formats/wav_ima_adpcm.wav", "complete", "wav", "adpcm_ima_wav", 20.0, ""),
    ("formats/wav_mp3_inside.wav", "complete", "wav", "mp3", 20.0, ""),
    ("formats/wav_ms_adpcm.wav", "complete", "wav", "adpcm_ms", 20.0, ""),
    ("formats/wav_pcm16_8k.wav", "complete", "wav", "pcm_s16le", 20.0, ""),
    ("formats/wav_pcm16_8k_stereo.wav", "complete", "wav", "pcm_s16le", 20.0, ""),
    ("formats/wav_pcm8_8k.wav", "complete", "wav", "pcm_u8", 20.0, ""),
    ("formats/wav_ulaw_8k.wav", "complete", "wav", "pcm_mulaw", 20.0, ""),
    ("formats/wechat_ios_silk.aud", "complete", "silk", "silk", 20.0, ""),
    (
        "formats/wechat_old_ios_amr_nohdr.aud",
        "complete",
        "amr",
        "amr_nb",
        20.0,
        "amr_header_missing",
    ),
    ("formats/wechat_silk_as.amr", "complete", "silk", "silk", 20.0, "extension_wrong"),
    ("formats/wma_v2.wma", "complete", "asf", "wmav2", 20.0, ""),
    ("calls/15.alaw.wav", "complete", "wav", "pcm_alaw", 15.0, ""),
    ("calls/15.amr", "complete", "amr", "amr_nb", 15.0, ""),
    ("calls/15.gsm.wav", "complete", "wav", "gsm_ms", 15.0, ""),
    ("calls/15.m4a", "complete", "mp4", "aac", 15.0, ""),
    ("calls/15.mp3", "complete", "mp3", "mp3", 15.0, ""),
    ("calls/15.pcm.wav", "complete", "wav", "pcm_s16le", 15.0, ""),
    ("calls/27.amr", "complete", "amr", "amr_nb", 27.0, ""),
    ("calls/27.gsm.wav", "complete", "wav", "gsm_ms", 27.0, ""),
    ("calls/27.m4a", "complete", "mp4", "aac", 27.0, ""),
    ("calls/27.mp3", "complete", "mp3", "mp3", 27.0, ""),
    ("calls/8.alaw.wav", "complete", "wav", "pcm_alaw", 8.0, ""),
    ("calls/8.amr", "complete", "amr", "amr_nb", 8.0, ""),
    ("calls/8.gsm.wav", "complete", "wav", "gsm_ms", 8.0, ""),
    ("calls/8.m4a", "complete", "mp4", "aac", 8.0, ""),
    ("calls/8.mp3", "complete", "mp3", "mp3", 8.0, ""),
    ("calls/8.pcm.wav", "complete", "wav", "pcm_s16le", 8.0, ""),
    ("calls/silent.mp3", "complete", "mp3", "mp3", 20.0, ""),
    ("calls/silent.wav", "complete", "wav", "pcm_s16le", 20.0, ""),
    ("broken/3gp_no_moov.3gp", "damaged", "3gp", None, None, "no_index"),
    ("broken/amr_header_only.amr", "empty", "amr", "amr_nb", 0.0, "no_sound"),
    ("broken/ext_3gp_named.amr", "complete", "3gp", "amr_nb", 20.0, "extension_wrong"),
    ("broken/ext_adts_named.m4a", "complete", "aac", "aac", 20.0, "extension_wrong"),
    ("broken/ext_amr_named.m4a", "complete", "amr", "amr_nb", 20.0, "extension_wrong"),
    ("broken/ext_amr_named.mp3", "complete", "amr", "amr_nb", 20.0, "extension_wrong"),
    ("broken/ext_amr_named.wav", "complete", "amr", "amr_nb", 20.0, "extension_wrong"),
    ("broken/ext_m4a_named.amr", "complete", "mp4", "aac", 20.0, "extension_wrong"),
    ("broken/ext_m4a_named.mp3", "complete", "mp4", "aac", 20.0, "extension_wrong"),
    ("broken/ext_m4a_named.wav", "complete", "mp4", "aac", 20.0, "extension_wrong"),
    ("broken/ext_mp3_named.amr", "complete", "mp3", "mp3", 20.0, "extension_wrong"),
    ("broken/ext_mp3_named.m4a", "complete", "mp3", "mp3", 20.0, "extension_wrong"),
    ("broken/ext_mp3_named.wav", "complete", "mp3", "mp3", 20.0, "extension_wrong"),
    ("broken/ext_wav_named.amr", "complete", "wav", "pcm_s16le", 20.0, "extension_wrong"),
    ("broken/ext_wav_named.mp3", "complete", "wav", "pcm_s16le", 20.0, "extension_wrong"),
    ("broken/html_named.mp3", "damaged", None, None, None, "web_page"),
    ("broken/m4a_no_moov.m4a", "damaged", "mp4", None, None, "no_index"),
    ("broken/mp3_xing_concat2.mp3", "complete", "mp3", "mp3", 40.0, ""),
    ("broken/noext_wav", "complete", "wav", "pcm_s16le", 20.0, ""),
    ("broken/wav_data0.wav", "complete", "wav", "pcm_s16le", 20.0, "header_wrong"),
    ("broken/wav_data0_riffok.wav", "complete", "wav", "pcm_s16le", 20.0, "header_wrong"),
    ("broken/wav_dataFFFF.wav", "complete", "wav", "pcm_s16le", 20.0, "header_wrong"),
    ("broken/wav_data_too_big.wav", "complete", "wav", "pcm_s16le", 20.0, "header_wrong"),
    ("broken/wav_header_only.wav", "empty", "wav", "pcm_s16le", 0.0, "no_sound"),
    ("broken/wav_list_before_data.wav", "complete", "wav", "pcm_s16le", 20.0, ""),
    ("broken/zero_byte.amr", "empty", None, None, None, "empty_file"),
    ("broken/zero_byte.m4a", "empty", None, None, None, "empty_file"),
    ("broken/zero_byte.mp3", "empty", None, None, None, "empty_file"),
    ("broken/zero_byte.wav", "empty", None, None, None, "empty_file"),
    ("broken/zeros_named.mp3", "damaged", None, None, None, "zeros"),
]


def look(path: Path) -> Probe:
    """Probes, and sees to it that every note can be said in every language."""
    found = probe(path)
    for note in found.notes:
        said = [Words(language).say(note) for language in LANGUAGES]
        assert len(set(said)) == len(LANGUAGES)
        assert all("{" not in sentence for sentence in said)
    return found


def keys(found: Probe) -> str:
    return " ".join(note.key.removeprefix("sound.") for note in found.notes)


def values(found: Probe, key: str) -> dict[str, str]:
    return next(dict(note.values) for note in found.notes if note.key == f"sound.{key}")


def sample(name: str) -> bytes:
    return (AUDIO / name).read_bytes()


def near(seconds: float | None, truth: float) -> bool:
    return seconds is not None and abs(seconds - truth) <= max(0.1, truth / 100)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("name", "state", "container", "codec", "seconds", "notes"), SAMPLES)
def test_every_sample_is_told_for_what_it_is(
    name: str,
    state: str,
    container: str | None,
    codec: str | None,
    seconds: float | None,
    notes: str,
) -> None:
    found = look(AUDIO / name)
    assert (found.state, found.container, found.codec, keys(found)) == (
        state, container, codec, notes,
    )  # fmt: skip
    if seconds is None:
        assert found.duration_seconds is None
    else:
        assert near(found.duration_seconds, seconds)


def test_no_sample_is_forgotten() -> None:
    there = {path.relative_to(AUDIO).as_posix() for path in AUDIO.rglob("*") if path.is_file()}
    assert there == {name for name, *_ in SAMPLES}


def test_amr_is_counted_to_the_frame() -> None:
    assert look(AUDIO / "formats/amr_dtx_60s.amr").duration_seconds == 60.02
    assert look(AUDIO / "formats/wechat_old_ios_amr_nohdr.aud").duration_seconds == 20.02


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("formats/m4a_faststart.m4a", "truncated"),
        ("formats/mp3_vbr_44k_xing.mp3", "truncated"),
        ("formats/wav_pcm16_8k.wav", "truncated"),
        ("formats/wav_alaw_8k.wav", "truncated"),
        ("formats/wav_gsm610_wav49.wav", "truncated"),
        ("formats/wav_mp3_inside.wav", "truncated"),
        ("formats/wma_v2.wma", "truncated"),
        ("formats/m4a_fragmented.m4a", "cut_short"),
        ("formats/ogg_opus.opus", "cut_short"),
        ("formats/amr_nb_122.amr", "cut_short"),
        ("formats/plain_silk_v3.silk", "cut_short"),
    ],
)
@pytest.mark.parametrize("part", [0.3, 0.55, 0.9])
def test_a_copy_that_broke_off_is_told_with_the_seconds_that_are_there(
    tmp_path: Path, name: str, note: str, part: float
) -> None:
    data = sample(name)
    cut = write(tmp_path / Path(name).name, data[: int(len(data) * part) - 3])
    found = look(cut)
    assert (found.state, keys(found)) == (State.TRUNCATED, note)
    assert found.duration_seconds == pytest.approx(20 * part, abs=1.3)
    assert values(found, note)["seconds"] == f"{found.duration_seconds:.1f}"
    if note == "truncated":
        assert float(values(found, note)["promised"]) == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize("name", ["m4a_moov_end.m4a", "3gp_amrnb.3gp"])
def test_an_mp4_cut_before_its_index_is_damaged(tmp_path: Path, name: str) -> None:
    data = sample(f"formats/{name}")
    found = look(write(tmp_path / name, data[: len(data) // 2]))
    assert (found.state, keys(found)) == (State.DAMAGED, "no_index")


@pytest.mark.parametrize(
    "name",
    [
        "amr_nb_122.amr", "m4a_faststart.m4a", "mp3_cbr32_16k_noxing.mp3", "ogg_opus.opus",
        "wav_gsm610_wav49.wav", "wechat_ios_silk.aud",
    ],
)  # fmt: skip
def test_sound_that_gives_way_to_zeros_is_truncated(tmp_path: Path, name: str) -> None:
    data = sample(f"formats/{name}")
    kept = len(data) * 3 // 4
    found = look(write(tmp_path / name, data[:kept] + bytes(len(data) - kept)))
    assert (found.state, keys(found)) == (State.TRUNCATED, "zero_tail")


def test_an_mp4_of_an_unknown_codec_is_damaged(tmp_path: Path) -> None:
    data = sample("formats/3gp_amrnb.3gp").replace(b"samr", b"zzzz")
    path = write(tmp_path / "a.3gp", data)
    found = look(path)
    assert (found.state, keys(found)) == (State.DAMAGED, "unreadable")
    assert listen(path, Probe(State.COMPLETE, "3gp", "amr_nb", 20.0, (), ())) is None


def test_vbri_mark_promises_too(tmp_path: Path) -> None:
    """Fraunhofer's encoder leaves this mark instead of Xing's."""
    data = sample("formats/mp3_vbr_44k_xing.mp3")
    at = data.index(b"Xing", 0, 1500)
    mark = b"VBRI" + struct.pack(">HHHII", 1, 0, 75, len(data), 767)
    data = data[:at] + mark + data[at + len(mark) :]
    found = look(write(tmp_path / "a.mp3", data[: len(data) // 2]))
    assert values(found, "truncated")["promised"] == "20.0"


@pytest.mark.parametrize("name", ["mp3_cbr16_8k_xing.mp3", "m4a_moov_end.m4a"])
def test_zeros_after_a_kept_promise_are_padding(tmp_path: Path, name: str) -> None:
    found = look(write(tmp_path / name, sample(f"formats/{name}") + bytes(10_000)))
    assert (found.state, keys(found)) == (State.COMPLETE, "")


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


def test_amr_broken_in_the_middle_is_damaged_from_there(tmp_path: Path) -> None:
    data = bytearray(sample("formats/amr_nb_122.amr"))
    data[6 + 32 * 500] = 0xFF
    found = look(write(tmp_path / "a.amr", bytes(data)))
    assert (found.state, found.duration_seconds) == (State.DAMAGED, 10.0)
    assert values(found, "broken_off")["seconds"] == "10.0"


def test_amr_without_header_that_was_cut_says_both(tmp_path: Path) -> None:
    data = sample("formats/wechat_old_ios_amr_nohdr.aud")
    found = look(write(tmp_path / "a.aud", data[:-20]))
    assert (found.state, keys(found)) == (State.TRUNCATED, "amr_header_missing cut_short")


def test_a_tag_behind_amr_is_not_worth_a_word(tmp_path: Path) -> None:
    found = look(write(tmp_path / "a.amr", sample("formats/amr_nb_122.amr") + b"TAG" + bytes(125)))
    assert (found.state, found.duration_seconds, keys(found)) == ("complete", 20.02, "")


def test_amr_magic_before_garbage_is_damaged(tmp_path: Path) -> None:
    found = look(write(tmp_path / "a.amr", b"#!AMR\n" + b"\xff" * 1000))
    assert (found.state, found.duration_seconds) == (State.DAMAGED, 0.0)


def test_silk_pauses_count_but_a_silent_end_does_not(tmp_path: Path) -> None:
    frame = struct.pack("<H", 3) + b"abc"
    data = b"#!SILK_V3" + frame + bytes(2) * 5 + frame + bytes(2) * 4 + b"\xff\xff"
    found = look(write(tmp_path / "a.silk", data))
    assert (found.state, found.duration_seconds) == (State.COMPLETE, 0.14)


def test_silk_with_an_impossible_length_stops_there(tmp_path: Path) -> None:
    frame = struct.pack("<H", 3) + b"abc"
    data = b"#!SILK_V3" + frame * 10 + b"\x00\x90" + b"\1" * 500
    found = look(write(tmp_path / "a.silk", data))
    assert (found.state, found.duration_seconds, keys(found)) == ("damaged", 0.2, "broken_off")


def test_too_long_recordings_are_measured_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amr, "MOST_FRAMES", 100)
    monkeypatch.setattr(demux, "MOST_PACKETS", 100)
    for name in ("amr_nb_122.amr", "3gp_amrnb.3gp", "wechat_ios_silk.aud"):
        found = look(AUDIO / "formats" / name)
        assert (found.state, found.duration_seconds, keys(found)) == ("complete", 2.0, "too_long")


def test_no_more_bytes_are_read_than_the_limit() -> None:
    path = AUDIO / "formats/wav_pcm16_8k.wav"
    with path.open("rb") as file, demux.opened(file, most=100_000) as container:
        held = sum(packet.size for packet in container.demux(audio=0))
    assert 0 < held < 100_000


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


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML><title>login</title>", "web_page"),
        (b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "unreadable"),
        (b"ffconcat version 1.0\nfile other.wav\n", "unreadable"),
        (b"\0" * 70_000, "zeros"),
        (b"PK\3\4" + b"sheet" * 500, "unreadable"),
        (struct.pack(">I4s", 16, b"ftyp") + b"3gp4" + bytes(4), "no_index"),
        (struct.pack(">I4s", 16, b"ftyp") + bytes(8) + b"\0\0\0\1mdat" + bytes(7), "no_index"),
        (struct.pack(">I4s", 3, b"mdat") + b"x" * 40, "no_index"),
        (struct.pack(">I4sQ", 1, b"mdat", 40) + b"x" * 24 + bytes(8), "no_index"),
        (b"OggS\0" + b"x" * 5, "unreadable"),
    ],
)
@pytest.mark.parametrize("name", ["a.mp3", "a.gsm.m4a", "a"])
def test_what_is_no_recording_is_damaged_whatever_its_name(
    tmp_path: Path, data: bytes, note: str, name: str
) -> None:
    found = look(write(tmp_path / name, data))
    assert found.state is State.DAMAGED
    assert note in keys(found).split()


def test_a_web_page_with_a_raw_extension_is_no_raw_sound(tmp_path: Path) -> None:
    assert keys(look(write(tmp_path / "a.g729", b"<html>" * 50))) == "web_page"


def test_time_stamps_beyond_belief_are_damage(tmp_path: Path) -> None:
    data = sample("formats/m4a_faststart.m4a")
    at = data.index(b"stts") + 16
    wild = data[:at] + struct.pack(">I", 2**30) + data[at + 4 :]
    assert look(write(tmp_path / "a.m4a", wild)).state is State.DAMAGED


def test_raw_gsm_that_ends_in_mid_frame_counts_to_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gsm", sample("formats/raw_gsm.gsm")[:-16_000])
    found = look(path)
    assert (found.state, found.codec) == (State.COMPLETE, "gsm")
    assert near(found.duration_seconds, 20 * 17 / 33)
    assert listen(path, found) is not None


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


def test_a_missing_file_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "gone.mp3")


def test_id3_tags_are_read_and_nothing_else(tmp_path: Path) -> None:
    path = Path(shutil.copy(AUDIO / "calls/8.mp3", tmp_path / "a.mp3"))
    tags = ID3()  # type: ignore[no-untyped-call]
    tags.add(TIT2(encoding=Encoding.UTF8, text=["张三\n13800138000"]))  # type: ignore[no-untyped-call]
    tags.add(TPE1(encoding=Encoding.LATIN1, text=["李四".encode("gb2312").decode("latin-1")]))  # type: ignore[no-untyped-call]
    tags.add(COMM(encoding=Encoding.LATIN1, lang="deu", desc="x", text=["Café " + "z" * 5000]))  # type: ignore[no-untyped-call]
    tags.add(TXXX(encoding=Encoding.UTF8, desc="secret", text=["no"]))  # type: ignore[no-untyped-call]
    tags.save(path)
    found = look(path)
    said = dict(found.tags)
    assert said.pop("comment") == "Café " + "z" * 995
    assert said == {"title": "张三 13800138000", "artist": "李四"}
    assert near(found.duration_seconds, 8)


def test_mp4_and_wma_tags(tmp_path: Path) -> None:
    m4a = Path(shutil.copy(AUDIO / "calls/8.m4a", tmp_path / "a.m4a"))
    tagged = MP4(m4a)  # type: ignore[no-untyped-call]
    tagged["\xa9nam"] = ["王五"]
    tagged["\xa9day"] = ["2026-11-16"]
    tagged.save()  # type: ignore[no-untyped-call]
    assert look(m4a).tags == (("date", "2026-11-16"), ("title", "王五"))
    wma = Path(shutil.copy(AUDIO / "formats/wma_v2.wma", tmp_path / "a.wma"))
    asf = ASF(wma)  # type: ignore[no-untyped-call]
    asf["Author"] = ["赵六"]
    asf.save()
    assert look(wma).tags == (("artist", "赵六"),)


def test_tags_that_cannot_be_read_do_not_matter(tmp_path: Path) -> None:
    broken = b"ID3\4\0\0\0\0\0\x14TIT2\0\0\xff\xff\0\0\3x" + bytes(6)
    found = look(write(tmp_path / "a.mp3", broken + sample("calls/8.mp3")))
    assert found.state is State.COMPLETE


def test_ffmpeg_keeps_silent_on_stderr(tmp_path: Path) -> None:
    """In a process of its own, since FFmpeg writes past Python's streams."""
    data = sample("formats/mp3_vbr_44k_noxing.mp3")
    write(tmp_path / "a.mp3", data[:5000] + b"x" * 20_000 + data[5000:-77])
    script = (
        "import sys; from pathlib import Path; from ingest.probe import probe;"
        "from ingest.sound import listen; p = Path(sys.argv[1]); print(listen(p, probe(p)))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", script, str(tmp_path / "a.mp3")],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.startswith("Level(")


def damage(data: bytes, chance: random.Random) -> bytes:
    """One of the ways in which files suffer: cut, bits flipped, a hole, a mangled head or tail."""
    mangled = bytearray(data)
    way = chance.randrange(5)
    if way == 0:
        return data[: chance.randrange(len(data))]
    if way == 1:
        at = chance.randrange(len(data))
        del mangled[at : at + chance.randrange(20_000)]
    else:
        reach = {2: len(data), 3: 600, 4: 3000}[way]
        for _ in range(chance.randrange(1, 20)):
            at = chance.randrange(min(reach, len(data)))
            mangled[at if way != 4 else -1 - at] = chance.choice((0, 255, chance.randrange(256)))
    return bytes(mangled)


@pytest.mark.parametrize(
    "name",
    [
        "formats/3gp_amrnb.3gp", "formats/amr_nb_475.amr", "formats/m4a_fragmented.m4a",
        "formats/m4a_moov_end.m4a", "formats/mp3_cbr16_8k_xing.mp3", "formats/ogg_vorbis.ogg",
        "formats/wav_gsm610_wav49.wav", "formats/wav_ima_adpcm.wav", "formats/wechat_silk_as.amr",
        "formats/wma_v2.wma", "calls/8.pcm.wav",
    ],
)  # fmt: skip
def test_damage_never_raises_and_never_lengthens(tmp_path: Path, name: str) -> None:
    data = sample(name)
    chance = random.Random(name)
    for _ in range(30):
        path = write(tmp_path / Path(name).name, damage(data, chance))
        found = look(path)
        listen(path, found, (3,))
        assert found.duration_seconds is None or found.duration_seconds < 10 * path.stat().st_size
        if found.state is not State.COMPLETE:
            assert found.notes


def test_every_sentence_is_used_and_both_languages_fill_the_same_gaps() -> None:
    said = {key: text for key, text in sentences().items() if key.startswith("sound.")}
    room = Path(__file__).parents[2] / "ingest"
    source = "".join(
        (room / name).read_text(encoding="utf-8")
        for name in ("probe.py", "prober.py", "examining.py")
    )
    for key, text in said.items():
        assert f'"{key.removeprefix("sound.")}"' in source or f'"{key}"' in source
        gaps = [
            {
                g
                for g in ("seconds", "promised", "extension", "container", "reason")
                if f"{{{g}}}" in t
            }
            for t in text.values()
        ]
        assert gaps[0] == gaps[1]
