"""What a bucket really does is found out, told with its remedy, and nothing is left in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from archive.objects import ObjectLock, ObjectStore, StoredObject, StoreError
from archive.s3 import S3Store, connect
from archive.selftest_store import clock_trial, store_trials
from archive.trial import Outcome, Trial
from config.language import LANGUAGES, Message, Words
from config.settings import Mirror
from tests.archive.difficult_s3 import DifficultS3, Refusal
from tests.archive.memory_objects import MemoryStore
from tests.s3_server import ENVIRONMENT, S3Server

ALL = [
    *("reached", "put", "look", "read", "overwrite", "keys", "key_long", "copy", "list"),
    *("delete", "removed"),
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def s3(endpoint_url: str) -> S3Store:
    mirror = Mirror("recordings", "office", endpoint_url, "us-east-1", "path", None, 2)
    return connect(mirror, read_seconds=5, ask_after=0)


def tried(store: ObjectStore) -> Mapping[str, Trial]:
    found = {one.name: one for one in store_trials(store, "1")}
    for one in found.values():
        for language in LANGUAGES:
            words = Words(language)
            assert words(f"selftest.try_mirror_{one.name}")
            assert words.say(one.result.message)
            assert one.result.means is None or words.say(one.result.means)
    return found


def wrong(found: Mapping[str, Trial]) -> Mapping[str, tuple[str, str]]:
    """Of what did not pass: how it came out, and the sentence's key."""
    return {
        name: (one.result.outcome.value, one.result.message.key)
        for name, one in found.items()
        if one.result.outcome is not Outcome.PASS
    }


# Stores as they are


def test_a_real_server_passes_and_nothing_is_left_on_it(tmp_path: Path) -> None:
    with S3Server(tmp_path / "s3") as server:
        found = tried(s3(server.endpoint_url))
    assert list(found) == ALL
    assert wrong(found) == {}
    assert [one for one in (tmp_path / "s3/recordings").rglob("*") if one.is_file()] == []
    assert {name for name, one in found.items() if one.must} == {
        "put", "look", "read", "overwrite", "keys", "list",
    }  # fmt: skip


def test_a_store_that_keeps_no_checksum_is_told_with_what_that_means() -> None:
    kept = tried(MemoryStore())
    assert kept["look"].result.message.key == "selftest.look"
    assert kept["look"].result.means is None
    untold = tried(MemoryStore(keeps_checksums=False))
    assert untold["look"].result.message.key == "selftest.look_without_checksum"
    assert untold["look"].result.means == Message("selftest.look_without_checksum_means")
    assert wrong(kept) == wrong(untold) == {}


def test_a_bucket_that_is_not_there_is_told_and_no_more(tmp_path: Path) -> None:
    with S3Server(tmp_path / "s3", bucket="another") as server:
        found = tried(s3(server.endpoint_url))
    assert wrong(found) == {"reached": ("fail", "store.no_such_bucket")}
    assert list(found) == ["reached"]


def test_of_a_store_that_does_not_answer_nothing_can_be_told(tmp_path: Path) -> None:
    server = S3Server(tmp_path / "s3")
    found = tried(s3(server.endpoint_url))
    assert wrong(found) == {"reached": ("unknown", "store.unreachable")}


# Stores with one fault each


class _Wrapped:
    """A store that does as another one does."""

    def __init__(self, store: ObjectStore | None = None) -> None:
        self.store = store or MemoryStore()

    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        self.store.put(key, path, sha256, size, metadata, lock)

    def look(self, key: str) -> StoredObject | None:
        return self.store.look(key)

    def read_sha256(self, key: str) -> str | None:
        return self.store.read_sha256(key)

    def fetch(self, key: str, writer: BinaryIO) -> str | None:
        return self.store.fetch(key, writer)

    def copy(self, key: str, to: str, lock: ObjectLock | None = None) -> None:
        self.store.copy(key, to, lock)

    def delete(self, key: str) -> bool:
        return self.store.delete(key)

    def purge(self, key: str) -> bool:
        return self.store.purge(key)

    def hold(self, key: str, *, on: bool) -> bool:
        return self.store.hold(key, on=on)

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        return self.store.list(prefix, after)

    def is_empty(self) -> bool:
        return self.store.is_empty()

    def sweep(self, mine: Callable[[str], bool]) -> None:
        self.store.sweep(mine)

    def clock(self) -> datetime | None:
        return self.store.clock()

    def check(self) -> None:
        self.store.check()


