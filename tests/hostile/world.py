"""An office with canaries all around it: whatever changes outside the archive is seen."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ingest.child import killed_after
from tests.ingest.commands import ROOT, command, settings_file, surroundings
from tests.ingest.small_office import SmallOffice, office, sheet

NOW = "2026-11-16T16:30+08:00"
SECONDS = 300.0
_HASHED = 1 << 26
"""Larger files, which are sparse, are told by size and time alone."""
Snapshot = Mapping[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    output: str
    log: str
    seconds: float
    megabytes: int
    """The most that the command, or a process it started, had in memory."""


@dataclass(frozen=True, slots=True)
class World:
    folder: Path
    desk: SmallOffice
    config: Path

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    def callvault(self, *arguments: str) -> Ran:
        """Runs a command whose working, home and temporary folder lie among the canaries."""
        around = {name: str(self.outside) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME")}
        program = command(self.config, *arguments)
        began = time.monotonic()
        said, log = (self.folder / "told" / name for name in ("stdout", "stderr"))
        said.parent.mkdir(exist_ok=True)
        with said.open("wb") as out, log.open("wb") as err:
            process = subprocess.Popen(
                program,
                cwd=self.outside,
                env=surroundings({**around, "PYTHONPATH": str(ROOT)}),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
            with killed_after(process, SECONDS):
                _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return Ran(
            process.returncode,
            said.read_bytes().decode(),
            log.read_bytes().decode(),
            time.monotonic() - began,
            used.ru_maxrss >> 10,
        )

    def report(self) -> dict[str, list[dict[str, Any]]]:
        """Recordings, calls and findings of all days together, from JSON that is strictly valid."""
        asked = ("report", "--from", "2000-01-01", "--to", "2100-01-01", "--format", "json")
        days = strict_json(self.callvault(*asked).output)["days"]
        parts = ("recordings", "calls", "findings")
        return {part: [one for day in days for one in day[part]] for part in parts}

    def snapshot(self) -> Snapshot:
        """Everything but what callvault may write."""
        own = {self.desk.archive, self.desk.settings.report.folder, self.folder / "told"}
        own |= {*self.desk.folder.glob("callvault.toml.archive")}  # which archives there are
        found: dict[str, tuple[object, ...]] = {}
        folders = [self.folder]
        while folders:
            for entry in os.scandir(folders.pop()):
                path = Path(entry.path)
                if path in own:
                    continue
                found[entry.path] = _state(path)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
        return found

    def sources(self) -> list[str]:
        """What the report is to account for: every file of the inbox, as text."""
        found = []
        for folder, folders, files in os.walk(self.desk.inbox):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            below = os.path.relpath(folder, self.desk.inbox)
            found += [f"{below}/{name}" for name in (*files, *links)]
        return sorted(name.encode("utf-8", "backslashreplace").decode() for name in found)


def world(folder: Path) -> World:
    """An empty office, and beside it a folder with secrets in it."""
    desk = office(folder / "office")
    outside = folder / "outside"
    outside.mkdir()
    (outside / "secret.amr").write_bytes(b"#!AMR\nsecret")
    (outside / "secret.csv").write_bytes(sheet([("秘密", "13100000000", "09:00:00")]))
    (outside / ".callvault").mkdir()
    (outside / ".callvault" / "canary").write_bytes(b"canary")
    config = settings_file(desk)
    said = config.read_text(encoding="utf-8")
    config.write_text(
        said.replace("settle_seconds", "max_megabytes = 50\nsettle_seconds"), encoding="utf-8"
    )
    return World(folder, desk, config)


def strict_json(text: str) -> Any:
    """Without the numbers that Python alone takes for JSON, and with whole letters only."""

    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no JSON")

    text.encode("utf-8")
    return json.loads(text, parse_constant=refuse)


def _state(path: Path) -> tuple[object, ...]:
    seen = path.lstat()
    held: object = None
    if stat.S_ISLNK(seen.st_mode):
        held = path.readlink()
    elif stat.S_ISREG(seen.st_mode) and seen.st_size < _HASHED:
        held = hashlib.sha256(path.read_bytes()).hexdigest()
    if stat.S_ISDIR(seen.st_mode):  # what is in it is told of itself
        return (seen.st_mode, seen.st_ino)
    return (seen.st_mode, seen.st_ino, seen.st_nlink, seen.st_size, seen.st_mtime_ns, held)
