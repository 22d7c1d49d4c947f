"""Every command that works with a mirror, with one on a NAS beside the first."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import Row, miui
from tests.desk import IN_TIME, ROOT, Desk
from tests.s3_server import S3Server

CHEN = Row("陈建国", "15405381201")
CALL = miui("陈建国", "15405381201")


@pytest.fixture
def desk(tmp_path: Path, server: S3Server, nas: Path) -> Desk:
    """One recording is filed and in both mirrors."""
    first = f'[mirror]\nbucket = "{server.bucket}"\nendpoint_url = "{server.endpoint_url}"\n'
    first += 'region = "us-east-1"\naddressing_style = "path"\n'
    desk = Desk(tmp_path, more=f"{first}[[mirrors]]\nname = 'nas'\nfolder = '{nas}'\n")
    desk.office.record(CALL)
    desk.office.sheet(CHEN)
    done = desk.run("ingest", "--as-of", IN_TIME)
    assert done.exit_code == DONE, done.output
    return desk


def copy(desk: Desk, nas: Path) -> Path:
    (found,) = nas.rglob("*.mp3")
    assert found.relative_to(nas).as_posix() in desk.tree()
    return found


def test_the_report_tells_of_both_and_keeps_its_contract(desk: Desk) -> None:
    told = desk.told("report")
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(told)
    assert [line["mirrors"][0]["state"] for line in told["recordings"]] == ["mirrored"]
    assert "Mirror nas  Mirrored 1" in desk.run("report").stdout.split("\n")


def test_check_and_selftest_look_at_it(desk: Desk, nas: Path) -> None:
    mirrors = [one for one in desk.told("check") if one["part"] == "mirror"]
    assert [one["fit"] for one in mirrors] == [True, True]
    trials = [one for one in desk.told("selftest") if one.get("mirror") == "nas"]
    assert {one["outcome"] for one in trials} == {"pass"}
    assert len(trials) > 8
    nas.rename(nas.with_name("unplugged"))
    done = desk.run("check")
    assert done.exit_code == NEEDS_A_PERSON
    assert f"the mirror's folder {nas} lacks the mark" in done.stdout


def test_a_copy_that_is_gone_is_found_told_and_put_back(desk: Desk, nas: Path) -> None:
    lost = copy(desk, nas)
    contents = lost.read_bytes()
    assert desk.run("verify").exit_code == DONE
    lost.unlink()
    found = desk.run("verify")
    assert found.exit_code == NEEDS_A_PERSON
    assert "missing from the mirror nas" in found.stdout
    (line,) = desk.told("report")["recordings"]
    assert (line["mirror"]["state"], line["mirrors"][0]["state"]) == ("mirrored", "failed")
    assert desk.run("repair", "--dry-run").exit_code == NEEDS_A_PERSON
    assert not lost.exists()
    done = desk.run("repair")
    assert done.exit_code == DONE
    assert "(mirror nas)" in done.stdout
    assert lost.read_bytes() == contents
    assert desk.run("verify").exit_code == DONE
    assert desk.told("report")["recordings"][0]["mirrors"][0]["state"] == "mirrored"


def test_a_copy_that_was_altered_is_set_aside(desk: Desk, nas: Path) -> None:
    altered = copy(desk, nas)
    contents = altered.read_bytes()
    altered.write_bytes(contents[::-1])
    assert desk.run("verify").exit_code == DONE  # of the same size
    found = desk.run("verify", "--mirror", "--level", "contents")
    assert found.exit_code == NEEDS_A_PERSON
    assert "mirror_altered" in found.stdout
    assert desk.run("repair").exit_code == DONE
    assert altered.read_bytes() == contents
    (aside,) = (nas / ".callvault/aside").rglob("*.mp3")
    assert aside.read_bytes() == contents[::-1]
    events = [one["event"] for one in desk.told("custody", CALL)["entries"]]
    assert events[-3:] == ["found_altered", "mirrored", "repaired"]


def test_a_folder_that_is_away_is_no_fault(desk: Desk, nas: Path) -> None:
    nas.rename(nas.with_name("unplugged"))
    nas.mkdir()
    stopped = desk.run("verify")
    assert stopped.exit_code == FAILED
    assert "lacks the mark" in stopped.stderr
    nas.rmdir()
    nas.with_name("unplugged").rename(nas)
    assert desk.run("verify").exit_code == DONE


def test_a_file_that_the_first_mirror_lost_as_well_comes_from_the_second(
    desk: Desk, server: S3Server
) -> None:
    desk.office.record(miui("妈妈", "15405389999"))
    desk.run("ingest", "--as-of", IN_TIME)
    before = desk.tree()
    shutil.rmtree(desk.inbox / "2026-11-16")
    for folder in (desk.archive, server.folder / server.bucket):
        (lost,) = (folder / "陈建国").rglob("*.mp3")
        lost.unlink()
    assert desk.run("verify").exit_code == NEEDS_A_PERSON
    assert desk.run("repair").exit_code == DONE
    assert desk.tree() == before
    assert desk.run("verify").exit_code == DONE


def test_on_a_new_computer_everything_comes_back_from_the_folder(
    desk: Desk, server: S3Server
) -> None:
    server.stop()
    before, report = desk.tree(), desk.told("report")
    shutil.rmtree(desk.archive)
    (desk.config.parent / "callvault.toml.archive").unlink(missing_ok=True)
    done = desk.run("rebuild", "--using", "nas")
    assert done.exit_code == DONE, done.output
    assert desk.tree() == before
    assert desk.told("report") | {"generated_at": ""} == report | {"generated_at": ""}
    server.start()
    assert desk.run("ingest", "--as-of", IN_TIME).exit_code == DONE
    assert desk.run("verify").exit_code == DONE


def test_what_one_mirror_has_damaged_of_custody_the_other_makes_good(
    desk: Desk, server: S3Server
) -> None:
    before = desk.tree()
    shutil.rmtree(desk.archive)
    (first, *_) = sorted((server.folder / server.bucket / ".callvault/custody").rglob("*.jsonl"))
    first.write_bytes(first.read_bytes().replace(b'"recording_id":', b'"recording_ie":', 1))
    done = desk.run("rebuild", "--mirror")
    assert done.exit_code == FAILED
    assert "one of them was altered" in done.stderr
    assert "--using another mirror" in done.stderr
    assert desk.run("rebuild", "--using", "nas").exit_code == DONE
    assert desk.tree() == before
    assert desk.run("verify").exit_code == DONE


def test_compare_and_restore_use_the_one_that_is_named(
    desk: Desk, nas: Path, server: S3Server, tmp_path: Path
) -> None:
    assert desk.run("compare", "--using", "nas").exit_code == DONE
    (nas / "张三.mp3").write_bytes(b"somebody else's")
    different = desk.run("compare", "--using", "nas")
    assert different.exit_code == NEEDS_A_PERSON
    assert "+ 张三.mp3" in different.stdout
    assert desk.run("compare").exit_code == DONE
    server.stop()
    done = desk.run("restore", "--using", "nas", str(tmp_path / "back"))
    assert done.exit_code == DONE, done.output
    (back,) = (tmp_path / "back").rglob("*.mp3")
    assert back.read_bytes() == copy_of(desk)
    within = desk.run("restore", "--using", "nas", str(nas / "back"))
    assert within.exit_code == FAILED
    wrong = desk.run("compare", "--using", "usb")
    assert wrong.exit_code == WRONG_USE
    assert "there are mirror, nas" in wrong.stderr


def test_what_the_named_one_owes_yet_is_not_called_lost(
    desk: Desk, nas: Path, tmp_path: Path
) -> None:
    """The first mirror has it."""
    later = miui("妈妈", "15405389999")
    desk.office.record(later)
    nas.rename(nas.with_name("unplugged"))
    desk.run("ingest", "--as-of", IN_TIME)
    nas.with_name("unplugged").rename(nas)
    told = desk.run("restore", "--using", "nas", "--format", "json", str(tmp_path / "back"))
    assert [one["code"] for one in json.loads(told.stdout)["problems"]] == ["owed"]


def test_one_that_has_got_nothing_yet_is_not_called_emptied(desk: Desk, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    with desk.config.open("a", encoding="utf-8") as settings:
        settings.write(f"[[mirrors]]\nname = 'usb'\nfolder = '{usb}'\n")
    compared = desk.run("compare", "--using", "usb")
    assert compared.exit_code == NEEDS_A_PERSON, compared.stderr
    told = desk.run("restore", "--using", "usb", "--format", "json", str(tmp_path / "back"))
    assert [one["code"] for one in json.loads(told.stdout)["problems"]] == ["owed"]
    desk.run("ingest", "--as-of", IN_TIME)
    for found in usb.iterdir():
        if found.name != ".callvault-mirror":
            shutil.rmtree(found)
    assert desk.run("compare", "--using", "usb").exit_code == FAILED


def test_an_emptied_one_is_told_though_the_first_never_had_anything(
    desk: Desk, nas: Path, server: S3Server, tmp_path: Path
) -> None:
    shutil.rmtree(desk.archive)
    shutil.rmtree(nas)
    nas.mkdir()
    (desk.config.parent / "callvault.toml.archive").unlink(missing_ok=True)
    server.stop()
    desk.run("ingest", "--as-of", IN_TIME)
    for found in nas.iterdir():
        if found.name != ".callvault-mirror":
            shutil.rmtree(found)
    done = desk.run("restore", "--using", "nas", str(tmp_path / "back"))
    assert done.exit_code == FAILED
    assert "no object at all" in done.stderr


def test_the_archive_is_repaired_from_the_folder_while_the_first_mirror_is_away(
    desk: Desk, server: S3Server
) -> None:
    desk.office.record(miui("妈妈", "15405389999"))
    desk.run("ingest", "--as-of", IN_TIME)
    before = desk.tree()
    shutil.rmtree(desk.inbox / "2026-11-16")
    (lost,) = (desk.archive / "陈建国").rglob("*.mp3")
    lost.unlink()
    assert desk.run("verify", "--archive").exit_code == NEEDS_A_PERSON
    server.stop()
    done = desk.run("repair")
    assert desk.tree() == before, done.output
    assert done.exit_code == FAILED
    assert "cannot be reached" in done.stderr


def test_one_that_is_away_keeps_no_other_from_being_repaired(
    desk: Desk, nas: Path, tmp_path: Path
) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    with desk.config.open("a", encoding="utf-8") as settings:
        settings.write(f"[[mirrors]]\nname = 'usb'\nfolder = '{usb}'\n")
    desk.office.record(miui("妈妈", "15405389999"))
    desk.run("ingest", "--as-of", IN_TIME)
    for folder in (nas, usb):
        (lost,) = (folder / "陈建国").rglob("*.mp3")
        lost.unlink()
    assert desk.run("verify", "--mirror").exit_code == NEEDS_A_PERSON
    nas.rename(nas.with_name("unplugged"))
    assert desk.run("repair", miui("妈妈", "15405389999")).exit_code == DONE  # nothing of it there
    done = desk.run("repair")
    assert [*(usb / "陈建国").rglob("*.mp3")], done.output
    assert done.exit_code == FAILED
    assert "lacks the mark" in done.stderr
    assert "陈建国" in done.stdout


@pytest.mark.parametrize("places", [["--mirror"], []])
def test_what_is_bad_in_the_archive_too_comes_from_the_bucket(
    desk: Desk, nas: Path, places: Sequence[str]
) -> None:
    """A dry run says the same, and so does a repair where the archive was not verified."""
    desk.office.record(miui("妈妈", "15405389999"))
    desk.run("ingest", "--as-of", IN_TIME)
    before = desk.tree()
    shutil.rmtree(desk.inbox / "2026-11-16")
    for folder in (desk.archive, nas):
        (bad,) = (folder / "陈建国").rglob("*.mp3")
        bad.write_bytes(b"bad")
    assert desk.run("verify", *places).exit_code == NEEDS_A_PERSON
    dry = desk.run("repair", "--dry-run").stdout
    assert dry.count("can be restored from the mirror") == 1
    assert dry.count("can be restored from the archive") == 1
    assert "2 repairable, 0 without a good copy" in dry
    assert desk.run("repair").exit_code == DONE
    assert before.items() <= desk.tree().items()
    assert desk.run("verify").exit_code == DONE


@pytest.mark.parametrize("away", ["nas", "mirror"])
def test_no_good_copy_is_given_up_while_a_mirror_that_is_away_may_have_it(
    desk: Desk, nas: Path, server: S3Server, away: str
) -> None:
    desk.office.record(miui("妈妈", "15405389999"))
    desk.run("ingest", "--as-of", IN_TIME)
    before = desk.tree()
    shutil.rmtree(desk.inbox / "2026-11-16")
    bucket = server.folder / server.bucket
    for folder in (desk.archive, bucket if away == "nas" else nas):
        (lost,) = (folder / "陈建国").rglob("*.mp3")
        lost.unlink()
    assert desk.run("verify").exit_code == NEEDS_A_PERSON
    unplugged = nas.with_name("unplugged")
    nas.rename(unplugged) if away == "nas" else server.stop()
    done = desk.run("repair")
    assert done.exit_code == FAILED
    assert f"Not every mirror could be asked ({away})" in done.stdout
    assert "in a backup" not in done.stdout
    assert ("lacks the mark" if away == "nas" else "cannot be reached") in done.stderr
    unplugged.rename(nas) if away == "nas" else server.start()
    assert desk.run("repair").exit_code == DONE
    assert desk.tree() == before


def test_what_is_known_of_one_that_is_away_is_told(desk: Desk, nas: Path) -> None:
    copy(desk, nas).unlink()
    assert desk.run("verify").exit_code == NEEDS_A_PERSON
    nas.rename(nas.with_name("unplugged"))
    stopped = desk.run("verify")
    assert stopped.exit_code == FAILED
    assert "missing from the mirror nas" in stopped.stdout
    assert "nothing is known" not in desk.run("repair").stdout


def test_a_file_comes_from_where_the_folder_had_it_before_it_moved(
    desk: Desk, nas: Path, server: S3Server
) -> None:
    desk.office.record(miui("妈妈", "15405389999"))
    desk.run("ingest", "--as-of", IN_TIME)
    before = desk.tree()
    unplugged = nas.rename(nas.with_name("unplugged"))
    desk.run("assign", CALL, "刘海燕", "--new")
    unplugged.rename(nas)
    shutil.rmtree(desk.inbox / "2026-11-16")
    for folder in (desk.archive, server.folder / server.bucket):
        (lost,) = (folder / "刘海燕").rglob("*.mp3")
        lost.unlink()
    assert desk.run("verify").exit_code == NEEDS_A_PERSON
    assert desk.run("repair").exit_code == DONE
    assert sorted(desk.tree().values()) == sorted(before.values())


def copy_of(desk: Desk) -> bytes:
    (filed,) = desk.archive.rglob("*.mp3")
    return filed.read_bytes()
