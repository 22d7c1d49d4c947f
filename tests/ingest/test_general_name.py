import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.recorders import read_name
from matcher.evidence import Direction, Evidence, Precision
from matcher.said import LAST_FOUR

TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)


def read(name: str) -> Evidence:
    evidence = read_name(name, TZ, DAY)
    assert evidence.reader == "general"
    return evidence


@pytest.mark.parametrize(
    ("name", "contact", "number", "started"),
    [
        ("11.16张三13812345678.mp3", "张三", "13812345678", "2026-11-16"),
        ("张三 13812345678 上午.mp3", "张三", "13812345678", None),
        ("王五-2.amr", "王五", None, None),
        ("张三承诺11月20日还款.mp3", "张三", None, None),
        ("张三11月20日前存款 13812345678.mp3", "张三", "13812345678", None),
        ("张三承诺11月20日还款 11月16日.mp3", "张三", None, "2026-11-16"),
        ("张三11月16日9点30分还款.mp3", "张三", None, "2026-11-16T09:30"),
        ("张三承诺11.17还款.mp3", "张三", None, None),
        ("张三 11.17前还.mp3", "张三", None, None),
        ("张三承诺1117.mp3", "张三", None, None),
        ("张三 约11.10还款.mp3", "张三", None, None),
        ("张三承诺2026年11月20日.mp3", "张三", None, None),
        ("张三承诺2026-11-20还款 11-16.mp3", "张三", None, "2026-11-16"),
        ("张三 还款日11.15.mp3", "张三", None, None),
        ("张三 逾期自2026-10-16.mp3", "张三", None, None),
        ("张三还款1115元.mp3", "张三", None, None),
        ("张三 16.11.2026 09.30.mp3", "张三", None, "2026-11-16 09:30"),
        ("张三 11-16-2026 09-30.mp3", "张三", None, "2026-11-16 09:30"),
        ("张三_16-11-26_09-30-15.amr", "张三", None, "2026-11-16 09:30:15"),
        ("张三 16-11-26.amr", "张三", None, "2026-11-16 16:11:26"),
        ("2026-11-16 03.05.12 PM 张三.mp3", "张三", None, "2026-11-16 15:05:12"),
        ("张三 3:05pm.mp3", "张三", None, "2026-11-16 15:05"),
        ("张三 2026-11-16 at 12.05.12 AM.mp3", "张三", None, "2026-11-16 00:05:12"),
        ("张三.mp3", "张三", None, None),
        ("张三", "张三", None, None),
        ("张三.mp3.mp3", "张三", None, None),
        ("20231105_093015.amr", None, None, "2023-11-05 09:30:15"),
        ("录音_001.wav", None, None, None),
        ("新录音 12.m4a", None, None, None),
        ("REC0001.WAV", None, None, None),
        ("Voice 003.m4a", None, None, None),
        ("标准录音 5.mp3", None, None, None),
        ("1116张三.mp3", "张三", None, "2026-11-16"),
        ("11-16 张三.mp3", "张三", None, "2026-11-16"),
        ("261116张三.mp3", "张三", None, "2026-11-16"),
        ("26.11.16 张三.mp3", "张三", None, "2026-11-16"),
        ("张三2026.11.16.mp3", "张三", None, "2026-11-16"),
        ("2026年11月16日 张三.mp3", "张三", None, "2026-11-16"),
        ("张三11月16日.mp3", "张三", None, "2026-11-16"),
        ("11月16日张三13812345678.mp3", "张三", "13812345678", "2026-11-16"),
        # An hour alone is too rough for a time.
        ("张三11月16日下午3点.mp3", "张三", None, "2026-11-16"),
        ("张三11月16日 15点30分.mp3", "张三", None, "2026-11-16 15:30"),
        ("张三11月16日 晚上7点半.mp3", "张三", None, "2026-11-16 19:30"),
        ("15点30分 张三 11月16日.mp3", "张三", None, "2026-11-16 15:30"),
        ("11.16 0930 张三.mp3", "张三", None, "2026-11-16 09:30"),
        ("张三 11.16 09-30-15.mp3", "张三", None, "2026-11-16 09:30:15"),
        ("9点半 张三.mp3", "张三", None, "2026-11-16 09:30"),
        ("15-30-12 张三.mp3", "张三", None, "2026-11-16 15:30:12"),
        ("2026-11-16 09-30 13812345678 张三.mp3", "张三", "13812345678", "2026-11-16 09:30"),
        ("20261116 0531-87654321 张三.mp3", "张三", "053187654321", "2026-11-16"),
        ("张三_0531-87654321_20261116093015.mp3", "张三", "053187654321", "2026-11-16 09:30:15"),
        ("2611160930张三.mp3", "张三", None, "2026-11-16 09:30"),
        ("138 1234 5678 11-16.mp3", None, "13812345678", "2026-11-16"),
        ("138-1116-0930张三.mp3", "张三", "13811160930", None),
        ("张三(13812345678).mp3", "张三", "13812345678", None),
        ("13812345678(张三).mp3", "张三", "13812345678", None),
        ("录音(张三)13812345678.mp3", "张三", "13812345678", None),
        ("13812345678.amr", None, "13812345678", None),
        ("张三_87654321.mp3", "张三", None, None),
        ("87654321.mp3", None, "87654321", None),
        ("call_13812345678_20261116-093015.mp3", None, "13812345678", "2026-11-16 09:30:15"),
        ("AUD-20261116-WA0001.opus", None, None, "2026-11-16"),
        ("张三_1794792600.wav", "张三", None, "2026-11-16 09:30:00"),
        ("张三_1794792600123.wav", "张三", None, "2026-11-16 09:30:00"),
        ("20261116-093015-1794792600.7 张三.mp3", "张三", None, "2026-11-16 09:30:15"),
        ("11月16日 张三 1794792600.mp3", "张三", None, "2026-11-16 09:30:00"),
        ("9点半 张三 8点20分.mp3", "张三", None, "2026-11-16 09:30"),
        ("20261116-093015-20261116-093512 张三.mp3", "张三", None, "2026-11-16 09:30:15"),
        ("录音张三.mp3", "张三", None, None),
        ("张三的录音.mp3", "张三", None, None),
        ("张三电话录音.mp3", "张三", None, None),
        ("山东宏达机械有限公司 11.16.mp3", "山东宏达机械有限公司", None, "2026-11-16"),
        ("买买提·艾力 11.16.mp3", "买买提·艾力", None, "2026-11-16"),
        ("Zinhle Phungula 20261116.mp3", "Zinhle Phungula", None, "2026-11-16"),
    ],
)
def test_names_written_by_hand(
    name: str, contact: str | None, number: str | None, started: str | None
) -> None:
    evidence = read(name)
    assert evidence.contact == contact
    assert evidence.numbers == ((number,) if number else ())
    expected = datetime.fromisoformat(started).replace(tzinfo=TZ) if started else None
    assert evidence.started_at == expected
    digits = len(started or "")
    precision = {0: None, 10: Precision.DAY, 16: Precision.MINUTE, 19: Precision.SECOND}[digits]
    assert evidence.precision == precision


