"""Hostile names, the same ones each time: for files, folders, sheets, customers and contacts.

Bytes that are no text stand in a name as Python's own half characters, as `os.fsdecode` has them.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

LONGEST = 255
"""Bytes of a file's name on Linux."""
STARTERS = "=+-@\t\r＝＋－＠"
"""With which a spreadsheet's formula begins."""


@dataclass(frozen=True, slots=True)
class HostileName:
    kind: str
    text: str

    @property
    def is_text(self) -> bool:
        return not any("\ud800" <= sign <= "\udfff" for sign in self.text)


@cache
def hostile_names() -> tuple[HostileName, ...]:
    """Every name once."""
    found = {name: kind for kind, names in _kinds().items() for name in names}
    return tuple(HostileName(kind, name) for name, kind in found.items())


def in_folder(name: str, before: str = "", after: str = "") -> str:
    """`name` as a folder can hold it between `before` and `after`: a slash looks like one."""
    room = LONGEST - len(os.fsencode(before + after))
    plain = name.replace("/", "\N{DIVISION SLASH}").replace("\0", "\N{SYMBOL FOR NULL}")
    while len(os.fsencode(plain)) > room:
        plain = plain[:-1]
    return before + plain + after


def _kinds() -> Mapping[str, Iterator[str]]:
    return {
        "traversal": iter(_TRAVERSAL),
        "device": _devices(),
        "ending": iter(_ENDINGS),
        "control": _controls(),
        "invisible": _invisible(),
        "combining": iter(_COMBINING),
        "twin": _twins(),
        "no text": _no_text(),
        "long": _long(),
        "emoji": iter(_EMOJI),
        "shell": iter(_SHELL),
        "formula": _formulas(),
        "markup": iter(_MARKUP),
        "sql": iter(_SQL),
        "format": iter(_FORMATS),
        "own folder": iter(_OWN_FOLDERS),
        "illegal": _illegal(),
        "left behind": iter(_LEFT_BEHIND),
        "number": iter(_NUMBERS),
    }


