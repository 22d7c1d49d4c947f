"""What is said of the keys, where they may lie, and that they stand nowhere else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from tests.audit.offices import miui
from tests.cli_sealed_mirror.sealed_desk import SealedDesk, contents_of
from tests.desk import IN_TIME, run
from tests.s3_server import S3Server


def test_check_tells_of_each_mirror(desk: SealedDesk) -> None:
    told = [one for one in desk.told("check") if one["part"] == "encryption"]
    assert [one["fit"] for one in told] == [True, True]
    assert len({one["message"] for one in told}) == 2
    desk.keys["nas"].chmod(0o644)
    (_, note) = (one for one in desk.told("check") if one["part"] == "encryption")
    assert note["fit"]
    assert f"Run chmod 600 '{desk.keys['nas']}'" in note["message"]
    desk.set(first=None, nas=None)
    refused = desk.run("check")
    assert refused.exit_code == NEEDS_A_PERSON
    assert refused.stdout.count("Set key_file back") == 2


def test_a_new_office_hears_that_its_mirror_is_plain(
    tmp_path: Path, server: S3Server, nas: Path
) -> None:
    desk = SealedDesk(tmp_path, server, nas)
    desk.set(first=None, nas="nas")
    told = [one for one in desk.told("check") if one["part"] == "encryption"]
    assert [one["fit"] for one in told] == [True, True]
    assert "is not encrypted on this computer" in told[0]["message"]
    assert "with the key" in told[1]["message"]


def test_the_keys_stand_nowhere_else(desk: SealedDesk, tmp_path: Path) -> None:
    desk.office.record(miui("妈妈", "15405389999"))
    said = [desk.run("ingest", "-v", "--as-of", IN_TIME).output, desk.run("check").output]
    said += [desk.run("verify", "--format", "json").output, desk.run("report").output]
    said += [desk.run("custody", "--verify").output]
    for name in ("first", "nas"):
        password = desk.password(name)
        assert not any(password in one for one in said)
        everything = contents_of(tmp_path)
        del everything[f"{name}.key"]  # type: ignore[attr-defined]
        assert not any(password.encode() in one for one in everything.values())


def test_new_key_never_overwrites_and_keeps_out_of_where_recordings_lie(desk: SealedDesk) -> None:
    before = desk.password("first")
    again = desk.run("new-key", str(desk.keys["first"]))
    assert again.exit_code == FAILED
    assert "left alone" in again.stderr
    assert desk.password("first") == before
    for folder in (desk.inbox, desk.archive, desk.nas):
        refused = desk.run("new-key", str(folder / "key"))
        assert refused.exit_code == FAILED
        assert "must not lie in" in refused.stderr
        assert not (folder / "key").exists()


def test_new_key_needs_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    done = run("new-key", "callvault.key")
    assert done.exit_code == DONE
    assert (tmp_path / "callvault.key").read_text(encoding="ascii").strip() not in done.output
    assert "Print it now" in done.stdout
    assert f"key_file = '{tmp_path / 'callvault.key'}'" in done.stdout
    named = tomllib.loads(done.stdout.split("Write ")[1].split(" into the settings")[0])
    assert named == {"key_file": str(tmp_path / "callvault.key")}


@pytest.mark.parametrize("place", ["inbox", "archive", "nas"])
def test_settings_with_a_key_where_recordings_lie_are_wrong(desk: SealedDesk, place: str) -> None:
    for mirror in ("first", "nas"):
        desk.set(first="first", nas="nas")
        text = desk.config.read_text(encoding="utf-8")
        wrong = text.replace(f"'{mirror}.key'", f"'{place}/{mirror}.key'")
        desk.config.write_text(wrong, encoding="utf-8")
        refused = desk.run("check")
        assert refused.exit_code == WRONG_USE
        assert "Move it to another folder" in refused.stderr
