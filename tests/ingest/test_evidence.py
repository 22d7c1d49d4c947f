import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.evidence import gather
from matcher.evidence import Precision

TZ = ZoneInfo("Asia/Shanghai")
ARRIVED = date(2026, 11, 17)


def test_the_folder_gives_day_and_collector() -> None:
    day, evidence = gather("2026-11-16/王芳/常汉杰(15967387860)_20261116151024.mp3", TZ, ARRIVED)
    assert day == date(2026, 11, 16)
    assert evidence.collector == "王芳"
    assert evidence.contact == "常汉杰"
    assert evidence.started_at == datetime(2026, 11, 16, 15, 10, 24, tzinfo=TZ)


def test_folder_and_name_that_differ_both_stay() -> None:
    day, evidence = gather("2026-11-16/王芳/常汉杰(15967387860)_20261113151024.mp3", TZ, ARRIVED)
    assert day == date(2026, 11, 16)
    assert evidence.started_at == datetime(2026, 11, 13, 15, 10, 24, tzinfo=TZ)


def test_without_a_folders_day_the_names_counts() -> None:
    day, evidence = gather("王芳/常汉杰(15967387860)_20261113151024.mp3", TZ, ARRIVED)
    assert day == date(2026, 11, 13)
    assert evidence.collector == "王芳"


def test_a_name_with_its_own_zone_counts_in_the_offices() -> None:
    day, _ = gather("20261113_200000.000+0000_out_13800138000.oga", TZ, ARRIVED)
    assert day == date(2026, 11, 14)


def test_without_any_date_the_arrival_counts() -> None:
    day, evidence = gather("张三.mp3", TZ, ARRIVED)
    assert day == ARRIVED
    assert (evidence.contact, evidence.collector, evidence.started_at) == ("张三", None, None)


def test_what_a_name_lacks_is_completed_from_the_folders_day() -> None:
    day, evidence = gather("2025-01-02/王芳/张三_通话_12月31日_15点26分.amr", TZ, ARRIVED)
    assert day == date(2025, 1, 2)
    assert evidence.started_at == datetime(2024, 12, 31, 15, 26, tzinfo=TZ)
    assert evidence.precision == Precision.MINUTE


def test_a_date_some_days_after_its_folders_is_of_that_year_once_it_arrived() -> None:
    name = "2026.11.16/李超/刘国桂_通话_11月18日_12点07分.amr"
    day, evidence = gather(name, TZ, date(2026, 11, 18))
    assert day == date(2026, 11, 16)
    assert evidence.started_at == datetime(2026, 11, 18, 12, 7, tzinfo=TZ)
    _, before = gather(name, TZ, ARRIVED - timedelta(1))
    assert before.started_at == datetime(2025, 11, 18, 12, 7, tzinfo=TZ)
    much_later = "2026.11.16/李超/刘国桂_通话_12月18日_12点07分.amr"
    _, evidence = gather(much_later, TZ, date(2028, 1, 3))
    assert evidence.started_at == datetime(2025, 12, 18, 12, 7, tzinfo=TZ)


def test_a_date_after_the_folders_day_is_one_where_it_was_handed_in_since_then() -> None:
    source = "2026.11.16/王芳/孟磊梅司机 11.18.mp3"
    _, evidence = gather(source, TZ, date(2026, 11, 18))
    assert evidence.started_at == datetime(2026, 11, 18, tzinfo=TZ)
    _, evidence = gather(source, TZ, date(2026, 11, 17))
    assert evidence.started_at is None
    for name in ("尹涛1118.mp3", "尹涛-1118.mp3"):  # or last digits
        _, evidence = gather(f"2026.11.16/王芳/{name}", TZ, date(2026, 11, 18))
        assert evidence.started_at == datetime(2026, 11, 18, tzinfo=TZ)
        assert evidence.contact == "尹涛"
        assert evidence.note is not None
        assert "1118" in evidence.note


def test_the_offices_patterns_are_asked() -> None:
    pattern = re.compile(r"(?P<number>\d+)~(?P<contact>.+)")
    _, evidence = gather("11.16/王芳/13800138000~张三.mp3", TZ, ARRIVED, [pattern])
    assert (evidence.reader, evidence.contact) == ("office", "张三")
    assert evidence.collector == "王芳"


@pytest.mark.parametrize(
    ("name", "contact", "note"),
    [
        ("王芳 张三 11.16.mp3", "张三", None),
        ("张三_王芳.mp3", "张三", None),
        ("王芳 11.16.mp3", "王芳", None),
        ("王芳_4332.mp3", "王芳", "4332"),
        ("王芳 13812345678.mp3", None, None),
        ("张三.mp3", "张三", None),
        ("录音.mp3", None, None),
    ],
)
def test_the_collectors_name_in_a_file_is_no_customer(
    name: str, contact: str | None, note: str | None
) -> None:
    _, evidence = gather(f"11.16/王芳/{name}", TZ, ARRIVED)
    assert (evidence.contact, evidence.note) == (contact, note)
    assert evidence.collector == "王芳"


def test_a_saved_contact_named_like_the_collector_stays() -> None:
    _, evidence = gather("11.16/王芳/王芳(13800138000)_20261116151024.mp3", TZ, ARRIVED)
    assert evidence.contact == "王芳"


def test_a_customers_folder_within_the_collectors_counts() -> None:
    _, evidence = gather("2026-11-16/王芳/李四13800138000/老婆.mp3", TZ, ARRIVED)
    assert (evidence.collector, evidence.numbers) == ("王芳", ("13800138000",))
    assert (evidence.note or "").endswith("李四")
    _, own = gather("2026-11-16/王芳/李四/李四 13900139000.mp3", TZ, ARRIVED)
    assert (own.contact, own.note, own.numbers) == ("李四", None, ("13900139000",))
