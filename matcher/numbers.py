"""Telephone numbers: one normal form, and finding them in free text.

Normal form: a Chinese mobile as 11 digits, a landline with its area code as digits with the
leading 0, a local landline as its 7 or 8 digits, a service number as it is dialled, and a foreign
number as `+` and digits. Shapes are those of the Chinese numbering plan: mobiles are `1[3-9]` and
nine digits; area codes are 010, 02x (eight local digits) and 03xx-09xx (seven or eight), local
numbers start with 2-9.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

# Every dash that spreadsheets and phones put between groups, and marks nobody sees: numbers
# copied out of a contacts app come wrapped in U+202D and U+202C.
_DASHES = re.compile("[‐‑‒–—―−]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")

_MOBILE = re.compile(r"(?:(?:\+|00)?860?|9?0?)(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(
    r"(?:(?:\+|00)860?|9?0)((?:10|2\d)[2-9]\d{7}|[3-9]\d{2}[2-9]\d{6,7})", re.ASCII
)
_SERVICE = re.compile(r"(?:(?:\+|00)86)?([48]00\d{7}|9[56]\d{3,6}|1[0-2]\d{3})", re.ASCII)
_LOCAL = re.compile(r"[2-9]\d{6,7}", re.ASCII)
_FOREIGN = re.compile(r"(?:\+|00)(?!86)([1-9]\d{6,14})", re.ASCII)

_FLOAT = re.compile(r"(\d{7,})\.0", re.ASCII)
_COUNTRY = re.compile(r"^\(?86\)?[ -]+(?=\d)", re.ASCII)
_NAMED_EXTENSION = re.compile(r"(.*\d)\s*(?:转|轉|分机|ext\.?|#|,)\s*:?\s*\d{1,6}", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(
    r"((?:\+?86[ -]?)?(?:\(?0\d{2,3}\)?[ -]?\d{7,8}|1[3-9]\d{9}|[48]00[ -]?\d{3}[ -]?\d{4})"
    r"|[2-9]\d{6,7})-\d{1,6}",
    re.ASCII,
)
_BETWEEN = re.compile(r"[\s().-]+")
_DIALLED = re.compile(r"\+?\d{5,20}", re.ASCII)

# What may be a number inside other text, in the groups that people write. A mobile in groups that
# goes on with one more group of four is something else.
_GOES_ON = r"(?![ -][1-9]\d{3}(?![\d./年-]))"
_IN_TEXT = re.compile(
    r"(?=[\d+(])(?<![\d+])(?<!\d\d\.)(?:"
    # mobile, in one run or in groups
    r"(?:\(?(?:\+|00)?86\)?[ -]?|9?0?-?)1[3-9](?:\d{9}"
    r"|(?:\d[ .-]\d{4}[ .-]\d{4}|\d[ -]\d{8}|\d{5}[ -]\d{4}|\d[ -]\d{3}[ -]\d{5}"
    rf"|\d{{2}}[ -]\d{{3}}[ -]\d{{4}}){_GOES_ON})"
    # landline with its area code, and an extension
    r"|(?:\(?(?:\+|00)86\)?[ -]?|9)?\(?0(?:(?:10|2\d)\)?[ -]?[2-9]\d{3}"
    rf"|[3-9]\d{{2}}\)?[ -]?[2-9]\d{{2,3}})(?:\d{{4}}|[ -]\d{{4}}{_GOES_ON})"
    r"(?:[ ]?(?:-|转|ext\.?)[ ]?\d{1,6})?"
    # 400 and 800
    r"|[48]00(?:\d{7}|[ -]\d{3}[ -]?\d{4}|[ -]\d{4}[ -]\d{3})"
    # any other country, only where a plus says so
    r"|\+[1-9](?:\d{6,14}|\d{0,2}[ -]\d{1,4}(?:[ -]\d{2,8}){1,3})"
    r")(?!\d)",
    re.ASCII | re.IGNORECASE,
)
# A number without an area code is only taken where it is an item of its own.
_LOCAL_ITEM = re.compile(
    r"(?:^|(?<=[、/;,\n:]))\s*([2-9]\d{2,3}-?\d{4})(?:(?:-|转)\d{1,6})?(?=\s*(?:$|[、/;,\n]))",
    re.ASCII,
)
# Bank cards in groups of four, and long hexadecimal ids, hold runs that look like numbers.
_CARD_OR_ID = re.compile(
    r"(?<!\d)(?<!\d[ -])[3-9]\d{3}(?:[ -]\d{4}){2}[ -]\d{1,4}(?:[ -]\d{1,4})?(?!\d)"
    r"|(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|(?=[0-9]*[a-f])[0-9a-f]{20,})(?![0-9A-Za-z])",
    re.ASCII | re.IGNORECASE,
)
_ANY_DIGITS = re.compile(r"\d{3}", re.ASCII)
# A telephone's own file names have `s` for a star.
_MASKED = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?[*xXs·●]{4}[ -]?(\d{4})(?!\d)", re.ASCII)
_STARS = "****"
_HIDDEN = re.compile("[*xXs·●＊]{4}")


def fold(text: str) -> str:
    """Full-width digits as ASCII, every dash as `-`, invisible marks gone."""
    if text.isascii():
        return text
    return _UNSEEN.sub("", _DASHES.sub("-", unicodedata.normalize("NFKC", text)))


def normalise(text: str) -> str | None:
    """The normal form of the one number that `text` is, or None.

    Country code 86, an outside-line digit 9 or 0 before a number, separators and an extension are
    dropped. Eight digits that are a date are no local number.
    """
    said = fold(text).strip().lstrip("'`")
    if whole := _FLOAT.fullmatch(said):  # a number that passed through a spreadsheet
        said = whole[1]
    if extended := _NAMED_EXTENSION.fullmatch(said) or _DASHED_EXTENSION.fullmatch(said):
        said = extended[1]
    digits = _BETWEEN.sub("", _COUNTRY.sub("+86", said))
    return _shape(digits) if _DIALLED.fullmatch(digits) else None


def _shape(digits: str) -> str | None:
    if found := _MOBILE.fullmatch(digits):
        return found[1]
    if found := _LANDLINE.fullmatch(digits):
        return "0" + found[1]
    if found := _SERVICE.fullmatch(digits):
        return found[1]
    if _LOCAL.fullmatch(digits):
        return None if _is_date(digits) else digits
    if found := _FOREIGN.fullmatch(digits):
        return "+" + found[1]
    return None


def _is_date(digits: str) -> bool:
    if len(digits) != 8 or not digits.startswith("20"):
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def find(text: str) -> tuple[str, ...]:
    """All numbers in free text or a sheet's cell, in order, without repeats.

    Never taken out of a longer run of digits, such as a time stamp, an epoch, a bank card or an
    identity number.
    """
    return split(text)[0]


def split(text: str) -> tuple[tuple[str, ...], str]:
    """The numbers in `text`, and the folded text with a line break where each of them stood."""
    folded = fold(text)
    if not _ANY_DIGITS.search(folded):
        return (), folded
    found: list[tuple[int, str]] = []

    def take(match: re.Match[str]) -> str:
        number = normalise(match[match.lastindex or 0])
        if number is None:
            return match[0]
        found.append((match.start(), number))
        # Equal length, so that the second search's places can be compared with the first's.
        return "\n" * len(match[0])

    rest = _CARD_OR_ID.sub(lambda match: "\n" * len(match[0]), folded)
    rest = _LOCAL_ITEM.sub(take, _IN_TEXT.sub(take, rest))
    return tuple(dict.fromkeys(number for _, number in sorted(found))), rest


def split_masked(text: str) -> tuple[tuple[str, ...], str]:
    """The masked numbers in `text`, each as `138****8000`, and where there are any the folded text
    without them.
    """
    if not _HIDDEN.search(text):
        return (), text
    folded = fold(text)
    found = (masked(one[1] + one[2]) for one in _MASKED.finditer(folded))
    return tuple(dict.fromkeys(found)), _MASKED.sub("\n", folded)


def ends_of(mask: str) -> tuple[str, str]:
    """The first and the last digits of a masked number, which it shows."""
    first, _, last = mask.partition(_STARS)
    return first, last


def masked(number: str) -> str:
    """A mobile number as sheets mask it."""
    return f"{number[:3]}{_STARS}{number[-4:]}"


def hides(mask: str, number: str) -> bool:
    """Whether `number` may be the one that stands masked: 138****8000."""
    return len(number) == len(mask) and masked(number) == mask


def same(a: str, b: str) -> bool:
    """Whether two numbers in normal form are one line.

    A landline without its area code equals the one with it, whatever the area.
    """
    return a == b or local_part(a) == b or local_part(b) == a


def local_part(number: str) -> str | None:
    """A landline's digits after its area code; None for every other number."""
    if not number.startswith("0"):
        return None
    return number[3 if number[1] in "12" else 4 :]


def line_of(number: str) -> str:
    """Equal for two ways to write one line, see `same`; any other text is its own."""
    return local_part(number) or number
