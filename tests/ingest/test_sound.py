from __future__ import annotations

import math
import random
import struct
from pathlib import Path

import pytest

from ingest.probe import Probe, State, probe
from ingest.sound import SILENCE_DBFS, Level, listen

AUDIO = Path(__file__).parents[1] / "audio"
UNDECODABLE = {"raw_alaw.alaw", "raw_dialogic.vox", "raw_ulaw.ulaw"}
"""As long as the office does not say what they are."""
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
    """All of the first `seconds`."""
    return listen(path, probe(path), (seconds,))


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


def test_where_somebody_is_heard_at_once_the_rest_is_not_listened_to(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", noise(2, -35) + noise(20, -20))
    first, whole = listen(path, probe(path)), heard(path)
    assert first is not None
    assert whole is not None
    assert first.dbfs == pytest.approx(-35, abs=1)
    assert whole.dbfs == pytest.approx(-20.4, abs=0.5)


def test_what_begins_in_a_little_silence_is_listened_to_for_ten_seconds(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", [0] * 2 * 8000 + noise(8, -35) + noise(20, -20))
    level = listen(path, probe(path))
    assert level is not None
    assert not level.silent
    assert level.dbfs == pytest.approx(-36, abs=0.5)  # of what was listened to


def test_what_begins_in_silence_is_listened_to_for_two_minutes(tmp_path: Path) -> None:
    late = wav(tmp_path / "a.wav", [0] * 115 * 8000 + noise(2, -35))
    level = listen(late, probe(late))
    assert level is not None
    assert not level.silent
    later = wav(tmp_path / "b.wav", [0] * 125 * 8000 + noise(2, -35))
    level = listen(later, probe(later))
    assert level is not None
    assert level.silent


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


@pytest.mark.parametrize(
    ("name", "raw"),
    [("raw_alaw.alaw", "alaw"), ("raw_ulaw.ulaw", "ulaw"), ("raw_dialogic.vox", "vox")],
)
def test_raw_sound_is_heard_where_the_office_says_what_it_is(name: str, raw: str) -> None:
    path = AUDIO / "formats" / name
    whole = listen(path, probe(path, frozenset((raw,))), (120,))
    reference = heard(AUDIO / "formats/wav_pcm16_8k.wav")
    assert whole is not None
    assert reference is not None
    assert not whole.silent
    assert whole.dbfs == pytest.approx(reference.dbfs, abs=0.5)


def test_raw_silence_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "a.al"
    path.write_bytes(b"\xd5" * 40_000)
    level = listen(path, probe(path, frozenset(("alaw",))))
    assert level is not None
    assert level.silent


def test_all_is_listened_to_though_a_wavs_header_says_there_is_less(tmp_path: Path) -> None:
    said = bytearray((AUDIO / "calls/8.pcm.wav").read_bytes())
    at = said.index(b"data") + 4
    said[at : at + 4] = (2).to_bytes(4, "little")
    (tmp_path / "call.wav").write_bytes(said)
    assert heard(tmp_path / "call.wav") == heard(AUDIO / "calls/8.pcm.wav")


def silk(*frames: bytes) -> bytes:
    return b"#!SILK_V3" + b"".join(struct.pack("<H", len(frame)) + frame for frame in frames)


def silk_frames() -> list[bytes]:
    data = (AUDIO / "formats/wechat_ios_silk.aud").read_bytes()
    at, found = 10, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 2], "little")
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def test_the_pauses_that_silk_leaves_out_are_listened_to(tmp_path: Path) -> None:
    frames = silk_frames()
    path = tmp_path / "a.silk"
    path.write_bytes(silk(*frames[:500], *[b""] * 500, *frames[500:]))
    paused, speech = heard(path), heard(AUDIO / "formats/wechat_ios_silk.aud")
    assert paused is not None
    assert paused.dbfs is not None
    assert speech is not None
    assert speech.dbfs is not None
    assert speech.dbfs - paused.dbfs == pytest.approx(10 * math.log10(30 / 20), abs=0.3)


def test_silk_that_begins_with_pauses_alone_is_listened_to_for_two_minutes(tmp_path: Path) -> None:
    """Nothing is decoded of pauses until some speech comes."""
    path = tmp_path / "a.silk"
    path.write_bytes(silk(*[b""] * 600, *silk_frames()))
    level = listen(path, probe(path))
    assert level == heard(path)
    assert level is not None
    assert not level.silent


def test_only_the_beginning_of_silk_is_listened_to(tmp_path: Path) -> None:
    path = tmp_path / "a.silk"
    path.write_bytes(silk(*silk_frames()[:50], *[b""] * 2000, *silk_frames()))
    early, whole = heard(path, 1), heard(path)
    assert early is not None
    assert early.dbfs is not None
    assert whole is not None
    assert whole.dbfs is not None
    assert early.dbfs > whole.dbfs + 3


def test_silk_that_breaks_off_is_heard_to_there(tmp_path: Path) -> None:
    path = tmp_path / "a.silk"
    path.write_bytes(silk(*silk_frames()[:200]) + b"\x40")
    assert heard(path) is not None
    path.write_bytes(silk(*silk_frames()[:200], b"\xff" * 90, *silk_frames()))
    assert heard(path) is not None
    path.write_bytes(silk(*silk_frames()[:200]) + b"\xff\xff" + b"more" * 30_000)
    assert heard(path) is not None


def test_silk_of_which_nothing_can_be_decoded_gives_no_level(tmp_path: Path) -> None:
    path = tmp_path / "a.silk"
    path.write_bytes(silk(*[b"\xff" * 90] * 20, *[b""] * 20, b"\xff" * 90))
    assert heard(path) is None
