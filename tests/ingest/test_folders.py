from datetime import date

import pytest

from ingest.folders import Folders, read_folders

NEAR = date(2026, 11, 17)
THE_16TH = date(2026, 11, 16)


@pytest.mark.parametrize(
    "folders",
    [
        "2026-11-16/王芳",
        "王芳/20261116",
        "11月16日/王芳",
        "2026年11月/16日/王芳",
        "2026年11月/16/王芳",
        "2026-11/16/王芳",
        "202611/16号/王芳",
        "2026/11/16/王芳",
        "2026年/11月/16日/王芳",
        "2026/王芳/11.16",
        "王芳 11.16",
        "王芳11.16",
        "11-16王芳",
        "1116/王芳",
        "261116王芳",
        "26.11.16 王芳",
        "2026.11.16/王芳",
        "2026年11月16日/王芳",
        "２０２６－１１－１６/王芳",
        "2026-11-16 王芳",
        "2026-11-16_王芳_补交",
        "王芳/2026年11月16日上午",
        "王芳录音 11月16日",
        "信贷部/王芳/2026.11.16/录音",
        "信贷部王芳/11.16",
        "王芳(信贷部)/11.16",
        "临沂分公司/催收一组/11.16/王芳",
        "催收员王芳/11.16",
        "11.16/王 芳",
        "2026-11-16/王芳/Recordings/Call",
        "2026-11-16/王芳/MIUI/sound_recorder/call_rec",
        "2026-11-15/王芳/2026-11-16",
        "2026-11-16/华为/王芳",
        "2026-11-16/红米手机/王芳",
        "2026-11-16/苏州/王芳",
        "2026-11-16/房贷/成功/王芳",
    ],
)
def test_day_and_collector(folders: str) -> None:
    assert read_folders(f"{folders}/x.mp3", NEAR) == Folders(THE_16TH, "王芳")


def test_a_persons_folder_within_the_collectors() -> None:
    assert read_folders("王芳/11.16/张三/x.mp3", NEAR) == Folders(THE_16TH, "王芳", ("张三",))
    numbered = Folders(THE_16TH, "王芳", ("张三",), ("13800138000",))
    assert read_folders("11.16/王芳/张三13800138000/录音/x.mp3", NEAR) == numbered
    assert read_folders("11.16/王芳13800138000/x.mp3", NEAR).numbers == ()


@pytest.mark.parametrize(
    ("folders", "told"),
    [
        ("王芳、李雷", Folders(None, "王芳、李雷")),
        ("王芳 李雷", Folders(None, "王芳、李雷")),
        ("王芳&李雷/张三", Folders(None, "王芳、李雷", ("张三",))),
        ("王芳/张三、李四", Folders(None, "王芳", ("张三", "李四"))),
        ("王芳/张三-李四/王五", Folders(None, "王芳", ("王五",))),
        ("王芳-王芳", Folders(None, "王芳")),
    ],
)
def test_a_folder_of_two_is_both_ones(folders: str, told: Folders) -> None:
    assert read_folders(f"{folders}/x.mp3", NEAR) == told


@pytest.mark.parametrize(
    ("folders", "collector"),
    [
        ("wangfang", "wangfang"),
        ("Wang Fang", "Wang Fang"),
        ("王芳的录音", "王芳"),
        ("金华", "金华"),
        ("荣耀", None),
        ("Sounds/CallRecord", None),
        ("买买提·艾力", "买买提·艾力"),
        ("䶮芳", "䶮芳"),
        ("录音", None),
        ("通话录音", None),
        ("recordings", None),
        ("Recorder", None),
        ("MIUI/sound_recorder/call_rec", None),
        ("信贷部", None),
        ("法规部/催收", None),
        ("催收一组", None),
        ("风控科", None),
        ("新建文件夹 (2)", None),
        ("工号1001", None),
        ("user 7", None),
        ("", None),
    ],
)
def test_the_collector_alone(folders: str, collector: str | None) -> None:
    assert read_folders(f"{folders}/张三 11.16.mp3", NEAR) == Folders(None, collector)


@pytest.mark.parametrize(
    "folders",
    [
        "16/王芳",
        "16日/王芳",
        "11月/王芳",
        "2026/王芳",
        "2026-11/王芳",
        "1001/王芳",  # a staff number, not the 1st of October
        "2026-13-45/王芳",
        "2月30日/王芳",
        "2026年13月/16/王芳",
        "2026年11月/31日/王芳",
        "11.1-11.15/王芳",
        "11.1-15/王芳",
        "11月1-15日/王芳",
        "11月1日至11月15日/王芳",
        "2026-11-01~2026-11-15/王芳",
    ],
)
def test_what_names_no_day(folders: str) -> None:
    assert read_folders(f"{folders}/x.mp3", NEAR) == Folders(None, "王芳")


@pytest.mark.parametrize(
    ("folder", "near", "day"),
    [
        ("12月31日", date(2027, 1, 2), date(2026, 12, 31)),
        ("1月2日", date(2026, 12, 31), date(2027, 1, 2)),
        ("2月29日", date(2026, 11, 17), date(2024, 2, 29)),
        ("11.16", date(2026, 11, 16), date(2026, 11, 16)),
    ],
)
def test_a_date_without_year_is_the_nearest(folder: str, near: date, day: date) -> None:
    assert read_folders(f"{folder}/x.mp3", near).day == day


def test_a_file_beside_no_folder_says_nothing() -> None:
    assert read_folders("王芳 2026-11-16.mp3", NEAR) == Folders(None, None)


@pytest.mark.parametrize(
    ("folder", "collector"), [("周洁", "周洁"), ("周一", None), ("周报", None)]
)
def test_a_surname_is_no_day_of_the_week(folder: str, collector: str | None) -> None:
    assert read_folders(f"2026-11-16/{folder}/a.mp3", date(2026, 11, 16)).collector == collector
