"""A person's word on a recording as an opinion: nothing is weighed against it."""

from __future__ import annotations

from matcher.block import Blocks
from matcher.claims import claims_of
from matcher.evidence import Word
from matcher.learned import Learned
from matcher.opinion import Opinion
from matcher.said import Said


def by_word(word: Word, call: Said, blocks: Blocks, learned: Learned) -> Opinion:
    """The customer whom the person named, on the row that they named or the best of the day's.

    A row that is gone, because its sheet was corrected, leaves the customer standing.
    """
    if word.customer is None:
        return Opinion(call, "person", ())
    named = blocks.row(word.row) if word.row else None
    if named is not None and named.customer == word.customer:
        claims = claims_of(call, [named], learned)
    else:
        claims = claims_of(call, blocks.of_customer(word.customer, call), learned)
    return Opinion(call, "person", tuple(claims), customer=word.customer)
