"""`callvault check`: each part is tried, and what is unfit is said with its remedy."""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive import publish
from archive.trial import Outcome
from config.language import LANGUAGES, Words
from config.settings import Catalogue
from ingest.fitness import Check, examine
from tests.archive.difficult_s3 import DifficultS3
from tests.ingest.small_office import EVENING, SHEET, ZONE, SmallOffice, office, sheet, tree
from tests.s3_server import S3Server
from tests.stamp_authority import OPENSSL, WITHOUT_OPENSSL, StampAuthority


@pytest.fixture
def desk(tmp_path: Path) -> SmallOffice:
    return office(tmp_path)


PARTS = ["inbox", "archive", "catalogue", "report", "mirror", "clock"]


def look(desk: SmallOffice, now: datetime = EVENING) -> Mapping[str, tuple[bool, str]]:
    """Whether each part is fit, and the sentence's key."""
    checks = list(examine(desk.settings, lambda: now))
    encryption = ["encryption"] if desk.settings.mirror else []
    assert [one.part for one in checks] == [*PARTS[:-1], *encryption, PARTS[-1]]
    for one in checks:
        assert all(Words(language).say(one.message) for language in LANGUAGES)
    return {one.part: (one.fit, one.message.key) for one in checks}


def only(desk: SmallOffice, part: str) -> Check:
    (found,) = (one for one in examine(desk.settings, lambda: EVENING) if one.part == part)
    return found


def test_a_new_office_is_fit(desk: SmallOffice) -> None:
    desk.drop(SHEET, sheet([]))
    assert look(desk) == {
        "inbox": (True, "check.inbox_fit"),
        "archive": (True, "check.archive_fit"),
        "catalogue": (True, "check.catalogue_new"),
        "report": (True, "check.report_fit"),
        "mirror": (True, "check.mirror_off"),
        "clock": (True, "check.clock_fit"),
    }
    assert dict(only(desk, "inbox").message.values)["count"] == "1"


def test_looking_leaves_nothing_behind(desk: SmallOffice) -> None:
    look(desk)
    before = tree(desk.folder)
    look(desk)
    assert set(tree(desk.folder)) == set(before)
    assert list((desk.archive / ".callvault/staging").iterdir()) == []


def test_the_latest_day_is_told(desk: SmallOffice) -> None:
    desk.drop(SHEET, sheet([("陈建国", "15405381201", "9:12")]))
    desk.ingest()
    assert only(desk, "catalogue").message.key == "check.catalogue_fit"
    assert dict(only(desk, "catalogue").message.values) == {"latest": "2026-11-16"}


def test_an_inbox_that_is_not_there_is_unfit_and_the_rest_is_told(desk: SmallOffice) -> None:
    desk.inbox.rmdir()
    assert look(desk)["inbox"] == (False, "ingest.inbox_unreachable")
    assert look(desk)["archive"][0]


