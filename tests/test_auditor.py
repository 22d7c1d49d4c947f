"""The commands that docs/auditor.md tells are run as they stand there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.packages import SHA256SUM, WITHOUT_SHA256SUM, desk_with
from tests.ingest.test_player import script

PAGE = Path(__file__).parents[1] / "docs" / "auditor.md"


@pytest.mark.skipif(SHA256SUM is None, reason=WITHOUT_SHA256SUM)
def test_from_the_question_to_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_with(tmp_path / "office")
    (tmp_path / "programs").mkdir()
    script(tmp_path / "programs", "mpv", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "programs"), prepend=os.pathsep)
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) > 10
    said: dict[str, str] = {}
    for command in commands:
        name, *words = shlex.split(command.replace("(", r"\(").replace(")", r"\)"))
        if name == "cd":
            monkeypatch.chdir(words[0])
        elif name == "callvault":
            done = desk.run(*words)
            assert done.exit_code == 0, (command, done.output)
            said[words[0]] = done.stdout
        else:
            program = sys.executable if name == "python3" else name
            ran = subprocess.run([program, *words], capture_output=True, check=False)
            assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
    assert "陈建国/2026-11-16" in said["search"]
    assert "played: " in said["play"]
    assert "exported at" in said["verify-export"]


def test_what_the_page_says_is_in_a_package_is_there(tmp_path: Path) -> None:
    desk = desk_with(tmp_path / "office")
    desk.run("export", "-o", str(tmp_path / "package"), "--vcon")
    there = {path.name for path in (tmp_path / "package").iterdir()}
    table = PAGE.read_text(encoding="utf-8").partition("| name | what |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([\w-]+)[./]", table)) - {"entries", "files", "authority"}
    assert named | {"manifest-sha256", "tagmanifest-sha256"} == {one.split(".")[0] for one in there}
