from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from archive.records import Probed
from config.language import LANGUAGES, Words
from ingest.probe import probe
from ingest.prober import Prober, ProberError
from ingest.sound import listen
from tests.ingest.small_office import DAY, office

AUDIO = Path(__file__).parents[1] / "audio"
ROOT = Path(__file__).parents[2]
SPEECH = AUDIO / "calls/8.mp3"
posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files or limits")

OWN = """
import os, sys
sys.path.insert(0, {root!r})
from ingest import probing
answer = probing._answer
def changed(path, raw):
    {first}
    return answer(path, raw)
probing._answer = changed
probing.main({seconds}, frozenset())
"""


def own(first: str, seconds: float = 60) -> Sequence[str]:
    """callvault's own program, in which something happens before it examines a recording."""
    script = OWN.format(root=str(ROOT), first=first, seconds=seconds)
    return (sys.executable, "-c", script)


def failed(found: Probed) -> bool:
    return found.condition == "damaged" and [note.key for note in found.notes] == [
        "sound.probe_failed"
    ]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.mp3"
    path.write_bytes(SPEECH.read_bytes())
    return path


@pytest.mark.parametrize(
    "name",
    [
        "calls/8.m4a", "formats/wechat_ios_silk.aud", "calls/silent.wav", "broken/html_named.mp3",
        "broken/zero_byte.amr", "broken/ext_amr_named.mp3",
    ],
)  # fmt: skip
def test_a_process_apart_finds_what_is_there(name: str) -> None:
    path = AUDIO / name
    there = probe(path)
    level = listen(path, there)
    with Prober() as prober:
        found = prober.look(path)
    assert (found.container, found.codec, found.duration_seconds) == (
        there.container, there.codec, there.duration_seconds,
    )  # fmt: skip
    assert (found.condition, found.tags, found.notes) == (there.state, there.tags, there.notes)
    assert found.dbfs == (level.dbfs if level else None)
    assert found.silent == (level is not None and level.silent)


def test_one_process_serves_a_whole_pass() -> None:
    with Prober() as prober:
        first = prober.look(SPEECH)
        process = prober._process
        assert process is not None
        assert prober.look(SPEECH) == first
        assert prober._process is process
    assert process.returncode == 0


def test_nothing_is_started_where_nothing_is_asked() -> None:
    with Prober(program=("no such program",)):
        pass


def test_a_recording_that_ends_the_process_is_damaged_and_the_next_is_not(bad: Path) -> None:
    with Prober(program=own("if 'bad' in path.name: os.abort()")) as prober:
        assert prober.look(SPEECH).condition == "complete"
        assert failed(prober.look(bad))
        assert failed(prober.look(bad))
        assert prober.look(SPEECH).condition == "complete"


def test_a_recording_does_not_suffer_for_the_one_before(bad: Path) -> None:
    """What a damaged recording did to the process may end it only at the next one."""
    poisoned = "if hasattr(os, 'poison'): os.abort()\n    os.poison = True"
    with Prober(program=own(poisoned)) as prober:
        assert prober.look(bad).condition == "complete"
        assert prober.look(SPEECH).condition == "complete"


@pytest.mark.parametrize("its_own_limit", [0.3, 60])
def test_a_recording_that_takes_for_ever_is_damaged(bad: Path, its_own_limit: float) -> None:
    endless = "while 'bad' in path.name: pass"
    seconds = 60 if its_own_limit < 1 else 1.5
    began = time.monotonic()
    with Prober(program=own(endless, its_own_limit), seconds=seconds) as prober:
        assert failed(prober.look(bad))
        assert prober.look(SPEECH).condition == "complete"
    assert time.monotonic() - began < 30


@posix
def test_a_file_that_never_opens_is_damaged(tmp_path: Path) -> None:
    pipe = tmp_path / "call.mp3"
    os.mkfifo(pipe)
    with Prober(seconds=1.5) as prober:
        assert failed(prober.look(pipe))


@pytest.mark.skipif(sys.platform != "linux", reason="no other system honours the limit")
def test_a_recording_that_asks_for_all_memory_is_damaged(bad: Path) -> None:
    with Prober(program=own("bytearray(3 << 30) if 'bad' in path.name else 0")) as prober:
        assert failed(prober.look(bad))
        assert prober.look(SPEECH).condition == "complete"


