"""One pass over an inbox: what has to wait, what is refused, what is ignored."""

from __future__ import annotations

import os
import unicodedata
from contextlib import closing
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.catalogue.database import open_catalogue
from audit import report as reports
from ingest.errors import InboxError
from tests.ingest.small_office import (
    DAY,
    EVENING,
    SHEET,
    SmallOffice,
    office,
    recorded,
    sha256,
    sheet,
    sound,
)
from tests.s3_server import S3Server
from tests.sample.sound import AUDIO

CHEN = recorded("陈建国", "15405381201", "091207")
LIU = recorded("刘海燕", "15405381202", "094011")
ROWS = [("陈建国", "15405381201", "9:12"), ("刘海燕", "15405381202", "9:40")]


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


def reasons(desk: SmallOffice) -> dict[str, list[str]]:
    return {one["source"]: one["reasons"] for one in desk.report()["recordings"]}


def touch(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


# Settling


def test_a_fresh_file_waits_and_is_taken_once_it_has_stood_still(desk: SmallOffice) -> None:
    for source, content in ((CHEN, sound(1)), (SHEET, sheet(ROWS))):
        touch(desk.drop(source, content), EVENING)
    assert desk.ingest(EVENING + timedelta(seconds=9)).counts["waiting"] == 2
    assert desk.kept() == {}
    assert desk.statuses() == {CHEN: "waiting", SHEET: "waiting"}
    assert desk.ingest(EVENING + timedelta(seconds=11)).counts["waiting"] == 0
    assert desk.filed() == {CHEN: "陈建国/2026-11-16"}


def test_a_file_that_goes_on_growing_waits_on(desk: SmallOffice) -> None:
    for seconds in (0, 8, 16):
        moment = EVENING + timedelta(seconds=seconds)
        touch(desk.drop(CHEN, sound(1)[: 1000 + seconds * 100]), moment)
        assert desk.ingest(moment + timedelta(seconds=5)).counts["waiting"] == 1
    assert desk.kept() == {}


def test_with_a_time_in_the_past_files_that_were_written_later_are_taken(
    desk: SmallOffice,
) -> None:
    desk.drop(CHEN, sound(1), time(15))
    assert desk.ingest(EVENING.replace(hour=9)).counts["admitted"] == 1


def test_junk_is_not_waited_for(desk: SmallOffice) -> None:
    touch(desk.drop(f"{DAY}/王芳/通话录音.mp3.part", b"half"), EVENING)
    assert desk.ingest(EVENING).counts["waiting"] == 0


def test_a_file_that_was_renamed_while_it_waited_is_not_waited_for_any_more(
    desk: SmallOffice,
) -> None:
    path = desk.drop(f"{DAY}/王芳/.录音.amr.Xy12Ab", sound(1))
    touch(path, EVENING)
    assert desk.ingest(EVENING).needs_a_person
    path.rename(desk.inbox / CHEN)
    desk.drop(SHEET, sheet(ROWS[:1]))
    summary = desk.ingest(EVENING + timedelta(minutes=1))
    assert not summary.needs_a_person
    assert desk.statuses() == {CHEN: "filed"}


def test_an_inbox_that_is_suddenly_empty_says_nothing_about_its_files(desk: SmallOffice) -> None:
    """So an unplugged share looks whose mount point is still there."""
    touch(desk.drop(CHEN, sound(1)), EVENING)
    desk.ingest(EVENING)
    (desk.inbox / CHEN).unlink()
    desk.ingest(EVENING)
    assert desk.statuses() == {CHEN: "waiting"}


def test_an_inbox_that_is_gone_stops_the_pass_and_changes_nothing(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.ingest()
    before = desk.rows()
    desk.inbox.rename(desk.folder / "unplugged")
    with pytest.raises(InboxError):
        desk.ingest()
    assert desk.rows() == before


# What is refused


def test_links_pipes_and_second_names_are_refused_with_their_reasons(desk: SmallOffice) -> None:
    outside = desk.folder / "outside"
    outside.mkdir()
    (outside / "salaries.mp3").write_bytes(sound(9))
    below = desk.drop(CHEN, sound(1)).parent
    (below / "link.mp3").symlink_to(outside / "salaries.mp3")
    (below / "folder").symlink_to(outside)
    (below / "dangling.mp3").symlink_to(outside / "nothing")
    (below / "second.mp3").hardlink_to(outside / "salaries.mp3")
    os.mkfifo(below / "pipe.mp3")
    desk.ingest()
    said = {Path(source).name: why for source, (why, *_) in reasons(desk).items()}
    assert said["link.mp3"] == said["folder"] == said["dangling.mp3"]
    assert said["link.mp3"].startswith("is a link")
    assert said["second.mp3"].startswith("is one file under 2 names")
    assert said["pipe.mp3"].startswith("is no ordinary file")
    assert [digest for digest, _ in desk.kept().values()] == [sha256(sound(1))]
    refused = [Path(source or "").name for code, source in desk.codes() if code == "refused_file"]
    assert refused == ["dangling.mp3", "folder", "link.mp3", "pipe.mp3", "second.mp3"]


def test_a_file_over_the_limit_is_refused_until_the_limit_is_raised(desk: SmallOffice) -> None:
    path = desk.drop(CHEN, sound(1))
    with path.open("r+b") as file:
        file.truncate(51 << 20)
    touch(path, EVENING - timedelta(hours=1))
    desk.ingest()
    assert reasons(desk)[CHEN][0].startswith("has 51 MB, over the limit of 50 MB")
    roomy = desk.with_limit(52)
    assert roomy.ingest().counts["admitted"] == 1
    assert roomy.statuses()[CHEN] in ("damaged", "unmatched")


def test_a_second_name_is_taken_once_it_is_a_file_of_its_own(desk: SmallOffice) -> None:
    path = desk.drop(CHEN, sound(1))
    (desk.folder / "elsewhere.amr").hardlink_to(path)
    desk.ingest()
    assert desk.statuses() == {CHEN: "refused"}
    (desk.folder / "elsewhere.amr").unlink()
    desk.ingest()
    assert desk.statuses() == {CHEN: "unmatched"}


def test_a_refused_file_that_was_moved_away_needs_nobody_any_more(desk: SmallOffice) -> None:
    desk.drop(CHEN, sound(1))
    desk.drop(SHEET, sheet(ROWS[:1]))
    os.mkfifo(desk.inbox / "pipe.mp3")
    assert desk.ingest().needs_a_person
    (desk.inbox / "pipe.mp3").unlink()
    assert not desk.ingest().needs_a_person
    assert desk.statuses() == {CHEN: "filed"}


def test_a_folder_that_cannot_be_opened_is_told_and_the_rest_is_taken(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.drop(CHEN, sound(1))
    hidden = desk.drop(recorded("刘海燕", "15405381202", "094011", "李强"), sound(2)).parent
    listing = os.scandir

    def refusing(path: Path) -> object:
        if Path(path) == hidden:
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", refusing)
    summary = desk.ingest()
    assert [one.key for one in summary.problems] == ["ingest.folder_unreadable"]
    assert summary.needs_a_person
    assert desk.statuses() == {CHEN: "unmatched"}


def test_a_name_that_is_no_text_is_refused_with_the_remedy(desk: SmallOffice) -> None:
    source = f"{DAY}/王芳/" + os.fsdecode("王伟".encode("gb18030")) + ".amr"
    path = desk.drop(source, sound(1))
    desk.drop(LIU, sound(2))
    assert desk.ingest().needs_a_person
    told = source.encode("utf-8", "backslashreplace").decode()
    assert desk.statuses() == {told: "refused", LIU: "unmatched"}
    assert "rename it" in reasons(desk)[told][0]
    path.rename(path.with_name("王伟.amr"))
    desk.ingest()
    assert desk.statuses() == {f"{DAY}/王芳/王伟.amr": "unmatched", LIU: "unmatched"}


# Odd names and contents

ODD = (
    "a\nb.amr",
    "\u202e3pm.三张.amr",
    "张\u200b三.amr",
    "录" * 82 + ".amr",
    "x" * 251 + ".amr",
    "CON.amr",
    "aux .amr",
    "... .amr",
    "-rf.amr",
    "a\\b.amr",
    "张三\x1b[31m.amr",
    "ﾊﾝｶｸ😀.amr",
    "e\u0301.amr",
    "{customer} %s.amr",
    "=cmd|' C'!A0.amr",
)


def test_odd_names_are_taken_told_and_mirrored_and_leave_plain_ones(desk: SmallOffice) -> None:
    for number, name in enumerate(ODD):
        desk.drop(f"{DAY}/王芳/{name}", sound(number))
    with S3Server(desk.folder / "bucket") as server, pytest.MonkeyPatch.context() as patched:
        server.sign_in(patched)
        mirrored = desk.with_mirror(server.endpoint_url)
        assert mirrored.ingest().counts["admitted"] == len(ODD)
        told = mirrored.report()["recordings"]
        assert {one["source"]: one["sha256"] for one in told} == {
            f"{DAY}/王芳/{name}": sha256(sound(number)) for number, name in enumerate(ODD)
        }
        assert {one["mirror"]["state"] for one in told} == {"mirrored"}
    kept = {path: digest for path, (digest, _) in desk.kept().items()}
    assert {path: digest for path, (digest, _) in desk.mirrored().items()} == kept
    for path in kept:
        assert all(unicodedata.category(sign) not in {"Cc", "Cf"} for sign in path)
        assert all(len(part.encode()) < 255 for part in path.split("/"))


def test_a_day_of_odd_names_is_reported_in_every_form(desk: SmallOffice) -> None:
    for number, name in enumerate((*ODD, os.fsdecode(b"\xff\xfe.amr"))):
        desk.drop(f"{DAY}/王芳/{name}", sound(number))
    desk.ingest()
    with closing(open_catalogue(desk.settings.catalogue.url)) as catalogue:
        compiled = reports.compile_days(catalogue, desk.settings, [DAY], EVENING)
    for form in (*reports.TEXT_FORMS, "xlsx"):
        path = desk.folder / f"report.{form}"
        reports.write(compiled, form, path, desk.archive)
        assert path.stat().st_size > 1000


def test_contents_decide_what_a_file_without_a_known_ending_is(desk: SmallOffice) -> None:
    below = f"{DAY}/王芳"
    desk.drop(f"{below}/15405381201_20261116091207.record", sound(1))
    desk.drop(f"{below}/noext_wav", (AUDIO / "broken/noext_wav").read_bytes())
    desk.drop(f"{below}/说明.docx", b"PK\x03\x04 no recording")
    desk.drop(f"{below}/empty", b"")
    desk.ingest()
    statuses = {Path(source).name: status for source, status in desk.statuses().items()}
    assert statuses == {
        "15405381201_20261116091207.record": "unmatched",
        "noext_wav": "unmatched",
        "说明.docx": "ignored",
        "empty": "ignored",
    }
    told = [Path(source or "").name for code, source in desk.codes() if code == "ignored_file"]
    assert told == ["empty", "说明.docx"]


def test_a_file_that_another_program_keeps_for_itself_waits(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.drop(f"{DAY}/王芳/15405381201_20261116091207.record", sound(1))
    opening, opening_path = os.open, Path.open

    def refusing(asked: Path, *rest: int) -> int:
        if asked == path:
            raise PermissionError(13, "Permission denied")
        return opening(asked, *rest)

    def refusing_path(asked: Path, *rest: Any, **named: Any) -> object:
        if asked == path:
            raise PermissionError(13, "Permission denied")
        return opening_path(asked, *rest, **named)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refusing)
        patched.setattr(Path, "open", refusing_path)
        assert desk.ingest().needs_a_person
    ((why,),) = reasons(desk).values()
    assert "Close the program that uses it" in why
    desk.ingest()
    assert list(desk.statuses().values()) == ["unmatched"]


def test_damaged_files_are_taken_as_they_are_and_told(desk: SmallOffice) -> None:
    below = f"{DAY}/王芳"
    contents = {
        f"{below}/empty.mp3": b"",
        f"{below}/page.mp3": b"<html>not found</html>",
        f"{below}/zeros.mp3": bytes(5000),
    }
    for source, content in contents.items():
        desk.drop(source, content)
    desk.ingest()
    assert desk.statuses() == dict.fromkeys(contents, "damaged")
    damaged = [source for code, source in desk.codes() if code == "damaged_recording"]
    assert damaged == sorted(contents)
    assert sorted(digest for digest, _ in desk.kept().values()) == sorted(
        map(sha256, contents.values())
    )


def test_what_systems_leave_behind_is_ignored_without_a_word(desk: SmallOffice) -> None:
    for name in ("Thumbs.db", "desktop.ini", "~$记录表.xlsx", "录音.mp3.part", ".DS_Store"):
        desk.drop(f"{DAY}/王芳/{name}", b"junk")
    assert not desk.ingest().needs_a_person
    assert set(desk.statuses().values()) == {"ignored"}
    assert desk.codes() == [("mirror_off", "")]
    assert desk.kept() == {}
