"""A Merkle tree over hashes of custody entries: that one is among them is proven by a few hashes.

So an entry is shown to stand under a root without showing any other entry. Leaves and nodes are
hashed with different beginnings, as in RFC 6962, so that neither passes for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_LEAF, _NODE = b"\x00", b"\x01"
LEFT, RIGHT = "L", "R"
"""On which side of the way up a hash stands."""


class Tree:
    """Over at least one hash, each in hex; ValueError over none."""

    def __init__(self, hashes: Sequence[str]) -> None:
        if not hashes:
            raise ValueError("a tree over nothing has no root")
        level = [hashlib.sha256(_LEAF + bytes.fromhex(one)).digest() for one in hashes]
        self._levels = [level]
        while len(level) > 1:
            level = _above(level)
            self._levels.append(level)

    @property
    def root(self) -> str:
        return self._levels[-1][0].hex()

    def path(self, index: int) -> tuple[str, ...]:
        """From the leaf of this index, counted from 0, to the root: `L` or `R`, and a hash."""
        steps = []
        for level in self._levels[:-1]:
            beside = index ^ 1
            if beside < len(level):
                steps.append((LEFT if beside < index else RIGHT) + level[beside].hex())
            index //= 2
        return tuple(steps)


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The level above; a last one that stands alone goes up as it is."""
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [hashlib.sha256(_NODE + left + right).digest() for left, right in pairs]
    return above + list(level[len(above) * 2 :])