def test_what_a_library_prints_is_no_answer() -> None:
    with Prober(program=own("os.write(1, b'returned -12\\\\n')")) as prober:
        assert prober.look(SPEECH).condition == "complete"


def test_a_process_that_somebody_ended_is_replaced() -> None:
    with Prober() as prober:
        assert prober.look(SPEECH).condition == "complete"
        assert prober._process is not None
        prober._process.kill()
        prober._process.wait()
        assert prober.look(SPEECH).condition == "complete"


@posix
def test_a_service_that_is_stopped_ends_the_process_itself() -> None:
    """A service manager tells every process to end; the one in work must not fail its recording."""
    with Prober() as prober:
        prober.look(SPEECH)
        assert prober._process is not None
        process = prober._process
        process.send_signal(signal.SIGTERM)
        assert prober.look(SPEECH).condition == "complete"
        assert prober._process is process


def test_errors_of_the_disk_stay_errors_of_the_disk(tmp_path: Path) -> None:
    with Prober() as prober:
        with pytest.raises(FileNotFoundError) as caught:
            prober.look(tmp_path / "录音.mp3")
        assert caught.value.filename == str(tmp_path / "录音.mp3")
        assert prober.look(SPEECH).condition == "complete"


@posix
def test_a_name_that_is_no_text_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xb5\xe7\xbb\xb0.mp3")
    path.write_bytes(SPEECH.read_bytes())
    with Prober() as prober:
        assert prober.look(path).condition == "complete"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ((sys.executable, "-c", "raise SystemExit(7)"), "exit 7"),
        ((sys.executable, "-c", "print('\"hello\"', flush=True); input()"), "exit "),
        (("no such program",), "No such file"),
    ],
)
def test_a_program_that_does_not_start_blames_no_recording(
    program: Sequence[str], reason: str
) -> None:
    with Prober(program=program) as prober, pytest.raises(ProberError) as caught:
        prober.look(SPEECH)
    assert reason in dict(caught.value.message.values)["reason"]
    for language in LANGUAGES:
        assert "callvault" in Words(language).say(caught.value.message)


def test_a_process_that_does_not_want_to_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.child._GRACE", 0.3)
    stubborn = "print('\"ready\"', flush=True)\nwhile True: pass"
    prober = Prober(program=(sys.executable, "-c", stubborn))
    process = prober._started()
    prober.close()
    assert process.poll() is not None


@posix
def test_no_process_outlives_a_callvault_that_was_killed(bad: Path) -> None:
    """Even while a recording keeps it busy for ever."""
    script = (
        "import sys\nfrom pathlib import Path\nfrom ingest.prober import Prober\n"
        "p = Prober(program=sys.argv[2:]); p._started(); print(p._process.pid, flush=True)\n"
        "p.look(Path(sys.argv[1]))"
    )
    program = own("while True: pass", seconds=1)
    caller = subprocess.Popen(
        [sys.executable, "-c", script, str(bad), *program], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert caller.stdout is not None
    pid = int(caller.stdout.readline())
    caller.kill()
    caller.communicate()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
        assert time.monotonic() < deadline


def test_raw_sound_is_known_where_the_office_says_so(tmp_path: Path) -> None:
    place = office(tmp_path)
    for name in ("raw_alaw.alaw", "raw_dialogic.vox"):
        place.drop(f"{DAY}/王芳/{name}", (AUDIO / "formats" / name).read_bytes())
    place.drop(f"{DAY}/王芳/坏.mp3", b"ID3" + b"\xff" * 3000)
    inbox = replace(place.settings.inbox, raw_audio=("vox",))
    replace(place, settings=replace(place.settings, inbox=inbox)).ingest()
    told = {Path(one["source"]).name: one for one in place.report()["recordings"]}
    assert told["raw_dialogic.vox"]["duration_seconds"] == 20.0
    assert told["raw_dialogic.vox"]["format"] == "vox/adpcm_ima_oki"
    assert told["raw_alaw.alaw"]["duration_seconds"] is None
    damaged = [source for code, source in place.codes() if code == "damaged_recording"]
    assert [Path(source or "").name for source in damaged] == ["raw_alaw.alaw", "坏.mp3"]
