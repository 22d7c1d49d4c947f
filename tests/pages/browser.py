"""Debian's chromium without a window: takes pictures of pages, prints them, measures them."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SECONDS = 120
_DARK = ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")
_MEASURE = """\
<script>
addEventListener("load", () => {
  const measured = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const root = frame.contentDocument.documentElement;
    measured[frame.id] = [root.scrollWidth, root.clientWidth];
  }
  document.body.textContent = JSON.stringify(measured);
});
</script>
"""


def installed() -> str | None:
    return shutil.which("chromium")


@dataclass(frozen=True, slots=True)
class Browser:
    program: str
    folder: Path
    """Where its profile lies and what it is shown is put."""

    def picture(self, page: Path, to: Path, width: int, height: int, *, dark: bool = False) -> None:
        more = _DARK if dark else ()
        self._run(page, f"--window-size={width},{height}", f"--screenshot={to}", *more)

    def print(self, page: Path, to: Path) -> None:
        self._run(page, f"--print-to-pdf={to}", "--no-pdf-header-footer")

    def overflow(self, pages: Mapping[str, str], widths: Sequence[int]) -> Mapping[str, int]:
        """By `name-width`, by how many pixels a page is wider than its window."""
        frames = "".join(
            f'<iframe id="{name}-{width}" width="{width}" height="800" '
            f'srcdoc="{html.escape(page)}"></iframe>'
            for name, page in pages.items()
            for width in widths
        )
        wrapper = self.folder / "measured.html"
        wrapper.write_text(f"<meta charset=utf-8><body>{frames}{_MEASURE}", encoding="utf-8")
        said = self._run(wrapper, "--dump-dom", "--virtual-time-budget=10000")
        (found,) = re.findall(r"<body>(\{.*\})", said)
        measured: dict[str, Any] = json.loads(html.unescape(found))
        return {name: wanted - given for name, (wanted, given) in measured.items()}

    def _run(self, page: Path, *options: str) -> str:
        command = [self.program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--user-data-dir={self.folder / 'profile'}", *options, page.as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
        return done.stdout.decode()