@pytest.mark.parametrize(
    ("name", "contact", "note", "surname"),
    [
        ("张三（配偶）13812345678.mp3", "张三", "配偶", None),
        ("张三小松200 13812345678.mp3", "张三", "小松200", None),
        ("老张 11.16.mp3", None, "老", "张"),
        ("张三 欠3.5万.mp3", "张三", "欠3.5万", None),
    ],
)
def test_notes_beside_the_name(
    name: str, contact: str | None, note: str, surname: str | None
) -> None:
    evidence = read(name)
    assert (evidence.contact, evidence.note, evidence.surname) == (contact, note, surname)


@pytest.mark.parametrize("between", ["", " "])
def test_a_machines_model_right_before_the_number_is_no_part_of_it(between: str) -> None:
    evidence = read(f"张三{between}小松20013812345678.mp3")
    assert (evidence.contact, evidence.note) == ("张三", "小松200")
    assert evidence.numbers == ("13812345678",)
    assert read("张三小松2002013812345678.mp3").numbers == ()


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("呼出_13812345678_张三.wav", Direction.OUT),
        ("张三 来电 13812345678.wav", Direction.IN),
        ("13812345678_incoming_张三.wav", Direction.IN),
        ("张三-out-13812345678.wav", Direction.OUT),
        ("张三 13812345678.wav", None),
    ],
)
def test_the_direction_is_read_and_is_no_name(name: str, direction: Direction | None) -> None:
    evidence = read(name)
    assert (evidence.direction, evidence.contact) == (direction, "张三")
    assert evidence.numbers == ("13812345678",)


@pytest.mark.parametrize(
    "name",
    [
        "20180814153840.mp3",
        "1582406309.760.wav",
        "1582406309760.wav",
        "20200317184432155.mp3",
        "6222021381234567890.mp3",
        "6222 0213 8123 4567 890.mp3",
        "370102198001011234.mp3",
        "19700101080000.mp3",
        "20261116-093015.mp3",
        "2026-11-16 09-30-15.mp3",
        "a4f3a1b2c13812345678e9f0.mp3",
    ],
)
def test_no_number_and_no_name_out_of_stamps_and_ids(name: str) -> None:
    evidence = read(name)
    assert evidence.numbers == ()
    assert evidence.contact is None


