"""The programs that `bench.admission` measures callvault against, and how each is told to copy.

Those that are not installed are left out. What each of them promises differs: only callvault,
`cp; syncfs`, `rsync --fsync` and git-annex have everything on the disk when they end, restic
compresses and encrypts, beets reads tags, git-annex and bagit hash.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.comparing import as_installed
from tests.s3_server import rclone

SETTINGS = """\
[office]
name = "bench"
language = "en"
[inbox]
path = '{inbox}'
[archive]
path = '{archive}'
"""
NOW = "2026-11-16T17:30:00+08:00"
"""On the evening of the day for which the recordings are handed over."""
Command = Sequence[str]


@dataclass(frozen=True, slots=True)
class Peer:
    command: Callable[[Path, Path], Command]
    """Of the inbox and a target, whose folder is there and empty."""
    says: bool = False
    """It prints its seconds itself, for the start of Python is no part of what is measured."""
    again: bool = False
    """Run once more, it looks for what is new."""
    slow: bool = False
    """It takes minutes where others take seconds, so once is enough."""
    held: bool = True
    """Every recording lies under the target afterwards, as a file that can be counted."""


def peers() -> Mapping[str, Peer]:
    """By name: callvault, the limits, then those of its peers that are installed."""
    found = {
        "callvault, admission": Peer(_mine, says=True),
        "callvault ingest": Peer(_ingest, again=True, slow=True),
        "limit: hash": Peer(_limit("hashed"), says=True, held=False),
        "limit: copy, hash, syncfs": Peer(_limit("copied"), says=True),
        "limit: the same into customers' folders": Peer(_limit("filed"), says=True),
        "cp -r": Peer(_shell('cp -r "$1/." "$2"')),
        "cp -r; syncfs": Peer(_shell('cp -r "$1/." "$2" && sync -f "$2"')),
        "rclone copy": Peer(
            lambda inbox, target: [rclone(), "copy", str(inbox), str(target), "--config="],
            again=True,
        ),
    }
    if shutil.which("rsync"):
        found["rsync --fsync"] = Peer(_rsync("--fsync"), again=True)
        found["rsync --checksum"] = Peer(_rsync("--checksum"))
    if shutil.which("restic"):
        start = 'export RESTIC_PASSWORD=bench; [ -e "$2/config" ] || restic init -q -r "$2";'
        backup = 'restic backup -q --no-cache -r "$2" "$1"'
        found["restic"] = Peer(_shell(f"{start} {backup}"), again=True, slow=True, held=False)
    if find_spec("bagit"):
        bag = f'"{sys.executable}" -m bagit --sha256 --processes 2 --quiet "$2"'
        found["cp -r; bagit"] = Peer(_shell(f'cp -r "$1/." "$2" && {bag}'))
    if shutil.which("beet"):
        options = "directory: $2/music\\nlibrary: $2/beets.db\\nimport: {copy: yes, timid: no}"
        written = f'printf "{options}\\n" > "$2/beets.yaml"'
        take = 'beet -c "$2/beets.yaml" import -A -q -s "$1"'
        found["beets import"] = Peer(_shell(f"{written} && HOME=$2 {take}"), slow=True, held=False)
    if shutil.which("git-annex"):
        # Its own identity, for it commits; nothing of the user's settings is read.
        begin = 'cd "$2" && git init -q && git -c user.name=b -c user.email=b@b annex init -q'
        add = "git -c user.name=b -c user.email=b@b annex add -q --jobs=2 ."
        found["cp -r; git-annex add"] = Peer(
            _shell(f'{begin} && cp -r "$1/." "$2" && {add}'), slow=True, held=False
        )
    return found


def _shell(script: str) -> Callable[[Path, Path], Command]:
    return lambda inbox, target: ["sh", "-c", script, "sh", str(inbox), str(target)]


def _rsync(option: str) -> Callable[[Path, Path], Command]:
    return lambda inbox, target: ["rsync", "-a", option, f"{inbox}/", f"{target}/"]


def _limit(work: str) -> Callable[[Path, Path], Command]:
    return lambda inbox, target: [*_python("bench.admission_limits"), work, str(inbox), str(target)]


def _mine(inbox: Path, target: Path) -> Command:
    return [*_python("bench.admission_mine"), str(_settings(inbox, target))]


def _ingest(inbox: Path, target: Path) -> Command:
    return [*_python("cli"), "--config", str(_settings(inbox, target)), "ingest", "--as-of", NOW]


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def _settings(inbox: Path, target: Path) -> Path:
    path = target.with_suffix(".toml")
    path.write_text(SETTINGS.format(inbox=inbox, archive=target), encoding="utf-8")
    return path


def environment() -> dict[str, str]:
    """Peers run without the user's own settings of them."""
    return as_installed(os.environ) | {"LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull}
