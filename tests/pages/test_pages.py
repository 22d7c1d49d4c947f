"""In a real browser no page is wider than its window, on a desk or on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages.browser import Browser, installed
from tests.pages.samples import pages

WIDTHS = (1280, 390)
TOO_WIDE = '<!DOCTYPE html><body style="margin:0"><div style="width:500px">wide</div>'


@pytest.mark.skipif(installed() is None, reason="chromium is not installed")
def test_no_page_is_wider_than_its_window(tmp_path: Path) -> None:
    program = installed()
    assert program is not None
    shown = {
        f"{name}-{language}": page
        for language in ("zh", "en")
        for name, page in pages(language).items()
    }
    found = dict(Browser(program, tmp_path).overflow(shown | {"too-wide": TOO_WIDE}, WIDTHS))
    assert (found.pop("too-wide-1280"), found.pop("too-wide-390")) == (0, 110)
    assert len(found) == len(shown) * len(WIDTHS)
    assert {name: by for name, by in found.items() if by} == {}