_TRAVERSAL = (
    "..", ".", "...", "....", "../..", "../../..", "../" * 20 + "etc/passwd", "..\\..",
    "..\\..\\..\\Windows\\win.ini", "/", "//", "/etc/passwd", "/tmp/callvault-canary", "\\", "\\\\",
    "C:", "C:\\", "C:\\Windows\\System32", "C:/Windows", "\\\\server\\share", "\\\\?\\C:\\x",
    "\\\\.\\PhysicalDrive0", "//server/share", "file:///etc/passwd", "~", "~root", "~/.ssh/id_rsa",
    "$HOME", "%USERPROFILE%", "%2e%2e%2f", "%2e%2e/", "..%2f..%2f", "..%c0%af", "..;/", ".../...//",
    "．．／．．", "․․/", "‥/‥", "…", "。。", "｡｡", "..／..", "../张三", "张三/..", "张三/../李四", "./张三",
    "张三/.", "张三//李四", " ..", ".. ", "..\u200b", "\u202e..", "..\u0301", "s3://bucket/key",
    "http://example.test/x", "张三?versionId=1", "张三#x", "张三&prefix=", "%00", "张三%00.mp3",
)  # fmt: skip
_DEVICES = (
    "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$", "COM¹", "COM²", "COM³", "LPT¹",
    *(f"COM{number}" for number in range(10)), *(f"LPT{number}" for number in range(10)),
)  # fmt: skip
_ENDINGS = (
    "张三.", "张三..", "张三 ", "张三  ", "张三. .", "张三 .", "张三\u3000", "张三\xa0", " 张三", "  张三",
    "\u3000张三", "张三\u2003", "张三。", "张三．", ".张三", "..张三", "张三.mp3.", "张三.mp3 ", "张三\u0085", "_",
    "__", "_.", "-", "--", " ", "\u3000", "\xa0", "·", "•",
)  # fmt: skip
_COMBINING = (
    "e\u0301", "é", "张\u0301三", "\u0301", "\u0301张三", "Z" + "\u0300\u0316" * 40, "각", "각", "ﬁ", "fi",
    "Å", "Å", "Å", "ẛ̣", "ǆ", "ß", "SS", "ŉ", "ΐ", "ά", "ά", "ᾳ", "αι", "i̇", "İ", "ı", "I", "ſ",
    "K", "K", "k", "क्ष", "නි", "ก็", "a\u0323\u0307", "a\u0307\u0323", "葛\U000e0100城", "葛城", "豈", "豈",
)  # fmt: skip
_EMOJI = (
    "😀", "张三😀", "👨‍👩‍👧‍👦", "❤️", "❤", "🇨🇳", "👍🏽", "🏴\U000e0067\U000e0062\U000e007f", "1️⃣", "☎️", "𠮷野家",
    "𝓙𝓸𝓱𝓷", "🅰", "\U0001f9d1\u200d\U0001f4bb", "😀" * 70,
)  # fmt: skip
_SHELL = (
    "-rf", "-rf *", "--help", "--config=/etc/passwd", "-o/tmp/x", "-", "; rm -rf ~", "$(touch x)",
    "`touch x`", "| cat /etc/passwd", "&& reboot", "> x", "< x", "*", "?", "[a-z]*", "{a,b}", "!!",
    "'", '"', "''", "\\'", "$IFS", "a\\nb", "%PATH%", "^", "& calc", "張三;李四", "$((1/0))", "\\u0000",
)  # fmt: skip
_MARKUP = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>', "' onmouseover='alert(1)", "</td></tr></table>", "<!--", "-->",
    "<![CDATA[", "]]>", "&lt;script&gt;", "&#60;script&#62;", "&amp;", "&", "<b>张三</b>", "javascript:x",
    "<iframe src=//x>", "<style>*{display:none}</style>", "<base href=//x>", "<meta http-equiv=refresh>",
    "{{7*7}}", "{% include 'x' %}", "{#", "[link=file:///x]张三[/link]", "[red]张三", "[/]", "<a href=x>",
    "＜script＞", "‹script›", "\u2028<script>", "<?xml version='1.0'?>", "<!DOCTYPE x>", "<plaintext>",
)  # fmt: skip
_SQL = (
    "'; DROP TABLE recording; --", "' OR '1'='1", '" OR ""="', "1; DELETE FROM customer", "%", "_%",
    "%张%", "\\%", "张三'--", "/* */", "x' UNION SELECT 1--", ":name", "?1", "@name", "$1", "NULL", "[1]",
)  # fmt: skip
_FORMATS = (
    "%s", "%n%n%n", "%d", "%(name)s", "%", "%%", "{}", "{0}", "{{", "}}", "{", "}", "{customer}", "{date}",
    "{original}", "{0.__class__}", "{x!r:>99}", "${jndi:ldap://x}", "\\1", "\\g<0>", "%5c", "{:>999999999}",
)  # fmt: skip
_OWN_FOLDERS = (
    ".callvault", ".CALLVAULT", "．callvault", ".callvault/lock", ".callvault\\catalogue.sqlite", "_holding",
    "_HOLDING", "＿holding", "_ｈolding", "_holding/2026-11-16", "_holding ", "__holding", "_holding.", "staging",
    "catalogue.sqlite", "lock", "sheets", "2026-11-16", "000001", "back-000001-1", "张三 (2)", "张三 (0002)",
)  # fmt: skip
_LEFT_BEHIND = (
    "~$lock.xlsx", "~$记录表", ".~lock.x#", "Thumbs.db", "desktop.ini", ".DS_Store", "._张三", "张三.part",
    "张三.tmp", "张三.crdownload", "张三.lnk", "autorun.inf", ".git", ".htaccess", ".nfs0001", "core",
)  # fmt: skip
_NUMBERS = (
    "0", "00010101000000", "99991231235959", "20269999999999", "0001-01-01", "9999-12-31", "-1", "1e308",
    "NaN", "inf", "١٢٣", "１３８００１３８０００", "13800138000" * 9, "0x10", "1_000", "²", "½", "Ⅻ", "𝟙", "㊀", "9" * 150,
    "2026-02-30", "24:61:61", "18446744073709551616", "19700101000000", "20380119031408",
)  # fmt: skip


