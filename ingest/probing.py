"""A program of its own that probes one recording after another: paths in, findings out, as JSON.

What decodes sound is C code fed with strangers' bytes, and a damaged recording can make it end its
process, take all memory or never come to an end. So it has a process to itself, with limits, and
callvault goes on. Started by its path, wherever callvault is installed, by `ingest.prober`.
"""

from __future__ import annotations

import errno
import faulthandler
import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

MEMORY = 2 << 30
"""Bytes of address space; the libraries take a tenth of it."""


def main(seconds: float, raw: frozenset[str]) -> None:
    """Answers each path on stdin with a line on stdout; one file may take `seconds`."""
    bound()
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library prints is no answer
    importlib.import_module("ingest.sound")  # what is not installed shows before any recording
    _send(answers, "ready")
    for line in sys.stdin.buffer:
        # The caller watches too; this one also ends a process whose caller was killed.
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        answer = _answer(Path(json.loads(line)), raw)
        faulthandler.cancel_dump_traceback_later()
        _send(answers, answer)


def _send(answers: int, answer: object) -> None:
    os.write(answers, json.dumps(answer).encode("ascii") + b"\n")


def _answer(path: Path, raw: frozenset[str]) -> dict[str, Any]:
    """The fields of `archive.records.Probed`, or what the disk said."""
    from ingest.probe import State, probe
    from ingest.sound import listen

    try:
        found = probe(path, raw)
        level = None if found.state is State.EMPTY else listen(path, found)
    except OSError as error:
        return {"errno": error.errno or errno.EIO, "strerror": error.strerror or ""}
    return {
        "container": found.container,
        "codec": found.codec,
        "duration_seconds": found.duration_seconds,
        "condition": found.state,
        "silent": level is not None and level.silent,
        "dbfs": level.dbfs if level else None,
        "tags": found.tags,
        "notes": [(note.key, note.values) for note in found.notes],
    }


def bound() -> None:
    """Takes the limits, and leaves it to the caller when to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold a customer's voice
    if sys.platform == "linux":  # no other system honours it
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        soft = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main(float(sys.argv[1]), frozenset(sys.argv[2:]))