def denied(sentence: str = "access_denied") -> StoreError:
    place = {"bucket": "b", "endpoint": "e", "code": "AccessDenied"}
    return StoreError(Message.of(f"store.{sentence}", **place))


class Overwriting(_Wrapped):
    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        self.store.delete(key)
        super().put(key, path, sha256, size, metadata, lock)


class Flipping(_Wrapped):
    def read_sha256(self, key: str) -> str | None:
        found = self.store.read_sha256(key)
        return found and found[::-1]


class Miscounting(_Wrapped):
    def look(self, key: str) -> StoredObject | None:
        found = self.store.look(key)
        return found and StoredObject(key, found.size + 1, found.sha256)


class OnlyAscii(_Wrapped):
    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        if not key.isascii():
            raise denied("refused")
        super().put(key, path, sha256, size, metadata, lock)


class Short(_Wrapped):
    def put(
        self,
        key: str,
        path: Path,
        sha256: str,
        size: int,
        metadata: Mapping[str, str],
        lock: ObjectLock | None = None,
    ) -> None:
        if len(key.encode()) > 500:
            raise denied("refused")
        super().put(key, path, sha256, size, metadata, lock)


class Forgetful(_Wrapped):
    """Its list lags behind."""

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        return iter(list(self.store.list(prefix, after))[1:])


class ByFolder(_Wrapped):
    """Its list is of folder after folder."""

    def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        return iter(sorted(self.store.list(prefix, after), key=lambda one: one.key.split("/")))


class WriteOnce(_Wrapped):
    def delete(self, key: str) -> bool:
        del key
        raise denied()


class PutOnly(WriteOnce):
    def look(self, key: str) -> StoredObject | None:
        del key
        raise denied()

    def read_sha256(self, key: str) -> str | None:
        del key
        raise denied()


READ = ("fail", "selftest.store_read_otherwise")
DENIED = ("fail", "store.access_denied")


