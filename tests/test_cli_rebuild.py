"""`callvault rebuild`: after the catalogue, the disk or the whole computer was lost."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, Desk
from tests.s3_server import S3Server

CHEN = Row("陈建国", "15405381201")
CALL = miui("陈建国", "15405381201")
STRANGER = miui("工地老赵", "15405387777")


@pytest.fixture
def desk(tmp_path: Path, server: S3Server) -> Desk:
    mirror = f'[mirror]\nbucket = "{server.bucket}"\nendpoint_url = "{server.endpoint_url}"\n'
    desk = Desk(tmp_path, more=f'{mirror}region = "us-east-1"\naddressing_style = "path"\n')
    desk.office.record(CALL)
    desk.office.record(STRANGER)
    desk.office.sheet(CHEN)
    desk.run("ingest", "--as-of", IN_TIME)
    desk.run("assign", STRANGER, "陈建国")
    return desk


def test_a_lost_catalogue_is_made_anew_and_nothing_else_is_touched(desk: Desk) -> None:
    before, report = desk.tree(), desk.told("report")
    (desk.archive / ".callvault/catalogue.sqlite").unlink()
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert refused.exit_code == FAILED
    assert "callvault rebuild" in refused.stderr
    told = desk.run("rebuild")
    assert told.exit_code == DONE
    papers = 1 + len(list((desk.archive / ".callvault/custody").rglob("*.jsonl")))
    assert f"{2 + papers} are where they belong" in told.stdout
    assert desk.run("rebuild").exit_code == desk.run("rebuild").exit_code == DONE
    # The empty one that was refused, and the two before: nothing is thrown away.
    assert len(list((desk.archive / ".callvault/aside").iterdir())) == 3
    assert desk.tree() == before
    assert desk.told("report") | {"generated_at": ""} == report | {"generated_at": ""}
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == DONE


def test_on_a_new_computer_everything_comes_back_from_the_mirror(desk: Desk) -> None:
    before = desk.tree()
    shutil.rmtree(desk.archive)
    shutil.rmtree(desk.inbox)
    desk.inbox.mkdir()
    told = desk.told("rebuild", "--mirror")
    assert told["missing"] == []
    assert told["fetched"] == len(before)
    assert desk.tree() == before
    assert desk.run("verify").exit_code == DONE
    assert desk.run("custody", "--verify").exit_code == DONE
    assert desk.told("search", "--customer", "陈建国")[0]["status"] == "filed"


def test_a_recording_that_moved_after_the_last_custody_file_is_put_back(desk: Desk) -> None:
    before = desk.tree()
    filed = next(path for path in before if path.startswith("陈建国/"))
    elsewhere = desk.archive / "_holding/2026-11-16/moved.mp3"
    elsewhere.parent.mkdir(parents=True, exist_ok=True)
    (desk.archive / filed).rename(elsewhere)
    told = desk.told("rebuild")
    assert (told["found"], told["missing"]) == (1, [])
    assert desk.tree() == before


def test_what_was_said_since_the_last_custody_file_comes_along(desk: Desk) -> None:
    """The old catalogue was whole after all."""
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        database.execute("UPDATE word SET said_by = '张主任'")
        database.commit()
    assert desk.run("rebuild").exit_code == DONE
    assert "Said by 张主任" in desk.run("explain", STRANGER).stdout


@pytest.mark.parametrize(
    "altered",
    [
        "path = '_holding/2026-11-16/else.mp3'",
        "collector = '赵敏'",
        "customer_id = NULL",
        "sha256 = replace(sha256, 'a', 'b')",
    ],
)
def test_what_somebody_altered_in_the_catalogue_does_not_come_along(
    desk: Desk, altered: str
) -> None:
    """Verifying says that rebuilding ends it; else it would be written into the custody files."""
    before = desk.tree()
    with closing(sqlite3.connect(desk.archive / ".callvault/catalogue.sqlite")) as database:
        database.execute(f"UPDATE recording SET {altered} WHERE id = 1")  # noqa: S608 - ours
        database.commit()
    verified = desk.run("verify")
    assert verified.exit_code == NEEDS_A_PERSON
    assert "callvault rebuild" in verified.stdout
    assert desk.run("rebuild").exit_code == DONE
    assert desk.tree() == before
    assert desk.run("verify").exit_code == DONE, desk.run("verify").stdout


def test_what_is_nowhere_to_be_had_is_named(desk: Desk) -> None:
    filed = next(path for path in desk.tree() if path.startswith("陈建国/"))
    (desk.archive / filed).unlink()
    told = desk.run("rebuild")
    assert told.exit_code == NEEDS_A_PERSON
    assert filed in told.stderr
    object_ = desk.archive.parent / "bucket/recordings" / filed
    object_.write_bytes(b"other bytes")
    assert desk.told("rebuild", "--mirror")["missing"] == [filed]
    assert not (desk.archive / filed).exists()


@pytest.mark.parametrize("gone", [True, False])
def test_a_whole_catalogue_does_not_give_way_to_less(desk: Desk, *, gone: bool) -> None:
    """Somebody deleted or altered the newest custody file: nothing else has what it said."""
    *_, newest = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    whole, told = newest.read_bytes(), desk.run("explain", STRANGER).stdout
    newest.write_bytes(whole.replace(b'"confirmed_at":"2026', b'"confirmed_at":"2025', 1))
    assert newest.read_bytes() != whole
    if gone:
        newest.unlink()
    done = desk.run("rebuild")
    assert done.exit_code == FAILED
    assert "the catalogue is whole" in done.stderr
    assert desk.run("explain", STRANGER).stdout == told
    assert desk.run("repair").exit_code == DONE
    assert newest.read_bytes() == whole
    assert desk.run("rebuild").exit_code == DONE
    assert desk.run("explain", STRANGER).stdout == told


def test_what_is_no_file_in_a_file_s_place_hinders_nothing_else(desk: Desk) -> None:
    before = desk.tree()
    filed, other = (path for path in before if path.endswith(".mp3"))
    (custody, *_) = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    (desk.archive / other).unlink()
    (desk.archive / filed).unlink()
    custody.unlink()
    (desk.archive / filed).mkdir()
    custody.symlink_to("nowhere")
    done = desk.run("rebuild", "--mirror")
    assert done.exit_code == NEEDS_A_PERSON
    assert f"no file lies at {filed}" in done.stderr
    assert (desk.archive / other).is_file()
    assert not custody.is_symlink()
    assert desk.run("verify").exit_code == NEEDS_A_PERSON
    assert desk.run("repair").exit_code == DONE
    assert desk.tree() == before


def test_without_a_mirror_none_is_asked(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("rebuild", "--mirror").exit_code == WRONG_USE
    assert desk.run("rebuild").exit_code == FAILED


@pytest.mark.parametrize("asked", [["rebuild"], ["custody", "--verify"]])
def test_where_the_disk_is_away_nothing_is_made_in_its_place(desk: Desk, asked: list[str]) -> None:
    """On the bare mount point callvault's own folder would pass for the archive."""
    shutil.rmtree(desk.archive)
    desk.archive.mkdir()
    told = desk.run(*asked)
    assert told.exit_code == FAILED
    assert "not there" in told.stderr
    assert list(desk.archive.iterdir()) == []


