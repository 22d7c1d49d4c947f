"""`callvault compare` as people and scripts run it, against a real S3 server."""

from __future__ import annotations

import json
from pathlib import Path

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
from tests.test_cli_restore import MIRROR


@pytest.fixture
def desk(tmp_path: Path, server: S3Server) -> Desk:
    desk = Desk(tmp_path, more=MIRROR.format(endpoint=server.endpoint_url))
    desk.office.record(miui("陈建国", "15405381201"))
    desk.office.record(miui("妈妈", "15405389999"))
    desk.office.sheet(Row("陈建国", "15405381201"))
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == NEEDS_A_PERSON
    return desk


def test_what_differs_is_told_with_its_sign_and_nothing_is_altered(
    desk: Desk, server: S3Server
) -> None:
    with locked(desk.archive):  # beside the daemon
        done = desk.run("compare")
    assert done.exit_code == DONE, done.output
    papers = len(list((desk.archive / ".callvault/custody").rglob("*.jsonl")))
    assert f"= {3 + papers} equal  - 0" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    (filed,) = (path.relative_to(desk.archive) for path in desk.archive.glob("陈*/*/*.mp3"))
    bucket = server.folder / server.bucket
    (bucket / filed).write_bytes(b"short")
    (bucket / "strange.mp3").write_bytes(b"?")
    before = desk.tree()
    done = desk.run("compare")
    assert done.exit_code == NEEDS_A_PERSON
    lines = done.stdout.splitlines()
    assert "+ strange.mp3" in lines
    assert any(line.startswith(f"* {filed}  bytes: archive ") for line in lines)
    assert "callvault repair" in done.stdout
    told = desk.told("compare", "--customer", "陈建国")
    assert [(one["sign"], one["code"], one["size_bucket"]) for one in told["keys"]] == [
        ("*", "sizes", 5)
    ]
    told = desk.told("compare", "--prefix", "_holding/", "--all")
    assert [one["sign"] for one in told["keys"]] == ["="]
    assert desk.tree() == before
    assert (bucket / filed).read_bytes() == b"short"


def test_an_empty_bucket_is_one_alarm(desk: Desk, server: S3Server) -> None:
    bucket = server.folder / server.bucket
    bucket.rename(server.folder / "elsewhere")
    bucket.mkdir()
    done = desk.run("compare", "--format", "json")
    assert done.exit_code == FAILED
    told = json.loads(done.stdout)
    assert (told["keys"], len(told["stopped"])) == ([], 1)
    assert "no object at all in the mirror" in done.stderr
    assert list(bucket.iterdir()) == []
    server.stop()
    done = desk.run("compare")
    assert (done.exit_code, done.stdout) == (FAILED, "")
    assert "nothing was altered" in done.stderr


def test_the_folder_that_a_console_made_for_the_mirror_is_no_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it hide that everything else is gone."""
    set_environment(monkeypatch)
    with running_ministack(tmp_path) as endpoint:
        desk = Desk(tmp_path, more=MIRROR.format(endpoint=endpoint) + 'prefix = "copy"\n')
        client = connect(Mirror("recordings", "", endpoint, None, "path", None, 1))._client
        client.create_bucket(Bucket="recordings")
        client.put_object(Bucket="recordings", Key="copy/")
        desk.office.record(miui("妈妈", "15405389999"))
        desk.run("ingest", "--as-of", IN_TIME)
        assert desk.run("compare").exit_code == DONE
        for found in client.list_objects(Bucket="recordings")["Contents"]:
            if found["Key"] != "copy/":
                client.delete_object(Bucket="recordings", Key=found["Key"])
        emptied = desk.run("compare")
        assert emptied.exit_code == FAILED
        assert "no object at all in the mirror" in emptied.stderr


def test_wrong_use(tmp_path: Path) -> None:
    desk = Desk(tmp_path, more=MIRROR.format(endpoint="http://127.0.0.1:9"))
    both = desk.run("compare", "--prefix", "a", "--customer", "陈建国")
    assert both.exit_code == WRONG_USE
    assert Desk(tmp_path / "without").run("compare").exit_code == WRONG_USE
