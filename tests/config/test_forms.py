"""Each department's form."""

from __future__ import annotations

import pytest

from config.forms import LEGAL_ALONE, is_credit, is_legal, required

ORDINARY = ("customer", "numbers", "promised", "location", "hours")


@pytest.mark.parametrize(
    ("department", "legal", "credit"),
    [
        ("法规部", True, False),
        ("法务", True, False),
        ("Legal Department", True, False),
        ("信贷部", False, True),
        ("信用管理部", False, True),
        ("credit", False, True),
        ("财务部", False, False),
        (None, False, False),
    ],
)
def test_departments_are_known_by_their_names(
    department: str | None, legal: bool, credit: bool
) -> None:
    assert (is_legal(department), is_credit(department)) == (legal, credit)


def test_the_legal_department_has_a_form_of_its_own() -> None:
    fields = required("法规部", ["customer", "works_name"])
    assert set(LEGAL_ALONE) < set(fields)
    assert "hours" not in fields


@pytest.mark.parametrize(
    ("department", "columns"),
    [("信贷部", ["customer", "works_name"]), (None, ["works_name"]), ("法规部", ["customer"])],
)
def test_whoever_fills_in_the_ordinary_form_is_held_to_it(
    department: str | None, columns: list[str]
) -> None:
    assert required(department, columns) == ORDINARY
