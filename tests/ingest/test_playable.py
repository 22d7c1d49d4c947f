from __future__ import annotations

from pathlib import Path

import pytest

from archive.records import Probed
from ingest.playable import known_as
from ingest.probe import State, probe

AUDIO = Path(__file__).parents[1] / "audio"
MP3 = (AUDIO / "calls/8.mp3").read_bytes()
LISTS = [
    b"#EXTM3U\nhttp://192.0.2.1/heard.mp3\n",
    b"# mpv EDL v0\nhttp://192.0.2.1/heard.mp3\n",
    b"[playlist]\nFile1=http://192.0.2.1/heard.mp3\n",
]


def taken_in(path: Path) -> Probed:
    found = probe(path)
    return Probed(
        found.container,
        found.codec,
        found.duration_seconds,
        found.state,
        silent=False,
        dbfs=None,
        tags=found.tags,
        notes=found.notes,
    )


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("calls/8.mp3", ".mp3"),
        ("formats/mp3_vbr_44k_noxing.mp3", ".mp3"),
        ("broken/ext_mp3_named.wav", ".mp3"),
        ("calls/8.m4a", ".m4a"),
        ("calls/8.pcm.wav", ".wav"),
        ("formats/wav_pcm8_8k.wav", ".wav"),
        ("calls/8.alaw.wav", None),
        ("calls/8.amr", None),
        ("broken/zero_byte.mp3", None),
    ],
)
def test_what_any_player_knows_is_played_as_it_is(name: str, extension: str | None) -> None:
    assert known_as(taken_in(AUDIO / name), AUDIO / name) == extension


@pytest.mark.parametrize("tag", [b"", b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)])
@pytest.mark.parametrize("head", LISTS)
def test_sound_that_a_player_may_take_for_a_list_of_addresses_is_decoded_here(
    head: bytes, tag: bytes, tmp_path: Path
) -> None:
    (tmp_path / "call.mp3").write_bytes(tag + head + MP3)
    found = taken_in(tmp_path / "call.mp3")
    assert (found.container, found.condition) == ("mp3", State.COMPLETE)
    assert known_as(found, tmp_path / "call.mp3") is None


@pytest.mark.parametrize("name", ["wav_data0.wav", "wav_dataFFFF.wav", "wav_data_too_big.wav"])
def test_a_wav_of_which_players_would_believe_a_wrong_length_is_decoded_here(name: str) -> None:
    assert known_as(taken_in(AUDIO / "broken" / name), AUDIO / "broken" / name) is None


def test_what_was_never_probed_is_decoded_here() -> None:
    assert known_as(None, AUDIO / "calls/8.mp3") is None
