"""The command as scripts run it: a settings file, and `callvault` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.ingest.small_office import SmallOffice

ROOT = Path(__file__).parents[2]
SETTINGS = """\
[office]
name = "示例公司"
language = "{language}"
[inbox]
path = '{inbox}'
settle_seconds = {settle_seconds}
scan_seconds = {scan_seconds}
[archive]
path = '{archive}'
[report]
folder = '{reports}'
[retention]
years = 5
{mirror}
"""
MIRROR = """\
[mirror]
bucket = "{bucket}"
endpoint_url = "{endpoint_url}"
region = "us-east-1"
addressing_style = "path"
"""


def settings_file(
    desk: SmallOffice,
    endpoint_url: str | None = None,
    *,
    language: str = "en",
    settle_seconds: float = 10,
    scan_seconds: float = 300,
    bucket: str = "recordings",
) -> Path:
    """Writes the office's settings file; with an endpoint it has a mirror there."""
    mirror = MIRROR.format(endpoint_url=endpoint_url, bucket=bucket) if endpoint_url else ""
    path = desk.folder / "callvault.toml"
    path.write_text(
        SETTINGS.format(
            language=language,
            inbox=desk.inbox,
            archive=desk.archive,
            settle_seconds=settle_seconds,
            scan_seconds=scan_seconds,
            reports=desk.settings.report.folder,
            mirror=mirror,
        ),
        encoding="utf-8",
    )
    return path


def callvault(
    config: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    answers: str | None = None,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(config, *arguments),
        cwd=ROOT,
        env=surroundings(environment),
        input=answers,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def command(config: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "cli", "--config", str(config), *arguments]


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without an office's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CALLVAULT_")}
    return kept | {"PYTHONUTF8": "1"} | dict(more or {})
