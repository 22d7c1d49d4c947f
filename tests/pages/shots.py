"""Takes pictures of the sample pages, for people to look at: `make pages`.

Chinese and English, light and dark, 1280 and 390 pixels wide, and on paper (PDF).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from itertools import product
from pathlib import Path

from tests.pages.browser import Browser, installed
from tests.pages.samples import pages

_WIDTHS = {1280: 2400, 390: 3600}
"""With the height that is shown."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--to", type=Path, default=Path("build/pages"))
    folder: Path = asked.parse_args().to.absolute()
    program = installed()
    if program is None:
        print("chromium is not installed; on Debian: apt-get install chromium fonts-noto-cjk")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as own:
        browser = Browser(program, Path(own))
        for language in ("zh", "en"):
            for name, text in pages(language).items():
                _take(browser, folder, f"{name}-{language}", text)
    print(f"the pages and their pictures lie in {folder}")
    return 0


def _take(browser: Browser, folder: Path, name: str, text: str) -> None:
    page = folder / f"{name}.html"
    page.write_text(text, encoding="utf-8")
    browser.print(page, folder / f"{name}.pdf")
    for (width, height), dark in product(_WIDTHS.items(), (False, True)):
        look = "dark" if dark else "light"
        browser.picture(page, folder / f"{name}-{width}-{look}.png", width, height, dark=dark)


if __name__ == "__main__":
    sys.exit(main())
