"""The forms in which phones, exchanges and programs name their recordings."""

from datetime import datetime, timedelta, timezone

import pytest

from matcher.evidence import Evidence, Precision
from tests.ingest.recorder_names import IN, OUT, at, read

EXAMPLES = [
    (
        "通话录音@176 8831 4515(17688314515)_20180814153840.mp3",
        Evidence("miui", numbers=("17688314515",), started_at=at(2018, 8, 14, 15, 38, 40)),
    ),
    (
        "通话录音@聚思鸿interview_schedule(041139050508)_20180129140127.mp3",
        Evidence(
            "miui",
            contact="聚思鸿interview_schedule",
            numbers=("041139050508",),
            started_at=at(2018, 1, 29, 14, 1, 27),
        ),
    ),
    (
        "常汉杰(15967387860)_20230714151024.mp3",
        Evidence(
            "miui",
            contact="常汉杰",
            numbers=("15967387860",),
            started_at=at(2023, 7, 14, 15, 10, 24),
        ),
    ),
    (
        "Call Recording@张三(0085261234567)_20230714151024.mp3",
        Evidence(
            "miui",
            contact="张三",
            numbers=("+85261234567",),
            started_at=at(2023, 7, 14, 15, 10, 24),
        ),
    ),
    (
        "通话录音@张)_三(13800138000_20230714151024.mp3",
        Evidence(
            "miui",
            contact="张_三",
            numbers=("13800138000",),
            started_at=at(2023, 7, 14, 15, 10, 24),
        ),
    ),
    (
        "通话录音@张三逾期2期(008613800138000p8001)_20230714151024.mp3",
        Evidence(
            "miui",
            contact="张三",
            note="逾期2期",
            numbers=("13800138000",),
            started_at=at(2023, 7, 14, 15, 10, 24),
        ),
    ),
    (
        "通话录音@张三(配偶)(13800138000)_20230714151024.mp3",
        Evidence(
            "miui",
            contact="张三",
            note="配偶",
            numbers=("13800138000",),
            started_at=at(2023, 7, 14, 15, 10, 24),
        ),
    ),
    (
        "通话录音@13800138000_20230714151024.mp3",
        Evidence("miui", numbers=("13800138000",), started_at=at(2023, 7, 14, 15, 10, 24)),
    ),
    # A conference: whose name would count is open.
    (
        "通话录音@张三(13800138000)_李四(13900139000)_20230714151024.mp3",
        Evidence(
            "miui",
            numbers=("13800138000", "13900139000"),
            started_at=at(2023, 7, 14, 15, 10, 24),
        ),
    ),
    (
        "138 2360 5460_20220421143025.amr",
        Evidence("huawei", numbers=("13823605460",), started_at=at(2022, 4, 21, 14, 30, 25)),
    ),
    (
        "老张@13823605460_20220421143025.m4a",
        Evidence(
            "huawei",
            note="老",
            surname="张",
            numbers=("13823605460",),
            started_at=at(2022, 4, 21, 14, 30, 25),
        ),
    ),
    (
        "19145520861 2019-05-16 10-06-40.amr",
        Evidence("vivo", numbers=("19145520861",), started_at=at(2019, 5, 16, 10, 6, 40)),
    ),
    (
        "Call recording +15551234567_200605_114902.m4a",
        Evidence("samsung", numbers=("+15551234567",), started_at=at(2020, 6, 5, 11, 49, 2)),
    ),
    (
        "통화 녹음 홍길동_261002_174946.m4a",
        Evidence("samsung", contact="홍길동", started_at=at(2026, 10, 2, 17, 49, 46)),
    ),
    (
        "通话录音 张三_261002_174946.m4a",
        Evidence("samsung", contact="张三", started_at=at(2026, 10, 2, 17, 49, 46)),
    ),
    (
        "0d20151122141548p+74993464260.3gp",
        Evidence("lg", numbers=("+74993464260",), started_at=at(2015, 11, 22, 14, 15, 48)),
    ),
    ("1d20151122141548pnull.3gp", Evidence("lg", started_at=at(2015, 11, 22, 14, 15, 48))),
    (
        "+48123456789_240506_225406577.amr",
        Evidence("lineageos", numbers=("+48123456789",), started_at=at(2024, 5, 6, 22, 54, 6)),
    ),
    (
        "CallRecord_20240506-225406_13800138000.m4a",
        Evidence("grapheneos", numbers=("13800138000",), started_at=at(2024, 5, 6, 22, 54, 6)),
    ),
    (
        "2025-10-03 16-32-29 (phone) Contact Name (+61 403 692 612) ↗.m4a",
        Evidence(
            "cube_acr",
            contact="Contact Name",
            numbers=("+61403692612",),
            started_at=at(2025, 10, 3, 16, 32, 29),
            direction=OUT,
        ),
    ),
    (
        "2025-10-03 16-32-29 (whatsapp) 张三 ↙.m4a",
        Evidence(
            "cube_acr",
            contact="张三",
            started_at=at(2025, 10, 3, 16, 32, 29),
            direction=IN,
        ),
    ),
    (
        "20200101T010101 ↑ +33611111111 (Mum).ogg",
        Evidence(
            "axet",
            contact="Mum",
            numbers=("+33611111111",),
            started_at=at(2020, 1, 1, 1, 1, 1),
            direction=OUT,
        ),
    ),
    (
        "2018-02-20 20.32.15 ↓ 13800138000.ogg",
        Evidence(
            "axet",
            numbers=("13800138000",),
            started_at=at(2018, 2, 20, 20, 32, 15),
            direction=IN,
        ),
    ),
    (
        "张三 (13800138000 Mobile) 2020-01-01_010101_inc.mp3",
        Evidence(
            "true_phone",
            contact="张三",
            numbers=("13800138000",),
            started_at=at(2020, 1, 1, 1, 1, 1),
            direction=IN,
        ),
    ),
    (
        "external-201-13800138000-20260223-051829-1771795100.760.WAV",
        Evidence(
            "freepbx",
            numbers=("13800138000",),
            started_at=at(2026, 2, 23, 5, 18, 29),
            direction=IN,
        ),
    ),
    (
        "q-600-13800138000-20260223-051829-1771795100.760.gsm",
        Evidence(
            "freepbx",
            numbers=("13800138000",),
            started_at=at(2026, 2, 23, 5, 18, 29),
            direction=IN,
        ),
    ),
    (
        "internal-201-202-20260223-051829-1771795100.760.wav",
        Evidence("freepbx", started_at=at(2026, 2, 23, 5, 18, 29)),
    ),
    (
        "force-13800138000-3201-20260223-051829-1771795100.760.wav",
        Evidence("freepbx", numbers=("13800138000",), started_at=at(2026, 2, 23, 5, 18, 29)),
    ),
    # The epoch is of another year than the name and says nothing about the zone.
    (
        "out-913800138000-200-20220222-161829-1582406309.760.wav",
        Evidence(
            "freepbx",
            numbers=("13800138000",),
            started_at=at(2022, 2, 22, 16, 18, 29),
            direction=OUT,
        ),
    ),
    (
        "[Zinhle Phungula]_201-0114627554_20190219120918(380).wav",
        Evidence(
            "3cx",
            contact="Zinhle Phungula",
            started_at=at(2019, 2, 19, 12, 9, 18),
            direction=OUT,
        ),
    ),
    (
        "[]_100-013800138000_20190211124709(2).wav",
        Evidence(
            "3cx",
            numbers=("13800138000",),
            started_at=at(2019, 2, 11, 12, 47, 9),
            direction=OUT,
        ),
    ),
    (
        "[张三]_13800138000-100_20190211124743(3).wav",
        Evidence(
            "3cx",
            contact="张三",
            numbers=("13800138000",),
            started_at=at(2019, 2, 11, 12, 47, 43),
            direction=IN,
        ),
    ),
    (
        "[张三]_101-100_20190211124743(3).wav",
        Evidence("3cx", contact="张三", started_at=at(2019, 2, 11, 12, 47, 43)),
    ),
    (
        "20230410-153000_13800138000-all.mp3",
        Evidence("vicidial", numbers=("13800138000",), started_at=at(2023, 4, 10, 15, 30)),
    ),
    (
        "20230410-153000_13800138000_OVERDUE_agent7-all.mp3",
        Evidence("vicidial", numbers=("13800138000",), started_at=at(2023, 4, 10, 15, 30)),
    ),
    (
        "9000A13522085163C20200317184432AC11S20200317184432155.mp3",
        Evidence("cincc", numbers=("13522085163",), started_at=at(2020, 3, 17, 18, 44, 32)),
    ),
    ("msg_481216102523ddf3c3a3b9102.amr", Evidence("wechat")),
    ("4f3a1b2c9d138123456.aud.silk", Evidence("wechat")),
    ("4f3a1b2c-13ab-4c5d-8e9f-a13812345678.wav", Evidence("uuid")),
    ("4f3a1b2c13ab4c5d8e9fa13812345678.wav", Evidence("uuid")),
]


