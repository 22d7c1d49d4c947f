"""`callvault play` and `listen-copy`: what an auditor hears, and what is written down of it."""

from __future__ import annotations

import getpass
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.layout import safe_name
from archive.lock import locked
from commands.exit_codes import DONE, FAILED, NEEDS_A_PERSON, WRONG_USE
from config.language import Words
from config.load import load
from ingest.desk import Desk as Manager
from ingest.listen_told import Stage, lacking, tell_play
from ingest.listening import proven
from ingest.naming import recording_named
from ingest.wav_maker import Made
from tests.audit.offices import Row, miui
from tests.audit.packages import exported, table
from tests.desk import IN_TIME, Desk, finish
from tests.ingest.test_player import WAITED_FOR, script

AUDIO = Path(__file__).parent / "audio"
CHEN = Row("陈建国", "15405381201")
CALL = miui("陈建国", "15405381201")
AMR = "刘海燕(15405381204)_20261116110000.amr"
TORN = "赵六(15405381206)_20261116130000.m4a"
BAD = "坏文件(15405381205)_20261116120000.mp3"
posix = pytest.mark.skipif(sys.platform == "win32", reason="a script there is no program")


def office(folder: Path, language: str = "en") -> Desk:
    desk = Desk(folder, language=language)
    desk.office.record(CALL)
    place = next(path for path in desk.inbox.rglob(CALL)).parent
    (place / AMR).write_bytes((AUDIO / "calls/8.amr").read_bytes())
    (place / BAD).write_bytes((AUDIO / "broken/html_named.mp3").read_bytes())
    torn = bytearray((AUDIO / "calls/8.m4a").read_bytes())
    third = len(torn) // 3
    torn[third : 2 * third] = random.Random(1).randbytes(third)
    (place / TORN).write_bytes(torn)
    desk.office.sheet(CHEN)
    desk.run("ingest", "--as-of", IN_TIME)
    return desk


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taken in")
    office(folder)
    return folder


