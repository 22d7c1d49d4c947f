import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.recorders import FORMS, read_name
from matcher.evidence import Direction, Evidence, Precision

TZ = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 16)
IN, OUT = Direction.IN, Direction.OUT


def read(name: str, *patterns: str) -> Evidence:
    return read_name(name, TZ, DAY, [re.compile(pattern) for pattern in patterns])


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TZ)  # type: ignore[misc, arg-type]


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


@pytest.mark.parametrize(
    ("name", "contact"),
    [
        ("张三 (1).mp3", "张三"),
        ("张三(2).mp3", "张三"),
        ("张三（2）.mp3", "张三"),
        ("张三 - 副本.mp3", "张三"),
        ("张三 - 副本 (2).mp3", "张三"),
        ("张三 - 副本 - 副本.mp3", "张三"),
        ("张三 - Copy.mp3", "张三"),
        ("张三 - Copy (2).mp3", "张三"),
        ("张三_copy.mp3", "张三"),
        ("张三 copy 2.mp3", "张三"),
        ("张三副本.mp3", "张三"),
        ("张三的副本.mp3", "张三"),
        ("副本 张三.mp3", "张三"),
        ("复件 (2) 张三.mp3", "张三"),
        ("常汉杰(15967387860)_20230714151024(1).mp3", "常汉杰"),
        ("常汉杰(15967387860)_20230714151024 (1).mp3", "常汉杰"),
        ("[张三]_13800138000-100_20190211124743(3) (1).wav", "张三"),
    ],
)
def test_copies_are_read_as_what_they_are_copies_of(name: str, contact: str) -> None:
    evidence = read(name)
    assert evidence.is_copy
    assert evidence.contact == contact


@pytest.mark.parametrize(
    "name",
    [
        "常汉杰(15967387860)_20230714151024.mp3",
        "[张三]_13800138000-100_20190211124743(38).wav",
        "王五-2.amr",
        "张三.mp3",
    ],
)
def test_what_is_no_copy(name: str) -> None:
    assert not read(name).is_copy


@pytest.mark.parametrize(
    "name",
    [
        "常汉杰(15967387860)_20231314151024.mp3",
        "常汉杰(15967387860)_20230714251024.mp3",
        "常汉杰(15967387860)_20990714151024.mp3",
        "13823605460_20220431143025.amr",
        "Papa-2513232146.mp3",
        "19145520861_通话_13月13日_15点26分.amr",
        "[张三]_100-13800138000_20190211124799(2).wav",
    ],
)
def test_an_impossible_date_fits_no_form(name: str) -> None:
    evidence = read(name)
    assert evidence.reader == "general"
    assert evidence.precision is not Precision.SECOND


def test_an_impossible_zone_is_not_taken_for_one() -> None:
    evidence = read("20230414_215701+9900_out.oga")
    assert (evidence.reader, evidence.started_at) == ("general", at(2023, 4, 14, 21, 57, 1))


def test_a_leap_day_without_year_finds_its_year() -> None:
    name = "张三_通话_02月29日_15点26分.amr"
    assert read(name).started_at == at(2024, 2, 29, 15, 26)


def test_escaped_plus_and_wide_characters_are_read() -> None:
    assert read("%2B61403692612 2019-05-16 10-06-40.amr").numbers == ("+61403692612",)
    assert read("张三（１３８００１３８０００）_20230714151024.mp3").reader == "miui"
    assert read("张三（１３８００１３８０００）_20230714151024.mp3").numbers == ("13800138000",)


OFFICE = r"(?P<contact>[^#]+)#(?P<number>[^#]+)#(?P<date>[^#]+)#(?P<time>[^#]+)#(?P<direction>.+)"


@pytest.mark.parametrize(
    ("name", "started", "direction"),
    [
        ("张三#138-0013-8000#20261116#093015#呼出.mp3", at(2026, 11, 16, 9, 30, 15), OUT),
        ("张三#13800138000#2026-11-16#09-30-15#in.mp3", at(2026, 11, 16, 9, 30, 15), IN),
        ("张三#13800138000#2026年11月16日#9点30分#被叫.mp3", at(2026, 11, 16, 9, 30), IN),
        ("张三#13800138000#26.11.16#下午3点05分#主叫.mp3", at(2026, 11, 16, 15, 5), OUT),
        ("张三#13800138000#261116#0930#?.mp3", at(2026, 11, 16, 9, 30), None),
        ("张三#13800138000#11-16#0930#?.mp3", at(2026, 11, 16, 9, 30), None),
        ("张三#13800138000#1116#0930#?.mp3", at(2026, 11, 16, 9, 30), None),
    ],
)
def test_the_offices_own_pattern_comes_first(
    name: str, started: datetime, direction: Direction | None
) -> None:
    evidence = read(name, r"nothing", OFFICE)
    assert evidence.reader == "office"
    assert (evidence.contact, evidence.numbers) == ("张三", ("13800138000",))
    assert (evidence.started_at, evidence.direction) == (started, direction)


