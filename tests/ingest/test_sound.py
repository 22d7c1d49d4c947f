from __future__ import annotations

import math
import random
import struct
from pathlib import Path

import pytest

from ingest.probe import Probe, State, probe
from ingest.sound import SILENCE_DBFS, Level, listen

AUDIO = Path(__file__).parents[1] / "audio"
UNDECODABLE = {"plain_silk_v3.silk", "wechat_ios_silk.aud", "wechat_silk_as.amr"} | {
    "raw_alaw.alaw", "raw_dialogic.vox", "raw_ulaw.ulaw"
}  # fmt: skip
SAMPLES = sorted(
    path for folder in ("formats", "calls", "broken") for path in (AUDIO / folder).iterdir()
)


def wav(path: Path, samples: list[int], rate: int = 8000) -> Path:
    data = struct.pack(f"<{len(samples)}h", *samples)
    head = struct.pack("<4sI4s4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16)
    form = struct.pack("<HHIIHH4sI", 1, 1, rate, rate * 2, 2, 16, b"data", len(data))
    path.write_bytes(head + form + data)
    return path


def noise(seconds: float, dbfs: float, rate: int = 8000) -> list[int]:
    chance = random.Random(7)
    size = 32768 * 10 ** (dbfs / 20)
    return [round(chance.gauss(0, size)) for _ in range(int(seconds * rate))]


def heard(path: Path, seconds: float = 120.0) -> Level | None:
    return listen(path, probe(path), seconds)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_speech_is_heard_and_silence_is_not(path: Path) -> None:
    found = probe(path)
    level = listen(path, found)
    if path.name in UNDECODABLE or found.state in {State.DAMAGED, State.EMPTY}:
        assert level is None
        return
    assert level is not None
    assert level.silent == path.name.startswith("silent.")
    assert level.dbfs is not None
    assert level.dbfs < -80 if level.silent else -36 < level.dbfs < -20


def test_the_same_speech_is_equally_loud_in_every_codec() -> None:
    paths = [
        path
        for path in (AUDIO / "formats").iterdir()
        if path.name not in UNDECODABLE | {"amr_dtx_60s.amr", "wav_pcm16_8k_stereo.wav"}
    ]
    levels = [level.dbfs for path in paths if (level := heard(path, 8)) and level.dbfs is not None]
    assert len(levels) == len(paths)
    assert max(levels) - min(levels) < 2.5


def test_the_pauses_that_amr_leaves_out_are_listened_to() -> None:
    """Forty seconds of sixty are pause; without them the call would sound 5 dB louder."""
    level = heard(AUDIO / "formats/amr_dtx_60s.amr")
    speech = heard(AUDIO / "formats/amr_nb_122.amr")
    assert level is not None
    assert speech is not None
    assert level.dbfs is not None
    assert speech.dbfs is not None
    assert speech.dbfs - level.dbfs == pytest.approx(10 * math.log10(60 / 20), abs=0.3)


@pytest.mark.parametrize(("dbfs", "silent"), [(-45, False), (-52, False), (-58, True), (-70, True)])
def test_the_threshold(tmp_path: Path, dbfs: float, silent: bool) -> None:
    level = heard(wav(tmp_path / "a.wav", noise(3, dbfs)))
    assert level is not None
    assert level.silent is silent
    assert level.dbfs == pytest.approx(dbfs, abs=1)
    assert (dbfs < SILENCE_DBFS) is silent


def test_digital_silence_has_no_level(tmp_path: Path) -> None:
    assert heard(wav(tmp_path / "a.wav", [0] * 24_000)) == Level(None, silent=True)


def test_a_second_of_speech_in_a_long_silence_is_heard(tmp_path: Path) -> None:
    level = heard(wav(tmp_path / "a.wav", [0] * 400_000 + noise(1, -35) + [0] * 80_000))
    assert level is not None
    assert not level.silent


def test_a_click_is_no_voice(tmp_path: Path) -> None:
    level = heard(wav(tmp_path / "a.wav", [0] * 24_000 + noise(0.01, -38) + [0] * 24_000))
    assert level is not None
    assert level.silent


def test_a_constant_offset_of_the_line_is_no_sound(tmp_path: Path) -> None:
    level = heard(wav(tmp_path / "a.wav", [900] * 24_000))
    assert level is not None
    assert level.silent


def test_only_the_beginning_is_listened_to(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", [0] * 80_000 + noise(2, -20))
    early, whole = heard(path, 5), heard(path)
    assert early is not None
    assert early.silent
    assert whole is not None
    assert not whole.silent


def test_a_recording_shorter_than_any_voice(tmp_path: Path) -> None:
    level = heard(wav(tmp_path / "a.wav", noise(0.1, -20)))
    assert level is not None
    assert not level.silent


def test_joined_recordings_are_heard_past_the_joint(tmp_path: Path) -> None:
    """The joint is a packet that cannot be decoded; silence stands before it, speech behind."""
    joined = (AUDIO / "calls/silent.mp3").read_bytes() + (AUDIO / "calls/8.mp3").read_bytes()
    path = tmp_path / "a.mp3"
    path.write_bytes(joined)
    level = heard(path)
    assert level is not None
    assert not level.silent


def test_packets_that_all_fail_give_no_level(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    data = bytearray((AUDIO / "formats/m4a_faststart.m4a").read_bytes())
    start = data.index(b"mdat") + 4
    data[start:] = b"\xff" * (len(data) - start)
    path.write_bytes(data)
    assert heard(path) is None


def test_a_file_that_is_not_what_was_probed_gives_no_level(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"replaced since")
    assert listen(path, Probe(State.COMPLETE, "mp3", "mp3", 8.0, (), ())) is None


def test_no_ffmpeg_program_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert heard(AUDIO / "calls/8.m4a") is not None