@pytest.fixture
def desk(taken_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    desk = Desk(tmp_path / "office")
    shutil.copytree(taken_in, tmp_path / "office", dirs_exist_ok=True)
    return desk


@pytest.fixture
def players(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of programs that this computer has: a script there is a player."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def mpv(players: Path) -> Path:
    """A player that keeps what it is given; returns the folder in which it does."""
    heard = players.parent / "heard"
    heard.mkdir()
    script(players, "mpv", f'for file; do :; done\n/bin/cp "$file" "{heard}"\necho 00:08')
    return heard


def listened(desk: Desk, recording: str) -> list[tuple[str, str]]:
    entries = desk.told("custody", recording)["entries"]
    return [(one["how"], one["by"]) for one in entries if one["event"] == "listened"]


def at(desk: Desk, recording: str) -> Path:
    """Where it lies in the archive."""
    found = desk.run("custody", recording).stdout.splitlines()[1].removeprefix("SHA-256 ")
    return next(desk.archive / path for path, sha256 in desk.tree().items() if sha256 == found)


@posix
def test_what_is_played_are_the_bytes_that_were_taken_in(desk: Desk, players: Path) -> None:
    heard, before = mpv(players), desk.tree()
    done = desk.run("play", CALL)
    assert done.exit_code == DONE
    assert "its bytes are those that were taken in" in done.stderr
    assert "played: " in done.stdout
    assert [one.read_bytes() for one in heard.iterdir()] == [at(desk, CALL).read_bytes()]
    assert listened(desk, CALL) == [("played", getpass.getuser())]
    assert desk.tree() == before
    assert list((players.parent / "temporary").iterdir()) == []


@posix
def test_what_players_do_not_know_is_played_as_a_wav(desk: Desk, players: Path) -> None:
    heard = mpv(players)
    told = desk.told("play", AMR)
    assert (told["player"], told["decoded"]) == ("mpv", True)
    (file,) = heard.iterdir()
    with wave.open(str(file)) as reader:
        assert reader.getnframes() / reader.getframerate() == pytest.approx(8, abs=0.1)


@posix
@pytest.mark.parametrize("recording", [CALL, AMR])
def test_no_player_hears_whose_call_it_is(recording: str, desk: Desk, players: Path) -> None:
    """Players and systems keep lists of what was opened last."""
    heard = mpv(players)
    assert desk.run("play", recording).exit_code == DONE
    (file,) = heard.iterdir()
    assert re.fullmatch(r"\d+-[0-9a-f]{8}\.(mp3|wav)", file.name)


@posix
def test_altered_bytes_are_neither_played_nor_copied(
    desk: Desk, players: Path, tmp_path: Path
) -> None:
    heard, file = mpv(players), at(desk, CALL)
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    played = desk.run("play", CALL)
    assert played.exit_code == FAILED
    assert "callvault repair" in played.stderr
    copied = desk.run("listen-copy", CALL, AMR, "-o", str(tmp_path / "copies"))
    assert copied.exit_code == NEEDS_A_PERSON
    assert "neither played nor copied" in copied.stderr
    assert list(heard.iterdir()) == []
    (copy,) = (tmp_path / "copies").iterdir()
    assert "刘海燕" in copy.name


@posix
def test_a_missing_file_is_told_with_what_brings_it_back(desk: Desk, players: Path) -> None:
    mpv(players)
    at(desk, AMR).unlink()
    done = desk.run("play", AMR)
    assert done.exit_code == FAILED
    assert "callvault repair" in done.stderr
    assert listened(desk, AMR) == []


@posix
def test_a_recording_that_moved_since_it_was_looked_up_is_found(desk: Desk, players: Path) -> None:
    heard = mpv(players)

    def moved_meanwhile(name: str) -> str | None:
        if name == "mpv":
            desk.run("assign", AMR, "陈建国")
        return str(players / "mpv")

    stage = Stage("linux", moved_meanwhile, lambda _: None, lambda: True)
    tell_play(manager(desk), AMR, "text", stage)
    assert len(list(heard.iterdir())) == 1


@posix
def test_where_the_player_is_a_window_the_copy_goes_when_the_person_says_so(
    desk: Desk, players: Path, tmp_path: Path
) -> None:
    script(players, "xdg-open", "exit 0")
    said: list[str] = []
    there: list[int] = []

    def wait() -> bool:
        there.append(len(list((tmp_path / "temporary").iterdir())))
        return True

    stage = Stage("linux", lambda name: _in(players, name), said.append, wait)
    told = tell_play(manager(desk), CALL, "text", stage)
    assert (there, told.notes) == ([1], ())
    assert "press Enter" in said[-1]
    assert list((tmp_path / "temporary").iterdir()) == []


@posix
def test_a_copy_that_a_player_does_not_let_go_is_told(
    desk: Desk, players: Path, tmp_path: Path
) -> None:
    script(players, "xdg-open", "exit 0")

    def wait() -> bool:
        (room,) = (tmp_path / "temporary").iterdir()
        shutil.rmtree(room)
        room.write_bytes(b"held as Windows does it")
        return True

    stage = Stage("linux", lambda name: _in(players, name), lambda _: None, wait)
    told = tell_play(manager(desk), CALL, "text", stage)
    (room,) = (tmp_path / "temporary").iterdir()
    assert any(str(room) in note for note in told.notes)


@pytest.mark.skipif(sys.platform == "win32", reason="a console is not closed by a signal there")
@pytest.mark.parametrize("number", [signal.SIGTERM, getattr(signal, "SIGHUP", None)])
def test_where_the_window_is_closed_no_copy_stays(
    number: signal.Signals, desk: Desk, players: Path, tmp_path: Path
) -> None:
    script(players, "mpv", f"{WAITED_FOR.replace('-INT', f'-{number.value}')}; exit 1")
    kept = {"PATH": f"{players}{os.pathsep}/bin{os.pathsep}/usr/bin"}
    process = desk.start("play", CALL, TMPDIR=str(tmp_path / "temporary"), **kept)
    finish(process)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert len(listened(desk, CALL)) == 1


@posix
def test_a_copy_that_nobody_could_be_asked_about_goes_a_day_later(
    desk: Desk, players: Path, tmp_path: Path
) -> None:
    script(players, "xdg-open", "exit 0")
    done = desk.run("play", CALL)
    (left,) = (tmp_path / "temporary").iterdir()
    assert str(left) in done.stderr
    desk.run("play", CALL)
    assert left.exists()
    yesterday = (datetime.now(UTC) - timedelta(days=1, minutes=1)).timestamp()
    os.utime(left, (yesterday, yesterday))
    desk.run("play", CALL)
    assert not left.exists()


@posix
def test_without_a_player_it_is_told_what_helps(desk: Desk, players: Path) -> None:
    assert list(players.iterdir()) == []
    done = desk.run("play", CALL)
    assert done.exit_code == FAILED
    assert "callvault listen-copy" in done.stderr
    assert listened(desk, CALL) == []


@posix
def test_nobody_listens_unlogged_though_the_player_fails(desk: Desk, players: Path) -> None:
    script(players, "mpv", "exit 2")
    done = desk.run("play", CALL)
    assert done.exit_code == FAILED
    assert "exit 2" in done.stderr
    assert len(listened(desk, CALL)) == 1


def test_a_copy_is_a_wav_that_says_what_it_is_of(desk: Desk, tmp_path: Path) -> None:
    before = desk.tree()
    told = desk.told("listen-copy", CALL, AMR, CALL, "-o", str(tmp_path / "copies"))
    assert sorted(one["copy"] for one in told) == sorted(map(str, (tmp_path / "copies").iterdir()))
    for one in told:
        copy = Path(one["copy"])
        assert copy.name == f"{Path(one['archive_path']).name} (copy of {one['sha256'][:8]}).wav"
        assert copy.name == safe_name(copy.name)
        with wave.open(str(copy)) as reader:
            assert reader.getnframes() / reader.getframerate() == pytest.approx(8, abs=0.1)
        assert one["problem"] is None
    assert desk.tree() == before


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path) -> None:
    (one,) = desk.told("listen-copy", CALL, "-o", str(tmp_path / "copies"))
    Path(one["copy"]).write_bytes(b"notes")
    done = desk.run("listen-copy", CALL, "-o", str(tmp_path / "copies"))
    assert done.exit_code == NEEDS_A_PERSON
    assert "was not overwritten" in done.stderr
    assert Path(one["copy"]).read_bytes() == b"notes"
    assert len(listened(desk, CALL)) == 1


def test_what_cannot_be_heard_hinders_no_other(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("listen-copy", BAD, AMR, "-o", str(tmp_path / "copies"))
    assert done.exit_code == NEEDS_A_PERSON
    assert "nothing can be heard" in done.stderr
    assert len(list((tmp_path / "copies").iterdir())) == 1
    assert listened(desk, BAD) == []


def test_what_of_it_is_damaged_is_told(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("listen-copy", TORN, "-o", str(tmp_path / "copies"))
    assert done.exit_code == DONE
    assert "of its 8.0 s" in done.stdout
    assert "cannot be heard" in done.stdout
    assert desk.told("listen-copy", TORN, "-o", str(tmp_path / "b"))[0]["lacking_seconds"] > 2


def test_a_quiet_one_is_made_louder_where_that_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    (one,) = desk.told("listen-copy", CALL, "-o", str(tmp_path / "a"), "--louder")
    assert one["gain_db"] > 3
    done = desk.run("listen-copy", CALL, "-o", str(tmp_path / "b"), "--louder")
    assert "made louder by" in done.stdout


def test_no_copy_goes_into_the_archive_or_the_inbox(desk: Desk) -> None:
    for place in (desk.archive / "copies", desk.inbox):
        done = desk.run("listen-copy", CALL, "-o", str(place))
        assert done.exit_code == FAILED
        assert "nothing was changed" in done.stderr


def test_an_unknown_recording_is_told_before_any_copy_is_made(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("listen-copy", CALL, "nobody.mp3", "-o", str(tmp_path / "copies"))
    assert done.exit_code == WRONG_USE
    assert not (tmp_path / "copies").exists()


def test_a_copy_that_cannot_be_written_is_not_told_as_a_missing_recording(
    desk: Desk, tmp_path: Path
) -> None:
    """Windows says so of names that are too long."""
    with manager(desk).reading() as tx:
        of = recording_named(tx, CALL, manager(desk).roots)
    with pytest.raises(FileNotFoundError):
        proven(manager(desk), of, tmp_path / "gone")


def test_what_no_wav_can_hold_is_not_told_as_damaged(desk: Desk, tmp_path: Path) -> None:
    with manager(desk).reading() as tx:
        of = recording_named(tx, CALL, manager(desk).roots)
    assert lacking(of, Made(tmp_path, 2.0, 0.0, cut=False)) == pytest.approx(6.0, abs=0.1)
    assert lacking(of, Made(tmp_path, 2.0, 0.0, cut=True)) == 0.0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights as POSIX has them")
def test_a_folder_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    done = desk.run("listen-copy", CALL, "-o", str(tmp_path / "closed"))
    assert done.exit_code == FAILED
    assert "cannot be written" in done.stderr


def test_a_file_in_the_folders_place_is_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = desk.run("listen-copy", CALL, "-o", str(tmp_path / "file" / "copies"))
    assert done.exit_code == FAILED
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize(
    ("language", "said"), [("en", "a listening copy was made by"), ("zh", "制作了试听副本")]
)
def test_listening_is_a_part_of_its_custody(tmp_path: Path, language: str, said: str) -> None:
    desk = office(tmp_path / "office", language)
    with locked(desk.archive):  # as a daemon has it
        assert desk.run("listen-copy", CALL, "-o", str(tmp_path / "copies")).exit_code == DONE
    assert said in desk.run("custody", CALL).stdout
    assert said not in desk.run("custody", AMR).stdout


def test_it_outlives_the_catalogue_and_goes_with_a_package(desk: Desk, tmp_path: Path) -> None:
    before = exported(desk, tmp_path / "before", "--customer", "陈建国")
    desk.run("listen-copy", CALL, "-o", str(tmp_path / "copies"))
    desk.run("ingest", "--as-of", IN_TIME)
    told = desk.told("custody", CALL)
    (desk.archive / ".callvault/catalogue.sqlite").unlink()
    assert desk.run("rebuild").exit_code == DONE
    assert desk.told("custody", CALL) == told
    assert desk.run("custody", "--verify").exit_code == DONE
    after = exported(desk, tmp_path / "after", "--customer", "陈建国")
    entries = [table(one, "recordings")[0]["保管记录编号"].split() for one in (before, after)]
    assert len(entries[1]) == len(entries[0]) + 1
    assert "制作了试听副本" in (after / "report.html").read_text(encoding="utf-8")


def manager(desk: Desk) -> Manager:
    settings = load(desk.config, {})
    return Manager.of(settings, Words(settings.office.language))


def _in(players: Path, name: str) -> str | None:
    return str(players / name) if (players / name).exists() else None
