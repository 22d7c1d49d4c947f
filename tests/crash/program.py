"""The real program in a process of its own, whole or under strace.

It is forked from a process that has imported everything: starting Python anew some thousand times
would take hours. What runs is `cli.main` with the arguments of a command line, and it is ended by a
real signal at a real system call. Where it is traced its thread pools work in its own thread, so
that the n-th call of a kind is the same one each time, and the programs that read strangers' files
are forked too.
"""

from __future__ import annotations

import gc
import io
import os
import re
import runpy
import select
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, TypeVar

import alembic.command
import alembic.config
import botocore.session
import filelock
import sqlalchemy.dialects.sqlite

import archive.mirror
import archive.s3
import audit.progress
import audit.report
import cli
import ingest.examining
import ingest.intake
import ingest.retention_told
import ingest.session
import ingest.sound
import ingest.undo_told
import ingest.word_told
from matcher.spelling import readings, spelled
from tests.compiled_once import share_compiled
from tests.crash.trace import BEGIN
from tests.ingest.commands import settings_file
from tests.ingest.small_office import SHEET, office, recorded, sheet, sound

PRELOADED: tuple[object, ...] = (
    alembic.command,
    alembic.config,
    archive.s3,
    audit.progress,
    audit.report,
    filelock,
    ingest.retention_told,
    ingest.session,
    ingest.sound,
    ingest.undo_told,
    ingest.word_told,
    sqlalchemy.dialects.sqlite,
)
"""What commands import when they need it."""
SECONDS = 60
"""That a run may take; one that hangs ends by SIGALRM."""
BROKEN = 70
"""Exit code where the harness itself failed."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    """The exit code; a signal's number, negative."""
    said: str
    """On stdout and stderr."""

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


@cache
def traces() -> bool:
    """Whether this system has strace, and lets it follow another process."""
    if shutil.which("strace") is None:
        return False
    followed = subprocess.Popen(["sleep", "60"])
    try:
        watcher = _attached(followed.pid, ("-o", os.devnull))
        watcher.kill()
        watcher.communicate()
    except RuntimeError:
        return False
    finally:
        followed.kill()
        followed.wait()
    return True


def prepare() -> None:
    """Loads what every run would load, and lets the runs share it with this process."""
    list(cli.main.commands.values())  # imports their modules
    spelled("張偉")
    readings("张伟")
    share_compiled()
    _share_service_models()
    _warm_up()
    gc.collect()
    gc.freeze()


def _share_service_models() -> None:
    """Of boto3, which reads a megabyte of JSON for each client's session."""
    botocore.session.create_loader = cache(botocore.session.create_loader)


def _warm_up() -> None:
    """One pass of another office in this process: what it loads and compiles all runs have."""
    with TemporaryDirectory() as folder:
        desk = office(Path(folder))
        desk.drop(SHEET, sheet([("陈建国", "15405381201", "9:12")]))
        desk.drop(recorded("陈建国", "15405381201", "091207"), sound(1))
        config = settings_file(desk, "http://127.0.0.1:9", bucket="nowhere")
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            for command in ("ingest", "report"):
                _main(["--config", str(config), command])


# At the very end urllib3 closes connections of itself; a socket's close fails in strace alone.
_IGNORED = re.compile(
    r"^Exception ignored in: <finalize .*\n(?:Traceback.*\n|  .*\n)*OSError.*\n", re.MULTILINE
)


def run(
    arguments: Sequence[str],
    scratch: Path,
    watching: Sequence[str] = (),
    before: Callable[[], None] = lambda: None,
) -> Ended:
    """Runs `callvault` with `arguments`; `watching` are strace's options, none for no strace.

    `before` is called in the new process before the program begins.
    """
    said = scratch / "said"
    waits, go = os.pipe()
    ready, stands = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        _become(arguments, said, waits, stands, before)
    os.close(waits)
    os.close(stands)
    os.read(ready, 1)  # or strace would count calls of what comes before the program
    os.close(ready)
    watcher = _attached(child, watching) if watching else None
    os.write(go, b"g")
    os.close(go)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if watcher is not None:
        watcher.communicate()
    text = _IGNORED.sub("", said.read_text("utf-8", "replace"))
    if code == BROKEN:
        raise RuntimeError(text)
    return Ended(code, text)


def _attached(child: int, watching: Sequence[str]) -> subprocess.Popen[str]:
    watcher = subprocess.Popen(
        ["strace", "-p", str(child), *watching],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert watcher.stderr is not None
    told = watcher.stderr.readline()
    if "attached" not in told:
        raise RuntimeError(f"strace does not follow: {told}{watcher.communicate()[1]}")
    return watcher


def _become(
    arguments: Sequence[str], said: Path, waits: int, stands: int, before: Callable[[], None]
) -> None:
    """In the new process: waits to be let go, then is the program to its end."""
    code = BROKEN
    try:
        _redirect(said)
        signal.alarm(SECONDS)
        _stay_in_one_thread()
        before()
        os.write(stands, b"s")
        # Not by reading: strace would let a read that it interrupted begin anew, and count it.
        select.select([waits], [], [])
        os.close(waits)
        Path(BEGIN).exists()
        code = _main(arguments)
    except BaseException:  # noqa: BLE001  # nothing may go back into the process forked from
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _redirect(said: Path) -> None:
    nowhere = os.open(os.devnull, os.O_RDONLY)
    told = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor, onto in ((nowhere, 0), (told, 1), (told, 2)):
        os.dup2(descriptor, onto)


def _main(arguments: Sequence[str]) -> int:
    try:
        cli.main(list(arguments), prog_name="callvault")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001  # what Python itself would do
        traceback.print_exc()
        return 1
    return 0


def _stay_in_one_thread() -> None:
    for room in (archive.mirror, ingest.intake, ingest.examining):
        setattr(room, "ThreadPoolExecutor", OneThread)  # noqa: B010  # not theirs to export
    setattr(subprocess, "Popen", Forked)  # noqa: B010


class OneThread:
    """A thread pool without threads."""

    def __init__(self, *_: object) -> None:
        pass

    def __enter__(self) -> OneThread:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, work: Callable[..., Result], *over: Iterable[Any]) -> Iterator[Result]:
        return iter([work(*each) for each in zip(*over, strict=True)])

    def submit(self, work: Callable[..., Result], *given: Any) -> Future[Result]:
        done: Future[Result] = Future()
        try:
            done.set_result(work(*given))
        except Exception as error:  # noqa: BLE001  # whoever asks for the result is told
            done.set_exception(error)
        return done

    def shutdown(self, **_: object) -> None:
        pass


class Forked:
    """What `subprocess.Popen` gives for one of callvault's own programs, forked and not started."""

    def __init__(self, program: Sequence[str], **_: object) -> None:
        asked, ask = os.pipe()
        answered, answer = os.pipe()
        self.returncode: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            self._become(program[2:], asked, answer)
        os.close(asked)
        os.close(answer)
        self.stdin: IO[bytes] = os.fdopen(ask, "wb")
        self.stdout: IO[bytes] = os.fdopen(answered, "rb")

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> None:
        del timeout
        self.stdin.close()
        self.stdout.close()
        self.returncode = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _become(self, arguments: Sequence[str], asked: int, answer: int) -> None:
        try:
            signal.alarm(SECONDS)
            os.dup2(asked, 0)
            os.dup2(answer, 1)
            os.closerange(3, 256)  # the lock of the archive is not to be held here
            sys.argv = list(arguments)
            runpy.run_path(arguments[0], run_name="__main__")
        finally:
            os._exit(0)
