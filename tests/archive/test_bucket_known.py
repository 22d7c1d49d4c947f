"""What was found out about a bucket is known again, of that bucket alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.bucket_known import Known, keep, known
from archive.trial import Outcome, Result, Trial, failed, passed
from config.language import Message
from config.settings import Mirror

MIRROR = Mirror("recordings", "办公室", "https://s3.example.com", "cn-1", "auto", "office", 8)
AT = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
FOUND = Known(
    AT,
    [
        Trial("mirror", "reached", False, passed("reached")),
        Trial("mirror", "look", True, passed("look_without_checksum").meaning()),
        Trial("mirror", "keys", True, failed("keys", keys="张三/通话.mp3").meaning()),
    ],
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    (tmp_path / ".callvault").mkdir()
    return tmp_path


def test_what_was_kept_is_known_in_every_language(archive: Path) -> None:
    assert known(archive, MIRROR) is None
    keep(archive, MIRROR, FOUND)
    assert known(archive, MIRROR) == FOUND
    later = replace(FOUND, trials=FOUND.trials[:1])
    keep(archive, MIRROR, later)
    assert known(archive, MIRROR) == later
    assert [one.name for one in (archive / ".callvault").iterdir()] == ["bucket.json"]


@pytest.mark.parametrize(
    "changed",
    [
        {"bucket": "others"},
        {"prefix": ""},
        {"endpoint_url": "https://s3.other.example.com"},
        {"region": None},
        {"addressing_style": "path"},
        {"profile": None},
        {"store": "ceph"},
        {"encryption": "AES256"},
        {"encryption": "aws:kms", "kms_key": "alias/calls"},
    ],
)
def test_of_another_bucket_nothing_is_known(archive: Path, changed: dict[str, Any]) -> None:
    keep(archive, MIRROR, FOUND)
    assert known(archive, replace(MIRROR, **changed)) is None
    assert known(archive, replace(MIRROR, workers=2)) == FOUND


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: "",
        lambda said: said[: len(said) // 2],
        lambda _: "[]",
        lambda _: '{"form": 1}',
        lambda said: said.replace('"form": 1', '"form": 2'),
        lambda said: said.replace("+00:00", ""),
        lambda said: said.replace("selftest.keys_means", "selftest.what_is_no_more"),
        lambda said: said.replace('"keys": "', '"called_otherwise": "'),
        lambda said: said.replace('"name": "look"', '"name": "what_is_no_more"'),
        lambda said: said.replace('"outcome": "fail"', '"outcome": "perhaps"'),
    ],
)
def test_what_cannot_be_used_is_found_out_anew(archive: Path, spoil: Any) -> None:
    keep(archive, MIRROR, FOUND)
    file = archive / ".callvault/bucket.json"
    said = file.read_text(encoding="utf-8")
    spoiled = spoil(said)
    assert spoiled != said
    file.write_text(spoiled, encoding="utf-8")
    assert known(archive, MIRROR) is None


def test_where_the_archive_is_away_nothing_is_made_in_its_place(tmp_path: Path) -> None:
    keep(tmp_path / "archive", MIRROR, FOUND)
    assert list(tmp_path.iterdir()) == []


def test_only_a_bucket_that_was_there_and_answered_is_known() -> None:
    assert FOUND.conclusive
    away = Result(Outcome.UNKNOWN, Message.of("store.unreachable", endpoint="e", code="c"))
    refused = Result(Outcome.FAIL, Message.of("store.no_such_bucket", endpoint="e", bucket="b"))
    last = Trial("mirror", "list", True, away)
    assert not Known(AT, [*FOUND.trials, last]).conclusive
    assert not Known(AT, [Trial("mirror", "reached", False, refused)]).conclusive
    assert not Known(AT, []).conclusive
