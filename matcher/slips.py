"""What one slip of the hand makes of a name or a number."""

from __future__ import annotations

SHORTEST_PART = 4


def base(name: str) -> str:
    """A name without the bracket that tells it from a namesake's: 王伟(大桥镇)."""
    return name.partition("(")[0]


def is_part(short: str, name: str) -> bool:
    """Whether `short` may stand for a firm's long name."""
    return len(short) >= SHORTEST_PART and len(name) >= len(short) + 2 and short in name


def alike(one: str, other: str) -> bool:
    """One slip apart, and still two characters in common: 王伟 and 王芳 are merely two people."""
    return max(len(one), len(other)) > 2 and one_slip(one, other)


def one_slip(one: str, other: str) -> bool:
    """One character mistyped, left out, added, or swapped with its neighbour; not equal."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    first = next((i for i, letter in enumerate(one) if letter != other[i]), len(one))
    if len(one) < len(other):
        return one[first:] == other[first + 1 :]
    swapped = one[first : first + 2] == other[first : first + 2][::-1]
    return one[first + 1 :] == other[first + 1 :] or (
        swapped and one[first + 2 :] == other[first + 2 :]
    )


def shortened(text: str) -> set[str]:
    """The text and all that is left when one character is left out: texts one slip apart share
    one of these.
    """
    return {text} | {text[:i] + text[i + 1 :] for i in range(len(text))}


def in_the_middle(one: str, other: str) -> bool:
    """Whether two mobile numbers are one slip apart, after the network's digits and before the
    last two: so near by chance once in millions, and not as neighbours or made-up numbers are.
    """
    return one[:3] == other[:3] and one[-2:] == other[-2:] and one_slip(one, other)


def in_last_two(one: str, other: str) -> bool:
    """Whether numbers differ in their last digits alone, as neighbours' do.

    Where one lacks its last digit it may be any of ten.
    """
    if len(one) == len(other):
        return one[:-2] == other[:-2]
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter[:-1])
