from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.groups import Groups
from matcher.spelling import one_name, readings, same_sound, spelled, spellings_among


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("張偉", "张伟"),
        ("葉問", "叶问"),
        ("蕭 薔", "萧蔷"),
        ("張偉（本人）", "张伟"),
        ("刘丽", "刘丽"),
        ("LI Wei", "liwei"),
        ("王䶮", "王䶮"),
    ],
)
def test_a_name_in_simplified_characters(written: str, name: str) -> None:
    assert spelled(written) == name


def test_a_surname_of_several_readings_sounds_in_each_of_them() -> None:
    assert readings("单田芳") >= {"shan tian fang", "dan tian fang"}
    assert readings("曾丽") >= {"zeng li"}


def test_what_is_no_persons_name_has_no_reading() -> None:
    assert readings("宏达建材公司") == frozenset()
    assert readings("Papa") == frozenset()


def test_a_name_of_many_readings_keeps_the_usual_ones() -> None:
    many = readings("单乐朝")
    assert 0 < len(many) <= 16


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("张伟", "章为", True),
        ("仇英", "裘英", True),
        ("张伟", "张威", True),
        ("张伟", "张华", False),
        ("张伟", "张伟国", False),
    ],
)
def test_names_of_one_sound(one: str, other: str, alike: bool) -> None:
    assert same_sound(one, other) is alike


@given(st.sets(st.text("单善张章乐", min_size=1, max_size=8), max_size=12))
def test_names_that_share_a_number_are_joined_as_if_each_were_held_against_each(
    names: set[str],
) -> None:
    quick, thorough = Groups[str](), Groups[str]()
    for one, other in spellings_among(names):
        assert one_name(one, other)
        quick.join(one, other)
    for one, other in combinations(sorted(names), 2):
        if one_name(one, other):
            thorough.join(one, other)
    assert [quick.lead(name) for name in sorted(names)] == [
        thorough.lead(name) for name in sorted(names)
    ]


def test_thousands_of_names_at_one_number_are_not_each_held_against_each() -> None:
    names = {f"王{chr(0x4E00 + number)}" for number in range(3000)}
    assert len(list(spellings_among(names))) < 4 * len(names)
