from __future__ import annotations

import os
import sys
import wave
from pathlib import Path

import av
import pytest

from config.language import LANGUAGES, Words
from ingest import demux, wav_making
from ingest.errors import ListenError
from ingest.probe import probe
from ingest.wav_maker import make
from ingest.wav_making import made
from tests.ingest.test_sound import silk, silk_frames

AUDIO = Path(__file__).parents[1] / "audio"
RAW = frozenset(("alaw", "ulaw", "vox"))
SAMPLES = sorted(path for folder in ("formats", "calls") for path in (AUDIO / folder).iterdir())


def form(path: Path) -> tuple[int, int, float]:
    with wave.open(str(path), "rb") as reader:
        rate, channels = reader.getframerate(), reader.getnchannels()
        return rate, channels, reader.getnframes() / rate


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_format_becomes_a_wav_of_its_length(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.wav"
    told = made(path, target, RAW, louder=False)
    rate, channels, seconds = form(target)
    promised = probe(path, RAW).duration_seconds
    assert promised is not None
    assert seconds == pytest.approx(promised, abs=0.2)
    assert told == {"seconds": round(seconds, 3), "cut": False, "gain": 0.0}
    assert 8_000 <= rate <= 48_000
    assert channels == (2 if "stereo" in path.name else 1)
    with av.open(str(target)) as opened:  # as any player would
        assert sum(frame.samples for frame in opened.decode(audio=0)) == round(seconds * rate)


def test_the_copy_of_a_wav_has_the_very_samples(tmp_path: Path) -> None:
    source = AUDIO / "formats/wav_pcm16_8k_stereo.wav"
    made(source, tmp_path / "copy.wav", RAW, louder=False)
    with wave.open(str(source)) as one, wave.open(str(tmp_path / "copy.wav")) as other:
        assert one.readframes(10**7) == other.readframes(10**7)


def peak(path: Path) -> int:
    with wave.open(str(path)) as reader:
        pcm = reader.readframes(10**7)
    return max(
        abs(int.from_bytes(pcm[at : at + 2], "little", signed=True)) for at in range(0, len(pcm), 2)
    )


def test_a_quiet_one_can_be_made_louder_and_is_not_distorted(tmp_path: Path) -> None:
    source = AUDIO / "formats/amr_nb_122.amr"
    made(source, tmp_path / "plain.wav", RAW, louder=False)
    gain = made(source, tmp_path / "louder.wav", RAW, louder=True)["gain"]
    plain, louder = peak(tmp_path / "plain.wav"), peak(tmp_path / "louder.wav")
    assert gain == 7.0
    assert louder == pytest.approx(plain * 10 ** (gain / 20), abs=2)
    assert louder == pytest.approx(32768 * 10 ** (-1 / 20), rel=0.01)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["louder.wav", "plain.wav"]


def test_what_is_as_loud_as_can_be_stays(tmp_path: Path) -> None:
    made(AUDIO / "calls/8.mp3", tmp_path / "one.wav", RAW, louder=True)
    told = made(tmp_path / "one.wav", tmp_path / "two.wav", RAW, louder=True)
    assert told["gain"] == 0.0


@pytest.mark.parametrize(
    "name", ["zero_byte.mp3", "html_named.mp3", "m4a_no_moov.m4a", "wav_header_only.wav"]
)
def test_where_nothing_can_be_heard_there_is_no_copy(name: str, tmp_path: Path) -> None:
    with pytest.raises(ListenError) as refused:
        make(AUDIO / "broken" / name, tmp_path / "copy.wav", RAW)
    assert refused.value.message.key == "listen.nothing"
    for language in LANGUAGES:
        assert name in Words(language).say(refused.value.message)


def test_what_is_broken_off_is_heard_to_where_it_breaks(tmp_path: Path) -> None:
    whole = (AUDIO / "calls/27.mp3").read_bytes()
    (tmp_path / "half.mp3").write_bytes(whole[: len(whole) // 2] + bytes(5_000))
    copy = make(tmp_path / "half.mp3", tmp_path / "copy.wav", RAW)
    assert copy.seconds == pytest.approx(13.5, abs=1)


def test_a_recording_with_many_broken_places_is_heard_to_its_end(tmp_path: Path) -> None:
    joined = (AUDIO / "calls/8.mp3").read_bytes()[:3000] * 150
    (tmp_path / "joined.mp3").write_bytes(joined)
    promised = probe(tmp_path / "joined.mp3").duration_seconds
    told = made(tmp_path / "joined.mp3", tmp_path / "copy.wav", RAW, louder=False)
    assert told["seconds"] == pytest.approx(promised, rel=0.03)


@pytest.mark.parametrize("declared", [0, 2, 16_000])
def test_all_is_heard_though_the_header_says_there_is_less(declared: int, tmp_path: Path) -> None:
    said = bytearray((AUDIO / "calls/8.pcm.wav").read_bytes())
    at = said.index(b"data") + 4
    said[at : at + 4] = declared.to_bytes(4, "little")
    (tmp_path / "call.wav").write_bytes(said)
    told = made(tmp_path / "call.wav", tmp_path / "copy.wav", RAW, louder=False)
    assert told["seconds"] == form(tmp_path / "copy.wav")[2] == 8


def test_the_pauses_that_silk_leaves_out_are_heard_where_they_were(tmp_path: Path) -> None:
    frames = silk_frames()
    (tmp_path / "call.silk").write_bytes(silk(*frames[:200], *[b""] * 100, *frames[200:]))
    made(tmp_path / "call.silk", tmp_path / "copy.wav", RAW, louder=False)
    made(AUDIO / "formats/wechat_ios_silk.aud", tmp_path / "whole.wav", RAW, louder=False)
    with wave.open(str(tmp_path / "copy.wav")) as one, wave.open(str(tmp_path / "whole.wav")) as of:
        assert one.readframes(200 * 480) == of.readframes(200 * 480)
        assert one.readframes(100 * 480) == bytes(2 * 100 * 480)
        assert one.readframes(10**7) == of.readframes(10**7)


def test_a_large_one_is_heard_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting reads no more than a limit, lest it never ends; what it said is decoded all."""
    monkeypatch.setattr(demux, "MOST_BYTES", 20_000)
    told = made(AUDIO / "calls/8.pcm.wav", tmp_path / "copy.wav", RAW, louder=False)
    assert told["seconds"] == 8


def test_what_no_wav_can_hold_is_cut_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wav_making, "_MOST_BYTES", 32_000)
    told = made(AUDIO / "calls/8.pcm.wav", tmp_path / "copy.wav", RAW, louder=False)
    assert told["cut"]
    assert form(tmp_path / "copy.wav")[2] == told["seconds"] <= 2


@pytest.mark.parametrize(
    "does", ["import os; os._exit(3)", "print('{}', end='')", "while True: pass"]
)
def test_a_recording_that_ends_or_keeps_the_process_is_told(does: str, tmp_path: Path) -> None:
    program = (sys.executable, "-c", does)
    with pytest.raises(ListenError) as refused:
        make(AUDIO / "calls/8.mp3", tmp_path / "copy.wav", RAW, program=program, seconds=0.5)
    assert refused.value.message.key == "listen.failed"


def test_what_the_disk_says_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make(AUDIO / "calls/gone.mp3", tmp_path / "copy.wav", RAW)
    with pytest.raises(FileNotFoundError):
        make(AUDIO / "calls/8.mp3", tmp_path / "gone/copy.wav", RAW)


INTERRUPTS = """
import os, signal, sys
open(sys.argv[1] + ".pid", "w").write(str(os.getpid()))
os.kill(os.getppid(), signal.SIGINT)
signal.pause()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a program there cannot press Ctrl-C")
def test_ctrl_c_ends_the_program_that_writes(tmp_path: Path) -> None:
    source = tmp_path / "8.mp3"
    program = (sys.executable, "-c", INTERRUPTS)
    with pytest.raises(KeyboardInterrupt):
        make(source, tmp_path / "copy.wav", RAW, program=program, seconds=60)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "8.mp3.pid").read_text()), 0)
