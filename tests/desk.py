"""The information manager's desk: a settings file beside an inbox, and the command at hand."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

import cli
from tests.audit.offices import SmallOffice

ROOT = Path(__file__).parents[1]
IN_TIME = "2026-11-16T16:30"
PLAIN = {"LC_ALL": "C", "COLUMNS": "120"}
"""English, and as wide wherever the tests run."""


class Desk:
    def __init__(self, folder: Path, *, language: str = "en", more: str = "") -> None:
        self.office = SmallOffice(folder)
        self.inbox, self.archive = self.office.inbox, self.office.archive
        self.config = folder / "callvault.toml"
        self.config.write_text(
            f'[office]\nname = "济宁分公司"\nlanguage = "{language}"\n'
            "[inbox]\npath = 'inbox'\nsettle_seconds = 0.2\nscan_seconds = 1\n"
            f"[archive]\npath = 'archive'\n{more}",
            encoding="utf-8",
        )

    def run(self, *args: str, **environment: str) -> Result:
        """The command in this process, with the desk's settings."""
        return run("--config", str(self.config), *args, **environment)

    def told(self, *args: str) -> Any:
        """What the command prints as JSON."""
        return json.loads(self.run(*args, "--format", "json").stdout)

    def start(self, *args: str, **environment: str) -> subprocess.Popen[str]:
        """The command as a process of its own."""
        return start("--config", str(self.config), *args, **environment)

    def tree(self) -> Mapping[str, str]:
        """Every recording and sheet in the archive with the hash of its bytes."""
        return {
            path.relative_to(self.archive).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.archive.rglob("*"))
            if path.is_file() and path.suffix in (".mp3", ".amr", ".m4a", ".wav", ".xlsx", ".csv")
        }


def run(*args: str, **environment: str) -> Result:
    """The command in this process, on a computer that speaks English and has no settings."""
    mine = {name: None for name in os.environ if name.startswith("CALLVAULT_")}
    return CliRunner().invoke(cli.main, args, env=mine | PLAIN | environment)


def start(*args: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *args],
        cwd=ROOT,
        env=dict(os.environ) | PLAIN | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, what it wrote on stdout, and on stderr."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err
