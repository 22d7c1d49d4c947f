import pytest

from matcher.spelling import readings, spelled
from matcher.weigh import same_sound


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