@pytest.mark.parametrize(
    "name",
    [
        "20261316_张三.mp3",  # no such month
        "张三1301.mp3",
        "张三 0101.mp3",  # too far from the hand-off to be surely a date
        "张三 3.5.mp3",
        "张三 2-1.mp3",
        "200101张三.mp3",
        "张三 13812345678.mp3",
        "张三 欠3.5万.mp3",
        "下午3点张三.mp3",
    ],
)
def test_what_is_not_surely_a_date_is_none(name: str) -> None:
    evidence = read(name)
    assert evidence.started_at is None
    assert evidence.contact == "张三"


@pytest.mark.parametrize(
    ("name", "month", "day_of_month"),
    [
        ("11.1613812345678.amr", 11, 16),
        ("11.613812345678.amr", 11, 6),
        ("11-1613812345678.amr", 11, 16),
    ],
)
def test_a_day_written_right_before_a_mobile_number(
    name: str, month: int, day_of_month: int
) -> None:
    said = read(name)
    assert said.numbers == ("13812345678",)
    assert said.started_at is not None
    assert (said.started_at.month, said.started_at.day) == (month, day_of_month)


@pytest.mark.parametrize(
    "name",
    ["张三还款5000元", "张三还款5000", "张三欠5000", "张三2026年", "张三 鲁HA1234", "张三承诺1117"],
)
def test_sums_years_and_cars_are_no_last_digits(name: str) -> None:
    evidence = read(f"{name}.mp3")
    assert evidence.contact == "张三"
    assert not re.search(LAST_FOUR, evidence.note or "")


def test_four_digits_beside_a_name_may_be_the_last_of_a_number() -> None:
    assert re.search(LAST_FOUR, read("张三 5000.mp3").note or "")


@pytest.mark.parametrize(
    ("handed_over", "digits", "started"),
    [
        (date(2023, 12, 11), "1702140000", datetime(2023, 12, 10, 0, 40, tzinfo=TZ)),
        (date(2026, 11, 16), "1702140000", datetime(2023, 12, 10, 0, 40, tzinfo=TZ)),
        (date(2017, 2, 14), "1702140900", datetime(2017, 2, 14, 9, 0, tzinfo=TZ)),
        (date(2018, 1, 1), "1801010930", datetime(2018, 1, 1, 9, 30, tzinfo=TZ)),
        (date(2027, 1, 27), "1801010930", datetime(2027, 1, 27, 8, 48, 50, tzinfo=TZ)),
        (date(2026, 11, 16), "2611160930", datetime(2026, 11, 16, 9, 30, tzinfo=TZ)),
        (date(2017, 2, 14), "170214090000", datetime(2017, 2, 14, 9, 0, tzinfo=TZ)),
    ],
)
def test_of_an_epoch_and_a_date_the_nearer_to_the_hand_off_is_read(
    handed_over: date, digits: str, started: datetime
) -> None:
    for name in (f"张三_{digits}.mp3", f"{digits} 张三13812345678.mp3"):
        assert read_name(name, TZ, handed_over).started_at == started


@pytest.mark.parametrize("masked", ["138****8000", "138xxxx8000", "138＊＊＊＊8000"])
def test_a_masked_number_tells_its_first_and_last_digits(masked: str) -> None:
    for name in (f"张三 {masked}.mp3", f"张三{masked} 11.16.mp3"):
        evidence = read(name)
        assert evidence.contact == "张三"
        assert evidence.note == "138****8000"
    alone = read(f"{masked}.mp3")
    assert (alone.contact, alone.note, alone.numbers) == (None, None, ())


@pytest.mark.parametrize(
    "night", ["晚上12点10分", "夜里12点10分", "半夜12点10分", "晚上0点10分", "晚上12点"]
)
def test_a_midnight_that_may_begin_or_end_the_day_is_no_time(night: str) -> None:
    dated = read_name(f"张三 11月16日{night}.mp3", TZ, DAY)
    assert (dated.contact, dated.precision) == ("张三", Precision.DAY)
    undated = read_name(f"张三 {night}.mp3", TZ, DAY)
    assert (undated.contact, undated.started_at) == ("张三", None)


@pytest.mark.parametrize(
    ("night", "clock"),
    [
        ("凌晨12点10分", "00:10"),
        ("夜里2点10分", "02:10"),
        ("深夜11点10分", "23:10"),
        ("晚上8点10分", "20:10"),
    ],
)
def test_a_time_at_night(night: str, clock: str) -> None:
    started = read_name(f"张三 11月16日{night}.mp3", TZ, DAY).started_at
    assert started is not None
    assert f"{started:%m-%d %H:%M}" == f"11-16 {clock}"
