"""How a name may be written: traditional for simplified, and in other characters of one sound.

The owner of opencc and of pypinyin, each loaded where a name first needs it: most names are written
in simplified characters, and most are found as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from itertools import product

from matcher.names import canonical
from matcher.slips import SHORTEST_PART, is_part

_MOST_READINGS = 16
_NAME = re.compile("[\u3400-\u9fff]{2,4}")
"""What a person's name looks like, be the surname ever so rare."""
_HAN = re.compile("[\u3400-\u9fff]{2,40}")
"""What can be a firm's name, too."""


def spelled(text: str) -> str:
    """`matcher.names.canonical` in simplified characters: 張偉 and 张伟 are one name."""
    name = canonical(text)
    return name if _simplified_as_it_is(name) else "".join(map(_simplifier(), name))


@lru_cache(maxsize=65536)
def readings(name: str) -> frozenset[str]:
    """How a name may sound, syllables without tones; empty for what is too long to be a person's.

    Several where a character has several readings (单: dan, shan, chan); no more than 16.
    """
    if not _NAME.fullmatch(name):
        return frozenset()
    syllables = [_syllables(character) for character in name]
    count = 1
    for place, some in enumerate(syllables):
        count *= len(some)
        if count > _MOST_READINGS:
            syllables[place:] = [one[:1] for one in syllables[place:]]
            break
    return frozenset(map(" ".join, product(*syllables)))


def sounds(name: str) -> frozenset[str]:
    """How a name is typed in letters: its syllables without spaces, and its initials.

    A long name, a firm's, has one reading alone. 吕 is `lv`, `lu` and `lyu`; what is not Chinese
    is typed as it is written and has none.
    """
    said = readings(name)
    if not said and _HAN.fullmatch(name):
        said = frozenset([" ".join(_syllables(character)[0] for character in name)])
    spelled_out = {
        form for one in said for form in (one, *(one.replace("v", u) for u in ("u", "yu")))
    }
    initials = {"".join(part[0] for part in one.split()) for one in said}
    return frozenset(one.replace(" ", "") for one in spelled_out) | initials


def same_sound(one: str, other: str) -> bool:
    """Whether two people's names can be said alike, tones apart."""
    return len(one) == len(other) and not readings(one).isdisjoint(readings(other))


def one_name(one: str, other: str) -> bool:
    """Whether two names may be one name's spellings: of one sound, or a firm's short form."""
    return same_sound(one, other) or is_part(one, other) or is_part(other, one)


def spellings_among(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs that are `one_name`, enough to join all that are: of thousands of names that share a
    number each with each would be millions.
    """
    first: dict[str, str] = {}
    lengths = sorted({len(name) for name in names if len(name) >= SHORTEST_PART})
    for name in sorted(names):
        for said in sorted(readings(name)):
            if (other := first.setdefault(said, name)) != name:
                yield other, name
        for length in lengths:
            for start in range(len(name) - length + 1):
                part = name[start : start + length]
                if part in names and is_part(part, name):
                    yield part, name


def _simplified_as_it_is(name: str) -> bool:
    """GB 2312 has no traditional characters."""
    if name.isascii():
        return True
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _simplifier() -> Callable[[str], str]:
    from opencc import OpenCC

    # One character at a time: names are no words, and a word's choice of characters misleads.
    return cache(OpenCC("t2s").convert)


@cache
def _syllables(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    (found,) = pinyin(character, style=Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(found))
