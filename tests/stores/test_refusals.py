"""Wrong settings and credentials are told with what to do, whatever the store was asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from archive.objects import ObjectStore, StoreError
from archive.s3_parts import PART
from config.language import Words
from tests.archive.s3_case import CONTENTS, EVERY_USE, KEY_OF_CALL, Use, refused
from tests.s3_server import SECRET, free_port
from tests.stores.places import Bucket
from tests.stores.recording import Recording


@pytest.fixture
def refused_each(tmp_path: Path) -> Callable[[ObjectStore, str], str]:
    """Has the store do everything there is, each of it refused; returns all that was said."""
    call = Recording(tmp_path / "call.mp3", CONTENTS)
    large = Recording(tmp_path / "large.wav", bytes(PART + 1))

    def put_large(store: ObjectStore, _: Path) -> None:
        large.put(store, KEY_OF_CALL)

    uses: dict[str, Use] = {**EVERY_USE, "put large": put_large}

    def refuse(store: ObjectStore, sentence: str, *, outage: bool = False) -> str:
        return "\n".join(
            refused(partial(use, store, call.path), sentence, outage=outage)
            for use in uses.values()
        )

    return refuse


def test_wrong_secret(
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    refused_each: Callable[[ObjectStore, str], str],
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET + "x")
    if bucket.habits.checks_secret:
        said = refused_each(bucket.connect(), "wrong_secret")
        assert said.count("AWS_SECRET_ACCESS_KEY") >= len(EVERY_USE)
    else:
        bucket.connect().check()


def test_wrong_key(
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
    refused_each: Callable[[ObjectStore, str], str],
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone-else")
    said = refused_each(bucket.connect(), "unknown_key")
    assert said.count("AWS_ACCESS_KEY_ID") >= len(EVERY_USE)
    assert "someone-else" not in said


def test_missing_bucket(bucket: Bucket, refused_each: Callable[[ObjectStore, str], str]) -> None:
    missing = bucket.connect(bucket="no-such-bucket")
    if bucket.habits.makes_buckets:  # so it is asked before anything is sent, as `connecting` does
        refused(missing.check, "no_such_bucket")
        refused(lambda: list(missing.list("")), "no_such_bucket")
        return
    said = refused_each(missing, "no_such_bucket")
    assert said.count("no-such-bucket") >= len(EVERY_USE)
    assert "[mirror] bucket" in said


def test_an_endpoint_where_nobody_answers(bucket: Bucket) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    said = refused(bucket.connect(endpoint_url=address).check, "unreachable", outage=True)
    assert address in said


def test_an_endpoint_with_the_wrong_scheme(bucket: Bucket, recording: Recording) -> None:
    right = bucket.mirror.endpoint_url or ""
    scheme, _, host = right.partition("://")
    wrong = f"{'https' if scheme == 'http' else 'http'}://{host}"
    store = bucket.connect(endpoint_url=wrong)
    for use in ("look", "check"):
        with pytest.raises(StoreError) as caught:
            EVERY_USE[use](store, recording.path)
        assert wrong in Words("zh").say(caught.value.message)
