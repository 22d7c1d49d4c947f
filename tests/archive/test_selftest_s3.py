"""What a bucket does where stores differ is found out and told, whatever it is."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from archive.selftest_s3 import bucket_trials
from archive.trial import Outcome, Trial
from config.language import LANGUAGES, Words
from config.settings import Mirror
from tests.archive.difficult_s3 import DifficultS3, Refusal
from tests.s3_server import ENVIRONMENT, S3Server, free_port

NAMED = "s3.office.test"
"""A host's name, which a bucket's can stand before."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ENVIRONMENT, "NO_PROXY": "*"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def difficult() -> Iterator[DifficultS3]:
    with DifficultS3() as server:
        yield server


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """All names below the host are this computer's."""
    resolve = socket.getaddrinfo

    def resolved(host: Any, *more: Any, **options: Any) -> Any:
        there = isinstance(host, str) and host.endswith(NAMED)
        return resolve("127.0.0.1" if there else host, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


def mirror(endpoint_url: str, **more: Any) -> Mirror:
    return replace(Mirror("recordings", "办公室", endpoint_url, None, "path", None, 2), **more)


def tried(asked: Mirror) -> Mapping[str, Trial]:
    found = {one.name: one for one in bucket_trials(asked, lambda: datetime.now(UTC))}
    for one in found.values():
        for language in LANGUAGES:
            words = Words(language)
            assert words(f"selftest.try_{one.part}_{one.name}")
            assert words.say(one.result.message)
            assert one.result.means is None or words.say(one.result.means)
    return found


def answers(found: Mapping[str, Trial]) -> Mapping[str, str]:
    return {name: one.result.message.key.removeprefix("selftest.") for name, one in found.items()}


def failed(found: Mapping[str, Trial]) -> set[str]:
    return {name for name, one in found.items() if one.result.outcome is Outcome.FAIL}


def test_of_a_store_that_checks_nothing_that_is_told_as_a_lacking_must(
    difficult: DifficultS3,
) -> None:
    """What is damaged on its way would pass for sound there; nor does it take anything in parts."""
    found = tried(mirror(difficult.endpoint_url))
    assert failed(found) == {"wrong_md5", "parts"}
    assert found["wrong_md5"].must
    told = answers(found)
    assert told["wrong_sha256"] == "sha256_unchecked"
    assert told["wrong_md5"] == "unchecked"
    assert told["metadata"] == "metadata_lost"
    assert told["versions"] == "versions_unknown"
    assert (told["lock_rule"], told["legal_hold"]) == ("lock_rule_none", "legal_hold_untried")
    assert difficult.objects == {}


@pytest.mark.parametrize(
    ("conditions", "store", "answer"),
    [
        ("honoured", None, "condition"),
        ("ignored", None, "condition_ignored"),
        ("unknown", None, "condition_unknown"),
        ("aliyun", None, "condition_unknown"),
        ("aliyun", "aliyun", "condition"),
        ("InvalidArgument", "aliyun", "condition_unknown"),
    ],
)
def test_how_a_condition_is_taken(
    difficult: DifficultS3, conditions: str, store: str | None, answer: str
) -> None:
    difficult.conditions = conditions
    one = tried(mirror(difficult.endpoint_url, store=store))["condition"]
    assert one.result.message.key == f"selftest.{answer}"
    assert one.result.outcome is Outcome.PASS  # callvault looks before it writes
    header = "x-oss-forbid-overwrite" if store else "If-None-Match"
    assert dict(one.result.message.values)["header"] == header


def test_a_key_that_may_not_ask_is_no_fault_of_the_bucket(
    difficult: DifficultS3,
) -> None:
    difficult.denied = {"versioning", "object-lock"}
    found = tried(mirror(difficult.endpoint_url))
    assert answers(found)["versions"] == "versions_untold"
    assert answers(found)["lock_rule"] == "lock_rule_untold"
    assert answers(found)["legal_hold"] == "legal_hold_unasked"  # it may have locks
    assert not {"versions", "lock_rule", "legal_hold"} & failed(found)


@pytest.mark.parametrize(
    ("encryption", "outcome"), [("AES256", Outcome.FAIL), ("none", Outcome.PASS)]
)
def test_a_store_that_does_not_encrypt_as_it_is_asked_lacks_a_must(
    difficult: DifficultS3, encryption: str, outcome: Outcome
) -> None:
    one = tried(mirror(difficult.endpoint_url, encryption=encryption))["encryption"]
    assert one.result.outcome is outcome
    assert one.must == (encryption == "AES256")


def test_a_store_that_has_no_key_to_encrypt_with_is_told_so(difficult: DifficultS3) -> None:
    difficult.keyless = True
    one = tried(mirror(difficult.endpoint_url, encryption="AES256"))["encryption"]
    assert one.must
    assert one.result.outcome is Outcome.FAIL
    assert one.result.message.key == "selftest.encryption_impossible"
    difficult.refusals["PUT"] = Refusal(500, "InternalError")  # whatever is asked for
    one = tried(mirror(difficult.endpoint_url, encryption="AES256"))["encryption"]
    assert one.result.outcome is Outcome.UNKNOWN


def test_an_outage_is_not_taken_for_what_the_bucket_does(difficult: DifficultS3) -> None:
    difficult.refusals["POST"] = Refusal(503, "SlowDown")
    assert tried(mirror(difficult.endpoint_url))["parts"].result.outcome is Outcome.UNKNOWN


def test_a_refusal_is_told_with_its_remedy_and_the_rest_goes_on(difficult: DifficultS3) -> None:
    difficult.refusals["POST"] = Refusal(403, "AccessDenied")
    found = tried(mirror(difficult.endpoint_url))
    assert answers(found)["parts"] == "store.access_denied"
    assert answers(found)["metadata"] == "metadata_lost"


def test_a_store_that_heeds_the_sha256_alone_will_do(difficult: DifficultS3) -> None:
    difficult.checks_sha256 = True
    found = tried(mirror(difficult.endpoint_url))
    assert answers(found)["wrong_sha256"] == "sha256_checked"
    assert answers(found)["wrong_md5"] == "md5_unchecked"
    assert found["wrong_md5"].result.outcome is Outcome.PASS


# Versions and locks


@pytest.mark.parametrize(
    ("status", "answer"),
    [("Enabled", "versions_on"), ("Suspended", "versions_suspended"), ("", "versions_off")],
)
def test_versions_are_told(difficult: DifficultS3, status: str, answer: str) -> None:
    said = f"<Status>{status}</Status>" if status else ""
    difficult.told["versioning"] = f"<VersioningConfiguration>{said}</VersioningConfiguration>"
    assert answers(tried(mirror(difficult.endpoint_url)))["versions"] == answer


def locked(rule: str) -> str:
    enabled = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    return f"<ObjectLockConfiguration>{enabled}{rule}</ObjectLockConfiguration>"


def test_a_lock_without_a_default_is_told(difficult: DifficultS3) -> None:
    difficult.told["object-lock"] = locked("")
    difficult.denied = {"legal-hold"}
    told = answers(tried(mirror(difficult.endpoint_url)))
    assert (told["lock_rule"], told["legal_hold"]) == ("lock_rule_on", "legal_hold_refused")


def test_a_default_of_years_is_told(difficult: DifficultS3) -> None:
    rule = "<DefaultRetention><Mode>COMPLIANCE</Mode><Years>5</Years></DefaultRetention>"
    difficult.told["object-lock"] = locked(f"<Rule>{rule}</Rule>")
    one = tried(mirror(difficult.endpoint_url))["lock_rule"]
    assert dict(one.result.message.values) == {"mode": "COMPLIANCE", "how_long": "5 a"}


def test_a_hold_that_does_not_show_is_told(difficult: DifficultS3) -> None:
    difficult.told |= {"object-lock": locked(""), "legal-hold": "<LegalHold></LegalHold>"}
    assert answers(tried(mirror(difficult.endpoint_url)))["legal_hold"] == "legal_hold_untold"


def test_a_hold_that_cannot_be_taken_off_is_told_with_its_object(difficult: DifficultS3) -> None:
    difficult.told["object-lock"] = locked("")
    difficult.told["legal-hold"] = "<LegalHold><Status>ON</Status></LegalHold>"
    difficult.denied = {"no-more"}
    one = tried(mirror(difficult.endpoint_url))["legal_hold"]
    assert one.result.message.key == "selftest.legal_hold_stays"
    assert one.result.outcome is Outcome.FAIL
    assert dict(one.result.message.values)["key"].endswith("/held")


def test_a_hold_is_taken_off_although_its_answer_was_unreadable(difficult: DifficultS3) -> None:
    difficult.told |= {"object-lock": locked(""), "legal-hold": "<LegalHold"}
    assert tried(mirror(difficult.endpoint_url))["legal_hold"].result.outcome is Outcome.UNKNOWN
    asked = [one.method for one in difficult.seen if one.query == "legal-hold"]
    assert asked.count("PUT") == 2
    assert asked[-1] == "PUT"


# Addressing


@pytest.mark.usefixtures("names")
def test_a_store_that_takes_one_way_alone(tmp_path: Path) -> None:
    with S3Server(tmp_path / "s3") as server:
        port = urlsplit(server.endpoint_url).port
        named = mirror(f"http://{NAMED}:{port}")
        one = tried(named)["addressing"]
        assert one.result.message.key == "selftest.addressing_one"
        assert dict(one.result.message.values) == {"used": "path", "other": "virtual"}
        wrong = tried(replace(named, addressing_style="virtual"))
        assert wrong["reached"].result.outcome is not Outcome.PASS
        assert 'addressing_style = "path"' in Words("en").say(
            wrong["addressing"].result.means or wrong["addressing"].result.message
        )
        assert answers(tried(mirror(server.endpoint_url)))["addressing"] == "addressing_only"


def test_a_bucket_that_is_reached_neither_way_is_told_and_no_more() -> None:
    found = tried(mirror(f"http://127.0.0.1:{free_port()}", addressing_style="virtual"))
    assert list(found) == ["reached", "store"]
    assert {one.result.outcome for one in found.values()} == {Outcome.UNKNOWN}


def test_settings_that_cannot_be_used_are_told() -> None:
    found = tried(mirror("http://127.0.0.1:9", profile="nobody"))
    assert answers(found) == {"reached": "store.no_profile"}
