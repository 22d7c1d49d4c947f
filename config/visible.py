"""Text that others wrote, made safe to show: nothing in it hides or moves what is around it."""

from __future__ import annotations

import unicodedata

# Control, format (direction marks, zero width), surrogates of undecodable file names, separators.
_HIDDEN_KINDS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters by their category, but blank on the screen: Hangul fillers and the empty Braille cell.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def visible(text: str) -> str:
    r"""`text` with each control or invisible character as a sign (`␛`) or an escape (`\u202e`)."""
    if text.isascii() and text.isprintable():
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
        not is_character
        or character in _BLANK_LETTERS
        or unicodedata.category(character) in _HIDDEN_KINDS
    )
