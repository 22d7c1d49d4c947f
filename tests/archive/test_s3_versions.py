"""Removing for good from stores that refuse some of it; what they really keep: tests/stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.s3 import S3Store, connect
from config.settings import Mirror
from tests.archive.difficult_s3 import DifficultS3, Refusal
from tests.archive.s3_case import KEY_OF_CALL, refused
from tests.s3_server import ENVIRONMENT


@pytest.fixture
def difficult(monkeypatch: pytest.MonkeyPatch) -> Iterator[DifficultS3]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with DifficultS3() as running:
        running.objects[KEY_OF_CALL] = b"the bytes of a call"
        yield running


@pytest.fixture
def store(difficult: DifficultS3) -> S3Store:
    return connect(Mirror("bucket", "", difficult.endpoint_url, "us-east-1", "path", None, 1))


def listing(*entries: str, more: bool = False) -> str:
    following = f"<NextKeyMarker>{KEY_OF_CALL}</NextKeyMarker>"
    following += "<NextVersionIdMarker>1</NextVersionIdMarker>"
    return (
        f"<ListVersionsResult><IsTruncated>{str(more).lower()}</IsTruncated>"
        f"{following if more else ''}{''.join(entries)}</ListVersionsResult>"
    )


def version(id: str, *, marker: bool = False, latest: bool = False) -> str:
    name = "DeleteMarker" if marker else "Version"
    return (
        f"<{name}><Key>{KEY_OF_CALL}</Key><VersionId>{id}</VersionId>"
        f"<IsLatest>{str(latest).lower()}</IsLatest></{name}>"
    )


def deleted(difficult: DifficultS3) -> list[str]:
    """What was asked to be deleted, by version; empty: the object itself."""
    gone = (one.query for one in difficult.seen if one.method == "DELETE")
    return [query.partition("versionId=")[2].partition("&")[0] for query in gone]


def test_who_may_not_list_versions_deletes_plainly(difficult: DifficultS3, store: S3Store) -> None:
    difficult.denied = {"versions"}
    assert not store.purge(KEY_OF_CALL)
    assert difficult.objects == {}
    assert deleted(difficult) == [""]
    assert not store.purge(KEY_OF_CALL)  # 404


def test_a_store_that_knows_no_versions_is_asked_to_delete_plainly(
    difficult: DifficultS3, store: S3Store
) -> None:
    assert not store.purge(KEY_OF_CALL)
    assert deleted(difficult) == [""]


def test_a_version_that_nobody_may_delete_is_told_to_stay(
    difficult: DifficultS3, store: S3Store
) -> None:
    """The key has the right to delete, and none to delete versions; no lock is shown."""
    gone = version("2", marker=True, latest=True)
    difficult.told = {"versions": listing(gone, version("1"))}
    difficult.refusals["DELETE"] = Refusal(403, "AccessDenied")
    assert store.purge(KEY_OF_CALL)
    assert deleted(difficult) == ["1"]
    difficult.objects = {}
    assert store.purge(KEY_OF_CALL)  # nor can it be asked about


def test_all_pages_of_versions_are_read(difficult: DifficultS3, store: S3Store) -> None:
    hidden = version("3", marker=True, latest=True)
    difficult.told = {
        "versions": listing(hidden, version("1"), more=True),
        "version-id-marker": listing(version("2")),
    }
    difficult.refusals["DELETE"] = Refusal(204)
    store.purge(KEY_OF_CALL)
    assert deleted(difficult) == ["1", "2", "3"]


def test_an_outage_is_no_answer_about_versions(difficult: DifficultS3, store: S3Store) -> None:
    difficult.refusals["GET"] = Refusal(500, "InternalError")
    refused(lambda: store.purge(KEY_OF_CALL), "server_error", outage=True)
    del difficult.refusals["GET"]
    gone = version("2", marker=True, latest=True)
    difficult.told = {"versions": listing(gone, version("1"))}
    difficult.refusals["DELETE"] = Refusal(500, "InternalError")
    refused(lambda: store.purge(KEY_OF_CALL), "server_error", outage=True)
    difficult.refusals["DELETE"] = Refusal(403, "AccessDenied")
    difficult.refusals["HEAD"] = Refusal(500)
    refused(lambda: store.purge(KEY_OF_CALL), "server_error", outage=True)


def test_a_plain_deletion_that_is_refused_is_an_error(
    difficult: DifficultS3, store: S3Store
) -> None:
    difficult.refusals["DELETE"] = Refusal(403, "AccessDenied")
    refused(lambda: store.purge(KEY_OF_CALL), "access_denied")
    assert KEY_OF_CALL in difficult.objects
