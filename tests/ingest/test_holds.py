"""`callvault hold`, with real stores: one that keeps locks and holds, one that knows neither."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from botocore.exceptions import ClientError
from filelock import FileLock

from archive.rebuilding import rebuild
from archive.s3 import connect
from archive.store import Store
from archive.trial import Outcome
from config.language import LANGUAGES
from config.quiet import Hours
from config.settings import Retention
from ingest.errors import WordError
from ingest.hold_told import tell_add, tell_list, tell_release
from ingest.selftest import Clocks, tried
from tests.ingest.people import CHEN, WANG, Person, a_day, places
from tests.ingest.small_office import EVENING, SmallOffice
from tests.s3_server import ENVIRONMENT, S3Server


@pytest.fixture
def desk(tmp_path: Path, ministack: str, monkeypatch: pytest.MonkeyPatch) -> SmallOffice:
    """An office whose mirror is a bucket with Object Lock, and that wants its objects locked."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    bucket = tmp_path.name.replace("_", "-").lower()
    desk = locking(a_day(tmp_path).with_mirror(ministack, bucket))
    client(desk).create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    desk.ingest()
    return desk


@pytest.fixture
def without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallOffice]:
    """The same with a store that knows no locks."""
    with S3Server(tmp_path / "office/bucket") as server:
        server.sign_in(monkeypatch)
        desk = locking(a_day(tmp_path / "office").with_mirror(server.endpoint_url))
        desk.ingest()
        yield desk


def locking(desk: SmallOffice) -> SmallOffice:
    assert desk.settings.mirror is not None
    mirror = replace(desk.settings.mirror, lock="governance")
    return replace(desk, settings=replace(desk.settings, mirror=mirror, retention=Retention(5)))


def client(desk: SmallOffice) -> Any:
    assert desk.settings.mirror is not None
    return connect(desk.settings.mirror)._client


def heads(desk: SmallOffice) -> dict[str, dict[str, Any]]:
    """Every object of the bucket with what HEAD tells of it."""
    s3, at = client(desk), {"Bucket": desk.settings.mirror and desk.settings.mirror.bucket}
    keys = [one["Key"] for one in s3.list_objects_v2(**at).get("Contents", [])]
    return {key: s3.head_object(**at, Key=key) for key in keys}


def on_hold(desk: SmallOffice) -> set[str]:
    """The folders of what is under legal hold."""
    every = heads(desk).items()
    held = {key for key, head in every if head.get("ObjectLockLegalHoldStatus") == "ON"}
    return {key.split("/")[0] for key in held}


def listed(desk: SmallOffice) -> Any:
    return json.loads(tell_list(Person(desk).desk, "json").output)


def text(desk: SmallOffice) -> str:
    for language in LANGUAGES:
        tell_list(Person(desk, language=language).desk, "text")
    return tell_list(Person(desk).desk, "text").output


def test_everything_in_the_bucket_is_locked_until_retention_ends(desk: SmallOffice) -> None:
    every = heads(desk)
    assert {key.split("/")[0] for key in every} >= {"陈建国", "_holding", ".callvault"}
    assert {head["ObjectLockMode"] for head in every.values()} == {"GOVERNANCE"}
    until = {f"{head['ObjectLockRetainUntilDate']:%Y-%m-%dT%H:%M}" for head in every.values()}
    assert until == {"2031-11-16T16:00"}  # midnight in Shanghai
    assert "mirror_unlocked" not in {code for code, _ in desk.codes()}
    key = next(key for key in every if key.startswith("陈建国"))
    with pytest.raises(ClientError, match="AccessDenied"):
        client(desk).delete_object(
            Bucket=desk.settings.mirror and desk.settings.mirror.bucket,
            Key=key,
            VersionId=every[key]["VersionId"],
        )


def test_a_customers_objects_are_held_and_let_go_as_a_person_says(desk: SmallOffice) -> None:
    told = json.loads(tell_add(Person(desk).desk, "陈建国", " 诉讼 ", "json").output)
    assert (told["held"], told["reason"], told["objects_on_hold"]) == (True, "诉讼", 1)
    assert on_hold(desk) == {"陈建国"}
    (one,) = listed(desk)
    assert (one["customer"], one["by"], one["since"]) == (
        "陈建国", "李经理", "2026-11-16T16:30:00+08:00",
    )  # fmt: skip
    assert (one["recordings"], one["objects"], one["objects_on_hold"]) == (1, 1, 1)
    for said in ("陈建国 15405381201", "since 2026-11-16 16:30, by 李经理", "诉讼", "1 recordings"):
        assert said in text(desk)
    again = tell_add(Person(desk, name="王经理").desk, "陈建国", "另一案", "text").output
    assert "since 2026-11-16 16:30, by 李经理" in again
    assert [one["reason"] for one in listed(desk)] == ["诉讼"]
    tell_release(Person(desk).desk, "陈建国", "text")
    assert on_hold(desk) == set()
    assert listed(desk) == []
    assert text(desk) == "nobody is under legal hold\n"


def test_a_recording_takes_its_hold_from_whose_it_is(desk: SmallOffice) -> None:
    person = Person(desk)
    tell_add(person.desk, "王伟 1402", "", "json")
    assert on_hold(desk) == set()
    act = person.assign(WANG, "王伟 1402")["act"]
    assert on_hold(desk) == {"王伟 (1402)"}
    person.assign(WANG, "王伟 1401")
    assert places(desk)[WANG].startswith("王伟")
    assert on_hold(desk) == set()
    person.undo(act + 1)
    assert on_hold(desk) == {"王伟 (1402)"}