@pytest.mark.parametrize(
    ("store", "faults"),
    [
        (Overwriting(), {"overwrite": ("fail", "selftest.store_overwrites")}),
        (
            Flipping(),
            {
                "read": READ,
                "overwrite": ("fail", "selftest.store_overwrites"),
                "keys": ("fail", "selftest.keys"),
                "key_long": ("fail", "selftest.key_long"),
                "copy": ("fail", "selftest.copied_otherwise"),
            },
        ),
        (Miscounting(), {"look": ("fail", "selftest.looked_otherwise")}),
        (
            OnlyAscii(),
            {"keys": ("fail", "selftest.keys"), "key_long": ("fail", "selftest.key_long")},
        ),
        (Short(), {"key_long": ("fail", "selftest.key_long")}),
        (Forgetful(), {"list": ("fail", "selftest.listed_otherwise")}),
        (ByFolder(), {"list": ("fail", "selftest.listed_otherwise")}),
        (
            WriteOnce(),
            {
                "delete": ("fail", "selftest.delete_refused"),
                "removed": ("fail", "selftest.objects_left"),
            },
        ),
        (
            PutOnly(),
            {
                "look": DENIED,
                "read": DENIED,
                "keys": DENIED,
                "key_long": DENIED,
                "overwrite": DENIED,
                "copy": DENIED,
                "list": DENIED,
                "delete": ("fail", "selftest.delete_refused"),
                "removed": ("fail", "selftest.objects_left"),
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_fault_of_a_store_is_told(store: ObjectStore, faults: Mapping[str, object]) -> None:
    found = tried(store)
    assert list(found) == ALL
    assert wrong(found) == faults


def test_what_stays_in_the_bucket_is_counted_with_its_place() -> None:
    store = WriteOnce()
    left = dict(tried(store)["removed"].result.message.values)
    assert isinstance(store.store, MemoryStore)
    assert left == {"count": str(len(store.store.objects)), "prefix": ".callvault/selftest-1/"}
    assert all(key.startswith(left["prefix"]) for key in store.store.objects)


def test_an_outage_half_way_is_told_as_such() -> None:
    class Failing(_Wrapped):
        def list(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
            assert isinstance(self.store, MemoryStore)
            self.store.down = True
            return self.store.list(prefix, after)

    found = tried(Failing())
    assert wrong(found) == {
        "list": ("unknown", "store.unreachable"),
        "delete": ("unknown", "store.unreachable"),
        "removed": ("unknown", "selftest.objects_left"),
    }


def test_refusals_of_a_real_client_are_told_with_their_remedy() -> None:
    with DifficultS3() as server:
        server.refusals["DELETE"] = Refusal(403, "AccessDenied")
        store = s3(server.endpoint_url)
        assert set(wrong(tried(store))) == {"delete", "removed"}
        server.forget()
        server.refusals["PUT"] = Refusal(403, "RequestTimeTooSkewed")
        found = tried(store)
        assert wrong(found)["put"] == ("fail", "store.wrong_clock")
        assert found["removed"].result.outcome is Outcome.PASS


# Clocks

NOON = datetime(2026, 11, 16, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "outcome", "key", "must"),
    [
        (0, "pass", "skew_none", False),
        (30, "pass", "skew_none", False),
        (-30, "pass", "skew_none", False),
        (31, "fail", "skew", False),
        (-31, "fail", "skew", False),
        (300, "fail", "skew", False),
        (301, "fail", "skew_refused", True),
        (-28800, "fail", "skew_refused", True),
    ],
)
def test_clocks_apart_are_told(seconds: int, outcome: str, key: str, must: bool) -> None:
    told = NOON + timedelta(seconds=seconds - 0.5)  # cut to whole seconds, on the average
    one = clock_trial(lambda: told, lambda: NOON)
    assert (one.result.outcome.value, one.result.message.key) == (outcome, f"selftest.{key}")
    assert one.must is must
    assert dict(one.result.message.values)["seconds"] == str(abs(seconds))


def test_the_answers_way_is_not_taken_for_a_difference() -> None:
    moments = iter([NOON, NOON + timedelta(seconds=80), NOON + timedelta(seconds=80)])
    one = clock_trial(lambda: NOON + timedelta(seconds=40), lambda: next(moments))
    assert one.result.outcome is Outcome.PASS


def test_the_time_of_a_real_server_is_this_computers(tmp_path: Path) -> None:
    with S3Server(tmp_path / "s3") as server:
        one = clock_trial(s3(server.endpoint_url).clock, lambda: datetime.now(UTC))
    assert one.result.message.key == "selftest.skew_none"


@pytest.mark.parametrize(
    ("date", "key"),
    [
        ("Mon, 16 Nov 2026 12:00:10 GMT", "skew_none"),
        ("Mon, 16 Nov 2026 20:00:00 +0800", "skew_none"),
        ("Mon, 16 Nov 2026 12:00:00 -0000", "skew_none"),
        ("Mon, 16 Nov 2026 20:00:00 GMT", "skew_refused"),
        ("today", "skew_untold"),
    ],
)
def test_the_stores_time_is_read_from_a_refusal_too(date: str, key: str) -> None:
    """A store that refuses all for the clock's sake still says what time it is."""
    with DifficultS3() as server:
        server.date = date
        server.refusals["HEAD"] = Refusal(403, "RequestTimeTooSkewed")
        one = clock_trial(s3(server.endpoint_url).clock, lambda: NOON)
    assert one.result.message.key == f"selftest.{key}"


def test_without_an_answer_the_clocks_are_not_compared(tmp_path: Path) -> None:
    one = clock_trial(s3(S3Server(tmp_path / "s3").endpoint_url).clock, lambda: NOON)
    assert one.result.outcome is Outcome.UNKNOWN
