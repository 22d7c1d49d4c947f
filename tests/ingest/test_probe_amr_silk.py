"""AMR, SILK and raw GSM, which are counted frame by frame."""

from __future__ import annotations

import struct
from pathlib import Path

from ingest.probe import State
from ingest.sound import listen
from tests.ingest.audio_samples import sample
from tests.ingest.probing import keys, look, near, values, write


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


def test_raw_gsm_that_ends_in_mid_frame_counts_to_there(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gsm", sample("formats/raw_gsm.gsm")[:-16_000])
    found = look(path)
    assert (found.state, found.codec) == (State.COMPLETE, "gsm")
    assert near(found.duration_seconds, 20 * 17 / 33)
    assert listen(path, found) is not None
