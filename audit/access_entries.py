"""What the access log says of a search. Pure.

Names stand as they were asked for: an access log that does not say after whom somebody looked is
none, and customers' names are in the custody log anyway. Of a number the middle is left out: the
log can never be shortened, and people are looked for who are nobody's customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.number_ranges import ranges
from audit.looking import Found
from matcher.masking import masked_all


def of_search(told: Mapping[str, Any], found: Found, *, full: bool) -> dict[str, object]:
    """`told` is the search as it was given; `full`: numbers were shown whole."""
    asked = {
        name: one for name, one in told.items() if one not in (None, (), "") and name != "limit"
    }
    return {
        "asked": masked_all(asked),
        "hits": found.page.count if found.page.counted else None,
        "recordings": ranges(hit.id for hit in found.hits),
        "shown": len(found.hits),
        "full": full,
    }
