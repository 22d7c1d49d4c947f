"""Recordings that broke off, gave way to zeros, or are longer than anybody measures."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ingest import amr, demux
from ingest.probe import State
from tests.ingest.audio_samples import AUDIO, sample
from tests.ingest.probing import keys, look, values, write


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
