"""Numbers are hidden wherever they stand; what is none stays readable."""

from __future__ import annotations

import pytest

from matcher.masking import masked, masked_all

SHA256 = "1234567890" * 6 + "abcd"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800138000", "138****8000"),
        ("+8613800138000", "+86138****8000"),
        ("0086 138 0013 8000", "0086 138 **** 8000"),
        ("138-0013-8000", "138-****-8000"),
        ("053187654321", "053*****4321"),
        ("0537-2312345", "0537-***2345"),
        ("87654321", "****4321"),
        ("１３８００１３８０００", "１３８****８０００"),
        ("1540538120", "******8120"),  # a digit is missing: somebody's all the same
        ("370811199001011234", "370***********1234"),
        (
            "通话录音@陈建国(15405381201)_20261116100000.mp3",
            "通话录音@陈建国(154****1201)_20261116100000.mp3",
        ),
        ("陈15405381201;刘15405381204", "陈154****1201;刘154****1204"),
        ("26111610", "****1610"),  # no hour with it: more likely a number
    ],
)
def test_what_could_be_a_number_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "张三/2026-11-16/20261116_093015_张三_5678.mp3",
        "20261116",
        "202611161000",
        "20261116093015123",
        "张三-2611161030.amr",
        "95588",
        "2026-11-16T10:00:00.123456+08:00",
        SHA256,
        "261116-12345678",
    ],
)
def test_days_times_hashes_and_ids_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("text", ["20261316000000", "20261116250000", "2611169930"])
def test_what_is_no_time_that_can_be_is_no_time(text: str) -> None:
    assert masked(text) != text


def test_of_json_texts_alone_are_masked() -> None:
    told = {"13800138000": ["13800138000", 13800138000, None], "a": ("x", {"b": True})}
    assert masked_all(told) == {
        "13800138000": ["138****8000", 13800138000, None],
        "a": ["x", {"b": True}],
    }