def _devices() -> Iterator[str]:
    for device in _DEVICES:
        yield from (device, device.lower(), f"{device}.mp3", f"{device} .x", f"{device}:")
    yield from (
        "ＣＯＮ",
        "ＮＵＬ.mp3",
        "CON\u200b",
        "C\u200dON",
        "CON/..",
        "AUX.",
        "NUL\t",
        "com１",
    )


def _controls() -> Iterator[str]:
    for code in (*range(1, 0x20), *range(0x7F, 0xA0)):
        yield f"张{chr(code)}三"
    yield from (
        "\x1b[2J\x1b[31m张三",
        "\x1b]0;张三\x07",
        "张三\r\n李四",
        "张三\n",
        "\x08" * 9,
        "张三\x00李四",
    )


def _invisible() -> Iterator[str]:
    codes = (
        0xAD, 0x34F, 0x61C, 0x70F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x180F),
        *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x2800, 0x3164,
        0xFE00, 0xFE0E, 0xFE0F, 0xFEFF, 0xFFA0, *range(0xFFF9, 0xFFFE), 0xFDD0, 0xFFFE, 0xFFFF,
        0xE000, 0x1BCA0, 0x1D173, 0xE0001, 0xE0020, 0xE0041, 0xE0100, 0xE01EF, 0xF0000, 0x10FFFF,
    )  # fmt: skip
    for code in codes:
        yield f"张{chr(code)}三"
    yield from (
        "\u202e3pm.三张",
        "\u2066张三\u2069",
        "\u200b",
        "\u3164",
        "\ufeff张三",
        "\u202etxt.exe",
    )


def _twins() -> Iterator[str]:
    """Names that a file system, a screen or a store could take for one another."""
    for name in ("Zhang San", "张三Ltd", "ångström", "Straße", "ΣΊΣΥΦΟΣ"):
        forms = (name, name.upper(), name.lower(), name.swapcase())
        yield from (*forms, *(unicodedata.normalize("NFD", form) for form in forms))
        yield "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    yield from ("張三", "张三", "ｶﾞ", "ガ", "ガ", "Ⅷ", "VIII", "①", "㈱张三", "Аlice", "Alice")


def _no_text() -> Iterator[str]:
    for spoiled in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe5\xbc"):
        yield from (os.fsdecode(spoiled + b"x"), os.fsdecode("张三".encode() + spoiled))
    yield from (os.fsdecode("张三录音".encode("gb18030")), os.fsdecode("張三".encode("big5")))
    yield from (os.fsdecode(b"\xff" * 200), "\\udcff张三", "\\xff")


def _long() -> Iterator[str]:
    yield from ("a" * 200, "张" * 200, "A" * 255, "张" * 85, "e\u0301" * 100, "😀" * 63, "." * 200)
    yield from (
        "a" * 199 + ".",
        "a" * 179 + " b",
        "张" * 60,
        "张" * 60 + "三",
        "张" * 61,
        " " * 200,
    )
    yield from (
        "a" * 300,
        "_" * 200,
        "a" * 199 + "\u0301",
        "\u202e" * 80,
        "张三" + "(" * 100,
        "(" * 200,
    )


def _formulas() -> Iterator[str]:
    for starter in STARTERS:
        yield from (f"{starter}cmd|' /C calc'!A0", f"{starter}1+1", f"{starter}张三", starter)
    yield from (
        '=HYPERLINK("http://example.test","张三")', "=1+1", "+SUM(1)*cmd|'x'!A", "@SUM(1)", " =1+1", "\n=1+1",
        "'=1+1", "\u200b=1+1", "=\t1", "-2+3+cmd|' /C calc'!D2", "%0A=1", '="13800138000"', ";=1+1", ",=1+1",
        "﹦1+1", "⁼1", "﹢1", "﹣1", "﹫x", "−1", "\xa0=1+1", "\u3000=1+1", "\x0b=1",
    )  # fmt: skip


def _illegal() -> Iterator[str]:
    """What Windows has no names for, and names that differ only there."""
    yield from (f"张{sign}三" for sign in '<>:"/\\|?*_')
    yield from (
        "a:b.mp3",
        "张三:$DATA",
        "张三::$DATA",
        "张三:x:$DATA",
        "a<b>c",
        'a"b',
        "a|b",
        "a?b",
        "a*b",
    )
    yield from (f"a{sign}b{other}c" for sign in ':*_"' for other in "|?_")
