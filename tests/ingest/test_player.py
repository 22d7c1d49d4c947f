from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import ListenError
from ingest.player import Player, found_here, pick, play

posix = pytest.mark.skipif(sys.platform == "win32", reason="a script there is no program")


def having(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/bin/{name}" if name in names else None


@pytest.mark.parametrize(
    ("system", "there", "name", "waits"),
    [
        ("linux", ("xdg-open", "vlc", "ffplay", "mpv"), "mpv", True),
        ("linux", ("xdg-open", "vlc", "ffplay"), "ffplay", True),
        ("linux", ("xdg-open", "vlc"), "vlc", True),
        ("linux", ("xdg-open",), "xdg-open", False),
        ("darwin", ("afplay", "ffplay"), "ffplay", True),
        ("darwin", ("afplay",), "afplay", True),
        ("win32", ("vlc",), "vlc", True),
        ("win32", (), "Windows", False),
    ],
)
def test_the_best_player_of_a_computer_is_taken(
    system: str, there: tuple[str, ...], name: str, waits: bool
) -> None:
    player = pick(system, having(*there))
    assert player is not None
    assert (player.name, player.waits) == (name, waits)
    assert player.program[:1] == ((f"/bin/{name}",) if there else ())


@pytest.mark.parametrize("system", ["linux", "darwin", "freebsd14"])
def test_a_computer_may_have_none(system: str) -> None:
    assert pick(system, having("afplay" if system != "darwin" else "xdg-open")) is None


def script(folder: Path, name: str, says: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@posix
def test_what_lies_beside_the_recordings_is_no_player(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path, "mpv", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found_here("mpv") == str(tmp_path / "mpv")
    monkeypatch.chdir(tmp_path)
    assert found_here("mpv") is None
    assert found_here("ffplay") is None


@posix
def test_a_player_that_refuses_is_told_with_its_code(tmp_path: Path) -> None:
    player = Player("mpv", (str(script(tmp_path, "mpv", "exit 4")),), waits=True)
    with pytest.raises(ListenError) as refused:
        play(player, tmp_path / "call.mp3")
    assert dict(refused.value.message.values) == {"player": "mpv", "why": "exit 4"}


def test_a_player_that_does_not_start_is_told(tmp_path: Path) -> None:
    player = Player("mpv", (str(tmp_path / "gone"),), waits=True)
    with pytest.raises(ListenError) as refused:
        play(player, tmp_path / "call.mp3")
    assert "mpv" in dict(refused.value.message.values)["player"]


WAITED_FOR = 'while [ "$(cut -d" " -f3 /proc/$PPID/stat)" != S ]; do :; done; kill -INT "$PPID"'


@pytest.mark.skipif(sys.platform != "linux", reason="only there a program sees who waits for it")
@pytest.mark.parametrize("then", ["exit 4", "exec sleep 600"])
def test_ctrl_c_ends_the_listening_and_is_no_error(
    then: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.player._GRACE", 0.1)
    interrupting = script(tmp_path, "mpv", f"{WAITED_FOR}; {then}")
    play(Player("mpv", (str(interrupting),), waits=True), tmp_path / "call.mp3")
