"""Which fields a row may not leave blank where its customer was reached: each department's own.

The legal department's sheet (法规部电话催收记录表) asks why the customer is overdue and what works
the money will come from; the credit department's how long the machine works. A department that
fills in the other one's form is held to that form.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

LEGAL_ALONE = ("overdue_reason", "works_name", "works_duration", "works_quantity", "money_source")
"""Fields that only the legal department's form has."""
_EVERY = ("customer", "numbers", "promised", "location")
_CREDIT, _LEGAL = (*_EVERY, "hours"), (*_EVERY, *LEGAL_ALONE)
REQUIRABLE = (*_EVERY, "hours", *LEGAL_ALONE, "collector", "called_at", "duration")
"""Fields that an office can ask for."""
Forms = Sequence[tuple[str, Sequence[str]]]
"""Departments with the fields that the office's own rules ask of them; see `concerns`."""


def required(department: str | None, columns: Collection[str], own: Forms = ()) -> Sequence[str]:
    """What a row of `department` must say in a sheet with these `columns`, or lacks them.

    Of the office's `own` rules the first that is about the department goes before all forms.
    """
    stated = next((fields for whose, fields in own if concerns(whose, department)), None)
    if stated is not None:
        return stated
    own_form = is_legal(department) and not set(LEGAL_ALONE).isdisjoint(columns)
    return _LEGAL if own_form else _CREDIT


def concerns(whose: str, department: str | None) -> bool:
    """`credit` and `legal` are those whom callvault knows as such, `all` is everybody; any other
    word is part of a department's name.
    """
    known = {"credit": is_credit(department), "legal": is_legal(department), "all": True}
    return known.get(whose, whose.casefold() in (department or "").casefold())


@lru_cache(maxsize=256)
def is_legal(department: str | None) -> bool:
    return department is not None and re.search("法|legal", department.lower()) is not None


@lru_cache(maxsize=256)
def is_credit(department: str | None) -> bool:
    return department is not None and re.search("信|credit", department.lower()) is not None
