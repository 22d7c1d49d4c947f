"""Sidecars and tags in real passes: what a recorder wrote beside the sound decides its customer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    ZONE,
    SmallOffice,
    office,
    sheet,
    sound,
)
from tests.sample.sound import call

RECORDING = f"{DAY}/王芳/录音 7.amr"
SIDECAR = f"{DAY}/王芳/录音 7.json"
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "15405381202", "9:40")]


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def sidecar(number: str, at: str = "2026-11-16T09:12:07+08:00") -> bytes:
    said = {
        "timestamp_unix_ms": int(datetime.fromisoformat(at).timestamp() * 1000),
        "timestamp": at,
        "direction": "out",
        "calls": [{"phone_number": number, "contact_name": None, "caller_name": None}],
    }
    return json.dumps(said).encode()


def said_of(desk: SmallOffice, source: str, day: date = DAY) -> tuple[str, list[str]]:
    """The status of a file in the day's report, and its reasons."""
    (line,) = (one for one in desk.report(day)["recordings"] if one["source"] == source)
    return line["status"], line["reasons"]


def opening_raises(error: BaseException) -> Callable[..., int]:
    """`os.open` for a system on which no sidecar can be opened."""
    opening = os.open

    def refusing(path: Path, *rest: int) -> int:
        if str(path).endswith(".json"):
            raise error
        return opening(path, *rest)

    return refusing


def test_a_sidecar_names_the_customer_of_a_recording_whose_name_says_nothing(
    desk: SmallOffice,
) -> None:
    desk.drop(RECORDING, sound(1))
    desk.drop(SIDECAR, sidecar("+8615405381201"))
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    assert desk.filed() == {RECORDING: "陈建国/2026-11-16"}
    (place,) = desk.kept()
    assert place.endswith("/20261116_091207_陈建国_1201.amr")
    assert said_of(desk, SIDECAR) == (
        "ignored",
        [f"belongs to {RECORDING}; what it says counts as evidence of that recording"],
    )
    assert [source for code, source in desk.codes() if code == "ignored_file"] == []


@pytest.mark.parametrize("first", [RECORDING, SIDECAR])
def test_whichever_of_the_two_comes_first_the_recording_is_decided_by_both(
    desk: SmallOffice, first: str
) -> None:
    files = {RECORDING: sound(1), SIDECAR: sidecar("15405381201")}
    desk.drop(SHEET, sheet(ROWS))
    desk.drop(first, files.pop(first))
    desk.ingest()
    assert desk.filed() == {}
    for source, content in files.items():
        desk.drop(source, content, time(13))
    desk.ingest(EVENING + timedelta(minutes=5))
    assert desk.filed() == {RECORDING: "陈建国/2026-11-16"}
    assert desk.statuses()[SIDECAR] == "ignored"


def test_a_sidecar_that_is_corrected_counts_anew(desk: SmallOffice) -> None:
    desk.drop(RECORDING, sound(1))
    desk.drop(SIDECAR, sidecar("15405381201"))
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    desk.drop(SIDECAR, sidecar("15405381202", "2026-11-16T09:40:11+08:00"), time(13))
    desk.ingest(EVENING + timedelta(minutes=5))
    assert desk.filed() == {RECORDING: "刘海燕/2026-11-16"}


def test_what_a_sidecar_said_is_remembered_when_it_is_gone(desk: SmallOffice) -> None:
    desk.drop(RECORDING, sound(1))
    path = desk.drop(SIDECAR, sidecar("15405381201"))
    desk.ingest()
    path.unlink()
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    assert desk.filed() == {RECORDING: "陈建国/2026-11-16"}


def test_new_bytes_under_the_same_name_are_read_with_their_sidecar(desk: SmallOffice) -> None:
    desk.drop(SHEET, sheet(ROWS))
    desk.drop(RECORDING, sound(1))
    desk.drop(SIDECAR, sidecar("15405381201"))
    desk.ingest()
    desk.drop(RECORDING, sound(2), time(13))
    desk.ingest(EVENING + timedelta(minutes=5))
    assert desk.filed()[RECORDING] == "陈建国/2026-11-16"
    assert len(desk.kept()) == 2