def test_an_archive_on_a_file_is_unfit(desk: SmallOffice) -> None:
    desk.archive.write_bytes(b"no folder")
    checks = look(desk)
    assert checks["archive"][0] is False
    assert checks["catalogue"][0] is False


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (errno.ENOSPC, "archive.disk_full"),
        (errno.EROFS, "archive.read_only"),
        (errno.EACCES, "archive.no_permission"),
        (errno.EIO, "archive.unusable"),
    ],
)
def test_an_archive_that_cannot_be_written_is_unfit(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    look(desk)

    def failing(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", failing)
    found = only(desk, "archive")
    assert (found.fit, found.message.key) == (False, key)


def test_a_disk_without_room_for_a_byte_is_unfit(desk: SmallOffice) -> None:
    look(desk)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        found = only(desk, "archive")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (found.fit, found.message.key) == (False, "archive.unusable")
    assert list((desk.archive / ".callvault/staging").iterdir()) == []


def test_a_disk_that_overwrites_is_unfit(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network shares know no rename that refuses, and say that they do."""

    def overwriting(source: Path, target: Path) -> bool:
        source.replace(target)
        return True

    monkeypatch.setattr(publish, "_renameat2", overwriting)
    found = only(desk, "archive")
    assert (found.fit, found.message.key) == (False, "check.archive_overwrites")
    assert list((desk.archive / ".callvault/staging").iterdir()) == []


def test_little_room_is_worth_a_word(desk: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs

    def nearly_full(path: str) -> os.statvfs_result:
        fields = list(real(path))
        fields[4] = 100
        return os.statvfs_result(fields)

    monkeypatch.setattr(os, "statvfs", nearly_full)
    found = only(desk, "archive")
    assert (found.fit, found.message.key) == (True, "check.archive_little")


def with_reports(desk: SmallOffice, folder: Path) -> SmallOffice:
    report = replace(desk.settings.report, folder=folder)
    return replace(desk, settings=replace(desk.settings, report=report))


@pytest.mark.parametrize("made", [False, True])
def test_where_reports_go_is_tried_and_no_folder_is_made(
    desk: SmallOffice, tmp_path: Path, *, made: bool
) -> None:
    folder = tmp_path / "disk" / "reports"
    (folder if made else folder.parent).mkdir(parents=True)
    assert look(with_reports(desk, folder))["report"] == (True, "check.report_fit")
    assert [path.name for path in (tmp_path / "disk").rglob("*")] == ["reports"] * made


def test_reports_whose_disk_is_away_are_unfit_and_nothing_is_made_in_its_place(
    desk: SmallOffice, tmp_path: Path
) -> None:
    folder = tmp_path / "disk" / "reports"
    assert look(with_reports(desk, folder))["report"] == (False, "report.unwritten")
    assert not folder.parent.exists()


def test_reports_that_cannot_be_written_are_unfit(desk: SmallOffice, tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.write_bytes(b"no folder")
    desk = with_reports(desk, folder)
    assert look(desk)["report"] == (False, "report.unwritten")
    assert folder.read_bytes() == b"no folder"
    folder.unlink()
    folder.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        found = only(desk, "report")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (found.fit, found.message.key) == (False, "report.unwritten")
    assert list(folder.iterdir()) == []


def test_a_catalogue_that_is_none_is_unfit(desk: SmallOffice) -> None:
    path = desk.folder / "catalogue.sqlite"
    path.write_bytes(b"this is no database, however long it may be" * 100)
    other = replace(desk.settings, catalogue=Catalogue(f"sqlite:///{path}"))
    assert look(replace(desk, settings=other))["catalogue"] == (
        False,
        "archive.catalogue_damaged",
    )


def test_a_mirror_is_asked(desk: SmallOffice) -> None:
    with S3Server(desk.folder / "bucket") as server, pytest.MonkeyPatch.context() as patched:
        server.sign_in(patched)
        mirrored = desk.with_mirror(server.endpoint_url)
        assert look(mirrored, datetime.now(ZONE))["mirror"] == (True, "check.mirror_fit")
        missing = desk.with_mirror(server.endpoint_url, bucket="missing")
        assert look(missing)["mirror"] == (False, "store.no_such_bucket")
        patched.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
        assert look(mirrored)["mirror"][0] is False


@pytest.mark.parametrize(("year", "fit"), [(1980, False), (2025, False), (2026, True)])
def test_a_clock_in_the_past_is_unfit(desk: SmallOffice, year: int, fit: bool) -> None:
    assert look(desk, EVENING.replace(year=year))["clock"][0] is fit


# What the mirror's bucket does


def probed(
    desk: SmallOffice, now: datetime | None = None, *, probe: bool = False
) -> Mapping[str, Check]:
    moment = now or datetime.now(ZONE)
    return {one.part: one for one in examine(desk.settings, lambda: moment, probe=probe)}


@pytest.fixture
def served(desk: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallOffice]:
    with S3Server(desk.folder / "bucket") as server:
        server.sign_in(monkeypatch)
        yield desk.with_mirror(server.endpoint_url)


def test_what_the_bucket_does_is_found_out_once_and_told_again(served: SmallOffice) -> None:
    first = probed(served)["mirror"].known
    assert first is not None
    assert {one.name for one in first.trials} >= {
        "reached",
        "look",
        "condition",
        "lock_rule",
        "removed",
    }
    assert {one.part for one in first.trials} == {"mirror"}
    assert probed(served, first.at + timedelta(days=29, hours=23))["mirror"].known == first
    later = first.at + timedelta(days=30)
    for again in (probed(served, later), probed(served, later + timedelta(days=1), probe=True)):
        found = again["mirror"].known
        assert found is not None
        assert found.at > first.at
        assert [one.name for one in found.trials] == [one.name for one in first.trials]
    assert probed(served, later + timedelta(days=2))["mirror"].known == found


def test_what_was_found_out_under_a_wrong_clock_is_found_out_again(served: SmallOffice) -> None:
    """It would be known for years to come."""
    now = datetime.now(ZONE)
    probed(served, now + timedelta(days=3650))
    found = probed(served, now)["mirror"].known
    assert found is not None
    assert found.at == now


def test_of_a_changed_bucket_all_is_found_out_anew(served: SmallOffice) -> None:
    probed(served)
    (served.folder / "bucket/others").mkdir()
    assert served.settings.mirror is not None
    other = replace(served.settings.mirror, bucket="others")
    moved = replace(served, settings=replace(served.settings, mirror=other))
    later = datetime.now(ZONE) + timedelta(hours=1)
    found = probed(moved, later)["mirror"].known
    assert found is not None
    assert found.at == later


def test_a_bucket_that_is_away_leaves_what_is_known(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = S3Server(desk.folder / "bucket")
    server.sign_in(monkeypatch)
    served = desk.with_mirror(server.endpoint_url)
    assert probed(served)["mirror"].message.key == "store.unreachable"
    assert not (desk.archive / ".callvault/bucket.json").exists()
    with server:
        first = probed(served)["mirror"].known
    away = probed(served, probe=True)["mirror"]
    assert (away.fit, away.message.key, away.known) == (False, "store.unreachable", None)
    with server:
        assert probed(served)["mirror"].known == first


def test_a_bucket_that_lacks_a_must_is_unfit_and_says_which(served: SmallOffice) -> None:
    with DifficultS3() as difficult:
        lacking = served.with_mirror(difficult.endpoint_url)
        for _ in range(2):  # as it is found out, and as it is known
            one = probed(lacking)["mirror"]
            assert (one.fit, one.message.key) == (False, "check.mirror_lacks")
            assert dict(one.message.values)["count"] == "2"
            assert one.known is not None
            wrong = {two.name for two in one.known.trials if two.result.outcome is Outcome.FAIL}
            assert wrong == {"wrong_md5", "parts"}


@pytest.mark.parametrize(("hours", "fit"), [(0, True), (8, False)])
def test_the_clock_is_held_against_the_stores(served: SmallOffice, hours: int, fit: bool) -> None:
    for _ in range(2):
        found = probed(served, datetime.now(ZONE) + timedelta(hours=hours))["clock"]
        assert found.fit is fit
        assert found.message.key == ("check.clock_fit" if fit else "selftest.skew_refused")


def test_a_program_for_alarms_that_cannot_be_run_is_told_before_the_first_alarm(
    desk: SmallOffice,
) -> None:
    def told(program: str) -> tuple[bool, str]:
        alarms = replace(desk.settings.alarms, command=(program, "on call"))
        found = only(replace(desk, settings=replace(desk.settings, alarms=alarms)), "alarms")
        assert all(Words(language).say(found.message) for language in LANGUAGES)
        return found.fit, found.message.key

    program = desk.folder / "notify"
    assert told(str(program)) == (False, "check.alarms_missing")
    program.write_text("not to be run")
    program.chmod(0o600)
    assert told(str(program)) == (False, "check.alarms_missing")
    assert told(sys.executable) == (True, "check.alarms_fit")


def of_stamps(desk: SmallOffice, trusted: Path) -> Check:
    custody = replace(desk.settings.custody, timestamp_ca=trusted)
    found = only(replace(desk, settings=replace(desk.settings, custody=custody)), "stamps")
    assert all(Words(language).say(found.message) for language in LANGUAGES)
    return found


def test_certificates_that_cannot_be_used_are_told_before_the_first_time_stamp(
    desk: SmallOffice, tmp_path: Path
) -> None:
    wrong = tmp_path / "ca.pem"
    for _ in ("missing", "empty"):
        found = of_stamps(desk, wrong)
        assert (found.fit, found.message.key) == (False, "stamp.ca_unusable")
        assert str(wrong) in Words("en").say(found.message)
        wrong.write_bytes(b"")


@pytest.mark.skipif(OPENSSL is None, reason=WITHOUT_OPENSSL)
def test_certificates_of_time_stamps_are_counted(desk: SmallOffice, tmp_path: Path) -> None:
    with StampAuthority(tmp_path / "authority") as authority:
        found = of_stamps(desk, authority.root)
    assert (found.fit, dict(found.message.values)["count"]) == (True, "1")