def test_an_office_pattern_with_a_part_that_cannot_be_read_does_not_fit() -> None:
    assert read("张三#13800138000#gestern#0930#in.mp3", OFFICE).reader == "general"
    assert read("张三#13800138000#20261116#noon#in.mp3", OFFICE).reader == "general"
    assert read("张三#13800138000#20261399#0930#in.mp3", OFFICE).reader == "general"


def test_an_office_pattern_may_tell_the_whole_moment_at_once_or_none() -> None:
    whole = read("x20261116093015张三.mp3", r"x(?P<date>\d{14})(?P<contact>.+)")
    assert whole.started_at == at(2026, 11, 16, 9, 30, 15)
    only_time = read("x0930张三.mp3", r"x(?P<time>\d{4})(?P<contact>.+)")
    assert only_time.started_at == at(2026, 11, 16, 9, 30)
    none = read("x-张三.mp3", r"x-(?P<contact>.+)")
    assert (none.reader, none.contact, none.started_at) == ("office", "张三", None)


# Round trips: whatever a recorder writes into its form is what is read.

given_names = st.text("伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛超明霞平刚桂", min_size=1, max_size=2)
names = st.builds(
    "".join, st.tuples(st.sampled_from(["张", "王", "李", "欧阳", "司马"]), given_names)
)
mobiles = st.builds("1{}{:09d}".format, st.integers(3, 9), st.integers(0, 10**9 - 1))
landlines = st.builds(
    "{}{}".format,
    st.sampled_from(["010", "021", "024"]),
    st.integers(2 * 10**7, 9 * 10**7 - 1),
) | st.builds(
    "{}{}".format,
    st.sampled_from(["0411", "0531", "0930"]),
    st.integers(2 * 10**6, 9 * 10**6 - 1) | st.integers(2 * 10**7, 9 * 10**7 - 1),
)
numbers = mobiles | landlines
times = st.datetimes(datetime(2010, 1, 1), datetime(2026, 11, 16)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0, tzinfo=TZ)
)

NAMED_AND_NUMBERED = {
    "miui": ["通话录音@{name}({number})_{t:%Y%m%d%H%M%S}", "{name}({number})_{t:%Y%m%d%H%M%S}"],
    "huawei": ["{name}@{number}_{t:%Y%m%d%H%M%S}"],
    "bcr": ["{t:%Y%m%d_%H%M%S}.123+0800_in_sim2_{number}_{name}"],
    "cube_acr": ["{t:%Y-%m-%d %H-%M-%S} (phone) {name} ({number}) ↙"],
    "axet": ["{t:%Y%m%dT%H%M%S} ↓ {number} ({name})"],
    "true_phone": ["{name} ({number} Mobile) {t:%Y-%m-%d_%H%M%S}_in"],
    "3cx": ["[{name}]_{number}-201_{t:%Y%m%d%H%M%S}(7)"],
}
NAMED_OR_NUMBERED = {
    "vivo": ["{who} {t:%Y-%m-%d %H-%M-%S}"],
    "samsung": ["{who}_{t:%y%m%d_%H%M%S}", "通话录音 {who}_{t:%y%m%d_%H%M%S}"],
    "coloros": ["{who}-{t:%y%m%d%H%M}"],
    "lineageos": ["{who}_{t:%y%m%d_%H%M%S}123"],
    "grapheneos": ["CallRecord_{t:%Y%m%d-%H%M%S}_{who}"],
}
NUMBERED = {
    "huawei": ["{number}_{t:%Y%m%d%H%M%S}"],
    "lg": ["0d{t:%Y%m%d%H%M%S}p{number}"],
    "vicidial": ["{t:%Y%m%d-%H%M%S}_{number}-all"],
    "cincc": ["9000A{number}C{t:%Y%m%d%H%M%S}AC11S{t:%Y%m%d%H%M%S}155"],
    "freepbx": [
        "out-9{number}-200-{t:%Y%m%d-%H%M%S}-{epoch}.7",
        "external-200-{number}-{t:%Y%m%d-%H%M%S}-{epoch}.7",
    ],
}
GENERAL = [
    "{name} {number} {t:%Y-%m-%d %H-%M-%S} x",
    "{t:%Y%m%d%H%M%S}-{name}-{number}",
    "{t:%Y%m%d_%H%M%S}_{number}_{name}",
    "{t:%Y.%m.%d %H.%M.%S}{name}{number}",
    "录音 {name}({number}) {t:%Y年%m月%d日 %H点%M分%S秒}",
    "{number} {name} {t:%y%m%d_%H%M%S} x",
    "{name}_{t:%Y%m%d-%H%M%S}_{number}",
    "{name}{number}_{epoch}",
]


def templates(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(reader, template) for reader, each in table.items() for template in each]


@pytest.mark.parametrize(
    ("reader", "template"),
    [*templates(NAMED_AND_NUMBERED), *templates({"general": GENERAL})],
)
@settings(max_examples=50, deadline=None)
@given(name=names, number=numbers, moment=times)
def test_name_number_and_time_come_back(
    reader: str, template: str, name: str, number: str, moment: datetime
) -> None:
    text = template.format(name=name, number=number, t=moment, epoch=int(moment.timestamp()))
    evidence = read(text + ".mp3")
    assert evidence.reader == reader
    assert evidence.contact == name
    assert evidence.numbers == (number,)
    if "epoch" not in template or moment.year > 2017:
        assert evidence.started_at == moment


