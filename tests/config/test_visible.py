"""Text that others wrote, made safe to show."""

from __future__ import annotations

import sys
import unicodedata

from config.visible import UNSEEN, visible

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_every_character_that_hides_or_is_none_is_shown_as_something_else() -> None:
    """Of all that there are; in the midst of others too."""
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        is_none = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
        hides = is_none or character in UNSEEN or unicodedata.category(character) in HIDDEN
        assert (visible(character) != character) is hides, hex(code)


def test_only_what_hides_is_replaced() -> None:
    assert visible("张\u202e三 \x1b[0m \u3164 é\u00a0—") == "张\\u202e三 ␛[0m \\u3164 é\u00a0—"
    assert visible("张三-13800000001_2026.mp3") == "张三-13800000001_2026.mp3"
