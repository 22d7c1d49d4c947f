"""Every command works on encrypted mirrors as on plain ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.exit_codes import DONE, NEEDS_A_PERSON
from tests.archive.two_copies import flip
from tests.cli_sealed_mirror.sealed_desk import MODES, STRANGER, SealedDesk, contents_of, objects


def test_all_that_looks_at_the_mirrors_finds_them_sound(desk: SealedDesk) -> None:
    for level in ("presence", "size", "contents"):
        assert desk.run("verify", "--level", level).exit_code == DONE
    assert desk.run("custody", "--verify").exit_code == DONE
    for using in MODES.values():
        told = desk.told("compare", *using)
        assert set(told["counts"]) >= {"equal"}
        assert told["keys"] == []
    assert desk.run("selftest").exit_code in (DONE, NEEDS_A_PERSON)
    before = objects(desk)
    desk.ingest()
    assert {key: objects(desk)[key] for key in before} == before


@pytest.mark.parametrize("mirror", MODES)
def test_a_damaged_object_is_named_and_put_right(desk: SealedDesk, mirror: str) -> None:
    folder = desk.bucket if mirror == "first" else desk.nas
    (bad,) = (folder / "陈建国").rglob("*.mp3")
    whole = bad.read_bytes()
    bad.write_bytes(flip(whole, 8 * 40))
    assert desk.run("verify", "--mirror").exit_code == DONE  # it has the size
    found = desk.run("verify", "--mirror", "--level", "contents")
    assert found.exit_code == NEEDS_A_PERSON
    assert bad.relative_to(folder).as_posix() in found.stdout
    assert desk.run("repair").exit_code == DONE
    assert bad.read_bytes() == whole
    assert desk.run("verify", "--level", "contents").exit_code == DONE
    bad.write_bytes(whole[:-100])
    (differs,) = desk.told("compare", *MODES[mirror])["keys"]
    assert differs["code"] == "sizes"
    bad.write_bytes((desk.archive / bad.relative_to(folder)).read_bytes())
    (plain,) = desk.told("compare", *MODES[mirror])["keys"]
    assert plain["code"] == "sizes"


@pytest.mark.parametrize("mirror", MODES)
def test_a_folder_of_ones_own_gets_the_plain_recordings(
    desk: SealedDesk, mirror: str, tmp_path: Path
) -> None:
    assert desk.run("restore", str(tmp_path / "to"), *MODES[mirror]).exit_code == DONE
    recordings = {path: one for path, one in desk.kept().items() if path.endswith(".mp3")}
    assert contents_of(tmp_path / "to") == recordings


def test_a_person_who_assigns_moves_the_sealed_object(desk: SealedDesk) -> None:
    (held,) = (desk.bucket / "_holding").rglob("*.mp3")
    sealed = held.read_bytes()
    assert desk.run("assign", STRANGER, "陈建国").exit_code == DONE
    desk.ingest()
    assert not held.exists()
    assert sealed in contents_of(desk.bucket).values()
    assert desk.run("verify", "--level", "contents").exit_code == DONE


def test_a_source_is_released_on_sealed_copies(desk: SealedDesk) -> None:
    desk.config.write_text(
        desk.config.read_text(encoding="utf-8").replace(
            "path = 'inbox'\n", "path = 'inbox'\nrelease = 'move'\n"
        ),
        encoding="utf-8",
    )
    desk.ingest()
    assert not list(desk.inbox.rglob("*.mp3"))
    assert len(list((desk.inbox.parent / "inbox-released").rglob("*.mp3"))) == 2
