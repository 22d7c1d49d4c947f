"""Which fields a row may not leave blank where its customer was reached: each department's own.

The legal department's sheet (法规部电话催收记录表) asks why the customer is overdue and what works
the money will come from; the credit department's how long the machine works. A department that
fills in the other one's form is held to that form.
"""

from __future__ import annotations

import re
from collections.abc import Collection

LEGAL_ALONE = ("overdue_reason", "works_name", "works_duration", "works_quantity", "money_source")
"""Fields that only the legal department's form has."""
_EVERY = ("customer", "numbers", "promised", "location")
_CREDIT, _LEGAL = (*_EVERY, "hours"), (*_EVERY, *LEGAL_ALONE)


def required(department: str | None, columns: Collection[str]) -> tuple[str, ...]:
    """What a row of `department` must say in a sheet with these `columns`, or lacks them."""
    own_form = is_legal(department) and not set(LEGAL_ALONE).isdisjoint(columns)
    return _LEGAL if own_form else _CREDIT


def is_legal(department: str | None) -> bool:
    return department is not None and re.search("法|legal", department.lower()) is not None


def is_credit(department: str | None) -> bool:
    return department is not None and re.search("信|credit", department.lower()) is not None
