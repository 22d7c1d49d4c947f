"""`callvault restore` as people and scripts run it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archive.lock import locked
from archive.s3 import connect
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from config.settings import Mirror
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.s3_server import S3Server
from tests.stores.ministack import running_ministack
from tests.stores.places import set_environment

MIRROR = """[mirror]
bucket = "recordings"
endpoint_url = "{endpoint}"
region = "us-east-1"
addressing_style = "path"
"""


@pytest.fixture
def desk(tmp_path: Path, server: S3Server) -> Desk:
    """Two customers' recordings are filed, a stranger's is held."""
    desk = Desk(tmp_path, more=MIRROR.format(endpoint=server.endpoint_url))
    for name, number in (("陈建国", "15405381201"), ("李晓明", "15405381202")):
        desk.office.record(miui(name, number))
    desk.office.record(miui("妈妈", "15405389999"))
    desk.office.sheet(Row("陈建国", "15405381201"), Row("李晓明", "15405381202"))
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    return desk


def recordings(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*.mp3"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_whose_and_of_when_is_said_as_elsewhere(desk: Desk, tmp_path: Path) -> None:
    before = {path.relative_to(desk.archive) for path in desk.archive.rglob("*")}
    with locked(desk.archive):  # beside the daemon
        done = desk.run("restore", str(tmp_path / "all"))
    assert done.exit_code == DONE, done.output
    assert "3 recordings were brought back" in done.stdout
    assert recordings(tmp_path / "all") == recordings(desk.archive)
    assert {path.relative_to(desk.archive) for path in desk.archive.rglob("*")} == before
    for asked in (["--customer", "陈建国"], ["--customer", "1201", "--from", "2026-11-16"]):
        folder = tmp_path / asked[1]
        assert desk.run("restore", *asked, str(folder)).exit_code == DONE
        assert [path.name for path in folder.iterdir()] == ["陈建国"]
    assert desk.run("restore", "--to", "2026-11-15", str(tmp_path / "none")).exit_code == DONE
    assert recordings(tmp_path / "none") == {}
    assert desk.run("restore", "--customer", "王", str(tmp_path / "x")).exit_code == WRONG_USE
    assert desk.run("custody", "--verify").exit_code == DONE


def test_what_is_not_to_be_had_is_named_with_its_remedy(
    desk: Desk, server: S3Server, tmp_path: Path
) -> None:
    (lost,) = (one for one in recordings(desk.archive) if one.startswith("陈建国"))
    (server.folder / server.bucket / lost).unlink()
    done = desk.run("restore", str(tmp_path / "to"))
    assert done.exit_code == NEEDS_A_PERSON
    assert "callvault verify --mirror" in " ".join(done.stdout.split())
    assert "2 recordings were brought back" in done.stdout
    done = desk.run("restore", str(tmp_path / "to"), "--format", "json")
    told = json.loads(done.stdout)
    assert (told["counts"]["there"], told["counts"]["missing"]) == (2, 1)
    assert [(one["code"], one["path"]) for one in told["problems"]] == [("missing", lost)]


def test_without_catalogue_or_in_a_wrong_place_it_says_what_to_do(tmp_path: Path) -> None:
    desk = Desk(tmp_path, more=MIRROR.format(endpoint="http://127.0.0.1:9"))
    done = desk.run("restore", str(desk.inbox / "here"))
    assert done.exit_code == FAILED
    assert "Choose an empty or new folder" in done.stderr
    done = desk.run("restore", str(tmp_path / "to"))
    assert done.exit_code == FAILED
    assert "callvault rebuild --mirror" in done.stderr
    assert not desk.archive.exists()
    assert not (tmp_path / "to").exists()
    without = Desk(tmp_path / "without")
    assert without.run("restore", str(tmp_path / "to")).exit_code == WRONG_USE


def test_nothing_is_brought_back_by_an_older_catalogue(desk: Desk, tmp_path: Path) -> None:
    """Whose a recording was, by a backup that was put back, it may not be any more."""
    catalogue = desk.archive / ".callvault/catalogue.sqlite"
    backup = catalogue.read_bytes()
    desk.office.sheet(Row("李晓明", "15405381202"))
    desk.run("ingest", "--as-of", IN_TIME)
    catalogue.write_bytes(backup)
    refused = desk.run("restore", "--customer", "陈建国", str(tmp_path / "to"))
    assert refused.exit_code == FAILED
    assert "Run callvault rebuild" in refused.stderr
    assert not (tmp_path / "to").exists()


def test_what_a_rule_of_the_bucket_has_frozen_is_told_and_the_rest_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_environment(monkeypatch)
    with running_ministack(tmp_path) as endpoint:
        client = connect(Mirror("recordings", "", endpoint, None, "path", None, 1))._client
        client.create_bucket(Bucket="recordings")
        desk = Desk(tmp_path, more=MIRROR.format(endpoint=endpoint))
        desk.office.record(miui("妈妈", "15405389999"))
        desk.office.record(miui("爸爸", "15405389998"))
        desk.run("ingest", "--as-of", IN_TIME)
        before = recordings(desk.archive)
        frozen = next(key for key in before if "妈妈" in key)
        at: Any = {"Bucket": "recordings", "Key": frozen}
        client.copy_object(**at, CopySource=at, StorageClass="GLACIER")
        assert desk.run("compare").exit_code == DONE
        verified = desk.run("verify", "--mirror", "--level", "contents")
        assert verified.exit_code == DONE, verified.output
        assert "besides, 1 that the bucket has moved into an archive class" in verified.stdout
        done = desk.run("restore", str(tmp_path / "to"), "--format", "json")
        assert done.exit_code == NEEDS_A_PERSON, done.output
        assert [(one["code"], one["path"]) for one in json.loads(done.stdout)["problems"]] == [
            ("frozen", frozen)
        ]
        for lost in before:
            (desk.archive / lost).unlink()
        rebuilt = desk.run("rebuild", "--mirror")
        assert rebuilt.exit_code == NEEDS_A_PERSON
        assert "archive class" in rebuilt.stderr
        assert recordings(desk.archive).keys() == before.keys() - {frozen}
        client.put_object(**at, Body=before[frozen])  # thawed
        assert desk.run("rebuild", "--mirror").exit_code == DONE
        assert recordings(desk.archive) == before
        assert desk.run("restore", str(tmp_path / "to")).exit_code == DONE
        assert recordings(tmp_path / "to") == before
