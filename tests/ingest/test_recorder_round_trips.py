"""Whatever a recorder writes into its form is what is read."""

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.recorders import FORMS, read_name
from tests.ingest.recorder_names import TZ, read

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
_EPOCHS_SINCE = datetime(2016, 11, 16, tzinfo=TZ)
"""Digits that would be an epoch of long before the hand-off are none."""
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
    if "epoch" not in template or moment > _EPOCHS_SINCE:
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
