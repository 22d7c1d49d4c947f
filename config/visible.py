"""Text that others wrote, made safe to show: nothing in it hides or moves what is around it."""

from __future__ import annotations

import re
import unicodedata

# Control, format (direction marks, zero width), surrogates of undecodable file names, separators.
_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters and marks by their category, but nothing is seen of them: Hangul fillers, the empty
# Braille cell, joiners, inherent vowels, and selectors of a character's variant.
_UNSEEN = (
    "\u034f", "\u115f\u1160", "\u17b4\u17b5", "\u180b\u180d", "\u180f", "\u2800", "\u3164",
    "\ufe00\ufe0f", "\uffa0", "\U000e0100\U000e01ef",
)  # fmt: skip
"""The first and the last of each row of such."""
UNSEEN = frozenset(chr(code) for ends in _UNSEEN for code in range(ord(ends[0]), ord(ends[-1]) + 1))
_ANY_UNSEEN = re.compile("[" + "".join(f"{ends[0]}-{ends[-1]}" for ends in _UNSEEN) + "]")


def visible(text: str) -> str:
    r"""`text` with each control or invisible character as a sign (`␛`) or an escape (`\u202e`)."""
    # What Python calls printable has none of the hidden kinds; a report shows 50,000 texts.
    if text.isprintable() and not _ANY_UNSEEN.search(text):
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if not _is_hidden(character, code):
        return character
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _is_hidden(character: str, code: int) -> bool:
    # U+xxFFFE, U+xxFFFF and U+FDD0..FDEF are no characters at all; XML, and so Excel, refuses them.
    is_character = code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF
    return (
        not is_character or character in UNSEEN or unicodedata.category(character) in _HIDDEN_KINDS
    )
