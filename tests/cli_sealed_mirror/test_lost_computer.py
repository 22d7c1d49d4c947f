"""A lost computer comes back with the key, and not without it."""

from __future__ import annotations

import pytest

from commands.exit_codes import DONE, FAILED
from tests.cli_sealed_mirror.sealed_desk import MODES, SealedDesk, objects


@pytest.mark.parametrize("mirror", MODES)
def test_a_lost_computer_comes_back_with_the_key_alone(desk: SealedDesk, mirror: str) -> None:
    before, kept, held = desk.tree(), desk.kept(), objects(desk)
    desk.lose_the_computer()
    using = MODES[mirror] or ("--mirror",)
    assert desk.run("rebuild", *using).exit_code == DONE
    assert desk.tree() == before
    assert kept.items() <= desk.kept().items()
    assert objects(desk) == held
    desk.ingest()
    assert desk.run("verify", "--level", "contents").exit_code == DONE
    assert desk.run("custody", "--verify").exit_code == DONE
    desk.set(first="other", nas="other")
    assert "are encrypted with the key" in desk.run("verify", "--mirror").stderr


@pytest.mark.parametrize("mirror", MODES)
def test_with_a_wrong_key_or_none_nothing_is_rebuilt(desk: SealedDesk, mirror: str) -> None:
    before, held = desk.tree(), objects(desk)
    desk.lose_the_computer()
    using = MODES[mirror] or ("--mirror",)
    for key, said in (("other", "do not open with the key"), (None, "name no key_file")):
        desk.set(first=key, nas=key)
        refused = desk.run("rebuild", *using)
        assert refused.exit_code == FAILED
        assert said in refused.stderr
        assert "Nothing was changed" in refused.stderr
        assert not desk.archive.exists()
    desk.set(first="first", nas="nas")
    assert desk.run("rebuild", *using).exit_code == DONE
    assert (desk.tree(), objects(desk)) == (before, held)