@pytest.mark.parametrize(("reader", "template"), templates(NAMED_OR_NUMBERED))
@settings(max_examples=50, deadline=None)
@given(name=names, number=numbers, moment=times, saved=st.booleans())
def test_a_saved_contact_hides_the_number(
    reader: str, template: str, name: str, number: str, moment: datetime, saved: bool
) -> None:
    evidence = read(template.format(who=name if saved else number, t=moment) + ".m4a")
    assert evidence.reader == reader
    assert evidence.contact == (name if saved else None)
    assert evidence.numbers == (() if saved else (number,))
    second = 0 if reader == "coloros" else moment.second
    assert evidence.started_at == moment.replace(second=second)


@pytest.mark.parametrize(("reader", "template"), templates(NUMBERED))
@settings(max_examples=50, deadline=None)
@given(number=numbers, moment=times)
def test_number_and_time_come_back(
    reader: str, template: str, number: str, moment: datetime
) -> None:
    text = template.format(number=number, t=moment, epoch=int(moment.timestamp()))
    evidence = read(text + ".wav")
    assert (evidence.reader, evidence.contact) == (reader, None)
    assert evidence.numbers == (number,)
    assert evidence.started_at == moment


@settings(max_examples=50, deadline=None)
@given(name=names, moment=times)
def test_minutes_without_a_year_are_completed(name: str, moment: datetime) -> None:
    on = moment.date()
    assume((on.month, on.day) != (2, 29))
    text = f"{name} {on.month}月{on.day}日 {'下午' if moment.hour > 11 else '上午'}"
    text += f"{moment.hour % 12 or 12}点{moment.minute:02d}分.m4a"
    evidence = read_name(text, TZ, on + timedelta(days=3))
    assert (evidence.reader, evidence.contact) == ("voice_memo", name)
    assert evidence.started_at == moment.replace(second=0)


@settings(max_examples=50, deadline=None)
@given(name=names, number=numbers, moment=times, saved=st.booleans())
def test_a_lenovos_minutes_are_completed_too(
    name: str, number: str, moment: datetime, saved: bool
) -> None:
    on = moment.date()
    assume((on.month, on.day) != (2, 29))
    text = f"{name if saved else number}_通话_{moment:%m月%d日_%H点%M分}.amr"
    evidence = read_name(text, TZ, on + timedelta(days=3))
    assert (evidence.reader, evidence.contact) == ("lenovo", name if saved else None)
    assert evidence.numbers == (() if saved else (number,))
    assert evidence.started_at == moment.replace(second=0)


@settings(max_examples=50, deadline=None)
@given(name=names, number=numbers, moment=times)
def test_an_offices_own_form_gives_its_parts_back(name: str, number: str, moment: datetime) -> None:
    own = re.compile(r"(?P<number>\d+)~(?P<contact>\S+)~(?P<date>\d{8})(?P<time>\d{6})")
    text = f"{number}~{name}~{moment:%Y%m%d%H%M%S}.wav"
    evidence = read_name(text, TZ, moment.date(), [own])
    assert (evidence.reader, evidence.contact) == ("office", name)
    assert evidence.numbers == (number,)
    assert evidence.started_at == moment


def test_every_reader_of_parts_is_tried_with_random_ones() -> None:
    alone = {"voice_memo", "lenovo"}  # above, each by a test of its own
    nothing = {"wechat", "uuid"}
    tried = NAMED_AND_NUMBERED.keys() | NAMED_OR_NUMBERED.keys() | NUMBERED.keys()
    assert {form.reader for form in FORMS} == tried | alone | nothing


@settings(max_examples=300, deadline=None)
@given(st.text("张三老总20261381234567890+-_ ().@#年月日点分录音通话inoutTAC副本", max_size=40))
def test_no_name_is_too_strange(name: str) -> None:
    evidence = read(name)
    assert evidence.started_at is None or evidence.started_at.tzinfo is not None
    assert (evidence.started_at is None) == (evidence.precision is None)
    if evidence.precision is Precision.DAY:
        assert evidence.started_at is not None
        assert evidence.started_at.hour == 0


@pytest.mark.parametrize(
    ("name", "reader", "contact", "direction"),
    [
        ("2026-11-16 09.30.15 13800138000 呼出 张三.mp3", "axet", "张三", "out"),
        ("张三 呼入 2026-11-16 09-30-15.amr", "vivo", "张三", "in"),
        ("张三(去电)_261116_093015.m4a", "samsung", "张三", "out"),
        ("来电通-2611160930.mp3", "coloros", "来电通", None),
    ],
)
def test_a_direction_in_words_beside_the_contact_is_no_part_of_it(
    name: str, reader: str, contact: str, direction: str | None
) -> None:
    found = read(name)
    assert (found.reader, found.contact, found.direction) == (reader, contact, direction)
