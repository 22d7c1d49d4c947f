"""Object Lock in the mirror: as long as the office retains, and told where a store falls short."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from archive.catalogue import outbox_enlisting
from archive.mirror import Mirror
from archive.object_lock import LockRule, lock_rule, shortfall, strengthened
from archive.objects import ObjectLock, StoredObject
from config.language import LANGUAGES, Words
from config.load import FILE, load
from config.settings import Retention
from tests.archive.memory_objects import MemoryStore
from tests.archive.small_archive import AT, DAY, SmallArchive, sheet

ZONE = ZoneInfo("Asia/Shanghai")
RULE = LockRule("compliance", Retention(5), ZONE)
UNTIL = datetime(2031, 11, 17, tzinfo=ZONE)
A = "张三/2026-11-16/a.mp3"


def drain(archive: SmallArchive, store: MemoryStore, rule: LockRule | None = RULE) -> None:
    mirror = Mirror(archive.catalogue, archive.store, store, 2, lambda: AT, lock_rule=rule)
    mirror.drain(everything=True)


def entry(archive: SmallArchive, event: str) -> Mapping[str, object]:
    """The last of its kind."""
    said = [json.loads(one.entry) for one in archive.custody()]
    return next(one for one in reversed(said) if one["event"] == event)


# How long, and what falls short of it


def test_a_lock_ends_when_retention_does_and_none_is_asked_for_after_that() -> None:
    assert RULE.lock(DAY, AT) == ObjectLock("compliance", UNTIL)
    assert RULE.lock(DAY, UNTIL - timedelta(seconds=1)) is not None
    assert RULE.lock(DAY, UNTIL) is None
    late = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)  # the 16th by the office's clock
    assert RULE.lock(None, late) == ObjectLock("compliance", UNTIL)


def test_a_phone_with_a_clock_of_years_ahead_locks_nothing_for_longer() -> None:
    """Nobody could take it back."""
    for years_ahead in (date(2099, 1, 1), DAY + timedelta(days=1)):
        assert RULE.lock(years_ahead, AT) == RULE.lock(DAY, AT)


def test_the_settings_make_the_rule(tmp_path: Path) -> None:
    paths = "[inbox]\npath = 'in'\n[archive]\npath = 'store'\n"
    mirror = "[mirror]\nbucket = 'calls'\n"
    retention = "[retention]\nyears = 5\n"

    def rule(text: str) -> LockRule | None:
        (tmp_path / FILE).write_text(paths + text, encoding="utf-8")
        settings = load(tmp_path / FILE, {})
        return lock_rule(settings, settings.mirror)

    assert rule(retention) is None
    assert rule(mirror + retention) is None
    assert rule(f"{mirror}lock = 'compliance'\n{retention}") == RULE


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (ObjectLock("compliance", UNTIL), None),
        (ObjectLock("compliance", UNTIL + timedelta(days=1)), None),
        (None, "store.lock_none"),
        (ObjectLock("compliance", UNTIL - timedelta(seconds=1)), "store.lock_short"),
        (ObjectLock("governance", UNTIL), "store.lock_weak"),
        (ObjectLock("a_kind_of_its_own", UNTIL), "store.lock_weak"),
    ],
)
def test_what_falls_short_is_told(shown: ObjectLock | None, why: str | None) -> None:
    told = shortfall(ObjectLock("compliance", UNTIL), shown)
    assert (told.key if told else None) == why
    if told is not None:
        assert all(Words(language).say(told) for language in LANGUAGES)


def test_a_stronger_kind_than_asked_for_is_fine() -> None:
    asked = ObjectLock("governance", UNTIL)
    assert shortfall(asked, ObjectLock("compliance", UNTIL)) is None


def test_a_lock_is_never_made_less_than_it_is() -> None:
    asked, longer = ObjectLock("compliance", UNTIL), UNTIL + timedelta(days=1)
    assert strengthened(asked, None) == asked
    assert strengthened(asked, ObjectLock("governance", longer)) == replace(asked, until=longer)
    weaker = ObjectLock("governance", longer)
    assert strengthened(weaker, asked) == ObjectLock("compliance", longer)


# The mirror


def test_recordings_and_papers_are_locked_and_custody_says_until_when(
    archive: SmallArchive,
) -> None:
    store = MemoryStore(locks=True)
    held = archive.admit(b"a call", call_day=date(2026, 11, 13))
    archive.enter(sheet())
    path = archive.store.path(f".callvault/sheets/{sheet().sha256}.xlsx")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"the first version")
    with archive.catalogue.transaction() as tx:
        outbox_enlisting.enlist(tx, AT)
    drain(archive, store)
    assert store.locked == {
        held.path: ObjectLock("compliance", datetime(2031, 11, 14, tzinfo=ZONE)),
        path.relative_to(archive.store.root).as_posix(): ObjectLock("compliance", UNTIL),
    }
    assert archive.mirror_state(held).unlocked is None
    said = [json.loads(one.entry) for one in archive.custody()]
    mirrored = next(one for one in said if one.get("key") == held.path)
    assert mirrored["locked_until"] == "2031-11-14T00:00:00+08:00"


def test_an_unlocked_copy_is_better_than_none_and_told(archive: SmallArchive) -> None:
    held = archive.admit(b"a call")
    drain(archive, MemoryStore())
    state = archive.mirror_state(held)
    assert state.checksum == held.sha256
    assert state.unlocked is not None
    assert state.unlocked.key == "store.lock_none"
    assert "locked_until" not in entry(archive, "mirrored")


def test_a_lock_that_the_bucket_shows_by_itself_is_written_down_too(
    archive: SmallArchive,
) -> None:
    class Default(MemoryStore):
        def look(self, key: str) -> StoredObject | None:
            found = super().look(key)
            return found and replace(found, lock=ObjectLock("governance", UNTIL))

    held = archive.admit(b"a call")
    drain(archive, Default(), rule=None)
    assert archive.mirror_state(held).unlocked is None
    assert entry(archive, "mirrored")["locked_until"] == UNTIL.isoformat()


def test_what_was_owed_before_the_settings_changed_is_done_by_the_new_ones(
    archive: SmallArchive,
) -> None:
    """Refused under the old ones, under which nothing was to be locked, and the other way round."""
    for number, (first, second) in enumerate([(None, RULE), (RULE, None)]):
        store = MemoryStore(locks=True)
        held = archive.admit(b"%d" % number, f"{number}.mp3")
        store.down = True
        drain(archive, store, first)
        store.down = False
        drain(archive, store, second)
        assert archive.mirror_state(held).checksum == held.sha256
        assert (held.path in store.locked) == (second is not None)


def test_what_is_older_than_retention_is_mirrored_without_a_lock(archive: SmallArchive) -> None:
    held = archive.admit(b"a call", call_day=date(2021, 11, 1))
    store = MemoryStore(locks=True)
    drain(archive, store)
    assert store.locked == {}
    assert archive.mirror_state(held).checksum == held.sha256
    assert archive.mirror_state(held).unlocked is None


@pytest.mark.parametrize("versions", [True, False])
def test_a_removal_says_whether_the_old_version_stays(
    archive: SmallArchive, *, versions: bool
) -> None:
    store = MemoryStore(locks=versions)
    held = archive.admit(b"a call")
    drain(archive, store)
    archive.move(held, A)
    drain(archive, store)
    assert list(store.objects) == [A]
    removed = entry(archive, "removed")
    assert removed["key"] == held.path
    assert removed.get("version_kept") == (True if versions else None)