def test_a_kill_between_admission_and_its_sidecar_loses_nothing(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sidecar is known from an earlier pass, in which its recording was not there yet."""
    desk.drop(SHEET, sheet(ROWS))
    desk.drop(SIDECAR, sidecar("15405381201"))
    desk.ingest()
    desk.drop(RECORDING, sound(1))
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", opening_raises(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            desk.ingest()
    assert len(desk.kept()) == 1
    desk.ingest()
    assert desk.filed() == {RECORDING: "陈建国/2026-11-16"}


def test_a_sidecar_of_another_day_takes_the_recording_to_that_days_rows(
    desk: SmallOffice,
) -> None:
    """Handed over a day late under a name that says nothing, as the sidecar comes still later."""
    late = RECORDING.replace(f"{DAY}/", "2026-11-17/")
    desk.drop(SHEET, sheet(ROWS))
    desk.drop(late, sound(1))
    desk.ingest(EVENING + timedelta(days=1))
    assert said_of(desk, late, date(2026, 11, 17))[0] == "unmatched"
    desk.drop(SIDECAR.replace(f"{DAY}/", "2026-11-17/"), sidecar("15405381201"))
    desk.ingest(EVENING + timedelta(days=1, minutes=5))
    assert said_of(desk, late, date(2026, 11, 17))[0] == "filed"
    assert desk.report()["calls"][0]["recordings"] == [late]


def test_a_sidecar_that_contradicts_the_name_decides_nothing(desk: SmallOffice) -> None:
    source = f"{DAY}/王芳/陈建国-2611160912.amr"
    desk.drop(source, sound(1))
    desk.drop(
        f"{DAY}/王芳/陈建国-2611160912.json", sidecar("15405381202", "2026-11-16T09:40:11+08:00")
    )
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    assert desk.filed() == {source: "陈建国/2026-11-16"}


@pytest.mark.parametrize("content", [b"{", b"[" * 5000, b"{}", b" " * 70_000])
def test_a_sidecar_that_cannot_be_read_is_told_and_does_no_harm(
    desk: SmallOffice, content: bytes
) -> None:
    desk.drop(RECORDING, sound(1))
    desk.drop(SIDECAR, content)
    desk.ingest()
    status, (reason,) = said_of(desk, SIDECAR)
    assert status == "ignored"
    assert reason.startswith(f"belongs to {RECORDING}, but cannot be read")
    assert ("ignored_file", SIDECAR) in desk.codes()


def test_a_json_beside_no_recording_is_an_unknown_file(desk: SmallOffice) -> None:
    desk.drop(SIDECAR, sidecar("15405381201"))
    desk.ingest()
    assert ("ignored_file", SIDECAR) in desk.codes()
    assert said_of(desk, SIDECAR)[1][0].startswith("looks like neither")


def test_a_sidecar_that_is_a_link_is_refused(desk: SmallOffice) -> None:
    desk.drop(RECORDING, sound(1))
    outside = desk.folder / "outside.json"
    outside.write_bytes(sidecar("15405381201"))
    (desk.inbox / SIDECAR).symlink_to(outside)
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    assert said_of(desk, SIDECAR)[0] == "refused"
    assert desk.filed() == {}


def test_a_sidecar_still_being_written_is_waited_for(desk: SmallOffice) -> None:
    desk.drop(RECORDING, sound(1))
    path = desk.drop(SIDECAR, sidecar("15405381201"))
    os.utime(path, (EVENING.timestamp(), EVENING.timestamp()))
    desk.drop(SHEET, sheet(ROWS))
    assert desk.ingest().counts["waiting"] == 1
    assert said_of(desk, SIDECAR)[0] == "waiting"
    desk.ingest(EVENING + timedelta(minutes=1))
    assert desk.filed() == {RECORDING: "陈建国/2026-11-16"}


def test_a_sidecar_in_use_by_a_program_is_read_later(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop(RECORDING, sound(1))
    desk.drop(SIDECAR, sidecar("15405381201"))
    desk.drop(SHEET, sheet(ROWS))
    with monkeypatch.context() as patched:
        patched.setattr(os, "open", opening_raises(PermissionError(13, "Permission denied")))
        desk.ingest()
    assert said_of(desk, SIDECAR)[0] == "waiting"
    desk.ingest()
    assert desk.filed() == {RECORDING: "陈建国/2026-11-16"}


def test_a_sidecar_that_changes_between_scan_and_reading_is_read_later(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop(RECORDING, sound(1))
    desk.drop(SIDECAR, sidecar("15405381209"))
    desk.drop(SHEET, sheet(ROWS))
    opening = os.open

    def rewriting(path: Path, *rest: int) -> int:
        if str(path).endswith(".json"):
            desk.drop(SIDECAR, sidecar("15405381201"), time(13))
        return opening(path, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", rewriting)
        desk.ingest()
    assert said_of(desk, SIDECAR)[0] == "waiting"
    desk.ingest()
    assert desk.filed() == {RECORDING: "陈建国/2026-11-16"}


def test_the_sidecar_of_a_copy_is_accounted_for_and_decides_nothing(desk: SmallOffice) -> None:
    copy = f"{DAY}/王芳/录音 7 (1).amr"
    desk.drop(RECORDING, sound(1))
    desk.drop(copy, sound(1))
    desk.drop(copy.replace(".amr", ".json"), sidecar("15405381201"))
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    assert desk.statuses()[copy] == "duplicate"
    assert said_of(desk, copy.replace(".amr", ".json"))[1][0].startswith(f"belongs to {copy}")
    assert desk.filed() == {}


def test_a_second_pass_over_sidecars_and_tags_changes_nothing(desk: SmallOffice) -> None:
    desk.drop(RECORDING, sound(1))
    desk.drop(SIDECAR, sidecar("15405381201"))
    desk.drop(f"{DAY}/王芳/录音 8.mp3", titled("15405381202"))
    desk.drop(f"{DAY}/王芳/录音 8.json", b"{")
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    before = desk.rows()
    desk.ingest(EVENING + timedelta(hours=1))
    assert desk.rows() == before


# Tags


def titled(title: str, stated: str | None = None) -> bytes:
    """A call as MP3 with an ID3v2.4 title, and a date where one is given."""
    frames = b""
    for name, text in (("TIT2", title), ("TDRC", stated)):
        if text:
            body = b"\x03" + text.encode()  # 3: UTF-8
            frames += name.encode() + len(body).to_bytes(4, "big") + b"\0\0" + body
    assert len(frames) < 128  # one digit of the head's length, whose digits have seven bits
    return b"ID3\x04\0\0\0\0\0" + bytes([len(frames)]) + frames + call("8.mp3")


def test_a_title_names_the_customer_of_a_recording_whose_name_says_nothing(
    desk: SmallOffice,
) -> None:
    source = f"{DAY}/王芳/录音 8.mp3"
    desk.drop(source, titled("通话录音@刘海燕(15405381202)_20261116094011"))
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    assert desk.filed() == {source: "刘海燕/2026-11-16"}
    (place,) = desk.kept()
    assert place.endswith("/20261116_094011_刘海燕_1202.mp3")


def test_a_title_is_no_evidence_where_the_name_speaks(desk: SmallOffice) -> None:
    source = f"{DAY}/王芳/陈建国-2611160912.mp3"
    desk.drop(source, titled("通话录音@刘海燕(15405381202)_20261116094011"))
    desk.drop(SHEET, sheet(ROWS))
    desk.ingest()
    assert desk.filed() == {source: "陈建国/2026-11-16"}


def test_a_date_tag_takes_a_late_recording_to_the_rows_of_its_day(desk: SmallOffice) -> None:
    source = "2026-11-17/王芳/陈建国.mp3"
    desk.drop(source, titled("录音", "2026-11-16 09:12:07"))
    desk.drop(SHEET, sheet(ROWS[:1]))
    desk.ingest(datetime(2026, 11, 17, 16, 0, tzinfo=ZONE))
    (line,) = desk.report(date(2026, 11, 17))["recordings"]
    assert (line["status"], line["archive_path"].rpartition("/")[0]) == (
        "filed",
        "陈建国/2026-11-16",
    )
