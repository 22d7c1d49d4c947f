"""Another key than the mirrors have, or none: nothing is touched or called damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.sealing import MAGIC
from commands.exit_codes import DONE, FAILED
from tests.audit.offices import miui
from tests.cli_sealed_mirror.sealed_desk import CALL, CHEN, SealedDesk, contents_of, objects
from tests.desk import IN_TIME
from tests.s3_server import S3Server


@pytest.mark.parametrize(("key", "said"), [("other", "holds the key"), (None, "Set key_file back")])
def test_with_another_key_or_none_nothing_is_touched_or_called_damaged(
    desk: SealedDesk, key: str | None, said: str, tmp_path: Path
) -> None:
    before, held = desk.tree(), objects(desk)
    desk.set(first=key, nas=key)
    for command in (
        ("verify", "--mirror", "--level", "contents"),
        ("compare",),
        ("compare", "--using", "nas"),
        ("restore", str(tmp_path / "to")),
        ("repair",),
        ("custody", "--verify"),
    ):
        refused = desk.run(*command)
        assert refused.exit_code == FAILED, command
        assert said in refused.stderr, command
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert refused.stderr.count(said) == 2
    assert objects(desk) == held
    assert len(desk.tree()) == len(before) + 1  # it is taken in all the same
    unfit = [one for one in desk.told("check") if one["part"] == "encryption"]
    assert [one["fit"] for one in unfit] == [False, False]
    desk.set(first="first", nas="nas")
    desk.ingest()
    assert desk.run("verify", "--level", "contents").exit_code == DONE
    assert all(one.startswith(MAGIC) for one in objects(desk).values())


def test_a_plain_mirror_does_not_become_an_encrypted_one(
    tmp_path: Path, server: S3Server, nas: Path
) -> None:
    desk = SealedDesk(tmp_path, server, nas)
    desk.set(first=None, nas=None)
    desk.office.record(CALL)
    desk.office.sheet(CHEN)
    desk.ingest()
    held = objects(desk)
    desk.set(first="first", nas="nas")
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert refused.exit_code == DONE  # nothing was owed
    assert desk.run("verify", "--mirror").exit_code == FAILED
    assert "does not become an encrypted one" in desk.run("verify", "--mirror").stderr
    assert objects(desk) == held
    # What is said to do: another one beside it.
    desk.set(first=None, nas=None)
    second = tmp_path / "second"
    second.mkdir()
    more = f"[[mirrors]]\nname = 'sealed'\nfolder = '{second}'\nkey_file = 'nas.key'\n"
    desk.config.write_text(desk.config.read_text(encoding="utf-8") + more, encoding="utf-8")
    desk.ingest()
    assert desk.run("verify", "--mirror", "--level", "contents").exit_code == DONE
    sealed = {key: one for key, one in contents_of(second).items() if "callvault-mirror" not in key}
    assert len(sealed) >= 3
    assert all(one.startswith(MAGIC) for one in sealed.values())


def test_a_key_that_is_lost_is_told_before_anything_is_sent(desk: SealedDesk) -> None:
    held = objects(desk)
    away = desk.keys["first"].rename(desk.keys["first"].with_name("away"))
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert "there is no key file" in refused.stderr
    assert held.items() <= objects(desk).items()
    assert {key for key in objects(desk) if key.startswith("bucket/")} == {
        key for key in held if key.startswith("bucket/")
    }
    away.rename(desk.keys["first"])
    desk.ingest()
    assert desk.run("verify", "--level", "contents").exit_code == DONE


@pytest.mark.parametrize(("key", "said"), [("other", "do not open"), (None, "name no key_file")])
def test_an_archive_begun_anew_sends_nothing_otherwise_sealed_to_where_objects_are(
    desk: SealedDesk, key: str | None, said: str
) -> None:
    """Its catalogue knows of no key: somebody forgot `rebuild`, or named the mirror anew."""
    held = objects(desk)
    desk.lose_the_computer()
    desk.set(first=key, nas=key)
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    assert objects(desk) == held
    assert refused.stderr.count(said) == 2


def test_a_mirror_under_another_name_keeps_its_key(desk: SealedDesk) -> None:
    held = objects(desk)
    desk.set(first="first", nas=None)
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(text.replace("'nas'\n", "'disk'\n", 1), encoding="utf-8")
    desk.office.record(miui("妈妈", "15405389999"))
    refused = desk.run("ingest", "--as-of", IN_TIME)
    in_nas = {key: one for key, one in objects(desk).items() if key.startswith("nas/")}
    assert in_nas.items() <= held.items()
    assert "name no key_file" in refused.stderr