def test_the_removed_object_is_told_to_stay_as_a_version(desk: SmallOffice) -> None:
    Person(desk).assign(WANG, "王伟 1402")
    (removed,) = [
        one for one in desk.custody() if one["event"] == "removed" and "王伟" in one["key"]
    ]
    assert removed["version_kept"] is True


def test_holds_and_locks_come_back_with_a_rebuilding(desk: SmallOffice) -> None:
    tell_add(Person(desk).desk, "陈建国", "诉讼", "json")
    tell_add(Person(desk).desk, "刘海燕", "", "json")
    tell_release(Person(desk).desk, "刘海燕", "json")
    desk.ingest()
    before, held = desk.rows(), listed(desk)
    assert [row[-1] for row in before["object"] if row[0].startswith("陈建国")] == [1]  # type: ignore[attr-defined]
    rebuild(Store(desk.archive), desk.settings.catalogue.url, EVENING)
    after = desk.rows()
    assert after["legal_hold"] == before["legal_hold"]
    assert _recordings(after["object"]) == _recordings(before["object"])
    assert listed(desk) == held


def _recordings(objects: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [one for one in objects if not str(one[0]).startswith(".callvault/custody/")]


def test_selftest_tries_the_lock(desk: SmallOffice) -> None:
    clocks = Clocks(partial(datetime.now, UTC), monotonic)
    every = {one.name: one.result for one in tried(desk.settings, clocks) if one.part == "mirror"}
    assert every["lock"].message.key == "selftest.object_lock"


def test_while_another_works_on_the_archive_a_hold_is_written_down(desk: SmallOffice) -> None:
    with FileLock(desk.archive / ".callvault/lock"):
        told = tell_add(Person(desk).desk, "陈建国", "", "text")
        assert on_hold(desk) == set()
    (note,) = told.notes
    assert "within 300 seconds" in note
    desk.ingest()
    assert on_hold(desk) == {"陈建国"}


def test_in_quiet_hours_nobody_is_promised_that_the_daemon_does_it_at_once(
    without: SmallOffice,
) -> None:
    assert without.settings.mirror is not None
    mirror = replace(without.settings.mirror, quiet=(Hours(time(8, 30), time(18)),))
    quiet = replace(without, settings=replace(without.settings, mirror=mirror))
    with FileLock(without.archive / ".callvault/lock"):
        for language in LANGUAGES:
            (note,) = tell_add(Person(quiet, language=language).desk, "陈建国", "", "text").notes
            assert "18:00" in note


def test_what_the_store_refuses_is_told_with_its_reason(
    desk: SmallOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "")
        tell_add(Person(desk).desk, "陈建国", "", "text")
    assert "to follow" in text(desk)
    assert listed(desk)[0]["refused"]
    desk.ingest()
    assert on_hold(desk) == {"陈建国"}
    assert listed(desk)[0]["refused"] is None


# A store that knows neither


def test_selftest_says_that_there_is_no_lock(without: SmallOffice) -> None:
    clocks = Clocks(partial(datetime.now, UTC), monotonic)
    every = {one.name: one for one in tried(without.settings, clocks) if one.part == "mirror"}
    assert every["lock"].result.message.key == "store.lock_none"
    assert every["lock"].result.outcome is Outcome.FAIL
    assert not every["lock"].must


def test_an_unlocked_mirror_is_one_finding_and_the_recordings_are_mirrored(
    without: SmallOffice,
) -> None:
    codes = [code for code, _ in without.codes()]
    assert codes.count("mirror_unlocked") == 1
    assert "mirror_pending" not in codes
    assert len(without.mirrored()) == 3
    (finding,) = [one for one in without.report()["findings"] if one["code"] == "mirror_unlocked"]
    assert finding["severity"] == "warning"
    assert "3 " in finding["message"]


def test_who_gives_the_lock_up_as_the_finding_advises_is_told_no_more(without: SmallOffice) -> None:
    assert without.settings.mirror is not None
    mirror = replace(without.settings.mirror, lock="off")
    given_up = replace(without, settings=replace(without.settings, mirror=mirror))
    assert "mirror_unlocked" not in {code for code, _ in given_up.codes()}


def test_a_hold_stands_in_callvault_alone_and_no_object_is_touched(without: SmallOffice) -> None:
    before = without.mirrored()
    told = tell_add(Person(without).desk, "陈建国", "", "text").output
    assert "stands in callvault alone" in told
    assert without.mirrored() == before
    (one,) = listed(without)
    assert (one["objects"], one["objects_on_hold"], one["objects_without_legal_hold"]) == (1, 0, 1)
    without.ingest()
    assert without.mirrored() == before
    tell_release(Person(without).desk, "陈建国", "text")
    assert without.mirrored() == before


def test_what_is_not_under_hold_cannot_be_released(without: SmallOffice) -> None:
    for named in ("陈建国", "没有的人"):
        with pytest.raises(WordError):
            tell_release(Person(without).desk, named, "text")
    with pytest.raises(WordError):
        tell_add(Person(without).desk, "王伟", "", "text")  # there are two
    assert CHEN in without.statuses()
