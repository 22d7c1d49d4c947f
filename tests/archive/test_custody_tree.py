"""A hash is proven to be under a root by its path alone, and nothing else is."""

from __future__ import annotations

import hashlib

import pytest

from archive.custody_tree import Tree

HASHES = [hashlib.sha256(bytes([number])).hexdigest() for number in range(20)]


def climbed(leaf: str, path: tuple[str, ...]) -> str:
    """Somebody else's way up, by the rule that README.html in a package tells."""
    node = hashlib.sha256(b"\0" + bytes.fromhex(leaf)).digest()
    for step in path:
        beside = bytes.fromhex(step[1:])
        pair = {"L": beside + node, "R": node + beside}[step[0]]
        node = hashlib.sha256(b"\1" + pair).digest()
    return node.hex()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 20])
def test_each_leaf_leads_to_the_root_and_no_other_does(count: int) -> None:
    tree = Tree(HASHES[:count])
    for index in range(count):
        path = tree.path(index)
        for other, leaf in enumerate(HASHES):
            assert (climbed(leaf, path) == tree.root) is (other == index)


def test_a_root_is_as_of_rfc_6962() -> None:
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(one)).digest() for one in HASHES[:3]]
    pair = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).digest()
    assert Tree(HASHES[:3]).root == hashlib.sha256(b"\1" + pair + leaves[2]).hexdigest()


def test_order_and_number_count() -> None:
    roots = {Tree(some).root for some in (HASHES[:3], HASHES[2::-1], HASHES[:4], HASHES[:2])}
    assert len(roots) == 4


def test_over_nothing_there_is_none() -> None:
    with pytest.raises(ValueError, match="no root"):
        Tree([])
