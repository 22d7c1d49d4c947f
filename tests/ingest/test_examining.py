"""Recordings are probed beside admission, once, and what they say is written down together."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive.catalogue import learnt
from archive.store import Store
from ingest import prober
from ingest.examining import Examining
from ingest.hearing import Ears
from ingest.inbox_pass import Clock, Steps
from ingest.prober import ProberError
from ingest.session import open_session
from tests.ingest.small_office import EVENING, SHEET, ZONE, SmallOffice, office, recorded, sound
from tests.sample.sound import call, tagged_mp3


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def drop(desk: SmallOffice, count: int) -> None:
    """Recordings of a moment each, so that the time goes into passes and not into sound."""
    for number in range(count):
        desk.drop(recorded(f"客户{number}", f"{13800000000 + number}", "091207"), brief(number))


def brief(number: int) -> bytes:
    return sound(number)[:1000]


def unprobed(desk: SmallOffice) -> int:
    with open_session(desk.settings) as session, session.catalogue.transaction() as tx:
        return len(learnt.unprobed(tx))


def test_many_recordings_are_probed_and_progress_is_told(desk: SmallOffice) -> None:
    drop(desk, 150)
    told: list[tuple[int, int]] = []
    steps = Steps(lambda step, done, total: told.append((done, total)) if step == "probe" else None)
    with open_session(desk.settings) as session:
        session.take_in(Clock(lambda: EVENING, own=False), steps)
    assert sum(done for done, _ in told) == 150
    assert told[-1][1] == 150
    assert len(told) > 2
    lines = desk.report()["recordings"]
    assert {(one["format"], one["status"]) for one in lines} == {("amr/amr_nb", "unmatched")}
    assert all(one["duration_seconds"] for one in lines)


def test_processes_start_while_recordings_are_copied_and_no_more_than_there_are_recordings(
    desk: SmallOffice,
) -> None:
    store = Store(desk.archive)
    with open_session(desk.settings) as session:
        examining = Examining(session.catalogue, store, Ears.of(desk.settings))
        with examining:
            examining.get_ready(1)
            examining._pool.submit(lambda: None).result()
            examining._pool.shutdown()
            started = [prober._process for prober in examining._probers]
            assert [process is not None and process.poll() for process in started] == [None]
        assert all(process is not None and process.poll() == 0 for process in started)


def test_where_they_do_not_start_that_is_told_once_a_recording_needs_them(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prober, "_PROGRAM", desk.folder / "no such program")
    drop(desk, 2)
    with pytest.raises(ProberError):
        desk.ingest()


def test_what_is_found_during_admission_is_written_down_before_it_ends(desk: SmallOffice) -> None:
    drop(desk, 70)
    desk.ingest()
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as other, other:
        other.execute("UPDATE recording SET condition = NULL")
    with open_session(desk.settings) as session:
        store = Store(desk.archive)
        with Examining(session.catalogue, store, Ears(ZONE, ())) as examining:
            examining.begin()
            for _, found in examining._asked:
                found.result()
            examining.begin()
    assert unprobed(desk) == 6  # as after a kill: a transaction of 64 was written, the rest waits


def test_no_bytes_are_probed_twice(desk: SmallOffice) -> None:
    drop(desk, 2)
    desk.ingest()
    for path in desk.archive.rglob("*.amr"):
        path.unlink()  # whoever probed it again would miss it
    drop(desk, 3)
    desk.ingest()
    assert unprobed(desk) == 0


def test_what_no_pass_wrote_down_the_next_one_probes(desk: SmallOffice) -> None:
    drop(desk, 3)
    desk.ingest()
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as other, other:
        other.execute("UPDATE recording SET condition = NULL, duration_seconds = NULL WHERE id = 2")
    assert unprobed(desk) == 1
    desk.ingest()
    assert unprobed(desk) == 0
    assert all(one["duration_seconds"] for one in desk.report()["recordings"])


def test_where_nothing_can_be_probed_everything_is_admitted_first(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(desk, 130)  # more than a batch
    with monkeypatch.context() as patch:
        patch.setattr(prober, "_PROGRAM", desk.folder / "no program")
        with pytest.raises(ProberError):
            desk.ingest()
    assert unprobed(desk) == 130
    desk.ingest()
    assert unprobed(desk) == 0


@pytest.mark.parametrize("how", ["gone", "link to itself"])
def test_a_recording_that_cannot_be_read_is_told_and_holds_nobody_up(
    desk: SmallOffice, how: str
) -> None:
    drop(desk, 2)
    desk.ingest()
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as other, other:
        other.execute("UPDATE recording SET condition = NULL")
    bad = min(desk.archive.rglob("*.amr"))
    content = bad.read_bytes()
    bad.unlink()
    if how == "link to itself":  # opening it fails, and it is there
        bad.symlink_to(bad.name)
    drop(desk, 3)
    (problem,) = desk.ingest().problems
    assert problem.key == "sound.unread"
    assert dict(problem.values)["count"] == "1"
    assert unprobed(desk) == 1
    bad.unlink(missing_ok=True)
    bad.write_bytes(content)
    assert desk.ingest().problems == ()
    assert unprobed(desk) == 0


def test_what_was_decided_while_it_could_not_be_read_is_decided_again(desk: SmallOffice) -> None:
    source = recorded("陈建国", "15405381201", "091207")
    desk.drop(source, sound(0))
    desk.ingest()
    length = round(desk.report()["recordings"][0]["duration_seconds"])
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as other, other:
        other.execute("UPDATE recording SET condition = NULL, duration_seconds = NULL")
    (held,) = desk.archive.rglob("*.amr")
    content = held.read_bytes()
    held.unlink()
    held.symlink_to(held.name)  # opening it fails, and it is there
    head, row = "客户姓名,联系方式,通话时间,通话时长", f"陈建国,15405381201,09:12,{length}秒"
    desk.drop(SHEET, f"{head}\n{row}\n".encode("utf-8-sig"))
    desk.ingest()
    assert not any("length" in reason for reason in desk.report()["recordings"][0]["reasons"])
    held.unlink()
    held.write_bytes(content)
    desk.ingest()
    assert any("length" in reason for reason in desk.report()["recordings"][0]["reasons"])
    assert desk.statuses() == {source: "filed"}


def test_raw_audio_is_what_the_office_says(desk: SmallOffice) -> None:
    inbox = replace(desk.settings.inbox, raw_audio=("alaw",))
    source = recorded("陈建国", "15405381201", "091207", suffix=".alaw")
    desk.drop(source, bytes(range(256)) * 400)
    replace(desk, settings=replace(desk.settings, inbox=inbox)).ingest()
    (line,) = desk.report()["recordings"]
    assert (line["format"], line["duration_seconds"]) == ("alaw/pcm_alaw", 12.8)


def test_tags_complete_what_the_name_says(desk: SmallOffice) -> None:
    source = "2026-11-16/王芳/录音1.mp3"
    desk.drop(source, tagged_mp3(call("8.mp3"), "13869170000"))
    desk.ingest()
    with open_session(desk.settings) as session, session.catalogue.transaction() as tx:
        numbers = tx.exec_driver_sql("SELECT numbers FROM recording").scalar_one()
    assert numbers == "13869170000"
