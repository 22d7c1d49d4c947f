"""`make run`: the main job on real recordings, with nothing to set up.

    python -m tests.sample.run                 a sample office, made anew under ./office
    python -m tests.sample.run --inbox FOLDER  your own folder; it is read, never changed

Either way the archive, a local S3-compatible server's bucket and the report lie in ./office.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.s3_server import S3Server
from tests.sample.office import build

SETTINGS = """\
[office]
name = "{name}"
language = "{language}"

[inbox]
path = '{inbox}'

[archive]
path = '{home}/archive'

[mirror]
bucket = "recordings"
endpoint_url = "{endpoint}"
region = "us-east-1"
addressing_style = "path"

[report]
folder = '{home}/reports'
"""
_AS_OF = "2026-11-16T16:30:00+08:00"
"""The sample office's evening, before its deadline."""
_NEEDS_A_PERSON = 3


def main() -> int:
    arguments = _arguments()
    home: Path = arguments.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    when: list[str] = []
    inbox = arguments.inbox
    if inbox is None:
        shutil.rmtree(home)  # the sample is made anew, so that each run shows the same
        inbox = build(home / "inbox").inbox
        when = ["--as-of", _AS_OF]
    with S3Server(home / "bucket") as server:
        settings = home / "callvault.toml"
        settings.write_text(
            SETTINGS.format(
                name="示例公司" if arguments.language == "zh" else "Sample office",
                language=arguments.language,
                inbox=Path(inbox).absolute().as_posix(),
                home=home.as_posix(),
                endpoint=server.endpoint_url,
            ),
            encoding="utf-8",
        )
        environment = os.environ | server.environment | {"PYTHONUTF8": "1"}
        page = home / "reports" / "report.html"
        for step in (
            ["ingest", *when],
            ["report"],
            ["report", "--format", "html", "-o", str(page)],
        ):
            code = _callvault(settings, step, environment)
            if code not in (0, _NEEDS_A_PERSON):
                return code
    print(f"\n{page.as_uri()}\n{(home / 'archive').as_uri()}\n{(home / 'bucket').as_uri()}")
    return 0


def _callvault(settings: Path, step: list[str], environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "cli", "--config", str(settings), *step]
    print(f"\n$ callvault {' '.join(step)}", flush=True)
    return subprocess.run(command, env=environment, check=False).returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--inbox", type=Path, help="your own folder of recordings and sheets")
    parser.add_argument("--home", type=Path, default=Path("office"), help="where all of it goes")
    parser.add_argument("--language", choices=("zh", "en"), default="en")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
