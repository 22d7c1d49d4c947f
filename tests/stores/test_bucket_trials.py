"""What `callvault check` finds out about a bucket is what its store is said to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.objects import ObjectStore
from archive.selftest_s3 import bucket_trials
from archive.trial import Outcome
from tests.stores.places import Bucket


@pytest.mark.parametrize("encryption", ["none", "AES256"])
def test_each_habit_is_found_out_and_nothing_is_left(
    bucket: Bucket,
    store: ObjectStore,  # empties the bucket
    encryption: str,
) -> None:
    habits = bucket.habits
    asked = replace(bucket.mirror, encryption=encryption)
    found = {one.name: one for one in bucket_trials(asked, lambda: datetime.now(UTC))}
    told = {name: one.result.message.key.partition(".")[2] for name, one in found.items()}
    failed = {name for name, one in found.items() if one.result.outcome is not Outcome.PASS}
    assert list(store.list("")) == []
    if encryption != "none" and habits.refuses_encryption:
        assert {"put", "encryption"} <= failed
        assert found["put"].must
        return
    ignored = encryption != "none" and not habits.tells_encryption
    assert failed == ({"encryption"} if ignored else set())
    assert found["encryption"].must == (encryption != "none")
    checked, refused = "sha256_checked", "condition"
    assert told["look"] == ("look" if habits.tells_checksum else "look_without_checksum")
    assert told["wrong_sha256"] == (checked if habits.checks_checksum else "sha256_unchecked")
    assert told["wrong_md5"] == "md5_checked"
    assert told["condition"] == (refused if habits.refuses_overwriting else "condition_ignored")
    assert told["parts"].startswith("parts_")
    assert told["metadata"] == "metadata_kept"
    assert told["versions"] == ("versions_on" if habits.locked else "versions_off")
    assert told["lock_rule"] == ("lock_rule_default" if habits.locked else "lock_rule_none")
    assert told["legal_hold"] == ("legal_hold" if habits.locked else "legal_hold_untried")
    assert told["addressing"] == "addressing_only"
    assert told["store"] == "skew_none"