@pytest.mark.parametrize(("name", "expected"), EXAMPLES)
def test_recorders_to_the_second(name: str, expected: Evidence) -> None:
    read_back = read(name)
    precision = Precision.SECOND if expected.started_at else None
    for field in ("reader", "contact", "note", "surname", "numbers", "started_at", "direction"):
        assert getattr(read_back, field) == getattr(expected, field), field
    assert read_back.precision == precision
    assert not read_back.is_copy


@pytest.mark.parametrize(
    ("name", "reader", "contact", "numbers", "started"),
    [
        ("Papa-2512232146.mp3", "coloros", "Papa", (), at(2025, 12, 23, 21, 46)),
        ("13800138000-2512232146.amr", "coloros", None, ("13800138000",), at(2025, 12, 23, 21, 46)),
        (
            "19145520861_通话_05月13日_15点26分.amr",
            "lenovo",
            None,
            ("19145520861",),
            at(2026, 5, 13, 15, 26),
        ),
        # Later in the year than the hand-off: the year before.
        ("张三_通话_12月31日_15点26分.amr", "lenovo", "张三", (), at(2025, 12, 31, 15, 26)),
        (
            "问众智能 2月22日 上午11点46分.mp3",
            "voice_memo",
            "问众智能",
            (),
            at(2026, 2, 22, 11, 46),
        ),
        ("新录音 2月22日 下午3点05分.mp3", "voice_memo", None, (), at(2026, 2, 22, 15, 5)),
        ("张三 2月22日 上午12点05分.m4a", "voice_memo", "张三", (), at(2026, 2, 22, 0, 5)),
        ("张三 2月22日 中午12点05分.m4a", "voice_memo", "张三", (), at(2026, 2, 22, 12, 5)),
        ("张三 2月22日 中午1点05分.m4a", "voice_memo", "张三", (), at(2026, 2, 22, 13, 5)),
    ],
)
def test_recorders_to_the_minute(
    name: str,
    reader: str,
    contact: str | None,
    numbers: tuple[str, ...],
    started: datetime,
) -> None:
    evidence = read(name)
    assert (evidence.reader, evidence.contact, evidence.numbers) == (reader, contact, numbers)
    assert evidence.started_at == started
    assert evidence.precision == Precision.MINUTE


