"""What a name must be for Windows, S3 and people to keep it: written from their rules alone.

Nothing of callvault's own code is used, so that a slip in it cannot hide here too.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

DEVICES = frozenset(
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"]
    + [f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"]
)
"""https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""
UNSEEN = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Default_Ignorable_Code_Point of Unicode, line separators, annotations and the empty Braille."""
LONGEST_PART, LONGEST_KEY = 255, 1024


def faults(path: str) -> list[str]:
    """What is wrong with a path of the archive, relative to it and with `/`."""
    found = [fault for part in path.split("/") for fault in _faults_of_part(part)]
    if len(path.encode("utf-8", "surrogatepass")) > LONGEST_KEY:
        found.append("too long for a key")
    if len(path.encode("utf-16-le", "surrogatepass")) // 2 > 200:
        found.append("too long for a path below a Windows folder")
    return found


def _faults_of_part(part: str) -> Iterator[str]:
    if part in ("", ".", ".."):
        yield "no name"
    if part != part.strip() or part.endswith("."):
        yield "begins or ends with what Windows drops"
    if set(part) & set('<>:"\\|?*'):
        yield "an illegal sign"
    if part.partition(".")[0].rstrip(" ").upper() in DEVICES:
        yield "a device"
    if any(is_unseen(sign) for sign in part):
        yield "an invisible sign"
    if len(part.encode("utf-8", "surrogatepass")) > LONGEST_PART:
        yield "too long"
    if unicodedata.normalize("NFC", part) != part:
        yield "not composed"


def is_unseen(sign: str) -> bool:
    known = unicodedata.category(sign) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return known or any(first <= ord(sign) <= last for first, last in UNSEEN)


def confusable(paths: Iterable[str]) -> list[str]:
    """Parts of paths, each from the top, of which two differ only in case, width or composition."""
    tops = {path[:at] for path in paths for at, sign in enumerate(f"{path}/") if sign == "/"}
    levelled = Counter(_levelled(top) for top in tops)
    return sorted(top for top in tops if levelled[_levelled(top)] > 1)


def _levelled(text: str) -> str:
    for _ in range(3):  # one may make way for the other
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", text).casefold())
    return text