def test_where_the_mirror_has_no_custody_files_nothing_is_made(
    desk: Desk, server: S3Server
) -> None:
    shutil.rmtree(desk.archive)
    shutil.rmtree(server.folder / server.bucket / ".callvault")
    told = desk.run("rebuild", "--mirror")
    assert told.exit_code == FAILED
    assert not desk.archive.exists()


def test_the_log_is_looked_at_while_the_mirror_is_away(desk: Desk, server: S3Server) -> None:
    server.stop()
    told = desk.run("custody", "--verify")
    assert told.exit_code == FAILED
    assert "hash of the last entry" in told.stdout
    assert "the mirror could not be asked" in told.stdout
    assert "cannot be reached" in told.stderr
    (first, *_) = sorted((desk.archive / ".callvault/custody").rglob("*.jsonl"))
    first.unlink()
    with desk.config.open("a", encoding="utf-8") as settings:
        settings.write(f"key_file = '{desk.archive.parent / 'nowhere.key'}'\n")
    told = desk.run("custody", "--verify")
    assert told.exit_code == FAILED
    assert f"{first} is gone" in told.stderr
    assert "nowhere.key" in told.stderr


def test_another_bucket_than_before_is_told_and_gets_all(desk: Desk, server: S3Server) -> None:
    """What the other one had was called mirrored, and nobody said that this one lacks it."""
    (server.folder / "another").mkdir()
    settings = desk.config.read_text(encoding="utf-8")
    before = desk.run("check")
    assert "lacks a custody file" not in before.stdout
    desk.config.write_text(settings.replace(f'"{server.bucket}"', '"another"'), encoding="utf-8")
    told = desk.run("check")
    assert told.exit_code == NEEDS_A_PERSON
    assert "lacks a custody file" in told.stdout
    desk.office.record(miui("李晓明", "15405381202"))
    desk.run("ingest", "--as-of", IN_TIME)
    assert desk.run("verify").exit_code == NEEDS_A_PERSON
    assert desk.run("repair").exit_code == DONE
    assert "lacks a custody file" not in desk.run("check").stdout
    kept = desk.tree()
    shutil.rmtree(desk.archive)
    assert desk.told("rebuild", "--mirror")["missing"] == []
    assert desk.tree() == kept