def test_bcr_keeps_its_own_zone() -> None:
    evidence = read("20230414_215701.088+0800_out_sim1_13800138000_张三.oga")
    assert evidence.reader == "bcr"
    assert (evidence.contact, evidence.numbers) == ("张三", ("13800138000",))
    assert evidence.direction == OUT
    zone = timezone(timedelta(hours=8))
    assert evidence.started_at == datetime(2023, 4, 14, 21, 57, 1, tzinfo=zone)
    west = read("20230414_215701-0330_conference_13800138000,13900139000.m4a")
    assert west.numbers == ("13800138000", "13900139000")
    assert west.direction is None
    assert west.started_at is not None
    assert west.started_at.utcoffset() == -timedelta(hours=3, minutes=30)


@pytest.mark.parametrize(("hours", "wait"), [(7, 20), (0, 0), (-5, 300)])
def test_the_epoch_tells_the_exchanges_zone(hours: int, wait: int) -> None:
    zone = timezone(timedelta(hours=hours))
    began = datetime(2026, 2, 23, 5, 18, 29, tzinfo=zone)
    shown = began + timedelta(seconds=wait)
    name = f"out-13800138000-200-{shown:%Y%m%d-%H%M%S}-{int(began.timestamp())}.7.wav"
    assert read(name).started_at == shown
